//! Calls of methods that programs call most, by their names: `x.push(v)`, `x.get(k)`, `x.set(k, v)`, `x.has(k)`, `x.add(v)`. Whatever `x` is, the
//! call means what it says; arrays, maps and sets of untouched built-ins take the short way, without arguments in a list.

use puremix_js::{self as js, call_method};
use puremix_value::{Cx, MapData, R, Value, well_known as wk};

/// The data of an ordinary map whose methods are the built-in ones.
#[inline]
fn map(cx: Cx, v: &Value) -> Option<&MapData> {
    match v {
        Value::Obj(o) => o.plain_map(cx),
        _ => None,
    }
}

/// The data of an ordinary set whose methods are the built-in ones.
#[inline]
fn set(cx: Cx, v: &Value) -> Option<&MapData> {
    match v {
        Value::Obj(o) => o.plain_set(cx),
        _ => None,
    }
}

/// `v.push(value)`
#[inline]
pub fn method_push(cx: Cx, v: &Value, value: Value, ic: u32) -> R {
    if let Some(o) = js::fast_array(cx, v)
        && let Some(s) = o.dense_mut()
    {
        s.push(value);
        return Ok(s.len().into());
    }
    call_method(cx, v, wk::PUSH, &[value], ic)
}

/// `v.get(key)`
pub fn method_get(cx: Cx, v: &Value, key: &Value, ic: u32) -> R {
    match map(cx, v) {
        Some(m) => Ok(m.get(key).unwrap_or_default()),
        None => call_method(cx, v, wk::GET, std::slice::from_ref(key), ic),
    }
}

/// `v.has(key)`
pub fn method_has(cx: Cx, v: &Value, key: &Value, ic: u32) -> R {
    match map(cx, v).or_else(|| set(cx, v)) {
        Some(m) => Ok(m.has(key).into()),
        None => call_method(cx, v, wk::HAS, std::slice::from_ref(key), ic),
    }
}

/// `v.set(key, value)`
pub fn method_set(cx: Cx, v: &Value, key: Value, value: Value, ic: u32) -> R {
    match map(cx, v) {
        Some(m) => {
            m.set(key, value);
            Ok(v.clone())
        }
        None => call_method(cx, v, wk::SET, &[key, value], ic),
    }
}

/// `v.add(value)`
pub fn method_add(cx: Cx, v: &Value, value: Value, ic: u32) -> R {
    match set(cx, v) {
        Some(s) => {
            s.set(value, Value::Undefined);
            Ok(v.clone())
        }
        None => call_method(cx, v, wk::ADD, &[value], ic),
    }
}
