//! Sessions and transactions.

use super::connection::Connection;
use super::errors;
use super::exec::{Runner, wait};
use super::document::Doc;
use super::document::save::Before;
use super::support::*;
use puremix_sql::{Dialect, ErrorKind, SqlError};
use puremix_value::{Args, Class, Cx, Obj, Payload, R, Thrown, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// What transactions of documents are in PostgreSQL: a snapshot, so that what was read still holds when it is written, or the write is refused.
/// MongoDB refuses at once where another transaction has the document; waiting long would only end in that or in a deadlock.
const ISOLATION: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '100ms'";

/// How long `withTransaction` begins again, in milliseconds; as MongoDB's drivers.
const RETRIES_FOR: f64 = 120_000.0;

/// The label of errors after which the whole transaction may be tried again.
const TRANSIENT: &str = "TransientTransactionError";

/// Transactions that are tried again go one by one: a crowd that begins again together would meet again.
static TURN: Mutex<()> = Mutex::const_new(());

/// How long one waits for its turn before it goes without: a transaction within another that has the turn would wait for ever.
const TURN_PATIENCE: Duration = Duration::from_secs(2);

async fn turn() -> Result<Option<MutexGuard<'static, ()>>, SqlError> {
    if let Ok(free) = TURN.try_lock() {
        return Ok(Some(free));
    }
    // The first poll is the caller's own; timers belong to the executor, which makes the next.
    tokio::task::yield_now().await;
    Ok(tokio::time::timeout(TURN_PATIENCE, TURN.lock()).await.ok())
}

/// An open transaction of the database.
#[derive(Default)]
pub struct Transaction(RefCell<Option<Box<dyn puremix_sql::Transaction>>>);

impl Transaction {
    /// Uses the transaction, if it is still open.
    pub fn with<T>(&self, f: impl FnOnce(&dyn puremix_sql::Transaction) -> T) -> Result<T, SqlError> {
        match &*self.0.borrow() {
            Some(open) => Ok(f(&**open)),
            None => Err(SqlError::new(ErrorKind::Other, "", "the transaction has ended")),
        }
    }
}

/// The payload of a session.
pub struct Session {
    current: RefCell<Option<Rc<Transaction>>>,
    /// `startTransaction` was called; the transaction begins with the first statement.
    wanted: std::cell::Cell<bool>,
    /// The documents saved in the transaction, as they were before it.
    saved: RefCell<Vec<(Obj, Before)>>,
}
impl Payload for Session {}

