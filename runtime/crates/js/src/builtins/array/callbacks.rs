//! Methods that take a callback. The element is read anew each turn, so the callback may change the array.

use super::{element, make_like, present, species};
use crate::{call, callback, construct, create_data_or_throw, is_array, js_truthy, length_of, num_key, throw_type};
use puremix_value::{Args, Cx, Kind, Obj, R, Value};

/// The receiver and its length. What has no properties is refused in V8's words, which name the method.
fn this_array(cx: Cx, a: &Args<'_>) -> R<(Obj, f64)> {
    if a.this.is_nullish()
        && let Kind::Function(f) = a.callee.kind()
    {
        return Err(throw_type(cx, &format!("Array.prototype.{} called on null or undefined", f.def.name)));
    }
    super::this_array(cx, a)
}

#[inline]
fn turn(cx: Cx, a: &Args<'_>, f: &Value, o: &Obj, v: Value, i: f64) -> R {
    call(cx, f, a.get(1), &[v, Value::Num(i), Value::Obj(o.clone())])
}

/// Calls the callback on each present element until `done` says so.
#[inline]
fn each(cx: Cx, a: &Args<'_>, mut done: impl FnMut(Value, Value, f64) -> bool) -> R<()> {
    let (o, len) = this_array(cx, a)?;
    let f = callback(cx, a.get(0))?;
    let mut i = 0.0;
    while i < len {
        if let Some(v) = present(cx, &o, i)? {
            let r = turn(cx, a, f, &o, v.clone(), i)?;
            if done(r, v, i) {
                break;
            }
        }
        i += 1.0;
    }
    Ok(())
}

pub(super) fn for_each(cx: Cx, a: &Args<'_>) -> R {
    each(cx, a, |_, _, _| false)?;
    Ok(Value::Undefined)
}

pub(super) fn some(cx: Cx, a: &Args<'_>) -> R {
    let mut found = false;
    each(cx, a, |r, _, _| {
        found = js_truthy(&r);
        found
    })?;
    Ok(Value::Bool(found))
}

pub(super) fn every(cx: Cx, a: &Args<'_>) -> R {
    let mut all = true;
    each(cx, a, |r, _, _| {
        all = js_truthy(&r);
        !all
    })?;
    Ok(Value::Bool(all))
}

pub(super) fn map(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let f = callback(cx, a.get(0))?;
    if len > f64::from(u32::MAX) {
        return Err(crate::throw_range(cx, "Invalid array length"));
    }
    if let Some(c) = species(cx, &o)? {
        let made = construct(cx, &c, &[Value::Num(len)])?;
        let Value::Obj(target) = &made else { return Ok(made) };
        let mut i = 0.0;
        while i < len {
            if let Some(v) = present(cx, &o, i)? {
                let r = turn(cx, a, f, &o, v, i)?;
                create_data_or_throw(cx, target, &num_key(cx, i), r)?;
            }
            i += 1.0;
        }
        return Ok(made);
    }
    let mut out = Vec::with_capacity((len as usize).min(1 << 16));
    let mut i = 0.0;
    while i < len {
        out.push(match present(cx, &o, i)? {
            Some(v) => turn(cx, a, f, &o, v, i)?,
            None => Value::Uninit,
        });
        i += 1.0;
    }
    Ok(Obj::array(cx, out).into())
}

pub(super) fn filter(cx: Cx, a: &Args<'_>) -> R {
    let o = crate::to_object(cx, a.this)?;
    let mut out = vec![];
    each(cx, a, |r, v, _| {
        if js_truthy(&r) {
            out.push(v);
        }
        false
    })?;
    make_like(cx, &o, 0.0, out)
}

/// The first (or last) element, holes included, that the callback accepts.
fn search(cx: Cx, a: &Args<'_>, backwards: bool) -> R<Option<(f64, Value)>> {
    let (o, len) = this_array(cx, a)?;
    let f = callback(cx, a.get(0))?;
    let mut n = 0.0;
    while n < len {
        let i = if backwards { len - 1.0 - n } else { n };
        let v = element(cx, &o, i)?;
        if js_truthy(&turn(cx, a, f, &o, v.clone(), i)?) {
            return Ok(Some((i, v)));
        }
        n += 1.0;
    }
    Ok(None)
}

pub(super) fn find(cx: Cx, a: &Args<'_>) -> R {
    Ok(search(cx, a, false)?.map_or(Value::Undefined, |(_, v)| v))
}

pub(super) fn find_index(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Num(search(cx, a, false)?.map_or(-1.0, |(i, _)| i)))
}

pub(super) fn find_last(cx: Cx, a: &Args<'_>) -> R {
    Ok(search(cx, a, true)?.map_or(Value::Undefined, |(_, v)| v))
}

pub(super) fn find_last_index(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Num(search(cx, a, true)?.map_or(-1.0, |(i, _)| i)))
}

fn fold(cx: Cx, a: &Args<'_>, backwards: bool) -> R {
    let (o, len) = this_array(cx, a)?;
    let f = callback(cx, a.get(0))?;
    let mut acc = a.args.get(1).cloned();
    let mut n = 0.0;
    while n < len {
        let i = if backwards { len - 1.0 - n } else { n };
        if let Some(v) = present(cx, &o, i)? {
            acc = Some(match acc {
                None => v,
                Some(acc) => call(cx, f, &Value::Undefined, &[acc, v, Value::Num(i), Value::Obj(o.clone())])?,
            });
        }
        n += 1.0;
    }
    acc.ok_or_else(|| throw_type(cx, "Reduce of empty array with no initial value"))
}

pub(super) fn reduce(cx: Cx, a: &Args<'_>) -> R {
    fold(cx, a, false)
}

pub(super) fn reduce_right(cx: Cx, a: &Args<'_>) -> R {
    fold(cx, a, true)
}

pub(super) fn flat_map(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = super::this_array(cx, a)?;
    let f = a.get(0);
    if !f.is_callable() {
        return Err(throw_type(cx, "flatMap mapper function is not callable"));
    }
    let mut out = vec![];
    let mut i = 0.0;
    while i < len {
        if let Some(v) = present(cx, &o, i)? {
            let r = turn(cx, a, f, &o, v, i)?;
            match &r {
                Value::Obj(inner) if is_array(cx, &r)? => {
                    let n = length_of(cx, inner)?;
                    let mut j = 0.0;
                    while j < n {
                        if let Some(v) = present(cx, inner, j)? {
                            out.push(v);
                        }
                        j += 1.0;
                    }
                }
                _ => out.push(r),
            }
        }
        i += 1.0;
    }
    make_like(cx, &o, 0.0, out)
}
