//! `ExprKind::Runtime`: operations without a node of their own (`docs/ir.md` §4).

use puremix_js as js;
use puremix_value::{Cx, Key, R, Value};

pub use crate::page::write::write_event_handler as write_event_string;

pub fn op_destructure(cx: Cx, v: &Value, name: &Value) -> R {
    if !v.is_nullish() {
        return Ok(v.clone());
    }
    let shown = js::errors::show(cx, v);
    let message = match name {
        Value::Undefined => format!("Cannot destructure '{shown}' as it is {shown}."),
        name => format!("Cannot destructure property '{}' of '{shown}' as it is {shown}.", js::js_to_string(cx, name)?),
    };
    Err(js::throw_type(cx, &message))
}

pub fn op_object_rest(cx: Cx, v: &Value, taken: &[Value]) -> R {
    let keys: Vec<Key> = taken.iter().map(|k| js::js_to_key(cx, k)).collect::<R<_>>()?;
    js::rest_object(cx, v, &keys)
}

pub fn op_template_object(cx: Cx, cooked: &Value, raw: &Value) -> R {
    Ok(js::template_object(cx, js::array_like_to_vec(cx, cooked)?, js::array_like_to_vec(cx, raw)?))
}

pub fn op_throw_const(cx: Cx, _name: &Value) -> R {
    Err(js::throw_const(cx))
}

pub fn op_throw_super_twice(cx: Cx) -> R {
    Err(js::throw_reference(cx, "Super constructor may only be called once"))
}

pub fn op_to_key(cx: Cx, v: &Value) -> R {
    Ok(cx.key_value(&js::js_to_key(cx, v)?))
}
