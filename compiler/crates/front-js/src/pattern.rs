//! Destructuring: binding patterns and assignment patterns, by the iterator protocol for arrays.

use crate::lower::{Lowerer, array_index, string, undefined};
use crate::scope::Binding;
use oxc_ast::ast::*;
use puremix_diag::Span;
use puremix_ir::*;

impl<'a> Lowerer<'a, '_> {
    /// Binds what the pattern names to parts of `value`. `declares` tells `let`, `const` and parameters from `var`.
    pub fn bind_pattern(&mut self, pattern: &'a BindingPattern<'a>, value: Expr, declares: bool, out: &mut Vec<Stmt>) {
        let span = self.span(pattern);
        match pattern {
            BindingPattern::BindingIdentifier(id) => self.bind_name(id, value, declares, out),
            BindingPattern::AssignmentPattern(p) => {
                let raw = self.hold(value, "value", span, out);
                let value = self.with_default(raw, &p.right, p.left.get_identifier_name().as_deref(), span);
                self.bind_pattern(&p.left, value, declares, out);
            }
            BindingPattern::ObjectPattern(p) => {
                let first = p.properties.first().map_or(First::Other, |first| match static_key(&first.key, first.computed) {
                    Some(_) if matches!(first.value, BindingPattern::AssignmentPattern(_)) => First::Read,
                    Some(name) => First::Named(name),
                    None => First::Other,
                });
                let source = self.coercible(value, first, span, out);
                let mut taken = Vec::new();
                for property in &p.properties {
                    let keep = p.rest.is_some();
                    let part = self.pattern_member(&source, &property.key, property.computed, keep.then_some(&mut taken), out);
                    self.bind_pattern(&property.value, part, declares, out);
                }
                if let Some(rest) = &p.rest {
                    let part = self.object_rest(source, taken, span);
                    self.bind_pattern(&rest.argument, part, declares, out);
                }
            }
            BindingPattern::ArrayPattern(p) => {
                let iterator = self.open_iterator(value, span, out);
                for element in &p.elements {
                    let next = self.runtime("iter_next", vec![iterator.clone()], span);
                    match element {
                        Some(pattern) => self.bind_pattern(pattern, next, declares, out),
                        None => out.push(self.expr_stmt(next)),
                    }
                }
                self.close_iterator(iterator, p.rest.as_ref().map(|r| Rest::Binding(&r.argument, declares)), span, out);
            }
        }
    }

    /// Initialises (or, for `var`, assigns) one declared name.
    pub fn bind_name(&mut self, id: &'a BindingIdentifier<'a>, value: Expr, declares: bool, out: &mut Vec<Stmt>) {
        let span = self.span(id);
        let Some(symbol) = id.symbol_id.get() else { return };
        let stmt = match self.bindings.get(&symbol).copied() {
            Some(Binding::Local(local)) if declares || self.plain_vars.contains(&symbol) => self.init_local(local, value, span),
            Some(Binding::Local(local)) => {
                self.m.module.locals[local.index()].assigned = true;
                self.note_use(local);
                self.assign_stmt(Place::Local(local), value, span)
            }
            Some(Binding::Global(global)) => self.init_global(global, value, declares, span),
            Some(Binding::NamespaceMember(object, member)) => {
                let object = self.read_local(object, span);
                let name = self.semantic.scoping().symbol_name(member).into();
                self.assign_stmt(Place::Get(object.boxed(), name), value, span)
            }
            Some(other) => {
                let place = self.place_of_binding(other, id.name.as_str(), span);
                self.assign_stmt(place, value, span)
            }
            None => self.expr_stmt(value),
        };
        out.push(stmt);
    }

    pub fn assign_stmt(&self, place: Place, value: Expr, span: Span) -> Stmt {
        self.expr_stmt(Expr::new(ExprKind::Assign(place, value.boxed()), span))
    }

    pub fn init_global(&mut self, global: GlobalId, value: Expr, declares: bool, span: Span) -> Stmt {
        let entry = &mut self.m.module.globals[global.index()];
        if !declares {
            entry.assigned = true;
        } else if let (ExprKind::Closure(f), false) = (&value.kind, entry.assigned) {
            entry.function = Some(*f);
        }
        self.assign_stmt(Place::Global(global), value, span)
    }

    /// Assigns parts of `value` to the places an assignment pattern names.
    pub fn assign_pattern(&mut self, target: &'a AssignmentTarget<'a>, value: Expr, out: &mut Vec<Stmt>) {
        let span = self.span(target);
        match target {
            AssignmentTarget::ArrayAssignmentTarget(p) => {
                // V8 shows the value of an assignment's source, not its text.
                let held = self.held("value", span);
                out.push(Stmt::new(StmtKind::Let(held, Some(value)), span));
                let iterator = self.open_iterator(Expr::new(ExprKind::Local(held), span), span, out);
                for element in &p.elements {
                    let next = self.runtime("iter_next", vec![iterator.clone()], span);
                    match element {
                        Some(target) => self.assign_maybe_default(target, next, out),
                        None => out.push(self.expr_stmt(next)),
                    }
                }
                self.close_iterator(iterator, p.rest.as_ref().map(|r| Rest::Target(&r.target)), span, out);
            }
            AssignmentTarget::ObjectAssignmentTarget(p) => {
                let first = p.properties.first().map_or(First::Other, first_target);
                let source = self.coercible(value, first, span, out);
                let mut taken = Vec::new();
                let keep = p.rest.is_some();
                for property in &p.properties {
                    match property {
                        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(p) => {
                            let name = p.binding.name.as_str();
                            let at = self.span(&p.binding);
                            if keep {
                                taken.push(string(name, at));
                            }
                            let mut part = self.get(source.clone(), name, at);
                            if let Some(default) = &p.init {
                                let raw = self.hold(part, name, at, out);
                                part = self.with_default(raw, default, Some(name), at);
                            }
                            let place = self.place_of_name(&p.binding);
                            out.push(self.assign_stmt(place, part, at));
                        }
                        AssignmentTargetProperty::AssignmentTargetPropertyProperty(p) => {
                            let part = self.pattern_member(&source, &p.name, p.computed, keep.then_some(&mut taken), out);
                            self.assign_maybe_default(&p.binding, part, out);
                        }
                    }
                }
                if let Some(rest) = &p.rest {
                    let part = self.object_rest(source, taken, span);
                    self.assign_pattern(&rest.target, part, out);
                }
            }
            simple => {
                let Some(simple) = simple.as_simple_assignment_target() else { return };
                let place = self.place(simple);
                out.push(self.assign_stmt(place, value, span));
            }
        }
    }

    fn assign_maybe_default(&mut self, target: &'a AssignmentTargetMaybeDefault<'a>, value: Expr, out: &mut Vec<Stmt>) {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(p) => {
                let span = self.span(p.as_ref());
                let raw = self.hold(value, "value", span, out);
                let name = match &p.binding {
                    AssignmentTarget::AssignmentTargetIdentifier(id) => Some(id.name.as_str()),
                    _ => None,
                };
                let value = self.with_default(raw, &p.init, name, span);
                self.assign_pattern(&p.binding, value, out);
            }
            other => {
                if let Some(target) = other.as_assignment_target() {
                    self.assign_pattern(target, value, out);
                }
            }
        }
    }

    /// A value in a local, so that it can be written more than once.
    pub fn hold(&mut self, value: Expr, name: &str, span: Span, out: &mut Vec<Stmt>) -> Expr {
        if let ExprKind::Local(local) = value.kind
            && self.is_stable(local)
        {
            return value;
        }
        let temp = self.held(name, span);
        out.push(Stmt::new(StmtKind::Let(temp, Some(value)), span));
        Expr::new(ExprKind::Local(temp), span)
    }

    /// Whether a local is a temporary of ours, which nothing assigns.
    fn is_stable(&self, local: LocalId) -> bool {
        !self.bindings.values().any(|b| *b == Binding::Local(local))
    }

    /// The source of an object pattern: null and undefined are refused, in templates they are an empty object.
    fn coercible(&mut self, value: Expr, first: First, span: Span, out: &mut Vec<Stmt>) -> Expr {
        let never_null = matches!(value.kind, ExprKind::Object(..) | ExprKind::Array(..) | ExprKind::Closure(_) | ExprKind::Class(_));
        // Where V8 lets the read of the first property fail, so do we.
        let reads = matches!(first, First::Read) || matches!(first, First::Named(_)) && self.is_part(&value);
        if self.safe || never_null || reads {
            return self.hold(value, "source", span, out);
        }
        let first = match first {
            First::Named(name) => string(&name, span),
            First::Read | First::Other => undefined(span),
        };
        let checked = self.runtime("destructure", vec![value, first], span);
        let temp = self.held("source", span);
        out.push(Stmt::new(StmtKind::Let(temp, Some(checked)), span));
        Expr::new(ExprKind::Local(temp), span)
    }

    /// Whether the value is what an outer pattern took out of its source.
    fn is_part(&self, value: &Expr) -> bool {
        let held = |e: &Expr, name: &str| matches!(e.kind, ExprKind::Local(l) if &*self.m.module.locals[l.index()].name == name);
        match &value.kind {
            ExprKind::Get(object, _) | ExprKind::Index(_, object, _) => held(object, ".source"),
            ExprKind::Runtime("iter_next" | "iter_rest", _) => true,
            ExprKind::Cond(test) => held(&test.otherwise, ".value"),
            _ => false,
        }
    }

    /// The member of an object pattern's source, remembering its key for a rest element.
    fn pattern_member(
        &mut self,
        source: &Expr,
        key: &'a PropertyKey<'a>,
        computed: bool,
        taken: Option<&mut Vec<Expr>>,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let span = self.span(key);
        if let Some(name) = static_key(key, computed) {
            if let Some(taken) = taken {
                taken.push(string(&name, span));
            }
            return self.get(source.clone(), &name, span);
        }
        let key = match key.as_expression() {
            Some(e) => self.expr(e),
            None => undefined(span),
        };
        let key = self.runtime("to_key", vec![key], span);
        let key = self.hold(key, "key", span, out);
        if let Some(taken) = taken {
            taken.push(key.clone());
        }
        self.index(source.clone(), key, span)
    }

    fn object_rest(&mut self, source: Expr, taken: Vec<Expr>, span: Span) -> Expr {
        let mut args = vec![source];
        args.extend(taken);
        self.runtime("object_rest", args, span)
    }

    fn open_iterator(&mut self, value: Expr, span: Span, out: &mut Vec<Stmt>) -> Expr {
        let value = if self.safe {
            let nothing = Expr::new(ExprKind::Array(Lang::Js, Vec::new()), span);
            Expr::new(ExprKind::Logical(LogicalOp::Nullish, Lang::Js, value.boxed(), nothing.boxed()), span)
        } else {
            value
        };
        let opened = self.runtime("iter_open", vec![value], span);
        let temp = self.temp("iterator", span);
        out.push(Stmt::new(StmtKind::Let(temp, Some(opened)), span));
        Expr::new(ExprKind::Local(temp), span)
    }

    fn close_iterator(&mut self, iterator: Expr, rest: Option<Rest<'a>>, span: Span, out: &mut Vec<Stmt>) {
        match rest {
            None => out.push(self.expr_stmt(self.runtime("iter_close", vec![iterator], span))),
            Some(rest) => {
                let value = self.runtime("iter_rest", vec![iterator], span);
                match rest {
                    Rest::Binding(pattern, declares) => self.bind_pattern(pattern, value, declares, out),
                    Rest::Target(target) => self.assign_pattern(target, value, out),
                }
            }
        }
    }

    /// `object.name`, by the rules of the place (templates are null-safe); canonical indices become `Index` nodes.
    pub fn get(&self, object: Expr, name: &str, span: Span) -> Expr {
        let kind = match (array_index(name), self.is_safe(&object)) {
            (Some(i), true) => ExprKind::IndexSafe(object.boxed(), Expr::new(ExprKind::Num(i), span).boxed()),
            (Some(i), false) => ExprKind::Index(Lang::Js, object.boxed(), Expr::new(ExprKind::Num(i), span).boxed()),
            (None, true) => ExprKind::GetSafe(object.boxed(), name.into()),
            (None, false) => ExprKind::Get(object.boxed(), name.into()),
        };
        Expr::new(kind, span)
    }

    /// Whether members of the object are read null-safe: in templates, except of the language's own objects.
    pub fn is_safe(&self, object: &Expr) -> bool {
        self.safe && !matches!(object.kind, ExprKind::Builtin(_))
    }

    pub fn index(&self, object: Expr, key: Expr, span: Span) -> Expr {
        let kind = match self.is_safe(&object) {
            true => ExprKind::IndexSafe(object.boxed(), key.boxed()),
            false => ExprKind::Index(Lang::Js, object.boxed(), key.boxed()),
        };
        Expr::new(kind, span)
    }
}

