//! `%TypedArray%.prototype` (ECMA-262 §23.2.3). What only reads or writes elements is `Array.prototype`'s own method, which works
//! on any array-like; what makes a new array is here.

use super::buffer::range;
use super::view::{View, of_values, over, this_view, view};
use crate::{call, callback, get_key, js_to_number, js_truthy, throw_range, throw_type, value_to_integer};
use puremix_value::{Args, Cx, Intrinsic, Obj, R, Value, WellKnownSymbol, well_known};

/// Methods taken over from arrays.
const SHARED: &[&str] = &[
    "at", "copyWithin", "entries", "every", "fill", "find", "findIndex", "findLast", "findLastIndex", "forEach", "includes", "indexOf",
    "join", "keys", "lastIndexOf", "reduce", "reduceRight", "reverse", "some", "values", "toLocaleString", "toString",
];

fn proto_of(a: &Args<'_>) -> Option<Obj> {
    a.this.as_obj().and_then(Obj::proto)
}

fn values(v: &View) -> Vec<Value> {
    (0..v.len).filter_map(|i| v.get(i)).collect()
}

fn map(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let f = callback(cx, a.get(0))?;
    let mut out = vec![];
    for i in 0..v.len {
        out.push(call(cx, f, a.get(1), &[v.get(i).unwrap_or_default(), i.into(), a.this.clone()])?);
    }
    Ok(of_values(cx, proto_of(a), v.element, &out)?.into())
}

fn filter(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let f = callback(cx, a.get(0))?;
    let mut out = vec![];
    for i in 0..v.len {
        let item = v.get(i).unwrap_or_default();
        if js_truthy(&call(cx, f, a.get(1), &[item.clone(), i.into(), a.this.clone()])?) {
            out.push(item);
        }
    }
    Ok(of_values(cx, proto_of(a), v.element, &out)?.into())
}

fn slice(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let range = range(cx, a.get(0), a.get(1), v.len)?;
    Ok(of_values(cx, proto_of(a), v.element, &values(v)[range])?.into())
}

fn subarray(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let range = range(cx, a.get(0), a.get(1), v.len)?;
    let offset = v.offset + range.start * v.element.size();
    Ok(over(cx, proto_of(a), v.element, v.buffer.clone(), offset, range.len()).into())
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let at = value_to_integer(cx, a.get(1))?;
    let source = crate::to_object(cx, a.get(0))?;
    // Copied first, because both may show the same bytes.
    let items = match view(&source) {
        Some(other) => values(other),
        None => crate::array_like_to_vec(cx, &source.into())?,
    };
    if at < 0.0 || at + items.len() as f64 > v.len as f64 {
        return Err(throw_range(cx, "offset is out of bounds"));
    }
    for (i, item) in items.iter().enumerate() {
        v.put(cx, at as usize + i, item)?;
    }
    Ok(Value::Undefined)
}

/// Sorted by number, or by the comparison.
fn sorted(cx: Cx, v: &View, compare: &Value) -> R<Vec<Value>> {
    if !compare.is_undefined() && !compare.is_callable() {
        return Err(throw_type(cx, "The comparison function must be either a function or undefined"));
    }
    let mut items = values(v);
    if compare.is_undefined() {
        items.sort_by(|a, b| match (a, b) {
            (Value::Num(x), Value::Num(y)) => match (x.is_nan(), y.is_nan()) {
                (false, false) => x.total_cmp(y),
                (x, y) => x.cmp(&y),
            },
            (Value::BigInt(x), Value::BigInt(y)) => x.cmp(y),
            _ => std::cmp::Ordering::Equal,
        });
        return Ok(items);
    }
    // Arrays know how to sort with a comparison that may throw.
    let array = Value::from(Obj::array(cx, items));
    crate::invoke(cx, &array, well_known::SORT, std::slice::from_ref(compare))?;
    crate::iter_to_vec(cx, &array)
}

fn sort(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    for (i, item) in sorted(cx, v, a.get(0))?.iter().enumerate() {
        v.put(cx, i, item)?;
    }
    Ok(a.this.clone())
}

fn to_sorted(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    Ok(of_values(cx, proto_of(a), v.element, &sorted(cx, v, a.get(0))?)?.into())
}

fn to_reversed(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let mut items = values(v);
    items.reverse();
    Ok(of_values(cx, proto_of(a), v.element, &items)?.into())
}

fn with(cx: Cx, a: &Args<'_>) -> R {
    let v = this_view(cx, a)?;
    let i = value_to_integer(cx, a.get(0))?;
    let at = if i < 0.0 { i + v.len as f64 } else { i };
    let item: Value = if v.element.is_big() { crate::to_big_int(cx, a.get(1))?.into() } else { js_to_number(cx, a.get(1))?.into() };
    let mut items = values(v);
    match items.get_mut(at as usize).filter(|_| at >= 0.0) {
        Some(place) => *place = item,
        None => return Err(throw_range(cx, "Invalid typed array index")),
    }
    Ok(of_values(cx, proto_of(a), v.element, &items)?.into())
}

pub(super) fn install(cx: Cx, proto: &Obj) {
    let arrays = cx.intrinsic(Intrinsic::ArrayPrototype);
    for name in SHARED {
        let key = cx.key_of(name);
        let f = get_key(cx, &arrays, &key, &Value::Undefined).unwrap_or_default();
        proto.put_hidden(cx, key, f);
    }
    let values = get_key(cx, &arrays, &well_known::VALUES.into(), &Value::Undefined).unwrap_or_default();
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), values);
    crate::install(
        cx,
        proto,
        &[
            ("map", 1, map),
            ("filter", 1, filter),
            ("slice", 2, slice),
            ("subarray", 2, subarray),
            ("set", 1, set),
            ("sort", 1, sort),
            ("toSorted", 1, to_sorted),
            ("toReversed", 0, to_reversed),
            ("with", 2, with),
        ],
    );
}
