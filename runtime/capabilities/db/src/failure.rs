//! An engine's refusal as an error of the program.

use puremix_js::builtins::error::make_error;
use puremix_sql::SqlError;
use puremix_value::{Cx, ErrorKind, Thrown, Value};

/// An `Error` with the engine's `code`, a `kind` that is the same for both engines, and the violated constraint.
pub fn error_of(cx: Cx, e: &SqlError) -> Value {
    let error = make_error(cx, ErrorKind::Error, &e.message);
    if let Value::Obj(o) = &error {
        let kind = match e.kind {
            puremix_sql::ErrorKind::Unique => "unique",
            puremix_sql::ErrorKind::Constraint => "constraint",
            puremix_sql::ErrorKind::Busy => "busy",
            puremix_sql::ErrorKind::Unavailable => "unavailable",
            puremix_sql::ErrorKind::Statement => "statement",
            puremix_sql::ErrorKind::Other => "other",
        };
        o.put(cx, &cx.key_of("code"), Value::str(&e.code));
        o.put(cx, &cx.key_of("kind"), Value::str(kind));
        if let Some(constraint) = &e.constraint {
            o.put(cx, &cx.key_of("constraint"), Value::str(constraint));
        }
    }
    error
}

pub fn throw(cx: Cx, e: &SqlError) -> Thrown {
    let error = error_of(cx, e);
    cx.throw(error)
}
