//! Sessions in a table, in SQLite's dialect or PostgreSQL's. Several processes may share it.

use super::store::{Record, SessionStore, StoreError, StoreFuture, StoreKey, Update, hex, now_ms};
use crate::log;
use puremix_sql::{Database, Dialect, ErrorKind, SqlError, SqlValue};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

/// Expired sessions are deleted this often, by whoever writes next.
const SWEEP_MS: i64 = 10 * 60 * 1000;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS puremix_sessions (\
    id TEXT PRIMARY KEY, data TEXT NOT NULL, version BIGINT NOT NULL, expires BIGINT NOT NULL);\
    CREATE INDEX IF NOT EXISTS puremix_sessions_expires ON puremix_sessions (expires);";

pub struct SqlStore(Arc<Inner>);

struct Inner {
    /// The database with its table, once it is there.
    database: OnceLock<Arc<dyn Database>>,
    /// Why it is not.
    problem: Mutex<String>,
    is_local: bool,
    swept: AtomicI64,
}

/// Between two attempts to reach a server, and how long a start waits for the first.
const AGAIN: Duration = Duration::from_secs(1);
const FIRST: Duration = Duration::from_secs(5);

impl SqlStore {
    fn new(is_local: bool) -> SqlStore {
        SqlStore(Arc::new(Inner { database: OnceLock::new(), problem: Mutex::default(), is_local, swept: AtomicI64::new(now_ms()) }))
    }

    /// A store in a file. That it cannot be opened or written is an error.
    pub fn in_file(url: &str) -> Result<SqlStore, String> {
        let store = SqlStore::new(true);
        // A store that is new has it to itself.
        let _ = store.0.database.set(prepare(url)?);
        Ok(store)
    }

    /// A store on a server, which may be reached later than now: until then it answers errors.
    pub fn on_server(url: String) -> SqlStore {
        let store = SqlStore::new(false);
        let inner = store.0.clone();
        let (told, first) = mpsc::channel();
        let work = move || loop {
            let outcome = prepare(&url);
            let is_there = outcome.is_ok();
            match outcome {
                Ok(database) => drop(inner.database.set(database)),
                Err(why) => *inner.problem.lock().unwrap_or_else(PoisonError::into_inner) = why,
            }
            // Nobody listens after the first time.
            let _ = told.send(is_there);
            if is_there {
                return;
            }
            std::thread::sleep(AGAIN);
        };
        if let Err(e) = std::thread::Builder::new().name("session store".to_owned()).spawn(work) {
            *store.0.problem.lock().unwrap_or_else(PoisonError::into_inner) = format!("cannot start a thread: {e}");
        }
        if first.recv_timeout(FIRST) != Ok(true) {
            log::warn(&format!("the store of sessions is not there yet: {}", store.0.problem()));
        }
        store
    }

    fn with<T: Send + 'static, F>(&self, work: impl FnOnce(Arc<Inner>, Arc<dyn Database>) -> F + Send + 'static) -> StoreFuture<T>
    where
        F: Future<Output = Result<T, SqlError>> + Send,
    {
        let inner = self.0.clone();
        Box::pin(async move {
            let Some(database) = inner.database.get().cloned() else { return Err(StoreError(inner.problem())) };
            work(inner, database).await.map_err(|e| StoreError(e.to_string()))
        })
    }
}

/// Opens the database and makes the table.
fn prepare(url: &str) -> Result<Arc<dyn Database>, String> {
    let database = puremix_sql::open(url)?;
    match puremix_sql::wait(database.script(SCHEMA)) {
        // Two processes that make the table at one moment collide in PostgreSQL's catalogue; one of them has made it.
        Err(e) if e.kind == ErrorKind::Unique => {}
        Err(e) => return Err(e.to_string()),
        Ok(()) => {}
    }
    Ok(database)
}

/// Statements are written with `?1`.
fn dialect(database: &Arc<dyn Database>, sql: &str) -> String {
    match database.dialect() {
        Dialect::Sqlite => sql.to_owned(),
        Dialect::Postgres => sql.replace('?', "$"),
    }
}

fn text(s: impl Into<String>) -> SqlValue {
    SqlValue::Text(s.into())
}

fn expiry(lives: Duration) -> SqlValue {
    SqlValue::Integer(now_ms().saturating_add(i64::try_from(lives.as_millis()).unwrap_or(i64::MAX)))
}

