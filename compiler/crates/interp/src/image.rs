//! An assembled module: plain data that all isolates share.

use crate::space::Lease;
use puremix_diag::SourceFile;
use puremix_ir::{AttrKind, BinaryOp, EscapeContext, Lang, Slot, UnaryOp};
use puremix_value::{Atom, Cx, FnDef, R, Value};
use std::ops::Range;
use std::sync::Arc;

/// A register of a frame.
pub type Reg = u32;
/// The position of an op in its function.
pub type Pc = u32;

/// A function of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionId(pub u32);

/// A text of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextId(pub u32);

/// A module, by its path; the same in all editions of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleIndex(pub u32);

/// One module. Images of one program name each other by [`ModuleIndex`], so that one can be replaced while the others stay.
pub struct Image {
    pub module: ModuleIndex,
    pub path: &'static str,
    /// Equal exactly if the module's own text, what it imports statically, and how its names are bound are equal.
    pub stamp: u64,
    pub functions: Vec<Function>,
    pub texts: Vec<TextData>,
    /// Places that operations can be at: `(file, line, column)`, file being an index into `files`. The first is unknown.
    pub places: Vec<Place>,
    pub files: Vec<Arc<SourceFile>>,
    /// Exported names and where to read them; for namespace objects.
    pub exports: Vec<(Atom, Read)>,
    /// Remembers the namespace object.
    pub namespace_slot: u32,
    /// Of a module that a call may ask for: the slot that says it has started.
    pub promise_slot: Option<u32>,
    /// Such modules that run when a call asks for this one, itself last.
    pub lazy: Vec<ModuleIndex>,
    pub entries: Entries,
    /// The isolate's slots and the numbers of its places.
    pub lease: Lease,
}

/// Functions and values that the server's table names.
#[derive(Default)]
pub struct Entries {
    pub init: Option<FunctionId>,
    pub render: Option<FunctionId>,
    pub head: Option<FunctionId>,
    pub loaders: Vec<FunctionId>,
    pub actions: Vec<FunctionId>,
    /// A Parsley handler.
    pub handler: Option<FunctionId>,
    /// Of an API route, its handlers.
    pub api: Vec<Read>,
    pub middleware: Option<Read>,
}

/// A place in the program's files; the first of an image is unknown.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub file: u32,
    pub line: u32,
    pub column: u32,
    /// What messages call the expression that is called, constructed or walked there.
    pub expression: Box<str>,
}

pub enum TextData {
    Utf8(Box<str>),
    /// Holds a lone surrogate.
    Wide(Box<[u16]>),
}

/// How to read a module-level name.
#[derive(Clone, Debug)]
pub enum Read {
    Global { slot: u32, checked: Option<TextId> },
    /// A function declaration that is there before its module runs.
    Function { slot: u32, module: ModuleIndex, function: FunctionId },
    /// What a `require` of the module answers: it runs at the first.
    Required { module: ModuleIndex, exports: Box<Read> },
    Namespace(ModuleIndex),
    Native { slot: u32, name: TextId, member: Option<Atom> },
    Undefined,
    Missing(TextId),
}

/// A function: what its frame needs, and its operations.
pub struct Function {
    pub def: &'static FnDef,
    /// What `toString` shows: an index into `files`, and bytes of that file.
    pub source: Option<(u32, Range<usize>)>,
    pub registers: u32,
    /// Loop cursors, see [`Op::OpenOf`].
    pub walks: u32,
    /// Parameters are the first registers.
    pub params: u32,
    /// Gets the array of the arguments behind the parameters.
    pub rest: Option<Reg>,
    /// Registers of captured values, in the order of the closure's environment.
    pub captures: Vec<Reg>,
    pub this: Option<Reg>,
    pub new_target: Option<Reg>,
    pub callee: Option<Reg>,
    pub arguments: Option<Reg>,
    pub is_async: bool,
    pub is_generator: bool,
    /// Whether an async function suspends at all.
    pub awaits: bool,
    pub ops: Vec<Op>,
    /// How many ops a generator runs when it is called.
    pub head: u32,
    /// For each op the number of its place: of the isolate's sites, see [`Lease::site`]; the same length as `ops`.
    pub places: Vec<u32>,
}

