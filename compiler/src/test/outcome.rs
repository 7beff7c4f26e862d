//! What became of tests, as data.

use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// A test or a suite, as the harness (`library/harness.js`) tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    pub name: String,
    /// Neither it nor what is below it failed.
    pub ok: bool,
    /// `false`, `true`, or the reason.
    pub skip: Value,
    pub todo: Value,
    pub cancelled: bool,
    pub ms: f64,
    pub error: Option<Failure>,
    pub diagnostics: Vec<String>,
    pub children: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Suite,
    Test,
}

/// Why a test failed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Failure {
    /// Node's `failureType`.
    pub kind: String,
    pub name: String,
    pub code: Option<String>,
    pub message: String,
    pub operator: Option<String>,
    pub expected: Option<String>,
    pub actual: Option<String>,
    /// In the test file, if it passed there.
    pub place: Option<Place>,
    #[serde(default)]
    pub stack: Vec<String>,
    pub cause: Option<Box<Failure>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl Place {
    /// `at file:line:column`, in parentheses or not.
    fn of_frame(line: &str) -> Option<Place> {
        let text = line.trim_end_matches(')').rsplit(['(', ' ']).next()?;
        let (rest, column) = text.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        Some(Place { file: file.to_owned(), line: line.parse().ok()?, column: column.parse().ok()? })
    }
}

impl Failure {
    /// One of the runner's own.
    pub fn of(kind: &str, message: impl Into<String>) -> Failure {
        Failure { kind: kind.to_owned(), name: "Error".to_owned(), message: message.into(), ..Failure::default() }
    }

    /// The test did not run to its end because of another one.
    pub fn is_consequence(&self) -> bool {
        self.kind == "cancelledByParent" && !self.message.starts_with("Promise resolution")
    }

    /// An exception that ended a file before its tests ran: its text, with a stack behind the message.
    pub fn of_exception(text: &str, file: &str) -> Failure {
        let text = text.strip_prefix(file).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(text);
        let (stack, message): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("    at "));
        let stack: Vec<String> = stack.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.contains("puremix:test/")).collect();
        let places: Vec<Place> = stack.iter().filter_map(|line| Place::of_frame(line)).collect();
        let place = places.iter().find(|place| place.file == file).or(places.first()).cloned();
        Failure { stack, place, ..Failure::of("testCodeFailure", message.join("\n")) }
    }
}

/// What stands behind a test's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    Skip(&'a str),
    Todo(&'a str),
}

impl Entry {
    pub fn mark(&self) -> Option<Mark<'_>> {
        match (&self.skip, &self.todo) {
            (Value::String(why), _) => Some(Mark::Skip(why)),
            (Value::Bool(true), _) => Some(Mark::Skip("")),
            (_, Value::String(why)) => Some(Mark::Todo(why)),
            (_, Value::Bool(true)) => Some(Mark::Todo("")),
            _ => None,
        }
    }

    /// Whether the user's choice of tests leaves it out.
    pub fn is_left_out(&self) -> bool {
        matches!(self.mark(), Some(Mark::Skip("test name does not match pattern" | "'only' option not set")))
    }

    /// Whether it makes the run fail.
    pub fn is_failure(&self) -> bool {
        !self.ok && self.mark().is_none()
    }
}

/// What a file's tests wrote.
#[derive(Clone, Debug)]
pub struct Written {
    pub bytes: Vec<u8>,
    pub is_error: bool,
}

/// One test file that has run, or could not.
#[derive(Clone, Debug, Default)]
pub struct FileOutcome {
    /// As the user would type it.
    pub path: String,
    pub entries: Vec<Entry>,
    /// Failures of the file itself: it does not compile, does not load, hangs; exceptions outside of tests.
    pub failures: Vec<Failure>,
    /// Diagnostics, as text for people.
    pub diagnostics: String,
    pub written: Vec<Written>,
    pub took: Duration,
}

impl FileOutcome {
    pub fn is_failure(&self) -> bool {
        !self.failures.is_empty() || self.entries.iter().any(Entry::is_failure)
    }
}

/// Numbers of tests, as Node counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: usize,
    pub failed_files: usize,
    pub tests: usize,
    pub suites: usize,
    pub pass: usize,
    pub fail: usize,
    pub cancelled: usize,
    pub skipped: usize,
    pub todo: usize,
}

impl Counts {
    pub fn add(&mut self, file: &FileOutcome) {
        self.files += 1;
        self.failed_files += usize::from(file.is_failure());
        for entry in &file.entries {
            self.add_entry(entry);
        }
        // Such a file is a test that failed.
        self.tests += file.failures.len();
        self.fail += file.failures.len();
    }

    fn add_entry(&mut self, entry: &Entry) {
        for child in &entry.children {
            self.add_entry(child);
        }
        if entry.kind == Kind::Suite {
            self.suites += 1;
            return;
        }
        self.tests += 1;
        let counter = match entry.mark() {
            Some(Mark::Skip(_)) => &mut self.skipped,
            Some(Mark::Todo(_)) => &mut self.todo,
            None if entry.cancelled => &mut self.cancelled,
            None if !entry.ok => &mut self.fail,
            None => &mut self.pass,
        };
        *counter += 1;
    }

    pub fn is_failure(&self) -> bool {
        self.failed_files > 0
    }
}
