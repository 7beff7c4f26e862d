//! Databases as programs use them, interpreted: `puremix:db` on both engines, `pg` against a real server, `better-sqlite3`, migrations.

use expect_test::{Expect, expect};
use puremix_tests::{Postgres, TempDir};
use std::path::{Path, PathBuf};
use std::process::Command;

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/databases")
}

fn puremixc(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_puremixc"));
    command.current_dir(directory).args(arguments).envs(environment.iter().copied()).env("TZ", "UTC").env_remove("PUREMIX_DATA");
    if environment.iter().all(|(name, _)| *name != "DATABASE_URL") {
        command.env_remove("DATABASE_URL");
    }
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let error = String::from_utf8_lossy(&output.stderr);
    format!("{}{}", String::from_utf8_lossy(&output.stdout), if error.is_empty() { String::new() } else { format!("--- {error}") })
}

fn interpret(directory: &Path, program: &str, argument: &str, environment: &[(&str, &str)]) -> String {
    let program = programs().join(program);
    puremixc(directory, &["run", "--quiet", "--interpret", &program.to_string_lossy(), argument], environment)
}

fn server() -> Option<Postgres> {
    let server = Postgres::start();
    if server.is_none() {
        eprintln!("PostgreSQL is not installed: this test did not run against it");
    }
    server
}

const DB: fn() -> Expect = || {
    expect![[r#"
        sqlite
        { changes: 2, lastId: 2, rows: [] }
        [
          {
            id: 1,
            name: "o'x",
            n: 1.5,
            at: '1970-01-01T00:00:00.000Z',
            j: '{"a":[1]}'
          },
          { id: 2, name: 'b', n: null, at: null, j: '[1,2]' }
        ]
        [ { name: 'b' }, { name: "o'x" } ]
        undefined
        { c: 1 }
        {
          text: 'SELECT * FROM t WHERE name = ?1 AND id = ?2',
          params: [ "o'x", 3 ]
        }
        { changes: 1, lastId: 2, rows: [ { id: 2, n: 3 } ] }
        unique SQLITE_CONSTRAINT_UNIQUE UNIQUE constraint failed: t.name t.name true
        undefined cannot be a parameter of a statement: write null for NULL
        write sql`…`: a statement in a string is not taken, since values pasted into it could be anything
        3
        no
        { c: 3 }
        the transaction is over: its statements must be awaited inside the function given to `transaction`
        [ 1, 2, 3 ]
    "#]]
};

#[test]
fn the_module_db() {
    let directory = TempDir::new("db");
    let sqlite = interpret(directory.path(), "db.mjs", "default", &[]);
    DB().assert_eq(&sqlite);
    assert!(directory.path().join("data/app.db").exists());
    let Some(server) = server() else { return };
    let postgres = interpret(directory.path(), "db.mjs", &server.url(), &[]);
    // The same but for the dialect, its placeholders, its words and the number of the last row.
    let alike = |text: &str| {
        let lines = text.lines().filter(|l| !l.starts_with("unique ") && !l.contains("text: 'SELECT") && *l != "sqlite" && *l != "postgres");
        lines.map(|l| format!("{}\n", l.split("lastId").next().unwrap_or_default())).collect::<String>()
    };
    assert_eq!(alike(&postgres), alike(&sqlite));
    assert!(postgres.contains("unique 23505 duplicate key") && postgres.contains("WHERE name = $1 AND id = $2"), "{postgres}");
}

#[test]
fn the_package_pg() {
    let Some(server) = server() else { return };
    let directory = TempDir::new("pg");
    let found = interpret(directory.path(), "pg.cjs", "", &[("DATABASE_URL", &server.url())]);
    let expected = std::fs::read_to_string(programs().join("pg.expected")).expect("it is in the repository");
    assert_eq!(found, expected);
}

/// What is told to channels, beside statements and transactions.
#[test]
fn notifications_of_the_package_pg() {
    let Some(server) = server() else { return };
    let directory = TempDir::new("pg-listen");
    let found = interpret(directory.path(), "pg-listen.cjs", "", &[("DATABASE_URL", &server.url())]);
    let expected = std::fs::read_to_string(programs().join("pg-listen.expected")).expect("it is in the repository");
    assert_eq!(found, expected);
}

/// TLS, limits, lost connections; as above.
#[test]
fn failures_of_the_package_pg() {
    let Some(server) = server() else { return };
    let Some(authority) = server.encrypt() else {
        eprintln!("openssl is not installed: this test did not run");
        return;
    };
    let directory = TempDir::new("pg-failures");
    let found = interpret(directory.path(), "pg-failures.cjs", "", &[("DATABASE_URL", &server.url()), ("AUTHORITY", &authority.to_string_lossy())]);
    let expected = std::fs::read_to_string(programs().join("pg-failures.expected")).expect("it is in the repository");
    assert_eq!(found, expected);
}

/// Discriminators, partial indexes and documents that expire, alike on both engines.
#[test]
fn kinds_of_documents() {
    let directory = TempDir::new("kinds");
    let expected = std::fs::read_to_string(programs().join("kinds.expected")).expect("it is in the repository");
    assert_eq!(interpret(directory.path(), "kinds.mjs", "", &[("DATABASE_URL", "sqlite:kinds.db")]), expected);
    let Some(server) = server() else { return };
    assert_eq!(interpret(directory.path(), "kinds.mjs", "", &[("DATABASE_URL", &server.url())]), expected);
}

/// What a program printed under Node 20 with npm's package (12.11), but for the names of temporary directories.
#[test]
fn the_package_better_sqlite3() {
    let directory = TempDir::new("better-sqlite3");
    let found = interpret(directory.path(), "better-sqlite3.cjs", "", &[]);
    let expected = std::fs::read_to_string(programs().join("better-sqlite3.expected")).expect("it is in the repository");
    assert_eq!(found, expected);
}

#[test]
fn migrations() {
    let directory = TempDir::new("migrations");
    let server = server();
    let urls = [Some("sqlite:a.db".to_owned()), server.as_ref().map(Postgres::url)];
    for url in urls.iter().flatten() {
        let migrate = |arguments: &[&str]| {
            let arguments: Vec<&str> = ["migrate"].iter().chain(arguments).copied().collect();
            let said = puremixc(directory.path(), &arguments, &[("DATABASE_URL", url)]);
            // The time of day.
            said.lines().map(|l| format!("{}\n", l.split("  20").next().unwrap_or_default())).collect::<String>()
        };
        let _ = std::fs::remove_dir_all(directory.path().join("migrations"));
        assert_eq!(migrate(&["status"]), "no migrations\n");
        assert_eq!(migrate(&["new", "Add users!"]), "made migrations/001_add_users.sql\n");
        assert!(migrate(&["up"]).contains("001_add_users.sql is empty"));
        directory.write("migrations/001_add_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\nINSERT INTO users VALUES (1);\n-- down\nDROP TABLE users;\n");
        directory.write("migrations/002_more.sql", "INSERT INTO users VALUES (2);\nINSERT INTO nothing VALUES (1);\n");
        assert_eq!(migrate(&["status"]), "001_add_users.sql  pending\n002_more.sql  pending\n");
        assert_eq!(
            migrate(&["up", "--dry-run"]).lines().take(3).collect::<Vec<_>>(),
            ["-- migrations/001_add_users.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);", "INSERT INTO users VALUES (1);"]
        );
        // The second fails as a whole; the first stays.
        let failed = migrate(&["up"]);
        assert!(failed.contains("migrations/002_more.sql: ") && failed.contains("nothing"), "{failed}");
        assert_eq!(migrate(&["status"]), "001_add_users.sql  applied\n002_more.sql  pending\n");
        directory.write("migrations/002_more.sql", "INSERT INTO users VALUES (2);\n");
        // Several instances that start at once apply it once.
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate(&["up"]))).collect();
            let said: Vec<String> = all.into_iter().map(|t| t.join().expect("ends")).collect();
            assert_eq!(said.iter().filter(|text| *text == "applied 002_more.sql\n").count(), 1, "{said:?}");
            assert_eq!(said.iter().filter(|text| *text == "nothing is pending\n").count(), 3, "{said:?}");
        });
        directory.write("migrations/002_more.sql", "INSERT INTO users VALUES (3);\n");
        assert!(migrate(&["up"]).contains("002_more.sql is not what was applied"));
        assert!(migrate(&["status"]).contains("002_more.sql  CHANGED"));
    }
}

