//! `$PUREMIX_HOME`: the unpacked runtime and the build cache that all apps of this machine share.
//!
//! ```text
//! ~/.cache/puremix/
//!   0.1.0-<hash>/      the runtime this puremixc carries (Cargo.toml, Cargo.lock, runtime/)
//!   build/             cargo's build directory: the runtime is compiled once
//! ```
//! `PUREMIX_RUNTIME=/path/to/repository` uses that checkout's runtime instead (development and CI).

use crate::bundle;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const VENDOR: &str = "vendor";

#[derive(Clone, Debug)]
pub struct Home {
    pub dir: PathBuf,
    /// Holds `Cargo.lock` and `runtime/`.
    pub bundle: PathBuf,
    pub build_dir: PathBuf,
    /// The directory that `puremixc setup --vendor` named: dependencies come from there instead of from crates.io.
    pub vendor: Option<PathBuf>,
}

impl Home {
    /// Where the home is, by the environment; nothing is written.
    pub fn locate() -> Home {
        let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let cache = var("XDG_CACHE_HOME").or_else(|| var("HOME").map(|h| h.join(".cache")));
        let dir = var("PUREMIX_HOME")
            .or_else(|| cache.map(|c| c.join("puremix")))
            .unwrap_or_else(|| std::env::temp_dir().join("puremix"));
        let bundle = match var("PUREMIX_RUNTIME") {
            Some(repository) => fs::canonicalize(&repository).unwrap_or(repository),
            None => dir.join(format!("{}-{}", crate::VERSION, &bundle::HASH[..12])),
        };
        let vendor = fs::read_to_string(dir.join(VENDOR)).ok().map(PathBuf::from);
        Home { build_dir: dir.join("build"), dir, bundle, vendor }
    }

    /// The home with the runtime unpacked.
    pub fn open() -> io::Result<Home> {
        let home = Home::locate();
        if !home.bundle.join("runtime").join("Cargo.toml").is_file() {
            home.unpack()?;
        }
        Ok(home)
    }

    /// Unpacks beside the final place and renames, so that an interrupted or concurrent unpacking leaves no half bundle.
    fn unpack(&self) -> io::Result<()> {
        let staging = self.dir.join(format!(".unpack-{}", std::process::id()));
        let _ = fs::remove_dir_all(&staging);
        for (path, bytes) in bundle::FILES {
            let path = staging.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&staging))?;
            fs::write(path, bytes)?;
        }
        match fs::rename(&staging, &self.bundle) {
            Err(_) if self.bundle.join("runtime").is_dir() => fs::remove_dir_all(&staging),
            other => other,
        }
    }

    /// Holds the path of `vendor`.
    pub fn vendor_file(&self) -> PathBuf {
        self.dir.join(VENDOR)
    }

    pub fn lock_file(&self) -> PathBuf {
        self.bundle.join("Cargo.lock")
    }

    /// Present once every dependency of this bundle is on the machine.
    pub fn fetched_marker(&self) -> PathBuf {
        let name = self.bundle.to_string_lossy().replace(['/', '\\'], "_");
        self.dir.join(format!("fetched{name}"))
    }

    /// Bundles of other versions, which `clean --old` removes.
    pub fn old_bundles(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|e| e.path());
        let is_bundle = |p: &PathBuf| p.join("runtime").join("Cargo.toml").is_file() && *p != self.bundle;
        entries.filter(is_bundle).collect()
    }
}

/// Bytes below a directory.
pub fn size_of(dir: &Path) -> u64 {
    let mut total = 0;
    let mut stack = vec![dir.to_path_buf()];
    while let Some(dir) = stack.pop() {
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => stack.push(entry.path()),
                Ok(_) => total += entry.metadata().map_or(0, |m| m.len()),
                Err(_) => {}
            }
        }
    }
    total
}
