//! Where a file's bytes are, and the temporary files that go with their last reference.

use crate::sys;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::sync::atomic::{AtomicBool, Ordering};

/// The bytes of a file; cheap to copy.
#[derive(Clone, Debug)]
pub enum Content {
    Memory(Arc<[u8]>),
    Disk(Arc<OnDisk>),
}

/// A file that was written while it arrived.
#[derive(Debug)]
pub struct OnDisk {
    /// Where it is now.
    path: Mutex<PathBuf>,
    /// Removed with this value.
    is_temporary: AtomicBool,
}

impl Content {
    pub(super) fn on_disk(path: PathBuf, is_temporary: bool) -> Content {
        Content::Disk(Arc::new(OnDisk { path: Mutex::new(path), is_temporary: is_temporary.into() }))
    }

    /// All bytes. Blocks on the file system.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Content::Memory(bytes) => Ok(bytes.to_vec()),
            Content::Disk(file) => fs::read(&*file.path()),
        }
    }

    /// Where the bytes lie on disk.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Content::Memory(_) => None,
            Content::Disk(file) => Some(file.path().clone()),
        }
    }

    /// Puts the file at a path, replacing what is there; it stays there. Bytes on disk are renamed where that is possible.
    pub fn move_to(&self, to: &Path) -> io::Result<()> {
        match self {
            Content::Memory(bytes) => fs::write(to, bytes),
            Content::Disk(file) => {
                let from = file.path().clone();
                match fs::rename(&from, to) {
                    Ok(()) => {}
                    // Another file system.
                    Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
                        fs::copy(&from, to)?;
                        if file.is_temporary.load(Ordering::Relaxed) {
                            // What is left behind goes with the folder at the next start.
                            let _ = fs::remove_file(&from);
                        }
                    }
                    Err(e) => return Err(e),
                }
                *file.path() = to.to_owned();
                file.is_temporary.store(false, Ordering::Relaxed);
                Ok(())
            }
        }
    }

    /// The same content in a temporary file.
    pub fn to_disk(&self, unique_name: &str) -> io::Result<Content> {
        match self {
            Content::Disk(_) => Ok(self.clone()),
            Content::Memory(bytes) => {
                let path = temporary_folder()?.join(unique_name);
                let mut file = create(&path)?;
                io::Write::write_all(&mut file, bytes)?;
                Ok(Content::on_disk(path, true))
            }
        }
    }
}

impl OnDisk {
    fn path(&self) -> MutexGuard<'_, PathBuf> {
        // A panic cannot have come between two halves of a path's change.
        self.path.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OnDisk {
    fn drop(&mut self) {
        if *self.is_temporary.get_mut() {
            // The app may have moved it away itself, which is its purpose.
            let _ = fs::remove_file(&*self.path());
        }
    }
}

/// Makes a file that was not there, readable by its owner only.
pub(super) fn create(path: &Path) -> io::Result<fs::File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

const PREFIX: &str = "puremix-uploads-";

/// The folder of this process's temporary files, made when it is first asked for and again when somebody removed it.
pub(super) fn temporary_folder() -> io::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
    match fs::DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => Ok(path),
        // Only a folder of our own is trusted with a client's files.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && sys::is_own_folder(&path) => Ok(path),
        Err(e) => Err(e),
    }
}

/// Removes what processes that have ended left behind. Called at start.
pub fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|n| n.strip_prefix(PREFIX)).and_then(|n| n.parse::<u32>().ok()) else { continue };
        if !Path::new(&format!("/proc/{process}")).exists() && sys::is_own_folder(&entry.path()) {
            // Another process may be doing the same.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A name for storing: 128 random bits, with the extension of the original if that is a plain one.
pub(super) fn unique_name(original: &str) -> String {
    let extension = original.rsplit_once('.').map(|(_, e)| e).filter(|e| (1..=10).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_alphanumeric()));
    let dot = extension.map(|e| format!(".{}", e.to_ascii_lowercase())).unwrap_or_default();
    format!("{:032x}{dot}", u128::from_ne_bytes(sys::random_bytes::<16>()))
}
