//! What pages ask of the server: configuration, sessions, tokens, the log.

use super::sessions;
use crate::app::AppDef;
use crate::config;
use crate::csrf::{self, Csrf, Verdict};
use crate::http::message::Reply;
use crate::lang;
use crate::log;
use crate::page::error_page::{Excerpt, Failure};
use crate::request::{Exchange, Services};
use crate::site::Site;
use puremix_value::{Cx, R, Value};
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Lines shown before and after the one that failed.
const CONTEXT: u32 = 4;

pub struct IsolateServices {
    app: &'static AppDef,
    site: OnceCell<&'static Site>,
}

/// What one request has used, attached to its exchange once it has used something.
#[derive(Default)]
struct State {
    /// The value of a token cookie that is new to the client.
    new_token_cookie: Option<String>,
    session: Option<sessions::Shared>,
}

/// Forgets what a request has used when it is answered or given up.
pub struct Begun<'a>(&'a Exchange);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if let Some(session) = take_state(self.0).and_then(|s| s.session) {
            sessions::release(&session);
        }
    }
}

fn take_state(exchange: &Exchange) -> Option<Box<State>> {
    exchange.attached.take()?.downcast().ok()
}

impl IsolateServices {
    pub fn new(app: &'static AppDef) -> IsolateServices {
        IsolateServices { app, site: OnceCell::new() }
    }

    /// Tells what is served; before the first request.
    pub fn set_site(&self, site: &'static Site) {
        // A second call would come from a second server in one isolate; the first stays.
        let _ = self.site.set(site);
    }

    fn site(&self) -> Option<&'static Site> {
        self.site.get().copied()
    }

    fn with_state<T>(exchange: &Exchange, f: impl FnOnce(&mut State) -> T) -> T {
        let mut attached = exchange.attached.borrow_mut();
        let state = attached.get_or_insert_with(|| Box::<State>::default());
        match state.downcast_mut() {
            Some(state) => f(state),
            // Only this room attaches anything.
            None => f(&mut State::default()),
        }
    }

    /// Begins the session of a request that is likely to use it. The reply is for requests whose session cannot be had: without it they would be
    /// answered as if nobody were logged in.
    pub async fn begin<'e>(&self, exchange: &'e Exchange, uses_session: bool) -> Result<Begun<'e>, Reply> {
        let begun = Begun(exchange);
        let Some(site) = self.site().filter(|_| uses_session) else { return Ok(begun) };
        match sessions::begin(&site.sessions, exchange).await {
            Ok(Some(session)) => Self::with_state(exchange, |s| s.session = Some(Rc::new(RefCell::new(session)))),
            Ok(None) => {}
            Err(problem) => return Err(unavailable(exchange, "load", &problem)),
        }
        Ok(begun)
    }

    /// Saves a session that changed and adds the cookies that the response needs.
    pub async fn finish(&self, cx: Cx, exchange: &Exchange, reply: &mut Reply) {
        let Some(site) = self.site() else { return };
        if site.sessions.settings().save_uninitialized && site.sessions.settings().enabled {
            self.session_of(site, exchange);
        }
        let Some(state) = take_state(exchange) else { return };
        if let Some(cookie) = state.new_token_cookie {
            let https = exchange.parts.protocol() == "https";
            reply.headers.push(("set-cookie".into(), Csrf::set_cookie(&cookie, https).into()));
            // The page holds a token that is one client's only.
            if reply.header("cache-control").is_none() {
                reply.headers.push(("cache-control".into(), "private, no-store".into()));
            }
        }
        if let Some(session) = state.session {
            if let Err(problem) = sessions::finish(cx, &session, exchange, reply).await {
                *reply = unavailable(exchange, "load or save", &problem);
            }
            sessions::release(&session);
        }
    }

    fn session_of(&self, site: &'static Site, exchange: &Exchange) -> sessions::Shared {
        Self::with_state(exchange, |s| s.session.get_or_insert_with(|| Rc::new(RefCell::new(sessions::Session::of(&site.sessions, exchange)))).clone())
    }
}

/// A store that fails is told, to the log and to the client: never a login that is silently lost.
fn unavailable(exchange: &Exchange, verb: &str, problem: &str) -> Reply {
    log::error(Some(exchange.parts.id), &format!("cannot {verb} the session: {problem}"));
    Reply::text(503, "The session is not available right now. Try again in a moment.".to_owned()).with("retry-after", "5").with("cache-control", "no-store")
}

impl Services for IsolateServices {
    fn mode(&self) -> &str {
        config::environment().mode()
    }

