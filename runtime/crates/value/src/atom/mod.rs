//! Atoms: property names known when the program was compiled, as small numbers.

mod late;
pub mod well_known;

pub use late::LateNames;

use crate::{Lit, Str, Sym};
use hashbrown::HashMap;
use std::cell::OnceCell;
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

/// All atoms of a program. Fixed when the isolate starts: names that arrive at run time are looked up, never added, unless the program
/// itself may change while it runs ([`LateNames`]).
pub(crate) struct AtomTable {
    names: Vec<&'static Lit>,
    by_name: HashMap<&'static str, Atom>,
    late: OnceCell<&'static LateNames>,
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
        AtomTable { names, by_name, late: OnceCell::new() }
    }

    /// From now on names that are not in the table get atoms of `late`. Before the first property has such a name.
    pub(crate) fn share(&self, late: &'static LateNames) {
        assert!(self.names.len() == well_known::COUNT as usize, "late names follow the well-known ones");
        assert!(self.late.set(late).is_ok(), "an isolate's names are shared once");
    }

    /// The literal of an atom that is not in the table.
    #[cold]
    #[inline(never)]
    fn late(&self, atom: Atom) -> &'static Lit {
        match self.late.get().and_then(|late| late.literal(atom)) {
            Some(literal) => literal,
            None => panic!("atom {} is of another program", atom.0),
        }
    }

    #[inline]
    pub(crate) fn name(&self, atom: Atom) -> Str {
        match self.names.get(atom.0 as usize) {
            Some(literal) => Str::lit(literal),
            None => Str::lit(self.late(atom)),
        }
    }

    #[inline]
    pub(crate) fn text(&self, atom: Atom) -> &'static str {
        match self.names.get(atom.0 as usize) {
            Some(literal) => literal.text(),
            None => self.late(atom).text(),
        }
    }

    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<Atom> {
        match self.by_name.get(name) {
            Some(atom) => Some(*atom),
            None => self.late.get().filter(|_| parse_index(name).is_none()).map(|late| late.atom(name)),
        }
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
    fn late_names_have_one_atom_whoever_meets_them_first() {
        let late: &'static LateNames = Box::leak(Box::default());
        let compiled = late.atom("title");
        let table = AtomTable::new(&[]);
        table.share(late);
        assert_eq!(table.find("title"), Some(compiled));
        assert_eq!(table.find("7"), None, "an index is no name");
        assert_eq!(late.atom("length"), well_known::LENGTH);
        let met = table.find("met at run time").unwrap();
        assert_eq!((late.atom("met at run time"), table.text(met)), (met, "met at run time"));
        assert_eq!(late.texts(), ["title", "met at run time"]);
    }

    #[test]
    fn indices_are_canonical() {
        let cases = [("0", Some(0)), ("7", Some(7)), ("07", None), ("4294967294", Some(4294967294)), ("4294967295", None), ("-1", None), ("1e3", None), ("", None), ("12a", None), ("99999999999", None)];
        for (text, expected) in cases {
            assert_eq!(parse_index(text), expected, "{text:?}");
        }
    }
}
