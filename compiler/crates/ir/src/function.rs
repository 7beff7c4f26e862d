//! Functions and their variables.

use crate::{Block, FnId, LocalId, Name, Ty};
use puremix_diag::Span;

#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// As `fn.name` shows it; may be empty.
    pub name: Name,
    /// The function it is nested in; `None` for the module's initialiser.
    pub parent: Option<FnId>,
    pub kind: FnKind,
    pub is_async: bool,
    pub is_generator: bool,
    /// Positional parameters. Defaults and patterns are statements at the head of `body`.
    pub params: Vec<LocalId>,
    pub rest: Option<LocalId>,
    /// `fn.length`: parameters before the first default or rest.
    pub length: u32,
    pub body: Block,
    /// How many statements of the body belong to the parameters (defaults and patterns): of a generator they run when it is called, the
    /// others when it is first resumed.
    pub head: usize,
    /// Which of `This`, `NewTarget`, `Callee`, `Arguments` occur directly in the body.
    pub uses: Uses,
    /// Filled by inference: the function is never a value, every call names it directly and `params` have the joined types of all
    /// arguments. Generated code may then give it an unboxed signature. Front ends write `false`.
    pub direct_only: bool,
    /// Filled by inference: what a call of it answers when it returns. Front ends write `Any`.
    pub ret: Ty,
    pub span: Span,
}

impl Function {
    /// A function without parameters and body, which lowering fills.
    pub fn new(name: &str, parent: Option<FnId>, kind: FnKind, span: Span) -> Function {
        Function {
            name: name.into(),
            parent,
            kind,
            is_async: false,
            is_generator: false,
            params: Vec::new(),
            rest: None,
            length: 0,
            body: Vec::new(),
            head: 0,
            uses: Uses::default(),
            direct_only: false,
            ret: Ty::Any,
            span,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Uses {
    pub this: bool,
    pub new_target: bool,
    pub callee: bool,
    pub arguments: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FnKind {
    /// `function`: has `this`, can be constructed.
    Function,
    Arrow,
    /// Method, getter, setter: has `this`, cannot be constructed.
    Method,
    /// Class constructor, only by `new`. Base: `this` is made before the body.
    BaseConstructor,
    DerivedConstructor,
    /// A module's body.
    ModuleInit,
    /// A template: writes to the output it is given, answers nothing.
    Render,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    pub name: Name,
    pub owner: FnId,
    /// Declared `const` (assigning is the language's error).
    pub is_const: bool,
    /// Reads must check that it was initialised (may be read before its `Let`).
    pub checked: bool,
    /// A function nested in its owner uses it.
    pub captured: bool,
    /// Assigned somewhere other than its `Let` (or, for a parameter, at all).
    pub assigned: bool,
    /// Filled by inference.
    pub ty: Ty,
    pub span: Span,
}

impl Local {
    /// A variable of which nothing is known yet but its owner.
    pub fn new(name: &str, owner: FnId, span: Span) -> Local {
        Local { name: name.into(), owner, is_const: false, checked: false, captured: false, assigned: false, ty: Ty::Any, span }
    }

    /// Captured variables that change, or may be captured before they are initialised, live in a heap cell.
    pub fn is_cell(&self) -> bool {
        self.captured && (self.assigned || self.checked)
    }
}
