//! `Array` (ECMA-262 §23.1). Methods work on any object; arrays with dense elements take short cuts.

mod access;
mod callbacks;
mod change;
mod construct;
mod copy;
pub mod inline;
pub mod sort;

use crate::{construct as js_construct, create_data_or_throw, get_key, get_value, has_property, is_array, length_of, num_key, to_object, value_to_integer};
use puremix_value::{Args, Atom, Code, Cx, Intrinsic, Kind, Obj, R, Value, WellKnownSymbol, well_known};

/// The object a method works on and its length.
fn this_array(cx: Cx, a: &Args<'_>) -> R<(Obj, f64)> {
    let o = to_object(cx, a.this)?;
    let len = length_of(cx, &o)?;
    Ok((o, len))
}

/// Element `i`, `undefined` for holes without an inherited value.
#[inline]
fn element(cx: Cx, o: &Obj, i: f64) -> R {
    if let Some(s) = o.dense()
        && let Some(v) = s.get(i as usize)
        && !matches!(v, Value::Uninit)
    {
        return Ok(v);
    }
    get_key(cx, o, &num_key(cx, i), &o.clone().into())
}

/// Element `i`, if there is one.
#[inline]
fn present(cx: Cx, o: &Obj, i: f64) -> R<Option<Value>> {
    if let Some(s) = o.dense()
        && let Some(v) = s.get(i as usize)
        && !matches!(v, Value::Uninit)
    {
        return Ok(Some(v));
    }
    let key = num_key(cx, i);
    if has_property(cx, o, &key)? { get_key(cx, o, &key, &o.clone().into()).map(Some) } else { Ok(None) }
}

/// A relative index argument clamped to `0..=len`; `default` if undefined.
fn relative(cx: Cx, v: &Value, len: f64, default: f64) -> R<f64> {
    if v.is_undefined() {
        return Ok(default);
    }
    let n = value_to_integer(cx, v)?;
    Ok(if n < 0.0 { (len + n).max(0.0) } else { n.min(len) })
}

/// The constructor that `ArraySpeciesCreate` (§10.4.2.2) uses; `None` for a plain array.
fn species(cx: Cx, o: &Obj) -> R<Option<Value>> {
    if o.plain_array(cx).is_some() {
        return Ok(None);
    }
    let v = Value::Obj(o.clone());
    if !is_array(cx, &v)? {
        return Ok(None);
    }
    let mut c = get_key(cx, o, &well_known::CONSTRUCTOR.into(), &v)?;
    if c.is_object() {
        c = get_value(cx, &c, &cx.symbol(WellKnownSymbol::Species).into())?;
    }
    match &c {
        Value::Undefined | Value::Null => Ok(None),
        Value::Obj(f) if cx.is_intrinsic(f, Intrinsic::ArrayConstructor) => Ok(None),
        Value::Obj(f) if f.is_constructor() => Ok(Some(c)),
        _ => Err(crate::throw_type(cx, "object.constructor[Symbol.species] is not a constructor")),
    }
}

/// An array of `values` of the receiver's species; holes stay holes.
fn make_like(cx: Cx, o: &Obj, len: f64, values: Vec<Value>) -> R {
    match species(cx, o)? {
        None => Ok(Obj::array(cx, values).into()),
        Some(c) => {
            let made = js_construct(cx, &c, &[Value::Num(len)])?;
            let Value::Obj(target) = &made else { return Ok(made) };
            let count = values.len();
            for (i, v) in values.into_iter().enumerate() {
                if !matches!(v, Value::Uninit) {
                    create_data_or_throw(cx, target, &num_key(cx, i as f64), v)?;
                }
            }
            crate::put_key(cx, target, &well_known::LENGTH.into(), count.into())?;
            Ok(made)
        }
    }
}

