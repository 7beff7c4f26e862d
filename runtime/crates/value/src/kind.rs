//! What an object is besides its properties.

use crate::heap::cell::HeapCell;
use crate::{Args, Attr, Cx, Key, MapData, Obj, R, Slots, Str, Tracer, Value, WeakObj};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

/// What a function object calls.
pub type Code = fn(Cx, &Args<'_>) -> R;

/// Kinds of functions, as far as objects differ by them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FnKind {
    /// `function f() {}`: callable, constructible, with a lazy `prototype`.
    Normal,
    Arrow,
    /// Methods, getters, setters, async functions: no `prototype`, not constructible.
    Method,
    Async,
    Generator,
    AsyncGenerator,
    /// A class without `extends`: constructible only.
    ClassBase,
    /// A class with `extends`: constructible only; `this` is made by the base.
    ClassDerived,
    /// A built-in function.
    Native,
    /// A built-in that is both callable and constructible; makes its own `this`.
    NativeCtor,
}

impl FnKind {
    #[inline]
    pub fn is_constructor(self) -> bool {
        matches!(self, FnKind::Normal | FnKind::ClassBase | FnKind::ClassDerived | FnKind::NativeCtor)
    }
    #[inline]
    pub fn is_class(self) -> bool {
        matches!(self, FnKind::ClassBase | FnKind::ClassDerived)
    }
    /// True if `prototype` appears by itself on first use.
    pub(crate) fn has_lazy_prototype(self) -> bool {
        matches!(self, FnKind::Normal | FnKind::Generator | FnKind::AsyncGenerator)
    }
}

/// The static part of a function. Make it a `static`.
pub struct FnDef {
    pub name: &'static str,
    /// Parameters before the first one with a default or rest.
    pub length: u32,
    pub code: Code,
    pub kind: FnKind,
    /// Source text for `toString`; empty means native.
    pub source: &'static str,
    /// Of code that is replaced while the program runs, and that owns its text: finds the text. `None` means native.
    pub find_source: Option<FindSource>,
    /// It makes JSON of its first argument before anything else gets hold of it, and gives it to nobody.
    pub writes_json: bool,
}

/// The text of a function, for `toString`.
pub type FindSource = fn(&FnData) -> Option<String>;

impl FnDef {
    pub const fn new(name: &'static str, length: u32, code: Code, kind: FnKind) -> FnDef {
        FnDef { name, length, code, kind, source: "", find_source: None, writes_json: false }
    }
    /// The function with its text: the bytes from `start` to `end` of its file.
    pub const fn with_source(mut self, file: &'static str, start: usize, end: usize) -> FnDef {
        self.source = file.split_at(end).0.split_at(start).1;
        self
    }
    /// The function with a way to its text.
    pub const fn with_found_source(mut self, find: FindSource) -> FnDef {
        self.find_source = Some(find);
        self
    }
    /// The function of which is known that it makes JSON of its first argument at once.
    pub const fn writing_json(mut self) -> FnDef {
        self.writes_json = true;
        self
    }
    /// A built-in function.
    pub const fn native(name: &'static str, length: u32, code: Code) -> FnDef {
        FnDef::new(name, length, code, FnKind::Native)
    }
}

/// A function object's own part.
pub struct FnData {
    pub def: &'static FnDef,
    /// Captured values. Fixed at creation: what is assigned later is a `Cell`.
    pub env: Box<[Value]>,
}

/// `f.bind(this, ...args)`.
pub struct BoundData {
    pub target: Obj,
    pub this: Value,
    pub args: Box<[Value]>,
}

/// A proxy's target and handler; both `None` once revoked.
pub struct ProxyData {
    pub(crate) target: HeapCell<Option<Obj>>,
    pub(crate) handler: HeapCell<Option<Obj>>,
    pub callable: bool,
    pub constructor: bool,
}

