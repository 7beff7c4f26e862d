//! The guide's accounts: registration, login, tokens in headers and in cookies, and the complete example's rights.

use super::send;
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::{Value, json};

const ADA: (&str, &str) = ("ada@example.com", "correct horse");

/// Answers Ada's token.
pub fn check(checks: &mut Checks, server: &Server) -> String {
    let mut client = server.client();
    let mut register = |what: &str, body: Value, status: u16, text: &str| {
        checks.page(what, send(&mut client, "POST", "/api/auth/register", &body), status, &[text]).json()
    };
    let ada = register("register", json!({ "name": "Ada", "email": ADA.0, "password": ADA.1 }), 201, "Registration successful");
    register("the same address again", json!({ "name": "Ada", "email": ADA.0, "password": ADA.1 }), 409, "Email already registered");
    register("a short password", json!({ "name": "Bob", "email": "bob@example.com", "password": "short" }), 400, "at least 8 characters");
    register("nothing", json!({}), 400, "Name, email, and password required");
    register("Bob", json!({ "name": "Bob", "email": "bob@example.com", "password": "battery staple" }), 201, "Bob");
    register("an object for an address", json!({ "name": "Eve", "email": { "$gt": "" }, "password": "eve's secret" }), 500, "operators that came with the request");
    checks.that("the answer has an id", ada["user"]["id"].as_str().is_some_and(|id| id.len() == 24));
    checks.equal("and no role, which the schema lacks", ada["user"].get("role").cloned(), None);
    checks.that("and no password", !ada.to_string().contains("password"));
    checks.page("GET registers nobody", client.get("/api/auth/register"), 405, &["Method not allowed"]);

    let mut login = |what: &str, body: Value, status: u16, text: &str| {
        checks.page(what, send(&mut client, "POST", "/api/auth/login", &body), status, &[text]).json()
    };
    let session = login("login", json!({ "email": ADA.0, "password": ADA.1 }), 200, "Login successful");
    login("a wrong password", json!({ "email": ADA.0, "password": "wrong horse" }), 401, "Invalid credentials");
    login("an unknown address", json!({ "email": "x@example.com", "password": ADA.1 }), 401, "Invalid credentials");
    login("no password", json!({ "email": ADA.0 }), 400, "Email and password required");
    login("an operator for an address", json!({ "email": { "$gt": "" }, "password": ADA.1 }), 500, "operators that came with the request");
    login("a number for a password", json!({ "email": ADA.0, "password": 7 }), 500, "data must be a string or Buffer");
    let mut search = |what: &str, filter: Value, status: u16, needle: &str| {
        checks.page(what, send(&mut client, "POST", "/api/search", &filter), status, &[needle]);
    };
    search("a filter of values", json!({ "email": ADA.0 }), 200, "\"found\":1");
    search("an operator in a filter", json!({ "email": { "$ne": "" } }), 400, "email has operators");
    search("an operator around filters", json!({ "$or": [{ "email": { "$ne": "" } }] }), 400, "filter has operators");
    search("code in a filter", json!({ "$where": "1" }), 400, "operators");
    let escaped = client.request("POST", "/api/search", &[("Content-Type", "application/json")], br#"{"email":{"\u0024ne":""}}"#);
    checks.page("an operator behind an escape", escaped, 400, &["email has operators"]);
    checks.page("OPTIONS", client.request("OPTIONS", "/api/auth/login", &[], b""), 200, &["\"success\":true"]);
    checks.page("GET logs nobody in", client.get("/api/auth/login"), 405, &["Use POST to login"]);
    let token = session["token"].as_str().unwrap_or_default().to_owned();
    checks.equal("a token has three parts", token.split('.').count(), 3);
    let claims = claims(&token);
    checks.equal("claims", (claims["userId"].clone(), claims["email"].clone(), claims["role"].clone()), (ada["user"]["id"].clone(), json!(ADA.0), json!("user")));
    let (from, until) = (claims["iat"].as_u64().unwrap_or(0), claims["exp"].as_u64().unwrap_or(0));
    checks.equal("it lives seven days", until.saturating_sub(from), 7 * 86_400);
    profile(checks, server, &token);
    forged(checks, server, &token);
    hybrid(checks, server);
    protected_page(checks, server);
    token
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_default();
    let bytes = decode(part);
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

/// base64url without padding.
fn decode(text: &str) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes() {
        let Some(six) = LETTERS.iter().position(|l| *l == byte) else { continue };
        bits = bits << 6 | six as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

fn encode(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0u32, |bits, (i, b)| bits | u32::from(*b) << (16 - 8 * i));
        (0..=three.len()).for_each(|i| out.push(char::from(LETTERS[(bits >> (18 - 6 * i) & 63) as usize])));
    }
    out
}

fn profile(checks: &mut Checks, server: &Server, token: &str) {
    let mut client = server.client();
    let bearer = format!("Bearer {token}");
    let mine = checks.page("the profile", client.request("GET", "/api/user/profile", &[("Authorization", &bearer)], b""), 200, &["Ada", ADA.0]);
    checks.that("has no password", !mine.text().contains("password"));
    checks.that("has the time of registration", mine.json()["user"]["createdAt"].is_string());
    let cookie = format!("token={token}");
    checks.page("by cookie", client.request("GET", "/api/user/profile", &[("Cookie", &cookie)], b""), 200, &["Ada"]);
    checks.page("without a token", client.get("/api/user/profile"), 401, &["No authentication token provided"]);
    checks.page("with another scheme", client.request("GET", "/api/user/profile", &[("Authorization", "Basic QTpC")], b""), 401, &["No authentication token provided"]);
}

fn forged(checks: &mut Checks, server: &Server, token: &str) {
    let (head, rest) = token.split_once('.').unwrap_or_default();
    let (payload, signature) = rest.split_once('.').unwrap_or_default();
    let none = encode(br#"{"alg":"none","typ":"JWT"}"#);
    let admin = encode(br#"{"userId":"507f1f77bcf86cd799439011","role":"admin"}"#);
    let other = encode(br#"{"alg":"HS512","typ":"JWT"}"#);
    for (what, forged) in [
        ("alg none", format!("{none}.{payload}.")),
        ("alg none with a signature", format!("{none}.{payload}.{signature}")),
        ("another payload", format!("{head}.{admin}.{signature}")),
        ("another algorithm", format!("{other}.{payload}.{signature}")),
        ("no signature", format!("{head}.{payload}.")),
        ("two parts", format!("{head}.{payload}")),
        ("four parts", format!("{token}.x")),
        ("no JSON", format!("{}.{payload}.{signature}", encode(b"nonsense"))),
        ("nonsense", "nonsense".to_owned()),
        ("a very long one", "a".repeat(20_000)),
    ] {
        let bearer = format!("Bearer {forged}");
        checks.page(what, server.client().request("GET", "/api/user/profile", &[("Authorization", &bearer)], b""), 401, &["Invalid or expired token"]);
    }
}

fn hybrid(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let away = checks.page("the dashboard asks for a login", client.get("/dashboard"), 302, &[]);
    checks.equal("and leads there", away.header("location"), Some("/login"));
    checks.page("the login page", client.get("/login"), 200, &["id=\"loginForm\"", "localStorage.setItem('token', result.token);"]);
    checks.page("a wrong password", client.post_form("/hybrid", &[("_action", "signIn"), ("email", ADA.0), ("password", "wrong")]), 200, &["Log in"]);
    let entered = checks.page("the right one", client.post_form("/hybrid", &[("_action", "signIn"), ("email", ADA.0), ("password", ADA.1)]), 302, &[]);
    checks.equal("leads to the dashboard", entered.header("location"), Some("/dashboard"));
    let cookie = entered.headers_named("set-cookie").into_iter().find(|c| c.starts_with("token=")).unwrap_or_default().to_owned();
    checks.that("in a cookie that scripts cannot read", cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Max-Age=604800"));
    checks.page("which shows", client.get("/dashboard"), 200, &["Welcome, Ada"]);
}

fn protected_page(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let refused = checks.page("a loader that answers JSON", client.get("/api/v2/mine"), 401, &[]);
    checks.equal("refuses", refused.json(), json!({ "success": false, "error": "No token provided" }));
    let wrong = client.request("GET", "/api/v2/mine", &[("Authorization", "Bearer x.y.z")], b"");
    checks.page("a wrong token", wrong, 401, &["Invalid or expired token"]);
}

/// The complete example: each account sees and changes itself only.
pub fn check_own_account(checks: &mut Checks, server: &Server, token: &str) {
    let mut client = server.client();
    let ada = claims(token)["userId"].as_str().unwrap_or_default().to_owned();
    let bob = send(&mut client, "POST", "/api/auth/login", &json!({ "email": "bob@example.com", "password": "battery staple" })).unwrap_or_default();
    let bob = claims(bob.json()["token"].as_str().unwrap_or_default())["userId"].as_str().unwrap_or_default().to_owned();
    let bearer = format!("Bearer {token}");
    let mut ask = |what: &str, method: &str, id: &str, body: Value, status: u16, text: &str| {
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        checks.page(what, client.request(method, &format!("/api/users/{id}"), &headers, body.as_bytes()), status, &[text]).json()
    };
    let own = ask("one's own account", "GET", &ada, Value::Null, 200, ADA.0);
    ask("somebody else's", "GET", &bob, Value::Null, 403, "Forbidden");
    ask("nobody's", "GET", "507f1f77bcf86cd799439011", Value::Null, 404, "User not found");
    ask("an id that is none", "GET", "me", Value::Null, 500, "Cast to ObjectId failed");
    ask("a new name", "PUT", &ada, json!({ "name": "Ada Lovelace" }), 200, "User updated successfully");
    ask("is stored", "GET", &ada, Value::Null, 200, "Ada Lovelace");
    ask("an address that is taken", "PUT", &ada, json!({ "email": "bob@example.com" }), 500, "E11000 duplicate key error");
    ask("somebody else's name", "PUT", &bob, json!({ "name": "X" }), 403, "Forbidden");
    ask("somebody else's end", "DELETE", &bob, Value::Null, 403, "Forbidden");
    ask("another method", "PATCH", &ada, json!({}), 405, "Method not allowed");
    ask("one's own end", "DELETE", &ada, Value::Null, 200, "User deleted successfully");
    ask("is the end", "GET", &ada, Value::Null, 404, "User not found");
    checks.that("createdAt is a date", own["data"]["createdAt"].is_string());
    checks.page("without a token", server.client().get(&format!("/api/users/{bob}")), 401, &["No authentication token provided"]);
    let mut statuses = Vec::new();
    for _ in 0..110 {
        statuses.push(server.client().get(&format!("/api/users/{bob}")).map_or(0, |r| r.status));
    }
    checks.that("the hundred-and-first request of a minute", statuses.last() == Some(&429) && statuses.first() == Some(&401));
    checks.page("is told why", server.client().get(&format!("/api/users/{bob}")), 429, &["Rate limit exceeded"]);
}
