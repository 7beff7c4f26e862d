//! The JavaScript and TypeScript programs that both back ends run.

use std::path::{Path, PathBuf};

/// The folder's own programs, and the `main` of each folder in it.
pub fn programs_in(folder: &Path) -> Vec<PathBuf> {
    let is_program = |p: &Path| p.extension().is_some_and(|e| e == "js" || e == "mjs" || e == "cjs" || e == "ts");
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        entries.map(|e| e.expect("a readable folder").path()).collect()
    };
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries(folder).into_iter().partition(|p| p.is_dir());
    let mains = folders.iter().flat_map(|f| entries(f)).filter(|p| p.file_stem().is_some_and(|s| s == "main"));
    files.into_iter().chain(mains).filter(|p| is_program(p)).collect()
}
