//! `db`: documents into the database and out of it.

use super::args::Db;
use super::fail;
use crate::app::AppDef;
use crate::{db, log};
use puremix_sql::{Database, Transfer};
use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

/// Moves; the process's exit code.
pub fn run(app: &AppDef, verb: &Db) -> i32 {
    // What is exported may be piped somewhere.
    log::set_level(log::Level::Warn);
    db::set_up(&app.capabilities, false);
    match act(app, verb) {
        Ok(told) => {
            eprintln!("{told}");
            0
        }
        Err(e) => fail(&[e]),
    }
}

fn act(app: &AppDef, verb: &Db) -> Result<String, String> {
    let transfer = app.capabilities.documents.ok_or("this app does not use mongoose, so it has no collections")?;
    match verb {
        Db::Import { file, collection, url } => {
            let collection = collection_of(file, collection.as_deref())?;
            let opened = File::open(file).map_err(|e| format!("{file}: {e}"))?;
            let is_terminal = std::io::stderr().is_terminal();
            let mut shown = 0;
            let mut progress = |stored: u64| {
                if is_terminal && stored != shown {
                    shown = stored;
                    eprint!("\r{stored} documents");
                }
            };
            let task = Transfer::Import { collection: &collection, from: &mut BufReader::new(opened), progress: &mut progress };
            let count = transfer(&*database(url.as_deref())?, task).map_err(|e| format!("{file}: {e}"))?;
            let clear = if is_terminal { "\r" } else { "" };
            Ok(format!("{clear}imported {count} documents into `{collection}`"))
        }
        Db::Export { collection, url } => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            let count = transfer(&*database(url.as_deref())?, Transfer::Export { collection, to: &mut out })?;
            out.flush().map_err(|e| e.to_string())?;
            Ok(format!("exported {count} documents of `{collection}`"))
        }
    }
}

fn database(url: Option<&str>) -> Result<Arc<dyn Database>, String> {
    match url {
        Some(url) => puremix_sql::open(url),
        None => puremix_sql::default_database(),
    }
}

/// As mongoimport names it: `dump/users.json` is `users`.
fn collection_of(file: &str, given: Option<&str>) -> Result<String, String> {
    let stem = || Path::new(file).file_stem().map(|s| s.to_string_lossy().into_owned());
    given.map(str::to_owned).or_else(stem).filter(|name| !name.is_empty()).ok_or_else(|| format!("`{file}` names no collection; say `--collection NAME`"))
}
