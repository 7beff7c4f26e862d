//! One connection for callers that speak to the server in its own words: the package `pg`.

use crate::connection::{Answer, Connection};
use crate::failure::Failure;
use crate::options::ConnectOptions;
use crate::thread::run_raw;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// An answer that is on its way.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// A connection that is shared; its statements run one after the other, in the order they were asked.
#[derive(Clone)]
pub struct Client(Arc<Mutex<Option<Connection>>>);

/// A statement as a client asks it.
pub enum Ask {
    /// Several statements perhaps, without parameters.
    Script(String),
    /// Prepared for this time.
    Once(String, Vec<Option<Vec<u8>>>),
    /// Prepared once a connection.
    Prepared(String, Vec<Option<Vec<u8>>>),
}

impl Client {
    pub fn connect(options: ConnectOptions) -> Reply<Client> {
        run_raw(async move { Ok(Client(Arc::new(Mutex::new(Some(Connection::open(&options).await?))))) })
    }

    /// One answer a statement.
    pub fn ask(&self, ask: Ask) -> Reply<Vec<Answer>> {
        let connection = self.0.clone();
        run_raw(async move {
            let mut connection = connection.lock().await;
            let connection = connection.as_mut().ok_or_else(|| Failure::Lost("Client was closed and is not queryable".to_owned()))?;
            match ask {
                Ask::Script(sql) => connection.script(&sql).await,
                Ask::Once(sql, params) => Ok(vec![connection.run_once(&sql, &params).await?]),
                Ask::Prepared(sql, params) => Ok(vec![connection.run(&sql, &params).await?]),
            }
        })
    }

    /// Whether the server still listens, asked while nothing runs.
    pub fn is_alive(&self) -> Reply<bool> {
        let connection = self.0.clone();
        run_raw(async move {
            Ok(match connection.lock().await.as_mut() {
                Some(connection) => connection.is_alive().await,
                None => false,
            })
        })
    }

    /// Says goodbye after what runs.
    pub fn end(&self) -> Reply<()> {
        let connection = self.0.clone();
        run_raw(async move {
            if let Some(connection) = connection.lock().await.take() {
                connection.close().await;
            }
            Ok(())
        })
    }
}
