//! Which store a configuration names.

use super::store::SessionStore;
use super::{MemoryStore, RedisStore, SqlStore};
use crate::capabilities::Capabilities;
use crate::config;
use crate::config::settings::SessionSettings;
use crate::log;
use std::sync::Arc;

/// The store that `session.store` names; without it SQLite where it is linked, which it is in apps that use sessions. Where
/// they are switched off nothing is opened. A file that cannot be written is an error; a server that cannot be reached is a warning. The error is for people.
pub fn open(settings: &SessionSettings, linked: &Capabilities, is_production: bool) -> Result<Arc<dyn SessionStore>, String> {
    if !settings.enabled {
        return Ok(Arc::new(MemoryStore::default()));
    }
    let (has_sqlite, has_postgres) = (linked.sqlite.is_some(), linked.postgres.is_some());
    let environment = |name: &str| config::environment().get(name).map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    let (kind, url) = match settings.store.as_deref() {
        None | Some("") => (if has_sqlite { "sqlite" } else { "memory" }, None),
        Some(url) if url.contains(':') => (url.split(':').next().unwrap_or_default(), Some(url.to_owned())),
        Some(word) => (word, None),
    };
    let unlinked = |engine: &str| format!("session.store: this binary has no {engine}; write the store's name into puremix.config.js as a text, so that it is linked");
    match kind {
        "memory" => {
            if is_production && settings.store.is_some() {
                log::warn("session.store: sessions are in memory: a restart ends them, and no other instance has them ('sqlite', 'postgres' and 'redis' keep them)");
            }
            Ok(Arc::new(MemoryStore::default()))
        }
        "sqlite" | "file" if !has_sqlite => Err(unlinked("SQLite")),
        "sqlite" | "file" => {
            let url = url.unwrap_or_else(beside_the_app);
            let store = SqlStore::in_file(&url).map_err(|e| format!("session.store: {e}; PUREMIX_DATA=DIRECTORY names another place, `store: 'memory'` needs none"))?;
            Ok(Arc::new(store))
        }
        "postgres" | "postgresql" if !has_postgres => Err(unlinked("PostgreSQL")),
        "postgres" | "postgresql" => {
            let url = url.or_else(|| environment("DATABASE_URL")).filter(|url| url.starts_with("postgres"));
            let url = url.ok_or("session.store: 'postgres' needs DATABASE_URL=postgres://…, or a URL as the store")?;
            Ok(Arc::new(SqlStore::on_server(url)))
        }
        "redis" | "rediss" => {
            let url = url.or_else(|| environment("REDIS_URL")).unwrap_or_else(|| "redis://127.0.0.1:6379".to_owned());
            Ok(Arc::new(RedisStore::new(&url, linked.tls, environment("NODE_EXTRA_CA_CERTS"))?))
        }
        other => Err(format!("session.store: `{other}` is none of 'sqlite', 'postgres', 'redis', 'memory', nor a URL of them")),
    }
}

/// `sessions.db` in the directory of the app's own database.
fn beside_the_app() -> String {
    let directory = config::environment().get("PUREMIX_DATA").map(str::trim).filter(|v| !v.is_empty()).unwrap_or("./data");
    format!("sqlite:{}/sessions.db", directory.trim_end_matches('/'))
}
