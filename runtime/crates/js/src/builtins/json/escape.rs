//! Texts in quotes (`QuoteJSONString`, ECMA-262 §25.5.2.3).

use puremix_value::{Cx, Key, Str};

/// What JSON is appended to.
pub(super) trait Sink {
    fn push(&mut self, text: &str);
}

impl Sink for String {
    #[inline]
    fn push(&mut self, text: &str) {
        self.push_str(text);
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn push(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }
}

/// Appends a text in quotes; lone surrogates become escapes.
pub fn quote(out: &mut String, s: &Str) {
    if s.is_well_formed() { quote_text(out, s.as_str()) } else { quote_wide(out, s) }
}

/// The same of a text with lone surrogates.
pub(super) fn quote_wide(out: &mut impl Sink, s: &Str) {
    out.push("\"");
    for c in char::decode_utf16(s.utf16().iter().copied()) {
        match c {
            Ok(c) => escape_into(out, c.encode_utf8(&mut [0; 4])),
            Err(e) => out.push(&format!("\\u{:04x}", e.unpaired_surrogate())),
        }
    }
    out.push("\"");
}

/// The same of a well-formed text.
pub fn quote_text(out: &mut String, text: &str) {
    out.push('"');
    escape_into(out, text);
    out.push('"');
}

/// The same of a property's name.
pub(super) fn quote_key(cx: Cx, out: &mut String, key: &Key) {
    match key {
        Key::Atom(name) => quote_text(out, cx.atom_text(*name)),
        key => quote(out, &cx.key_str(key)),
    }
}

/// The same without the quotes, of a well-formed text.
pub(super) fn escape_into(out: &mut impl Sink, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = special(&bytes[from..]) {
        let at = from + found;
        out.push(&text[from..at]);
        from = at + 1;
        match bytes[at] {
            b'"' => out.push("\\\""),
            b'\\' => out.push("\\\\"),
            b'\n' => out.push("\\n"),
            b'\r' => out.push("\\r"),
            b'\t' => out.push("\\t"),
            8 => out.push("\\b"),
            12 => out.push("\\f"),
            b => out.push(&format!("\\u{b:04x}")),
        }
    }
    out.push(&text[from..]);
}

/// Where the first byte is that has to be escaped.
#[inline]
pub(super) fn special(bytes: &[u8]) -> Option<usize> {
    // Eight bytes at a time: pages' texts are mostly without.
    let (words, _) = bytes.as_chunks();
    let at = 8 * words.iter().take_while(|word| !has_special(u64::from_le_bytes(**word))).count();
    bytes[at..].iter().position(|b| is_special(*b)).map(|found| at + found)
}

#[inline]
pub(super) fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

/// Whether one of eight bytes is a control character, `"` or `\`. ("Determine if a word has a byte less than n", Bit Twiddling Hacks.)
#[inline]
pub(super) fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let is = |byte: u8| {
        let other = word ^ ONES.wrapping_mul(u64::from(byte));
        other.wrapping_sub(ONES) & !other
    };
    (control | is(b'"') | is(b'\\')) & HIGH != 0
}

#[cfg(test)]
mod tests {
    use super::super::bytes::Bytes;
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        let chars: Vec<char> = (0..0x80u8).map(char::from).chain("é\u{2027}\u{2028}\u{e2}😀€".chars()).collect();
        for length in 0..40 {
            for at in 0..=length {
                for c in &chars {
                    let text: String = "x".repeat(at) + &c.to_string() + &"é".repeat(length - at);
                    let expected: String = text.chars().map(one).collect();
                    let mut written = String::new();
                    escape_into(&mut written, &text);
                    assert_eq!(written, expected, "{text:?}");
                    let mut bytes = Bytes::default();
                    bytes.quote_text(&text);
                    assert_eq!(bytes.into_text().as_deref(), Some(format!("\"{expected}\"").as_str()), "{text:?}");
                }
            }
        }
    }

    /// The standard's words for one character.
    fn one(c: char) -> String {
        match c {
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            '\n' => "\\n".into(),
            '\r' => "\\r".into(),
            '\t' => "\\t".into(),
            '\u{8}' => "\\b".into(),
            '\u{c}' => "\\f".into(),
            '\0'..='\u{1f}' => format!("\\u{:04x}", c as u32),
            c => c.into(),
        }
    }
}
