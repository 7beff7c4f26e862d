//! JSON on its way, as bytes: short things are appended as whole words, and UTF-8 is checked once, at the end.

use super::escape::{escape_into, has_special as is_word_special, is_special, quote_wide};
use crate::number::{push_num, short_num};
use puremix_value::{Cx, Key, Str};

/// UTF-8 by what is appended.
#[derive(Default)]
pub(super) struct Bytes(Vec<u8>);

/// What most names of members need with their quotes, comma and colon.
const SHORT: usize = 16;

/// A text that is appended often.
pub(crate) struct Piece {
    text: Box<str>,
    /// The text, if it is so short, and zeros.
    padded: [u8; SHORT],
}

impl Piece {
    pub fn new(text: String) -> Piece {
        let mut padded = [0; SHORT];
        if let Some(room) = padded.get_mut(..text.len()) {
            room.copy_from_slice(text.as_bytes());
        }
        Piece { text: text.into_boxed_str(), padded }
    }
}

impl Bytes {
    pub fn with_capacity(capacity: usize) -> Bytes {
        Bytes(Vec::with_capacity(capacity))
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// The text; `None` if it is no UTF-8, which nothing here makes.
    pub fn into_text(self) -> Option<String> {
        String::from_utf8(self.0).ok()
    }

    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.0.push(byte);
    }

    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Puts brackets around members that were written from `start` on, each with a comma before it: the first comma makes room for the bracket.
    #[inline]
    pub fn close(&mut self, start: usize, [open, close]: [u8; 2]) {
        match self.0.get_mut(start) {
            Some(comma) => *comma = open,
            None => self.0.push(open),
        }
        self.0.push(close);
    }

    #[inline]
    pub fn push_piece(&mut self, piece: &Piece) {
        if piece.text.len() > SHORT {
            return self.push_str(&piece.text);
        }
        let end = self.0.len() + piece.text.len();
        self.0.extend_from_slice(&piece.padded);
        self.0.truncate(end);
    }

    /// A finite number.
    #[inline]
    pub fn push_num(&mut self, n: f64) {
        match short_num(n) {
            Some(text) => text.push_bytes_to(&mut self.0),
            None => self.push_long_num(n),
        }
    }

    #[cold]
    fn push_long_num(&mut self, n: f64) {
        let mut text = String::new();
        push_num(&mut text, n);
        self.push_str(&text);
    }

    #[inline]
    pub fn quote(&mut self, s: &Str) {
        match s.well_formed() {
            Some(text) => self.quote_text(text),
            None => quote_wide(&mut self.0, s),
        }
    }

    /// What was appended elsewhere.
    pub fn push_bytes(&mut self, other: &Bytes) {
        self.0.extend_from_slice(&other.0);
    }

    /// A property's name in quotes.
    pub fn quote_key(&mut self, cx: Cx, key: &Key) {
        match key {
            Key::Atom(name) => self.quote_text(cx.atom_text(*name)),
            key => self.quote(&cx.key_str(key)),
        }
    }

    /// A text without what must be escaped, and so all but a few, is copied sixteen bytes at a time as it is looked at.
    pub fn quote_text(&mut self, text: &str) {
        let out = &mut self.0;
        out.reserve(text.len() + 2 + 16);
        out.push(b'"');
        let start = out.len();
        if !copy_plain(out, text.as_bytes()) {
            out.truncate(start);
            escape_into(out, text);
        }
        out.push(b'"');
    }
}

/// Appends the text if nothing in it must be escaped; else false, and part of it may have been appended.
#[inline]
fn copy_plain(out: &mut Vec<u8>, text: &[u8]) -> bool {
    let (chunks, rest) = text.as_chunks::<16>();
    for chunk in chunks {
        if is_chunk_special(chunk) {
            return false;
        }
        out.extend_from_slice(chunk);
    }
    if rest.is_empty() {
        return true;
    }
    // What is left is looked at and copied as a whole chunk too: spaces fill it up, and are cut off again.
    let left = rest.len() as u32;
    let word = match text.last_chunk::<16>() {
        Some(last) => u128::from_le_bytes(*last) >> (128 - 8 * left),
        None => word_of(rest),
    };
    let chunk = word | u128::from_le_bytes([b' '; 16]) << (8 * left);
    let end = out.len() + rest.len();
    out.extend_from_slice(&chunk.to_le_bytes());
    out.truncate(end);
    !(is_word_special(chunk as u64) || is_word_special((chunk >> 64) as u64))
}

/// Fewer than sixteen bytes as one word, the first one lowest: its halves may overlap.
#[inline]
fn word_of(text: &[u8]) -> u128 {
    let len = text.len() as u32;
    if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        return u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << (8 * (len - 8));
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return u128::from(u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4)));
    }
    u128::from(text.iter().rev().fold(0u32, |word, byte| word << 8 | u32::from(*byte)))
}

/// Whether one of sixteen bytes has to be escaped. Without a branch, so that they are looked at side by side.
#[inline]
fn is_chunk_special(chunk: &[u8; 16]) -> bool {
    chunk.iter().fold(false, |found, byte| found | is_special(*byte))
}
