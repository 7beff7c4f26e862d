//! Requests and responses as Node's event emitters and readable streams: `close`, `finish`, `drain`, and the body as `data` and `end`.

use super::{Exchange, host, methods, response};
use crate::lang;
use puremix_js::promise;
use puremix_value::{Args, Cx, FnDef, Kind, Obj, R, Value};
use std::rc::Rc;

/// Methods that requests have besides an emitter's.
pub(super) static REQUEST_METHODS: [FnDef; 10] = [
    FnDef::native("on", 2, request_on),
    FnDef::native("addListener", 2, request_on),
    FnDef::native("once", 2, request_once),
    FnDef::native("setEncoding", 1, set_encoding),
    FnDef::native("pipe", 1, pipe),
    FnDef::native("resume", 0, resume),
    FnDef::native("pause", 0, same),
    FnDef::native("unpipe", 0, same),
    FnDef::native("setTimeout", 2, same),
    FnDef::native("destroy", 1, same),
];

pub(super) static RESPONSE_METHODS: [FnDef; 3] =
    [FnDef::native("on", 2, response_on), FnDef::native("addListener", 2, response_on), FnDef::native("once", 2, response_once)];

/// An object that inherits from `EventEmitter.prototype`.
pub(super) fn emitter_prototype(cx: Cx) -> Obj {
    let parent = puremix_node::load(cx, "events").and_then(|class| lang::get(cx, &class, "prototype"));
    match parent {
        Ok(Value::Obj(parent)) => Obj::with(cx, Some(parent), Kind::Plain),
        Ok(_) => Obj::plain(cx),
        Err(_) => {
            cx.take_exception();
            Obj::plain(cx)
        }
    }
}

fn same(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.clone())
}

/// The emitter's own method of this name.
fn inherited(cx: Cx, a: &Args<'_>, name: &str) -> R {
    let class = puremix_node::load(cx, "events")?;
    let method = lang::get(cx, &lang::get(cx, &class, "prototype")?, name)?;
    lang::call(cx, &method, a.this, a.args)
}

fn request_on(cx: Cx, a: &Args<'_>) -> R {
    listen_to_request(cx, a, "on")
}

fn request_once(cx: Cx, a: &Args<'_>) -> R {
    listen_to_request(cx, a, "once")
}

fn listen_to_request(cx: Cx, a: &Args<'_>, method: &str) -> R {
    let exchange = methods::exchange_of(cx, a)?;
    inherited(cx, a, method)?;
    watch(cx, &exchange, a.this);
    if matches!(a.get(0), Value::Str(s) if matches!(s.as_str(), "data" | "end" | "readable")) {
        flow(&exchange, a.this);
    }
    Ok(a.this.clone())
}

fn response_on(cx: Cx, a: &Args<'_>) -> R {
    listen_to_response(cx, a, "on")
}

fn response_once(cx: Cx, a: &Args<'_>) -> R {
    listen_to_response(cx, a, "once")
}

fn listen_to_response(cx: Cx, a: &Args<'_>, method: &str) -> R {
    let exchange = response::exchange_of(cx, a)?.clone();
    inherited(cx, a, method)?;
    watch(cx, &exchange, a.this);
    Ok(a.this.clone())
}

/// From now on this object hears of the end, and of the client's going before it.
fn watch(cx: Cx, exchange: &Rc<Exchange>, emitter: &Value) {
    if exchange.is_closed() {
        return;
    }
    if exchange.add_emitter(emitter) {
        let watched = Rc::downgrade(exchange);
        if let Some(gone) = &exchange.parts.gone {
            gone.on_gone(move || {
                if let Some(exchange) = watched.upgrade() {
                    closed(cx, &exchange, false);
                }
            });
        }
    }
}

/// Emits an event; what a listener throws is an uncaught exception, as in Node.
pub(super) fn emit(cx: Cx, emitter: &Value, event: &str, argument: Option<Value>) {
    let args: Vec<Value> = [Value::str(event)].into_iter().chain(argument).collect();
    let outcome = lang::get(cx, emitter, "emit").and_then(|emit| lang::call(cx, &emit, emitter, &args));
    if outcome.is_err() {
        let error = cx.take_exception();
        promise::report_uncaught(cx, &error);
    }
}

