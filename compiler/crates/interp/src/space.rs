//! Numbers that images hold while they live: slots of the isolate for what a module remembers, and sites for the places of its errors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Gives out numbers. Slots are given again once the image that had them is gone; sites never, so that an old number is unknown and not
/// another module's.
#[derive(Clone, Default)]
pub struct Space(Arc<Mutex<Table>>);

struct Table {
    /// Free slots below `end`: first slot and count. No two ranges touch.
    free: BTreeMap<u32, u32>,
    end: u32,
    next_site: u32,
}

impl Default for Table {
    fn default() -> Table {
        // Site 0 is the unknown place.
        Table { free: BTreeMap::new(), end: 0, next_site: 1 }
    }
}

/// The numbers of one image, given back when it is dropped.
pub struct Lease {
    space: Space,
    pub first_slot: u32,
    pub slots: u32,
    pub first_site: u32,
    pub sites: u32,
}

impl Space {
    fn with<T>(&self, f: impl FnOnce(&mut Table) -> T) -> T {
        // No code that can panic runs between the first and the last change of the table.
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// So many slots that follow each other, and no sites yet.
    pub fn lease(&self, slots: u32) -> Lease {
        let first_slot = self.with(|table| table.take(slots));
        Lease { space: self.clone(), first_slot, slots, first_site: 0, sites: 0 }
    }

    /// How many slots an isolate must have.
    pub fn slots(&self) -> u32 {
        self.with(|table| table.end)
    }
}

impl Table {
    fn take(&mut self, count: u32) -> u32 {
        let fits = self.free.iter().find(|(_, free)| **free >= count).map(|(first, free)| (*first, *free));
        match fits {
            Some((first, free)) => {
                self.free.remove(&first);
                if free > count {
                    self.free.insert(first + count, free - count);
                }
                first
            }
            None => {
                self.end += count;
                self.end - count
            }
        }
    }

    fn give(&mut self, mut first: u32, mut count: u32) {
        if count == 0 {
            return;
        }
        if let Some((before, length)) = self.free.range(..first).next_back().map(|(f, n)| (*f, *n))
            && before + length == first
        {
            self.free.remove(&before);
            (first, count) = (before, length + count);
        }
        if let Some(length) = self.free.remove(&(first + count)) {
            count += length;
        }
        self.free.insert(first, count);
    }
}

impl Lease {
    /// Takes numbers for this many places, the unknown one included.
    pub fn take_sites(&mut self, places: u32) {
        self.sites = places;
        self.first_site = self.space.with(|table| {
            table.next_site += places;
            table.next_site - places
        });
    }

    /// The number of the image's place `index`; the first place is unknown wherever it is.
    pub fn site(&self, index: u32) -> u32 {
        if index == 0 { 0 } else { self.first_site + index }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (first, count) = (self.first_slot, self.slots);
        self.space.with(|table| table.give(first, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_given_again_and_sites_are_not() {
        let space = Space::default();
        let (a, b, c) = (space.lease(3), space.lease(2), space.lease(4));
        assert_eq!((a.first_slot, b.first_slot, c.first_slot, space.slots()), (0, 3, 5, 9));
        drop(a);
        drop(b);
        let mut whole = space.lease(5);
        assert_eq!((whole.first_slot, space.slots()), (0, 9), "neighbours are joined");
        whole.take_sites(10);
        assert_eq!((whole.site(0), whole.site(9)), (0, 10));
        drop(whole);
        let mut small = space.lease(1);
        small.take_sites(2);
        assert_eq!((small.first_slot, small.site(1)), (0, 12));
        assert_eq!(space.lease(4).first_slot, 1);
        drop(c);
    }
}
