//! `Response` (Fetch Standard, §5.5).

use crate::body::{self, As, Body, Live, Source};
use crate::client::{Abort, Answer};
use crate::headers;
use puremix_js::ops;
use puremix_node::capability::{ClassDef, class as make_class, custom_inspection, must_construct, option, shared_symbol, tag, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Tracer, Value};
use std::rc::Rc;
use url::Url;

struct Response {
    kind: &'static str,
    url: String,
    redirected: bool,
    status: u16,
    status_text: String,
    headers: Obj,
    body: Body,
}

impl Payload for Response {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.headers);
        self.body.trace(t);
    }
    fn clear(&self) {
        self.body.clear();
    }
}

/// The object for an answer whose body is still to come.
pub fn received(cx: Cx, answer: Answer, has_body: bool, abort: Rc<Abort>) -> Value {
    let mut url = answer.url;
    url.set_fragment(None);
    let source = if has_body { Source::Live(Rc::new(Live::new(answer.body, abort))) } else { Source::None };
    let response = Response {
        kind: "basic",
        url: url.into(),
        redirected: answer.redirected,
        status: answer.status,
        status_text: answer.status_text,
        headers: headers::object(cx, answer.headers, true),
        body: Body::new(source),
    };
    object(cx, response)
}

/// The object for bytes that no server sent (`data:` URLs).
pub fn of_bytes(cx: Cx, url: &str, kind: &str, bytes: Vec<u8>) -> Value {
    let list = vec![("content-type".to_owned(), kind.to_owned())];
    let response = Response {
        kind: "basic",
        url: url.to_owned(),
        redirected: false,
        status: 200,
        status_text: "OK".to_owned(),
        headers: headers::object(cx, list, true),
        body: Body::new(Source::Bytes(Rc::new(bytes))),
    };
    object(cx, response)
}

