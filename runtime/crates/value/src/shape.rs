//! Shapes: the ordered keys and attributes that objects built alike have in common.
//!
//! A shape belongs to one prototype object, whose tree it is part of; objects hold their shape and their prototype side by
//! side and change both together, so an equal shape id implies the same prototype.

use crate::{Atom, Isolate, Key, Sym};
use hashbrown::HashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// Property attributes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Attr(pub u8);

impl Attr {
    pub const WRITABLE: Attr = Attr(1);
    pub const ENUMERABLE: Attr = Attr(2);
    pub const CONFIGURABLE: Attr = Attr(4);
    /// The slot holds an accessor pair.
    pub const ACCESSOR: Attr = Attr(8);
    pub const NONE: Attr = Attr(0);
    /// What assignment makes.
    pub const ALL: Attr = Attr(7);
    /// Methods of built-ins and classes: writable and configurable.
    pub const HIDDEN: Attr = Attr(5);

    #[inline]
    pub const fn has(self, other: Attr) -> bool {
        self.0 & other.0 == other.0
    }
    #[inline]
    pub const fn with(self, other: Attr) -> Attr {
        Attr(self.0 | other.0)
    }
    #[inline]
    pub const fn without(self, other: Attr) -> Attr {
        Attr(self.0 & !other.0)
    }
    /// Sets or clears `other`.
    pub const fn put(self, other: Attr, on: bool) -> Attr {
        if on { self.with(other) } else { self.without(other) }
    }
}

/// More properties than this make a dictionary.
const MAX_PROPS: usize = 64;
/// More properties than this for objects that serve as prototypes or namespaces of the runtime.
const MAX_BUILTIN_PROPS: usize = 160;
/// More shapes than this in one tree (hostile JSON) and new objects become dictionaries.
const MAX_SHAPES: u32 = 16384;
/// Shapes up to this size are searched linearly.
const LINEAR: usize = 8;

/// One layout of objects.
pub struct Shape {
    id: u32,
    props: Box<[(Key, Attr)]>,
    is_ordinary: bool,
    index: OnceCell<HashMap<Key, u32>>,
    transitions: RefCell<HashMap<(Key, Attr), Rc<Shape>>>,
    /// The transition taken last: what builds objects takes the same one again and again.
    latest: RefCell<Option<(Key, Attr, Rc<Shape>)>>,
    /// The same keys with weaker attributes, after `Object.freeze` and `Object.seal`.
    restricted: RefCell<HashMap<Attr, Rc<Shape>>>,
    tree: Rc<Tree>,
}

/// What all shapes of one prototype share.
struct Tree {
    shapes: Cell<u32>,
    /// How many slots instances came to have: how many to allocate at once.
    slots: Cell<u8>,
}

impl Shape {
    /// The empty shape of a new tree.
    pub(crate) fn root(cx: &Isolate) -> Rc<Shape> {
        let tree = Rc::new(Tree { shapes: Cell::new(0), slots: Cell::new(4) });
        Rc::new(Shape::new(cx.new_shape_id(), Box::new([]), tree))
    }

    fn new(id: u32, props: Box<[(Key, Attr)]>, tree: Rc<Tree>) -> Shape {
        tree.shapes.set(tree.shapes.get() + 1);
        let is_ordinary = props.iter().all(|(k, a)| *a == Attr::ALL && !k.is_private());
        Shape { id, props, is_ordinary, index: OnceCell::new(), transitions: RefCell::default(), latest: RefCell::default(), restricted: RefCell::default(), tree }
    }

    /// Unique in the isolate and never used again; never 0.
    #[inline]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Keys and attributes, by slot.
    #[inline]
    pub fn props(&self) -> &[(Key, Attr)] {
        &self.props
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.props.len()
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.props.is_empty()
    }

    /// True if all properties are what assignment makes: writable, enumerable, configurable data, none private.
    #[inline]
    pub fn is_ordinary(&self) -> bool {
        self.is_ordinary
    }

    /// How many slots a new instance should have room for.
    #[inline]
    pub(crate) fn expected_slots(&self) -> u8 {
        self.tree.slots.get()
    }

    /// The slot and attributes of `key`.
    #[inline]
    pub fn find(&self, key: &Key) -> Option<(u32, Attr)> {
        match key {
            Key::Atom(a) => self.find_atom(*a),
            Key::Sym(s) => self.find_sym(s),
            Key::Index(_) | Key::Str(_) => None,
        }
    }

