//! The `request` object of loaders, actions and API handlers. Every property is made on first use and then kept.

use super::host::UNMADE;
use super::{BadRequest, Exchange, Failed, cookies, files, form, host, response};
use crate::body::Kind;
use crate::http::message::Param;
use crate::lang;
use puremix_value::{Args, Attr, Cx, FnDef, HostObject, Key, Obj, R, Tracer, Value};
use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// The properties in the order of `Object.keys(request)`.
const NAMES: [&str; 24] = [
    "params", "query", "body", "cookies", "session", "user", "files", "method", "url", "env", "headers", "ip", "path", "protocol", "hostname",
    "originalUrl", "res", "secure", "xhr", "rawBody", "connection", "socket", "host", "file",
];
const BODY: usize = 2;
const USER: usize = 5;

struct RequestHost {
    exchange: Rc<Exchange>,
    /// What was made or assigned, by position in [`NAMES`].
    values: RefCell<[Value; NAMES.len()]>,
}

impl HostObject for RequestHost {
    fn class_name(&self) -> &'static str {
        "Request"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        t.values(&*self.values.borrow());
    }

    fn clear(&self) {
        let values = self.values.replace([UNMADE; NAMES.len()]);
        drop(values);
    }

    fn get(&self, cx: Cx, this: &Obj, key: &Key) -> R<Option<Value>> {
        let name = cx.key_str(key);
        if name == "req" {
            return Ok(Some(this.clone().into()));
        }
        if name == "error" && let Some(failed) = self.exchange.failed() {
            return Ok(Some(error_object(cx, &failed)));
        }
        let Some(i) = position(name.as_str()) else { return Ok(None) };
        let known = self.values.borrow()[i].clone();
        if !matches!(known, Value::Uninit) {
            return Ok(Some(known));
        }
        let value = self.make(cx, this, NAMES[i])?;
        // The session's user is not kept: a login during this request must show.
        if i != USER {
            self.store(i, value.clone());
        }
        Ok(Some(value))
    }

    fn set(&self, cx: Cx, _this: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        match position(cx.key_str(key).as_str()) {
            Some(i) => {
                self.store(i, value.clone());
                Ok(Some(true))
            }
            None => Ok(None),
        }
    }

    fn has(&self, cx: Cx, _this: &Obj, key: &Key) -> R<Option<bool>> {
        let name = cx.key_str(key);
        Ok((name == "req" || position(name.as_str()).is_some()).then_some(true))
    }

    fn own_keys(&self, cx: Cx, _this: &Obj) -> R<Vec<(Key, Attr)>> {
        Ok(NAMES.iter().map(|n| (cx.key_of(n), Attr::ALL)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn position(name: &str) -> Option<usize> {
    NAMES.iter().position(|n| *n == name)
}

impl RequestHost {
    fn store(&self, i: usize, value: Value) {
        let before = std::mem::replace(&mut self.values.borrow_mut()[i], value);
        drop(before);
    }

    fn make(&self, cx: Cx, this: &Obj, name: &str) -> R {
        let parts = &self.exchange.parts;
        Ok(match name {
            "params" => params(cx, &self.exchange),
            "query" => form::fields_object(cx, &self.exchange.query()),
            "body" => match body(cx, &self.exchange)? {
                Ok(body) => body,
                Err(BadRequest(why)) => return Err(cx.throw_error(puremix_value::ErrorKind::Syntax, &why)),
            },
            "cookies" => {
                let object = Obj::plain(cx);
                let lines: Vec<Cow<'_, str>> = parts.headers().filter(|(n, _)| *n == "cookie").map(|(_, v)| v).collect();
                for (name, value) in cookies::parse(lines.iter().map(|l| &**l)) {
                    lang::put(cx, &object, &name, cookie_value(cx, &value));
                }
                object.into()
            }
            "session" => host(cx).services.session(cx, &self.exchange)?,
            // The user of the session, or null.
            "user" => {
                let session = lang::get(cx, &this.clone().into(), "session")?;
                match lang::get(cx, &session, "user")? {
                    Value::Undefined => Value::Null,
                    user => user,
                }
            }
            "files" => files::files_object(cx, &self.exchange)?,
            "file" => files::first_file(cx, &lang::get(cx, &this.clone().into(), "files")?)?,
            "method" => parts.method().into(),
            "url" | "originalUrl" => parts.url().into(),
            "env" => host(cx).services.env(cx)?,
            "headers" => headers(cx, &self.exchange),
            "ip" => parts.remote_addr().into(),
            "path" => parts.path().into(),
            "protocol" => parts.protocol().into(),
            "secure" => (parts.protocol() == "https").into(),
            "hostname" => parts.hostname().into(),
            "host" => parts.host().into(),
            "xhr" => parts.header("x-requested-with").is_some_and(|v| v.eq_ignore_ascii_case("xmlhttprequest")).into(),
            "res" => response::response_object(cx, &self.exchange),
            "rawBody" => host(cx).services.buffer(cx, parts.body.clone())?,
            "connection" | "socket" => lang::object(cx, [("remoteAddress", parts.remote_addr().into()), ("encrypted", (parts.protocol() == "https").into())]).into(),
            _ => Value::Undefined,
        })
    }
}

/// `error` of an error page: `{status, name, message, requestId[, stack]}`.
pub(crate) fn error_object(cx: Cx, failed: &Failed) -> Value {
    let object = Obj::plain(cx);
    lang::put(cx, &object, "status", f64::from(failed.status));
    lang::put(cx, &object, "name", failed.name.as_str());
    lang::put(cx, &object, "message", failed.message.as_str());
    if !failed.request_id.is_empty() {
        lang::put(cx, &object, "requestId", failed.request_id.as_str());
    }
    if let Some(stack) = &failed.stack {
        lang::put(cx, &object, "stack", stack.as_str());
    }
    object.into()
}

/// `j:{…}` is a JSON cookie of Express.
fn cookie_value(cx: Cx, text: &str) -> Value {
    match text.strip_prefix("j:") {
        Some(json) => lang::parse_json(cx, json).unwrap_or_else(|_| {
            cx.take_exception();
            text.into()
        }),
        None => text.into(),
    }
}

fn params(cx: Cx, exchange: &Exchange) -> Value {
    let object = Obj::plain(cx);
    for (name, value) in &exchange.parts.params {
        match value {
            Param::One(text) => lang::put(cx, &object, name, text.as_str()),
            Param::Rest(segments, whole) => {
                lang::put(cx, &object, name, lang::strings(cx, segments.iter().map(String::as_str)));
                lang::put(cx, &object, "0", whole.as_str());
            }
        }
    }
    object.into()
}

/// Lines of one name are joined as Node joins them.
fn headers(cx: Cx, exchange: &Exchange) -> Value {
    let mut joined: Vec<(&str, String)> = Vec::new();
    for (name, value) in exchange.parts.headers() {
        match joined.iter_mut().find(|(n, _)| *n == name) {
            Some((_, all)) => {
                // Node keeps the first of these.
                if !matches!(name, "authorization" | "host" | "content-type" | "content-length" | "user-agent" | "referer" | "from" | "location") {
                    all.push_str(if name == "cookie" { "; " } else { ", " });
                    all.push_str(&value);
                }
            }
            None => joined.push((name, value.into_owned())),
        }
    }
    let object = Obj::plain(cx);
    for (name, value) in joined {
        lang::put(cx, &object, name, value);
    }
    object.into()
}

/// The parsed body. The outer result is what reading throws, the inner one what is wrong with the request.
fn body(cx: Cx, exchange: &Exchange) -> R<Result<Value, BadRequest>> {
    Ok(match exchange.body_kind() {
        Kind::Urlencoded | Kind::Multipart { .. } => exchange.form().map(|form| form::fields_object(cx, &form.fields)),
        Kind::Json if exchange.parts.body.is_empty() => Ok(Obj::plain(cx).into()),
        Kind::Json => match std::str::from_utf8(&exchange.parts.body) {
            Err(_) => Err(BadRequest("the JSON body is not UTF-8".into())),
            Ok(text) => match lang::parse_json(cx, text.trim_start_matches('\u{feff}')) {
                Ok(value) => Ok(value),
                Err(_) => Err(BadRequest(lang::message(cx, &cx.take_exception()))),
            },
        },
        Kind::Text => Ok(String::from_utf8_lossy(&exchange.parts.body).into_owned().into()),
        Kind::Other => Ok(Obj::plain(cx).into()),
    })
}

/// A request object.
pub fn new_object(cx: Cx, exchange: Rc<Exchange>) -> Value {
    let prototype = host(cx).request_prototype.get_or_init(|| prototype(cx));
    let data = RequestHost { exchange, values: RefCell::new([UNMADE; NAMES.len()]) };
    Obj::host(cx, Some(prototype.clone()), data).into()
}

/// The exchange behind a request object.
pub fn of(request: &Value) -> Option<Rc<Exchange>> {
    Some(request.as_obj()?.host_data::<RequestHost>()?.exchange.clone())
}

/// Reads the body before any server code runs, so that a malformed one is answered with 400 whatever the code does.
pub fn prepare(cx: Cx, request: &Value) -> R<Result<(), BadRequest>> {
    let Some(data) = request.as_obj().and_then(|o| o.host_data::<RequestHost>()) else { return Ok(Ok(())) };
    if data.exchange.parts.body.is_empty() {
        return Ok(Ok(()));
    }
    Ok(body(cx, &data.exchange)?.map(|body| data.store(BODY, body)))
}

fn prototype(cx: Cx) -> Obj {
    static METHODS: [FnDef; 8] = [
        FnDef::native("get", 1, get_header),
        FnDef::native("header", 1, get_header),
        FnDef::native("is", 1, is),
        FnDef::native("accepts", 1, accepts),
        FnDef::native("redirect", 1, redirect),
        FnDef::native("json", 1, json),
        FnDef::native("error", 1, error),
        FnDef::native("success", 2, success),
    ];
    let prototype = Obj::plain(cx);
    for def in &METHODS {
        prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    prototype
}

fn exchange_of(cx: Cx, a: &Args<'_>) -> R<Rc<Exchange>> {
    of(a.this).ok_or_else(|| lang::throw_type(cx, "A method of the request was called on another object"))
}

fn get_header(cx: Cx, a: &Args<'_>) -> R {
    let name = lang::to_string(cx, a.get(0))?.as_str().to_ascii_lowercase();
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
    let Some(actual) = exchange.parts.header("content-type") else { return Ok(false.into()) };
    let actual = actual.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    for wanted in list(cx, a)? {
        let full = full_type(&wanted);
        let matches = match full.split_once('/') {
            Some((t, "*")) => actual.split('/').next() == Some(t),
            _ => actual == full || wanted.starts_with('+') && actual.ends_with(wanted.as_str()),
        };
        if matches {
            return Ok(if wanted.contains(['*', '+']) { actual.into() } else { wanted.into() });
        }
    }
    Ok(false.into())
}

/// `request.accepts('html', 'json')`: the one the client likes best, or false.
fn accepts(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    let accept = exchange.parts.header("accept").unwrap_or("*/*");
    let ranges: Vec<(String, f64)> = accept
        .split(',')
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(|p| p.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
            (kind, quality)
        })
        .collect();
    // The most specific range that fits decides the quality of a type; the first offer wins ties.
    let quality = |wanted: &str| {
        let full = full_type(wanted);
        let group = full.split('/').next().unwrap_or_default();
        let of = |range: &str| ranges.iter().find(|(r, _)| r == range).map(|(_, q)| *q);
        of(&full).or_else(|| of(&format!("{group}/*"))).or_else(|| of("*/*")).unwrap_or(0.0)
    };
    let mut best: Option<(String, f64)> = None;
    for wanted in list(cx, a)? {
        let q = quality(&wanted);
        if q > best.as_ref().map_or(0.0, |(_, b)| *b) {
            best = Some((wanted, q));
        }
    }
    Ok(best.map_or(Value::Bool(false), |(wanted, _)| wanted.into()))
}

/// The arguments, or the items of the array that is the only one.
fn list(cx: Cx, a: &Args<'_>) -> R<Vec<String>> {
    let items: Vec<Value> = match a.get(0).as_obj().and_then(|o| o.dense()) {
        Some(items) => (0..items.len()).filter_map(|i| items.get(i)).collect(),
        None => a.args.to_vec(),
    };
    items.iter().map(|v| Ok(lang::to_string(cx, v)?.as_str().to_string())).collect()
}

/// `json` → `application/json`.
fn full_type(name: &str) -> String {
    match name {
        "json" => "application/json".into(),
        "html" => "text/html".into(),
        "text" => "text/plain".into(),
        "xml" => "application/xml".into(),
        "urlencoded" => "application/x-www-form-urlencoded".into(),
        "multipart" => "multipart/*".into(),
        other => other.to_ascii_lowercase(),
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
