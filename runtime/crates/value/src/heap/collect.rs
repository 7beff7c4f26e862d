//! The cycle collector, in CPython's manner: an object whose count exceeds the references from within the examined set is
//! held from outside; what cannot be reached from such objects is garbage.
//!
//! What holds for any moment makes it safe at any moment: whoever uses an object (a Rust variable, a queue, a host) holds a count that
//! no traced object accounts for. So it may run in the midst of a job, and what a payload cannot show (because it is borrowed) is kept.
//!
//! Young objects are examined in one go, their number is bounded. The old ones are examined in slices ([`super::cycle`]).

use super::lists::{Heap, OLD};
use super::{Obj, ObjBox, flag, slot_ptr};
use crate::Value;
use std::ptr::NonNull;

/// Young objects before a young collection at the end of a turn is worth it.
const YOUNG: usize = 10_000;
/// Young objects before a young collection in the midst of a job: a job that never ends its turn must not hoard garbage.
const YOUNG_IN_JOB: usize = 100_000;

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CollectStats {
    pub examined: usize,
    pub freed: usize,
}

/// Receives every reference an object holds.
pub struct Tracer<'a> {
    visit: &'a mut dyn FnMut(NonNull<ObjBox>),
}

impl Tracer<'_> {
    #[inline]
    pub fn obj(&mut self, o: &Obj) {
        (self.visit)(o.0);
    }
    #[inline]
    pub fn value(&mut self, v: &Value) {
        if let Value::Obj(o) = v {
            self.obj(o);
        }
    }
    pub fn values(&mut self, vs: &[Value]) {
        for v in vs {
            self.value(v);
        }
    }
}

impl Heap {
    /// Collects cycles if enough objects came into being since the last time, and goes on with what is under way. Call at an empty
    /// microtask queue.
    pub(crate) fn collect_if_needed(&self) -> Option<CollectStats> {
        if self.releasing.get() {
            return None;
        }
        let mut stats = None;
        if self.young.live() >= YOUNG {
            stats = Some(self.collect_young());
        }
        self.advance(self.slice(stats)).or(stats)
    }

    /// Collects all cycles now.
    pub(crate) fn collect_all(&self) -> CollectStats {
        if self.releasing.get() {
            return CollectStats::default();
        }
        self.drop_cycle();
        self.empty_garbage(usize::MAX);
        self.promote();
        self.start_cycle();
        let stats = self.advance(usize::MAX).unwrap_or_default();
        self.empty_garbage(usize::MAX);
        stats
    }

    /// For tests: collects at every `every`th allocation; 0 ends it.
    pub(crate) fn set_stress(&self, every: usize) {
        self.stress.set(every);
        self.young.close();
    }

    /// The slow path of an allocation: the young list is full, or a test wants a collection.
    #[cold]
    pub(super) fn make_room(&self) {
        let every = self.stress.get();
        if !self.releasing.get() {
            if every > 0 {
                self.collect_young();
                if self.cycle.borrow().is_none() && self.garbage.borrow().is_empty() {
                    self.start_cycle();
                }
                // A slice of odd size, so that slices end at all kinds of moments.
                self.advance(997);
            } else if self.young.live() >= YOUNG_IN_JOB {
                let stats = self.collect_young();
                self.advance(self.slice(Some(stats)));
            }
        }
        self.young.compact();
        self.young.grow((every > 0).then_some(every));
    }

    /// Takes garbage into the heap's own hands, to be emptied by and by. From here on no weak reference finds it.
    pub(super) fn bury(&self, found: impl Iterator<Item = NonNull<ObjBox>>) -> usize {
        let mut garbage = self.garbage.borrow_mut();
        let before = garbage.len();
        for p in found {
            if has_weak(p) {
                self.forget_weak(p);
            }
            garbage.push(hold(p));
        }
        garbage.len() - before
    }

    /// Moves the young to the old list.
    fn promote(&self) {
        let (mut old, mut gaps) = (self.old.borrow_mut(), self.gaps.borrow_mut());
        let young = self.young.take();
        self.live_old.set(self.live_old.get() + young.len());
        for p in young {
            let place = gaps.pop().unwrap_or_else(|| {
                old.push(None);
                old.len() as u32 - 1
            });
            assert!(place < OLD, "an isolate holds fewer than 2^31 objects");
            // SAFETY: lists hold live boxes only.
            unsafe { p.as_ref() }.place.set(place | OLD);
            old[place as usize] = Some(p);
        }
    }

