//! Strings and keys as source text.

use puremix_value::{Cx, Key, Str};

/// A string literal: in single quotes, or in the quotes it does not contain.
pub fn quote_js(s: &Str) -> String {
    let text = s.as_str();
    let quote = match (text.contains('\''), text.contains('"'), text.contains('`') || text.contains("${")) {
        (false, ..) => '\'',
        (true, false, _) => '"',
        (true, true, false) => '`',
        _ => '\'',
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in char::decode_utf16(s.units()) {
        match c {
            Ok(c) if c == quote => out.extend(['\\', c]),
            Ok('\\') => out.push_str("\\\\"),
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok('\u{8}') => out.push_str("\\b"),
            Ok('\u{c}') => out.push_str("\\f"),
            Ok('\u{b}') => out.push_str("\\v"),
            Ok(c @ ('\0'..'\x20' | '\x7f'..='\u{9f}')) => out.push_str(&format!("\\x{:02X}", c as u32)),
            Ok(c) => out.push(c),
            Err(e) => out.push_str(&format!("\\u{:04x}", e.unpaired_surrogate())),
        }
    }
    out.push(quote);
    out
}

/// A property's name before its colon.
pub(super) fn key(cx: Cx, key: &Key, hidden: bool) -> String {
    if let Key::Sym(_) = key {
        return format!("[{}]", crate::errors::key_text(cx, key));
    }
    let name = cx.key_str(key);
    let text = name.as_str();
    if hidden {
        return format!("[{text}]");
    }
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_identifier = text.starts_with(first) && text.chars().all(|c| first(c) || c.is_ascii_digit());
    match text {
        "__proto__" => "['__proto__']".into(),
        _ if is_identifier => text.into(),
        _ => quote_js(&name),
    }
}
