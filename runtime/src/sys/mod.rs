//! What the operating system knows: random bytes, cores, memory, temporary directories.

pub mod files;
pub mod machine;
pub mod open_files;
pub mod reap;
pub mod signals;

use std::path::{Path, PathBuf};

/// Fills an array with bytes from the system's random source.
///
/// # Panics
/// When the system has none, which Linux rules out after boot; without it no cookie is safe, so there is nothing to go on with.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random source");
    bytes
}

/// A folder, not a link to one, that belongs to the user this process runs as.
pub fn is_own_folder(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::symlink_metadata(path).is_ok_and(|m| m.is_dir() && m.uid() == rustix::process::geteuid().as_raw())
}

/// What `process.exitCode` of any isolate was set to last.
static EXIT_CODE: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);

/// Sets the code with which the process ends when nothing else decides.
pub fn set_exit_code(code: i32) {
    EXIT_CODE.store(code, std::sync::atomic::Ordering::Relaxed);
}

/// The code that the app has set; 0 at first.
pub fn exit_code() -> i32 {
    EXIT_CODE.load(std::sync::atomic::Ordering::Relaxed)
}

/// Cores this process may use (affinity and cgroups included).
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Resident memory in bytes, where `/proc` tells.
pub fn resident_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

/// A directory that is removed with everything in it when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A new directory under the system's temporary directory; the name cannot be guessed.
pub fn temp_dir(purpose: &str) -> std::io::Result<TempDir> {
    let name = format!("puremix-{purpose}-{:016x}", u64::from_ne_bytes(random_bytes()));
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir(&path)?;
    Ok(TempDir(path))
}
