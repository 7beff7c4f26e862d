//! Array methods with their callback inlined: what `a.map(x => ...)` compiles to after [`fast_array`] said yes.
//!
//! The callback may do anything, so length and element are read anew each turn, and holes take the ordinary way.

use super::{element, present, sort};
use crate::{length_of, throw_type, to_object};
use puremix_value::{Cx, Obj, R, Value};

/// The array itself, if built-in methods may be inlined on it.
#[inline(always)]
pub fn fast_array(cx: Cx, v: &Value) -> Option<&Obj> {
    match v {
        Value::Obj(o) if o.plain_array(cx).is_some() => Some(o),
        _ => None,
    }
}

/// Runs `f` on each present element of the first `len` until it says `false`.
#[inline]
fn each(cx: Cx, v: &Value, mut f: impl FnMut(&Value, f64) -> R<bool>) -> R<()> {
    let owned;
    let o = match v {
        Value::Obj(o) => o,
        _ => {
            owned = to_object(cx, v)?;
            &owned
        }
    };
    let len = length_of(cx, o)?;
    let mut i = 0.0;
    while i < len {
        let mut x = match o.dense() {
            Some(s) => s.get_or_hole(i as usize),
            None => Value::Uninit,
        };
        if let Value::Uninit = x {
            match present(cx, o, i)? {
                Some(found) => x = found,
                None => {
                    i += 1.0;
                    continue;
                }
            }
        }
        if !f(&x, i)? {
            break;
        }
        i += 1.0;
    }
    Ok(())
}

/// `v.map((x, i) => f)`.
#[inline]
pub fn arr_map(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R) -> R {
    let len = v.as_obj().map_or(Ok(0.0), |o| length_of(cx, o))?;
    let mut out: Vec<Value> = Vec::with_capacity((len as usize).min(1 << 16));
    each(cx, v, |x, i| {
        let r = f(cx, x, i)?;
        // Skipped holes stay holes.
        if out.len() < i as usize {
            out.resize(i as usize, Value::Uninit);
        }
        out.push(r);
        Ok(true)
    })?;
    out.resize(len as usize, Value::Uninit);
    Ok(Obj::array(cx, out).into())
}

/// `v.filter((x, i) => f)`.
#[inline]
pub fn arr_filter(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R {
    let mut out = vec![];
    each(cx, v, |x, i| {
        if f(cx, x, i)? {
            out.push(x.clone());
        }
        Ok(true)
    })?;
    Ok(Obj::array(cx, out).into())
}

/// `v.forEach((x, i) => f)`.
#[inline]
pub fn arr_for_each(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<()>) -> R<()> {
    each(cx, v, |x, i| f(cx, x, i).map(|()| true))
}

/// `v.reduce((acc, x, i) => f, init)`; `None` starts with the first element.
#[inline]
pub fn arr_reduce(cx: Cx, v: &Value, init: Option<Value>, mut f: impl FnMut(Cx, Value, &Value, f64) -> R) -> R {
    let mut acc = init;
    each(cx, v, |x, i| {
        acc = Some(match acc.take() {
            None => x.clone(),
            Some(a) => f(cx, a, x, i)?,
        });
        Ok(true)
    })?;
    match acc {
        Some(acc) => Ok(acc),
        None => Err(throw_type(cx, "Reduce of empty array with no initial value")),
    }
}

/// `v.find((x, i) => f)` with the index; holes are visited as `undefined`.
#[inline]
pub fn arr_find(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R<Option<(f64, Value)>> {
    let o = to_object(cx, v)?;
    let len = length_of(cx, &o)?;
    let mut i = 0.0;
    while i < len {
        let x = element(cx, &o, i)?;
        if f(cx, &x, i)? {
            return Ok(Some((i, x)));
        }
        i += 1.0;
    }
    Ok(None)
}

/// `v.some((x, i) => f)`.
#[inline]
pub fn arr_some(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R<bool> {
    let mut found = false;
    each(cx, v, |x, i| {
        found = f(cx, x, i)?;
        Ok(!found)
    })?;
    Ok(found)
}

/// `v.every((x, i) => f)`.
#[inline]
pub fn arr_every(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R<bool> {
    let mut all = true;
    each(cx, v, |x, i| {
        all = f(cx, x, i)?;
        Ok(all)
    })?;
    Ok(all)
}

/// `v.sort((x, y) => f)` in place; `f` gives the comparator's number.
#[inline]
pub fn arr_sort(cx: Cx, v: &Value, f: impl FnMut(Cx, &Value, &Value) -> R<f64>) -> R {
    let Value::Obj(o) = v else { return Ok(v.clone()) };
    let mut values = vec![];
    each(cx, v, |x, _| {
        values.push(x.clone());
        Ok(true)
    })?;
    let count = values.len();
    let len = length_of(cx, o)?;
    sort::write_back(cx, o, sorted_by(cx, values, f)?)?;
    let mut i = count as f64;
    while i < len {
        crate::delete_or_throw(cx, o, &crate::num_key(cx, i))?;
        i += 1.0;
    }
    Ok(v.clone())
}

/// `v.toSorted((x, y) => f)`.
#[inline]
pub fn arr_to_sorted(cx: Cx, v: &Value, f: impl FnMut(Cx, &Value, &Value) -> R<f64>) -> R {
    let o = to_object(cx, v)?;
    let len = length_of(cx, &o)?;
    let values = super::copy::all(cx, &o, len)?;
    Ok(Obj::array(cx, sorted_by(cx, values, f)?).into())
}

fn sorted_by(cx: Cx, values: Vec<Value>, mut f: impl FnMut(Cx, &Value, &Value) -> R<f64>) -> R<Vec<Value>> {
    let total = values.len();
    let mut values: Vec<Value> = values.into_iter().filter(|v| !v.is_undefined()).collect();
    let order = sort::merge_sort(values.len(), |i, j| Ok(f(cx, &values[i], &values[j])?.partial_cmp(&0.0).is_none_or(|o| o.is_le())))?;
    let mut sorted: Vec<Value> = order.into_iter().map(|i| std::mem::take(&mut values[i])).collect();
    sorted.resize(total, Value::Undefined);
    Ok(sorted)
}
