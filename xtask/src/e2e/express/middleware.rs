//! Middleware: the app's own, and npm's packages.

use super::{ask, lines};
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

/// As browsers say it of a page's own requests.
pub const SAME: (&str, &str) = ("sec-fetch-site", "same-origin");

pub fn check(checks: &mut Checks, server: &Server) {
    own(checks, server);
    packages(checks, server);
}

fn own(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let seen = checks.page("middleware runs in order before an API route", ask(&mut client, "/api/seen", &[("x-user", "ann")]), 200, &[]);
    checks.equal("which sees what it set", seen.json(), json!({ "user": { "name": "ann" }, "trace": ["a", "b"], "same": true, "twice": true }));
    checks.equal("with its headers", seen.header("x-before"), Some("yes"));
    checks.page("what stands after `next()` runs after the route has begun", client.get("/mw/after"), 200, &["[\"before\",\"after\"]"]);
    checks.page("before a page's loader", ask(&mut client, "/seen", &[("x-user", "ann")]), 200, &["<p>ann ab </p>"]);
    checks.page("before an action", client.request("POST", "/seen", &[SAME, ("x-user", "bob"), ("content-type", "application/x-www-form-urlencoded")], b"x=1"), 200, &["<p>bob ab bob</p>"]);
    checks.page("middleware answers where no route is", client.get("/mw/answer?x=1"), 200, &["by middleware, /mw/answer?x=1"]);
    checks.page("and later", client.get("/mw/later"), 200, &["{\"later\":true}"]);
    checks.page("it reads bodies", client.request("POST", "/mw/body", &[SAME, ("content-type", "application/json")], b"[1]"), 200, &["{\"body\":[1],\"method\":\"POST\"}"]);
    checks.page("a malformed one is 400", client.request("POST", "/api/seen", &[SAME, ("content-type", "application/json")], b"[1"), 400, &[]);
    checks.page("next(error) goes to the error function", client.get("/mw/error"), 500, &["{\"handled\":\"broken\",\"trace\":[\"a\",\"b\"]}"]);
    checks.page("so does what is thrown", client.get("/mw/throw"), 418, &["{\"handled\":\"thrown\""]);
    checks.page("so does a rejection", client.get("/mw/reject"), 500, &["{\"handled\":\"rejected\""]);
    checks.page("which may hand it on", client.get("/mw/error?pass=1"), 500, &["Something went wrong"]);
    checks.page("next('router') asks no route", client.get("/mw/router"), 404, &[]);
    let refused = checks.page("at a path", client.get("/api/guarded/thing?x=1"), 401, &[]);
    let paths = json!({ "error": "who are you?", "baseUrl": "/api/guarded", "url": "/thing?x=1", "path": "/thing", "originalUrl": "/api/guarded/thing?x=1" });
    checks.equal("where the path is the rest of it", refused.json(), paths);
    let guarded = ask(&mut client, "/api/guarded/thing", &[("authorization", "x")]);
    checks.page("beyond it is whole", guarded, 200, &["{\"thing\":true,\"url\":\"/api/guarded/thing\",\"baseUrl\":\"\"}"]);
    checks.page("it comes before 405", client.request("PUT", "/api/guarded/thing", &[SAME], b""), 401, &[]);
    checks.page("which follows", client.request("PUT", "/api/guarded/thing", &[SAME, ("authorization", "x")], b""), 405, &[]);
    checks.page("a route of several handlers", client.get("/api/list"), 200, &["{\"count\":2}"]);
    checks.page("one of which answers", client.get("/api/list?stop=1"), 403, &["{\"stopped\":2}"]);
    checks.page("or throws: the error function has it", client.get("/api/list?fail=1"), 409, &["{\"handled\":\"in the list\""]);
    checks.page("next('route') leaves it", client.get("/api/list?skip=1"), 404, &[]);
    checks.page("a handler with `next`", client.request("POST", "/api/list", &[SAME], b""), 422, &["{\"handled\":\"no such thing\""]);
    checks.page("whose error nobody wants", client.request("POST", "/api/list?pass=1", &[SAME], b""), 422, &["{\"error\":\"no such thing\"}"]);
    checks.page("middleware that does nothing", client.get("/mw/silent"), 504, &[]);
    checks.that("is named in the log", server.prints("GET /mw/silent: middleware has neither returned a value nor ended the response within 300 ms"));
}


