//! Requests that call a server function (docs/wire-protocol.md). Each becomes the request that a form of its page would have made, with the page's own
//! URL: middleware, limits and sessions of that path hold for calls as for forms. What they answer is put into the protocol's form.

use super::Exchange;
use crate::app::{RouteDef, RouteKind};
use crate::csrf::Verdict;
use crate::http::call::{self, Call, Envelope, Render};
use crate::http::incoming::{self, Read};
use crate::http::message::{Body, Params, Reply, RequestParts};
use crate::http::outgoing::{Asker, Outgoing};
use crate::http::router::{By, Router};
use crate::http::{Target, cors};
use crate::log;
use crate::page::{self, escape};
use actix_http::{Payload, Response, StatusCode};

/// The header of each answer of the protocol, and its version.
pub(crate) const PROTOCOL: (&str, &str) = ("x-puremix-protocol", "1");

impl Exchange {
    /// Answers a request for [`call::PATH`].
    pub(super) async fn call(&self, mut parts: RequestParts, payload: Payload, asker: Asker) -> Response<Outgoing> {
        let site = self.site;
        let cors = site.settings.cors.as_ref().map(|cors| (cors, cors::Asked::of(&parts)));
        if parts.asked_method() != "POST" {
            return self.respond(super::not_allowed(vec!["POST"], parts.asked_method()), asker);
        }
        let reply = match self.admit(&mut parts, payload).await {
            Ok(route) => match site.rate_limits.count(&parts) {
                Ok(counted) => {
                    let mut reply = self.handle(Target::Call(route), parts).await;
                    site.rate_limits.answered(&counted, &mut reply);
                    reply
                }
                Err(reply) => {
                    log::line(log::Level::Info, Some(parts.id), &format!("call for {}: too many requests from {}", parts.path(), parts.remote_addr()));
                    reply
                }
            },
            Err(reply) => reply,
        };
        let mut reply = in_protocol(reply);
        if let Some((cors, asked)) = cors {
            cors::add(cors, &asked, &mut reply);
        }
        self.finish(reply, asker).await
    }

    /// Reads the call and makes its request the page's.
    async fn admit(&self, parts: &mut RequestParts, payload: Payload) -> Result<&'static RouteDef, Reply> {
        let id = parts.id;
        let refused = |status: u16, why: &str| {
            log::line(log::Level::Info, Some(id), &format!("call refused: {why}"));
            told(status, why)
        };
        // Where only a token can tell, the isolate asks for it.
        if let Verdict::Refuse(why) = self.site.judge(parts, false) {
            return Err(refused(403, why));
        }
        if !call::is_readable(crate::body::kind(parts.header("content-type"))) {
            return Err(refused(415, "a call is JSON or a multipart form"));
        }
        let settings = &self.site.settings;
        let envelope = match incoming::read_body(payload, parts.header_map(), &settings.limits, &settings.upload).await {
            Ok(Read::Bytes(body)) => call::of_json(&body),
            Ok(Read::Form(form)) => call::of_form(form),
            Err(refusal) => return Err(told(refusal.status, &refusal.reason)),
        };
        let Envelope { mut call, route, data, form } = envelope.map_err(|why| refused(400, &why))?;
        let place = place(self.router.get(), &call, route.as_deref()).map_err(|(status, why)| refused(status, &why))?;
        if parts.readdress(&place.url).is_err() {
            return Err(refused(400, "`route` is not a path"));
        }
        if !place.is_callers && call.render != Render::Nothing {
            call.render = Render::OtherPage;
        }
        parts.params = place.params;
        parts.set_body(data);
        parts.form = form;
        parts.call = Some(Box::new(call));
        Ok(place.route)
    }
}

/// Whose function is called.
struct Place {
    route: &'static RouteDef,
    params: Params,
    /// Path and query of the page.
    url: String,
    /// Whether it is the page that the call names, or the call names none.
    is_callers: bool,
}