/// The first property of an object pattern, which messages name.
enum First {
    Named(String),
    /// Its read is what fails: it has a default, or goes to a member.
    Read,
    /// None, or its name is not known.
    Other,
}

fn first_target(first: &AssignmentTargetProperty<'_>) -> First {
    match first {
        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(p) if p.init.is_some() => First::Read,
        AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(p) => First::Named(p.binding.name.to_string()),
        AssignmentTargetProperty::AssignmentTargetPropertyProperty(p) => match static_key(&p.name, p.computed) {
            Some(name) if matches!(p.binding, AssignmentTargetMaybeDefault::AssignmentTargetIdentifier(_)) => First::Named(name),
            Some(_) => First::Read,
            None => First::Other,
        },
    }
}

/// The last element of an array pattern.
enum Rest<'a> {
    Binding(&'a BindingPattern<'a>, bool),
    Target(&'a AssignmentTarget<'a>),
}

/// The name a key has at compile time: an identifier, or a constant.
pub(crate) fn static_key(key: &PropertyKey<'_>, computed: bool) -> Option<String> {
    match key {
        PropertyKey::StaticIdentifier(id) if !computed => Some(id.name.to_string()),
        PropertyKey::StringLiteral(s) if !s.lone_surrogates => Some(s.value.to_string()),
        PropertyKey::NumericLiteral(_) | PropertyKey::BigIntLiteral(_) => key.static_name().map(|n| n.into_owned()),
        _ => None,
    }
}
