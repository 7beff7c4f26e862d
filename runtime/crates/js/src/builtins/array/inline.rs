//! Array methods with their callback inlined: what `a.map(x => ...)` compiles to after [`fast_array`] said yes.
//!
//! The callback may do anything, so length and element are read anew each turn, and holes take the ordinary way.

use super::{element, present, sort};
use crate::builtins::json::Rows;
use crate::{length_of, throw_type, to_object};
use puremix_value::{Cx, Obj, R, ShapeLit, Value};

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
fn each(cx: Cx, v: &Value, mut f: impl FnMut(Value, usize) -> R<bool>) -> R<()> {
    let owned;
    let o = match v {
        Value::Obj(o) => o,
        _ => {
            owned = to_object(cx, v)?;
            &owned
        }
    };
    let len = length_of(cx, o)? as usize;
    for i in 0..len {
        let mut x = match o.dense() {
            Some(s) => s.get_or_hole(i),
            None => Value::Uninit,
        };
        if let Value::Uninit = x {
            match present(cx, o, i as f64)? {
                Some(found) => x = found,
                None => continue,
            }
        }
        if !f(x, i)? {
            break;
        }
    }
    Ok(())
}

/// `v.map((x, i) => f)`.
#[inline]
pub fn arr_map(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R) -> R {
    let len = v.as_obj().map_or(Ok(0.0), |o| length_of(cx, o))? as usize;
    let mut out: Vec<Value> = Vec::with_capacity(len.min(1 << 16));
    each(cx, v, |x, i| {
        let r = f(cx, &x, i as f64)?;
        x.discard();
        // Skipped holes stay holes.
        if out.len() < i {
            out.resize(i, Value::Uninit);
        }
        out.push(r);
        Ok(true)
    })?;
    out.resize(len, Value::Uninit);
    Ok(Obj::array(cx, out).into())
}

/// `v.map((x, i) => ({…}))` into a list that is wanted as JSON only: `f` hands each record over.
#[inline]
pub fn arr_map_rows(cx: Cx, v: &Value, shape: &'static ShapeLit, mut f: impl FnMut(&Value, f64, &mut Rows) -> R<()>) -> R {
    let len = v.as_obj().map_or(Ok(0.0), |o| length_of(cx, o))? as usize;
    let mut rows = Rows::new(cx, shape, len);
    each(cx, v, |x, i| {
        rows.skip_to(i)?;
        f(&x, i as f64, &mut rows)?;
        x.discard();
        Ok(true)
    })?;
    rows.skip_to(len)?;
    Ok(rows.finish())
}

/// `v.filter((x, i) => f)`.
#[inline]
pub fn arr_filter(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R {
    let mut out = vec![];
    each(cx, v, |x, i| {
        match f(cx, &x, i as f64)? {
            true => out.push(x),
            false => x.discard(),
        }
        Ok(true)
    })?;
    Ok(Obj::array(cx, out).into())
}

/// `v.forEach((x, i) => f)`.
#[inline]
pub fn arr_for_each(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<()>) -> R<()> {
    each(cx, v, |x, i| {
        f(cx, &x, i as f64)?;
        x.discard();
        Ok(true)
    })
}

/// `v.reduce((acc, x, i) => f, init)`; `None` starts with the first element.
#[inline]
pub fn arr_reduce(cx: Cx, v: &Value, init: Option<Value>, mut f: impl FnMut(Cx, Value, &Value, f64) -> R) -> R {
    let mut acc = init;
    each(cx, v, |x, i| {
        acc = Some(match acc.take() {
            None => x,
            Some(a) => f(cx, a, &x, i as f64)?,
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
        found = f(cx, &x, i as f64)?;
        Ok(!found)
    })?;
    Ok(found)
}

/// `v.every((x, i) => f)`.
#[inline]
pub fn arr_every(cx: Cx, v: &Value, mut f: impl FnMut(Cx, &Value, f64) -> R<bool>) -> R<bool> {
    let mut all = true;
    each(cx, v, |x, i| {
        all = f(cx, &x, i as f64)?;
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
        values.push(x);
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
