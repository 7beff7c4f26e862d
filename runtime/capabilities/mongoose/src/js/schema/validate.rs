//! Validation: a path's value against its rules, in mongoose's words.

use super::types::{Kind, PathType, Rule, Validator};
use crate::js::errors::{Refusal, validator_error};
use crate::js::object_id::id_of;
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Cx, Kind as ObjectKind, Obj, R, Value};

/// What a check of one rule found.
pub enum Found {
    Fine,
    Error(Obj),
    /// A validator's promise.
    Pending(Value),
}

/// Whether a value counts as given.
pub fn is_given(ty: &PathType, value: &Value) -> bool {
    match (&ty.kind, value) {
        (_, Value::Undefined | Value::Null | Value::Uninit) => false,
        (Kind::String, Value::Str(s)) => !s.is_empty(),
        (Kind::Number, v) => matches!(v, Value::Num(_)),
        (Kind::Boolean, v) => matches!(v, Value::Bool(_)),
        (Kind::Date, v) => v.as_obj().is_some_and(|o| matches!(o.kind(), ObjectKind::Date(_))),
        (Kind::ObjectId, v) => id_of(v).is_some() || v.is_object(),
        _ => true,
    }
}

/// Whether the path must have a value, and the message if it has none.
pub fn check_required(cx: Cx, ty: &PathType, this: &Value, value: &Value, path: &str) -> R<Option<Obj>> {
    let Some(required) = &ty.required else { return Ok(None) };
    let wanted = if required.when.is_callable() { truthy(&ops::call(cx, &required.when, this, &[])?) } else { true };
    if !wanted || is_given(ty, value) {
        return Ok(None);
    }
    let message = message_of(cx, required.message.as_ref(), "Path `{PATH}` is required.", "required", path, value)?;
    validator_error(cx, &Refusal { message: &message, kind: "required", path, value, extra: &[], reason: Value::Undefined }).map(Some)
}

fn message_of(cx: Cx, own: Option<&Value>, default: &str, kind: &str, path: &str, value: &Value) -> R<String> {
    match own {
        Some(f) if f.is_callable() => {
            let properties = Obj::plain(cx);
            put(cx, &properties, "type", Value::str(kind));
            put(cx, &properties, "path", Value::str(path));
            put(cx, &properties, "value", value.clone());
            text_of(cx, &ops::call(cx, f, &Value::Undefined, &[properties.into()])?)
        }
        Some(Value::Str(s)) => Ok(s.to_string()),
        _ => Ok(default.to_owned()),
    }
}

/// One rule.
pub fn check(cx: Cx, ty: &PathType, validator: &Validator, this: &Value, value: &Value, path: &str) -> R<Found> {
    let refuse = |default: &str, kind: &str, extra: &[(&str, Value)]| -> R<Found> {
        let message = message_of(cx, validator.message.as_ref(), default, kind, path, value)?;
        Ok(Found::Error(validator_error(cx, &Refusal { message: &message, kind, path, value, extra, reason: Value::Undefined })?))
    };
    let number = |v: &Value| match v {
        Value::Num(n) => Some(*n),
        Value::Obj(o) => match o.kind() {
            ObjectKind::Date(t) => Some(t.get()),
            _ => None,
        },
        Value::Str(s) if matches!(ty.kind, Kind::Date) => Some(puremix_js::date::parse_date(s.as_str(), &puremix_js::date::local_to_utc)),
        _ => None,
    };
    let length = || match value {
        Value::Str(s) => Some(s.len_utf16() as f64),
        _ => None,
    };
    match &validator.rule {
        Rule::Min(bound) | Rule::Max(bound) => {
            let is_min = matches!(validator.rule, Rule::Min(_));
            let limit = if bound.is_callable() { ops::call(cx, bound, this, &[])? } else { bound.clone() };
            let outside = match (number(value), number(&limit)) {
                (Some(v), Some(limit)) => if is_min { v < limit } else { v > limit },
                _ => false,
            };
            if !outside {
                return Ok(Found::Fine);
            }
            let default = match (matches!(ty.kind, Kind::Date), is_min) {
                (false, true) => "Path `{PATH}` ({VALUE}) is less than minimum allowed value ({MIN}).",
                (false, false) => "Path `{PATH}` ({VALUE}) is more than maximum allowed value ({MAX}).",
                (true, true) => "Path `{PATH}` ({VALUE}) is before minimum allowed value ({MIN}).",
                (true, false) => "Path `{PATH}` ({VALUE}) is after maximum allowed value ({MAX}).",
            };
            let name = if is_min { "min" } else { "max" };
            refuse(default, name, &[(name, limit)])
        }
        Rule::MinLength(n) if length().is_some_and(|l| l < *n) => {
            refuse("Path `{PATH}` (`{VALUE}`, length {LENGTH}) is shorter than the minimum allowed length ({MINLENGTH}).", "minlength", &[("minlength", Value::Num(*n))])
        }
        Rule::MaxLength(n) if length().is_some_and(|l| l > *n) => {
            refuse("Path `{PATH}` (`{VALUE}`, length {LENGTH}) is longer than the maximum allowed length ({MAXLENGTH}).", "maxlength", &[("maxlength", Value::Num(*n))])
        }
        Rule::Enum(values) if !value.is_nullish() && !values.iter().any(|v| ops::js_strict_eq(v, value)) => {
            refuse("`{VALUE}` is not a valid enum value for path `{PATH}`.", "enum", &[("enumValues", array(cx, values.clone()))])
        }
        Rule::Match(pattern) => {
            let Value::Str(text) = value else { return Ok(Found::Fine) };
            if let Value::Obj(o) = pattern {
                // A pattern with the flag `g` remembers where it stopped.
                ops::set_key(cx, o, &cx.key_of("lastIndex"), Value::Num(0.0), pattern)?;
            }
            if text.is_empty() || truthy(&invoke(cx, pattern, "test", std::slice::from_ref(value))?) {
                return Ok(Found::Fine);
            }
            refuse("Path `{PATH}` is invalid ({VALUE}).", "regexp", &[("regexp", pattern.clone())])
        }
        Rule::User(f, _) => {
            let properties = Obj::plain(cx);
            put(cx, &properties, "validator", f.clone());
            put(cx, &properties, "path", Value::str(path));
            put(cx, &properties, "value", value.clone());
            let outcome = ops::call(cx, f, this, &[value.clone(), properties.into()]).map_err(|_| cx.take_exception());
            if let Ok(answer) = &outcome
                && answer.is_object()
                && member(cx, answer, "then")?.is_callable()
            {
                return Ok(Found::Pending(answer.clone()));
            }
            judge(cx, validator, outcome, value, path)
        }
        _ => Ok(Found::Fine),
    }
}

/// What the answer of a program's validator means.
pub fn judge(cx: Cx, validator: &Validator, outcome: Result<Value, Value>, value: &Value, path: &str) -> R<Found> {
    let Rule::User(_, kind) = &validator.rule else { return Ok(Found::Fine) };
    let (default, reason) = match outcome {
        Ok(answer) if truthy(&answer) || answer.is_undefined() => return Ok(Found::Fine),
        Ok(_) => ("Validator failed for path `{PATH}` with value `{VALUE}`".to_owned(), Value::Undefined),
        Err(error) => (member(cx, &error, "message")?.as_str().map(|s| s.to_string()).unwrap_or_default(), error),
    };
    let message = message_of(cx, validator.message.as_ref(), &default, kind, path, value)?;
    Ok(Found::Error(validator_error(cx, &Refusal { message: &message, kind, path, value, extra: &[], reason })?))
}
