//! The walker over one unit's tree: its state, and the functions it is inside of.

use crate::builder::{Builder, LocalState, OuterNames};
use crate::class::ClassCtx;
use crate::order::Order;
use crate::scope::Binding;
use crate::template::TemplateScope;
use oxc_semantic::Semantic;
use oxc_span::{GetSpan, Span as OxcSpan};
use oxc_syntax::symbol::SymbolId;
use puremix_diag::{Diagnostic, Span};
use puremix_ir::*;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub(crate) struct Lowerer<'a, 'm> {
    pub m: &'m mut Builder,
    pub unit: &'a ScriptUnit,
    pub semantic: &'m Semantic<'a>,
    pub typescript: bool,
    pub bindings: HashMap<SymbolId, Binding>,
    pub outer: &'m OuterNames,
    pub order: Order,
    pub fns: Vec<FnCtx>,
    pub classes: Vec<ClassCtx<'a>>,
    /// Parameters of the functions being lowered: scopes must not declare them again.
    pub params: HashSet<SymbolId>,
    /// `var` symbols found by the scopes entered since the function began.
    pub vars: Vec<(SymbolId, LocalId)>,
    /// Variables of a `switch` that a case may find without a value though their declaration stands before.
    pub crossing: HashSet<LocalId>,
    /// `var` symbols that behave as `let`.
    pub plain_vars: HashSet<SymbolId>,
    /// Whether member access is null-safe (template expressions).
    pub safe: bool,
    /// What free names mean in a template; `None` in server code.
    pub template: Option<TemplateScope>,
    /// The names other units of the page take from this one: true where one is used as a value.
    pub imported_elsewhere: Option<HashMap<String, bool>>,
    /// The file is CommonJS: `module`, `exports` and `require` have their Node meaning.
    pub commonjs: Option<crate::commonjs::CommonJs>,
}

/// A function being lowered.
pub(crate) struct FnCtx {
    pub id: FnId,
    pub kind: FnKind,
    pub is_async: bool,
    pub labels: Vec<LabelEntry>,
    pub next_label: u32,
    /// How many `Markup` expressions the code is inside of.
    pub markup_depth: u32,
    pub uses: Uses,
    /// Locals that hold what nested arrows (or the function itself) need of the call.
    pub this_local: Option<LocalId>,
    pub arguments_local: Option<LocalId>,
    pub new_target_local: Option<LocalId>,
    pub callee_local: Option<LocalId>,
    /// Where `super` looks.
    pub home: Home,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Home {
    None,
    ClassProto(usize),
    ClassStatic(usize),
    /// The constructor of a class: its home is `callee.prototype`.
    Constructor(usize),
    /// An object literal's method: the local holds the object.
    Object(LocalId),
}

pub(crate) struct LabelEntry {
    pub names: Vec<Rc<str>>,
    pub id: LabelId,
    pub kind: LabelKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum LabelKind {
    Loop,
    Switch,
    Block,
}

impl FnCtx {
    pub fn new(id: FnId, kind: FnKind, is_async: bool, home: Home) -> FnCtx {
        FnCtx {
            id,
            kind,
            is_async,
            labels: Vec::new(),
            next_label: 0,
            markup_depth: 0,
            uses: Uses::default(),
            this_local: None,
            arguments_local: None,
            new_target_local: None,
            callee_local: None,
            home,
        }
    }
}

/// What the innermost function that is no arrow gives to the code inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    This,
    Arguments,
    NewTarget,
    Callee,
}

impl<'a, 'm> Lowerer<'a, 'm> {
    pub fn span(&self, node: &impl GetSpan) -> Span {
        self.oxc_span(node.span())
    }

    pub fn oxc_span(&self, span: OxcSpan) -> Span {
        self.unit.span(span.start, span.end)
    }

    pub fn source(&self, node: &impl GetSpan) -> &'a str {
        let span = node.span();
        &self.unit.text[span.start as usize..span.end as usize]
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.m.diagnostics.push(diagnostic);
    }

    /// Reports a construct outside what compiles; the value stands in for it so that lowering goes on.
    pub fn unsupported(&mut self, span: Span, what: &str, help: &str) -> Expr {
        self.report(
            Diagnostic::error(puremix_diag::codes::JS_UNSUPPORTED, span, format!("{what} cannot be compiled")).help(help),
        );
        Expr::new(ExprKind::Undefined, span)
    }

    pub fn fn_ctx(&mut self) -> &mut FnCtx {
        self.fns.last_mut().expect("the initialiser is always there")
    }

    pub fn fn_id(&self) -> FnId {
        self.fns.last().expect("the initialiser is always there").id
    }

    pub fn new_label(&mut self) -> LabelId {
        let ctx = self.fn_ctx();
        ctx.next_label += 1;
        LabelId(ctx.next_label - 1)
    }

    /// Index of the innermost function that is no arrow.
    fn giver(&self) -> usize {
        self.fns.iter().rposition(|f| f.kind != FnKind::Arrow).unwrap_or(0)
    }

    pub fn read_this(&mut self, span: Span) -> Expr {
        let giver = self.giver();
        match self.fns[giver].kind {
            FnKind::ModuleInit if self.commonjs.is_some() => self.read_commonjs_exports(span),
            FnKind::ModuleInit | FnKind::Render => Expr::new(ExprKind::Undefined, span),
            _ => self.read_given(giver, Given::This, span),
        }
    }