/// The response is sent, or else the client has gone: the last events, once.
pub(crate) fn closed(cx: Cx, exchange: &Rc<Exchange>, is_sent: bool) {
    if !exchange.close() {
        return;
    }
    let emitters = exchange.take_emitters();
    if emitters.is_empty() {
        return;
    }
    let last = move |cx: Cx| {
        let (responses, requests): (Vec<Value>, Vec<Value>) = emitters.into_iter().partition(response::is_response);
        for response in &responses {
            if is_sent {
                emit(cx, response, "finish", None);
            }
            emit(cx, response, "close", None);
        }
        for request in &requests {
            if !is_sent {
                emit(cx, request, "aborted", None);
            }
            emit(cx, request, "close", None);
        }
    };
    host(cx).services.later(cx, Box::new(last));
}

/// The client keeps up again.
pub(super) fn drained(cx: Cx, exchange: &Exchange) {
    for response in exchange.emitters().into_iter().filter(response::is_response) {
        host(cx).services.later(cx, Box::new(move |cx| emit(cx, &response, "drain", None)));
    }
}

/// Sends the body as events, once, after the code that listens has run.
fn flow(exchange: &Rc<Exchange>, request: &Value) {
    if !exchange.read_body() {
        return;
    }
    let (exchange, request) = (exchange.clone(), request.clone());
    promise::enqueue_tick(move |cx| {
        match chunk(cx, &exchange, &request) {
            Ok(Value::Undefined) => {}
            Ok(chunk) => emit(cx, &request, "data", Some(chunk)),
            Err(_) => {
                let error = cx.take_exception();
                emit(cx, &request, "error", Some(error));
            }
        }
        emit(cx, &request, "end", None);
    });
}

/// The body as one piece: a Buffer, or text after `setEncoding`; undefined when it is empty.
fn chunk(cx: Cx, exchange: &Exchange, request: &Value) -> R {
    if exchange.parts.body.is_empty() {
        return Ok(Value::Undefined);
    }
    let buffer = lang::get(cx, request, "rawBody")?;
    match lang::get(cx, request, "readableEncoding")? {
        encoding @ Value::Str(_) => lang::call(cx, &lang::get(cx, &buffer, "toString")?, &buffer, &[encoding]),
        _ => Ok(buffer),
    }
}

fn set_encoding(cx: Cx, a: &Args<'_>) -> R {
    let encoding = if a.get(0).is_nullish() { Value::str("utf8") } else { a.get(0).clone() };
    if let Value::Obj(request) = a.this {
        lang::put(cx, request, "readableEncoding", encoding);
    }
    Ok(a.this.clone())
}

fn resume(cx: Cx, a: &Args<'_>) -> R {
    flow(&methods::exchange_of(cx, a)?, a.this);
    Ok(a.this.clone())
}

/// `req.pipe(res)`: the body goes to anything with `write` and `end`.
fn pipe(cx: Cx, a: &Args<'_>) -> R {
    let exchange = methods::exchange_of(cx, a)?;
    let target = a.get(0).clone();
    let request = a.this.clone();
    if exchange.read_body() {
        let to = target.clone();
        promise::enqueue_tick(move |cx| {
            let outcome = chunk(cx, &exchange, &request).and_then(|chunk| {
                if !chunk.is_undefined() {
                    lang::call(cx, &lang::get(cx, &to, "write")?, &to, &[chunk])?;
                }
                lang::call(cx, &lang::get(cx, &to, "end")?, &to, &[])
            });
            if outcome.is_err() {
                let error = cx.take_exception();
                promise::report_uncaught(cx, &error);
            }
        });
    }
    Ok(target)
}

/// `for await (const chunk of req)`: an iterator with the body as one piece.
pub(super) fn body_iterator(cx: Cx, a: &Args<'_>) -> R {
    static NEXT: FnDef = FnDef::native("next", 0, |cx, a| {
        let request = a.env(0);
        let exchange = super::of(request).filter(|exchange| exchange.read_body());
        let value = match exchange {
            Some(exchange) => chunk(cx, &exchange, request)?,
            None => Value::Undefined,
        };
        let is_done = value.is_undefined();
        let result = lang::object(cx, [("value", value), ("done", is_done.into())]);
        Ok(lang::promise(cx, Ok(result.into())))
    });
    static RETURN: FnDef = FnDef::native("return", 0, |cx, _| {
        let result = lang::object(cx, [("value", Value::Undefined), ("done", true.into())]);
        Ok(lang::promise(cx, Ok(result.into())))
    });
    let iterator = Obj::plain(cx);
    lang::put(cx, &iterator, "next", lang::function(cx, &NEXT, vec![a.this.clone()]));
    lang::put(cx, &iterator, "return", lang::function(cx, &RETURN, Vec::new()));
    Ok(iterator.into())
}
