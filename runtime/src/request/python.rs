//! `request.python`: `call(name, data, code, context)`, `isAvailable()` and `version`, of the capability that has Python.

use crate::lang;
use puremix_value::{Cx, ErrorKind, FnDef, Value};

/// The object; without the capability, one that says so.
pub(super) fn object(cx: Cx) -> Value {
    match puremix_node::member(cx, "puremix:python/native", "ofRequest") {
        Ok(object @ Value::Obj(_)) => object,
        Ok(_) => without(cx),
        Err(_) => {
            cx.take_exception();
            without(cx)
        }
    }
}

fn without(cx: Cx) -> Value {
    static IS_AVAILABLE: FnDef = FnDef::native("isAvailable", 0, |_, _| Ok(Value::Bool(false)));
    static CALL: FnDef = FnDef::native("call", 2, |cx, _| {
        let message = "this app was compiled without Python: the compiler finds `request.python` only where it is written so";
        cx.throw_error(ErrorKind::Error, message);
        Ok(lang::promise(cx, Err(cx.take_exception())))
    });
    let call = lang::function(cx, &CALL, Vec::new());
    lang::object(cx, [("call", call), ("isAvailable", lang::function(cx, &IS_AVAILABLE, Vec::new())), ("version", Value::Null)]).into()
}
