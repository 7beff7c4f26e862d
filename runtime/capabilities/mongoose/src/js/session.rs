//! Sessions and transactions.

use super::connection::Connection;
use super::errors;
use super::exec::{Runner, wait};
use super::support::*;
use puremix_sql::{ErrorKind, SqlError};
use puremix_value::{Args, Class, Cx, Obj, Payload, R, Value};
use std::cell::RefCell;
use std::rc::Rc;

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
    let begun = wait(cx, database.begin()).await.map_err(|e| errors::throw(cx, "MongoServerError", &e.message))?;
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
    if let Some(open) = open {
        let answer = if commit { open.commit() } else { open.rollback() };
        wait(cx, answer).await.map_err(|e| errors::throw(cx, "MongoServerError", &e.message))?;
    }
    Ok(())
}

fn start(cx: Cx, state: &Session) -> R<()> {
    if state.wanted.replace(true) {
        return Err(errors::throw(cx, "MongooseError", "Transaction already in progress"));
    }
    Ok(())
}

/// Runs a function in a transaction: commits what it leaves, rolls back when it throws.
pub async fn within(cx: Cx, session: Value, f: Value) -> R {
    if let Some(state) = session.as_obj().and_then(|o| o.payload::<Session>()) {
        start(cx, state)?;
    }
    match call(cx, &f, &Value::Undefined, std::slice::from_ref(&session)).await {
        Ok(value) => {
            finish(cx, &session, true).await?;
            Ok(value)
        }
        Err(_) => {
            let error = cx.take_exception();
            if finish(cx, &session, false).await.is_err() {
                cx.take_exception();
            }
            Err(cx.throw(error))
        }
    }
}

pub fn new_session(cx: Cx) -> Value {
    let state = Session { current: RefCell::default(), wanted: std::cell::Cell::new(false) };
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
        getters: &[],
        statics: &[],
    };
    class(cx, &DEF, None)
}
