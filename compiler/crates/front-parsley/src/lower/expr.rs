//! Expressions.

use super::{Lowerer, Sink, local, null, runtime, tag, text};
use crate::ast::{Expression, ExpressionKind, Op, Pair, Piece, QueryOp, Statement};
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::{Arg, BinaryOp, Element, Expr, ExprKind, Key, Lang, LogicalOp, Property, Stmt, StmtKind, UnaryOp};

/// Functions every file can call (reference §6, the part compiled so far).
const BUILTINS: &[&str] = &["log", "len", "toString", "toNumber", "print", "fail"];

impl Lowerer {
    pub fn lower_value(&mut self, e: &Expression) -> Expr {
        let span = e.span;
        let new = |kind| Expr::new(kind, span);
        match &e.kind {
            ExpressionKind::Null => null(span),
            ExpressionKind::Bool(b) => new(ExprKind::Bool(*b)),
            ExpressionKind::Number(n) => new(ExprKind::Num(*n)),
            ExpressionKind::Text(s) => text(s, span),
            ExpressionKind::Template(pieces) => self.lower_pieces(pieces, span),
            ExpressionKind::At(name) => self.unsupported(span, &format!("the literal `@{name}`"), "use a plain string or number for now"),
            ExpressionKind::Name(name) => self.lower_name(name, span),
            ExpressionKind::Array(items) => {
                let items = items.iter().map(|i| Element::Value(self.lower_value(i))).collect();
                new(ExprKind::Array(Lang::Parsley, items))
            }
            ExpressionKind::Dict(pairs) => {
                let fields = pairs.iter().map(|p| self.lower_pair(p)).collect();
                new(ExprKind::Object(Lang::Parsley, fields))
            }
            ExpressionKind::Function { params, body } => new(ExprKind::Closure(self.lower_function(params, body, span))),
            ExpressionKind::If { .. } => self.lower_as_do(e),
            ExpressionKind::For { .. } => self.lower_as_do(e),
            ExpressionKind::Call { callee, args } => self.lower_call(callee, args, span),
            ExpressionKind::Member { object, name } => {
                let object = self.lower_value(object);
                runtime("parsley_get", vec![object, text(name, span)], span)
            }
            ExpressionKind::Index { object, key, optional } => {
                let (object, key) = (self.lower_value(object), self.lower_value(key));
                if *optional {
                    runtime("parsley_at", vec![object, key], span)
                } else {
                    runtime("parsley_index", vec![object, key], span)
                }
            }
            ExpressionKind::Not(value) => {
                let value = self.lower_value(value);
                new(ExprKind::Unary(UnaryOp::Not, Lang::Parsley, value.boxed()))
            }
            ExpressionKind::Negate(value) => {
                let value = self.lower_value(value);
                new(ExprKind::Unary(UnaryOp::Neg, Lang::Parsley, value.boxed()))
            }
            ExpressionKind::Binary { op, left, right } => self.lower_binary(*op, left, right, span),
            ExpressionKind::Query { op, db, sql, params } => {
                let mode = match op {
                    QueryOp::One => "one",
                    QueryOp::Many => "many",
                    QueryOp::Execute => "execute",
                };
                let (db, sql) = (self.lower_value(db), self.lower_value(sql));
                let params = params.as_ref().map_or_else(|| null(span), |p| self.lower_value(p));
                runtime("parsley_query", vec![text(mode, span), db, sql, params], span)
            }
            ExpressionKind::Tag(t) if tag::is_component(t) => self.lower_component(t, span),
            ExpressionKind::Tag(t) => {
                let mut block = Vec::new();
                self.lower_tag(t, span, &mut block);
                new(ExprKind::Markup(block))
            }
            ExpressionKind::Raw(raw) => new(ExprKind::Markup(vec![Stmt::new(StmtKind::Write(raw.as_str().into()), span)])),
        }
    }

    /// Control flow in value position: statements that fill a temporary.
    fn lower_as_do(&mut self, e: &Expression) -> Expr {
        let to = self.temp(e.span);
        let mut block = vec![Stmt::new(StmtKind::Let(to, Some(null(e.span))), e.span)];
        self.lower_into(e, Sink::Assign(to), &mut block);
        Expr::new(ExprKind::Do(block, local(to, e.span).boxed()), e.span)
    }

    /// The value of statements inside `{…}` of a template or an attribute.
    pub fn lower_code(&mut self, statements: &[Statement], span: Span) -> Expr {
        if let [Statement { kind: crate::ast::StatementKind::Expression(e), .. }] = statements {
            return self.lower_value(e);
        }
        let to = self.temp(span);
        let mut block = vec![Stmt::new(StmtKind::Let(to, Some(null(span))), span)];
        self.lower_statements(statements, Sink::Assign(to), &mut block);
        Expr::new(ExprKind::Do(block, local(to, span).boxed()), span)
    }

