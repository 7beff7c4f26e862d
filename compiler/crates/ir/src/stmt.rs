//! Statements.

use crate::{EscapeContext, Expr, LabelId, Lang, LocalId, Name};
use puremix_diag::Span;
use std::rc::Rc;

pub type Block = Vec<Stmt>;

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

impl Stmt {
    pub fn new(kind: StmtKind, span: Span) -> Stmt {
        Stmt { kind, span }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    Expr(Expr),
    /// Brings a fresh binding to life each time it is executed (closures made in a loop body each have their own).
    /// `None`: declared but not initialised: reading it before an assignment is an error when the local is `checked`.
    Let(LocalId, Option<Expr>),
    Block(Block),
    If { test: Expr, lang: Lang, then: Block, otherwise: Block },
    /// The one loop: `loop { leave unless test; body; (continue lands here) leave unless post_test; update }`.
    /// `fresh` are `let` variables of a `for` head that get a new binding each turn (before `update`), copied from the last.
    Loop { label: LabelId, lang: Lang, test: Option<Expr>, body: Block, post_test: Option<Expr>, update: Option<Expr>, fresh: Vec<LocalId> },
    /// Iterates by the language's protocol; `item` is declared fresh each turn.
    ForOf { label: LabelId, lang: Lang, item: LocalId, iterable: Expr, body: Block, is_await: bool },
    ForIn { label: LabelId, item: LocalId, object: Expr, body: Block },
    /// `break label` leaves it.
    Labeled { label: LabelId, body: Block },
    Switch { label: LabelId, discriminant: Expr, cases: Vec<Case> },
    Break(LabelId),
    Continue(LabelId),
    Return(Option<Expr>),
    Throw(Expr),
    Try { body: Block, catch: Option<Catch>, finally: Option<Block> },

    // Templates: only in functions that render, or inside `Markup`.
    /// Text of the template itself, written as it is.
    Write(Rc<str>),
    WriteHole(EscapeContext, Expr),
    /// Trusted markup.
    WriteRaw(Expr),
    /// ` name="value"`, ` name`, or nothing.
    WriteAttr { name: Rc<str>, kind: AttrKind, value: Expr },
    /// Each own property of the value as an attribute.
    WriteAttrs(Expr),
    /// `{list.map(item => <markup/>)}`: null and undefined write nothing; arrays and other iterables are walked by index.
    Each { list: Expr, item: LocalId, index: Option<LocalId>, body: Block },
    /// A component: its own function renders it. `children` is markup; `site` names this place among all of the app, from one build to the next.
    Component { component: ComponentRef, props: Expr, children: Option<Expr>, key: Option<Expr>, site: u64 },
    WriteSlot(Slot),
    /// The hidden field with the request's CSRF token.
    WriteCsrf,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// `None` is `default`.
    pub test: Option<Expr>,
    pub body: Block,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Catch {
    pub binding: Option<LocalId>,
    pub body: Block,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttrKind {
    /// Written when truthy, without a value.
    Bool,
    Value,
    Url,
    Style,
    Event,
}

/// A component named in a template: an import of the page, resolved by the driver to the component's module.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentRef {
    pub name: Name,
    /// Index into the module's requests.
    pub request: usize,
    pub span: Span,
}

/// What a layout (or a component, for its children) leaves a place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Content,
    Head,
    Title,
    Description,
    /// In a component's root tag: the attributes that say which instance it is.
    Instance,
}
