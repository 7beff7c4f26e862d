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
    checks.page("a stream of Node's, piped", get("pipe"), 200, &["abc"]);
    checks.page("a pipeline", get("pipeline"), 200, &["xy"]);
    checks.equal("which tells its end", heard(server), json!(["pipeline fine"]));
    checks.page("a stream that is returned", get("readable"), 200, &["rs"]);
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
    checks.page("piped to a file", post("/api/piped?name=kept.txt", &b"0123456789".repeat(20_000)), 201, &["{\"kept\":200000}"]);
    let sent = checks.page("a file, piped", client.get("/api/piped?name=kept.txt"), 200, &[]);
    checks.equal("is whole", sent.body.len(), 200_000);
    checks.equal("a part of it", client.get("/api/piped?name=kept.txt&start=199997").map(|r| r.text()).unwrap_or_default(), "789".to_owned());
    checks.page("a file that is not there", client.get("/api/piped?name=none.txt"), 404, &["{\"code\":\"ENOENT\"}"]);
    goes(checks, server);
    stays_behind(checks, server);
    encoded(checks, server);
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

/// A client that stops reading an endless answer, and one that wants the head of it.
fn stays_behind(checks: &mut Checks, server: &Server) {
    let made = || server.client().get(&format!("{PATH}made")).ok().and_then(|r| r.json()["made"].as_u64()).unwrap_or_default();
    let before = server.rss_kb().unwrap_or_default();
    let Ok(mut stream) = TcpStream::connect(server.client().address()) else { return checks.that("connects", false) };
    let _ = stream.write_all(format!("GET {PATH}endless HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let mut bytes = vec![0; 1 << 20];
    checks.that("an endless answer begins", stream.read_exact(&mut bytes).is_ok());
    // What the two sockets take is taken now; from then on nothing more is made.
    std::thread::sleep(Duration::from_millis(300));
    let first = made();
    std::thread::sleep(Duration::from_millis(300));
    checks.equal("a generator waits for the client", made(), first);
    for _ in 0..100 {
        checks.that("the client reads on", stream.read_exact(&mut bytes).is_ok());
    }
    checks.that("and so does the generator", made() > first + 1000);
    let grown = server.rss_kb().unwrap_or_default().saturating_sub(before);
    checks.that(&format!("100 MB leave nothing behind in memory ({grown} KB)"), grown < 24 << 10);
    drop(stream);
    checks.equal("it ends with the client", heard(server), json!(["endless ended"]));
    let head = checks.page("HEAD of an endless answer", server.client().request("HEAD", &format!("{PATH}endless"), &[], b""), 200, &[]);
    checks.equal("knows no length", head.header("content-length"), None);
    checks.equal("and makes none of it", heard(server), json!(["endless ended"]));
}

/// A stream is encoded piece by piece: none waits for the next.
fn encoded(checks: &mut Checks, server: &Server) {
    let Ok(mut stream) = TcpStream::connect(server.client().address()) else { return checks.that("connects", false) };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(3)));
    let _ = stream.write_all(format!("GET {PATH}ticks HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n").as_bytes());
    let mut bytes = Vec::new();
    let mut arrivals = 0;
    let mut piece = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut piece) {
        bytes.extend_from_slice(&piece[..n]);
        arrivals += 1;
    }
    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    checks.that("a stream of text is encoded", text.contains("content-encoding: gzip"));
    checks.that(&format!("each piece is sent when it is made ({arrivals})"), arrivals >= 3);
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
