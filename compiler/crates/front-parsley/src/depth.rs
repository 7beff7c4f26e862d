//! Refuses nesting that the recursive parser and lowering could not survive: [`check_depth`] before the parser sees it, [`check_chains`]
//! what nests without brackets, before the tree is built.

use crate::parse::Rule;
use pest::iterators::Pairs;
use puremix_diag::{Diagnostic, FileId, Span, codes};

const LIMIT: usize = 200;

/// Conditions in one file. The parser recurses for `if (a) b else if (c) d …`, which has no brackets to count.
const MAX_CONDITIONS: usize = 2_000;

/// Operators, calls, member accesses and tags around one place.
const MAX_CHAIN: usize = 2_000;

/// Brackets and tags are counted without knowing strings, so the count is an upper bound on the real depth.
pub fn check_depth(file: FileId, text: &str) -> Result<(), Diagnostic> {
    let bytes = text.as_bytes();
    let (mut brackets, mut tags, mut conditions) = (0usize, 0usize, 0usize);
    for (i, b) in bytes.iter().enumerate() {
        match b {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            b'<' => match bytes.get(i + 1) {
                Some(b'/') => tags = tags.saturating_sub(1),
                Some(c) if c.is_ascii_alphabetic() || *c == b'>' => tags += 1,
                _ => {}
            },
            b'/' if bytes.get(i + 1) == Some(&b'>') => tags = tags.saturating_sub(1),
            b'i' if is_condition(bytes, i) => conditions += 1,
            _ => {}
        }
        // Void elements never close, so tags have more room than brackets.
        if brackets > LIMIT || tags > LIMIT * 20 || conditions > MAX_CONDITIONS {
            return Err(too_deep(Span::new(file, i, i + 1)));
        }
    }
    Ok(())
}

/// The word `if` stands at `i`.
fn is_condition(bytes: &[u8], i: usize) -> bool {
    let is_word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
    bytes[i..].starts_with(b"if") && !bytes.get(i + 2).is_some_and(is_word) && !(i > 0 && is_word(&bytes[i - 1]))
}

/// `1 + 1 + …`, `a.b.c…` and prefix operators are flat for the parser and deep as a tree.
pub fn check_chains(file: FileId, pairs: Pairs<'_, Rule>) -> Result<(), Diagnostic> {
    // The expressions around the place, each with where it ends and how much deeper it makes its tree.
    let mut around: Vec<(usize, usize)> = Vec::new();
    let mut depth = 0;
    for pair in pairs.flatten() {
        let span = pair.as_span();
        while let Some((_, added)) = around.pop_if(|(end, _)| *end <= span.start()) {
            depth -= added;
        }
        if matches!(pair.as_rule(), Rule::expression | Rule::operand | Rule::tag | Rule::if_expr) {
            let added = pair.into_inner().len();
            around.push((span.end(), added));
            depth += added;
        }
        if depth > MAX_CHAIN {
            return Err(too_deep(Span::new(file, span.start(), span.end().min(span.start() + 1))));
        }
    }
    Ok(())
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(codes::PARSLEY_TOO_DEEP, span, "this nests too deeply").help("move the inner part into a function of its own")
}
