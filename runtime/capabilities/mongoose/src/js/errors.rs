//! mongoose's errors, with its names, messages and members.

use super::support::*;
use puremix_js::inspect::{Options, inspect_with};
use puremix_value::{Cx, ErrorKind, Intrinsic, Kind, Obj, R, Thrown, Value, well_known};

/// Each class with the one above; `mongoose.Error.NAME` are those below `MongooseError`.
pub const CLASSES: [(&str, &str); 16] = [
    ("MongooseError", ""), ("ValidationError", "MongooseError"), ("ValidatorError", "MongooseError"), ("CastError", "MongooseError"),
    ("DocumentNotFoundError", "MongooseError"), ("VersionError", "MongooseError"), ("OverwriteModelError", "MongooseError"), ("MissingSchemaError", "MongooseError"),
    ("DivergentArrayError", "MongooseError"), ("StrictModeError", "MongooseError"), ("StrictPopulateError", "MongooseError"), ("ObjectExpectedError", "MongooseError"),
    ("ParallelSaveError", "MongooseError"), ("MongoServerError", ""), ("BSONError", ""), ("ObjectParameterError", "MongooseError"),
];

/// Where a server's error keeps its labels.
pub const LABELS: &str = "errorLabels";

/// Whether a server's error has a label (`TransientTransactionError`).
pub fn has_label(cx: Cx, error: &Value, label: &str) -> R<bool> {
    if !error.is_object() {
        return Ok(false);
    }
    let labels = member(cx, error, LABELS)?;
    Ok(is_array(&labels) && elements(&labels).iter().any(|l| l.as_str().is_some_and(|l| l.as_str() == label)))
}

thread_local! {
    static MADE: std::cell::RefCell<std::collections::HashMap<&'static str, ClassPair>> = std::cell::RefCell::default();
}

/// A class of errors.
pub fn error_class(cx: Cx, name: &str) -> ClassPair {
    if let Some(known) = MADE.with_borrow(|all| all.get(name).cloned()) {
        return known;
    }
    let (name, above) = CLASSES.iter().find(|(n, _)| *n == name).copied().unwrap_or(("MongooseError", ""));
    let (parent, parent_proto) = match above {
        "" => (cx.intrinsic(Intrinsic::ErrorConstructor), cx.intrinsic(Intrinsic::ErrorPrototype)),
        above => error_class(cx, above),
    };
    let proto = Obj::with(cx, Some(parent_proto), Kind::Plain);
    let ctor = puremix_js::ops::constructor_of(cx, name, 1, |cx, a| {
        let proto = proto_of_new(cx, a)?;
        let name = function_name(cx, &Value::Obj(a.callee.clone()));
        let message = if a.get(0).is_undefined() { String::new() } else if a.get(0).is_object() { "Validation failed".to_owned() } else { text_of(cx, a.get(0))? };
        let error = build(cx, proto, &name, &message);
        if name == "ValidationError" {
            put(cx, &error, "errors", Obj::plain(cx));
            put(cx, &error, "_message", Value::from(message));
        }
        Ok(error.into())
    }, &proto);
    ctor.set_proto(cx, Some(parent));
    proto.put_hidden(cx, well_known::NAME, name);
    if matches!(name, "ValidationError" | "CastError" | "ValidatorError") {
        puremix_js::ops::install(cx, &proto, &[("toJSON", 0, |cx, a| {
            let out = Obj::plain(cx);
            // A validator's error puts its name first.
            let first = function_name(cx, &member(cx, a.this, "constructor")?) == "ValidatorError";
            let named = || -> R<()> {
                for name in ["name", "message"] {
                    put(cx, &out, name, member(cx, a.this, name)?);
                }
                Ok(())
            };
            if first {
                named()?;
            }
            for (name, value) in entries(cx, a.this)? {
                put(cx, &out, &name, value);
            }
            if !first {
                named()?;
            }
            Ok(out.into())
        })]);
    }
    if name == "MongoServerError" {
        puremix_js::ops::install(cx, &proto, &[("hasErrorLabel", 1, |cx, a| Ok(Value::Bool(has_label(cx, a.this, &text_of(cx, a.get(0))?)?)))]);
    }
    if name == "ValidationError" {
        puremix_js::ops::install(cx, &proto, &[("toString", 0, |cx, a| {
            // Without the model's name, unlike the message.
            let errors = member(cx, a.this, "errors")?;
            Ok(Value::from(format!("{}: {}", text_of(cx, &member(cx, a.this, "name")?)?, listed(cx, &errors)?)))
        })]);
        puremix_js::ops::install(cx, &proto, &[("addError", 2, |cx, a| {
            if let Value::Obj(o) = a.this {
                add_error(cx, o, &text_of(cx, a.get(0))?, a.get(1).clone())?;
            }
            Ok(Value::Undefined)
        })]);
    }
    MADE.with_borrow_mut(|all| all.insert(name, (ctor.clone(), proto.clone())));
    (ctor, proto)
}

