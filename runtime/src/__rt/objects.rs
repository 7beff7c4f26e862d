//! Members by number, deletion, literals as data.

use puremix_js as js;
use puremix_value::{Args, Atom, Cx, Key, R, Str, Value, well_known as wk};

/// `{}`
#[inline]
pub fn new_object(cx: Cx) -> Value {
    js::empty_object(cx)
}

pub fn delete_name(cx: Cx, v: &Value, name: Atom) -> R<bool> {
    js::delete(cx, v, &Key::Atom(name))
}

pub fn delete_index(cx: Cx, v: &Value, key: &Value) -> R<bool> {
    let key = js::js_to_key(cx, key)?;
    js::delete(cx, v, &key)
}

/// The method of a template's call: nothing when the receiver or the method is null or undefined.
pub fn call_method_safe(cx: Cx, recv: &Value, name: Atom, args: &[Value], ic: u32) -> R {
    if recv.is_nullish() {
        return Ok(Value::Undefined);
    }
    if let Value::Num(n) = recv
        && name == wk::TO_FIXED
        && let Some(text) = js::builtins::number::to_fixed_direct(cx, *n, args)
    {
        return Ok(text);
    }
    let f = js::get(cx, recv, name, ic)?;
    if f.is_nullish() {
        return Ok(Value::Undefined);
    }
    js::call(cx, &f, recv, args)
}

pub fn arguments(cx: Cx, a: &Args<'_>) -> Value {
    js::arguments_object(cx, a.args)
}

/// A regular expression literal.
pub fn regex(cx: Cx, source: &Str, flags: &str) -> R {
    let constructor = super::builtin(cx, wk::REG_EXP_CTOR, 0)?;
    js::construct(cx, &constructor, &[Value::Str(source.clone()), Value::str(flags)])
}

/// A constant literal too large to be code.
pub fn json_literal(cx: Cx, json: &'static str) -> Value {
    let parsed = super::builtin(cx, wk::JSON_NS, 0).and_then(|object| js::call_method(cx, &object, wk::PARSE, &[Value::str(json)], 0));
    match parsed {
        Ok(v) => v,
        Err(_) => panic!("bug in puremixc: a literal is no JSON"),
    }
}

/// Appends to an array that no code has seen yet (a literal, an argument list with spreads).
pub fn push_element(cx: Cx, array: &Value, value: Value) {
    if let Value::Obj(o) = array {
        match o.dense_mut() {
            Some(elements) => elements.push(value),
            None => o.put(cx, &Key::from(o.array_len()), value),
        }
    }
}

/// The elements of such an array.
pub fn list_of(cx: Cx, array: &Value) -> R<Vec<Value>> {
    js::array_like_to_vec(cx, array)
}
