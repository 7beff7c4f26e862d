//! What goes wrong on a connection, and what the engine says about it.

use crate::message::Fields;
use puremix_sql::{ErrorKind, SqlError};

/// Why a conversation did not answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The server refused; the conversation goes on.
    Refused(Fields),
    /// The conversation is over.
    Lost(String),
    /// There was none: the operating system's name for it (`ECONNREFUSED`), and a sentence.
    Unreached(&'static str, String),
}

impl Failure {
    /// As the engine tells it.
    pub fn into_sql(self) -> SqlError {
        match self {
            Failure::Lost(why) | Failure::Unreached(_, why) => unavailable(why),
            Failure::Refused(fields) => {
                let code = fields.get(b'C').unwrap_or("XX000").to_owned();
                let message = fields.get(b'M').unwrap_or("the server gave no message").to_owned();
                let constraint = fields.get(b'n').map(str::to_owned);
                SqlError { constraint, ..SqlError::new(kind(&code), code, message) }
            }
        }
    }

    /// The server's code, if it is the server that speaks.
    pub fn code(&self) -> Option<&str> {
        match self {
            Failure::Refused(fields) => fields.get(b'C'),
            Failure::Lost(_) | Failure::Unreached(..) => None,
        }
    }
}

/// The server cannot be reached.
pub fn unavailable(message: impl Into<String>) -> SqlError {
    SqlError::new(ErrorKind::Unavailable, "08006", message)
}

/// By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
fn kind(code: &str) -> ErrorKind {
    match (code, code.get(..2).unwrap_or_default()) {
        ("23505" | "23P01", _) => ErrorKind::Unique,
        (_, "23") => ErrorKind::Constraint,
        // Serialization, deadlocks, locks that were not to be had, too many connections.
        (_, "40") | ("55P03" | "53300" | "57014", _) => ErrorKind::Busy,
        (_, "08" | "28" | "3D" | "53" | "57" | "58") | ("25006" | "25P03", _) => ErrorKind::Unavailable,
        (_, "42" | "22" | "0A" | "26" | "34") => ErrorKind::Statement,
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let all = ["23505", "23502", "40001", "55P03", "57P01", "28P01", "42P01", "22P02", "25P02"].map(kind);
        use ErrorKind::{Busy, Constraint, Other, Statement, Unavailable, Unique};
        assert_eq!(all, [Unique, Constraint, Busy, Busy, Unavailable, Unavailable, Statement, Statement, Other]);
    }
}
