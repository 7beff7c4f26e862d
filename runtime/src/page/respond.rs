//! The pipeline of a request: action, loaders, render, layouts.

use super::error_page;
use super::instance::{Instances, Place};
use super::layout::{self, Wrapper};
use super::scope::{Content, Rendering, Scope, rendering};
use super::actions::Selected;
use super::call::find_instance;
use super::returned::returned_reply;
use super::{Out, actions, buttons, client, data, failure, loaders, memo, policy};
use crate::app::{ActionDef, HandlerFn, PageDef};
use crate::csrf::{self, Verdict};
use crate::http::message::Reply;
use crate::lang;
use crate::middleware;
use crate::request::stages::Stage;
use crate::request::{self, BadRequest, Exchange, host};
use puremix_value::{Cx, R, Thrown, Value};
use std::rc::Rc;

/// Answers a request with a page. Nothing is thrown out of here: an exception is the 500 page.
///
/// Where no promise is pending, the future is ready at the first poll.
pub async fn respond(cx: Cx, page: &'static PageDef, exchange: Rc<Exchange>) -> Reply {
    let request = request::new_object(cx, exchange.clone());
    let mut reply = match answer(cx, page, &exchange, &request).await {
        Ok(reply) => reply,
        Err(Thrown) => match thrown_redirect(cx) {
            Some(reply) => reply,
            None => match Box::pin(middleware::rescue(cx, &exchange, &request)).await {
                Some(reply) => reply,
                None => Box::pin(failure::failure_page(cx, &exchange, &request)).await,
            },
        },
    };
    exchange.response.apply(&mut reply);
    request::release(&request);
    reply
}

async fn answer(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value) -> R<Reply> {
    if let Err(BadRequest(why)) = request::prepare(cx, request)? {
        crate::log::info(&format!("{} {}: {why}", exchange.parts.method(), exchange.parts.path()));
        return Ok(Reply::html(400, error_page::generic(400, "")));
    }
    let mut action_result = Value::Undefined;
    let mut instances = Rc::default();
    let selected = actions::select(cx, page, exchange, request)?;
    // A loader that reads the body may change state as well.
    let may_change = selected.is_some() || exchange.parts.method() != "GET" && !page.loaders.is_empty();
    if may_change {
        if !may_change_state(cx, exchange, request)? {
            return Ok(csrf::refusal(false, ""));
        }
    }
    if let Some(selected) = selected {
        let (action, arguments, asked) = match selected {
            Selected::Here { action, arguments, instance } => (action, arguments, instance),
            // The browser sends the same there: what stands before that page is not gone round.
            Selected::Elsewhere(path) => return Ok(Reply::redirect(307, &path)),
        };
        if let Some(json) = &arguments
            && let Err(BadRequest(why)) = request::add_arguments(cx, request, exchange, json)?
        {
            crate::log::info(&format!("{} {}: arguments of _action: {why}", exchange.parts.method(), exchange.parts.path()));
            return Ok(Reply::html(400, error_page::generic(400, "")));
        }
        // An id that does not hold any more is as good as none: forms were sent without ids, too.
        let called = match &asked {
            Some(asked) => Box::pin(find_instance(cx, page, exchange, request, &asked.name, &asked.id)).await?.ok(),
            None => None,
        };
        let action = called.as_ref().map_or(action, |(own, _)| *own);
        if let (Some((_, called)), Some(asked)) = (&called, &asked) {
            called.tell(cx, request, &asked.id);
        }
        action_result = run_action(cx, action, exchange, request).await?;
        if let Some((_, called)) = &called {
            instances = called.instances(&action_result);
        }
        if let Some(reply) = request::take_reply(exchange) {
            return Ok(reply);
        }
        if let Some(reply) = redirect_of(cx, &action_result)? {
            return Ok(reply);
        }
    }
    let status = exchange.response.status().unwrap_or(200);
    render_page(cx, page, exchange, request, &action_result, status, instances).await
}

/// Gives the action the request's fields and waits for what it returns.
pub(super) async fn run_action(cx: Cx, action: &'static ActionDef, exchange: &Exchange, request: &Value) -> R {
    let form = request::form_data(cx, request, exchange)?;
    let begun = exchange.stages.begin();
    let outcome = Box::pin(async { lang::wait(cx, &(action.call)(cx, &form, request)?).await }).await;
    exchange.stages.end(Stage::Action, begun);
    outcome
}

