//! `tests/run/auth`: the guide's token authentication, and sessions as express-session's users know them, in every store.

mod stores;

use super::Builder;
use super::check::Checks;
use crate::shell::root;
use puremix_tests::server::free_port;
use puremix_tests::{Client, Postgres, Redis, Reply, Server, TempDir};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

pub fn check(checks: &mut Checks, builder: &Builder) -> Result<(), String> {
    let out = TempDir::new("auth");
    let binary = out.path().join("app");
    let source = root().join("tests/run/auth");
    builder.build(&source, &binary)?;
    compiled(checks, builder, &binary)?;
    // The interpreter has the same sessions.
    let directory = TempDir::new("auth-interpreted");
    let port = free_port();
    let mut run = builder.command(&["run", "--interpret", &source.to_string_lossy(), "--", "serve", "--host", "127.0.0.1", "--port", &port.to_string()]);
    run.current_dir(directory.path());
    let server = Server::start_command(run, port)?;
    tokens(checks, &server);
    sessions(checks, &server);
    Ok(())
}

fn compiled(checks: &mut Checks, builder: &Builder, binary: &Path) -> Result<(), String> {
    let directory = TempDir::new("auth-sqlite");
    {
        let server = Server::start(binary, directory.path(), &[])?;
        tokens(checks, &server);
    }
    in_store(checks, binary, "sqlite", &[])?;
    in_store(checks, binary, "memory", &[("STORE", "memory")])?;
    match Postgres::start() {
        Some(mut postgres) => {
            let env: &[(&str, &str)] = &[("STORE", "postgres"), ("DATABASE_URL", &postgres.url())];
            in_store(checks, binary, "postgres", env)?;
            stores::shared(checks, binary, env)?;
            stores::failing_postgres(checks, binary, &mut postgres, env)?;
        }
        None => println!("auth: PostgreSQL is not installed; its store was not tried"),
    }
    match Redis::start() {
        Some(mut redis) => {
            let url = redis.url();
            in_store(checks, binary, "redis", &[("STORE", "redis"), ("REDIS_URL", &url)])?;
            stores::shared(checks, binary, &[("STORE", &url)])?;
            stores::asked(checks, binary, &redis)?;
            stores::failing_redis(checks, binary, &mut redis, &url)?;
        }
        None => println!("auth: Redis is not installed; its store was not tried"),
    }
    stores::over_tls(checks, binary)?;
    stores::settings(checks, binary)?;
    stores::secrets(checks, binary)?;
    stores::packages(checks, builder)?;
    let unwritable = Server::start(binary, directory.path(), &[("PUREMIX_DATA", "/proc/none")]);
    checks.that("a file that cannot be made ends the start with a way out", unwritable.is_err_and(|e| e.contains("session.store: ") && e.contains("PUREMIX_DATA=DIRECTORY")));
    let refused = Server::start(binary, directory.path(), &[("STORE", "floppy")]);
    checks.that("an unknown store is refused with the names of those there are", refused.is_err_and(|e| e.contains("'sqlite', 'postgres', 'redis', 'memory'")));
    Ok(())
}

const SAME: (&str, &str) = ("Sec-Fetch-Site", "same-origin");

/// An action of the app's, with the session of this client.
fn act(client: &mut Client, action: &str, body: Value) -> std::io::Result<Reply> {
    let path = format!("/api/session?do={action}");
    client.request("POST", &path, &[("Content-Type", "application/json"), SAME], body.to_string().as_bytes())
}

fn read(client: &mut Client) -> Value {
    client.get("/api/session?do=read").map(|r| r.json()).unwrap_or_default()
}

fn set_cookie(reply: &Reply) -> String {
    reply.headers_named("set-cookie").join("\n")
}

/// What holds in each store; then that sessions outlive the process, unless they are in its memory.
fn in_store(checks: &mut Checks, binary: &Path, store: &str, env: &[(&str, &str)]) -> Result<(), String> {
    let outer = std::mem::replace(&mut checks.app, format!("auth, {store}"));
    let directory = TempDir::new("auth-store");
    // Isolates share sessions.
    let env = &[env, &[("WORKERS", "2")]].concat();
    let mut server = Server::start(binary, directory.path(), env)?;
    sessions(checks, &server);
    stores::counting(checks, &server);
    if store != "memory" {
        let mut client = server.client();
        checks.page("a session before a restart", act(&mut client, "set", json!({ "kept": 1 })), 200, &[]);
        let id = client.get("/api/session?do=id").map(|r| r.json()["id"].as_str().unwrap_or_default().to_owned()).unwrap_or_default();
        server.signal_and_wait("TERM", Duration::from_secs(10));
        if store == "sqlite" {
            let file = std::fs::read(directory.path().join("data/sessions.db")).unwrap_or_default();
            let wal = std::fs::read(directory.path().join("data/sessions.db-wal")).unwrap_or_default();
            let holds = |text: &str| [&file, &wal].iter().any(|f| f.windows(text.len()).any(|w| w == text.as_bytes()));
            checks.that("the file has the data", holds("kept"));
            checks.that("and no id that opens a session", id.len() > 20 && !holds(&id));
        }
        let value = client.cookie("sid").unwrap_or_default().to_owned();
        let server = Server::start(binary, directory.path(), env)?;
        let mut client = server.client();
        client.set_cookie("sid", &value);
        checks.equal("it is there after a restart", read(&mut client), json!({ "kept": 1 }));
    }
    checks.app = outer;
    Ok(())
}

