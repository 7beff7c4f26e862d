//! Directories that remove themselves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh directory, removed when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new(name: &str) -> TempDir {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("puremix-{name}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        TempDir(path)
    }

    /// A copy of a directory with everything in it.
    pub fn copy_of(name: &str, from: &Path) -> TempDir {
        fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
            fs::create_dir_all(to)?;
            for entry in fs::read_dir(from)? {
                let entry = entry?;
                let (path, target) = (entry.path(), to.join(entry.file_name()));
                if path.is_dir() {
                    copy(&path, &target)?;
                } else {
                    fs::copy(&path, &target)?;
                }
            }
            Ok(())
        }
        let dir = TempDir::new(name);
        copy(from, dir.path()).unwrap_or_else(|e| panic!("{}: {e}", from.display()));
        dir
    }

    /// A fresh directory with these files.
    pub fn with_files(name: &str, files: &[(&str, &str)]) -> TempDir {
        let dir = TempDir::new(name);
        for (path, text) in files {
            dir.write(path, text);
        }
        dir
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("below the directory")).expect("a temporary directory is writable");
        fs::write(&path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
