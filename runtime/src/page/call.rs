//! Calls of server functions by the wire protocol (docs/wire-protocol.md): the function runs as for a form, and its own value is the answer.

use super::component::instance_alone;
use super::instance::{self, Instance, Instances, Told};
use super::respond::{Shown, may_change_state, redirect_of, run_action, show_page, thrown_redirect};
use super::{actions, escape, failure};
use crate::app::{ActionDef, PageDef, RouteDef, RouteKind};
use crate::csrf;
use crate::http::call::Render;
use crate::http::exchange::{call_answer, call_refusal};
use crate::http::message::Reply;
use crate::lang;
use crate::middleware;
use crate::request::{self, BadRequest, Exchange, host};
use actix_http::StatusCode;
use puremix_value::{Cx, R, Thrown, Value};
use std::rc::Rc;

/// Answers a call of a function of the route's page. Nothing is thrown out of here. What the function answers through its response, and what a
/// middleware for errors does, is still to be put into the protocol's form.
pub async fn respond_call(cx: Cx, route: &'static RouteDef, exchange: Rc<Exchange>) -> Reply {
    let request = request::new_object(cx, exchange.clone());
    let mut reply = match answer(cx, route, &exchange, &request).await {
        Ok(reply) => reply,
        Err(Thrown) => match thrown_redirect(cx) {
            Some(reply) => reply,
            None => match Box::pin(middleware::rescue(cx, &exchange, &request)).await {
                Some(reply) => reply,
                None => failure_answer(cx, &exchange),
            },
        },
    };
    // What the function said of its body's type was meant for another body.
    if !exchange.response.has_begun() {
        exchange.response.remove_header("content-type");
        exchange.response.remove_header("content-length");
    }
    exchange.response.apply(&mut reply);
    request::release(&request);
    reply
}

async fn answer(cx: Cx, route: &'static RouteDef, exchange: &Exchange, request: &Value) -> R<Reply> {
    if let Err(BadRequest(why)) = request::prepare(cx, request)? {
        return Ok(call_refusal(400, &why));
    }
    if !may_change_state(cx, exchange, request)? {
        return Ok(token_refusal(cx, exchange));
    }
    let call = exchange.parts.call.as_ref();
    let name = call.map(|call| call.name()).unwrap_or_default();
    let RouteKind::Page(page) = &route.kind else { return Ok(call_refusal(404, &format!("no function `{name}` here"))) };
    let (action, called) = match call.and_then(|call| call.component_id.as_deref()) {
        None => (actions::find(page, &name), None),
        Some(id) => match find_instance(cx, page, exchange, request, &name, id).await? {
            Ok((action, called)) => (Some(action), Some(called)),
            Err(refusal) => return Ok(refusal),
        },
    };
    let Some(action) = action else { return Ok(call_refusal(404, &format!("no function `{name}` here"))) };
    if let Some(called) = &called {
        called.tell(cx, request, call.and_then(|call| call.component_id.as_deref()).unwrap_or_default());
    }
    let returned = run_action(cx, action, exchange, request).await?;
    if let Some(reply) = request::take_reply(exchange) {
        return Ok(reply);
    }
    let mut json = String::from("{\"result\":");
    json.push_str(&lang::json_text(cx, &returned)?);
    // Loaders may set another status, which is the page's. One that goes without a body would lose the result.
    let status = exchange.response.status().filter(|s| matches!(s, 200..=203 | 400..600)).unwrap_or(200);
    let next = match redirect_of(cx, &returned)? {
        Some(reply) => Next::Redirect(reply),
        None if returned.is_object() && lang::truthy(&lang::get(cx, &returned, "reload")?) => Next::Reload,
        None => match call.map_or(Render::Nothing, |call| call.render) {
            Render::Nothing => Next::Nothing,
            Render::OtherPage => Next::Reload,
            render @ (Render::Page | Render::WholePage) => {
                let shown = match &called {
                    None => Box::pin(shown_page(cx, page, exchange, request, &returned, Rc::default())).await,
                    Some(called) if render == Render::WholePage => {
                        Box::pin(shown_page(cx, page, exchange, request, &returned, called.instances(&returned))).await
                    }
                    Some(called) => Box::pin(shown_instance(cx, page, exchange, request, &returned, called)).await,
                };
                shown.unwrap_or_else(|Thrown| not_shown(cx, exchange))
            }
        },
    };
    next.write(&mut json);
    json.push('}');
    Ok(call_answer(status, json))
}

