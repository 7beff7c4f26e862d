//! For people: a tree of names, then what failed and where.

use super::{excerpt, failures, place_of_name, plural};
use crate::test::outcome::{Counts, Entry, Failure, FileOutcome, Kind, Mark};
use std::time::Duration;

/// Tests that take longer say so.
const SLOW: f64 = 100.0;

/// Terminal colours.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }
    pub fn bad(self, text: &str) -> String {
        self.with("31", text)
    }
    pub fn quiet(self, text: &str) -> String {
        self.with("2", text)
    }
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }
    pub fn notice(self, text: &str) -> String {
        self.with("33", text)
    }
}

pub(super) fn file(file: &FileOutcome, color: bool) -> String {
    let paint = Paint(color);
    if !file.entries.is_empty() && file.entries.iter().all(Entry::is_left_out) && file.failures.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n", paint.strong(&file.path));
    for written in &file.written {
        for line in String::from_utf8_lossy(&written.bytes).lines() {
            out.push_str(&format!("  {} {line}\n", paint.quiet("│")));
        }
    }
    for item in &file.entries {
        entry(item, 1, paint, &mut out);
    }
    for failure in &file.failures {
        out.push_str(&format!("  {}\n", paint.bad(&format!("✖ {}", first_line(&failure.message)))));
    }
    if file.entries.is_empty() && file.failures.is_empty() {
        out.push_str(&format!("  {}\n", paint.notice("no tests")));
    }
    out.push('\n');
    out
}

fn entry(entry: &Entry, depth: usize, paint: Paint, out: &mut String) {
    if entry.is_left_out() {
        return;
    }
    let indent = "  ".repeat(depth);
    let took = if entry.ms >= SLOW { format!(" {}", paint.notice(&format!("({:.0} ms)", entry.ms))) } else { String::new() };
    let line = match entry.mark() {
        Some(Mark::Skip(why)) => paint.quiet(&format!("- {}{}", entry.name, reason(" (skipped", why))),
        Some(Mark::Todo(why)) => paint.notice(&format!("☐ {}{}", entry.name, reason(" (todo", why))),
        None if !entry.children.is_empty() && (entry.kind == Kind::Suite || !entry.ok) => match entry.ok {
            true => paint.strong(&entry.name),
            false => paint.bad(&entry.name),
        },
        None if entry.ok => format!("{} {}{took}", paint.good("✔"), entry.name),
        None => format!("{}{took}", paint.bad(&format!("✖ {}", entry.name))),
    };
    out.push_str(&format!("{indent}{line}\n"));
    for text in &entry.diagnostics {
        out.push_str(&format!("{indent}  {}\n", paint.quiet(text)));
    }
    for child in &entry.children {
        self::entry(child, depth + 1, paint, out);
    }
}

fn reason(open: &str, why: &str) -> String {
    if why.is_empty() { format!("{open})") } else { format!("{open}: {why})") }
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// The failures in full, and the numbers.
pub(super) fn end(failed: &[FileOutcome], counts: &Counts, took: Duration, color: bool) -> String {
    let paint = Paint(color);
    let mut out = String::new();
    for file in failed {
        for failure in &file.failures {
            out.push_str(&head(&file.path, &[], paint));
            if file.diagnostics.is_empty() {
                tell(failure, paint, &mut out);
            } else {
                out.push_str(&indented(file.diagnostics.trim_end()));
            }
            out.push('\n');
        }
        let mut found = Vec::new();
        failures(&file.entries, &[], &mut found);
        // What did not run because of another failure says nothing of its own.
        for (path, failure) in found.iter().filter(|(_, failure)| !failure.is_consequence() || found.len() == 1) {
            out.push_str(&head(&file.path, path, paint));
            let located = Failure { place: failure.place.clone().or_else(|| place_of_name(&file.path, path)), ..(*failure).clone() };
            tell(&located, paint, &mut out);
            out.push('\n');
        }
    }
    let mut parts = vec![plural(counts.tests, "test")];
    let mut part = |n: usize, what: &str, paint: &dyn Fn(&str) -> String| {
        if n > 0 {
            parts.push(paint(&format!("{n} {what}")));
        }
    };
    part(counts.pass, "passed", &|t| paint.good(t));
    part(counts.fail, "failed", &|t| paint.bad(t));
    part(counts.cancelled, "cancelled", &|t| paint.bad(t));
    part(counts.skipped, "skipped", &|t| paint.quiet(t));
    part(counts.todo, "todo", &|t| paint.notice(t));
    out.push_str(&format!("{}, {}, {} ms\n", parts.join(", "), plural(counts.files, "file"), took.as_millis()));
    out
}

fn head(file: &str, path: &[&str], paint: Paint) -> String {
    let names: Vec<&str> = [file].into_iter().chain(path.iter().copied()).collect();
    format!("{}\n", paint.bad(&format!("✖ {}", names.join(" › "))))
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}

fn tell(failure: &Failure, paint: Paint, out: &mut String) {
    let is_plain = failure.name.is_empty() || failure.name == "Error" || failure.name == "AssertionError";
    let message = if is_plain { failure.message.clone() } else { format!("{}: {}", failure.name, failure.message) };
    for line in message.lines() {
        let line = match line.as_bytes().first() {
            Some(b'-') => paint.good(line),
            Some(b'+') => paint.bad(line),
            _ => line.to_owned(),
        };
        out.push_str(if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }.as_str());
    }
    if let Some(place) = &failure.place {
        out.push_str(&format!("\n  {}\n", paint.quiet(&format!("at {}:{}:{}", place.file, place.line, place.column))));
        if let Some(text) = excerpt(place) {
            out.push_str(&indented(&text));
        }
    }
    let here = failure.place.as_ref().map(|place| format!("{}:{}:{}", place.file, place.line, place.column));
    let others: Vec<&String> = failure.stack.iter().filter(|line| here.as_ref().is_none_or(|here| !line.contains(here.as_str()))).collect();
    if !others.is_empty() {
        out.push('\n');
        for line in others {
            out.push_str(&format!("  {}\n", paint.quiet(line)));
        }
    }
    if let Some(cause) = &failure.cause {
        out.push_str(&format!("  caused by {}: {}\n", cause.name, cause.message));
    }
}