async fn find(database: &Arc<dyn Database>, key: &StoreKey) -> Result<Option<Record>, SqlError> {
    let sql = dialect(database, "SELECT data, version, expires FROM puremix_sessions WHERE id = ?1");
    let rows = database.query(&sql, vec![text(hex(key))]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (Some(data), Some(version), Some(expires)) = (row.get(0).as_text(), row.get(1).as_integer(), row.get(2).as_integer()) else { return Ok(None) };
    let left = u64::try_from(expires - now_ms()).unwrap_or(0);
    Ok((left > 0).then(|| Record { data: data.into(), version: version as u64, left: Duration::from_millis(left) }))
}

impl Inner {
    fn problem(&self) -> String {
        let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        if problem.is_empty() { "no connection yet".to_owned() } else { problem.clone() }
    }

    async fn sweep(&self, database: &Arc<dyn Database>) -> Result<(), SqlError> {
        let (now, last) = (now_ms(), self.swept.load(Ordering::Relaxed));
        let is_mine = now - last > SWEEP_MS && self.swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_mine {
            let sql = dialect(database, "DELETE FROM puremix_sessions WHERE expires <= ?1");
            database.execute(&sql, vec![SqlValue::Integer(now)]).await?;
        }
        Ok(())
    }
}

impl SessionStore for SqlStore {
    fn answers_at_once(&self) -> bool {
        self.0.is_local
    }

    fn load(&self, key: StoreKey) -> StoreFuture<Option<Record>> {
        self.with(move |_, database| async move { find(&database, &key).await })
    }

    fn create(&self, key: StoreKey, data: Arc<str>, lives: Duration) -> StoreFuture<()> {
        self.with(move |inner, database| async move {
            inner.sweep(&database).await?;
            let sql = dialect(&database, "INSERT INTO puremix_sessions (id, data, version, expires) VALUES (?1, ?2, 1, ?3)");
            database.execute(&sql, vec![text(hex(&key)), text(&*data), expiry(lives)]).await.map(|_| ())
        })
    }

    fn update(&self, key: StoreKey, data: Arc<str>, version: u64, lives: Duration) -> StoreFuture<Update> {
        self.with(move |inner, database| async move {
            inner.sweep(&database).await?;
            let sql = "UPDATE puremix_sessions SET data = ?1, version = version + 1, expires = ?2 WHERE id = ?3 AND version = ?4 AND expires > ?5";
            let params = vec![text(&*data), expiry(lives), text(hex(&key)), SqlValue::Integer(version as i64), SqlValue::Integer(now_ms())];
            if database.execute(&dialect(&database, sql), params).await?.affected > 0 {
                return Ok(Update::Done);
            }
            Ok(find(&database, &key).await?.map_or(Update::Gone, Update::Conflict))
        })
    }

    fn touch(&self, key: StoreKey, lives: Duration) -> StoreFuture<()> {
        self.with(move |_, database| async move {
            let sql = dialect(&database, "UPDATE puremix_sessions SET expires = ?1 WHERE id = ?2 AND expires > ?3");
            database.execute(&sql, vec![expiry(lives), text(hex(&key)), SqlValue::Integer(now_ms())]).await.map(|_| ())
        })
    }

    fn destroy(&self, key: StoreKey) -> StoreFuture<()> {
        self.with(move |_, database| async move {
            let sql = dialect(&database, "DELETE FROM puremix_sessions WHERE id = ?1");
            database.execute(&sql, vec![text(hex(&key))]).await.map(|_| ())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use puremix_sql::{Durability, Setup};

    async fn rows(store: &SqlStore) -> i64 {
        let database = store.0.database.get().expect("it is there").clone();
        let rows = database.query("SELECT count(*) FROM puremix_sessions", vec![]).await.unwrap();
        rows.first().unwrap().get(0).as_integer().unwrap()
    }

    #[tokio::test]
    async fn expired_sessions_are_deleted_and_ids_are_not_in_the_file() {
        let path = std::env::temp_dir().join(format!("puremix-sessions-{}.db", std::process::id()));
        let url = format!("sqlite:{}", path.display());
        puremix_sql::set_up(Setup { sqlite: Some(puremix_sqlite::provide), postgres: None, default_url: url.clone(), durability: Durability::Full, opened: |_| {} });
        let store = SqlStore::in_file(&url).unwrap();
        let hour = Duration::from_secs(3600);
        for i in 0..3 {
            store.create([i; 32], "{}".into(), Duration::ZERO).await.unwrap();
        }
        store.create([9; 32], "{\"a\":1}".into(), hour).await.unwrap();
        assert_eq!(store.load([1; 32]).await, Ok(None), "what has expired is not there, deleted or not");
        assert_eq!(store.update([1; 32], "{}".into(), 1, hour).await, Ok(Update::Gone));
        store.touch([1; 32], hour).await.unwrap();
        assert_eq!((store.load([1; 32]).await, rows(&store).await), (Ok(None), 4), "touching does not revive");
        store.0.swept.store(now_ms() - SWEEP_MS - 1, Ordering::Relaxed);
        assert_eq!(store.update([9; 32], "{\"a\":2}".into(), 1, hour).await, Ok(Update::Done));
        assert_eq!(rows(&store).await, 1);
        let Ok(Update::Conflict(found)) = store.update([9; 32], "{\"a\":3}".into(), 1, hour).await else { panic!("an old version was written over") };
        assert_eq!((&*found.data, found.version), ("{\"a\":2}", 2));
        assert!(SqlStore::in_file("sqlite:/proc/none/sessions.db").is_err());
        std::fs::remove_file(path).unwrap();
    }
}
