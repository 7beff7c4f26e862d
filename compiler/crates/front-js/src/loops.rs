//! Loops.

use crate::lower::{LabelKind, Lowerer};
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeId;
use puremix_ir::*;
use std::rc::Rc;

impl<'a> Lowerer<'a, '_> {
    pub fn for_loop(&mut self, f: &'a ForStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let span = self.span(f);
        let lexical = f.scope_id.get().map_or_else(Vec::new, |s| self.enter_scope(s));
        let mut head = Vec::new();
        match &f.init {
            Some(ForStatementInit::VariableDeclaration(d)) => self.variables(d, &mut head),
            Some(init) => {
                if let Some(e) = init.as_expression() {
                    let value = self.expr(e);
                    head.push(self.expr_stmt(value));
                }
            }
            None => {}
        }
        let label = self.push_label(names, LabelKind::Loop);
        let test = f.test.as_ref().map(|e| self.expr(e));
        let body = self.body(&f.body);
        let update = f.update.as_ref().map(|e| self.expr(e));
        self.fn_ctx().labels.pop();
        // Only a variable that closures hold and that changes can tell one binding for all turns from one for each.
        let fresh = lexical
            .iter()
            .copied()
            .filter(|l| {
                let local = &self.m.module.locals[l.index()];
                local.captured && local.assigned
            })
            .collect();
        let turn = StmtKind::Loop { label, lang: Lang::Js, test, body, post_test: None, update, fresh };
        head.push(Stmt::new(turn, span));
        push_block(head, span, out);
    }

    pub fn while_loop(&mut self, w: &'a WhileStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let label = self.push_label(names, LabelKind::Loop);
        let test = Some(self.expr(&w.test));
        let body = self.body(&w.body);
        self.fn_ctx().labels.pop();
        let kind = StmtKind::Loop { label, lang: Lang::Js, test, body, post_test: None, update: None, fresh: Vec::new() };
        out.push(Stmt::new(kind, self.span(w)));
    }

    pub fn do_while(&mut self, d: &'a DoWhileStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let label = self.push_label(names, LabelKind::Loop);
        let body = self.body(&d.body);
        let post_test = Some(self.expr(&d.test));
        self.fn_ctx().labels.pop();
        let kind = StmtKind::Loop { label, lang: Lang::Js, test: None, body, post_test, update: None, fresh: Vec::new() };
        out.push(Stmt::new(kind, self.span(d)));
    }

    pub fn for_of(&mut self, f: &'a ForOfStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let span = self.span(f);
        let iterable = self.head_value(f.scope_id.get(), &f.right);
        let label = self.push_label(names, LabelKind::Loop);
        let (item, mut body) = self.each_turn(&f.left);
        body.extend(self.body(&f.body));
        self.fn_ctx().labels.pop();
        if f.r#await {
            let ctx = self.fn_ctx();
            if ctx.kind == FnKind::ModuleInit {
                ctx.is_async = true;
            }
        }
        let kind = StmtKind::ForOf { label, lang: Lang::Js, item, iterable, body, is_await: f.r#await };
        out.push(Stmt::new(kind, span));
    }

    pub fn for_in(&mut self, f: &'a ForInStatement<'a>, names: Vec<Rc<str>>, out: &mut Block) {
        let span = self.span(f);
        let object = self.head_value(f.scope_id.get(), &f.right);
        let label = self.push_label(names, LabelKind::Loop);
        let (item, mut body) = self.each_turn(&f.left);
        body.extend(self.body(&f.body));
        self.fn_ctx().labels.pop();
        out.push(Stmt::new(StmtKind::ForIn { label, item, object, body }, span));
    }

    /// What a loop walks over. Its variables exist already, uninitialised.
    fn head_value(&mut self, scope: Option<ScopeId>, e: &'a Expression<'a>) -> Expr {
        let lexical = scope.map_or_else(Vec::new, |s| self.enter_scope(s));
        let value = self.expr(e);
        let span = value.span;
        let named = lexical.iter().filter(|l| self.m.states[l.index()].early);
        let stmts: Vec<Stmt> = named.map(|l| Stmt::new(StmtKind::Let(*l, None), span)).collect();
        if stmts.is_empty() {
            return value;
        }
        // What the head names never gets a value: the turns have bindings of their own.
        if let Some(scope) = scope {
            self.enter_scope(scope);
        }
        Expr::new(ExprKind::Do(stmts, value.boxed()), span)
    }

    /// The local that receives each item, and the statements that take it apart.
    fn each_turn(&mut self, left: &'a ForStatementLeft<'a>) -> (LocalId, Block) {
        let span = self.oxc_span(left.span());
        let mut body = Vec::new();
        if let ForStatementLeft::VariableDeclaration(d) = left {
            let declares = !d.kind.is_var();
            let Some(declarator) = d.declarations.first() else { return (self.held("for", span), body) };
            if d.kind.is_using() {
                self.unsupported(span, "`using`", "use `const` and release the resource in `finally`");
            }
            if let (BindingPattern::BindingIdentifier(id), true) = (&declarator.id, declares)
                && let Some(Binding::Local(local)) = id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied())
            {
                self.m.states[local.index()].initialised = true;
                return (local, body);
            }
            let item = self.held("for", span);
            self.bind_pattern(&declarator.id, Expr::new(ExprKind::Local(item), span), declares, &mut body);
            return (item, body);
        }
        let item = self.held("for", span);
        if let Some(target) = left.as_assignment_target() {
            self.assign_pattern(target, Expr::new(ExprKind::Local(item), span), &mut body);
        }
        (item, body)
    }
}

/// One statement stays alone; several get a block, so that the loop's own variables end with it.
fn push_block(mut block: Block, span: puremix_diag::Span, out: &mut Block) {
    if block.len() == 1 {
        out.append(&mut block);
    } else {
        out.push(Stmt::new(StmtKind::Block(block), span));
    }
}
