//! String literals: static, uncounted.

use crate::Atom;
use crate::heap::strptr::INLINE;
use std::sync::OnceLock;

/// A string literal in a generated crate or the runtime. Make it a `static`.
pub struct Lit {
    text: &'static str,
    ascii: bool,
    /// The atom of the same name, when the compiler knows one: spares the lookup in `obj[key]`.
    atom: Option<Atom>,
    utf16: OnceLock<Box<[u16]>>,
    /// The bytes of a text that would fit in place, the first one lowest; 0 otherwise.
    bits: u64,
}

/// The bytes of a short text as one word.
const fn bits_of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut bits = 0;
    let mut i = bytes.len();
    if i > INLINE {
        return 0;
    }
    while i > 0 {
        i -= 1;
        bits = bits << 8 | bytes[i] as u64;
    }
    bits
}

impl Lit {
    pub const fn new(text: &'static str) -> Lit {
        Lit { text, ascii: text.is_ascii(), atom: None, utf16: OnceLock::new(), bits: bits_of(text) }
    }

    /// A literal that is also a property name. `text` must be the name of `atom` and no array index.
    pub const fn with_atom(text: &'static str, atom: Atom) -> Lit {
        Lit { text, ascii: text.is_ascii(), atom: Some(atom), utf16: OnceLock::new(), bits: bits_of(text) }
    }

    #[inline]
    pub fn text(&self) -> &'static str {
        self.text
    }

    #[inline]
    pub(crate) fn ascii(&self) -> bool {
        self.ascii
    }

    #[inline]
    pub(crate) fn atom(&self) -> Option<Atom> {
        self.atom
    }

    /// The bytes of a short text as one word, and their number.
    #[inline]
    pub(crate) fn bits(&self) -> Option<(u64, usize)> {
        (self.text.len() <= INLINE).then_some((self.bits, self.text.len()))
    }

    pub(crate) fn utf16(&self) -> &[u16] {
        self.utf16.get_or_init(|| self.text.encode_utf16().collect())
    }
}
