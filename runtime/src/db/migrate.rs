//! Applying migrations: each in a transaction of its own with its record, one instance at a time.

use super::migrations::Migration;
use puremix_sql::{Database, Dialect, ErrorKind, Row, SqlError, SqlValue, Transaction, wait};

/// Where a migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Pending,
    /// When, in UTC.
    Applied(String),
    /// It is not what was applied.
    Changed,
    /// Applied, and this binary does not have it: a newer one ran here.
    Unknown(String),
}

/// A migration's name and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub version: i64,
    pub name: String,
    pub state: State,
}

/// What the database says was applied.
struct Record {
    version: i64,
    name: String,
    checksum: String,
    applied_at: String,
}

/// The advisory lock that instances take on PostgreSQL: `puremixc` as a number.
const LOCK: i64 = 0x7075_7265_6d69;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS puremix_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)";

/// Where each migration stands, in order. Changes nothing.
pub fn status(database: &dyn Database, migrations: &[Migration]) -> Result<Vec<Status>, String> {
    Ok(compare(migrations, &records(database)?))
}

/// Applies what is pending, in order; the names of what was applied. Refuses when an applied file has changed.
pub fn up(database: &dyn Database, migrations: &[Migration]) -> Result<Vec<String>, String> {
    let mut applied = Vec::new();
    let before = status(database, migrations)?;
    refuse_changed(&before)?;
    let pending = |status: &&Status| status.state == State::Pending;
    for status in before.iter().filter(pending) {
        let Some(migration) = migrations.iter().find(|m| m.version == status.version) else { continue };
        if apply(database, migration).map_err(|e| format!("migrations/{}: {e}", migration.name))? {
            applied.push(migration.name.clone());
        }
    }
    Ok(applied)
}

fn refuse_changed(all: &[Status]) -> Result<(), String> {
    match all.iter().find(|status| status.state == State::Changed) {
        Some(status) => Err(format!(
            "migrations/{} is not what was applied to this database: put the file back as it was, and write what should change as a new migration",
            status.name
        )),
        None => Ok(()),
    }
}

fn compare(migrations: &[Migration], records: &[Record]) -> Vec<Status> {
    let of = |m: &Migration| match records.iter().find(|r| r.version == m.version) {
        None => State::Pending,
        Some(r) if r.checksum == m.checksum => State::Applied(r.applied_at.clone()),
        Some(_) => State::Changed,
    };
    let mut all: Vec<Status> = migrations.iter().map(|m| Status { version: m.version, name: m.name.clone(), state: of(m) }).collect();
    let unknown = records.iter().filter(|r| migrations.iter().all(|m| m.version != r.version));
    all.extend(unknown.map(|r| Status { version: r.version, name: r.name.clone(), state: State::Unknown(r.applied_at.clone()) }));
    all.sort_by_key(|status| status.version);
    all
}

/// What was applied; nothing before the first migration.
fn records(database: &dyn Database) -> Result<Vec<Record>, String> {
    let rows = match wait(database.query("SELECT version, name, checksum, applied_at FROM puremix_migrations ORDER BY version", vec![])) {
        Ok(rows) => rows,
        // There is no such table yet.
        Err(e) if e.kind == ErrorKind::Statement => return Ok(Vec::new()),
        Err(e) => return Err(e.message),
    };
    let record = |row: Row<'_>| {
        let text = |column| row.get(column).as_text().unwrap_or_default().to_owned();
        Record { version: row.get(0).as_integer().unwrap_or_default(), name: text(1), checksum: text(2), applied_at: text(3) }
    };
    Ok(rows.iter().map(record).collect())
}

/// One migration and its record, both or neither. `false`: another instance was quicker.
fn apply(database: &dyn Database, migration: &Migration) -> Result<bool, SqlError> {
    let open = begin(database)?;
    let outcome = apply_in(&*open, database.dialect(), migration);
    match outcome {
        Ok(applied) => wait(open.commit()).map(|()| applied),
        Err(e) => {
            // The first failure is what people want to read.
            let _ = wait(open.rollback());
            Err(e)
        }
    }
}

/// Begins; in SQLite that is the lock, for which another instance's migration may have to end first.
fn begin(database: &dyn Database) -> Result<Box<dyn Transaction>, SqlError> {
    const ATTEMPTS: usize = 12;
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match wait(database.begin()) {
            Err(e) if e.kind == ErrorKind::Busy => last = Some(e),
            other => return other,
        }
    }
    Err(last.unwrap_or_else(|| SqlError::new(ErrorKind::Busy, "SQLITE_BUSY", "the database is locked")))
}

fn apply_in(open: &dyn Transaction, dialect: Dialect, migration: &Migration) -> Result<bool, SqlError> {
    if dialect == Dialect::Postgres {
        wait(open.query("SELECT pg_advisory_xact_lock($1)", vec![SqlValue::Integer(LOCK)]))?;
    }
    wait(open.script(TABLE))?;
    let (known, insert, now) = match dialect {
        Dialect::Sqlite => ("version = ?1", "(?1, ?2, ?3, ", "strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"),
        Dialect::Postgres => ("version = $1", "($1, $2, $3, ", "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))"),
    };
    let version = SqlValue::Integer(migration.version);
    if !wait(open.query(&format!("SELECT 1 FROM puremix_migrations WHERE {known}"), vec![version.clone()]))?.is_empty() {
        return Ok(false);
    }
    wait(open.script(&migration.up))?;
    let record = vec![version, SqlValue::Text(migration.name.clone()), SqlValue::Text(migration.checksum.clone())];
    wait(open.execute(&format!("INSERT INTO puremix_migrations VALUES {insert}{now}"), record))?;
    Ok(true)
}

/// What `migrate status` prints.
pub fn show(all: &[Status]) -> String {
    if all.is_empty() {
        return "no migrations\n".to_owned();
    }
    let line = |status: &Status| {
        let state = match &status.state {
            State::Pending => "pending".to_owned(),
            State::Applied(at) => format!("applied  {at}"),
            State::Changed => "CHANGED  it is not what was applied".to_owned(),
            State::Unknown(at) => format!("unknown  applied {at} by a newer version of the app"),
        };
        format!("{}  {state}\n", status.name)
    };
    all.iter().map(line).collect()
}