impl ProxyData {
    pub fn new(target: Obj, handler: Obj) -> ProxyData {
        let (callable, constructor) = (target.is_callable(), target.is_constructor());
        ProxyData { target: HeapCell::new(Some(target)), handler: HeapCell::new(Some(handler)), callable, constructor }
    }
    /// Target and handler, unless revoked.
    pub fn parts(&self) -> Option<(Obj, Obj)> {
        Some((self.target.get()?, self.handler.get()?))
    }
    pub fn revoke(&self) {
        drop(self.target.replace(None));
        drop(self.handler.replace(None));
    }
}

/// A getter/setter pair, stored in the property's slot.
pub struct AccessorData {
    pub(crate) get: HeapCell<Value>,
    pub(crate) set: HeapCell<Value>,
}

/// A future that a task runs.
pub type TaskFuture = Pin<Box<dyn Future<Output = R>>>;

/// A suspended async function.
pub struct TaskData {
    future: RefCell<Option<TaskFuture>>,
    /// What the suspended function holds: its future moved it here, so that the collector sees it. Empty while the future runs.
    frame: Rc<dyn Payload>,
    /// What the task settles.
    promise: HeapCell<Value>,
}

impl TaskData {
    pub fn new(future: TaskFuture, frame: Rc<dyn Payload>, promise: Value) -> TaskData {
        TaskData { future: RefCell::new(Some(future)), frame, promise: HeapCell::new(promise) }
    }
    /// Takes the future out to poll it; put it back with [`TaskData::put`] while it is pending.
    pub fn take(&self) -> Option<TaskFuture> {
        self.future.borrow_mut().take()
    }
    pub fn put(&self, future: TaskFuture) {
        *self.future.borrow_mut() = Some(future);
    }
    pub fn promise(&self) -> Value {
        self.promise.get()
    }
}

/// Data of built-ins that live above this crate (promises, regular expressions, iterators, ...).
pub trait Payload: Any {
    /// Shows every value held, as often as it is held. Showing too much or too little cannot corrupt memory, only keep
    /// garbage or clear what is in use, so be exact. Called at an empty microtask queue.
    fn trace(&self, _t: &mut Tracer<'_>) {}
    /// Drops held values that may form cycles; the object is garbage.
    fn clear(&self) {}
}

/// An object whose properties are made by the host: requests, responses, buffers, URLs.
///
/// Each hook may decline (`Ok(None)`), and then the object's ordinary properties and prototype answer.
pub trait HostObject: Any {
    fn class_name(&self) -> &'static str;
    fn trace(&self, _t: &mut Tracer<'_>) {}
    fn clear(&self) {}
    fn get(&self, _cx: Cx, _this: &Obj, _key: &Key) -> R<Option<Value>> {
        Ok(None)
    }
    /// `Some(accepted)` if the host took the assignment.
    fn set(&self, _cx: Cx, _this: &Obj, _key: &Key, _value: &Value) -> R<Option<bool>> {
        Ok(None)
    }
    fn has(&self, _cx: Cx, _this: &Obj, _key: &Key) -> R<Option<bool>> {
        Ok(None)
    }
    /// Keys in order with attributes, before the ordinary ones.
    fn own_keys(&self, _cx: Cx, _this: &Obj) -> R<Vec<(Key, Attr)>> {
        Ok(vec![])
    }
    fn delete(&self, _cx: Cx, _this: &Obj, _key: &Key) -> R<Option<bool>> {
        Ok(None)
    }
    /// The number that is element `i`: typed arrays. `None` if there is none, or it is no number.
    fn number_at(&self, _i: usize) -> Option<f64> {
        None
    }
    /// Stores a number as element `i`, where `set` would do the same without user code. False if it would not.
    fn set_number_at(&self, _i: usize, _n: f64) -> bool {
        false
    }
    /// True if [`HostObject::call`] works.
    fn is_callable(&self) -> bool {
        false
    }
    fn call(&self, _cx: Cx, _args: &Args<'_>) -> R {
        Ok(Value::Undefined)
    }
    fn as_any(&self) -> &dyn Any;
}

/// Safe markup: what templates and the `html` tag make.
pub struct HtmlData {
    pub markup: Str,
    /// Parts still to come, owned by the HTTP runtime.
    pub pending: RefCell<Option<Box<dyn Payload>>>,
}

/// Names of payload kinds; how upper crates tell their objects apart before they downcast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    RegExp,
    Promise,
    Generator,
    AsyncGenerator,
    ArrayIterator,
    StringIterator,
    MapIterator,
    SetIterator,
    RegExpStringIterator,
    IteratorHelper,
    FinalizationRegistry,
    /// Arguments, modules, namespaces and what else a language needs; told apart by the payload's type.
    Other,
}

impl Class {
    fn name(self) -> &'static str {
        match self {
            Class::RegExp => "RegExp",
            Class::Promise => "Promise",
            Class::Generator => "Generator",
            Class::AsyncGenerator => "AsyncGenerator",
            Class::ArrayIterator => "Array Iterator",
            Class::StringIterator => "String Iterator",
            Class::MapIterator => "Map Iterator",
            Class::SetIterator => "Set Iterator",
            Class::RegExpStringIterator => "RegExp String Iterator",
            Class::IteratorHelper => "Iterator Helper",
            Class::FinalizationRegistry => "FinalizationRegistry",
            Class::Other => "Object",
        }
    }
}

