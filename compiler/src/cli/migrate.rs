//! `puremixc migrate`: the migrations of a project, without building it.

use crate::dev::workspace::CAPABILITIES;
use clap::Subcommand;
use puremix_runtime::cli::migrate::{Migrate, act};
use puremix_runtime::db::migrations::{self, FOLDER};
use puremix_runtime::{config, db};
use std::path::Path;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Which migrations are applied to the database (DATABASE_URL) and which are pending
    Status,
    /// Apply those that are pending
    Up {
        /// Print their SQL and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make the file of a new migration
    New {
        /// What it does, such as `add users`
        name: String,
    },
}

/// Works in the current directory, whose `.env` says which database it is.
pub fn run(args: Args) -> ExitCode {
    let done = match args.verb {
        Verb::New { name } => new(&name),
        Verb::Status => existing(&Migrate::Status),
        Verb::Up { dry_run } => existing(&Migrate::Up { dry_run }),
    };
    match done {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn existing(verb: &Migrate) -> Result<String, String> {
    config::assume_development();
    db::set_up(&CAPABILITIES, false);
    act(&migrations::of_project(Path::new("."))?, verb)
}

/// The file after the last one.
fn new(name: &str) -> Result<String, String> {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    if words.is_empty() {
        return Err(format!("`{name}` is no name: use letters and digits, such as `add users`"));
    }
    let last = migrations::of_project(Path::new("."))?.last().map_or(0, |m| m.version);
    let path = format!("{FOLDER}/{:03}_{}.sql", last + 1, words.join("_"));
    let made = std::fs::create_dir_all(FOLDER).and_then(|()| std::fs::write(&path, "-- What to change. Applied once, in a transaction, when the app starts.\n\n"));
    made.map_err(|e| format!("{path}: {e}"))?;
    Ok(format!("made {path}\n"))
}