/// The page that has the function: the one that the call names, with its components and layouts; else the only other page of the app whose function has that
/// name. That page's own path is then the request's, so that nobody goes round what stands before it.
fn place(router: &Router, call: &Call, url: Option<&str>) -> Result<Place, (u16, String)> {
    let name = call.name();
    if let Some(url) = url {
        let url = url.split('#').next().unwrap_or_default();
        let raw = crate::http::path::encode_location(url.split('?').next().unwrap_or_default());
        if !raw.starts_with('/') {
            return Err((400, "`route` is not a path".to_owned()));
        }
        let found = router.find(&raw).map_err(|_| (400, "`route` is malformed".to_owned()))?;
        // As for requests: the server's own paths stand above patterns.
        let found = found.filter(|f| f.by == By::Literal || !raw.starts_with("/_puremix/"));
        if let Some(found) = found
            && let RouteKind::Page(page) = &found.route.kind
            && page::has_function(page, &name)
        {
            return Ok(Place { route: found.route, params: found.params, url: crate::http::path::encode_location(url), is_callers: true });
        }
    }
    // A component stands on the page that the id is for.
    if call.component_id.is_some() {
        return Err((404, format!("no function `{name}` of a component here")));
    }
    let owners = page::owners(router.routes(), &name);
    match owners.as_slice() {
        [] => Err((404, format!("no function `{name}` here"))),
        [route] => match page::literal_path(route) {
            Some(path) => Ok(Place { route, params: Vec::new(), url: path, is_callers: url.is_none() }),
            None => Err((404, format!("`{name}` belongs to a page with parameters, which `route` must name"))),
        },
        several => Err((409, format!("`{name}` is a function of {} pages: `route` must name one of them", several.len()))),
    }
}

/// An answer of the protocol that says only what is wrong.
pub(crate) fn told(status: u16, why: &str) -> Reply {
    let mut text = String::from("{\"error\":");
    escape::json_string(&mut text, why);
    text.push('}');
    answer(status, text)
}

/// An answer of the protocol.
pub(crate) fn answer(status: u16, json: String) -> Reply {
    Reply::json(status, json).with("cache-control", "no-store").with(PROTOCOL.0, PROTOCOL.1)
}

/// What middleware, the function itself through its response, or a limit has answered, as the protocol says it: a redirect, an error, or a result. Bytes,
/// files and streams stay what they are.
fn in_protocol(mut reply: Reply) -> Reply {
    if reply.header(PROTOCOL.0).is_some() {
        return reply;
    }
    let mut json = String::from("{");
    let mut status = reply.status;
    match (reply.header("location").filter(|_| (300..400).contains(&reply.status)), kept_text(&reply)) {
        (Some(location), _) => {
            json.push_str("\"redirect\":");
            escape::json_string(&mut json, location);
            status = 200;
        }
        (None, None) => return reply,
        (None, Some(Kept::Json(text))) if reply.status >= 400 && text.starts_with('{') => {
            let text = text.to_owned();
            return replaced(reply, status, text);
        }
        (None, Some(kept)) if reply.status >= 400 => {
            json.push_str("\"error\":");
            let reason = || StatusCode::from_u16(reply.status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error");
            match kept {
                Kept::Json(text) => json.push_str(text),
                Kept::Text(text) => escape::json_string(&mut json, text.trim_end()),
                Kept::Page(_) | Kept::Nothing => escape::json_string(&mut json, reason()),
            }
        }
        (None, Some(kept)) => {
            json.push_str("\"result\":");
            match kept {
                Kept::Json(text) => json.push_str(text),
                Kept::Text(text) | Kept::Page(text) => escape::json_string(&mut json, text),
                Kept::Nothing => json.push_str("null"),
            }
            status = if matches!(status, 201 | 202) { status } else { 200 };
        }
    }
    json.push('}');
    reply.headers.retain(|(name, _)| name != "location");
    replaced(reply, status, json)
}

/// The reply with this body instead, and without what described the other.
fn replaced(mut reply: Reply, status: u16, json: String) -> Reply {
    reply.headers.retain(|(name, _)| !matches!(name.as_ref(), "content-type" | "content-length" | "etag" | "cache-control"));
    let told = answer(status, json);
    reply.headers.extend(told.headers);
    Reply { status, reason: None, headers: reply.headers, body: told.body }
}

/// A body that is text.
enum Kept<'a> {
    Json(&'a str),
    Text(&'a str),
    Page(&'a str),
    Nothing,
}

fn kept_text(reply: &Reply) -> Option<Kept<'_>> {
    let text = match &reply.body {
        Body::Empty => return Some(Kept::Nothing),
        Body::Text(text) => text.as_str(),
        Body::Bytes(bytes) => std::str::from_utf8(bytes).ok()?,
        Body::Static(bytes) => std::str::from_utf8(bytes).ok()?,
        Body::File(_) | Body::Stream(_) | Body::Pipe(_) => return None,
    };
    // An attachment is to be kept, not to be shown.
    if reply.header("content-disposition").is_some() {
        return None;
    }
    match reply.header("content-type").map(|t| t.split(';').next().unwrap_or_default().trim()) {
        Some("application/json") => Some(Kept::Json(text)),
        // `response.send` calls every text HTML.
        Some("text/html") if text.contains('<') => Some(Kept::Page(text)),
        Some("text/html" | "text/plain") | None => Some(Kept::Text(text)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