/// What the middleware of npm does that the config and a route import.
fn packages(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let listed = checks.page("cors in the config: an origin of the list", ask(&mut client, "/api/seen", &[("origin", "https://a.test")]), 200, &[]);
    checks.equal("may read", listed.header("access-control-allow-origin"), Some("https://a.test"));
    checks.equal("with cookies", listed.header("access-control-allow-credentials"), Some("true"));
    let pattern = checks.page("a pattern", ask(&mut client, "/file.txt", &[("origin", "https://x.b.test")]), 200, &["a file"]);
    checks.equal("holds for files too", pattern.header("access-control-allow-origin"), Some("https://x.b.test"));
    let other = checks.page("another origin", ask(&mut client, "/api/seen", &[("origin", "https://evil.test")]), 200, &[]);
    checks.equal("may not", other.header("access-control-allow-origin"), None);
    let preflight = client.request("OPTIONS", "/api/list", &[("origin", "https://a.test"), ("access-control-request-method", "PUT")], b"");
    let preflight = checks.page("a preflight", preflight, 204, &[]);
    checks.equal("says for how long", preflight.header("access-control-max-age"), Some("60"));
    let helmet = checks.page("helmet", client.get("/api/seen"), 200, &[]);
    checks.equal("frames", helmet.header("x-frame-options"), Some("DENY"));
    checks.equal("transport", helmet.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
    checks.equal("resources", helmet.header("cross-origin-resource-policy"), Some("same-origin"));
    checks.equal("policy", helmet.header("content-security-policy"), Some("default-src 'self' https:"));
    checks.page("morgan", ask(&mut client, "/api/format?x=1", &[("accept", "application/json"), ("x-logged", "1")]), 200, &[]);
    checks.that("writes a line", server.prints("MORGAN GET /api/format?x=1 200 15 -"));
    let signed = checks.page("cookie-parser with its own secret", ask(&mut server.client(), "/api/parsed?set=1", &[]), 200, &[]);
    // What cookie-signature makes of `tobi` and this secret.
    let cookie = "s%3Atobi.5kyTSHxmlKwXPSzTe%2BMUa%2Bxl6yCHzxI%2F6aVQvJfzlfA";
    let line = lines(&signed, "set-cookie").first().copied().unwrap_or_default().to_owned();
    let value = line.split(';').next().and_then(|c| c.strip_prefix("mine=")).unwrap_or_default().to_owned();
    checks.that("signs", value.starts_with("s%3Atobi.") && value.len() > 40);
    let read = ask(&mut server.client(), "/api/parsed", &[("cookie", &format!("mine={value}; forged={}", cookie.replace("tobi", "tony")))]).map(|r| r.json()).unwrap_or_default();
    checks.equal("and verifies", read["signed"].clone(), json!({ "mine": "tobi", "forged": false }));
    checks.equal("as `req.secret`", read["secret"].clone(), json!("keyboard cat"));
    let ask_c = |origin: &str| server.client().request("OPTIONS", "/api/parsed", &[("origin", origin)], b"");
    let one = checks.page("cors at a route, by a function", ask_c("https://c.test"), 204, &[]);
    checks.equal("allows", one.header("access-control-allow-origin"), Some("https://c.test"));
    checks.equal("methods", one.header("access-control-allow-methods"), Some("GET,PUT"));
    checks.page("or goes on", ask_c("https://d.test"), 200, &["next"]);
}
