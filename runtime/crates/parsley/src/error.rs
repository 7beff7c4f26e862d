//! Parsley errors: exceptions with a class and a code (reference §3.6).

use puremix_value::{Cx, ErrorKind, Thrown, Value};

/// Throws an error with a code such as `UNDEF-0001`.
#[cold]
pub(crate) fn fail(cx: Cx, code: &str, message: &str) -> Thrown {
    let _ = cx.throw_error(ErrorKind::Error, message);
    let error = cx.take_exception();
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("code"), Value::str(code));
    }
    cx.throw(error)
}

/// The name of a value's type, as messages say it.
pub(crate) fn type_name(v: &Value) -> &'static str {
    match v {
        Value::Undefined | Value::Null | Value::Uninit => "null",
        Value::Bool(_) => "boolean",
        Value::Num(n) if n.fract() == 0.0 => "integer",
        Value::Num(_) => "float",
        Value::Str(_) => "string",
        Value::Obj(o) if o.is_array() => "array",
        Value::Obj(o) if o.is_callable() => "function",
        Value::Obj(o) if matches!(o.kind(), puremix_value::Kind::Html(_)) => "tag",
        Value::Obj(_) => "dictionary",
        Value::Sym(_) | Value::BigInt(_) => "value",
    }
}
