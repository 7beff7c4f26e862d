//! The guide's second half with its real packages: tokens, hashes, models, GraphQL, SOAP, binary formats, uploads.

mod accounts;
mod formats;
mod models;
mod uploads;

use super::Builder;
use super::check::Checks;
use super::guide;
use crate::shell;
use puremix_tests::{Client, Postgres, Redis, Reply, Server, TempDir};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The guide's fallback for the secret is known to everybody.
pub const ENV: &[(&str, &str)] = &[("JWT_SECRET", "an-hour-of-monkeys-at-a-typewriter"), ("STRIPE_WEBHOOK_SECRET", "whsec")];

/// Writes the app and fetches its packages from npm.
pub fn generate() -> Result<TempDir, String> {
    let app = guide::generate_app("guide-api")?;
    let mut install = Command::new("npm");
    install.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", "--silent"]);
    install.current_dir(app.path());
    shell::run(install)?;
    Ok(app)
}

/// The same binary with the databases that users bring: PostgreSQL for documents, Redis for sessions.
pub fn check_servers(checks: &mut Checks, builder: &Builder) -> Result<(), String> {
    let app = generate()?;
    let out = TempDir::new("guide-api");
    let binary = out.path().join("app");
    builder.build(app.path(), &binary)?;
    let (Some(postgres), Some(redis)) = (Postgres::start(), Redis::start()) else {
        println!("guide-api: PostgreSQL or Redis is not installed; they were not tried");
        return Ok(());
    };
    let (database, sessions) = (postgres.url(), redis.url());
    let stores = [("DATABASE_URL", database.as_str()), ("SESSION_STORE", "redis"), ("REDIS_URL", sessions.as_str())];
    let env: Vec<_> = ENV.iter().copied().chain(stores).collect();
    let directory = TempDir::new("guide-api-cwd");
    let mut server = Server::start(&binary, directory.path(), &env)?;
    check(checks, &mut server);
    checks.that("documents are in PostgreSQL only", !directory.path().join("data/app.db").exists());
    checks.that("the server survived all of it", server.is_alive());
    transfer(checks, &binary, &env, &server)?;
    let mut client = server.client();
    let cookie = visits(checks, &mut client, None, 1);
    drop(server);
    let server = Server::start(&binary, directory.path(), &env)?;
    visits(checks, &mut server.client(), Some(&cookie), 2);
    let directory = TempDir::new("guide-api-import");
    let server = Server::start(&binary, directory.path(), &[ENV, &[("PUREMIX_DATA", "elsewhere")]].concat())?;
    transfer(checks, &binary, &[("PUREMIX_DATA", &directory.path().join("elsewhere").to_string_lossy())], &server)
}

/// What mongoexport wrote goes in, is found by the running server, and comes out again.
fn transfer(checks: &mut Checks, binary: &Path, env: &[(&str, &str)], server: &Server) -> Result<(), String> {
    let directory = TempDir::new("guide-api-transfer");
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).map_err(|e| e.to_string());
    let person = |n: u32| format!(r#"{{"_id":{{"$oid":"507f1f77bcf86cd7994{n:05x}"}},"name":"Person {n}","email":"p{n}@example.org","password":"$2b$10$","createdAt":{{"$date":"2020-01-02T03:04:05.678Z"}}}}"#);
    let people: Vec<String> = (0..1200).map(person).collect();
    write("users.json", &format!("{}\n", people.join("\n")))?;
    write("array.json", &format!("[{},\n{}]", person(1), person(1200)))?;
    write("broken.json", &format!("{}\n{{\"_id\": }}\n", person(1)))?;
    let mut run = |what: &str, args: &[&str], succeeds: bool, needle: &str| {
        let output = Command::new(binary).args(args).current_dir(directory.path()).envs(env.iter().copied()).output();
        let Ok(output) = output else { return String::new() };
        let (out, err) = (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned());
        checks.that(&format!("{what}: {err}"), output.status.success() == succeeds && err.contains(needle));
        out
    };
    run("import", &["db", "import", "users.json"], true, "imported 1200 documents into `users`");
    run("import again replaces", &["db", "import", "users.json"], true, "imported 1200 documents");
    run("an array, into a named collection", &["db", "import", "array.json", "--collection", "users"], true, "imported 2 documents");
    run("what is no JSON", &["db", "import", "broken.json", "--collection", "users"], false, "broken.json: line 2: it is no JSON; nothing was stored");
    run("no file", &["db", "import", "missing.json"], false, "missing.json: No such file");
    run("no collection", &["db", "export", "nothing"], false, "nothing");
    let out = run("export", &["db", "export", "users"], true, "exported");
    let lines: Vec<&str> = out.lines().filter(|line| line.contains("example.org")).collect();
    checks.equal("what came in comes out", lines.len(), 1201);
    checks.equal("as it was", lines.first().copied(), people.first().map(String::as_str));
    let found = send(&mut server.client(), "POST", "/api/search", &serde_json::json!({ "_id": "507f1f77bcf86cd799400001", "email": "p1@example.org" }));
    checks.page("the server finds it", found, 200, &["\"found\":1"]);
    Ok(())
}

/// One visit more; the session's cookie.
fn visits(checks: &mut Checks, client: &mut Client, cookie: Option<&str>, expected: u32) -> String {
    let headers: Vec<(&str, &str)> = cookie.iter().map(|c| ("Cookie", *c)).collect();
    let reply = client.request("GET", "/api/visits", &headers, b"").unwrap_or_default();
    checks.equal(&format!("visit {expected} of a session"), reply.text(), format!("{{\"visits\":{expected}}}"));
    reply.header("set-cookie").and_then(|c| c.split(';').next()).unwrap_or_default().to_owned()
}

pub fn check(checks: &mut Checks, server: &mut Server) {
    models::check(checks, server);
    let token = accounts::check(checks, server);
    accounts::check_own_account(checks, server, &token);
    formats::check(checks, server);
    uploads::check(checks, server);
}

/// A request with a JSON body, as programs make it.
fn send(client: &mut Client, method: &str, path: &str, body: &Value) -> std::io::Result<Reply> {
    client.request(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}
