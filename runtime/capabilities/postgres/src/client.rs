//! One connection for callers that speak to the server in its own words: the package `pg`.

use crate::connection::{Answer, Connection};
use crate::failure::Failure;
use crate::options::ConnectOptions;
use crate::thread::run_raw;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use crate::message::Notification;
use std::sync::Arc;
use std::task::Poll;
use tokio::sync::{Mutex, MutexGuard, Notify};

/// An answer that is on its way.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send>>;

/// A connection that is shared; its statements run one after the other, in the order they were asked.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    connection: Mutex<Option<Connection>>,
    /// Told by who wants the connection while another listens on it.
    is_wanted: Notify,
}

impl Shared {
    fn of(mut connection: Connection) -> Shared {
        connection.keep_notifications();
        Shared { connection: Mutex::new(Some(connection)), is_wanted: Notify::new() }
    }

    /// The connection, once those who came before have it no more. Who only listens lets go.
    async fn take(&self) -> MutexGuard<'_, Option<Connection>> {
        self.is_wanted.notify_one();
        self.connection.lock().await
    }
}

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
        run_raw(async move { Ok(Client(Arc::new(Shared::of(Connection::open(&options).await?)))) })
    }

    /// One answer a statement.
    pub fn ask(&self, ask: Ask) -> Reply<Vec<Answer>> {
        let shared = self.0.clone();
        run_raw(async move {
            let mut connection = shared.take().await;
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
        let shared = self.0.clone();
        run_raw(async move {
            Ok(match shared.take().await.as_mut() {
                Some(connection) => connection.is_alive().await,
                None => false,
            })
        })
    }

    /// What was told to channels since the last time, once there is something; nothing after the end. Statements go on meanwhile.
    pub fn hear(&self) -> Reply<Vec<Notification>> {
        let shared = self.0.clone();
        run_raw(async move {
            loop {
                let mut guard = shared.connection.lock().await;
                let Some(connection) = guard.as_mut() else { return Ok(Vec::new()) };
                let (mut wanted, mut heard) = (pin!(shared.is_wanted.notified()), pin!(connection.hear()));
                let outcome = poll_fn(|cx| match wanted.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(None),
                    Poll::Pending => heard.as_mut().poll(cx).map(Some),
                });
                if let Some(heard) = outcome.await {
                    return heard;
                }
            }
        })
    }

    /// Says goodbye after what runs.
    pub fn end(&self) -> Reply<()> {
        let shared = self.0.clone();
        run_raw(async move {
            if let Some(connection) = shared.take().await.take() {
                connection.close().await;
            }
            Ok(())
        })
    }
}
