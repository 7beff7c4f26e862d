//! Holes of a template, by the form of their expression.

use crate::expr::logical_op;
use crate::lower::{Lowerer, number, undefined};
use crate::template::{arg, intrinsic};
use oxc_ast::ast::*;
use oxc_syntax::operator::{BinaryOperator, UnaryOperator};
use puremix_diag::Span;
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    /// Writes the value of an expression into the context.
    pub fn hole(&mut self, context: EscapeContext, e: &'a Expression<'a>, out: &mut Block) {
        let e = e.get_inner_expression();
        let span = self.span(e);
        if let Some((name, call)) = intrinsic(e) {
            if name == "__pmx_m" {
                if let Some(value) = arg(call, 0) {
                    let mut block = self.markup(value);
                    match block.iter().any(|s| matches!(s.kind, StmtKind::Let(..))) {
                        true => out.push(Stmt::new(StmtKind::Block(block), span)),
                        false => out.append(&mut block),
                    }
                }
                return;
            }
            self.template_statement(e, out);
            return;
        }
        match e {
            Expression::ConditionalExpression(c) => {
                let test = self.expr(&c.test);
                let (mut then, mut otherwise) = (Vec::new(), Vec::new());
                self.hole(context, &c.consequent, &mut then);
                self.hole(context, &c.alternate, &mut otherwise);
                out.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise }, span));
            }
            Expression::LogicalExpression(l) if l.operator.is_and() || self.distributes(&l.left) || self.distributes(&l.right) => {
                self.logical_hole(context, l, span, out);
            }
            Expression::SequenceExpression(s) => {
                if let Some((last, first)) = s.expressions.split_last() {
                    for e in first {
                        let value = self.expr(e);
                        out.push(self.expr_stmt(value));
                    }
                    self.hole(context, last, out);
                }
            }
            // What a branch answers to show nothing.
            Expression::NullLiteral(_) => {}
            Expression::BooleanLiteral(b) if !b.value => {}
            Expression::Identifier(id) if id.name == "undefined" => {}
            e => match self.as_each(e) {
                Some(each) => self.each(context, each, span, out),
                None => {
                    let value = self.expr(e);
                    out.push(Stmt::new(StmtKind::WriteHole(context, value), span));
                }
            },
        }
    }

    /// Whether writing the expression piece by piece differs from writing its value.
    fn distributes(&self, e: &'a Expression<'a>) -> bool {
        let e = e.get_inner_expression();
        match e {
            Expression::ConditionalExpression(c) => self.distributes(&c.consequent) || self.distributes(&c.alternate),
            Expression::LogicalExpression(l) => l.operator.is_and() || self.distributes(&l.left) || self.distributes(&l.right),
            Expression::SequenceExpression(s) => s.expressions.last().is_some_and(|e| self.distributes(e)),
            e => intrinsic(e).is_some() || self.as_each(e).is_some(),
        }
    }

    fn logical_hole(&mut self, context: EscapeContext, l: &'a LogicalExpression<'a>, span: Span, out: &mut Block) {
        let op = logical_op(l.operator);
        let left = self.expr(&l.left);
        let mut right = Vec::new();
        // `count > 0 && …`: the left side is a boolean, which shows nothing when false.
        if op == LogicalOp::And && is_boolean(&l.left) {
            self.hole(context, &l.right, &mut right);
            out.push(Stmt::new(StmtKind::If { test: left, lang: Lang::Js, then: right, otherwise: Vec::new() }, span));
            return;
        }
        let mut block = Vec::new();
        let value = self.hold(left, "left", span, &mut block);
        self.hole(context, &l.right, &mut right);
        let shown = |e: Expr| vec![Stmt::new(StmtKind::WriteHole(context, e), span)];
        let (test, then, otherwise) = match op {
            // Of the false values only numbers show: `items.length && …` prints 0, as in JSX; `false` does not.
            LogicalOp::And => {
                let no = Expr::new(ExprKind::Bool(false), span);
                let is_false = ExprKind::Binary(BinaryOp::StrictEq, Lang::Js, value.clone().boxed(), no.boxed());
                let test = Test { test: Expr::new(is_false, span), then: undefined(span), otherwise: value.clone(), lang: Lang::Js };
                (value, right, shown(Expr::new(ExprKind::Cond(Box::new(test)), span)))
            }
            LogicalOp::Or => (value.clone(), shown(value), right),
            LogicalOp::Nullish => {
                let null = Expr::new(ExprKind::Null, span);
                let test = ExprKind::Binary(BinaryOp::Ne, Lang::Js, value.clone().boxed(), null.boxed());
                (Expr::new(test, span), shown(value), right)
            }
        };
        block.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise }, span));
        match block.len() {
            1 => out.append(&mut block),
            _ => out.push(Stmt::new(StmtKind::Block(block), span)),
        }
    }

    /// `list.map(item => <markup/>)`, perhaps joined, perhaps in a chain.
    fn as_each(&self, e: &'a Expression<'a>) -> Option<EachForm<'a>> {
        let call = match e.get_inner_expression() {
            Expression::CallExpression(call) => call,
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => call,
                _ => return None,
            },
            _ => return None,
        };
        let Expression::StaticMemberExpression(member) = call.callee.get_inner_expression() else { return None };
        match (member.property.name.as_str(), call.arguments.as_slice()) {
            ("map", [callback]) => {
                let Some(Expression::ArrowFunctionExpression(arrow)) = callback.as_expression().map(Expression::get_inner_expression) else { return None };
                let inlines = self.source(arrow.as_ref()).contains("__pmx_") && is_plain_callback(arrow);
                inlines.then_some(EachForm { list: &member.object, callback: arrow, separator: None })
            }
            ("join", arguments) => {
                let separator = match arguments {
                    [] => ",",
                    [Argument::StringLiteral(s)] => s.value.as_str(),
                    _ => return None,
                };
                let inner = self.as_each(&member.object)?;
                inner.separator.is_none().then_some(EachForm { separator: Some(separator), ..inner })
            }
            _ => None,
        }
    }

    fn each(&mut self, context: EscapeContext, form: EachForm<'a>, span: Span, out: &mut Block) {
        let list = self.expr(form.list);
        let arrow = form.callback;
        let exports = self.template.as_ref().map(|t| t.exports.clone());
        let mut body = Vec::new();
        let mut params = arrow.params.items.iter();
        let item_param = params.next();
        // Names first, so that patterns and the body find them.
        for param in &arrow.params.items {
            for id in param.pattern.get_binding_identifiers() {
                self.declare_param(id);
            }
        }
        if let Some(scope) = arrow.scope_id.get() {
            let outer_vars = std::mem::take(&mut self.vars);
            self.enter_scope(scope);
            for (_, local) in std::mem::replace(&mut self.vars, outer_vars) {
                body.push(Stmt::new(StmtKind::Let(local, Some(undefined(span))), span));
            }
        }
        let item = match item_param.map(|p| &p.pattern) {
            Some(BindingPattern::BindingIdentifier(id)) => self.param_local(id),
            Some(pattern) => {
                let raw = self.temp("item", span);
                self.bind_pattern(pattern, Expr::new(ExprKind::Local(raw), span), true, &mut body);
                raw
            }
            None => self.temp("item", span),
        };
        let mut index = match params.next().map(|p| &p.pattern) {
            Some(BindingPattern::BindingIdentifier(id)) => Some(self.param_local(id)),
            _ => None,
        };
        if let Some(separator) = form.separator.filter(|s| !s.is_empty()) {
            let local = *index.get_or_insert_with(|| self.temp("index", span));
            let test = ExprKind::Binary(BinaryOp::Gt, Lang::Js, Expr::new(ExprKind::Local(local), span).boxed(), number(0.0, span).boxed());
            let then = vec![Stmt::new(StmtKind::WriteHole(context, crate::lower::string(separator, span)), span)];
            body.push(Stmt::new(StmtKind::If { test: Expr::new(test, span), lang: Lang::Js, then, otherwise: Vec::new() }, span));
        }
        match &arrow.body {
            ArrowFunctionBody::FunctionBody(code) => self.returning(context, &code.statements, &mut body),
            code => {
                if let Some(e) = code.as_expression() {
                    self.hole(context, e, &mut body);
                }
            }
        }
        if let (Some(scope), Some(exports)) = (&mut self.template, exports) {
            scope.exports = exports;
        }
        out.push(Stmt::new(StmtKind::Each { list, item, index, body }, span));
    }

    fn param_local(&mut self, id: &'a BindingIdentifier<'a>) -> LocalId {
        match id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied()) {
            Some(crate::scope::Binding::Local(local)) => local,
            _ => self.declare_param(id),
        }
    }

    /// The statements of a callback, with each `return` writing its value.
    fn returning(&mut self, context: EscapeContext, statements: &'a [Statement<'a>], out: &mut Block) {
        let at = statements.iter().position(contains_return).unwrap_or(statements.len());
        let (before, rest) = statements.split_at(at);
        out.extend(self.statements(before));
        match rest {
            [Statement::ReturnStatement(r), ..] => {
                if let Some(e) = &r.argument {
                    self.hole(context, e, out);
                }
            }
            [Statement::IfStatement(i), after @ ..] => {
                let span = self.span(i.as_ref());
                let test = self.expr(&i.test);
                let (mut then, mut otherwise) = (Vec::new(), Vec::new());
                self.returning_body(context, &i.consequent, &mut then);
                match &i.alternate {
                    Some(s) if always_returns(s) => self.returning_body(context, s, &mut otherwise),
                    Some(s) => {
                        otherwise.extend(self.body(s));
                        self.returning(context, after, &mut otherwise);
                    }
                    None => self.returning(context, after, &mut otherwise),
                }
                out.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise }, span));
            }
            [Statement::BlockStatement(_), ..] => {
                self.returning_body(context, &rest[0], out);
            }
            _ => {}
        }
    }

    fn returning_body(&mut self, context: EscapeContext, s: &'a Statement<'a>, out: &mut Block) {
        match s {
            Statement::BlockStatement(b) => {
                if let Some(scope) = b.scope_id.get() {
                    self.enter_scope(scope);
                }
                self.returning(context, &b.body, out);
            }
            s => self.returning(context, std::slice::from_ref(s), out),
        }
    }
}

