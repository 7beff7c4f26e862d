//! Which function answers, and what it may return.

use super::middleware::SAME;
use super::{ask, lines};
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

pub fn check(checks: &mut Checks, server: &Server) {
    returned(checks, server);
    methods(checks, server);
    reexported(checks, server);
    config(checks, server);
}

/// `returned.js?how=…`: status, a part of the body, and a header.
fn returned(checks: &mut Checks, server: &Server) {
    const HTML: &str = "text/html; charset=utf-8";
    const JSON: &str = "application/json; charset=utf-8";
    let cases: &[(&str, u16, &str, (&str, &str))] = &[
        ("string", 200, "text", ("content-type", HTML)),
        ("number", 200, "0", ("content-type", JSON)),
        ("bytes", 200, "x", ("content-type", "application/octet-stream")),
        ("data", 200, "{\"text\":\"plain\",\"id\":1}", ("content-type", JSON)),
        ("json", 201, "{\"a\":1}", ("x-a", "b")),
        ("html", 203, "<p>", ("content-type", HTML)),
        ("text", 200, "<p>", ("content-type", "text/plain; charset=utf-8")),
        ("text", 200, "<p>", ("x-a", "c")),
        ("xml", 200, "<a/>", ("content-type", "application/xml; charset=utf-8")),
        ("body", 200, "png", ("content-type", "image/png")),
        ("nothing", 410, "", ("x-a", "d")),
        ("statusText", 200, "{\"status\":\"ok\",\"text\":\"fine\"}", ("content-type", JSON)),
        ("error", 409, "{\"handled\":\"returned\"", ("content-type", JSON)),
        ("generator", 200, "ab", ("transfer-encoding", "chunked")),
    ];
    let mut client = server.client();
    for (how, status, body, (name, value)) in cases {
        let reply = checks.page(&format!("returned: {how}"), client.get(&format!("/api/returned?how={how}")), *status, &[body]);
        checks.equal(&format!("{how}: {name}"), reply.header(name), Some(*value));
    }
    let cookies = checks.page("returned: cookies", client.get("/api/returned?how=cookies"), 200, &["null"]);
    checks.equal("both", lines(&cookies, "set-cookie"), vec!["a=1", "b=2"]);
}

fn methods(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let own = checks.page("HEAD has a function of its own", client.request("HEAD", "/api/methods", &[], b""), 200, &[]);
    checks.equal("which sees HEAD", own.header("x-head"), Some("HEAD"));
    let refused = checks.page("a method without one", client.request("DELETE", "/api/methods", &[SAME], b""), 405, &[]);
    checks.equal("is told which there are", refused.header("allow"), Some("GET, HEAD, PATCH, OPTIONS"));
    let options = checks.page("OPTIONS", client.request("OPTIONS", "/api/methods", &[], b""), 204, &[]);
    checks.equal("tells the same", options.header("allow"), Some("GET, HEAD, PATCH, OPTIONS"));
    checks.page("PATCH", client.request("PATCH", "/api/methods", &[SAME, ("content-type", "application/json")], b"[1]"), 202, &["[1]"]);
    checks.page("methods of an object", client.get("/api/exported"), 200, &["cjs GET"]);
    checks.page("in either case", client.request("POST", "/api/exported", &[SAME, ("content-type", "application/json")], b"{\"a\":1}"), 200, &["{\"made\":1}"]);
    let head = checks.page("HEAD by its GET", client.request("HEAD", "/api/exported", &[], b""), 200, &[]);
    checks.equal("tells the length", head.header("content-length"), Some("8"));
    let refused = checks.page("one that it has not", client.request("PUT", "/api/exported", &[SAME], b""), 405, &[]);
    checks.equal("is told the others", refused.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    checks.page("the first of the general names, in TypeScript", client.get("/api/generic"), 200, &["\"by\":\"process\""]);
    let rest = checks.page("a catch-all", client.get("/api/rest/a/b%2Fc"), 200, &[]);
    checks.equal("has its parts", rest.json(), json!({ "params": { "path": ["a", "b/c"], "0": "a/b/c" }, "method": "GET" }));
}

/// Handlers that other modules have, exported again.
fn reexported(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let json = ("content-type", "application/json");
    checks.page("export *: a function named after a method", client.get("/api/stars/star?id=7"), 200, &["{\"by\":\"get\",\"id\":\"7\"}"]);
    checks.page("export *: another", client.request("POST", "/api/stars/star", &[SAME, json], b"[1]"), 201, &["{\"by\":\"POST\",\"body\":[1]}"]);
    checks.page("a name within the star", client.request("DELETE", "/api/stars/star", &[SAME], b""), 200, &["{\"by\":\"remove\"}"]);
    let refused = checks.page("none of them", client.request("PUT", "/api/stars/star", &[SAME], b""), 405, &[]);
    checks.equal("allows what the star has", refused.header("allow"), Some("GET, POST, DELETE, HEAD, OPTIONS"));
    checks.page("export { default } from", client.request("PATCH", "/api/stars/default", &[SAME], b""), 200, &["{\"by\":\"whole\",\"method\":\"PATCH\"}"]);
    checks.page("export { get } from", client.get("/api/stars/named"), 200, &["{\"by\":\"get\",\"id\":null}"]);
    checks.page("export { a as b } from", client.request("DELETE", "/api/stars/named", &[SAME], b""), 200, &["{\"by\":\"remove\"}"]);
    checks.page("a method of its own comes before a star's general name", client.request("POST", "/api/stars/general", &[SAME], b""), 202, &["own"]);
    checks.page("so others are refused", client.get("/api/stars/general"), 405, &[]);
    checks.page("a star's general name, not its default", client.get("/api/stars/handle"), 200, &["{\"by\":\"handle\"}"]);
}

/// `app` in the configuration.
fn config(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("app.use at a path", client.get("/mw/used/x"), 200, &["{\"used\":\"/mw/used\",\"path\":\"/x\",\"env\":\"production\"}"]);
    checks.page("which goes on", client.get("/mw/used/x?next=1"), 404, &[]);
    let told = checks.page("app.get with a handler", client.get("/api/generic"), 200, &[]).json();
    let routes = "app.get('/users/:id', …): routes are files; write `export function GET(request, response)` in app/routes/users/[id].js";
    checks.equal("says where routes are", told["refused"]["get"].as_str(), Some(routes));
    checks.that("app.listen says where the port is", told["refused"]["listen"].as_str().is_some_and(|t| t.contains("`port` of puremix.config.js")));
    checks.equal("app.set keeps what is the app's own", told["title"].as_str(), Some("Express here"));
    let chain = [("x-forwarded-for", "203.0.113.9, 198.51.100.1, 10.1.2.3"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "shop.test:8443")];
    let seen = checks.page("app.set('trust proxy')", ask(&mut client, "/api/methods", &chain), 200, &[]).json();
    checks.equal("names networks", seen, json!({ "method": "GET", "ip": "198.51.100.1", "ips": ["198.51.100.1", "10.1.2.3"], "protocol": "https", "hostname": "shop.test" }));
}
