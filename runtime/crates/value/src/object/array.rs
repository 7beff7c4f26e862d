//! Array elements and `length`: dense vectors, and dictionaries for the few arrays that are not.

use super::Dict;
use crate::heap::flag;
use crate::{Attr, Key, Kind, Obj, Slots, Value};

/// Writing further than this beyond the end makes an array sparse instead of filling with holes.
const MAX_GAP: usize = 1 << 16;
/// Lengths up to this are made of holes by `new Array(n)` and `length = n`.
const MAX_HOLES: usize = 1 << 24;

impl Obj {
    #[inline]
    pub fn is_array(&self) -> bool {
        matches!(self.kind(), Kind::Array(_))
    }

    /// The elements of an array that has them all in one vector, with default attributes.
    #[inline]
    pub fn dense(&self) -> Option<&Slots> {
        match self.kind() {
            Kind::Array(s) if !self.flag(flag::SPARSE) => Some(s),
            _ => None,
        }
    }

    /// As [`Obj::dense`], if elements may be added and removed.
    #[inline]
    pub fn dense_mut(&self) -> Option<&Slots> {
        match self.kind() {
            Kind::Array(s) if !self.flag(flag::SPARSE | flag::NOT_EXTENSIBLE | flag::LENGTH_READ_ONLY) => Some(s),
            _ => None,
        }
    }

    /// The `length` of an array; 0 for other objects.
    #[inline]
    pub fn array_len(&self) -> u32 {
        match self.dense() {
            Some(s) => s.len() as u32,
            None => self.with_dict(|d| d.array_len).unwrap_or(0),
        }
    }

    pub(super) fn with_dict<T>(&self, read: impl FnOnce(&Dict) -> T) -> Option<T> {
        self.extra_if_any().and_then(|e| e.dict.borrow().as_deref().map(read))
    }

    /// Changes the dictionary; `None` where the object has a shape. It is made when something is first put into it: most objects with hooks have
    /// no properties of their own. `write` must hand out what it removes, so that nothing drops while it is borrowed.
    pub(super) fn with_dict_mut<T>(&self, write: impl FnOnce(&mut Dict) -> T) -> Option<T> {
        if self.shape_id() != 0 {
            return None;
        }
        let mut dict = self.extra().dict.borrow_mut();
        Some(write(dict.get_or_insert_with(Box::default)))
    }

    /// Sets `length`. False if it is read-only or an element in the way cannot be deleted.
    pub fn set_array_len(&self, len: u32) -> bool {
        if self.array_len() == len {
            return !self.flag(flag::LENGTH_READ_ONLY);
        }
        if self.flag(flag::LENGTH_READ_ONLY) {
            return false;
        }
        if let Some(s) = self.dense() {
            if len as usize <= s.len() || (len as usize) <= MAX_HOLES {
                s.resize(len as usize);
                return true;
            }
            self.make_sparse();
        }
        let mut doomed = self.with_dict(|d| index_keys(d, len)).unwrap_or_default();
        doomed.sort_unstable();
        for i in doomed.into_iter().rev() {
            let fixed = self.with_dict(|d| d.props.get(&Key::Index(i)).is_some_and(|(_, a)| !a.has(Attr::CONFIGURABLE)));
            if fixed == Some(true) {
                self.with_dict_mut(|d| d.array_len = i + 1);
                return false;
            }
            drop(self.with_dict_mut(|d| d.props.remove(&Key::Index(i))));
        }
        self.with_dict_mut(|d| d.array_len = len);
        true
    }

    /// Before extensibility ends: the dense fast path assumes that holes can be filled.
    pub(super) fn materialise_sparse(&self) {
        if let Some(s) = self.dense()
            && !s.is_packed()
        {
            self.make_sparse();
        }
    }

    /// Moves the elements of an array into the dictionary.
    pub(crate) fn make_sparse(&self) {
        let Some(s) = self.dense() else { return };
        self.to_dict();
        let values = s.take();
        self.with_dict_mut(|d| {
            d.array_len = values.len() as u32;
            for (i, v) in values.into_iter().enumerate() {
                if !matches!(v, Value::Uninit) {
                    d.props.insert(Key::Index(i as u32), (v, Attr::ALL));
                }
            }
        });
        self.set_flag(flag::SPARSE, true);
    }

    /// Writes element `i` of a dense array with default semantics, growing it; gives `value` back if the array has to
    /// become sparse first.
    pub(super) fn put_dense(&self, s: &Slots, i: u32, value: Value) -> Result<(), Value> {
        let i = i as usize;
        match s.set(i, value) {
            Ok(()) => Ok(()),
            Err(value) => {
                let gap = i - s.len();
                if gap > MAX_GAP && i > s.len() * 4 {
                    return Err(value);
                }
                if gap > 0 {
                    s.resize(i);
                }
                s.push(value);
                Ok(())
            }
        }
    }

    /// Makes `length` read-only, as freezing an array does.
    pub fn freeze_array_len(&self) {
        self.set_flag(flag::LENGTH_READ_ONLY, true);
    }

    pub fn is_array_len_writable(&self) -> bool {
        !self.flag(flag::LENGTH_READ_ONLY)
    }
}

fn index_keys(d: &Dict, from: u32) -> Vec<u32> {
    let index = |k: &Key| match k {
        Key::Index(i) if *i >= from => Some(*i),
        _ => None,
    };
    d.props.iter().filter_map(|(k, _)| index(k)).collect()
}
