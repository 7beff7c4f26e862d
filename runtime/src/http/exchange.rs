//! One request to one response: checks, routing, static files, the handler, and what every response gets.

use super::assets::{self, Asset, Conditions};
use super::incoming::{self, Refusal};
use super::message::{Body, Reply, RequestParts};
use super::outgoing::{self, Asker, FileBody, Fixed, Outgoing};
use super::watched::Gone;
use super::router::{By, Found, Router};
use super::access::Begun;
use super::sent_file::{self, SentFile};
use super::{Handler, Target, call, cors, encoding, forwarded, health, path};
use crate::app::{PageDef, RouteDef, RouteKind};
use crate::csrf::{self, Verdict};
use crate::log;
use crate::page::{client, error_page, escape};
use crate::site::Site;
use actix_http::{Request, Response};
use std::borrow::Cow;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

mod called;

pub(crate) use called::{answer as call_answer, told as call_refusal};

/// What one thread needs to answer requests.
pub struct Exchange {
    site: &'static Site,
    handler: Handler,
    /// The site's, unless a reload has replaced it.
    router: Cell<&'static Router>,
    front: Option<Front>,
    fixed: Fixed,
    /// `public/` of the working directory.
    public: PathBuf,
}

/// Asked for each request that no literal route answers, before files and the other routes.
pub type Front = Rc<dyn Fn(&RequestParts) -> Option<Reply>>;

impl Exchange {
    pub fn new(site: &'static Site, handler: Handler) -> Exchange {
        Exchange { site, handler, router: Cell::new(&site.router), front: None, fixed: Fixed::new(&site.settings), public: PathBuf::from("public") }
    }

    /// The same with something in front of files and routes with parameters.
    #[must_use]
    pub fn with_front(self, front: Front) -> Exchange {
        Exchange { front: Some(front), ..self }
    }

    /// From the next request on, these routes answer.
    pub fn set_router(&self, router: &'static Router) {
        self.router.set(router);
    }

    /// Answers one request; never fails.
    pub async fn answer(&self, request: Request) -> Response<Outgoing> {
        let site = self.site;
        let id = site.next_request();
        let gone = request.conn_data::<Rc<Gone>>().cloned().inspect(|gone| gone.forget());
        let (mut head, payload) = request.into_parts();
        let is_head = head.method == actix_http::Method::HEAD;
        let begun = Begun::new(id, &head, &site.settings);
        // Routes answer it as GET; the length is still told to who asked by HEAD.
        if is_head {
            head.method = actix_http::Method::GET;
        }
        let is_https = self.fixed.asks_for_scheme() && forwarded::protocol(&site.settings.trust, head.peer_addr, &head.headers) == "https";
        let asker = Asker { id, is_head, coding: self.fixed.coding(&head.headers), is_https, wants_file: false };
        let limits = &site.settings.limits;
        let response = match incoming::check_head(&head, limits, &site.settings.security) {
            Err(refusal) => self.respond(refuse(refusal), asker),
            Ok(()) => match decoded_path(head.uri.path()) {
                Err(_) => self.respond(refuse(Refusal { status: 400, reason: "malformed path".into() }), asker),
                Ok(decoded) => {
                    let mut parts = RequestParts::new(head, decoded, &site.settings.trust, id);
                    parts.gone = gone;
                    parts.is_head = is_head;
                    self.route(parts, payload, asker).await
                }
            },
        };
        begun.finish(response)
    }

