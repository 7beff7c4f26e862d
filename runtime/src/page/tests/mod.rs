//! Pages as a generated crate would define them, driven without a server.

mod calls;
mod documents;
mod holes;
mod requests;

use crate::csrf::Verdict;
use crate::app::{AppDef, PageDef};
use crate::body;
use crate::capabilities::Capabilities;
use crate::config::Settings;
use crate::http::message::{Body, Param, Reply, RequestParts};
use crate::lang;
use crate::page::error_page::{Excerpt, Failure};
use crate::request::{self, Exchange, Services};
use crate::upload::Collector;
use puremix_js::promise;
use puremix_value::{Cx, Isolate, Obj, R, Value};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub(in crate::page) const NO_PAGE: PageDef = PageDef {
    name: "test",
    file: "app/routes/test.puremix",
    loaders: &[],
    actions: &[],
    render: &|_, _, _| Ok(()),
    head: None,
    components: &[],
    layout: None,
    has_forms: false,
    mentions_puremix: false,
    needs_client: false,
    uses: &[],
};

pub(in crate::page) const APP: AppDef = AppDef {
    name: "test",
    version: "1",
    puremixc: "0",
    atoms: &[],
    inline_caches: 1,
    globals: 0,
    sites: &[],
    modules: &[],
    routes: &[],
    config: None,
    middleware: None,
    not_found: None,
    server_error: None,
    assets: &[],
    pins: &[],
    workers: None,
    capabilities: Capabilities::NONE,
    python: &[],
};

thread_local! {
    static MODE: Cell<&'static str> = const { Cell::new("production") };
    static LOGGED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct TestServices;

impl Services for TestServices {
    fn mode(&self) -> &str {
        MODE.get()
    }
    fn app(&self) -> &'static AppDef {
        &APP
    }
    fn env(&self, cx: Cx) -> R {
        Ok(lang::object(cx, [("NODE_ENV", MODE.get().into())]).into())
    }
    fn session(&self, cx: Cx, _: &Exchange) -> R {
        let user = lang::object(cx, [("name", "ann".into())]);
        Ok(lang::object(cx, [("user", user.into())]).into())
    }
    fn set_session(&self, _: Cx, _: &Exchange, _: &Value) -> R<()> {
        Ok(())
    }
    fn csrf_token(&self, _: &Exchange) -> String {
        "tok".into()
    }
    fn verdict(&self, _: &Exchange) -> Verdict {
        Verdict::NeedsToken
    }
    fn token_holds(&self, _: &Exchange, token: Option<&str>) -> bool {
        token == Some("tok")
    }
    fn buffer(&self, _: Cx, bytes: Vec<u8>) -> R {
        Ok(String::from_utf8_lossy(&bytes).into_owned().into())
    }
    fn bytes(&self, _: &Value) -> Option<Vec<u8>> {
        None
    }
    fn failed(&self, _: &Exchange, failure: &Failure) -> String {
        LOGGED.with_borrow_mut(|l| l.push(failure.message.clone()));
        "ref-1".into()
    }
    fn excerpt(&self, _: &str) -> Option<Excerpt> {
        None
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A fresh isolate with a host.
pub(super) fn isolate() -> Cx {
    let cx = Isolate::new(&[], 1, 0);
    puremix_js::start(cx);
    request::install(cx, Box::new(TestServices));
    MODE.set("production");
    LOGGED.take();
    cx
}

/// Polls a future, running the isolate's queue and `between` in turn, until it is ready.
pub(super) fn run<T>(cx: Cx, future: impl Future<Output = T>, mut between: impl FnMut()) -> T {
    let mut future = std::pin::pin!(future);
    for _ in 0..100 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
        between();
        promise::drain(cx, true);
    }
    panic!("nothing ends this request");
}

pub(super) fn exchange(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Rc<Exchange> {
    let mut parts = RequestParts::synthetic(method, url, headers, body.as_bytes().to_vec());
    if let body::Kind::Multipart { boundary } = body::kind(parts.header("content-type")) {
        let limits = &Box::leak(Box::new(Settings::default())).upload;
        parts.form = Some(Collector::collect(body.as_bytes(), boundary, limits).expect("a form"));
    }
    parts.params = vec![("id", Param::One("7".into())), ("path", Param::Rest(vec!["a".into(), "b".into()], "a/b".into()))];
    Rc::new(Exchange::new(parts))
}

pub(super) const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];

/// The reply of a page.
pub(super) fn reply(cx: Cx, page: PageDef, exchange: &Rc<Exchange>) -> Reply {
    let page = Box::leak(Box::new(page));
    run(cx, super::respond(cx, page, exchange.clone()), || {})
}

pub(super) fn text(reply: &Reply) -> String {
    match &reply.body {
        Body::Text(text) => text.clone(),
        Body::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        Body::Empty => String::new(),
        other => panic!("{other:?}"),
    }
}

/// Status, `location` if any, and text.
pub(super) fn show(reply: &Reply) -> String {
    let location = reply.header("location").map(|l| format!(" → {l}")).unwrap_or_default();
    format!("{}{location} {}", reply.status, text(reply))
}

/// The body of the default document.
pub(super) fn body(reply: &Reply) -> String {
    let text = text(reply);
    text.split_once("<body>").and_then(|(_, b)| b.strip_suffix("</body></html>")).unwrap_or(&text).to_string()
}

/// `{name: value}` of a page's loader.
pub(super) fn data(cx: Cx, name: &str, value: impl Into<Value>) -> Value {
    let data = lang::object(cx, [(name, value.into())]);
    lang::object(cx, [("data", data.into())]).into()
}

pub(super) fn get(cx: Cx, value: &Value, path: &str) -> R {
    path.split('.').try_fold(value.clone(), |v, name| lang::get(cx, &v, name))
}

/// A promise that waits in a list until the test settles it.
pub(super) fn pending(cx: Cx) -> (Value, Obj) {
    let promise = promise::new_promise(cx);
    (promise.clone().into(), promise)
}
