//! Interactive transactions: the writer serves one caller until it commits, rolls back, goes away or takes too long.

use crate::failure::{from_rusqlite, unavailable};
use crate::group::refuse_control;
use crate::run::execute;
use puremix_sql::{Answer, Done, ErrorKind, Rows, SqlError, SqlValue, Statement, Transaction};
use rusqlite::Connection;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What a transaction asks of the writer.
pub enum Call {
    Run { statement: Statement, answer: oneshot::Sender<Result<Done, SqlError>> },
    Script { sql: String, answer: oneshot::Sender<Result<(), SqlError>> },
    End { commits: bool, answer: oneshot::Sender<Result<(), SqlError>> },
}

/// The caller's end.
pub struct Open(pub mpsc::Sender<Call>);

impl Open {
    fn run(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done> {
        let (answer, answered) = oneshot::channel();
        let statement = Statement { sql: sql.into(), params };
        self.ask(Call::Run { statement, answer }, answered)
    }

    fn end(&self, commits: bool) -> Answer<()> {
        let (answer, answered) = oneshot::channel();
        self.ask(Call::End { commits, answer }, answered)
    }

    fn ask<T: Send + 'static>(&self, call: Call, answered: oneshot::Receiver<Result<T, SqlError>>) -> Answer<T> {
        // A writer that has given up has dropped its end, and with it the call.
        let _ = self.0.send(call);
        Box::pin(async move { answered.await.unwrap_or_else(|_| Err(over())) })
    }
}

fn over() -> SqlError {
    SqlError::new(ErrorKind::Busy, "SQLITE_ABORT", "the transaction took too long and was rolled back: other writers were waiting for it")
}

impl Transaction for Open {
    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows> {
        let done = self.run(sql, params);
        Box::pin(async move { Ok(done.await?.rows) })
    }

    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done> {
        self.run(sql, params)
    }

    fn script(&self, sql: &str) -> Answer<()> {
        let (answer, answered) = oneshot::channel();
        self.ask(Call::Script { sql: sql.to_owned(), answer }, answered)
    }

    fn commit(self: Box<Self>) -> Answer<()> {
        self.end(true)
    }

    fn rollback(self: Box<Self>) -> Answer<()> {
        self.end(false)
    }
}

/// Serves one transaction to its end.
pub fn serve(connection: &Connection, calls: &mpsc::Receiver<Call>, begun: oneshot::Sender<Result<(), SqlError>>, limit: Duration) {
    let began = connection.execute_batch("BEGIN IMMEDIATE").map_err(from_rusqlite);
    let has_begun = began.is_ok();
    if begun.send(began).is_ok() && has_begun {
        serve_calls(connection, calls, Instant::now() + limit);
    }
    if !connection.is_autocommit() {
        // Failing to roll back what a full disk has rolled back already is no news.
        let _ = connection.execute_batch("ROLLBACK");
    }
}

fn serve_calls(connection: &Connection, calls: &mpsc::Receiver<Call>, deadline: Instant) {
    while let Ok(call) = calls.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        match call {
            Call::Run { statement, answer } => {
                let outcome = match connection.is_autocommit() {
                    true => Err(unavailable("an earlier failure has rolled the transaction back")),
                    false => run(connection, &statement),
                };
                // Nobody waits when the request was given up.
                let _ = answer.send(outcome);
            }
            Call::Script { sql, answer } => {
                let outcome = match connection.is_autocommit() {
                    true => Err(unavailable("an earlier failure has rolled the transaction back")),
                    false => connection.execute_batch(&sql).map_err(from_rusqlite).and_then(|()| match connection.is_autocommit() {
                        true => Err(crate::failure::statement("a script must not end the transaction it runs in")),
                        false => Ok(()),
                    }),
                };
                let _ = answer.send(outcome);
            }
            Call::End { commits, answer } => {
                let outcome = match (commits, connection.is_autocommit()) {
                    (true, true) => Err(unavailable("an earlier failure has rolled the transaction back")),
                    (true, false) => connection.execute_batch("COMMIT").map_err(from_rusqlite),
                    (false, true) => Ok(()),
                    (false, false) => connection.execute_batch("ROLLBACK").map_err(from_rusqlite),
                };
                if !connection.is_autocommit() {
                    let _ = connection.execute_batch("ROLLBACK");
                }
                let _ = answer.send(outcome);
                return;
            }
        }
    }
}

/// A statement that fails leaves the transaction as it was before it, so that callers can go on.
fn run(connection: &Connection, statement: &Statement) -> Result<Done, SqlError> {
    refuse_control(&statement.sql)?;
    execute(connection, &statement.sql, &statement.params)
}
