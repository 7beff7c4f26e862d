//! The engine's face, and the databases of the process.

use crate::connect::{self, Place};
use crate::failure::unavailable;
use crate::group::Write;
use crate::pool::read_elsewhere;
use crate::reader::{Caller, File, Outcome, read};
use crate::transaction::Open;
use crate::writer::{self, Job, TRANSACTION_LIMIT};
use puremix_sql::{Answer, Database, Dialect, Done, OpenOptions, RowSink, Rows, SqlError, SqlValue, Statement, Transaction, ready};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak, mpsc};
use tokio::sync::oneshot;

/// A database of the process.
pub struct Sqlite {
    jobs: mpsc::Sender<Job>,
    /// `None` for a database in memory, which is read through its writer.
    file: Option<Arc<File>>,
}

/// By canonical path. Two writers of one file in a process would wait for each other's locks.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Sqlite>>>> = LazyLock::new(Mutex::default);

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The capability's entry: the database in a file, which is made when it does not exist.
pub fn provide(options: &OpenOptions) -> Result<Arc<dyn Database>, String> {
    let path = options.sqlite_path();
    let place = Place::of(path)?;
    let Place::File(canonical) = &place else { return Ok(Arc::new(start(&place, options)?)) };
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = open.get(canonical).and_then(Weak::upgrade) {
        return Ok(known);
    }
    let database = Arc::new(start(&place, options)?);
    open.retain(|_, database| database.strong_count() > 0);
    open.insert(canonical.clone(), Arc::downgrade(&database));
    Ok(database)
}

/// Opens the file and starts its writer.
fn start(place: &Place, options: &OpenOptions) -> Result<Sqlite, String> {
    let path = options.sqlite_path();
    let connection = connect::writer(place, options.durability).map_err(|e| format!("cannot open the database `{path}`: {e}"))?;
    let (jobs, queue) = mpsc::channel();
    let thread = std::thread::Builder::new().name("sqlite-write".to_owned());
    thread.spawn(move || writer::serve(&connection, &queue)).map_err(|e| format!("cannot start the database's thread: {e}"))?;
    let file = match place {
        Place::Memory => None,
        Place::File(path) => Some(Arc::new(File { id: NEXT_ID.fetch_add(1, Ordering::Relaxed), path: path.as_path().into() })),
    };
    Ok(Sqlite { jobs, file })
}

impl Sqlite {
    fn send<T: Send + 'static>(&self, job: Job, answered: oneshot::Receiver<Result<T, SqlError>>) -> Answer<T> {
        // A thread that has ended drops the job, and with it the sender of the answer.
        let _ = self.jobs.send(job);
        Box::pin(async move { answered.await.unwrap_or_else(|_| Err(unavailable("the database's thread has ended"))) })
    }

    fn write(&self, write: Write) -> Answer<Vec<Done>> {
        let (answer, answered) = oneshot::channel();
        self.send(Job::Write { write, answer }, answered)
    }

    /// As [`Database::begin`], rolled back when it takes longer than `limit`.
    pub fn begin_within(&self, limit: std::time::Duration) -> Answer<Box<dyn Transaction>> {
        let (caller, calls) = mpsc::channel();
        let (begun, has_begun) = oneshot::channel();
        let begun = self.send(Job::Begin { calls, begun, limit }, has_begun);
        Box::pin(async move {
            begun.await?;
            Ok(Box::new(Open(caller)) as Box<dyn Transaction>)
        })
    }
}

impl Database for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows> {
        let mut rows = Rows::default();
        self.query_into(sql, params, &mut rows).unwrap_or_else(|| ready(Ok(rows)))
    }

    fn query_into(&self, sql: &str, params: Vec<SqlValue>, sink: &mut dyn RowSink) -> Option<Answer<Rows>> {
        if let Some(file) = &self.file {
            match read(file, Caller::Isolate, sql, &params, sink) {
                Outcome::Read => return None,
                Outcome::Failed(e) => return Some(ready(Err(e))),
                Outcome::TooLong => return Some(read_elsewhere(file.clone(), sql.to_owned(), params)),
                Outcome::Writes => {}
            }
        } else {
            let (answer, answered) = oneshot::channel();
            let done = self.send(Job::Read { statement: Statement { sql: sql.into(), params }, answer }, answered);
            return Some(Box::pin(async move { Ok(done.await?.rows) }));
        }
        let done = self.execute(sql, params);
        Some(Box::pin(async move { Ok(done.await?.rows) }))
    }

    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done> {
        let done = self.write(Write::One(Statement { sql: sql.into(), params }));
        Box::pin(async move { Ok(done.await?.pop().unwrap_or_default()) })
    }

    fn batch(&self, statements: Vec<Statement>) -> Answer<Vec<Done>> {
        self.write(Write::Batch(statements))
    }

    fn script(&self, sql: &str) -> Answer<()> {
        let done = self.write(Write::Script(sql.to_owned()));
        Box::pin(async move { done.await.map(|_| ()) })
    }

    fn begin(&self) -> Answer<Box<dyn Transaction>> {
        self.begin_within(TRANSACTION_LIMIT)
    }
}
