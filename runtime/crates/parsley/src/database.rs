//! The database operators `<=?=>`, `<=??=>` and `<=!=>`.

use crate::data::items;
use crate::error::{fail, type_name};
use puremix_sql::{Database, Rows, SqlError, SqlRef, SqlValue, wait};
use puremix_value::{Cx, HostObject, Intrinsic, Obj, R, Str, Value};
use std::any::Any;
use std::sync::Arc;

struct Connection(Arc<dyn Database>);

impl HostObject for Connection {
    fn class_name(&self) -> &'static str {
        "Database"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The object that programs see as a connection.
pub fn database_object(cx: Cx, database: Arc<dyn Database>) -> Value {
    Value::Obj(Obj::host(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Connection(database)))
}

/// `db OP sql, [params]`. Mode `one` answers a row or null, `many` a list of rows, `execute` `{affected, lastId}`.
pub fn parsley_query(cx: Cx, mode: &Value, db: &Value, sql: &Value, params: &Value) -> R {
    let Some(connection) = db.as_obj().and_then(|o| o.host_data::<Connection>()) else {
        return Err(fail(cx, "DB-0001", &format!("{} is not a database connection", type_name(db))));
    };
    let Value::Str(sql) = sql else {
        return Err(fail(cx, "DB-0002", &format!("the query must be a string, not {}", type_name(sql))));
    };
    let mut bound = Vec::new();
    for param in items(params).unwrap_or_default() {
        bound.push(to_sql(cx, &param)?);
    }
    let mode = mode.as_str().map(Str::as_utf8).unwrap_or_default();
    let failed = |e: SqlError| fail(cx, "DB-0003", &e.message);
    // Parsley's operators are synchronous: the isolate waits. Short reads are answered on this thread.
    if mode == "execute" {
        let done = wait(connection.0.execute(&sql.as_utf8(), bound)).map_err(failed)?;
        let o = Obj::plain(cx);
        o.put(cx, &cx.key_of("affected"), Value::Num(done.affected as f64));
        o.put(cx, &cx.key_of("lastId"), Value::Num(done.last_id as f64));
        return Ok(Value::Obj(o));
    }
    let Rows { columns, cells } = wait(connection.0.query(&sql.as_utf8(), bound)).map_err(failed)?;
    let mut values = cells.iter();
    let mut rows = Vec::new();
    while values.len() > 0 {
        let o = Obj::plain(cx);
        for (name, value) in columns.iter().zip(&mut values) {
            o.put(cx, &cx.key_of(name), from_sql(value));
        }
        rows.push(Value::Obj(o));
        if mode == "one" {
            break;
        }
    }
    Ok(if mode == "one" { rows.pop().unwrap_or(Value::Null) } else { Value::Obj(Obj::array(cx, rows)) })
}

fn to_sql(cx: Cx, v: &Value) -> R<SqlValue> {
    Ok(match v {
        Value::Null | Value::Undefined => SqlValue::Null,
        Value::Bool(b) => SqlValue::Integer(i64::from(*b)),
        Value::Num(n) if n.fract() == 0.0 && n.abs() < 9e15 => SqlValue::Integer(*n as i64),
        Value::Num(n) => SqlValue::Real(*n),
        Value::Str(s) => SqlValue::Text(s.as_utf8().into_owned()),
        v => return Err(fail(cx, "DB-0004", &format!("a {} cannot be a query parameter", type_name(v)))),
    })
}

fn from_sql(v: SqlRef<'_>) -> Value {
    match v {
        SqlRef::Null => Value::Null,
        SqlRef::Bool(b) => Value::Bool(b),
        SqlRef::Integer(n) => Value::Num(n as f64),
        SqlRef::Real(n) => Value::Num(n),
        SqlRef::Text(s) | SqlRef::Json(s) => Value::str(s),
        SqlRef::Blob(b) => Value::str(&String::from_utf8_lossy(b)),
    }
}