/// What the client does after a call, beside taking its result.
enum Next {
    Nothing,
    Redirect(Reply),
    Reload,
    Show { html: String, data: Option<String> },
}

impl Next {
    fn write(&self, json: &mut String) {
        match self {
            Next::Nothing => {}
            Next::Redirect(reply) => {
                if let Some(location) = reply.header("location") {
                    json.push_str(",\"redirect\":");
                    escape::json_string(json, location);
                }
            }
            Next::Reload => json.push_str(",\"reload\":true"),
            Next::Show { html, data } => {
                json.push_str(",\"html\":");
                escape::json_string(json, html);
                if let Some(data) = data {
                    json.push_str(",\"data\":");
                    json.push_str(data);
                }
            }
        }
    }
}

/// The page as it is after its function has run.
async fn shown_page(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value, action_result: &Value, instances: Rc<Instances>) -> R<Next> {
    Ok(match show_page(cx, page, exchange, request, action_result, 200, instances).await? {
        Shown::Document { text, data, .. } => Next::Show { html: text, data },
        Shown::Reply(reply) => instead(reply),
    })
}

/// The component as it is after its function has run.
async fn shown_instance(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value, action_result: &Value, called: &Called) -> R<Next> {
    let mut now = called.instance.clone();
    if called.is_of_page {
        // The page may give it other props by now, or may not show it any more.
        let instances = Instances::wanting(now.place);
        if let Shown::Reply(reply) = show_page(cx, page, exchange, request, action_result, 200, instances.clone()).await? {
            return Ok(instead(reply));
        }
        match instances.take_found() {
            Some(found) => now = found,
            None => return Ok(Next::Reload),
        }
    }
    Ok(Next::Show { html: instance_alone(cx, called.def, &now, request, action_result).await?, data: None })
}

/// What the client does where a page answered something else than its document.
fn instead(reply: Reply) -> Next {
    if (300..400).contains(&reply.status) && reply.header("location").is_some() { Next::Redirect(reply) } else { Next::Reload }
}

/// After the function has done its work, what goes wrong does not take its result away: the client is told to load the page, and sees then what is wrong.
fn not_shown(cx: Cx, exchange: &Exchange) -> Next {
    match thrown_redirect(cx) {
        Some(reply) => Next::Redirect(reply),
        None => {
            let error = cx.take_exception();
            host(cx).services.failed(exchange, &failure::describe(cx, &error));
            Next::Reload
        }
    }
}

/// The component that a call is for.
pub(super) struct Called {
    def: &'static PageDef,
    instance: Instance,
    /// Its props are not in its id: the page has them.
    is_of_page: bool,
}

impl Called {
    /// What the function finds in its request.
    pub fn tell(&self, cx: Cx, request: &Value, id: &str) {
        let Some(object) = request.as_obj() else { return };
        lang::put(cx, object, "componentProps", self.instance.props.clone());
        lang::put(cx, object, "componentName", Value::from(self.def.name.to_owned()));
        lang::put(cx, object, "componentId", Value::from(id.to_owned()));
    }

    /// For the rendering after its function.
    pub fn instances(&self, returned: &Value) -> Rc<Instances> {
        Instances::called(self.instance.place, returned)
    }
}

