//! `decode(token, options)`: the parts of a token, unverified.

use crate::errors;
use crate::token::{self, Parts};
use puremix_js::ops;
use puremix_node::capability::{member, option, text_of};
use puremix_value::{Args, Cx, Obj, R, Str, Value};
use std::cell::RefCell;

/// A token taken apart.
pub struct Decoded<'a> {
    pub header: Header,
    pub payload: Value,
    pub parts: Parts<'a>,
    /// What the value was read from.
    payload_text: Str,
    /// Whether an object in it may have two members of one name.
    may_have_twins: bool,
}

/// What verification asks of a header.
#[derive(Clone)]
pub struct Header {
    /// The JSON of it.
    text: Str,
    /// `alg`, where it is a text.
    pub algorithm: Option<Str>,
    /// `typ` is `JWT`.
    is_jwt: bool,
    /// Why RFC 7515 refuses it.
    fault: Option<&'static str>,
}

impl Header {
    /// As the app sees it.
    pub fn value(&self, cx: Cx) -> R {
        puremix_js::parse_json(cx, &self.text)
    }
}

thread_local! {
    /// The header read last, by its part of the token: the tokens of an app have one.
    static LAST: RefCell<Option<(String, Header)>> = const { RefCell::new(None) };
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
        return complete(cx, decoded);
    }
    Ok(decoded.payload)
}

/// `{header, payload, signature}`
pub fn complete(cx: Cx, decoded: Decoded<'_>) -> R {
    let o = Obj::plain(cx);
    let parts = [("header", decoded.header.value(cx)?), ("payload", decoded.payload), ("signature", Value::from(decoded.parts.signature))];
    for (name, value) in parts {
        o.put(cx, &cx.key_of(name), value);
    }
    Ok(o.into())
}

/// `None` for what is no token; a `SyntaxError` where a payload that should be JSON is not.
pub fn take_apart(cx: Cx, text: &str, as_json: bool) -> R<Option<Decoded<'_>>> {
    let Some(parts) = token::split(text) else { return Ok(None) };
    let Some(header) = header(cx, &parts)? else { return Ok(None) };
    let payload_text = Str::from(match String::from_utf8(token::decode(parts.payload)) {
        Ok(text) => text,
        Err(e) => String::from_utf8_lossy(e.as_bytes()).into_owned(),
    });
    let (payload, mut may_have_twins) = if header.is_jwt || as_json { puremix_js::parse_noting_repeats(cx, &payload_text)? } else { (Value::Str(payload_text.clone()), false) };
    // Other payloads may be objects too.
    let payload = match payload {
        Value::Str(text) => match puremix_js::parse_noting_repeats(cx, &text) {
            Ok((parsed, repeats)) if parsed.is_object() => {
                may_have_twins |= repeats;
                parsed
            }
            Ok(_) => Value::Str(text),
            Err(_) => {
                cx.take_exception();
                Value::Str(text)
            }
        },
        payload => payload,
    };
    Ok(Some(Decoded { header, payload, parts, payload_text, may_have_twins }))
}

/// `None` when it is no JSON or nothing.
fn header(cx: Cx, parts: &Parts<'_>) -> R<Option<Header>> {
    if let Some(known) = LAST.with_borrow(|last| last.as_ref().filter(|(part, _)| part == parts.header).map(|(_, header)| header.clone())) {
        return Ok(Some(known));
    }
    // A byte is a character, as the package has it.
    let text = Str::from(token::decode(parts.header).into_iter().map(char::from).collect::<String>());
    let value = match puremix_js::parse_json(cx, &text) {
        Ok(value) if ops::js_truthy(&value) => value,
        Ok(_) => return Ok(None),
        Err(_) => {
            cx.take_exception();
            return Ok(None);
        }
    };
    let fault = if !token::is_strict(parts.header) || has_twins(cx, text.as_str())? {
        Some("invalid token")
    } else if !member(cx, &value, "crit")?.is_undefined() {
        Some("unsupported critical header")
    } else if matches!(member(cx, &value, "b64")?, Value::Bool(false)) {
        Some("unsupported unencoded payload")
    } else {
        None
    };
    let header = Header {
        algorithm: member(cx, &value, "alg")?.as_str().cloned(),
        is_jwt: member(cx, &value, "typ")?.as_str().is_some_and(|t| t.as_str() == "JWT"),
        text,
        fault,
    };
    LAST.with_borrow_mut(|last| *last = Some((parts.header.to_owned(), header.clone())));
    Ok(Some(header))
}

/// Refuses what RFC 7515 says must be refused and the package overlooks: names that come twice, of which readers take different ones, and
/// headers that are critical to understand; base64 with bits left over, of which there are many texts for the same bytes.
pub fn check_strictly(cx: Cx, decoded: &Decoded<'_>) -> R<()> {
    if let Some(fault) = decoded.header.fault {
        return Err(errors::invalid(cx, fault));
    }
    if !token::is_strict(decoded.parts.payload) || decoded.may_have_twins && has_twins(cx, decoded.payload_text.as_str())? {
        return Err(errors::invalid(cx, "invalid token"));
    }
    Ok(())
}

/// Whether an object in JSON has two members of one name.
fn has_twins(cx: Cx, json: &str) -> R<bool> {
    let names = token::member_names(json);
    // A name with an escape may be another's twin.
    Ok(has_repeats(&names) || names.iter().any(|n| n.contains('\\')) && are_twins(cx, &names)?)
}

fn has_repeats(names: &[&str]) -> bool {
    if names.len() <= 16 {
        return names.iter().enumerate().any(|(i, name)| names[..i].contains(name));
    }
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|w| w[0] == w[1])
}

fn are_twins(cx: Cx, names: &[&str]) -> R<bool> {
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
