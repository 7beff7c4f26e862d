//! The runtime's dependencies on this machine: in cargo's cache, or in a directory that people carry to machines without a network.

use super::build::{cargo, fetch, home_error, internal};
use super::home::Home;
use super::progress::Progress;
use super::toolchain;
use puremix_diag::Diagnostic;
use std::fs;
use std::path::Path;

/// Has every dependency ready. With `dir`, in that directory, which is filled unless it holds them already, and from which this
/// machine builds from now on.
pub fn setup(dir: Option<&Path>, quiet: bool) -> Result<(), Vec<Diagnostic>> {
    let home = Home::open().map_err(|e| vec![home_error(&e)])?;
    let mut progress = Progress::new(quiet);
    let done = match dir {
        None => fetch(&home, &mut progress, false),
        Some(dir) => vendor(&home, dir, &mut progress),
    };
    progress.finish();
    done
}

fn vendor(home: &Home, dir: &Path, progress: &mut Progress) -> Result<(), Vec<Diagnostic>> {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
    let with = Home { vendor: Some(dir.clone()), ..home.clone() };
    // What was fetched another way says nothing about the directory.
    let forget = || fs::remove_file(with.fetched_marker()).or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) });
    forget().map_err(|e| vec![home_error(&e)])?;
    if !dir.is_dir() || fetch(&with, progress, true).is_err() {
        fill(home, &dir, progress)?;
        fetch(&with, progress, true)?;
    }
    fs::write(home.vendor_file(), dir.to_string_lossy().as_bytes()).map_err(|e| vec![home_error(&e)])
}

/// `cargo vendor`, which drops from the lock what only the compiler needs; the bundle keeps its own.
fn fill(home: &Home, dir: &Path, progress: &mut Progress) -> Result<(), Vec<Diagnostic>> {
    progress.stage("downloading the runtime's dependencies");
    let lock = fs::read(home.lock_file()).map_err(|e| vec![home_error(&e)])?;
    let from_registry = Home { vendor: None, ..home.clone() };
    let output = cargo(&from_registry).args(["vendor", "--versioned-dirs"]).arg(dir).current_dir(&home.bundle).output();
    fs::write(home.lock_file(), lock).map_err(|e| vec![home_error(&e)])?;
    let output = output.map_err(|_| toolchain::missing())?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(vec![internal(format!("the dependencies cannot be copied to `{}`\n{why}", dir.display()))])
}