    async fn route(&self, mut parts: RequestParts, payload: actix_http::Payload, asker: Asker) -> Response<Outgoing> {
        let site = self.site;
        let cors = site.settings.cors.as_ref();
        if let Some(reply) = cors.and_then(|c| cors::preflight(c, &parts)) {
            return self.respond(reply, asker);
        }
        let found = match self.router.get().find(parts.raw_path()) {
            Ok(found) => found,
            Err(_) => return self.respond(refuse(Refusal { status: 400, reason: "malformed path".into() }), asker),
        };
        // The server's own paths stand above patterns: a catch-all must not hide the health check.
        let found = found.filter(|f| f.by == By::Literal || !parts.path().starts_with("/_puremix/"));
        if found.is_none() && parts.raw_path() == call::PATH {
            return Box::pin(self.call(parts, payload, asker)).await;
        }
        // Files stand between literal routes and the others.
        if found.as_ref().is_none_or(|f| f.by != By::Literal) {
            if let Some(mut reply) = self.front.as_ref().and_then(|front| front(&parts)) {
                if let Body::File(file) = &mut reply.body {
                    file.asked = sent_file::Asked::of(&parts);
                }
                return self.finish(reply, asker).await;
            }
            if let Some(response) = self.file(&parts, found.as_ref(), asker).await {
                return response;
            }
        }
        let is_own = found.is_none() && (parts.path().starts_with("/_puremix/") || parts.path() == "/health");
        let counted = if is_own { Vec::new() } else {
            match site.rate_limits.count(&parts) {
                Ok(counted) => counted,
                Err(mut reply) => {
                    log::line(log::Level::Info, Some(parts.id), &format!("{} {}: too many requests from {}", parts.method(), parts.path(), parts.remote_addr()));
                    if let Some(cors) = cors {
                        cors::add(cors, &cors::Asked::of(&parts), &mut reply);
                    }
                    return self.respond(reply, asker);
                }
            }
        };
        let target = match found {
            Some(Found { route, params, .. }) => {
                parts.params = params;
                if !answers(route, parts.asked_method()) {
                    Target::Refused(route)
                } else if let Some(reply) = self.cross_site_refusal(route, &parts) {
                    return self.respond(reply, asker);
                } else {
                    Target::Route(route)
                }
            }
            None => match health::answer(site, &parts) {
                Some(reply) => return self.respond(reply, asker),
                None if parts.path().starts_with("/_puremix/") => Target::Internal,
                None => Target::NotFound,
            },
        };
        if parts.may_have_body() {
            match Box::pin(incoming::read_body(payload, parts.header_map(), &site.settings.limits, &site.settings.upload)).await {
                Ok(incoming::Read::Bytes(body)) => parts.body = body,
                Ok(incoming::Read::Form(form)) => parts.form = Some(form),
                Err(refusal) => return self.respond(refuse_body(refusal, &parts), asker),
            }
        }
        let asked = cors.map(|_| cors::Asked::of(&parts));
        let mut reply = self.handle(target, parts).await;
        site.rate_limits.answered(&counted, &mut reply);
        if let (Some(cors), Some(asked)) = (cors, asked) {
            cors::add(cors, &asked, &mut reply);
        }
        self.finish(reply, asker).await
    }

    /// 403 for a request that another site's page has made, before its body is read. Where only a token can tell, the isolate asks for it.
    fn cross_site_refusal(&self, route: &RouteDef, parts: &RequestParts) -> Option<Reply> {
        if !csrf::is_unsafe(parts.method()) {
            return None;
        }
        let is_api = matches!(route.kind, RouteKind::Api(_));
        match self.site.judge(parts, is_api) {
            Verdict::Allow | Verdict::NeedsToken => None,
            Verdict::Refuse(why) => {
                log::line(log::Level::Info, Some(parts.id), &format!("{} {}: {why}", parts.method(), parts.path()));
                Some(csrf::refusal(is_api, why))
            }
        }
    }

    async fn finish(&self, mut reply: Reply, asker: Asker) -> Response<Outgoing> {
        match std::mem::take(&mut reply.body) {
            Body::File(file) => Box::pin(self.named_file(reply, *file, asker)).await,
            body => {
                reply.body = body;
                self.respond(reply, asker)
            }
        }
    }

