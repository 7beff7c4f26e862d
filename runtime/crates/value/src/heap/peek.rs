//! Reading a number through objects without counting any of them: what arithmetic on properties and elements compiles to.

use super::{ObjBox, slot_ptr};
use crate::{Cx, Ic, Isolate, Kind, Obj, Value};
use std::ptr::NonNull;

/// How a path goes on from an object.
#[derive(Clone, Copy)]
pub enum Step {
    /// To an own property, in the slot where the cache of this site saw it last.
    Slot(u32),
    /// To an element of a dense array.
    At(i32),
    /// To the content of a captured variable.
    Cell,
}

/// The element of a dense array that a number names; -1, which names none, for what is no index.
#[inline]
pub fn to_index(n: f64) -> i32 {
    let i = n as i32;
    if f64::from(i) == n { i } else { -1 }
}

impl Isolate {
    /// The number at the end of a path. `None` if something else is there or the path needs more than looking: then nothing has happened.
    #[inline(always)]
    pub fn peek_num<const N: usize>(&'static self, start: &Value, path: [Step; N]) -> Option<f64> {
        // SAFETY: nothing but this function runs until the place has been read.
        match unsafe { walk(self, NonNull::from(start), &path)?.as_ref() } {
            Value::Num(n) => Some(*n),
            _ => None,
        }
    }

    /// As [`Isolate::peek_num`], from a module variable.
    #[inline(always)]
    pub fn peek_global<const N: usize>(&'static self, slot: u32, path: [Step; N]) -> Option<f64> {
        // SAFETY: as for `peek_num`; the place lies in the isolate's variables, which nothing changes meanwhile.
        match unsafe { walk(self, self.globals.place(slot as usize)?, &path)?.as_ref() } {
            Value::Num(n) => Some(*n),
            _ => None,
        }
    }

    /// Adds to the number at the end of a path: `o.count += delta`. The last step's cache must be one of assignments, so that it knows writable
    /// properties only. False if something else is there or the path needs more than looking: then nothing has happened.
    #[inline(always)]
    pub fn add_num<const N: usize>(&'static self, start: &Value, path: [Step; N], delta: f64) -> bool {
        let Some((last, path)) = path.split_last() else { return false };
        // SAFETY: nothing but this function runs until the place has been written.
        unsafe { walk(self, NonNull::from(start), path).is_some_and(|at| add(self, at, *last, delta)) }
    }

    /// As [`Isolate::add_num`], from a module variable.
    #[inline(always)]
    pub fn add_global<const N: usize>(&'static self, slot: u32, path: [Step; N], delta: f64) -> bool {
        let (Some((last, path)), Some(start)) = (path.split_last(), self.globals.place(slot as usize)) else { return false };
        // SAFETY: as for `add_num`; the start lies in the isolate's variables, which nothing changes meanwhile.
        unsafe { walk(self, start, path).is_some_and(|at| add(self, at, *last, delta)) }
    }

    /// The length of the array or string at the end of a path.
    #[inline(always)]
    pub fn peek_len<const N: usize>(&'static self, start: &Value, path: [Step; N]) -> Option<f64> {
        // SAFETY: nothing but this function runs until the place has been read.
        match unsafe { walk(self, NonNull::from(start), &path)?.as_ref() } {
            Value::Obj(o) => o.dense().map(|s| s.len() as f64),
            Value::Str(s) => Some(s.len_utf16() as f64),
            _ => None,
        }
    }
}

/// Where a path ends.
///
/// # Safety
/// `at` must point to a value that lives while the caller uses what it gets, and nothing may be written to the heap in that time. Then so do
/// the places of this walk: each belongs to an object that the place before it keeps alive, and reading alone moves and frees nothing.
#[inline(always)]
unsafe fn walk(cx: Cx, mut at: NonNull<Value>, path: &[Step]) -> Option<NonNull<Value>> {
    for step in path {
        // SAFETY: the caller's promise.
        let Value::Obj(o) = (unsafe { at.as_ref() }) else { return None };
        at = match *step {
            Step::Slot(site) => o.slot_place(cx.ic(site))?,
            Step::At(i) => o.dense()?.place(i as usize)?,
            Step::Cell => match o.kind() {
                Kind::Cell(c) => c.place(),
                _ => return None,
            },
        };
    }
    Some(at)
}

/// Adds to the number one step on, if it may be changed in place.
///
/// # Safety
/// As for [`walk`], and nobody else may look at the place meanwhile.
#[inline(always)]
unsafe fn add(cx: Cx, at: NonNull<Value>, step: Step, delta: f64) -> bool {
    // SAFETY: the caller's promise.
    let Value::Obj(o) = (unsafe { at.as_ref() }) else { return false };
    let place = match step {
        Step::Slot(site) => o.slot_place(cx.ic(site)),
        Step::At(i) => o.dense_mut().and_then(|s| s.place_mut(i as usize)),
        Step::Cell => None,
    };
    // SAFETY: the place is a slot of the object's allocation or of its vector, both reached through pointers that may write; no reference to it
    // exists, and a number is replaced by a number, so nothing needs a drop.
    match place.map(|mut place| unsafe { place.as_mut() }) {
        Some(Value::Num(n)) => {
            *n += delta;
            true
        }
        _ => false,
    }
}

impl Obj {
    /// Where the own property is that the cache knows, if it lies in the object's own allocation.
    #[inline(always)]
    fn slot_place(&self, ic: &Ic) -> Option<NonNull<Value>> {
        let head: &ObjBox = self.head();
        let slot = self.cached_slot(ic)?;
        // SAFETY: the slot is one of the `inline_cap` values behind the box, so the pointer is inside the allocation and not null.
        (slot < u32::from(head.inline_cap)).then(|| unsafe { NonNull::new_unchecked(slot_ptr(self.0, slot as usize)) })
    }
}
