//! The cycle collector, in CPython's manner: an object whose count exceeds the references from within the examined set is
//! held from outside; what cannot be reached from such objects is garbage.

use super::{Heap, OLD, Obj, ObjBox, compact, flag, slot_ptr};
use crate::Value;
use std::cell::RefCell;
use std::ptr::NonNull;

/// Young objects before a young collection is worth it.
const YOUNG: usize = 20_000;
/// Old objects below which no full collection runs.
const OLD_MIN: usize = 50_000;

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

type List = RefCell<Vec<Option<NonNull<ObjBox>>>>;

impl Heap {
    /// Collects cycles if enough objects came into being since the last time. Call at an empty microtask queue, when no
    /// payload is borrowed.
    pub(crate) fn collect_if_needed(&self) -> Option<CollectStats> {
        if self.live_young.get() < YOUNG || self.releasing.get() {
            return None;
        }
        let stats = self.collect(&self.young, 0);
        self.promote();
        let old = self.live.get() - self.live_young.get();
        if old > OLD_MIN && old > self.old_then.get() * 2 {
            return Some(self.collect_old());
        }
        Some(stats)
    }

    /// Collects all cycles now.
    pub(crate) fn collect_all(&self) -> CollectStats {
        if self.releasing.get() {
            return CollectStats::default();
        }
        self.promote();
        self.collect_old()
    }

    fn collect_old(&self) -> CollectStats {
        let stats = self.collect(&self.old, OLD);
        self.old_then.set(self.live.get() - self.live_young.get());
        stats
    }

    /// Moves the young to the old list.
    fn promote(&self) {
        let mut young = self.young.borrow_mut();
        let mut old = self.old.borrow_mut();
        compact(&mut old, OLD);
        for p in young.drain(..).flatten() {
            // SAFETY: lists hold live boxes only.
            unsafe { p.as_ref() }.place.set(old.len() as u32 | OLD);
            old.push(Some(p));
        }
        self.live_young.set(0);
    }

    fn collect(&self, list: &List, generation: u32) -> CollectStats {
        compact(&mut list.borrow_mut(), generation);
        // No user code runs between here and `garbage`, so the copy stays exact.
        let set: Vec<NonNull<ObjBox>> = list.borrow().iter().flatten().copied().collect();
        let position = |p: NonNull<ObjBox>| {
            // SAFETY: `p` is in a list or held by an object in it, so it is alive.
            let place = unsafe { p.as_ref() }.place.get();
            (place & OLD == generation).then_some((place & !OLD) as usize)
        };
        let count_of = |p: &NonNull<ObjBox>| {
            // SAFETY: lists hold live boxes only, and nothing is freed meanwhile.
            unsafe { p.as_ref() }.count.get()
        };
        let mut outside: Vec<u32> = set.iter().map(count_of).collect();
        for p in &set {
            trace(*p, &mut |child| {
                if let Some(i) = position(child) {
                    outside[i] = outside[i].saturating_sub(1);
                }
            });
        }
        let mut reached: Vec<bool> = outside.iter().map(|n| *n > 0).collect();
        let mut todo: Vec<usize> = (0..set.len()).filter(|i| reached[*i]).collect();
        while let Some(i) = todo.pop() {
            trace(set[i], &mut |child| {
                if let Some(c) = position(child)
                    && !std::mem::replace(&mut reached[c], true)
                {
                    todo.push(c);
                }
            });
        }
        let garbage: Vec<Obj> = (0..set.len()).filter(|i| !reached[*i]).map(|i| hold(set[i])).collect();
        // From here on foreign code (drops) may run; `garbage` keeps every box alive until all are empty.
        for o in &garbage {
            o.clear();
        }
        CollectStats { examined: set.len(), freed: garbage.len() }
    }
}

/// A counted reference to a listed box.
fn hold(p: NonNull<ObjBox>) -> Obj {
    // SAFETY: lists hold live boxes only, so the count is at least one.
    let head = unsafe { p.as_ref() };
    head.count.set(head.count.get() + 1);
    Obj(p)
}

/// Shows every object that `p` refers to, once for each reference.
fn trace(p: NonNull<ObjBox>, visit: &mut dyn FnMut(NonNull<ObjBox>)) {
    // SAFETY: callers pass live boxes.
    let head = unsafe { p.as_ref() };
    let mut t = Tracer { visit };
    head.proto.trace_obj(&mut t);
    for i in 0..usize::from(head.inline_cap) {
        // SAFETY: in bounds and initialised; tracing only reads, and no writer is active while it does.
        t.value(unsafe { &*slot_ptr(p, i) });
    }
    if let Some(extra) = head.extra.get() {
        extra.trace(&mut t);
    }
    head.kind.trace(&mut t);
}

impl Obj {
    /// Empties garbage: properties and contents, not the prototype or the shape.
    fn clear(&self) {
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
