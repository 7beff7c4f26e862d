//! The heap: counted objects, their slots, release without recursion, weak references, the cycle collector.
//!
//! All `unsafe` of the runtime is in this folder. What it relies on:
//! 1. An `Obj` is a counted pointer to an `ObjBox` with `inline_cap` initialised values behind it. The box is freed when
//!    the count reaches zero, and only then.
//! 2. Nothing here is `Send` or `Sync`; one thread sees each object.
//! 3. Fields change through cells that hand out copies, so no reference into an object outlives a change.
//! 4. The collector never frees: it takes counted references to garbage, empties it through ordinary writes, and lets the
//!    counts do the rest. A wrong `trace` in an upper crate therefore cannot corrupt memory.

mod allocator;
mod ascii;
pub(crate) mod cell;
mod collect;
mod copy;
mod cycle;
mod lists;
mod pair;
mod peek;
mod strbuf;
pub(crate) mod strptr;
mod young;

pub use allocator::Allocator;
pub use ascii::ShortAscii;
pub use cell::Slots;
pub(crate) use lists::Heap;
pub use pair::Pair;
pub use peek::{Step, to_index};
pub use strptr::Str;
pub use collect::{CollectStats, Tracer};

use crate::object::Extra;
use crate::{Kind, Shape, Value};
use cell::HeapCell;
use std::alloc::{GlobalAlloc as _, Layout, handle_alloc_error};
use std::cell::{Cell, OnceCell};
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::rc::Rc;

/// A counted reference to an object.
pub struct Obj(NonNull<ObjBox>);

#[repr(C)]
pub(crate) struct ObjBox {
    count: Cell<u32>,
    /// The shape's id, for inline caches; 0 for dictionaries.
    shape_id: Cell<u32>,
    shape: HeapCell<Option<Rc<Shape>>>,
    proto: HeapCell<Option<Obj>>,
    /// Position in the heap's young or old list.
    place: Cell<u32>,
    flags: Cell<u16>,
    inline_cap: u8,
    extra: OnceCell<Box<Extra>>,
    kind: Kind,
    // `inline_cap` values follow.
}

/// Object flags.
pub(crate) mod flag {
    /// Some object has this one as its prototype, so its changes outdate inline caches.
    pub(crate) const IS_PROTO: u16 = 1;
    /// `length`, `name` and `prototype` of a function are not materialised yet.
    pub(crate) const LAZY_FN: u16 = 2;
    pub(crate) const HAS_WEAK: u16 = 4;
    /// A built-in prototype or constructor: changes end the fast paths that assume it untouched.
    pub(crate) const BUILTIN: u16 = 8;
    pub(crate) const NOT_EXTENSIBLE: u16 = 16;
    /// An array whose elements live in the dictionary.
    pub(crate) const SPARSE: u16 = 32;
    pub(crate) const LENGTH_READ_ONLY: u16 = 64;
}

const SLOTS_AT: usize = size_of::<ObjBox>();
/// More slots than this overflow into a vector.
pub(crate) const MAX_INLINE: usize = 32;

const _: () = assert!(SLOTS_AT.is_multiple_of(align_of::<Value>()) && align_of::<ObjBox>() >= align_of::<Value>());

/// The layout of a box with `inline_cap` values behind it.
#[inline(always)]
fn layout(inline_cap: u8) -> Layout {
    // SAFETY: the alignment is that of a type, and the size, at most `SLOTS_AT` and 255 values, is far below `isize::MAX`.
    unsafe { Layout::from_size_align_unchecked(SLOTS_AT + usize::from(inline_cap) * size_of::<Value>(), align_of::<ObjBox>()) }
}

/// Memory for a box with `inline_cap` values behind it, none of it initialised. Without the detour of the global allocator's symbols.
#[inline(always)]
fn fresh(inline_cap: u8) -> NonNull<ObjBox> {
    let layout = layout(inline_cap);
    // SAFETY: the layout has at least the size of ObjBox, which is not zero.
    match NonNull::new(unsafe { Allocator.alloc(layout) }.cast::<ObjBox>()) {
        Some(p) => p,
        None => handle_alloc_error(layout),
    }
}

