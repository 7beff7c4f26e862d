//! The session of each request: loaded before the handler, written back behind it, and what express-session lets apps do between.
//!
//! In: a request's cookie and the store. Out: `request.session`, and `Set-Cookie`. A session that nothing was put into is not written and has no
//! cookie. What happens when two requests change one session: `docs/book/sessions.md`.

mod cookie;
mod familiar;
mod flash;
mod methods;

use crate::http::message::Reply;
use crate::lang;
use crate::log;
use crate::request::Exchange;
use crate::session::{CookieOptions, Held, PATIENCE, Record, SessionId, Sessions, StoreError, StoreFuture, Update};
use puremix_js::promise;
use puremix_value::{Cx, ErrorKind, Obj, R, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// A request's session, shared by the request and what the app still does with it.
pub type Shared = Rc<RefCell<Session>>;

pub struct Session {
    sessions: &'static Sessions,
    id: SessionId,
    /// The browser has the cookie of this id.
    is_known: bool,
    /// The browser has a cookie of ours.
    had_cookie: bool,
    /// It names `id`, and the store has not been asked for it.
    is_unread: bool,
    /// An old secret has signed the cookie: the browser gets it anew.
    is_resigned: bool,
    /// Why the store could not be asked when the app looked: the request fails, whatever the app makes of it.
    problem: Option<Problem>,
    /// `request.session` was assigned null: what happens to the session is `session.unset`'s.
    is_unset: bool,
    /// As the store has it; `None`: it does not.
    version: Option<u64>,
    /// The text in the store.
    loaded: Arc<str>,
    /// What was left of its life when it was loaded.
    left: Duration,
    /// The object the app sees, once it has looked.
    object: Option<Obj>,
    /// `session.cookie`, once the app has looked.
    cookie: Option<Obj>,
    /// What the cookie says for this session.
    options: CookieOptions,
    /// Destroyed.
    has_ended: bool,
    /// Others that are likely to change the session wait.
    _held: Option<Held>,
}

/// Why nothing could be loaded or saved.
pub type Problem = String;

/// A merge that others disturb so often is given up.
const ATTEMPTS: usize = 16;

/// The session of a request of a route that is likely to look at it. A request that is not safe has it to itself from here on; a store that takes
/// time is asked now, another one when the app looks. Requests without our cookie pay for nothing.
pub async fn begin(sessions: &'static Sessions, exchange: &Exchange) -> Result<Option<Session>, Problem> {
    let Some(known) = known(sessions, exchange) else { return Ok(None) };
    let mut session = Session::new(sessions, Some(known));
    let is_safe = matches!(exchange.parts.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE");
    if !is_safe {
        session._held = sessions.locks.hold(session.id.store_key()).await;
        if session._held.is_none() {
            let waited = PATIENCE.as_secs();
            log::warn(&format!("[{:x}] another request has held this session for {waited} s; going on beside it", exchange.parts.id));
        }
    }
    if !sessions.store.answers_at_once() {
        session.read().await?;
    }
    Ok(Some(session))
}

/// The id in a request's cookie, and whether it is signed with the secret that signs now.
fn known(sessions: &Sessions, exchange: &Exchange) -> Option<(SessionId, bool)> {
    let settings = sessions.settings();
    let cookie = exchange.parts.cookie(&settings.name).filter(|_| settings.enabled)?;
    sessions.read(cookie)
}

impl Session {
    /// The one that a request's cookie names, not read yet; else one that nobody has.
    pub fn of(sessions: &'static Sessions, exchange: &Exchange) -> Session {
        Session::new(sessions, known(sessions, exchange))
    }

    fn new(sessions: &'static Sessions, known: Option<(SessionId, bool)>) -> Session {
        let (known, is_current) = known.map_or((None, true), |(id, is_current)| (Some(id), is_current));
        Session {
            sessions,
            had_cookie: known.is_some(),
            is_unread: known.is_some(),
            id: known.unwrap_or_else(SessionId::random),
            is_resigned: !is_current,
            problem: None,
            is_unset: false,
            is_known: false,
            version: None,
            loaded: "{}".into(),
            left: Duration::ZERO,
            object: None,
            cookie: None,
            options: sessions.settings().cookie.clone(),
            has_ended: false,
            _held: None,
        }
    }

    /// What the store has of it.
    fn read(&mut self) -> impl Future<Output = Result<(), Problem>> {
        let asked = std::mem::take(&mut self.is_unread).then(|| self.sessions.store.load(self.id.store_key()));
        async move {
            let Some(answer) = asked else { return Ok(()) };
            // Unknown or expired: the app gets a new one under a new id, so that nobody can choose somebody's id.
            match answer.await.map_err(|StoreError(e)| e)? {
                Some(Record { data, version, left }) => (self.is_known, self.version, self.loaded, self.left) = (true, Some(version), data, left),
                None => self.id = SessionId::random(),
            }
            Ok(())
        }
    }

    /// The same for an app that looks: this thread stops until the store has answered, which nearly all do at once (see [`begin`]).
    fn read_now(&mut self) -> Result<(), Problem> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let outcome = puremix_sql::wait(std::pin::pin!(tokio::task::coop::unconstrained(self.read())));
        self.problem = outcome.clone().err();
        outcome
    }

    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// How long the store keeps it after a write.
    fn lives(&self) -> Duration {
        self.options.max_age.unwrap_or(self.sessions.settings().max_age)
    }
}

/// `request.session`.
pub fn object(cx: Cx, shared: &Shared) -> R<Obj> {
    if let Some(object) = &shared.borrow().object {
        return Ok(object.clone());
    }
    let outcome = shared.borrow_mut().read_now();
    outcome.map_err(|problem| cx.throw_error(ErrorKind::Error, &format!("the session is not available: {problem}")))?;
    let object = methods::object(cx, shared);
    shared.borrow_mut().object = Some(object.clone());
    let loaded = shared.borrow().loaded.clone();
    fill(cx, shared, &object, &loaded)?;
    Ok(object)
}

/// `request.session = value`: an object's members take the place of the session's; null or undefined parts the request from its session.
pub fn assign(cx: Cx, shared: &Shared, value: &Value) -> R<()> {
    let object = object(cx, shared)?;
    match value {
        Value::Obj(given) if *given == object => Ok(()),
        Value::Obj(_) => {
            empty(cx, &object);
            puremix_js::ops::copy_props(cx, &object, value)
        }
        _ => {
            shared.borrow_mut().is_unset = true;
            Ok(())
        }
    }
}

/// Puts stored text into the object; its member `cookie` is what the session's cookie says.
fn fill(cx: Cx, shared: &Shared, object: &Obj, text: &Arc<str>) -> R<()> {
    if &**text == "{}" {
        return Ok(());
    }
    let key = shared.borrow().id.store_key();
    let parsed = familiar::parse(cx, &key, text)?;
    let stored = lang::get(cx, &parsed, "cookie")?;
    if let (true, Value::Obj(parsed)) = (stored.is_object(), &parsed) {
        let defaults = shared.borrow().sessions.settings().cookie.clone();
        let options = cookie::read(cx, &stored, &defaults)?;
        shared.borrow_mut().options = options;
        parsed.delete_own(cx, &cx.key_of("cookie"));
    }
    puremix_js::ops::copy_props(cx, object, &parsed)
}

/// Takes all of the app's data out of the object.
fn empty(cx: Cx, object: &Obj) {
    for key in lang::keys(cx, object) {
        object.delete_own(cx, &key);
    }
}

/// True if the session surely is as the store has it, `session.cookie` too.
fn is_unchanged(shared: &Shared) -> bool {
    let session = shared.borrow();
    let is_plain = session.version.is_some() && session.cookie.is_none() && session.options == session.sessions.settings().cookie;
    is_plain && session.object.as_ref().is_some_and(|object| familiar::is_unchanged(&session.id.store_key(), &session.loaded, object))
}

/// The session as it goes to the store.
fn text(cx: Cx, shared: &Shared) -> R<String> {
    let (object, seen, default) = {
        let session = shared.borrow();
        (session.object.clone(), session.cookie.clone(), session.sessions.settings().cookie.clone())
    };
    let Some(object) = object else { return Ok(shared.borrow().loaded.to_string()) };
    if let Some(seen) = seen {
        let before = shared.borrow().options.clone();
        let options = cookie::read(cx, &Value::Obj(seen), &before)?;
        shared.borrow_mut().options = options;
    }
    let data = lang::json(cx, &Value::Obj(object))?.map_or_else(|| "{}".to_owned(), |t| t.as_str().to_string());
    let options = shared.borrow().options.clone();
    if options == default {
        return Ok(data);
    }
    let stored = lang::json_text(cx, &Value::Obj(cookie::stored(cx, &options)))?;
    let rest = data.strip_prefix('{').unwrap_or("}");
    Ok(format!("{{\"cookie\":{stored}{}{rest}", if rest == "}" { "" } else { "," }))
}

/// What writing came to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The store has it as it is now.
    Changed,
    /// It had it already, or there is nothing to have.
    Same,
    /// It was destroyed meanwhile; what this request changed is gone with it.
    Gone,
}

