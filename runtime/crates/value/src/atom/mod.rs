//! Atoms: property names known when the program was compiled, as small numbers.

pub mod well_known;

use crate::{Lit, Str, Sym};
use hashbrown::HashMap;
use std::fmt;

/// An interned property name. Two atoms of one isolate are equal exactly if their names are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Atom(pub u32);

/// A property key in its one canonical form: an array index (`0` ... `4294967294`) is always `Index`, a name in the atom
/// table always `Atom`, so comparing keys never compares text of different variants.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Key {
    Atom(Atom),
    Index(u32),
    /// A name seen first at run time.
    Str(Str),
    Sym(Sym),
}

impl Key {
    /// True for private names, which reflection must not see.
    pub fn is_private(&self) -> bool {
        matches!(self, Key::Sym(s) if s.is_private())
    }

    pub fn is_symbol(&self) -> bool {
        matches!(self, Key::Sym(_))
    }
}

impl From<Atom> for Key {
    #[inline]
    fn from(a: Atom) -> Key {
        Key::Atom(a)
    }
}
impl From<Sym> for Key {
    #[inline]
    fn from(s: Sym) -> Key {
        Key::Sym(s)
    }
}
impl From<&Sym> for Key {
    #[inline]
    fn from(s: &Sym) -> Key {
        Key::Sym(s.clone())
    }
}
impl From<u32> for Key {
    /// An array index. Panics for 4294967295, which is a name.
    #[inline]
    fn from(i: u32) -> Key {
        assert!(i != u32::MAX, "4294967295 is not an array index");
        Key::Index(i)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Atom(a) => match well_known::NAMES.get(a.0 as usize) {
                Some(lit) => f.write_str(lit.text()),
                None => write!(f, "atom {}", a.0),
            },
            Key::Index(i) => write!(f, "{i}"),
            Key::Str(s) => write!(f, "{s}"),
            Key::Sym(s) => write!(f, "Symbol({})", s.description().map_or("", |d| d.as_str())),
        }
    }
}

/// The number an array-index name stands for: decimal without leading zeros, below 2^32 - 1.
#[inline]
pub fn parse_index(name: &str) -> Option<u32> {
    let bytes = name.as_bytes();
    match bytes {
        [b'0'] => return Some(0),
        [b'1'..=b'9', ..] if bytes.len() <= 10 => {}
        _ => return None,
    }
    let mut n: u64 = 0;
    for b in bytes {
        n = n * 10 + u64::from(b.wrapping_sub(b'0')).min(10);
        if !b.is_ascii_digit() {
            return None;
        }
    }
    u32::try_from(n).ok().filter(|n| *n != u32::MAX)
}

/// All atoms of a program. Fixed when the isolate starts: names that arrive at run time are looked up, never added.
pub(crate) struct AtomTable {
    names: Vec<&'static Lit>,
    by_name: HashMap<&'static str, Atom>,
}

impl AtomTable {
    pub(crate) fn new(program: &[&'static str]) -> AtomTable {
        let own = program.iter().enumerate().map(|(i, text)| {
            let atom = Atom(well_known::COUNT + i as u32);
            &*Box::leak(Box::new(Lit::with_atom(text, atom)))
        });
        let names: Vec<&'static Lit> = well_known::NAMES.iter().chain(own).collect();
        let by_name: HashMap<_, _> = names.iter().enumerate().map(|(i, lit)| (lit.text(), Atom(i as u32))).collect();
        assert!(by_name.len() == names.len(), "a program's atoms must be distinct from each other and from the well-known ones");
        AtomTable { names, by_name }
    }

    #[inline]
    pub(crate) fn name(&self, atom: Atom) -> Str {
        Str::lit(self.names[atom.0 as usize])
    }

    #[inline]
    pub(crate) fn text(&self, atom: Atom) -> &'static str {
        self.names[atom.0 as usize].text()
    }

    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<Atom> {
        self.by_name.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_names_are_distinct() {
        AtomTable::new(&[]);
    }

    #[test]
    fn indices_are_canonical() {
        let cases = [("0", Some(0)), ("7", Some(7)), ("07", None), ("4294967294", Some(4294967294)), ("4294967295", None), ("-1", None), ("1e3", None), ("", None), ("12a", None), ("99999999999", None)];
        for (text, expected) in cases {
            assert_eq!(parse_index(text), expected, "{text:?}");
        }
    }
}
