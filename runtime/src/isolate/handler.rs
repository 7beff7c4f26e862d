//! Requests into app code, and what sessions and tokens add to the replies.

use super::services::IsolateServices;
use super::entered::entered;
use crate::app::RouteKind;
use crate::http::message::{Body, Reply, RequestParts};
use crate::http::exchange::refusal;
use crate::http::{Handler, Target};
use crate::middleware::{self, End};
use crate::page;
use crate::request::{self, Exchange};
use crate::log;
use crate::site::Site;
use puremix_value::Cx;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// The handler of this thread, whose isolate is `cx`.
pub fn new(cx: Cx, site: &'static Site) -> Handler {
    if let Some(services) = services(cx) {
        services.set_site(site);
    }
    Rc::new(move |target, parts| Box::pin(entered(cx, answer(cx, target, parts))))
}

fn services(cx: Cx) -> Option<&'static IsolateServices> {
    request::host(cx).services.as_any().downcast_ref()
}

async fn answer(cx: Cx, target: Target, parts: RequestParts) -> Reply {
    let exchange = Rc::new(Exchange::new(parts));
    let begun = match services(cx) {
        Some(services) => match services.begin(&exchange, uses_session(target)).await {
            Ok(begun) => Some(begun),
            Err(reply) => return reply,
        },
        None => None,
    };
    let shared = Shared(&exchange);
    let mut reply = dispatch(cx, target, exchange.clone()).await;
    drop(shared);
    if log::enabled(log::Level::Debug) {
        log::line(log::Level::Debug, Some(exchange.parts.id), &report(&exchange, &reply));
    }
    if let Some(stages) = exchange.stages.header() {
        reply = reply.with("server-timing", stages);
    }
    if let Some(services) = services(cx) {
        services.finish(cx, &exchange, &mut reply).await;
    }
    // A body that is being written tells its end itself.
    if !matches!(reply.body, Body::Pipe(_)) {
        request::closed(cx, &exchange, true);
    }
    drop(begun);
    reply
}

/// Pages for what is not found may look at it too.
fn uses_session(target: Target) -> bool {
    match target {
        Target::Route(route) | Target::Refused(route) => route.uses_session,
        // The function may be another page's than the one that was rendered.
        Target::Call(_) | Target::Internal | Target::NotFound => true,
    }
}

/// Parts the request object from its exchange when the request is answered or given up.
struct Shared<'a>(&'a Exchange);

impl Drop for Shared<'_> {
    fn drop(&mut self) {
        if let Some(request) = self.0.take_shared() {
            request::release(&request);
        }
    }
}

/// What a request was and what came of it, for the debug log.
fn report(exchange: &Exchange, reply: &Reply) -> String {
    let parts = &exchange.parts;
    let mut text = format!("{} {} -> {}", parts.method(), log::redact::url(parts.url()), reply.status);
    if let Some(file) = exchange.file() {
        text += &format!(" by {file}");
    }
    if let Some(stages) = exchange.stages.text() {
        text += &format!(", {stages}");
    }
    if log::debug::includes_data() {
        let shown = |name: &str, value: &str| if log::redact::is_sensitive(name) { log::redact::HIDDEN.to_owned() } else { value.to_owned() };
        for (name, value) in parts.headers() {
            text += &format!("\n> {name}: {}", shown(name, &value));
        }
        for (name, value) in exchange.form_pairs() {
            text += &format!("\n> field {name}: {}", shown(name, value));
        }
        for (name, value) in &reply.headers {
            text += &format!("\n< {name}: {}", shown(name, value));
        }
    }
    text
}

/// The app's middleware, and then the route.
async fn dispatch(cx: Cx, target: Target, exchange: Rc<Exchange>) -> Reply {
    if let Target::Route(route) | Target::Refused(route) | Target::Call(route) = target {
        exchange.note_route(route);
    }
    let layers = match target {
        Target::Internal => Ok(None),
        _ => middleware::of_app(cx),
    };
    match layers {
        Ok(None) => answer_route(cx, target, exchange).await,
        Ok(Some(layers)) => {
            let behind = exchange.clone();
            let ending = Box::new(move |end| -> Pin<Box<dyn Future<Output = Reply>>> {
                match end {
                    End::Route => Box::pin(answer_route(cx, target, behind)),
                    End::Nothing => Box::pin(page::not_found(cx, behind)),
                }
            });
            Box::pin(middleware::answer(cx, layers, exchange, matches!(target, Target::Route(_) | Target::Call(_)), ending)).await
        }
        Err(_) => page::api_failure(cx, &exchange),
    }
}

async fn answer_route(cx: Cx, target: Target, exchange: Rc<Exchange>) -> Reply {
    let route = match target {
        Target::Route(route) => route,
        Target::Call(route) => return page::respond_call(cx, route, exchange).await,
        Target::Refused(route) => {
            let mut reply = refusal(route, exchange.parts.asked_method());
            exchange.response.apply(&mut reply);
            return reply;
        }
        Target::Internal | Target::NotFound => {
            let mut reply = Box::pin(page::not_found(cx, exchange.clone())).await;
            exchange.response.apply(&mut reply);
            return reply;
        }
    };
    match &route.kind {
        RouteKind::Page(page) => page::respond(cx, page, exchange).await,
        RouteKind::Handler(handler) => page::respond_handler(cx, *handler, exchange).await,
        RouteKind::Api(methods) => {
            let of = |method| methods.iter().find(|m| m.method == Some(method));
            let parts = &exchange.parts;
            match of(parts.asked_method()).or_else(|| of(parts.method())).or_else(|| methods.iter().find(|m| m.method.is_none())) {
                Some(api) => page::respond_api(cx, api.handler, exchange).await,
                // The server has answered methods without a handler.
                None => Box::pin(page::not_found(cx, exchange)).await,
            }
        }
    }
}
