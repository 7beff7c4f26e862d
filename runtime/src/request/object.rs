//! The `request` object of loaders, actions and API handlers. Every property is made on first use and then kept.

use super::host::UNMADE;
use super::{BadRequest, Exchange, Failed, application, cookies, express, files, form, host, methods, names, response};
use crate::app::Segment;
use crate::body::Kind;
use crate::http::message::Param;
use crate::lang;
use puremix_value::{Attr, Cx, HostObject, Key, Obj, R, Tracer, Value};
use smallvec::SmallVec;
use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// The properties in the order of `Object.keys(request)`.
const NAMES: [&str; 30] = [
    "params", "query", "body", "cookies", "session", "user", "files", "method", "url", "env", "headers", "ip", "path", "protocol", "hostname",
    "originalUrl", "res", "secure", "xhr", "rawBody", "connection", "socket", "host", "file",
    "signedCookies", "subdomains", "baseUrl", "route", "fresh", "stale",
];
const BODY: usize = 2;
const SESSION: usize = 4;
const USER: usize = 5;
const RES: usize = 16;
const URL: usize = 8;
const PATH: usize = 12;
const BASE_URL: usize = 26;

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
        if this.get_own(cx, key).is_some() {
            return Ok(None);
        }
        if let Some(value) = self.unlisted(cx, this, name.as_str())? {
            return Ok(Some(value));
        }
        if name == "error" && let Some(failed) = self.exchange.failed() {
            return Ok(Some(error_object(cx, &failed)));
        }
        if name == "sessionID" {
            let session = lang::get(cx, &this.clone().into(), "session")?;
            return if session.is_undefined() { Ok(Some(Value::Undefined)) } else { lang::get(cx, &session, "id").map(Some) };
        }
        let Some(i) = position(name.as_str()) else { return Ok(None) };
        let known = self.values.borrow()[i].clone();
        if !matches!(known, Value::Uninit) {
            return Ok(Some(known));
        }
        let value = self.make(cx, this, NAMES[i])?;
        // The session may end, and its user is not kept: a login during this request must show. Freshness depends on the response.
        if i != USER && !matches!(NAMES[i], "fresh" | "stale" | "session") {
            self.store(i, value.clone());
        }
        Ok(Some(value))
    }

    fn set(&self, cx: Cx, _this: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        let name = cx.key_str(key);
        if name == "secret" {
            let items: Vec<Value> = match value.as_obj().and_then(|o| o.dense()) {
                Some(items) => (0..items.len()).filter_map(|i| items.get(i)).collect(),
                None => vec![value.clone()],
            };
            let secrets: R<Vec<Vec<u8>>> = items.iter().map(|v| Ok(lang::to_string(cx, v)?.as_str().as_bytes().to_vec())).collect();
            self.exchange.set_secrets(secrets?);
            // What was read with other secrets is read again.
            for name in ["cookies", "signedCookies"] {
                position(name).into_iter().for_each(|i| self.store(i, UNMADE));
            }
            return Ok(Some(true));
        }
        match position(name.as_str()) {
            Some(SESSION) if value.is_object() => {
                host(cx).services.set_session(cx, &self.exchange, value)?;
                self.store(SESSION, UNMADE);
                Ok(Some(true))
            }
            Some(i) => {
                if i == SESSION {
                    host(cx).services.set_session(cx, &self.exchange, value)?;
                }
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
    /// What Node's and Express' requests have besides, and `Object.keys` does not show.
    fn unlisted(&self, cx: Cx, this: &Obj, name: &str) -> R<Option<Value>> {
        let parts = &self.exchange.parts;
        Ok(Some(match name {
            "ips" => lang::strings(cx, parts.forwarded_chain().iter().map(String::as_str)),
            "python" => super::python::object(cx),
            "httpVersion" => parts.http_version().into(),
            "httpVersionMajor" => 1.0.into(),
            "httpVersionMinor" => f64::from(u8::from(parts.http_version() == "1.1")).into(),
            "complete" => true.into(),
            "readableEnded" => self.exchange.is_body_read().into(),
            "aborted" | "destroyed" => self.exchange.is_closed().into(),
            "rawHeaders" => {
                let lines: Vec<String> = parts.headers().flat_map(|(name, value)| [name.to_owned(), value.into_owned()]).collect();
                lang::strings(cx, lines.iter().map(String::as_str))
            }
            "readable" => (!self.exchange.is_body_read()).into(),
            // Chunked bodies may have fields behind them; nobody reads those.
            "trailers" => Obj::plain(cx).into(),
            "headersDistinct" => {
                let object = Obj::plain(cx);
                let mut names: Vec<&str> = parts.headers().map(|(name, _)| name).collect();
                names.sort_unstable();
                names.dedup();
                for name in names {
                    let lines: Vec<Cow<'_, str>> = parts.headers().filter(|(n, _)| *n == name).map(|(_, value)| value).collect();
                    lang::put(cx, &object, name, lang::strings(cx, lines.iter().map(|l| &**l)));
                }
                object.into()
            }
            "app" => application::of(cx),
            "locals" => {
                let response = lang::get(cx, &this.clone().into(), "res")?;
                lang::get(cx, &response, "locals")?
            }
            "secret" => match self.exchange.own_secrets() {
                Some(secrets) => secrets.first().map(|s| String::from_utf8_lossy(s).into_owned()).unwrap_or_default().into(),
                None => return Ok(None),
            },
            _ => return Ok(None),
        }))
    }

    fn cookies(&self) -> Vec<(String, String)> {
        let lines: Vec<Cow<'_, str>> = self.exchange.parts.headers().filter(|(n, _)| *n == "cookie").map(|(_, v)| v).collect();
        cookies::parse(lines.iter().map(|l| &**l))
    }

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
                let all = self.cookies();
                let signed = express::signed(cx, &self.exchange, &all);
                for (name, value) in all.iter().filter(|(n, _)| n != "__proto__" && signed.iter().all(|(s, _)| s != n)) {
                    lang::put(cx, &object, name, cookie_value(cx, value));
                }
                object.into()
            }
            "signedCookies" => {
                let object = Obj::plain(cx);
                for (name, value) in express::signed(cx, &self.exchange, &self.cookies()) {
                    lang::put(cx, &object, &name, value.map_or(Value::Bool(false), |v| cookie_value(cx, &v)));
                }
                object.into()
            }
            "subdomains" => {
                let host = parts.hostname();
                let is_address = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
                lang::strings(cx, host.rsplit('.').skip(2).filter(|_| !is_address))
            }
            "baseUrl" => "".into(),
            "route" => match self.exchange.route() {
                Some(pattern) => lang::object(cx, [("path", express_path(pattern).into())]).into(),
                None => Value::Undefined,
            },
            "fresh" => self.exchange.response.is_fresh(parts).into(),
            "stale" => (!self.exchange.response.is_fresh(parts)).into(),
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
            "method" => parts.asked_method().into(),
            "url" | "originalUrl" => parts.url().into(),
            "env" => host(cx).services.env(cx)?,
            "headers" => headers(cx, &self.exchange),
            "ip" => parts.remote_addr().into(),
            // As it was sent: parameters are decoded, the path is not.
            "path" => parts.raw_path().into(),
            "protocol" => parts.protocol().into(),
            "secure" => (parts.protocol() == "https").into(),
            "hostname" => parts.hostname().into(),
            "host" => parts.host().into(),
            "xhr" => parts.header("x-requested-with").is_some_and(|v| v.eq_ignore_ascii_case("xmlhttprequest")).into(),
            "res" => response::response_object(cx, &self.exchange, this.clone().into()),
            "rawBody" => host(cx).services.buffer(cx, parts.body.clone())?,
            "connection" | "socket" => application::socket(cx, parts),
            _ => Value::Undefined,
        })
    }
}

