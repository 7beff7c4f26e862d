//! The app's databases: which engines the binary has, and which database is the app's own.
//!
//! In: the app table's capabilities and the environment. Out: [`puremix_sql::default_database`] for sessions, documents and modules.
//! This room must never know a statement of anybody's.

pub mod migrate;
pub mod migrations;

use crate::app::AppDef;
use crate::capabilities::Capabilities;
use crate::config::{self, Environment};
use crate::log;
use puremix_sql::{Durability, Setup};

/// Where the app's data is when nobody says otherwise.
const DATA: &str = "./data";

/// Tells [`puremix_sql`] about this process. Called for every isolate; they all say the same.
pub fn set_up(capabilities: &Capabilities, is_server: bool) {
    let environment = config::environment();
    // What a script or a tool prints is its own.
    let opened = if is_server { |url: &str| log::info(&format!("database: {url}")) } else { |_: &str| {} };
    let durability = durability(environment);
    puremix_sql::set_up(Setup { sqlite: capabilities.sqlite, postgres: capabilities.postgres, default_url: url(environment), durability, opened });
}

/// Brings the app's own database to the schema of the binary, before anything of the app runs. Apps without migrations open nothing here.
pub fn migrate_at_start(app: &AppDef) -> Result<(), String> {
    let all = migrations::embedded(app)?;
    if all.is_empty() {
        return Ok(());
    }
    set_up(&app.capabilities, true);
    apply(&all)
}

/// Applies what is pending to the app's own database and says so in the log.
pub fn apply(all: &[migrations::Migration]) -> Result<(), String> {
    if all.is_empty() {
        return Ok(());
    }
    let database = puremix_sql::default_database()?;
    for status in migrate::status(&*database, all)? {
        if let migrate::State::Unknown(_) = status.state {
            log::warn(&format!("the database has a migration that this version of the app does not: {}", status.name));
        }
    }
    for name in migrate::up(&*database, all)? {
        log::info(&format!("applied migrations/{name}"));
    }
    Ok(())
}

/// `DATABASE_URL`, else the file `app.db` in `PUREMIX_DATA`.
fn url(environment: &Environment) -> String {
    let set = |name: &str| environment.get(name).map(str::trim).filter(|v| !v.is_empty());
    match set("DATABASE_URL") {
        Some(url) => url.to_owned(),
        None => format!("sqlite:{}/app.db", set("PUREMIX_DATA").unwrap_or(DATA).trim_end_matches('/')),
    }
}

/// `DATABASE_DURABILITY=normal` gives up the last commits at a loss of power; docs/book/databases.md says when that is worth it.
fn durability(environment: &Environment) -> Durability {
    match environment.get("DATABASE_DURABILITY").unwrap_or("full") {
        "normal" => Durability::Normal,
        "full" | "" => Durability::Full,
        other => {
            log::warn(&format!("DATABASE_DURABILITY: `{other}` is neither `full` nor `normal`; it is taken for `full`"));
            Durability::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_database() {
        let dir = crate::sys::temp_dir("db").expect("a directory");
        let url = |vars: &[(&str, &str)]| url(&Environment::load(vars.iter().map(|(n, v)| (n.to_string(), v.to_string())), dir.path(), "production"));
        assert_eq!(url(&[]), "sqlite:./data/app.db");
        assert_eq!(url(&[("PUREMIX_DATA", "/var/lib/app/")]), "sqlite:/var/lib/app/app.db");
        assert_eq!(url(&[("PUREMIX_DATA", "/x"), ("DATABASE_URL", "postgres://h/d")]), "postgres://h/d");
    }
}