/// Models: filters go by indexes, changes at the same time lose nothing, on both engines alike.
#[test]
fn documents() {
    let directory = TempDir::new("documents");
    let answer = interpret(directory.path(), "documents.mjs", "", &[("DATABASE_URL", "sqlite:documents.db")]);
    expect![[r#"
        equality: in SQL, people_email_1
        range: in SQL, people_age_1
        dates: in SQL, people_when_1
        in: in SQL, people_email_1
        nested: in SQL, people_address.city_1
        prefix: in SQL, people_email_1
        id: in SQL, the key
        sorted: in SQL, people_age_1
        array: in SQL, the whole table
        unindexed: in SQL, the whole table
        found: 7 8 111 5
        200 increments: 200
        30 documents saved: 230
        200 pushes: 200
        20 transactions: 250
        a transaction that throws: undone
        leaves: 250
        a duplicate: MongoServerError 11000 E11000 duplicate key error collection: … index: email_1 dup key: { email: "p7@example.org" }
        an operator from outside: found
        sanitized: CastError  Cast to string failed for value "{ '$ne': '' }" (type Object) at path "password" for model "Person"
        trusted: found
        code from outside: MongooseError  $where runs code that comes as data; it is not supported: use $expr, or filter in JavaScript
        MongoDB: MongooseError  MongoDB itself is not supported: documents are kept in SQLite or PostgreSQL. Leave the URL out (or empty) for DATABASE_URL or the file $PUREMIX_DATA/app.db, or give `sqlite:PATH` or `postgres://…`. Data moves with `mongoexport --collection=NAME --out=NAME.json` and `./app db import NAME.json`: docs/book/documents.md.
    "#]]
    .assert_eq(&answer);
    let Some(server) = server() else { return };
    let postgres = interpret(directory.path(), "documents.mjs", "", &[("DATABASE_URL", &server.database("documents"))]);
    // Only PostgreSQL has indexes over the elements of arrays.
    assert_eq!(postgres, answer.replace("array: in SQL, the whole table", "array: in SQL, people_tags_1"));
}

/// An app that only asks its database may run an isolate on every core, and depends on no package for it.
#[test]
fn asking_the_database_keeps_nothing_between_requests() {
    let app = TempDir::new("db-shared");
    app.write("package.json", "{ \"name\": \"db-shared\", \"type\": \"module\" }");
    app.write(
        "app/routes/api/list.js",
        "import { sql, db } from 'puremix:db';\n\
         const size = { page: 20 };\n\
         export async function GET(request, response) {\n\
           const rows = await sql`SELECT id FROM items LIMIT ${size.page}`;\n\
           rows.push({ id: 0 });\n\
           return response.json(rows.sort((a, b) => a.id - b.id));\n\
         }\n\
         export const POST = (request) => db.transaction(async (tx) => { const rows = await tx.sql`SELECT 1 AS n`; rows[0].n = 2; return rows; });\n",
    );
    expect!["--- db-shared: 1 routes, no errors\n"].assert_eq(&puremixc(app.path(), &["check"], &[]));
}
