//! `Str`: immutable strings as JavaScript sees them (UTF-16 code units) stored as UTF-8 wherever possible.

mod lit;
mod rope;
mod units;
mod wide;

pub use lit::Lit;

use crate::heap::inline::{INLINE, InlineText};
use crate::heap::strbuf::StrBuf;
use rope::Rope;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use wide::Wide;

/// The longest string, in UTF-16 code units (V8's limit). Languages throw beyond it.
pub const MAX_LEN: usize = 0x1fff_ffe8;

/// Concatenations up to this many bytes are copied; a copy is cheaper than a rope node.
const COPY_LIMIT: usize = 256;

/// A string. 16 bytes; cloning counts or copies 16 bytes.
#[derive(Clone)]
pub struct Str(Repr);

#[derive(Clone)]
enum Repr {
    Lit(&'static Lit),
    Inline(InlineText),
    Heap { ascii: bool, len: u32, buf: StrBuf },
    /// Contains a lone surrogate, so it has no UTF-8 form.
    Wide(Rc<Wide>),
    Rope(Rc<Rope>),
}

impl Default for Str {
    fn default() -> Str {
        Str::EMPTY
    }
}

impl Str {
    pub const EMPTY: Str = Str(Repr::Inline(InlineText::EMPTY));

    /// A literal; costs nothing.
    #[inline]
    pub const fn lit(lit: &'static Lit) -> Str {
        Str(Repr::Lit(lit))
    }

    #[inline]
    fn inline(text: &str, ascii: bool) -> Str {
        Str(Repr::Inline(InlineText::join(text, "", ascii)))
    }

    #[inline]
    fn with_ascii(text: &str, ascii: bool) -> Str {
        if text.len() <= INLINE {
            return Str::inline(text, ascii);
        }
        let buf = StrBuf::with_capacity(text.len());
        buf.try_append(0, text);
        Str(Repr::Heap { ascii, len: text.len() as u32, buf })
    }

    fn from_buf(buf: StrBuf, ascii: bool) -> Str {
        if buf.used() as usize <= INLINE {
            return Str::inline(buf.text(buf.used()), ascii);
        }
        Str(Repr::Heap { ascii, len: buf.used(), buf })
    }

    /// One character.
    #[inline]
    pub fn from_char(c: char) -> Str {
        let mut b = [0; 4];
        Str::inline(c.encode_utf8(&mut b), c.is_ascii())
    }

    /// A string of one code unit, which may be a lone surrogate.
    #[inline]
    pub fn from_unit(unit: u16) -> Str {
        match char::from_u32(u32::from(unit)) {
            Some(c) => Str::from_char(c),
            None => Str(Repr::Wide(Rc::new(Wide::new(vec![unit])))),
        }
    }

    /// A string of UTF-16 code units; lone surrogates are kept.
    pub fn from_utf16(units: &[u16]) -> Str {
        match String::from_utf16(units) {
            Ok(text) => Str::from(text),
            Err(_) => Str(Repr::Wide(Rc::new(Wide::new(units.to_vec())))),
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
        match &self.0 {
            Repr::Lit(l) => l.text(),
            Repr::Inline(t) => t.as_str(),
            Repr::Heap { len, buf, .. } => buf.text(*len),
            Repr::Wide(w) => w.lossy(),
            Repr::Rope(r) => r.flat().as_str(),
        }
    }

    /// The bytes of [`Str::as_str`]; cheaper, for ASCII and byte work.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }

    /// As [`Str::as_str`], in the ABI's spelling.
    #[inline]
    pub fn as_utf8(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }

    /// The atom this literal was compiled with, if any.
    #[inline]
    pub(crate) fn lit_atom(&self) -> Option<crate::Atom> {
        match &self.0 {
            Repr::Lit(l) => l.atom(),
            _ => None,
        }
    }

    /// Length of [`Str::as_str`] in bytes, without flattening.
    #[inline]
    pub fn byte_len(&self) -> usize {
        match &self.0 {
            Repr::Lit(l) => l.text().len(),
            Repr::Inline(t) => t.len(),
            Repr::Heap { len, .. } => *len as usize,
            Repr::Wide(w) => w.lossy().len(),
            Repr::Rope(r) => r.byte_len(),
        }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Repr::Wide(_) => false,
            _ => self.byte_len() == 0,
        }
    }

