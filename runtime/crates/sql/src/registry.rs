//! Which database an app means: engines that are linked, the databases that are open, and the one named by the environment.

use crate::Database;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a commit waits for in SQLite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// Every commit is on the disk before it is acknowledged (`synchronous=FULL`).
    #[default]
    Full,
    /// A loss of power may take the last commits; the end of the process takes none (`synchronous=NORMAL`).
    Normal,
}

/// How a database is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// `sqlite:PATH`, `postgres://…` or a file's path; `:memory:` is an SQLite database without a file.
    pub url: String,
    pub durability: Durability,
}

impl OpenOptions {
    pub fn new(url: impl Into<String>) -> OpenOptions {
        OpenOptions { url: url.into(), durability: Durability::default() }
    }

    /// Whether the URL is a PostgreSQL server's.
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres://") || self.url.starts_with("postgresql://")
    }

    /// The file that an SQLite URL names: `sqlite:a.db`, `sqlite://a.db`, `sqlite:///a.db`, `file:a.db`, `a.db`.
    pub fn sqlite_path(&self) -> &str {
        let path = self.url.strip_prefix("sqlite:").or_else(|| self.url.strip_prefix("file:")).unwrap_or(&self.url);
        let path = path.strip_prefix("//").unwrap_or(path);
        path.split('?').next().unwrap_or(path)
    }
}

/// An engine's entry. The error is for people.
pub type Open = fn(&OpenOptions) -> Result<Arc<dyn Database>, String>;

/// What the embedding knows and this crate does not.
#[derive(Clone)]
pub struct Setup {
    pub sqlite: Option<Open>,
    pub postgres: Option<Open>,
    /// The app's own database: `DATABASE_URL`, else a file.
    pub default_url: String,
    pub durability: Durability,
    /// Told once about each database that is opened, with the password left out.
    pub opened: fn(&str),
}

struct Registry {
    setup: Option<Setup>,
    /// By URL. Databases stay open as long as the process lives.
    open: HashMap<String, Arc<dyn Database>>,
}

static REGISTRY: Mutex<Option<Registry>> = Mutex::new(None);

fn with_registry<T>(f: impl FnOnce(&mut Registry) -> T) -> T {
    let mut registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    f(registry.get_or_insert_with(|| Registry { setup: None, open: HashMap::new() }))
}

/// Tells which engines are linked and which database is the app's. A later call replaces an earlier one, but engines stay; what is open
/// stays open.
pub fn set_up(setup: Setup) {
    with_registry(|registry| {
        let before = registry.setup.take();
        let (sqlite, postgres) = before.map_or((None, None), |before| (before.sqlite, before.postgres));
        registry.setup = Some(Setup { sqlite: setup.sqlite.or(sqlite), postgres: setup.postgres.or(postgres), ..setup });
    });
}

/// The database behind a URL, opened on first use; the same one for every caller of the process.
pub fn open(url: &str) -> Result<Arc<dyn Database>, String> {
    with_registry(|registry| {
        let setup = registry.setup.as_ref().ok_or("this process has no databases")?;
        if let Some(database) = registry.open.get(url) {
            return Ok(database.clone());
        }
        let options = OpenOptions { url: url.to_owned(), durability: setup.durability };
        let (engine, kind) = if options.is_postgres() { (setup.postgres, "PostgreSQL") } else { (setup.sqlite, "SQLite") };
        if let Some((scheme, _)) = url.split_once("://").filter(|(scheme, _)| !matches!(*scheme, "sqlite" | "postgres" | "postgresql" | "file")) {
            return Err(format!("`{scheme}://` databases are not supported: use `sqlite:PATH` or `postgres://…`"));
        }
        let engine = engine.ok_or_else(|| format!("{kind} is not part of this binary"))?;
        let database = engine(&options)?;
        (setup.opened)(&without_password(url));
        registry.open.insert(url.to_owned(), database.clone());
        Ok(database)
    })
}

/// The URL of the app's own database.
pub fn default_url() -> Option<String> {
    with_registry(|registry| registry.setup.as_ref().map(|setup| setup.default_url.clone()))
}

/// The app's own database.
pub fn default_database() -> Result<Arc<dyn Database>, String> {
    open(&default_url().ok_or("this process has no databases")?)
}

/// A URL as it may stand in a log.
pub fn without_password(url: &str) -> String {
    let hidden = || {
        let (scheme, rest) = url.split_once("://")?;
        let (login, host) = rest.rsplit_once('@')?;
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    };
    hidden().unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, path) in [
            ("sqlite:a.db", "a.db"),
            ("sqlite://a.db", "a.db"),
            ("sqlite:///var/a.db?mode=rwc", "/var/a.db"),
            ("file:./a.db", "./a.db"),
            ("a.db", "a.db"),
            ("sqlite::memory:", ":memory:"),
        ] {
            assert_eq!(OpenOptions::new(url).sqlite_path(), path, "{url}");
        }
        assert!(OpenOptions::new("postgresql://h/d").is_postgres());
        assert_eq!(without_password("postgres://u:p@ss@h/d"), "postgres://u:***@h/d");
        assert_eq!(without_password("postgres://h/d"), "postgres://h/d");
    }
}
