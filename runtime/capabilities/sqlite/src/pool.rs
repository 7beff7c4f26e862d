//! Threads for reads that take long, shared by all databases of the process.

use crate::reader::{Caller, File, Outcome, read};
use puremix_sql::{Answer, Rows, SqlError, SqlValue};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;

/// More would only compete for the processor with the isolates.
const THREADS: usize = 4;

struct Read {
    file: Arc<File>,
    sql: String,
    params: Vec<SqlValue>,
    answer: oneshot::Sender<Result<Rows, SqlError>>,
}

/// The queue, and why there is none.
static QUEUE: LazyLock<Result<mpsc::Sender<Read>, String>> = LazyLock::new(|| {
    let (sender, receiver) = mpsc::channel::<Read>();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..THREADS {
        let receiver = receiver.clone();
        let thread = std::thread::Builder::new().name("sqlite-read".to_owned());
        thread.spawn(move || serve(&receiver)).map_err(|e| format!("cannot start a database thread: {e}"))?;
    }
    Ok(sender)
});

/// Reads on one of the threads.
pub fn read_elsewhere(file: Arc<File>, sql: String, params: Vec<SqlValue>) -> Answer<Rows> {
    let queue = match &*QUEUE {
        Ok(queue) => queue,
        Err(e) => return puremix_sql::ready(Err(crate::failure::unavailable(e.as_str()))),
    };
    let (answer, answered) = oneshot::channel();
    // The threads live as long as the process.
    let _ = queue.send(Read { file, sql, params, answer });
    Box::pin(async move { answered.await.unwrap_or_else(|_| Err(crate::failure::unavailable("the database's thread has ended"))) })
}

fn serve(queue: &Mutex<mpsc::Receiver<Read>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Read { file, sql, params, answer }) = next else { return };
        let mut rows = Rows::default();
        let outcome = match read(&file, Caller::Pool, &sql, &params, &mut rows) {
            Outcome::Read => Ok(rows),
            Outcome::Failed(e) => Err(e),
            Outcome::TooLong | Outcome::Writes => Err(crate::failure::statement("the statement is no read")),
        };
        // Nobody waits when the request was given up.
        let _ = answer.send(outcome);
    }
}
