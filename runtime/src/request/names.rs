//! What is wrong with a request's query string and body before anybody has read them: names that reach for what is not data, that is
//! prototypes of JavaScript's objects, and operators of databases that take a filter as an object. Such a request is refused as a whole, because to leave the names out would be to answer another request.

use super::{BadRequest, Exchange, host};
use crate::body::{Kind, urlencoded};
use crate::lang;
use puremix_value::{Cx, R, Value};

/// Operators that stand alone. Others are names like any other at the top: OData has `$filter`, `$top` and more.
const ALONE: [&str; 10] = ["$where", "$expr", "$function", "$accumulator", "$or", "$and", "$nor", "$not", "$jsonSchema", "$text"];

/// What is wrong with the names of the query string and of a form. Names of JSON are judged when it has been parsed: [`in_json`].
pub(super) fn refuse(cx: Cx, exchange: &Exchange) -> Result<(), BadRequest> {
    // Without one nothing says where the parts are.
    if exchange.parts.form.is_none() && !exchange.parts.body.is_empty() && exchange.body_kind() == Kind::Other && exchange.parts.header("content-type").is_some_and(|t| t.starts_with("multipart/form-data")) {
        return Err(BadRequest("the multipart body's type names no boundary".into()));
    }
    let query = exchange.parts.query();
    let has_operator = query.contains('$') || query.contains("%24");
    let has_body = exchange.parts.form.is_some() || !exchange.parts.body.is_empty();
    let is_form = has_body && matches!(exchange.body_kind(), Kind::Urlencoded | Kind::Multipart { .. });
    if !(has_operator || is_form) || host(cx).services.takes_any_name() {
        return Ok(());
    }
    if has_operator {
        for (name, _) in urlencoded::parse_pairs(query.as_bytes()) {
            refuse_operator(&name)?;
        }
    }
    if is_form {
        for (name, _) in exchange.form_pairs() {
            refuse_prototype(name)?;
            refuse_operator(name)?;
        }
    }
    Ok(())
}

/// `a[b][c]` as `a`, `b`, `c`.
fn steps(name: &str) -> impl Iterator<Item = &str> {
    name.split('[').map(|part| part.strip_suffix(']').unwrap_or(part))
}

fn refuse_operator(name: &str) -> Result<(), BadRequest> {
    let mut steps = steps(name);
    let first = steps.next().unwrap_or_default();
    match steps.find(|step| step.starts_with('$')).or_else(|| ALONE.into_iter().find(|alone| *alone == first)) {
        Some(operator) => Err(BadRequest(format!("`{operator}` is a database operator, which no form and no query string may name"))),
        None => Ok(()),
    }
}

fn refuse_prototype(name: &str) -> Result<(), BadRequest> {
    let mut before = "";
    for step in steps(name) {
        if step == "__proto__" || before == "constructor" && step == "prototype" {
            return Err(BadRequest(format!("`{step}` reaches for a prototype")));
        }
        before = step;
    }
    Ok(())
}

/// As [`refuse`], for a parsed JSON body; `text` is its source.
pub(super) fn in_json(cx: Cx, text: &str, value: &Value) -> R<Result<(), BadRequest>> {
    // The words as they are, or behind escapes.
    if !(text.contains("__proto__") || text.contains("\"prototype\"") || text.contains("\\u")) || host(cx).services.takes_any_name() {
        return Ok(Ok(()));
    }
    let mut waiting = vec![(value.clone(), false)];
    while let Some((value, is_constructor)) = waiting.pop() {
        let Some(object) = value.as_obj() else { continue };
        for key in lang::keys(cx, object) {
            let name = cx.key_str(&key);
            let name = name.as_str();
            if name == "__proto__" || is_constructor && name == "prototype" {
                return Ok(Err(BadRequest(format!("`{name}` reaches for a prototype"))));
            }
            let inner = object.get_own(cx, &key).map_or(Ok(Value::Undefined), |_| lang::get_key(cx, &value, &key))?;
            if inner.is_object() {
                waiting.push((inner, name == "constructor"));
            }
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for bad in ["a[$ne]", "a[b][$gt]", "$where", "$or[0][a]", "a[$ne][]"] {
            assert!(refuse_operator(bad).is_err(), "{bad}");
        }
        for good in ["a", "$top", "$filter", "price$", "a[b$]", "a]$ne", ""] {
            assert!(refuse_operator(good).is_ok(), "{good}");
        }
        for bad in ["__proto__", "__proto__[a]", "a[__proto__]", "constructor[prototype]", "a[constructor][prototype][x]"] {
            assert!(refuse_prototype(bad).is_err(), "{bad}");
        }
        for good in ["constructor", "prototype", "a[prototype]", "prototype[constructor]", "__proto"] {
            assert!(refuse_prototype(good).is_ok(), "{good}");
        }
    }
}
