//! File operations, with Node's error codes. Reading falls back to the files embedded at build time.

use crate::app::AppDef;
use puremix_node::{FileAnswer, FileError, FileInfo, FileOp};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::time::SystemTime;

pub fn run(app: &'static AppDef, op: FileOp) -> Result<FileAnswer, FileError> {
    let done = |r: io::Result<()>| r.map(|()| FileAnswer::Nothing);
    let answer = match op {
        FileOp::Read(path) => match fs::read(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => embedded(app, &path).map(|bytes| FileAnswer::Bytes(bytes.to_vec())).ok_or(e),
            read => read.map(FileAnswer::Bytes),
        },
        FileOp::Write { path, bytes, append } => done(write(&path, &bytes, append)),
        FileOp::Exists(path) | FileOp::Access(path) => match fs::metadata(&path) {
            Err(e) if embedded(app, &path).is_none() => Err(e),
            _ => Ok(FileAnswer::Nothing),
        },
        FileOp::MakeDir { path, recursive: true } => done(fs::create_dir_all(path)),
        FileOp::MakeDir { path, recursive: false } => done(fs::create_dir(path)),
        FileOp::ReadDir(path) => list(&path),
        FileOp::Stat { path, follow } => {
            let info = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
            info.map(|m| FileAnswer::Info(describe(&m)))
        }
        FileOp::Remove { path, recursive, force } => match remove(Path::new(&path), recursive) {
            Err(e) if force && e.kind() == ErrorKind::NotFound => Ok(FileAnswer::Nothing),
            removed => done(removed),
        },
        FileOp::Unlink(path) => done(fs::remove_file(path)),
        FileOp::Rename(from, to) => done(fs::rename(from, to)),
        FileOp::Copy(from, to) => fs::copy(from, to).map(|_| FileAnswer::Nothing),
    };
    answer.map_err(|e| as_node(&e))
}

/// A file that the app names by a constant path, from the binary.
fn embedded(app: &'static AppDef, path: &str) -> Option<&'static [u8]> {
    let cwd = std::env::current_dir().ok();
    let inside = cwd.and_then(|cwd| Path::new(path).strip_prefix(cwd).ok().map(|p| p.to_string_lossy().into_owned()));
    let wanted = inside.as_deref().unwrap_or(path).trim_start_matches("./");
    app.assets.iter().find(|a| !a.public && a.url.trim_start_matches("./") == wanted).map(|a| a.bytes)
}

fn write(path: &str, bytes: &[u8], append: bool) -> io::Result<()> {
    if append {
        fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
    } else {
        fs::write(path, bytes)
    }
}

fn list(path: &str) -> io::Result<FileAnswer> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        names.push((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?.is_dir()));
    }
    names.sort();
    Ok(FileAnswer::Names(names))
}

fn remove(path: &Path, recursive: bool) -> io::Result<()> {
    match fs::symlink_metadata(path)? {
        m if m.is_dir() && recursive => fs::remove_dir_all(path),
        m if m.is_dir() => Err(io::Error::from(ErrorKind::IsADirectory)),
        _ => fs::remove_file(path),
    }
}

fn describe(m: &fs::Metadata) -> FileInfo {
    use std::os::unix::fs::MetadataExt;
    let ms = |t: io::Result<SystemTime>| {
        t.ok().and_then(|t| t.duration_since(SystemTime::UNIX_EPOCH).ok()).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
    };
    FileInfo {
        size: m.len() as f64,
        is_file: m.is_file(),
        is_directory: m.is_dir(),
        is_symlink: m.is_symlink(),
        mode: m.mode(),
        modified: ms(m.modified()),
        created: ms(m.created()),
        accessed: ms(m.accessed()),
    }
}

/// An error in Node's words; what has no name here keeps the system's text under `EIO`.
fn as_node(e: &io::Error) -> FileError {
    let (code, message) = match e.kind() {
        ErrorKind::NotFound => ("ENOENT", "no such file or directory"),
        ErrorKind::PermissionDenied => ("EACCES", "permission denied"),
        ErrorKind::AlreadyExists => ("EEXIST", "file already exists"),
        ErrorKind::IsADirectory => ("EISDIR", "illegal operation on a directory"),
        ErrorKind::NotADirectory => ("ENOTDIR", "not a directory"),
        ErrorKind::DirectoryNotEmpty => ("ENOTEMPTY", "directory not empty"),
        ErrorKind::StorageFull => ("ENOSPC", "no space left on device"),
        ErrorKind::ReadOnlyFilesystem => ("EROFS", "read-only file system"),
        ErrorKind::InvalidInput => ("EINVAL", "invalid argument"),
        _ => ("EIO", "i/o error"),
    };
    FileError { code, message: message.to_owned(), errno: -e.raw_os_error().unwrap_or(5) }
}
