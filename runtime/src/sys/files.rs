//! File operations for `node:fs`, with errors in Node's terms.

use super::open_files;
use puremix_node::{FileAnswer, FileError, FileInfo, FileKind, FileOp};
use rustix::fs::{Access, AtFlags, CWD, Timespec, Timestamps, accessat, utimensat};
use std::fs::{self, FileType, Metadata, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Carries out one operation. Blocks.
pub fn run(op: FileOp) -> Result<FileAnswer, FileError> {
    match op {
        FileOp::Read(path) => read(&path),
        FileOp::Remove { path, recursive, force } => remove(Path::new(&path), recursive, force),
        op => answer(op).map_err(|e| error(&e)),
    }
}

/// Whatever the system answered.
fn nothing<T>(_: T) -> FileAnswer {
    FileAnswer::Nothing
}

fn number(n: impl Into<f64>) -> FileAnswer {
    FileAnswer::Number(n.into())
}

fn answer(op: FileOp) -> io::Result<FileAnswer> {
    match op {
        FileOp::Read(_) | FileOp::Remove { .. } => unreachable!("done by the caller"),
        FileOp::Write { path, bytes, append, exclusive, keep, mode } => {
            let mut options = OpenOptions::new();
            options.write(true).append(append).truncate(!append && !keep && !exclusive);
            if exclusive { options.create_new(true) } else { options.create(!keep) };
            options.mode(mode.unwrap_or(0o666));
            options.open(path)?.write_all(&bytes)?;
            Ok(FileAnswer::Nothing)
        }
        FileOp::Exists(path) => fs::metadata(path).map(nothing),
        FileOp::Access(path, mode) => {
            let mut wanted = Access::empty();
            for (bit, access) in [(4, Access::READ_OK), (2, Access::WRITE_OK), (1, Access::EXEC_OK)] {
                wanted.set(access, mode & bit != 0);
            }
            let wanted = if wanted.is_empty() { Access::EXISTS } else { wanted };
            Ok(accessat(CWD, path, wanted, AtFlags::empty()).map(|()| FileAnswer::Nothing)?)
        }
        FileOp::MakeDir { path, recursive: false } => fs::create_dir(path).map(nothing),
        FileOp::MakeDir { path, recursive: true } => make_dirs(&path),
        FileOp::MakeTempDir(prefix) => make_temp_dir(&prefix),
        FileOp::ReadDir { path, recursive } => {
            let mut entries = Vec::new();
            list(Path::new(&path), "", recursive, &mut entries)?;
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Ok(FileAnswer::Entries(entries))
        }
        FileOp::ReadLink(path) => fs::read_link(path).map(|p| FileAnswer::Text(p.to_string_lossy().into_owned())),
        FileOp::RealPath(path) => fs::canonicalize(path).map(|p| FileAnswer::Text(p.to_string_lossy().into_owned())),
        FileOp::Stat { path, follow } => {
            let meta = if follow { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
            Ok(FileAnswer::Info(info(&meta)))
        }
        FileOp::RemoveDir(path) => fs::remove_dir(path).map(nothing),
        FileOp::Unlink(path) => fs::remove_file(path).map(nothing),
        FileOp::Rename(from, to) => fs::rename(from, to).map(nothing),
        FileOp::Copy { from, to, exclusive } => {
            if exclusive && fs::symlink_metadata(&to).is_ok() {
                return Err(io::Error::from_raw_os_error(17));
            }
            fs::copy(from, to).map(|_| FileAnswer::Nothing)
        }
        FileOp::CopyTree { from, to, recursive } => copy_tree(Path::new(&from), Path::new(&to), recursive).map(nothing),
        FileOp::Symlink { target, path } => std::os::unix::fs::symlink(target, path).map(nothing),
        FileOp::Truncate(path, len) => OpenOptions::new().write(true).open(path)?.set_len(len).map(nothing),
        FileOp::ChangeMode(path, mode) => fs::set_permissions(path, Permissions::from_mode(mode)).map(nothing),
        FileOp::SetTimes { path, accessed, modified } => {
            let time = |s: f64| Timespec { tv_sec: s.floor() as i64, tv_nsec: ((s - s.floor()) * 1e9) as i64 };
            let times = Timestamps { last_access: time(accessed), last_modification: time(modified) };
            Ok(utimensat(CWD, path, &times, AtFlags::empty()).map(|()| FileAnswer::Nothing)?)
        }
        FileOp::Open { path, flags, mode } => open_files::open(&path, flags, mode).map(number),
        FileOp::Close(fd) => open_files::close(fd).map(nothing),
        FileOp::ReadOpen { fd, length, position } => open_files::find(fd)?.read(length, position).map(FileAnswer::Bytes),
        FileOp::WriteOpen { fd, bytes, position } => open_files::find(fd)?.write(&bytes, position).map(number),
        FileOp::StatOpen(fd) => Ok(FileAnswer::Info(info(&open_files::find(fd)?.metadata()?))),
        FileOp::SyncOpen(fd) => open_files::find(fd)?.sync().map(nothing),
    }
}

/// A directory can be opened; reading it is what fails, which Node says.
fn read(path: &str) -> Result<FileAnswer, FileError> {
    fs::read(path).map(FileAnswer::Bytes).map_err(|e| {
        let e = error(&e);
        FileError { call: (e.code == "EISDIR").then_some("read"), ..e }
    })
}

fn remove(path: &Path, recursive: bool, force: bool) -> Result<FileAnswer, FileError> {
    let meta = match fs::symlink_metadata(path) {
        Err(e) if force && e.kind() == io::ErrorKind::NotFound => return Ok(FileAnswer::Nothing),
        other => other.map_err(|e| error(&e))?,
    };
    // A link to a directory is a file here: what it leads to must stay.
    let (removed, call) = match (meta.is_dir(), recursive) {
        (false, _) => (fs::remove_file(path), "unlink"),
        (true, true) => (fs::remove_dir_all(path), "rm"),
        (true, false) => return Err(FileError { code: "ERR_FS_EISDIR", message: String::new(), errno: 21, call: Some("rm") }),
    };
    removed.map(|()| FileAnswer::Nothing).map_err(|e| FileError { call: Some(call), ..error(&e) })
}

/// Answers the first directory that had to be made.
fn make_dirs(path: &str) -> io::Result<FileAnswer> {
    let absolute = std::path::absolute(path)?;
    let first = absolute.ancestors().take_while(|p| !p.exists()).last().map(|p| p.to_string_lossy().into_owned());
    fs::create_dir_all(&absolute)?;
    match first {
        Some(first) => Ok(FileAnswer::Text(first)),
        None if absolute.is_dir() => Ok(FileAnswer::Nothing),
        None => Err(io::Error::from_raw_os_error(17)),
    }
}

fn make_temp_dir(prefix: &str) -> io::Result<FileAnswer> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    loop {
        let name: String = super::random_bytes::<6>().iter().map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()])).collect();
        let path = format!("{prefix}{name}");
        match fs::create_dir(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
            Ok(()) => {
                fs::set_permissions(&path, Permissions::from_mode(0o700))?;
                return Ok(FileAnswer::Text(path));
            }
        }
    }
}

