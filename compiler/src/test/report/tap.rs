//! TAP version 13 in the form of `node --test --test-reporter tap`.

use crate::test::outcome::{Counts, Entry, Failure, FileOutcome, Kind, Mark};
use std::time::Duration;

pub(super) const HEAD: &str = "TAP version 13\n";

/// A file's tests stand at the top, numbered through all files.
pub(super) fn file(file: &FileOutcome, number: &mut usize) -> String {
    let mut out = String::new();
    for written in &file.written {
        comment(&String::from_utf8_lossy(&written.bytes), "", &mut out);
    }
    for item in &file.entries {
        *number += 1;
        entry(item, *number, 0, &mut out);
    }
    for failure in &file.failures {
        *number += 1;
        comment(&file.diagnostics, "", &mut out);
        out.push_str(&format!("# Subtest: {path}\nnot ok {number} - {path}\n", path = escape(&file.path)));
        block(file.took.as_secs_f64() * 1e3, Kind::Test, Some(failure), "", &mut out);
    }
    out
}

fn comment(text: &str, indent: &str, out: &mut String) {
    for line in text.lines() {
        out.push_str(format!("{indent}# {}", escape(line)).trim_end());
        out.push('\n');
    }
}

fn entry(entry: &Entry, number: usize, depth: usize, out: &mut String) {
    let indent = "    ".repeat(depth);
    out.push_str(&format!("{indent}# Subtest: {}\n", escape(&entry.name)));
    for (child, number) in entry.children.iter().zip(1..) {
        self::entry(child, number, depth + 1, out);
    }
    if !entry.children.is_empty() {
        out.push_str(&format!("{indent}    1..{}\n", entry.children.len()));
    }
    let mark = match entry.mark() {
        Some(Mark::Skip(why)) => directive("SKIP", why),
        Some(Mark::Todo(why)) => directive("TODO", why),
        None => String::new(),
    };
    let ok = if entry.ok { "ok" } else { "not ok" };
    out.push_str(&format!("{indent}{ok} {number} - {}{mark}\n", escape(&entry.name)));
    block(entry.ms, entry.kind, entry.error.as_ref(), &indent, out);
    for text in &entry.diagnostics {
        comment(text, &indent, out);
    }
}

fn directive(word: &str, why: &str) -> String {
    if why.is_empty() { format!(" # {word}") } else { format!(" # {word} {}", escape(why)) }
}

/// The YAML behind a result.
fn block(ms: f64, kind: Kind, failure: Option<&Failure>, indent: &str, out: &mut String) {
    let mut line = |text: String| out.push_str(&format!("{indent}  {text}\n"));
    line("---".to_owned());
    line(format!("duration_ms: {ms}"));
    if kind == Kind::Suite {
        line("type: 'suite'".to_owned());
    }
    if let Some(failure) = failure {
        if let Some(place) = &failure.place {
            line(format!("location: {}", quoted(&format!("{}:{}:{}", place.file, place.line, place.column))));
        }
        line(format!("failureType: {}", quoted(&failure.kind)));
        text("error", &failure.message, &mut line);
        line(format!("code: {}", quoted(failure.code.as_deref().unwrap_or("ERR_TEST_FAILURE"))));
        if failure.name != "Error" {
            line(format!("name: {}", quoted(&failure.name)));
        }
        for (key, value) in [("expected", &failure.expected), ("actual", &failure.actual), ("operator", &failure.operator)] {
            if let Some(value) = value {
                text(key, value, &mut line);
            }
        }
        if !failure.stack.is_empty() {
            text("stack", &format!("{}\n", failure.stack.join("\n")), &mut line);
        }
    }
    line("...".to_owned());
}

/// One line in quotes, several as a block.
fn text(key: &str, value: &str, line: &mut impl FnMut(String)) {
    if !value.contains('\n') {
        return line(format!("{key}: {}", quoted(value)));
    }
    line(format!("{key}: |-"));
    for part in value.trim_end_matches('\n').lines() {
        line(format!("  {part}"));
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `#` would begin a directive.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

pub(super) fn end(counts: &Counts, number: usize, took: Duration) -> String {
    let Counts { tests, suites, pass, fail, cancelled, skipped, todo, .. } = counts;
    let ms = took.as_secs_f64() * 1e3;
    format!(
        "1..{number}\n# tests {tests}\n# suites {suites}\n# pass {pass}\n# fail {fail}\n# cancelled {cancelled}\n# skipped {skipped}\n# todo {todo}\n# duration_ms {ms}\n"
    )
}