fn build(cx: Cx, proto: Obj, name: &str, message: &str) -> Obj {
    let o = Obj::with(cx, Some(proto), Kind::Error);
    let plain = puremix_js::builtins::error::make_error(cx, ErrorKind::Error, message);
    let stack = member(cx, &plain, "stack").ok().and_then(|v| v.as_str().map(|s| s.to_string())).unwrap_or_default();
    o.put_hidden(cx, well_known::STACK, Value::from(format!("{name}{}", stack.strip_prefix("Error").unwrap_or(&stack))));
    o.put_hidden(cx, well_known::MESSAGE, message);
    o
}

/// An error of a class.
pub fn make(cx: Cx, class: &str, message: &str) -> Obj {
    build(cx, error_class(cx, class).1, class, message)
}

#[cold]
pub fn throw(cx: Cx, class: &str, message: &str) -> Thrown {
    let error = make(cx, class, message);
    cx.throw(error.into())
}

/// A value as cast errors show it.
pub fn shown(cx: Cx, v: &Value) -> String {
    let shown = inspect_with(cx, v, Options { depth: Some(2), ..Options::default() });
    let inner = shown.strip_prefix('\'').unwrap_or(&shown);
    let inner = inner.strip_suffix('\'').unwrap_or(inner);
    if shown.starts_with('\'') || shown.starts_with('"') { format!("\"{}\"", inner.trim_matches('"')) } else { format!("\"{inner}\"") }
}

fn type_of(cx: Cx, v: &Value) -> String {
    match v {
        Value::Undefined | Value::Uninit => "undefined".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Obj(o) if !o.is_callable() => match class_name(cx, v) {
            name if name.is_empty() => "object".to_owned(),
            name => name,
        },
        v => puremix_js::js_typeof(v).as_str().map(|s| s.to_string()).unwrap_or_default(),
    }
}

/// What failed to be cast.
pub struct Cast<'a> {
    pub kind: &'a str,
    pub value: &'a Value,
    pub path: &'a str,
    /// The class of the error underneath, where it is not `Error` or `AssertionError`.
    pub because: Option<&'a str>,
    /// The schema's own words (`cast: '{VALUE} is no number'`).
    pub format: Option<String>,
    pub model: Option<&'a str>,
}

pub fn cast_error(cx: Cx, cast: &Cast<'_>) -> Obj {
    let shown = shown(cx, cast.value);
    let kind = type_of(cx, cast.value);
    let message = match &cast.format {
        Some(format) => format.replace("{KIND}", cast.kind).replace("{VALUE}", &shown).replace("{PATH}", cast.path),
        None => {
            let mut message = format!("Cast to {} failed for value {shown} (type {kind}) at path \"{}\"", cast.kind, cast.path);
            if let Some(model) = cast.model {
                message += &format!(" for model \"{model}\"");
            }
            match cast.because {
                Some(because) if cast.model.is_none() => message += &format!(" because of \"{because}\""),
                _ => {}
            }
            message
        }
    };
    let error = make(cx, "CastError", &message);
    put(cx, &error, "stringValue", Value::from(shown));
    put(cx, &error, "valueType", Value::from(kind));
    put(cx, &error, "messageFormat", cast.format.clone().map(Value::from).unwrap_or_default());
    put(cx, &error, "kind", Value::str(cast.kind));
    put(cx, &error, "value", cast.value.clone());
    put(cx, &error, "path", Value::str(cast.path));
    let reason = match cast.because {
        Some("BSONError") => make(cx, "BSONError", "input must be a 24 character hex string, 12 byte Uint8Array, or an integer").into(),
        _ => puremix_js::builtins::error::make_error(cx, ErrorKind::Error, "the value cannot be cast"),
    };
    put(cx, &error, "reason", reason);
    error
}

