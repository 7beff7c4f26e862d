//! What a handler returns, as a reply.

use super::respond::{json_reply, record_headers, redirect_of, status_of};
use crate::http::message::Reply;
use crate::lang;
use crate::request::{self, Exchange, host};
use puremix_value::{Cx, Intrinsic, Key, Kind, Obj, R, Value, WellKnownSymbol};
use std::rc::Rc;

/// The reply of what a handler returned: `{redirect}`, `{json|html|text|body, status, headers}`, text, bytes or plain data; an error that is
/// returned is thrown.
pub(super) async fn returned_reply(cx: Cx, exchange: &Rc<Exchange>, returned: &Value) -> R<Reply> {
    let is_literal = is_literal(cx, returned);
    if !exchange.response.has_begun() && !is_literal && (returned.is_nullish() || request::is_response(returned) || is_timer(cx, returned)?) {
        exchange.response.begun().await;
    }
    if let Some(reply) = request::take_reply(exchange) {
        return Ok(reply);
    }
    if !is_literal {
        if let Some(iterator) = request::pieces_of(cx, returned)? {
            request::send_pieces(cx, exchange, iterator);
            return Ok(request::take_reply(exchange).unwrap_or_else(|| Reply::status(204)));
        }
        if is_web_response(cx, returned)? {
            return Box::pin(web_reply(cx, exchange, returned)).await;
        }
    }
    if let Some(mut reply) = redirect_of(cx, returned)? {
        exchange.response.apply(&mut reply);
        return Ok(reply);
    }
    if let Some(object) = returned.as_obj().filter(|o| !o.is_array()) {
        if matches!(object.kind(), Kind::Error) {
            return Err(cx.throw(returned.clone()));
        }
        if lang::bytes(cx, returned).is_none()
            && let Some(reply) = told_reply(cx, exchange, object, returned)?
        {
            return Ok(reply);
        }
    }
    request::end_with(cx, exchange, returned)?;
    Ok(request::take_reply(exchange).unwrap_or_else(|| Reply::status(204)))
}

/// Whether the value is an object or array as literals make them, which is what most handlers return: none of the kinds that must be asked what they are.
fn is_literal(cx: Cx, value: &Value) -> bool {
    let Some(object) = value.as_obj() else { return false };
    match object.kind() {
        Kind::Plain => {}
        Kind::Array(_) => return true,
        _ => return false,
    }
    let iterator = Key::Sym(cx.symbol(WellKnownSymbol::AsyncIterator));
    object.proto() == cx.try_intrinsic(Intrinsic::ObjectPrototype) && object.get_own(cx, &iterator).is_none()
}

/// The reply that an object tells: `{json|html|text|body, status, headers}`. `None` where the object is data.
///
/// `json` always tells one. The others tell one where the object has nothing but these names and what they name can be sent: `{text: 'Hi', id: 7}` is data.
fn told_reply(cx: Cx, exchange: &Rc<Exchange>, object: &Obj, returned: &Value) -> R<Option<Reply>> {
    let keys = &host(cx).reply_keys;
    let json = lang::get_key(cx, returned, &keys.json)?;
    let body = if !json.is_undefined() && !json.is_callable() {
        Told::Json(json)
    } else {
        let names = lang::keys(cx, object);
        if names.is_empty() || names.len() > 3 {
            return Ok(None);
        }
        let mut body = None;
        for name in &names {
            let value = lang::get_key(cx, returned, name)?;
            let (is_text, is_number) = (matches!(value, Value::Str(_)), matches!(value, Value::Num(_)));
            body = match cx.key_str(name).as_str() {
                "html" if is_text && body.is_none() => Some(Told::Html(value)),
                "text" if is_text && body.is_none() => Some(Told::Text(value)),
                "body" if !value.is_undefined() && body.is_none() => Some(Told::Body(value)),
                "status" if is_number => body,
                "headers" if value.is_object() => body,
                _ => return Ok(None),
            };
        }
        let (status, headers) = (lang::get_key(cx, returned, &keys.status)?, lang::get_key(cx, returned, &keys.headers)?);
        match body {
            Some(Told::Body(_)) if status.is_undefined() => return Ok(None),
            Some(body) => body,
            None if status.is_undefined() || headers.is_undefined() => return Ok(None),
            None => Told::Nothing,
        }
    };
    record_headers(cx, exchange, returned)?;
    if let Some(status) = status_of(cx, returned, 100..600)? {
        exchange.response.set_status(status);
    }
    let status = exchange.response.status().unwrap_or(200);
    match body {
        Told::Json(json) => {
            let mut reply = json_reply(cx, &json, status)?;
            exchange.response.apply(&mut reply);
            return Ok(Some(reply));
        }
        Told::Html(text) => request::end_with(cx, exchange, &text)?,
        Told::Text(text) => {
            exchange.response.set_default("content-type", "text/plain; charset=utf-8");
            request::end_with(cx, exchange, &text)?;
        }
        Told::Body(value) => request::end_with(cx, exchange, &value)?,
        Told::Nothing => exchange.response.end_with(Vec::new()),
    }
    Ok(Some(request::take_reply(exchange).unwrap_or_else(|| Reply::status(status))))
}