fn thrown(cx: Cx) -> Problem {
    super::report::describe(cx, &cx.take_exception())
}

/// Writes a session back if the app changed it. `waits`: how to wait for the store.
pub async fn write(cx: Cx, shared: &Shared, waits: Waits, forced: bool) -> Result<Written, Problem> {
    let is_unchanged = is_unchanged(shared);
    let mut now = if is_unchanged { String::new() } else { text(cx, shared).map_err(|_| thrown(cx))? };
    let (store, settings, key, version, lives) = {
        let session = shared.borrow();
        (session.sessions.store.clone(), session.sessions.settings(), session.id.store_key(), session.version, session.lives())
    };
    let Some(mut version) = version else {
        if now == "{}" && !settings.save_uninitialized && !forced {
            return Ok(Written::Same);
        }
        waits.on(cx, store.create(key, now.as_str().into(), lives)).await?;
        let mut session = shared.borrow_mut();
        (session.version, session.loaded, session.left) = (Some(1), now.into(), lives);
        return Ok(Written::Changed);
    };
    let (is_same, left) = {
        let session = shared.borrow();
        (is_unchanged || now == *session.loaded, session.left)
    };
    if is_unchanged && settings.resave {
        now = shared.borrow().loaded.to_string();
    }
    if is_same && !settings.resave {
        // A life that began a moment ago needs no write: only what is a hundredth of it or more.
        if left + lives / 100 < lives || forced || left > lives {
            waits.on(cx, store.touch(key, lives)).await?;
            shared.borrow_mut().left = lives;
        }
        return Ok(Written::Same);
    }
    for _ in 0..ATTEMPTS {
        match waits.on(cx, store.update(key, now.as_str().into(), version, lives)).await? {
            Update::Done => {
                let mut session = shared.borrow_mut();
                (session.version, session.loaded, session.left) = (Some(version + 1), now.into(), lives);
                return Ok(Written::Changed);
            }
            Update::Gone => {
                shared.borrow_mut().has_ended = true;
                return Ok(Written::Gone);
            }
            Update::Conflict(theirs) => {
                merge(cx, shared, &theirs.data).map_err(|_| thrown(cx))?;
                version = theirs.version;
                {
                    let mut session = shared.borrow_mut();
                    (session.version, session.loaded) = (Some(version), theirs.data);
                }
                now = text(cx, shared).map_err(|_| thrown(cx))?;
            }
        }
    }
    Err("the session was changed by too many requests at once".to_owned())
}

