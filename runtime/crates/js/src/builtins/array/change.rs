//! Methods that change the array in place.

use super::{make_like, present, relative, this_array};
use crate::{delete_or_throw, get_key, length_of, num_key, put_key, throw_type, to_object, value_to_integer};
use puremix_value::{Args, Cx, Obj, R, Slots, Value, well_known};

/// The elements of an array that may be moved about freely: no holes to inherit into, nothing frozen.
fn plain(cx: Cx, o: &Obj) -> Option<&Slots> {
    o.dense_mut().filter(|s| cx.is_intact() && s.is_packed())
}

fn set_len(cx: Cx, o: &Obj, len: f64) -> R<()> {
    put_key(cx, o, &well_known::LENGTH.into(), Value::Num(len))
}

/// Moves element `from` to `to`, a hole included.
fn shift_element(cx: Cx, o: &Obj, from: f64, to: f64) -> R<()> {
    match present(cx, o, from)? {
        Some(v) => put_key(cx, o, &num_key(cx, to), v),
        None => delete_or_throw(cx, o, &num_key(cx, to)),
    }
}

#[inline]
pub(super) fn push(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.this
        && let Some(s) = o.dense_mut()
        && cx.is_intact()
        && s.len() + a.len() < u32::MAX as usize
    {
        for v in a.args {
            s.push(v.clone());
        }
        return Ok(s.len().into());
    }
    push_slow(cx, a)
}

#[inline(never)]
fn push_slow(cx: Cx, a: &Args<'_>) -> R {
    let (o, mut len) = this_array(cx, a)?;
    if len + a.len() as f64 > 9_007_199_254_740_991.0 {
        return Err(throw_type(cx, "Pushing elements exceeds the maximum length"));
    }
    for v in a.args {
        put_key(cx, &o, &num_key(cx, len), v.clone())?;
        len += 1.0;
    }
    set_len(cx, &o, len)?;
    Ok(Value::Num(len))
}

pub(super) fn pop(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.this
        && let Some(s) = o.dense_mut()
        && cx.is_intact()
    {
        return Ok(s.pop().map_or(Value::Undefined, Value::hole_to_undefined));
    }
    let (o, len) = this_array(cx, a)?;
    if len == 0.0 {
        set_len(cx, &o, 0.0)?;
        return Ok(Value::Undefined);
    }
    let key = num_key(cx, len - 1.0);
    let v = get_key(cx, &o, &key, &o.clone().into())?;
    delete_or_throw(cx, &o, &key)?;
    set_len(cx, &o, len - 1.0)?;
    Ok(v)
}

pub(super) fn shift(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.this
        && let Some(s) = o.dense_mut()
        && cx.is_intact()
    {
        return Ok(if s.is_empty() { Value::Undefined } else { s.remove(0).hole_to_undefined() });
    }
    let (o, len) = this_array(cx, a)?;
    if len == 0.0 {
        set_len(cx, &o, 0.0)?;
        return Ok(Value::Undefined);
    }
    let first = super::element(cx, &o, 0.0)?;
    let mut i = 1.0;
    while i < len {
        shift_element(cx, &o, i, i - 1.0)?;
        i += 1.0;
    }
    delete_or_throw(cx, &o, &num_key(cx, len - 1.0))?;
    set_len(cx, &o, len - 1.0)?;
    Ok(first)
}

pub(super) fn unshift(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.this
        && let Some(s) = plain(cx, o)
    {
        drop(s.splice(0..0, a.args.to_vec()));
        return Ok(s.len().into());
    }
    let (o, len) = this_array(cx, a)?;
    let n = a.len() as f64;
    if n > 0.0 {
        let mut i = len;
        while i > 0.0 {
            shift_element(cx, &o, i - 1.0, i - 1.0 + n)?;
            i -= 1.0;
        }
        for (j, v) in a.args.iter().enumerate() {
            put_key(cx, &o, &num_key(cx, j as f64), v.clone())?;
        }
    }
    set_len(cx, &o, len + n)?;
    Ok(Value::Num(len + n))
}

pub(super) fn splice(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let start = relative(cx, a.get(0), len, 0.0)?;
    let count = match a.len() {
        0 => 0.0,
        1 => len - start,
        _ => value_to_integer(cx, a.get(1))?.clamp(0.0, len - start),
    };
    let items = a.rest(2);
    if let Some(s) = plain(cx, &o)
        && s.len() as f64 == len
    {
        let from = start as usize;
        let removed = s.splice(from..from + count as usize, items);
        return make_like(cx, &o, count, removed);
    }
    let mut removed = vec![];
    let mut i = 0.0;
    while i < count {
        removed.push(present(cx, &o, start + i)?.unwrap_or(Value::Uninit));
        i += 1.0;
    }
    let removed = make_like(cx, &o, count, removed)?;
    let n = items.len() as f64;
    if n < count {
        let mut i = start;
        while i < len - count {
            shift_element(cx, &o, i + count, i + n)?;
            i += 1.0;
        }
        let mut i = len;
        while i > len - count + n {
            delete_or_throw(cx, &o, &num_key(cx, i - 1.0))?;
            i -= 1.0;
        }
    } else if n > count {
        let mut i = len - count;
        while i > start {
            shift_element(cx, &o, i + count - 1.0, i + n - 1.0)?;
            i -= 1.0;
        }
    }
    for (j, v) in items.into_iter().enumerate() {
        put_key(cx, &o, &num_key(cx, start + j as f64), v)?;
    }
    set_len(cx, &o, len - count + n)?;
    Ok(removed)
}

pub(super) fn reverse(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    if let Some(s) = plain(cx, &o) {
        s.reverse();
        return Ok(o.into());
    }
    let mut low = 0.0;
    while low < (len / 2.0).floor() {
        let high = len - 1.0 - low;
        let (x, y) = (present(cx, &o, low)?, present(cx, &o, high)?);
        for (i, v) in [(low, y), (high, x)] {
            match v {
                Some(v) => put_key(cx, &o, &num_key(cx, i), v)?,
                None => delete_or_throw(cx, &o, &num_key(cx, i))?,
            }
        }
        low += 1.0;
    }
    Ok(o.into())
}

pub(super) fn fill(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let start = relative(cx, a.get(1), len, 0.0)?;
    let end = relative(cx, a.get(2), len, len)?;
    let mut i = start;
    if let Some(s) = o.dense_mut()
        && cx.is_intact()
    {
        while i < end && s.set(i as usize, a.get(0).clone()).is_ok() {
            i += 1.0;
        }
    }
    while i < end {
        put_key(cx, &o, &num_key(cx, i), a.get(0).clone())?;
        i += 1.0;
    }
    Ok(o.into())
}

pub(super) fn copy_within(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.this)?;
    let len = length_of(cx, &o)?;
    let to = relative(cx, a.get(0), len, 0.0)?;
    let from = relative(cx, a.get(1), len, 0.0)?;
    let end = relative(cx, a.get(2), len, len)?;
    let count = (end - from).min(len - to);
    let backwards = from < to && to < from + count;
    let mut n = 0.0;
    while n < count {
        let k = if backwards { count - 1.0 - n } else { n };
        shift_element(cx, &o, from + k, to + k)?;
        n += 1.0;
    }
    Ok(o.into())
}