    /// True if every character is ASCII: then code units are bytes.
    #[inline]
    pub fn is_ascii(&self) -> bool {
        match &self.0 {
            Repr::Lit(l) => l.ascii(),
            Repr::Inline(t) => t.is_ascii(),
            Repr::Heap { ascii, .. } => *ascii,
            Repr::Wide(_) => false,
            Repr::Rope(r) => r.is_ascii(),
        }
    }

    /// False if it contains a lone surrogate.
    #[inline]
    pub fn is_well_formed(&self) -> bool {
        !matches!(self.0, Repr::Wide(_))
    }

    fn as_rope(&self) -> Option<&Rope> {
        match &self.0 {
            Repr::Rope(r) => Some(r),
            _ => None,
        }
    }

    fn into_rope(self) -> Option<Rc<Rope>> {
        match self.0 {
            Repr::Rope(r) => Some(r),
            _ => None,
        }
    }

    /// `self` followed by `other`. Appends behind `self` in its own buffer where that is possible, copies short
    /// strings, and makes a rope of long ones.
    #[inline]
    pub fn concat(&self, other: &Str) -> Str {
        if let Repr::Heap { ascii, len, buf } = &self.0
            && let Repr::Heap { .. } | Repr::Inline(_) | Repr::Lit(_) = &other.0
        {
            let tail = other.as_str();
            if buf.try_append(*len, tail) {
                return Str(Repr::Heap { ascii: *ascii & other.is_ascii(), len: len + tail.len() as u32, buf: buf.clone() });
            }
        }
        self.concat_slow(other)
    }

    #[inline(never)]
    fn concat_slow(&self, other: &Str) -> Str {
        if let Repr::Wide(_) = self.0 {
            return self.concat_wide(other);
        }
        if let Repr::Wide(_) = other.0 {
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
            return Str(Repr::Inline(InlineText::join(self.as_str(), other.as_str(), ascii)));
        }
        // A heap string whose buffer is full is being appended to: the next buffer doubles.
        let grows = matches!(&self.0, Repr::Heap { len, buf, .. } if *len == buf.used() && b * 4 <= a.max(64));
        if total > COPY_LIMIT && !grows {
            return Str(Repr::Rope(Rc::new(Rope::new(self.clone(), other.clone()))));
        }
        let room = if grows || total <= COPY_LIMIT { total * 2 } else { total };
        let buf = StrBuf::with_capacity(room);
        let whole = buf.try_append(0, self.as_str()) && buf.try_append(a as u32, other.as_str());
        debug_assert!(whole);
        Str(Repr::Heap { ascii, len: total as u32, buf })
    }

    #[cold]
    fn concat_wide(&self, other: &Str) -> Str {
        let mut units = self.utf16().into_owned();
        units.extend_from_slice(&other.utf16());
        Str::from_utf16(&units)
    }

    /// Appends in place where this string owns its buffer's end.
    #[inline]
    pub fn push(&mut self, other: &Str) {
        if let Repr::Heap { ascii, len, buf } = &mut self.0
            && let Repr::Heap { .. } | Repr::Inline(_) | Repr::Lit(_) = &other.0
        {
            let tail = other.as_str();
            if buf.try_append(*len, tail) {
                *len += tail.len() as u32;
                *ascii &= other.is_ascii();
                return;
            }
        }
        *self = self.concat_slow(other);
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
        if let (Repr::Inline(a), Repr::Inline(b)) = (&self.0, &other.0) {
            return a == b;
        }
        match (&self.0, &other.0) {
            (Repr::Lit(a), Repr::Lit(b)) if std::ptr::eq(*a, *b) => true,
            (Repr::Wide(a), Repr::Wide(b)) => a.units() == b.units(),
            (Repr::Wide(_), _) | (_, Repr::Wide(_)) => false,
            _ => self.byte_len() == other.byte_len() && self.as_bytes() == other.as_bytes(),
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
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Wide(w) => w.units().hash(state),
            _ => self.as_str().hash(state),
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
            if !matches!(self.0, Repr::Wide(_)) && !matches!(other.0, Repr::Wide(_)) {
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
        if let Repr::Wide(w) = &s.0 {
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
