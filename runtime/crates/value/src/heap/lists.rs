//! The lists of all objects of a thread, and what happens to an object that nobody refers to any more.

use super::young::Young;
use super::{Allocator, ObjBox, Obj, WeakObj, cycle, flag, layout, slot_ptr};
use crate::{Isolate, Kind};
use std::alloc::GlobalAlloc as _;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ptr::NonNull;

/// The bit of `ObjBox::place` that says "old list".
pub(super) const OLD: u32 = 1 << 31;

/// The objects of one thread.
#[derive(Default)]
pub struct Heap {
    pub(super) young: Young,
    /// Objects keep their place in it for life; gaps are filled by later ones.
    pub(super) old: RefCell<Vec<Option<NonNull<ObjBox>>>>,
    pub(super) gaps: RefCell<Vec<u32>>,
    pub(super) live_old: Cell<usize>,
    /// Old places below this one are named by a collection under way: none is given to another object.
    pub(super) pinned: Cell<usize>,
    pub(super) cycle: RefCell<Option<cycle::Cycle>>,
    /// Found garbage that is still to be emptied. Nobody but this list can reach it.
    pub(super) garbage: RefCell<Vec<Obj>>,
    /// For tests: collect at every so many allocations; 0 is off.
    pub(super) stress: Cell<usize>,
    /// Objects whose count is zero, waiting to be taken apart.
    dead: RefCell<Vec<NonNull<ObjBox>>>,
    pub(super) releasing: Cell<bool>,
    /// Live old objects after the last full collection.
    pub(super) old_then: Cell<usize>,
    pub(super) weak: RefCell<HashMap<usize, WeakObj>>,
}

thread_local! {
    /// Leaked, so that it outlives every object whatever the order of thread-local destructors.
    static HEAP: Cell<Option<&'static Heap>> = const { Cell::new(None) };
}

impl Heap {
    /// This thread's heap, made on first use.
    #[inline(always)]
    pub(crate) fn here() -> &'static Heap {
        HEAP.get().unwrap_or_else(Heap::start)
    }

    #[cold]
    fn start() -> &'static Heap {
        let heap: &'static Heap = Box::leak(Box::default());
        HEAP.set(Some(heap));
        heap
    }

    /// Live objects.
    pub fn live(&self) -> usize {
        self.young.live() + self.live_old.get()
    }

    /// Takes a new object on.
    #[inline(always)]
    pub(super) fn adopt(&self, p: NonNull<ObjBox>) {
        let place = match self.young.add(p) {
            Some(place) => place,
            None => self.adopt_slowly(p),
        };
        // SAFETY: the box was just written.
        unsafe { p.as_ref() }.place.set(place);
    }

    #[cold]
    fn adopt_slowly(&self, p: NonNull<ObjBox>) -> u32 {
        self.make_room();
        self.young.add(p).expect("room was just made")
    }

    /// Weak references to the object find nothing from now on.
    #[inline(never)]
    pub(super) fn forget_weak(&self, p: NonNull<ObjBox>) {
        let weak = self.weak.borrow_mut().remove(&(p.as_ptr() as usize));
        if let Some(weak) = weak {
            weak.0.set(None);
        }
    }

    /// Takes an object off its list.
    #[inline(always)]
    fn forget(&self, p: NonNull<ObjBox>) {
        // SAFETY: called from `release`, before the box is freed.
        let place = unsafe { p.as_ref() }.place.get();
        if place & OLD == 0 {
            self.young.remove(place as usize);
        } else {
            self.forget_old((place & !OLD) as usize);
        }
    }

    #[inline(never)]
    fn forget_old(&self, place: usize) {
        self.live_old.set(self.live_old.get() - 1);
        self.old.borrow_mut()[place] = None;
        if place >= self.pinned.get() {
            self.gaps.borrow_mut().push(place as u32);
        }
    }
}

/// Called when a count reached zero.
#[inline(never)]
pub(super) fn release(p: NonNull<ObjBox>) {
    let heap = Heap::here();
    // SAFETY: the count has just reached zero; the box is freed below or by the loop that is already running, not before.
    if unsafe { p.as_ref() }.flags.get() & flag::HAS_WEAK != 0 {
        heap.forget_weak(p);
    }
    heap.forget(p);
    if heap.releasing.replace(true) {
        // An outer call is taking objects apart: dropping a long list must not use the stack.
        heap.dead.borrow_mut().push(p);
        return;
    }
    free(p);
    loop {
        let next = heap.dead.borrow_mut().pop();
        match next {
            Some(p) => free(p),
            None => break,
        }
    }
    heap.releasing.set(false);
}

#[inline(always)]
fn free(p: NonNull<ObjBox>) {
    // SAFETY: the count is zero and weak references are cleared, so nobody can reach the box. Slots and box were
    // initialised at creation and are dropped exactly once: a slot that owns nothing needs no drop, and of a plain object
    // without an extra part only shape and prototype do. The memory goes back to the allocator it came from, with its layout. Counts that
    // reach zero on the way are queued in `dead`, because `releasing` is set.
    unsafe {
        let head = p.as_ptr();
        let cap = (*head).inline_cap;
        for i in 0..usize::from(cap) {
            let slot = slot_ptr(p, i);
            if (*slot).owns() {
                slot.drop_in_place();
            }
        }
        if matches!((*head).kind, Kind::Plain) && (*head).extra.get().is_none() {
            (&raw mut (*head).shape).drop_in_place();
            (&raw mut (*head).proto).drop_in_place();
        } else {
            head.drop_in_place();
        }
        Allocator.dealloc(p.as_ptr().cast(), layout(cap));
    }
}

impl Isolate {
    /// The number of live objects on this thread.
    pub fn live_objects(&self) -> usize {
        self.heap.live()
    }
}
