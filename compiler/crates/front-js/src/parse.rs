//! oxc at work: text to tree, scopes and early errors.

use crate::depth::find_too_deep;
use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::SourceType;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::{ScriptLang, ScriptUnit};

/// A unit with its tree and resolved names.
pub(crate) struct Parsed<'a> {
    pub unit: &'a ScriptUnit,
    pub program: &'a Program<'a>,
    pub semantic: Semantic<'a>,
    pub typescript: bool,
}

/// What kind of text a unit holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// A whole file: `import`, `export`, top-level `await`; what is no module is tried as a CommonJS file.
    Module,
    /// As `Module`; plain JavaScript that does not parse is tried as TypeScript.
    Block,
}

/// Parses the unit. `None` when there are errors, which are in `diagnostics` then.
pub(crate) fn parse_unit<'a>(
    allocator: &'a Allocator,
    unit: &'a ScriptUnit,
    goal: Goal,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Parsed<'a>> {
    if let Some(at) = find_too_deep(&unit.text) {
        diagnostics.push(too_deep(unit.span(at as u32, at as u32)));
        return None;
    }
    let typescript = unit.lang == ScriptLang::Ts;
    let module = SourceType::mjs().with_typescript(typescript);
    let second = match goal {
        Goal::Block => module.with_typescript(true),
        Goal::Module => SourceType::cjs().with_typescript(typescript),
    };
    let result = parse_as(allocator, unit, module).or_else(|errors| parse_as(allocator, unit, second).map_err(|_| errors));
    match result {
        Ok(parsed) => Some(parsed),
        Err(errors) => {
            diagnostics.extend(errors.iter().map(|e| to_diagnostic(unit, e)));
            None
        }
    }
}

fn parse_as<'a>(allocator: &'a Allocator, unit: &'a ScriptUnit, source_type: SourceType) -> Result<Parsed<'a>, Vec<OxcDiagnostic>> {
    let parsed = Parser::new(allocator, &unit.text, source_type).with_options(options()).parse();
    let mut errors: Vec<OxcDiagnostic> = parsed.diagnostics.errors().cloned().collect();
    if parsed.panicked || !errors.is_empty() {
        if errors.is_empty() {
            errors.push(OxcDiagnostic::error("this text is not JavaScript"));
        }
        return Err(errors);
    }
    let program: &'a Program<'a> = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new().with_build_nodes(true).with_check_syntax_error(true).build(program);
    let errors: Vec<OxcDiagnostic> = built.diagnostics.errors().cloned().collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Parsed { unit, program, semantic: built.semantic, typescript: source_type.is_typescript() })
}

pub(crate) fn options() -> ParseOptions {
    ParseOptions { preserve_parens: false, ..ParseOptions::default() }
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(codes::JS_TOO_DEEP, span, "this code is nested too deeply to compile")
        .label("the limit is reached here")
        .help("split the expression into variables or functions; data of this depth belongs into a JSON file")
}

fn to_diagnostic(unit: &ScriptUnit, error: &OxcDiagnostic) -> Diagnostic {
    let message = error.message.as_ref();
    let code = if message.contains("has already been declared") {
        codes::JS_DUPLICATE_DECLARATION
    } else if message.contains("Duplicated export") || message.contains("multiple default exports") {
        codes::JS_DUPLICATE_EXPORT
    } else if message.contains("`with`") || message.contains("'with' statement") {
        codes::JS_WITH
    } else if message.contains("break") || message.contains("continue") || message.contains("Jump target") || message.contains("undefined label") {
        codes::JS_BAD_BREAK
    } else if message.contains("await") {
        codes::JS_AWAIT_OUTSIDE_ASYNC
    } else if message.contains("regular expression") || message.contains("RegExp") {
        codes::JS_BAD_REGEX
    } else {
        codes::JS_SYNTAX
    };
    let mut labels = error.labels.iter().map(|l| {
        let start = l.offset() as u32;
        (unit.span(start, start + l.len() as u32), l.label().unwrap_or_default().to_owned())
    });
    let (span, text) = labels.next().unwrap_or_else(|| {
        let end = unit.text.len() as u32;
        (unit.span(end, end), String::new())
    });
    let mut diagnostic = Diagnostic::error(code, span, sentence(message)).label(text);
    for (span, text) in labels {
        diagnostic = diagnostic.secondary(span, text);
    }
    match &error.help {
        Some(help) => diagnostic.help(help.as_ref()),
        None => diagnostic,
    }
}

/// One terse sentence without a full stop, as all our messages are.
fn sentence(message: &str) -> String {
    message.trim_end_matches('.').to_owned()
}
