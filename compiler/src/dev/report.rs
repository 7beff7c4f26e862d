//! Errors as the overlay in the browser shows them.

use puremix_diag::{Diagnostic, Severity, SourceMap, codes};
use serde_json::{Value, json};

/// Lines shown before and after the one that is meant.
const CONTEXT: u32 = 3;
/// More errors than these hide the first ones.
const MOST: usize = 20;

/// What warnings in the browser are about.
const NAMES: [&str; 3] = [codes::UNKNOWN_NAME, codes::UNKNOWN_TEMPLATE_NAME, codes::CONFIG_BAD_KEY];

/// `None` when there is no error.
pub fn of_diagnostics(diagnostics: &[Diagnostic], sources: &SourceMap) -> Option<Value> {
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.is_error()).collect();
    if errors.is_empty() {
        return None;
    }
    let items: Vec<Value> = errors.iter().take(MOST).map(|d| item(d, sources)).collect();
    Some(json!({ "title": if errors.len() == 1 { "1 error".to_owned() } else { format!("{} errors", errors.len()) }, "items": items }))
}

/// Warnings about names that mean nothing: the page shows them, since it may go on without a word. `None` when there are none.
pub fn of_warnings(diagnostics: &[Diagnostic], sources: &SourceMap) -> Option<Value> {
    let is_shown = |d: &&Diagnostic| d.severity == Severity::Warning && NAMES.contains(&d.code);
    let items: Vec<Value> = diagnostics.iter().filter(is_shown).take(MOST).map(|d| item(d, sources)).collect();
    (!items.is_empty()).then(|| json!({ "items": items }))
}

fn item(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut item = json!({ "code": diagnostic.code, "message": diagnostic.message, "help": diagnostic.help });
    if let Some(primary) = &diagnostic.primary {
        let file = sources.file(primary.span.file);
        let (start, end) = (file.line_column(primary.span.start), file.line_column(primary.span.end));
        let width = if end.line == start.line { end.column.saturating_sub(start.column).max(1) } else { 1 };
        item["file"] = json!(file.path);
        item["line"] = json!(start.line);
        item["column"] = json!(start.column);
        item["width"] = json!(width);
        item["label"] = json!(primary.text);
        item["lines"] = excerpt(&file.text, start.line);
    }
    item
}

/// `[number, text]` of the lines around one.
fn excerpt(text: &str, line: u32) -> Value {
    let first = line.saturating_sub(CONTEXT).max(1);
    let lines = (first..).zip(text.lines().skip(first as usize - 1)).take_while(|(n, _)| *n <= line + CONTEXT);
    json!(lines.map(|(n, text)| json!([n, text])).collect::<Vec<_>>())
}

/// An exception while modules ran; `text` is its stack, with places in the app's own files. `warnings` may know what was meant.
pub fn of_exception(text: &str, warnings: Option<&Value>) -> Value {
    let mut item = json!({ "code": "", "message": text });
    if let Some((file, line, column)) = text.lines().find_map(place) {
        item["message"] = json!(text.lines().take_while(|l| place(l).is_none()).collect::<Vec<_>>().join("\n"));
        item["file"] = json!(file);
        item["line"] = json!(line);
        item["column"] = json!(column);
        item["width"] = json!(1);
        if let Ok(source) = std::fs::read_to_string(file) {
            item["lines"] = excerpt(&source, line);
        }
        item["stack"] = json!(text);
    }
    if let Some(help) = warnings.and_then(|warnings| help_of(text, warnings)) {
        item["help"] = help.clone();
    }
    json!({ "title": "The app threw while it started", "items": [item] })
}

/// Why the server cannot be as it is configured: an exception of the configuration, or a value that cannot be.
pub fn of_configuration(text: &str) -> Value {
    let mut report = of_exception(text, None);
    report["title"] = json!("The configuration is wrong");
    report
}

/// What the warning about a name says that turned out to mean nothing.
fn help_of<'a>(text: &str, warnings: &'a Value) -> Option<&'a Value> {
    let name = text.lines().next()?.split_once("ReferenceError: ")?.1.strip_suffix(" is not defined")?;
    let is_about = |item: &&Value| item["message"].as_str().is_some_and(|message| message.contains(&format!("`{name}`")));
    warnings["items"].as_array()?.iter().find(is_about).map(|item| &item["help"])
}

/// `file:line:column` at the end of a stack's line.
fn place(line: &str) -> Option<(&str, u32, u32)> {
    let text = line.trim().strip_prefix("at ")?.trim_end_matches(')');
    let text = text.rsplit(['(', ' ']).next()?;
    let (rest, column) = text.rsplit_once(':')?;
    let (file, number) = rest.rsplit_once(':')?;
    Some((file, number.parse().ok().filter(|n| *n > 0)?, column.parse().ok()?))
}
