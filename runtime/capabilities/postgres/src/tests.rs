//! The engine against a real server, where one is installed.

use crate::provide;
use puremix_sql::{Database, Dialect, ErrorKind, OpenOptions, SqlRef, SqlValue, Statement, wait};
use puremix_tests::Postgres;
use std::sync::Arc;

fn open(url: &str) -> Arc<dyn Database> {
    provide(&OpenOptions::new(url)).expect("opens")
}

fn server() -> Option<Postgres> {
    let server = Postgres::start();
    if server.is_none() {
        eprintln!("PostgreSQL is not installed: this test did not run");
    }
    server
}

fn text(s: &str) -> SqlValue {
    SqlValue::Text(s.to_owned())
}

fn run(db: &dyn Database, sql: &str) {
    wait(db.execute(sql, vec![])).unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn values(db: &dyn Database, sql: &str, params: &[SqlValue]) -> Vec<SqlValue> {
    wait(db.query(sql, params.to_vec())).unwrap_or_else(|e| panic!("{sql}: {e}")).to_values()
}

fn values_and_errors(db: &dyn Database) {
    assert_eq!(db.dialect(), Dialect::Postgres);
    run(db, "CREATE TABLE v (i int, b bigint, r double precision, n numeric(9,2), t text UNIQUE, ts timestamptz, d date, j jsonb, y bytea, o bool, u uuid, a int[])");
    let stamp = "2024-02-29T12:00:00.000Z";
    let params = vec![
        SqlValue::Integer(7), SqlValue::Integer(i64::MAX), SqlValue::Real(0.1), SqlValue::Real(12.5), text("é'; --"), text(stamp),
        text("2024-02-29"), SqlValue::Json("{\"a\":[1]}".to_owned()), SqlValue::Blob(vec![0, 255]), SqlValue::Bool(true),
        text("00000000-0000-0000-0000-000000000001"), text("{1,2,NULL}"),
    ];
    let insert = "INSERT INTO v VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)";
    for _ in 0..2 {
        // The second time through the prepared statement.
        run(db, "DELETE FROM v");
        assert_eq!(wait(db.execute(insert, params.clone())).expect("inserts").affected, 1);
        let rows = wait(db.query("SELECT * FROM v", vec![])).expect("selects");
        assert_eq!(rows.columns.join(" "), "i b r n t ts d j y o u a");
        let expected = [
            SqlValue::Integer(7), SqlValue::Integer(i64::MAX), SqlValue::Real(0.1), text("12.50"), text("é'; --"), text("2024-02-29 12:00:00+00"),
            text("2024-02-29"), SqlValue::Json("{\"a\": [1]}".to_owned()), SqlValue::Blob(vec![0, 255]), SqlValue::Bool(true),
            text("00000000-0000-0000-0000-000000000001"), text("{1,2,NULL}"),
        ];
        assert_eq!(rows.to_values(), expected);
    }
    // A number where text is wanted, text where a number is.
    assert_eq!(values(db, "SELECT t FROM v WHERE i = $1 OR t = $2", &[text("7"), SqlValue::Integer(7)]), [text("é'; --")]);
    assert_eq!(values(db, "SELECT i FROM v WHERE i = ANY($1)", &[text("{1,7}")]), [SqlValue::Integer(7)]);
    assert_eq!(values(db, "UPDATE v SET i = i + 1 RETURNING i", &[]), [SqlValue::Integer(8)]);
    assert_eq!(values(db, "SELECT 1 WHERE false", &[]), []);
    let e = wait(db.execute("INSERT INTO v (t) VALUES ($1)", vec![text("é'; --")])).expect_err("is there");
    assert_eq!((e.kind, e.code.as_str(), e.constraint.as_deref()), (ErrorKind::Unique, "23505", Some("v_t_key")));
    assert_eq!(wait(db.query("SELECT nothing", vec![])).map_err(|e| (e.kind, e.code)), Err((ErrorKind::Statement, "42703".to_owned())));
    assert_eq!(wait(db.query("SELECT $1::int", vec![text("x")])).map_err(|e| e.code), Err("22P02".to_owned()));
    assert!(wait(db.query("SELECT $1::text", vec![text("a\0b")])).is_err_and(|e| e.kind == ErrorKind::Statement));
    assert!(wait(db.query("SELECT '\0'", vec![])).is_err_and(|e| e.message.contains("zero byte")));
    assert!(wait(db.query("COPY v FROM STDIN", vec![])).is_err());
    // A prepared statement whose columns have changed is prepared again.
    assert_eq!(wait(db.query("SELECT * FROM v", vec![])).expect("selects").columns.len(), 12);
    run(db, "ALTER TABLE v ADD COLUMN more int");
    assert_eq!(wait(db.query("SELECT * FROM v", vec![])).expect("selects").columns.len(), 13);
}

fn transactions(db: &dyn Database) {
    run(db, "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
    let count = || values(db, "SELECT count(*) FROM t", &[])[0].as_integer();
    let open = wait(db.begin()).expect("begins");
    wait(open.execute("INSERT INTO t VALUES (1)", vec![])).expect("inserts");
    assert_eq!(wait(open.query("SELECT id FROM t", vec![])).expect("selects").to_values(), [SqlValue::Integer(1)]);
    assert_eq!(count(), Some(0));
    wait(open.commit()).expect("commits");
    assert_eq!(count(), Some(1));
    let dropped = wait(db.begin()).expect("begins");
    wait(dropped.execute("DELETE FROM t", vec![])).expect("deletes");
    drop(dropped);
    assert_eq!(count(), Some(1));
    let failed = wait(db.begin()).expect("begins");
    assert!(wait(failed.execute("INSERT INTO t VALUES (1)", vec![])).is_err_and(|e| e.kind == ErrorKind::Unique));
    assert!(wait(failed.query("SELECT 1", vec![])).is_err_and(|e| e.code == "25P02"));
    assert!(wait(failed.commit()).is_err_and(|e| e.message.contains("rolled back")), "a commit that rolls back is none");
    let insert = |id: i64| Statement { sql: "INSERT INTO t VALUES ($1)".into(), params: vec![SqlValue::Integer(id)] };
    assert!(wait(db.batch(vec![insert(2), insert(1)])).is_err());
    assert_eq!(wait(db.batch(vec![insert(2), insert(3)])).map(|all| all.len()), Ok(2));
    assert!(wait(db.script("INSERT INTO t VALUES (4); INSERT INTO t VALUES (1)")).is_err());
    assert_eq!(count(), Some(3));
    // More clients than connections.
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let open = wait(db.begin()).expect("begins");
                let n = wait(open.query("SELECT n FROM t WHERE id = 1 FOR UPDATE", vec![])).expect("reads").cells.get(0).and_then(SqlRef::as_integer).unwrap_or(0);
                wait(open.execute("UPDATE t SET n = $1 WHERE id = 1", vec![SqlValue::Integer(n + 1)])).expect("writes");
                wait(open.commit()).expect("commits");
            });
        }
    });
    assert_eq!(values(db, "SELECT n FROM t WHERE id = 1", &[]), [SqlValue::Integer(50)]);
}