fn tokens(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let ask = |client: &mut Client, method: &str, body: Value, headers: &[(&str, &str)]| {
        let all = [&[("Content-Type", "application/json"), SAME], headers].concat();
        client.request(method, "/api/token", &all, if body.is_null() { String::new() } else { body.to_string() }.as_bytes())
    };
    let ann = json!({ "email": "ann@example.com", "password": "a long password" });
    let made = checks.page("registering", ask(&mut client, "PUT", ann.clone(), &[]), 201, &["$2b$10$"]);
    checks.page("twice is refused", ask(&mut client, "PUT", ann.clone(), &[]), 409, &["already"]);
    checks.page("a wrong password", ask(&mut client, "POST", json!({ "email": "ann@example.com", "password": "x" }), &[]), 401, &["Invalid credentials"]);
    let token = made.json()["token"].as_str().unwrap_or_default().to_owned();
    let bearer = format!("Bearer {token}");
    checks.page("a token in a header", ask(&mut client, "GET", Value::Null, &[("Authorization", &bearer)]), 200, &["\"userId\":1", "\"role\":\"user\""]);
    checks.page("none", ask(&mut client, "GET", Value::Null, &[]), 401, &["No authentication token provided"]);
    let changed = format!("{bearer}x");
    checks.page("a changed one", ask(&mut client, "GET", Value::Null, &[("Authorization", &changed)]), 401, &["Invalid or expired token"]);
    let parts: Vec<&str> = token.split('.').collect();
    let unsigned = format!("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", parts.get(1).copied().unwrap_or_default());
    checks.page("an unsigned one", ask(&mut client, "GET", Value::Null, &[("Authorization", &unsigned)]), 401, &["Invalid or expired token"]);
    let login = checks.page("logging in", ask(&mut client, "POST", ann, &[]), 200, &["token"]);
    checks.that("puts the token into a cookie", set_cookie(&login).contains("HttpOnly; SameSite=Strict"));
    checks.page("which is read", ask(&mut client, "GET", Value::Null, &[]), 200, &["ann@example.com"]);
}

fn sessions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let nothing = checks.page("looking at a session", client.get("/api/session?do=read"), 200, &["{}"]);
    checks.equal("makes none", set_cookie(&nothing), String::new());
    let first = checks.page("the first write", act(&mut client, "set", json!({ "cart": [1], "name": "b" })), 200, &["\"cart\":[1]"]);
    let line = set_cookie(&first);
    checks.that("sends the cookie", line.starts_with("sid=") && line.contains("; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Priority=High"));
    checks.that("over plain HTTP without Secure", !line.contains("Secure"));
    checks.equal("what was written is read", read(&mut client), json!({ "cart": [1], "name": "b" }));
    let again = client.get("/api/session?do=read").map(|r| set_cookie(&r)).unwrap_or_default();
    checks.equal("reading sends no cookie", again, String::new());
    act(&mut client, "unset", json!({ "name": "name" })).ok();
    checks.equal("a name is deleted", read(&mut client), json!({ "cart": [1] }));
    let keys = client.get("/api/session?do=keys").map(|r| r.json()).unwrap_or_default();
    checks.equal("methods are no data", keys, json!({ "keys": ["cart"], "json": "{\"cart\":[1]}", "has": true }));
    checks.page("sessionID", client.get("/api/session?do=id"), 200, &["\"same\":true"]);
    checks.page("page and routes share it", client.get("/"), 200, &["Visit 1 of nobody"]);

    fixation(checks, server, &mut client);
    let saved = checks.page("save within a request", act(&mut client, "save", json!({})), 200, &[]);
    checks.that("the cookie still comes", set_cookie(&saved).contains("sid="));
    checks.that("and what comes after it is kept too", read(&mut client)["late"] == json!(true));
    let reloaded = act(&mut client, "reload", json!({})).map(|r| r.json()).unwrap_or_default();
    checks.that("reload brings back what was stored", reloaded["saved"] == json!(true) && reloaded.get("lost").is_none());
    let replaced = act(&mut client, "replace", json!({ "only": 1 })).map(|r| r.json()).unwrap_or_default();
    checks.equal("an object in its place", replaced, json!({ "only": 1 }));
    checks.equal("takes the place of the data", read(&mut client), json!({ "only": 1 }));
    let left = act(&mut client, "leave", json!({})).map(|r| r.json()).unwrap_or_default();
    checks.equal("null parts the request from it", left, json!({ "session": null, "user": null }));
    checks.equal("and leaves it as it was", read(&mut client), json!({ "only": 1 }));
    checks.page("a route that never sees it", client.get("/api/plain"), 200, &["{\"plain\":true}"]);
    checks.page("one that finds it by a name made at run time", client.get("/api/hidden"), 200, &["{\"only\":1}"]);
    let hidden = client.request("POST", "/api/hidden", &[SAME], b"");
    checks.page("may change it", hidden, 200, &["{\"only\":1,\"hidden\":1}"]);
    checks.equal("for good", read(&mut client), json!({ "only": 1, "hidden": 1 }));
    checks.page("touch", act(&mut client, "touch", json!({})), 200, &["\"same\":true"]);

    let shown = checks.page("flash", act(&mut client, "flash", json!({})), 200, &["{\"first\":1,\"second\":2,\"list\":2}"]);
    checks.that("is a change of the session", set_cookie(&shown).contains("sid="));
    let flashed = act(&mut client, "flashed", json!({})).map(|r| r.json()).unwrap_or_default();
    checks.equal("is read once", flashed, json!({ "info": ["one", "two and"], "all": { "error": ["a", "b"] }, "none": [] }));
    let flashed = act(&mut client, "flashed", json!({})).map(|r| r.json()).unwrap_or_default();
    checks.equal("and then gone", flashed, json!({ "info": [], "all": {}, "none": [] }));

    cookies(checks, server);
    let left = act(&mut client, "logout", json!({}));
    let left = checks.page("destroy", left, 200, &["{\"session\":\"undefined\",\"user\":null}"]);
    checks.that("takes the cookie back", set_cookie(&left).starts_with("sid=; Path=/; Max-Age=0"));
    checks.equal("and the data", read(&mut client), json!({}));
}

