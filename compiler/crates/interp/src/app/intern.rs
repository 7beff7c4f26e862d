//! Static data that is made once for equal contents.

use std::any::{Any, TypeId};
use std::collections::HashMap;

/// Tables of the server live as long as the process. One that describes the same as before is the same one, so that editing an app for a
/// day makes as many as there were different ones.
#[derive(Default)]
pub struct Interner(HashMap<(TypeId, String), &'static (dyn Any + Send + Sync)>);

impl Interner {
    /// What `key` describes in full; made when it is new.
    pub fn one<T: Any + Send + Sync>(&mut self, key: String, make: impl FnOnce() -> T) -> &'static T {
        let id = (TypeId::of::<T>(), key);
        let known: &'static (dyn Any + Send + Sync) = *self.0.entry(id).or_insert_with(|| Box::leak(Box::new(make())));
        match known.downcast_ref() {
            Some(known) => known,
            None => unreachable!("the key holds the type"),
        }
    }

    /// As [`Interner::one`], for a list.
    pub fn list<T: Any + Send + Sync>(&mut self, key: String, make: impl FnOnce() -> Vec<T>) -> &'static [T] {
        self.one(key, make)
    }
}