/// Where the statements of a session go.
pub async fn runner(cx: Cx, connection: &Rc<Connection>, session: &Value) -> R<Runner> {
    let database = connection.database(cx)?;
    let Some(state) = session.as_obj().and_then(|o| o.payload::<Session>()) else { return Ok(Runner::Database(database)) };
    if !state.wanted.get() {
        return Ok(Runner::Database(database));
    }
    let known = state.current.borrow().clone();
    if let Some(open) = known {
        return Ok(Runner::Transaction(database, open));
    }
    connection.prepare_models(cx).await?;
    let begun = wait(cx, database.begin()).await.map_err(|e| refusal(cx, &e))?;
    if database.dialect() == Dialect::Postgres {
        wait(cx, begun.script(ISOLATION)).await.map_err(|e| refusal(cx, &e))?;
    }
    let open = Rc::new(Transaction(RefCell::new(Some(begun))));
    state.current.replace(Some(open.clone()));
    Ok(Runner::Transaction(database, open))
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Session> {
    a.this.as_obj().and_then(|o| o.payload::<Session>()).ok_or_else(|| type_error(cx, "this is no ClientSession"))
}

async fn finish(cx: Cx, session: &Value, commit: bool) -> R<()> {
    let Some(state) = session.as_obj().and_then(|o| o.payload::<Session>()) else { return Ok(()) };
    state.wanted.set(false);
    let open = state.current.take().and_then(|t| t.0.take());
    let saved = state.saved.take();
    let Some(open) = open else { return Ok(()) };
    let answer = if commit { open.commit() } else { open.rollback() };
    let ended = wait(cx, answer).await;
    if !commit || ended.is_err() {
        // What was saved twice goes back to what it was first.
        for (o, before) in saved.into_iter().rev() {
            if let Some(doc) = o.payload::<Doc>() {
                before.restore(cx, doc);
            }
        }
    }
    ended.map_err(|e| refusal(cx, &e))
}

/// Remembers a document that is about to be saved: if the transaction ends without a commit, it is as new or as changed as before.
pub fn will_save(cx: Cx, session: &Value, o: &Obj) {
    if let (Some(state), Some(doc)) = (session.as_obj().and_then(|s| s.payload::<Session>()), o.payload::<Doc>())
        && state.wanted.get()
    {
        state.saved.borrow_mut().push((o.clone(), Before::of(cx, doc)));
    }
}

/// What the database's refusal is to the program; conflicts have MongoDB's number and label.
#[cold]
pub fn refusal(cx: Cx, error: &SqlError) -> Thrown {
    // Serialization failures, deadlocks, locks that were not to be had.
    let conflict = matches!(error.code.as_str(), "40001" | "40P01" | "55P03");
    let message = if conflict { format!("WriteConflict: {}", error.message) } else { error.message.clone() };
    let made = errors::make(cx, "MongoServerError", &message);
    if conflict {
        put(cx, &made, "code", 112.0);
        put(cx, &made, "codeName", Value::str("WriteConflict"));
        made.put_hidden(cx, cx.key_of(errors::LABELS), array(cx, vec![Value::str(TRANSIENT)]));
    } else {
        put(cx, &made, "code", Value::str(&error.code));
    }
    cx.throw(made.into())
}

fn start(cx: Cx, state: &Session) -> R<()> {
    if state.wanted.replace(true) {
        return Err(errors::throw(cx, "MongooseError", "Transaction already in progress"));
    }
    Ok(())
}

/// Runs a function in a transaction: commits what it leaves, rolls back when it throws, and begins again after a conflict.
pub async fn within(cx: Cx, session: Value, f: Value) -> R {
    let started = puremix_js::date::now();
    let mut turn = None;
    loop {
        let error = match attempt(cx, &session, &f).await {
            Ok(value) => return Ok(value),
            Err(_) => cx.take_exception(),
        };
        if !errors::has_label(cx, &error, TRANSIENT)? || puremix_js::date::now() - started > RETRIES_FOR {
            return Err(cx.throw(error));
        }
        if turn.is_none() {
            turn = wait(cx, Box::pin(self::turn())).await.ok().flatten();
        }
    }
}

async fn attempt(cx: Cx, session: &Value, f: &Value) -> R {
    if let Some(state) = session.as_obj().and_then(|o| o.payload::<Session>()) {
        start(cx, state)?;
    }
    match call(cx, f, &Value::Undefined, std::slice::from_ref(session)).await {
        Ok(value) => {
            finish(cx, session, true).await?;
            Ok(value)
        }
        Err(_) => {
            let error = cx.take_exception();
            if finish(cx, session, false).await.is_err() {
                cx.take_exception();
            }
            Err(cx.throw(error))
        }
    }
}

pub fn new_session(cx: Cx) -> Value {
    let state = Session { current: RefCell::default(), wanted: std::cell::Cell::new(false), saved: RefCell::default() };
    Obj::native(cx, Some(session_class(cx).1), Class::Other, state).into()
}

pub fn session_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "ClientSession",
        length: 0,
        code: |cx, _| Err(type_error(cx, "sessions are made by startSession()")),
        methods: &[
            ("startTransaction", 1, |cx, a| start(cx, this(cx, a)?).map(|()| Value::Undefined)),
            ("commitTransaction", 0, |cx, a| {
                let session = a.this.clone();
                Ok(task(cx, async move { finish(cx, &session, true).await.map(|()| Value::Undefined) }))
            }),
            ("abortTransaction", 0, |cx, a| {
                let session = a.this.clone();
                Ok(task(cx, async move { finish(cx, &session, false).await.map(|()| Value::Undefined) }))
            }),
            ("endSession", 1, |cx, a| {
                let session = a.this.clone();
                Ok(task(cx, async move { finish(cx, &session, false).await.map(|()| Value::Undefined) }))
            }),
            ("withTransaction", 2, |cx, a| {
                let (session, f) = (a.this.clone(), a.get(0).clone());
                Ok(task(cx, within(cx, session, f)))
            }),
            ("inTransaction", 0, |cx, a| Ok(Value::Bool(this(cx, a)?.wanted.get()))),
        ],
        accessors: &[],
        getters: &[],
        statics: &[],
    };
    class(cx, &DEF, None)
}