/// Brings another request's changes into the object: of each name, what this request has set or deleted wins, all else is the other's.
fn merge(cx: Cx, shared: &Shared, theirs: &str) -> R<()> {
    let (object, loaded) = {
        let session = shared.borrow();
        (session.object.clone(), session.loaded.clone())
    };
    let Some(object) = object else { return Ok(()) };
    let mine = Value::Obj(object.clone());
    let (base, theirs) = (lang::parse_json(cx, &loaded)?, lang::parse_json(cx, theirs)?);
    let (Value::Obj(before), Value::Obj(other)) = (&base, &theirs) else { return Ok(()) };
    let is_mine = |key: &puremix_value::Key| -> R<bool> {
        let (here, there) = (lang::get_key(cx, &mine, key)?, lang::get_key(cx, &base, key)?);
        Ok(lang::json(cx, &here)?.map(|t| t.to_string()) != lang::json(cx, &there)?.map(|t| t.to_string()))
    };
    let mut names = lang::keys(cx, other);
    names.extend(lang::keys(cx, before));
    names.retain(|key| cx.key_str(key).as_str() != "cookie");
    for key in &names {
        if is_mine(key)? {
            continue;
        }
        match lang::get_key(cx, &theirs, key)? {
            Value::Undefined => {
                object.delete_own(cx, key);
            }
            value => object.put(cx, key, value),
        }
    }
    Ok(())
}

