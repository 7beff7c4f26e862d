//! One statement on one connection.

use crate::failure;
use puremix_sql::{Done, RowSink, Rows, SqlError, SqlRef, SqlValue};
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

/// All rows of a bound statement, and the names of their columns. Columns are read by the storage class SQLite gives each value, not by their
/// declared type. `known` are the names as they were last time.
pub fn fetch<S: RowSink + ?Sized>(statement: &mut CachedStatement<'_>, known: Option<Arc<[String]>>, sink: &mut S) -> Result<Arc<[String]>, Error> {
    let mut columns: Option<Arc<[String]>> = None;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        // Only now: the first step prepares again what was prepared under another schema, and `*` may mean other columns.
        let columns = match &columns {
            Some(columns) => columns,
            None => {
                let columns = columns.insert(names(row.as_ref(), known.clone()));
                sink.columns(columns);
                columns
            }
        };
        for i in 0..columns.len() {
            push(sink, row.get_ref(i)?);
        }
    }
    drop(rows);
    if let Some(columns) = columns {
        return Ok(columns);
    }
    let columns = names(statement, known);
    sink.columns(&columns);
    Ok(columns)
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
fn push<S: RowSink + ?Sized>(sink: &mut S, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => sink.cell(SqlRef::Null),
        ValueRef::Integer(n) => sink.cell(SqlRef::Integer(n)),
        ValueRef::Real(n) => sink.cell(SqlRef::Real(n)),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => sink.cell(SqlRef::Text(text)),
            // SQLite stores what it is given; text that is no UTF-8 is shown with replacement characters.
            Err(_) => sink.cell(SqlRef::Text(&String::from_utf8_lossy(bytes))),
        },
        ValueRef::Blob(b) => sink.cell(SqlRef::Blob(b)),
    }
}

/// Runs any statement to its end.
pub fn execute(connection: &Connection, sql: &str, params: &[SqlValue]) -> Result<Done, SqlError> {
    let before = connection.total_changes();
    let mut statement = connection.prepare_cached(sql).map_err(failure::from_rusqlite)?;
    bind(&mut statement, params).map_err(failure::from_rusqlite)?;
    let mut rows = Rows::default();
    fetch(&mut statement, None, &mut rows).map_err(failure::from_rusqlite)?;
    // `changes()` keeps the number of the last statement that changed anything.
    let changed = connection.total_changes() != before;
    Ok(Done { affected: if changed { connection.changes() } else { 0 }, last_id: connection.last_insert_rowid(), rows })
}
