//! Statements and the order of declarations in a block.

use crate::lower::{Home, LabelEntry, LabelKind, Lowerer, undefined};
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_ast::ast::Function;
use oxc_span::{GetSpan, Span as OxcSpan};
use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::SymbolId;
use puremix_diag::{Diagnostic, codes};
use puremix_ir::*;
use std::rc::Rc;

impl<'a> Lowerer<'a, '_> {
    /// Statements with a scope of their own.
    pub fn block(&mut self, statements: &'a [Statement<'a>], scope: Option<ScopeId>) -> Block {
        if let Some(scope) = scope {
            self.enter_scope(scope);
        }
        self.statements(statements)
    }

    /// A list of statements. Function declarations are made just before the first statement that may use them: that is as early as
    /// anyone can tell, and what they capture is usually initialised by then.
    pub fn statements(&mut self, statements: &'a [Statement<'a>]) -> Block {
        let mut declared: Vec<(usize, &Function<'a>, SymbolId)> = statements
            .iter()
            .enumerate()
            .filter_map(|(i, s)| Some((i, declared_function(s)?)))
            .filter_map(|(i, f)| Some((i, f, f.id.as_ref()?.symbol_id.get()?)))
            .collect();
        // Of several functions of one name the last one counts.
        let last: std::collections::HashMap<SymbolId, usize> = declared.iter().map(|(i, _, symbol)| (*symbol, *i)).collect();
        declared.retain(|(i, _, symbol)| last.get(symbol) == Some(i));
        let places = self.function_places(statements, &declared);
        let mut block = Vec::new();
        for (i, statement) in statements.iter().enumerate() {
            for (place, which) in &places {
                if *place == i {
                    let (_, f, symbol) = declared[*which];
                    self.declare_function(f, symbol, &mut block);
                }
            }
            if declared_function(statement).is_none() {
                self.stmt(statement, &mut block);
            }
        }
        block
    }

    /// The index of the statement before which each function declaration is made, in the order in which they are made.
    fn function_places(&self, statements: &'a [Statement<'a>], declared: &[(usize, &Function<'a>, SymbolId)]) -> Vec<(usize, usize)> {
        let spans: Vec<OxcSpan> = statements.iter().map(GetSpan::span).collect();
        let statement_at = |at: u32| spans.iter().position(|s| s.start <= at && at < s.end);
        // For each function: the first plain statement that mentions it, and the other functions that do.
        let mut places: Vec<usize> = Vec::new();
        let mut users: Vec<Vec<usize>> = Vec::new();
        for (own, f, symbol) in declared {
            let is_global = matches!(self.bindings.get(symbol), Some(Binding::Global(_))) || self.is_sloppy_block_function(*symbol);
            let mut place = if is_global { 0 } else { statements.len() };
            let mut used_by = Vec::new();
            for reference in self.semantic.scoping().get_resolved_references(*symbol) {
                let at = self.semantic.reference_span(reference).start;
                match statement_at(at) {
                    Some(i) if i == *own || f.span.start <= at && at < f.span.end => {}
                    Some(i) => match declared.iter().position(|(d, ..)| *d == i) {
                        Some(user) => used_by.push(user),
                        None => place = place.min(i),
                    },
                    None => place = 0,
                }
            }
            places.push(place);
            users.push(used_by);
        }
        // A function is there before those that use it.
        for _ in 0..declared.len() {
            let before = places.clone();
            for (which, used_by) in users.iter().enumerate() {
                for user in used_by {
                    places[which] = places[which].min(places[*user]);
                }
            }
            if places == before {
                break;
            }
        }
        let mut order: Vec<(usize, usize)> = Vec::new();
        let mut done = vec![false; declared.len()];
        for which in 0..declared.len() {
            visit(which, &users, &mut done, &mut order, &places);
        }
        // `visit` puts users first.
        order.reverse();
        // Functions that nothing uses are made where they stand.
        for (place, which) in &mut order {
            if *place == statements.len() {
                *place = declared[*which].0;
            }
        }
        order
    }

    pub fn declare_function(&mut self, f: &'a Function<'a>, symbol: SymbolId, out: &mut Block) {
        let span = self.span(f);
        let Some(id) = &f.id else { return };
        match self.bindings.get(&symbol).copied() {
            Some(binding @ (Binding::Local(_) | Binding::Global(_))) if self.is_sloppy_block_function(symbol) => {
                let function = self.function(f, id.name.as_str(), FnKind::Function, Home::None);
                let place = self.place_of_binding(binding, id.name.as_str(), span);
                out.push(self.assign_stmt(place, Expr::new(ExprKind::Closure(function), span), span));
            }
            Some(Binding::Local(local)) => {
                let function = self.function(f, id.name.as_str(), FnKind::Function, Home::None);
                let stmt = self.init_local(local, Expr::new(ExprKind::Closure(function), span), span);
                out.push(stmt);
            }
            Some(Binding::Global(global)) => {
                let function = self.function(f, id.name.as_str(), FnKind::Function, Home::None);
                let value = Expr::new(ExprKind::Closure(function), span);
                let stmt = self.init_global(global, value, true, span);
                self.m.module.globals[global.index()].hoisted = true;
                self.m.hoisted.push(stmt);
            }
            Some(Binding::NamespaceMember(object, _)) => {
                let function = self.function(f, id.name.as_str(), FnKind::Function, Home::None);
                let object = self.read_local(object, span);
                let value = Expr::new(ExprKind::Closure(function), span);
                out.push(self.assign_stmt(Place::Get(object.boxed(), id.name.as_str().into()), value, span));
            }
            _ => {}
        }
    }

    pub fn stmt(&mut self, s: &'a Statement<'a>, out: &mut Block) {
        let span = self.span(s);
        let kind = match s {
            Statement::BlockStatement(b) => StmtKind::Block(self.block(&b.body, b.scope_id.get())),
            Statement::BreakStatement(b) => match self.jump_target(b.label.as_ref(), false) {
                Some(label) => StmtKind::Break(label),
                None => return,
            },
            Statement::ContinueStatement(c) => match self.jump_target(c.label.as_ref(), true) {
                Some(label) => StmtKind::Continue(label),
                None => return,
            },
            Statement::DebuggerStatement(_) | Statement::EmptyStatement(_) => return,
            Statement::ExpressionStatement(e) => {
                if self.template.is_some() && self.template_statement(&e.expression, out) {
                    return;
                }
                if let Expression::AssignmentExpression(a) = &e.expression
                    && let Some(stmt) = self.assignment_stmt(a)
                {
                    out.push(stmt);
                    return;
                }
                StmtKind::Expr(self.expr(&e.expression))
            }
            Statement::ForInStatement(f) => return self.for_in(f, Vec::new(), out),
            Statement::ForOfStatement(f) => return self.for_of(f, Vec::new(), out),
            Statement::ForStatement(f) => return self.for_loop(f, Vec::new(), out),
            Statement::WhileStatement(w) => return self.while_loop(w, Vec::new(), out),
            Statement::DoWhileStatement(d) => return self.do_while(d, Vec::new(), out),
            Statement::IfStatement(i) => return self.if_stmt(i, out),
            Statement::LabeledStatement(l) => return self.labeled(l, out),
            Statement::ReturnStatement(r) => {
                let value = r.argument.as_ref().map(|e| self.expr(e));
                match self.fn_ctx().kind {
                    FnKind::ModuleInit => return self.commonjs_return(value, span, out),
                    FnKind::DerivedConstructor => StmtKind::Return(Some(self.derived_return(value, span))),
                    _ => StmtKind::Return(value),
                }
            }
            Statement::SwitchStatement(s) => return self.switch(s, Vec::new(), out),
            Statement::ThrowStatement(t) => StmtKind::Throw(self.expr(&t.argument)),
            Statement::TryStatement(t) => self.try_stmt(t),
            Statement::WithStatement(_) => {
                self.report(Diagnostic::error(codes::JS_WITH, span, "`with` cannot be compiled").help("name the object: `object.member`"));
                return;
            }
            Statement::VariableDeclaration(d) => return self.variables(d, out),
            Statement::ClassDeclaration(c) => return self.class_declaration(c, out),
            Statement::FunctionDeclaration(_) => return,
            Statement::TSEnumDeclaration(e) => return self.enum_declaration(e, out),
            Statement::TSNamespaceDeclaration(n) => return self.namespace(n, out),
            Statement::TSImportEqualsDeclaration(i) => return self.import_equals(i, out),
            Statement::TSExportAssignment(e) => return self.export_assignment(e, out),
            Statement::TSTypeAliasDeclaration(_)
            | Statement::TSInterfaceDeclaration(_)
            | Statement::TSExternalModuleDeclaration(_)
            | Statement::TSGlobalDeclaration(_)
            | Statement::TSNamespaceExportDeclaration(_) => return,
            Statement::ImportDeclaration(_) | Statement::ExportAllDeclaration(_) => return,
            Statement::ExportDeclaration(e) => return self.export_declaration(e, out),
            Statement::ExportDefaultDeclaration(e) => return self.export_default(e, out),
            Statement::ExportNamedDeclaration(_) | Statement::ExportFromDeclaration(_) => return,
        };
        out.push(Stmt::new(kind, span));
    }

    /// The one statement of an `if` or a loop.
    pub fn body(&mut self, s: &'a Statement<'a>) -> Block {
        let mut block = Vec::new();
        match s {
            Statement::BlockStatement(b) => block = self.block(&b.body, b.scope_id.get()),
            s => self.stmt(s, &mut block),
        }
        block
    }

    /// `else if` chains are walked in a loop.
    fn if_stmt(&mut self, i: &'a IfStatement<'a>, out: &mut Block) {
        let mut arms = Vec::new();
        let mut next = Some(i);
        let mut last = Vec::new();
        while let Some(i) = next.take() {
            let test = self.expr(&i.test);
            let then = self.body(&i.consequent);
            arms.push((self.span(i), test, then));
            match &i.alternate {
                Some(Statement::IfStatement(inner)) => next = Some(inner),
                Some(s) => last = self.body(s),
                None => {}
            }
        }
        for (span, test, then) in arms.into_iter().rev() {
            last = vec![Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise: last }, span)];
        }
        out.append(&mut last);
    }

    fn labeled(&mut self, l: &'a LabeledStatement<'a>, out: &mut Block) {
        let mut names: Vec<Rc<str>> = vec![l.label.name.as_str().into()];
        let mut body = &l.body;
        while let Statement::LabeledStatement(inner) = body {
            names.push(inner.label.name.as_str().into());
            body = &inner.body;
        }
        match body {
            Statement::ForInStatement(f) => self.for_in(f, names, out),
            Statement::ForOfStatement(f) => self.for_of(f, names, out),
            Statement::ForStatement(f) => self.for_loop(f, names, out),
            Statement::WhileStatement(w) => self.while_loop(w, names, out),
            Statement::DoWhileStatement(d) => self.do_while(d, names, out),
            Statement::SwitchStatement(s) => self.switch(s, names, out),
            body => {
                let label = self.push_label(names, LabelKind::Block);
                let block = self.body(body);
                self.fn_ctx().labels.pop();
                out.push(Stmt::new(StmtKind::Labeled { label, body: block }, self.span(l)));
            }
        }
    }

    pub fn push_label(&mut self, names: Vec<Rc<str>>, kind: LabelKind) -> LabelId {
        let id = self.new_label();
        self.fn_ctx().labels.push(LabelEntry { names, id, kind });
        id
    }

    fn jump_target(&mut self, label: Option<&LabelIdentifier<'a>>, is_continue: bool) -> Option<LabelId> {
        let entries = self.fns.last()?.labels.iter().rev();
        let mut found = match label {
            Some(label) => entries.filter(|e| e.names.iter().any(|n| **n == *label.name.as_str())).collect::<Vec<_>>(),
            None if is_continue => entries.filter(|e| e.kind == LabelKind::Loop).collect(),
            None => entries.filter(|e| e.kind != LabelKind::Block).collect(),
        };
        found.truncate(1);
        found.pop().map(|e| e.id)
    }

    fn try_stmt(&mut self, t: &'a TryStatement<'a>) -> StmtKind {
        let body = self.block(&t.block.body, t.block.scope_id.get());
        let catch = t.handler.as_ref().map(|handler| {
            let span = self.span(handler.as_ref());
            for scope in [handler.scope_id.get(), handler.body.scope_id.get()].into_iter().flatten() {
                self.enter_scope(scope);
            }
            let mut block = Vec::new();
            let binding = handler.param.as_ref().map(|param| match &param.pattern {
                BindingPattern::BindingIdentifier(id) => {
                    let local = id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied());
                    match local {
                        Some(Binding::Local(local)) => {
                            self.m.states[local.index()].initialised = true;
                            local
                        }
                        _ => self.temp("error", span),
                    }
                }
                pattern => {
                    let raw = self.held("catch", span);
                    self.bind_pattern(pattern, Expr::new(ExprKind::Local(raw), span), true, &mut block);
                    raw
                }
            });
            block.extend(self.statements(&handler.body.body));
            Catch { binding, body: block }
        });
        let finally = t.finalizer.as_ref().map(|f| self.block(&f.body, f.scope_id.get()));
        StmtKind::Try { body, catch, finally }
    }

    pub fn variables(&mut self, d: &'a VariableDeclaration<'a>, out: &mut Block) {
        if d.declare {
            return;
        }
        if d.kind.is_using() {
            let span = self.span(d);
            self.unsupported(span, "`using`", "use `const` and release the resource in `finally`");
            return;
        }
        let declares = !d.kind.is_var();
        for declarator in &d.declarations {
            let span = self.span(declarator);
            match (&declarator.id, &declarator.init) {
                (BindingPattern::BindingIdentifier(id), Some(init)) => {
                    let value = self.named_expr(init, id.name.as_str());
                    self.bind_name(id, value, declares, out);
                }
                (BindingPattern::BindingIdentifier(id), None) => {
                    let plain = id.symbol_id.get().is_some_and(|s| self.plain_vars.contains(&s));
                    if declares || plain {
                        self.bind_name(id, undefined(span), declares, out);
                    }
                }
                (pattern, Some(init)) => {
                    let value = self.expr(init);
                    self.bind_pattern(pattern, value, declares, out);
                }
                (_, None) => {}
            }
        }
    }
}

/// The function a statement declares, exported or not.
pub(crate) fn declared_function<'b, 'a>(s: &'b Statement<'a>) -> Option<&'b Function<'a>> {
    let f = match s {
        Statement::FunctionDeclaration(f) => f,
        Statement::ExportDeclaration(e) => match &e.declaration {
            Declaration::FunctionDeclaration(f) => f,
            _ => return None,
        },
        Statement::ExportDefaultDeclaration(e) => match &e.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(f) if f.id.is_some() => f,
            _ => return None,
        },
        _ => return None,
    };
    // Overload signatures and `declare function` have no body and mean nothing at run time.
    (f.body.is_some() && !f.declare).then_some(f)
}

fn visit(which: usize, users: &[Vec<usize>], done: &mut [bool], order: &mut Vec<(usize, usize)>, places: &[usize]) {
    let mut stack = vec![(which, 0)];
    if std::mem::replace(&mut done[which], true) {
        return;
    }
    while let Some((at, next)) = stack.pop() {
        match users[at].get(next) {
            Some(&user) => {
                stack.push((at, next + 1));
                if !std::mem::replace(&mut done[user], true) {
                    stack.push((user, 0));
                }
            }
            None => order.push((places[at], at)),
        }
    }
}
