//! A piece of script text on its way from a page to the script front end, with the way back to the source.

use puremix_diag::{FileId, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScriptLang {
    Js,
    Ts,
}

/// `text[generated..generated + len]` is a verbatim copy of `source[source..source + len]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub generated: u32,
    pub len: u32,
    pub source: u32,
}

/// Script text cut out of (or generated from) a source file. Segments are sorted by `generated` and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptUnit {
    pub file: FileId,
    pub text: String,
    pub lang: ScriptLang,
    pub map: Vec<Segment>,
}

impl ScriptUnit {
    /// A unit that is one verbatim slice of its file, starting at `source`.
    pub fn verbatim(file: FileId, text: &str, source: usize, lang: ScriptLang) -> ScriptUnit {
        let map = vec![Segment { generated: 0, len: text.len() as u32, source: source as u32 }];
        ScriptUnit { file, text: text.to_owned(), lang, map }
    }

    /// The place in the source for a range of the unit's text. Generated scaffolding maps to the end of the segment before it.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let at = |offset: u32| -> u32 {
            let after = self.map.partition_point(|s| s.generated <= offset);
            match after.checked_sub(1).map(|i| self.map[i]) {
                Some(s) => s.source + (offset - s.generated).min(s.len),
                None => self.map.first().map_or(0, |s| s.source),
            }
        };
        let (start, end) = (at(start), at(end));
        Span { file: self.file, start, end: end.max(start) }
    }
}
