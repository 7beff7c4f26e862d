//! `decode(token, options)`: the parts of a token, unverified.

use crate::errors;
use crate::token::{self, Parts};
use puremix_js::ops;
use puremix_node::capability::{member, option, text_of};
use puremix_value::{Args, Cx, Obj, R, Str, Value};

/// A token taken apart.
pub struct Decoded<'a> {
    pub header: Value,
    pub payload: Value,
    pub parts: Parts<'a>,
    /// What the values were read from.
    header_text: Str,
    payload_text: Str,
}

pub fn decode(cx: Cx, a: &Args<'_>) -> R {
    let text = match a.get(0) {
        v @ (Value::Str(_) | Value::Num(_)) => text_of(cx, v)?,
        v => match puremix_node::bytes_of(v) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => return Ok(Value::Null),
        },
    };
    let as_json = ops::js_truthy(&option(cx, a.get(1), "json")?);
    let Some(decoded) = take_apart(cx, &text, as_json)? else { return Ok(Value::Null) };
    if matches!(option(cx, a.get(1), "complete")?, Value::Bool(true)) {
        return Ok(complete(cx, decoded));
    }
    Ok(decoded.payload)
}

/// `{header, payload, signature}`
pub fn complete(cx: Cx, decoded: Decoded<'_>) -> Value {
    let o = Obj::plain(cx);
    let parts = [("header", decoded.header), ("payload", decoded.payload), ("signature", Value::from(decoded.parts.signature))];
    for (name, value) in parts {
        o.put(cx, &cx.key_of(name), value);
    }
    o.into()
}

/// `None` for what is no token; a `SyntaxError` where a payload that should be JSON is not.
pub fn take_apart(cx: Cx, text: &str, as_json: bool) -> R<Option<Decoded<'_>>> {
    let Some(parts) = token::split(text) else { return Ok(None) };
    // A byte is a character, as the package has it.
    let header_text = Str::from(token::decode(parts.header).into_iter().map(char::from).collect::<String>());
    let Some(header) = header(cx, &header_text) else { return Ok(None) };
    let payload_text = Str::from(match String::from_utf8(token::decode(parts.payload)) {
        Ok(text) => text,
        Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
    });
    let typ = member(cx, &header, "typ")?;
    let is_jwt = typ.as_str().is_some_and(|t| t.as_str() == "JWT");
    let payload = if is_jwt || as_json { puremix_js::parse_json(cx, &payload_text)? } else { Value::Str(payload_text.clone()) };
    // Other payloads may be objects too.
    let payload = match payload {
        Value::Str(text) => match puremix_js::parse_json(cx, &text) {
            Ok(parsed) if parsed.is_object() => parsed,
            Ok(_) => Value::Str(text),
            Err(_) => {
                cx.take_exception();
                Value::Str(text)
            }
        },
        payload => payload,
    };
    Ok(Some(Decoded { header, payload, parts, header_text, payload_text }))
}

/// The header's value; `None` when it is no JSON or nothing.
fn header(cx: Cx, text: &Str) -> Option<Value> {
    match puremix_js::parse_json(cx, text) {
        Ok(header) => ops::js_truthy(&header).then_some(header),
        Err(_) => {
            cx.take_exception();
            None
        }
    }
}

/// Refuses what RFC 7515 says must be refused and the package overlooks: names that come twice, of which readers take different ones, and
/// headers that are critical to understand; base64 with bits left over, of which there are many texts for the same bytes.
pub fn check_strictly(cx: Cx, decoded: &Decoded<'_>) -> R<()> {
    if !token::is_strict(decoded.parts.header) || !token::is_strict(decoded.parts.payload) {
        return Err(errors::invalid(cx, "invalid token"));
    }
    for json in [&decoded.payload_text, &decoded.header_text] {
        let names = token::member_names(json.as_str());
        let repeats = has_repeats(&names);
        // A name with an escape may be another's twin.
        if repeats || names.iter().any(|n| n.contains('\\')) && has_twins(cx, &names)? {
            return Err(errors::invalid(cx, "invalid token"));
        }
    }
    if !member(cx, &decoded.header, "crit")?.is_undefined() {
        return Err(errors::invalid(cx, "unsupported critical header"));
    }
    if matches!(member(cx, &decoded.header, "b64")?, Value::Bool(false)) {
        return Err(errors::invalid(cx, "unsupported unencoded payload"));
    }
    Ok(())
}

fn has_repeats(names: &[&str]) -> bool {
    if names.len() <= 16 {
        return names.iter().enumerate().any(|(i, name)| names[..i].contains(name));
    }
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|w| w[0] == w[1])
}

fn has_twins(cx: Cx, names: &[&str]) -> R<bool> {
    let mut read = Vec::new();
    for name in names {
        let name = text_of(cx, &puremix_js::parse_json(cx, &Str::from(format!("\"{name}\"")))?)?;
        if read.contains(&name) {
            return Ok(true);
        }
        read.push(name);
    }
    Ok(false)
}
