//! Diagnostics as people (and tools) read them.

use crate::{Diagnostic, Label, Severity, SourceFile, SourceMap, Span};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// Longer excerpts, in bytes, are cut down to what is around the place: the renderer reads each several times.
const MAX_EXCERPT: usize = 64 << 10;

/// How much of a long line is shown on each side of a place, in bytes.
const SURROUNDINGS: usize = 200;

/// The terminal form, in rustc's look. `color` asks for ANSI styles.
pub fn render_text(diagnostic: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(primary) = &diagnostic.primary {
        let file = sources.file(primary.span.file);
        let (near, elsewhere): (Vec<&Label>, Vec<&Label>) = diagnostic.secondary.iter().partition(|label| label.span.file == primary.span.file);
        let mut excerpt = Excerpt::of_lines(file, std::iter::once(primary).chain(near.iter().copied()).map(|label| label.span));
        if excerpt.text.len() > MAX_EXCERPT {
            excerpt = Excerpt::of_surroundings(file, primary.span);
            let at = file.line_column(primary.span.start);
            group = group.element(Origin::path(file.path.as_str()).line(at.line as usize).char_column(at.column as usize));
        }
        let mut snippet = excerpt.snippet(file).annotation(excerpt.annotation(AnnotationKind::Primary, primary));
        for label in near.into_iter().filter(|label| excerpt.holds(label.span)) {
            snippet = snippet.annotation(excerpt.annotation(AnnotationKind::Context, label));
        }
        group = group.element(snippet);
        for label in elsewhere {
            let other = sources.file(label.span.file);
            let excerpt = Excerpt::of_lines(other, std::iter::once(label.span));
            group = group.element(excerpt.snippet(other).annotation(excerpt.annotation(AnnotationKind::Context, label)));
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// One JSON object a diagnostic, for `--json`.
pub fn render_json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = |span: crate::Span| {
        let file = sources.file(span.file);
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        serde_json::json!({
            "file": file.path, "line": start.line, "column": start.column,
            "endLine": end.line, "endColumn": end.column, "start": span.start, "end": span.end,
        })
    };
    serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "at": diagnostic.primary.as_ref().map(|l| place(l.span)),
        "label": diagnostic.primary.as_ref().map(|l| l.text.as_str()),
        "related": diagnostic.secondary.iter()
            .map(|l| serde_json::json!({"at": place(l.span), "label": l.text})).collect::<Vec<_>>(),
        "help": diagnostic.help,
    })
    .to_string()
}

/// The part of a file that a diagnostic shows.
struct Excerpt<'a> {
    text: &'a str,
    /// Where it begins in the file.
    start: usize,
    line: usize,
    /// Whole lines: the renderer can tell the column.
    is_lines: bool,
}

impl<'a> Excerpt<'a> {
    /// The lines from the first of these places to the last.
    fn of_lines(file: &'a SourceFile, spans: impl Iterator<Item = Span>) -> Excerpt<'a> {
        let (from, to) = spans.fold((u32::MAX, 0), |(from, to), span| (from.min(span.start), to.max(span.start).max(span.end)));
        let text = file.text.as_str();
        // The end of a file is shown behind its last line, not on an empty one.
        let from = floor_char_boundary(text, (from as usize).min(text.strip_suffix('\n').unwrap_or(text).len()));
        let to = floor_char_boundary(text, to as usize);
        let start = text[..from].rfind('\n').map_or(0, |at| at + 1);
        let end = text[to..].find('\n').map_or(text.len(), |at| to + at);
        Excerpt { text: &text[start..end], start, line: file.line_column(start as u32).line as usize, is_lines: true }
    }

    /// A piece of a line that is too long to show.
    fn of_surroundings(file: &'a SourceFile, span: Span) -> Excerpt<'a> {
        let text = file.text.as_str();
        let at = floor_char_boundary(text, span.start as usize);
        let start = floor_char_boundary(text, at.saturating_sub(SURROUNDINGS));
        let start = text[start..at].rfind('\n').map_or(start, |newline| start + newline + 1);
        let end = floor_char_boundary(text, at + SURROUNDINGS);
        let end = text[at..end].find('\n').map_or(end, |newline| at + newline);
        Excerpt { text: &text[start..end], start, line: file.line_column(at as u32).line as usize, is_lines: false }
    }

    fn snippet(&self, file: &'a SourceFile) -> Snippet<'a, Annotation<'a>> {
        let snippet = Snippet::source(self.text).line_start(self.line);
        if self.is_lines { snippet.path(file.path.as_str()) } else { snippet }
    }

    fn holds(&self, span: Span) -> bool {
        (self.start..=self.start + self.text.len()).contains(&(span.start as usize))
    }

    fn annotation(&self, kind: AnnotationKind, label: &'a Label) -> Annotation<'a> {
        let clamp = |at: u32| floor_char_boundary(self.text, (at as usize).saturating_sub(self.start));
        kind.span(clamp(label.span.start)..clamp(label.span.end.max(label.span.start))).label(label.text.as_str())
    }
}

/// The boundary at or before this place, which may lie outside.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    /// A line of a megabyte (bundled code) is shown around the place, and rendering takes no longer than for other lines.
    #[test]
    fn a_long_line_is_cut() {
        let mut sources = SourceMap::default();
        let file = sources.add("a.js", format!("first\n{}oops{}\nlast", "é ".repeat(300_000), " x".repeat(300_000)));
        let at = 6 + 900_000;
        let error = Diagnostic::error("PMX0000", Span::new(file, at, at + 4), "wrong").label("here").secondary(Span::new(file, 0, 5), "declared here");
        let started = std::time::Instant::now();
        let text = render_text(&error, &sources, false);
        assert!(started.elapsed().as_millis() < 500, "{:?}", started.elapsed());
        assert!(text.contains(" a.js:2:600001\n") && text.contains("^^^^ here") && text.len() < 1_000, "{text}");
        let short = Diagnostic::error("PMX0000", Span::new(file, 0, 5), "wrong");
        expect![[r#"
            error[PMX0000]: wrong
             --> a.js:1:1
              |
            1 | first
              | ^^^^^"#]].assert_eq(&render_text(&short, &sources, false));
    }
}
