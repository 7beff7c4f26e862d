//! Sessions in a table, in SQLite's dialect or PostgreSQL's. Several processes may share it.

use super::store::{Record, SessionStore, StoreError, StoreFuture, StoreKey, Update, hex, now_ms};
use puremix_sql::{Database, Dialect, ErrorKind, SqlError, SqlValue};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::OnceCell;

/// Expired sessions are deleted this often, by whoever writes next.
const SWEEP_MS: i64 = 10 * 60 * 1000;

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS puremix_sessions (\
    id TEXT PRIMARY KEY, data TEXT NOT NULL, version BIGINT NOT NULL, expires BIGINT NOT NULL);\
    CREATE INDEX IF NOT EXISTS puremix_sessions_expires ON puremix_sessions (expires);";

pub struct SqlStore(Arc<Inner>);

struct Inner {
    /// Opens the database.
    open: Box<dyn Fn() -> Result<Arc<dyn Database>, String> + Send + Sync>,
    /// The database with its table, from the first use on.
    database: OnceCell<Arc<dyn Database>>,
    swept: AtomicI64,
}

impl SqlStore {
    /// A store that opens its database when it is first needed, and again while that fails.
    pub fn new(open: impl Fn() -> Result<Arc<dyn Database>, String> + Send + Sync + 'static) -> SqlStore {
        SqlStore(Arc::new(Inner { open: Box::new(open), database: OnceCell::new(), swept: AtomicI64::new(now_ms()) }))
    }

    fn with<T: Send + 'static, F>(&self, work: impl FnOnce(Arc<Inner>, Arc<dyn Database>) -> F + Send + 'static) -> StoreFuture<T>
    where
        F: Future<Output = Result<T, SqlError>> + Send,
    {
        let inner = self.0.clone();
        Box::pin(async move {
            let database = inner.database.get_or_try_init(|| prepare(&inner)).await?.clone();
            work(inner, database).await.map_err(|e| StoreError(e.to_string()))
        })
    }
}

async fn prepare(inner: &Inner) -> Result<Arc<dyn Database>, StoreError> {
    let database = (inner.open)().map_err(StoreError)?;
    match database.script(SCHEMA).await {
        // Two processes that make the table at one moment collide in PostgreSQL's catalogue; one of them has made it.
        Err(e) if e.kind == ErrorKind::Unique => {}
        Err(e) => return Err(StoreError(e.to_string())),
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
    let Some([data, version, expires]) = rows.first() else { return Ok(None) };
    let (Some(data), Some(version), Some(expires)) = (data.as_text(), version.as_integer(), expires.as_integer()) else { return Ok(None) };
    let left = u64::try_from(expires - now_ms()).unwrap_or(0);
    Ok((left > 0).then(|| Record { data: data.into(), version: version as u64, left: Duration::from_millis(left) }))
}

impl Inner {
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
