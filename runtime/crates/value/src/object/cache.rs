//! Inline caches: property access without a search.

use crate::{Atom, Attr, Cx, Ic, Key, Kind, Obj, Value, well_known};
use crate::heap::flag;

/// A property as the lookup cache knows it.
pub enum Found {
    Value(Value),
    /// The function, or `undefined`.
    Getter(Value),
}

impl Obj {
    /// The slot of this object that the cache knows for its shape.
    #[inline(always)]
    pub fn cached_slot(&self, ic: &Ic) -> Option<u32> {
        (ic.own.get() == self.shape_id()).then(|| ic.slot.get())
    }

    /// The property that the cache knows for objects of this shape.
    #[inline]
    pub fn cached_get(&self, cx: Cx, ic: &Ic) -> Option<Value> {
        if ic.own.get() == self.shape_id() {
            return Some(self.slot(ic.slot.get()));
        }
        if ic.other.get() == self.shape_id() && ic.epoch.get() == cx.proto_epoch() {
            return self.slot_above(ic.depth.get(), ic.slot.get());
        }
        None
    }

    /// As [`Obj::cached_get`] for sites that meet many shapes, and for getters: what some site found last time. The site's own
    /// cache learns it.
    #[inline]
    pub fn looked_up(&self, cx: Cx, name: Atom, site: u32) -> Option<Found> {
        let shape = self.shape_id();
        let known = cx.looked(shape, name);
        if known.shape.get() != shape || known.name.get() != name.0 || known.epoch.get() != cx.proto_epoch() || shape == 0 {
            return None;
        }
        let depth = known.depth.get();
        if depth == Ic::MISSING {
            return Some(Found::Value(Value::Undefined));
        }
        if depth < Ic::GETTER {
            if site != 0 {
                cx.ic(site).learn(shape, known.slot.get(), depth, known.epoch.get());
            }
            return self.slot_above(depth, known.slot.get()).map(Found::Value);
        }
        match self.slot_above(depth - Ic::GETTER, known.slot.get())? {
            Value::Obj(pair) => match pair.kind() {
                Kind::Accessor(a) => Some(Found::Getter(a.get.get())),
                _ => None,
            },
            _ => None,
        }
    }

    /// Remembers where `name` is found, or that nobody has it, if it is on a chain of objects with shapes. Site 0 has no cache of its own.
    pub fn fill_get_cache(&self, cx: Cx, name: Atom, site: u32) {
        if self.shape_id() == 0 {
            return;
        }
        let mut holder = self.clone();
        // What no object of the chain has can appear only by a change of a shape or of a prototype, unless the chain has objects that make up
        // properties when they are asked.
        let mut can_miss = true;
        for depth in 0..8 {
            let special = match holder.kind() {
                Kind::Array(_) | Kind::Boxed(_) => name == well_known::LENGTH,
                Kind::Proxy(_) | Kind::Host(_) => true,
                _ => false,
            };
            let Some(shape) = holder.shape() else { return };
            if special || (depth > 0 && holder.flag(flag::LAZY_FN)) {
                return;
            }
            can_miss &= matches!(holder.kind(), Kind::Plain | Kind::Array(_) | Kind::Function(_) | Kind::Error | Kind::Map(_) | Kind::Set(_) | Kind::Date(_)) && !holder.flag(flag::LAZY_FN);
            if let Some((slot, attr)) = shape.find_atom(name) {
                let getter = if attr.has(Attr::ACCESSOR) { Ic::GETTER } else { 0 };
                let (shape, epoch) = (self.shape_id(), cx.proto_epoch());
                if site != 0 && getter == 0 {
                    cx.ic(site).learn(shape, slot, depth, epoch);
                }
                return cx.looked(shape, name).learn(shape, name, slot, depth + getter, epoch);
            }
            match holder.proto() {
                Some(p) => holder = p,
                None if can_miss => return cx.looked(self.shape_id(), name).learn(self.shape_id(), name, 0, Ic::MISSING, cx.proto_epoch()),
                None => return,
            }
        }
    }

    /// Assigns through the cache; gives `value` back if it does not apply.
    #[inline]
    pub fn cached_set(&self, cx: Cx, ic: &Ic, value: Value) -> Result<(), Value> {
        if ic.own.get() == self.shape_id() {
            self.set_slot(ic.slot.get(), value);
            return Ok(());
        }
        if ic.other.get() != self.shape_id() || ic.epoch.get() != cx.proto_epoch() || self.flag(flag::NOT_EXTENSIBLE | flag::IS_PROTO | flag::BUILTIN) {
            return Err(value);
        }
        let next = ic.next.borrow().clone();
        match next {
            Some(next) => {
                self.set_slot(ic.slot.get(), value);
                self.set_layout(Some(next), None);
                Ok(())
            }
            None => Err(value),
        }
    }

    /// As [`Obj::cached_set`] of a number.
    #[inline(always)]
    pub fn cached_set_num(&self, ic: &Ic, n: f64) -> bool {
        match self.cached_slot(ic) {
            Some(slot) => {
                self.set_slot(slot, Value::Num(n));
                true
            }
            None => false,
        }
    }

    /// Remembers an assignment that has just been done the long way: to an existing property, or one that took this object
    /// from the shape `before` to its present one by adding `name`.
    pub fn fill_set_cache(&self, cx: Cx, name: Atom, before: u32, site: u32) {
        let special = matches!(self.kind(), Kind::Array(_) | Kind::Boxed(_)) && name == well_known::LENGTH;
        if site == 0 || before == 0 || special || self.flag(flag::BUILTIN) {
            return;
        }
        let Some(shape) = self.shape() else { return };
        let Some((slot, attr)) = shape.find(&Key::Atom(name)) else { return };
        if attr.has(Attr::ACCESSOR) || !attr.has(Attr::WRITABLE) {
            return;
        }
        let ic = cx.ic(site);
        let added = before != shape.id();
        ic.learn(before, slot, u32::from(added), cx.proto_epoch());
        let old = ic.next.replace(added.then_some(shape));
        drop(old);
    }

    /// True if the present shape is the one with id `before` plus the single property `name`, added by assignment.
    pub fn added_one_since(&self, cx: Cx, before: u32, name: Atom) -> bool {
        let Some(shape) = self.shape() else { return false };
        let root = match self.proto() {
            Some(p) => p.root_shape(cx),
            None => cx.null_shape(),
        };
        let mut at = root;
        let Some((_, earlier)) = shape.props().split_last() else { return false };
        for (key, attr) in earlier {
            match at.add(cx, key, *attr) {
                Some(next) => at = next,
                None => return false,
            }
        }
        at.id() == before && at.add(cx, &Key::Atom(name), Attr::ALL).is_some_and(|s| s.id() == shape.id())
    }

    /// Makes this empty plain object a copy of `source`: `{...source}`. False, and nothing done, unless both are plain,
    /// have the same prototype, and `source` has a shape of ordinary named properties only.
    pub fn copy_layout(&self, source: &Obj) -> bool {
        let (Kind::Plain, Kind::Plain) = (self.kind(), source.kind()) else { return false };
        let (Some(mine), Some(shape)) = (self.shape(), source.shape()) else { return false };
        if !mine.is_empty() || self.proto() != source.proto() || self.flag(flag::IS_PROTO | flag::NOT_EXTENSIBLE) {
            return false;
        }
        if !shape.is_ordinary() {
            return false;
        }
        for i in 0..shape.len() as u32 {
            self.set_slot(i, source.slot(i));
        }
        self.set_layout(Some(shape), None);
        true
    }
}