/// A validator's refusal.
pub struct Refusal<'a> {
    /// With `{PATH}` and `{VALUE}`.
    pub message: &'a str,
    pub kind: &'a str,
    pub path: &'a str,
    pub value: &'a Value,
    /// `min`, `enumValues`, … in the order in which mongoose lists them.
    pub extra: &'a [(&'a str, Value)],
    /// What the validator threw.
    pub reason: Value,
}

pub fn validator_error(cx: Cx, refusal: &Refusal<'_>) -> R<Obj> {
    let mut message = refusal.message.replace("{PATH}", refusal.path).replace("{TYPE}", refusal.kind);
    let show = |v: &Value| -> R<String> { if matches!(v, Value::Sym(_)) { Ok("Symbol".to_owned()) } else if is_array(v) || !v.is_object() || !is_plain(cx, v) { text_of(cx, v) } else { Ok("[object Object]".to_owned()) } };
    if message.contains('{') {
        message = message.replace("{VALUE}", &show(refusal.value)?);
        for (name, value) in refusal.extra {
            message = message.replace(&format!("{{{}}}", name.to_uppercase()), &show(value)?);
        }
        if let Value::Str(s) = refusal.value {
            message = message.replace("{LENGTH}", &s.len_utf16().to_string());
        }
    }
    let error = make(cx, "ValidatorError", &message);
    let properties = Obj::plain(cx);
    put(cx, &properties, "message", Value::from(message));
    put(cx, &properties, "type", Value::str(refusal.kind));
    for (name, value) in refusal.extra {
        put(cx, &properties, name, value.clone());
    }
    put(cx, &properties, "path", Value::str(refusal.path));
    put(cx, &properties, "value", refusal.value.clone());
    if let Value::Str(s) = refusal.value {
        put(cx, &properties, "length", s.len_utf16());
    }
    if !refusal.reason.is_undefined() {
        put(cx, &properties, "reason", refusal.reason.clone());
    }
    put(cx, &error, "properties", properties);
    put(cx, &error, "kind", Value::str(refusal.kind));
    put(cx, &error, "path", Value::str(refusal.path));
    put(cx, &error, "value", refusal.value.clone());
    put(cx, &error, "reason", refusal.reason.clone());
    Ok(error)
}

/// `User validation failed`, with no errors yet.
pub fn validation_error(cx: Cx, model: Option<&str>) -> Obj {
    let head = model.map_or("Validation failed".to_owned(), |model| format!("{model} validation failed"));
    let error = make(cx, "ValidationError", &head);
    put(cx, &error, "errors", Obj::plain(cx));
    put(cx, &error, "_message", Value::from(head));
    error
}

fn listed(cx: Cx, errors: &Value) -> R<String> {
    let parts: R<Vec<String>> = entries(cx, errors)?.iter().map(|(path, one)| Ok(format!("{path}: {}", text_of(cx, &member(cx, one, "message")?)?))).collect();
    Ok(parts?.join(", "))
}

/// Adds a path's error and says all in the message again.
pub fn add_error(cx: Cx, error: &Obj, path: &str, of_path: Value) -> R<()> {
    let own = Value::Obj(error.clone());
    let errors = member(cx, &own, "errors")?;
    if let Value::Obj(errors) = &errors {
        put(cx, errors, path, of_path);
    }
    let head = text_of(cx, &member(cx, &own, "_message")?)?;
    let message = format!("{head}: {}", listed(cx, &errors)?);
    error.put_hidden(cx, well_known::STACK, Value::from(format!("ValidationError: {message}")));
    error.put_hidden(cx, well_known::MESSAGE, Value::from(message));
    Ok(())
}