    /// Runs the handler. A panic in it is a bug of ours: it ends this request, not the server.
    async fn handle(&self, target: Target, parts: RequestParts) -> Reply {
        let id = parts.id;
        let begin = AssertUnwindSafe(|| (self.handler)(target, parts));
        let mut future = match catch_unwind(begin) {
            Ok(future) => future,
            Err(_) => return panicked(id),
        };
        let mut guarded = std::future::poll_fn(move |cx| {
            match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
                Ok(Poll::Pending) => Poll::Pending,
                Ok(Poll::Ready(reply)) => Poll::Ready(reply),
                Err(_) => Poll::Ready(panicked(id)),
            }
        });
        // Most answers are ready at once and need no timer.
        if let Poll::Ready(reply) = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut guarded).poll(cx))).await {
            return reply;
        }
        let limit = self.site.settings.limits.handler_timeout;
        if limit.is_zero() {
            return guarded.await;
        }
        Box::pin(tokio::time::timeout(limit, guarded)).await.unwrap_or_else(|_| {
            log::error(Some(id), &format!("no answer within {} ms", limit.as_millis()));
            Reply::html(504, error_page::generic(504, &format!("{id:x}")))
        })
    }

    /// An embedded file, or one of `public/` on disk.
    async fn file(&self, parts: &RequestParts, found: Option<&Found>, asker: Asker) -> Option<Response<Outgoing>> {
        if parts.method() != "GET" {
            return None;
        }
        if let Some(reply) = client::file(parts.path(), conditions(parts)) {
            return Some(self.respond(reply, Asker { wants_file: true, ..asker }));
        }
        match self.site.assets.find(parts.path()) {
            Some(Asset::File(asset)) => return Some(self.respond(self.shared(parts, assets::embedded(asset, conditions(parts))), Asker { wants_file: true, ..asker })),
            Some(Asset::Directory) => {
                let query = parts.url().find('?').map_or("", |at| &parts.url()[at..]);
                let location = format!("{}/{query}", parts.raw_path());
                return Some(self.respond(Reply::status(301).with("location", location), asker));
            }
            None => {}
        }
        // A route with parameters is asked before the disk unless the path looks like a file's.
        let path = parts.path();
        let looks_like_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        if found.is_some() && !looks_like_file || path.starts_with("/_puremix/") || !self.public.is_dir() {
            return None;
        }
        let (root, path) = (self.public.clone(), path.strip_prefix("/public").filter(|p| p.starts_with('/')).unwrap_or(path).to_owned());
        let opened = tokio::task::spawn_blocking(move || assets::open_below(&root, &path)).await.ok()??;
        let (head, range) = assets::file_head(&opened, conditions(parts), true);
        Some(self.send_file(self.shared(parts, head), opened.file, range, Asker { wants_file: true, ..asker }))
    }

    /// The reply, with what scripts of other sites need to read it.
    fn shared(&self, parts: &RequestParts, mut reply: Reply) -> Reply {
        if let Some(cors) = &self.site.settings.cors {
            cors::add(cors, &cors::Asked::of(parts), &mut reply);
        }
        reply
    }

    /// A file that a handler answers with.
    async fn named_file(&self, mut reply: Reply, file: SentFile, asker: Asker) -> Response<Outgoing> {
        let name = file.path.clone();
        let opened = tokio::task::spawn_blocking(move || assets::open_named(&name)).await;
        match opened {
            Ok(Ok(Some(opened))) => {
                let range = sent_file::complete(&mut reply, &opened, &file);
                if matches!(reply.status, 304 | 412 | 416) {
                    return self.respond(reply, asker);
                }
                self.send_file(reply, opened.file, range, asker)
            }
            Ok(Ok(None)) | Err(_) => self.file_missing(&file.path, "not a plain file", asker),
            Ok(Err(e)) => self.file_missing(&file.path, &e.to_string(), asker),
        }
    }

    fn file_missing(&self, file: &Path, why: &str, asker: Asker) -> Response<Outgoing> {
        log::error(Some(asker.id), &format!("cannot send {}: {why}", file.display()));
        self.respond(Reply::html(404, error_page::generic(404, &format!("{:x}", asker.id))), asker)
    }

    fn send_file(&self, head: Reply, file: std::fs::File, range: std::ops::Range<u64>, asker: Asker) -> Response<Outgoing> {
        match FileBody::new(file, range) {
            Ok(body) => outgoing::file_response(head, body, asker, &self.fixed),
            Err(e) => self.file_missing(Path::new("file"), &e.to_string(), asker),
        }
    }

    fn respond(&self, reply: Reply, asker: Asker) -> Response<Outgoing> {
        outgoing::response(reply, asker, &self.fixed, |name| {
            log::error(Some(asker.id), &format!("response header `{name}` left out: it has characters that HTTP does not allow"));
        })
    }
}