    fn app(&self) -> &'static AppDef {
        super::app().unwrap_or(self.app)
    }

    fn env(&self, cx: Cx) -> R {
        let process = puremix_node::load(cx, "process")?;
        lang::get(cx, &process, "env")
    }

    fn session(&self, cx: Cx, exchange: &Exchange) -> R {
        let Some(site) = self.site().filter(|site| site.sessions.settings().enabled) else { return Ok(Value::Undefined) };
        let shared = self.session_of(site, exchange);
        if shared.borrow().has_ended() {
            return Ok(Value::Undefined);
        }
        sessions::object(cx, &shared).map(Value::Obj)
    }

    fn set_session(&self, cx: Cx, exchange: &Exchange, value: &Value) -> R<()> {
        let Some(site) = self.site().filter(|site| site.sessions.settings().enabled) else { return Ok(()) };
        sessions::assign(cx, &self.session_of(site, exchange), value)
    }

    fn cookie_secrets(&self) -> Vec<Vec<u8>> {
        self.site().map(|site| site.cookie_secrets.clone()).unwrap_or_default()
    }

    fn response_timeout(&self) -> std::time::Duration {
        self.site().map(|site| site.settings.limits.response_timeout).unwrap_or_default()
    }

    fn takes_any_name(&self) -> bool {
        self.site().is_some_and(|site| !site.settings.security.strict_names)
    }

    fn client(&self) -> config::ClientSettings {
        self.site().map(|site| site.settings.client).unwrap_or_default()
    }

    fn page_policy(&self, page: &'static crate::app::PageDef, has_client: bool) -> Option<(&'static str, String)> {
        let settings = self.site()?.settings.security.headers.page.as_ref()?;
        Some((settings.name(), crate::page::policy::policy(self.app(), page, has_client, self.is_dev(), settings)))
    }

    fn csrf_token(&self, exchange: &Exchange) -> String {
        self.site().map_or_else(String::new, |site| site.csrf.token(&visitor(exchange)))
    }

    fn seal(&self, exchange: &Exchange, bound_to: &[&[u8]], plain: &[u8]) -> Option<String> {
        let visitor = visitor(exchange);
        let parts: Vec<&[u8]> = std::iter::once(visitor.as_bytes()).chain(bound_to.iter().copied()).collect();
        Some(self.site()?.seal.seal(&parts, plain))
    }

    fn open_sealed(&self, exchange: &Exchange, bound_to: &[&[u8]], text: &str) -> Option<Vec<u8>> {
        let visitor = exchange.parts.cookie(csrf::COOKIE)?;
        let parts: Vec<&[u8]> = std::iter::once(visitor.as_bytes()).chain(bound_to.iter().copied()).collect();
        self.site()?.seal.open(&parts, text)
    }

    fn verdict(&self, exchange: &Exchange) -> Verdict {
        match self.site() {
            Some(site) => site.judge(&exchange.parts, exchange.is_api() || exchange.route().is_none()),
            None => Verdict::Refuse("nothing is served"),
        }
    }

    fn token_holds(&self, exchange: &Exchange, token: Option<&str>) -> bool {
        self.site().is_some_and(|site| site.csrf.verify(exchange.parts.cookie(csrf::COOKIE), token))
    }

    fn later(&self, cx: Cx, run: Box<dyn FnOnce(Cx)>) {
        tokio::task::spawn_local(async move { super::event_loop::enter(cx, || run(cx)) });
    }

    fn spawn(&self, cx: Cx, task: std::pin::Pin<Box<dyn Future<Output = ()>>>) {
        tokio::task::spawn_local(super::entered::entered(cx, task));
    }

    fn buffer(&self, cx: Cx, bytes: Vec<u8>) -> R {
        puremix_node::new_buffer(cx, bytes)
    }

    fn bytes(&self, value: &Value) -> Option<Vec<u8>> {
        puremix_node::bytes_of(value)
    }

    fn failed(&self, exchange: &Exchange, failure: &Failure) -> String {
        let parts = &exchange.parts;
        let what = if failure.stack.is_empty() { format!("{}: {}", failure.name, failure.message) } else { failure.stack.clone() };
        log::error(Some(parts.id), &format!("{} {}\n{what}", parts.method(), parts.path()));
        format!("{:x}", parts.id)
    }

    /// Reads the file from the working directory, which in development is the project.
    fn excerpt(&self, stack: &str) -> Option<Excerpt> {
        stack.lines().find_map(|line| {
            let (file, line, column) = place(line)?;
            // Only the app's own places.
            Some(()).filter(|()| super::is_own_file(file))?;
            let text = std::fs::read_to_string(file).ok()?;
            let first = line.saturating_sub(CONTEXT).max(1);
            let lines = (first..).zip(text.lines().skip(first as usize - 1)).take_while(|(n, _)| *n <= line + CONTEXT);
            Some(Excerpt { file: file.to_owned(), line, column, lines: lines.map(|(n, t)| (n, t.to_owned())).collect() })
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `file:line:column` at the end of a stack's line, in parentheses or not.
fn place(line: &str) -> Option<(&str, u32, u32)> {
    let line = line.trim().trim_end_matches(')');
    let text = line.rsplit(['(', ' ']).next()?;
    let (rest, column) = text.rsplit_once(':')?;
    let (file, number) = rest.rsplit_once(':')?;
    Some((file, number.parse().ok().filter(|n| *n > 0)?, column.parse().ok()?))
}

/// The cookie that tells visitors apart; a new one for who has none. A page with several forms has one.
fn visitor(exchange: &Exchange) -> String {
    match exchange.parts.cookie(csrf::COOKIE).filter(|c| is_token_cookie(c)) {
        Some(cookie) => cookie.to_owned(),
        None => IsolateServices::with_state(exchange, |s| s.new_token_cookie.get_or_insert_with(Csrf::new_cookie).clone()),
    }
}

/// What we make ourselves: 22 characters of base64url. Anything else is replaced by a new one.
fn is_token_cookie(cookie: &str) -> bool {
    cookie.len() == 22 && cookie.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_stacks() {
        assert_eq!(place("    at load (app/routes/index.puremix:12:5)"), Some(("app/routes/index.puremix", 12, 5)));
        assert_eq!(place("    at app/lib/a.js:3:1"), Some(("app/lib/a.js", 3, 1)));
        assert_eq!(place("TypeError: x is not a function"), None);
        assert_eq!(place("at a.js:0:1"), None);
    }

    #[test]
    fn token_cookies() {
        assert!(is_token_cookie(&Csrf::new_cookie()));
        assert!(!is_token_cookie(""));
        assert!(!is_token_cookie("<script>alert(1)</scrip"));
    }
}
