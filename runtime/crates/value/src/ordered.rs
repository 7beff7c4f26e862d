//! A hash map in insertion order that may change while somebody walks it (JavaScript's `Map`, and dictionary objects).

use crate::index::{Index, Keyed, MAX_ENTRIES, Wanted};
use std::borrow::Borrow;
use std::hash::Hash;

/// Insertion-ordered map. Removed entries leave tombstones until half of all are dead.
pub struct OrderedMap<K, V> {
    entries: Vec<Entry<K, V>>,
    index: Index,
    keyed: Keyed,
    live: usize,
    next_seq: u64,
}

struct Entry<K, V> {
    /// Grows with every insertion; cursors remember it, so compaction and `clear` do not confuse them.
    seq: u64,
    pair: Option<(K, V)>,
}

/// A place between entries; stays valid whatever happens to the map.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cursor {
    seq: u64,
    /// Where `seq` was last seen.
    hint: usize,
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        OrderedMap { entries: vec![], index: Index::default(), keyed: Keyed::default(), live: 0, next_seq: 0 }
    }
}

/// What can be looked for among keys of type `K`: it hashes as the key does that it is equal to.
pub trait Equivalent<K: ?Sized> {
    fn equivalent(&self, key: &K) -> bool;
}

impl<Q: Eq + ?Sized, K: Borrow<Q> + ?Sized> Equivalent<K> for Q {
    #[inline]
    fn equivalent(&self, key: &K) -> bool {
        self == key.borrow()
    }
}

/// A key looked for among entries.
struct Candidate<'a, K, V, Q: ?Sized> {
    entries: &'a [Entry<K, V>],
    key: &'a Q,
}

impl<K, V, Q: Equivalent<K> + ?Sized> Wanted for Candidate<'_, K, V, Q> {
    #[inline(always)]
    fn is(&self, entry: u32) -> bool {
        matches!(self.entries.get(entry as usize), Some(Entry { pair: Some((k, _)), .. }) if self.key.equivalent(k))
    }
}

impl<K: Hash + Eq, V> OrderedMap<K, V> {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.live
    }

    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The slot of the index that names `key`, whose hash this is.
    #[inline(always)]
    fn slot<Q: Hash + Equivalent<K> + ?Sized>(&self, hash: u64, key: &Q) -> Option<usize> {
        self.index.find(hash, &Candidate { entries: &self.entries, key })
    }

    #[inline(always)]
    fn position<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
        self.slot(self.keyed.hash(key), key).map(|slot| self.index.entry(slot) as usize)
    }

    #[inline]
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.position(key).and_then(|i| self.entries[i].pair.as_ref()).map(|(_, v)| v)
    }

    pub fn get_mut<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<&mut V> {
        let i = self.position(key)?;
        self.entries[i].pair.as_mut().map(|(_, v)| v)
    }

    pub fn contains<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> bool {
        self.position(key).is_some()
    }

    /// Sets the value of `key`; a new key goes to the end. Returns the value that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = self.keyed.hash(&key);
        if let Some(slot) = self.slot(hash, &key)
            && let Some((_, known)) = &mut self.entries[self.index.entry(slot) as usize].pair
        {
            return Some(std::mem::replace(known, value));
        }
        if self.entries.len() > 32 && self.live * 2 < self.entries.len() {
            self.compact();
        }
        let position = self.entries.len();
        assert!(position < MAX_ENTRIES, "a map holds fewer than 2^32 entries");
        if self.index.is_full() {
            self.reindex();
        }
        self.index.add(hash, position as u32);
        self.entries.push(Entry { seq: self.next_seq, pair: Some((key, value)) });
        self.next_seq += 1;
        self.live += 1;
        None
    }

    /// Removes `key`; the caller drops what comes back after releasing its borrow of the map.
    pub fn remove<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<(K, V)> {
        let slot = self.slot(self.keyed.hash(key), key)?;
        let position = self.index.entry(slot) as usize;
        self.index.remove(slot);
        self.live -= 1;
        let pair = self.entries[position].pair.take();
        while self.entries.last().is_some_and(|e| e.pair.is_none()) {
            self.entries.pop();
        }
        pair
    }

    fn compact(&mut self) {
        self.entries.retain(|e| e.pair.is_some());
        self.reindex();
    }

    /// Makes the index anew, with room to grow.
    fn reindex(&mut self) {
        let (entries, keyed) = (&self.entries, &self.keyed);
        self.index.rebuild(entries.iter().enumerate().map(|(i, e)| e.pair.as_ref().map(|(k, _)| (i as u32, keyed.hash(k)))));
    }

    /// Empties the map; cursors then wait for new entries. Returns what was in it, to be dropped by the caller.
    pub fn clear(&mut self) -> Vec<(K, V)> {
        self.index.clear();
        self.live = 0;
        std::mem::take(&mut self.entries).into_iter().filter_map(|e| e.pair).collect()
    }

    /// The next entry at or after the cursor, which moves behind it.
    pub fn next_at(&self, cursor: &mut Cursor) -> Option<(&K, &V)> {
        let known = self.entries.get(cursor.hint).is_some_and(|e| e.seq == cursor.seq);
        let mut i = if known { cursor.hint } else { self.entries.partition_point(|e| e.seq < cursor.seq) };
        while let Some(entry) = self.entries.get(i) {
            if let Some((k, v)) = &entry.pair {
                *cursor = Cursor { seq: entry.seq + 1, hint: i + 1 };
                return Some((k, v));
            }
            i += 1;
        }
        None
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().filter_map(|e| e.pair.as_ref()).map(|(k, v)| (k, v))
    }

    /// Places of entries, dead ones included: what [`OrderedMap::part`] counts in.
    pub fn places(&self) -> usize {
        self.entries.len()
    }

    /// The entries in a range of places.
    pub fn part(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = (&K, &V)> {
        let end = range.end.min(self.entries.len());
        self.entries[range.start.min(end)..end].iter().filter_map(|e| e.pair.as_ref()).map(|(k, v)| (k, v))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.entries.iter_mut().filter_map(|e| e.pair.as_mut()).map(|(k, v)| (&*k, v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_removal_compaction_and_clear() {
        let mut m = OrderedMap::new();
        for i in 0..100 {
            m.insert(i, i * 10);
        }
        let mut c = Cursor::default();
        for i in 0..50 {
            assert_eq!(m.next_at(&mut c), Some((&i, &(i * 10))));
        }
        for i in 0..90 {
            m.remove(&i);
        }
        m.insert(200, 0); // compacts
        assert_eq!(m.next_at(&mut c).map(|e| *e.0), Some(90));
        m.clear();
        m.insert(7, 7);
        assert_eq!(m.next_at(&mut c), Some((&7, &7)));
        assert_eq!(m.next_at(&mut c), None);
    }

    #[test]
    fn reinsertion_goes_to_the_end() {
        let mut m = OrderedMap::new();
        m.insert("a", 1);
        m.insert("b", 2);
        m.remove("a");
        m.insert("a", 3);
        m.insert("b", 4);
        assert_eq!(m.iter().map(|(k, v)| (*k, *v)).collect::<Vec<_>>(), [("b", 4), ("a", 3)]);
    }
}
