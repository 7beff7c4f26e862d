//! Making objects.

use crate::heap::cell::HeapCell;
use crate::heap::{MAX_INLINE, flag};
use crate::{
    AccessorData, Attr, Class, Cx, FnData, FnDef, FnKind, HostObject, Intrinsic, Key, Kind, Obj, Payload, Shape, ShapeLit, Slots, Value, ValueCell,
};
use std::mem::ManuallyDrop;
use std::rc::Rc;

/// The names of an object that is yet to be made, so that it is allocated once, with all its values.
#[derive(Clone)]
pub struct Layout(Rc<Shape>);

impl Layout {
    /// That of `{}`.
    pub fn empty(cx: Cx) -> Layout {
        Layout(cx.object_root().1)
    }

    /// The slot of a name, which comes behind the others if it is new; `None` if an object with it has no layout.
    #[inline]
    pub fn slot(&mut self, cx: Cx, key: &Key) -> Option<usize> {
        if let Some((slot, _)) = self.0.find(key) {
            return Some(slot as usize);
        }
        self.0 = self.0.add(cx, key, Attr::ALL)?;
        Some(self.0.len() - 1)
    }

    /// The slot of the name that followed last time, if `is_next` finds that it follows now.
    #[inline]
    pub fn expected(&mut self, cx: Cx, is_next: impl FnOnce(&'static str) -> bool) -> Option<usize> {
        let (name, next) = self.0.latest_name()?;
        is_next(cx.atom_text(name)).then(|| {
            self.0 = next;
            self.0.len() - 1
        })
    }
}

impl Obj {
    fn bare(cx: Cx, kind: Kind) -> Obj {
        Obj::alloc(cx.heap, None, Some(cx.null_shape()), kind, 0, 0, std::iter::empty())
    }

    /// An empty object of `kind` whose prototype is `proto`.
    pub fn with(cx: Cx, proto: Option<Obj>, kind: Kind) -> Obj {
        let shape = match &proto {
            Some(p) => p.root_shape(cx),
            None => cx.null_shape(),
        };
        let flags = if matches!(kind, Kind::Function(_)) { flag::LAZY_FN } else { 0 };
        let cap = match &kind {
            Kind::Plain | Kind::Error | Kind::Arguments => shape.expected_slots(),
            // `length`, `name` and `prototype`.
            Kind::Function(f) if f.def.kind.is_class() => 3,
            _ => 0,
        };
        let hooked = matches!(kind, Kind::Host(_) | Kind::Proxy(_));
        let o = Obj::alloc(cx.heap, proto, Some(shape), kind, flags, cap.into(), std::iter::empty());
        if hooked {
            // Objects with hooks share no shape with others, so no inline cache ever goes around the hooks.
            o.to_dict();
        }
        o
    }

    /// `{}`.
    #[inline]
    pub fn plain(cx: Cx) -> Obj {
        let (proto, shape) = cx.object_root();
        Obj::alloc(cx.heap, Some(proto), Some(shape), Kind::Plain, 0, 4, std::iter::empty())
    }

    /// An object literal: `values` in the order of `lit.keys`.
    #[inline(always)]
    pub fn from_lit<const N: usize>(cx: Cx, lit: &'static ShapeLit, values: [Value; N]) -> Obj {
        debug_assert!(lit.keys.len() == N);
        // Nothing between here and the object can fail, and values that are not dropped on the way may stay in registers.
        let values = ManuallyDrop::new(values);
        if N <= MAX_INLINE
            && let Some((proto, shape)) = cx.literal_shape(lit)
        {
            return Obj::alloc_exact(cx.heap, proto, shape, values);
        }
        Obj::from_lit_slowly(cx, lit, ManuallyDrop::into_inner(values))
    }

    /// An object that has too many properties for a shape.
    #[inline(never)]
    fn from_lit_slowly<const N: usize>(cx: Cx, lit: &'static ShapeLit, values: [Value; N]) -> Obj {
        let o = Obj::plain(cx);
        for (key, value) in lit.keys.iter().zip(values) {
            o.put(cx, &(*key).into(), value);
        }
        o
    }

