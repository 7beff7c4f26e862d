//! What the server offers to pages, and the isolate's prototypes of request objects.

use super::Exchange;
use crate::csrf::Verdict;
use crate::lang;
use crate::page::error_page::{Excerpt, Failure};
use puremix_value::{Args, Cx, FnDef, Intrinsic, Key, Obj, R, Value};
use std::any::Any;
use std::cell::{OnceCell, RefCell};

/// The server's side of an isolate: sessions, CSRF, configuration and the log.
pub trait Services: Any {
    /// `NODE_ENV`.
    fn mode(&self) -> &str;

    fn is_dev(&self) -> bool {
        self.mode() == "development"
    }

    /// The app's table.
    fn app(&self) -> &'static crate::app::AppDef;

    /// `process.env`.
    fn env(&self, cx: Cx) -> R;

    /// `request.session`; undefined where sessions are off.
    fn session(&self, cx: Cx, exchange: &Exchange) -> R;

    /// `request.session = value`.
    fn set_session(&self, cx: Cx, exchange: &Exchange, value: &Value) -> R<()>;

    /// The token that forms of this response carry; characters of base64url only. Records the cookie it belongs to.
    fn csrf_token(&self, exchange: &Exchange) -> String;

    /// Bytes that come back as they are, from the same visitor and for the same purpose only; characters of base64url. Records the visitor's cookie. `None`
    /// where nothing is served.
    fn seal(&self, exchange: &Exchange, bound_to: &[&[u8]], plain: &[u8]) -> Option<String> {
        let _ = (exchange, bound_to, plain);
        None
    }

    /// What was sealed; `None` for anything else.
    fn open_sealed(&self, exchange: &Exchange, bound_to: &[&[u8]], text: &str) -> Option<Vec<u8>> {
        let _ = (exchange, bound_to, text);
        None
    }

    /// Whether this request may change state, as far as its headers tell.
    fn verdict(&self, exchange: &Exchange) -> Verdict;

    /// Whether the token is the one of this client's forms.
    fn token_holds(&self, exchange: &Exchange, token: Option<&str>) -> bool;

    /// The secrets of signed cookies: the first signs, all verify. Empty where nothing is served.
    fn cookie_secrets(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// How long an API handler may take until it answers; zero is no limit.
    fn response_timeout(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    /// Which pages get the client runtime.
    fn client(&self) -> crate::config::ClientSettings {
        crate::config::ClientSettings::default()
    }

    /// The header line of a page's own Content-Security-Policy; `None` where the configuration says otherwise.
    fn page_policy(&self, page: &'static crate::app::PageDef, has_client: bool) -> Option<(&'static str, String)> {
        let _ = (page, has_client);
        None
    }

    /// Whether names in requests may reach for prototypes and be database operators.
    fn takes_any_name(&self) -> bool {
        false
    }

    /// Runs this soon, as an entry of its own into app code.
    fn later(&self, cx: Cx, run: Box<dyn FnOnce(Cx)>) {
        run(cx);
    }

    /// Runs a task beside requests, every step of it as an entry into app code.
    fn spawn(&self, cx: Cx, task: std::pin::Pin<Box<dyn Future<Output = ()>>>) {
        let _ = (cx, task);
    }

    /// A Buffer.
    fn buffer(&self, cx: Cx, bytes: Vec<u8>) -> R;

    /// Logs a failure with its request and gives back the reference that the production page shows.
    fn failed(&self, exchange: &Exchange, failure: &Failure) -> String;

    /// The source lines around the first place of a stack that lies in the app's files; `None` where sources are not at hand.
    fn excerpt(&self, stack: &str) -> Option<Excerpt>;

    /// The bytes of a Buffer or another view of bytes; `None` for other values.
    fn bytes(&self, value: &Value) -> Option<Vec<u8>>;

    fn as_any(&self) -> &dyn Any;
}

/// What the HTTP runtime keeps in an isolate.
pub struct Host {
    pub services: Box<dyn Services>,
    /// What a loader's or a handler's value may say beside data.
    pub reply_keys: ReplyKeys,
    pub middleware: crate::middleware::Known,
    pub(super) request_prototype: OnceCell<Obj>,
    /// The names of the headers seen last, in order, and an object that has them.
    pub(super) header_names: RefCell<Option<(Vec<String>, Obj)>>,
    pub(super) application: OnceCell<Value>,
    pub(super) response_prototype: OnceCell<Obj>,
    pub(super) form_prototype: OnceCell<Obj>,
    pub(super) file_prototype: OnceCell<Obj>,
}

/// The names of what a value says beside data, looked up once.
pub struct ReplyKeys {
    pub redirect: Key,
    pub status: Key,
    pub headers: Key,
    pub json: Key,
}

/// Gives the isolate its services; once, before the first request.
///
/// # Panics
/// When the isolate has a host already.
pub fn install(cx: Cx, services: Box<dyn Services>) {
    let host = Host {
        services,
        reply_keys: ReplyKeys { redirect: cx.key_of("redirect"), status: cx.key_of("status"), headers: cx.key_of("headers"), json: cx.key_of("json") },
        middleware: crate::middleware::Known::default(),
        request_prototype: OnceCell::new(),
        header_names: RefCell::default(),
        application: OnceCell::new(),
        response_prototype: OnceCell::new(),
        form_prototype: OnceCell::new(),
        file_prototype: OnceCell::new(),
    };
    if cx.try_intrinsic(Intrinsic::HtmlPrototype).is_none() {
        cx.set_intrinsic(Intrinsic::HtmlPrototype, html_prototype(cx));
    }
    assert!(cx.host_slot.set(Box::new(host)).is_ok(), "an isolate has one host");
}

/// The prototype of markup values: as text they are their source.
fn html_prototype(cx: Cx) -> Obj {
    static TO_STRING: FnDef = FnDef::native("toString", 0, html_text);
    let prototype = Obj::plain(cx);
    for name in ["toString", "toJSON", "valueOf"] {
        prototype.put_hidden(cx, cx.key_of(name), lang::function(cx, &TO_STRING, Vec::new()));
    }
    prototype
}

fn html_text(cx: Cx, a: &Args<'_>) -> R {
    match crate::page::markup_text(a.this) {
        Some(text) => Ok(text.into()),
        None => Err(lang::throw_type(cx, "A method of markup was called on another object")),
    }
}

/// The isolate's host.
///
/// # Panics
/// When [`install`] was not called.
pub fn host(cx: Cx) -> &'static Host {
    cx.host_slot.get().and_then(|h| h.downcast_ref::<Host>()).expect("the host is installed before the first request")
}

/// The value that a property of an object of the host holds before it is made.
pub(super) const UNMADE: Value = Value::Uninit;
