//! A database after a crash, as the next process finds it.

use rusqlite::Connection;
use std::collections::HashSet;
use std::path::Path;

/// Opens it, recovers, checks it; the ids it holds. The error is what a user would lose.
pub fn ids(path: &Path) -> Result<HashSet<i64>, String> {
    let failed = |e: rusqlite::Error| format!("{}: {e}", path.display());
    let connection = Connection::open(path).map_err(failed)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(failed)?;
    if verdict != "ok" {
        return Err(format!("{}: {verdict}", path.display()));
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'written'", [], |row| row.get(0)).map_err(failed)?;
    if tables == 0 {
        return Ok(HashSet::new());
    }
    let mut statement = connection.prepare("SELECT id, length(pad) FROM written").map_err(failed)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).map_err(failed)?;
    let mut ids = HashSet::new();
    for row in rows {
        let (id, length) = row.map_err(failed)?;
        // What `write.mjs` writes: a row that is there is whole.
        if length != id * 37 % 900 {
            return Err(format!("{}: row {id} is damaged", path.display()));
        }
        ids.insert(id);
    }
    Ok(ids)
}
