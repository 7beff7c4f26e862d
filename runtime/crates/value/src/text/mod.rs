//! `Str`: immutable strings as JavaScript sees them (UTF-16 code units) stored as UTF-8 wherever possible.

mod lit;
mod rope;
mod units;
mod wide;

pub use lit::Lit;

use crate::Str;
use crate::heap::strptr::{INLINE, View};
use rope::Rope;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use wide::Wide;

/// The longest string, in UTF-16 code units (V8's limit). Languages throw beyond it.
pub const MAX_LEN: usize = 0x1fff_ffe8;

/// Joined pieces of more bytes in total, most of them in one piece, are not copied.
const ROPE_FROM: usize = 16 << 10;

/// Concatenations up to this many bytes are copied; a copy is cheaper than a rope node.
const COPY_LIMIT: usize = 256;

/// Strings that are neither text in memory nor a literal.
pub(crate) enum Node {
    /// Contains a lone surrogate, so it has no UTF-8 form.
    Wide(Wide),
    Rope(Rope),
}

impl Default for Str {
    fn default() -> Str {
        Str::EMPTY
    }
}

impl Str {
    #[inline]
    pub(crate) fn with_ascii(text: &str, ascii: bool) -> Str {
        if text.len() <= INLINE { Str::in_place(text, "", ascii) } else { Str::counted(&[text], text.len(), ascii) }
    }

    /// One character.
    #[inline]
    pub fn from_char(c: char) -> Str {
        let mut b = [0; 4];
        Str::in_place(c.encode_utf8(&mut b), "", c.is_ascii())
    }

    /// A string of one code unit, which may be a lone surrogate.
    #[inline]
    pub fn from_unit(unit: u16) -> Str {
        match char::from_u32(u32::from(unit)) {
            Some(c) => Str::from_char(c),
            None => Str::node(Node::Wide(Wide::new(vec![unit]))),
        }
    }

    /// A string of UTF-16 code units; lone surrogates are kept.
    pub fn from_utf16(units: &[u16]) -> Str {
        match String::from_utf16(units) {
            Ok(text) => Str::from(text),
            Err(_) => Str::node(Node::Wide(Wide::new(units.to_vec()))),
        }
    }

    /// Text that is known to be ASCII (digits, hex, ...). Panics in debug builds if it is not.
    #[inline]
    pub fn from_ascii(text: &str) -> Str {
        debug_assert!(text.is_ascii());
        Str::with_ascii(text, true)
    }

    /// The text, with U+FFFD for each lone surrogate. Flattens a rope once.
    #[inline]
    pub fn as_str(&self) -> &str {
        match self.view() {
            View::Buf(_, text) | View::InPlace { text, .. } => text,
            View::Lit(l) => l.text(),
            View::Node(Node::Wide(w)) => w.lossy(),
            View::Node(Node::Rope(r)) => r.flat().as_str(),
        }
    }

    /// The bytes of [`Str::as_str`]; cheaper, for ASCII and byte work.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }

    /// The text; `None` if it has a lone surrogate. Flattens a rope once.
    #[inline]
    pub fn well_formed(&self) -> Option<&str> {
        match self.view() {
            View::Buf(_, text) | View::InPlace { text, .. } => Some(text),
            View::Lit(l) => Some(l.text()),
            View::Node(Node::Wide(_)) => None,
            View::Node(Node::Rope(r)) => r.flat().well_formed(),
        }
    }

    /// As [`Str::as_str`], in the ABI's spelling.
    #[inline]
    pub fn as_utf8(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }

    /// The atom this literal was compiled with, if any.
    #[inline]
    pub(crate) fn lit_atom(&self) -> Option<crate::Atom> {
        match self.view() {
            View::Lit(l) => l.atom(),
            _ => None,
        }
    }

    /// Length of [`Str::as_str`] in bytes, without flattening.
    #[inline]
    pub fn byte_len(&self) -> usize {
        match self.view() {
            View::Buf(head, _) => head.len(),
            View::InPlace { text, .. } => text.len(),
            View::Lit(l) => l.text().len(),
            View::Node(Node::Wide(w)) => w.lossy().len(),
            View::Node(Node::Rope(r)) => r.byte_len(),
        }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.byte_len() == 0
    }

