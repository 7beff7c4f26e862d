//! Literals, members and classes with the object as a `&Value`.

use crate::ops;
use puremix_value::{Atom, Cx, Key, Obj, R, Value};

/// The object that lowering knows to be there.
fn target(v: &Value) -> Option<&Obj> {
    v.as_obj()
}

/// `{}`.
#[inline]
pub fn new_object(cx: Cx) -> Value {
    ops::empty_object(cx)
}

/// `{...v, ` followed by about `more` further properties.
pub fn spread_object(cx: Cx, v: &Value, more: usize) -> R {
    ops::spread_object(cx, v, more)
}

/// `{...v}` into an object literal.
pub fn copy_props(cx: Cx, o: &Value, v: &Value) -> R<()> {
    match target(o) {
        Some(o) => ops::copy_props(cx, o, v),
        None => Ok(()),
    }
}

/// An own property of a literal or a static field: `[key]: value`.
pub fn define(cx: Cx, o: &Value, key: &Key, value: Value) -> R<()> {
    match target(o) {
        Some(o) => ops::create_data_or_throw(cx, o, key, value),
        None => Ok(()),
    }
}

/// An own property of a literal: `name: value`.
#[inline]
pub fn define_name(cx: Cx, o: &Value, name: Atom, value: Value) -> R<()> {
    if let Some(o) = target(o) {
        o.put(cx, &name.into(), value);
    }
    Ok(())
}

/// A method of a class.
pub fn define_method(cx: Cx, o: &Value, key: &Key, f: Value) -> R<()> {
    method(cx, o, key, f, false)
}

/// A method of an object literal.
pub fn define_own_method(cx: Cx, o: &Value, key: &Key, f: Value) -> R<()> {
    method(cx, o, key, f, true)
}

fn method(cx: Cx, o: &Value, key: &Key, f: Value, enumerable: bool) -> R<()> {
    let Some(o) = target(o) else { return Ok(()) };
    if o.get_own(cx, key).is_some_and(|p| !p.attr().has(puremix_value::Attr::CONFIGURABLE)) {
        // `static prototype() {}`: the class's own `prototype` cannot be replaced.
        return Err(crate::errors::throw_redefine(cx, key));
    }
    ops::define_method(cx, o, key, f, enumerable);
    Ok(())
}

/// A getter of a class or an object literal.
pub fn define_getter(cx: Cx, o: &Value, key: &Key, f: Value, enumerable: bool) -> R<()> {
    if let Some(o) = target(o) {
        ops::define_getter(cx, o, key, f, enumerable);
    }
    Ok(())
}

/// A setter of a class or an object literal.
pub fn define_setter(cx: Cx, o: &Value, key: &Key, f: Value, enumerable: bool) -> R<()> {
    if let Some(o) = target(o) {
        ops::define_setter(cx, o, key, f, enumerable);
    }
    Ok(())
}

/// `{ __proto__: v }`.
pub fn set_literal_proto(cx: Cx, o: &Value, v: &Value) -> R<()> {
    if let Some(o) = target(o) {
        ops::set_literal_proto(cx, o, v);
    }
    Ok(())
}

/// A fresh private name; `name` includes the `#`.
pub fn private_symbol(name: &str) -> Value {
    ops::private_name(name)
}

/// A private name as a key, for static private members.
pub fn private_key(symbol: &Value) -> Key {
    match symbol {
        Value::Sym(s) => s.into(),
        // Lowering passes the class's symbol only.
        _ => Key::Index(0),
    }
}

pub fn get_private(cx: Cx, v: &Value, symbol: &Value) -> R {
    ops::private_get(cx, v, symbol)
}

pub fn set_private(cx: Cx, v: &Value, symbol: &Value, value: Value) -> R<()> {
    ops::private_set(cx, v, symbol, value)
}

pub fn has_private(cx: Cx, v: &Value, symbol: &Value) -> R<bool> {
    ops::private_has(cx, v, symbol)
}

/// `delete v.name`.
pub fn delete_name(cx: Cx, v: &Value, name: Atom) -> R<bool> {
    ops::delete(cx, v, &name.into())
}

/// `delete v[key]`.
pub fn delete_index(cx: Cx, v: &Value, key: &Value) -> R<bool> {
    let key = ops::js_to_key(cx, key)?;
    ops::delete(cx, v, &key)
}
