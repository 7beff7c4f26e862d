//! `session.id`, `cookie`, `regenerate`, `destroy`, `reload`, `save`, `touch`: with callbacks, and as promises without.

use super::{Problem, Shared, Waits, Written, cookie, empty, fill, flash, thrown, write};
use crate::lang;
use crate::session::SessionId;
use puremix_js::{ops, promise};
use puremix_value::{Args, Attr, Class, Cx, ErrorKind, FnDef, Key, Obj, Payload, R, Sym, Value};
use std::cell::OnceCell;
use std::pin::Pin;
use std::time::Duration;

/// The way from the object to the request's session.
struct Link(Shared);

impl Payload for Link {}

thread_local! {
    /// The prototype of sessions, and the name under which each has its link.
    static KNOWN: OnceCell<(Obj, Sym)> = const { OnceCell::new() };
}

fn known(cx: Cx) -> (Obj, Key) {
    KNOWN.with(|known| {
        let (prototype, name) = known.get_or_init(|| (prototype(cx), Sym::private("session".into())));
        (prototype.clone(), name.clone().into())
    })
}

fn prototype(cx: Cx) -> Obj {
    static METHODS: [FnDef; 7] = [
        FnDef::native("regenerate", 1, |cx, a| later(cx, a, |cx, shared| Box::pin(regenerate(cx, shared)))),
        FnDef::native("destroy", 1, |cx, a| later(cx, a, |cx, shared| Box::pin(destroy(cx, shared, Waits::InTask)))),
        FnDef::native("reload", 1, |cx, a| later(cx, a, |cx, shared| Box::pin(reload(cx, shared)))),
        FnDef::native("save", 1, |cx, a| later(cx, a, |cx, shared| Box::pin(save(cx, shared)))),
        FnDef::native("touch", 0, touch),
        FnDef::native("resetMaxAge", 0, touch),
        FnDef::native("flash", 2, flash::flash),
    ];
    static ID: FnDef = FnDef::native("get id", 0, |cx, a| Ok(Value::str(shared(cx, a.this)?.borrow().id.as_str())));
    static COOKIE: FnDef = FnDef::native("get cookie", 0, |cx, a| {
        let shared = shared(cx, a.this)?;
        if let Some(seen) = &shared.borrow().cookie {
            return Ok(seen.clone().into());
        }
        let options = shared.borrow().options.clone();
        let made = cookie::object(cx, &options);
        shared.borrow_mut().cookie = Some(made.clone());
        Ok(made.into())
    });
    // `session.cookie = …` replaces what was there; its members are what counts.
    static SET_COOKIE: FnDef = FnDef::native("set cookie", 1, |cx, a| {
        let seen = lang::get(cx, a.this, "cookie")?;
        if let (Value::Obj(seen), Value::Obj(given)) = (&seen, a.get(0)) {
            for key in lang::keys(cx, given) {
                let value = lang::get_key(cx, a.get(0), &key)?;
                ops::set_value(cx, &Value::Obj(seen.clone()), &key, value)?;
            }
        }
        Ok(Value::Undefined)
    });
    let prototype = Obj::plain(cx);
    for def in &METHODS {
        prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
    }
    let function = |def: &'static FnDef| lang::function(cx, def, Vec::new());
    prototype.define_accessor(cx, &cx.key_of("id"), function(&ID), Value::Undefined, Attr::CONFIGURABLE);
    prototype.define_accessor(cx, &cx.key_of("cookie"), function(&COOKIE), function(&SET_COOKIE), Attr::CONFIGURABLE);
    prototype
}

/// A session object without data.
pub fn object(cx: Cx, shared: &Shared) -> Obj {
    let (prototype, name) = known(cx);
    let object = Obj::with(cx, Some(prototype), puremix_value::Kind::Plain);
    let link = Obj::native(cx, None, Class::Other, Link(shared.clone()));
    object.define(cx, &name, link.into(), Attr::NONE);
    object
}

