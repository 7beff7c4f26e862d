//! The source texts of functions, for `Function.prototype.toString`: of a module's text only what lies in a function that is a value.
//!
//! Any value can be converted to text somewhere (`String(x)`, a template's hole), so no function that is a value can be left out; what no
//! value can show (markup, imports, comments between functions, functions that are only called) is not in the binary.

use crate::facts::ModuleFacts;
use puremix_ir::*;

/// The parts of a module's text that its binary holds, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// Ranges of the module's file, ascending and apart.
    parts: Vec<(u32, u32)>,
}

impl Texts {
    pub fn of(facts: &ModuleFacts, m: &Module, functions: impl Iterator<Item = FnId>) -> Texts {
        let values = functions.filter(|f| crate::module::is_value(facts, m, *f));
        let mut spans: Vec<(u32, u32)> = values.map(|f| m.function(f).span).map(|s| (s.start, s.end)).filter(|(start, end)| start < end).collect();
        spans.sort_unstable();
        let mut parts: Vec<(u32, u32)> = Vec::new();
        for (start, end) in spans {
            match parts.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => parts.push((start, end)),
            }
        }
        Texts { parts }
    }

    /// Where a function's text stands among the parts; `None` for a function without one.
    pub fn place(&self, span: puremix_diag::Span) -> Option<(u32, u32)> {
        let mut before = 0;
        for (start, end) in &self.parts {
            if *start <= span.start && span.end <= *end && span.start < span.end {
                return Some((before + span.start - start, before + span.end - start));
            }
            before += end - start;
        }
        None
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts' text.
    pub fn text(&self, file: &str) -> String {
        self.parts.iter().filter_map(|(start, end)| file.get(*start as usize..*end as usize)).collect()
    }
}
