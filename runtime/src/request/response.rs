//! The response: what server code records in it, and Express' object for recording.

use super::{Exchange, application, events, express, freshness, host, send_file, set_cookie, streaming};
use crate::http::message::Body;
use crate::http::reason::of_status as reason;
use crate::lang;
use puremix_node::capability::coded;
use puremix_value::{Args, Cx, ErrorKind, FnDef, HostObject, Key, Obj, R, Tracer, Value};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// Checks and records one header of server code's making; several values of an array become several lines.
///
/// # Errors
/// A TypeError for a name or value that HTTP cannot carry.
pub(crate) fn record_header(cx: Cx, exchange: &Exchange, name: &str, value: &Value) -> R<()> {
    let lower = name.to_ascii_lowercase();
    if lower.is_empty() || !lower.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)) {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_HTTP_TOKEN", &format!("Header name must be a valid HTTP token [\"{name}\"]")));
    }
    if value.is_undefined() {
        return Err(coded(cx, ErrorKind::Type, "ERR_HTTP_INVALID_HEADER_VALUE", &format!("Invalid value \"undefined\" for header \"{name}\"")));
    }
    let items: Vec<Value> = match value.as_obj().and_then(|o| o.dense()) {
        Some(items) => (0..items.len()).filter_map(|i| items.get(i)).collect(),
        None => vec![value.clone()],
    };
    exchange.response.remove_header(&lower);
    for item in items {
        let text = lang::to_string(cx, &item)?;
        if !text.as_str().bytes().all(|b| b >= b' ' && b != 0x7f || b == b'\t') {
            return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_CHAR", &format!("Invalid character in header content [\"{name}\"]")));
        }
        exchange.response.add_header(lower.clone(), text.as_str().to_string());
    }
    Ok(())
}

/// `res`.
struct ResponseHost {
    exchange: Rc<Exchange>,
    /// `res.req` until the request is answered; undefined afterwards, so that no circle is left behind by every request.
    request: RefCell<Value>,
}