/// Whether the request is of our own pages' making, or has no cookie to be abused.
pub(crate) fn may_change_state(cx: Cx, exchange: &Exchange, request: &Value) -> R<bool> {
    let parts = &exchange.parts;
    if !csrf::is_unsafe(parts.method()) {
        return Ok(true);
    }
    let services = &host(cx).services;
    let why = match services.verdict(exchange) {
        Verdict::Allow => return Ok(true),
        Verdict::NeedsToken if services.token_holds(exchange, actions::token(cx, exchange, request)?.as_deref()) => return Ok(true),
        Verdict::NeedsToken => "refused, no valid token",
        Verdict::Refuse(why) => why,
    };
    crate::log::line(crate::log::Level::Info, Some(parts.id), &format!("{} {}: {why}", parts.method(), parts.path()));
    Ok(false)
}

/// What came of loading and rendering a page.
pub(super) enum Shown {
    Document {
        status: u16,
        text: String,
        /// What the page's scripts may read of its loaders, as JSON.
        data: Option<String>,
    },
    /// Somebody has answered instead: a loader with a redirect or JSON, or through the response.
    Reply(Reply),
}

/// Answers with a page and its layouts.
pub(super) async fn render_page(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value, action_result: &Value, status: u16, instances: Rc<Instances>) -> R<Reply> {
    let mut reply = match show_page(cx, page, exchange, request, action_result, status, instances).await? {
        Shown::Document { status, text, .. } => Reply::html(status, text),
        Shown::Reply(reply) => return Ok(reply),
    };
    if let Some((name, policy)) = fixed_of(cx, page).policy {
        reply = reply.with(name, policy);
    }
    Ok(reply)
}

/// What every document of the page has.
fn fixed_of(cx: Cx, page: &'static PageDef) -> memo::Fixed {
    memo::of(page).fixed(|| {
        let services = &host(cx).services;
        let share = policy::share(services.app(), page, services.client());
        (services.page_policy(page, share.is_given()), share)
    })
}

/// Loads and renders a page and its layouts. `instances` learns of the components in it.
pub(super) async fn show_page(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value, action_result: &Value, status: u16, instances: Rc<Instances>) -> R<Shown> {
    let now = Rendering { request: request.clone(), action_result: action_result.clone(), place: Place::default(), instances: Some(instances) };
    let begun = exchange.stages.begin();
    let mut values = loaders::start(cx, page, request, action_result, &Value::Undefined);
    let mut wrappers: Vec<Wrapper> = layout::layouts_of(page)
        .map(|def| Wrapper { def, loaders: loaders::start(cx, def, request, action_result, &Value::Undefined) })
        .collect();
    loaders::settle(cx, &mut values).await;
    for wrapper in &mut wrappers {
        loaders::settle(cx, &mut wrapper.loaders).await;
    }
    exchange.stages.end(Stage::Loaders, begun);
    if let Some(reply) = request::take_reply(exchange) {
        return Ok(Shown::Reply(reply));
    }
    let mut status = exchange.response.status().filter(|_| status == 200).unwrap_or(status);
    for value in &values {
        if let Some(reply) = loader_reply(cx, exchange, value, &mut status)? {
            return Ok(Shown::Reply(reply));
        }
    }
    let fixed = fixed_of(cx, page);
    let data = if fixed.share.has_data() { Some(data::json(cx, page, &values)?) } else { None };
    if data.is_some() && host(cx).services.is_dev() {
        data::warn_of_secrets(cx, page, &values);
    }
    let script = client::head(cx, exchange, data.as_deref(), fixed);
    let begun = exchange.stages.begin();
    let rendered = async {
        let mut out = Out::with_capacity(memo::of(page).room());
        let scope = Scope { def: page, loaders: &values, request, action_result, props: &Value::Undefined, content: Content::Nothing, instance: None };
        rendering(now, || layout::render_document(cx, &scope, &wrappers, &script, &mut out))?;
        out.finish(cx).await
    };
    let rendered = rendered.await;
    exchange.stages.end(Stage::Render, begun);
    let mut text = rendered?;
    if fixed.share.has_token() {
        buttons::add_form(cx, exchange, &mut text);
    }
    memo::of(page).note(text.len());
    if let Some(reply) = request::take_reply(exchange) {
        return Ok(Shown::Reply(reply));
    }
    Ok(Shown::Document { status, text, data })
}

