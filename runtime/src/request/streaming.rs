//! `response.write` and what belongs to it: the head is sent with the first piece, each piece as it is written.

use super::response::{exchange_of, is_response};
use super::{Exchange, events, host};
use crate::http::message::Body;
use crate::http::pipe::Event;
use crate::lang;
use puremix_node::capability::coded;
use puremix_value::{Args, Cx, ErrorKind, FnDef, Key, R, Thrown, Value, WellKnownSymbol};
use std::rc::Rc;

pub(super) static METHODS: [FnDef; 10] = [
    FnDef::native("write", 3, write),
    FnDef::native("end", 3, end),
    FnDef::native("flushHeaders", 0, flush_headers),
    // Pieces are sent as they are written: there is nothing to flush.
    FnDef::native("flush", 0, same),
    FnDef::native("cork", 0, same),
    FnDef::native("uncork", 0, same),
    FnDef::native("setTimeout", 2, same),
    FnDef::native("writeContinue", 0, same),
    FnDef::native("writeProcessing", 0, same),
    FnDef::native("destroy", 1, destroy),
];

fn same(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.clone())
}

/// A piece of a body as bytes; text in the encoding that is named.
fn chunk(cx: Cx, value: &Value, encoding: &Value) -> R<Vec<u8>> {
    if let Some(bytes) = lang::bytes(cx, value) {
        return Ok(bytes);
    }
    match (value, encoding) {
        (Value::Str(_), Value::Str(name)) if !matches!(name.as_str().to_ascii_lowercase().as_str(), "utf8" | "utf-8") => {
            let buffer = lang::get(cx, &puremix_node::load(cx, "buffer")?, "Buffer")?;
            let made = lang::call(cx, &lang::get(cx, &buffer, "from")?, &buffer, &[value.clone(), encoding.clone()])?;
            Ok(lang::bytes(cx, &made).unwrap_or_default())
        }
        (Value::Str(text), _) => Ok(text.as_str().as_bytes().to_vec()),
        _ => {
            let shown = puremix_js::inspect(cx, value);
            let message = format!("The \"chunk\" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received {shown}");
            Err(coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", &message))
        }
    }
}

/// Sends the head, if that has not happened.
fn begin(cx: Cx, exchange: &Rc<Exchange>) -> crate::http::pipe::Pipe {
    let (pipe, is_new) = exchange.response.begin();
    if is_new {
        let of = Rc::downgrade(exchange);
        pipe.listen(move |event| {
            let Some(exchange) = of.upgrade() else { return };
            match event {
                Event::Drained => events::drained(cx, &exchange),
                Event::Sent => events::closed(cx, &exchange, true),
                Event::Gone => events::closed(cx, &exchange, false),
            }
        });
        // A client may go long before the next piece is written.
        let (of, broken) = (Rc::downgrade(exchange), pipe.clone());
        if let Some(gone) = &exchange.parts.gone {
            gone.on_gone(move || {
                broken.break_off();
                if let Some(exchange) = of.upgrade() {
                    events::closed(cx, &exchange, false);
                }
            });
        }
    }
    pipe
}

/// The callback among the arguments, called when the code that runs has ended.
fn call_back(a: &Args<'_>) {
    if let Some(callback) = a.args.iter().find(|v| v.is_callable()).cloned() {
        puremix_js::promise::enqueue_tick(move |cx| {
            if lang::call(cx, &callback, &Value::Undefined, &[]).is_err() {
                let error = cx.take_exception();
                puremix_js::promise::report_uncaught(cx, &error);
            }
        });
    }
}

fn write(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    if exchange.response.is_ended() {
        return Err(coded(cx, ErrorKind::Error, "ERR_STREAM_WRITE_AFTER_END", "write after end"));
    }
    let bytes = chunk(cx, a.get(0), a.get(1))?;
    let keeps_up = begin(cx, exchange).write(bytes);
    call_back(a);
    Ok(keeps_up.into())
}

fn end(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    if exchange.response.is_ended() {
        return Ok(a.this.clone());
    }
    let piece = Some(a.get(0)).filter(|v| !v.is_nullish() && !v.is_callable());
    let bytes = piece.map(|piece| chunk(cx, piece, a.get(1))).transpose()?.unwrap_or_default();
    exchange.response.end(if bytes.is_empty() { Body::Empty } else { Body::Bytes(bytes) });
    call_back(a);
    Ok(a.this.clone())
}

fn flush_headers(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    if !exchange.response.has_begun() {
        begin(cx, exchange);
    }
    Ok(Value::Undefined)
}

fn destroy(cx: Cx, a: &Args<'_>) -> R {
    let exchange = exchange_of(cx, a)?;
    begin(cx, exchange).break_off();
    events::closed(cx, exchange, false);
    Ok(a.this.clone())
}

/// A failure after the head was sent: the body is broken off, so that the client sees that it is not whole.
pub(crate) fn fail(exchange: &Exchange) {
    if let Some(pipe) = exchange.response.pipe() {
        pipe.break_off();
    }
}

/// Whether the pieces of this value are a body: a generator, or anything that `for await` reads and that is no data.
pub(crate) fn pieces_of(cx: Cx, value: &Value) -> R<Option<Value>> {
    if !value.is_object() || is_response(value) {
        return Ok(None);
    }
    let key = Key::Sym(cx.symbol(WellKnownSymbol::AsyncIterator));
    let method = lang::get_key(cx, value, &key)?;
    if method.is_callable() {
        return lang::call(cx, &method, value, &[]).map(Some);
    }
    // A plain generator, but no list: those are data.
    let key = Key::Sym(cx.symbol(WellKnownSymbol::ToStringTag));
    let tag = lang::get_key(cx, value, &key)?;
    Ok(matches!(tag, Value::Str(tag) if tag.as_str() == "Generator").then(|| value.clone()))
}

/// Sends what the iterator gives as the body, at the client's pace.
pub(crate) fn send_pieces(cx: Cx, exchange: &Rc<Exchange>, iterator: Value) {
    begin(cx, exchange);
    let exchange = exchange.clone();
    let task = async move {
        if pump(cx, &exchange, &iterator).await.is_err() {
            let error = cx.take_exception();
            crate::page::report(cx, &error);
            fail(&exchange);
        } else if !exchange.response.is_ended() {
            exchange.response.end(Body::Empty);
        }
    };
    host(cx).services.spawn(cx, Box::pin(task));
}

async fn pump(cx: Cx, exchange: &Rc<Exchange>, iterator: &Value) -> Result<(), Thrown> {
    let next = lang::get(cx, iterator, "next")?;
    loop {
        let step = lang::call(cx, &next, iterator, &[])?;
        let step = lang::wait(cx, &step).await?;
        if lang::truthy(&lang::get(cx, &step, "done")?) {
            return Ok(());
        }
        let value = lang::get(cx, &step, "value")?;
        let bytes = chunk(cx, &value, &Value::Undefined)?;
        let pipe = begin(cx, exchange);
        if !pipe.write(bytes) {
            pipe.drained().await;
        }
        if pipe.is_over() || pipe.is_discarded() {
            // Nobody reads on, or nobody wants to (HEAD): the generator's `finally` runs.
            let stop = lang::get(cx, iterator, "return")?;
            if stop.is_callable() {
                let stopped = lang::call(cx, &stop, iterator, &[])?;
                lang::wait(cx, &stopped).await?;
            }
            return Ok(());
        }
    }
}
