#![forbid(unsafe_code)]
//! What an SQL engine looks like to the rooms that use one: sessions, documents, `puremix:db`, Parsley.
//!
//! In: statements with bound parameters. Out: rows or an [`SqlError`] with its kind. Engines are capabilities (`runtime/capabilities/sqlite`,
//! `runtime/capabilities/postgres`) that implement [`Database`]. This crate does no IO and must never know a language's values.

mod documents;
mod error;
mod registry;
mod rows;
mod value;
mod wait;

pub use documents::{Documents, Transfer};
pub use error::{ErrorKind, SqlError};
pub use registry::{Durability, Open, OpenOptions, Setup, default_database, default_url, open, set_up, without_password};
pub use rows::{Cells, Row, RowSink, Rows};
pub use value::{SqlRef, SqlValue};
pub use wait::wait;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// An answer that may still be on its way. Engines that have it already return a future that is ready at its first poll.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, SqlError>> + Send>>;

/// An answer that is there already.
pub fn ready<T: Send + 'static>(outcome: Result<T, SqlError>) -> Answer<T> {
    Box::pin(std::future::ready(outcome))
}

/// Whose SQL an engine speaks. Placeholders are `?1`, `?2` in SQLite and `$1`, `$2` in PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// A statement and what it binds.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sql: Arc<str>,
    pub params: Vec<SqlValue>,
}

/// What a write did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Rows inserted, updated or deleted.
    pub affected: u64,
    /// SQLite's `last_insert_rowid()`; 0 elsewhere.
    pub last_id: i64,
    /// Rows of a `RETURNING` clause.
    pub rows: Rows,
}

/// One database, shared by all threads of the process. Dropping a future cancels nothing that was already sent.
pub trait Database: Send + Sync {
    fn dialect(&self) -> Dialect;

    /// Reads. A read sees every write of this process that was acknowledged before it began.
    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows>;

    /// As [`Database::query`], into a sink where this thread can read at once: then there is no answer to wait for, and the sink has all rows.
    /// A sink beside an answer is of no use any more; it may have taken a part.
    fn query_into(&self, sql: &str, params: Vec<SqlValue>, _sink: &mut dyn RowSink) -> Option<Answer<Rows>> {
        Some(self.query(sql, params))
    }

    /// Writes. Resolves once the write is durable as the database is configured (SQLite: `synchronous=FULL`).
    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done>;

    /// Several writes in one transaction: all or none.
    fn batch(&self, statements: Vec<Statement>) -> Answer<Vec<Done>>;

    /// Statements without parameters separated by `;`, in one transaction: schemas and migrations.
    fn script(&self, sql: &str) -> Answer<()>;

    /// Starts an interactive transaction. In SQLite other writers wait until it ends; it is rolled back when it takes too long.
    fn begin(&self) -> Answer<Box<dyn Transaction>>;
}

/// An open transaction; one that is dropped is rolled back.
pub trait Transaction: Send {
    /// Reads, seeing this transaction's own writes.
    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows>;
    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done>;
    /// Statements without parameters separated by `;`.
    fn script(&self, sql: &str) -> Answer<()>;
    fn commit(self: Box<Self>) -> Answer<()>;
    fn rollback(self: Box<Self>) -> Answer<()>;
}
