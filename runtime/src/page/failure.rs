//! Failures: what is logged and shown when server code throws, and when nothing answers.

use super::error_page::{self, Failure};
use super::respond::render_page;
use crate::http::message::Reply;
use crate::lang;
use crate::request::{self, Exchange, Failed, host};
use puremix_value::{Cx, Value};
use std::rc::Rc;

/// Name, message and stack of an exception.
pub(super) fn describe(cx: Cx, error: &Value) -> Failure {
    let text = |name: &str| match lang::get(cx, error, name) {
        Ok(Value::Str(s)) if error.is_object() => Some(s.as_str().to_string()),
        Ok(_) => None,
        Err(_) => {
            cx.take_exception();
            None
        }
    };
    let (name, stack) = (text("name"), text("stack"));
    Failure { name: name.unwrap_or_else(|| "Thrown".into()), message: lang::message(cx, error), stack: stack.unwrap_or_default(), excerpt: None }
}

/// Logs an exception that a page turned into data.
pub(crate) fn report(cx: Cx, error: &Value) {
    let failure = describe(cx, error);
    let text = if failure.stack.is_empty() { format!("{}: {}", failure.name, failure.message) } else { failure.stack };
    crate::log::error(None, &text);
}

/// The 500 page of the exception that waits in the isolate: details in development, the app's `500.puremix` or a plain page otherwise.
pub async fn failure_page(cx: Cx, exchange: &Exchange, request: &Value) -> Reply {
    let services = &host(cx).services;
    let error = cx.take_exception();
    if is_split_attempt(cx, exchange, &error) {
        return Reply::html(400, error_page::generic(400, ""));
    }
    let mut failure = describe(cx, &error);
    let reference = services.failed(exchange, &failure);
    if services.is_dev() {
        failure.excerpt = services.excerpt(&failure.stack);
        return Reply::html(500, error_page::exception(&failure, exchange.parts.method(), exchange.parts.url()));
    }
    if let Some(page) = services.app().server_error {
        let stack = Some(failure.stack).filter(|_| services.mode() != "production");
        let failed = Failed { status: 500, name: failure.name, message: failure.message, stack, request_id: reference.clone() };
        // Where the page for a missing one failed, this is what went wrong in the end.
        exchange.note_failure(failed);
        match render_page(cx, page, exchange, request, &Value::Undefined, 500, Rc::default()).await {
            Ok(reply) => return reply,
            Err(_) => report(cx, &cx.take_exception()),
        }
    }
    Reply::html(500, error_page::generic(500, &reference))
}

/// The `status` (or `statusCode`) of an error, from 400 to 599.
pub(super) fn status_of(cx: Cx, error: &Value) -> Option<u16> {
    ["status", "statusCode"].iter().find_map(|name| match lang::get(cx, error, name) {
        Ok(Value::Num(n)) if (400.0..600.0).contains(&n) && error.is_object() => Some(n as u16),
        Ok(_) => None,
        Err(_) => {
            cx.take_exception();
            None
        }
    })
}

/// Control characters in a URL, in JSON, and as they are.
const SPLITTING: [&str; 10] = ["%0a", "%0d", "%00", "%0A", "%0D", r"\n", r"\r", r"\u00", "\n", "\r"];

/// Whether server code failed to put text into a header because the request's own text has line breaks or other control characters: an attempt to
/// split the response, and no fault of the app.
pub(super) fn is_split_attempt(cx: Cx, exchange: &Exchange, error: &Value) -> bool {
    let code = match lang::get(cx, error, "code") {
        Ok(Value::Str(code)) if error.is_object() => code,
        Ok(_) => return false,
        Err(_) => {
            cx.take_exception();
            return false;
        }
    };
    let parts = &exchange.parts;
    let (url, body) = (parts.url().to_ascii_lowercase(), &parts.body);
    let has = |part: &str| url.contains(part) || memchr::memmem::find(body, part.as_bytes()).is_some();
    let in_form = || parts.form.as_ref().is_some_and(|form| form.pairs.iter().any(|(_, text)| text.contains(char::is_control)));
    matches!(code.as_str(), "ERR_INVALID_CHAR" | "ERR_INVALID_HTTP_TOKEN")
        && (SPLITTING.into_iter().any(has) || in_form())
}

/// The page for the exception that waits in the isolate: a plain one with the error's status where that blames the client, else [`failure_page`].
pub async fn error_reply(cx: Cx, exchange: &Exchange, request: &Value) -> Reply {
    let error = cx.take_exception();
    let mut reply = match status_of(cx, &error) {
        // Too busy is no failure of the code either.
        Some(status) if status < 500 || status == 503 => Reply::html(status, error_page::generic(status, "")),
        _ => {
            cx.throw(error);
            failure_page(cx, exchange, request).await
        }
    };
    exchange.response.apply(&mut reply);
    reply
}

/// The answer of an API handler that threw. An error with a `status` (or `statusCode`) from 400 to 599 is answered with it.
pub fn api_failure(cx: Cx, exchange: &Exchange) -> Reply {
    let error = cx.take_exception();
    let status = status_of(cx, &error).or_else(|| is_split_attempt(cx, exchange, &error).then_some(400));
    let failure = describe(cx, &error);
    let status = status.unwrap_or(500);
    let services = &host(cx).services;
    let mut out = String::from("{\"error\":");
    if status < 500 {
        super::escape::json_string(&mut out, &failure.message);
    } else {
        services.failed(exchange, &failure);
        out.push_str("\"API execution failed\"");
        if services.is_dev() {
            out.push_str(",\"message\":");
            super::escape::json_string(&mut out, &failure.message);
        }
    }
    out.push('}');
    let mut reply = Reply::json(status, out);
    exchange.response.apply(&mut reply);
    reply
}

/// The answer where no route fits: the app's `404.puremix` or a plain page.
pub async fn not_found(cx: Cx, exchange: std::rc::Rc<Exchange>) -> Reply {
    let services = &host(cx).services;
    if let Some(page) = services.app().not_found {
        exchange.note_failure(Failed { status: 404, name: "NotFound".into(), message: "Not found".into(), stack: None, request_id: String::new() });
        let request = request::new_object(cx, exchange.clone());
        return match render_page(cx, page, &exchange, &request, &Value::Undefined, 404, Rc::default()).await {
            Ok(reply) => reply,
            Err(_) => failure_page(cx, &exchange, &request).await,
        };
    }
    Reply::html(404, error_page::not_found(services.is_dev().then(|| exchange.parts.path())))
}
