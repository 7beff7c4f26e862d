//! `tests/run/mongoose`: models behind an API, on SQLite and on a PostgreSQL server, with the same answers.

mod connecting;
mod counting;
mod models;

use super::Builder;
use super::check::Checks;
use crate::shell::root;
use puremix_tests::server::free_port;
use puremix_tests::{Client, Postgres, Reply, Server, TempDir};
use serde_json::Value;
use std::path::PathBuf;

/// How the app is started: as the binary, or by the interpreter.
struct Program<'a> {
    builder: &'a Builder,
    /// `None`: interpreted.
    binary: Option<PathBuf>,
}

impl Program<'_> {
    /// Starts it in `directory`, with two isolates: what they do at once meets in the database only.
    fn start(&self, directory: &TempDir, env: &[(&str, &str)]) -> Result<Server, String> {
        let env = [env, &[("WORKERS", "2")]].concat();
        if let Some(binary) = &self.binary {
            return Server::start(binary, directory.path(), &env);
        }
        let port = free_port();
        let source = root().join("tests/run/mongoose");
        let mut run = self.builder.command(&["run", "--interpret", &source.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
        run.current_dir(directory.path()).envs(env.iter().copied());
        Server::start_command(run, port)
    }
}

pub fn check(checks: &mut Checks, builder: &Builder, interpreted: bool) -> Result<(), String> {
    let out = TempDir::new("mongoose");
    let postgres = Postgres::start();
    if postgres.is_none() {
        println!("mongoose: PostgreSQL is not installed; it was not tried");
    }
    let mut run = |mode: &str, program: &Program<'_>| -> Result<(), String> {
        let mut named = |engine: &str, env: &[(&str, &str)]| {
            checks.app = format!("mongoose, {mode}, {engine}");
            on_engine(checks, program, env)
        };
        named("SQLite", &[])?;
        if let Some(postgres) = &postgres {
            named("PostgreSQL", &[("DATABASE_URL", &postgres.database(mode))])?;
        }
        checks.app = format!("mongoose, {mode}");
        connecting::check(checks, program, postgres.as_ref())
    };
    if !interpreted {
        let binary = out.path().join("app");
        builder.build(&root().join("tests/run/mongoose"), &binary)?;
        run("compiled", &Program { builder, binary: Some(binary) })?;
    }
    run("interpreted", &Program { builder, binary: None })
}

/// What holds whichever database keeps the documents.
fn on_engine(checks: &mut Checks, program: &Program<'_>, env: &[(&str, &str)]) -> Result<(), String> {
    let directory = TempDir::new("mongoose-cwd");
    let mut server = program.start(&directory, env)?;
    checks.that("two isolates meet in the database", server.prints("2 isolates"));
    let kept = models::check(checks, &server);
    counting::check(checks, &server);
    if !env.is_empty() {
        counting::conflicts(checks, &server);
    }
    checks.that("the server survived all of it", server.is_alive());
    if !checks.failed.is_empty() {
        println!("the server's latest lines:\n{}", server.output());
    }
    let file = directory.path().join("data/app.db");
    checks.equal("documents are where DATABASE_URL says", file.exists(), env.is_empty());
    let ended = server.signal_and_wait("TERM", std::time::Duration::from_secs(10));
    checks.that("it ends when it is told to", ended.is_some_and(|status| status.success()));
    let server = program.start(&directory, env)?;
    models::check_kept(checks, &server, &kept);
    counting::check_kept(checks, &server);
    Ok(())
}

/// A request with a JSON body, as programs make it.
fn send(client: &mut Client, method: &str, path: &str, body: &Value) -> std::io::Result<Reply> {
    client.request(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}
