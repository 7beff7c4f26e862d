//! Sessions in the memory of this process: fast, and gone with it.

use super::{SessionStore, StoreFuture, StoreKey};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// At least so many writes lie between two searches for expired entries.
const SWEEP: usize = 4096;

#[derive(Default)]
pub struct MemoryStore {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    entries: HashMap<StoreKey, (Instant, Arc<str>)>,
    /// Writes until the next sweep.
    until_sweep: usize,
}

impl MemoryStore {
    fn with<T>(&self, f: impl FnOnce(&mut Table) -> T) -> T {
        // A panic while the lock was held leaves the map whole: each operation is one call of it.
        f(&mut self.table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl MemoryStore {
    /// All sessions that have not expired, with the time they have left: to hand them to a process that takes over.
    pub fn entries(&self) -> Vec<(StoreKey, Duration, Arc<str>)> {
        let now = Instant::now();
        let left = |until: &Instant| until.checked_duration_since(now).filter(|left| !left.is_zero());
        self.with(|t| t.entries.iter().filter_map(|(key, (until, data))| Some((*key, left(until)?, data.clone()))).collect())
    }

    /// A store that begins with these sessions.
    pub fn of_entries(entries: impl IntoIterator<Item = (StoreKey, Duration, Arc<str>)>) -> MemoryStore {
        let store = MemoryStore::default();
        store.with(|t| t.entries.extend(entries.into_iter().map(|(key, lives, data)| (key, (until(lives), data)))));
        store
    }
}

impl Table {
    /// Forgets expired sessions once as many writes have happened as there were sessions left, so a write costs O(1) on average.
    fn sweep(&mut self, now: Instant) {
        if self.until_sweep == 0 {
            self.entries.retain(|_, (until, _)| *until > now);
            self.until_sweep = SWEEP.max(self.entries.len());
        }
        self.until_sweep -= 1;
    }
}

/// The end of a life that starts now; never, for lives beyond what the clock can count.
fn until(lives: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(lives).unwrap_or_else(|| now + Duration::from_secs(100 * 365 * 86400))
}

impl SessionStore for MemoryStore {
    fn load(&self, key: StoreKey) -> StoreFuture<Option<Arc<str>>> {
        let now = Instant::now();
        let found = self.with(|t| t.entries.get(&key).filter(|(until, _)| *until > now).map(|(_, data)| data.clone()));
        Box::pin(std::future::ready(Ok(found)))
    }

    fn save(&self, key: StoreKey, data: Arc<str>, lives: Duration) -> StoreFuture<()> {
        self.with(|t| {
            t.sweep(Instant::now());
            t.entries.insert(key, (until(lives), data));
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn touch(&self, key: StoreKey, lives: Duration) -> StoreFuture<()> {
        let now = Instant::now();
        self.with(|t| {
            if let Some((end, _)) = t.entries.get_mut(&key).filter(|(end, _)| *end > now) {
                *end = until(lives);
            }
        });
        Box::pin(std::future::ready(Ok(())))
    }

    fn destroy(&self, key: StoreKey) -> StoreFuture<()> {
        self.with(|t| t.entries.remove(&key));
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lives_and_ends() {
        let store = MemoryStore::default();
        let hour = Duration::from_secs(3600);
        store.save([1; 32], "a".into(), hour).await.unwrap();
        store.save([2; 32], "b".into(), Duration::ZERO).await.unwrap();
        store.touch([2; 32], hour).await.unwrap();
        assert_eq!(store.load([1; 32]).await.unwrap().as_deref(), Some("a"));
        assert_eq!(store.load([2; 32]).await.unwrap(), None, "touching does not revive");
        store.destroy([1; 32]).await.unwrap();
        assert_eq!(store.load([1; 32]).await.unwrap(), None);
    }

    #[tokio::test]
    async fn expired_sessions_are_forgotten() {
        let store = MemoryStore::default();
        for i in 0..3 * SWEEP {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&i.to_le_bytes());
            store.save(key, "x".into(), Duration::ZERO).await.unwrap();
        }
        assert!(store.with(|t| t.entries.len()) <= SWEEP + 2);
    }
}