/// Parts the session from its objects, which hold it too; an app that keeps them still has the data.
pub fn release(shared: &Shared) {
    let objects = {
        let mut session = shared.borrow_mut();
        (session.object.take(), session.cookie.take(), session._held.take())
    };
    drop(objects);
}

/// How to wait for a store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// In a future of the event loop.
    Directly,
    /// In a task of the isolate, by a promise.
    InTask,
}

impl Waits {
    async fn on<T: Send + 'static>(self, cx: Cx, answer: StoreFuture<T>) -> Result<T, Problem> {
        let message = |StoreError(e): StoreError| e;
        if self == Waits::Directly {
            return answer.await.map_err(message);
        }
        let came: Rc<RefCell<Option<Result<T, StoreError>>>> = Rc::default();
        let there = came.clone();
        let promise = super::event_loop::spawn_op(cx, answer, move |_, outcome| {
            *there.borrow_mut() = Some(outcome);
            Ok(Value::Undefined)
        });
        if promise::await_(cx, promise).await.is_err() {
            return Err(thrown(cx));
        }
        let outcome = came.borrow_mut().take();
        outcome.unwrap_or_else(|| Err(StoreError("the store gave no answer".to_owned()))).map_err(message)
    }
}

fn is_https(exchange: &Exchange) -> bool {
    exchange.parts.protocol() == "https"
}

/// A browser on this machine asks, and not a proxy that says nothing of whom it speaks for.
fn is_local(exchange: &Exchange) -> bool {
    let parts = &exchange.parts;
    parts.peer().is_some_and(|p| p.ip().to_canonical().is_loopback()) && !parts.is_proxied() && is_loopback(parts.hostname())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || host.ends_with(".localhost") || address.is_ok_and(|a| a.to_canonical().is_loopback())
}

/// Writes the session back behind the handler and adds the cookie that the reply needs.
pub async fn finish(cx: Cx, shared: &Shared, exchange: &Exchange, reply: &mut Reply) -> Result<(), Problem> {
    let (settings, is_unset) = (shared.borrow().sessions.settings(), shared.borrow().is_unset);
    let has_looked = shared.borrow().object.is_some() || settings.save_uninitialized;
    if let Some(problem) = shared.borrow_mut().problem.take() {
        return Err(problem);
    }
    if has_looked {
        shared.borrow_mut().read_now()?;
    }
    if is_unset {
        if settings.unset_destroys && !shared.borrow().has_ended {
            methods::destroy(cx, shared.clone(), Waits::Directly).await?;
        } else {
            return Ok(());
        }
    }
    let before = shared.borrow().options.clone();
    let written = if has_looked && !shared.borrow().has_ended { write(cx, shared, Waits::Directly, false).await? } else { Written::Same };
    let session = shared.borrow();
    let (sessions, options) = (session.sessions, &session.options);
    let is_there = session.version.is_some() && !session.has_ended;
    let is_news = !session.is_known || session.is_resigned || written == Written::Changed || options != &before || sessions.settings().rolling && has_looked;
    let line = if is_there && is_news {
        Some(sessions.set_cookie(&session.id, options, is_https(exchange), is_local(exchange)))
    } else if !is_there && session.had_cookie && has_looked {
        // Destroyed, or known to nobody any more.
        Some(sessions.clear_cookie(options, is_https(exchange), is_local(exchange)))
    } else {
        None
    };
    if let Some(line) = line {
        reply.headers.push(("set-cookie".into(), line.into()));
        // The cookie is one client's only.
        if reply.header("cache-control").is_none() {
            reply.headers.push(("cache-control".into(), "private, no-store".into()));
        }
    }
    Ok(())
}
