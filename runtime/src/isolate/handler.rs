//! Requests into app code, and what sessions and tokens add to the replies.

use super::services::IsolateServices;
use super::event_loop;
use crate::app::RouteKind;
use crate::http::message::{Reply, RequestParts};
use crate::http::{Handler, Target};
use crate::page;
use crate::request::{self, Exchange};
use crate::site::Site;
use puremix_value::Cx;
use std::rc::Rc;

/// The handler of this thread, whose isolate is `cx`.
pub fn new(cx: Cx, site: &'static Site) -> Handler {
    if let Some(services) = services(cx) {
        services.set_site(site);
    }
    Rc::new(move |target, parts| Box::pin(event_loop::entered(cx, answer(cx, target, parts))))
}

fn services(cx: Cx) -> Option<&'static IsolateServices> {
    request::host(cx).services.as_any().downcast_ref()
}

async fn answer(cx: Cx, target: Target, parts: RequestParts) -> Reply {
    let exchange = Rc::new(Exchange::new(parts));
    if let Some(services) = services(cx) {
        services.begin(&exchange).await;
    }
    let mut reply = dispatch(cx, target, exchange.clone()).await;
    if let Some(stages) = exchange.stages.header() {
        reply = reply.with("server-timing", stages);
    }
    if let Some(services) = services(cx) {
        services.finish(cx, &exchange, &mut reply).await;
    }
    reply
}

async fn dispatch(cx: Cx, target: Target, exchange: Rc<Exchange>) -> Reply {
    let Target::Route(route) = target else { return page::not_found(cx, exchange).await };
    exchange.note_route(route);
    match &route.kind {
        RouteKind::Page(page) => page::respond(cx, page, exchange).await,
        RouteKind::Handler(handler) => page::respond_handler(cx, *handler, exchange).await,
        RouteKind::Api(methods) => {
            let method = exchange.parts.method();
            let exact = methods.iter().find(|m| m.method == Some(method));
            match exact.or_else(|| methods.iter().find(|m| m.method.is_none())) {
                Some(api) => page::respond_api(cx, api.handler, exchange).await,
                // The server has answered methods without a handler.
                None => page::not_found(cx, exchange).await,
            }
        }
    }
}
