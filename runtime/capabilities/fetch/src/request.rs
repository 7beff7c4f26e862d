//! `Request` (Fetch Standard, §5.4).

use crate::body::{self, As, Body, Source};
use crate::client::Redirect;
use crate::failure::with_cause;
use crate::headers;
use puremix_js::builtins::error::make_error;
use puremix_node::capability::{ClassDef, abort, class as make_class, custom_inspection, must_construct, option, put_all, shared_symbol, tag, text_of, url as node_url};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Tracer, Value};
use url::Url;

pub struct Request {
    pub method: String,
    pub url: Url,
    pub headers: Obj,
    pub body: Body,
    pub redirect: Redirect,
    pub signal: Option<Obj>,
}

impl Payload for Request {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.headers);
        self.body.trace(t);
        if let Some(signal) = &self.signal {
            t.obj(signal);
        }
    }
    fn clear(&self) {
        self.body.clear();
    }
}

pub fn of(v: &Value) -> Option<&Request> {
    v.as_obj()?.payload::<Request>()
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Request> {
    of(a.this).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn fail<T>(cx: Cx, message: &str) -> R<T> {
    Err(cx.throw_error(ErrorKind::Type, message))
}

/// The request that `new Request(input, init)` and `fetch(input, init)` describe.
pub fn read(cx: Cx, input: &Value, init: &Value) -> R<Request> {
    let from = of(input);
    let url = match from {
        Some(request) => request.url.clone(),
        None => parse_url(cx, input)?,
    };
    let method = match option(cx, init, "method")? {
        Value::Undefined => from.map_or_else(|| "GET".to_owned(), |r| r.method.clone()),
        v => method(cx, &v)?,
    };
    let list = match option(cx, init, "headers")? {
        Value::Undefined => from.map(|r| headers::list_of(&r.headers)).unwrap_or_default(),
        v => headers::read_init(cx, &v)?,
    };
    let given = option(cx, init, "body")?;
    let (source, kind) = body::from_value(cx, &given)?;
    if (!given.is_nullish() || from.is_some_and(|r| !r.body.is_none())) && matches!(method.as_str(), "GET" | "HEAD") {
        return fail(cx, "Request with GET/HEAD method cannot have body.");
    }
    if matches!(source, Source::Live(_)) && option(cx, init, "duplex")?.is_undefined() {
        return fail(cx, "RequestInit: duplex option is required when sending a body.");
    }
    let body = match (given.is_nullish(), from) {
        (true, Some(request)) if !request.body.is_none() => {
            if request.body.is_used() {
                return fail(cx, "Cannot construct a Request with a Request object that has already been used.");
            }
            let taken = request.body.tee();
            request.body.mark_used();
            taken
        }
        _ => Body::new(source),
    };
    let redirect = match option(cx, init, "redirect")? {
        Value::Undefined => from.map_or(Redirect::Follow, |r| r.redirect),
        v => match text_of(cx, &v)?.as_str() {
            "follow" => Redirect::Follow,
            "error" => Redirect::Error,
            "manual" => Redirect::Manual,
            other => {
                let message = format!("Request constructor: {other} is not an accepted type. Expected one of follow, error, manual.");
                return fail(cx, &message);
            }
        },
    };
    let signal = match option(cx, init, "signal")? {
        Value::Undefined => from.and_then(|r| r.signal.clone()),
        Value::Null => None,
        Value::Obj(o) if abort::is_signal(&o) => Some(o),
        _ => return fail(cx, "Failed to construct 'Request': member signal is not of type AbortSignal."),
    };
    let headers = headers::object(cx, list, false);
    if let Some(kind) = kind {
        headers::set_default(&headers, "content-type", &kind);
    }
    Ok(Request { method, url, headers, body, redirect, signal })
}

fn parse_url(cx: Cx, input: &Value) -> R<Url> {
    let text = match node_url::href(input) {
        Some(href) => href,
        None => text_of(cx, input)?,
    };
    let Ok(url) = Url::parse(&text) else {
        let invalid = make_error(cx, ErrorKind::Type, "Invalid URL");
        if let Value::Obj(o) = &invalid {
            put_all(cx, o, [("code", Value::str("ERR_INVALID_URL")), ("input", Value::str(&text))]);
        }
        let error = with_cause(cx, &format!("Failed to parse URL from {text}"), invalid);
        return Err(cx.throw(error));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return fail(cx, &format!("Request cannot be constructed from a URL that includes credentials: {text}"));
    }
    Ok(url)
}

/// A method in its usual case.
fn method(cx: Cx, v: &Value) -> R<String> {
    let given = text_of(cx, v)?;
    let upper = given.to_ascii_uppercase();
    if http::Method::from_bytes(given.as_bytes()).is_err() || matches!(upper.as_str(), "CONNECT" | "TRACE" | "TRACK") {
        return fail(cx, &format!("'{given}' is not a valid HTTP method."));
    }
    let known = matches!(upper.as_str(), "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH");
    Ok(if known && upper != "PATCH" { upper } else { given })
}

fn kind_of(r: &Request) -> String {
    headers::get(&r.headers, "content-type").unwrap_or_default()
}

fn consume(cx: Cx, a: &Args<'_>, what: As) -> R {
    let r = this(cx, a)?;
    r.body.read(cx, what, &kind_of(r))
}

/// Properties that are constants on a server.
const FIXED: &[(&str, &str)] = &[
    ("destination", ""),
    ("referrer", "about:client"),
    ("referrerPolicy", ""),
    ("mode", "cors"),
    ("credentials", "same-origin"),
    ("cache", "default"),
    ("integrity", ""),
    ("duplex", "half"),
];

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("text", 0, |cx, a| consume(cx, a, As::Text)),
            ("json", 0, |cx, a| consume(cx, a, As::Json)),
            ("arrayBuffer", 0, |cx, a| consume(cx, a, As::ArrayBuffer)),
            ("bytes", 0, |cx, a| consume(cx, a, As::Bytes)),
            ("blob", 0, |cx, a| consume(cx, a, As::Blob)),
            ("formData", 0, |cx, a| consume(cx, a, As::FormData)),
            ("clone", 0, |cx, a| {
                let r = this(cx, a)?;
                if r.body.is_used() {
                    return fail(cx, "unusable");
                }
                let headers = headers::object(cx, headers::list_of(&r.headers), false);
                let copy =
                    Request { method: r.method.clone(), url: r.url.clone(), headers, body: r.body.tee(), redirect: r.redirect, signal: r.signal.clone() };
                Ok(Obj::native(cx, Some(class(cx).1), Class::Other, copy).into())
            }),
        ],
        getters: &[
            ("method", |cx, a| Ok(Value::str(&this(cx, a)?.method))),
            ("url", |cx, a| Ok(Value::str(this(cx, a)?.url.as_str()))),
            ("headers", |cx, a| Ok(Value::Obj(this(cx, a)?.headers.clone()))),
            ("body", |cx, a| Ok(this(cx, a)?.body.stream(cx))),
            ("bodyUsed", |cx, a| Ok(Value::Bool(this(cx, a)?.body.is_used()))),
            ("redirect", |cx, a| Ok(Value::str(redirect_name(this(cx, a)?.redirect)))),
            ("keepalive", |_, _| Ok(Value::Bool(false))),
            ("signal", |cx, a| match &this(cx, a)?.signal {
                Some(signal) => Ok(Value::Obj(signal.clone())),
                None => new_signal(cx),
            }),
        ],
        ..ClassDef::new("Request", 1, |cx, a| {
            let proto = must_construct(cx, a)?;
            if a.is_empty() {
                return fail(cx, "Request constructor: 1 argument required, but only 0 present.");
            }
            let request = read(cx, a.get(0), a.get(1))?;
            Ok(Obj::native(cx, Some(proto), Class::Other, request).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    let proto = &made.1;
    tag(cx, proto, "Request");
    for (name, value) in FIXED {
        proto.put_hidden(cx, cx.key_of(name), *value);
    }
    custom_inspection(cx, proto, inspect);
    made
}

/// A signal that nobody can abort.
fn new_signal(cx: Cx) -> R {
    let global = Value::Obj(cx.intrinsic(puremix_value::Intrinsic::GlobalThis));
    let controller = puremix_js::ops::get_value(cx, &global, &cx.key_of("AbortController"))?;
    let made = puremix_js::ops::construct(cx, &controller, &[])?;
    puremix_js::ops::get_value(cx, &made, &cx.key_of("signal"))
}

fn redirect_name(r: Redirect) -> &'static str {
    match r {
        Redirect::Follow => "follow",
        Redirect::Error => "error",
        Redirect::Manual => "manual",
    }
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    const PARTS: [&str; 15] = [
        "method", "url", "headers", "destination", "referrer", "referrerPolicy", "mode", "credentials", "cache", "redirect", "integrity", "keepalive",
        "isReloadNavigation", "isHistoryNavigation", "signal",
    ];
    this(cx, a)?;
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    for name in PARTS {
        let value = match name {
            "isReloadNavigation" | "isHistoryNavigation" => Value::Bool(false),
            name => puremix_js::ops::get_value(cx, a.this, &cx.key_of(name))?,
        };
        shown.put(cx, &cx.key_of(name), value);
    }
    Ok(shown.into())
}
