//! The database operators `<=?=>`, `<=??=>` and `<=!=>`.

use crate::data::items;
use crate::error::{fail, type_name};
use puremix_value::{Cx, HostObject, Intrinsic, Obj, R, Str, Value};
use std::any::Any;
use std::rc::Rc;

/// A value on its way to or from SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// What a statement answered.
#[derive(Debug, Default)]
pub struct QueryAnswer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<SqlValue>>,
    pub affected: u64,
    pub last_id: i64,
}

/// A connection, implemented where IO is allowed. Parameters are bound, never pasted.
pub trait Database {
    /// The error is the engine's message.
    fn run(&self, sql: &str, params: &[SqlValue], returns_rows: bool) -> Result<QueryAnswer, String>;
}

struct Connection(Rc<dyn Database>);

impl HostObject for Connection {
    fn class_name(&self) -> &'static str {
        "Database"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The object that programs see as a connection.
pub fn database_object(cx: Cx, database: Rc<dyn Database>) -> Value {
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
    let answer = connection.0.run(&sql.as_utf8(), &bound, mode != "execute").map_err(|e| fail(cx, "DB-0003", &e))?;
    if mode == "execute" {
        let o = Obj::plain(cx);
        o.put(cx, &cx.key_of("affected"), Value::Num(answer.affected as f64));
        o.put(cx, &cx.key_of("lastId"), Value::Num(answer.last_id as f64));
        return Ok(Value::Obj(o));
    }
    let row = |values: Vec<SqlValue>| {
        let o = Obj::plain(cx);
        for (name, value) in answer.columns.iter().zip(values) {
            o.put(cx, &cx.key_of(name), from_sql(value));
        }
        Value::Obj(o)
    };
    let mut rows = answer.rows.into_iter().map(row);
    Ok(if mode == "one" { rows.next().unwrap_or(Value::Null) } else { Value::Obj(Obj::array(cx, rows.collect())) })
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

fn from_sql(v: SqlValue) -> Value {
    match v {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(n) => Value::Num(n as f64),
        SqlValue::Real(n) => Value::Num(n),
        SqlValue::Text(s) => Value::str(&s),
        SqlValue::Blob(b) => Value::str(&String::from_utf8_lossy(&b)),
    }
}
