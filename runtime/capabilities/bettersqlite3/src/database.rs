//! The functions below `better-sqlite3`: connections as handles.

use crate::backup::backup;
use crate::cursor;
use crate::function;
use crate::statement::{self, Mode};
use crate::values::throw;
use puremix_js::ops;
use puremix_node::capability::{flag, object, option, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Intrinsic, Obj, Payload, R, Value};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Error, OpenFlags};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub const EXPORTS: &[&str] = &[
    "aggregate", "all", "backup", "close", "default", "define", "describe", "exec", "expanded", "finish", "first", "inTransaction", "iterate", "open", "run", "serialize",
    "step",
];

pub fn module(cx: Cx) -> R {
    Ok(object(cx, &[
        ("open", 2, open),
        ("close", 1, close),
        ("describe", 2, |cx, a| with(cx, a, |c| statement::describe(cx, c, &text_of(cx, a.get(1))?))),
        ("exec", 2, exec),
        ("inTransaction", 1, |cx, a| with(cx, a, |c| Ok(Value::Bool(!c.is_autocommit())))),
        // handle, sql, positional, named, safe
        ("run", 5, |cx, a| with(cx, a, |c| statement::run(cx, c, &text_of(cx, a.get(1))?, a.get(2), a.get(3), ops::js_truthy(a.get(4))))),
        // handle, sql, positional, named, safe, mode
        ("first", 6, |cx, a| Ok(rows(cx, a, 1)?.pop().unwrap_or_default())),
        ("all", 6, |cx, a| Ok(Obj::array(cx, rows(cx, a, usize::MAX)?).into())),
        ("iterate", 6, iterate),
        ("step", 1, cursor::step),
        ("finish", 1, cursor::finish),
        // handle, sql, positional, named
        ("expanded", 4, |cx, a| with(cx, a, |c| statement::expanded(cx, c, &text_of(cx, a.get(1))?, a.get(2), a.get(3)))),
        ("define", 5, define),
        ("aggregate", 5, aggregate),
        ("serialize", 2, serialize),
        // handle, attached name, file, progress
        ("backup", 4, |cx, a| with(cx, a, |c| backup(cx, c, &text_of(cx, a.get(1))?, &text_of(cx, a.get(2))?, a.get(3)))),
    ])
    .into())
}

struct Handle {
    connection: RefCell<Option<Rc<Connection>>>,
    functions: RefCell<Vec<u64>>,
}

impl Payload for Handle {}

fn handle<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Handle> {
    let given = a.get(0).as_obj().and_then(|o| o.payload::<Handle>());
    given.ok_or_else(|| cx.throw_error(ErrorKind::Type, "not a database"))
}

/// The open connection. Whoever holds it keeps `close` from closing.
fn connection(cx: Cx, a: &Args<'_>) -> R<Rc<Connection>> {
    let open = handle(cx, a)?.connection.borrow().clone();
    open.ok_or_else(|| cx.throw_error(ErrorKind::Type, "The database connection is not open"))
}

fn with<T>(cx: Cx, a: &Args<'_>, f: impl FnOnce(&Connection) -> R<T>) -> R<T> {
    f(&*connection(cx, a)?)
}

fn mode(a: &Args<'_>) -> Mode {
    Mode::of(a.get(5).as_num().unwrap_or(0.0))
}

fn rows(cx: Cx, a: &Args<'_>, limit: usize) -> R<Vec<Value>> {
    with(cx, a, |c| statement::rows(cx, c, &text_of(cx, a.get(1))?, a.get(2), a.get(3), mode(a), ops::js_truthy(a.get(4)), limit))
}

fn iterate(cx: Cx, a: &Args<'_>) -> R {
    cursor::open(cx, connection(cx, a)?, &text_of(cx, a.get(1))?, a.get(2), a.get(3), mode(a), ops::js_truthy(a.get(4)))
}

