//! Escaping of text by HTML context: pure functions from text to text, appended to a buffer.
//!
//! The yardstick is Go's `html/template`. Each context has one function; clean runs are copied whole, found eight bytes at a time.
//! Where the meaning of a hole depends on what stands before it in the same attribute (`?q={x}`, `onclick="f('{x}')"`), the
//! function reads back in the buffer it appends to.

mod css;
mod js;
mod url;

pub use css::{declaration_of as style_declaration, declarations as style_declarations, style_attr, style_text};
pub use js::{event_code, event_string_delimiter, js_string_body, json_string, script_safe};
pub use url::{url_part, url_start};

/// What some bytes become. A text is looked at eight bytes at a time.
struct Table<const N: usize> {
    /// Each of these bytes eight times. All are ASCII, so that what stands between them is whole characters.
    words: [u64; N],
    with: [&'static str; N],
    /// For each byte 0, or its place in the two lists and one.
    class: [u8; 256],
}

const WORD: usize = size_of::<u64>();

/// A word of eight times this byte.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

impl<const N: usize> Table<N> {
    const fn new(bytes: [u8; N], with: [&'static str; N]) -> Table<N> {
        let (mut class, mut words) = ([0; 256], [0; N]);
        let mut i = 0;
        while i < N {
            assert!(bytes[i].is_ascii());
            words[i] = eight(bytes[i]);
            class[bytes[i] as usize] = (i + 1) as u8;
            i += 1;
        }
        Table { words, with, class }
    }

    /// The highest bit of each byte of the word that is one of ours. Bytes above such a one may be marked too, though they are not.
    #[inline(always)]
    fn marks(&self, word: u64) -> u64 {
        const ONES: u64 = eight(1);
        const HIGHS: u64 = eight(0x80);
        self.words.iter().fold(0, |marks, byte| {
            let x = word ^ byte;
            marks | (x.wrapping_sub(ONES) & !x & HIGHS)
        })
    }

    #[inline]
    fn push(&self, out: &mut String, text: &str) {
        let (words, rest) = text.as_bytes().as_chunks::<WORD>();
        let mut clean = 0;
        for (i, word) in words.iter().enumerate() {
            let marks = self.marks(u64::from_le_bytes(*word));
            if marks != 0 {
                clean = self.push_marked(out, text, clean, i * WORD, marks);
            }
        }
        // What is left, filled up with a byte that is in no table.
        let mut last = [b'z'; WORD];
        last[..rest.len()].copy_from_slice(rest);
        let marks = self.marks(u64::from_le_bytes(last));
        if marks != 0 {
            clean = self.push_marked(out, text, clean, text.len() - rest.len(), marks);
        }
        out.push_str(&text[clean..]);
    }

    /// Writes the text from `clean` to the last of this word's bytes that is one of ours, and answers where the next clean run begins.
    #[inline(never)]
    fn push_marked(&self, out: &mut String, text: &str, mut clean: usize, word: usize, mut marks: u64) -> usize {
        while marks != 0 {
            let at = word + marks.trailing_zeros() as usize / WORD;
            let class = text.as_bytes().get(at).map_or(0, |byte| self.class[usize::from(*byte)]);
            if class != 0 {
                out.push_str(&text[clean..at]);
                out.push_str(self.with[usize::from(class) - 1]);
                clean = at + 1;
            }
            marks &= marks - 1;
        }
        clean
    }
}

// A parser turns a carriage return that is written as it is into a line feed.
static TEXT: Table<5> = Table::new(*b"&<>\r\0", ["&amp;", "&lt;", "&gt;", "&#13;", "\u{fffd}"]);
static ATTR_DOUBLE: Table<6> = Table::new(*b"&<>\"\r\0", ["&amp;", "&lt;", "&gt;", "&quot;", "&#13;", "\u{fffd}"]);
static ATTR_SINGLE: Table<6> = Table::new(*b"&<>'\r\0", ["&amp;", "&lt;", "&gt;", "&#39;", "&#13;", "\u{fffd}"]);
static ATTR_ANY: Table<7> = Table::new(*b"&<>\"'\r\0", ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#13;", "\u{fffd}"]);
static ATTR_UNQUOTED: Table<13> = Table::new(
    *b"&<>\"'`= \t\n\x0c\r\0",
    ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#96;", "&#61;", "&#32;", "&#9;", "&#10;", "&#12;", "&#13;", "&#65533;"],
);
static SRCDOC: Table<7> = Table::new(
    *b"&<>\"'\r\0",
    ["&amp;amp;", "&amp;lt;", "&amp;gt;", "&amp;quot;", "&amp;#39;", "&amp;#13;", "\u{fffd}"],
);

/// Element content. The parser drops a line feed that comes directly after `<pre>`, so one more is written.
#[inline]
pub fn text(out: &mut String, value: &str) {
    if value.starts_with('\n') && out.ends_with('>') && drops_line_feed(out) {
        out.push('\n');
    }
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

/// `<title>` and `<textarea>`: as text; after `<textarea>`, too, the parser drops a line feed.
pub fn rcdata(out: &mut String, value: &str) {
    text(out, value);
}

/// Whether the text ends with a start tag after which the parser drops a line feed (WHATWG HTML, "in body": `pre`, `listing`, `textarea`).
#[inline(never)]
fn drops_line_feed(out: &str) -> bool {
    let open = &out[..out.len() - 1];
    ["pre", "listing", "textarea"].iter().any(|name| {
        let is_tag = |at: usize| {
            let rest = &open.as_bytes()[at + 1..];
            rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes())) && rest.get(name.len()).is_none_or(|b| b.is_ascii_whitespace())
        };
        let found = open.rmatch_indices('<').take(8).find(|(at, _)| is_tag(*at));
        found.is_some_and(|(at, _)| match read_tag(open, at) {
            Tag::Other | Tag::Value { quote: None, .. } => true,
            Tag::Closed | Tag::Value { .. } => false,
        })
    })
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
