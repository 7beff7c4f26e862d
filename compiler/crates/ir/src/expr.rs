//! Expressions.

use crate::{Block, FnId, GlobalId, ImportId, LocalId, Ty};
use puremix_diag::Span;
use std::rc::Rc;

/// An expression with its place and what inference knows of its value (`Any` before inference).
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    pub ty: Ty,
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Expr {
        Expr { kind, span, ty: Ty::Any }
    }

    pub fn boxed(self) -> Box<Expr> {
        Box::new(self)
    }
}

/// Whose rules an operation follows. Only the runtime function chosen depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    Js,
    Parsley,
    Py,
}

/// A string of the program. JavaScript strings may hold lone surrogates: then `Wide` has the code units.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Text {
    Utf8(Rc<str>),
    Wide(Rc<[u16]>),
}

impl From<&str> for Text {
    fn from(s: &str) -> Text {
        Text::Utf8(s.into())
    }
}

/// A property name known at compile time. Canonical array indices are never names: they are `Index` nodes with a number.
pub type Name = Rc<str>;

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    // Constants
    Undefined,
    Null,
    Bool(bool),
    Num(f64),
    Str(Text),
    /// Decimal digits.
    BigInt(Rc<str>),
    Regex { source: Text, flags: Rc<str> },

    // Variables
    Local(LocalId),
    Global(GlobalId),
    Import(ImportId),
    /// A name of the language's global object (`Math`, `console`). `middle` reports unknown names; they throw a
    /// ReferenceError when reached.
    Builtin(Name),
    /// `typeof name` for a name that may not exist.
    TypeofBuiltin(Name),
    /// Receiver of the function being executed; only directly in functions with `this` (arrows capture a local).
    This,
    NewTarget,
    /// The function object being executed (named function expressions).
    Callee,
    /// All arguments as an `arguments` object; only in a function's prologue.
    Arguments,

    // Operations
    Unary(UnaryOp, Lang, Box<Expr>),
    Binary(BinaryOp, Lang, Box<Expr>, Box<Expr>),
    /// Short-circuit; the value is one of the operands (`And`, `Or` by the language's truth, `Nullish` by null).
    Logical(LogicalOp, Lang, Box<Expr>, Box<Expr>),
    Cond(Box<Test>),
    /// String pieces joined (template literals); each part is converted by the language's ToString.
    Concat(Lang, Vec<Expr>),

    // Places
    Assign(Place, Box<Expr>),
    /// `place op= value`; the place is evaluated once.
    AssignOp(BinaryOp, Lang, Place, Box<Expr>),
    AssignLogical(LogicalOp, Lang, Place, Box<Expr>),
    /// `++`/`--` by `delta`. `prefix` says whether the value is the new one.
    Update { place: Place, delta: f64, prefix: bool },
    Delete(Place),

    // Members
    Get(Box<Expr>, Name),
    Index(Lang, Box<Expr>, Box<Expr>),
    /// As `Get`, but undefined of null and undefined (templates).
    GetSafe(Box<Expr>, Name),
    IndexSafe(Box<Expr>, Box<Expr>),
    GetSuper { this: Box<Expr>, home: Box<Expr>, key: Box<Expr> },
    /// The local holds the private symbol.
    GetPrivate(Box<Expr>, LocalId),
    /// `#x in value`
    HasPrivate(Box<Expr>, LocalId),
    /// The whole of an optional chain: an `OptionalLink` inside that meets null or undefined ends it with undefined.
    OptionalChain(Box<Expr>),
    OptionalLink(Box<Expr>),

    // Calls
    Call { callee: Box<Expr>, args: Vec<Arg> },
    /// `recv.name(args)`; `safe` answers undefined when the receiver, or the method, is null or undefined (templates, `?.()`).
    CallMethod { recv: Box<Expr>, name: Name, args: Vec<Arg>, safe: bool },
    CallIndex { recv: Box<Expr>, key: Box<Expr>, args: Vec<Arg> },
    /// A call with an explicit receiver (private methods, `super.m()`, `a?.b?.()`).
    CallWithThis { callee: Box<Expr>, this: Box<Expr>, args: Vec<Arg> },
    New { callee: Box<Expr>, args: Vec<Arg> },
    /// `super(args)`: constructs the parent of `callee` with the running new.target; the value is the new `this`.
    CallSuper { callee: Box<Expr>, new_target: Box<Expr>, args: Vec<Arg> },
    /// `import(specifier)` of a module known at compile time: a promise of its namespace.
    ImportDynamic(ImportId),
    /// An operation of the runtime by name, for what has no node of its own. The table is in `docs/ir.md`.
    Runtime(&'static str, Vec<Expr>),

    // Literals
    Closure(FnId),
    Class(Box<Class>),
    Array(Lang, Vec<Element>),
    Object(Lang, Vec<Property>),

    // Control
    Seq(Vec<Expr>),
    Await(Box<Expr>),
    Yield(Box<Expr>),
    YieldStar(Box<Expr>),
    /// Statements, then a value. Declarations inside are visible in the value.
    Do(Block, Box<Expr>),
    /// Template statements run into a buffer of their own; the value is trusted markup.
    Markup(Block),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub test: Expr,
    pub then: Expr,
    pub otherwise: Expr,
    pub lang: Lang,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Neg,
    Plus,
    Not,
    BitNot,
    Typeof,
    /// Evaluates and answers undefined.
    Void,
    /// The language's conversion to text.
    ToStr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Exp,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Ushr,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    StrictEq,
    StrictNe,
    In,
    InstanceOf,
    /// Parsley `++`: dictionaries merge, everything else joins as lists.
    Merge,
    /// Parsley `a..b`.
    Range,
    /// Parsley `~` and `!~`.
    Match,
    NotMatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogicalOp {
    And,
    Or,
    Nullish,
}

/// What can be assigned to.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Local(LocalId),
    Global(GlobalId),
    Get(Box<Expr>, Name),
    Index(Lang, Box<Expr>, Box<Expr>),
    Super { this: Box<Expr>, home: Box<Expr>, key: Box<Expr> },
    Private(Box<Expr>, LocalId),
    /// Assignment to an unknown global name: ReferenceError when reached (strict mode).
    Unknown(Name),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    Value(Expr),
    Spread(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    Value(Expr),
    Spread(Expr),
    Hole,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Name(Name),
    Computed(Expr),
    /// A private name: the local that holds the class's private symbol.
    Private(LocalId),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    Value(Key, Expr),
    /// Method, getter, setter. `home` (when the function uses `super`) is a local lowering assigned the object to.
    Method(Key, FnId),
    Getter(Key, FnId),
    Setter(Key, FnId),
    /// `__proto__: value`
    Proto(Expr),
    Spread(Expr),
}

/// A class. `constructor` always exists (lowering writes the default one).
///
/// Evaluation: private symbols are made; the parent is evaluated; the class and its prototype are made and stored in `binding`, `home_static`,
/// `home_proto`; members are defined in order; static fields and blocks run last, in order. The value is the class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    pub name: Name,
    /// The inner name binding.
    pub binding: Option<LocalId>,
    pub parent: Option<Expr>,
    pub constructor: FnId,
    /// Each local gets a fresh private symbol with this description.
    pub privates: Vec<(LocalId, Name)>,
    /// Gets the class object (home of static methods, for `super`).
    pub home_static: Option<LocalId>,
    /// Gets the prototype object (home of instance methods).
    pub home_proto: Option<LocalId>,
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub is_static: bool,
    pub kind: MemberKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum MemberKind {
    Method(Key, FnId),
    Getter(Key, FnId),
    Setter(Key, FnId),
    /// Static field: the method-like function (with `this` = class) computes the value.
    StaticField(Key, FnId),
    /// Computed key of an instance field, evaluated once into a local.
    FieldKey(LocalId, Expr),
    /// The function is called with `this` = class.
    StaticBlock(FnId),
    /// The closure that initialises instance fields and private methods (`this` = the instance), stored in a local.
    /// Lowering writes its call into the base constructor's head, and after each `CallSuper` of a derived one.
    FieldInit(LocalId, FnId),
}
