//! Which names a piece of code uses, binds and declares, from its tokens alone.

use crate::syntax::{Code, Range, Token, TokenKind};
use std::collections::BTreeSet;

/// Names that every JavaScript program has; using one says nothing about whether text is meant as code.
const GLOBALS: &[&str] = &[
    "Array", "BigInt", "Boolean", "Date", "Error", "Infinity", "Intl", "JSON", "Map", "Math", "NaN", "Number", "Object", "Promise", "RegExp",
    "Set", "String", "Symbol", "decodeURIComponent", "encodeURIComponent", "isFinite", "isNaN", "parseFloat", "parseInt", "undefined",
];
/// Reserved words that name no variable.
const WORDS: &[&str] = &[
    "async", "break", "catch", "class", "continue", "false", "finally", "for", "function", "get", "if", "null", "set", "static", "super",
    "switch", "this", "true", "try", "while",
];

/// Names bound somewhere in the code: parameters of arrow functions and functions, and declared variables.
///
/// Where in the code a name is bound does not matter to the callers: they ask whether a word can be a value at all.
pub(crate) fn bound_names(source: &str, code: &Code) -> BTreeSet<String> {
    let tokens = &code.tokens;
    let text = |token: &Token| &source[token.span.clone()];
    let mut bound = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Arrow => match at.checked_sub(1).map(|i| &tokens[i]) {
                Some(before) if before.kind == TokenKind::Word => {
                    bound.insert(text(before).to_owned());
                }
                Some(before) if before.kind == TokenKind::Closer => {
                    let open = matching_open(tokens, at - 1);
                    bind_words(source, &tokens[open..at], &mut bound);
                }
                _ => {}
            },
            TokenKind::Word if text(token) == "function" => {
                let rest = &tokens[at + 1..];
                if let Some(open) = rest.iter().position(|t| t.kind == TokenKind::Open) {
                    let close = rest[open..].iter().position(|t| t.kind == TokenKind::Closer).map_or(rest.len(), |i| open + i);
                    bind_words(source, &rest[..close], &mut bound);
                }
            }
            TokenKind::Keyword if matches!(text(token), "const" | "let" | "var") => {
                // A name, or a pattern up to its closing bracket.
                let rest = &tokens[at + 1..];
                let mut depth = 0;
                let len = rest.iter().position(|t| {
                    match t.kind {
                        TokenKind::BraceOpen | TokenKind::Open => depth += 1,
                        TokenKind::BraceClose | TokenKind::Closer => depth -= 1,
                        _ => {}
                    }
                    depth <= 0
                });
                bind_words(source, &rest[..len.map_or(rest.len(), |len| len + 1)], &mut bound);
            }
            _ => {}
        }
    }
    bound
}

fn bind_words(source: &str, tokens: &[Token], bound: &mut BTreeSet<String>) {
    bound.extend(tokens.iter().filter(|t| t.kind == TokenKind::Word).map(|t| source[t.span.clone()].to_owned()));
}

/// The index of the bracket that the closer at `closer` closes; 0 if none does.
fn matching_open(tokens: &[Token], closer: usize) -> usize {
    let mut depth = 0usize;
    for at in (0..=closer).rev() {
        match tokens[at].kind {
            TokenKind::Closer => depth += 1,
            TokenKind::Open => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    0
}

/// Names the code reads and does not bind itself, without JavaScript's own.
pub(crate) fn free_names<'s>(source: &'s str, code: &Code) -> BTreeSet<&'s str> {
    let bound = bound_names(source, code);
    let words = code.tokens.iter().filter(|t| t.kind == TokenKind::Word && !is_object_key(source, code, t));
    words
        .map(|t| &source[t.span.clone()])
        .filter(|name| !bound.contains(*name) && !GLOBALS.contains(name) && !WORDS.contains(name))
        .collect()
}

/// `a` in `{a: 1}` and `{b, a: 1}`; a conditional's `:` has no brace or comma before its operand.
fn is_object_key(source: &str, code: &Code, token: &Token) -> bool {
    let before = source[code.span.start..token.span.start].trim_end();
    let after = source[token.span.end..code.span.end].trim_start();
    after.starts_with(':') && (before.ends_with('{') || before.ends_with(','))
}