    pub fn lower_pieces(&mut self, pieces: &[Piece], span: Span) -> Expr {
        let parts = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(s) => text(s, span),
                Piece::Code(statements, at) => {
                    let value = self.lower_code(statements, *at);
                    runtime("parsley_text", vec![value], *at)
                }
            })
            .collect();
        Expr::new(ExprKind::Concat(Lang::Js, parts), span)
    }

    fn lower_name(&mut self, name: &str, span: Span) -> Expr {
        if name == "_" {
            return null(span);
        }
        if let Some(id) = self.scopes.resolve(name) {
            return local(id, span);
        }
        if name == "this" {
            let function = self.scopes.function();
            self.functions[function.index()].uses.this = true;
            return Expr::new(ExprKind::This, span);
        }
        if BUILTINS.contains(&name) {
            return runtime("parsley_builtin", vec![text(name, span)], span);
        }
        self.diagnostics.push(
            Diagnostic::warning(codes::PARSLEY_UNKNOWN_NAME, span, format!("nothing is called `{name}` here"))
                .label("fails when it is reached")
                .help("declare it with `let`, or check the spelling"),
        );
        runtime("parsley_unknown", vec![text(name, span)], span)
    }

    fn lower_pair(&mut self, pair: &Pair) -> Property {
        match pair {
            Pair::Spread(value) => Property::Spread(self.lower_value(value)),
            Pair::Field(name, value) => {
                let key = match name.parse::<u32>() {
                    Ok(n) if n.to_string() == **name => Key::Computed(text(name, value.span)),
                    _ => Key::Name(name.clone()),
                };
                Property::Value(key, self.lower_value(value))
            }
        }
    }

    fn lower_call(&mut self, callee: &Expression, args: &[Expression], span: Span) -> Expr {
        if let ExpressionKind::Name(name) = &callee.kind
            && &**name == "import"
            && self.scopes.resolve(name).is_none()
        {
            return self.lower_import(args, span);
        }
        if let ExpressionKind::Member { object, name } = &callee.kind {
            let mut operands = vec![self.lower_value(object), text(name, callee.span)];
            operands.extend(args.iter().map(|a| self.lower_value(a)));
            return runtime("parsley_method", operands, span);
        }
        let callee = self.lower_value(callee);
        let args = args.iter().map(|a| Arg::Value(self.lower_value(a))).collect();
        Expr::new(ExprKind::Call { callee: callee.boxed(), args }, span)
    }

    fn lower_import(&mut self, args: &[Expression], span: Span) -> Expr {
        match args {
            [Expression { kind: ExpressionKind::Text(path), .. }] if path == "std/schema" => {
                runtime("parsley_import", vec![text(path, span)], span)
            }
            [Expression { kind: ExpressionKind::Text(path), .. }] if path.starts_with("std/") => {
                self.unsupported(span, &format!("the library `{path}`"), "`std/schema` is the one compiled so far")
            }
            _ => self.unsupported(span, "importing another Parsley file", "put the code into this file for now"),
        }
    }

    fn lower_binary(&mut self, op: Op, left: &Expression, right: &Expression, span: Span) -> Expr {
        let (l, r) = (self.lower_value(left), self.lower_value(right));
        let logical = |op, l: Expr, r: Expr| Expr::new(ExprKind::Logical(op, Lang::Parsley, l.boxed(), r.boxed()), span);
        let binary = |op, l: Expr, r: Expr| Expr::new(ExprKind::Binary(op, Lang::Parsley, l.boxed(), r.boxed()), span);
        match op {
            Op::Coalesce => logical(LogicalOp::Nullish, l, r),
            // Lists and dictionaries make sets of both sides, everything else is a boolean (reference §4.3): the runtime tells.
            Op::Or => runtime("parsley_or", vec![l, r], span),
            Op::And => runtime("parsley_and", vec![l, r], span),
            Op::Eq => binary(BinaryOp::Eq, l, r),
            Op::Ne => binary(BinaryOp::Ne, l, r),
            Op::Lt => binary(BinaryOp::Lt, l, r),
            Op::Le => binary(BinaryOp::Le, l, r),
            Op::Gt => binary(BinaryOp::Gt, l, r),
            Op::Ge => binary(BinaryOp::Ge, l, r),
            Op::In => binary(BinaryOp::In, l, r),
            Op::NotIn => {
                let found = binary(BinaryOp::In, l, r);
                Expr::new(ExprKind::Unary(UnaryOp::Not, Lang::Parsley, found.boxed()), span)
            }
            Op::Match | Op::NotMatch => self.unsupported(span, "matching with `~`", "use `includes` for now"),
            Op::Add => binary(BinaryOp::Add, l, r),
            Op::Sub => binary(BinaryOp::Sub, l, r),
            Op::Range => binary(BinaryOp::Range, l, r),
            Op::Merge => binary(BinaryOp::Merge, l, r),
            Op::Mul => binary(BinaryOp::Mul, l, r),
            Op::Div => binary(BinaryOp::Div, l, r),
            Op::Rem => binary(BinaryOp::Rem, l, r),
        }
    }
}
