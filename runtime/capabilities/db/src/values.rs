//! Values of the program on their way to and from SQL.

use puremix_sql::{SqlRef, SqlValue};
use puremix_value::{Cx, ErrorKind, R, Value};

/// Integers that a number holds exactly.
const SAFE: f64 = 9_007_199_254_740_991.0;

/// A parameter. Dates and objects have become text before (`db.js`).
pub fn to_sql(cx: Cx, v: &Value) -> R<SqlValue> {
    let refused = |what: &str| Err(cx.throw_error(ErrorKind::Type, &format!("{what} cannot be a parameter of a statement")));
    Ok(match v {
        Value::Null => SqlValue::Null,
        Value::Bool(b) => SqlValue::Bool(*b),
        Value::Num(n) if n.fract() == 0.0 && n.abs() <= SAFE => SqlValue::Integer(*n as i64),
        Value::Num(n) => SqlValue::Real(*n),
        Value::Str(s) => SqlValue::Text(s.as_utf8().into_owned()),
        Value::BigInt(n) => match num_traits::ToPrimitive::to_i64(&**n) {
            Some(n) => SqlValue::Integer(n),
            None => SqlValue::Text(n.to_string()),
        },
        Value::Undefined | Value::Uninit => return refused("undefined (write null for NULL)"),
        Value::Sym(_) => return refused("a symbol"),
        Value::Obj(_) => match puremix_node::bytes_of(v) {
            Some(bytes) => SqlValue::Blob(bytes),
            None => return refused(&puremix_js::inspect(cx, v)),
        },
    })
}

#[cold]
fn big(n: i64) -> Value {
    Value::BigInt(std::rc::Rc::new(n.into()))
}

/// A column. Integers that a number does not hold exactly are BigInts.
#[inline]
pub fn from_sql(cx: Cx, v: SqlRef<'_>) -> R {
    Ok(match v {
        SqlRef::Null => Value::Null,
        SqlRef::Bool(b) => Value::Bool(b),
        SqlRef::Integer(n) if n.unsigned_abs() <= SAFE as u64 => Value::Num(n as f64),
        SqlRef::Integer(n) => big(n),
        SqlRef::Real(n) => Value::Num(n),
        SqlRef::Text(s) => Value::str(s),
        SqlRef::Blob(b) => puremix_node::new_buffer(cx, b.to_vec())?,
        SqlRef::Json(text) => puremix_js::parse_json(cx, &text.into())?,
    })
}
