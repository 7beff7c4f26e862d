//! The functions below `puremix:db`: databases and transactions as handles, statements as promises.

use crate::failure::throw;
use crate::rows::{Objects, objects};
use crate::values::to_sql;
use puremix_js::{ops, promise};
use puremix_node::capability::{object, put_all, text_of};
use puremix_sql::{Answer, Database, Dialect, Done, Rows, SqlError, SqlRef, SqlValue, Transaction};
use puremix_value::{Args, Class, Cx, ErrorKind, Intrinsic, Obj, Payload, R, Value};
use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

pub const EXPORTS: &[&str] = &["begin", "commit", "default", "dialect", "open", "query", "rollback", "run", "script"];

pub fn module(cx: Cx) -> R {
    Ok(object(cx, &[
        ("open", 1, open),
        ("dialect", 1, dialect),
        ("query", 3, query),
        ("run", 3, run),
        ("script", 2, script),
        ("begin", 1, begin),
        ("commit", 1, |cx, a| end(cx, a, true)),
        ("rollback", 1, |cx, a| end(cx, a, false)),
    ])
    .into())
}

/// A database, or a transaction on one.
enum Handle {
    Database(Arc<dyn Database>),
    Transaction { dialect: Dialect, open: RefCell<Option<Box<dyn Transaction>>> },
}

impl Payload for Handle {}

fn new_handle(cx: Cx, handle: Handle) -> Value {
    Obj::native(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Class::Other, handle).into()
}

fn handle<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Handle> {
    let given = a.get(0).as_obj().and_then(|o| o.payload::<Handle>());
    given.ok_or_else(|| cx.throw_error(ErrorKind::Type, "not a database"))
}

/// `open(url)`: the app's own database when there is no URL.
fn open(cx: Cx, a: &Args<'_>) -> R {
    let opened = match a.get(0) {
        Value::Undefined | Value::Null => puremix_sql::default_database(),
        url => puremix_sql::open(&text_of(cx, url)?),
    };
    match opened {
        Ok(database) => Ok(new_handle(cx, Handle::Database(database))),
        Err(e) => Err(cx.throw_error(ErrorKind::Error, &e)),
    }
}

fn dialect(cx: Cx, a: &Args<'_>) -> R {
    let dialect = match handle(cx, a)? {
        Handle::Database(database) => database.dialect(),
        Handle::Transaction { dialect, .. } => *dialect,
    };
    Ok(Value::str(match dialect {
        Dialect::Sqlite => "sqlite",
        Dialect::Postgres => "postgres",
    }))
}

/// A statement's text and parameters.
fn statement(cx: Cx, a: &Args<'_>) -> R<(String, Vec<SqlValue>)> {
    let sql = text_of(cx, a.get(1))?;
    let params = ops::array_like_to_vec(cx, a.get(2))?;
    Ok((sql, params.iter().map(|v| to_sql(cx, v)).collect::<R<_>>()?))
}

/// A promise for what `show` makes of an answer; one that is there already needs no turn of the event loop.
fn promised<T: Send + 'static>(cx: Cx, mut answer: Answer<T>, show: fn(Cx, T) -> R) -> R {
    if let Poll::Ready(outcome) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return Ok(promise::promise_of(cx, outcome.map_err(|e| throw(cx, &e)).and_then(|answer| show(cx, answer))));
    }
    puremix_node::spawn(cx, answer, move |cx, outcome: Result<T, SqlError>| match outcome {
        Ok(answer) => show(cx, answer),
        Err(e) => Err(throw(cx, &e)),
    })
}

fn over(cx: Cx) -> puremix_value::Thrown {
    cx.throw_error(ErrorKind::Error, "the transaction is over")
}

/// `query(handle, sql, params)`: a promise for the rows.
fn query(cx: Cx, a: &Args<'_>) -> R {
    let (sql, params) = statement(cx, a)?;
    let answer = match handle(cx, a)? {
        Handle::Database(database) => {
            let mut rows = Objects::new(cx);
            match database.query_into(&sql, params, &mut rows) {
                Some(answer) => answer,
                None => return Ok(promise::promise_of(cx, rows.finish().map(|rows| Obj::array(cx, rows).into()))),
            }
        }
        Handle::Transaction { open, .. } => open.borrow().as_ref().ok_or_else(|| over(cx))?.query(&sql, params),
    };
    promised(cx, answer, |cx, rows: Rows| Ok(Obj::array(cx, objects(cx, &rows)?).into()))
}

/// `run(handle, sql, params)`: a promise for `{changes, lastId, rows}`.
fn run(cx: Cx, a: &Args<'_>) -> R {
    let (sql, params) = statement(cx, a)?;
    let answer = match handle(cx, a)? {
        Handle::Database(database) => database.execute(&sql, params),
        Handle::Transaction { open, .. } => open.borrow().as_ref().ok_or_else(|| over(cx))?.execute(&sql, params),
    };
    promised(cx, answer, |cx, done: Done| {
        let o = Obj::plain(cx);
        let rows = Obj::array(cx, objects(cx, &done.rows)?);
        let last_id = crate::values::from_sql(cx, SqlRef::Integer(done.last_id))?;
        put_all(cx, &o, [("changes", Value::Num(done.affected as f64)), ("lastId", last_id), ("rows", rows.into())]);
        Ok(o.into())
    })
}

/// `script(handle, sql)`: several statements, all or none.
fn script(cx: Cx, a: &Args<'_>) -> R {
    let sql = text_of(cx, a.get(1))?;
    match handle(cx, a)? {
        Handle::Database(database) => promised(cx, database.script(&sql), |_, ()| Ok(Value::Undefined)),
        Handle::Transaction { .. } => Err(cx.throw_error(ErrorKind::Error, "a script is a transaction of its own")),
    }
}

/// `begin(handle)`: a promise for a transaction's handle.
fn begin(cx: Cx, a: &Args<'_>) -> R {
    let Handle::Database(database) = handle(cx, a)? else {
        return Err(cx.throw_error(ErrorKind::Error, "a transaction inside a transaction"));
    };
    let dialect = database.dialect();
    let begun = database.begin();
    let begun: Answer<(Dialect, Box<dyn Transaction>)> = Box::pin(async move { Ok((dialect, begun.await?)) });
    promised(cx, begun, |cx, (dialect, open)| Ok(new_handle(cx, Handle::Transaction { dialect, open: RefCell::new(Some(open)) })))
}

fn end(cx: Cx, a: &Args<'_>, commits: bool) -> R {
    let Handle::Transaction { open, .. } = handle(cx, a)? else {
        return Err(cx.throw_error(ErrorKind::Type, "not a transaction"));
    };
    let open = open.borrow_mut().take().ok_or_else(|| over(cx))?;
    promised(cx, if commits { open.commit() } else { open.rollback() }, |_, ()| Ok(Value::Undefined))
}