/// The decoded path where it differs from the path as sent.
fn decoded_path(raw: &str) -> Result<Option<String>, path::BadPath> {
    Ok(match path::decode(raw)? {
        Cow::Borrowed(_) => None,
        Cow::Owned(decoded) => Some(decoded),
    })
}

fn panicked(id: u64) -> Reply {
    log::error(Some(id), "the handler panicked (a bug in puremixc); the message stands above");
    Reply::html(500, error_page::generic(500, &format!("{id:x}")))
}

/// To scripts and API clients as JSON.
fn refuse_body(refusal: Refusal, parts: &RequestParts) -> Reply {
    let is_page = parts.header("accept").is_some_and(|a| a.contains("text/html"));
    if is_page || !parts.header("accept").is_some_and(|a| a.contains("json")) && parts.header("x-requested-with").is_none() {
        return refuse(refusal);
    }
    let mut text = String::from("{\"error\":");
    escape::json_string(&mut text, &refusal.reason);
    text.push('}');
    Reply::json(refusal.status, text)
}

fn refuse(refusal: Refusal) -> Reply {
    let reply = Reply::text(refusal.status, format!("{} {}\n", refusal.status, refusal.reason));
    if refusal.status == 415 { reply.with("accept-encoding", encoding::decode::ACCEPTED) } else { reply }
}

/// Whether the route answers the method itself.
fn answers(route: &'static RouteDef, method: &str) -> bool {
    allowed_methods(route, method).is_none_or(|allowed| method != "OPTIONS" && allowed.contains(&method))
}

/// The methods that the route answers; `None` when this one is among them or all are.
fn allowed_methods(route: &'static RouteDef, method: &str) -> Option<Vec<&'static str>> {
    Some(match &route.kind {
        RouteKind::Handler(_) => return None,
        RouteKind::Page(page) if documents(page).any(|d| !d.actions.is_empty()) => vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        // The forms of its components, whose actions are their own; and loaders read `request.body` themselves.
        RouteKind::Page(page) if documents(page).any(|d| d.has_forms || !d.loaders.is_empty()) => vec!["GET", "HEAD", "POST"],
        RouteKind::Page(page) if !matches!(method, "GET" | "HEAD") && crate::page::parts_of(page).iter().any(|d| d.has_forms) => vec!["GET", "HEAD", "POST"],
        RouteKind::Page(_) => vec!["GET", "HEAD"],
        RouteKind::Api(methods) => {
            if methods.iter().any(|m| m.method.is_none_or(|m| m == method || m == "GET" && method == "HEAD")) {
                return None;
            }
            methods.iter().filter_map(|m| m.method).collect()
        }
    })
}

/// 405 with `Allow`, or what the route says to OPTIONS.
pub fn refusal(route: &'static RouteDef, method: &str) -> Reply {
    not_allowed(allowed_methods(route, method).unwrap_or_default(), method)
}

/// 405 with these methods and those that follow from them, or the answer to OPTIONS.
pub(crate) fn not_allowed(mut allowed: Vec<&str>, method: &str) -> Reply {
    if allowed.contains(&"GET") && !allowed.contains(&"HEAD") {
        allowed.push("HEAD");
    }
    if !allowed.contains(&"OPTIONS") {
        allowed.push("OPTIONS");
    }
    let allow = allowed.join(", ");
    match method {
        "OPTIONS" => Reply::status(204).with("allow", allow),
        _ => Reply::text(405, "405 method not allowed\n".to_owned()).with("allow", allow),
    }
}

/// A page and its layouts.
fn documents(page: &'static PageDef) -> impl Iterator<Item = &'static PageDef> {
    std::iter::successors(Some(page), |page| page.layout)
}

/// What a request asks of a public file.
fn conditions(parts: &RequestParts) -> Conditions<'_> {
    Conditions { if_none_match: parts.header("if-none-match"), if_range: parts.header("if-range"), range: parts.header("range") }
}

/// The type of a handler's answer.
pub type Answer = Pin<Box<dyn Future<Output = Reply>>>;
