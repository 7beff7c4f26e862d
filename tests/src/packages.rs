//! npm packages that tests are compared with.

use std::path::{Path, PathBuf};
use std::process::Command;

/// `directory`, with what a `package.json` asks for installed by npm unless it is there from an earlier run. Scripts of packages do not run.
///
/// # Panics
/// Where npm is missing or cannot install them.
pub fn npm_packages(directory: PathBuf, manifest: &str) -> PathBuf {
    let written: &Path = &directory.join("package.json");
    if std::fs::read_to_string(written).ok().as_deref() != Some(manifest) || !directory.join("node_modules/.package-lock.json").is_file() {
        std::fs::create_dir_all(&directory).expect("a directory for packages");
        std::fs::write(written, manifest).expect("package.json is written");
        let npm = Command::new("npm").args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&directory).output();
        let npm = npm.unwrap_or_else(|e| panic!("npm, which comes with Node, is needed: {e}"));
        assert!(npm.status.success(), "npm install: {}", String::from_utf8_lossy(&npm.stderr));
    }
    directory
}