pub(super) fn shared(cx: Cx, session: &Value) -> R<Shared> {
    let (_, name) = known(cx);
    let link = match session {
        Value::Obj(_) => ops::get_value(cx, session, &name)?,
        _ => Value::Undefined,
    };
    let found = link.as_obj().and_then(|o| o.payload::<Link>()).map(|link| link.0.clone());
    found.ok_or_else(|| lang::throw_type(cx, "a method of request.session was called on another object"))
}

type Work = Pin<Box<dyn Future<Output = Result<(), Problem>>>>;

/// Does the work beside the handler. With a callback, it is told of the end and the session is the answer; else a promise is.
fn later(cx: Cx, a: &Args<'_>, work: fn(Cx, Shared) -> Work) -> R {
    let shared = shared(cx, a.this)?;
    let promise = promise::spawn_task(cx, |_| async move {
        match work(cx, shared).await {
            Ok(()) => Ok(Value::Undefined),
            Err(problem) => Err(cx.throw_error(ErrorKind::Error, &problem)),
        }
    });
    let (callback, Value::Obj(pending)) = (a.get(0).clone(), &promise) else { return Ok(promise) };
    if !callback.is_callable() {
        return Ok(promise);
    }
    promise::on_settled(cx, pending, move |cx, outcome| {
        let args: Vec<Value> = outcome.err().into_iter().collect();
        if ops::call(cx, &callback, &Value::Undefined, &args).is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
    });
    Ok(a.this.clone())
}

/// A new id for the same visitor, with nothing of the old session: after a login, an id that somebody knew before opens nothing.
async fn regenerate(cx: Cx, shared: Shared) -> Result<(), Problem> {
    forget(cx, &shared, Waits::InTask).await?;
    let mut session = shared.borrow_mut();
    session.id = SessionId::random();
    session.has_ended = false;
    session.options = session.sessions.settings().cookie.clone();
    session.cookie = None;
    Ok(())
}

pub(super) async fn destroy(cx: Cx, shared: Shared, waits: Waits) -> Result<(), Problem> {
    shared.borrow_mut().has_ended = true;
    forget(cx, &shared, waits).await
}

/// Takes the session out of the store and the data out of the object.
async fn forget(cx: Cx, shared: &Shared, waits: Waits) -> Result<(), Problem> {
    let (store, key, is_stored, object) = {
        let session = shared.borrow();
        (session.sessions.store.clone(), session.id.store_key(), session.version.is_some(), session.object.clone())
    };
    if let Some(object) = object {
        empty(cx, &object);
    }
    {
        let mut session = shared.borrow_mut();
        session.version = None;
        session.is_known = false;
        session.loaded = "{}".into();
    }
    if is_stored {
        waits.on(cx, store.destroy(key)).await?;
    }
    Ok(())
}

/// Reads the session anew; what this request has changed and not saved is lost.
async fn reload(cx: Cx, shared: Shared) -> Result<(), Problem> {
    let (store, key) = {
        let session = shared.borrow();
        (session.sessions.store.clone(), session.id.store_key())
    };
    let Some(found) = Waits::InTask.on(cx, store.load(key)).await? else { return Err("failed to load session".to_owned()) };
    let object = {
        let mut session = shared.borrow_mut();
        (session.version, session.left, session.cookie) = (Some(found.version), found.left, None);
        session.loaded = found.data.clone();
        session.object.clone()
    };
    if let Some(object) = object {
        empty(cx, &object);
        fill(cx, &shared, &object, &found.data).map_err(|_| thrown(cx))?;
    }
    Ok(())
}

async fn save(cx: Cx, shared: Shared) -> Result<(), Problem> {
    if shared.borrow().has_ended {
        return Err("the session was destroyed".to_owned());
    }
    match write(cx, &shared, Waits::InTask, true).await? {
        Written::Gone => Err("the session was destroyed by another request".to_owned()),
        Written::Changed | Written::Same => Ok(()),
    }
}

/// The session's time begins again when the request ends.
fn touch(cx: Cx, a: &Args<'_>) -> R {
    let shared = shared(cx, a.this)?;
    shared.borrow_mut().left = Duration::ZERO;
    let seen = shared.borrow().cookie.clone();
    if let Some(seen) = seen {
        cookie::restart(cx, &seen)?;
    }
    Ok(a.this.clone())
}
