//! One request at a time for those that are likely to change a session.
//!
//! A request that is not safe (POST, PUT, …) waits, before it begins, for the one that holds its session, so that what it reads is what the
//! other wrote. A request holds no more than its own session's lock and gives it up when it is answered or dropped; it waits no longer than
//! [`PATIENCE`]. So requests that wait for each other by other ways (a handler that calls its own server) are late, never stuck. Safe requests never
//! wait.

use super::store::StoreKey;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

/// After this, a request goes on without the lock; what it changes is merged.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Entries between two searches for ones that nobody holds.
const SWEEP: usize = 1024;

#[derive(Default)]
pub struct Locks {
    queues: Mutex<HashMap<StoreKey, Weak<Queue<()>>>>,
}

/// Held until the request is answered.
pub type Held = OwnedMutexGuard<()>;

impl Locks {
    /// `None` when others held the session for too long.
    pub async fn hold(&self, key: StoreKey) -> Option<Held> {
        tokio::time::timeout(PATIENCE, self.queue(key).lock_owned()).await.ok()
    }

    fn queue(&self, key: StoreKey) -> Arc<Queue<()>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        if queues.len() >= SWEEP && queues.len().is_power_of_two() {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        let queue = Arc::new(Queue::new(()));
        queues.insert(key, Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_for_each_session() {
        let locks = Locks::default();
        let first = locks.hold([1; 32]).await.expect("nobody holds it");
        assert!(locks.hold([2; 32]).await.is_some(), "another session is another matter");
        let waiting = locks.hold([1; 32]);
        tokio::pin!(waiting);
        assert!(tokio::time::timeout(Duration::from_millis(20), &mut waiting).await.is_err());
        drop(first);
        assert!(waiting.await.is_some());
    }
}
