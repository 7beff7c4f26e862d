//! `std/schema`: types with options, definition, sanitising and validation (design document, "Schema Types" and "Validation").

use crate::data::entries;
use crate::error::{fail, type_name};
use crate::method::put;
use crate::parsley_truthy;
use crate::text::inspect;
use puremix_js::ops;
use puremix_value::{Cx, FnDef, Obj, R, Value};

/// Type functions: name, and the extra members the type brings.
const TYPES: &[(&str, &str)] = &[
    ("string", ""),
    ("email", "email"),
    ("url", "url"),
    ("phone", "phone"),
    ("integer", ""),
    ("number", ""),
    ("boolean", ""),
    ("enum", ""),
    ("date", "date"),
    ("datetime", "datetime"),
    ("money", ""),
    ("array", ""),
    ("object", ""),
];

pub(crate) fn module(cx: Cx) -> Value {
    static TYPE: FnDef = FnDef::native("type", 1, |cx, a| {
        let o = Obj::plain(cx);
        put(cx, &o, "type", a.env(0).clone());
        if parsley_truthy(a.env(1)) {
            put(cx, &o, "format", a.env(1).clone());
        }
        if a.get(0).is_object() {
            ops::copy_props(cx, &o, a.get(0))?;
        }
        Ok(Value::Obj(o))
    });
    static DEFINE: FnDef = FnDef::native("define", 2, |cx, a| match (a.get(0), a.get(1)) {
        (Value::Str(_), Value::Obj(_)) => {
            let o = Obj::plain(cx);
            put(cx, &o, "__schema__", Value::Bool(true));
            put(cx, &o, "name", a.get(0).clone());
            put(cx, &o, "fields", a.get(1).clone());
            Ok(Value::Obj(o))
        }
        _ => Err(fail(cx, "TYPE-0001", "schema.define takes a name and a dictionary of fields")),
    });
    static VALIDATE: FnDef = FnDef::native("validate", 2, |cx, a| {
        let (value, errors) = check(cx, a.get(0), a.get(1))?;
        let o = Obj::plain(cx);
        put(cx, &o, "value", value);
        put(cx, &o, "errors", if errors.is_empty() { Value::Null } else { Value::Obj(Obj::array(cx, errors)) });
        Ok(Value::Obj(o))
    });
    static SANITIZE: FnDef = FnDef::native("sanitize", 2, |cx, a| Ok(check(cx, a.get(0), a.get(1))?.0));

    let o = Obj::plain(cx);
    for (name, format) in TYPES {
        let f = Obj::function(cx, &TYPE, vec![Value::str(name), Value::str(format)]);
        put(cx, &o, name, Value::Obj(f));
    }
    for def in [&DEFINE, &VALIDATE, &SANITIZE] {
        put(cx, &o, def.name, Value::Obj(Obj::function(cx, def, vec![])));
    }
    Value::Obj(o)
}

/// Sanitises every field and lists what is wrong; fields the schema does not name are left out.
fn check(cx: Cx, schema: &Value, data: &Value) -> R<(Value, Vec<Value>)> {
    let fields = if schema.is_object() { ops::get_value(cx, schema, &cx.key_of("fields"))? } else { Value::Null };
    let Value::Obj(fields) = &fields else {
        return Err(fail(cx, "TYPE-0001", &format!("a schema is needed, not {}", type_name(schema))));
    };
    let clean = Obj::plain(cx);
    let mut errors = Vec::new();
    for (key, rules) in entries(cx, fields)? {
        let raw = if data.is_object() { ops::get_value(cx, data, &key)? } else { Value::Null };
        let name = cx.key_str(&key).as_utf8().into_owned();
        let rules = Rules { cx, rules: &rules };
        let value = rules.sanitize(&raw)?;
        if let Some((code, message)) = rules.problem(&value)? {
            let error = Obj::plain(cx);
            put(cx, &error, "field", Value::str(&name));
            put(cx, &error, "code", Value::str(code));
            put(cx, &error, "message", Value::str(&message));
            put(cx, &error, "value", value.clone());
            errors.push(Value::Obj(error));
        }
        clean.put(cx, &key, value);
    }
    Ok((Value::Obj(clean), errors))
}

struct Rules<'a> {
    cx: Cx,
    rules: &'a Value,
}