/// What an object is. Fixed at creation; contents change through cells.
pub enum Kind {
    Plain,
    /// Elements; holes are `Uninit`. See [`Obj::dense`].
    Array(Slots),
    Function(FnData),
    Bound(Box<BoundData>),
    Error,
    /// An `arguments` object: elements are ordinary index properties.
    Arguments,
    /// A captured variable.
    Cell(ValueCell),
    /// Slots that several functions of the runtime share.
    Frame(Slots),
    Accessor(Box<AccessorData>),
    Map(Box<MapData>),
    Set(Box<MapData>),
    /// Entries live on the keys, under this number.
    WeakMap(u32),
    WeakSet(u32),
    WeakRef(WeakObj),
    /// Milliseconds since 1970, or NaN.
    Date(Cell<f64>),
    /// `Object(1)`, `new String("x")`, ...
    Boxed(Value),
    Html(Box<HtmlData>),
    Proxy(Box<ProxyData>),
    Task(Box<TaskData>),
    Native(Class, Box<dyn Payload>),
    Host(Box<dyn HostObject>),
}

/// A variable shared by closures.
pub struct ValueCell(HeapCell<Value>);

impl ValueCell {
    pub fn new(v: Value) -> ValueCell {
        ValueCell(HeapCell::new(v))
    }
    #[inline]
    pub fn get(&self) -> Value {
        self.0.get()
    }
    #[inline]
    pub fn set(&self, v: Value) {
        drop(self.0.replace(v));
    }
    #[inline]
    pub fn replace(&self, v: Value) -> Value {
        self.0.replace(v)
    }
    #[inline]
    pub(crate) fn place(&self) -> std::ptr::NonNull<Value> {
        self.0.place()
    }
    pub fn trace(&self, t: &mut Tracer<'_>) {
        self.0.trace(t);
    }
}

