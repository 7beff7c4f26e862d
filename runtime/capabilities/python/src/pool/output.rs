//! What Python prints, for the server's log.
//!
//! It is read as fast as it comes, so that no `print` waits for us; of a flood, what is beyond [`MOST`] lines a second is counted and left out.

use super::process::Process;
use puremix_interop::Severity;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::unix::pipe::Receiver;

/// Lines a second of one process that are logged.
const MOST: u32 = 2000;

/// A longer line is logged in pieces.
const LONGEST: usize = 16 * 1024;

/// Starts an entry of `logging`, after which come its level, the same again, and the text with line breaks as [`BREAK`].
const ENTRY: u8 = 0x1e;
const BREAK: char = '\x1f';

/// Logs what a process writes, until nobody can write any more.
pub async fn read(fd: OwnedFd, is_error: bool, process: Arc<Process>, log: fn(Severity, &str)) {
    let Ok(pipe) = Receiver::from_owned_fd(fd) else { return };
    let mut lines = Lines { is_error, process, log, pending: Vec::new(), second: Instant::now(), count: 0 };
    let mut bytes = vec![0; 64 * 1024];
    while pipe.readable().await.is_ok() {
        match pipe.try_read(&mut bytes) {
            Ok(0) => break,
            Ok(n) => lines.take(&bytes[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    lines.end();
}

struct Lines {
    is_error: bool,
    process: Arc<Process>,
    log: fn(Severity, &str),
    pending: Vec<u8>,
    second: Instant,
    /// Lines in this second.
    count: u32,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let mut rest = piece;
            while self.pending.len() + rest.len() > LONGEST {
                let (now, later) = rest.split_at(LONGEST - self.pending.len());
                self.pending.extend_from_slice(now);
                self.line();
                rest = later;
            }
            self.pending.extend_from_slice(rest);
            if self.pending.ends_with(b"\n") {
                self.line();
            }
        }
    }

    /// Logs what is pending.
    fn line(&mut self) {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.tell_left_out();
            (self.second, self.count) = (Instant::now(), 0);
        }
        self.count += 1;
        if self.count <= MOST {
            let (severity, text) = parse(&self.pending, self.is_error);
            if !text.is_empty() {
                self.write(severity, &text);
            }
        }
        self.pending.clear();
    }

    fn write(&self, severity: Severity, text: &str) {
        let module = self.process.module();
        let place = if module.is_empty() { String::new() } else { format!(" {module}") };
        (self.log)(severity, &format!("[python {}{place}] {text}", self.process.number));
    }

    fn tell_left_out(&self) {
        if self.count > MOST {
            self.write(Severity::Warn, &format!("{} lines are left out", self.count - MOST));
        }
    }

    fn end(&mut self) {
        if !self.pending.is_empty() {
            self.line();
        }
        self.tell_left_out();
    }
}

/// A line's severity and text: what `print` writes is information, what goes to stderr a warning, and `logging` tells its own level.
fn parse(line: &[u8], is_error: bool) -> (Severity, String) {
    let text = String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(line));
    let entry = text.strip_prefix(char::from(ENTRY)).and_then(|rest| rest.split_once(char::from(ENTRY)));
    if let Some((level, text)) = entry
        && let Ok(level) = level.parse::<u32>()
    {
        let severity = match level {
            40.. => Severity::Error,
            30..40 => Severity::Warn,
            20..30 => Severity::Info,
            0..20 => Severity::Debug,
        };
        return (severity, text.replace(BREAK, "\n"));
    }
    (if is_error { Severity::Warn } else { Severity::Info }, text.trim_end_matches('\r').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_a_severity() {
        assert_eq!(parse(b"hello\n", false), (Severity::Info, "hello".to_owned()));
        assert_eq!(parse(b"hello", true), (Severity::Warn, "hello".to_owned()));
        assert_eq!(parse(b"\x1e40\x1ea: b\x1fc\n", true), (Severity::Error, "a: b\nc".to_owned()));
        assert_eq!(parse(b"\x1e10\x1ex\n", true), (Severity::Debug, "x".to_owned()));
        assert_eq!(parse(b"\x1ewhat\n", false), (Severity::Info, "\u{1e}what".to_owned()));
    }
}
