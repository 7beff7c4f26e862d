//! `Boolean` (ECMA-262 §20.3).

use crate::{constructor, js_truthy, proto_for, throw_type};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Value};

fn boolean(cx: Cx, a: &Args<'_>) -> R {
    let b = Value::Bool(js_truthy(a.get(0)));
    if !a.is_construct() {
        return Ok(b);
    }
    Ok(Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::BooleanPrototype)?), Kind::Boxed(b)).into())
}

fn this_boolean(cx: Cx, v: &Value, method: &str) -> R<bool> {
    match v {
        Value::Bool(b) => Ok(*b),
        Value::Obj(o) => match o.kind() {
            Kind::Boxed(Value::Bool(b)) => Ok(*b),
            _ => Err(throw_type(cx, &format!("Boolean.prototype.{method} requires that 'this' be a Boolean"))),
        },
        _ => Err(throw_type(cx, &format!("Boolean.prototype.{method} requires that 'this' be a Boolean"))),
    }
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    Ok(if this_boolean(cx, a.this, "toString")? { "true" } else { "false" }.into())
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    this_boolean(cx, a.this, "valueOf").map(Value::Bool)
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::BooleanPrototype);
    constructor(cx, "Boolean", 1, boolean, &proto, Intrinsic::BooleanConstructor);
    crate::install(cx, &proto, &[("toString", 0, to_string), ("valueOf", 0, value_of)]);
}
