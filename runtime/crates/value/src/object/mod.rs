//! Own properties: reading, writing, defining, deleting, listing. No prototype chain and no user code here.

mod array;
mod cache;
mod make;
mod own;

pub use cache::Found;
pub use make::Layout;

use crate::heap::flag;
use crate::{Attr, Cx, Key, Kind, Obj, OrderedMap, Shape, Slots, Tracer, Value};
use hashbrown::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// An own property.
#[derive(Clone, Debug)]
pub enum Own {
    Data { value: Value, attr: Attr },
    /// `get` and `set` are `Undefined` where missing.
    Accessor { get: Value, set: Value, attr: Attr },
}

impl Own {
    pub fn attr(&self) -> Attr {
        match self {
            Own::Data { attr, .. } | Own::Accessor { attr, .. } => *attr,
        }
    }
}

/// What an assignment to an own property found.
#[derive(Debug)]
pub enum Put {
    Done,
    ReadOnly,
    /// The setter, or `Undefined`.
    Setter(Value),
    Absent,
}

/// Properties by hash, for objects without a shape.
#[derive(Default)]
pub(crate) struct Dict {
    pub(crate) props: OrderedMap<Key, (Value, Attr)>,
    /// The length of a sparse array.
    pub(crate) array_len: u32,
}

/// Rarely needed parts of an object.
#[derive(Default)]
pub(crate) struct Extra {
    /// Slots beyond the inline ones.
    pub(crate) more: Slots,
    pub(crate) dict: RefCell<Option<Box<Dict>>>,
    /// Root of the shapes of objects whose prototype this is.
    root: RefCell<Option<Rc<Shape>>>,
    /// Entries of weak maps whose key this object is, by the map's number.
    weak_values: RefCell<HashMap<u32, Value>>,
}

impl Extra {
    /// Places of the dictionary, for [`Extra::trace_dict`].
    pub(crate) fn dict_places(&self) -> usize {
        self.dict.try_borrow().map_or(0, |dict| dict.as_ref().map_or(0, |dict| dict.props.places()))
    }

    pub(crate) fn trace_dict(&self, range: std::ops::Range<usize>, t: &mut Tracer<'_>) {
        if let Ok(dict) = self.dict.try_borrow()
            && let Some(dict) = &*dict
        {
            for (_, (v, _)) in dict.props.part(range) {
                t.value(v);
            }
        }
    }

    /// All but the dictionary.
    pub(crate) fn trace_fixed(&self, t: &mut Tracer<'_>) {
        self.more.trace(0..self.more.len(), t);
        if let Ok(map) = self.weak_values.try_borrow() {
            map.values().for_each(|v| t.value(v));
        }
    }

    pub(crate) fn clear(&self) {
        drop(self.more.take());
        let dict = self.dict.borrow_mut().as_mut().map(|d| d.props.clear());
        drop(dict);
        let weak = self.weak_values.take();
        drop(weak);
    }
}

impl Obj {
    /// The shape of empty objects whose prototype this object is.
    pub(crate) fn root_shape(&self, cx: Cx) -> Rc<Shape> {
        let root = &self.extra().root;
        if let Some(s) = &*root.borrow() {
            return s.clone();
        }
        let s = Shape::root(cx);
        self.set_flag(flag::IS_PROTO, true);
        *root.borrow_mut() = Some(s.clone());
        s
    }

    /// Changes the prototype. The caller has checked extensibility and cycles.
    pub fn set_proto(&self, cx: Cx, proto: Option<Obj>) {
        if self.proto() == proto {
            return;
        }
        self.changed(cx, true);
        if self.shape().is_some_and(|s| s.is_empty()) {
            let root = match &proto {
                Some(p) => p.root_shape(cx),
                None => cx.null_shape(),
            };
            return self.set_layout(Some(root), Some(proto));
        }
        self.to_dict();
        if let Some(p) = &proto {
            p.set_flag(flag::IS_PROTO, true);
        }
        self.set_layout(None, Some(proto));
        cx.bump_proto_epoch();
    }

    /// Gives up the shape.
    pub(crate) fn to_dict(&self) {
        let Some(shape) = self.shape() else { return };
        if shape.is_empty() {
            return self.set_layout(None, None);
        }
        let mut dict = Dict::default();
        for (i, (key, attr)) in shape.props().iter().enumerate() {
            dict.props.insert(key.clone(), (self.slot(i as u32), *attr));
        }
        *self.extra().dict.borrow_mut() = Some(Box::new(dict));
        for i in 0..shape.len() as u32 {
            self.set_slot(i, Value::Undefined);
        }
        self.set_layout(None, None);
    }

    /// Notes a change of this object's properties where others rely on them. `breaks`: something existing changed.
    #[inline]
    pub(crate) fn changed(&self, cx: Cx, breaks: bool) {
        if self.flag(flag::IS_PROTO | flag::BUILTIN) {
            cx.bump_proto_epoch();
            if breaks && self.flag(flag::BUILTIN) && !cx.is_starting() {
                cx.clear_intact();
            }
        }
    }

    /// Marks a built-in whose later modification ends the fast paths.
    pub fn mark_builtin(&self) {
        self.set_flag(flag::BUILTIN, true);
    }

    #[inline]
    pub fn is_extensible(&self) -> bool {
        !self.flag(flag::NOT_EXTENSIBLE)
    }

    /// Forbids new properties.
    pub fn prevent_extensions(&self) {
        self.materialise_sparse();
        self.set_flag(flag::NOT_EXTENSIBLE, true);
    }

    #[inline]
    pub fn is_callable(&self) -> bool {
        match self.kind() {
            Kind::Function(_) | Kind::Bound(_) => true,
            Kind::Proxy(p) => p.callable,
            Kind::Host(h) => h.is_callable(),
            _ => false,
        }
    }

    pub fn is_constructor(&self) -> bool {
        match self.kind() {
            Kind::Function(f) => f.def.kind.is_constructor(),
            Kind::Bound(b) => b.target.is_constructor(),
            Kind::Proxy(p) => p.constructor,
            _ => false,
        }
    }

    /// The weak map's value for this key.
    pub fn weak_get(&self, map: u32) -> Option<Value> {
        self.extra_if_any()?.weak_values.borrow().get(&map).cloned()
    }

    pub fn weak_set(&self, map: u32, value: Value) {
        let old = self.extra().weak_values.borrow_mut().insert(map, value);
        drop(old);
    }

    pub fn weak_delete(&self, map: u32) -> bool {
        let old = self.extra_if_any().and_then(|e| e.weak_values.borrow_mut().remove(&map));
        old.is_some()
    }
}
