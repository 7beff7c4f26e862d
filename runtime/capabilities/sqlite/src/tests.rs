//! The engine against files in a temporary directory.

use crate::database::{Sqlite, provide};
use crate::reader::{Caller, File, Outcome, read};
use puremix_sql::{Answer, Database, Dialect, ErrorKind, OpenOptions, Rows, SqlError, SqlRef, SqlValue, Statement, wait};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A directory that goes away with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("puremix-sqlite-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("makes a directory");
        Directory(path)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:{}/{name}", self.0.display())
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Left-over files of a temporary directory are no failure.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(url: &str) -> Arc<dyn Database> {
    provide(&OpenOptions::new(url)).expect("opens")
}

fn with_table() -> (Directory, Arc<dyn Database>) {
    let directory = Directory::new();
    let db = open(&directory.url("a.db"));
    wait(db.script("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER NOT NULL DEFAULT 0)")).expect("creates");
    (directory, db)
}

fn text(s: &str) -> SqlValue {
    SqlValue::Text(s.to_owned())
}

fn count(db: &dyn Database) -> i64 {
    wait(db.query("SELECT count(*) FROM t", vec![])).expect("counts").cells.get(0).and_then(SqlRef::as_integer).expect("a number")
}

fn insert(db: &dyn Database, name: &str) -> Result<puremix_sql::Done, SqlError> {
    wait(db.execute("INSERT INTO t (name) VALUES (?1)", vec![text(name)]))
}

/// The answer, if it is there at the first poll.
fn at_once<T>(mut answer: Answer<T>) -> Option<Result<T, SqlError>> {
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

#[test]
fn values_come_back_as_they_went() {
    for url in [Directory::new().url("deep/er/a.db"), "sqlite::memory:".to_owned()] {
        let db = open(&url);
        assert_eq!(db.dialect(), Dialect::Sqlite);
        wait(db.execute("CREATE TABLE v (a INTEGER, b REAL, c TEXT, d, e BLOB, f)", vec![])).expect("creates");
        let params =
            [SqlValue::Integer(i64::MIN), SqlValue::Real(0.5), text("'; DROP TABLE v; --\0é"), SqlValue::Null, SqlValue::Blob(vec![0, 255]), text("")];
        let done = wait(db.execute("INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", params.to_vec())).expect("inserts");
        assert_eq!((done.affected, done.last_id), (1, 1));
        let rows = wait(db.query("SELECT * FROM v WHERE a < ?1", vec![SqlValue::Bool(true)])).expect("selects");
        assert_eq!(*rows.columns, ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(rows.to_values(), params);
        let done = wait(db.query("UPDATE v SET b = 2 RETURNING b", vec![])).expect("updates");
        assert_eq!(done.to_values(), [SqlValue::Real(2.0)]);
    }
}

#[test]
fn errors_have_kinds_codes_and_places() {
    let (_directory, db) = with_table();
    insert(&*db, "a").expect("inserts");
    let ask = |sql: &str| {
        let e = wait(db.execute(sql, vec![])).expect_err(sql);
        format!("{:?} {} {} {:?}", e.kind, e.code, e.message, e.constraint)
    };
    assert_eq!(
        ask("INSERT INTO t (name) VALUES ('a')"),
        r#"Unique SQLITE_CONSTRAINT_UNIQUE UNIQUE constraint failed: t.name Some("t.name")"#
    );
    assert_eq!(ask("INSERT INTO t (n) VALUES (NULL)"), r#"Constraint SQLITE_CONSTRAINT_NOTNULL NOT NULL constraint failed: t.n Some("t.n")"#);
    assert_eq!(ask("SELECT * FROM missing"), "Statement SQLITE_ERROR no such table: missing None");
    assert_eq!(ask("SELECT 1; SELECT 2"), "Statement SQLITE_ERROR one statement at a time: put several into `script` or a transaction None");
    assert!(ask("INSERT INTO t (name) VALUES (?1)").ends_with("the statement has 1 parameters, and 0 were given None"));
    assert!(ask("BEGIN").contains("transactions are begun and ended by the engine"));
    assert!(wait(db.query("ROLLBACK", vec![])).is_err_and(|e| e.message.contains("by the engine")));
    assert_eq!(count(&*db), 1);
}

#[test]
fn one_database_for_all_spellings_of_a_path() {
    let (directory, db) = with_table();
    std::fs::create_dir(directory.0.join("b")).expect("makes");
    let again = open(&directory.url("b/../a.db"));
    assert!(Arc::ptr_eq(&db, &again));
    insert(&*again, "x").expect("inserts");
    assert_eq!(count(&*db), 1);
}

#[test]
fn a_path_that_cannot_be_written_fails_at_once() {
    let directory = Directory::new();
    let refused = |url: &str| provide(&OpenOptions::new(url)).err().unwrap_or_default();
    assert!(refused(&directory.url("")).contains("cannot open the database"), "{}", refused(&directory.url("")));
    std::fs::write(directory.0.join("text.db"), "this is no database, only text that is long enough to have a header").expect("writes");
    assert!(refused(&directory.url("text.db")).contains("file is not a database"));
    assert!(refused("sqlite:/proc/none/a.db").contains("cannot make the directory"));
}

#[test]
fn a_short_read_is_there_at_the_first_poll_and_sees_what_was_acknowledged() {
    let (_directory, db) = with_table();
    for i in 0..20 {
        insert(&*db, &i.to_string()).expect("inserts");
        let rows = at_once(db.query("SELECT count(*) FROM t", vec![])).expect("is ready").expect("counts");
        assert_eq!(rows.to_values(), [SqlValue::Integer(i + 1)]);
    }
    // The schema changes below a remembered statement.
    let width = || at_once(db.query("SELECT * FROM t LIMIT 1", vec![])).expect("is ready").expect("selects").columns.len();
    assert_eq!(width(), 3);
    wait(db.execute("ALTER TABLE t ADD COLUMN more", vec![])).expect("alters");
    assert_eq!(width(), 4);
}

#[test]
fn a_long_read_leaves_the_thread_and_its_statement_goes_elsewhere_next_time() {
    let (directory, db) = with_table();
    let counted = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?1) SELECT count(*) FROM c";
    let answer = |n: i64| db.query(counted, vec![SqlValue::Integer(n)]);
    assert!(at_once(answer(3_000_000)).is_none());
    assert_eq!(wait(answer(3_000_000)).expect("counts").to_values(), [SqlValue::Integer(3_000_000)]);
    // Known to be long: not even begun here, whatever its parameters are.
    let file = File { id: u64::MAX - 1, path: directory.0.join("a.db").as_path().into() };
    let here = |n: i64| read(&file, Caller::Isolate, counted, &[SqlValue::Integer(n)], &mut Rows::default());
    assert!(matches!(here(3), Outcome::Read));
    assert!(matches!(here(3_000_000), Outcome::TooLong));
    assert!(matches!(here(3), Outcome::TooLong));
    assert_eq!(at_once(db.query("SELECT 1", vec![])).expect("is ready").expect("selects").to_values(), [SqlValue::Integer(1)]);
}

#[test]
fn waiting_writes_share_a_commit_and_fail_alone() {
    let (_directory, db) = with_table();
    // While this transaction is open, everything below waits; then it is one group.
    let open = wait(db.begin()).expect("begins");
    let writes: Vec<_> = (0..100).map(|i| db.execute("INSERT INTO t (name) VALUES (?1)", vec![text(&(i / 2).to_string())])).collect();
    let batch = |names: [&str; 2]| db.batch(names.map(|n| Statement { sql: "INSERT INTO t (name) VALUES (?1)".into(), params: vec![text(n)] }).to_vec());
    let (good, bad) = (batch(["x", "y"]), batch(["z", "1"]));
    wait(open.commit()).expect("commits");
    let outcomes: Vec<bool> = writes.into_iter().map(|w| wait(w).is_ok()).collect();
    assert!(outcomes.iter().enumerate().all(|(i, ok)| *ok == (i % 2 == 0)), "{outcomes:?}");
    assert_eq!(wait(good).map(|d| d.len()), Ok(2));
    assert_eq!(wait(bad).map_err(|e| e.kind), Err(ErrorKind::Unique));
    assert_eq!(count(&*db), 52);
}

#[test]
fn a_failure_that_undoes_the_whole_transaction_undoes_only_itself() {
    let (_directory, db) = with_table();
    let script = "CREATE TRIGGER no BEFORE INSERT ON t WHEN new.name = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'not this one'); END;
        CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (p REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";
    wait(db.script(script)).expect("creates");
    let open = wait(db.begin()).expect("begins");
    let mut writes: Vec<_> = ["a", "bad", "b"].iter().map(|n| db.execute("INSERT INTO t (name) VALUES (?1)", vec![text(n)])).collect();
    writes.push(db.execute("INSERT INTO child VALUES (7)", vec![]));
    drop(open);
    let outcomes: Vec<_> = writes.into_iter().map(|w| wait(w).map(|d| d.affected).map_err(|e| e.message)).collect();
    assert_eq!(outcomes, [Ok(1), Err("not this one".to_owned()), Ok(1), Err("FOREIGN KEY constraint failed".to_owned())]);
    assert_eq!(count(&*db), 2);
}

#[test]
fn transactions_read_their_own_writes_and_end_when_dropped_or_late() {
    let directory = Directory::new();
    let db: Arc<dyn Database> = open(&directory.url("a.db"));
    wait(db.script("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)")).expect("creates");
    let open = wait(db.begin()).expect("begins");
    wait(open.execute("INSERT INTO t (name) VALUES ('mine')", vec![])).expect("inserts");
    assert_eq!(wait(open.query("SELECT name FROM t", vec![])).expect("selects").to_values(), [text("mine")]);
    assert!(wait(open.execute("INSERT INTO nothing VALUES (1)", vec![])).is_err());
    assert!(wait(open.execute("COMMIT", vec![])).is_err_and(|e| e.message.contains("by the engine")));
    assert_eq!(count(&*db), 0, "others see nothing of it");
    wait(open.commit()).expect("commits");
    assert_eq!(count(&*db), 1);

    let dropped = wait(db.begin()).expect("begins");
    wait(dropped.execute("DELETE FROM t", vec![])).expect("deletes");
    drop(dropped);
    insert(&*db, "next").expect("the writer is free");
    assert_eq!(count(&*db), 2);

    let connection = crate::connect::writer(&crate::connect::Place::Memory, puremix_sql::Durability::Full).expect("opens");
    let (calls, queue) = std::sync::mpsc::channel();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let late = std::thread::spawn(move || crate::transaction::serve(&connection, &queue, begun, Duration::from_millis(20)));
    has_begun.blocking_recv().expect("answers").expect("begins");
    late.join().expect("ends by itself");
    let open: Box<dyn puremix_sql::Transaction> = Box::new(crate::transaction::Open(calls));
    assert!(wait(open.execute("SELECT 1", vec![])).is_err_and(|e| e.kind == ErrorKind::Busy));
    assert!(wait(open.commit()).is_err_and(|e| e.message.contains("took too long")));
}

#[test]
fn modes_change_outside_transactions_only_and_scripts_are_whole() {
    let (_directory, db) = with_table();
    wait(db.execute("VACUUM", vec![])).expect("vacuums");
    wait(db.execute("PRAGMA user_version = 7", vec![])).expect("sets");
    assert_eq!(wait(db.query("PRAGMA user_version", vec![])).expect("reads").to_values(), [SqlValue::Integer(7)]);
    let mode = wait(db.query("PRAGMA journal_mode", vec![])).expect("reads");
    assert_eq!(mode.to_values(), [text("wal")]);
    let broken = wait(db.script("INSERT INTO t (name) VALUES ('a'); INSERT INTO t (name) VALUES ('a')"));
    assert!(broken.is_err());
    let leaves = wait(db.script("INSERT INTO t (name) VALUES ('b'); COMMIT; INSERT INTO t (name) VALUES ('c')"));
    assert!(leaves.is_err_and(|e| e.message.contains("must not end the transaction")));
    assert_eq!(wait(db.query("SELECT name FROM t WHERE name = 'a'", vec![])).expect("selects").len(), 0);
}

#[test]
fn a_lock_of_another_process_is_waited_for_elsewhere() {
    let (directory, db) = with_table();
    insert(&*db, "a").expect("inserts");
    let path = directory.0.join("a.db");
    let other = rusqlite::Connection::open(&path).expect("opens");
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO t (name) VALUES ('theirs')").expect("locks");
    // Readers are not disturbed, the writer waits.
    assert_eq!(at_once(db.query("SELECT count(*) FROM t", vec![])).expect("is ready").expect("counts").to_values(), [SqlValue::Integer(1)]);
    let write = db.execute("INSERT INTO t (name) VALUES ('ours')", vec![]);
    std::thread::sleep(Duration::from_millis(50));
    other.execute_batch("COMMIT").expect("commits");
    wait(write).expect("inserts in the end");
    assert_eq!(count(&*db), 3);
}

#[test]
fn readers_cannot_write() {
    let (directory, _db) = with_table();
    let file = File { id: u64::MAX, path: directory.0.join("a.db").as_path().into() };
    for sql in ["INSERT INTO t (name) VALUES ('a')", "PRAGMA journal_mode=DELETE", "BEGIN", "ATTACH ':memory:' AS m"] {
        assert!(matches!(read(&file, Caller::Isolate, sql, &[], &mut Rows::default()), Outcome::Writes), "{sql}");
    }
}

#[test]
fn two_hundred_clients_add_up() {
    let (_directory, db) = with_table();
    insert(&*db, "total").expect("inserts");
    std::thread::scope(|scope| {
        for client in 0..200 {
            let db = &db;
            scope.spawn(move || {
                for _ in 0..3 {
                    if client % 2 == 0 {
                        wait(db.execute("UPDATE t SET n = n + 1 WHERE name = 'total'", vec![])).expect("adds");
                        continue;
                    }
                    let open = wait(db.begin()).expect("begins");
                    let n = wait(open.query("SELECT n FROM t WHERE name = 'total'", vec![])).expect("reads").cells.get(0).and_then(SqlRef::as_integer).unwrap_or(0);
                    wait(open.execute("UPDATE t SET n = ?1 WHERE name = 'total'", vec![SqlValue::Integer(n + 1)])).expect("writes");
                    wait(open.commit()).expect("commits");
                }
            });
        }
    });
    assert_eq!(wait(db.query("SELECT n FROM t", vec![])).expect("reads").to_values(), [SqlValue::Integer(600)]);
}

/// The handle is shared by threads.
const _: fn() = || {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Sqlite>();
};
