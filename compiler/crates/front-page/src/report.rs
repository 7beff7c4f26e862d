//! Findings of one file on their way to the caller.

use crate::syntax::Range;
use puremix_diag::{Diagnostic, FileId, Span};

pub(crate) struct Reporter {
    pub file: FileId,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reporter {
    pub fn new(file: FileId) -> Reporter {
        Reporter { file, diagnostics: Vec::new() }
    }

    pub fn span(&self, range: &Range) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    pub fn error(&self, code: &'static str, range: &Range, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.span(range), message)
    }

    pub fn warning(&self, code: &'static str, range: &Range, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, self.span(range), message)
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// The name among `candidates` that is most likely meant by `name`: at most a third of its letters differ.
pub(crate) fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
