//! Reads, through a connection of the thread that asks.

use crate::connect;
use crate::failure::{self, from_rusqlite, is_busy, is_interrupt};
use crate::run;
use crate::statement_kind::{StatementKind, classify};
use hashbrown::HashMap;
use puremix_sql::{RowSink, SqlError, SqlValue};
use rusqlite::Connection;
use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A file as its readers know it.
#[derive(Debug)]
pub struct File {
    /// Of this process; never used twice.
    pub id: u64,
    pub path: Box<Path>,
}

/// Who asks, and so how long a read may keep its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A thread that has other things to do: about a millisecond, and no waiting for locks.
    Isolate,
    /// A thread that is there for this.
    Pool,
}

/// How a read ended.
pub enum Outcome {
    /// The sink has all rows.
    Read,
    Failed(SqlError),
    /// It takes too long for this thread, or must wait for a lock.
    TooLong,
    /// It is no read.
    Writes,
}

/// What a read may take of an isolate's thread.
const BUDGET: Duration = Duration::from_millis(1);

/// Instructions of SQLite's machine between two looks at the clock: some 20 µs.
const INSTRUCTIONS: i32 = 1_000;

/// After a statement took too long it goes to the pool at once, so many times.
const DETOURS: u32 = 64;

/// Statements whose column names are remembered, a connection.
const REMEMBERED: usize = 512;

struct Reader {
    connection: Connection,
    /// Nanoseconds after [`START`] at which the running read is interrupted; 0 for none.
    deadline: Arc<AtomicU64>,
    statements: HashMap<Box<str>, Known>,
}

struct Known {
    columns: Arc<[String]>,
    detours: u32,
}

thread_local! {
    static READERS: RefCell<HashMap<u64, Reader>> = RefCell::default();
}

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn now() -> u64 {
    // 584 years fit.
    START.elapsed().as_nanos() as u64
}

impl Reader {
    fn open(file: &File, caller: Caller) -> Result<Reader, rusqlite::Error> {
        let busy_timeout = match caller {
            Caller::Isolate => Duration::ZERO,
            Caller::Pool => connect::READER_BUSY_TIMEOUT,
        };
        let connection = connect::reader(&file.path, busy_timeout)?;
        let deadline = Arc::new(AtomicU64::new(0));
        if caller == Caller::Isolate {
            let deadline = deadline.clone();
            let is_over = move || matches!(deadline.load(Ordering::Relaxed), at if at != 0 && now() > at);
            connection.progress_handler(INSTRUCTIONS, Some(is_over))?;
        }
        Ok(Reader { connection, deadline, statements: HashMap::new() })
    }

    fn read(&mut self, caller: Caller, sql: &str, params: &[SqlValue], sink: &mut dyn RowSink) -> Result<Outcome, rusqlite::Error> {
        let mut known = self.statements.get_mut(sql);
        if let Some(known) = &mut known
            && caller == Caller::Isolate
            && known.detours > 0
        {
            known.detours -= 1;
            return Ok(Outcome::TooLong);
        }
        let known = known.map(|known| known.columns.clone());
        let mut statement = self.connection.prepare_cached(sql)?;
        // `BEGIN` reads as far as SQLite is concerned, and it answers no rows.
        if !statement.readonly() || statement.column_count() == 0 || classify(sql) != StatementKind::Ordinary {
            return Ok(Outcome::Writes);
        }
        run::bind(&mut statement, params)?;
        if caller == Caller::Isolate {
            self.deadline.store(now() + BUDGET.as_nanos() as u64, Ordering::Relaxed);
        }
        match run::fetch(&mut statement, known.clone(), sink) {
            Ok(columns) => {
                drop(statement);
                if !known.is_some_and(|known| Arc::ptr_eq(&known, &columns)) {
                    self.remember(sql, Known { columns, detours: 0 });
                }
                Ok(Outcome::Read)
            }
            Err(e) if is_interrupt(&e) => {
                drop(statement);
                self.remember(sql, Known { columns: known.unwrap_or_default(), detours: DETOURS });
                Ok(Outcome::TooLong)
            }
            Err(e) => Err(e),
        }
    }

    fn remember(&mut self, sql: &str, known: Known) {
        if self.statements.len() >= REMEMBERED {
            self.statements.clear();
        }
        self.statements.insert(sql.into(), known);
    }
}

/// Reads on this thread. Unless the outcome is `Read` the sink may have taken a part of the rows.
pub fn read(file: &File, caller: Caller, sql: &str, params: &[SqlValue], sink: &mut dyn RowSink) -> Outcome {
    READERS.with(|readers| {
        let Ok(mut readers) = readers.try_borrow_mut() else {
            return Outcome::Failed(failure::unavailable("a read inside a read"));
        };
        let reader = match readers.entry(file.id) {
            hashbrown::hash_map::Entry::Occupied(known) => known.into_mut(),
            hashbrown::hash_map::Entry::Vacant(free) => match Reader::open(file, caller) {
                Ok(reader) => free.insert(reader),
                Err(e) => return Outcome::Failed(from_rusqlite(e)),
            },
        };
        match reader.read(caller, sql, params, sink) {
            Ok(outcome) => outcome,
            Err(e) if caller == Caller::Isolate && is_busy(&e) => Outcome::TooLong,
            Err(e) => Outcome::Failed(from_rusqlite(e)),
        }
    })
}
