//! Interior mutability without borrow flags, for fields whose readers copy out.

use super::ObjBox;
use crate::{Obj, Shape, Value};
use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::Rc;

/// Types whose `clone` runs no foreign code: it copies bits and counts references.
pub(crate) trait Inert: Clone {}
impl Inert for Value {}
impl Inert for Option<Obj> {}
impl Inert for Option<Rc<Shape>> {}

/// A place that hands out copies and takes replacements; no reference into it ever leaves.
pub(crate) struct HeapCell<T>(UnsafeCell<T>);

impl<T: Inert> HeapCell<T> {
    pub(crate) const fn new(value: T) -> HeapCell<T> {
        HeapCell(UnsafeCell::new(value))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> T {
        // SAFETY: `T: Inert`, so `clone` neither calls back into this cell nor keeps the reference; the type is not `Sync`.
        unsafe { (*self.0.get()).clone() }
    }

    /// Puts `value` in and returns what was there; the caller drops it when the cell is free again.
    #[inline(always)]
    pub(crate) fn replace(&self, value: T) -> T {
        // SAFETY: no reference into the cell exists outside this module's methods, and none of them is active: `replace`
        // moves bits only.
        unsafe { std::ptr::replace(self.0.get(), value) }
    }
}

/// A vector of shared things that hands out copies.
pub(crate) struct Table<T>(UnsafeCell<Vec<Option<T>>>);

impl<T> Table<Rc<T>> {
    pub(crate) const fn new() -> Table<Rc<T>> {
        Table(UnsafeCell::new(Vec::new()))
    }

    /// A copy of what is at `i`, if anything.
    #[inline(always)]
    pub(crate) fn get(&self, i: usize) -> Option<Rc<T>> {
        // SAFETY: the reference ends with this function, and cloning an `Rc` runs no foreign code. Not `Sync`.
        unsafe { &*self.0.get() }.get(i)?.clone()
    }

    /// Puts `thing` at `i`, which must be free.
    pub(crate) fn put(&self, i: usize, thing: Rc<T>) {
        // SAFETY: the reference ends with this function; what is replaced is `None`, so no foreign code runs meanwhile. Not `Sync`.
        let all = unsafe { &mut *self.0.get() };
        if all.len() <= i {
            all.resize(i + 1, None);
        }
        assert!(all[i].is_none(), "place {i} is taken");
        all[i] = Some(thing);
    }
}

/// A vector of values that hands out copies; every method leaves it free before foreign code (a drop) can run.
#[derive(Default)]
pub struct Slots(UnsafeCell<Vec<Value>>);

impl Slots {
    pub fn new(values: Vec<Value>) -> Slots {
        Slots(UnsafeCell::new(values))
    }

    #[inline]
    fn vec(&self) -> &Vec<Value> {
        // SAFETY: private; each caller below finishes with the reference before it returns or drops a value, and
        // `Value::clone` runs no foreign code, so no writer can run while the reference lives. Not `Sync`.
        unsafe { &*self.0.get() }
    }

    #[expect(clippy::mut_from_ref, reason = "the interior mutability is this type's purpose")]
    #[inline]
    fn vec_mut(&self) -> &mut Vec<Value> {
        // SAFETY: as for `vec`: private, never held across a drop of a value or any other foreign code, so it is unique.
        unsafe { &mut *self.0.get() }
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.vec().len()
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the value at `i`; holes are `Uninit`.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.vec().get(i).cloned()
    }

    /// A copy of the value at `i` if there is one and it is no hole.
    #[inline(always)]
    pub fn get_present(&self, i: usize) -> Option<Value> {
        match self.vec().get(i) {
            Some(Value::Uninit) | None => None,
            Some(v) => Some(v.clone()),
        }
    }

    /// As [`Slots::get`], with `Uninit` beyond the end too.
    #[inline]
    pub fn get_or_hole(&self, i: usize) -> Value {
        match self.vec().get(i) {
            Some(v) => v.clone(),
            None => Value::Uninit,
        }
    }

    /// Where the value at `i` is, until the next change.
    #[inline]
    pub(crate) fn place(&self, i: usize) -> Option<NonNull<Value>> {
        self.vec().get(i).map(NonNull::from)
    }

    /// As [`Slots::place`], for writing.
    #[inline(always)]
    pub(crate) fn place_mut(&self, i: usize) -> Option<NonNull<Value>> {
        self.vec_mut().get_mut(i).map(NonNull::from)
    }

    /// The number at `i`, if there is one.
    #[inline]
    pub fn get_num(&self, i: usize) -> Option<f64> {
        match self.vec().get(i) {
            Some(Value::Num(n)) => Some(*n),
            _ => None,
        }
    }

    /// Replaces the value at `i`; gives `value` back if `i` is beyond the end.
    #[inline]
    pub fn set(&self, i: usize, value: Value) -> Result<(), Value> {
        match self.vec_mut().get_mut(i) {
            Some(place) => {
                let old = std::mem::replace(place, value);
                old.discard();
                Ok(())
            }
            None => Err(value),
        }
    }

