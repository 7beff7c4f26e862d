//! File operations for `node:fs`, with errors in Node's terms.

use puremix_node::{FileAnswer, FileError, FileInfo, FileOp};
use std::fs::{self, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// Carries out one operation. Blocks.
pub fn run(op: FileOp) -> Result<FileAnswer, FileError> {
    answer(op).map_err(|e| error(&e))
}

fn answer(op: FileOp) -> io::Result<FileAnswer> {
    match op {
        FileOp::Read(path) => fs::read(path).map(FileAnswer::Bytes),
        FileOp::Write { path, bytes, append } => {
            let mut options = fs::OpenOptions::new();
            options.create(true).write(true);
            if append { options.append(true) } else { options.truncate(true) };
            options.open(path)?.write_all(&bytes)?;
            Ok(FileAnswer::Nothing)
        }
        FileOp::Exists(path) | FileOp::Access(path) => fs::metadata(path).map(|_| FileAnswer::Nothing),
        FileOp::MakeDir { path, recursive } => {
            if recursive { fs::create_dir_all(path)? } else { fs::create_dir(path)? };
            Ok(FileAnswer::Nothing)
        }
        FileOp::ReadDir(path) => {
            let mut names = Vec::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                names.push((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?.is_dir()));
            }
            names.sort();
            Ok(FileAnswer::Names(names))
        }
        FileOp::Stat { path, follow } => {
            let meta = if follow { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
            Ok(FileAnswer::Info(info(&meta)))
        }
        FileOp::Remove { path, recursive, force } => match remove(Path::new(&path), recursive) {
            Err(e) if force && e.kind() == io::ErrorKind::NotFound => Ok(FileAnswer::Nothing),
            result => result.map(|()| FileAnswer::Nothing),
        },
        FileOp::Unlink(path) => fs::remove_file(path).map(|()| FileAnswer::Nothing),
        FileOp::Rename(from, to) => fs::rename(from, to).map(|()| FileAnswer::Nothing),
        FileOp::Copy(from, to) => fs::copy(from, to).map(|_| FileAnswer::Nothing),
    }
}

fn remove(path: &Path, recursive: bool) -> io::Result<()> {
    // A link to a directory is a file here: what it leads to must stay.
    if !fs::symlink_metadata(path)?.is_dir() {
        return fs::remove_file(path);
    }
    if recursive { fs::remove_dir_all(path) } else { fs::remove_dir(path) }
}

fn info(meta: &Metadata) -> FileInfo {
    let ms = |time: io::Result<SystemTime>| {
        let since = time.ok().and_then(|t| t.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.map_or(0.0, |d| d.as_secs_f64() * 1e3)
    };
    FileInfo {
        size: meta.len() as f64,
        is_file: meta.is_file(),
        is_directory: meta.is_dir(),
        is_symlink: meta.is_symlink(),
        mode: meta.mode(),
        modified: ms(meta.modified()),
        created: ms(meta.created()),
        accessed: ms(meta.accessed()),
    }
}

/// The code, text and number Node gives an error.
pub fn error(e: &io::Error) -> FileError {
    let number = e.raw_os_error().unwrap_or(5);
    let (code, message) = match number {
        1 => ("EPERM", "operation not permitted"),
        2 => ("ENOENT", "no such file or directory"),
        9 => ("EBADF", "bad file descriptor"),
        13 => ("EACCES", "permission denied"),
        16 => ("EBUSY", "resource busy or locked"),
        17 => ("EEXIST", "file already exists"),
        18 => ("EXDEV", "cross-device link not permitted"),
        20 => ("ENOTDIR", "not a directory"),
        21 => ("EISDIR", "illegal operation on a directory"),
        22 => ("EINVAL", "invalid argument"),
        23 => ("ENFILE", "file table overflow"),
        24 => ("EMFILE", "too many open files"),
        27 => ("EFBIG", "file too large"),
        28 => ("ENOSPC", "no space left on device"),
        30 => ("EROFS", "read-only file system"),
        36 => ("ENAMETOOLONG", "name too long"),
        39 => ("ENOTEMPTY", "directory not empty"),
        40 => ("ELOOP", "too many symbolic links encountered"),
        _ => return FileError { code: "EIO", message: e.to_string(), errno: -number },
    };
    FileError { code, message: message.to_owned(), errno: -number }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(op: FileOp) -> &'static str {
        run(op).map_or_else(|e| e.code, |_| "ok")
    }

    #[test]
    fn operations_and_their_errors() {
        let dir = crate::sys::temp_dir("files").unwrap();
        let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
        let write = |name: &str, append| FileOp::Write { path: at(name), bytes: b"ab".to_vec(), append };
        assert_eq!(code(write("f", false)), "ok");
        assert_eq!(code(write("f", true)), "ok");
        assert!(matches!(run(FileOp::Read(at("f"))), Ok(FileAnswer::Bytes(b)) if b == b"abab"));
        assert!(matches!(run(FileOp::Stat { path: at("f"), follow: true }), Ok(FileAnswer::Info(i)) if i.size == 4.0 && i.is_file));
        assert_eq!(code(FileOp::Read(at("none"))), "ENOENT");
        assert_eq!(code(FileOp::Read(at(""))), "EISDIR");
        assert_eq!(code(FileOp::MakeDir { path: at("d/e"), recursive: false }), "ENOENT");
        assert_eq!(code(FileOp::MakeDir { path: at("d/e"), recursive: true }), "ok");
        assert_eq!(code(FileOp::MakeDir { path: at("d"), recursive: false }), "EEXIST");
        assert!(matches!(run(FileOp::ReadDir(at(""))), Ok(FileAnswer::Names(n)) if n == [("d".to_owned(), true), ("f".to_owned(), false)]));
        assert_eq!(code(FileOp::Remove { path: at("d"), recursive: false, force: false }), "ENOTEMPTY");
        std::os::unix::fs::symlink(at("d"), at("link")).unwrap();
        assert_eq!(code(FileOp::Remove { path: at("link"), recursive: true, force: false }), "ok");
        assert_eq!(code(FileOp::Exists(at("d/e"))), "ok", "removing a link leaves its target");
        assert_eq!(code(FileOp::Remove { path: at("none"), recursive: false, force: true }), "ok");
        assert_eq!(code(FileOp::Remove { path: at("none"), recursive: false, force: false }), "ENOENT");
        assert_eq!(code(FileOp::Rename(at("f"), at("d/f"))), "ok");
        assert_eq!(code(FileOp::Unlink(at("f"))), "ENOENT");
    }
}
