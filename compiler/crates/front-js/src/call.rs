//! Calls: plain, methods, `super(…)`, `new`, dynamic `import`, tagged templates.

use crate::lower::{Home, Lowerer};
use crate::member::MemberKey;
use oxc_ast::ast::*;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    pub fn call(&mut self, e: &'a CallExpression<'a>) -> Expr {
        let span = self.span(e);
        if let Some(refused) = self.refused_call(e, span) {
            return refused;
        }
        if let Some(value) = self.special_call(e, span) {
            return value;
        }
        match e.callee.get_inner_expression() {
            Expression::Super(_) => self.super_call(e, span),
            Expression::StaticMemberExpression(m) if m.object.is_super() => {
                let key = crate::lower::string(m.property.name.as_str(), self.span(&m.property));
                let callee = self.super_get(key, span);
                self.call_on_this(callee, e, span)
            }
            Expression::ComputedMemberExpression(m) if m.object.is_super() => {
                let key = self.expr(&m.expression);
                let callee = self.super_get(key, span);
                self.call_on_this(callee, e, span)
            }
            Expression::StaticMemberExpression(m) => {
                if let Some(callee) = self.known_member(&m.object, m.property.name.as_str(), span) {
                    let args = self.args(&e.arguments);
                    return Expr::new(ExprKind::Call { callee: callee.boxed(), args }, span);
                }
                let recv = self.object(&m.object, m.optional);
                self.method_call(recv, MemberKey::Name(m.property.name.to_string()), e, span)
            }
            Expression::ComputedMemberExpression(m) => {
                let recv = self.object(&m.object, m.optional);
                let key = self.key(&m.expression);
                self.method_call(recv, key, e, span)
            }
            Expression::PrivateFieldExpression(m) => {
                let recv = self.object(&m.object, m.optional);
                let Some(local) = self.private_name(m.field.name.as_str()) else { return recv };
                self.with_receiver(recv, e, span, |this| ExprKind::GetPrivate(this.boxed(), local))
            }
            // `(a?.b)()` keeps its receiver though the chain ends at the parenthesis.
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::StaticMemberExpression(m) => {
                    let recv = self.chain_receiver(&m.object);
                    let name: Name = m.property.name.as_str().into();
                    self.with_receiver(recv, e, span, |this| {
                        let link = Expr::new(ExprKind::OptionalLink(this.boxed()), span);
                        ExprKind::OptionalChain(Expr::new(ExprKind::Get(link.boxed(), name), span).boxed())
                    })
                }
                _ => self.plain_call(e, span),
            },
            _ => self.plain_call(e, span),
        }
    }

    /// An object inside a parenthesised chain is a chain of its own.
    fn chain_receiver(&mut self, e: &'a Expression<'a>) -> Expr {
        let object = self.expr(e);
        let span = object.span;
        Expr::new(ExprKind::OptionalChain(object.boxed()), span)
    }

    fn plain_call(&mut self, e: &'a CallExpression<'a>, span: Span) -> Expr {
        let mut callee = self.expr(&e.callee);
        if self.safe && matches!(callee.kind, ExprKind::Undefined) {
            return callee;
        }
        if e.optional {
            let at = callee.span;
            callee = Expr::new(ExprKind::OptionalLink(callee.boxed()), at);
        }
        let args = self.args(&e.arguments);
        let call = Expr::new(ExprKind::Call { callee: callee.boxed(), args }, span);
        // Template chains have no links of their own: this one ends at its own call.
        if e.optional && self.safe { Expr::new(ExprKind::OptionalChain(call.boxed()), span) } else { call }
    }

    fn method_call(&mut self, recv: Expr, key: MemberKey, e: &'a CallExpression<'a>, span: Span) -> Expr {
        if e.optional && !self.safe {
            return self.with_receiver(recv, e, span, |this| match key {
                MemberKey::Name(name) => ExprKind::Get(this.boxed(), name.into()),
                MemberKey::Computed(key) => ExprKind::Index(Lang::Js, this.boxed(), key.boxed()),
            });
        }
        let args = self.args(&e.arguments);
        let kind = match key {
            MemberKey::Name(name) => {
                let safe = self.is_safe(&recv);
                ExprKind::CallMethod { recv: recv.boxed(), name: name.into(), args, safe }
            }
            MemberKey::Computed(key) if self.safe => {
                let mut stmts = Vec::new();
                let this = self.hold(recv, "receiver", span, &mut stmts);
                let method = Expr::new(ExprKind::IndexSafe(this.clone().boxed(), key.boxed()), span);
                let link = Expr::new(ExprKind::OptionalLink(method.boxed()), span);
                let call = ExprKind::CallWithThis { callee: link.boxed(), this: this.boxed(), args };
                let chain = Expr::new(ExprKind::OptionalChain(Expr::new(call, span).boxed()), span);
                if stmts.is_empty() {
                    return chain;
                }
                ExprKind::Do(stmts, chain.boxed())
            }
            MemberKey::Computed(key) => ExprKind::CallIndex { recv: recv.boxed(), key: key.boxed(), args },
        };
        Expr::new(kind, span)
    }

    /// Calls what `callee` reads of the receiver, which is evaluated once; `?.(` ends the chain when that is nullish.
    fn with_receiver(&mut self, recv: Expr, e: &'a CallExpression<'a>, span: Span, callee: impl FnOnce(Expr) -> ExprKind) -> Expr {
        let mut stmts = Vec::new();
        let this = match recv.kind {
            ExprKind::This => recv,
            _ => self.hold(recv, "receiver", span, &mut stmts),
        };
        let mut callee = Expr::new(callee(this.clone()), span);
        if e.optional {
            callee = Expr::new(ExprKind::OptionalLink(callee.boxed()), span);
        }
        let args = self.args(&e.arguments);
        let call = Expr::new(ExprKind::CallWithThis { callee: callee.boxed(), this: this.boxed(), args }, span);
        if stmts.is_empty() { call } else { Expr::new(ExprKind::Do(stmts, call.boxed()), span) }
    }

    fn call_on_this(&mut self, callee: Expr, e: &'a CallExpression<'a>, span: Span) -> Expr {
        let this = self.read_this(span).boxed();
        let callee = if e.optional { Expr::new(ExprKind::OptionalLink(callee.boxed()), span) } else { callee };
        let args = self.args(&e.arguments);
        Expr::new(ExprKind::CallWithThis { callee: callee.boxed(), this, args }, span)
    }

    pub fn args(&mut self, args: &'a [Argument<'a>]) -> Vec<Arg> {
        args.iter()
            .map(|arg| match arg {
                Argument::SpreadElement(spread) => Arg::Spread(self.expr(&spread.argument)),
                arg => Arg::Value(match arg.as_expression() {
                    Some(e) => self.expr(e),
                    None => unreachable!("an argument is a spread or an expression"),
                }),
            })
            .collect()
    }

    /// `super(args)`: the new `this`, then the fields of the class.
    fn super_call(&mut self, e: &'a CallExpression<'a>, span: Span) -> Expr {
        let (giver, home) = self.home();
        let Home::Constructor(class) = home else {
            return self.unsupported(span, "`super(…)` outside a constructor", "call it in the constructor of a class that extends another");
        };
        let callee = self.read_callee_of(self.fns[giver].id, span).boxed();
        let new_target = self.read_new_target(span).boxed();
        let args = self.args(&e.arguments);
        let made = Expr::new(ExprKind::CallSuper { callee, new_target, args }, span);
        let this = self.given_local(giver, crate::lower::Given::This, span);
        let mut stmts = Vec::new();
        let made = match self.classes[class].super_flag {
            None => made,
            Some(flag) => {
                let made = self.hold(made, "made", span, &mut stmts);
                let test = self.read_local(flag, span);
                let twice = self.runtime("throw_super_twice", Vec::new(), span);
                let then = vec![self.expr_stmt(twice)];
                stmts.push(Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise: Vec::new() }, span));
                self.m.module.locals[flag.index()].assigned = true;
                stmts.push(self.assign_stmt(Place::Local(flag), Expr::new(ExprKind::Bool(true), span), span));
                made
            }
        };
        self.note_use(this);
        self.m.module.locals[this.index()].assigned = true;
        stmts.push(self.assign_stmt(Place::Local(this), made, span));
        stmts.extend(self.instance_fields(class));
        let value = self.read_local(this, span);
        Expr::new(ExprKind::Do(stmts, value.boxed()), span)
    }

    pub fn new_expr(&mut self, e: &'a NewExpression<'a>) -> Expr {
        let span = self.span(e);
        if let Expression::Identifier(id) = &e.callee
            && id.name == "Function"
            && self.resolve(id).is_none()
        {
            return self.refuse_function_constructor(span);
        }
        let callee = self.expr(&e.callee).boxed();
        let args = self.args(&e.arguments);
        Expr::new(ExprKind::New { callee, args }, span)
    }

    fn refuse_function_constructor(&mut self, span: Span) -> Expr {
        self.report(
            Diagnostic::error(codes::JS_NEW_FUNCTION, span, "code made at run time cannot be compiled")
                .label("`Function` compiles a string")
                .help("write the function itself, or pick one of several from an object by name"),
        );
        Expr::new(ExprKind::Undefined, span)
    }

    /// Calls that compile a string.
    fn refused_call(&mut self, e: &'a CallExpression<'a>, span: Span) -> Option<Expr> {
        let Expression::Identifier(id) = &e.callee else { return None };
        if self.resolve(id).is_some() {
            return None;
        }
        match id.name.as_str() {
            "eval" => {
                self.report(
                    Diagnostic::error(codes::JS_EVAL, span, "`eval` cannot be compiled")
                        .label("the program is compiled before it runs")
                        .help("use `JSON.parse` for data; for computed member names write `object[name]`"),
                );
                Some(Expr::new(ExprKind::Undefined, span))
            }
            "Function" => Some(self.refuse_function_constructor(span)),
            _ => None,
        }
    }

    /// Calls that are no calls: `require` of a constant and the intrinsics of page scripts.
    fn special_call(&mut self, e: &'a CallExpression<'a>, span: Span) -> Option<Expr> {
        let Expression::Identifier(id) = &e.callee else { return None };
        if self.resolve(id).is_some() {
            return None;
        }
        match id.name.as_str() {
            "require" if self.template.is_none() => Some(self.require(e, span)),
            "raw" if self.template.is_some() => self.raw_call(e, span),
            name if name.starts_with("__pmx_") && self.template.is_some() => Some(self.intrinsic_expr(e, span)),
            _ => None,
        }
    }

    pub fn import_call(&mut self, e: &'a ImportExpression<'a>) -> Expr {
        let span = self.span(e);
        let specifier = match &e.source {
            Expression::StringLiteral(s) => Some(s.value.to_string()),
            Expression::TemplateLiteral(t) if t.expressions.is_empty() => t.quasis.first().and_then(|q| q.value.cooked).map(|s| s.to_string()),
            _ => None,
        };
        match specifier {
            Some(specifier) => {
                let at = self.span(&e.source);
                let request = self.m.request(&specifier, RequestKind::Dynamic, at);
                let import = self.m.import(request, ImportName::Namespace, &specifier, at);
                Expr::new(ExprKind::ImportDynamic(import), span)
            }
            None if self.is_package() => {
                let callee = self.require_of("puremix:import", span);
                let args = vec![Arg::Value(self.expr(&e.source))];
                Expr::new(ExprKind::Call { callee: callee.boxed(), args }, span)
            }
            None => self.unsupported(
                span,
                "`import()` of a computed path",
                "import each module by a constant path and choose between the functions that load them",
            ),
        }
    }

    pub fn tagged_template(&mut self, e: &'a TaggedTemplateExpression<'a>) -> Expr {
        let span = self.span(e);
        let mut cooked = Vec::new();
        let mut raw = Vec::new();
        for quasi in &e.quasi.quasis {
            let at = self.span(quasi);
            cooked.push(Element::Value(match &quasi.value.cooked {
                Some(text) => Expr::new(ExprKind::Str(crate::literal::text(text, quasi.lone_surrogates)), at),
                None => Expr::new(ExprKind::Undefined, at),
            }));
            raw.push(Element::Value(crate::lower::string(&quasi.value.raw, at)));
        }
        // One strings object per place, made when it is first reached.
        let site = self.m.global("template", false, span);
        self.m.module.globals[site.index()].assigned = true;
        let arrays = vec![
            Expr::new(ExprKind::Array(Lang::Js, cooked), span),
            Expr::new(ExprKind::Array(Lang::Js, raw), span),
        ];
        let made = self.runtime("template_object", arrays, span);
        let strings = Expr::new(ExprKind::AssignLogical(LogicalOp::Nullish, Lang::Js, Place::Global(site), made.boxed()), span);
        let mut args = vec![Arg::Value(strings)];
        let kind = match e.tag.get_inner_expression() {
            Expression::StaticMemberExpression(m) if !m.object.is_super() => {
                let recv = self.expr(&m.object);
                args.extend(e.quasi.expressions.iter().map(|e| Arg::Value(self.expr(e))));
                ExprKind::CallMethod { recv: recv.boxed(), name: m.property.name.as_str().into(), args, safe: self.safe }
            }
            Expression::ComputedMemberExpression(m) if !m.object.is_super() => {
                let recv = self.expr(&m.object);
                let key = self.expr(&m.expression);
                args.extend(e.quasi.expressions.iter().map(|e| Arg::Value(self.expr(e))));
                ExprKind::CallIndex { recv: recv.boxed(), key: key.boxed(), args }
            }
            tag => {
                let callee = self.expr(tag);
                args.extend(e.quasi.expressions.iter().map(|e| Arg::Value(self.expr(e))));
                ExprKind::Call { callee: callee.boxed(), args }
            }
        };
        Expr::new(kind, span)
    }
}
