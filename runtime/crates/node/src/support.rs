//! Small things every module needs.

use puremix_js::ops;
use puremix_value::{Code, Cx, ErrorKind, Obj, R, Value};

/// `(name, length, code)` rows of a module or prototype.
pub(crate) type Functions = &'static [(&'static str, u32, Code)];

/// A plain object with these functions.
pub(crate) fn object(cx: Cx, functions: Functions) -> Obj {
    let o = Obj::plain(cx);
    add(cx, &o, functions);
    o
}

pub(crate) fn add(cx: Cx, o: &Obj, functions: Functions) {
    for (name, length, code) in functions {
        o.put(cx, &cx.key_of(name), ops::native(cx, name, *length, *code));
    }
}

/// A member by name.
pub(crate) fn member(cx: Cx, v: &Value, name: &str) -> R {
    if v.is_nullish() { Ok(Value::Undefined) } else { ops::get_value(cx, v, &cx.key_of(name)) }
}

/// A string argument; Node's error when it is none.
pub(crate) fn string_argument(cx: Cx, v: &Value, name: &str) -> R<String> {
    match v {
        Value::Str(s) => Ok(s.as_utf8().into_owned()),
        _ => Err(argument_type(cx, name, "of type string", v)),
    }
}

/// `The "path" argument must be of type string. Received undefined`, with Node's code.
pub(crate) fn argument_type(cx: Cx, name: &str, expected: &str, got: &Value) -> puremix_value::Thrown {
    let received = match got {
        Value::Undefined => "undefined".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Obj(o) if o.is_callable() => "function".to_owned(),
        Value::Obj(o) => format!("an instance of {}", o.kind().class_name()),
        primitive => {
            let shown = ops::js_to_string(cx, primitive).map(|s| s.as_utf8().into_owned()).unwrap_or_default();
            match primitive {
                Value::Str(_) => format!("type string ('{shown}')"),
                Value::Num(_) => format!("type number ({shown})"),
                Value::Bool(_) => format!("type boolean ({shown})"),
                _ => format!("type {shown}"),
            }
        }
    };
    let message = format!("The \"{name}\" argument must be {expected}. Received {received}");
    coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", &message)
}

/// An error with a `code`, as Node's are.
pub(crate) fn coded(cx: Cx, kind: ErrorKind, code: &str, message: &str) -> puremix_value::Thrown {
    let thrown = cx.throw_error(kind, message);
    let error = cx.take_exception();
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("code"), Value::str(code));
    }
    let _ = thrown;
    cx.throw(error)
}

/// The host, or an error when the isolate runs without one.
pub(crate) fn host(cx: Cx) -> R<std::rc::Rc<dyn crate::Host>> {
    crate::host::host().ok_or_else(|| cx.throw_error(ErrorKind::Error, "this isolate has no host for IO"))
}
