#![forbid(unsafe_code)]
//! SQLite through sqlx, on a thread of its own. A capability: linked into apps that open a database, and only into those.
//!
//! In: a file's path, then statements with bound parameters. Out: rows. Must never know HTTP, or what a value is in a language.
//!
//! Parsley's database operators are synchronous, so the isolate waits for the thread's answer. One connection a file and process: SQLite
//! writes one at a time anyway, and WAL lets the other isolates' readers go on.

use puremix_parsley::{Database, QueryAnswer, SqlValue};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{Column, Connection, Row, TypeInfo, ValueRef};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{LazyLock, Mutex, PoisonError, mpsc};
use std::time::Duration;

struct Statement {
    sql: String,
    params: Vec<SqlValue>,
    returns_rows: bool,
    answer: mpsc::Sender<Result<QueryAnswer, String>>,
}

/// Connections of the process, by path.
static OPEN: LazyLock<Mutex<HashMap<String, mpsc::Sender<Statement>>>> = LazyLock::new(Mutex::default);

struct Handle(mpsc::Sender<Statement>);

impl Database for Handle {
    fn run(&self, sql: &str, params: &[SqlValue], returns_rows: bool) -> Result<QueryAnswer, String> {
        let (send, receive) = mpsc::channel();
        let statement = Statement { sql: sql.to_owned(), params: params.to_vec(), returns_rows, answer: send };
        let gone = || "the database's thread has ended".to_owned();
        self.0.send(statement).map_err(|_| gone())?;
        receive.recv().map_err(|_| gone())?
    }
}

/// The capability's entry: the database in a file, which is made when it does not exist.
pub fn provide(path: &str) -> Result<Rc<dyn Database>, String> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sender) = open.get(path) {
        return Ok(Rc::new(Handle(sender.clone())));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true);
    let (sender, statements) = mpsc::channel();
    let (told, opened) = mpsc::channel();
    let thread = std::thread::Builder::new().name("sqlite".to_owned()).spawn(move || serve(options, &statements, &told));
    thread.map_err(|e| format!("cannot start the database's thread: {e}"))?;
    opened.recv().map_err(|_| "the database's thread has ended".to_owned())?.map_err(|e| format!("cannot open `{path}`: {e}"))?;
    open.insert(path.to_owned(), sender.clone());
    Ok(Rc::new(Handle(sender)))
}

fn serve(options: SqliteConnectOptions, statements: &mpsc::Receiver<Statement>, told: &mpsc::Sender<Result<(), String>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            // Nobody waits when the opener has gone.
            let _ = told.send(Err(e.to_string()));
            return;
        }
    };
    let connected = runtime.block_on(SqliteConnection::connect_with(&options));
    let mut connection = match connected {
        Ok(connection) => connection,
        Err(e) => {
            let _ = told.send(Err(e.to_string()));
            return;
        }
    };
    let _ = told.send(Ok(()));
    for statement in statements {
        let answer = runtime.block_on(run(&mut connection, &statement));
        let _ = statement.answer.send(answer);
    }
}

async fn run(connection: &mut SqliteConnection, statement: &Statement) -> Result<QueryAnswer, String> {
    let mut query = sqlx::query::<sqlx::Sqlite>(sqlx::AssertSqlSafe(statement.sql.clone()));
    for param in &statement.params {
        query = bind(query, param);
    }
    if !statement.returns_rows {
        let done = query.execute(connection).await.map_err(|e| message(&e))?;
        return Ok(QueryAnswer { affected: done.rows_affected(), last_id: done.last_insert_rowid(), ..QueryAnswer::default() });
    }
    let rows = query.fetch_all(connection).await.map_err(|e| message(&e))?;
    let columns = rows.first().map(|row| row.columns().iter().map(|c| c.name().to_owned()).collect()).unwrap_or_default();
    let rows = rows.iter().map(|row| (0..row.columns().len()).map(|i| value(row, i)).collect()).collect();
    Ok(QueryAnswer { columns, rows, ..QueryAnswer::default() })
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

fn bind<'q>(query: Query<'q>, value: &SqlValue) -> Query<'q> {
    match value {
        SqlValue::Null => query.bind(None::<String>),
        SqlValue::Integer(n) => query.bind(*n),
        SqlValue::Real(n) => query.bind(*n),
        SqlValue::Text(s) => query.bind(s.clone()),
        SqlValue::Blob(b) => query.bind(b.clone()),
    }
}

/// A column by the storage class SQLite gives it, not by its declared type.
fn value(row: &SqliteRow, i: usize) -> SqlValue {
    let Ok(raw) = row.try_get_raw(i) else { return SqlValue::Null };
    if raw.is_null() {
        return SqlValue::Null;
    }
    let class = raw.type_info().name().to_owned();
    let read = match class.as_str() {
        "INTEGER" | "BOOLEAN" => row.try_get_unchecked(i).map(SqlValue::Integer),
        "REAL" => row.try_get_unchecked(i).map(SqlValue::Real),
        "BLOB" => row.try_get_unchecked(i).map(SqlValue::Blob),
        _ => row.try_get_unchecked(i).map(SqlValue::Text),
    };
    read.unwrap_or(SqlValue::Null)
}

/// SQLite's own words, without sqlx's frame around them.
fn message(e: &sqlx::Error) -> String {
    match e {
        sqlx::Error::Database(e) => e.message().to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went() {
        let path = std::env::temp_dir().join(format!("puremix-sqlite-{}.db", std::process::id()));
        let path = path.to_string_lossy().into_owned();
        let db = provide(&path).expect("opens");
        db.run("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d)", &[], false).expect("creates");
        let params = [SqlValue::Integer(7), SqlValue::Real(0.5), SqlValue::Text("'; DROP TABLE t; --".to_owned()), SqlValue::Null];
        let done = db.run("INSERT INTO t VALUES (?, ?, ?, ?)", &params, false).expect("inserts");
        assert_eq!((done.affected, done.last_id), (1, 1));
        let rows = db.run("SELECT * FROM t", &[], true).expect("selects");
        assert_eq!(rows.columns, ["a", "b", "c", "d"]);
        assert_eq!(rows.rows, [params.to_vec()]);
        let missing = db.run("SELECT * FROM missing_table", &[], true);
        assert!(missing.as_ref().is_err_and(|e| e.contains("no such table")), "{missing:?}");
        for suffix in ["", "-wal", "-shm"] {
            // Left-over files of a temporary directory are no failure.
            let _ = std::fs::remove_file(format!("{path}{suffix}"));
        }
    }
}