struct EachForm<'a> {
    list: &'a Expression<'a>,
    callback: &'a ArrowFunctionExpression<'a>,
    separator: Option<&'a str>,
}

/// Whether a callback can be a loop's body: item and index, and returns at places where the body can end.
fn is_plain_callback(arrow: &ArrowFunctionExpression<'_>) -> bool {
    let params = &arrow.params;
    let plain = !arrow.r#async
        && params.rest.is_none()
        && params.items.len() <= 2
        && params.items.iter().all(|p| p.initializer.is_none())
        && params.items.get(1).is_none_or(|p| matches!(p.pattern, BindingPattern::BindingIdentifier(_)));
    plain
        && match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => can_inline(&body.statements),
            _ => true,
        }
}

fn can_inline(statements: &[Statement<'_>]) -> bool {
    let Some(at) = statements.iter().position(contains_return) else { return true };
    // A function declared after the first return would be out of reach.
    if statements[at + 1..].iter().any(|s| matches!(s, Statement::FunctionDeclaration(_))) {
        return false;
    }
    match &statements[at] {
        Statement::ReturnStatement(_) => true,
        Statement::BlockStatement(b) => always_returns(&statements[at]) && can_inline(&b.body),
        Statement::IfStatement(i) => {
            always_returns(&i.consequent)
                && can_inline_body(&i.consequent)
                && match &i.alternate {
                    None => can_inline(&statements[at + 1..]),
                    Some(s) if always_returns(s) => can_inline_body(s),
                    Some(s) => !contains_return(s) && can_inline(&statements[at + 1..]),
                }
        }
        _ => false,
    }
}

fn can_inline_body(s: &Statement<'_>) -> bool {
    match s {
        Statement::BlockStatement(b) => can_inline(&b.body),
        s => can_inline(std::slice::from_ref(s)),
    }
}

fn always_returns(s: &Statement<'_>) -> bool {
    match s {
        Statement::ReturnStatement(_) => true,
        Statement::BlockStatement(b) => b.body.iter().any(always_returns),
        Statement::IfStatement(i) => always_returns(&i.consequent) && i.alternate.as_ref().is_some_and(always_returns),
        _ => false,
    }
}

/// Whether the statement holds a `return` of the callback itself.
fn contains_return(s: &Statement<'_>) -> bool {
    let any = |list: &[Statement<'_>]| list.iter().any(contains_return);
    match s {
        Statement::ReturnStatement(_) => true,
        Statement::BlockStatement(b) => any(&b.body),
        Statement::IfStatement(i) => contains_return(&i.consequent) || i.alternate.as_ref().is_some_and(contains_return),
        Statement::ForStatement(f) => contains_return(&f.body),
        Statement::ForInStatement(f) => contains_return(&f.body),
        Statement::ForOfStatement(f) => contains_return(&f.body),
        Statement::WhileStatement(w) => contains_return(&w.body),
        Statement::DoWhileStatement(d) => contains_return(&d.body),
        Statement::LabeledStatement(l) => contains_return(&l.body),
        Statement::SwitchStatement(s) => s.cases.iter().any(|c| any(&c.consequent)),
        Statement::TryStatement(t) => {
            any(&t.block.body) || t.handler.as_ref().is_some_and(|h| any(&h.body.body)) || t.finalizer.as_ref().is_some_and(|f| any(&f.body))
        }
        _ => false,
    }
}

/// Whether the expression is always a boolean.
fn is_boolean(e: &Expression<'_>) -> bool {
    match e.get_inner_expression() {
        Expression::BooleanLiteral(_) => true,
        Expression::UnaryExpression(u) => matches!(u.operator, UnaryOperator::LogicalNot | UnaryOperator::Delete),
        Expression::BinaryExpression(b) => matches!(
            b.operator,
            BinaryOperator::Equality
                | BinaryOperator::Inequality
                | BinaryOperator::StrictEquality
                | BinaryOperator::StrictInequality
                | BinaryOperator::LessThan
                | BinaryOperator::LessEqualThan
                | BinaryOperator::GreaterThan
                | BinaryOperator::GreaterEqualThan
                | BinaryOperator::In
                | BinaryOperator::Instanceof
        ),
        Expression::LogicalExpression(l) => is_boolean(&l.left) && is_boolean(&l.right),
        _ => false,
    }
}
