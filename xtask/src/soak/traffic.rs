//! The traffic: one kind a thread, each as fast as it can.

use puremix_tests::http::{Client, parse_reply};
use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pages and JSON over connections that stay open.
    Good,
    /// Forms and JSON bodies.
    Posted,
    /// What is no HTTP, or contradicts itself.
    Malformed,
    /// A head of a megabyte.
    LargeHead,
    /// A body that comes a byte at a time and never ends.
    Slow,
    /// Connections that end in the middle of a request or of its reply.
    Aborted,
}

impl Kind {
    pub const ALL: [Kind; 6] = [Kind::Good, Kind::Posted, Kind::Malformed, Kind::LargeHead, Kind::Slow, Kind::Aborted];

    /// Threads that send this kind.
    fn threads(self) -> usize {
        match self {
            Kind::Good => 6,
            Kind::Slow => 8,
            Kind::Posted | Kind::Malformed | Kind::LargeHead | Kind::Aborted => 1,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Good => "good",
            Kind::Posted => "posted",
            Kind::Malformed => "malformed",
            Kind::LargeHead => "large-headed",
            Kind::Slow => "slow",
            Kind::Aborted => "aborted",
        })
    }
}

/// What the threads have done so far.
#[derive(Default)]
pub struct Totals {
    sent: [AtomicU64; Kind::ALL.len()],
    stopped: AtomicBool,
    complaints: Mutex<Vec<String>>,
}

impl Totals {
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn go_on(&self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }

    pub fn of(&self, kind: Kind) -> u64 {
        self.sent[kind as usize].load(Ordering::Relaxed)
    }

    /// The first things that went wrong.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().map(|c| c.clone()).unwrap_or_default()
    }

    fn record(&self, kind: Kind, outcome: Result<(), String>) {
        self.sent[kind as usize].fetch_add(1, Ordering::Relaxed);
        if let Err(why) = outcome
            && let Ok(mut complaints) = self.complaints.lock()
            && complaints.len() < 10
        {
            complaints.push(format!("{kind}: {why}"));
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = Kind::ALL.iter().map(|k| format!("{} {k}", self.of(*k))).collect();
        f.write_str(&parts.join(", "))
    }
}

/// Starts the threads; they end after [`Totals::stop`].
pub fn start(address: SocketAddr, totals: &Arc<Totals>) -> Vec<JoinHandle<()>> {
    let mut threads = Vec::new();
    for kind in Kind::ALL {
        for number in 0..kind.threads() {
            let totals = totals.clone();
            threads.push(std::thread::spawn(move || {
                let mut turn = number;
                while totals.go_on() {
                    match kind {
                        Kind::Good => good(address, &totals),
                        Kind::Posted => totals.record(kind, posted(address, turn)),
                        Kind::Malformed => totals.record(kind, refused(address, MALFORMED[turn % MALFORMED.len()].as_bytes())),
                        Kind::LargeHead => totals.record(kind, refused(address, &large_head())),
                        Kind::Slow => totals.record(kind, slow(address, &totals)),
                        Kind::Aborted => totals.record(kind, aborted(address, turn)),
                    }
                    turn += 1;
                }
            }));
        }
    }
    threads
}

const PATHS: [(&str, &str); 5] = [("/", "200"), ("/json", "200"), ("/?q=%3Cb%3E", "200"), ("/throws", "200"), ("/nowhere", "404")];

/// A connection with many requests.
fn good(address: SocketAddr, totals: &Totals) {
    let mut connection = match TcpStream::connect(address) {
        Ok(connection) => connection,
        Err(e) => return totals.record(Kind::Good, Err(e.to_string())),
    };
    let _ = connection.set_read_timeout(Some(Duration::from_secs(20)));
    let mut buffer = Vec::new();
    for turn in 0..500 {
        if !totals.go_on() {
            return;
        }
        let (path, status) = PATHS[turn % PATHS.len()];
        let outcome = ask(&mut connection, &mut buffer, path, status);
        let failed = outcome.is_err();
        totals.record(Kind::Good, outcome);
        if failed {
            return;
        }
    }
}

