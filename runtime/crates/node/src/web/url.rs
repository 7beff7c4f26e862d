//! `URL` (URL Standard, §6.1), over the `url` crate.

use super::search_params::{self, ParamsState};
use crate::support::{ClassDef, class as make_class, coded, custom_inspection, must_construct, shared_symbol, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Tracer, Value};
use std::cell::RefCell;
use std::rc::Rc;
use url::{Url, quirks};

/// A parsed URL, shared with its `searchParams`.
pub(super) struct UrlState {
    pub url: RefCell<Url>,
}

struct UrlObject {
    state: Rc<UrlState>,
    /// The list of parameters, once asked for, and its object.
    params: RefCell<Option<(Rc<ParamsState>, Obj)>>,
}

impl Payload for UrlObject {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(params) = self.params.try_borrow()
            && let Some((_, o)) = &*params
        {
            t.obj(o);
        }
    }
    fn clear(&self) {
        drop(self.params.take());
    }
}

/// The text of a `URL` object.
pub fn href(v: &Value) -> Option<String> {
    v.as_obj()?.payload::<UrlObject>().map(|u| u.state.url.borrow().as_str().to_owned())
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a UrlObject> {
    let found = a.this.as_obj().and_then(|o| o.payload::<UrlObject>());
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type URL"))
}


macro_rules! settable {
    ($name:literal, $get:path, $set:path) => {
        (
            $name,
            |cx, a| Ok(Value::str($get(&this(cx, a)?.state.url.borrow()))),
            |cx, a| {
                let url = this(cx, a)?;
                let text = text_of(cx, a.get(0))?;
                // What cannot be set stays, without an error (URL Standard).
                let _ = $set(&mut url.state.url.borrow_mut(), &text);
                reread_params(url);
                Ok(Value::Undefined)
            },
        )
    };
}

fn set_hash(url: &mut Url, text: &str) -> Result<(), ()> {
    quirks::set_hash(url, text);
    Ok(())
}

fn set_search(url: &mut Url, text: &str) -> Result<(), ()> {
    quirks::set_search(url, text);
    Ok(())
}

fn set_pathname(url: &mut Url, text: &str) -> Result<(), ()> {
    quirks::set_pathname(url, text);
    Ok(())
}

/// After the URL's query may have changed.
fn reread_params(url: &UrlObject) {
    if let Some((params, _)) = &*url.params.borrow() {
        params.parse(url.state.url.borrow().query().unwrap_or(""));
    }
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("toString", 0, |cx, a| Ok(Value::str(this(cx, a)?.state.url.borrow().as_str()))),
            ("toJSON", 0, |cx, a| Ok(Value::str(this(cx, a)?.state.url.borrow().as_str()))),
        ],
        getters: &[
            ("origin", |cx, a| Ok(Value::from(quirks::origin(&this(cx, a)?.state.url.borrow())))),
            ("searchParams", search_params_of),
        ],
        accessors: &[
            ("href", |cx, a| Ok(Value::str(this(cx, a)?.state.url.borrow().as_str())), set_href),
            settable!("protocol", quirks::protocol, quirks::set_protocol),
            settable!("username", quirks::username, quirks::set_username),
            settable!("password", quirks::password, quirks::set_password),
            settable!("host", quirks::host, quirks::set_host),
            settable!("hostname", quirks::hostname, quirks::set_hostname),
            settable!("port", quirks::port, quirks::set_port),
            settable!("pathname", quirks::pathname, set_pathname),
            settable!("search", quirks::search, set_search),
            settable!("hash", quirks::hash, set_hash),
        ],
        statics: &[
            ("canParse", 1, |cx, a| Ok(Value::Bool(parse(cx, a)?.is_ok()))),
            ("parse", 1, |cx, a| match parse(cx, a)? {
                Ok(url) => {
                    let (_, proto) = class(cx);
                    Ok(Value::Obj(object(cx, proto, url)))
                }
                Err(_) => Ok(Value::Null),
            }),
        ],
        ..ClassDef::new("URL", 1, construct)
    };
    let made = make_class(cx, &DEF, None);
    let key = shared_symbol(cx, "nodejs.util.inspect.custom");
    if made.1.get_own(cx, &key).is_none() {
        crate::support::tag(cx, &made.1, "URL");
        custom_inspection(cx, &made.1, inspect);
    }
    made
}

/// The text and base that were given, when they make no URL.
struct Invalid {
    input: String,
    base: Option<String>,
}

fn parse(cx: Cx, a: &Args<'_>) -> R<Result<Url, Invalid>> {
    if a.is_empty() {
        return Err(coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", "The \"url\" argument must be specified"));
    }
    let input = text_of(cx, a.get(0))?;
    let base = if a.get(1).is_undefined() { None } else { Some(text_of(cx, a.get(1))?) };
    let parsed = match &base {
        None => Url::parse(&input),
        Some(base) => Url::parse(base).and_then(|base| base.join(&input)),
    };
    Ok(parsed.map_err(|_| Invalid { input, base }))
}

fn invalid(cx: Cx, what: &Invalid) -> puremix_value::Thrown {
    let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Type, "Invalid URL");
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("code"), Value::str("ERR_INVALID_URL"));
        o.put(cx, &cx.key_of("input"), Value::str(&what.input));
        if let Some(base) = &what.base {
            o.put(cx, &cx.key_of("base"), Value::str(base));
        }
    }
    cx.throw(error)
}

fn object(cx: Cx, proto: Obj, url: Url) -> Obj {
    let state = Rc::new(UrlState { url: RefCell::new(url) });
    Obj::native(cx, Some(proto), Class::Other, UrlObject { state, params: RefCell::default() })
}

fn construct(cx: Cx, a: &Args<'_>) -> R {
    let proto = must_construct(cx, a)?;
    match parse(cx, a)? {
        Ok(url) => Ok(Value::Obj(object(cx, proto, url))),
        Err(what) => Err(invalid(cx, &what)),
    }
}

fn set_href(cx: Cx, a: &Args<'_>) -> R {
    let url = this(cx, a)?;
    let input = text_of(cx, a.get(0))?;
    match Url::parse(&input) {
        Ok(parsed) => {
            url.state.url.replace(parsed);
            reread_params(url);
            Ok(Value::Undefined)
        }
        Err(_) => Err(invalid(cx, &Invalid { input, base: None })),
    }
}

fn search_params_of(cx: Cx, a: &Args<'_>) -> R {
    let url = this(cx, a)?;
    if let Some((_, o)) = &*url.params.borrow() {
        return Ok(Value::Obj(o.clone()));
    }
    let params = Rc::new(ParamsState::default());
    params.parse(url.state.url.borrow().query().unwrap_or(""));
    params.url.replace(Rc::downgrade(&url.state));
    let o = search_params::object(cx, params.clone());
    url.params.replace(Some((params, o.clone())));
    Ok(Value::Obj(o))
}

/// The parts, in Node's order.
fn inspect(cx: Cx, a: &Args<'_>) -> R {
    const PARTS: [&str; 12] =
        ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"];
    let Value::Obj(this) = a.this else { return Ok(Value::Undefined) };
    if this.payload::<UrlObject>().is_none() {
        return Ok(a.this.clone());
    }
    let shown = Obj::with(cx, this.proto(), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    for name in PARTS {
        let key = cx.key_of(name);
        shown.put(cx, &key, puremix_js::ops::get_value(cx, a.this, &key)?);
    }
    Ok(Value::Obj(shown))
}