/// Registers that follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub first: Reg,
    pub count: u32,
}

/// Arguments of a call.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    Run(Run),
    /// An array made for the call (some argument was spread).
    List(Reg),
}

/// A property key.
#[derive(Clone, Copy, Debug)]
pub enum KeyAt {
    Name(Atom),
    /// A key already converted.
    Value(Reg),
    Private(Reg),
}

/// What defines a member of a class or an object literal.
#[derive(Clone, Copy, Debug)]
pub enum Member {
    Field,
    /// `enumerable`: of an object literal.
    Method { enumerable: bool },
    Getter { enumerable: bool },
    Setter { enumerable: bool },
    /// A value whose anonymous function takes the key's name.
    Named,
}

/// An operation without a node of its own (`docs/ir.md` §4).
pub type OperationFn = fn(Cx, &[Value]) -> R;

/// A value of the template's scope.
#[derive(Clone, Copy, Debug)]
pub enum ScopeRead {
    Loader(u32),
    Params,
    Query,
    Request,
    ActionResult,
    Env,
    Props,
    Prop(Atom),
    PageValue(TextId),
    Title,
    Description,
    Error,
    Url,
    HasContent,
}

#[derive(Clone, Debug)]
pub enum Op {
    // Constants and registers
    Undefined(Reg),
    Uninit(Reg),
    Null(Reg),
    Bool(Reg, bool),
    Num(Reg, f64),
    Text(Reg, TextId),
    BigInt(Reg, TextId),
    Regex { to: Reg, source: TextId, flags: TextId },
    Move { to: Reg, from: Reg },
    /// Throws the ReferenceError of a variable that is read before its initialisation.
    CheckInit { reg: Reg, name: TextId },

    // Cells and module variables
    Cell { to: Reg, from: Reg },
    /// A new cell with the old one's value.
    Renew(Reg),
    CellGet { to: Reg, cell: Reg },
    CellRead { to: Reg, cell: Reg, name: TextId },
    CellSet { cell: Reg, from: Reg },
    Read { to: Reg, read: Box<Read> },
    SetGlobal { slot: u32, from: Reg },
    Builtin { to: Reg, name: Atom },
    TypeofBuiltin { to: Reg, name: Atom },
    AssignUnknown { name: TextId, from: Reg },

    // Operators
    Unary { op: UnaryOp, lang: Lang, to: Reg, from: Reg },
    Binary { op: BinaryOp, lang: Lang, to: Reg, a: Reg, b: Reg },
    /// `to += b` where `to` is a plain register: a string grows in place.
    AddAssign { to: Reg, b: Reg },
    /// To a number or big integer.
    Numeric { to: Reg, from: Reg },
    Step { to: Reg, from: Reg, delta: f64 },
    Concat { lang: Lang, to: Reg, parts: Run },

    // Members
    Get { to: Reg, object: Reg, name: Atom },
    GetSafe { to: Reg, object: Reg, name: Atom },
    Index { lang: Lang, to: Reg, object: Reg, key: Reg },
    IndexSafe { to: Reg, object: Reg, key: Reg },
    GetSuper { to: Reg, this: Reg, home: Reg, key: Reg },
    GetPrivate { to: Reg, object: Reg, symbol: Reg },
    HasPrivate { to: Reg, object: Reg, symbol: Reg },
    Set { object: Reg, name: Atom, from: Reg },
    SetIndex { lang: Lang, object: Reg, key: Reg, from: Reg },
    SetSuper { this: Reg, home: Reg, key: Reg, from: Reg },
    SetPrivate { object: Reg, symbol: Reg, from: Reg },
    DeleteName { to: Reg, object: Reg, name: Atom },
    DeleteIndex { to: Reg, object: Reg, key: Reg },

