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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{self, Options};
    use expect_test::expect;
    use puremix_diag::render_text;

    /// A message as `cargo build --message-format=json` prints it, about a line of generated code.
    fn rustc(level: &str, message: &str, file: &str, line: u32) -> RustcDiagnostic {
        let span = serde_json::json!({
            "file_name": file, "byte_start": 0, "byte_end": 1, "line_start": line, "line_end": line, "column_start": 5, "column_end": 9,
            "is_primary": true, "text": [], "label": null, "suggested_replacement": null, "suggestion_applicability": null, "expansion": null
        });
        let whole = serde_json::json!({ "message": message, "code": null, "level": level, "spans": [span], "children": [], "rendered": null });
        serde_json::from_value(whole).expect("rustc's form")
    }

    /// An error in the generated form of a statement is shown at that statement.
    #[test]
    fn errors_are_reported_at_the_apps_line() {
        let file = std::env::temp_dir().join(format!("puremix-rustc-{}.js", std::process::id()));
        std::fs::write(&file, "export function total(list) {\n  const first = list.shift();\n  return first.price * 2;\n}\n").expect("a file");
        let path = file.clone();
        let shown = driver::on_large_stack(move || {
            let compiled = driver::compile_script(&path, std::env::temp_dir(), &Options { infer: true, client: false });
            let generated = driver::generate(compiled.program.as_ref().expect("it compiles"), &compiled.sources);
            let (at, line) = generated
                .files
                .iter()
                .filter(|(at, _)| at.starts_with("src/m0") && at.ends_with(".rs"))
                .find_map(|(at, text)| Some((at.clone(), text.lines().position(|l| l.contains("SHIFT") || l.contains("shift"))? as u32 + 1)))
                .expect("the call is in the generated code");
            let lines = |at: &str, line: u32| driver::source_of(&generated, at, line);
            let error = map_error(&rustc("error", "mismatched types", &at, line), &lines).expect("an error");
            let warning = map_error(&rustc("warning", "unused", &at, line), &lines);
            assert!(warning.is_none() && map_error(&rustc("error", "aborting due to 1 previous error", &at, line), &lines).is_none());
            let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let stem = format!("{}_{}", "puremix_rustc", std::process::id());
            render_text(&error, &compiled.sources, false).replace(&name, "a.js").replace(&stem, "a").replace(&format!(":{line}:5"), ":LINE:5")
        });
        let _ = std::fs::remove_file(file);
        expect![[r#"
            error[PMX9001]: generated code was rejected by rustc: mismatched types
             --> a.js:2:9
              |
            2 |   const first = list.shift();
              |         ^^^^^ generated from this
              |
              = help: this is a bug in puremixc, not in the app (generated: src/m0_a.rs:LINE:5); please report it with the output of `puremixc emit --stage rust`"#]].assert_eq(&shown);
    }

    /// Lines without a source (tables, `main`) still give the whole message.
    #[test]
    fn errors_outside_the_apps_code() {
        let found = map_error(&rustc("error", "cannot find value `x`", "src/main.rs", 1), &|_, _| None).expect("an error");
        expect![[r#"
            error[PMX9001]: generated code was rejected by rustc: cannot find value `x`
             |
             = help: this is a bug in puremixc, not in the app (generated: src/main.rs:1:5); please report it with the output of `puremixc emit --stage rust`"#]].assert_eq(&render_text(&found, &puremix_diag::SourceMap::default(), false));
    }
}
