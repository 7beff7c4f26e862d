//! A small load generator: keep-alive connections that ask for one path as fast as they are answered.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Requests answered within the time, over `connections` connections from this thread's core.
pub fn run(address: SocketAddr, path: &str, connections: usize, time: Duration) -> Result<u64, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\n\r\n").into_bytes();
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || connection(address, &request, time))
        })
        .collect();
    let mut total = 0;
    for thread in threads {
        total += thread.join().map_err(|_| "a load thread panicked".to_owned())??;
    }
    Ok(total)
}

fn connection(address: SocketAddr, request: &[u8], time: Duration) -> Result<u64, String> {
    let failed = |e: std::io::Error| format!("{address}: {e}");
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).map_err(failed)?;
    let mut reader = Replies::default();
    let end = Instant::now() + time;
    let mut answered = 0;
    while Instant::now() < end {
        stream.write_all(request).map_err(failed)?;
        reader.skip_one(&mut stream)?;
        answered += 1;
    }
    Ok(answered)
}

/// Reads replies off a connection, with `Content-Length` or chunked bodies.
#[derive(Default)]
struct Replies {
    buffer: Vec<u8>,
}

impl Replies {
    fn fill(&mut self, stream: &mut TcpStream) -> Result<(), String> {
        let mut chunk = [0; 65_536];
        match stream.read(&mut chunk) {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(n) => {
                self.buffer.extend_from_slice(&chunk[..n]);
                Ok(())
            }
            Err(e) => Err(format!("no answer: {e}")),
        }
    }

    fn skip_one(&mut self, stream: &mut TcpStream) -> Result<(), String> {
        let head = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.fill(stream)?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        if !text.starts_with("http/1.1 200") {
            return Err(format!("answered {}", text.lines().next().unwrap_or_default()));
        }
        let length = text.lines().find_map(|l| l.strip_prefix("content-length:")).and_then(|v| v.trim().parse::<usize>().ok());
        let end = match length {
            Some(length) => head + length,
            None => {
                let from = head;
                loop {
                    if let Some(at) = find(&self.buffer[from..], b"0\r\n\r\n") {
                        break from + at + 5;
                    }
                    self.fill(stream)?;
                }
            }
        };
        while self.buffer.len() < end {
            self.fill(stream)?;
        }
        self.buffer.drain(..end);
        Ok(())
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}