    /// Replaces the value at `i` if that is no hole.
    #[inline]
    pub fn set_present(&self, i: usize, value: Value) -> Result<(), Value> {
        match self.vec_mut().get_mut(i) {
            Some(Value::Uninit) | None => Err(value),
            Some(place) => {
                let old = std::mem::replace(place, value);
                old.discard();
                Ok(())
            }
        }
    }

    /// Takes the value at `i` out and leaves a hole.
    #[inline]
    pub fn take_at(&self, i: usize) -> Option<Value> {
        self.vec_mut().get_mut(i).map(|place| std::mem::replace(place, Value::Uninit))
    }

    #[inline(always)]
    pub fn push(&self, value: Value) {
        let v = self.vec_mut();
        let len = v.len();
        if len == v.capacity() {
            return Slots::push_growing(v, value);
        }
        // SAFETY: the place behind the last value is allocated; it is written before it counts.
        unsafe {
            super::copy::move_words(ManuallyDrop::new([value]), v.as_mut_ptr().add(len));
            v.set_len(len + 1);
        }
    }

    #[inline(never)]
    fn push_growing(v: &mut Vec<Value>, value: Value) {
        v.push(value);
    }

    #[inline]
    pub fn pop(&self) -> Option<Value> {
        self.vec_mut().pop()
    }

    pub fn insert(&self, i: usize, value: Value) {
        self.vec_mut().insert(i, value);
    }

    /// Removes the value at `i`, which must be below the length.
    pub fn remove(&self, i: usize) -> Value {
        self.vec_mut().remove(i)
    }

    /// Makes the length `len`, adding holes or dropping values.
    pub fn resize(&self, len: usize) {
        let v = self.vec_mut();
        let dropped = if len < v.len() { v.split_off(len) } else { vec![] };
        if len > v.len() {
            v.resize(len, Value::Uninit);
        }
        drop(dropped);
    }

    /// Replaces `range` by `values`; returns what was there.
    pub fn splice(&self, range: std::ops::Range<usize>, values: Vec<Value>) -> Vec<Value> {
        self.vec_mut().splice(range, values).collect()
    }

    /// Copies of `range`, clamped to the length.
    pub fn copy_range(&self, range: std::ops::Range<usize>) -> Vec<Value> {
        let v = self.vec();
        let end = range.end.min(v.len());
        v[range.start.min(end)..end].to_vec()
    }

    /// Copies of all values.
    pub fn to_vec(&self) -> Vec<Value> {
        self.vec().clone()
    }

    /// Appends copies of all values to `out`, `undefined` for holes.
    pub fn copy_into(&self, out: &mut Vec<Value>) {
        out.extend(self.vec().iter().map(|v| v.clone().hole_to_undefined()));
    }

    /// Appends all of `values`.
    pub fn append(&self, mut values: Vec<Value>) {
        self.vec_mut().append(&mut values);
    }

    pub fn reserve(&self, more: usize) {
        self.vec_mut().reserve(more);
    }

    /// Takes everything out, leaving it empty.
    #[inline]
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(self.vec_mut())
    }

    /// Puts `values` in place of everything.
    #[inline]
    pub fn put(&self, values: Vec<Value>) {
        let old = std::mem::replace(self.vec_mut(), values);
        drop(old);
    }

    /// True if no element is a hole.
    pub fn is_packed(&self) -> bool {
        !self.vec().iter().any(|v| matches!(v, Value::Uninit))
    }

    pub fn reverse(&self) {
        self.vec_mut().reverse();
    }
}

impl Slots {
    /// Shows a range of elements to the collector.
    pub fn trace(&self, range: std::ops::Range<usize>, t: &mut crate::Tracer<'_>) {
        let v = self.vec();
        let end = range.end.min(v.len());
        t.values(&v[range.start.min(end)..end]);
    }
}

impl HeapCell<Value> {
    /// Where the value is.
    #[inline]
    pub(crate) fn place(&self) -> NonNull<Value> {
        // SAFETY: a pointer into `self` is not null.
        unsafe { NonNull::new_unchecked(self.0.get()) }
    }

    pub(crate) fn trace(&self, t: &mut crate::Tracer<'_>) {
        t.value(&self.get());
    }
}

impl HeapCell<Option<Obj>> {
    /// Where the object is, without counting.
    #[inline]
    pub(super) fn peek(&self) -> Option<NonNull<ObjBox>> {
        // SAFETY: the reference ends with the copy of the pointer's bits; no writer is active, because `replace` moves bits only.
        unsafe { (*self.0.get()).as_ref() }.map(|o| o.0)
    }

    pub(crate) fn trace_obj(&self, t: &mut crate::Tracer<'_>) {
        if let Some(o) = self.get() {
            t.obj(&o);
        }
    }
}
