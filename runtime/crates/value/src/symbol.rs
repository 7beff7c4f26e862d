//! Symbols: unique keys, among them the private names of classes.

use crate::Str;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A symbol; equal only to its own clones.
#[derive(Clone)]
pub struct Sym(Rc<SymData>);

struct SymData {
    description: Option<Str>,
    private: bool,
    registered: bool,
}

impl Sym {
    /// A new symbol, as `Symbol(description)` makes it.
    pub fn new(description: Option<Str>) -> Sym {
        Sym(Rc::new(SymData { description, private: false, registered: false }))
    }

    /// A private name (`#x`): never listed among keys, never seen by proxies. `description` includes the `#`.
    pub fn private(description: Str) -> Sym {
        Sym(Rc::new(SymData { description: Some(description), private: true, registered: false }))
    }

    /// A symbol for the registry of `Symbol.for`.
    pub(crate) fn registered(key: Str) -> Sym {
        Sym(Rc::new(SymData { description: Some(key), private: false, registered: true }))
    }

    pub fn description(&self) -> Option<&Str> {
        self.0.description.as_ref()
    }

    pub fn is_private(&self) -> bool {
        self.0.private
    }

    /// True for symbols made by `Symbol.for`; their description is their registry key.
    pub fn is_registered(&self) -> bool {
        self.0.registered
    }
}

impl PartialEq for Sym {
    #[inline]
    fn eq(&self, other: &Sym) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for Sym {}
impl Hash for Sym {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (Rc::as_ptr(&self.0) as usize).hash(state);
    }
}
