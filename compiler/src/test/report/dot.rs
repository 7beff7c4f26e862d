//! A character for each test.

use super::spec::Paint;
use crate::test::outcome::{Entry, FileOutcome, Kind, Mark};

pub(super) fn file(file: &FileOutcome, color: bool) -> String {
    let paint = Paint(color);
    let mut out = String::new();
    for item in &file.entries {
        entry(item, paint, &mut out);
    }
    for _ in &file.failures {
        out.push_str(&paint.bad("X"));
    }
    out
}

fn entry(entry: &Entry, paint: Paint, out: &mut String) {
    for child in &entry.children {
        self::entry(child, paint, out);
    }
    if entry.kind == Kind::Test {
        out.push_str(&match entry.mark() {
            Some(Mark::Skip(_)) => paint.quiet(","),
            Some(Mark::Todo(_)) => paint.notice("T"),
            None if entry.ok => paint.good("."),
            None => paint.bad("X"),
        });
    }
}
