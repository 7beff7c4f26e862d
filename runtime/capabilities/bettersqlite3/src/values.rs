//! Values as the package binds and reads them, and its errors.

use puremix_js::builtins::error::make_error;
use puremix_js::builtins::typed;
use puremix_value::{Cx, ErrorKind, R, Thrown, Value};
use rusqlite::{Error, ffi};
use rusqlite::types::{Value as Sql, ValueRef};
use std::rc::Rc;

/// A parameter. Numbers are bound as they are in JavaScript: as 64-bit floats.
pub fn to_sql(cx: Cx, v: &Value) -> R<Sql> {
    Ok(match v {
        Value::Undefined | Value::Null => Sql::Null,
        Value::Num(n) => Sql::Real(*n),
        Value::Str(s) => Sql::Text(s.as_utf8().into_owned()),
        Value::BigInt(n) => match num_traits::ToPrimitive::to_i64(&**n) {
            Some(n) => Sql::Integer(n),
            None => return Err(cx.throw_error(ErrorKind::Range, "The bound string, buffer, or bigint is too big")),
        },
        // Views, but no `ArrayBuffer`s.
        v => match v.as_obj().filter(|o| typed::view_parts(o).is_some()).and_then(|_| puremix_node::bytes_of(v)) {
            Some(bytes) => Sql::Blob(bytes),
            None => return Err(cx.throw_error(ErrorKind::Type, "SQLite3 can only bind numbers, strings, bigints, buffers, and null")),
        },
    })
}

/// A column. `safe`: integers are BigInts, else numbers.
pub fn from_sql(cx: Cx, v: ValueRef<'_>, safe: bool) -> R {
    Ok(match v {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => integer(n, safe),
        ValueRef::Real(n) => Value::Num(n),
        ValueRef::Text(s) => Value::str(&String::from_utf8_lossy(s)),
        ValueRef::Blob(b) => puremix_node::new_buffer(cx, b.to_vec())?,
    })
}

pub fn integer(n: i64, safe: bool) -> Value {
    if safe { Value::BigInt(Rc::new(n.into())) } else { Value::Num(n as f64) }
}

/// Throws what SQLite says, with its `code`; `better-sqlite3.cjs` makes a `SqliteError` of it.
pub fn throw(cx: Cx, e: Error) -> Thrown {
    let (code, message) = match e {
        // Without the path that the binding adds.
        Error::SqliteFailure(code, Some(_)) if code.code == ffi::ErrorCode::CannotOpen => {
            (puremix_sqlite::code_name(code.extended_code), "unable to open database file".to_owned())
        }
        Error::SqliteFailure(code, message) => (puremix_sqlite::code_name(code.extended_code), message.unwrap_or_else(|| code.to_string())),
        Error::SqlInputError { error, msg, .. } => (puremix_sqlite::code_name(error.extended_code), msg),
        Error::MultipleStatement => return cx.throw_error(ErrorKind::Range, "The supplied SQL string contains more than one statement"),
        other => ("SQLITE_ERROR", other.to_string()),
    };
    let error = make_error(cx, ErrorKind::Error, &message);
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("code"), Value::str(code));
        o.put(cx, &cx.key_of("isSqlites"), Value::Bool(true));
    }
    cx.throw(error)
}