    // Calls
    Call { to: Reg, callee: Reg, this: Option<Reg>, given: Given },
    /// The method of a call whose arguments run code, before they do.
    LookUp { to: Reg, receiver: Reg, name: Atom },
    CallLookedUp { to: Reg, receiver: Reg, method: Reg, name: Atom, given: Given },
    CallMethod { to: Reg, receiver: Reg, name: Atom, given: Given, safe: bool },
    CallIndex { to: Reg, receiver: Reg, key: Reg, given: Given },
    New { to: Reg, callee: Reg, given: Given },
    CallSuper { to: Reg, callee: Reg, new_target: Reg, given: Given },
    ImportDynamic { to: Reg, lazy: Option<ModuleIndex>, read: Box<Read> },
    Operation { to: Reg, run: OperationFn, operands: Run },

    // Objects
    Closure { to: Reg, function: FunctionId, captures: Box<[Reg]> },
    /// Makes a class: its constructor function and its prototype.
    Class { constructor: Reg, proto: Reg, function: FunctionId, captures: Box<[Reg]>, parent: Option<Reg> },
    PrivateSymbol { to: Reg, name: TextId },
    Array { to: Reg, elements: Run },
    /// Appends to an array that no code has seen yet.
    Push { array: Reg, from: Reg },
    PushHole(Reg),
    PushSpread { array: Reg, from: Reg, is_last: bool },
    Object(Reg),
    ToKey { to: Reg, from: Reg },
    Define { member: Member, object: Reg, key: KeyAt, from: Reg },
    CopyProps { object: Reg, from: Reg },
    LiteralProto { object: Reg, from: Reg },

    // Control
    Jump(Pc),
    JumpIf { test: Reg, lang: Lang, to: Pc },
    JumpUnless { test: Reg, lang: Lang, to: Pc },
    JumpNullish { test: Reg, to: Pc },
    JumpNotNullish { test: Reg, to: Pc },
    /// Strict equality, for `switch`.
    JumpEqual { a: Reg, b: Reg, to: Pc },
    /// Unless the register holds this small number (which exit a `finally` completes).
    JumpUnlessExit { exit: Reg, number: u32, to: Pc },
    /// Exceptions from here on go to `handler`, the exception in `to`, until the matching `Leave`.
    Try { to: Reg, handler: Pc },
    /// Ends the innermost `Try` or loop over an iterator.
    Leave,
    Throw(Reg),
    /// An exception that was caught before: it knows its place.
    Rethrow(Reg),
    Return(Reg),

    // Loops; a walk is a cursor of the frame
    /// `for … of`; closes the iterator when an exception leaves the loop.
    OpenOf { walk: u32, from: Reg },
    NextOf { walk: u32, to: Reg, done: Pc },
    CloseOf(u32),
    OpenAwait { walk: u32, from: Reg },
    NextAwait { walk: u32, to: Reg, done: Pc },
    CloseAwait(u32),
    OpenIn { walk: u32, from: Reg },
    NextIn { walk: u32, to: Reg, done: Pc },
    OpenEach { walk: u32, from: Reg },
    NextEach { walk: u32, to: Reg, index: Option<Reg>, done: Pc },

    // Suspension
    Await { to: Reg, from: Reg },
    /// When the generator is told to return, the value is in `to` and control goes to `on_return`.
    Yield { to: Reg, from: Reg, on_return: Pc },
    YieldStar { to: Reg, from: Reg, on_return: Pc },

    // Templates
    Scope { to: Reg, read: ScopeRead },
    Write(TextId),
    WriteHole(EscapeContext, Reg),
    WriteRaw(Reg),
    RawMarkup { to: Reg, from: Reg },
    WriteAttr { name: TextId, kind: AttrKind, from: Reg },
    WriteAttrs(Reg),
    Component { module: ModuleIndex, props: Reg, children: Reg, key: Reg, site: u64 },
    WriteSlot(Slot),
    WriteCsrf,
    /// Output goes to a buffer of its own until `EndMarkup`.
    BeginMarkup,
    EndMarkup(Reg),
}
