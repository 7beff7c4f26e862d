//! API routes: which function of a file answers, and waiting for its answer.

use super::respond::{may_change_state, thrown_redirect};
use super::returned::returned_reply;
use super::failure;
use crate::app::ValueFn;
use crate::csrf;
use crate::http::message::Reply;
use crate::lang;
use crate::middleware;
use crate::request::stages::Stage;
use crate::request::{self, BadRequest, Exchange, host};
use puremix_value::{Cx, Key, Obj, R, Thrown, Value, well_known};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// Answers a request with an API handler `(request, response)`: by what it recorded in the response, or else by what it returns. A handler that
/// returns nothing is waited for until it ends the response.
pub async fn respond_api(cx: Cx, handler: &'static ValueFn, exchange: Rc<Exchange>) -> Reply {
    let request = request::new_object(cx, exchange.clone());
    let begun = exchange.stages.begin();
    let limit = host(cx).services.response_timeout();
    let outcome = within(limit, call_api(cx, handler, &exchange, &request)).await;
    exchange.stages.end(Stage::Handler, begun);
    let Some(outcome) = outcome else { return late(&exchange, limit, "the handler") };
    let reply = match outcome {
        Ok(reply) => reply,
        Err(Thrown) => match thrown_redirect(cx) {
            Some(mut reply) => {
                exchange.response.apply(&mut reply);
                reply
            }
            None => match Box::pin(middleware::rescue(cx, &exchange, &request)).await {
                Some(reply) => reply,
                None => failure::api_failure(cx, &exchange),
            },
        },
    };
    request::release(&request);
    reply
}

/// The outcome, or `None` when it takes longer; zero is no limit. A handler that is ready at once sets no timer.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let first = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    match first {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending if limit.is_zero() => Some(work.await),
        Poll::Pending => tokio::time::timeout(limit, work).await.ok(),
    }
}

/// 504 for a handler that has neither returned a value nor ended the response. What it does later finds the response sent.
pub(crate) fn late(exchange: &Exchange, limit: Duration, who: &str) -> Reply {
    let parts = &exchange.parts;
    let what = format!("{} {}: {who} has neither returned a value nor ended the response within {} ms", parts.method(), parts.path(), limit.as_millis());
    crate::log::error(Some(parts.id), &what);
    exchange.response.abandon();
    Reply::json(504, "{\"error\":\"Gateway Timeout\"}".to_owned())
}

async fn call_api(cx: Cx, handler: &'static ValueFn, exchange: &Rc<Exchange>, request: &Value) -> R<Reply> {
    if let Err(BadRequest(why)) = request::prepare(cx, request)? {
        cx.throw_error(puremix_value::ErrorKind::Syntax, &why);
        let error = cx.take_exception();
        if let Some(object) = error.as_obj() {
            lang::put(cx, object, "status", 400.0);
        }
        return Err(cx.throw(error));
    }
    if !may_change_state(cx, exchange, request)? {
        return Ok(csrf::refusal(true, "no valid token: send X-CSRF-Token, or Origin as browsers do"));
    }
    let response = request::response_of(cx, request)?;
    let exported = handler(cx)?;
    let handler = match exported.as_obj() {
        Some(object) if !object.is_callable() && !object.is_array() => match method_of(cx, object, exchange.parts.asked_method())? {
            Ok(function) => function,
            Err(reply) => return Ok(reply),
        },
        _ => exported,
    };
    let takes_next = |function: &Value| Ok(matches!(lang::get_key(cx, function, &Key::Atom(well_known::LENGTH))?, Value::Num(n) if n >= 3.0));
    if handler.as_obj().is_some_and(|o| o.is_array()) || takes_next(&handler)? {
        return match Box::pin(middleware::run_handlers(cx, &handler, exchange, request, &response)).await? {
            Some(returned) => returned_reply(cx, exchange, &returned).await,
            None => Ok(Box::pin(failure::not_found(cx, exchange.clone())).await),
        };
    }
    let returned = lang::call(cx, &handler, &Value::Undefined, &[request.clone(), response])?;
    match settled_or_begun(cx, exchange, &returned).await? {
        Some(returned) => returned_reply(cx, exchange, &returned).await,
        None => Ok(request::take_reply(exchange).unwrap_or_else(|| Reply::status(204))),
    }
}

/// Methods that a function's name can stand for, in any case.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Names that stand for every method, in the order in which they are looked for (the guide's "Handler Function Discovery").
const GENERIC: [&str; 8] = ["default", "handler", "handle", "process", "execute", "main", "call", "request"];

/// The function of an exported object (`module.exports = { get, post }`) that answers, or 405; what the compiler does with the exports of an ES module.
fn method_of(cx: Cx, object: &Obj, method: &str) -> R<Result<Value, Reply>> {
    let exported = Value::from(object.clone());
    let function = |name: &str| Ok(Some(lang::get(cx, &exported, name)?).filter(|f| f.is_callable() || f.as_obj().is_some_and(|o| o.is_array())));
    if let Some(handler) = function("default")? {
        return Ok(Ok(handler));
    }
    let mut named = Vec::new();
    for key in lang::keys(cx, object) {
        let name = cx.key_str(&key);
        if let Some(known) = METHODS.iter().find(|m| m.eq_ignore_ascii_case(name.as_str()))
            && let Some(handler) = function(name.as_str())?
        {
            named.push((*known, handler));
        }
    }
    let of = |wanted: &str| named.iter().find(|(name, _)| *name == wanted).map(|(_, handler)| handler.clone());
    if let Some(handler) = of(method).or_else(|| of("GET").filter(|_| method == "HEAD")) {
        return Ok(Ok(handler));
    }
    if !named.is_empty() {
        return Ok(Err(crate::http::not_allowed(named.iter().map(|(name, _)| *name).collect(), method)));
    }
    for name in GENERIC {
        if let Some(handler) = function(name)? {
            return Ok(Ok(handler));
        }
    }
    let shown = puremix_js::inspect(cx, &exported);
    Err(lang::throw_type(cx, &format!("An API route must export a function (request, response), or functions named after methods, not {shown}")))
}

/// What a handler's promise becomes; `None` when the handler has begun to write the response before. A rejection after that breaks the response off.
async fn settled_or_begun(cx: Cx, exchange: &Rc<Exchange>, returned: &Value) -> R<Option<Value>> {
    let begun = || exchange.response.has_begun() && !exchange.response.is_ended();
    let settled = {
        let mut wait = pin!(lang::wait(cx, returned));
        std::future::poll_fn(|context| match wait.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if begun() => Poll::Ready(None),
            Poll::Pending => {
                exchange.response.watch(context.waker());
                Poll::Pending
            }
        })
        .await
    };
    match settled {
        Some(outcome) => outcome.map(Some),
        None => {
            if let Some(promise) = puremix_js::promise::as_promise(returned) {
                let exchange = exchange.clone();
                puremix_js::promise::on_settled(cx, promise, move |cx, outcome| {
                    if let Err(error) = outcome {
                        failure::report(cx, &error);
                        request::fail(&exchange);
                    }
                });
            }
            Ok(None)
        }
    }
}