impl Rules<'_> {
    fn option(&self, name: &str) -> R {
        if self.rules.is_object() { ops::get_value(self.cx, self.rules, &self.cx.key_of(name)) } else { Ok(Value::Null) }
    }

    fn kind(&self) -> R<String> {
        Ok(inspect(&self.option("type")?))
    }

    fn number(&self, name: &str) -> R<Option<f64>> {
        Ok(self.option(name)?.as_num())
    }

    /// Trims, lower-cases and converts as the type asks; absent values take the default.
    fn sanitize(&self, raw: &Value) -> R {
        let kind = self.kind()?;
        let text = match raw {
            Value::Undefined | Value::Null => {
                let default = self.option("default")?;
                return Ok(if default.is_nullish() { Value::Null } else { default });
            }
            Value::Str(s) => s.as_utf8().trim().to_owned(),
            other => inspect(other),
        };
        Ok(match (kind.as_str(), raw) {
            ("email", _) => Value::str(&text.to_lowercase()),
            ("integer" | "number" | "money", Value::Str(_)) => match text.parse::<f64>() {
                Ok(n) if n.is_finite() => Value::Num(n),
                _ => Value::str(&text),
            },
            ("boolean", Value::Str(_)) => match text.to_lowercase().as_str() {
                "true" | "on" | "1" | "yes" => Value::Bool(true),
                "false" | "off" | "0" | "no" | "" => Value::Bool(false),
                _ => Value::str(&text),
            },
            (_, Value::Str(_)) => Value::str(&text),
            _ => raw.clone(),
        })
    }

    /// The first thing wrong with a sanitised value: a code and a message for people.
    fn problem(&self, value: &Value) -> R<Option<(&'static str, String)>> {
        let kind = self.kind()?;
        let empty = value.is_nullish() || matches!(value, Value::Str(s) if s.is_empty());
        if empty {
            let required = parsley_truthy(&self.option("required")?);
            return Ok(required.then(|| ("required", "This field is required".to_owned())));
        }
        let (min, max) = (self.number("min")?, self.number("max")?);
        let wrong = |code, message: &str| Ok(Some((code, message.to_owned())));
        match (kind.as_str(), value) {
            ("integer" | "number" | "money", Value::Num(n)) => {
                if kind == "integer" && n.fract() != 0.0 {
                    return wrong("type", "Must be a whole number");
                }
                return Ok(bounds(*n, min, max, "Must be at least", "Must be at most", ""));
            }
            ("integer" | "number" | "money", _) => return wrong("type", "Must be a number"),
            ("boolean", Value::Bool(_)) => return Ok(None),
            ("boolean", _) => return wrong("type", "Must be true or false"),
            ("array", Value::Obj(o)) if o.is_array() => {
                return Ok(bounds(f64::from(o.array_len()), min, max, "Must have at least", "Must have at most", " items"));
            }
            ("array", _) => return wrong("type", "Must be a list"),
            ("object", Value::Obj(_)) => return Ok(None),
            ("object", _) => return wrong("type", "Must be an object"),
            ("enum", _) => {
                let allowed = crate::data::items(&self.option("values")?).unwrap_or_default();
                let found = allowed.iter().any(|v| crate::operator::same(v, value));
                let list = allowed.iter().map(inspect).collect::<Vec<_>>().join(", ");
                return Ok((!found).then(|| ("enum", format!("Must be one of {list}"))));
            }
            _ => {}
        }
        let Value::Str(text) = value else { return wrong("type", "Must be text") };
        let text = text.as_utf8();
        match kind.as_str() {
            "email" if !is_email(&text) => return wrong("format", "Must be a valid email address"),
            "url" if !is_url(&text) => return wrong("format", "Must be a valid URL"),
            "phone" if !is_phone(&text) => return wrong("format", "Must be a valid phone number"),
            "date" if !is_date(&text) => return wrong("format", "Must be a date such as 2025-12-31"),
            "datetime" if !text.get(..10).is_some_and(is_date) || text.len() < 16 => {
                return wrong("format", "Must be a date and time such as 2025-12-31T12:00");
            }
            _ => {}
        }
        Ok(bounds(text.chars().count() as f64, min, max, "Must be at least", "Must be at most", " characters"))
    }
}

fn bounds(n: f64, min: Option<f64>, max: Option<f64>, low: &str, high: &str, unit: &str) -> Option<(&'static str, String)> {
    match (min, max) {
        (Some(min), _) if n < min => Some(("min", format!("{low} {min}{unit}"))),
        (_, Some(max)) if n > max => Some(("max", format!("{high} {max}{unit}"))),
        _ => None,
    }
}

fn is_email(s: &str) -> bool {
    let Some((local, domain)) = s.rsplit_once('@') else { return false };
    let word = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '@');
    word(local) && word(domain) && domain.contains('.') && domain.split('.').all(|label| !label.is_empty()) && s.len() <= 254
}

fn is_url(s: &str) -> bool {
    let rest = s.strip_prefix("https://").or_else(|| s.strip_prefix("http://"));
    rest.is_some_and(|r| !r.is_empty() && !r.starts_with('/') && !r.contains(char::is_whitespace))
}

fn is_phone(s: &str) -> bool {
    let digits = s.chars().filter(char::is_ascii_digit).count();
    (6..=15).contains(&digits) && s.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c))
}

fn is_date(s: &str) -> bool {
    let parts: Vec<&str> = s.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |text: &str, len: usize| (text.len() == len).then(|| text.parse::<u32>().ok()).flatten();
    match (number(year, 4), number(month, 2), number(day, 2)) {
        (Some(y), Some(m @ 1..=12), Some(d)) => {
            let leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
            let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            (1..=days[m as usize - 1]).contains(&d)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        assert!(is_email("a.b@example.com") && !is_email("a@b") && !is_email("a b@example.com") && !is_email("@x.y"));
        assert!(is_date("2024-02-29") && !is_date("2023-02-29") && !is_date("2024-2-9"));
        assert!(is_url("https://x.y/z") && !is_url("javascript:alert(1)") && !is_phone("call me"));
    }
}
