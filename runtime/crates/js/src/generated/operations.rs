//! The operations of `docs/ir.md` §4 that are JavaScript's.

use crate::errors::throw_reference;
use crate::ops::{self, Iter};
use crate::throw_type;
use puremix_value::{Class, Cx, Key, Obj, Payload, R, Tracer, Value};
use std::cell::RefCell;

/// An iteration as a value, for lowered destructuring.
struct Running(RefCell<Iter>);

impl Payload for Running {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(it) = self.0.try_borrow() {
            it.trace(t);
        }
    }
    fn clear(&self) {
        drop(self.0.replace(Iter::DONE));
    }
}

/// Runs `f` on the iteration without holding a borrow while user code runs.
fn with_iter<T>(record: &Value, f: impl FnOnce(&mut Iter) -> R<T>, over: T) -> R<T> {
    let Some(running) = record.as_obj().and_then(|o| o.payload::<Running>()) else { return Ok(over) };
    let mut it = running.0.replace(Iter::DONE);
    let r = f(&mut it);
    drop(running.0.replace(it));
    r
}

/// An iterator record.
pub fn op_iter_open(cx: Cx, iterable: &Value) -> R {
    let it = ops::iter(cx, iterable)?;
    Ok(Obj::native(cx, None, Class::Other, Running(RefCell::new(it))).into())
}

/// The next element; `undefined` when exhausted.
pub fn op_iter_next(cx: Cx, record: &Value) -> R {
    with_iter(record, |it| Ok(it.next(cx)?.unwrap_or_default()), Value::Undefined)
}

/// An array of what is left.
pub fn op_iter_rest(cx: Cx, record: &Value) -> R {
    let rest = with_iter(record, |it| it.rest(cx), vec![])?;
    Ok(Obj::array(cx, rest).into())
}

/// Closes an iterator that is not exhausted.
pub fn op_iter_close(cx: Cx, record: &Value) -> R {
    with_iter(record, |it| it.close(cx), ())?;
    Ok(Value::Undefined)
}

/// The value of an object pattern: `TypeError` for `undefined` and `null`, naming the first property.
pub fn op_destructure(cx: Cx, v: &Value, name: &Value) -> R {
    if !v.is_nullish() {
        return Ok(v.clone());
    }
    let shown = crate::errors::show(cx, v);
    Err(match name {
        Value::Str(name) => throw_type(cx, &format!("Cannot destructure property '{name}' of '{shown}' as it is {shown}.")),
        _ => throw_type(cx, &format!("Cannot destructure '{shown}' as it is {shown}.")),
    })
}

/// A copy without the keys already taken.
pub fn op_object_rest(cx: Cx, v: &Value, taken: &[&Value]) -> R {
    let taken = taken.iter().map(|k| ops::js_to_key(cx, k)).collect::<R<Vec<Key>>>()?;
    ops::rest_object(cx, v, &taken)
}

/// `key` coerced once: a string or a symbol.
pub fn op_to_key(cx: Cx, key: &Value) -> R {
    match key {
        Value::Str(_) | Value::Sym(_) | Value::Num(_) => Ok(key.clone()),
        _ => Ok(cx.key_value(&ops::js_to_key(cx, key)?)),
    }
}

/// `super()` binds `this`: a second time is an error.
pub fn op_super_once(cx: Cx, this: &Value) -> R {
    match this {
        Value::Uninit | Value::Undefined => Ok(Value::Undefined),
        _ => Err(throw_reference(cx, "Super constructor may only be called once")),
    }
}

/// The strings of a tagged template, from two arrays. The caller keeps it per site.
pub fn op_template_object(cx: Cx, cooked: &Value, raw: &Value) -> R {
    let (cooked, raw) = (ops::iter_to_vec(cx, cooked)?, ops::iter_to_vec(cx, raw)?);
    Ok(ops::template_object(cx, cooked, raw))
}

pub fn op_define_field(cx: Cx, o: &Value, key: &Value, value: &Value) -> R {
    let key = ops::js_to_key(cx, key)?;
    ops::define_field(cx, o, &key, value.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private(cx: Cx, o: &Value, symbol: &Value, value: &Value) -> R {
    ops::private_add(cx, o, symbol, value.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private_method(cx: Cx, o: &Value, symbol: &Value, f: &Value) -> R {
    ops::private_method(cx, o, symbol, f.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private_accessor(cx: Cx, o: &Value, symbol: &Value, get: &Value, set: &Value) -> R {
    ops::private_accessor(cx, o, symbol, get.clone(), set.clone())?;
    Ok(Value::Undefined)
}
