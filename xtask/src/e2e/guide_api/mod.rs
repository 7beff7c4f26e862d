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
    let mut client = server.client();
    let cookie = visits(checks, &mut client, None, 1);
    drop(server);
    let server = Server::start(&binary, directory.path(), &env)?;
    visits(checks, &mut server.client(), Some(&cookie), 2);
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