/// What a loader's value says beside data: `redirect`, `json`, or `status` and `headers` of the page.
fn loader_reply(cx: Cx, exchange: &Exchange, value: &Value, status: &mut u16) -> R<Option<Reply>> {
    if !value.is_object() {
        return Ok(None);
    }
    if let Some(reply) = redirect_of(cx, value)? {
        return Ok(Some(reply));
    }
    record_headers(cx, exchange, value)?;
    let own_status = status_of(cx, value, 100..600)?;
    let json = lang::get_key(cx, value, &host(cx).reply_keys.json)?;
    if !json.is_undefined() && !json.is_callable() {
        return Ok(Some(json_reply(cx, &json, own_status.unwrap_or(200))?));
    }
    if let Some(own) = own_status.filter(|_| *status == 200) {
        *status = own;
    }
    Ok(None)
}

pub(super) fn json_reply(cx: Cx, json: &Value, status: u16) -> R<Reply> {
    Ok(Reply::json(status, lang::json_text(cx, json)?))
}

/// The `status` of a value, if it is a number of this range.
pub(super) fn status_of(cx: Cx, value: &Value, range: std::ops::Range<u16>) -> R<Option<u16>> {
    Ok(match lang::get_key(cx, value, &host(cx).reply_keys.status)? {
        Value::Num(n) if n.fract() == 0.0 && n >= f64::from(range.start) && n < f64::from(range.end) => Some(n as u16),
        _ => None,
    })
}

/// Records the `headers` object of a value.
pub(super) fn record_headers(cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
    let headers = lang::get_key(cx, value, &host(cx).reply_keys.headers)?;
    let Some(object) = headers.as_obj().filter(|o| !o.is_array() && !o.is_callable()) else { return Ok(()) };
    for key in lang::keys(cx, object) {
        let value = lang::get_key(cx, &headers, &key)?;
        request::record_header(cx, exchange, cx.key_str(&key).as_str(), &value)?;
    }
    Ok(())
}

/// `{redirect: url[, status]}` as a reply.
pub(super) fn redirect_of(cx: Cx, value: &Value) -> R<Option<Reply>> {
    if !value.is_object() {
        return Ok(None);
    }
    let Value::Str(url) = lang::get_key(cx, value, &host(cx).reply_keys.redirect)? else { return Ok(None) };
    if url.is_empty() {
        return Ok(None);
    }
    let status = status_of(cx, value, 300..400)?.unwrap_or(302);
    Ok(Some(Reply::redirect(status, url.as_str())))
}

/// The reply of a thrown `{redirect}`; any other exception keeps waiting in the isolate.
pub(super) fn thrown_redirect(cx: Cx) -> Option<Reply> {
    let error = cx.take_exception();
    if let Ok(Some(reply)) = redirect_of(cx, &error) {
        return Some(reply);
    }
    cx.throw(error);
    None
}

/// Answers a request with a handler that returns its response.
pub async fn respond_handler(cx: Cx, handler: &'static HandlerFn, exchange: Rc<Exchange>) -> Reply {
    let request = request::new_object(cx, exchange.clone());
    let outcome = async {
        if request::prepare(cx, &request)?.is_err() {
            return Ok(Reply::html(400, error_page::generic(400, "")));
        }
        if !may_change_state(cx, &exchange, &request)? {
            return Ok(csrf::refusal(false, ""));
        }
        let returned = handler(cx, &request)?;
        let now = Rendering::of_request(&request);
        let returned = match lang::settled(cx, &returned) {
            lang::Settled::Now(v) => v,
            _ => Box::pin(lang::wait(cx, &returned)).await?,
        };
        if let Some(html) = super::out::as_html(&returned) {
            let mut out = Out::default();
            rendering(now, || out.markup(html));
            let mut reply = Reply::html(exchange.response.status().unwrap_or(200), out.finish(cx).await?);
            exchange.response.apply(&mut reply);
            return Ok(reply);
        }
        if returned.is_nullish() && !exchange.response.is_ended() {
            let mut reply = Reply::html(exchange.response.status().unwrap_or(200), String::new());
            exchange.response.apply(&mut reply);
            return Ok(reply);
        }
        returned_reply(cx, &exchange, &returned).await
    };
    let begun = exchange.stages.begin();
    let outcome = outcome.await;
    exchange.stages.end(Stage::Handler, begun);
    request::release(&request);
    match outcome {
        Ok(reply) => reply,
        Err(Thrown) => match thrown_redirect(cx) {
            Some(reply) => reply,
            None => Box::pin(failure::failure_page(cx, &exchange, &request)).await,
        },
    }
}