fn encrypted(server: &Postgres) {
    let Some(authority) = server.encrypt() else {
        eprintln!("openssl is not installed: TLS was not tested");
        return;
    };
    let url = |host: &str, query: &str| format!("{}?{query}", server.url().replace("127.0.0.1", host));
    let trusted = format!("sslrootcert={}", authority.display());
    let is_encrypted = |url: String| values(&*open(&url), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]) == [SqlValue::Bool(true)];
    assert!(is_encrypted(url("localhost", &format!("sslmode=verify-full&{trusted}"))));
    assert!(is_encrypted(url("localhost", &format!("sslmode=prefer&{trusted}"))));
    assert!(is_encrypted(url("127.0.0.1", "sslmode=no-verify")));
    assert!(!is_encrypted(url("localhost", "sslmode=disable")));
    let refused = |query: String| provide(&OpenOptions::new(query)).err().unwrap_or_default();
    // Nobody knows its authority; its name is another's; there is no such file.
    let unknown = refused(url("localhost", "sslmode=require"));
    assert!(unknown.contains("cannot encrypt") && unknown.contains("UnknownIssuer"), "{unknown}");
    let other = refused(url("127.0.0.1", &format!("sslmode=require&{trusted}")));
    assert!(other.contains("not valid for name"), "{other}");
    assert!(refused(url("localhost", "sslmode=require&sslrootcert=/nowhere.pem")).contains("/nowhere.pem"));
    assert!(refused(url("localhost", &format!("sslmode=require&{trusted}&sslcert=/c.pem"))).contains("needs its key"));
}

fn refusals(server: &Postgres) {
    let db = open(&format!("{}?statement_timeout=100", server.url()));
    assert!(wait(db.query("SELECT pg_sleep(5)", vec![])).is_err_and(|e| e.code == "57014" && e.message.contains("statement timeout")));
    for statement in ["LISTEN news", "COPY (SELECT 1) TO STDOUT", "COPY pg_class TO STDOUT"] {
        assert!(wait(db.query(statement, vec![])).is_err_and(|e| e.code == "0A000" && e.message.contains("not supported")), "{statement}");
        assert!(wait(db.script(statement)).is_err_and(|e| e.code == "0A000"), "{statement}");
    }
    assert_eq!(values(&*db, "SELECT 1", &[]), [SqlValue::Integer(1)]);
    // At most so many connections, however many ask.
    let few = open(&format!("{}?pool_size=2&application_name=few", server.url()));
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| values(&*few, "SELECT pg_sleep(0.02)", &[]));
        }
    });
    assert_eq!(values(&*db, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'few'", &[]), [SqlValue::Integer(2)]);
}

#[test]
fn a_real_server() {
    let Some(mut server) = server() else { return };
    let db = open(&server.url());
    values_and_errors(&*db);
    transactions(&*db);

    let socket = format!("{}?host={}&port={}", server.url(), server.socket_directory().display(), server.port);
    assert_eq!(values(&*open(&socket), "SELECT 5", &[]), [SqlValue::Integer(5)]);
    let refused = |url: String| provide(&OpenOptions::new(url)).err().unwrap_or_default();
    let wrong = refused(server.url().replace("secret", "other"));
    assert!(wrong.contains("password authentication failed") && !wrong.contains("other"), "{wrong}");
    assert!(refused(format!("{}?sslmode=require", server.url())).contains("does not speak TLS"));
    assert!(refused(format!("{}x", server.url())).contains("does not exist"));

    refusals(&server);
    encrypted(&server);

    // The server goes away with a transaction open, and comes back.
    let open_one = wait(db.begin()).expect("begins");
    server.stop();
    assert!(wait(open_one.query("SELECT 1", vec![])).is_err_and(|e| e.kind == ErrorKind::Unavailable));
    assert!(wait(db.query("SELECT 1", vec![])).is_err_and(|e| e.kind == ErrorKind::Unavailable));
    drop(open_one);
    server.resume();
    assert_eq!(values(&*db, "SELECT count(*) FROM t", &[]), [SqlValue::Integer(3)]);
    server.stop();
    server.resume();
    // Idle connections that the server has given up are not used.
    assert_eq!(values(&*db, "SELECT count(*) FROM t", &[]), [SqlValue::Integer(3)]);
}