impl Obj {
    /// A new object with room for `values.len()` or `cap` slots, whichever is more; `values` fill the first ones.
    /// `shape` must belong to the tree of `proto` (or of the null prototype).
    pub(crate) fn alloc(heap: &Heap, proto: Option<Obj>, shape: Option<Rc<Shape>>, kind: Kind, flags: u16, cap: usize, values: impl ExactSizeIterator<Item = Value>) -> Obj {
        let cap = cap.max(values.len());
        let inline_cap = cap.min(MAX_INLINE) as u8;
        let p = fresh(inline_cap);
        let head = ObjBox {
            count: Cell::new(1),
            shape_id: Cell::new(shape.as_ref().map_or(0, |s| s.id())),
            shape: HeapCell::new(shape),
            proto: HeapCell::new(proto),
            place: Cell::new(0),
            flags: Cell::new(flags),
            inline_cap,
            extra: OnceCell::new(),
            kind,
        };
        // SAFETY: `p` is fresh memory of ObjBox's layout.
        unsafe { p.write(head) };
        for i in 0..usize::from(inline_cap) {
            // SAFETY: slot `i` lies in the allocation, which was sized for `inline_cap` values behind the box.
            unsafe { slot_ptr(p, i).write(Value::Undefined) };
        }
        let obj = Obj(p);
        for (i, v) in values.enumerate() {
            if i < usize::from(inline_cap) {
                // SAFETY: in bounds; the `Undefined` written above needs no drop, and nobody else knows the object yet.
                unsafe { slot_ptr(p, i).write(v) };
            } else {
                obj.extra().more.push(v);
            }
        }
        heap.adopt(p);
        obj
    }

    /// As [`Obj::alloc`] with exactly `N` slots: object literals.
    #[inline(always)]
    pub(crate) fn alloc_exact<const N: usize>(heap: &Heap, proto: Obj, shape: Rc<Shape>, values: ManuallyDrop<[Value; N]>) -> Obj {
        assert!(N <= MAX_INLINE);
        let p = fresh(N as u8);
        let head = ObjBox {
            count: Cell::new(1),
            shape_id: Cell::new(shape.id()),
            shape: HeapCell::new(Some(shape)),
            proto: HeapCell::new(Some(proto)),
            place: Cell::new(0),
            flags: Cell::new(0),
            inline_cap: N as u8,
            extra: OnceCell::new(),
            kind: Kind::Plain,
        };
        // SAFETY: `p` is fresh memory of ObjBox's layout with `N` values behind it; the writes initialise it in full.
        unsafe {
            p.write(head);
            copy::move_words(values, slot_ptr(p, 0));
        }
        heap.adopt(p);
        Obj(p)
    }

    /// A plain object of the same shape and prototype with the same slot values, and room for `more` properties. `None` unless
    /// `shape` is this object's and small enough for a box.
    pub(crate) fn alloc_copy(&self, heap: &Heap, shape: Rc<Shape>, more: usize) -> Option<Obj> {
        let len = shape.len();
        let source = self.head();
        if shape.id() != source.shape_id.get() || len > MAX_INLINE {
            return None;
        }
        let cap = (len + more).min(MAX_INLINE);
        let p = fresh(cap as u8);
        let head = ObjBox {
            count: Cell::new(1),
            shape_id: Cell::new(shape.id()),
            shape: HeapCell::new(Some(shape)),
            proto: HeapCell::new(source.proto.get()),
            place: Cell::new(0),
            flags: Cell::new(0),
            inline_cap: cap as u8,
            extra: OnceCell::new(),
            kind: Kind::Plain,
        };
        // SAFETY: `p` is fresh memory of ObjBox's layout.
        unsafe { p.write(head) };
        for i in 0..cap {
            let value = if i < len { self.slot(i as u32) } else { Value::Undefined };
            // SAFETY: slot `i` lies in the new allocation, which was sized for `cap` values behind the box.
            unsafe { slot_ptr(p, i).write(value) };
        }
        heap.adopt(p);
        Some(Obj(p))
    }

    #[inline]
    fn head(&self) -> &ObjBox {
        // SAFETY: this `Obj` holds a count, so the box is alive (point 1); nobody makes `&mut ObjBox` before it is freed.
        unsafe { self.0.as_ref() }
    }

    /// Identity as a number, stable for the object's life.
    #[inline]
    pub fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// What the object is.
    #[inline]
    pub fn kind(&self) -> &Kind {
        &self.head().kind
    }

    /// The shape's id; 0 for dictionaries. Never 0 for others.
    #[inline]
    pub fn shape_id(&self) -> u32 {
        self.head().shape_id.get()
    }

    /// The shape, or `None` for dictionaries.
    #[inline]
    pub fn shape(&self) -> Option<Rc<Shape>> {
        self.head().shape.get()
    }

    /// The prototype.
    #[inline]
    pub fn proto(&self) -> Option<Obj> {
        self.head().proto.get()
    }

    /// Changes the shape and, if it came with one, the prototype. Slots are the caller's duty.
    pub(crate) fn set_layout(&self, shape: Option<Rc<Shape>>, proto: Option<Option<Obj>>) {
        let head = self.head();
        head.shape_id.set(shape.as_ref().map_or(0, |s| s.id()));
        drop(head.shape.replace(shape));
        if let Some(proto) = proto {
            drop(head.proto.replace(proto));
        }
    }

    #[inline]
    pub(crate) fn flag(&self, f: u16) -> bool {
        self.head().flags.get() & f != 0
    }

