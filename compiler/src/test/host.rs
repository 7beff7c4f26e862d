//! What the harness asks of this program: `globalThis['puremix:test']` in the isolate of a test file.

use super::supervisor::{Message, Pulse};
use puremix_runtime::http::exchange::Exchange;
use puremix_runtime::http::inject::{Answered, inject};
use puremix_runtime::isolate::event_loop;
use puremix_value::{Args, Cx, ErrorKind, Intrinsic, Obj, R, Str, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

/// What the user asked for, as the harness reads it.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// Milliseconds that a test may take.
    pub timeout: u64,
    /// Names of tests must match it.
    pub pattern: Option<String>,
    /// Tests of `node:test` that are marked with `only` run alone.
    pub only: bool,
    pub bail: bool,
}

/// This thread's side of a test file.
pub struct Host {
    pub tell: Sender<Message>,
    pub pulse: Arc<Pulse>,
    /// Some test of the run has failed.
    pub has_failed: Arc<AtomicBool>,
    pub exchange: Option<Rc<Exchange>>,
    pub is_done: Rc<std::cell::Cell<bool>>,
    pub done: Rc<tokio::sync::Notify>,
}

thread_local! {
    static HOST: RefCell<Option<Host>> = const { RefCell::new(None) };
    /// Where this thread's output goes.
    static TELL: RefCell<Option<Sender<Message>>> = const { RefCell::new(None) };
}

fn with_host<T>(use_it: impl FnOnce(&Host) -> T) -> T {
    HOST.with_borrow(|host| match host {
        Some(host) => use_it(host),
        None => unreachable!("the object is made after the host"),
    })
}

/// From now on what this thread writes is told to its supervisor.
pub fn hear(tell: &Sender<Message>) {
    TELL.set(Some(tell.clone()));
    puremix_runtime::log::divert(|is_error, bytes| {
        TELL.with_borrow(|tell| {
            // Without a receiver the run is over.
            let _ = tell.as_ref().map(|tell| tell.send(Message::Output(bytes.to_vec(), is_error)));
        });
    });
}

/// Puts the object on the global object.
pub fn install(cx: Cx, host: Host, wishes: &Wishes, file: &str) -> Obj {
    HOST.set(Some(host));
    let object = Obj::plain(cx);
    let options = Obj::plain(cx);
    let put = |name: &str, value: Value| options.put(cx, &cx.key_of(name), value);
    put("timeout", Value::num(wishes.timeout as f64));
    put("pattern", wishes.pattern.as_deref().map_or(Value::Undefined, Value::str));
    put("only", Value::Bool(wishes.only));
    put("bail", Value::Bool(wishes.bail));
    put("file", Value::str(file));
    object.put(cx, &cx.key_of("options"), Value::Obj(options));
    puremix_js::ops::install(
        cx,
        &object,
        &[("result", 1, result), ("done", 1, done), ("limit", 1, limit), ("failed", 0, failed), ("inspect", 1, inspect), ("interrupted", 1, interrupted), ("interruptions", 0, interruptions), ("request", 4, request)],
    );
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, cx.key_of("puremix:test"), Value::Obj(object.clone()));
    object
}

impl Host {
    fn send(&self, message: Message) {
        // Without a receiver the run is over.
        let _ = self.tell.send(message);
    }
}

fn text(cx: Cx, value: &Value) -> R<String> {
    Ok(puremix_js::js_to_string(cx, value)?.as_str().to_string())
}

/// A test at the top has run; its result as JSON.
fn result(cx: Cx, a: &Args<'_>) -> R {
    let json = text(cx, a.get(0))?;
    with_host(|host| host.send(Message::Entry(json)));
    Ok(Value::Undefined)
}

/// All have run; failures outside of tests as JSON.
fn done(cx: Cx, a: &Args<'_>) -> R {
    let json = text(cx, a.get(0))?;
    with_host(|host| {
        host.send(Message::Done(json));
        host.is_done.set(true);
        host.done.notify_one();
    });
    Ok(Value::Undefined)
}

/// Sets how long code may run without giving control back; the limit before.
fn limit(_: Cx, a: &Args<'_>) -> R {
    let ms = a.get(0).as_num().filter(|ms| *ms > 0.0).unwrap_or(f64::INFINITY);
    Ok(Value::num(with_host(|host| host.pulse.set_limit(ms as u64)) as f64))
}

fn failed(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::Bool(with_host(|host| host.has_failed.load(Ordering::Relaxed))))
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::str(&puremix_js::inspect(cx, a.get(0))))
}

/// How often code of this file was interrupted so far.
fn interruptions(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::num(with_host(|host| host.pulse.interruptions()) as f64))
}

/// Whether the exception is what ended code that did not end.
fn interrupted(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(puremix_interp::machine::is_interruption(a.get(0))))
}

/// `(method, url, headers, body)`: a promise of the app's answer.
fn request(cx: Cx, a: &Args<'_>) -> R {
    let Some(exchange) = with_host(|host| host.exchange.clone()) else {
        return Err(cx.throw_error(ErrorKind::Error, "the app is not there: import `request` from 'puremix:test' by name, in a static import"));
    };
    let (method, url) = (text(cx, a.get(0))?, text(cx, a.get(1))?);
    let mut headers = Vec::new();
    for line in puremix_runtime::__rt::list_of(cx, a.get(2))? {
        let pair = puremix_runtime::__rt::list_of(cx, &line)?;
        let at = |index: usize| pair.get(index).unwrap_or(&Value::Undefined);
        headers.push((text(cx, at(0))?, text(cx, at(1))?));
    }
    let body = match a.get(3) {
        Value::Undefined => None,
        value => Some(match puremix_node::bytes_of(value) {
            Some(bytes) => bytes,
            None => text(cx, value)?.into_bytes(),
        }),
    };
    let answer = async move { inject(&exchange, &method, &url, &headers, body).await };
    Ok(event_loop::spawn_op(cx, answer, |cx, answered| match answered {
        Ok(answered) => answer_object(cx, answered),
        Err(why) => Err(cx.throw_error(ErrorKind::Type, &why)),
    }))
}

fn answer_object(cx: Cx, answered: Answered) -> R {
    let object = Obj::plain(cx);
    let put = |name: &str, value: Value| object.put(cx, &cx.key_of(name), value);
    let string = |text: &str| Value::Str(Str::from(text));
    let pairs = answered.headers.iter().map(|(name, value)| Obj::array(cx, vec![string(name), string(value)]).into()).collect();
    put("status", Value::num(f64::from(answered.status)));
    put("headers", Obj::array(cx, pairs).into());
    put("body", puremix_node::new_buffer(cx, answered.body)?);
    Ok(Value::Obj(object))
}
