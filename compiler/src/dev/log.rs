//! The last lines that the app and its server have written, for `/__dev`.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Lines that are remembered.
const REMEMBERED: usize = 200;
/// Bytes of a line that are shown.
const LONGEST: usize = 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: SystemTime,
    pub is_error: bool,
    pub text: String,
}

/// Lines, and what has no line's end yet of stdout and stderr.
struct Log {
    lines: VecDeque<Line>,
    begun: [String; 2],
}

static LOG: Mutex<Log> = Mutex::new(Log { lines: VecDeque::new(), begun: [String::new(), String::new()] });

/// Hears what is written.
pub fn hear(is_error: bool, bytes: &[u8]) {
    // Nothing that can panic leaves the log half changed.
    LOG.lock().unwrap_or_else(PoisonError::into_inner).add(is_error, &String::from_utf8_lossy(bytes));
}

/// A line of the development server's own.
pub fn note(is_error: bool, text: &str) {
    hear(is_error, text.as_bytes());
    hear(is_error, b"\n");
}

/// The last lines, oldest first.
pub fn tail() -> Vec<Line> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).lines.iter().cloned().collect()
}

impl Log {
    fn add(&mut self, is_error: bool, text: &str) {
        for piece in text.split_inclusive('\n') {
            let begun = &mut self.begun[usize::from(is_error)];
            let room = LONGEST.saturating_sub(begun.len());
            begun.extend(piece.trim_end_matches('\n').chars().filter(|c| !c.is_control() || *c == '\t').take(room));
            if !piece.ends_with('\n') {
                continue;
            }
            let text = std::mem::take(begun);
            let text = without_time(&text).to_owned();
            if !text.trim().is_empty() {
                self.lines.push_back(Line { at: SystemTime::now(), is_error, text });
            }
            while self.lines.len() > REMEMBERED {
                self.lines.pop_front();
            }
        }
    }
}

/// The text behind the time that the server's own lines begin with (`2026-11-21T04:51:02.123Z `): lines have their times anyway.
fn without_time(line: &str) -> &str {
    let bytes = line.as_bytes();
    let is_time = bytes.get(10) == Some(&b'T') && bytes.get(23..25) == Some(b"Z ") && bytes[..4].iter().all(u8::is_ascii_digit);
    line.get(25..).filter(|_| is_time).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together() {
        let mut log = Log { lines: VecDeque::new(), begun: Default::default() };
        log.add(false, "one\ntw");
        log.add(true, "\u{1b}error\n");
        log.add(false, "o\n\n2026-11-21T04:51:02.123Z three\n");
        let lines: Vec<(bool, &str)> = log.lines.iter().map(|line| (line.is_error, line.text.as_str())).collect();
        assert_eq!(lines, [(false, "one"), (true, "error"), (false, "two"), (false, "three")]);
        for _ in 0..2 * REMEMBERED {
            log.add(false, &format!("{}\n", "x".repeat(2 * LONGEST)));
        }
        assert_eq!((log.lines.len(), log.lines[0].text.len()), (REMEMBERED, LONGEST));
    }
}