impl Kind {
    /// The class name as `Object.prototype.toString` and inspection start from.
    pub fn class_name(&self) -> &'static str {
        match self {
            Kind::Plain | Kind::Cell(_) | Kind::Frame(_) | Kind::Accessor(_) | Kind::Proxy(_) | Kind::Task(_) => "Object",
            Kind::Array(_) => "Array",
            Kind::Function(_) | Kind::Bound(_) => "Function",
            Kind::Error => "Error",
            Kind::Arguments => "Arguments",
            Kind::Map(_) => "Map",
            Kind::Set(_) => "Set",
            Kind::WeakMap(_) => "WeakMap",
            Kind::WeakSet(_) => "WeakSet",
            Kind::WeakRef(_) => "WeakRef",
            Kind::Date(_) => "Date",
            Kind::Boxed(Value::Str(_)) => "String",
            Kind::Boxed(Value::Num(_)) => "Number",
            Kind::Boxed(Value::Bool(_)) => "Boolean",
            Kind::Boxed(Value::Sym(_)) => "Symbol",
            Kind::Boxed(Value::BigInt(_)) => "BigInt",
            Kind::Boxed(_) => "Object",
            Kind::Html(_) => "Html",
            Kind::Native(class, _) => class.name(),
            Kind::Host(h) => h.class_name(),
        }
    }

    /// Elements of what may hold many, shown by [`Kind::trace_elements`].
    pub(crate) fn elements(&self) -> usize {
        match self {
            Kind::Array(s) | Kind::Frame(s) => s.len(),
            Kind::Map(m) | Kind::Set(m) => m.places(),
            _ => 0,
        }
    }

    pub(crate) fn trace_elements(&self, range: std::ops::Range<usize>, t: &mut Tracer<'_>) {
        match self {
            Kind::Array(s) | Kind::Frame(s) => s.trace(range, t),
            Kind::Map(m) | Kind::Set(m) => m.trace(range, t),
            _ => {}
        }
    }

    /// Everything but the elements.
    pub(crate) fn trace_fixed(&self, t: &mut Tracer<'_>) {
        match self {
            Kind::Array(_) | Kind::Frame(_) | Kind::Map(_) | Kind::Set(_) => {}
            Kind::Plain | Kind::Error | Kind::Arguments | Kind::WeakMap(_) | Kind::WeakSet(_) | Kind::WeakRef(_) | Kind::Date(_) => {}
            Kind::Function(f) => t.values(&f.env),
            Kind::Bound(b) => {
                t.obj(&b.target);
                t.value(&b.this);
                t.values(&b.args);
            }
            Kind::Cell(c) => c.0.trace(t),
            Kind::Accessor(a) => {
                a.get.trace(t);
                a.set.trace(t);
            }
            Kind::Boxed(v) => t.value(v),
            Kind::Html(h) => {
                if let Ok(p) = h.pending.try_borrow()
                    && let Some(p) = &*p
                {
                    p.trace(t);
                }
            }
            Kind::Proxy(p) => {
                p.target.trace_obj(t);
                p.handler.trace_obj(t);
            }
            Kind::Task(task) => {
                task.frame.trace(t);
                task.promise.trace(t);
            }
            Kind::Native(_, p) => p.trace(t),
            Kind::Host(h) => h.trace(t),
        }
    }

    /// Lets go of everything that can be part of a cycle. The object is garbage, or an upper crate's `trace` was wrong;
    /// either way each step is an ordinary write.
    pub(crate) fn clear(&self) {
        match self {
            Kind::Array(s) | Kind::Frame(s) => drop(s.take()),
            Kind::Cell(c) => c.set(Value::Undefined),
            Kind::Accessor(a) => {
                drop(a.get.replace(Value::Undefined));
                drop(a.set.replace(Value::Undefined));
            }
            Kind::Map(m) | Kind::Set(m) => m.clear(),
            Kind::Html(h) => drop(h.pending.take()),
            Kind::Proxy(p) => p.revoke(),
            Kind::Task(task) => {
                let future = task.take();
                drop(future);
                task.frame.clear();
                drop(task.promise.replace(Value::Undefined));
            }
            Kind::Native(_, p) => p.clear(),
            Kind::Host(h) => h.clear(),
            // Fixed at creation, so they refer to older objects only and close no cycle by themselves.
            Kind::Function(_) | Kind::Bound(_) | Kind::Boxed(_) => {}
            Kind::Plain | Kind::Error | Kind::Arguments | Kind::WeakMap(_) | Kind::WeakSet(_) | Kind::WeakRef(_) | Kind::Date(_) => {}
        }
    }
}
