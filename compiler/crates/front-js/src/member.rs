//! Members: static, computed, private, `super`, and optional chains.

use crate::lower::{Home, Lowerer, array_index, number, string};
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    /// The object of a member access; `optional` marks where a chain may end.
    pub fn object(&mut self, e: &'a Expression<'a>, optional: bool) -> Expr {
        let object = self.expr(e);
        if optional && !self.safe {
            let span = object.span;
            return Expr::new(ExprKind::OptionalLink(object.boxed()), span);
        }
        object
    }

    pub fn static_member(&mut self, e: &'a StaticMemberExpression<'a>) -> Expr {
        let span = self.span(e);
        let name = e.property.name.as_str();
        if let Some(value) = self.known_member(&e.object, name, span) {
            return value;
        }
        if e.object.is_super() {
            return self.super_get(string(name, span), span);
        }
        let object = self.object(&e.object, e.optional);
        self.get(object, name, span)
    }

    pub fn computed_member(&mut self, e: &'a ComputedMemberExpression<'a>) -> Expr {
        let span = self.span(e);
        if e.object.is_super() {
            let key = self.expr(&e.expression);
            return self.super_get(key, span);
        }
        let object = self.object(&e.object, e.optional);
        match self.key(&e.expression) {
            MemberKey::Name(name) => self.get(object, &name, span),
            MemberKey::Computed(key) => self.index(object, key, span),
        }
    }

    pub fn private_member(&mut self, e: &'a PrivateFieldExpression<'a>) -> Expr {
        let span = self.span(e);
        let object = self.object(&e.object, e.optional);
        match self.private_name(e.field.name.as_str()) {
            Some(local) => Expr::new(ExprKind::GetPrivate(object.boxed(), local), span),
            None => object,
        }
    }

    /// A computed key: a constant string is a name.
    pub fn key(&mut self, e: &'a Expression<'a>) -> MemberKey {
        match e {
            Expression::StringLiteral(s) if !s.lone_surrogates => match array_index(&s.value) {
                Some(index) => MemberKey::Computed(number(index, self.span(s.as_ref()))),
                None => MemberKey::Name(s.value.to_string()),
            },
            _ => MemberKey::Computed(self.expr(e)),
        }
    }

    pub fn static_place(&mut self, e: &'a StaticMemberExpression<'a>) -> Place {
        let span = self.span(e);
        if e.object.is_super() {
            return self.super_place(string(e.property.name.as_str(), span), span);
        }
        let object = self.object(&e.object, e.optional);
        Place::Get(object.boxed(), e.property.name.as_str().into())
    }

    pub fn computed_place(&mut self, e: &'a ComputedMemberExpression<'a>) -> Place {
        let span = self.span(e);
        if e.object.is_super() {
            let key = self.expr(&e.expression);
            return self.super_place(key, span);
        }
        let object = self.object(&e.object, e.optional);
        match self.key(&e.expression) {
            MemberKey::Name(name) => Place::Get(object.boxed(), name.into()),
            MemberKey::Computed(key) => Place::Index(Lang::Js, object.boxed(), key.boxed()),
        }
    }

    pub fn private_place(&mut self, e: &'a PrivateFieldExpression<'a>) -> Place {
        let object = self.object(&e.object, e.optional);
        match self.private_name(e.field.name.as_str()) {
            Some(local) => Place::Private(object.boxed(), local),
            None => Place::Unknown(e.field.name.as_str().into()),
        }
    }

    /// The object in which `super.key` is looked up is the parent of this one.
    pub fn home_expr(&mut self, span: Span) -> Expr {
        let (giver, home) = self.home();
        match home {
            Home::None => Expr::new(ExprKind::Undefined, span),
            Home::ClassProto(class) => {
                let local = self.class_home(class, false, span);
                self.read_local(local, span)
            }
            Home::ClassStatic(class) => {
                let local = self.class_home(class, true, span);
                self.read_local(local, span)
            }
            Home::Constructor(_) => {
                let callee = self.read_callee_of(self.fns[giver].id, span);
                Expr::new(ExprKind::Get(callee.boxed(), "prototype".into()), span)
            }
            Home::Object(local) => self.read_local(local, span),
        }
    }

    pub fn super_get(&mut self, key: Expr, span: Span) -> Expr {
        let this = self.read_this(span).boxed();
        let home = self.home_expr(span).boxed();
        Expr::new(ExprKind::GetSuper { this, home, key: key.boxed() }, span)
    }

    fn super_place(&mut self, key: Expr, span: Span) -> Place {
        let this = self.read_this(span).boxed();
        let home = self.home_expr(span).boxed();
        Place::Super { this, home, key: key.boxed() }
    }

    /// The whole of `a?.b.c()`.
    pub fn chain(&mut self, e: &'a ChainExpression<'a>) -> Expr {
        let span = self.span(e);
        let inner = match &e.expression {
            ChainElement::CallExpression(call) => self.call(call),
            ChainElement::TSNonNullExpression(e) => self.expr(&e.expression),
            ChainElement::StaticMemberExpression(e) => self.static_member(e),
            ChainElement::ComputedMemberExpression(e) => self.computed_member(e),
            ChainElement::PrivateFieldExpression(e) => self.private_member(e),
        };
        // Members of template expressions are null-safe one by one: there is no link that could end the chain.
        if self.safe {
            return inner;
        }
        Expr::new(ExprKind::OptionalChain(inner.boxed()), span)
    }
}

pub(crate) enum MemberKey {
    Name(String),
    Computed(Expr),
}
