//! One request and the response being made for it, as Rust sees them.

use super::recorded::Recorded;
use super::stages::Stages;
use crate::body::{self, Field, Fields, urlencoded};
use crate::upload;
use crate::http::message::RequestParts;
use crate::app::{RouteDef, RouteKind, Segment};
use puremix_value::{Cx, Value};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};

/// A request with its response.
pub struct Exchange {
    pub parts: RequestParts,
    pub response: Recorded,
    /// What went wrong, where an error page answers.
    failure: RefCell<Option<Failed>>,
    pub stages: Stages,
    form: OnceCell<Form>,
    route: Cell<Option<&'static RouteDef>>,
    /// The request object, where middleware and the route share one.
    shared: RefCell<Option<Value>>,
    /// Those of `cookieParser(secret)`, instead of the server's.
    secrets: RefCell<Option<Vec<Vec<u8>>>>,
    /// The request and the response, where somebody listens to their events.
    emitters: RefCell<Vec<Value>>,
    /// Of the function that a button of a form names, by their names.
    arguments: RefCell<Vec<(String, Value)>>,
    is_closed: Cell<bool>,
    is_body_read: Cell<bool>,
    /// What the isolate keeps for this request: its session, its token.
    pub(crate) attached: RefCell<Option<Box<dyn Any>>>,
}

/// What an error page may show of an error.
#[derive(Clone, Debug)]
pub struct Failed {
    pub status: u16,
    pub name: String,
    pub message: String,
    /// Not in production: it names files of the server.
    pub stack: Option<String>,
    /// The number under which the error was logged; empty where nothing was.
    pub request_id: String,
}

/// Why a body cannot be read: the request is answered with 400.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRequest(pub String);

/// The parts of a form body.
#[derive(Default)]
pub(super) struct Form {
    /// As sent, names repeated.
    pub pairs: Vec<(String, String)>,
    pub fields: Fields,
    pub files: Vec<upload::File>,
}

impl Exchange {
    pub fn new(parts: RequestParts) -> Exchange {
        Exchange { parts, response: Recorded::default(), failure: RefCell::new(None), stages: Stages::default(), form: OnceCell::new(), route: Cell::new(None), shared: RefCell::new(None), secrets: RefCell::new(None), emitters: RefCell::default(), arguments: RefCell::default(), is_closed: Cell::new(false), is_body_read: Cell::new(false), attached: RefCell::default() }
    }

    /// The pattern of the route that answers.
    pub fn route(&self) -> Option<&'static [Segment]> {
        self.route.get().map(|route| route.pattern)
    }

    /// The file of the route that answers.
    pub fn file(&self) -> Option<&'static str> {
        self.route.get().map(|route| route.file)
    }

    /// The fields of a form as sent; empty for other bodies.
    pub fn form_pairs(&self) -> &[(String, String)] {
        &self.form().pairs
    }

    /// Whether an API route answers.
    pub fn is_api(&self) -> bool {
        self.route.get().is_some_and(|route| matches!(route.kind, RouteKind::Api(_)))
    }

    pub fn note_route(&self, route: &'static RouteDef) {
        self.route.set(Some(route));
    }

    /// The request object that all who answer share; `None` where each makes its own.
    pub(super) fn shared(&self) -> Option<Value> {
        self.shared.borrow().clone()
    }

    pub(super) fn share(&self, request: Value) {
        self.shared.replace(Some(request));
    }

    /// The request is answered: the object and its exchange let go of each other.
    pub fn take_shared(&self) -> Option<Value> {
        self.shared.take()
    }

    /// The secrets of signed cookies: the first signs, all verify.
    pub(super) fn cookie_secrets(&self, cx: Cx) -> Vec<Vec<u8>> {
        self.own_secrets().unwrap_or_else(|| super::host(cx).services.cookie_secrets())
    }

    pub(super) fn own_secrets(&self) -> Option<Vec<Vec<u8>>> {
        self.secrets.borrow().clone()
    }

    pub(super) fn set_secrets(&self, secrets: Vec<Vec<u8>>) {
        self.secrets.replace(Some(secrets));
    }

    /// Somebody listens to events of this object. True for the first.
    pub(super) fn add_emitter(&self, emitter: &Value) -> bool {
        let mut emitters = self.emitters.borrow_mut();
        let is_first = emitters.is_empty();
        if !emitters.iter().any(|e| puremix_js::ops::js_strict_eq(e, emitter)) {
            emitters.push(emitter.clone());
        }
        is_first
    }

    /// True where somebody listens.
    pub(super) fn has_emitters(&self) -> bool {
        !self.emitters.borrow().is_empty()
    }

    pub(super) fn emitters(&self) -> Vec<Value> {
        self.emitters.borrow().clone()
    }

    /// As [`Self::emitters`], for the last events.
    pub(super) fn take_emitters(&self) -> Vec<Value> {
        self.emitters.take()
    }

    /// Adds what a button says beside the fields of its form.
    pub(super) fn add_arguments(&self, entries: Vec<(String, Value)>) {
        self.arguments.borrow_mut().extend(entries);
    }

    pub(super) fn take_arguments(&self) -> Vec<(String, Value)> {
        self.arguments.take()
    }

    /// True once the response is sent or the client has gone.
    pub fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// Notes that; false if it was known.
    pub(super) fn close(&self) -> bool {
        !self.is_closed.replace(true)
    }

    /// True once the events of the body have been sent, or the body was iterated over.
    pub(super) fn is_body_read(&self) -> bool {
        self.is_body_read.get()
    }

    /// Notes that; false if it was known.
    pub(super) fn read_body(&self) -> bool {
        !self.is_body_read.replace(true)
    }

    /// What went wrong, as the error page that answers may show it.
    pub fn failed(&self) -> Option<Failed> {
        self.failure.borrow().clone()
    }

    pub fn note_failure(&self, failed: Failed) {
        self.failure.replace(Some(failed));
    }

    pub fn body_kind(&self) -> body::Kind<'_> {
        body::kind(self.parts.header("content-type"))
    }

    /// The form in the body; empty for other bodies.
    pub(super) fn form(&self) -> &Form {
        self.form.get_or_init(|| self.read_form())
    }

    fn read_form(&self) -> Form {
        let upload::Form { pairs, files } = match (&self.parts.form, self.body_kind()) {
            (Some(form), _) => form.clone(),
            (None, body::Kind::Urlencoded) => upload::Form { pairs: urlencoded::parse_pairs(&self.parts.body), files: Vec::new() },
            _ => return Form::default(),
        };
        let fields = urlencoded::nest(pairs.iter().cloned());
        Form { pairs, fields, files }
    }

    /// The text of a form field; the last of several, as a hidden field may be overridden by the button pressed.
    pub fn form_text(&self, name: &str) -> Option<String> {
        self.form().pairs.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }

    /// The query string's fields.
    pub fn query(&self) -> Fields {
        urlencoded::parse(self.parts.query().as_bytes())
    }

    /// One text of the query string.
    pub fn query_text(&self, name: &str) -> Option<String> {
        match self.query().get(name)? {
            Field::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}