type Found = Result<(&'static ActionDef, Called), Reply>;

/// The function and the instance that a component's id names. The inner error is the refusal.
pub(super) async fn find_instance(cx: Cx, page: &'static PageDef, exchange: &Exchange, request: &Value, name: &str, id: &str) -> R<Found> {
    let gone = |status: u16, why: &str| {
        let mut json = String::from("{\"error\":");
        escape::json_string(&mut json, why);
        json.push_str(",\"reload\":true}");
        Ok(Err(call_answer(status, json)))
    };
    let candidates = actions::find_components(page, name);
    if candidates.is_empty() {
        return Ok(Err(call_refusal(404, &format!("no function `{name}` of a component here"))));
    }
    let told = candidates.into_iter().find_map(|(def, action)| Some((def, action, instance::read(cx, exchange, def, id)?)));
    let Some((def, action, told)) = told else { return gone(403, "`componentId` is not one that this visitor's page has for this component") };
    let place = match told {
        Told::Whole(instance) => return Ok(Ok((action, Called { def, instance, is_of_page: false }))),
        Told::Expired => return gone(403, "`componentId` has expired: load the page again"),
        Told::Place(place) => place,
    };
    let instances = Instances::wanting(place);
    let shown = Box::pin(show_page(cx, page, exchange, request, &Value::Undefined, 200, instances.clone())).await?;
    match (shown, instances.take_found()) {
        (Shown::Document { .. }, Some(instance)) => Ok(Ok((action, Called { def, instance, is_of_page: true }))),
        (Shown::Reply(reply), _) if (300..400).contains(&reply.status) => Ok(Err(reply)),
        _ => gone(404, "the page does not show this component any more"),
    }
}

/// The refusal of a call without a valid token, with a new one. Pages of other sites may make browsers send calls, but cannot read what comes back.
fn token_refusal(cx: Cx, exchange: &Exchange) -> Reply {
    let mut json = String::from("{\"error\":\"no valid token: send X-CSRF-Token, or Origin as browsers do\"");
    if csrf::says_nothing_foreign(&exchange.parts) {
        json.push_str(",\"csrf\":");
        escape::json_string(&mut json, &host(cx).services.csrf_token(exchange));
    }
    json.push('}');
    call_answer(403, json)
}

/// The answer for the exception that waits in the isolate. Who is to blame is told more: a status below 500, and a validation that failed, come with their
/// message; of a failure of the server the caller learns the number under which it was logged, and in development everything.
fn failure_answer(cx: Cx, exchange: &Exchange) -> Reply {
    let error = cx.take_exception();
    let errors = failure::status_of(cx, &error).is_none_or(|status| status < 500).then(|| field_errors(cx, &error)).flatten();
    let failed = failure::describe(cx, &error);
    let status = failure::status_of(cx, &error)
        .or_else(|| failure::is_split_attempt(cx, exchange, &error).then_some(400))
        .unwrap_or(if failed.name == "ValidationError" && errors.is_some() { 422 } else { 500 });
    let mut json = String::from("{\"error\":");
    if status < 500 {
        escape::json_string(&mut json, &failed.message);
        if let Some(errors) = errors {
            json.push_str(",\"errors\":");
            json.push_str(&errors);
        }
    } else {
        let services = &host(cx).services;
        let reference = services.failed(exchange, &failed);
        let reason = StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Internal Server Error");
        escape::json_string(&mut json, if services.is_dev() { &failed.message } else { reason });
        json.push_str(",\"requestId\":");
        escape::json_string(&mut json, &reference);
        if services.is_dev() {
            json.push_str(",\"stack\":");
            escape::json_string(&mut json, &failed.stack);
        }
    }
    json.push('}');
    call_answer(status, json)
}

/// The `errors` of an exception as JSON: an array as it is; of an object each field's message, as mongoose has them. `None` where there are none.
fn field_errors(cx: Cx, error: &Value) -> Option<String> {
    let read = || -> R<Option<String>> {
        let errors = if error.is_object() { lang::get(cx, error, "errors")? } else { Value::Undefined };
        let Some(object) = errors.as_obj().filter(|o| !o.is_callable()) else { return Ok(None) };
        if object.is_array() {
            return lang::json_body(cx, &errors);
        }
        let fields = puremix_value::Obj::plain(cx);
        for key in lang::keys(cx, object) {
            let said = lang::get_key(cx, &errors, &key)?;
            let message = if said.is_object() { lang::get(cx, &said, "message")? } else { Value::Undefined };
            fields.put(cx, &key, if matches!(message, Value::Str(_)) { message } else { said });
        }
        lang::json_body(cx, &fields.into())
    };
    read().unwrap_or_else(|Thrown| {
        cx.take_exception();
        None
    })
}
