//! The objects that no collection has examined yet. Every object passes through here, so adding and removing are a few instructions.

use super::ObjBox;
use std::cell::{Cell, UnsafeCell};
use std::ptr::NonNull;

/// A list whose members know their places. Removed ones leave gaps, except at the end.
#[derive(Default)]
pub(super) struct Young {
    places: UnsafeCell<Vec<Option<NonNull<ObjBox>>>>,
    /// The length at which the next object first makes room for itself; never more than the capacity.
    room: Cell<usize>,
    gaps: Cell<usize>,
}

impl Young {
    #[expect(clippy::mut_from_ref, reason = "the interior mutability is this type's purpose")]
    #[inline(always)]
    fn places(&self) -> &mut Vec<Option<NonNull<ObjBox>>> {
        // SAFETY: private; every method of this file finishes with the reference before it returns and calls nothing meanwhile that
        // could come back here: no drop of a value, no user code. The type is not `Sync`.
        unsafe { &mut *self.places.get() }
    }

    /// Puts an object at the end and says where that is; `None` if there is no room.
    #[inline(always)]
    pub(super) fn add(&self, p: NonNull<ObjBox>) -> Option<u32> {
        let places = self.places();
        let place = places.len();
        if place >= self.room.get() {
            return None;
        }
        // SAFETY: `room` is at most the capacity, so the place behind the last one is allocated; it is written before it counts.
        unsafe {
            places.as_mut_ptr().add(place).write(Some(p));
            places.set_len(place + 1);
        }
        Some(place as u32)
    }

    /// Removes the object at this place.
    #[inline(always)]
    pub(super) fn remove(&self, place: usize) {
        let places = self.places();
        if place + 1 != places.len() {
            places[place] = None;
            self.gaps.set(self.gaps.get() + 1);
            return;
        }
        places.pop();
        while let Some(None) = places.last() {
            places.pop();
            self.gaps.set(self.gaps.get() - 1);
        }
    }

    /// Objects in the list.
    #[inline]
    pub(super) fn live(&self) -> usize {
        self.places().len() - self.gaps.get()
    }

    /// Closes the gaps.
    pub(super) fn compact(&self) {
        let places = self.places();
        places.retain(Option::is_some);
        self.gaps.set(0);
        for (i, p) in places.iter().flatten().enumerate() {
            // SAFETY: lists hold live boxes only: `forget` removes a box before it is freed.
            unsafe { p.as_ref() }.place.set(i as u32);
        }
    }

    /// Makes room for as many objects again as there are, or for `limit` ones.
    pub(super) fn grow(&self, limit: Option<usize>) {
        let places = self.places();
        if places.len() * 2 >= places.capacity() {
            places.reserve(places.len().max(1024));
        }
        let most = places.capacity();
        self.room.set(limit.map_or(most, |limit| most.min(places.len() + limit)));
    }

    /// From now on the next object makes room for itself.
    pub(super) fn close(&self) {
        self.room.set(0);
    }

    /// The objects, in order.
    pub(super) fn members(&self) -> Vec<NonNull<ObjBox>> {
        self.places().iter().flatten().copied().collect()
    }

    /// Takes all objects out.
    pub(super) fn take(&self) -> Vec<NonNull<ObjBox>> {
        let members = self.members();
        self.places().clear();
        self.gaps.set(0);
        members
    }
}
