//! Lines for people and log collectors: what went wrong to stderr, what happened to stdout. No cookie, credential or password is ever logged
//! ([`redact`]).

pub mod debug;
mod file;
pub mod redact;

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Write as _;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};
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
    is_ordinary(level) || debug::sink(level).is_some()
}

fn is_ordinary(level: Level) -> bool {
    level as u8 <= LEVEL.load(Ordering::Relaxed)
}

static IS_JSON: AtomicBool = AtomicBool::new(false);

/// From now on each line is one JSON object.
pub fn set_json(is_json: bool) {
    IS_JSON.store(is_json, Ordering::Relaxed);
}

/// The names that proxies gave to requests being answered.
static NAMES: LazyLock<Mutex<HashMap<u64, Arc<str>>>> = LazyLock::new(Mutex::default);
/// So that nobody locks where no proxy names requests.
static NAMED: AtomicUsize = AtomicUsize::new(0);

/// Until the guard is dropped, lines of the request bear this name instead of our number.
pub fn name_request(id: u64, name: &str) -> Named {
    if let Ok(mut names) = NAMES.lock() {
        names.insert(id, name.into());
        NAMED.store(names.len(), Ordering::Relaxed);
    }
    Named(id)
}

pub struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if let Ok(mut names) = NAMES.lock() {
            names.remove(&self.0);
            NAMED.store(names.len(), Ordering::Relaxed);
        }
    }
}

/// What lines call a request.
pub fn request_name(id: u64) -> String {
    let named = if NAMED.load(Ordering::Relaxed) == 0 { None } else { NAMES.lock().ok().and_then(|names| names.get(&id).cloned()) };
    named.map_or_else(|| format!("{id:x}"), |name| name.to_string())
}

/// One line: time, level, the request it belongs to, text. Further lines of the text are indented, and control characters shown as
/// escapes, so that nobody can forge a line.
pub fn line(level: Level, request: Option<u64>, text: &str) {
    let (is_ordinary, sink) = (is_ordinary(level), debug::sink(level));
    if !is_ordinary && sink.is_none() {
        return;
    }
    let mut out = timestamp(SystemTime::now());
    if IS_JSON.load(Ordering::Relaxed) {
        let mut fields = Fields::new(&out, level.name());
        if let Some(id) = request {
            fields.text("request", &request_name(id));
        }
        fields.text("message", text.trim_end());
        out = fields.end();
    } else {
        let _ = write!(out, " {}", level.name());
        if let Some(id) = request {
            let _ = write!(out, " [{}]", request_name(id));
        }
        out.push(' ');
        push_safe(&mut out, text);
        out.push('\n');
    }
    emit(level <= Level::Warn, &out, is_ordinary, sink);
}

fn emit(to_stderr: bool, line: &str, is_ordinary: bool, sink: Option<&debug::Sink>) {
    if is_ordinary || sink.is_some_and(|s| s.console) {
        write_out(to_stderr, line);
    }
    if let Some(sink) = sink {
        sink.save(line);
    }
}

/// A line of JSON in the making.
struct Fields(String);

impl Fields {
    fn new(time: &str, level: &str) -> Fields {
        Fields(format!("{{\"time\":\"{time}\",\"level\":\"{level}\""))
    }

    fn text(&mut self, name: &str, value: &str) {
        let _ = write!(self.0, ",\"{name}\":");
        crate::page::escape::json_string(&mut self.0, value);
    }

    fn number(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = write!(self.0, ",\"{name}\":{value}");
    }

    fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }
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
    let url = redact::url(a.url);
    if IS_JSON.load(Ordering::Relaxed) {
        let mut fields = Fields::new(&out, "access");
        for (name, value) in [("request", request_name(a.id).as_str()), ("remote", a.remote), ("method", a.method), ("url", &url)] {
            fields.text(name, value);
        }
        fields.number("status", a.status);
        fields.number("bytes", a.bytes);
        fields.number("ms", format_args!("{:.1}", a.millis));
        out = fields.end();
    } else {
        let _ = write!(out, " [{}] {} {} ", request_name(a.id), a.remote, a.method);
        push_safe(&mut out, &url);
        let _ = writeln!(out, " {} {}B {:.1}ms", a.status, a.bytes, a.millis);
    }
    emit(false, &out, true, debug::sink(Level::Info));
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
