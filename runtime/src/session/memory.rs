//! Sessions in the memory of this process: fast, and gone with it.

use super::store::{Record, SessionStore, StoreFuture, StoreKey, Update, ready};
use crate::log;
use hashbrown::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// At least so many writes lie between two searches for expired entries.
const SWEEP: usize = 4096;
/// What is held at most: sessions, and bytes of their data. Beyond it, those that would end soonest go.
const MOST: usize = 200_000;
const MOST_BYTES: usize = 256 << 20;

#[derive(Default)]
pub struct MemoryStore {
    table: Mutex<Table>,
}

struct Entry {
    until: Instant,
    version: u64,
    data: Arc<str>,
}

#[derive(Default)]
struct Table {
    entries: HashMap<StoreKey, Entry>,
    /// Of all data.
    bytes: usize,
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
        self.with(|t| t.entries.iter().filter_map(|(key, entry)| Some((*key, left(&entry.until)?, entry.data.clone()))).collect())
    }

    /// A store that begins with these sessions.
    pub fn of_entries(entries: impl IntoIterator<Item = (StoreKey, Duration, Arc<str>)>) -> MemoryStore {
        let store = MemoryStore::default();
        store.with(|t| entries.into_iter().for_each(|(key, lives, data)| t.put(key, Entry { until: until(lives), version: 1, data })));
        store
    }
}

impl Table {
    /// Forgets expired sessions once as many writes have happened as there were sessions left, so a write costs O(1) on average.
    fn sweep(&mut self, now: Instant) {
        if self.until_sweep == 0 {
            self.retain(|entry| entry.until > now);
            self.until_sweep = SWEEP.max(self.entries.len());
        }
        self.until_sweep -= 1;
    }

    fn retain(&mut self, stays: impl Fn(&Entry) -> bool) {
        let bytes = &mut self.bytes;
        self.entries.retain(|_, entry| {
            let stays = stays(entry);
            if !stays {
                *bytes -= entry.data.len();
            }
            stays
        });
    }

    fn put(&mut self, key: StoreKey, entry: Entry) {
        self.bytes += entry.data.len();
        if let Some(before) = self.entries.insert(key, entry) {
            self.bytes -= before.data.len();
        }
        while self.entries.len() > MOST || self.bytes > MOST_BYTES && self.entries.len() > 1 {
            self.make_room();
        }
    }

    /// Drops the sixteenth that would end soonest, so that the next have room for a while.
    fn make_room(&mut self) {
        log::warn("the memory for sessions is full: those that would end soonest are dropped");
        let mut ends: Vec<Instant> = self.entries.values().map(|entry| entry.until).collect();
        let sixteenth = ends.len() / 16;
        let last = *ends.select_nth_unstable(sixteenth).1;
        self.retain(|entry| entry.until > last);
    }

    fn living(&mut self, key: &StoreKey) -> Option<&mut Entry> {
        let now = Instant::now();
        self.entries.get_mut(key).filter(|entry| entry.until > now)
    }
}

/// The end of a life that starts now; never, for lives beyond what the clock can count.
fn until(lives: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(lives).unwrap_or_else(|| now + Duration::from_secs(100 * 365 * 86400))
}

fn record(entry: &Entry) -> Record {
    Record { data: entry.data.clone(), version: entry.version, left: entry.until.saturating_duration_since(Instant::now()) }
}

impl SessionStore for MemoryStore {
    fn answers_at_once(&self) -> bool {
        true
    }

    fn load(&self, key: StoreKey) -> StoreFuture<Option<Record>> {
        ready(self.with(|t| t.living(&key).map(|entry| record(entry))))
    }

    fn create(&self, key: StoreKey, data: Arc<str>, lives: Duration) -> StoreFuture<()> {
        self.with(|t| {
            t.sweep(Instant::now());
            t.put(key, Entry { until: until(lives), version: 1, data });
        });
        ready(())
    }

    fn update(&self, key: StoreKey, data: Arc<str>, version: u64, lives: Duration) -> StoreFuture<Update> {
        ready(self.with(|t| match t.living(&key) {
            None => Update::Gone,
            Some(entry) if entry.version != version => Update::Conflict(record(entry)),
            Some(_) => {
                t.put(key, Entry { until: until(lives), version: version + 1, data });
                Update::Done
            }
        }))
    }

    fn touch(&self, key: StoreKey, lives: Duration) -> StoreFuture<()> {
        self.with(|t| {
            if let Some(entry) = t.living(&key) {
                entry.until = until(lives);
            }
        });
        ready(())
    }

    fn destroy(&self, key: StoreKey) -> StoreFuture<()> {
        self.with(|t| {
            if let Some(entry) = t.entries.remove(&key) {
                t.bytes -= entry.data.len();
            }
        });
        ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn data(store: &MemoryStore, key: u8) -> Option<String> {
        store.load([key; 32]).await.unwrap().map(|r| r.data.to_string())
    }

    #[tokio::test]
    async fn lives_and_ends() {
        let store = MemoryStore::default();
        let hour = Duration::from_secs(3600);
        store.create([1; 32], "a".into(), hour).await.unwrap();
        store.create([2; 32], "b".into(), Duration::ZERO).await.unwrap();
        store.touch([2; 32], hour).await.unwrap();
        assert_eq!(data(&store, 1).await.as_deref(), Some("a"));
        assert_eq!(data(&store, 2).await, None, "touching does not revive");
        store.destroy([1; 32]).await.unwrap();
        assert_eq!(data(&store, 1).await, None);
    }

    #[tokio::test]
    async fn writes_name_the_version_they_have_read() {
        let store = MemoryStore::default();
        let hour = Duration::from_secs(3600);
        store.create([1; 32], "a".into(), hour).await.unwrap();
        assert_eq!(store.update([1; 32], "b".into(), 1, hour).await, Ok(Update::Done));
        let Ok(Update::Conflict(found)) = store.update([1; 32], "c".into(), 1, hour).await else { panic!("an old version was written over") };
        assert_eq!((&*found.data, found.version), ("b", 2));
        store.destroy([1; 32]).await.unwrap();
        assert_eq!(store.update([1; 32], "d".into(), 2, hour).await, Ok(Update::Gone));
    }

    #[tokio::test]
    async fn expired_sessions_are_forgotten() {
        let store = MemoryStore::default();
        for i in 0..3 * SWEEP {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&i.to_le_bytes());
            store.create(key, "x".into(), Duration::ZERO).await.unwrap();
        }
        assert!(store.with(|t| t.entries.len()) <= SWEEP + 2);
    }

    #[tokio::test]
    async fn what_does_not_fit_takes_the_place_of_what_ends_soonest() {
        let store = MemoryStore::default();
        let large: Arc<str> = "x".repeat(MOST_BYTES / 64).into();
        for i in 0..100 {
            store.create([i; 32], large.clone(), Duration::from_secs(1000 + u64::from(i))).await.unwrap();
        }
        let (entries, bytes) = store.with(|t| (t.entries.len(), t.bytes));
        assert!(bytes <= MOST_BYTES && bytes == entries * large.len());
        assert_eq!((data(&store, 0).await, data(&store, 99).await.is_some()), (None, true));
        store.update([99; 32], "small".into(), 1, Duration::from_secs(1)).await.unwrap();
        store.destroy([98; 32]).await.unwrap();
        assert_eq!(store.with(|t| t.bytes), (entries - 2) * large.len() + 5);
    }
}
