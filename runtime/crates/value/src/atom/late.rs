//! Names of a program that changes while it runs.

use super::{Atom, well_known};
use crate::{Isolate, Lit, Value};
use hashbrown::HashMap;
use std::sync::{PoisonError, RwLock};

/// Atoms that are made when a name is first met, by the compiler or by an isolate, so that a name has one atom whoever meets it first:
/// a property that was made under a name is found by code that is compiled later. Names are never forgotten. For development; built
/// programs know their names.
#[derive(Default)]
pub struct LateNames(RwLock<Table>);

#[derive(Default)]
struct Table {
    /// The atom of `literals[i]` is `well_known::COUNT + i`.
    literals: Vec<&'static Lit>,
    atoms: HashMap<&'static str, Atom>,
}

impl LateNames {
    /// The atom of a name, which must be no array index.
    pub fn atom(&self, name: &str) -> Atom {
        // A panic while the lock was held leaves the table whole: its last step makes an entry known.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).atoms.get(name).copied();
        known.unwrap_or_else(|| self.add(name))
    }

    fn add(&self, name: &str) -> Atom {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let fixed = || well_known::NAMES.iter().position(|lit| lit.text() == name).map(|i| Atom(i as u32));
        if let Some(atom) = table.atoms.get(name).copied().or_else(fixed) {
            return atom;
        }
        let atom = Atom(well_known::COUNT + table.literals.len() as u32);
        let text: &'static str = Box::leak(name.into());
        table.literals.push(Box::leak(Box::new(Lit::with_atom(text, atom))));
        table.atoms.insert(text, atom);
        atom
    }

    /// The name of an atom made here.
    pub fn literal(&self, atom: Atom) -> Option<&'static Lit> {
        let index = atom.0.checked_sub(well_known::COUNT)?;
        self.0.read().unwrap_or_else(PoisonError::into_inner).literals.get(index as usize).copied()
    }

    /// All names, in the order of their atoms.
    pub fn texts(&self) -> Vec<&'static str> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).literals.iter().map(|lit| lit.text()).collect()
    }
}

/// What an isolate needs whose program changes while it runs.
impl Isolate {
    /// Names that the isolate did not begin with get atoms of `names`. Right after [`Isolate::new`] without atoms.
    pub fn share_names(&self, names: &'static LateNames) {
        self.atoms.share(names);
    }

    /// Makes room for `count` module variables in all.
    pub fn reserve_globals(&self, count: u32) {
        while self.globals.len() < count as usize {
            self.globals.push(Value::Uninit);
        }
    }
}
