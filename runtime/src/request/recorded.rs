//! What server code says about the response, and the reply that becomes of it.

use super::Exchange;
use super::freshness::{self, Asked};
use super::response::with_utf8;
use crate::http::message::{Body, Reply, RequestParts};
use crate::http::pipe::Pipe;
use crate::http::reason;
use actix_http::header;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::task::{Poll, Waker};

/// The name of a header in lower case, and its value.
pub(super) type Line = (Cow<'static, str>, Cow<'static, str>);

/// What server code has said about the response so far.
#[derive(Default)]
pub struct Recorded {
    status: Cell<Option<u16>>,
    /// `statusMessage`.
    reason: RefCell<Option<Box<str>>>,
    /// Lower-case names; one of several values is repeated.
    pub(super) headers: RefCell<Vec<Line>>,
    body: RefCell<Option<Body>>,
    /// Where pieces go once one was written: the head is on its way then.
    pipe: RefCell<Option<Pipe>>,
    ended: Cell<bool>,
    length: Cell<Option<usize>>,
    waiting: RefCell<Option<Waker>>,
}

impl Recorded {
    pub fn status(&self) -> Option<u16> {
        self.status.get()
    }

    pub fn set_status(&self, status: u16) {
        self.status.set(Some(status));
    }

    /// What the app has said that stands behind the status.
    pub fn reason(&self) -> Option<Box<str>> {
        self.reason.borrow().clone()
    }

    /// `None`: the status' own words.
    pub fn set_reason(&self, reason: Option<Box<str>>) {
        self.reason.replace(reason);
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.borrow().iter().find(|(n, _)| n == name).map(|(_, v)| v.clone().into_owned())
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.headers.borrow().iter().any(|(n, _)| n == name)
    }

    /// Replaces a header; the name is in lower case and both are valid.
    pub fn set_header(&self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        let mut headers = self.headers.borrow_mut();
        headers.retain(|(n, _)| n != name);
        headers.push((Cow::Borrowed(name), value.into()));
    }

    /// Sets a header that has no value yet.
    pub fn set_default(&self, name: &'static str, value: &'static str) {
        if !self.has_header(name) {
            self.headers.borrow_mut().push((Cow::Borrowed(name), Cow::Borrowed(value)));
        }
    }

