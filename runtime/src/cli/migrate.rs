//! `migrate`: the app's own database and the migrations of the binary.

pub use super::args::Migrate;
use super::{fail, print};
use crate::app::AppDef;
use crate::{db, log};
use crate::db::migrations::{self, Migration};
use crate::db::migrate::{self, State};

/// Shows or applies; the process's exit code.
pub fn run(app: &AppDef, verb: &Migrate) -> i32 {
    db::set_up(&app.capabilities, false);
    let done = migrations::embedded(app).and_then(|all| act(&all, verb));
    match done {
        Ok(text) => print(&text),
        Err(e) => fail(&[e]),
    }
}

/// What to print.
pub fn act(all: &[Migration], verb: &Migrate) -> Result<String, String> {
    if all.is_empty() {
        return Ok("no migrations\n".to_owned());
    }
    // What is printed may be piped somewhere.
    log::set_level(log::Level::Warn);
    let database = puremix_sql::default_database()?;
    match verb {
        Migrate::Status => Ok(migrate::show(&migrate::status(&*database, all)?)),
        Migrate::Up { dry_run: true } => {
            let states = migrate::status(&*database, all)?;
            let is_pending = |m: &&Migration| states.iter().any(|s| s.version == m.version && s.state == State::Pending);
            let pending: String = all.iter().filter(is_pending).map(|m| format!("-- migrations/{}\n{}\n", m.name, m.up)).collect();
            Ok(if pending.is_empty() { "nothing is pending\n".to_owned() } else { pending })
        }
        Migrate::Up { dry_run: false } => {
            let applied = migrate::up(&*database, all)?;
            let lines: String = applied.iter().map(|name| format!("applied {name}\n")).collect();
            Ok(if lines.is_empty() { "nothing is pending\n".to_owned() } else { lines })
        }
    }
}