/// The body that an object tells.
enum Told {
    Json(Value),
    Html(Value),
    Text(Value),
    Body(Value),
    Nothing,
}

/// Whether the value is a `Response` of the web platform, such as `Response.json(…)` or what `fetch` gave.
fn is_web_response(cx: Cx, value: &Value) -> R<bool> {
    if value.as_obj().is_none_or(|o| o.is_array() || o.is_callable()) {
        return Ok(false);
    }
    Ok(lang::get(cx, value, "arrayBuffer")?.is_callable() && lang::get(cx, &lang::get(cx, value, "headers")?, "forEach")?.is_callable())
}

/// Sends a web `Response`: status, headers and body.
async fn web_reply(cx: Cx, exchange: &Rc<Exchange>, value: &Value) -> R<Reply> {
    if let Some(status) = status_of(cx, value, 200..600)? {
        exchange.response.set_status(status);
    }
    let headers = lang::get(cx, value, "headers")?;
    let entries = lang::call(cx, &lang::get(cx, &headers, "entries")?, &headers, &[])?;
    loop {
        let step = lang::call(cx, &lang::get(cx, &entries, "next")?, &entries, &[])?;
        if lang::truthy(&lang::get(cx, &step, "done")?) {
            break;
        }
        let pair = lang::get(cx, &step, "value")?;
        let (name, text) = (lang::get(cx, &pair, "0")?, lang::get(cx, &pair, "1")?);
        let name = lang::to_string(cx, &name)?;
        // The body is here as it was before it was compressed.
        if !matches!(name.as_str(), "content-encoding" | "content-length" | "transfer-encoding") {
            match name.as_str() {
                "set-cookie" => exchange.response.add_header("set-cookie", lang::to_string(cx, &text)?.as_str().to_owned()),
                name => request::record_header(cx, exchange, name, &text)?,
            }
        }
    }
    let body = lang::get(cx, value, "body")?;
    if exchange.response.header("content-type").is_some_and(|t| t.starts_with("text/event-stream"))
        && let Some(iterator) = request::pieces_of(cx, &body)?
    {
        request::send_pieces(cx, exchange, iterator);
    } else {
        let bytes = lang::call(cx, &lang::get(cx, value, "arrayBuffer")?, value, &[])?;
        let bytes = lang::wait(cx, &bytes).await?;
        let view = lang::call(cx, &lang::get(cx, &puremix_node::load(cx, "buffer")?, "Buffer").and_then(|b| lang::get(cx, &b, "from"))?, &Value::Undefined, &[bytes])?;
        let bytes = lang::bytes(cx, &view).unwrap_or_default();
        exchange.response.end_with(bytes);
    }
    Ok(request::take_reply(exchange).unwrap_or_else(|| Reply::status(204)))
}

/// Whether the value is what `setTimeout` returns: `return setTimeout(() => response.send(…), 10)` answers later.
fn is_timer(cx: Cx, value: &Value) -> R<bool> {
    if value.as_obj().is_none_or(|o| o.is_array() || o.is_callable()) {
        return Ok(false);
    }
    let class = lang::get(cx, &lang::get(cx, value, "constructor")?, "name")?;
    Ok(matches!(class, Value::Str(name) if matches!(name.as_str(), "Timeout" | "Immediate")) && lang::get(cx, value, "hasRef")?.is_callable())
}