    /// A copy of a plain object's layout with other slot values, if it has a shape: spread and `map` over records.
    /// `values` must be as many as the shape's slots.
    pub fn same_layout(cx: Cx, like: &Obj, values: Vec<Value>) -> Option<Obj> {
        let shape = like.shape()?;
        (shape.len() == values.len()).then(|| Obj::alloc(cx.heap, like.proto(), Some(shape), Kind::Plain, 0, 0, values.into_iter()))
    }

    /// `{...source}` with room for `more` further properties; `None` unless `source` is a plain object of ordinary named properties
    /// whose prototype is the one of literals.
    #[inline]
    pub fn spread_of(cx: Cx, source: &Obj, more: usize) -> Option<Obj> {
        if !matches!(source.kind(), Kind::Plain) || source.flag(flag::BUILTIN) {
            return None;
        }
        let shape = source.shape().filter(|s| s.is_ordinary())?;
        let (proto, _) = cx.object_root();
        if source.proto().as_ref() != Some(&proto) {
            return None;
        }
        source.alloc_copy(cx.heap, shape, more)
    }

    /// An object with the prototype of literals: `values` by the slots of its layout.
    pub fn of_layout(cx: Cx, layout: Layout, values: impl ExactSizeIterator<Item = Value>) -> Obj {
        debug_assert!(layout.0.len() == values.len());
        let (proto, _) = cx.object_root();
        Obj::alloc(cx.heap, Some(proto), Some(layout.0), Kind::Plain, 0, 0, values)
    }

    /// An array; holes are `Uninit`.
    #[inline]
    pub fn array(cx: Cx, values: Vec<Value>) -> Obj {
        let (proto, shape) = cx.array_root();
        Obj::alloc(cx.heap, Some(proto), Some(shape), Kind::Array(Slots::new(values)), 0, 0, std::iter::empty())
    }

    /// A function object with its captured values.
    pub fn function(cx: Cx, def: &'static FnDef, env: Vec<Value>) -> Obj {
        let proto = match def.kind {
            FnKind::Async => Intrinsic::AsyncFunctionPrototype,
            FnKind::Generator => Intrinsic::GeneratorFunctionPrototype,
            FnKind::AsyncGenerator => Intrinsic::AsyncGeneratorFunctionPrototype,
            _ => Intrinsic::FunctionPrototype,
        };
        let proto = cx.try_intrinsic(proto).unwrap_or_else(|| cx.intrinsic(Intrinsic::FunctionPrototype));
        Obj::with(cx, Some(proto), Kind::Function(FnData { def, env: env.into_boxed_slice() }))
    }

    /// A captured variable.
    #[inline]
    pub fn cell(cx: Cx, value: Value) -> Obj {
        Obj::bare(cx, Kind::Cell(ValueCell::new(value)))
    }

    /// `slots` undefined values that functions of the runtime share.
    pub fn frame(cx: Cx, slots: usize) -> Obj {
        Obj::bare(cx, Kind::Frame(Slots::new(vec![Value::Undefined; slots])))
    }

    pub(crate) fn accessor_pair(cx: Cx, get: Value, set: Value) -> Obj {
        Obj::bare(cx, Kind::Accessor(Box::new(AccessorData { get: HeapCell::new(get), set: HeapCell::new(set) })))
    }

    /// An object of an upper crate's built-in.
    pub fn native(cx: Cx, proto: Option<Obj>, class: Class, payload: impl Payload) -> Obj {
        Obj::with(cx, proto, Kind::Native(class, Box::new(payload)))
    }

    /// An object whose properties the host makes.
    pub fn host(cx: Cx, proto: Option<Obj>, host: impl HostObject) -> Obj {
        Obj::with(cx, proto, Kind::Host(Box::new(host)))
    }

    /// The payload of this object, if it is of type `T`.
    pub fn payload<T: Payload>(&self) -> Option<&T> {
        match self.kind() {
            Kind::Native(_, p) => (&**p as &dyn std::any::Any).downcast_ref::<T>(),
            _ => None,
        }
    }

    /// The host part of this object, if it is of type `T`.
    pub fn host_data<T: HostObject>(&self) -> Option<&T> {
        match self.kind() {
            Kind::Host(h) => h.as_any().downcast_ref::<T>(),
            _ => None,
        }
    }

    /// The payload class, if any.
    pub fn class(&self) -> Option<Class> {
        match self.kind() {
            Kind::Native(c, _) => Some(*c),
            _ => None,
        }
    }
}