    #[inline]
    pub(crate) fn set_flag(&self, f: u16, on: bool) {
        let c = &self.head().flags;
        c.set(if on { c.get() | f } else { c.get() & !f });
    }

    #[inline]
    pub(crate) fn extra(&self) -> &Extra {
        self.head().extra.get_or_init(Box::default)
    }

    #[inline]
    pub(crate) fn extra_if_any(&self) -> Option<&Extra> {
        self.head().extra.get().map(|b| &**b)
    }

    /// A copy of slot `i`. Panics beyond the slots; the shape says how many there are.
    #[inline]
    pub fn slot(&self, i: u32) -> Value {
        if i < u32::from(self.head().inline_cap) {
            // SAFETY: slot `i` is in bounds and initialised (point 1); it is cloned without running foreign code, and
            // writers (below) only replace bits, so no writer is active.
            return unsafe { (*slot_ptr(self.0, i as usize)).clone() };
        }
        self.slot_beyond(i)
    }

    #[inline(never)]
    fn slot_beyond(&self, i: u32) -> Value {
        self.extra().more.get(i as usize - usize::from(self.head().inline_cap)).expect("slot within the shape")
    }

    /// A copy of slot `i` of the object `depth` prototypes up, if the chain is that long.
    #[inline]
    pub(crate) fn slot_above(&self, depth: u32, i: u32) -> Option<Value> {
        let mut holder = self.0;
        for _ in 0..depth {
            // SAFETY: this object is alive, and each object keeps its prototype alive; nothing is written or dropped in this loop.
            holder = unsafe { holder.as_ref() }.proto.peek()?;
        }
        // SAFETY: as above; `slot` copies the value out before anything can change, and the count is not touched on the way.
        let holder = ManuallyDrop::new(Obj(holder));
        Some(holder.slot(i))
    }

    /// Replaces slot `i`, which must exist or be the next one to be added.
    #[inline]
    pub fn set_slot(&self, i: u32, value: Value) {
        if i < u32::from(self.head().inline_cap) {
            // SAFETY: slot `i` is in bounds and initialised; no reference to it exists while the bits are replaced. The old
            // value is dropped after that, when foreign code may look at the slot again.
            let old = unsafe { std::ptr::replace(slot_ptr(self.0, i as usize), value) };
            old.discard();
            return;
        }
        self.set_slot_beyond(i, value);
    }

    #[inline(never)]
    fn set_slot_beyond(&self, i: u32, value: Value) {
        let (i, cap) = (i as usize, usize::from(self.head().inline_cap));
        let more = &self.extra().more;
        if let Err(value) = more.set(i - cap, value) {
            more.resize(i - cap);
            more.push(value);
        }
    }

    /// References to this object, for tests.
    pub fn count(&self) -> u32 {
        self.head().count.get()
    }
}

#[inline]
fn slot_ptr(p: NonNull<ObjBox>, i: usize) -> *mut Value {
    // SAFETY: callers pass `i <= inline_cap`, and the allocation has that many values behind the box.
    unsafe { p.as_ptr().cast::<u8>().add(SLOTS_AT).cast::<Value>().add(i) }
}

impl Clone for Obj {
    #[inline]
    fn clone(&self) -> Obj {
        let c = &self.head().count;
        // A wrapped count would free a live object.
        c.set(c.get().checked_add(1).expect("reference count of an object"));
        Obj(self.0)
    }
}

impl Drop for Obj {
    #[inline]
    fn drop(&mut self) {
        let c = &self.head().count;
        c.set(c.get() - 1);
        if c.get() == 0 {
            lists::release(self.0);
        }
    }
}

impl PartialEq for Obj {
    /// Identity.
    #[inline]
    fn eq(&self, other: &Obj) -> bool {
        self.0 == other.0
    }
}
impl Eq for Obj {}

impl std::fmt::Debug for Obj {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[object {}]", self.kind().class_name())
    }
}

/// A reference that does not keep its object alive.
#[derive(Clone)]
pub struct WeakObj(Rc<Cell<Option<NonNull<ObjBox>>>>);

impl WeakObj {
    pub fn new(obj: &Obj) -> WeakObj {
        obj.set_flag(flag::HAS_WEAK, true);
        Heap::here().weak.borrow_mut().entry(obj.address()).or_insert_with(|| WeakObj(Rc::new(Cell::new(Some(obj.0))))).clone()
    }

    /// The object, while it lives.
    pub fn get(&self) -> Option<Obj> {
        let p = self.0.get()?;
        // SAFETY: `release` clears the pointer when the count reaches zero, before anything is freed, so the box is alive
        // with a count of at least one.
        let head = unsafe { p.as_ref() };
        head.count.set(head.count.get().checked_add(1).expect("reference count of an object"));
        Some(Obj(p))
    }
}

