//! Texts in quotes (`QuoteJSONString`, ECMA-262 §25.5.2.3).

use puremix_value::{Cx, Key, Str};

/// Appends a text in quotes; lone surrogates become escapes. `html_safe`: `<`, `>`, `&`, U+2028 and U+2029 are escaped too, so that the
/// text may stand inside `<script>`.
pub fn quote(out: &mut String, s: &Str, html_safe: bool) {
    if s.is_well_formed() {
        return quote_text(out, s.as_str(), html_safe);
    }
    out.push('"');
    for c in char::decode_utf16(s.utf16().iter().copied()) {
        match c {
            Ok(c) => escape_into(out, c.encode_utf8(&mut [0; 4]), html_safe),
            Err(e) => out.push_str(&format!("\\u{:04x}", e.unpaired_surrogate())),
        }
    }
    out.push('"');
}

/// The same of a well-formed text.
pub fn quote_text(out: &mut String, text: &str, html_safe: bool) {
    out.push('"');
    escape_into(out, text, html_safe);
    out.push('"');
}

/// The same of a property's name.
pub(super) fn quote_key(cx: Cx, out: &mut String, key: &Key, html_safe: bool) {
    match key {
        Key::Atom(name) => quote_text(out, cx.atom_text(*name), html_safe),
        key => quote(out, &cx.key_str(key), html_safe),
    }
}

/// The same without the quotes, of a well-formed text.
pub(super) fn escape_into(out: &mut String, text: &str, html_safe: bool) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = special(&bytes[from..], html_safe) {
        let at = from + found;
        out.push_str(&text[from..at]);
        from = at + 1;
        match bytes[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            0xe2 => {
                // U+2028 and U+2029 are E2 80 A8 and E2 80 A9; others of this first byte are three bytes as well.
                from = at + 3;
                match &bytes[at + 1..at + 3] {
                    [0x80, 0xa8] => out.push_str("\\u2028"),
                    [0x80, 0xa9] => out.push_str("\\u2029"),
                    _ => out.push_str(&text[at..from]),
                }
            }
            b => out.push_str(&format!("\\u{b:04x}")),
        }
    }
    out.push_str(&text[from..]);
}

/// What [`SPECIAL`] says of a byte.
const ALWAYS: u8 = 1;
const IN_HTML: u8 = 2;

static SPECIAL: [u8; 256] = {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = ALWAYS | IN_HTML;
        control += 1;
    }
    table[b'"' as usize] = ALWAYS | IN_HTML;
    table[b'\\' as usize] = ALWAYS | IN_HTML;
    table[b'<' as usize] = IN_HTML;
    table[b'>' as usize] = IN_HTML;
    table[b'&' as usize] = IN_HTML;
    table[0xe2] = IN_HTML;
    table
};

/// Where the first byte is that may have to be escaped.
#[inline]
fn special(bytes: &[u8], html_safe: bool) -> Option<usize> {
    let mut at = 0;
    let wanted = if html_safe {
        IN_HTML
    } else {
        // Eight bytes at a time: pages' texts are mostly without.
        while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
            if has_special(u64::from_le_bytes(chunk)) {
                break;
            }
            at += 8;
        }
        ALWAYS
    };
    bytes[at..].iter().position(|b| SPECIAL[usize::from(*b)] & wanted != 0).map(|found| at + found)
}

/// Whether one of eight bytes is a control character, `"` or `\`. ("Determine if a word has a byte less than n", Bit Twiddling Hacks.)
#[inline]
fn has_special(word: u64) -> bool {
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
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        let chars: Vec<char> = (0..0x80u8).map(char::from).chain("é\u{2027}\u{2028}\u{2029}\u{202a}\u{e2}😀€".chars()).collect();
        for length in 0..20 {
            for at in 0..=length {
                for c in &chars {
                    let text: String = "x".repeat(at) + &c.to_string() + &"é".repeat(length - at);
                    for html_safe in [false, true] {
                        let mut written = String::new();
                        escape_into(&mut written, &text, html_safe);
                        let expected: String = text.chars().map(|c| one(c, html_safe)).collect();
                        assert_eq!(written, expected, "{text:?}");
                    }
                }
            }
        }
    }

    /// The standard's words for one character.
    fn one(c: char, html_safe: bool) -> String {
        match c {
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            '\n' => "\\n".into(),
            '\r' => "\\r".into(),
            '\t' => "\\t".into(),
            '\u{8}' => "\\b".into(),
            '\u{c}' => "\\f".into(),
            '\0'..='\u{1f}' => format!("\\u{:04x}", c as u32),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if html_safe => format!("\\u{:04x}", c as u32),
            c => c.into(),
        }
    }
}
