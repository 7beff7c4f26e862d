//! The thread that all connections' IO belongs to.

use crate::failure::Failure;
use puremix_sql::{Answer, SqlError};
use std::future::Future;
use std::sync::LazyLock;
use tokio::runtime::{Builder, Handle};

/// The thread's runtime, and why there is none.
static RUNTIME: LazyLock<Result<Handle, String>> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|e| format!("cannot start the database's thread: {e}"))?;
    let handle = runtime.handle().clone();
    let thread = std::thread::Builder::new().name("postgres".to_owned());
    thread.spawn(move || runtime.block_on(std::future::pending::<()>())).map_err(|e| format!("cannot start the database's thread: {e}"))?;
    Ok(handle)
});

/// Runs work on the thread; it goes on when nobody waits for its answer.
pub fn run<T: Send + 'static>(work: impl Future<Output = Result<T, SqlError>> + Send + 'static) -> Answer<T> {
    match &*RUNTIME {
        Ok(runtime) => {
            let task = runtime.spawn(work);
            Box::pin(async move { task.await.unwrap_or_else(|e| Err(crate::failure::unavailable(format!("the database's task ended: {e}")))) })
        }
        Err(e) => puremix_sql::ready(Err(crate::failure::unavailable(e.as_str()))),
    }
}

/// As [`run`], failing in the protocol's terms.
pub fn run_raw<T: Send + 'static>(work: impl Future<Output = Result<T, Failure>> + Send + 'static) -> crate::client::Reply<T> {
    match &*RUNTIME {
        Ok(runtime) => {
            let task = runtime.spawn(work);
            Box::pin(async move { task.await.unwrap_or_else(|e| Err(Failure::Lost(format!("the database's task ended: {e}")))) })
        }
        Err(e) => Box::pin(std::future::ready(Err(Failure::Lost(e.clone())))),
    }
}

/// As [`run`], for what nobody waits for.
pub fn detach(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = &*RUNTIME {
        runtime.spawn(work);
    }
}
