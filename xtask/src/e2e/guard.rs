//! `tests/run/guard`: who may ask what, how often, how slowly, and what is written about it.

use super::Builder;
use super::check::Checks;
use puremix_tests::server::free_port;
use puremix_tests::{Client, Reply, Server, TempDir};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

pub fn check(checks: &mut Checks, server: &mut Server) {
    cross_site(checks, server);
    cors(checks, server);
    rate_limits(checks, server);
    headers(checks, server);
    encodings(checks, server);
    hostile(checks, server);
    slow(checks, server);
}

/// A request of a client that has logged in by the form.
fn logged_in(server: &Server) -> Client {
    let mut client = server.client();
    let _ = client.post_form_with("/", &[("_action", "login"), ("who", "ann")], &[("Sec-Fetch-Site", "same-origin")]);
    client
}

fn send(client: &mut Client, method: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    client.request(method, "/api/echo", headers, body.as_bytes()).map_or(0, |r| r.status)
}

fn cross_site(checks: &mut Checks, server: &Server) {
    let mut client = logged_in(server);
    let own = format!("http://{}", server.address);
    checks.page("the session holds", client.get("/"), 200, &["<h1>ann</h1>"]);
    let json = ("Content-Type", "application/json");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let mut ask = |what: &str, headers: &[(&str, &str)], want: u16| {
            let status = send(&mut client, method, headers, "{}");
            checks.equal(&format!("{method} {what}"), status, want);
        };
        ask("of our own page, as browsers tell", &[json, ("Sec-Fetch-Site", "same-origin")], 200);
        ask("of our own page, by Origin alone", &[json, ("Origin", &own)], 200);
        ask("of another site", &[json, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], 403);
        ask("of another site's form", &[("Content-Type", "text/plain"), ("Sec-Fetch-Site", "cross-site")], 403);
        ask("of a subdomain", &[json, ("Sec-Fetch-Site", "same-site"), ("Origin", "https://blog.shop.example")], 403);
        ask("of nowhere", &[json, ("Origin", "null")], 403);
        ask("of another port", &[json, ("Origin", "http://127.0.0.1:1")], 403);
        ask("of a trusted site", &[json, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://trusted.example")], 200);
        ask("of a site that cors names", &[json, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://shop.partner.example")], 200);
        ask("that says nothing, with our cookie", &[json], 403);
    }
    let page = client.get("/").map(|r| r.text()).unwrap_or_default();
    let token = page.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    checks.that("the form has a token", !token.is_empty());
    checks.equal("a token in the header", send(&mut client, "POST", &[json, ("X-CSRF-Token", &token)], "{}"), 200);
    checks.equal("a token in JSON", send(&mut client, "POST", &[json], &format!("{{\"_csrf\":\"{token}\"}}")), 200);
    checks.equal("a token in a form", send(&mut client, "POST", &[("Content-Type", "application/x-www-form-urlencoded")], &format!("_csrf={token}")), 200);
    checks.equal("a token of somebody else", send(&mut client, "POST", &[json, ("X-CSRF-Token", "AAAA")], "{}"), 403);
    let mut curl = server.client();
    checks.equal("curl and webhooks need none", send(&mut curl, "POST", &[json], "{\"a\":1}"), 200);
    checks.that("refusals are logged with their reason", server.prints("POST /api/echo: cross-site request refused (Sec-Fetch-Site)"));
    let login = |headers: &[(&str, &str)]| server.client().post_form_with("/", &[("_action", "login"), ("who", "eve")], headers).map_or(0, |r| r.status);
    checks.equal("nobody logs a user in from elsewhere", login(&[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")]), 403);
}

fn cors(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut preflight = |origin: &str| client.request("OPTIONS", "/api/echo", &[("Origin", origin), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "x-a")], b"").unwrap_or_default();
    let allowed = preflight("https://shop.partner.example");
    checks.equal("a preflight request", allowed.status, 204);
    checks.equal("names the origin", allowed.header("access-control-allow-origin"), Some("https://shop.partner.example"));
    checks.equal("with credentials", allowed.header("access-control-allow-credentials"), Some("true"));
    checks.equal("and the headers asked for", allowed.header("access-control-allow-headers"), Some("x-a"));
    checks.equal("for a while", allowed.header("access-control-max-age"), Some("600"));
    checks.equal("others are not named", preflight("https://evil.example").header("access-control-allow-origin"), None);
    let answer = client.request("GET", "/api/echo", &[("Origin", "https://a.example")], b"").unwrap_or_default();
    checks.equal("answers name the origin", answer.header("access-control-allow-origin"), Some("https://a.example"));
    checks.equal("and what scripts may read", answer.header("access-control-expose-headers"), Some("X-Total"));
    let by_hand = client.request("POST", "/api/manual-cors", &[("Origin", "https://any.example"), ("Sec-Fetch-Site", "cross-site"), ("Content-Type", "application/json")], b"{}");
    let by_hand = checks.page("CORS by hand", by_hand, 200, &["\"method\":\"POST\""]);
    checks.equal("keeps the handler's header", by_hand.headers_named("access-control-allow-origin"), vec!["*"]);
}

fn rate_limits(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut from = |path: &str, ip: &str| client.request("GET", path, &[("X-Forwarded-For", ip)], b"").unwrap_or_default();
    let first = from("/api/limited", "203.0.113.1");
    checks.equal("within the limit", (first.status, first.header("ratelimit")), (200, Some("limit=2, remaining=1, reset=60")));
    from("/api/limited", "203.0.113.1");
    let third = from("/api/limited", "203.0.113.1");
    checks.equal("beyond the limit", (third.status, third.text()), (429, "{\"error\":\"slow down\"}".to_owned()));
    checks.that("with the time to wait", third.header("retry-after").and_then(|s| s.parse::<u32>().ok()).is_some_and(|s| s <= 60));
    checks.equal("others are not meant", from("/api/limited", "203.0.113.2").status, 200);
    checks.equal("one IPv6 network", [from("/api/limited", "2001:db8::1"), from("/api/limited", "2001:db8::2"), from("/api/limited", "2001:db8::3")].map(|r| r.status), [200, 200, 429]);
    let guide: Vec<(u16, Option<String>)> = (0..4).map(|_| from("/api/guide-limited", "203.0.113.9")).map(|r| (r.status, r.header("x-ratelimit-remaining").map(str::to_owned))).collect();
    let want = [(200, Some("2")), (200, Some("1")), (200, Some("0")), (429, None)];
    checks.equal("the guide's own limiter", guide, want.map(|(s, h)| (s, h.map(str::to_owned))).to_vec());
    package_limits(checks, server);
}

/// express-rate-limit, which comes with the compiler.
fn package_limits(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut get = |user: &str, plan: &str| client.request("GET", "/api/npm-limited", &[("X-User", user), ("X-Plan", plan)], b"").unwrap_or_default();
    let first = get("ann", "free");
    checks.equal("a limiter with functions", (first.status, first.header("ratelimit")), (200, Some("\"1-in-1min\"; r=0; t=60")));
    let second = get("ann", "free");
    checks.equal("answers itself", (second.status, second.text()), (429, "{\"error\":\"slow down\",\"used\":2}".to_owned()));
    checks.that("with the time to wait", second.header("retry-after").is_some());
    checks.equal("each client has its own limit", ["eve"; 4].map(|user| get(user, "gold").status), [200, 200, 200, 429]);
    let mut post = |ok: bool| client.request("POST", "/api/npm-limited", &[("Content-Type", "application/json")], format!("{{\"ok\":{ok}}}").as_bytes()).map_or(0, |r| r.status);
    checks.equal("only failures count", [true, true, true, false, true, false, false, true].map(&mut post), [200, 200, 200, 401, 200, 401, 429, 429]);
}

fn headers(checks: &mut Checks, server: &Server) {
    let page = server.client().get("/").unwrap_or_default();
    for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cross-origin-opener-policy", "same-origin"), ("referrer-policy", "strict-origin-when-cross-origin")] {
        checks.equal(name, page.header(name), Some(value));
    }
    checks.that("the policy is the app's", page.header("content-security-policy").is_some_and(|p| p.contains("script-src 'self' 'unsafe-inline'") && p.contains("default-src 'self'")));
    checks.equal("no promise of https over http", page.header("strict-transport-security"), None);
    let tls = server.client().request("GET", "/", &[("X-Forwarded-Proto", "https")], b"").unwrap_or_default();
    checks.equal("but behind a proxy that has it", tls.header("strict-transport-security"), Some("max-age=31536000"));
    let named = server.client().request("GET", "/", &[("X-Request-Id", "trace-0a1b")], b"").unwrap_or_default();
    checks.equal("a proxy's name of the request", named.header("x-request-id"), Some("trace-0a1b"));
    let forged = server.client().request("GET", "/", &[("X-Request-Id", "a b\"c")], b"").unwrap_or_default();
    checks.that("unless it is none", forged.header("x-request-id").is_none_or(|v| v != "a b\"c"));
}

fn encodings(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut ask = |path: &str, accept: &str| client.request("GET", path, &[("Accept-Encoding", accept)], b"").unwrap_or_default();
    let plain = ask("/api/big", "identity").body;
    for coding in ["zstd", "br", "gzip"] {
        let reply = ask("/api/big", coding);
        checks.equal(coding, (reply.header("content-encoding"), reply.headers_named("vary").contains(&"Accept-Encoding")), (Some(coding), true));
        checks.that("and shorter", reply.body.len() < plain.len() / 3);
        checks.that("its ETag is weak", reply.header("etag").is_some_and(|tag| tag.starts_with("W/")));
        if coding == "gzip" {
            checks.that("and means the same", gunzip(&reply.body) == plain);
        }
    }
    checks.equal("not where the handler forbids it", ask("/api/big?raw=1", "gzip").header("content-encoding"), None);
    checks.equal("nor small answers", ask("/api/echo", "gzip").header("content-encoding"), None);
    let zipped = gzip(b"{\"zipped\":true}");
    let posted = client.request("POST", "/api/echo", &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")], &zipped);
    checks.page("an encoded body", posted, 200, &["\"body\":{\"zipped\":true}"]);
}

/// By the program `gzip`, which has nothing of ours.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    filter("gzip", &["-9", "-c"], bytes)
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    filter("gzip", &["-d", "-c"], bytes)
}

fn filter(program: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let child = Command::new(program).args(args).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn();
    let Ok(mut child) = child else { return Vec::new() };
    let stdin = child.stdin.take();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(&input)));
    let output = child.wait_with_output().map(|o| o.stdout).unwrap_or_default();
    let _ = writer.join();
    output
}

fn hostile(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let json = ("Content-Type", "application/json");
    let mut post = |what: &str, headers: &[(&str, &str)], body: &[u8], want: u16| {
        let reply = client.request("POST", "/api/echo", headers, body).unwrap_or_default();
        checks.equal(what, reply.status, want);
        checks.that(&format!("{what}: a message"), !reply.text().trim().is_empty());
        reply
    };
    post("a body that is too large", &[json], &[b' '; 200_000], 413);
    post("a bomb", &[json, ("Content-Encoding", "gzip")], &gzip(&vec![b' '; 30_000_000]), 413);
    post("an unknown coding", &[json, ("Content-Encoding", "compress")], b"x", 415);
    post("a broken coding", &[json, ("Content-Encoding", "gzip")], b"not gzip", 400);
    post("broken JSON", &[json], b"{\"a\":", 400);
    let reply = post("prototype keys in JSON", &[json], b"{\"__proto__\":{\"polluted\":1},\"constructor\":{\"prototype\":{\"polluted\":1}}}", 400);
    checks_polluted(checks, "JSON", &reply);
    let reply = server.client().request("POST", "/api/echo", &[("Content-Type", "application/x-www-form-urlencoded")], b"__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1").unwrap_or_default();
    checks_polluted(checks, "a form", &reply);
    checks.that("invalid UTF-8 in JSON is answered", server.client().request("POST", "/api/echo", &[json], b"{\"a\":\"\xff\xfe\"}").is_ok_and(|r| matches!(r.status, 200 | 400)));
    checks.that("invalid UTF-8 in a form is answered", server.client().request("POST", "/api/echo", &[("Content-Type", "application/x-www-form-urlencoded")], b"a=%ff%fe&b=\xff").is_ok_and(|r| matches!(r.status, 200 | 400)));
    checks.page("invalid UTF-8 in the path", server.client().get("/%ff%fe"), 400, &["malformed"]);
    checks.page("CRLF in a header's value", server.client().get("/api/lines?text=a%0d%0aSet-Cookie:%20stolen=1"), 400, &["Invalid character in header content"]);
    let redirect = server.client().get("/api/lines?to=/x%0d%0aSet-Cookie:%20stolen=1").unwrap_or_default();
    checks.equal("CRLF in a redirect sets no cookie", redirect.header("set-cookie"), None);
    checks.equal("and is escaped", (redirect.status, redirect.header("location")), (302, Some("/x%0D%0ASet-Cookie:%20stolen=1")));
    let raw = |text: &str| server.client().raw(text.as_bytes()).map(|answer| String::from_utf8_lossy(&answer).chars().skip(9).take(3).collect::<String>()).unwrap_or_default();
    for (what, text) in [
        ("no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"),
        ("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n"),
        ("a Host with markup", "GET / HTTP/1.1\r\nHost: \"><script>\r\nConnection: close\r\n\r\n"),
        ("two lengths", "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"),
        ("a length and chunks", "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"),
    ] {
        checks.equal(what, raw(text), "400".to_owned());
    }
    checks.equal("a head that is too large", raw(&format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {}\r\n\r\n", "x".repeat(70_000))), "431".to_owned());
    checks.page("the server goes on", server.client().get("/"), 200, &["<h1>nobody</h1>"]);
}

fn checks_polluted(checks: &mut Checks, what: &str, reply: &Reply) {
    checks.that(&format!("{what} pollutes no prototype"), reply.json()["polluted"].is_null());
}

/// slowloris, R-U-D-Y and a reader that does not read, while others are served.
fn slow(checks: &mut Checks, server: &Server) {
    let connect = || TcpStream::connect(server.address).ok();
    let mut held: Vec<TcpStream> = Vec::new();
    for i in 0..150 {
        let Some(mut stream) = connect() else { continue };
        let start = if i % 2 == 0 { "GET / HTTP/1.1\r\nHo" } else { "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nx" };
        let _ = stream.write_all(start.as_bytes());
        held.push(stream);
    }
    let began = Instant::now();
    let mut client = server.client();
    let served = (0..50).filter(|_| client.get("/").is_ok_and(|r| r.status == 200)).count();
    checks.equal("others are served meanwhile", served, 50);
    checks.that(&format!("at once ({} ms)", began.elapsed().as_millis()), began.elapsed() < Duration::from_secs(2));
    let ended = held.iter_mut().filter_map(|stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let mut answer = Vec::new();
        let closed = stream.read_to_end(&mut answer).map_or_else(|e| e.kind() == std::io::ErrorKind::ConnectionReset, |_| true);
        (closed && (answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"))).then_some(())
    });
    checks.equal("slow heads and bodies are cut off", ended.count(), 150);
}

/// Signals, secrets and logs: what the harness's own server cannot show.
pub fn operation(checks: &mut Checks, builder: &Builder, app: &Path) -> Result<(), String> {
    let out = TempDir::new("guard");
    let binary = out.path().join("app");
    builder.build(app, &binary)?;
    secrets(checks, &binary);
    draining(checks, &binary)?;
    logs(checks, &binary)
}

fn secrets(checks: &mut Checks, binary: &Path) {
    let directory = TempDir::new("guard-cwd");
    let start = |secret: Option<&str>, mode: &str| {
        let mut command = Command::new("timeout");
        command.arg("2").arg(binary).args(["serve", "--host", "127.0.0.1", "--port", &free_port().to_string()]).current_dir(directory.path());
        command.env_remove("SESSION_SECRET").env("NODE_ENV", mode);
        command.envs(secret.map(|s| ("SESSION_SECRET", s)));
        let output = command.output();
        output.map(|o| (o.status.code(), String::from_utf8_lossy(&o.stderr).into_owned())).unwrap_or_default()
    };
    let (code, text) = start(None, "production");
    checks.that("production does not start without a secret", code == Some(1) && text.contains("`session.secret` is not set") && text.contains("head -c 32 /dev/urandom | base64"));
    let (code, text) = start(Some("your-secret-key"), "production");
    checks.that("nor with the guide's", code == Some(1) && text.contains("stands in guides"));
    // `timeout` had to end it.
    const SERVED: Option<i32> = Some(124);
    checks.equal("but with one of its own", start(Some("Jx0pQn2v7uYzC1fWm8Tq4g=="), "production").0, SERVED);
    checks.equal("other modes need none", start(None, "test").0, SERVED);
}

fn draining(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let directory = TempDir::new("guard-cwd");
    let mut server = Server::start(binary, directory.path(), &[("DRAIN_DELAY", "700")])?;
    let address = server.address;
    let slow = std::thread::spawn(move || Client::new(address).get("/api/slow"));
    checks.page("ready", server.client().get("/_puremix/ready"), 200, &["ok"]);
    std::thread::sleep(Duration::from_millis(300));
    let term = |pid: u32| Command::new("kill").args(["-TERM", &pid.to_string()]).status();
    let _ = term(server.pid());
    std::thread::sleep(Duration::from_millis(200));
    checks.page("not ready after SIGTERM", server.client().get("/_puremix/ready"), 503, &["draining"]);
    checks.page("but alive, and serving during the delay", server.client().get("/_puremix/live"), 200, &["ok"]);
    let finished = slow.join().map_err(|_| "the slow request's thread panicked".to_owned())?;
    checks.page("what ran is finished", finished, 200, &["\"slow\":true"]);
    let ended = Instant::now();
    while server.is_alive() && ended.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(20));
    }
    checks.that("then it ends", !server.is_alive());

    let mut server = Server::start(binary, directory.path(), &[])?;
    let address = server.address;
    let _cut = std::thread::spawn(move || Client::new(address).get("/api/slow"));
    std::thread::sleep(Duration::from_millis(200));
    let _ = term(server.pid());
    std::thread::sleep(Duration::from_millis(200));
    let second = server.signal_and_wait("TERM", Duration::from_millis(900));
    checks.equal("a second signal ends it at once", second.and_then(|s| s.code()), Some(130));
    Ok(())
}

fn logs(checks: &mut Checks, binary: &Path) -> Result<(), String> {
    let directory = TempDir::new("guard-cwd");
    let server = Server::start(binary, directory.path(), &[("ACCESS_LOG", "1"), ("LOG_FORMAT", "json")])?;
    let mut client = server.client();
    let secrets = [("Cookie", "sid=hidden-cookie"), ("Authorization", "Bearer hidden-bearer"), ("X-Request-Id", "req-7f"), ("X-Forwarded-For", "203.0.113.77")];
    let _ = client.request("GET", "/api/echo?token=hidden-token&page=2", &secrets, b"");
    let _ = client.request("POST", "/api/echo", &[("Content-Type", "application/x-www-form-urlencoded")], b"name=ann&password=hidden-password");
    checks.that("the access log names the request as the proxy does", server.prints("\"request\":\"req-7f\""));
    let line = server.output().lines().find(|l| l.contains("req-7f")).and_then(|l| serde_json::from_str::<serde_json::Value>(l).ok()).unwrap_or_default();
    checks.equal("each line is JSON", (line["level"].as_str(), line["method"].as_str(), line["status"].as_u64()), (Some("access"), Some("GET"), Some(200)));
    checks.equal("with the client's address", line["remote"].as_str(), Some("203.0.113.77"));
    checks.equal("and without its token", line["url"].as_str(), Some("/api/echo?token=[redacted]&page=2"));
    checks.that("its own number goes back to other clients", client.get("/").is_ok_and(|r| r.header("x-request-id").is_some()));
    let saved = || std::fs::read_to_string(directory.path().join("logs/puremix-debug.log")).unwrap_or_default();
    let text = saved();
    checks.that("the debug log is a file", text.contains("GET /api/echo") && text.contains("app/routes/api/echo.js") && text.contains("handler;dur="));
    checks.that("with data", text.contains("field name: ann") && text.contains("host: "));
    checks.that("but without secrets", !(text.clone() + &server.output()).contains("hidden-"));
    checks.that("which show as such", text.contains("field password: [redacted]") && text.contains("authorization: [redacted]"));
    for _ in 0..150 {
        let _ = client.get("/api/echo");
    }
    let size = |name: &str| std::fs::metadata(directory.path().join("logs").join(name)).map(|m| m.len()).unwrap_or_default();
    let sizes = ["puremix-debug.log", "puremix-debug.log.1", "puremix-debug.log.2"].map(size);
    checks.that(&format!("files rotate within their size {sizes:?}"), sizes.iter().all(|n| (1..=20 * 1024).contains(n)) && size("puremix-debug.log.3") == 0);
    Ok(())
}