    /// Examines the young objects; the survivors are old.
    fn collect_young(&self) -> CollectStats {
        // What the last one found, if the slices since then have not got that far.
        self.empty_garbage(usize::MAX);
        self.young.compact();
        // No user code runs between here and `garbage`, so the copy stays exact.
        let set: Vec<NonNull<ObjBox>> = self.young.members();
        let position = |p: NonNull<ObjBox>| {
            let place = place_of(p);
            (place & OLD == 0).then_some(place as usize)
        };
        let mut outside: Vec<u32> = set.iter().map(|p| count_of(*p)).collect();
        for p in &set {
            trace(*p, &mut |child| {
                if let Some(n) = position(child).and_then(|i| outside.get_mut(i)) {
                    *n = n.saturating_sub(1);
                }
            });
        }
        let mut reached: Vec<bool> = outside.iter().map(|n| *n > 0).collect();
        let mut todo: Vec<usize> = (0..set.len()).filter(|i| reached[*i]).collect();
        while let Some(i) = todo.pop() {
            trace(set[i], &mut |child| {
                if let Some(c) = position(child)
                    && reached.get(c) == Some(&false)
                {
                    reached[c] = true;
                    todo.push(c);
                }
            });
        }
        let freed = self.bury((0..set.len()).filter(|i| !reached[*i]).map(|i| set[i]));
        self.promote();
        CollectStats { examined: set.len(), freed }
    }
}

pub(super) fn place_of(p: NonNull<ObjBox>) -> u32 {
    // SAFETY: `p` is in a list or held by an object in it, so it is alive.
    unsafe { p.as_ref() }.place.get()
}

pub(super) fn count_of(p: NonNull<ObjBox>) -> u32 {
    // SAFETY: lists hold live boxes only, and nothing is freed while a collector looks at them.
    unsafe { p.as_ref() }.count.get()
}

pub(super) fn has_weak(p: NonNull<ObjBox>) -> bool {
    // SAFETY: as for `count_of`.
    unsafe { p.as_ref() }.flags.get() & flag::HAS_WEAK != 0
}

/// A counted reference to a listed box.
pub(super) fn hold(p: NonNull<ObjBox>) -> Obj {
    // SAFETY: lists hold live boxes only, so the count is at least one.
    let head = unsafe { p.as_ref() };
    head.count.set(head.count.get() + 1);
    Obj(p)
}

/// Shows every object that `p` refers to, once for each reference.
pub(super) fn trace(p: NonNull<ObjBox>, visit: &mut dyn FnMut(NonNull<ObjBox>)) {
    trace_part(p, 0, usize::MAX, visit);
}

/// Shows what `p` refers to in parts: from element `from` on, about `most` elements. Answers where the next part begins, or `None` when
/// all was shown. A map with a million entries must not be one step.
pub(super) fn trace_part(p: NonNull<ObjBox>, from: usize, most: usize, visit: &mut dyn FnMut(NonNull<ObjBox>)) -> Option<usize> {
    // SAFETY: callers pass live boxes.
    let head = unsafe { p.as_ref() };
    let mut t = Tracer { visit };
    let properties = head.extra.get().map_or(0, |extra| extra.dict_places());
    let elements = head.kind.elements();
    if from == 0 {
        head.proto.trace_obj(&mut t);
        for i in 0..usize::from(head.inline_cap) {
            // SAFETY: in bounds and initialised; tracing only reads, and no writer is active while it does.
            t.value(unsafe { &*slot_ptr(p, i) });
        }
        if let Some(extra) = head.extra.get() {
            extra.trace_fixed(&mut t);
        }
        head.kind.trace_fixed(&mut t);
    }
    let to = from.saturating_add(most).min(properties + elements);
    if from < properties
        && let Some(extra) = head.extra.get()
    {
        extra.trace_dict(from..to.min(properties), &mut t);
    }
    if to > properties {
        head.kind.trace_elements(from.max(properties) - properties..to - properties, &mut t);
    }
    (to < properties + elements).then_some(to)
}

impl Obj {
    /// Empties garbage: properties and contents, not the prototype or the shape.
    pub(super) fn clear(&self) {
        for i in 0..u32::from(self.head().inline_cap) {
            self.set_slot(i, Value::Undefined);
        }
        if let Some(extra) = self.extra_if_any() {
            extra.clear();
        }
        self.kind().clear();
        self.set_flag(flag::BUILTIN, false);
    }
}
