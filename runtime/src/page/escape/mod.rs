//! Escaping of text by HTML context: pure functions from text to text, appended to a buffer.
//!
//! The yardstick is Go's `html/template`. Each context has one function; clean runs are copied whole, found by a byte table.
//! Where the meaning of a hole depends on what stands before it in the same attribute (`?q={x}`, `onclick="f('{x}')"`), the
//! function reads back in the buffer it appends to.

mod css;
mod js;
mod url;

pub use css::{declaration_of as style_declaration, declarations as style_declarations, style_attr, style_text};
pub use js::{event_code, event_string_delimiter, js_string_body, json_string, script_safe};
pub use url::{url_part, url_start};

/// What each byte becomes: 0 is itself, `n` is `with[n - 1]`.
struct Table {
    class: [u8; 256],
    with: &'static [&'static str],
    /// The special bytes, the first one repeated, where they are few enough to compare a whole block with each.
    few: Option<[u8; FEW]>,
}

/// Special bytes that a block is compared with.
const FEW: usize = 6;
/// Bytes that are looked at together; the compiler makes vector instructions of it.
const BLOCK: usize = 16;

/// True if none of `few` is in the block.
#[inline]
fn is_clean(block: &[u8; BLOCK], few: &[u8; FEW]) -> bool {
    let mut hits = [false; BLOCK];
    for special in few {
        for (hit, b) in hits.iter_mut().zip(block) {
            *hit |= b == special;
        }
    }
    !hits.iter().fold(false, |any, hit| any | hit)
}

impl Table {
    const fn new(bytes: &[u8], with: &'static [&'static str]) -> Table {
        let mut class = [0; 256];
        let mut i = 0;
        while i < bytes.len() {
            class[bytes[i] as usize] = (i + 1) as u8;
            i += 1;
        }
        assert!(bytes.len() == with.len());
        let mut few = [bytes[0]; FEW];
        let mut i = 0;
        while i < bytes.len() && i < FEW {
            few[i] = bytes[i];
            i += 1;
        }
        Table { class, with, few: if bytes.len() <= FEW { Some(few) } else { None } }
    }

    #[inline]
    fn push(&self, out: &mut String, text: &str) {
        let bytes = text.as_bytes();
        let (mut clean, mut from) = (0, 0);
        while from < bytes.len() {
            let block = bytes[from..].first_chunk::<BLOCK>();
            if let (Some(block), Some(few)) = (block, &self.few)
                && is_clean(block, few)
            {
                from += BLOCK;
                continue;
            }
            let end = (from + BLOCK).min(bytes.len());
            for (i, b) in bytes[from..end].iter().enumerate() {
                let class = self.class[usize::from(*b)];
                if class != 0 {
                    // All special bytes are ASCII, so both ends are character boundaries.
                    out.push_str(&text[clean..from + i]);
                    out.push_str(self.with[usize::from(class) - 1]);
                    clean = from + i + 1;
                }
            }
            from = end;
        }
        out.push_str(&text[clean..]);
    }
}

static TEXT: Table = Table::new(b"&<>\0", &["&amp;", "&lt;", "&gt;", "\u{fffd}"]);
static ATTR_DOUBLE: Table = Table::new(b"&<>\"\0", &["&amp;", "&lt;", "&gt;", "&quot;", "\u{fffd}"]);
static ATTR_SINGLE: Table = Table::new(b"&<>'\0", &["&amp;", "&lt;", "&gt;", "&#39;", "\u{fffd}"]);
static ATTR_ANY: Table = Table::new(b"&<>\"'\0", &["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "\u{fffd}"]);
static ATTR_UNQUOTED: Table = Table::new(
    b"&<>\"'`= \t\n\x0c\r\0",
    &["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;", "&#61;", "&#32;", "&#9;", "&#10;", "&#12;", "&#13;", "&#65533;"],
);
static SRCDOC: Table = Table::new(
    b"&<>\"'\0",
    &["&amp;amp;", "&amp;lt;", "&amp;gt;", "&amp;quot;", "&amp;#39;", "\u{fffd}"],
);

/// Element content.
#[inline]
pub fn text(out: &mut String, value: &str) {
    TEXT.push(out, value);
}

/// Inside `"…"`.
#[inline]
pub fn attr_double(out: &mut String, value: &str) {
    ATTR_DOUBLE.push(out, value);
}

/// Inside `'…'`.
#[inline]
pub fn attr_single(out: &mut String, value: &str) {
    ATTR_SINGLE.push(out, value);
}

/// Inside quotes of either kind.
#[inline]
pub fn attr_any(out: &mut String, value: &str) {
    ATTR_ANY.push(out, value);
}

/// A value without quotes. An empty one becomes `""`, for otherwise the next attribute would be taken as the value.
pub fn attr_unquoted(out: &mut String, value: &str) {
    if value.is_empty() && out.trim_end().ends_with('=') {
        out.push_str("\"\"");
    }
    ATTR_UNQUOTED.push(out, value);
}

/// `<title>` and `<textarea>`: as text. The parser drops a newline that comes directly after `<textarea>`, so one more is written.
pub fn rcdata(out: &mut String, value: &str) {
    if value.starts_with('\n') && out.ends_with('>') {
        out.push('\n');
    }
    TEXT.push(out, value);
}

/// Inside `<!-- -->`. Every way to end a comment needs a `>`.
pub fn comment(out: &mut String, value: &str) {
    TEXT.push(out, value);
}

/// Text inside `srcdoc`: escaped as text of the inner document, then as an attribute of the outer one.
pub fn srcdoc_text(out: &mut String, value: &str) {
    SRCDOC.push(out, value);
}

/// What the attribute value that is being written at the end of `out` holds so far, and its quote (`None`: no quotes).
///
/// The tag is found by reading back to a `<` from which reading forward ends inside a value. A raw `<` in an earlier part of the same
/// value (`onclick="if (a<b) …"`) would be found first, so the search goes on until a tag is found closed.
fn attribute_so_far(out: &str) -> (&str, Option<u8>) {
    let bytes = out.as_bytes();
    let mut found = ("", None);
    let mut end = bytes.len();
    for _ in 0..8 {
        let Some(start) = bytes[..end].iter().rposition(|b| *b == b'<') else { break };
        match read_tag(out, start) {
            Tag::Value { start, quote } => found = (&out[start..], quote),
            Tag::Closed => break,
            Tag::Other => {}
        }
        end = start;
    }
    found
}

enum Tag {
    /// The text ends inside a value that starts here.
    Value { start: usize, quote: Option<u8> },
    Closed,
    Other,
}

/// Reads a tag from its `<` to the end of the text.
fn read_tag(out: &str, start: usize) -> Tag {
    let bytes = out.as_bytes();
    let mut i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'>' => return Tag::Closed,
            b'=' => {
                i += 1;
                while bytes.get(i).is_some_and(u8::is_ascii_whitespace) {
                    i += 1;
                }
                let quote = bytes.get(i).copied().filter(|b| matches!(b, b'"' | b'\''));
                let value = if quote.is_some() { i + 1 } else { i };
                let ends = |b: &u8| match quote {
                    Some(q) => *b == q,
                    None => b.is_ascii_whitespace() || *b == b'>',
                };
                match bytes[value..].iter().position(ends) {
                    None => return Tag::Value { start: value, quote },
                    Some(n) => i = value + n + usize::from(quote.is_some()),
                }
            }
            _ => i += 1,
        }
    }
    Tag::Other
}

#[cfg(test)]
mod tests;
