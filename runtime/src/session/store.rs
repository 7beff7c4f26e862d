//! What a store of sessions must do. All stores count versions, so that two requests that changed one session at the same time notice.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a store keeps a session under: the hash of its id, so that a stolen store opens no session.
pub type StoreKey = [u8; 32];

/// Why a store could not answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreError(pub String);

pub type StoreFuture<T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send>>;

/// A session as the store has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// A JSON object.
    pub data: Arc<str>,
    /// One more at each write.
    pub version: u64,
    /// What is left of its life.
    pub left: Duration,
}

/// What became of a write that named the version it had read.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// Written; the version is one higher now.
    Done,
    /// Somebody else has written since.
    Conflict(Record),
    /// Ended since, by logout or by time. It must not come back.
    Gone,
}

/// Where sessions are kept. Shared by all threads, and by processes if it is not in this one's memory.
pub trait SessionStore: Send + Sync {
    /// Whether [`SessionStore::load`] is ready when it is polled first, so that it may wait until somebody looks.
    fn answers_at_once(&self) -> bool;
    /// `None`: unknown or expired.
    fn load(&self, key: StoreKey) -> StoreFuture<Option<Record>>;
    /// A session that is new, at version 1.
    fn create(&self, key: StoreKey, data: Arc<str>, lives: Duration) -> StoreFuture<()>;
    /// Writes over a version and restarts the session's time.
    fn update(&self, key: StoreKey, data: Arc<str>, version: u64, lives: Duration) -> StoreFuture<Update>;
    /// Restarts the session's time.
    fn touch(&self, key: StoreKey, lives: Duration) -> StoreFuture<()>;
    fn destroy(&self, key: StoreKey) -> StoreFuture<()>;
}

/// Milliseconds since 1970, for stores that outlive this process.
pub fn now_ms() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |t| t.as_millis() as i64)
}

pub fn ready<T: Send + 'static>(value: T) -> StoreFuture<T> {
    Box::pin(std::future::ready(Ok(value)))
}

/// `0a1b…`
pub fn hex(key: &StoreKey) -> String {
    key.iter().map(|b| format!("{b:02x}")).collect()
}
