//! The isolate: everything one thread of a program shares.

use crate::atom::AtomTable;
use crate::heap::cell::Table;
use crate::heap::{CollectStats, Heap};
use crate::ic::{Ic, Looked, PlainShapes};
use crate::{Atom, Key, Obj, Shape, ShapeLit, Str, Sym, Thrown, Value, parse_index};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// How every operation reaches the isolate. `Copy`, and neither `Send` nor `Sync`.
pub type Cx = &'static Isolate;

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $($variant,)* }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];
        }
    };
}

numbered! {
    /// Objects that the runtime finds without looking them up by name. Append freely.
    Intrinsic {
        ObjectPrototype, FunctionPrototype, ArrayPrototype, StringPrototype, NumberPrototype, BooleanPrototype, SymbolPrototype,
        BigIntPrototype, ErrorPrototype, TypeErrorPrototype, RangeErrorPrototype, ReferenceErrorPrototype, SyntaxErrorPrototype,
        UriErrorPrototype, EvalErrorPrototype, AggregateErrorPrototype, IteratorPrototype, AsyncIteratorPrototype,
        ArrayIteratorPrototype, StringIteratorPrototype, MapIteratorPrototype, SetIteratorPrototype,
        RegExpStringIteratorPrototype, IteratorHelperPrototype, WrapForValidIteratorPrototype, AsyncFromSyncIteratorPrototype,
        GeneratorPrototype, AsyncGeneratorPrototype, GeneratorFunctionPrototype,
        AsyncGeneratorFunctionPrototype, AsyncFunctionPrototype, MapPrototype, SetPrototype, WeakMapPrototype, WeakSetPrototype,
        WeakRefPrototype, FinalizationRegistryPrototype, DatePrototype, RegExpPrototype, PromisePrototype, HtmlPrototype,
        ObjectConstructor, FunctionConstructor, ArrayConstructor, StringConstructor, NumberConstructor, BooleanConstructor,
        SymbolConstructor, BigIntConstructor, ErrorConstructor, TypeErrorConstructor, RangeErrorConstructor,
        ReferenceErrorConstructor, SyntaxErrorConstructor, UriErrorConstructor, EvalErrorConstructor,
        AggregateErrorConstructor, IteratorConstructor, MapConstructor, SetConstructor, WeakMapConstructor, WeakSetConstructor,
        WeakRefConstructor, FinalizationRegistryConstructor, DateConstructor, RegExpConstructor, PromiseConstructor,
        ProxyConstructor, ReflectObject, MathObject, JsonObject, ConsoleObject, GlobalThis, ArrayValues, ThrowTypeError,
    }
}

numbered! {
    /// The well-known symbols.
    WellKnownSymbol {
        Iterator, AsyncIterator, HasInstance, IsConcatSpreadable, Species, ToPrimitive, ToStringTag, Unscopables, Match,
        MatchAll, Replace, Search, Split,
    }
}

impl WellKnownSymbol {
    /// The property of `Symbol` that holds it.
    pub fn name(self) -> &'static str {
        match self {
            WellKnownSymbol::Iterator => "iterator",
            WellKnownSymbol::AsyncIterator => "asyncIterator",
            WellKnownSymbol::HasInstance => "hasInstance",
            WellKnownSymbol::IsConcatSpreadable => "isConcatSpreadable",
            WellKnownSymbol::Species => "species",
            WellKnownSymbol::ToPrimitive => "toPrimitive",
            WellKnownSymbol::ToStringTag => "toStringTag",
            WellKnownSymbol::Unscopables => "unscopables",
            WellKnownSymbol::Match => "match",
            WellKnownSymbol::MatchAll => "matchAll",
            WellKnownSymbol::Replace => "replace",
            WellKnownSymbol::Search => "search",
            WellKnownSymbol::Split => "split",
        }
    }
}

/// Errors that the runtime itself throws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    Error,
    Type,
    Range,
    Reference,
    Syntax,
    Uri,
    Eval,
}

/// Entries of the isolate's lookup cache; a power of two.
const LOOKED: usize = 512;

/// Short names whose keys are remembered; a power of two.
const SHORT_KEYS: usize = 256;