    /// Every value of a header, in order.
    pub fn header_lines(&self, name: &str) -> Vec<String> {
        self.headers.borrow().iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone().into_owned()).collect()
    }

    /// True if the client's copy is the response with the validators recorded so far.
    pub fn is_fresh(&self, parts: &RequestParts) -> bool {
        let headers = parts.header_map();
        if !headers.contains_key(header::IF_NONE_MATCH) && !headers.contains_key(header::IF_MODIFIED_SINCE) {
            return false;
        }
        let asked = Asked {
            if_none_match: parts.header("if-none-match"),
            if_modified_since: parts.header("if-modified-since"),
            cache_control: parts.header("cache-control"),
        };
        let status = self.status().unwrap_or(200);
        let may_be_kept = parts.method() == "GET" && ((200..300).contains(&status) || status == 304);
        may_be_kept && freshness::is_fresh(asked, self.header("etag").as_deref(), self.header("last-modified").as_deref())
    }

    /// The media type says that the body is UTF-8, as every text is.
    pub(super) fn say_utf8(&self) {
        if let Some((_, media)) = self.headers.borrow_mut().iter_mut().find(|(n, _)| n == "content-type")
            && (!media.ends_with("; charset=utf-8") || media.matches(';').count() > 1)
        {
            *media = Cow::Owned(with_utf8(media));
        }
    }

    /// Adds a header line.
    pub fn add_header(&self, name: impl Into<Cow<'static, str>>, value: String) {
        self.headers.borrow_mut().push((name.into(), Cow::Owned(value)));
    }

    pub fn remove_header(&self, name: &str) {
        self.headers.borrow_mut().retain(|(n, _)| n != name);
    }

    /// True once the whole response was given by server code.
    pub fn is_ended(&self) -> bool {
        self.ended.get()
    }

    pub(super) fn end(&self, body: Body) {
        match &*self.pipe.borrow() {
            Some(pipe) => {
                match body {
                    Body::Text(text) => pipe.write(text.into_bytes()),
                    Body::Bytes(bytes) => pipe.write(bytes),
                    _ => true,
                };
                pipe.end();
            }
            None => {
                self.length.set(match &body {
                    Body::Text(text) => Some(text.len()),
                    Body::Bytes(bytes) => Some(bytes.len()),
                    _ => None,
                });
                self.body.replace(Some(body));
            }
        }
        self.ended.set(true);
        self.wake();
    }

    /// Ends the response with these bytes.
    pub fn end_with(&self, bytes: Vec<u8>) {
        self.end(if bytes.is_empty() { Body::Empty } else { Body::Bytes(bytes) });
    }

    fn wake(&self) {
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    /// The pipe of the body; from the first call on the head is on its way. True with a new one.
    pub(super) fn begin(&self) -> (Pipe, bool) {
        if let Some(pipe) = &*self.pipe.borrow() {
            return (pipe.clone(), false);
        }
        let pipe = Pipe::default();
        if let Some(length) = self.header("content-length").and_then(|n| n.parse().ok()) {
            pipe.set_length(length);
        }
        self.pipe.replace(Some(pipe.clone()));
        self.wake();
        (pipe, true)
    }

    pub(super) fn pipe(&self) -> Option<Pipe> {
        self.pipe.borrow().clone()
    }

    /// The length of the whole body, where it is known.
    pub(super) fn length(&self) -> Option<usize> {
        self.length.get()
    }

    /// Nothing that server code says from now on is sent.
    pub fn abandon(&self) {
        self.end(Body::Empty);
    }

    /// True once something of the response is on its way, or all of it is known.
    pub fn has_begun(&self) -> bool {
        self.ended.get() || self.pipe.borrow().is_some()
    }

    /// Wakes this waker when the response begins or ends.
    pub fn watch(&self, waker: &Waker) {
        self.waiting.replace(Some(waker.clone()));
    }

    /// Waits until server code ends the response or begins to write it, perhaps from a timer.
    pub async fn begun(&self) {
        std::future::poll_fn(|context| {
            if self.has_begun() {
                return Poll::Ready(());
            }
            *self.waiting.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Puts the recorded headers on a reply that was made otherwise; recorded headers win.
    pub fn apply(&self, reply: &mut Reply) {
        let recorded = self.headers.take();
        if reply.headers.is_empty() {
            reply.headers = recorded;
            return;
        }
        reply.headers.retain(|(name, _)| name == "set-cookie" || recorded.iter().all(|(n, _)| n != name));
        reply.headers.extend(recorded);
    }
}

/// The reply that server code ended or has begun to write, if it did.
pub fn take_reply(exchange: &Exchange) -> Option<Reply> {
    let recorded = &exchange.response;
    if !recorded.has_begun() {
        return None;
    }
    let status = recorded.status().unwrap_or(200);
    let reason = recorded.reason.borrow().as_deref().and_then(reason::kept);
    if let Some(pipe) = recorded.pipe() {
        let mut reply = Reply { status, reason, headers: Vec::new(), body: Body::Pipe(pipe) };
        // Kept: `getHeader` still answers.
        reply.headers.extend(recorded.headers.borrow().iter().cloned());
        return Some(reply);
    }
    let mut reply = Reply { status, reason, headers: Vec::new(), body: recorded.body.take().unwrap_or_default() };
    if exchange.has_emitters() {
        // Who hears of the end may ask what was sent.
        reply.headers.extend(recorded.headers.borrow().iter().cloned());
    } else {
        recorded.apply(&mut reply);
    }
    Some(reply)
}