impl HostObject for ResponseHost {
    fn class_name(&self) -> &'static str {
        "ServerResponse"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        t.value(&self.request.borrow());
    }

    fn clear(&self) {
        let request = self.request.take();
        drop(request);
    }

    fn get(&self, cx: Cx, this: &Obj, key: &Key) -> R<Option<Value>> {
        let response = &self.exchange.response;
        Ok(Some(match cx.key_str(key).as_str() {
            "statusCode" => f64::from(response.status().unwrap_or(200)).into(),
            "statusMessage" => match response.reason() {
                Some(text) => Value::str(&text),
                None if response.has_begun() => reason(response.status().unwrap_or(200)).map_or(Value::Undefined, Value::str),
                None => Value::Undefined,
            },
            "headersSent" => response.has_begun().into(),
            "writableEnded" | "finished" => response.is_ended().into(),
            "writableFinished" => (response.is_ended() && self.exchange.is_closed()).into(),
            "writable" => (!response.is_ended()).into(),
            "destroyed" | "closed" => self.exchange.is_closed().into(),
            "writableHighWaterMark" => (crate::http::pipe::HIGH_WATER as f64).into(),
            "writableLength" => (response.pipe().map_or(0, |p| p.waiting()) as f64).into(),
            "app" => application::of(cx),
            "socket" | "connection" => application::socket(cx, &self.exchange.parts),
            "req" => self.request.borrow().clone(),
            "locals" => {
                if this.get_own(cx, key).is_some() {
                    return Ok(None);
                }
                let locals = Value::from(Obj::plain(cx));
                this.put(cx, key, locals.clone());
                locals
            }
            _ => return Ok(None),
        }))
    }

    fn set(&self, cx: Cx, _this: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        match cx.key_str(key).as_str() {
            "statusCode" => {
                set_status(cx, &self.exchange, value)?;
                Ok(Some(true))
            }
            "statusMessage" => {
                set_reason(cx, &self.exchange, value)?;
                Ok(Some(true))
            }
            "headersSent" | "writableEnded" | "finished" | "writableFinished" | "writableLength" | "writableHighWaterMark" => Ok(Some(false)),
            _ => Ok(None),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A response object for this exchange, whose `req` is the request object.
pub fn response_object(cx: Cx, exchange: &Rc<Exchange>, request: Value) -> Value {
    let prototype = host(cx).response_prototype.get_or_init(|| prototype(cx));
    Obj::host(cx, Some(prototype.clone()), ResponseHost { exchange: exchange.clone(), request: RefCell::new(request) }).into()
}

/// Takes `req` from a response that is answered.
pub(super) fn unlink(response: &Value) {
    if let Some(data) = response.as_obj().and_then(|o| o.host_data::<ResponseHost>()) {
        data.clear();
    }
}

/// True for the object that [`response_object`] made.
pub(crate) fn is_response(value: &Value) -> bool {
    value.as_obj().is_some_and(|o| o.host_data::<ResponseHost>().is_some())
}

pub(super) fn exchange_of<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Rc<Exchange>> {
    match a.this.as_obj().and_then(|o| o.host_data::<ResponseHost>()) {
        Some(host) => Ok(&host.exchange),
        None => Err(lang::throw_type(cx, "A method of the response was called on another object")),
    }
}

/// The exchange, if the response can still be changed.
pub(super) fn open_exchange<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Rc<Exchange>> {
    let exchange = exchange_of(cx, a)?;
    if exchange.response.has_begun() {
        return Err(coded(cx, ErrorKind::Error, "ERR_HTTP_HEADERS_SENT", "Cannot set headers after they are sent to the client"));
    }
    Ok(exchange)
}

fn prototype(cx: Cx) -> Obj {
    static METHODS: [FnDef; 32] = [
        FnDef::native("status", 1, status),
        FnDef::native("sendStatus", 1, send_status),
        FnDef::native("json", 1, json).writing_json(),
        FnDef::native("send", 1, send),
        FnDef::native("render", 3, render),
        FnDef::native("redirect", 2, redirect),
        FnDef::native("set", 2, set),
        FnDef::native("header", 2, set),
        FnDef::native("setHeader", 2, set_header),
        FnDef::native("append", 2, append),
        FnDef::native("appendHeader", 2, append),
        FnDef::native("setHeaders", 1, set_headers),
        FnDef::native("get", 1, get),
        FnDef::native("getHeader", 1, get),
        FnDef::native("hasHeader", 1, has_header),
        FnDef::native("getHeaders", 0, get_headers),
        FnDef::native("getHeaderNames", 0, get_header_names),
        FnDef::native("removeHeader", 1, remove_header),
        FnDef::native("type", 1, content_type),
        FnDef::native("contentType", 1, content_type),
        FnDef::native("location", 1, location),
        FnDef::native("cookie", 3, set_cookie::cookie),
        FnDef::native("clearCookie", 2, set_cookie::clear_cookie),
        FnDef::native("vary", 1, express::vary),
        FnDef::native("format", 1, express::format),
        FnDef::native("links", 1, express::links),
        FnDef::native("jsonp", 1, express::jsonp),
        FnDef::native("writeHead", 3, express::write_head),
        FnDef::native("sendFile", 3, send_file::send_file),
        FnDef::native("sendfile", 3, send_file::send_file),
        FnDef::native("download", 4, send_file::download),
        FnDef::native("attachment", 1, send_file::attachment),
    ];
    let prototype = events::emitter_prototype(cx);
    for def in METHODS.iter().chain(&streaming::METHODS).chain(&events::RESPONSE_METHODS) {
        prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    prototype
}

pub(super) fn set_status(cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
    match value {
        Value::Num(n) if n.fract() == 0.0 && (100.0..=999.0).contains(n) => {
            exchange.response.set_status(*n as u16);
            Ok(())
        }
        other => {
            // In Express 5's words.
            if matches!(other, Value::Num(n) if n.fract() == 0.0) {
                let shown = lang::to_string(cx, other)?;
                let message = format!("Invalid status code: {shown}. Status code must be greater than 99 and less than 1000.");
                return Err(cx.throw_error(ErrorKind::Range, &message));
            }
            let shown = lang::json_text(cx, other)?;
            Err(lang::throw_type(cx, &format!("Invalid status code: {shown}. Status code must be an integer.")))
        }
    }
}

/// `statusMessage = text`; nothing, or a text without letters, leaves the status its own words, as in Node.
///
/// # Errors
/// What Node throws when such a head is written: a text that HTTP does not allow there.
pub(super) fn set_reason(cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
    let text = if lang::truthy(value) { lang::to_string(cx, value)?.to_string() } else { String::new() };
    if !crate::http::reason::is_valid(&text) {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_CHAR", "Invalid character in statusMessage"));
    }
    exchange.response.set_reason((!text.is_empty()).then(|| text.into()));
    Ok(())
}

fn status(cx: Cx, a: &Args<'_>) -> R {
    set_status(cx, exchange_of(cx, a)?, a.get(0))?;
    Ok(a.this.clone())
}

fn send_status(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    set_status(cx, exchange, a.get(0))?;
    let status = exchange.response.status().unwrap_or(200);
    let text = reason(status).map_or_else(|| status.to_string(), str::to_string);
    exchange.response.set_header("content-type", "text/plain; charset=utf-8");
    end_sent(exchange, Body::Text(text));
    Ok(a.this.clone())
}

const JSON: &str = "application/json; charset=utf-8";

fn json(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    end_with_json(cx, exchange, a.get(0))?;
    Ok(a.this.clone())
}

/// Ends the response with JSON; like Express, `undefined` gives an empty body.
fn end_with_json(cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
    let text = lang::json_body(cx, value)?;
    exchange.response.set_default("content-type", JSON);
    match text {
        Some(text) => end_sent(exchange, Body::Text(text)),
        None => exchange.response.end(Body::Empty),
    }
    Ok(())
}

/// Ends the response with a body that `send` sends: text says that it is UTF-8, the body has an ETag, and where the client has it already, the answer is 304.
pub(super) fn end_sent(exchange: &Exchange, body: Body) {
    let response = &exchange.response;
    let bytes = match &body {
        Body::Text(text) => {
            response.say_utf8();
            text.as_bytes()
        }
        Body::Bytes(bytes) => bytes,
        _ => &[],
    };
    if !response.has_header("etag") {
        response.set_header("etag", freshness::etag_of(bytes));
    }
    let is_fresh = response.is_fresh(&exchange.parts);
    if is_fresh {
        response.set_status(304);
    }
    if matches!(response.status(), Some(204 | 304)) {
        response.remove_header("content-type");
    }
    // A reset has no body (RFC 9110, section 15.3.6).
    response.end(if is_fresh || response.status() == Some(205) { Body::Empty } else { body });
}

/// A media type with the charset that texts are sent in.
pub(super) fn with_utf8(media: &str) -> String {
    let kept = media.split(';').map(str::trim).filter(|p| !p.is_empty() && !p.to_ascii_lowercase().starts_with("charset=")).collect::<Vec<_>>();
    format!("{}; charset=utf-8", kept.join("; "))
}

fn send(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    end_with(cx, exchange, a.get(0))?;
    Ok(a.this.clone())
}

/// Ends the response with a value as Express' `send` does: strings are HTML, bytes are bytes, the rest is JSON.
pub(crate) fn end_with(cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
    let default_type = |kind| exchange.response.set_default("content-type", kind);
    match value {
        Value::Undefined => exchange.response.end(Body::Empty),
        Value::Null => end_sent(exchange, Body::Text(String::new())),
        Value::Str(s) => {
            default_type("text/html; charset=utf-8");
            end_sent(exchange, Body::Text(s.as_str().to_string()));
        }
        Value::Obj(_) => {
            if let Some(html) = crate::page::markup_text(value) {
                default_type("text/html; charset=utf-8");
                end_sent(exchange, Body::Text(html));
            } else if let Some(bytes) = crate::lang::bytes(cx, value) {
                default_type("application/octet-stream");
                end_sent(exchange, Body::Bytes(bytes));
            } else {
                end_with_json(cx, exchange, value)?;
            }
        }
        other => end_with_json(cx, exchange, other)?,
    }
    Ok(())
}

fn redirect(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let (status, url) = match (a.get(0), a.get(1)) {
        (status @ Value::Num(_), url) => (Some(status), url),
        (url, status @ Value::Num(_)) => (Some(status), url),
        (url, _) => (None, url),
    };
    match status {
        Some(status) => set_status(cx, exchange, status)?,
        None => exchange.response.set_status(302),
    }
    let url = lang::to_string(cx, url)?;
    record_location(exchange, url.as_str());
    express::end_redirect(cx, exchange)?;
    Ok(a.this.clone())
}

/// `Location`, percent-encoded; `back` is where the visitor came from.
fn record_location(exchange: &Exchange, url: &str) {
    let url = match url {
        "back" => exchange.parts.header("referer").or(exchange.parts.header("referrer")).unwrap_or("/"),
        url => url,
    };
    exchange.response.set_header("location", crate::http::path::encode_location(url).to_string());
}

fn location(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    record_location(exchange, lang::to_string(cx, a.get(0))?.as_str());
    Ok(a.this.clone())
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    if let Value::Obj(fields) = a.get(0) {
        record_headers(cx, exchange, fields)?;
    } else {
        let name = lang::to_string(cx, a.get(0))?;
        record_field(cx, exchange, name.as_str(), a.get(1))?;
    }
    Ok(a.this.clone())
}

/// Records the headers of an object as `set` does.
pub(super) fn record_headers(cx: Cx, exchange: &Exchange, fields: &Obj) -> R<()> {
    for key in lang::keys(cx, fields) {
        let value = lang::get_key(cx, &Value::from(fields.clone()), &key)?;
        record_field(cx, exchange, cx.key_str(&key).as_str(), &value)?;
    }
    Ok(())
}

/// As [`record_header`]; a media type of text gets its charset.
fn record_field(cx: Cx, exchange: &Exchange, name: &str, value: &Value) -> R<()> {
    if name.eq_ignore_ascii_case("content-type") {
        if value.as_obj().is_some_and(|o| o.is_array()) {
            return Err(lang::throw_type(cx, "Content-Type cannot be set to an Array"));
        }
        let media = lang::to_string(cx, value)?.as_str().to_string();
        let is_text = media.starts_with("text/") || matches!(media.as_str(), "application/json" | "application/javascript");
        let is_plain = !media.to_ascii_lowercase().contains("charset=");
        return record_header(cx, exchange, name, &Value::from(if is_text && is_plain { with_utf8(&media) } else { media }));
    }
    record_header(cx, exchange, name, value)
}

/// Node's `setHeader`, or `set` of an object.
fn set_header(cx: Cx, a: &Args<'_>) -> R {
    if a.get(0).is_object() {
        return set(cx, a);
    }
    let exchange = open_exchange(cx, a)?;
    let name = lang::to_string(cx, a.get(0))?;
    record_header(cx, exchange, name.as_str(), a.get(1))?;
    Ok(a.this.clone())
}

/// Node's `setHeaders` of a `Headers` or a `Map`.
fn set_headers(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let method = lang::get(cx, a.get(0), "entries")?;
    if !method.is_callable() {
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", "The \"headers\" argument must be an instance of Headers or Map"));
    }
    let entries = lang::call(cx, &method, a.get(0), &[])?;
    let next = lang::get(cx, &entries, "next")?;
    loop {
        let step = lang::call(cx, &next, &entries, &[])?;
        if lang::truthy(&lang::get(cx, &step, "done")?) {
            return Ok(a.this.clone());
        }
        let pair = lang::get(cx, &step, "value")?;
        let name = lang::to_string(cx, &lang::get(cx, &pair, "0")?)?;
        record_header(cx, exchange, name.as_str(), &lang::get(cx, &pair, "1")?)?;
    }
}

fn append(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let name = lang::to_string(cx, a.get(0))?;
    let lower = name.as_str().to_ascii_lowercase();
    let before: Vec<_> = exchange.response.headers.borrow().iter().filter(|(n, _)| *n == lower).cloned().collect();
    record_header(cx, exchange, name.as_str(), a.get(1))?;
    let mut headers = exchange.response.headers.borrow_mut();
    let at = headers.iter().position(|(n, _)| *n == lower).unwrap_or(headers.len());
    headers.splice(at..at, before);
    Ok(a.this.clone())
}

fn lower_name(cx: Cx, value: &Value) -> R<String> {
    Ok(lang::to_string(cx, value)?.as_str().to_ascii_lowercase())
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    let name = lower_name(cx, a.get(0))?;
    let response = &exchange_of(cx, a)?.response;
    let lines = response.header_lines(&name);
    // The server writes it; who asks for it afterwards, such as a log, hears what it was.
    if name == "content-length" && lines.is_empty() && let Some(length) = response.length() {
        return Ok(length.to_string().into());
    }
    Ok(lines_value(cx, lines))
}

/// The value of a header: text, an array where it has several lines, undefined where it has none.
fn lines_value(cx: Cx, mut lines: Vec<String>) -> Value {
    match lines.len() {
        0 => Value::Undefined,
        1 => lines.remove(0).into(),
        _ => lang::strings(cx, lines.iter().map(String::as_str)),
    }
}

fn has_header(cx: Cx, a: &Args<'_>) -> R {
    let name = lower_name(cx, a.get(0))?;
    Ok(exchange_of(cx, a)?.response.has_header(&name).into())
}

fn get_header_names(cx: Cx, a: &Args<'_>) -> R {
    let mut names: Vec<String> = exchange_of(cx, a)?.response.headers.borrow().iter().map(|(name, _)| name.clone().into_owned()).collect();
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(lang::strings(cx, names.iter().map(String::as_str)))
}

fn get_headers(cx: Cx, a: &Args<'_>) -> R {
    let headers = Obj::plain(cx);
    let response = &exchange_of(cx, a)?.response;
    for (name, _) in response.headers.borrow().iter() {
        lang::put(cx, &headers, name, lines_value(cx, response.header_lines(name)));
    }
    Ok(headers.into())
}

/// There are no view engines.
fn render(cx: Cx, a: &Args<'_>) -> R {
    let view = lang::to_string(cx, a.get(0))?;
    let message = format!("res.render('{view}'): there are no view engines here; make a page (app/routes/NAME.puremix) and redirect or link to it, or send a string with res.send");
    Err(cx.throw_error(ErrorKind::Error, &message))
}

fn remove_header(cx: Cx, a: &Args<'_>) -> R {
    let name = lower_name(cx, a.get(0))?;
    open_exchange(cx, a)?.response.remove_header(&name);
    Ok(Value::Undefined)
}

fn content_type(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let kind = lang::to_string(cx, a.get(0))?;
    let kind = kind.as_str();
    let full = if kind.contains('/') { kind.to_string() } else { crate::http::content_type::of(&format!("x.{}", kind.trim_start_matches('.'))).to_string() };
    // Which tells its encoding itself.
    let full = if full.starts_with("application/xml") { "application/xml".to_owned() } else { full };
    record_field(cx, exchange, "content-type", &Value::from(full))?;
    Ok(a.this.clone())
}
