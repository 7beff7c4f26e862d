//! One object a line: `test` for each test and suite, children first; `output`; `file`; `summary` at the end.

use crate::test::outcome::{Counts, Entry, Failure, FileOutcome, Kind, Mark};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn file(file: &FileOutcome) -> String {
    let mut lines: Vec<Value> = Vec::new();
    for written in &file.written {
        let stream = if written.is_error { "stderr" } else { "stdout" };
        lines.push(json!({ "event": "output", "file": file.path, "stream": stream, "text": String::from_utf8_lossy(&written.bytes) }));
    }
    for item in &file.entries {
        entry(&file.path, item, &[], &mut lines);
    }
    let mut end = json!({ "event": "file", "file": file.path, "ok": !file.is_failure(), "ms": file.took.as_millis() as u64 });
    if !file.failures.is_empty() {
        end["errors"] = file.failures.iter().map(failure).collect();
    }
    if !file.diagnostics.is_empty() {
        end["diagnostics"] = file.diagnostics.as_str().into();
    }
    lines.push(end);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn entry(file: &str, entry: &Entry, above: &[&str], lines: &mut Vec<Value>) {
    let path: Vec<&str> = above.iter().copied().chain([entry.name.as_str()]).collect();
    for child in &entry.children {
        self::entry(file, child, &path, lines);
    }
    let (status, reason) = match entry.mark() {
        Some(Mark::Skip(why)) => ("skipped", why),
        Some(Mark::Todo(why)) => ("todo", why),
        None if entry.cancelled => ("cancelled", ""),
        None if entry.ok => ("passed", ""),
        None => ("failed", ""),
    };
    let kind = if entry.kind == Kind::Suite { "suite" } else { "test" };
    let mut line = json!({ "event": "test", "file": file, "kind": kind, "path": path, "status": status, "ms": entry.ms });
    if !reason.is_empty() {
        line["reason"] = reason.into();
    }
    if !entry.diagnostics.is_empty() {
        line["diagnostics"] = entry.diagnostics.clone().into();
    }
    if let Some(error) = &entry.error {
        line["error"] = failure(error);
    }
    lines.push(line);
}

fn failure(failure: &Failure) -> Value {
    let mut value = json!({ "type": failure.kind, "name": failure.name, "message": failure.message });
    if let Some(place) = &failure.place {
        value["file"] = place.file.as_str().into();
        value["line"] = place.line.into();
        value["column"] = place.column.into();
    }
    for (key, text) in [("code", &failure.code), ("expected", &failure.expected), ("actual", &failure.actual)] {
        if let Some(text) = text {
            value[key] = text.as_str().into();
        }
    }
    if !failure.stack.is_empty() {
        value["stack"] = failure.stack.clone().into();
    }
    value
}

pub(super) fn end(counts: &Counts, took: Duration) -> String {
    let Counts { files, failed_files, tests, suites, pass, fail, cancelled, skipped, todo } = *counts;
    let line = json!({
        "event": "summary", "ok": !counts.is_failure(), "files": files, "failed_files": failed_files, "tests": tests, "suites": suites,
        "passed": pass, "failed": fail, "cancelled": cancelled, "skipped": skipped, "todo": todo, "ms": took.as_millis() as u64,
    });
    format!("{line}\n")
}
