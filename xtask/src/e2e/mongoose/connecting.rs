//! Where documents go, and what is said when they cannot go there.

use super::{Program, send};
use crate::e2e::check::Checks;
use puremix_tests::{Postgres, Server, TempDir};
use serde_json::json;

pub fn check(checks: &mut Checks, program: &Program<'_>, postgres: Option<&Postgres>) -> Result<(), String> {
    let directory = TempDir::new("mongoose-connect");
    let mut server = program.start(&directory, &[("PUREMIX_DATA", "elsewhere")])?;
    checks.that("the log says where the documents are", server.prints("database: sqlite:elsewhere/app.db"));
    checks.that("and there they are", directory.path().join("elsewhere/app.db").exists() && !directory.path().join("data/app.db").exists());
    let models = "[\"Account\",\"Author\",\"Book\",\"Counter\",\"Journal\"]";
    checks.page("mongoose.connection", server.client().get("/api/connection"), 200, &[&format!("{{\"state\":1,\"name\":\"app\",\"models\":{models}}}")]);
    at_run_time(checks, &server, postgres);
    checks.that("the server survived it", server.is_alive());
    drop(server);

    let named = program.start(&directory, &[("MONGO_URL", "sqlite:named.db")])?;
    checks.that("a path given to connect is logged", named.prints("database: sqlite:named.db"));
    checks.page("and is the connection's name", named.client().get("/api/connection"), 200, &["\"name\":\"named\""]);
    checks.that("and made", directory.path().join("named.db").exists());
    drop(named);

    let mut fails = |what: &str, env: &[(&str, &str)], parts: &[&str]| {
        let said = program.start(&directory, env).err().unwrap_or_else(|| "it started".to_owned());
        let missing: Vec<_> = parts.iter().filter(|part| !said.contains(**part)).collect();
        checks.record(what, if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} not in: {said}")) });
    };
    fails("data that cannot be written end the start", &[("PUREMIX_DATA", "/proc/none")], &["cannot make the directory `/proc/none`"]);
    fails("so does a file that cannot be made", &[("MONGO_URL", "sqlite:/proc/none/x.db")], &["cannot make the directory `/proc/none`"]);
    let ways = ["MongoDB itself is not supported", "sqlite:PATH", "postgres://", "DATABASE_URL", "mongoexport"];
    fails("a MongoDB URL ends it with the ways out", &[("MONGO_URL", "mongodb://user:word@localhost:27017/shop")], &ways);
    fails("one of a cluster too", &[("MONGO_URL", "mongodb+srv://cluster.example.org/shop")], &ways);
    let nowhere = [("DATABASE_URL", "postgres://ann:secret@127.0.0.1:1/shop")];
    fails("a server that is not there ends it", &nowhere, &["postgres://ann:***@127.0.0.1:1/shop", "Connection refused"]);
    // The first line is the test's: the command with its environment.
    let said = program.start(&directory, &nowhere).err().unwrap_or_default();
    checks.that("and no password is said", said.split_once('\n').is_some_and(|(_, said)| !said.contains("secret")));
    Ok(())
}

/// `createConnection` while the app runs.
fn at_run_time(checks: &mut Checks, server: &Server, postgres: Option<&Postgres>) {
    let mut client = server.client();
    let mut connect = |url: &str| send(&mut client, "POST", "/api/connection", &json!({ "url": url }));
    checks.page("another database", connect("sqlite:other.db"), 200, &["{\"found\":1,\"state\":0}"]);
    checks.page("keeps its documents", connect("sqlite:other.db"), 200, &["\"found\":2"]);
    if let Some(postgres) = postgres {
        let url = postgres.url();
        checks.page("a server besides the file", connect(&url), 200, &["\"found\":"]);
    }
    checks.page("a MongoDB URL is refused", connect("mongodb://localhost/x"), 502, &["MongooseError", "MongoDB itself is not supported", "postgres://"]);
    checks.page("other schemes are", connect("redis://localhost"), 502, &["Invalid scheme, expected connection string to start with"]);
    checks.page("a file that cannot be made", connect("sqlite:/proc/none/x.db"), 502, &["cannot make the directory `/proc/none`"]);
    let nowhere = checks.page("a server that is not there", connect("postgres://ann:secret@127.0.0.1:1/x"), 502, &["ann:***@127.0.0.1:1", "Connection refused"]);
    checks.that("says no password", !nowhere.text().contains("secret"));
}
