//! Expressions: the dispatch, and operators.

use crate::lower::{Home, Lowerer, string, undefined};
use oxc_ast::ast::*;
use oxc_syntax::operator::{BinaryOperator, LogicalOperator, UnaryOperator};
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    pub fn expr(&mut self, e: &'a Expression<'a>) -> Expr {
        let span = self.span(e);
        let kind = match e {
            Expression::BooleanLiteral(b) => ExprKind::Bool(b.value),
            Expression::NullLiteral(_) => ExprKind::Null,
            Expression::NumericLiteral(n) => ExprKind::Num(n.value),
            Expression::BigIntLiteral(n) => ExprKind::BigInt(n.value.as_str().into()),
            Expression::RegExpLiteral(r) => return self.regex(r),
            Expression::StringLiteral(s) => ExprKind::Str(crate::literal::text(&s.value, s.lone_surrogates)),
            Expression::TemplateLiteral(t) => return self.template_literal(t),
            Expression::Identifier(id) => return self.identifier(id),
            Expression::Super(_) => return self.unsupported(span, "`super` here", "use `super.name` or `super(…)`"),
            Expression::ArrayExpression(a) => return self.array(a),
            Expression::ArrowFunctionExpression(f) => ExprKind::Closure(self.arrow(f, "")),
            Expression::AssignmentExpression(a) => return self.assignment(a),
            Expression::AwaitExpression(a) => return self.await_expr(a),
            Expression::BinaryExpression(b) => return self.binary(b),
            Expression::CallExpression(c) => return self.call(c),
            Expression::ChainExpression(c) => return self.chain(c),
            Expression::ClassExpression(c) => return self.class(c, ""),
            Expression::ConditionalExpression(c) => {
                let test = self.expr(&c.test);
                let then = self.expr(&c.consequent);
                let otherwise = self.expr(&c.alternate);
                ExprKind::Cond(Box::new(Test { test, then, otherwise, lang: Lang::Js }))
            }
            Expression::FunctionExpression(f) => {
                let name = f.id.as_ref().map_or("", |id| id.name.as_str());
                ExprKind::Closure(self.function(f, name, FnKind::Function, Home::None))
            }
            Expression::ImportExpression(i) => return self.import_call(i),
            Expression::LogicalExpression(l) => return self.logical(l),
            Expression::NewExpression(n) => return self.new_expr(n),
            Expression::ObjectExpression(o) => return self.object_literal(o),
            Expression::ParenthesizedExpression(p) => return self.expr(&p.expression),
            Expression::SequenceExpression(s) => ExprKind::Seq(s.expressions.iter().map(|e| self.expr(e)).collect()),
            Expression::TaggedTemplateExpression(t) => return self.tagged_template(t),
            Expression::ThisExpression(_) => return self.read_this(span),
            Expression::UnaryExpression(u) => return self.unary(u),
            Expression::UpdateExpression(u) => return self.update(u),
            Expression::YieldExpression(y) => {
                let argument = y.argument.as_ref().map_or_else(|| undefined(span), |e| self.expr(e));
                if y.delegate { ExprKind::YieldStar(argument.boxed()) } else { ExprKind::Yield(argument.boxed()) }
            }
            Expression::PrivateInExpression(p) => {
                let value = self.expr(&p.right);
                match self.private_name(p.left.name.as_str()) {
                    Some(local) => ExprKind::HasPrivate(value.boxed(), local),
                    None => ExprKind::Bool(false),
                }
            }
            Expression::ImportMeta(_) => return self.import_meta("import_meta", span),
            Expression::NewTarget(_) => return self.read_new_target(span),
            Expression::JSXElement(_) | Expression::JSXFragment(_) => {
                return self.unsupported(span, "JSX", "write markup in the page's template");
            }
            Expression::TSAsExpression(e) => return self.expr(&e.expression),
            Expression::TSSatisfiesExpression(e) => return self.expr(&e.expression),
            Expression::TSTypeAssertion(e) => return self.expr(&e.expression),
            Expression::TSNonNullExpression(e) => return self.expr(&e.expression),
            Expression::TSInstantiationExpression(e) => return self.expr(&e.expression),
            Expression::V8IntrinsicExpression(_) => return self.unsupported(span, "a V8 intrinsic", "remove it"),
            Expression::ComputedMemberExpression(m) => return self.computed_member(m),
            Expression::StaticMemberExpression(m) => return self.static_member(m),
            Expression::PrivateFieldExpression(m) => return self.private_member(m),
        };
        Expr::new(kind, span)
    }

    pub fn identifier(&mut self, id: &'a IdentifierReference<'a>) -> Expr {
        let span = self.span(id);
        if let Some(binding) = self.resolve(id) {
            return self.read_binding(binding, span);
        }
        self.free_name(id.name.as_str(), span)
    }

    /// A name that nothing in scope declares.
    fn free_name(&mut self, name: &str, span: Span) -> Expr {
        match name {
            "undefined" => return undefined(span),
            "NaN" => return crate::lower::number(f64::NAN, span),
            "Infinity" => return crate::lower::number(f64::INFINITY, span),
            _ => {}
        }
        if self.template.is_some() {
            return self.template_name(name, span);
        }
        if name == "arguments"
            && let Some(arguments) = self.read_arguments(span)
        {
            return arguments;
        }
        if let Some(value) = self.commonjs_name(name, span) {
            return value;
        }
        Expr::new(ExprKind::Builtin(name.into()), span)
    }

    /// Members that mean something at compile time: `import.meta.url`, a component's `props.children`.
    pub fn known_member(&mut self, object: &'a Expression<'a>, name: &str, span: Span) -> Option<Expr> {
        if self.is_children(object, name) {
            return Some(self.template_name("children", span));
        }
        if !matches!(object, Expression::ImportMeta(_)) {
            return None;
        }
        match name {
            "url" => Some(self.import_meta("import_meta_url", span)),
            "dirname" => Some(self.import_meta("import_meta_dirname", span)),
            "filename" => Some(self.import_meta("import_meta_filename", span)),
            _ => None,
        }
    }

    pub fn import_meta(&mut self, op: &'static str, span: Span) -> Expr {
        let path = self.m.module.path.clone();
        self.runtime(op, vec![string(&path, span)], span)
    }

    fn await_expr(&mut self, e: &'a AwaitExpression<'a>) -> Expr {
        let span = self.span(e);
        let argument = self.expr(&e.argument);
        let ctx = self.fn_ctx();
        match ctx.kind {
            FnKind::ModuleInit => ctx.is_async = true,
            _ if ctx.is_async => {}
            _ => {
                let outside = Diagnostic::error(codes::JS_AWAIT_OUTSIDE_ASYNC, span, "`await` needs an async function");
                self.report(outside.help("await the value in a loader and use the result here"));
                return argument;
            }
        }
        Expr::new(ExprKind::Await(argument.boxed()), span)
    }

    /// Left-leaning chains (`a + b + c …`) are walked in a loop: they may be thousands of operators long.
    fn binary(&mut self, e: &'a BinaryExpression<'a>) -> Expr {
        let mut spine = vec![e];
        let mut left = &e.left;
        while let Expression::BinaryExpression(inner) = left {
            spine.push(inner);
            left = &inner.left;
        }
        let mut value = self.expr(left);
        for e in spine.into_iter().rev() {
            let right = self.expr(&e.right);
            let span = self.span(e);
            value = Expr::new(ExprKind::Binary(binary_op(e.operator), Lang::Js, value.boxed(), right.boxed()), span);
        }
        value
    }

    fn logical(&mut self, e: &'a LogicalExpression<'a>) -> Expr {
        let mut spine = vec![e];
        let mut left = &e.left;
        while let Expression::LogicalExpression(inner) = left {
            spine.push(inner);
            left = &inner.left;
        }
        let mut value = self.expr(left);
        for e in spine.into_iter().rev() {
            let right = self.expr(&e.right);
            let span = self.span(e);
            value = Expr::new(ExprKind::Logical(logical_op(e.operator), Lang::Js, value.boxed(), right.boxed()), span);
        }
        value
    }

    fn unary(&mut self, e: &'a UnaryExpression<'a>) -> Expr {
        let span = self.span(e);
        let op = match e.operator {
            UnaryOperator::UnaryNegation => {
                if let Expression::NumericLiteral(n) = &e.argument {
                    return crate::lower::number(-n.value, span);
                }
                UnaryOp::Neg
            }
            UnaryOperator::UnaryPlus => UnaryOp::Plus,
            UnaryOperator::LogicalNot => UnaryOp::Not,
            UnaryOperator::BitwiseNot => UnaryOp::BitNot,
            UnaryOperator::Typeof => {
                if let Expression::Identifier(id) = &e.argument
                    && self.resolve(id).is_none()
                {
                    let value = self.identifier(id);
                    if let ExprKind::Builtin(name) = value.kind {
                        return Expr::new(ExprKind::TypeofBuiltin(name), span);
                    }
                    return Expr::new(ExprKind::Unary(UnaryOp::Typeof, Lang::Js, value.boxed()), span);
                }
                UnaryOp::Typeof
            }
            UnaryOperator::Void => UnaryOp::Void,
            UnaryOperator::Delete => return self.delete(&e.argument, span),
        };
        let value = self.expr(&e.argument);
        Expr::new(ExprKind::Unary(op, Lang::Js, value.boxed()), span)
    }
}