    /// True if every character is ASCII: then code units are bytes.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        match self.view() {
            View::Buf(head, _) => head.is_ascii(),
            View::InPlace { ascii, .. } => ascii,
            View::Lit(l) => l.ascii(),
            View::Node(Node::Wide(_)) => false,
            View::Node(Node::Rope(r)) => r.is_ascii(),
        }
    }

    /// False if it contains a lone surrogate.
    #[inline]
    pub fn is_well_formed(&self) -> bool {
        self.as_wide().is_none()
    }

    #[inline]
    fn as_wide(&self) -> Option<&Wide> {
        match self.view() {
            View::Node(Node::Wide(w)) => Some(w),
            _ => None,
        }
    }

    fn as_rope(&self) -> Option<&Rope> {
        match self.view() {
            View::Node(Node::Rope(r)) => Some(r),
            _ => None,
        }
    }

    /// The bytes, if all of them are ASCII characters.
    #[inline]
    pub fn ascii_bytes(&self) -> Option<&[u8]> {
        match self.view() {
            View::Buf(head, text) if head.is_ascii() => Some(text.as_bytes()),
            _ if self.is_ascii() => Some(self.as_bytes()),
            _ => None,
        }
    }

    /// All parts in one text of their own; `None` beyond [`MAX_LEN`].
    #[inline]
    pub fn join(parts: &[Str]) -> Option<Str> {
        match Str::join_bits(parts) {
            Some(short) => Some(short),
            None => Str::join_long(parts),
        }
    }

    #[inline(never)]
    fn join_long(parts: &[Str]) -> Option<Str> {
        let (mut total, mut ascii) = (0, true);
        for part in parts {
            total += part.byte_len();
            ascii &= part.is_ascii();
        }
        if total > MAX_LEN {
            return None;
        }
        // Lone surrogates are not ASCII, and two of them may become a character.
        if !ascii && parts.iter().any(|p| p.as_wide().is_some()) {
            let mut out = StrBuilder::new();
            parts.iter().for_each(|p| out.push(p));
            return Some(out.finish());
        }
        if total <= INLINE {
            return Some(parts.iter().fold(Str::EMPTY, |joined, part| joined.concat(part)));
        }
        // A loop of `s = "…" + s` would copy what it has for every piece.
        if total > ROPE_FROM && parts.iter().any(|part| part.byte_len() > total / 2) {
            return parts.iter().cloned().reduce(|joined, part| joined.concat(&part));
        }
        let mut out = Str::counted(&[], total, ascii);
        parts.iter().for_each(|p| out.push(p));
        Some(out)
    }

    /// `self` followed by `other`. Copies short strings and makes a rope of long ones.
    #[inline(never)]
    pub fn concat(&self, other: &Str) -> Str {
        if self.as_wide().is_some() || other.as_wide().is_some() {
            return self.concat_wide(other);
        }
        let (a, b) = (self.byte_len(), other.byte_len());
        if a == 0 {
            return other.clone();
        }
        if b == 0 {
            return self.clone();
        }
        let ascii = self.is_ascii() & other.is_ascii();
        let total = a + b;
        if total <= INLINE {
            return Str::in_place(self.as_str(), other.as_str(), ascii);
        }
        if total > COPY_LIMIT {
            return Str::node(Node::Rope(Rope::new(self.clone(), other.clone())));
        }
        // Some room, because what was just joined is often appended to.
        Str::counted(&[self.as_str(), other.as_str()], total + total / 2, ascii)
    }

    #[cold]
    fn concat_wide(&self, other: &Str) -> Str {
        let mut units = self.utf16().into_owned();
        units.extend_from_slice(&other.utf16());
        Str::from_utf16(&units)
    }

    /// `self = self + other`, in place where this is the only reference to its text. A loop of these copies each piece
    /// once.
    #[inline]
    pub fn push(&mut self, other: &Str) {
        match other.view() {
            View::Buf(head, text) if self.push_in_place(text, head.is_ascii()) => {}
            View::InPlace { text, ascii } if self.push_in_place(text, ascii) => {}
            View::Lit(l) if self.push_in_place(l.text(), l.ascii()) => {}
            _ => self.push_slow(other),
        }
    }

    #[inline(never)]
    fn push_slow(&mut self, other: &Str) {
        let total = self.byte_len() + other.byte_len();
        if total <= INLINE || self.as_wide().is_some() || other.as_wide().is_some() {
            *self = self.concat(other);
            return;
        }
        let ascii = self.is_ascii() & other.is_ascii();
        *self = Str::counted(&[self.as_str(), other.as_str()], total * 2, ascii);
    }
}

