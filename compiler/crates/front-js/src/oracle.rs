//! Whether a text is JavaScript: the page front end asks this to tell `{expression}` from literal braces.

use crate::depth::{find_too_deep, on_big_stack};
use crate::parse::options;
use oxc_allocator::Allocator;
use oxc_ast::ast::{Expression, Program, Statement};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType};

/// Words that the parser takes for names and strict code does not.
const RESERVED: &[&str] = &["implements", "interface", "let", "package", "private", "protected", "public", "static", "yield"];

/// Whether the whole text is exactly one expression. Comments may surround it; an empty text is none.
pub fn is_expression(text: &str, typescript: bool) -> bool {
    if text.trim().is_empty() || RESERVED.contains(&text.trim()) || find_too_deep(text).is_some() {
        return false;
    }
    // The parentheses make an object literal an expression; the line's end closes a `//` comment.
    let wrapped = format!("({text}\n)");
    with_program(&wrapped, typescript, |program| match program.body.as_slice() {
        [Statement::ExpressionStatement(statement)] => match &statement.expression {
            Expression::ParenthesizedExpression(whole) => whole.span().start == 0 && whole.span().end as usize == wrapped.len(),
            _ => false,
        },
        _ => false,
    })
}

/// Whether the text is a list of statements (a template's JS block).
pub fn is_statements(text: &str) -> bool {
    if find_too_deep(text).is_some() {
        return false;
    }
    with_program(text, false, |_| true)
}

fn with_program(text: &str, typescript: bool, accept: impl Fn(&Program<'_>) -> bool) -> bool {
    on_big_stack(|| {
        let allocator = Allocator::default();
        let source_type = SourceType::mjs().with_typescript(typescript);
        let options = ParseOptions { preserve_parens: true, ..options() };
        let parsed = Parser::new(&allocator, text, source_type).with_options(options).parse();
        !parsed.panicked && !parsed.diagnostics.has_errors() && accept(&parsed.program)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_expressions_from_prose() {
        for yes in ["a.b", "x ? <any>0 : 1", "{ open: false }", "xs.map((x, i) => __pmx_m(() => { __pmx_w(1); }))", "a // note", "`${x}`", "a, b", "await x"] {
            assert!(is_expression(yes, true), "{yes}");
        }
        for no in ["", " ", "color: red;", "not an expression", "a) + (b", "const x = 1", "{ user.name }", "1 2", "/* only */", "a;", " package "] {
            assert!(!is_expression(no, true), "{no}");
        }
        assert!(!is_expression("x as number", false));
        assert!(is_expression("x as number", true));
    }

    #[test]
    fn tells_statements() {
        assert!(is_statements("const a = 1;\n__export = { a }"));
        assert!(!is_statements("color: red; width 3"));
    }

    #[test]
    fn deep_text_is_no_expression_and_no_crash() {
        assert!(!is_expression(&"(".repeat(100_000), true));
        assert!(is_expression(&vec!["a"; 10_000].join("+"), true));
    }
}
