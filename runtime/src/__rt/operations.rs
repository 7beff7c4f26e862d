//! `ExprKind::Runtime`: operations without a node of their own (`docs/ir.md` §4).

use puremix_js as js;
use puremix_value::{Cx, Key, R, Value};

pub use crate::page::write::write_event_handler as write_event_string;

pub fn op_destructure(cx: Cx, v: &Value, name: &Value) -> R {
    if !v.is_nullish() {
        return Ok(v.clone());
    }
    let before = match name {
        Value::Str(name) => &*format!("Cannot destructure property '{name}' of '"),
        _ => "Cannot destructure '",
    };
    let after = format!("' as it is {}.", js::errors::show(cx, v));
    Err(js::errors::throw_about(cx, before, &js::errors::describe(cx, v), &after))
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

pub fn op_throw_uninitialised(cx: Cx, name: &Value) -> R {
    Err(js::throw_tdz(cx, js::js_to_string(cx, name)?.as_str()))
}

pub fn op_to_key(cx: Cx, v: &Value) -> R {
    Ok(cx.key_value(&js::js_to_key(cx, v)?))
}
