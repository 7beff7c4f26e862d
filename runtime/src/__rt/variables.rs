//! Reading variables that may not be initialised, and tests on values.

use puremix_js as js;
use puremix_value::{Cx, FnDef, R, Value};

/// A captured variable that may be read before its initialisation.
#[inline]
pub fn cell_read(cx: Cx, cell: &Value, name: &str) -> R {
    match js::cell_get(cell) {
        Value::Uninit => Err(js::throw_tdz(cx, name)),
        v => Ok(v),
    }
}

/// A variable that may be read before its initialisation.
#[inline]
pub fn initialised<'a>(cx: Cx, v: &'a Value, name: &str) -> R<&'a Value> {
    match v {
        Value::Uninit => Err(js::throw_tdz(cx, name)),
        v => Ok(v),
    }
}

/// A module variable that may be read before its initialisation.
#[inline]
pub fn global_checked(cx: Cx, slot: u32, name: &str) -> R {
    match cx.global(slot) {
        Value::Uninit => Err(js::throw_tdz(cx, name)),
        v => Ok(v),
    }
}

/// A module variable; it begins as undefined.
#[inline]
pub fn global(cx: Cx, slot: u32) -> Value {
    cx.global(slot).hole_to_undefined()
}

#[inline]
pub fn is_undefined(v: &Value) -> bool {
    v.is_undefined()
}

#[inline]
pub fn is_null(v: &Value) -> bool {
    matches!(v, Value::Null)
}

/// `typeof v === name`
#[inline]
pub fn typeof_is(v: &Value, name: &str) -> bool {
    js::typeof_lit(v).text() == name
}

/// A function declaration of a module that may not have run yet. It captures nothing.
pub fn global_function(cx: Cx, slot: u32, def: &'static FnDef) -> Value {
    let known = cx.global(slot);
    if known.is_object() {
        return known;
    }
    let function = js::closure(cx, def, vec![]);
    cx.set_global(slot, function.clone());
    function
}