fn object(cx: Cx, response: Response) -> Value {
    let (_, proto) = class(cx);
    Obj::native(cx, Some(proto), Class::Other, response).into()
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Response> {
    a.this.as_obj().and_then(|o| o.payload::<Response>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn consume(cx: Cx, a: &Args<'_>, what: As) -> R {
    let r = this(cx, a)?;
    r.body.read(cx, what, &headers::get(&r.headers, "content-type").unwrap_or_default())
}

/// A response of the program's own.
fn build(cx: Cx, body_value: &Value, init: &Value, kind: Option<&str>) -> R<Response> {
    let status = match option(cx, init, "status")? {
        Value::Undefined => 200.0,
        v => ops::js_to_number(cx, &v)?,
    };
    if !(200.0..=599.0).contains(&status) {
        return Err(cx.throw_error(ErrorKind::Range, "init[\"status\"] must be in the range of 200 to 599, inclusive."));
    }
    let status_text = match option(cx, init, "statusText")? {
        Value::Undefined => String::new(),
        v => text_of(cx, &v)?,
    };
    if status_text.contains(['\r', '\n']) {
        return Err(cx.throw_error(ErrorKind::Type, "Invalid statusText"));
    }
    let list = headers::read_init(cx, &option(cx, init, "headers")?)?;
    let (source, implied) = body::from_value(cx, body_value)?;
    if !matches!(source, Source::None) && matches!(status as u16, 204 | 205 | 304) {
        return Err(cx.throw_error(ErrorKind::Type, "Response constructor: Invalid response status code 204"));
    }
    let headers = headers::object(cx, list, false);
    if let Some(kind) = kind.map(str::to_owned).or(implied) {
        headers::set_default(&headers, "content-type", &kind);
    }
    Ok(Response { kind: "default", url: String::new(), redirected: false, status: status as u16, status_text, headers, body: Body::new(source) })
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("text", 0, |cx, a| consume(cx, a, As::Text)),
            ("json", 0, |cx, a| consume(cx, a, As::Json)),
            ("arrayBuffer", 0, |cx, a| consume(cx, a, As::ArrayBuffer)),
            ("bytes", 0, |cx, a| consume(cx, a, As::Bytes)),
            ("blob", 0, |cx, a| consume(cx, a, As::Blob)),
            ("formData", 0, |cx, a| consume(cx, a, As::FormData)),
            ("clone", 0, clone),
        ],
        getters: &[
            ("type", |cx, a| Ok(Value::str(this(cx, a)?.kind))),
            ("url", |cx, a| Ok(Value::str(&this(cx, a)?.url))),
            ("redirected", |cx, a| Ok(Value::Bool(this(cx, a)?.redirected))),
            ("status", |cx, a| Ok(Value::num(this(cx, a)?.status))),
            ("ok", |cx, a| Ok(Value::Bool((200..300).contains(&this(cx, a)?.status)))),
            ("statusText", |cx, a| Ok(Value::str(&this(cx, a)?.status_text))),
            ("headers", |cx, a| Ok(Value::Obj(this(cx, a)?.headers.clone()))),
            ("body", |cx, a| Ok(this(cx, a)?.body.stream(cx))),
            ("bodyUsed", |cx, a| Ok(Value::Bool(this(cx, a)?.body.is_used()))),
        ],
        statics: &[("error", 0, |cx, _| {
            let headers = headers::object(cx, vec![], true);
            let none = Response { kind: "error", url: String::new(), redirected: false, status: 0, status_text: String::new(), headers, body: Body::default() };
            Ok(object(cx, none))
        }), ("json", 1, |cx, a| {
            let Some(text) = puremix_js::json_to_string(cx, a.get(0))? else {
                return Err(cx.throw_error(ErrorKind::Type, "Value is not JSON serializable"));
            };
            Ok(object(cx, build(cx, &Value::Str(text), a.get(1), Some("application/json"))?))
        }), ("redirect", 1, redirect)],
        ..ClassDef::new("Response", 0, |cx, a| {
            let proto = must_construct(cx, a)?;
            let response = build(cx, a.get(0), a.get(1), None)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, response).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    tag(cx, &made.1, "Response");
    custom_inspection(cx, &made.1, inspect);
    made
}

fn clone(cx: Cx, a: &Args<'_>) -> R {
    let r = this(cx, a)?;
    if r.body.is_used() {
        return Err(cx.throw_error(ErrorKind::Type, "Response.clone: Body has already been consumed."));
    }
    let copy = Response {
        kind: r.kind,
        url: r.url.clone(),
        redirected: r.redirected,
        status: r.status,
        status_text: r.status_text.clone(),
        headers: headers::object(cx, headers::list_of(&r.headers), r.kind != "default"),
        body: r.body.tee(),
    };
    Ok(object(cx, copy))
}

fn redirect(cx: Cx, a: &Args<'_>) -> R {
    let text = text_of(cx, a.get(0))?;
    let Ok(url) = Url::parse(&text) else {
        return Err(cx.throw_error(ErrorKind::Type, &format!("Failed to parse URL from {text}")));
    };
    let status = if a.get(1).is_undefined() { 302.0 } else { ops::js_to_number(cx, a.get(1))? };
    if ![301.0, 302.0, 303.0, 307.0, 308.0].contains(&status) {
        return Err(cx.throw_error(ErrorKind::Range, &format!("Invalid status code {status}")));
    }
    let headers = headers::object(cx, vec![("location".to_owned(), url.into())], true);
    let response =
        Response { kind: "default", url: String::new(), redirected: false, status: status as u16, status_text: String::new(), headers, body: Body::default() };
    Ok(object(cx, response))
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    const PARTS: [&str; 9] = ["status", "statusText", "headers", "body", "bodyUsed", "ok", "redirected", "type", "url"];
    this(cx, a)?;
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    for name in PARTS {
        shown.put(cx, &cx.key_of(name), ops::get_value(cx, a.this, &cx.key_of(name))?);
    }
    Ok(shown.into())
}