/// `open(path, {readonly, fileMustExist, timeout})`
fn open(cx: Cx, a: &Args<'_>) -> R {
    let path = text_of(cx, a.get(0))?;
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if flag(cx, a.get(1), "readonly")? {
        flags |= OpenFlags::SQLITE_OPEN_READ_ONLY;
    } else {
        flags |= OpenFlags::SQLITE_OPEN_READ_WRITE;
        if !flag(cx, a.get(1), "fileMustExist")? {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
    }
    let timeout = option(cx, a.get(1), "timeout")?.as_num().unwrap_or(5000.0).clamp(0.0, f64::from(i32::MAX));
    let opened = match path.as_str() {
        // A temporary database: nobody else sees it, so it may as well be in memory.
        "" | ":memory:" => Connection::open_in_memory(),
        path => Connection::open_with_flags(path, flags),
    };
    let image = puremix_node::bytes_of(&option(cx, a.get(1), "image")?);
    let prepared = opened.and_then(|mut connection| {
        if let Some(bytes) = image {
            connection.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
        }
        settle(&connection, Duration::from_millis(timeout as u64))?;
        Ok(connection)
    });
    let connection = prepared.map_err(|e| throw(cx, e))?;
    let handle = Handle { connection: RefCell::new(Some(Rc::new(connection))), functions: RefCell::default() };
    Ok(Obj::native(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Class::Other, handle).into())
}

/// As the package's build of SQLite has it: keys are checked, and a name in double quotes is never taken for a string.
fn settle(connection: &Connection, patience: Duration) -> Result<(), Error> {
    connection.busy_timeout(patience)?;
    connection.set_prepared_statement_cache_capacity(256);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    puremix_sqlite::add_math_functions(connection)
}

fn close(cx: Cx, a: &Args<'_>) -> R {
    let handle = handle(cx, a)?;
    let mut open = handle.connection.borrow_mut();
    if open.as_ref().is_some_and(|connection| Rc::strong_count(connection) > 1) {
        return Err(cx.throw_error(ErrorKind::Type, "This database connection is busy executing a query"));
    }
    drop(open.take());
    handle.functions.take().into_iter().for_each(function::forget);
    Ok(Value::Undefined)
}

fn exec(cx: Cx, a: &Args<'_>) -> R {
    let sql = text_of(cx, a.get(1))?;
    with(cx, a, |c| match c.execute_batch(&sql) {
        Ok(()) => Ok(Value::Undefined),
        Err(e) => Err(function::rethrow(cx).unwrap_or_else(|| throw(cx, e))),
    })
}

/// `{deterministic, directOnly}`
fn function_flags(cx: Cx, options: &Value) -> R<FunctionFlags> {
    let mut flags = FunctionFlags::SQLITE_UTF8;
    flags.set(FunctionFlags::SQLITE_DETERMINISTIC, flag(cx, options, "deterministic")?);
    flags.set(FunctionFlags::SQLITE_DIRECTONLY, flag(cx, options, "directOnly")?);
    Ok(flags)
}

/// `define(handle, name, function, argumentCount, {deterministic, directOnly, safeIntegers})`
fn define(cx: Cx, a: &Args<'_>) -> R {
    let name = text_of(cx, a.get(1))?;
    let count = a.get(3).as_num().unwrap_or(-1.0) as i32;
    let (flags, safe) = (function_flags(cx, a.get(4))?, flag(cx, a.get(4), "safeIntegers")?);
    let id = with(cx, a, |c| function::define(cx, c, &name, count, flags, a.get(2).clone(), safe).map_err(|e| throw(cx, e)))?;
    handle(cx, a)?.functions.borrow_mut().push(id);
    Ok(Value::Undefined)
}

/// `aggregate(handle, name, {start, step, inverse, result}, argumentCount, {deterministic, directOnly, safeIntegers})`
fn aggregate(cx: Cx, a: &Args<'_>) -> R {
    let name = text_of(cx, a.get(1))?;
    let count = a.get(3).as_num().unwrap_or(-1.0) as i32;
    let (flags, safe) = (function_flags(cx, a.get(4))?, flag(cx, a.get(4), "safeIntegers")?);
    let part = |name: &str| option(cx, a.get(2), name);
    let parts = function::Parts { start: part("start")?, step: part("step")?, inverse: part("inverse")?, result: part("result")? };
    let id = with(cx, a, |c| function::aggregate(cx, c, &name, count, flags, parts, safe).map_err(|e| throw(cx, e)))?;
    handle(cx, a)?.functions.borrow_mut().push(id);
    Ok(Value::Undefined)
}

/// `serialize(handle, attached name)`: the database's file as bytes.
fn serialize(cx: Cx, a: &Args<'_>) -> R {
    let name = text_of(cx, a.get(1))?;
    let bytes = with(cx, a, |c| c.serialize(name.as_str()).map(|data| data.to_vec()).map_err(|e| throw(cx, e)))?;
    puremix_node::new_buffer(cx, bytes)
}
