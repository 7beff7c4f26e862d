//! The guide's second half with its real packages: tokens, hashes, models, GraphQL, SOAP, binary formats, uploads.

mod accounts;
mod formats;
mod models;
mod uploads;

use super::check::Checks;
use super::guide;
use crate::shell;
use puremix_tests::{Client, Reply, Server, TempDir};
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
