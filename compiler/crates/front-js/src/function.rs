//! Functions: parameters, prologues, bodies.

use crate::builder::LocalState;
use crate::lower::{FnCtx, Home, Lowerer, undefined};
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_ast::ast::Function;
use oxc_syntax::scope::ScopeId;
use oxc_syntax::symbol::SymbolId;
use puremix_diag::Span;
use puremix_ir::*;

/// The body of a source function.
pub(crate) enum Body<'a> {
    Statements(&'a [Statement<'a>]),
    Expression(&'a Expression<'a>),
}

/// Everything that makes a function, wherever it is written.
pub(crate) struct Source<'a> {
    pub name: String,
    pub kind: FnKind,
    pub is_async: bool,
    pub is_generator: bool,
    pub home: Home,
    pub params: Option<&'a FormalParameters<'a>>,
    pub scope: Option<ScopeId>,
    pub body: Body<'a>,
    pub span: Span,
}

impl<'a> Lowerer<'a, '_> {
    /// A function expression, declaration or method value.
    pub fn function(&mut self, f: &'a Function<'a>, name: &str, kind: FnKind, home: Home) -> FnId {
        self.function_with(f, name, kind, home, |_| Vec::new())
    }

    /// As `function`; `before` adds statements between the parameters and the body (field initialisers).
    pub fn function_with(
        &mut self,
        f: &'a Function<'a>,
        name: &str,
        kind: FnKind,
        home: Home,
        before: impl FnOnce(&mut Self) -> Vec<Stmt>,
    ) -> FnId {
        let own_name = match (&f.id, f.r#type) {
            (Some(id), FunctionType::FunctionExpression) => id.symbol_id.get(),
            _ => None,
        };
        let id = self.m.function(name, Some(self.fn_id()), kind, self.span(f));
        if let Some(symbol) = own_name {
            self.bindings.insert(symbol, Binding::SelfName(id));
        }
        let statements = f.body.as_ref().map_or(&[][..], |b| b.statements.as_slice());
        let source = Source {
            name: name.to_owned(),
            kind,
            is_async: f.r#async,
            is_generator: f.generator,
            home,
            params: Some(&f.params),
            scope: f.scope_id.get(),
            body: Body::Statements(statements),
            span: self.span(f),
        };
        self.fill_function(id, source, before);
        id
    }

    pub fn arrow(&mut self, f: &'a ArrowFunctionExpression<'a>, name: &str) -> FnId {
        let span = self.span(f);
        let id = self.m.function(name, Some(self.fn_id()), FnKind::Arrow, span);
        let body = match &f.body {
            ArrowFunctionBody::FunctionBody(body) => Body::Statements(&body.statements),
            body => match body.as_expression() {
                Some(e) => Body::Expression(e),
                None => Body::Statements(&[]),
            },
        };
        let source = Source {
            name: name.to_owned(),
            kind: FnKind::Arrow,
            is_async: f.r#async,
            is_generator: false,
            home: Home::None,
            params: Some(&f.params),
            scope: f.scope_id.get(),
            body,
            span,
        };
        self.fill_function(id, source, |_| Vec::new());
        id
    }

    /// Lowers the function's code into its reserved slot.
    pub fn fill_function(&mut self, id: FnId, source: Source<'a>, before: impl FnOnce(&mut Self) -> Vec<Stmt>) {
        self.fns.push(FnCtx::new(id, source.kind, source.is_async, source.home));
        let outer_vars = std::mem::take(&mut self.vars);
        let mut code = Vec::new();
        let (mut params, mut rest, mut length) = (Vec::new(), None, 0);
        let declared = source.params.map(|p| self.declare_params(p));
        if let Some(scope) = source.scope {
            self.enter_scope(scope);
        }
        if let (Some(formal), Some(locals)) = (source.params, declared) {
            (params, rest, length) = self.params(formal, locals, &mut code);
            self.redeclare_params(formal, &mut code);
        }
        let head = code.len();
        let vars = std::mem::replace(&mut self.vars, outer_vars);
        let hoisted = self.var_lets(&vars, &source);
        code.extend(hoisted);
        code.extend(before(self));
        match source.body {
            Body::Statements(statements) => {
                let body = self.statements(statements);
                code.extend(body);
            }
            Body::Expression(e) => {
                let value = self.expr(e);
                let span = value.span;
                code.push(Stmt::new(StmtKind::Return(Some(value)), span));
            }
        }
        let ctx = self.fns.pop().expect("pushed above");
        let mut body = self.prologue(&ctx, source.span);
        let head = head + body.len();
        body.extend(code);
        let function = &mut self.m.module.functions[id.index()];
        function.name = source.name.into();
        function.kind = source.kind;
        function.is_async = source.is_async;
        function.is_generator = source.is_generator;
        function.params = params;
        function.rest = rest;
        function.length = length;
        function.body = body;
        function.head = head;
        function.uses = ctx.uses;
    }

    /// `var` variables begin as undefined, at the head of their function, unless their first statement can be their declaration.
    fn var_lets(&mut self, vars: &[(SymbolId, LocalId)], source: &Source<'a>) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        for &(symbol, local) in vars {
            if let Body::Statements(statements) = source.body
                && self.is_plain_var(symbol, statements)
            {
                self.plain_vars.insert(symbol);
                self.m.states[local.index()] = LocalState::default();
                continue;
            }
            let span = self.m.module.locals[local.index()].span;
            stmts.push(Stmt::new(StmtKind::Let(local, Some(undefined(span))), span));
        }
        stmts
    }

    /// Whether a `var` is declared once, directly in the function's statements, before every use: it behaves as `let` then.
    fn is_plain_var(&self, symbol: SymbolId, statements: &'a [Statement<'a>]) -> bool {
        let scoping = self.semantic.scoping();
        if !scoping.symbol_redeclarations(symbol).is_empty() {
            return false;
        }
        let declared = scoping.symbol_span(symbol);
        let contains = |outer: oxc_span::Span, inner: oxc_span::Span| outer.start <= inner.start && inner.end <= outer.end;
        let Some(at) = statements.iter().position(|s| contains(oxc_span::GetSpan::span(s), declared)) else { return false };
        if !matches!(&statements[at], Statement::VariableDeclaration(_)) {
            return false;
        }
        let after = oxc_span::GetSpan::span(&statements[at]).end;
        let early_functions = statements.iter().filter(|s| matches!(s, Statement::FunctionDeclaration(_)));
        let hoisted: Vec<oxc_span::Span> = early_functions.map(oxc_span::GetSpan::span).collect();
        scoping.get_resolved_references(symbol).all(|r| {
            let span = self.semantic.reference_span(r);
            span.start >= after && !hoisted.iter().any(|h| contains(*h, span))
        })
    }

    /// Declares the names of all parameters. Answers the locals of plain ones, in order; `None` for those with a default or a
    /// pattern, whose names statements initialise.
    fn declare_params(&mut self, formal: &'a FormalParameters<'a>) -> Vec<Option<LocalId>> {
        let mut locals = Vec::new();
        let rest = formal.rest.iter().map(|r| (&r.rest.argument, false));
        let items = formal.items.iter().map(|p| (&p.pattern, p.initializer.is_some()));
        for (pattern, has_default) in items.chain(rest) {
            if let (BindingPattern::BindingIdentifier(id), false) = (pattern, has_default)
                && !self.is_used_before(id)
            {
                locals.push(Some(self.declare_param(id)));
                continue;
            }
            for id in pattern.get_binding_identifiers() {
                let local = self.declare_param(id);
                self.m.states[local.index()].initialised = false;
            }
            locals.push(None);
        }
        locals
    }

    /// Whether a parameter before this one has an expression that names it: it has no value there.
    fn is_used_before(&self, id: &'a BindingIdentifier<'a>) -> bool {
        let references = id.symbol_id.get().into_iter().flat_map(|symbol| self.semantic.scoping().get_resolved_references(symbol));
        references.into_iter().any(|r| self.semantic.reference_span(r).start < id.span.start)
    }

    pub fn declare_param(&mut self, id: &'a BindingIdentifier<'a>) -> LocalId {
        let span = self.span(id);
        let local = self.m.local(id.name.as_str(), self.fn_id(), span, LocalState { initialised: true, early: false, declared: false });
        if let Some(symbol) = id.symbol_id.get() {
            self.bindings.insert(symbol, Binding::Local(local));
            self.params.insert(symbol);
        }
        local
    }

    /// Parameters that the body declares again, as `var` or as a function. Where a parameter has an expression, the body's variable is
    /// another one that begins with the parameter's value (ECMA-262, FunctionDeclarationInstantiation, step 28): closures of the
    /// expressions keep the parameter.
    fn redeclare_params(&mut self, formal: &'a FormalParameters<'a>, code: &mut Vec<Stmt>) {
        let patterns = || formal.items.iter().map(|p| &p.pattern).chain(formal.rest.iter().map(|r| &r.rest.argument));
        let has_expressions = formal.items.iter().any(|p| p.initializer.is_some()) || patterns().any(has_expression);
        for id in patterns().flat_map(|p| p.get_binding_identifiers()) {
            let Some(symbol) = id.symbol_id.get() else { continue };
            let Some(Binding::Local(param)) = self.bindings.get(&symbol).copied() else { continue };
            if self.semantic.scoping().symbol_redeclarations(symbol).is_empty() {
                continue;
            }
            let mut variable = param;
            if has_expressions && self.m.module.locals[param.index()].captured {
                let span = self.span(id);
                variable = self.m.local(id.name.as_str(), self.fn_id(), span, LocalState { initialised: true, early: false, declared: false });
                let value = self.read_local(param, span);
                code.push(Stmt::new(StmtKind::Let(variable, Some(value)), span));
                self.bindings.insert(symbol, Binding::Local(variable));
            }
            // A function of the name is assigned to it.
            self.m.states[variable.index()].declared = true;
        }
    }

    fn params(
        &mut self,
        formal: &'a FormalParameters<'a>,
        locals: Vec<Option<LocalId>>,
        code: &mut Vec<Stmt>,
    ) -> (Vec<LocalId>, Option<LocalId>, u32) {
        let mut params = Vec::new();
        let mut length = None;
        for (param, local) in formal.items.iter().zip(&locals) {
            let span = self.span(param);
            for decorator in &param.decorators {
                self.refuse_decorator(decorator);
            }
            if let Some(local) = local {
                params.push(*local);
                continue;
            }
            let name = param.pattern.get_identifier_name().map_or_else(|| ".param".to_owned(), |n| n.to_string());
            let raw = self.temp(&name, span);
            params.push(raw);
            let mut value = Expr::new(ExprKind::Local(raw), span);
            if let Some(default) = &param.initializer {
                length.get_or_insert(params.len() as u32 - 1);
                value = self.with_default(value, default, param.pattern.get_identifier_name().as_deref(), span);
            }
            self.bind_pattern(&param.pattern, value, true, code);
        }
        let length = length.unwrap_or(params.len() as u32);
        let rest = formal.rest.as_ref().map(|rest| {
            if let Some(local) = locals.get(formal.items.len()).copied().flatten() {
                return local;
            }
            let span = self.span(rest.as_ref());
            let raw = self.held("rest", span);
            self.bind_pattern(&rest.rest.argument, Expr::new(ExprKind::Local(raw), span), true, code);
            raw
        });
        (params, rest, length)
    }

    /// `value === undefined ? default : value`; `value` must be a local so that it can be written twice.
    pub fn with_default(&mut self, value: Expr, default: &'a Expression<'a>, name: Option<&str>, span: Span) -> Expr {
        let is_undefined = ExprKind::Binary(BinaryOp::StrictEq, Lang::Js, value.clone().boxed(), undefined(span).boxed());
        let then = self.named_expr(default, name.unwrap_or(""));
        let test = Test { test: Expr::new(is_undefined, span), then, otherwise: value, lang: Lang::Js };
        Expr::new(ExprKind::Cond(Box::new(test)), span)
    }

    /// An expression that takes its name from where it is assigned, when it is an anonymous function or class.
    pub fn named_expr(&mut self, e: &'a Expression<'a>, name: &str) -> Expr {
        let span = self.span(e);
        match e {
            Expression::ArrowFunctionExpression(f) => Expr::new(ExprKind::Closure(self.arrow(f, name)), span),
            Expression::FunctionExpression(f) if f.id.is_none() => {
                Expr::new(ExprKind::Closure(self.function(f, name, FnKind::Function, Home::None)), span)
            }
            Expression::ClassExpression(c) if c.id.is_none() => self.class(c, name),
            Expression::TSAsExpression(inner) => self.named_expr(&inner.expression, name),
            Expression::TSSatisfiesExpression(inner) => self.named_expr(&inner.expression, name),
            Expression::TSNonNullExpression(inner) => self.named_expr(&inner.expression, name),
            Expression::TSTypeAssertion(inner) => self.named_expr(&inner.expression, name),
            _ => self.expr(e),
        }
    }
}

/// Whether binding the pattern evaluates an expression: a default, or a computed key.
fn has_expression(pattern: &BindingPattern<'_>) -> bool {
    match pattern {
        BindingPattern::BindingIdentifier(_) => false,
        BindingPattern::AssignmentPattern(_) => true,
        BindingPattern::ObjectPattern(p) => {
            p.properties.iter().any(|p| p.computed || has_expression(&p.value)) || p.rest.as_ref().is_some_and(|r| has_expression(&r.argument))
        }
        BindingPattern::ArrayPattern(p) => {
            p.elements.iter().flatten().any(has_expression) || p.rest.as_ref().is_some_and(|r| has_expression(&r.argument))
        }
    }
}
