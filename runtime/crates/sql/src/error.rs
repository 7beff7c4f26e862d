//! Why a statement failed.

use std::fmt;

/// What callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A unique or primary key exists already.
    Unique,
    /// Another constraint: foreign key, not null, check.
    Constraint,
    /// The database is locked or the pool has no free connection: trying again may help.
    Busy,
    /// The database cannot be reached, opened or written.
    Unavailable,
    /// The statement itself is wrong.
    Statement,
    Other,
}

/// An engine's refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct SqlError {
    pub kind: ErrorKind,
    /// The engine's own words.
    pub message: String,
    /// SQLite's extended code by name (`SQLITE_CONSTRAINT_UNIQUE`), or PostgreSQL's SQLSTATE (`23505`).
    pub code: String,
    /// The columns or the constraint that a violation names, as far as the engine tells.
    pub constraint: Option<String>,
}

impl SqlError {
    pub fn new(kind: ErrorKind, code: impl Into<String>, message: impl Into<String>) -> SqlError {
        SqlError {
            kind,
            message: message.into(),
            code: code.into(),
            constraint: None,
        }
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SqlError {}
