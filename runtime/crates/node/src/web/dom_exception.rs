//! `DOMException`.

use crate::support::{ClassDef, class as make_class, must_construct, option, text_of};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Thrown, Value, well_known};

/// Names with a legacy code.
const CODES: &[(&str, f64)] = &[
    ("IndexSizeError", 1.0), ("HierarchyRequestError", 3.0), ("WrongDocumentError", 4.0), ("InvalidCharacterError", 5.0),
    ("NoModificationAllowedError", 7.0), ("NotFoundError", 8.0), ("NotSupportedError", 9.0), ("InUseAttributeError", 10.0),
    ("InvalidStateError", 11.0), ("SyntaxError", 12.0), ("InvalidModificationError", 13.0), ("NamespaceError", 14.0),
    ("InvalidAccessError", 15.0), ("TypeMismatchError", 17.0), ("SecurityError", 18.0), ("NetworkError", 19.0), ("AbortError", 20.0),
    ("URLMismatchError", 21.0), ("QuotaExceededError", 22.0), ("TimeoutError", 23.0), ("InvalidNodeTypeError", 24.0),
    ("DataCloneError", 25.0),
];

pub fn class(cx: Cx) -> (Obj, Obj) {
    let error = (cx.intrinsic(Intrinsic::ErrorConstructor), cx.intrinsic(Intrinsic::ErrorPrototype));
    let made = make_class(cx, &ClassDef::new("DOMException", 0, construct), Some(&error));
    // Subclasses of Error have Error as their constructor's prototype; DOMException does not.
    made.0.set_proto(cx, Some(cx.intrinsic(Intrinsic::FunctionPrototype)));
    crate::support::tag(cx, &made.1, "DOMException");
    made
}

fn construct(cx: Cx, a: &Args<'_>) -> R {
    let proto = must_construct(cx, a)?;
    let message = if a.get(0).is_undefined() { String::new() } else { text_of(cx, a.get(0))? };
    let options = a.get(1);
    let name = match options {
        Value::Undefined => "Error".to_owned(),
        Value::Obj(_) => {
            let name = option(cx, options, "name")?;
            if name.is_undefined() { "Error".to_owned() } else { text_of(cx, &name)? }
        }
        v => text_of(cx, v)?,
    };
    let o = build(cx, proto, &message, &name);
    let cause = option(cx, options, "cause")?;
    if !cause.is_undefined() {
        o.put_hidden(cx, well_known::CAUSE, cause);
    }
    Ok(Value::Obj(o))
}

fn build(cx: Cx, proto: Obj, message: &str, name: &str) -> Obj {
    let o = Obj::with(cx, Some(proto), Kind::Error);
    // The stack of an error made here has its place; the header is ours.
    let plain = puremix_js::builtins::error::make_error(cx, puremix_value::ErrorKind::Error, message);
    let stack = puremix_js::ops::get(cx, &plain, well_known::STACK, 0).ok().and_then(|v| v.as_str().map(|s| s.to_string()));
    let stack = stack.unwrap_or_default();
    let stack = stack.strip_prefix("Error").unwrap_or(&stack);
    let code = CODES.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, code)| *code);
    o.put_hidden(cx, well_known::STACK, Value::from(format!("{name}{stack}")));
    o.put_hidden(cx, well_known::MESSAGE, message);
    o.put_hidden(cx, well_known::NAME, name);
    o.put_hidden(cx, well_known::CODE, Value::Num(code));
    o
}

/// A `DOMException` of this name.
pub fn make(cx: Cx, message: &str, name: &str) -> Value {
    let (_, proto) = class(cx);
    Value::Obj(build(cx, proto, message, name))
}

#[cold]
pub fn throw(cx: Cx, message: &str, name: &str) -> Thrown {
    let error = make(cx, message, name);
    cx.throw(error)
}