/// `/users/:id`, `/files/*path` (as Express 5 writes the rest).
fn express_path(pattern: &[Segment]) -> String {
    let text = |segment: &Segment| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Param(name) => format!("/:{name}"),
        Segment::CatchAll(name) => format!("/*{name}"),
    };
    if pattern.is_empty() { "/".to_owned() } else { pattern.iter().map(text).collect() }
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
    let mut lines: SmallVec<[(&str, Cow<'_, str>); 16]> = exchange.parts.headers().collect();
    // The server's map has no order. With this one the objects of all requests of a client have one shape; lines of a name keep their order.
    lines.sort_by_key(|(name, _)| *name);
    let mut values: Vec<Value> = Vec::with_capacity(lines.len());
    let mut names: SmallVec<[&str; 16]> = SmallVec::new();
    for lines in lines.chunk_by(|a, b| a.0 == b.0) {
        let [(name, first), more @ ..] = lines else { continue };
        // Node keeps the first of these.
        let joins = !more.is_empty() && !matches!(*name, "authorization" | "host" | "content-type" | "content-length" | "user-agent" | "referer" | "from" | "location");
        values.push(if joins {
            let separator = if *name == "cookie" { "; " } else { ", " };
            lines.iter().map(|(_, value)| &**value).collect::<Vec<_>>().join(separator).into()
        } else {
            Value::str(first)
        });
        names.push(name);
    }
    // A client's requests have the same names.
    let known = host(cx).header_names.borrow();
    if let Some((known, like)) = &*known
        && known.iter().map(String::as_str).eq(names.iter().copied())
    {
        return Obj::same_layout(cx, like, values).map_or(Value::Undefined, Value::Obj);
    }
    drop(known);
    let (object, like) = (Obj::plain(cx), Obj::plain(cx));
    for (name, value) in names.iter().zip(values) {
        let key = cx.key_of(name);
        object.put(cx, &key, value);
        like.put(cx, &key, Value::Undefined);
    }
    // Names that no program mentions have no layout.
    if object.shape_id() != 0 {
        host(cx).header_names.replace(Some((names.iter().map(|name| (*name).to_owned()).collect(), like)));
    }
    object.into()
}

/// The parsed body. The outer result is what reading throws, the inner one what is wrong with the request.
fn body(cx: Cx, exchange: &Exchange) -> R<Result<Value, BadRequest>> {
    Ok(match exchange.body_kind() {
        Kind::Multipart { .. } if exchange.parts.call.is_some() && !exchange.parts.body.is_empty() => match json(cx, &exchange.parts.body)? {
            Ok(value) => {
                form::add_fields(cx, &value, &exchange.form().fields);
                Ok(value)
            }
            refused => refused,
        },
        Kind::Urlencoded | Kind::Multipart { .. } => Ok(form::fields_object(cx, &exchange.form().fields)),
        Kind::Json if exchange.parts.body.is_empty() => Ok(Obj::plain(cx).into()),
        Kind::Json => json(cx, &exchange.parts.body)?,
        Kind::Text => Ok(String::from_utf8_lossy(&exchange.parts.body).into_owned().into()),
        Kind::Other if exchange.parts.body.is_empty() => Ok(Obj::plain(cx).into()),
        Kind::Other => Ok(host(cx).services.buffer(cx, exchange.parts.body.clone())?),
    })
}

/// The value of a JSON body.
pub(super) fn json(cx: Cx, body: &[u8]) -> R<Result<Value, BadRequest>> {
    let Ok(text) = std::str::from_utf8(body) else { return Ok(Err(BadRequest("the JSON body is not UTF-8".into()))) };
    Ok(match lang::parse_json(cx, text.trim_start_matches('\u{feff}')) {
        Ok(value) => {
            lang::mark_operators(cx, text, &value);
            names::in_json(cx, text, &value)?.map(|()| value)
        }
        Err(_) => Err(BadRequest(lang::message(cx, &cx.take_exception()))),
    })
}

/// The request object; a new one, unless middleware has made one for all.
pub fn new_object(cx: Cx, exchange: Rc<Exchange>) -> Value {
    if let Some(shared) = exchange.shared() {
        return shared;
    }
    let prototype = host(cx).request_prototype.get_or_init(|| methods::prototype(cx));
    let data = RequestHost { exchange, values: RefCell::new([UNMADE; NAMES.len()]) };
    Obj::host(cx, Some(prototype.clone()), data).into()
}

/// The request object that middleware and the route share, until [`Exchange::take_shared`].
pub fn share_object(cx: Cx, exchange: &Rc<Exchange>) -> Value {
    let request = new_object(cx, exchange.clone());
    exchange.share(request.clone());
    request
}

/// From now on `url` and `path` are what follows this path, which is `baseUrl`; with an empty path they are whole again.
pub fn mount(request: &Value, base: &str) {
    let Some(data) = request.as_obj().and_then(|o| o.host_data::<RequestHost>()) else { return };
    let parts = &data.exchange.parts;
    let below = |text: &str| match text.get(base.len()..) {
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        rest => format!("/{}", rest.unwrap_or_default()),
    };
    // Nothing to undo, and nothing made.
    if base.is_empty() && matches!(data.values.borrow()[BASE_URL], Value::Uninit) {
        return;
    }
    let values = match base {
        "" => [UNMADE, UNMADE, UNMADE],
        base => [below(parts.url()).into(), below(parts.raw_path()).into(), base.into()],
    };
    for (i, value) in [URL, PATH, BASE_URL].into_iter().zip(values) {
        data.store(i, value);
    }
}

/// The response of a request object.
pub fn response_of(cx: Cx, request: &Value) -> R {
    let Some((object, data)) = request.as_obj().and_then(|o| Some((o, o.host_data::<RequestHost>()?))) else { return lang::get(cx, request, "res") };
    let known = data.values.borrow()[RES].clone();
    if !matches!(known, Value::Uninit) {
        return Ok(known);
    }
    let made = data.make(cx, object, "res")?;
    data.store(RES, made.clone());
    Ok(made)
}

/// The exchange behind a request object.
pub fn of(request: &Value) -> Option<Rc<Exchange>> {
    Some(request.as_obj()?.host_data::<RequestHost>()?.exchange.clone())
}

/// The request is answered: its response lets go of it, so that both are freed at once.
pub fn release(request: &Value) {
    if let Some(data) = request.as_obj().and_then(|o| o.host_data::<RequestHost>()) {
        response::unlink(&data.values.borrow()[RES]);
    }
}

/// Reads the body before any server code runs, so that a malformed one is answered with 400 whatever the code does.
pub fn prepare(cx: Cx, request: &Value) -> R<Result<(), BadRequest>> {
    let Some(data) = request.as_obj().and_then(|o| o.host_data::<RequestHost>()) else { return Ok(Ok(())) };
    if let Err(refused) = names::refuse(cx, &data.exchange) {
        return Ok(Err(refused));
    }
    let is_read = !matches!(data.values.borrow()[BODY], Value::Uninit);
    if is_read || data.exchange.parts.body.is_empty() {
        return Ok(Ok(()));
    }
    Ok(body(cx, &data.exchange)?.map(|body| data.store(BODY, body)))
}