fn list(folder: &Path, below: &str, recursive: bool, out: &mut Vec<(String, FileKind)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = kind_of(entry.file_type()?);
        if recursive && kind == FileKind::Directory {
            list(&entry.path(), &path, true, out)?;
        }
        out.push((path, kind));
    }
    Ok(())
}

fn kind_of(t: FileType) -> FileKind {
    match t {
        t if t.is_file() => FileKind::File,
        t if t.is_dir() => FileKind::Directory,
        t if t.is_symlink() => FileKind::Link,
        t if t.is_fifo() => FileKind::Pipe,
        t if t.is_socket() => FileKind::Socket,
        t if t.is_char_device() => FileKind::Character,
        t if t.is_block_device() => FileKind::Block,
        _ => FileKind::Unknown,
    }
}

fn copy_tree(from: &Path, to: &Path, recursive: bool) -> io::Result<()> {
    let meta = fs::symlink_metadata(from)?;
    if meta.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    if !meta.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    if !recursive {
        return Err(io::Error::from_raw_os_error(21));
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_tree(&entry.path(), &to.join(entry.file_name()), true)?;
    }
    Ok(())
}

pub(super) fn info(meta: &Metadata) -> FileInfo {
    let ms = |seconds: i64, nanos: i64| seconds as f64 * 1e3 + nanos as f64 / 1e6;
    let modified = ms(meta.mtime(), meta.mtime_nsec());
    let created = meta.created().ok().and_then(|t| t.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
    FileInfo {
        size: meta.len() as f64,
        mode: meta.mode(),
        modified,
        changed: ms(meta.ctime(), meta.ctime_nsec()),
        created: created.map_or(modified, |d| d.as_secs_f64() * 1e3),
        accessed: ms(meta.atime(), meta.atime_nsec()),
        device: meta.dev() as f64,
        special_device: meta.rdev() as f64,
        inode: meta.ino() as f64,
        links: meta.nlink() as f64,
        user: meta.uid(),
        group: meta.gid(),
        block_size: meta.blksize() as f64,
        blocks: meta.blocks() as f64,
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
        _ => return FileError { code: "EIO", message: e.to_string(), errno: -number, call: None },
    };
    FileError { code, message: message.to_owned(), errno: -number, call: None }
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
        let write = |name: &str, append| FileOp::Write { path: at(name), bytes: b"ab".to_vec(), append, exclusive: false, keep: false, mode: None };
        assert_eq!(code(write("f", false)), "ok");
        assert_eq!(code(write("f", true)), "ok");
        assert!(matches!(run(FileOp::Read(at("f"))), Ok(FileAnswer::Bytes(b)) if b == b"abab"));
        assert!(matches!(run(FileOp::Stat { path: at("f"), follow: true }), Ok(FileAnswer::Info(i)) if i.size == 4.0 && i.mode & 0o170_000 == 0o100_000));
        assert_eq!(code(FileOp::Read(at("none"))), "ENOENT");
        assert_eq!(code(FileOp::Read(at(""))), "EISDIR");
        assert_eq!(code(FileOp::MakeDir { path: at("d/e"), recursive: false }), "ENOENT");
        assert_eq!(code(FileOp::MakeDir { path: at("d/e"), recursive: true }), "ok");
        assert_eq!(code(FileOp::MakeDir { path: at("d"), recursive: false }), "EEXIST");
        assert!(matches!(run(FileOp::ReadDir { path: at(""), recursive: false }), Ok(FileAnswer::Entries(n)) if n == [("d".to_owned(), FileKind::Directory), ("f".to_owned(), FileKind::File)]));
        assert_eq!(code(FileOp::Remove { path: at("d"), recursive: false, force: false }), "ERR_FS_EISDIR");
        std::os::unix::fs::symlink(at("d"), at("link")).unwrap();
        assert_eq!(code(FileOp::Remove { path: at("link"), recursive: true, force: false }), "ok");
        assert_eq!(code(FileOp::Exists(at("d/e"))), "ok", "removing a link leaves its target");
        assert_eq!(code(FileOp::Remove { path: at("none"), recursive: false, force: true }), "ok");
        assert_eq!(code(FileOp::Remove { path: at("none"), recursive: false, force: false }), "ENOENT");
        assert_eq!(code(FileOp::Rename(at("f"), at("d/f"))), "ok");
        assert_eq!(code(FileOp::Unlink(at("f"))), "ENOENT");
    }
}
