//! Where the entries of an ordered map are, by hash: open addressing over entry numbers, and the hash itself.
//!
//! `hashbrown` compares candidates through a function pointer, so a look into a small map costs more for the call than for the search.
//! Here the comparison is compiled into the loop.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

/// A slot of the table.
#[derive(Clone, Copy)]
struct Slot {
    /// The upper half of the hash; the lower one chose the place.
    tag: u32,
    /// The entry's number, or one of the two marks below.
    entry: u32,
}

const FREE: u32 = u32::MAX;
/// Was an entry's: a search goes on behind it.
const GONE: u32 = u32::MAX - 1;
/// More entries than this do not fit.
pub(crate) const MAX_ENTRIES: usize = GONE as usize - 1;

const EMPTY: Slot = Slot { tag: 0, entry: FREE };

/// Says which entry is the wanted one. (A trait, because a closure cannot be told to be part of the loop that calls it.)
pub(crate) trait Wanted {
    fn is(&self, entry: u32) -> bool;
}

/// Entry numbers by hash.
#[derive(Default)]
pub(crate) struct Index {
    /// None, or a power of two.
    slots: Box<[Slot]>,
    /// Slots that are not free.
    used: usize,
}

impl Index {
    /// The slot of the wanted entry, which has this hash.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, wanted: &impl Wanted) -> Option<usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize;
        loop {
            // An empty table has no slot at all; in others every run of used slots ends, because a third of them are free.
            let slot = *self.slots.get(at & mask)?;
            if slot.entry == FREE {
                return None;
            }
            if slot.tag == tag && slot.entry != GONE && wanted.is(slot.entry) {
                return Some(at & mask);
            }
            at = at.wrapping_add(1);
        }
    }

    /// The entry in a slot that [`Index::find`] gave.
    #[inline(always)]
    pub(crate) fn entry(&self, slot: usize) -> u32 {
        self.slots[slot].entry
    }

    /// Says whether another entry needs [`Index::rebuild`] first.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.used * 3 >= self.slots.len() * 2
    }

    /// Adds an entry that is not in it. The table must not be full.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64, entry: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].entry != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = Slot { tag: (hash >> 32) as u32, entry };
        self.used += 1;
    }

    /// Removes the entry in this slot.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.slots[slot].entry = GONE;
    }

    /// Makes it anew with room for as many entries again: entry number and hash of each.
    pub(crate) fn rebuild(&mut self, entries: impl ExactSizeIterator<Item = Option<(u32, u64)>>) {
        let slots = (entries.len() * 3).next_power_of_two().max(8);
        self.slots = vec![EMPTY; slots].into_boxed_slice();
        self.used = 0;
        for (entry, hash) in entries.flatten() {
            self.add(hash, entry);
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Index::default();
    }
}

/// The secret of this process, so that hostile keys cannot collide on purpose.
static SECRET: LazyLock<[u64; 2]> = LazyLock::new(|| {
    let random = RandomState::new();
    [random.hash_one(1u8), random.hash_one(2u8) | 1]
});

/// Makes the hash of a key: each word is multiplied into what was there, and the halves of the product are joined.
#[derive(Clone, Copy)]
pub(crate) struct Keyed([u64; 2]);

impl Default for Keyed {
    fn default() -> Keyed {
        Keyed(*SECRET)
    }
}

impl Keyed {
    #[inline(always)]
    pub(crate) fn hash<T: Hash + ?Sized>(&self, key: &T) -> u64 {
        let mut state = Folding { state: self.0[0], secret: self.0[1] };
        key.hash(&mut state);
        state.state
    }
}

struct Folding {
    state: u64,
    secret: u64,
}

impl Folding {
    #[inline(always)]
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.secret);
        self.state = (product as u64) ^ (product >> 64) as u64;
        // A state of zero would forget what came before.
        self.state = self.state.wrapping_add(self.secret);
    }
}

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        // With the length, so that zeros at the end count.
        self.fold(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    #[inline(always)]
    fn write_u8(&mut self, n: u8) {
        self.fold(u64::from(n));
    }

    #[inline(always)]
    fn write_u32(&mut self, n: u32) {
        self.fold(u64::from(n));
    }

    #[inline(always)]
    fn write_u64(&mut self, n: u64) {
        self.fold(n);
    }

    #[inline(always)]
    fn write_usize(&mut self, n: usize) {
        self.fold(n as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// An entry's number, and how many were asked about.
    struct Number<'a>(u32, &'a Cell<u32>);

    impl Wanted for Number<'_> {
        fn is(&self, entry: u32) -> bool {
            self.1.set(self.1.get() + 1);
            entry == self.0
        }
    }

    #[test]
    fn finds_what_was_added_and_not_what_was_removed() {
        let mut index = Index::default();
        let keyed = Keyed::default();
        let hash = |n: u32| keyed.hash(&n);
        let mut known: Vec<u32> = vec![];
        let asked = Cell::new(0);
        for n in 0..1000u32 {
            if index.is_full() {
                index.rebuild(known.iter().map(|n| Some((*n, hash(*n)))));
            }
            index.add(hash(n), n);
            known.push(n);
            if n % 3 == 0 {
                let slot = index.find(hash(n), &Number(n, &asked)).expect("was added");
                index.remove(slot);
                known.pop();
            }
        }
        for n in 0..1000u32 {
            assert_eq!(index.find(hash(n), &Number(n, &asked)).map(|s| index.entry(s)), (n % 3 != 0).then_some(n));
        }
    }

    #[test]
    fn texts_that_differ_in_zeros_or_order_differ() {
        let keyed = Keyed::default();
        let texts: [&[u8]; 6] = [b"", b"\0", b"\0\0", b"abcdefgh", b"abcdefgh\0", b"hgfedcba"];
        let hashes: Vec<u64> = texts
            .iter()
            .map(|t| {
                let mut state = Folding { state: keyed.0[0], secret: keyed.0[1] };
                state.write(t);
                state.finish()
            })
            .collect();
        for (i, a) in hashes.iter().enumerate() {
            assert!(hashes[i + 1..].iter().all(|b| a != b), "{i}");
        }
    }

    #[test]
    fn keys_spread() {
        // 100,000 numbers as the bits of floats, whose low bits are all zero: no run may grow long.
        let keyed = Keyed::default();
        let mut index = Index::default();
        let hashes: Vec<u64> = (0..100_000u32).map(|n| keyed.hash(&f64::from(n).to_bits())).collect();
        index.rebuild(hashes.iter().enumerate().map(|(i, h)| Some((i as u32, *h))));
        let asked = Cell::new(0);
        for (i, h) in hashes.iter().enumerate() {
            assert!(index.find(*h, &Number(i as u32, &asked)).is_some());
        }
        assert!(asked.get() < 100_100, "{} comparisons", asked.get());
    }
}