fn ask(connection: &mut TcpStream, buffer: &mut Vec<u8>, path: &str, status: &str) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{path}: {e}");
    connection.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).map_err(failed)?;
    buffer.clear();
    let mut chunk = [0; 16_384];
    loop {
        let n = connection.read(&mut chunk).map_err(failed)?;
        if n == 0 {
            return Err(format!("{path}: the connection ended"));
        }
        buffer.extend_from_slice(&chunk[..n]);
        let Some(head) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        let Some(length) = length else { return Err(format!("{path}: no content-length")) };
        if buffer.len() < head + 4 + length {
            continue;
        }
        let first = text.lines().next().unwrap_or_default();
        return if first.split(' ').nth(1) == Some(status) { Ok(()) } else { Err(format!("{path}: {first}")) };
    }
}

fn posted(address: SocketAddr, turn: usize) -> Result<(), String> {
    let mut client = Client::new(address);
    let reply = match turn % 2 {
        0 => client.post_form("/", &[("_action", "save"), ("note", "a & b")]),
        _ => client.post_json("/api/echo", &serde_json::json!({ "text": "x".repeat(20_000), "list": vec![1; 2_000] })),
    };
    let reply = reply.map_err(|e| e.to_string())?;
    // A form without the page's token may be refused, but not fail.
    if reply.status < 500 { Ok(()) } else { Err(format!("status {}", reply.status)) }
}

const MALFORMED: [&str; 14] = [
    "\r\n\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /api/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{\"a\"",
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 8\r\n\r\n--b\r\nxx\r",
    "\u{0}\u{1}\u{2}\u{16}\u{3}\u{1}TLS?",
    "BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
];

fn large_head() -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: x\r\nX-Large: {}\r\n\r\n", "a".repeat(1024 * 1024)).into_bytes()
}

/// Sends what must be refused: an answer of the 400s, or the end of the connection.
fn refused(address: SocketAddr, bytes: &[u8]) -> Result<(), String> {
    let mut connection = TcpStream::connect(address).map_err(|e| e.to_string())?;
    let _ = connection.set_read_timeout(Some(Duration::from_secs(10)));
    let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
    // The server may answer and close before it has read everything.
    let _ = connection.write_all(bytes);
    let _ = connection.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    match parse_reply(&answer, false) {
        Ok(reply) if (400..500).contains(&reply.status) => Ok(()),
        Ok(reply) => Err(format!("{:?} got {}", shown(), reply.status)),
        Err(_) if answer.is_empty() => Ok(()),
        Err(e) => Err(format!("{:?}: {e}", shown())),
    }
}

/// Drips a body for a while and goes away; the server may end it first.
fn slow(address: SocketAddr, totals: &Totals) -> Result<(), String> {
    let mut connection = TcpStream::connect(address).map_err(|e| e.to_string())?;
    let head = "POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
    connection.write_all(head.as_bytes()).map_err(|e| e.to_string())?;
    for _ in 0..40 {
        if !totals.go_on() || connection.write_all(b" ").is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Goes away at some point of a request, or before reading the reply.
fn aborted(address: SocketAddr, turn: usize) -> Result<(), String> {
    let mut connection = TcpStream::connect(address).map_err(|e| e.to_string())?;
    let path = if turn.is_multiple_of(3) { "/slow?ms=20" } else { "/" };
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    let end = turn * 7 % (request.len() + 1);
    // Half of them are whole requests whose replies nobody reads.
    let sent = if turn.is_multiple_of(2) { &request[..] } else { &request[..end] };
    let outcome = connection.write_all(sent.as_bytes()).map_err(|e| e.to_string());
    // The kernel accepts for the server. Without a pause a queue of connections would grow that nobody waits for any more.
    std::thread::sleep(Duration::from_millis(2));
    outcome
}
