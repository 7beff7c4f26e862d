//! Which variables of enclosing functions a function needs when it is made.

use puremix_ir::visit::{Mention, walk_mentions};
use puremix_ir::*;
use std::collections::BTreeSet;

/// The captured locals of every function of a module, each sorted by id.
#[derive(Clone, Debug, PartialEq)]
pub struct Captures {
    by_function: Vec<Vec<LocalId>>,
}

impl Captures {
    /// Asks all functions of the module at once.
    pub fn of(module: &Module) -> Captures {
        let count = module.functions.len();
        let mut needed: Vec<BTreeSet<LocalId>> = vec![BTreeSet::new(); count];
        let mut nested: Vec<Vec<FnId>> = vec![Vec::new(); count];
        for (index, function) in module.functions.iter().enumerate() {
            let id = FnId::from(index);
            if let Some(parent) = function.parent {
                nested[parent.index()].push(id);
            }
            walk_mentions(function, &mut |mention, _| {
                if let Mention::Local(local, _) = mention
                    && module.local(local).owner != id
                {
                    needed[index].insert(local);
                }
            });
        }
        // A function needs what those nested in it need and it does not own: children before parents.
        let mut order = vec![module.init];
        let mut next = 0;
        while let Some(&id) = order.get(next) {
            order.extend(&nested[id.index()]);
            next += 1;
        }
        for &id in order.iter().rev() {
            if let Some(parent) = module.function(id).parent {
                let inherited: Vec<LocalId> =
                    needed[id.index()].iter().copied().filter(|l| module.local(*l).owner != parent).collect();
                needed[parent.index()].extend(inherited);
            }
        }
        Captures { by_function: needed.into_iter().map(|set| set.into_iter().collect()).collect() }
    }

    /// What a closure of the function captures, by value or by cell ([`Local::is_cell`]).
    pub fn get(&self, function: FnId) -> &[LocalId] {
        &self.by_function[function.index()]
    }
}

/// The captured locals of one function. Who asks for many keeps a [`Captures`].
pub fn captures(module: &Module, function: FnId) -> Vec<LocalId> {
    Captures::of(module).get(function).to_vec()
}
