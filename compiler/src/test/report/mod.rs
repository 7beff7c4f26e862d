//! Outcomes as text, for people and for programs. Reporters are functions from data to lines; files come in a fixed order, each when all
//! before it have come.

mod dot;
mod json;
mod spec;
mod tap;

use super::outcome::{Counts, Entry, Failure, FileOutcome, Place};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Reporter {
    /// A tree of names, then the failures
    Spec,
    /// A character for each test, then the failures
    Dot,
    /// The Test Anything Protocol, as Node writes it
    Tap,
    /// One JSON object a line
    Json,
}

/// Prints a run.
pub struct Printer {
    reporter: Reporter,
    color: bool,
    counts: Counts,
    /// Tests at the top so far, for TAP.
    number: usize,
    failed: Vec<FileOutcome>,
}

impl Printer {
    pub fn new(reporter: Reporter, color: bool) -> Printer {
        Printer { reporter, color, counts: Counts::default(), number: 0, failed: Vec::new() }
    }

    /// What comes before the first file.
    pub fn start(&self) -> String {
        if self.reporter == Reporter::Tap { tap::HEAD.to_owned() } else { String::new() }
    }

    /// A file that has run.
    pub fn file(&mut self, file: FileOutcome) -> String {
        self.counts.add(&file);
        let text = match self.reporter {
            Reporter::Spec => spec::file(&file, self.color),
            Reporter::Dot => dot::file(&file, self.color),
            Reporter::Tap => tap::file(&file, &mut self.number),
            Reporter::Json => json::file(&file),
        };
        if file.is_failure() {
            self.failed.push(file);
        }
        text
    }

    /// What comes after the last.
    pub fn end(&self, took: Duration) -> String {
        match self.reporter {
            Reporter::Spec => spec::end(&self.failed, &self.counts, took, self.color),
            Reporter::Dot => format!("\n{}", spec::end(&self.failed, &self.counts, took, self.color)),
            Reporter::Tap => tap::end(&self.counts, self.number, took),
            Reporter::Json => json::end(&self.counts, took),
        }
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }
}

/// Tests that failed and did so by themselves, with their paths; suites that only hold such are left out.
fn failures<'a>(entries: &'a [Entry], path: &[&'a str], found: &mut Vec<(Vec<&'a str>, &'a Failure)>) {
    for entry in entries.iter().filter(|entry| entry.is_failure()) {
        let path: Vec<&str> = path.iter().copied().chain([entry.name.as_str()]).collect();
        if let Some(failure) = entry.error.as_ref().filter(|failure| failure.kind != "subtestsFailed") {
            found.push((path.clone(), failure));
        }
        failures(&entry.children, &path, found);
    }
}

/// `1 test`, `2 tests`.
fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The lines around a place, as they are on disk now.
fn excerpt(place: &Place) -> Option<String> {
    let text = std::fs::read_to_string(&place.file).ok()?;
    let first = place.line.saturating_sub(2).max(1);
    let width = (place.line + 1).to_string().len();
    let mut out = String::new();
    for (number, line) in (first..).zip(text.lines().skip(first as usize - 1)).take_while(|(number, _)| *number <= place.line + 1) {
        let mark = if number == place.line { '>' } else { ' ' };
        out.push_str(format!("{mark} {number:>width$} | {line}").trim_end());
        out.push('\n');
        if number == place.line {
            let indent: String = line.chars().take(place.column.saturating_sub(1) as usize).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            out.push_str(&format!("  {:>width$} | {indent}^\n", ""));
        }
    }
    Some(out)
}

/// Where a test is written whose failure has no place, such as a timeout: the one line of its file with its name in quotes.
fn place_of_name(file: &str, path: &[&str]) -> Option<Place> {
    let text = std::fs::read_to_string(file).ok()?;
    let name = path.last()?;
    let quoted = ["'", "\"", "`"].map(|quote| format!("{quote}{name}{quote}"));
    let mut found = (1..).zip(text.lines()).filter_map(|(line, text)| {
        let at = quoted.iter().find_map(|name| text.find(name.as_str()))?;
        let start = text.len() - text.trim_start().len();
        Some(Place { file: file.to_owned(), line, column: text[..start.min(at)].chars().count() as u32 + 1 })
    });
    found.next().filter(|_| found.next().is_none())
}
