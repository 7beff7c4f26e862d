//! `switch`: one lexical scope for all cases.

use crate::lower::{LabelKind, Lowerer};
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_syntax::scope::ScopeId;
use puremix_ir::*;
use std::rc::Rc;

impl<'a> Lowerer<'a, '_> {
    pub fn switch(&mut self, s: &'a SwitchStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let span = self.span(s);
        let discriminant = self.expr(&s.discriminant);
        let scope = s.scope_id.get();
        let mut lexical = Vec::new();
        if let Some(scope) = scope {
            lexical = self.enter_scope(scope);
            self.mark_crossing(s, scope);
        }
        let label = self.push_label(names, LabelKind::Switch);
        // Functions are declared for all cases.
        let mut block = Vec::new();
        for case in &s.cases {
            for f in case.consequent.iter().filter_map(crate::stmt::declared_function) {
                if let Some(symbol) = f.id.as_ref().and_then(|id| id.symbol_id.get()) {
                    self.declare_function(f, symbol, &mut block);
                }
            }
        }
        // What functions or other cases may reach uninitialised is declared around the switch.
        let early: Vec<LocalId> = lexical.into_iter().filter(|l| self.m.states[l.index()].early && !self.m.states[l.index()].initialised).collect();
        for (at, local) in early.into_iter().enumerate() {
            self.m.states[local.index()].declared = true;
            block.insert(at, Stmt::new(StmtKind::Let(local, None), self.m.module.locals[local.index()].span));
        }
        let cases = s
            .cases
            .iter()
            .map(|case| {
                let test = case.test.as_ref().map(|e| self.expr(e));
                let mut body = Vec::new();
                for statement in &case.consequent {
                    self.stmt(statement, &mut body);
                }
                Case { test, body }
            })
            .collect();
        self.fn_ctx().labels.pop();

        let switch = Stmt::new(StmtKind::Switch { label, discriminant, cases }, span);
        if block.is_empty() {
            out.push(switch);
        } else {
            // The discriminant is evaluated before the functions exist, which nobody can tell.
            block.push(switch);
            out.push(Stmt::new(StmtKind::Block(block), span));
        }
    }

    /// A variable declared in one case and used in another may be uninitialised there.
    fn mark_crossing(&mut self, s: &'a SwitchStatement<'a>, scope: ScopeId) {
        let case_of = |at: u32| s.cases.iter().position(|c| c.span.start <= at && at < c.span.end);
        let scoping = self.semantic.scoping();
        let mut crossing = Vec::new();
        for symbol in scoping.iter_bindings_in(scope) {
            let home = case_of(scoping.symbol_span(symbol).start);
            let crosses = scoping.get_resolved_references(symbol).any(|r| case_of(self.semantic.reference_span(r).start) != home);
            if let (true, Some(Binding::Local(local))) = (crosses, self.bindings.get(&symbol)) {
                crossing.push(*local);
            }
        }
        for local in crossing {
            self.crossing.insert(local);
            self.m.states[local.index()].early = true;
            self.m.module.locals[local.index()].checked = true;
        }
    }
}