fn fixation(checks: &mut Checks, server: &Server, client: &mut Client) {
    let before = client.cookie("sid").unwrap_or_default().to_owned();
    checks.page("regenerate", act(client, "login", json!({ "name": "ann" })), 200, &["\"changed\":true", "\"name\":\"ann\""]);
    let after = client.cookie("sid").unwrap_or_default().to_owned();
    checks.that("is another id", before != after && !after.is_empty());
    checks.equal("without the old data", read(client), json!({ "user": { "name": "ann" } }));
    checks.page("request.user is the session's", client.get("/"), 200, &["of ann"]);
    let mut thief = server.client();
    thief.set_cookie("sid", &before);
    checks.equal("the old id opens nothing", read(&mut thief), json!({}));
    let (id, signature) = after.split_once('.').unwrap_or_default();
    for (what, forged) in [("no signature", id.to_owned()), ("another signature", format!("{id}.{}", signature.chars().rev().collect::<String>())), ("another id", format!("{}{}.{signature}", if id.starts_with('x') { 'y' } else { 'x' }, &id[1..])), ("an id of the visitor's", "mine".to_owned())] {
        let mut forger = server.client();
        forger.set_cookie("sid", &forged);
        checks.equal(&format!("a cookie with {what} opens nothing"), read(&mut forger), json!({}));
        act(&mut forger, "set", json!({ "a": 1 })).ok();
        checks.that("and its id is never taken", forger.cookie("sid").is_some_and(|now| now != forged && now.split('.').next() != Some(id)));
    }
    let mut other = server.client();
    act(&mut other, "set", json!({ "a": 1 })).ok();
    let with_callback = act(&mut other, "loginWithCallback", json!({}));
    checks.page("regenerate and save with callbacks", with_callback, 200, &["{\"error\":null,\"failed\":null,\"old\":null}"]);
    checks.equal("as the promise does", read(&mut other), json!({ "user": { "name": "callback" } }));
    checks.page("destroy with a callback", act(&mut other, "logoutWithCallback", json!({})), 200, &["\"session\":\"undefined\""]);
}

/// `session.cookie` of one session.
fn cookies(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    act(&mut client, "set", json!({ "a": 1 })).ok();
    let shorter = act(&mut client, "shorter", json!({ "ms": 1500 }));
    let expected = "{\"originalMaxAge\":1500,\"left\":true,\"expires\":true,\"httpOnly\":true,\"sameSite\":\"lax\",\"path\":\"/\"}";
    let shorter = checks.page("session.cookie.maxAge", shorter, 200, &[expected]);
    checks.that("is the cookie's", set_cookie(&shorter).contains("; Max-Age=1;"));
    checks.page("and stays so", client.get("/api/session?do=cookie"), 200, &["{\"originalMaxAge\":1500"]);
    std::thread::sleep(Duration::from_millis(1700));
    checks.equal("it ends when it should", read(&mut client), json!({}));
    let browser = checks.page("expires = false", act(&mut client, "browser", json!({})), 200, &[]);
    let line = set_cookie(&browser);
    checks.that("is a cookie of the browser's session", line.contains("SameSite=Strict") && !line.contains("Max-Age"));
    checks.equal("which the store keeps", read(&mut client), json!({ "here": 1 }));
    checks.page("with its settings", client.get("/api/session?do=cookie"), 200, &["{\"originalMaxAge\":null,\"sameSite\":\"strict\"}"]);
}
