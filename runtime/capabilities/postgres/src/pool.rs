//! Connections to one database, shared by all threads of the process.

use crate::connection::Connection;
use crate::failure::{Failure, unavailable};
use crate::options::ConnectOptions;
use puremix_sql::{ErrorKind, SqlError};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a statement waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Pool {
    options: ConnectOptions,
    free: Arc<Semaphore>,
    /// Logged in and idle; the one used last is used first, so that the others may be let go by the server.
    idle: Mutex<Vec<Connection>>,
}

/// A connection that goes back when it is dropped, unless a transaction is open on it or it is broken.
pub struct Lease {
    connection: Option<Connection>,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub fn new(options: ConnectOptions) -> Arc<Pool> {
        let free = Arc::new(Semaphore::new(options.pool_size));
        Arc::new(Pool { options, free, idle: Mutex::default() })
    }

    /// A connection that works: an idle one that the server has not given up, or a new one.
    pub async fn take(self: &Arc<Pool>) -> Result<Lease, SqlError> {
        let waited = tokio::time::timeout(PATIENCE, self.free.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = waited else {
            let message = format!("all {} connections to PostgreSQL were busy for {} s", self.options.pool_size, PATIENCE.as_secs());
            return Err(SqlError::new(ErrorKind::Busy, "53300", message));
        };
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(mut connection) => {
                    if !connection.is_alive().await {
                        continue;
                    }
                    connection
                }
                None => Connection::open(&self.options).await.map_err(Failure::into_sql)?,
            };
            return Ok(Lease { connection: Some(connection), pool: self.clone(), _permit: permit });
        }
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("held until it is dropped")
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("held until it is dropped")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Any other connection is closed, and the server rolls back what was open on it.
        if let Some(connection) = self.connection.take().filter(Connection::is_idle) {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// Nothing is left of a transaction.
pub fn over() -> SqlError {
    unavailable("the transaction is over")
}
