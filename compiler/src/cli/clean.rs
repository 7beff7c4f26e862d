//! `puremixc clean`: remove what can be made again.

use crate::cargo::Home;
use crate::cargo::home::size_of;
use crate::project::discover;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// The project whose .puremix/ is removed
    #[arg(default_value = ".", conflicts_with_all = ["old", "all"])]
    app: PathBuf,
    /// Remove the runtimes of other puremixc versions and the shared build cache
    #[arg(long)]
    old: bool,
    /// Remove the whole cache of this machine ($PUREMIX_HOME)
    #[arg(long)]
    all: bool,
}

pub fn run(args: Args) -> ExitCode {
    let home = Home::locate();
    let doomed = if args.all {
        vec![home.dir.clone()]
    } else if args.old {
        let mut doomed = home.old_bundles();
        doomed.push(home.build_dir);
        doomed
    } else {
        match discover::locate(&args.app) {
            Ok(root) => vec![root.join(".puremix")],
            Err(diagnostic) => {
                eprintln!("error[{}]: {}", diagnostic.code, diagnostic.message);
                return ExitCode::FAILURE;
            }
        }
    };
    let failed = doomed.iter().filter(|dir| !remove(dir)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn remove(dir: &Path) -> bool {
    if !dir.exists() {
        return true;
    }
    let megabytes = size_of(dir) / 1_000_000;
    match std::fs::remove_dir_all(dir) {
        Ok(()) => {
            eprintln!("removed {} ({megabytes} MB)", dir.display());
            true
        }
        Err(e) => {
            eprintln!("error: cannot remove {}: {e}", dir.display());
            false
        }
    }
}