/// The built-in method of that name, for calls that skip the lookup.
#[inline]
pub fn direct(name: Atom) -> Option<Code> {
    Some(match name {
        well_known::PUSH => change::push,
        well_known::POP => change::pop,
        well_known::SHIFT => change::shift,
        well_known::UNSHIFT => change::unshift,
        well_known::SPLICE => change::splice,
        well_known::REVERSE => change::reverse,
        well_known::SORT => sort::sort,
        well_known::FILL => change::fill,
        well_known::MAP => callbacks::map,
        well_known::FILTER => callbacks::filter,
        well_known::FOR_EACH => callbacks::for_each,
        well_known::REDUCE => callbacks::reduce,
        well_known::REDUCE_RIGHT => callbacks::reduce_right,
        well_known::FIND => callbacks::find,
        well_known::FIND_INDEX => callbacks::find_index,
        well_known::FIND_LAST => callbacks::find_last,
        well_known::SOME => callbacks::some,
        well_known::EVERY => callbacks::every,
        well_known::FLAT_MAP => callbacks::flat_map,
        well_known::INCLUDES => access::includes,
        well_known::INDEX_OF => access::index_of,
        well_known::LAST_INDEX_OF => access::last_index_of,
        well_known::JOIN => access::join,
        well_known::AT => access::at,
        well_known::SLICE => copy::slice,
        well_known::CONCAT => copy::concat,
        well_known::FLAT => copy::flat,
        well_known::TO_SORTED => sort::to_sorted,
        well_known::TO_REVERSED => copy::to_reversed,
        well_known::WITH => copy::with,
        _ => return None,
    })
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::ArrayPrototype);
    construct::install(cx, &proto);
    crate::install(
        cx,
        &proto,
        &[
            ("at", 1, access::at),
            ("concat", 1, copy::concat),
            ("copyWithin", 2, change::copy_within),
            ("fill", 1, change::fill),
            ("find", 1, callbacks::find),
            ("findIndex", 1, callbacks::find_index),
            ("findLast", 1, callbacks::find_last),
            ("findLastIndex", 1, callbacks::find_last_index),
            ("lastIndexOf", 1, access::last_index_of),
            ("pop", 0, change::pop),
            ("push", 1, change::push),
            ("reverse", 0, change::reverse),
            ("shift", 0, change::shift),
            ("unshift", 1, change::unshift),
            ("slice", 2, copy::slice),
            ("sort", 1, sort::sort),
            ("splice", 2, change::splice),
            ("includes", 1, access::includes),
            ("indexOf", 1, access::index_of),
            ("join", 1, access::join),
            ("keys", 0, access::keys),
            ("entries", 0, access::entries),
            ("values", 0, access::values),
            ("forEach", 1, callbacks::for_each),
            ("filter", 1, callbacks::filter),
            ("flat", 0, copy::flat),
            ("flatMap", 1, callbacks::flat_map),
            ("map", 1, callbacks::map),
            ("every", 1, callbacks::every),
            ("some", 1, callbacks::some),
            ("reduce", 1, callbacks::reduce),
            ("reduceRight", 1, callbacks::reduce_right),
            ("toReversed", 0, copy::to_reversed),
            ("toSorted", 1, sort::to_sorted),
            ("toSpliced", 2, copy::to_spliced),
            ("toLocaleString", 0, access::to_locale_string),
            ("toString", 0, access::to_string),
            ("with", 2, copy::with),
        ],
    );
    let values = get_key(cx, &proto, &well_known::VALUES.into(), &Value::Undefined).unwrap_or_default();
    if let Value::Obj(f) = &values {
        cx.set_intrinsic(Intrinsic::ArrayValues, f.clone());
    }
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), values);
    let hidden = Obj::with(cx, None, Kind::Plain);
    for name in ["at", "copyWithin", "entries", "fill", "find", "findIndex", "findLast", "findLastIndex", "flat", "flatMap", "includes", "keys", "toReversed", "toSorted", "toSpliced", "values"] {
        hidden.put(cx, &cx.key_of(name), Value::Bool(true));
    }
    proto.define(cx, &cx.symbol(WellKnownSymbol::Unscopables).into(), hidden.into(), puremix_value::Attr::CONFIGURABLE);
}
