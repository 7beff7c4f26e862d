//! Diagnostics as people (and tools) read them.

use crate::{Diagnostic, Severity, SourceMap};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

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
        let len = file.text.len();
        let clamp = |at: u32| floor_char_boundary(&file.text, (at as usize).min(len));
        let mut snippet = Snippet::source(file.text.as_str()).path(file.path.as_str()).annotation(
            AnnotationKind::Primary
                .span(clamp(primary.span.start)..clamp(primary.span.end.max(primary.span.start)))
                .label(primary.text.as_str()),
        );
        let mut elsewhere = Vec::new();
        for label in &diagnostic.secondary {
            if label.span.file == primary.span.file {
                snippet = snippet.annotation(
                    AnnotationKind::Context.span(clamp(label.span.start)..clamp(label.span.end)).label(label.text.as_str()),
                );
            } else {
                elsewhere.push(label);
            }
        }
        group = group.element(snippet);
        for label in elsewhere {
            let other = sources.file(label.span.file);
            group = group.element(
                Snippet::source(other.text.as_str()).path(other.path.as_str()).annotation(
                    AnnotationKind::Context
                        .span(label.span.start as usize..label.span.end as usize)
                        .label(label.text.as_str()),
                ),
            );
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

fn floor_char_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
