//! SQLite's errors as the engine's.

use puremix_sql::{ErrorKind, SqlError};
use rusqlite::{Error, ffi};

/// Extended result codes by name (https://sqlite.org/rescode.html).
const NAMES: &[(i32, &str)] = &[
    (ffi::SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"),
    (ffi::SQLITE_CONSTRAINT_COMMITHOOK, "SQLITE_CONSTRAINT_COMMITHOOK"),
    (ffi::SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"),
    (ffi::SQLITE_CONSTRAINT_FUNCTION, "SQLITE_CONSTRAINT_FUNCTION"),
    (ffi::SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"),
    (ffi::SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"),
    (ffi::SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"),
    (ffi::SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"),
    (ffi::SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"),
    (ffi::SQLITE_CONSTRAINT_DATATYPE, "SQLITE_CONSTRAINT_DATATYPE"),
    (ffi::SQLITE_BUSY_RECOVERY, "SQLITE_BUSY_RECOVERY"),
    (ffi::SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"),
    (ffi::SQLITE_BUSY_TIMEOUT, "SQLITE_BUSY_TIMEOUT"),
    (ffi::SQLITE_LOCKED_SHAREDCACHE, "SQLITE_LOCKED_SHAREDCACHE"),
    (ffi::SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"),
    (ffi::SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"),
    (ffi::SQLITE_IOERR_READ, "SQLITE_IOERR_READ"),
    (ffi::SQLITE_IOERR_SHORT_READ, "SQLITE_IOERR_SHORT_READ"),
    (ffi::SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"),
    (ffi::SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"),
];

/// Primary result codes by name.
const PRIMARY: &[&str] = &[
    "SQLITE_OK", "SQLITE_ERROR", "SQLITE_INTERNAL", "SQLITE_PERM", "SQLITE_ABORT", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM",
    "SQLITE_READONLY", "SQLITE_INTERRUPT", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTFOUND", "SQLITE_FULL", "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL", "SQLITE_EMPTY", "SQLITE_SCHEMA", "SQLITE_TOOBIG", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_MISUSE",
    "SQLITE_NOLFS", "SQLITE_AUTH", "SQLITE_FORMAT", "SQLITE_RANGE", "SQLITE_NOTADB",
];

/// The name of an extended result code; that of its primary code where it has none here.
pub fn code_name(extended: i32) -> &'static str {
    let named = NAMES.iter().find(|(code, _)| *code == extended).map(|(_, name)| *name);
    named.or_else(|| PRIMARY.get((extended & 0xff) as usize).copied()).unwrap_or("SQLITE_ERROR")
}

/// In SQLite's own words.
pub fn from_rusqlite(error: Error) -> SqlError {
    match error {
        Error::SqliteFailure(code, message) => from_code(code, message),
        Error::SqlInputError { error, msg, .. } => from_code(error, Some(msg)),
        Error::MultipleStatement => statement("one statement at a time: put several into `script` or a transaction"),
        Error::InvalidParameterCount(given, wanted) => statement(format!("the statement has {wanted} parameters, and {given} were given")),
        other => statement(other.to_string()),
    }
}

/// A statement that is wrong in itself.
pub fn statement(message: impl Into<String>) -> SqlError {
    SqlError::new(ErrorKind::Statement, "SQLITE_ERROR", message)
}

/// The database's thread has ended or cannot do its work.
pub fn unavailable(message: impl Into<String>) -> SqlError {
    SqlError::new(ErrorKind::Unavailable, "SQLITE_IOERR", message)
}

/// Whether a read stopped because it took longer than its thread may be kept.
pub fn is_interrupt(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _) if code.code == rusqlite::ErrorCode::OperationInterrupted)
}

/// Whether somebody else holds a lock that this thread must not wait for.
pub fn is_busy(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _) if code.code == rusqlite::ErrorCode::DatabaseBusy)
}

fn from_code(error: ffi::Error, message: Option<String>) -> SqlError {
    let extended = error.extended_code;
    let kind = match extended & 0xff {
        ffi::SQLITE_CONSTRAINT => match extended {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => ErrorKind::Unique,
            _ => ErrorKind::Constraint,
        },
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => ErrorKind::Busy,
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY | ffi::SQLITE_IOERR | ffi::SQLITE_FULL | ffi::SQLITE_NOTADB | ffi::SQLITE_CORRUPT => {
            ErrorKind::Unavailable
        }
        ffi::SQLITE_ERROR | ffi::SQLITE_RANGE | ffi::SQLITE_MISMATCH | ffi::SQLITE_MISUSE | ffi::SQLITE_TOOBIG => ErrorKind::Statement,
        _ => ErrorKind::Other,
    };
    let message = message.unwrap_or_else(|| error.to_string());
    // `UNIQUE constraint failed: users.email, users.name`
    let constraint = message.split_once("constraint failed: ").map(|(_, what)| what.to_owned());
    SqlError { constraint, ..SqlError::new(kind, code_name(extended), message) }
}

#[cfg(test)]
mod tests {
    use super::code_name;

    #[test]
    fn names_stand_at_their_codes() {
        assert_eq!(code_name(2067), "SQLITE_CONSTRAINT_UNIQUE");
        assert_eq!(code_name(19), "SQLITE_CONSTRAINT");
        assert_eq!(code_name(26), "SQLITE_NOTADB");
        assert_eq!(code_name(13), "SQLITE_FULL");
        assert_eq!(code_name(1 << 20), "SQLITE_OK");
    }
}
