//! A small load generator: keep-alive connections that ask for one path as fast as they are answered.
//!
//! One thread goes round all connections without ever sleeping. A client that sleeps would have the server pay for waking it (an interrupt to
//! the other core for each reply, dear on virtual machines), and the faster server would pay less often.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A server that says nothing for so long is taken for dead.
const PATIENCE: Duration = Duration::from_secs(20);

/// The bytes of a plain GET.
pub fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\n\r\n").into_bytes()
}

/// Requests answered within the time, over `connections` connections that send the same bytes again and again.
pub fn run(address: SocketAddr, request: &[u8], connections: usize, time: Duration) -> Result<u64, String> {
    let mut all = (0..connections).map(|_| Connection::open(address, request)).collect::<Result<Vec<_>, String>>()?;
    let mut chunk = vec![0; 256 * 1024];
    let begin = Instant::now();
    let mut heard = begin;
    let mut answered = 0;
    loop {
        let mut news = 0;
        for connection in &mut all {
            news += u64::from(connection.step(request, &mut chunk).map_err(|e| format!("{address}: {e}"))?);
        }
        answered += news;
        let now = Instant::now();
        if news > 0 {
            heard = now;
        }
        if now - begin >= time {
            return Ok(answered);
        }
        if now - heard > PATIENCE {
            return Err(format!("{address}: no answer"));
        }
    }
}

/// One connection with one request under way.
struct Connection {
    stream: TcpStream,
    /// What has come of the reply.
    buffer: Vec<u8>,
    /// Bytes of the reply, once its head is read.
    whole: Option<usize>,
}

impl Connection {
    fn open(address: SocketAddr, request: &[u8]) -> Result<Connection, String> {
        let failed = |e: std::io::Error| format!("{address}: {e}");
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.write_all(request).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        Ok(Connection { stream, buffer: Vec::new(), whole: None })
    }

    /// Reads what is there, and sends the next request once the reply is whole. True when it was.
    fn step(&mut self, request: &[u8], chunk: &mut [u8]) -> Result<bool, String> {
        match self.stream.read(chunk) {
            Ok(0) => return Err("the server closed the connection".to_owned()),
            Ok(n) => self.buffer.extend_from_slice(&chunk[..n]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(e) => return Err(e.to_string()),
        }
        if self.whole.is_none() {
            self.whole = whole_length(&self.buffer)?;
        }
        if self.whole.is_none_or(|whole| self.buffer.len() < whole) {
            return Ok(false);
        }
        self.buffer.clear();
        self.whole = None;
        // A request fits into an empty socket buffer.
        self.stream.write_all(request).map_err(|e| e.to_string())?;
        Ok(true)
    }
}

/// The length of a reply with its head, or `None` while the head is not whole. All peers send `Content-Length`.
fn whole_length(buffer: &[u8]) -> Result<Option<usize>, String> {
    let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&buffer[..end]);
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("answered {}", head.lines().next().unwrap_or_default()));
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    match length {
        Some(length) => Ok(Some(end + 4 + length)),
        None => Err("a reply without Content-Length".to_owned()),
    }
}
