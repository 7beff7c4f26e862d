//! Connections as the engine wants them.

use crate::failure::from_rusqlite;
use crate::math;
use puremix_sql::{Durability, SqlError};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Statements kept prepared on each connection.
const STATEMENTS: usize = 256;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    File(PathBuf),
    /// Known to one connection, the writer's.
    Memory,
}

impl Place {
    /// The place a path names, by its canonical path, so that two spellings are one database. Makes the directories above it.
    pub fn of(path: &str) -> Result<Place, String> {
        if path == ":memory:" || path.is_empty() {
            return Ok(Place::Memory);
        }
        let path = Path::new(path);
        if let Ok(known) = path.canonicalize() {
            return Ok(Place::File(known));
        }
        let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let failed = |e: std::io::Error| format!("cannot make the directory `{}`: {e}", directory.display());
        make_directory(directory).map_err(failed)?;
        let name = path.file_name().ok_or_else(|| format!("`{}` names no file", path.display()))?;
        Ok(Place::File(directory.canonicalize().map_err(failed)?.join(name)))
    }
}

/// Makes a directory and those above it, so that a loss of power does not take them with the database in them.
fn make_directory(directory: &Path) -> std::io::Result<()> {
    if directory.as_os_str().is_empty() || directory.is_dir() {
        return Ok(());
    }
    let above = directory.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_directory(above)?;
    match std::fs::create_dir(directory) {
        // Somebody else was quicker.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
        Ok(()) => std::fs::File::open(above)?.sync_all(),
    }
}

/// The connection that writes. Fails where the file cannot be written.
pub fn writer(place: &Place, durability: Durability) -> Result<Connection, SqlError> {
    let connection = match place {
        Place::Memory => Connection::open_in_memory(),
        Place::File(path) => Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX),
    }
    .map_err(from_rusqlite)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let set_up = || {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.execute_batch(&format!("PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON;"))?;
        // A file that cannot be written says so now and not at the first write.
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")
    };
    set_up().map_err(from_rusqlite)?;
    math::add_functions(&connection).map_err(from_rusqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A connection that only reads.
pub fn reader(path: &Path, busy_timeout: Duration) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(busy_timeout)?;
    math::add_functions(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// How long the reader threads wait for another process: its recovery of a log, or a checkpoint's end.
pub const READER_BUSY_TIMEOUT: Duration = BUSY_TIMEOUT;
