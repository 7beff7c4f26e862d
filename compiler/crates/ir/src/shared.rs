//! Values that are copied often and changed seldom.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A value that its copies share until one of them is changed, which then gets its own. Development keeps the modules of the last edit and
/// works on copies: those that an edit does not touch cost nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared<T>(Rc<T>);

impl<T> Shared<T> {
    /// Whether both are copies of one value that was not changed since. What this denies may still be equal.
    pub fn is_same(&self, other: &Shared<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Shared<T> {
        Shared(Rc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Gives the value to this copy alone: writes to it only when something changes.
impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_by_one_copy() {
        let first = Shared::from(vec![1]);
        let mut second = first.clone();
        assert!(first.is_same(&second));
        second.push(2);
        assert!(!first.is_same(&second));
        assert_eq!((&*first, &*second), (&vec![1], &vec![1, 2]));
    }
}