    pub fn read_arguments(&mut self, span: Span) -> Option<Expr> {
        let giver = self.giver();
        match self.fns[giver].kind {
            FnKind::ModuleInit | FnKind::Render => None,
            _ => Some(self.read_given(giver, Given::Arguments, span)),
        }
    }

    pub fn read_new_target(&mut self, span: Span) -> Expr {
        let giver = self.giver();
        match self.fns[giver].kind {
            FnKind::ModuleInit | FnKind::Render => Expr::new(ExprKind::Undefined, span),
            _ => self.read_given(giver, Given::NewTarget, span),
        }
    }

    /// The function object of `function`, which is being lowered.
    pub fn read_callee_of(&mut self, function: FnId, span: Span) -> Expr {
        match self.fns.iter().rposition(|f| f.id == function) {
            Some(giver) => self.read_given(giver, Given::Callee, span),
            None => Expr::new(ExprKind::Undefined, span),
        }
    }

    fn read_given(&mut self, giver: usize, given: Given, span: Span) -> Expr {
        let direct = giver + 1 == self.fns.len();
        let ctx = &mut self.fns[giver];
        let derived_this = given == Given::This && ctx.kind == FnKind::DerivedConstructor;
        let (used, kind) = match given {
            Given::This => (&mut ctx.uses.this, ExprKind::This),
            Given::Arguments => (&mut ctx.uses.arguments, ExprKind::Arguments),
            Given::NewTarget => (&mut ctx.uses.new_target, ExprKind::NewTarget),
            Given::Callee => (&mut ctx.uses.callee, ExprKind::Callee),
        };
        if !derived_this {
            *used = true;
        }
        // `arguments` is one object per call, so that it has a local even where it is used directly.
        if direct && !derived_this && given != Given::Arguments {
            return Expr::new(kind, span);
        }
        let local = self.given_local(giver, given, span);
        self.read_local(local, span)
    }

    /// The local of `giver` that holds `given`; the prologue initialises it.
    pub fn given_local(&mut self, giver: usize, given: Given, span: Span) -> LocalId {
        let ctx = &self.fns[giver];
        let (found, name) = match given {
            Given::This => (ctx.this_local, "this"),
            Given::Arguments => (ctx.arguments_local, "arguments"),
            Given::NewTarget => (ctx.new_target_local, "new.target"),
            Given::Callee => (ctx.callee_local, "callee"),
        };
        if let Some(local) = found {
            return local;
        }
        let derived_this = given == Given::This && ctx.kind == FnKind::DerivedConstructor;
        let owner = ctx.id;
        let state = LocalState { initialised: !derived_this, early: derived_this, declared: false };
        let local = self.m.local(name, owner, span, state);
        if derived_this {
            self.m.module.locals[local.index()].checked = true;
        }
        let ctx = &mut self.fns[giver];
        match given {
            Given::This => ctx.this_local = Some(local),
            Given::Arguments => ctx.arguments_local = Some(local),
            Given::NewTarget => ctx.new_target_local = Some(local),
            Given::Callee => ctx.callee_local = Some(local),
        }
        local
    }

    /// Statements at the head of a function that keep what its body needs of the call.
    pub fn prologue(&self, ctx: &FnCtx, span: Span) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        let derived = ctx.kind == FnKind::DerivedConstructor;
        let mut keep = |local: Option<LocalId>, kind: Option<ExprKind>| {
            if let Some(local) = local {
                stmts.push(Stmt::new(StmtKind::Let(local, kind.map(|k| Expr::new(k, span))), span));
            }
        };
        keep(ctx.this_local, (!derived).then_some(ExprKind::This));
        keep(ctx.arguments_local, Some(ExprKind::Arguments));
        keep(ctx.new_target_local, Some(ExprKind::NewTarget));
        keep(ctx.callee_local, Some(ExprKind::Callee));
        stmts
    }

    /// Where `super` looks from here, and the index of the function that says so.
    pub fn home(&self) -> (usize, Home) {
        let giver = self.giver();
        (giver, self.fns[giver].home)
    }

    /// A call of a runtime operation.
    pub fn runtime(&self, name: &'static str, args: Vec<Expr>, span: Span) -> Expr {
        Expr::new(ExprKind::Runtime(name, args), span)
    }

    pub fn expr_stmt(&self, expr: Expr) -> Stmt {
        let span = expr.span;
        Stmt::new(StmtKind::Expr(expr), span)
    }
}

pub(crate) fn string(text: &str, span: Span) -> Expr {
    Expr::new(ExprKind::Str(text.into()), span)
}

pub(crate) fn number(value: f64, span: Span) -> Expr {
    Expr::new(ExprKind::Num(value), span)
}

pub(crate) fn undefined(span: Span) -> Expr {
    Expr::new(ExprKind::Undefined, span)
}

/// Whether a property name is a canonical array index, which the IR writes as a number.
pub(crate) fn array_index(name: &str) -> Option<f64> {
    let index: u32 = name.parse().ok()?;
    (index != u32::MAX && index.to_string() == name).then_some(f64::from(index))
}
