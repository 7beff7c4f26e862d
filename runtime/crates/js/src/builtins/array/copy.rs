//! Methods that make new arrays without callbacks.

use super::{element, make_like, present, relative, this_array};
use crate::{get_value, is_array, js_truthy, length_of, throw_range, throw_type, to_object, value_to_integer};
use puremix_value::{Args, Cx, Obj, R, Value, WellKnownSymbol, check_stack};

pub(super) fn slice(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let start = relative(cx, a.get(0), len, 0.0)?;
    let end = relative(cx, a.get(1), len, len)?;
    // Converting the bounds may have shortened the array: then what is missing are holes.
    if let Some(s) = o.dense()
        && cx.is_intact()
        && end <= s.len() as f64
    {
        return make_like(cx, &o, (end - start).max(0.0), s.copy_range(start as usize..end.max(start) as usize));
    }
    let mut out = vec![];
    let mut i = start;
    while i < end {
        out.push(present(cx, &o, i)?.unwrap_or(Value::Uninit));
        i += 1.0;
    }
    make_like(cx, &o, (end - start).max(0.0), out)
}

fn is_spreadable(cx: Cx, v: &Value) -> R<bool> {
    if !v.is_object() {
        return Ok(false);
    }
    let wish = get_value(cx, v, &cx.symbol(WellKnownSymbol::IsConcatSpreadable).into())?;
    if wish.is_undefined() { is_array(cx, v) } else { Ok(js_truthy(&wish)) }
}

pub(super) fn concat(cx: Cx, a: &Args<'_>) -> R {
    let this = to_object(cx, a.this)?;
    let mut out: Vec<Value> = vec![];
    let first = Value::Obj(this.clone());
    for v in std::iter::once(&first).chain(a.args) {
        match v {
            Value::Obj(o) if is_spreadable(cx, v)? => {
                if let Some(s) = o.dense() {
                    out.append(&mut s.to_vec());
                } else {
                    let len = length_of(cx, o)?;
                    if out.len() as f64 + len > f64::from(u32::MAX) {
                        return Err(throw_range(cx, "Invalid array length"));
                    }
                    let mut i = 0.0;
                    while i < len {
                        out.push(present(cx, o, i)?.unwrap_or(Value::Uninit));
                        i += 1.0;
                    }
                }
            }
            _ => out.push(v.clone()),
        }
    }
    make_like(cx, &this, 0.0, out)
}

fn flatten(cx: Cx, o: &Obj, depth: f64, out: &mut Vec<Value>) -> R<()> {
    check_stack(cx)?;
    let len = length_of(cx, o)?;
    let mut i = 0.0;
    while i < len {
        if let Some(v) = present(cx, o, i)? {
            match &v {
                Value::Obj(inner) if depth > 0.0 && is_array(cx, &v)? => flatten(cx, inner, depth - 1.0, out)?,
                _ => out.push(v),
            }
        }
        i += 1.0;
    }
    Ok(())
}

pub(super) fn flat(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.this)?;
    let depth = if a.get(0).is_undefined() { 1.0 } else { value_to_integer(cx, a.get(0))? };
    let mut out = vec![];
    flatten(cx, &o, depth, &mut out)?;
    make_like(cx, &o, 0.0, out)
}

/// All elements, holes as `undefined`.
pub(super) fn all(cx: Cx, o: &Obj, len: f64) -> R<Vec<Value>> {
    if len > f64::from(u32::MAX) {
        return Err(throw_range(cx, "Invalid array length"));
    }
    let mut out = vec![];
    let mut i = 0.0;
    while i < len {
        out.push(element(cx, o, i)?);
        i += 1.0;
    }
    Ok(out)
}

pub(super) fn to_reversed(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let mut out = all(cx, &o, len)?;
    out.reverse();
    Ok(Obj::array(cx, out).into())
}

pub(super) fn to_spliced(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let start = relative(cx, a.get(0), len, 0.0)?;
    let count = match a.len() {
        0 => 0.0,
        1 => len - start,
        _ => value_to_integer(cx, a.get(1))?.clamp(0.0, len - start),
    };
    let items = a.rest(2);
    if len - count + items.len() as f64 > 9_007_199_254_740_991.0 {
        return Err(throw_type(cx, "Invalid array length"));
    }
    let mut out = all(cx, &o, len)?;
    let from = start as usize;
    drop(out.splice(from..from + count as usize, items));
    Ok(Obj::array(cx, out).into())
}

pub(super) fn with(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let n = value_to_integer(cx, a.get(0))?;
    let i = if n < 0.0 { len + n } else { n };
    if i < 0.0 || i >= len {
        return Err(throw_range(cx, &format!("Invalid index : {}", crate::errors::plain(cx, a.get(0)))));
    }
    let mut out = all(cx, &o, len)?;
    out[i as usize] = a.get(1).clone();
    Ok(Obj::array(cx, out).into())
}
