//! The text that CPython reads, with the lines of the file it comes from.

use puremix_diag::{FileId, Span};
use puremix_ir::{ScriptLang, ScriptUnit, Segment};

/// Python text and where it stands in its file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its `lang` says nothing.
    unit: ScriptUnit,
}

impl Source {
    /// A `.py` file.
    pub fn of_file(file: FileId, text: &str) -> Source {
        // CPython takes the mark of a file, but not of a text.
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Source { unit: ScriptUnit::verbatim(file, &text[start..], start, ScriptLang::Js) }
    }

    /// The blocks of a page, in order: `blocks` are the ranges of `text` between the tags. Every line keeps its number, so that tracebacks name
    /// the page's own. A block whose first line is indented, as HTML is, loses that much from all its lines.
    pub fn of_blocks(file: FileId, text: &str, blocks: &[std::ops::Range<usize>]) -> Source {
        let mut unit = ScriptUnit { file, text: String::new(), lang: ScriptLang::Js, map: Vec::new() };
        let mut at = 0;
        // Lines that the text is ahead of the file.
        let mut ahead = 0;
        for block in blocks {
            let lines = text[at..block.start].bytes().filter(|b| *b == b'\n').count();
            if lines == 0 && !unit.text.is_empty() {
                // Behind another block's end, on its line.
                unit.text.push('\n');
                ahead += 1;
            }
            let taken = ahead.min(lines.saturating_sub(1));
            ahead -= taken;
            unit.text.extend(std::iter::repeat_n('\n', lines - taken));
            let end = block.start + text[block.clone()].trim_end().len();
            push_dedented(&mut unit, text, block.start..end);
            at = end;
        }
        Source { unit }
    }

    pub fn file(&self) -> FileId {
        self.unit.file
    }

    pub fn text(&self) -> &str {
        &self.unit.text
    }

    /// The place in the file of a range of the text.
    pub fn span(&self, start: u32, end: u32) -> Span {
        self.unit.span(start, end)
    }
}

/// Appends a block without the indentation of its first line.
fn push_dedented(unit: &mut ScriptUnit, text: &str, block: std::ops::Range<usize>) {
    let mut indentation: Option<&str> = None;
    let mut at = block.start;
    for (index, line) in text[block].split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let code = line.trim_start_matches([' ', '\t']);
        if code.trim().is_empty() {
            unit.text.push_str(if line.ends_with('\n') { "\n" } else { "" });
            continue;
        }
        // What follows the tag on its line begins a line of its own.
        let own = if index == 0 { "" } else { &line[..line.len() - code.len()] };
        let removed = match (index, *indentation.get_or_insert(own)) {
            (0, _) => line.len() - code.len(),
            (_, indentation) if line.starts_with(indentation) => indentation.len(),
            _ => 0,
        };
        let kept = &line[removed..];
        unit.map.push(Segment { generated: unit.text.len() as u32, len: kept.len() as u32, source: (start + removed) as u32 });
        unit.text.push_str(kept);
    }
}

/// The dotted name of a file, by its path from the project's root: `app.services.analytics` of `app/services/analytics.py`. Other dots of
/// the path cannot be in a name; `@` stands for them. A page's ending stays, so that it is no module beside it.
pub fn module_name(path: &str) -> String {
    let stem = path.strip_suffix(".py").unwrap_or(path);
    let name = stem.replace('.', "@").replace('/', ".");
    match name.strip_suffix(".__init__") {
        Some(package) => package.to_owned(),
        None => name,
    }
}