impl From<&str> for Str {
    #[inline]
    fn from(text: &str) -> Str {
        Str::with_ascii(text, text.is_ascii())
    }
}
impl From<String> for Str {
    #[inline]
    fn from(text: String) -> Str {
        Str::from(text.as_str())
    }
}
impl From<&String> for Str {
    fn from(text: &String) -> Str {
        Str::from(text.as_str())
    }
}
impl From<Cow<'_, str>> for Str {
    fn from(text: Cow<'_, str>) -> Str {
        Str::from(&*text)
    }
}

impl PartialEq for Str {
    #[inline]
    fn eq(&self, other: &Str) -> bool {
        if self.same_word(other) {
            return true;
        }
        if self.both_in_place(other) {
            return false;
        }
        match (self.as_wide(), other.as_wide()) {
            (None, None) => self.byte_len() == other.byte_len() && self.as_bytes() == other.as_bytes(),
            (Some(a), Some(b)) => a.units() == b.units(),
            _ => false,
        }
    }
}
impl Eq for Str {}
impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        self.is_well_formed() && self.as_str() == other
    }
}
impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}
impl Hash for Str {
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.packed() {
            Some(word) => word.hash(state),
            None => self.hash_long(state),
        }
    }
}
impl Str {
    #[inline(never)]
    fn hash_long<H: Hasher>(&self, state: &mut H) {
        match self.as_wide() {
            Some(w) => w.units().hash(state),
            None => self.as_str().hash(state),
        }
    }
}
impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Str) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Str {
    /// By UTF-16 code units, as JavaScript's `<`.
    fn cmp(&self, other: &Str) -> Ordering {
        if self.is_ascii() || other.is_ascii() {
            // Bytes of UTF-8 sort as code units unless both sides have characters above U+D7FF.
            if self.is_well_formed() && other.is_well_formed() {
                return self.as_bytes().cmp(other.as_bytes());
            }
        }
        self.units().cmp(other.units())
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl fmt::Display for Str {
    /// With U+FFFD for lone surrogates.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Extend<char> for StrBuilder {
    fn extend<T: IntoIterator<Item = char>>(&mut self, iter: T) {
        for c in iter {
            self.push_char(c);
        }
    }
}

/// Builds a string piece by piece; lone surrogates may meet and become characters.
#[derive(Default)]
pub struct StrBuilder {
    text: String,
    /// Set once a lone surrogate came: everything so far as code units.
    units: Option<Vec<u16>>,
}

impl StrBuilder {
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }

    pub fn with_capacity(bytes: usize) -> StrBuilder {
        StrBuilder { text: String::with_capacity(bytes), units: None }
    }

    #[inline]
    pub fn push_str(&mut self, text: &str) {
        match &mut self.units {
            None => self.text.push_str(text),
            Some(units) => units.extend(text.encode_utf16()),
        }
    }

    #[inline]
    pub fn push_char(&mut self, c: char) {
        match &mut self.units {
            None => self.text.push(c),
            Some(units) => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }

    #[inline]
    pub fn push(&mut self, s: &Str) {
        if let Some(w) = s.as_wide() {
            return w.units().iter().for_each(|u| self.push_unit(*u));
        }
        self.push_str(s.as_str());
    }

    /// Appends one code unit.
    pub fn push_unit(&mut self, unit: u16) {
        match (&mut self.units, char::from_u32(u32::from(unit))) {
            (None, Some(c)) => self.text.push(c),
            (None, None) => {
                let mut units: Vec<u16> = self.text.encode_utf16().collect();
                units.push(unit);
                self.units = Some(units);
            }
            (Some(units), _) => units.push(unit),
        }
    }

    /// Length so far, in bytes or code units: for limits only.
    pub fn len_hint(&self) -> usize {
        self.units.as_ref().map_or(self.text.len(), Vec::len)
    }

    pub fn finish(self) -> Str {
        match self.units {
            None => Str::from(self.text),
            Some(units) => Str::from_utf16(&units),
        }
    }
}

impl fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.push_str(s);
        Ok(())
    }
}
