//! Writes a template unit: intrinsic statements, verbatim expressions, and the map between them and the source.

use crate::syntax::Range;
use puremix_diag::FileId;
use puremix_ir::unit::{ScriptLang, ScriptUnit, Segment};

/// A unit under construction. Static text is collected until something dynamic follows, so that adjacent pieces are one
/// chunk.
#[derive(Debug, Default)]
pub(crate) struct UnitWriter {
    text: String,
    map: Vec<Segment>,
    pending: String,
    indent: usize,
}

impl UnitWriter {
    /// Adds static output.
    pub fn output(&mut self, text: &str) {
        self.pending.push_str(text);
    }

    /// The static output since the last dynamic statement.
    pub fn pending(&mut self) -> &mut String {
        &mut self.pending
    }

    /// How much has been written: anything dynamic adds to it.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Turns the static output collected so far into a statement.
    pub fn flush(&mut self, statics: &mut Vec<String>) {
        if !self.pending.is_empty() {
            let index = statics.len();
            statics.push(std::mem::take(&mut self.pending));
            self.statement(&format!("__pmx_w({index});"));
        }
    }

    /// Adds a whole statement on its own line.
    pub fn statement(&mut self, text: &str) {
        self.begin(text);
        self.text.push('\n');
    }

    /// Begins a statement on a new line.
    pub fn begin(&mut self, text: &str) {
        self.text.extend(std::iter::repeat_n("  ", self.indent));
        self.text.push_str(text);
    }

    /// Ends a statement begun before.
    pub fn end(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Adds scaffolding in the middle of a statement.
    pub fn code(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds source text as it stands, and remembers where it came from.
    pub fn verbatim(&mut self, source: &str, range: Range) {
        if range.is_empty() {
            return;
        }
        self.map.push(Segment { generated: self.text.len() as u32, len: range.len() as u32, source: range.start as u32 });
        self.text.push_str(&source[range]);
    }

    /// Opens the body of a closure: statements follow on lines of their own.
    pub fn open_closure(&mut self) {
        self.text.push_str("() => {\n");
        self.indent += 1;
    }

    /// Closes the body of a closure; the caller has flushed.
    pub fn close_closure(&mut self) {
        self.indent -= 1;
        self.begin("}");
    }

    pub fn finish(mut self, file: FileId, statics: &mut Vec<String>) -> ScriptUnit {
        self.flush(statics);
        ScriptUnit { file, text: self.text, lang: ScriptLang::Js, map: self.map }
    }
}

/// A JavaScript string literal.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    push_escaped(&mut out, text, '"');
    out.push('"');
    out
}

/// Text as the inside of a literal that ends with `quote`; template literals also escape `${`.
pub(crate) fn push_escaped(out: &mut String, text: &str, quote: char) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            '$' if quote == '`' => out.push_str("\\$"),
            c if c == quote => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
}
