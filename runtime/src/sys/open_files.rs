//! Files that programs have opened by number (`fs.open`, streams of files).
//!
//! The numbers are the system's. Only what was opened here can be used by its number: no program reaches our sockets and databases.

use rustix::fs::{Mode, OFlags};
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes read at once at most, whatever is asked.
const MOST: usize = 16 << 20;

/// Numbers of files that are parts of the binary begin here: no process has so many open.
const EMBEDDED: i32 = 1 << 30;

static TABLE: Mutex<BTreeMap<i32, Open>> = Mutex::new(BTreeMap::new());

/// An open file.
#[derive(Clone)]
pub enum Open {
    File(Arc<File>),
    /// A part of the binary, and where the next read begins.
    Embedded(&'static [u8], Arc<Mutex<usize>>),
}

fn table() -> MutexGuard<'static, BTreeMap<i32, Open>> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `EBADF`.
fn unknown() -> io::Error {
    io::Error::from_raw_os_error(9)
}

/// Opens a file; its number.
pub fn open(path: &str, flags: u32, mode: u32) -> io::Result<i32> {
    let flags = OFlags::from_bits_truncate(flags) | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(mode))?);
    let number = file.as_raw_fd();
    table().insert(number, Open::File(Arc::new(file)));
    Ok(number)
}

/// Opens a part of the binary; its number.
pub fn open_embedded(bytes: &'static [u8]) -> i32 {
    let mut table = table();
    let number = table.range(EMBEDDED..).next_back().map_or(EMBEDDED, |(last, _)| last + 1);
    table.insert(number, Open::Embedded(bytes, Arc::default()));
    number
}

pub fn find(number: i32) -> io::Result<Open> {
    table().get(&number).cloned().ok_or_else(unknown)
}

/// The number is free from here on; the file closes when nothing uses it any more.
pub fn close(number: i32) -> io::Result<()> {
    table().remove(&number).map(drop).ok_or_else(unknown)
}

impl Open {
    pub fn read(&self, length: usize, position: Option<u64>) -> io::Result<Vec<u8>> {
        let length = length.min(MOST);
        match self {
            Open::File(file) => {
                let mut bytes = vec![0; length];
                let read = match position {
                    Some(position) => file.read_at(&mut bytes, position)?,
                    None => (&**file).read(&mut bytes)?,
                };
                bytes.truncate(read);
                Ok(bytes)
            }
            Open::Embedded(all, next) => {
                let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                let from = position.map_or(*next, |at| usize::try_from(at).unwrap_or(usize::MAX)).min(all.len());
                let to = from.saturating_add(length).min(all.len());
                if position.is_none() {
                    *next = to;
                }
                Ok(all[from..to].to_vec())
            }
        }
    }

    pub fn write(&self, bytes: &[u8], position: Option<u64>) -> io::Result<u32> {
        let Open::File(file) = self else { return Err(unknown()) };
        let bytes = &bytes[..bytes.len().min(MOST)];
        let written = match position {
            Some(position) => file.write_at(bytes, position)?,
            None => (&**file).write(bytes)?,
        };
        // No more than `MOST`.
        Ok(written as u32)
    }

    pub fn sync(&self) -> io::Result<()> {
        match self {
            Open::File(file) => file.sync_all(),
            Open::Embedded(..) => Ok(()),
        }
    }

    pub fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Open::File(file) => file.metadata(),
            // What the binary is made of has no times and owners of its own: the binary's are true.
            Open::Embedded(..) => std::fs::metadata(std::env::current_exe()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_opened_here() {
        let dir = crate::sys::temp_dir("open").unwrap();
        let path = dir.path().join("f").to_string_lossy().into_owned();
        let number = open(&path, 0o1102, 0o600).unwrap();
        let file = find(number).unwrap();
        assert_eq!(file.write(b"abcdef", None).unwrap(), 6);
        assert_eq!(file.write(b"X", Some(2)).unwrap(), 1);
        assert_eq!(file.read(3, Some(1)).unwrap(), b"bXd");
        assert_eq!(file.read(10, None).unwrap(), b"", "at the end");
        close(number).unwrap();
        assert_eq!(find(number).err().and_then(|e| e.raw_os_error()), Some(9));
        assert!(close(0).is_err() && close(1).is_err(), "not the process' own");
        let embedded = open_embedded(b"0123");
        let part = find(embedded).unwrap();
        assert_eq!([part.read(3, None).unwrap(), part.read(3, None).unwrap(), part.read(9, Some(1)).unwrap(), part.read(1, Some(9)).unwrap()], [&b"012"[..], b"3", b"123", b""]);
        assert!(part.write(b"x", None).is_err() && close(embedded).is_ok());
    }
}
