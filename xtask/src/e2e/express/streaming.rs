//! Responses that are written while they are sent, and what handlers hear of clients.

use super::middleware::SAME;
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const PATH: &str = "/api/stream?how=";

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut get = |how: &str| client.get(&format!("{PATH}{how}"));
    let written = checks.page("write", get("write"), 200, &["abc false true ERR_HTTP_HEADERS_SENT false"]);
    checks.equal("is chunked", written.header("transfer-encoding"), Some("chunked"));
    checks.equal("without an ETag", written.header("etag"), None);
    checks.equal("and the head is as it was", written.header("x-late"), None);
    let known = checks.page("write with a known length", get("length"), 201, &["abcdef"]);
    checks.equal("says it", known.header("content-length"), Some("6"));
    checks.page("a generator", get("generator"), 200, &["line 1\nline 2\nline 3\n"]);
    checks.equal("which ends", heard(server), json!(["generator ended"]));
    let web = checks.page("a Response", get("response"), 203, &["made by fetch"]);
    checks.equal("with its headers", web.header("x-from"), Some("response"));
    checks.page("finish and close", get("finish"), 202, &["{\"ok\":true}"]);
    checks.equal("are heard", heard(server), json!(["finish 202 true", "close true"]));
    checks.page("what is no piece", get("number"), 500, &["The \\\"chunk\\\" argument"]);
    checks.page("render says what to do instead", get("render"), 500, &["make a page"]);
    let big = get("slow").map(|r| r.body.len()).unwrap_or_default();
    checks.equal("13 MB to a client that keeps up", big, 200 * 64 * 1024);
    checks.equal("wait for it", heard(server), json!(["drained true"]));
    let mut post = |path: &str, body: &[u8]| client.request("POST", path, &[SAME, ("content-type", "text/plain")], body);
    checks.page("the body as events", post("/api/stream", "hällo".as_bytes()), 200, &["{\"text\":\"hällo\",\"length\":5}"]);
    checks.page("piped", post("/api/stream?how=echo", b"hello"), 200, &["hello"]);
    checks.page("iterated over", post("/api/stream?how=iterate", b"hello"), 200, &["hello"]);
    goes(checks, server);
}

/// Clients that go away.
fn goes(checks: &mut Checks, server: &Server) {
    let events = read_some(server, "events", Some("\"n\":2}\n\n"));
    checks.that("events come one by one", events.contains("text/event-stream") && events.contains("id: 1\ndata: {\"n\":1}\n\n"));
    checks.equal("and end with the client", heard(server), json!(["closed after some"]));
    checks.that("a generator's client goes", read_some(server, "generator&n=100000", Some("line 2\n")).contains("line 1\n"));
    checks.equal("and its `finally` runs", heard(server), json!(["generator ended"]));
    read_some(server, "gone", None);
    checks.equal("a client that does not wait for the answer", heard(server), json!(["gone while waiting"]));
    let broken = read_some(server, "break", Some("0\r\n\r\n"));
    checks.that("a handler that fails in the middle ends the connection, not the body", broken.contains("half") && !broken.contains("0\r\n\r\n"));
}

/// Asks, and reads until this text has come, the server closes or a second has gone; or closes at once.
fn read_some(server: &Server, how: &str, until: Option<&str>) -> String {
    let Ok(mut stream) = TcpStream::connect(server.client().address()) else { return String::new() };
    let _ = stream.set_read_timeout(Some(Duration::from_millis(100)));
    let _ = stream.write_all(format!("GET {PATH}{how} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let mut text = String::new();
    let mut bytes = [0; 4096];
    let begun = Instant::now();
    let Some(until) = until else {
        // The handler must have been called.
        std::thread::sleep(Duration::from_millis(50));
        return text;
    };
    while !text.contains(until) && begun.elapsed() < Duration::from_secs(1) {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(n) => text.push_str(&String::from_utf8_lossy(&bytes[..n])),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => break,
        }
    }
    text
}

/// What handlers have heard since the last time; waits a moment for it.
fn heard(server: &Server) -> Value {
    let mut list = json!([]);
    for _ in 0..50 {
        list = server.client().get(&format!("{PATH}heard")).map(|r| r.json()).unwrap_or_default();
        if list != json!([]) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    list
}