/// For names that have no atom.
const NO_ATOM: u32 = u32::MAX;

/// One entry of the microtask queue.
pub enum Job {
    /// Runs `run(cx, a, b)`.
    Call { run: fn(Cx, Value, Value), a: Value, b: Value },
    Boxed(Box<dyn FnOnce(Cx)>),
}

/// Makes an error object; filled in by the language's built-ins.
pub type MakeError = fn(Cx, ErrorKind, &str) -> Value;

/// One thread's world.
pub struct Isolate {
    pub(crate) heap: &'static Heap,
    pub(crate) atoms: AtomTable,
    intrinsics: Box<[OnceCell<Obj>]>,
    symbols: Box<[Sym]>,
    symbol_registry: RefCell<HashMap<Str, Sym>>,
    ics: Box<[Ic]>,
    looked: Box<[Looked]>,
    /// The packed text of short names ([`Str::packed`]) and their atoms.
    short_keys: Box<[(Cell<u64>, Cell<u32>)]>,
    pub(crate) globals: crate::Slots,
    null_shape: OnceCell<Rc<Shape>>,
    object_root: OnceCell<(Obj, Rc<Shape>)>,
    array_root: OnceCell<(Obj, Rc<Shape>)>,
    literal_shapes: Table<Rc<Shape>>,
    /// Shapes of the runtime's own literals, which have no numbers; they are few.
    own_literals: RefCell<Vec<(&'static ShapeLit, Rc<Shape>)>>,
    next_shape_id: Cell<u32>,
    next_weak_map: Cell<u32>,
    proto_epoch: Cell<u32>,
    intact: Cell<bool>,
    pub(crate) plain: PlainShapes,
    starting: Cell<bool>,
    exception: RefCell<Option<Value>>,
    /// The exception needs no more places; it may pass through millions of calls.
    is_placed: Cell<bool>,
    site: Cell<u32>,
    pub(crate) stack_limit: Cell<usize>,
    /// Values in the argument lists of the spread calls that run now.
    pub(crate) spread: Cell<usize>,
    make_error: Cell<Option<MakeError>>,
    microtasks: RefCell<VecDeque<Job>>,
    /// For upper layers: the program's tables and host services.
    pub host_slot: OnceCell<Box<dyn Any>>,
    /// For the language's built-ins.
    pub language_slot: OnceCell<Box<dyn Any>>,
}

impl Isolate {
    /// A new isolate, leaked. `program_atoms` are the program's own property names, distinct from each other, from the
    /// well-known ones, and no array indices. Built-ins are installed next; then call [`Isolate::started`].
    pub fn new(program_atoms: &[&'static str], inline_caches: usize, globals: usize) -> Cx {
        Box::leak(Box::new(Isolate {
            heap: Heap::here(),
            atoms: AtomTable::new(program_atoms),
            intrinsics: Intrinsic::ALL.iter().map(|_| OnceCell::new()).collect(),
            symbols: WellKnownSymbol::ALL.iter().map(|s| Sym::new(Some(Str::from(format!("Symbol.{}", s.name()))))).collect(),
            symbol_registry: RefCell::default(),
            ics: (0..=inline_caches).map(|_| Ic::default()).collect(),
            // No name packs to all ones.
            short_keys: (0..SHORT_KEYS).map(|_| (Cell::new(u64::MAX), Cell::new(0))).collect(),
            looked: (0..LOOKED).map(|_| Looked::default()).collect(),
            globals: crate::Slots::new(vec![Value::Uninit; globals]),
            null_shape: OnceCell::new(),
            object_root: OnceCell::new(),
            array_root: OnceCell::new(),
            literal_shapes: Table::new(),
            own_literals: RefCell::default(),
            next_shape_id: Cell::new(1),
            next_weak_map: Cell::new(0),
            proto_epoch: Cell::new(1),
            intact: Cell::new(true),
            plain: PlainShapes::default(),
            starting: Cell::new(true),
            exception: RefCell::new(None),
            is_placed: Cell::new(false),
            site: Cell::new(0),
            stack_limit: Cell::new(0),
            spread: Cell::new(0),
            make_error: Cell::new(None),
            microtasks: RefCell::default(),
            host_slot: OnceCell::new(),
            language_slot: OnceCell::new(),
        }))
    }

    // Names.

    /// The name of an atom.
    #[inline]
    pub fn atom_str(&self, atom: Atom) -> Str {
        self.atoms.name(atom)
    }

    /// The name of an atom, as static text.
    #[inline]
    pub fn atom_text(&self, atom: Atom) -> &'static str {
        self.atoms.text(atom)
    }