    #[inline]
    pub fn find_atom(&self, atom: Atom) -> Option<(u32, Attr)> {
        if self.props.len() > LINEAR {
            return self.find_slow(&Key::Atom(atom));
        }
        let i = self.props.iter().position(|(k, _)| matches!(k, Key::Atom(a) if *a == atom))?;
        Some((i as u32, self.props[i].1))
    }

    /// As [`Shape::find`] of a symbol.
    #[inline]
    pub fn find_sym(&self, sym: &Sym) -> Option<(u32, Attr)> {
        if self.props.len() > LINEAR {
            return self.find_slow(&Key::Sym(sym.clone()));
        }
        let i = self.props.iter().position(|(k, _)| matches!(k, Key::Sym(s) if s == sym))?;
        Some((i as u32, self.props[i].1))
    }

    fn find_slow(&self, key: &Key) -> Option<(u32, Attr)> {
        let slot = if self.props.len() <= LINEAR {
            self.props.iter().position(|(k, _)| k == key)? as u32
        } else {
            let make = || self.props.iter().enumerate().map(|(i, (k, _))| (k.clone(), i as u32)).collect();
            *self.index.get_or_init(make).get(key)?
        };
        Some((slot, self.props[slot as usize].1))
    }

    /// This shape with `key` added at the end; `None` if the object must become a dictionary instead.
    pub(crate) fn add(&self, cx: &Isolate, key: &Key, attr: Attr) -> Option<Rc<Shape>> {
        self.add_to(cx, key, attr, false)
    }

    /// The same; `is_builtin`: for an object of the runtime, which may have more properties.
    pub(crate) fn add_to(&self, cx: &Isolate, key: &Key, attr: Attr, is_builtin: bool) -> Option<Rc<Shape>> {
        if matches!(key, Key::Index(_) | Key::Str(_)) {
            return None;
        }
        if let Some((latest, how, next)) = &*self.latest.borrow()
            && latest == key
            && *how == attr
        {
            return Some(next.clone());
        }
        let step = (key.clone(), attr);
        if let Some(next) = self.transitions.borrow().get(&step) {
            let replaced = self.latest.replace(Some((step.0, attr, next.clone())));
            drop(replaced);
            return Some(next.clone());
        }
        let limit = if is_builtin || cx.is_starting() { MAX_BUILTIN_PROPS } else { MAX_PROPS };
        if self.props.len() >= limit || self.tree.shapes.get() >= MAX_SHAPES || !cx.has_shape_ids() {
            return None;
        }
        let props = self.props.iter().cloned().chain([step.clone()]).collect::<Box<[_]>>();
        let slots = (props.len().min(16) as u8).max(self.tree.slots.get());
        self.tree.slots.set(slots);
        let next = Rc::new(Shape::new(cx.new_shape_id(), props, self.tree.clone()));
        self.transitions.borrow_mut().insert(step, next.clone());
        Some(next)
    }

    /// The name that was added last time by assignment, with the shape that has it.
    pub(crate) fn latest_name(&self) -> Option<(Atom, Rc<Shape>)> {
        match &*self.latest.borrow() {
            Some((Key::Atom(name), Attr::ALL, next)) => Some((*name, next.clone())),
            _ => None,
        }
    }

    /// The same keys with attributes reduced to those in `mask` (accessors keep being accessors). Private names are no properties: a frozen
    /// object's own methods still change them.
    pub(crate) fn restrict(&self, cx: &Isolate, mask: Attr) -> Option<Rc<Shape>> {
        if let Some(s) = self.restricted.borrow().get(&mask) {
            return Some(s.clone());
        }
        if self.tree.shapes.get() >= MAX_SHAPES || !cx.has_shape_ids() {
            return None;
        }
        let props = self.props.iter().map(|(k, a)| (k.clone(), if k.is_private() { *a } else { Attr(a.0 & mask.with(Attr::ACCESSOR).0) })).collect();
        let shape = Rc::new(Shape::new(cx.new_shape_id(), props, self.tree.clone()));
        self.restricted.borrow_mut().insert(mask, shape.clone());
        Some(shape)
    }
}

/// The keys of an object literal, known when the program was compiled.
pub struct ShapeLit {
    /// Distinct atoms in order.
    pub keys: &'static [Atom],
    /// Dense number of this literal in the program, or `ShapeLit::UNNUMBERED`.
    pub id: u32,
}

impl ShapeLit {
    /// For literals in the runtime itself, which are found by walking the shape tree.
    pub const UNNUMBERED: u32 = u32::MAX;
}