pub(crate) fn logical_op(op: LogicalOperator) -> LogicalOp {
    match op {
        LogicalOperator::Or => LogicalOp::Or,
        LogicalOperator::And => LogicalOp::And,
        LogicalOperator::Coalesce => LogicalOp::Nullish,
    }
}

fn binary_op(op: BinaryOperator) -> BinaryOp {
    match op {
        BinaryOperator::Equality => BinaryOp::Eq,
        BinaryOperator::Inequality => BinaryOp::Ne,
        BinaryOperator::StrictEquality => BinaryOp::StrictEq,
        BinaryOperator::StrictInequality => BinaryOp::StrictNe,
        BinaryOperator::LessThan => BinaryOp::Lt,
        BinaryOperator::LessEqualThan => BinaryOp::Le,
        BinaryOperator::GreaterThan => BinaryOp::Gt,
        BinaryOperator::GreaterEqualThan => BinaryOp::Ge,
        BinaryOperator::Addition => BinaryOp::Add,
        BinaryOperator::Subtraction => BinaryOp::Sub,
        BinaryOperator::Multiplication => BinaryOp::Mul,
        BinaryOperator::Division => BinaryOp::Div,
        BinaryOperator::Remainder => BinaryOp::Rem,
        BinaryOperator::Exponential => BinaryOp::Exp,
        BinaryOperator::ShiftLeft => BinaryOp::Shl,
        BinaryOperator::ShiftRight => BinaryOp::Shr,
        BinaryOperator::ShiftRightZeroFill => BinaryOp::Ushr,
        BinaryOperator::BitwiseOR => BinaryOp::BitOr,
        BinaryOperator::BitwiseXOR => BinaryOp::BitXor,
        BinaryOperator::BitwiseAnd => BinaryOp::BitAnd,
        BinaryOperator::In => BinaryOp::In,
        BinaryOperator::Instanceof => BinaryOp::InstanceOf,
    }
}
