//! Lines for people and log collectors: what went wrong to stderr, what happened to stdout. No cookie, header or body is ever logged.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    /// `error`, `warn`, ...; unknown words are `info`.
    pub fn parse(word: &str) -> Level {
        match word {
            "error" => Level::Error,
            "warn" => Level::Warn,
            "debug" => Level::Debug,
            "trace" => Level::Trace,
            _ => Level::Info,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        }
    }
}

static LEVEL: AtomicU8 = AtomicU8::new(Level::Info as u8);

/// Hears what is written, to stderr or not.
pub type Listener = fn(is_error: bool, bytes: &[u8]);

static LISTENER: OnceLock<Listener> = OnceLock::new();

/// Everything that is logged, and that the app prints, is told to `listener` as well. The first call holds for the process.
pub fn set_listener(listener: Listener) {
    let _ = LISTENER.set(listener);
}

pub fn has_listener() -> bool {
    LISTENER.get().is_some()
}

/// Writes a line of the app's console.
pub(crate) fn printed(is_error: bool, line: &str) {
    write_out(is_error, &format!("{line}\n"));
}

/// Something was written.
pub(crate) fn overheard(is_error: bool, bytes: &[u8]) {
    if let Some(listener) = LISTENER.get() {
        listener(is_error, bytes);
    }
}

thread_local! {
    static DIVERSION: Cell<Option<Listener>> = const { Cell::new(None) };
}

/// From now on what this thread logs, and what the app prints on it, goes to `listener` and nowhere else.
pub fn divert(listener: Listener) {
    DIVERSION.set(Some(listener));
    puremix_js::set_console_sink(|stream, line| printed(stream == puremix_js::Stream::Err, line));
}

/// Whether what was to be written has gone where this thread's output goes.
pub(crate) fn diverted(is_error: bool, bytes: &[u8]) -> bool {
    let listener = DIVERSION.get();
    listener.inspect(|listener| listener(is_error, bytes)).is_some()
}

/// Lines above this level are dropped.
pub fn set_level(level: Level) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

pub fn enabled(level: Level) -> bool {
    level as u8 <= LEVEL.load(Ordering::Relaxed)
}

/// One line: time, level, the request it belongs to, text. Further lines of the text are indented, and control characters shown as
/// escapes, so that nobody can forge a line.
pub fn line(level: Level, request: Option<u64>, text: &str) {
    if !enabled(level) {
        return;
    }
    let mut out = timestamp(SystemTime::now());
    let _ = write!(out, " {}", level.name());
    if let Some(id) = request {
        let _ = write!(out, " [{id:x}]");
    }
    out.push(' ');
    push_safe(&mut out, text);
    out.push('\n');
    write_out(level <= Level::Warn, &out);
}

pub fn error(request: Option<u64>, text: &str) {
    line(Level::Error, request, text);
}
pub fn warn(text: &str) {
    line(Level::Warn, None, text);
}
pub fn info(text: &str) {
    line(Level::Info, None, text);
}

/// One request in the access log.
pub struct Access<'a> {
    pub id: u64,
    pub remote: &'a str,
    pub method: &'a str,
    /// Path and query as sent.
    pub url: &'a str,
    pub status: u16,
    pub bytes: u64,
    pub millis: f64,
}

static UNLOGGED: OnceLock<&'static str> = OnceLock::new();

/// Requests whose URL begins like this are left out of the access log. The first call holds for the process.
pub fn leave_out(prefix: &'static str) {
    let _ = UNLOGGED.set(prefix);
}

/// Writes an access line to stdout.
pub fn access(a: &Access<'_>) {
    if UNLOGGED.get().is_some_and(|prefix| a.url.starts_with(prefix)) {
        return;
    }
    let mut out = timestamp(SystemTime::now());
    let _ = write!(out, " [{:x}] {} {} ", a.id, a.remote, a.method);
    push_safe(&mut out, a.url);
    let _ = writeln!(out, " {} {}B {:.1}ms", a.status, a.bytes, a.millis);
    write_out(false, &out);
}

/// A closed pipe or a full disk must not end the server, so errors of writing are let go.
fn write_out(to_stderr: bool, text: &str) {
    if diverted(to_stderr, text.as_bytes()) {
        return;
    }
    let _ = if to_stderr { std::io::stderr().lock().write_all(text.as_bytes()) } else { std::io::stdout().lock().write_all(text.as_bytes()) };
    overheard(to_stderr, text.as_bytes());
}

fn push_safe(out: &mut String, text: &str) {
    for c in text.trim_end().chars() {
        match c {
            '\n' => out.push_str("\n    "),
            '\t' => out.push('\t'),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
}

/// `2026-11-21T04:51:02.123Z`.
fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    puremix_js::date::iso(since.as_millis() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn timestamps() {
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_millis(1_709_164_800_123)), "2024-02-29T00:00:00.123Z");
        assert_eq!(timestamp(UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn nobody_forges_lines() {
        let mut out = String::new();
        push_safe(&mut out, "a\r\n2026 error fake\u{1b}[31m\n");
        assert_eq!(out, "a\\r\n    2026 error fake\\u{1b}[31m");
    }
}
