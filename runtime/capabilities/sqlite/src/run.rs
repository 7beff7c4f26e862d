//! One statement on one connection.

use crate::failure;
use puremix_sql::{Cells, Done, Rows, SqlError, SqlRef, SqlValue};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Error, ToSql};
use std::sync::Arc;

/// A value as SQLite binds it, without a copy.
struct Bound<'v>(&'v SqlValue);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            SqlValue::Null => ValueRef::Null,
            SqlValue::Bool(b) => ValueRef::Integer(i64::from(*b)),
            SqlValue::Integer(n) => ValueRef::Integer(*n),
            SqlValue::Real(n) => ValueRef::Real(*n),
            SqlValue::Text(s) | SqlValue::Json(s) => ValueRef::Text(s.as_bytes()),
            SqlValue::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

/// Binds all parameters; their number must be the statement's.
pub fn bind(statement: &mut CachedStatement<'_>, params: &[SqlValue]) -> Result<(), Error> {
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        return Err(Error::InvalidParameterCount(params.len(), wanted));
    }
    for (i, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(i + 1, Bound(param))?;
    }
    Ok(())
}

/// All rows of a bound statement. Columns are read by the storage class SQLite gives each value, not by their declared type. `known` are
/// the columns' names as they were last time.
pub fn fetch(statement: &mut CachedStatement<'_>, known: Option<Arc<[String]>>) -> Result<Rows, Error> {
    let mut cells = Cells::default();
    let mut columns = None;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        // Only now: the first step prepares again what was prepared under another schema, and `*` may mean other columns.
        let columns = columns.get_or_insert_with(|| names(row.as_ref(), known.clone()));
        for i in 0..columns.len() {
            push(&mut cells, row.get_ref(i)?);
        }
    }
    drop(rows);
    Ok(Rows { columns: columns.unwrap_or_else(|| names(statement, known)), cells })
}

/// The names of a statement's columns; the known ones when they are the same.
fn names(statement: &rusqlite::Statement<'_>, known: Option<Arc<[String]>>) -> Arc<[String]> {
    let names = statement.column_names();
    match known {
        Some(known) if names.iter().copied().eq(known.iter().map(String::as_str)) => known,
        _ => names.into_iter().map(str::to_owned).collect(),
    }
}

#[inline]
fn push(cells: &mut Cells, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => cells.push(SqlRef::Null),
        ValueRef::Integer(n) => cells.push(SqlRef::Integer(n)),
        ValueRef::Real(n) => cells.push(SqlRef::Real(n)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => cells.push(SqlRef::Text(text)),
            // SQLite stores what it is given; text that is no UTF-8 is shown with replacement characters.
            Err(_) => cells.push(SqlRef::Text(&String::from_utf8_lossy(bytes))),
        },
        ValueRef::Blob(b) => cells.push(SqlRef::Blob(b)),
    }
}

/// Runs any statement to its end.
pub fn execute(connection: &Connection, sql: &str, params: &[SqlValue]) -> Result<Done, SqlError> {
    let before = connection.total_changes();
    let mut statement = connection.prepare_cached(sql).map_err(failure::from_rusqlite)?;
    bind(&mut statement, params).map_err(failure::from_rusqlite)?;
    let rows = fetch(&mut statement, None).map_err(failure::from_rusqlite)?;
    // `changes()` keeps the number of the last statement that changed anything.
    let changed = connection.total_changes() != before;
    Ok(Done { affected: if changed { connection.changes() } else { 0 }, last_id: connection.last_insert_rowid(), rows })
}
