//! Names: what each symbol became, and what a free name means.

use crate::lower::Lowerer;
use oxc_ast::ast::IdentifierReference;
use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::{SymbolFlags, SymbolId};
use puremix_diag::Span;
use puremix_ir::*;

use crate::builder::LocalState;

/// What a declared name stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Binding {
    Local(LocalId),
    Global(GlobalId),
    Import(ImportId),
    /// The own name of a function expression.
    SelfName(FnId),
    /// The name of the class being defined, seen from inside it.
    ClassName(usize),
    /// An exported variable of the TypeScript namespace (or a member of the enum) whose object the local holds.
    NamespaceMember(LocalId, SymbolId),
    /// A constant the program cannot assign (`undefined`).
    Undefined,
}

impl<'a> Lowerer<'a, '_> {
    pub fn flags(&self, symbol: SymbolId) -> SymbolFlags {
        self.semantic.scoping().symbol_flags(symbol)
    }

    /// Whether a reference to the symbol reads or writes its value (a type's mention does not).
    pub fn has_value_reference(&self, symbol: SymbolId) -> bool {
        self.semantic.scoping().get_resolved_references(symbol).any(|r| r.is_value())
    }

    /// Makes locals of everything a scope declares, so that uses before the declaration find their variable.
    /// Answers the new lexical locals.
    pub fn enter_scope(&mut self, scope: ScopeId) -> Vec<LocalId> {
        let mut symbols: Vec<SymbolId> = self.semantic.scoping().iter_bindings_in(scope).collect();
        symbols.sort_unstable();
        let mut lexical = Vec::new();
        for symbol in symbols {
            let flags = self.flags(symbol);
            if self.fn_scope_symbol_done(symbol) || !flags.is_value() || flags.is_ambient() {
                continue;
            }
            let name = self.semantic.scoping().symbol_name(symbol).to_owned();
            let span = self.semantic.scoping().symbol_span(symbol);
            let span = self.unit.span(span.start, span.end);
            let is_var = flags.contains(SymbolFlags::FunctionScopedVariable) && !flags.is_function() && !flags.is_catch_variable();
            let is_var = is_var || self.is_sloppy_block_function(symbol);
            let local = self.m.local(&name, self.fn_id(), span, LocalState { initialised: is_var, early: false, declared: false });
            self.m.module.locals[local.index()].is_const = flags.is_const_variable();
            self.bindings.insert(symbol, Binding::Local(local));
            if is_var {
                self.vars.push((symbol, local));
            } else {
                lexical.push(local);
            }
        }
        lexical
    }

    /// A function declared in a block of sloppy code (CommonJS files only) is a variable of its function.
    pub fn is_sloppy_block_function(&self, symbol: SymbolId) -> bool {
        let (scoping, nodes) = (self.semantic.scoping(), self.semantic.nodes());
        if !scoping.symbol_flags(symbol).is_function() {
            return false;
        }
        let block = nodes.get_node(scoping.symbol_declaration(symbol)).scope_id();
        // The function's own scope may be recorded for it; its parent is where it is written.
        let written = if scoping.get_node_id(block) == scoping.symbol_declaration(symbol) { scoping.scope_parent_id(block) } else { Some(block) };
        written.is_some_and(|w| w != scoping.symbol_scope_id(symbol))
    }

    fn fn_scope_symbol_done(&self, symbol: SymbolId) -> bool {
        // A scope is entered once for each lowering of its node; what the function itself declared (parameters) stays.
        match self.bindings.get(&symbol) {
            Some(Binding::Local(local)) => {
                self.m.module.locals[local.index()].owner == self.fn_id() && self.params.contains(&symbol)
            }
            Some(Binding::SelfName(_)) => true,
            Some(_) => true,
            None => false,
        }
    }

    /// A temporary of the current function.
    pub fn temp(&mut self, name: &str, span: Span) -> LocalId {
        self.m.local(name, self.fn_id(), span, LocalState { initialised: true, early: false, declared: false })
    }

    /// A temporary that stands for a part of an expression: its name begins with a dot, and messages show the part instead.
    pub fn held(&mut self, name: &str, span: Span) -> LocalId {
        self.temp(&format!(".{name}"), span)
    }

    /// Notes a use of the local from the function being lowered.
    pub fn note_use(&mut self, local: LocalId) {
        let here = self.fn_id();
        let entry = &mut self.m.module.locals[local.index()];
        if entry.owner != here {
            entry.captured = true;
        }
        let state = &mut self.m.states[local.index()];
        if !state.initialised {
            state.early = true;
            entry.checked = true;
        }
    }

    pub fn read_local(&mut self, local: LocalId, span: Span) -> Expr {
        self.note_use(local);
        Expr::new(ExprKind::Local(local), span)
    }

    /// The statement that gives a declared local its first value.
    pub fn init_local(&mut self, local: LocalId, value: Expr, span: Span) -> Stmt {
        let state = &mut self.m.states[local.index()];
        state.initialised = true;
        if state.declared {
            self.m.module.locals[local.index()].assigned = true;
            return self.assign_stmt(Place::Local(local), value, span);
        }
        Stmt::new(StmtKind::Let(local, Some(value)), span)
    }

    /// What a reference means, if its name is declared in the unit or outside it.
    pub fn resolve(&self, id: &'a IdentifierReference<'a>) -> Option<Binding> {
        let symbol = id.reference_id.get().and_then(|r| self.semantic.scoping().get_reference(r).symbol_id());
        match symbol.and_then(|s| self.bindings.get(&s)) {
            Some(binding) => Some(*binding),
            None => self.outer.get(id.name.as_str()),
        }
    }

    pub fn read_binding(&mut self, binding: Binding, span: Span) -> Expr {
        let kind = match binding {
            Binding::Local(local) => return self.read_local(local, span),
            Binding::Global(global) => ExprKind::Global(global),
            Binding::Import(import) => ExprKind::Import(import),
            Binding::SelfName(function) => return self.read_callee_of(function, span),
            Binding::ClassName(class) => return self.read_class_name(class, span),
            Binding::NamespaceMember(object, symbol) => {
                let object = self.read_local(object, span);
                let name = self.semantic.scoping().symbol_name(symbol).into();
                ExprKind::Get(object.boxed(), name)
            }
            Binding::Undefined => ExprKind::Undefined,
        };
        Expr::new(kind, span)
    }
}