/// The keys of the literal in `__export = {…}` with the literal's presence: `None` if no literal is assigned.
pub(crate) fn exported_names(source: &str, code: &Code) -> Option<Vec<String>> {
    let tokens = &code.tokens;
    let text = |token: &Token| &source[token.span.clone()];
    let mut names: Option<Vec<String>> = None;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Word || text(token) != "__export" {
            continue;
        }
        let Some(brace) = tokens.get(at + 1).filter(|t| t.kind == TokenKind::BraceOpen) else { continue };
        if source[token.span.end..brace.span.start].trim() != "=" {
            continue;
        }
        let names = names.get_or_insert_with(Vec::new);
        let mut depth = 0usize;
        for (index, inner) in tokens.iter().enumerate().skip(at + 1) {
            match inner.kind {
                TokenKind::BraceOpen | TokenKind::Open => depth += 1,
                TokenKind::BraceClose | TokenKind::Closer => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                TokenKind::Word if depth == 1 => {
                    let before = source[..inner.span.start].trim_end();
                    let after_modifier = index > at + 1 && matches!(text(&tokens[index - 1]), "async" | "get");
                    let is_modifier = matches!(text(inner), "async" | "get") && tokens.get(index + 1).is_some_and(|t| t.kind == TokenKind::Word);
                    let name = text(inner).to_owned();
                    if (before.ends_with(['{', ',']) || after_modifier) && !is_modifier && !names.contains(&name) {
                        names.push(name);
                    }
                }
                _ => {}
            }
        }
    }
    names
}

/// Whether a word token of this text occurs.
pub(crate) fn mentions(source: &str, code: &Code, name: &str) -> bool {
    code.tokens.iter().any(|t| t.kind == TokenKind::Word && &source[t.span.clone()] == name)
}

/// A function declared at any depth of a block of server code, as far as its text tells: `function name` or
/// `name = (…) =>`. The script front end has the last word.
pub(crate) fn declared_functions(text: &str) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(next) = words.get(at + 1) else { break };
        let name = &text[next.clone()];
        let is_declared = match &text[word.clone()] {
            "function" => text[word.end..next.start].chars().all(|c| c.is_whitespace() || c == '*'),
            "const" | "let" | "var" => {
                let value = text[next.end..].trim_start().strip_prefix('=').map(str::trim_start).unwrap_or_default();
                is_function_start(value)
            }
            _ => false,
        };
        if is_declared && name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$') {
            found.push(name.to_owned());
        }
    }
    found
}

fn is_function_start(value: &str) -> bool {
    let value = value.strip_prefix("async").map_or(value, str::trim_start);
    if value.starts_with("function") {
        return true;
    }
    if let Some(rest) = value.strip_prefix('(') {
        let mut depth = 1usize;
        let close = rest.char_indices().find(|(_, c)| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        return close.is_some_and(|(at, _)| rest[at + 1..].trim_start().starts_with("=>"));
    }
    let word = value.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
    word.len() < value.len() && word.trim_start().starts_with("=>")
}

/// Words of a script, without those in comments and strings.
pub(crate) fn words(text: &str) -> Vec<Range> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let skip = match bytes[at] {
            b'/' if rest.starts_with("//") => line_length(rest),
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            quote @ (b'"' | b'\'') => quoted_length(rest, quote, false),
            b'`' => quoted_length(rest, b'`', true),
            first if first.is_ascii_alphabetic() || first == b'_' || first == b'$' || first >= 0x80 => {
                let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'$' || *b >= 0x80).count();
                words.push(at..at + len);
                len
            }
            _ => 1,
        };
        at += skip.max(1);
    }
    words
}

fn line_length(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of a string literal at the start of `rest`; one without its end is one character.
pub(crate) fn quoted_length(rest: &str, quote: u8, multiline: bool) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !multiline => return 1,
            b if b == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    1
}
