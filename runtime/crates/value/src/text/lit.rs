//! String literals: static, uncounted.

use crate::Atom;
use std::sync::OnceLock;

/// A string literal in a generated crate or the runtime. Make it a `static`.
pub struct Lit {
    text: &'static str,
    ascii: bool,
    /// The atom of the same name, when the compiler knows one: spares the lookup in `obj[key]`.
    atom: Option<Atom>,
    utf16: OnceLock<Box<[u16]>>,
}

impl Lit {
    pub const fn new(text: &'static str) -> Lit {
        Lit { text, ascii: text.is_ascii(), atom: None, utf16: OnceLock::new() }
    }

    /// A literal that is also a property name. `text` must be the name of `atom` and no array index.
    pub const fn with_atom(text: &'static str, atom: Atom) -> Lit {
        Lit { text, ascii: text.is_ascii(), atom: Some(atom), utf16: OnceLock::new() }
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

    pub(crate) fn utf16(&self) -> &[u16] {
        self.utf16.get_or_init(|| self.text.encode_utf16().collect())
    }
}
