//! The objects that something recursive is inside of: JSON text, `join`. A circle must be noticed, at any depth, without asking each
//! open object each time.

use puremix_value::Obj;
use std::collections::HashSet;

/// Entered and left like a stack.
#[derive(Default)]
pub(crate) struct Open {
    /// The outermost ones, asked one by one: nearly all there ever are.
    few: Vec<usize>,
    more: HashSet<usize>,
}

const FEW: usize = 32;

impl Open {
    fn is_few(&self) -> bool {
        self.few.len() < FEW
    }

    /// False if it is open already.
    pub fn enter(&mut self, o: &Obj) -> bool {
        let address = o.address();
        if self.few.contains(&address) {
            return false;
        }
        if self.is_few() {
            self.few.push(address);
            return true;
        }
        self.more.insert(address)
    }

    /// Leaves the object entered last.
    pub fn leave(&mut self, o: &Obj) {
        if self.more.is_empty() || !self.more.remove(&o.address()) {
            self.few.pop();
        }
    }
}
