//! Attacks and accidents: injection, forgery, traversal, malformed and oversized requests. None may end the server.

use crate::e2e::check::Checks;
use puremix_tests::{Server, http::parse_reply};

pub fn check(checks: &mut Checks, server: &mut Server) {
    injection(checks, server);
    forgery(checks, server);
    paths(checks, server);
    malformed(checks, server);
    checks.page("after all that", server.client().get("/"), 200, &["<h1>Welcome</h1>"]);
}

fn injection(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a script in the query", client.get("/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E"), 200, &["&lt;script&gt;alert(1)&lt;/script&gt;"]);
    checks.that("is nowhere markup", !page.text().contains("<script>alert"));
    let page = checks.page("a quote in an attribute", client.get("/search?q=%22%20onfocus%3Dalert(1)%20x%3D%22"), 200, &["&quot; onfocus=alert(1)"]);
    checks.that("stays in it", !page.text().contains("value=\"\" onfocus"));
    checks.page("data is never template", client.get("/search?q=%7B1%2B1%7D"), 200, &["results for <q>{1+1}</q>"]);
    checks.page("nor code", client.get("/search?q=%24%7Bprocess.version%7D"), 200, &["${process.version}"]);
    checks.page("keys that are methods of Object", client.get("/docs/constructor"), 404, &[]);
    checks.page("a prototype in a form", client.post_form("/login", &[("_action", "handleLogin"), ("__proto__[x]", "1"), ("email", "a"), ("password", "b")]), 400, &["Bad request"]);
    checks.page("a name of every object in a form", client.post_form("/login", &[("_action", "handleLogin"), ("constructor", "2"), ("email", "a"), ("password", "b")]), 200, &["Invalid credentials"]);
    checks.page("an action that does not exist", client.post_form("/login", &[("_action", "requireAuth")]), 200, &["<h1>Login</h1>"]);
    checks.page("an action of another page", client.post_form("/login", &[("_action", "buy")]), 200, &["<h1>Login</h1>"]);
}

fn forgery(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a victim's page", client.get("/cart"), 200, &[]);
    let token = page.text().split("name=\"_csrf\" value=\"").nth(1).and_then(|t| t.split('"').next()).unwrap_or_default().to_owned();
    checks.that("has a token", token.len() > 20);
    let fields = [("_action", "clear")];
    checks.page("a form of another site (Sec-Fetch-Site)", client.post_form_with("/cart", &fields, &[("Sec-Fetch-Site", "cross-site")]), 403, &[]);
    checks.page("a form of another site (Origin)", client.post_form_with("/cart", &fields, &[("Origin", "https://evil.example")]), 403, &[]);
    checks.page("no origin and no token", client.post_form_with("/cart", &fields, &[]), 403, &[]);
    checks.page("no origin and a wrong token", client.post_form_with("/cart", &[("_action", "clear"), ("_csrf", "x")], &[]), 403, &[]);
    checks.page("no origin and the page's token", client.post_form_with("/cart", &[("_action", "clear"), ("_csrf", &token)], &[]), 302, &[]);
}

fn paths(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    for path in ["/public/../puremix.config.js", "/..%2f..%2f..%2fetc/passwd", "/css/%2e%2e/%2e%2e/etc/passwd", "/public/%00", "/.env", "/%2e%2e%2fapp"] {
        let reply = client.get(path);
        let safe = reply.as_ref().is_ok_and(|r| matches!(r.status, 400 | 404) && !r.text().contains("root:") && !r.text().contains("SESSION_SECRET"));
        checks.that(&format!("nothing leaks at {path}"), safe);
    }
    let reply = client.get("/products/%ff%fe");
    checks.that("bytes that are no UTF-8", reply.is_ok_and(|r| matches!(r.status, 400 | 404)));
    let reply = client.get(&format!("/{}", "a".repeat(20_000)));
    checks.that("a very long path", reply.is_ok_and(|r| matches!(r.status, 400 | 404 | 414 | 431)));
    let reply = client.get(&format!("/search?q={}", "a+".repeat(4_000)));
    checks.that("a very long query", reply.is_ok_and(|r| matches!(r.status, 200 | 400 | 414 | 431)));
}

fn malformed(checks: &mut Checks, server: &mut Server) {
    let client = server.client();
    let refused = |bytes: &[u8]| match client.raw(bytes) {
        // Closing without a word is an answer too.
        Ok(answer) if answer.is_empty() => true,
        Ok(answer) => parse_reply(&answer, false).is_ok_and(|r| (400..500).contains(&r.status)),
        Err(_) => true,
    };
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(1_000_000));
    let many: String = (0..5_000).map(|i| format!("X-{i}: y\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n");
    let cases: &[(&str, &[u8])] = &[
        ("no HTTP at all", b"hello\r\n\r\n"),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        ("an unknown version", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
        ("a space in a header's name", b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\nConnection: close\r\n\r\n"),
        ("two lengths", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"),
        ("a length and chunks", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"),
        ("a length that is no number", b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n"),
        ("a megabyte of header", long.as_bytes()),
        ("five thousand headers", many.as_bytes()),
    ];
    for (what, bytes) in cases {
        checks.that(what, refused(bytes));
    }
    let mut client = server.client();
    let same = ("Sec-Fetch-Site", "same-origin");
    let deep = "[".repeat(100_000);
    let reply = client.request("POST", "/login", &[("Content-Type", "application/json"), same], deep.as_bytes());
    checks.that("JSON nested 100,000 deep", reply.is_ok_and(|r| (400..500).contains(&r.status)));
    let reply = client.request("POST", "/login", &[("Content-Type", "application/json"), same], b"{\"a\":");
    checks.that("broken JSON", reply.is_ok_and(|r| r.status == 400));
    let reply = client.request("POST", "/login", &[("Content-Type", "multipart/form-data; boundary=x"), same], b"--x\r\nnonsense");
    checks.that("broken multipart", reply.is_ok_and(|r| r.status == 400));
    let big = vec![b'a'; 3 << 20];
    let reply = client.request("POST", "/login", &[("Content-Type", "application/x-www-form-urlencoded"), same], &big);
    checks.that("a form of 3 MB", reply.is_ok_and(|r| r.status == 413));
    checks.that("the server still runs", server.is_alive());
}
