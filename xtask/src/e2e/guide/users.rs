//! Cookie-based authentication: `lib/auth.js`, the login page, the protected page.

use super::pages::submit;
use crate::e2e::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let refused = checks.page("the dashboard wants a login", client.get("/dashboard"), 302, &[]);
    checks.equal("and says where", refused.header("location"), Some("/login"));
    let login = checks.page("the login page", client.get("/login"), 200, &["<h1>Login</h1>", "type=\"password\""]).text();
    checks.that("no complaint yet", !login.contains("class=\"error\""));
    let wrong = submit(&mut client, "/login", &login, "Login</button>", &[("email", "ada@example.com"), ("password", "wrong")]);
    checks.page("a wrong password", wrong, 200, &["<div class=\"error\">Invalid credentials</div>"]);
    checks.that("sets no session", client.cookie("sessionId").is_none());
    let right = submit(&mut client, "/login", &login, "Login</button>", &[("email", "ada@example.com"), ("password", "correct")]);
    let right = checks.page("the right password", right, 302, &[]);
    checks.equal("leads to the home page", right.header("location"), Some("/"));
    let cookie = right.headers_named("set-cookie").into_iter().find(|c| c.starts_with("sessionId=")).unwrap_or_default().to_owned();
    checks.that("the cookie is for HTTP only", cookie.contains("HttpOnly"));
    checks.that("and secure in production", cookie.contains("Secure"));
    checks.that("it lives seven days", cookie.contains("Max-Age=604800"));
    checks.that("it is a UUID", client.cookie("sessionId").is_some_and(|id| id.len() == 36));
    let dashboard = checks.page("the dashboard", client.get("/dashboard"), 200, &["<h1>Welcome, Ada"]).text();
    let again = checks.page("who is logged in need not log in", client.get("/login"), 302, &[]);
    checks.equal("but goes home", again.header("location"), Some("/"));
    let out = checks.page("logging out", submit(&mut client, "/dashboard", &dashboard, "Logout</button>", &[]), 302, &[]);
    checks.equal("leads to the login", out.header("location"), Some("/login"));
    checks.that("the cookie is gone", client.cookie("sessionId").is_none());
    client.set_cookie("sessionId", "made-up");
    checks.page("a made-up session", client.get("/dashboard"), 302, &[]);
}
