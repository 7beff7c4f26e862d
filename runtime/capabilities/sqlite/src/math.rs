//! SQLite's mathematical functions, which the bundled build leaves out (`SQLITE_ENABLE_MATH_FUNCTIONS`).
//!
//! As <https://sqlite.org/lang_mathfunc.html>: what is no number, and an answer that is none, are NULL.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error};
use std::f64::consts::PI;

type Unary = fn(f64) -> f64;
type Binary = fn(f64, f64) -> f64;

const UNARY: &[(&str, Unary)] = &[
    ("acos", f64::acos),
    ("acosh", f64::acosh),
    ("asin", f64::asin),
    ("asinh", f64::asinh),
    ("atan", f64::atan),
    ("atanh", f64::atanh),
    ("cos", f64::cos),
    ("cosh", f64::cosh),
    ("degrees", f64::to_degrees),
    ("exp", f64::exp),
    ("ln", |x| if x > 0.0 { x.ln() } else { f64::NAN }),
    ("log", log10),
    ("log10", log10),
    ("log2", |x| if x > 0.0 { x.log2() } else { f64::NAN }),
    ("radians", f64::to_radians),
    ("sin", f64::sin),
    ("sinh", f64::sinh),
    ("sqrt", f64::sqrt),
    ("tan", f64::tan),
    ("tanh", f64::tanh),
];

const BINARY: &[(&str, Binary)] = &[
    ("atan2", f64::atan2),
    ("log", |base, x| if base > 0.0 && base != 1.0 && x > 0.0 { x.ln() / base.ln() } else { f64::NAN }),
    ("mod", |x, y| x % y),
    ("pow", f64::powf),
    ("power", f64::powf),
];

/// These leave integers as they are.
const ROUNDING: &[(&str, Unary)] = &[("ceil", f64::ceil), ("ceiling", f64::ceil), ("floor", f64::floor), ("trunc", f64::trunc)];

fn log10(x: f64) -> f64 {
    if x > 0.0 { x.log10() } else { f64::NAN }
}

/// The functions, on one connection.
pub fn add_functions(connection: &Connection) -> Result<(), Error> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for &(name, f) in UNARY {
        connection.create_scalar_function(name, 1, flags, move |context| Ok(real(number(context, 0).map(f))))?;
    }
    for &(name, f) in BINARY {
        connection.create_scalar_function(name, 2, flags, move |context| Ok(real(number(context, 0).zip(number(context, 1)).map(|(x, y)| f(x, y)))))?;
    }
    for &(name, f) in ROUNDING {
        connection.create_scalar_function(name, 1, flags, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Integer(n) => Value::Integer(n),
                _ => real(number(context, 0).map(f)),
            })
        })?;
    }
    connection.create_scalar_function("pi", 0, flags, |_| Ok(PI))
}

/// The argument as SQLite's numeric affinity sees it: a text that is a number is one.
fn number(context: &Context<'_>, i: usize) -> Option<f64> {
    match context.get_raw(i) {
        ValueRef::Integer(n) => Some(n as f64),
        ValueRef::Real(n) => Some(n),
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

fn real(n: Option<f64>) -> Value {
    n.filter(|n| !n.is_nan()).map_or(Value::Null, Value::Real)
}

#[cfg(test)]
mod tests {
    use super::add_functions;
    use rusqlite::Connection;
    use rusqlite::types::Value;

    #[test]
    fn answers() {
        let connection = Connection::open_in_memory().expect("opens");
        add_functions(&connection).expect("adds");
        let ask = |sql: &str| connection.query_row(&format!("SELECT {sql}"), [], |row| row.get::<_, Value>(0)).expect(sql);
        for (sql, expected) in [
            ("sqrt(16)", Value::Real(4.0)),
            ("sqrt('16')", Value::Real(4.0)),
            ("sqrt(-1)", Value::Null),
            ("sqrt('x')", Value::Null),
            ("ceil(3)", Value::Integer(3)),
            ("ceil(2.5)", Value::Real(3.0)),
            ("floor(-2.5)", Value::Real(-3.0)),
            ("mod(11, 3.5)", Value::Real(0.5)),
            ("log(100)", Value::Real(2.0)),
            ("log(2, 8)", Value::Real(3.0)),
            ("ln(0)", Value::Null),
            ("pow(2, 10)", Value::Real(1024.0)),
            ("trunc(-2.5)", Value::Real(-2.0)),
            ("degrees(pi())", Value::Real(180.0)),
        ] {
            assert_eq!(ask(sql), expected, "{sql}");
        }
    }
}
