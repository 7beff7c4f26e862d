//! What accesses remember: the caches of single sites, the cache that sites share, the shapes of untouched built-ins.

use crate::{Atom, Cx, Kind, MapData, Obj, Shape, Slots};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// An inline cache: where a property access found its property last time.
pub struct Ic {
    /// The shape of receivers that have the property themselves; `Ic::EMPTY` matches none.
    pub(crate) own: Cell<u32>,
    /// Where they have it, or where the holder of the next two has it.
    pub(crate) slot: Cell<u32>,
    /// The shape of receivers that inherit the property, or whose assignment adds it.
    pub(crate) other: Cell<u32>,
    /// Prototypes to climb to the holder.
    pub(crate) depth: Cell<u32>,
    /// `cx.proto_epoch()` when `other` was filled.
    pub(crate) epoch: Cell<u32>,
    /// For assignments that add the property: the shape to go to.
    pub(crate) next: RefCell<Option<Rc<Shape>>>,
}

impl Ic {
    /// No shape has this id, not even a dictionary's 0.
    pub const EMPTY: u32 = u32::MAX;
    /// Added to the depth in [`Looked`] where the property is an accessor.
    pub(crate) const GETTER: u32 = 1 << 16;
    /// The depth in [`Looked`] of a property that no object of the chain has.
    pub(crate) const MISSING: u32 = u32::MAX;

    /// Learns that objects of this shape have the property in this slot, or `depth` prototypes above them.
    #[inline]
    pub(crate) fn learn(&self, shape: u32, slot: u32, depth: u32, epoch: u32) {
        let (own, other) = if depth == 0 { (shape, Ic::EMPTY) } else { (Ic::EMPTY, shape) };
        self.own.set(own);
        self.other.set(other);
        self.slot.set(slot);
        self.depth.set(depth);
        self.epoch.set(epoch);
    }
}

impl Default for Ic {
    fn default() -> Ic {
        let none = || Cell::new(Ic::EMPTY);
        Ic { own: none(), slot: Cell::new(0), other: none(), depth: Cell::new(0), epoch: Cell::new(0), next: RefCell::new(None) }
    }
}

/// What the last lookup of a name on objects of a shape found, whatever the site: for sites that meet many shapes.
#[derive(Default)]
pub(crate) struct Looked {
    pub(crate) shape: Cell<u32>,
    pub(crate) name: Cell<u32>,
    pub(crate) slot: Cell<u32>,
    /// As `Ic::depth`; from `Ic::GETTER` on, the slot holds an accessor pair; `Ic::MISSING`.
    pub(crate) depth: Cell<u32>,
    pub(crate) epoch: Cell<u32>,
}

impl Looked {
    pub(crate) fn learn(&self, shape: u32, name: Atom, slot: u32, depth: u32, epoch: u32) {
        self.shape.set(shape);
        self.name.set(name.0);
        self.slot.set(slot);
        self.depth.set(depth);
        self.epoch.set(epoch);
    }
}

/// Shapes of arrays, maps and sets without properties of their own whose prototypes are the built-in ones; `Ic::EMPTY` each once a built-in
/// was changed, so that one comparison says "a built-in's object, and its methods are the ones we know".
pub(crate) struct PlainShapes {
    pub(crate) array: Cell<u32>,
    pub(crate) map: Cell<u32>,
    pub(crate) set: Cell<u32>,
}

impl Default for PlainShapes {
    fn default() -> PlainShapes {
        PlainShapes { array: Cell::new(Ic::EMPTY), map: Cell::new(Ic::EMPTY), set: Cell::new(Ic::EMPTY) }
    }
}

impl PlainShapes {
    pub(crate) fn forget(&self) {
        for shape in [&self.array, &self.map, &self.set] {
            shape.set(Ic::EMPTY);
        }
    }
}

impl Obj {
    /// The elements of an ordinary array while no built-in has been changed: its methods are the ones we know, and its elements lie in one
    /// vector.
    #[inline(always)]
    pub fn plain_array(&self, cx: Cx) -> Option<&Slots> {
        if self.shape_id() == cx.plain.array.get() { self.dense() } else { None }
    }

    /// As [`Obj::plain_array`], of a `Map`.
    #[inline(always)]
    pub fn plain_map(&self, cx: Cx) -> Option<&MapData> {
        match self.kind() {
            Kind::Map(data) if self.shape_id() == cx.plain.map.get() => Some(data),
            _ => None,
        }
    }

    /// As [`Obj::plain_array`], of a `Set`.
    #[inline(always)]
    pub fn plain_set(&self, cx: Cx) -> Option<&MapData> {
        match self.kind() {
            Kind::Set(data) if self.shape_id() == cx.plain.set.get() => Some(data),
            _ => None,
        }
    }
}
