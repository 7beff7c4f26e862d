//! Group commit: writes that wait together are committed together, with one `fsync`, and each fails for itself.

use crate::failure::from_rusqlite;
use crate::run::execute;
use crate::statement_kind::{StatementKind, classify};
use puremix_sql::{Done, SqlError, Statement};
use rusqlite::Connection;

/// A write that can share a transaction with others.
pub enum Write {
    One(Statement),
    /// All or none.
    Batch(Vec<Statement>),
    /// Statements without parameters, all or none.
    Script(String),
}

/// What a write did, one [`Done`] a statement.
pub type Outcome = Result<Vec<Done>, SqlError>;

/// Whether a write may be part of a group.
pub fn can_share(write: &Write) -> bool {
    match write {
        Write::One(statement) => classify(&statement.sql) != StatementKind::Alone,
        Write::Batch(_) => true,
        Write::Script(_) => false,
    }
}

/// Runs writes and commits them; the outcomes stand in the writes' order. Nothing is acknowledged before it is durable.
pub fn commit(connection: &Connection, writes: &[&Write]) -> Vec<Outcome> {
    match writes {
        [one] => vec![commit_one(connection, one)],
        several => commit_together(connection, several).unwrap_or_else(|| several.iter().map(|write| commit_one(connection, write)).collect()),
    }
}

/// A write in a transaction of its own.
fn commit_one(connection: &Connection, write: &Write) -> Outcome {
    match write {
        Write::One(statement) => {
            let shares = classify(&statement.sql);
            refuse_control(&statement.sql)?;
            // A single statement is a transaction.
            let done = execute(connection, &statement.sql, &statement.params);
            if shares == StatementKind::Alone && !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            done.map(|done| vec![done])
        }
        Write::Batch(_) | Write::Script(_) => {
            connection.execute_batch("BEGIN IMMEDIATE").map_err(from_rusqlite)?;
            let outcome = run(connection, write).and_then(|done| match connection.is_autocommit() {
                // A script that ended the transaction itself has decided what is kept.
                true => Err(crate::failure::statement("a script must not end the transaction it runs in")),
                false => connection.execute_batch("COMMIT").map(|()| done).map_err(from_rusqlite),
            });
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            outcome
        }
    }
}

/// All writes in one transaction, each in a savepoint. `None`: one of the failures undid the whole transaction, and nothing is kept.
fn commit_together(connection: &Connection, writes: &[&Write]) -> Option<Vec<Outcome>> {
    let step = |sql: &str| execute(connection, sql, &[]).map(|_| ());
    if let Err(e) = step("BEGIN IMMEDIATE") {
        return Some(writes.iter().map(|_| Err(e.clone())).collect());
    }
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        let outcome = step("SAVEPOINT w").and_then(|()| {
            let outcome = run(connection, write);
            if connection.is_autocommit() {
                // A full disk, an `ON CONFLICT ROLLBACK`: SQLite has rolled back everything.
                return outcome;
            }
            if outcome.is_err() {
                step("ROLLBACK TO w")?;
            }
            step("RELEASE w")?;
            outcome
        });
        if connection.is_autocommit() {
            return None;
        }
        outcomes.push(outcome);
    }
    match step("COMMIT") {
        Ok(()) => Some(outcomes),
        Err(e) => {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            // A deferred constraint of one write fails the commit of all: each gets its own chance. Anything else fails all.
            if e.kind == puremix_sql::ErrorKind::Constraint { None } else { Some(writes.iter().map(|_| Err(e.clone())).collect()) }
        }
    }
}

fn run(connection: &Connection, write: &Write) -> Outcome {
    let one = |statement: &Statement| {
        refuse_control(&statement.sql)?;
        execute(connection, &statement.sql, &statement.params)
    };
    match write {
        Write::One(statement) => one(statement).map(|done| vec![done]),
        Write::Batch(statements) => statements.iter().map(one).collect(),
        Write::Script(sql) => connection.execute_batch(sql).map(|()| Vec::new()).map_err(from_rusqlite),
    }
}

/// Transactions are the engine's: one statement must not end what others wait for.
pub fn refuse_control(sql: &str) -> Result<(), SqlError> {
    match classify(sql) {
        StatementKind::TransactionControl => {
            Err(crate::failure::statement("transactions are begun and ended by the engine: use its `transaction` instead of `BEGIN` and `COMMIT`"))
        }
        StatementKind::Ordinary | StatementKind::Alone => Ok(()),
    }
}
