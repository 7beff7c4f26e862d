//! Class members, private names, object literals with computed parts.

use puremix_js as js;
use puremix_value::{Atom, Cx, Key, Obj, R, Str, Value};

pub use puremix_js::{
    call_super as construct_super, private_get as get_private, private_has as has_private, private_name as private_symbol, private_set as set_private,
};

/// The object inside a value that generated code made itself.
fn object(v: &Value) -> &Obj {
    match v {
        Value::Obj(o) => o,
        other => panic!("bug in puremixc: {other:?} is no object"),
    }
}

/// The key of a private name.
pub fn private_key(symbol: &Value) -> Key {
    match symbol {
        Value::Sym(s) => Key::from(s),
        _ => Key::Str(Str::EMPTY),
    }
}

/// The key that [`super::op_to_key`] made.
pub fn key_of_value(cx: Cx, key: &Value) -> Key {
    match key {
        Value::Sym(s) => Key::from(s),
        Value::Str(s) => cx.key(s),
        other => panic!("bug in puremixc: {other:?} is no key"),
    }
}

/// A method of a class.
pub fn define_method(cx: Cx, target: &Value, key: &Key, f: Value) -> R<()> {
    js::define_method(cx, object(target), key, f, false);
    Ok(())
}

/// A method of an object literal.
pub fn define_own_method(cx: Cx, target: &Value, key: &Key, f: Value) -> R<()> {
    js::define_method(cx, object(target), key, f, true);
    Ok(())
}

pub fn define_getter(cx: Cx, target: &Value, key: &Key, f: Value, enumerable: bool) -> R<()> {
    js::define_getter(cx, object(target), key, f, enumerable);
    Ok(())
}

pub fn define_setter(cx: Cx, target: &Value, key: &Key, f: Value, enumerable: bool) -> R<()> {
    js::define_setter(cx, object(target), key, f, enumerable);
    Ok(())
}

/// `{ [key]: value }`, and static fields.
pub fn define(cx: Cx, target: &Value, key: &Key, value: Value) -> R<()> {
    if let Key::Sym(s) = key
        && s.is_private()
    {
        return js::private_add(cx, target, &Value::Sym(s.clone()), value);
    }
    js::define_field(cx, target, key, value)
}

/// `{ name: value }`.
#[inline]
pub fn define_name(cx: Cx, target: &Value, name: Atom, value: Value, ic: u32) -> R<()> {
    js::define_name(cx, object(target), name, value, ic);
    Ok(())
}

pub fn set_literal_proto(cx: Cx, target: &Value, proto: &Value) -> R<()> {
    js::set_literal_proto(cx, object(target), proto);
    Ok(())
}

/// `{ ...source }` into an object that exists.
pub fn copy_props(cx: Cx, target: &Value, source: &Value) -> R<()> {
    js::copy_props(cx, object(target), source)
}

/// `{ ...source, … }`: a copy that `extra` more properties will join.
#[inline]
pub fn spread_object(cx: Cx, source: &Value, extra: usize) -> R {
    js::spread_object(cx, source, extra)
}

pub fn op_define_field(cx: Cx, target: &Value, key: &Value, value: &Value) -> R {
    let key = js::js_to_key(cx, key)?;
    js::define_field(cx, target, &key, value.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private(cx: Cx, target: &Value, symbol: &Value, value: &Value) -> R {
    js::private_add(cx, target, symbol, value.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private_method(cx: Cx, target: &Value, symbol: &Value, f: &Value) -> R {
    js::private_method(cx, target, symbol, f.clone())?;
    Ok(Value::Undefined)
}

pub fn op_define_private_accessor(cx: Cx, target: &Value, symbol: &Value, get: &Value, set: &Value) -> R {
    js::private_accessor(cx, target, symbol, get.clone(), set.clone())?;
    Ok(Value::Undefined)
}
