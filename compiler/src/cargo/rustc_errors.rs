//! rustc's errors about generated code, reported as what they are: a bug in puremixc, at the app's own line.

use cargo_metadata::diagnostic::{Diagnostic as RustcDiagnostic, DiagnosticLevel, DiagnosticSpan};
use puremix_diag::{Diagnostic, Severity, Span, codes};

/// Where generated lines come from: answers for a path inside the crate (`src/…`) and a 1-based line.
pub type LineMap<'a> = &'a dyn Fn(&str, u32) -> Option<Span>;

/// The diagnostic for one rustc message; `None` for warnings and summaries.
pub fn map_error(message: &RustcDiagnostic, lines: LineMap<'_>) -> Option<Diagnostic> {
    let is_error = matches!(message.level, DiagnosticLevel::Error | DiagnosticLevel::Ice);
    if !is_error || message.message.starts_with("aborting due to") {
        return None;
    }
    let text = format!("generated code was rejected by rustc: {}", message.message);
    let place = message.spans.iter().find(|s| s.is_primary).and_then(|s| source_of(s, lines));
    let diagnostic = match place {
        Some(span) => Diagnostic::error(codes::RUSTC_REJECTED, span, text).label("generated from this"),
        None => Diagnostic::project(codes::RUSTC_REJECTED, Severity::Error, text),
    };
    let generated = message.spans.iter().find(|s| s.is_primary).map_or_else(String::new, |s| {
        format!(" (generated: {}:{}:{})", s.file_name, s.line_start, s.column_start)
    });
    Some(diagnostic.help(format!(
        "this is a bug in puremixc, not in the app{generated}; please report it with the output of `puremixc emit --stage rust`"
    )))
}

fn source_of(span: &DiagnosticSpan, lines: LineMap<'_>) -> Option<Span> {
    let path = span.file_name.replace('\\', "/");
    let at = path.rfind("src/")?;
    u32::try_from(span.line_start).ok().and_then(|line| lines(&path[at..], line))
}
