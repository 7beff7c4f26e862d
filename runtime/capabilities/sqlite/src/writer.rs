//! The thread that writes a database.

use crate::group::{self, Outcome, Write};
use crate::run::execute;
use crate::transaction::{self, Call};
use puremix_sql::{Done, SqlError, Statement};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Writes that share one commit, at most: the first must not wait for ever.
const GROUP: usize = 512;

/// How long an interactive transaction may keep others waiting.
pub const TRANSACTION_LIMIT: Duration = Duration::from_secs(30);

/// What the thread is asked.
pub enum Job {
    Write { write: Write, answer: oneshot::Sender<Outcome> },
    /// A read of a database that only this connection knows.
    Read { statement: Statement, answer: oneshot::Sender<Result<Done, SqlError>> },
    Begin { calls: mpsc::Receiver<Call>, begun: oneshot::Sender<Result<(), SqlError>>, limit: Duration },
}

/// Serves until the last handle is gone.
pub fn serve(connection: &Connection, jobs: &mpsc::Receiver<Job>) {
    let mut waiting = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match jobs.recv() {
                Ok(job) => waiting.push_back(job),
                Err(mpsc::RecvError) => return,
            }
        }
        waiting.extend(jobs.try_iter());
        step(connection, &mut waiting);
    }
}

/// Does the first job, with those behind it that can share its commit.
fn step(connection: &Connection, waiting: &mut VecDeque<Job>) {
    let shares = |job: &Job| matches!(job, Job::Write { write, .. } if group::can_share(write));
    let together = waiting.iter().take(GROUP).take_while(|job| shares(job)).count().max(1);
    let mut writes = Vec::with_capacity(together);
    let mut answers = Vec::with_capacity(together);
    for job in waiting.drain(..together) {
        match job {
            Job::Write { write, answer } => {
                writes.push(write);
                answers.push(answer);
            }
            Job::Read { statement, answer } => {
                let outcome = group::refuse_control(&statement.sql).and_then(|()| execute(connection, &statement.sql, &statement.params));
                let _ = answer.send(outcome);
            }
            Job::Begin { calls, begun, limit } => transaction::serve(connection, &calls, begun, limit),
        }
    }
    if writes.is_empty() {
        return;
    }
    let outcomes = group::commit(connection, &writes.iter().collect::<Vec<_>>());
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // Nobody waits when the request was given up; the write stands.
        let _ = answer.send(outcome);
    }
}
