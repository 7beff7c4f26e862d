//! Methods of the request object: headers, content negotiation, ranges, and the guide's replies.

use super::negotiate::{self, Kind as Accept};
use super::object::of;
use super::{Exchange, events};
use crate::lang;
use puremix_value::{Args, Cx, ErrorKind, FnDef, Key, Obj, R, Value, WellKnownSymbol};
use std::rc::Rc;

/// What request objects inherit.
pub(super) fn prototype(cx: Cx) -> Obj {
    static METHODS: [FnDef; 16] = [
        FnDef::native("get", 1, get_header),
        FnDef::native("header", 1, get_header),
        FnDef::native("is", 1, is),
        FnDef::native("accepts", 1, accepts),
        FnDef::native("acceptsEncodings", 1, accepts_encodings),
        FnDef::native("acceptsEncoding", 1, accepts_encodings),
        FnDef::native("acceptsCharsets", 1, accepts_charsets),
        FnDef::native("acceptsCharset", 1, accepts_charsets),
        FnDef::native("acceptsLanguages", 1, accepts_languages),
        FnDef::native("acceptsLanguage", 1, accepts_languages),
        FnDef::native("range", 2, range),
        FnDef::native("redirect", 1, redirect),
        FnDef::native("json", 1, json),
        FnDef::native("error", 1, error),
        FnDef::native("success", 2, success),
        // Of the session (connect-flash).
        FnDef::native("flash", 2, |cx, a| {
            let session = lang::get(cx, a.this, "session")?;
            if session.is_undefined() {
                // connect-flash's words.
                return Err(cx.throw_error(ErrorKind::Error, "req.flash() requires sessions"));
            }
            lang::call(cx, &lang::get(cx, &session, "flash")?, &session, a.args)
        }),
    ];
    let prototype = events::emitter_prototype(cx);
    for def in METHODS.iter().chain(&events::REQUEST_METHODS) {
        prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    static ITERATE: FnDef = FnDef::native("[Symbol.asyncIterator]", 0, events::body_iterator);
    let key = Key::Sym(cx.symbol(WellKnownSymbol::AsyncIterator));
    prototype.put_hidden(cx, key, lang::function(cx, &ITERATE, Vec::new()));
    prototype
}

pub(super) fn exchange_of(cx: Cx, a: &Args<'_>) -> R<Rc<Exchange>> {
    of(a.this).ok_or_else(|| lang::throw_type(cx, "A method of the request was called on another object"))
}

fn get_header(cx: Cx, a: &Args<'_>) -> R {
    let name = match a.get(0) {
        Value::Str(name) => name.as_str().to_ascii_lowercase(),
        other if !lang::truthy(other) => return Err(lang::throw_type(cx, "name argument is required to req.get")),
        _ => return Err(lang::throw_type(cx, "name must be a string to req.get")),
    };
    let exchange = exchange_of(cx, a)?;
    let found = exchange.parts.header(&name).or_else(|| match name.as_str() {
        "referer" => exchange.parts.header("referrer"),
        "referrer" => exchange.parts.header("referer"),
        _ => None,
    });
    Ok(found.into())
}

/// `request.is('json')`: the type that matches, or false.
fn is(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    if !exchange.parts.may_have_body() {
        return Ok(Value::Null);
    }
    let Some(actual) = exchange.parts.header("content-type") else { return Ok(false.into()) };
    let actual = actual.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    for wanted in list(cx, a)? {
        let full = full_type(&wanted);
        let matches = match full.split_once('/') {
            Some(("*", "*")) => true,
            Some((t, "*")) => actual.split('/').next() == Some(t),
            _ => actual == full || wanted.starts_with('+') && actual.ends_with(wanted.as_str()),
        };
        if matches {
            return Ok(if wanted.contains(['*', '+']) { actual.into() } else { wanted.into() });
        }
    }
    Ok(false.into())
}

/// `request.accepts('html', 'json')`: the one the client likes best, or false; without arguments all that it names.
fn accepts(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    let offers = list(cx, a)?;
    if offers.is_empty() {
        return Ok(named(cx, &exchange, Accept::Media));
    }
    Ok(accepts_of(&exchange, &offers).map_or(Value::Bool(false), Value::from))
}

/// The offer (`json`, `text/html`) that the client likes best.
pub(super) fn accepts_of(exchange: &Exchange, offers: &[String]) -> Option<String> {
    let full: Vec<String> = offers.iter().map(|o| full_type(o)).collect();
    let at = *negotiate::choose(Accept::Media, exchange.parts.header("accept"), &full).first()?;
    offers.get(at).cloned()
}

/// What the header names, best first.
fn named(cx: Cx, exchange: &Exchange, kind: Accept) -> Value {
    lang::strings(cx, negotiate::accepted(kind, exchange.parts.header(kind.header())).iter().map(String::as_str))
}

fn accepts_kind(cx: Cx, a: &Args<'_>, kind: Accept) -> R {
    let exchange = exchange_of(cx, a)?;
    let offers = list(cx, a)?;
    if offers.is_empty() {
        return Ok(named(cx, &exchange, kind));
    }
    let chosen = negotiate::choose(kind, exchange.parts.header(kind.header()), &offers);
    Ok(chosen.first().map_or(Value::Bool(false), |at| offers[*at].as_str().into()))
}

fn accepts_encodings(cx: Cx, a: &Args<'_>) -> R {
    accepts_kind(cx, a, Accept::Encoding)
}

fn accepts_charsets(cx: Cx, a: &Args<'_>) -> R {
    accepts_kind(cx, a, Accept::Charset)
}

fn accepts_languages(cx: Cx, a: &Args<'_>) -> R {
    accepts_kind(cx, a, Accept::Language)
}

/// `request.range(size[, {combine}])`: an array of `{start, end}` with the unit as `type`; -1 when nothing of it lies in the size, -2 when it is
/// malformed, undefined without the header.
fn range(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    let Some(header) = exchange.parts.header("range") else { return Ok(Value::Undefined) };
    let size = puremix_js::ops::js_to_number(cx, a.get(0))?;
    let Some((unit, set)) = header.split_once('=') else { return Ok((-2.0).into()) };
    let mut ranges: Vec<(f64, f64)> = Vec::new();
    for part in set.split(',') {
        let (start, end) = part.split_once('-').unwrap_or((part, ""));
        let number = |text: &str| text.trim().parse::<u64>().ok().map(|n| n as f64);
        let (start, end) = match (number(start), number(end)) {
            (None, Some(last)) => (size - last, size - 1.0),
            (Some(start), None) => (start, size - 1.0),
            (Some(start), Some(end)) => (start, end.min(size - 1.0)),
            (None, None) => continue,
        };
        if start <= end && start >= 0.0 {
            ranges.push((start, end));
        }
    }
    if ranges.is_empty() {
        return Ok((-1.0).into());
    }
    if lang::truthy(&lang::get(cx, a.get(1), "combine")?) {
        ranges = combined(ranges);
    }
    let items = ranges.iter().map(|(start, end)| lang::object(cx, [("start", (*start).into()), ("end", (*end).into())]).into()).collect();
    let array = Obj::array(cx, items);
    lang::put(cx, &array, "type", unit);
    Ok(array.into())
}

/// Ranges that meet or overlap become one, at the place of the first of them.
fn combined(ranges: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut ordered: Vec<(usize, (f64, f64))> = ranges.into_iter().enumerate().collect();
    ordered.sort_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let mut joined: Vec<(usize, (f64, f64))> = Vec::new();
    for (at, (start, end)) in ordered {
        match joined.last_mut() {
            Some((first, (_, last))) if start <= *last + 1.0 => {
                *last = last.max(end);
                *first = (*first).min(at);
            }
            _ => joined.push((at, (start, end))),
        }
    }
    joined.sort_by_key(|j| j.0);
    joined.into_iter().map(|j| j.1).collect()
}

/// The arguments, or the items of the array that is the only one.
fn list(cx: Cx, a: &Args<'_>) -> R<Vec<String>> {
    let items: Vec<Value> = match a.get(0).as_obj().and_then(|o| o.dense()) {
        Some(items) => (0..items.len()).filter_map(|i| items.get(i)).collect(),
        None => a.args.to_vec(),
    };
    items.iter().map(|v| Ok(lang::to_string(cx, v)?.as_str().to_string())).collect()
}

/// `json` and `.json` → `application/json`.
pub(super) fn full_type(name: &str) -> String {
    match name {
        "text" => "text/plain".into(),
        "urlencoded" => "application/x-www-form-urlencoded".into(),
        "multipart" => "multipart/*".into(),
        other if other.contains('/') || other.starts_with('+') => other.to_ascii_lowercase(),
        other => {
            let media = crate::http::content_type::of(&format!("x.{}", other.trim_start_matches('.')));
            media.split(';').next().unwrap_or(media).to_owned()
        }
    }
}

fn redirect(cx: Cx, a: &Args<'_>) -> R {
    let object = lang::object(cx, [("redirect", a.get(0).clone())]);
    if let status @ Value::Num(_) = a.get(1) {
        lang::put(cx, &object, "status", status.clone());
    }
    Ok(object.into())
}

fn json(cx: Cx, a: &Args<'_>) -> R {
    let object = lang::object(cx, [("json", a.get(0).clone())]);
    if let status @ Value::Num(_) = a.get(1) {
        lang::put(cx, &object, "status", status.clone());
    }
    Ok(object.into())
}

fn error(cx: Cx, a: &Args<'_>) -> R {
    Ok(lang::object(cx, [("error", a.get(0).clone())]).into())
}

/// `{success: true, message, ...data}`.
fn success(cx: Cx, a: &Args<'_>) -> R {
    let object = lang::object(cx, [("success", true.into()), ("message", a.get(0).clone())]);
    if let Value::Obj(data) = a.get(1) {
        for key in lang::keys(cx, data) {
            let value = lang::get_key(cx, a.get(1), &key)?;
            object.put(cx, &key, value);
        }
    }
    Ok(object.into())
}