    /// The atom of a name, if the program has one.
    #[inline]
    pub fn find_atom(&self, name: &str) -> Option<Atom> {
        self.atoms.find(name)
    }

    /// The key that a string names.
    #[inline]
    pub fn key(&self, name: &Str) -> Key {
        if let Some(atom) = name.lit_atom() {
            return Key::Atom(atom);
        }
        if let Some(word) = name.packed() {
            return self.short_key(name, word);
        }
        if !name.is_well_formed() {
            return Key::Str(name.clone());
        }
        self.text_key(name)
    }

    /// The key of a short name, which is remembered: the atom table never changes.
    #[inline]
    fn short_key(&self, name: &Str, word: u64) -> Key {
        let known = &self.short_keys[(word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize % SHORT_KEYS];
        if known.0.get() == word {
            return match known.1.get() {
                NO_ATOM => Key::Str(name.clone()),
                atom => Key::Atom(Atom(atom)),
            };
        }
        let key = self.text_key(name);
        match &key {
            Key::Atom(atom) => known.1.set(atom.0),
            Key::Str(_) => known.1.set(NO_ATOM),
            Key::Index(_) | Key::Sym(_) => return key,
        }
        known.0.set(word);
        key
    }

    #[inline(never)]
    fn text_key(&self, name: &Str) -> Key {
        let text = name.as_str();
        if text.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && let Some(i) = parse_index(text)
        {
            return Key::Index(i);
        }
        match self.atoms.find(text) {
            Some(atom) => Key::Atom(atom),
            None => Key::Str(name.clone()),
        }
    }

    /// The key of a name in the runtime's own source.
    pub fn key_of(&self, name: &str) -> Key {
        self.key(&Str::from(name))
    }

    /// A key's name; a symbol's description.
    pub fn key_str(&self, key: &Key) -> Str {
        match key {
            Key::Atom(a) => self.atom_str(*a),
            Key::Index(i) => Str::from_ascii(&i.to_string()),
            Key::Str(s) => s.clone(),
            Key::Sym(s) => s.description().cloned().unwrap_or_default(),
        }
    }

    /// A key as a value: a string or a symbol.
    pub fn key_value(&self, key: &Key) -> Value {
        match key {
            Key::Sym(s) => Value::Sym(s.clone()),
            _ => Value::Str(self.key_str(key)),
        }
    }

    pub fn symbol(&self, s: WellKnownSymbol) -> Sym {
        self.symbols[s as usize].clone()
    }

    /// `Symbol.for(key)`.
    pub fn registered_symbol(&self, key: &Str) -> Sym {
        self.symbol_registry.borrow_mut().entry(key.clone()).or_insert_with(|| Sym::registered(key.clone())).clone()
    }

    // Intrinsics.

    /// The object. Panics if the built-ins did not set it: a bug of the runtime, found by its first test.
    #[inline]
    pub fn intrinsic(&self, i: Intrinsic) -> Obj {
        match self.intrinsics[i as usize].get() {
            Some(o) => o.clone(),
            None => panic!("intrinsic {i:?} is used before it is installed"),
        }
    }

    /// As [`Isolate::intrinsic`], without counting.
    #[inline]
    pub fn intrinsic_ref(&self, i: Intrinsic) -> &Obj {
        match self.intrinsics[i as usize].get() {
            Some(o) => o,
            None => panic!("intrinsic {i:?} is used before it is installed"),
        }
    }

    #[inline]
    pub fn try_intrinsic(&self, i: Intrinsic) -> Option<Obj> {
        self.intrinsics[i as usize].get().cloned()
    }

    /// True if `o` is that intrinsic.
    #[inline]
    pub fn is_intrinsic(&self, o: &Obj, i: Intrinsic) -> bool {
        self.intrinsics[i as usize].get() == Some(o)
    }

    /// Installs an intrinsic, once.
    pub fn set_intrinsic(&self, i: Intrinsic, o: Obj) {
        o.mark_builtin();
        assert!(self.intrinsics[i as usize].set(o).is_ok(), "intrinsic {i:?} is installed twice");
    }

    /// Call when the built-ins are complete: from now on their modification clears [`Isolate::is_intact`].
    pub fn started(&'static self) {
        self.starting.set(false);
        let root = |i: Intrinsic| self.try_intrinsic(i).map_or(Ic::EMPTY, |proto| proto.root_shape(self).id());
        self.plain.array.set(root(Intrinsic::ArrayPrototype));
        self.plain.map.set(root(Intrinsic::MapPrototype));
        self.plain.set.set(root(Intrinsic::SetPrototype));
    }

    pub(crate) fn is_starting(&self) -> bool {
        self.starting.get()
    }

    /// True while no built-in has been changed, so that methods may be called without looking them up.
    #[inline]
    pub fn is_intact(&self) -> bool {
        self.intact.get()
    }

    pub(crate) fn clear_intact(&self) {
        self.intact.set(false);
        self.plain.forget();
    }

    // Shapes and caches.

    /// The cache of an access site; site 0 caches nothing.
    #[inline]
    pub fn ic(&self, site: u32) -> &Ic {
        &self.ics[site as usize]
    }

    /// The entry of the lookup cache for a name on objects of a shape. Shape 0 is in none.
    #[inline]
    pub(crate) fn looked(&self, shape: u32, name: Atom) -> &Looked {
        let hash = (shape ^ name.0.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B) >> 16;
        &self.looked[hash as usize % LOOKED]
    }

    /// Changes whenever an object that serves as a prototype changes.
    #[inline]
    pub fn proto_epoch(&self) -> u32 {
        self.proto_epoch.get()
    }

    pub(crate) fn bump_proto_epoch(&self) {
        self.proto_epoch.set(self.proto_epoch.get().wrapping_add(1));
    }

    pub(crate) fn new_shape_id(&self) -> u32 {
        let id = self.next_shape_id.get();
        self.next_shape_id.set(id.saturating_add(1));
        id
    }

    /// False once shape ids are used up; objects are dictionaries from then on.
    pub(crate) fn has_shape_ids(&self) -> bool {
        self.next_shape_id.get() < u32::MAX
    }

    pub(crate) fn null_shape(&'static self) -> Rc<Shape> {
        self.null_shape.get_or_init(|| Shape::root(self)).clone()
    }

    /// `Object.prototype` and the shape of `{}`.
    #[inline]
    pub(crate) fn object_root(&'static self) -> (Obj, Rc<Shape>) {
        self.object_root.get_or_init(|| self.root_of(Intrinsic::ObjectPrototype)).clone()
    }

    /// `Array.prototype` and the shape of `[]`.
    #[inline]
    pub(crate) fn array_root(&'static self) -> (Obj, Rc<Shape>) {
        self.array_root.get_or_init(|| self.root_of(Intrinsic::ArrayPrototype)).clone()
    }

    #[cold]
    fn root_of(&'static self, i: Intrinsic) -> (Obj, Rc<Shape>) {
        let proto = self.intrinsic(i);
        let shape = proto.root_shape(self);
        (proto, shape)
    }

    /// True for an array without own named properties whose prototype is `Array.prototype`.
    #[inline]
    pub fn is_ordinary_array(&'static self, o: &Obj) -> bool {
        o.dense().is_some() && self.array_root.get().is_some_and(|(_, s)| s.id() == o.shape_id())
    }

    /// Prototype and shape of an object literal; `None` if such objects are dictionaries.
    #[inline(always)]
    pub fn literal_shape(&'static self, lit: &'static ShapeLit) -> Option<(Obj, Rc<Shape>)> {
        if let Some((proto, _)) = self.object_root.get()
            && let Some(shape) = self.literal_shapes.get(lit.id as usize)
        {
            return Some((proto.clone(), shape));
        }
        self.literal_shape_slow(lit)
    }

    #[inline(never)]
    fn literal_shape_slow(&'static self, lit: &'static ShapeLit) -> Option<(Obj, Rc<Shape>)> {
        if lit.id == ShapeLit::UNNUMBERED
            && let Some((_, shape)) = self.own_literals.borrow().iter().find(|(known, _)| std::ptr::eq(*known, lit))
        {
            return Some((self.intrinsic(Intrinsic::ObjectPrototype), shape.clone()));
        }
        let (proto, mut shape) = self.object_root();
        for key in lit.keys {
            shape = shape.add(self, &Key::Atom(*key), crate::Attr::ALL)?;
        }
        if lit.id != ShapeLit::UNNUMBERED {
            self.literal_shapes.put(lit.id as usize, shape.clone());
        } else {
            self.own_literals.borrow_mut().push((lit, shape.clone()));
        }
        Some((proto, shape))
    }

    /// A number for a new `WeakMap`.
    pub fn new_weak_map(&self) -> u32 {
        let n = self.next_weak_map.get();
        self.next_weak_map.set(n.wrapping_add(1));
        n
    }

    // Module variables.

    /// Module variable `i`; `Uninit` before its initialisation.
    #[inline]
    pub fn global(&self, i: u32) -> Value {
        self.globals.get(i as usize).unwrap_or(Value::Uninit)
    }

    #[inline]
    pub fn set_global(&self, i: u32, v: Value) {
        let stored = self.globals.set(i as usize, v);
        debug_assert!(stored.is_ok(), "module variable {i} is beyond the count given at start");
    }

    // Exceptions.

    /// Makes `v` the exception that `Thrown` stands for.
    #[cold]
    pub fn throw(&self, v: Value) -> Thrown {
        self.is_placed.set(false);
        let old = self.exception.replace(Some(v));
        drop(old);
        Thrown
    }

    /// The waiting exception notes no more places on its way.
    pub fn set_placed(&self) {
        self.is_placed.set(true);
    }

    /// See [`Isolate::set_placed`].
    #[inline]
    pub fn is_placed(&self) -> bool {
        self.is_placed.get()
    }

    /// Whether an exception waits to be taken.
    #[inline]
    pub fn has_exception(&self) -> bool {
        self.exception.borrow().is_some()
    }

    /// Takes the exception after a `Thrown`.
    pub fn take_exception(&self) -> Value {
        self.exception.take().unwrap_or_default()
    }

    /// Throws an error of the runtime.
    #[cold]
    pub fn throw_error(&'static self, kind: ErrorKind, message: &str) -> Thrown {
        let error = match self.make_error.get() {
            Some(make) => make(self, kind, message),
            None => Value::str(message),
        };
        self.throw(error)
    }

    pub fn set_make_error(&self, make: MakeError) {
        self.make_error.set(Some(make));
    }

    /// Notes the source site of what runs next, for the stack of errors.
    #[inline]
    pub fn at(&self, site: u32) {
        self.site.set(site);
    }

    #[inline]
    pub fn site(&self) -> u32 {
        self.site.get()
    }

    // Stack.

    // Microtasks.

    #[inline]
    pub fn enqueue(&self, job: Job) {
        self.microtasks.borrow_mut().push_back(job);
    }

    #[inline]
    pub fn next_job(&self) -> Option<Job> {
        self.microtasks.borrow_mut().pop_front()
    }

    pub fn has_jobs(&self) -> bool {
        !self.microtasks.borrow().is_empty()
    }

    // Memory.

    /// Collects cycles if enough objects came into being. Call at an empty microtask queue only.
    #[inline]
    pub fn collect_if_needed(&self) -> Option<CollectStats> {
        self.heap.collect_if_needed()
    }

    /// For tests: collects cycles at every `every`th allocation, in the midst of whatever runs; 0 ends it.
    pub fn set_collector_stress(&self, every: usize) {
        self.heap.set_stress(every);
    }

    /// Collects all cycles now.
    pub fn collect(&self) -> CollectStats {
        self.heap.collect_all()
    }
}
