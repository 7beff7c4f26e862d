//! Writing the generated crate: only what changed, because a file's time is what cargo looks at.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Makes `dir` hold `Cargo.toml` and exactly `files`, whose paths begin with `src/`. Answers whether anything changed.
pub fn write_crate(dir: &Path, manifest: &str, files: &[(String, String)]) -> io::Result<bool> {
    let mut changed = write_if_changed(&dir.join("Cargo.toml"), manifest)?;
    let mut expected = BTreeSet::new();
    for (path, text) in files {
        let path = dir.join(path);
        changed |= write_if_changed(&path, text)?;
        expected.insert(path);
    }
    for stale in all_files(&dir.join("src")) {
        if !expected.contains(&stale) {
            fs::remove_file(&stale)?;
            changed = true;
        }
    }
    Ok(changed)
}

pub fn write_if_changed(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, text)?;
    Ok(true)
}

fn all_files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for path in fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()) {
        if path.is_dir() {
            out.extend(all_files(&path));
        } else {
            out.push(path);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_files_keep_their_time_and_stale_ones_go() {
        let dir = std::env::temp_dir().join(format!("puremixc-write-{}", std::process::id()));
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert!(write_crate(&dir, "m", &[file("src/main.rs", "a"), file("src/r/x.rs", "b")]).unwrap());
        let time = fs::metadata(dir.join("src/main.rs")).unwrap().modified().unwrap();
        assert!(!write_crate(&dir, "m", &[file("src/main.rs", "a"), file("src/r/x.rs", "b")]).unwrap());
        assert_eq!(fs::metadata(dir.join("src/main.rs")).unwrap().modified().unwrap(), time);
        assert!(write_crate(&dir, "m", &[file("src/main.rs", "a")]).unwrap());
        assert!(!dir.join("src/r/x.rs").exists());
        fs::remove_dir_all(dir).unwrap();
    }
}
