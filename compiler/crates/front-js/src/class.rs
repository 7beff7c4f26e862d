//! Classes.

use crate::builder::LocalState;
use crate::function::{Body, Source};
use crate::lower::{Home, Lowerer, undefined};
use crate::pattern::static_key;
use crate::scope::Binding;
use oxc_ast::ast::*;
use oxc_ast::ast::{Class, Function};
use oxc_syntax::symbol::SymbolId;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::*;
use std::collections::HashMap;

/// A class being lowered.
pub(crate) struct ClassCtx<'a> {
    pub node: &'a Class<'a>,
    /// The function in which the class is evaluated; it owns the class's locals.
    owner: FnId,
    binding: Option<LocalId>,
    home_static: Option<LocalId>,
    home_proto: Option<LocalId>,
    privates: Vec<(String, LocalId)>,
    /// Locals with the computed keys of instance fields, by the field's offset.
    pub field_keys: HashMap<u32, LocalId>,
    /// Set by `super(…)` where it may be executed twice.
    pub super_flag: Option<LocalId>,
    /// A computed key is being lowered: the class has no value yet.
    in_key: bool,
}

impl<'a> Lowerer<'a, '_> {
    pub fn class_declaration(&mut self, c: &'a Class<'a>, out: &mut Block) {
        if c.declare {
            return;
        }
        let span = self.span(c);
        let Some(id) = &c.id else { return };
        let value = self.class(c, id.name.as_str());
        match id.symbol_id.get().and_then(|s| self.bindings.get(&s).copied()) {
            Some(Binding::Local(local)) => {
                let stmt = self.init_local(local, value, span);
                out.push(stmt);
            }
            Some(Binding::Global(global)) => {
                let stmt = self.init_global(global, value, true, span);
                out.push(stmt);
            }
            Some(other) => {
                let place = self.place_of_binding(other, id.name.as_str(), span);
                out.push(self.assign_stmt(place, value, span));
            }
            None => out.push(self.expr_stmt(value)),
        }
    }

    /// A class as a value. `name` is what it is assigned to, when it has no name of its own.
    pub fn class(&mut self, c: &'a Class<'a>, name: &str) -> Expr {
        let span = self.span(c);
        for decorator in &c.decorators {
            self.refuse_decorator(decorator);
        }
        let name = c.id.as_ref().map_or(name, |id| id.name.as_str());
        let index = self.classes.len();
        self.classes.push(ClassCtx {
            node: c,
            owner: self.fn_id(),
            binding: None,
            home_static: None,
            home_proto: None,
            privates: Vec::new(),
            field_keys: HashMap::new(),
            super_flag: None,
            in_key: false,
        });
        let symbol = c.id.as_ref().and_then(|id| id.symbol_id.get());
        let outer = symbol.and_then(|s| self.bindings.get(&s).copied());
        // Inside a class its name is a constant of its own, initialised before members run. A module's class that is never
        // reassigned is read from its slot instead, except by what runs while the class is still being made.
        let mutated = symbol.is_some_and(|s| self.semantic.scoping().symbol_is_mutated(s));
        let by_slot = matches!(outer, Some(Binding::Global(_))) && !mutated && !c.is_expression();
        if !by_slot {
            self.rename_class(symbol, Binding::ClassName(index));
        }
        let privates = self.declare_privates(c, name, span);
        let parent = c.heritage.as_ref().map(|h| self.expr(&h.expression));
        let mut members = Vec::new();
        let constructor = self.class_members(c, index, name, symbol, by_slot, &mut members);
        let ctx = self.classes.pop().expect("pushed above");
        match (symbol, outer) {
            (Some(symbol), Some(outer)) => {
                self.bindings.insert(symbol, outer);
            }
            (Some(symbol), None) => {
                self.bindings.remove(&symbol);
            }
            _ => {}
        }
        let class = puremix_ir::Class {
            name: name.into(),
            binding: ctx.binding,
            parent,
            constructor,
            privates,
            home_static: ctx.home_static,
            home_proto: ctx.home_proto,
            members,
        };
        Expr::new(ExprKind::Class(Box::new(class)), span)
    }

    fn rename_class(&mut self, symbol: Option<SymbolId>, binding: Binding) -> Option<Binding> {
        symbol.and_then(|s| self.bindings.insert(s, binding))
    }

    fn declare_privates(&mut self, c: &'a Class<'a>, class_name: &str, span: Span) -> Vec<(LocalId, Name)> {
        let mut privates = Vec::new();
        for element in &c.body.body {
            let Some(PropertyKey::PrivateIdentifier(id)) = element.property_key() else { continue };
            let name = id.name.to_string();
            let known = self.classes.last().is_some_and(|c| c.privates.iter().any(|(n, _)| *n == name));
            if known {
                continue;
            }
            let shown = format!("#{name}");
            let local = self.temp(&shown, span);
            let class = c.id.as_ref().map_or(if class_name.is_empty() { "anonymous" } else { class_name }, |id| id.name.as_str());
            let description = match element {
                ClassElement::MethodDefinition(m) if m.r#static => format!("{shown} in {class}"),
                ClassElement::MethodDefinition(_) => format!("{shown} of {class}"),
                _ => shown,
            };
            privates.push((local, Name::from(description)));
            if let Some(ctx) = self.classes.last_mut() {
                ctx.privates.push((name, local));
            }
        }
        privates
    }

    fn class_members(
        &mut self,
        c: &'a Class<'a>,
        index: usize,
        name: &str,
        symbol: Option<SymbolId>,
        by_slot: bool,
        members: &mut Vec<Member>,
    ) -> FnId {
        // Keys of instance fields are needed by the constructor, which exists first: they live in cells.
        for element in &c.body.body {
            if let ClassElement::PropertyDefinition(p) = element
                && p.computed
                && !p.r#static
                && static_key(&p.key, p.computed).is_none()
            {
                let span = self.span(p.as_ref());
                let local = self.m.local("key", self.fn_id(), span, LocalState { initialised: true, early: false, declared: false });
                let entry = &mut self.m.module.locals[local.index()];
                (entry.checked, entry.assigned) = (true, true);
                self.classes[index].field_keys.insert(p.span.start, local);
            }
        }
        let constructor = self.constructor(c, index, name);
        for element in &c.body.body {
            match element {
                ClassElement::MethodDefinition(m) => self.method(m, index, members),
                ClassElement::PropertyDefinition(p) => {
                    let kept = by_slot.then(|| self.rename_class(symbol, Binding::ClassName(index))).flatten();
                    self.field(p, index, members);
                    if let Some(kept) = kept {
                        self.rename_class(symbol, kept);
                    }
                }
                ClassElement::StaticBlock(b) => {
                    let kept = by_slot.then(|| self.rename_class(symbol, Binding::ClassName(index))).flatten();
                    let span = self.span(b.as_ref());
                    let source = self.member_source("", Body::Statements(&b.body), Home::ClassStatic(index), span);
                    let source = Source { scope: b.scope_id.get(), ..source };
                    let id = self.m.function("", Some(self.fn_id()), FnKind::Method, span);
                    self.fill_function(id, source, |_| Vec::new());
                    members.push(Member { is_static: true, kind: MemberKind::StaticBlock(id), span });
                    if let Some(kept) = kept {
                        self.rename_class(symbol, kept);
                    }
                }
                ClassElement::AccessorProperty(a) => {
                    let span = self.span(a.as_ref());
                    self.unsupported(span, "an `accessor` field", "write a getter and a setter");
                }
                ClassElement::TSIndexSignature(_) => {}
            }
        }
        constructor
    }

    fn member_source(&self, name: &str, body: Body<'a>, home: Home, span: Span) -> Source<'a> {
        Source {
            name: name.to_owned(),
            kind: FnKind::Method,
            is_async: false,
            is_generator: false,
            home,
            params: None,
            scope: None,
            body,
            span,
        }
    }

    fn constructor(&mut self, c: &'a Class<'a>, index: usize, name: &str) -> FnId {
        let derived = c.heritage.is_some();
        let kind = if derived { FnKind::DerivedConstructor } else { FnKind::BaseConstructor };
        let written = c.body.body.iter().find_map(|e| match e {
            ClassElement::MethodDefinition(m) if m.kind.is_constructor() && m.value.body.is_some() => Some(m),
            _ => None,
        });
        let home = Home::Constructor(index);
        let Some(written) = written else { return self.default_constructor(c, index, name, kind) };
        let id = self.m.function(name, Some(self.fn_id()), kind, self.span(written.as_ref()));
        let f: &'a Function<'a> = &written.value;
        let span = self.span(f);
        if derived {
            let text = self.source(f);
            let once = text.matches("super").count() == 1 && !["=>", "for", "while", "do"].iter().any(|w| text.contains(w));
            if !once {
                let flag = self.m.local("super called", id, span, LocalState { initialised: true, early: false, declared: false });
                self.classes[index].super_flag = Some(flag);
            }
        }
        let statements = f.body.as_ref().map_or(&[][..], |b| b.statements.as_slice());
        let source = Source {
            name: name.to_owned(),
            kind,
            is_async: false,
            is_generator: false,
            home,
            params: Some(&f.params),
            scope: f.scope_id.get(),
            body: Body::Statements(statements),
            span,
        };
        self.fill_function(id, source, |this| match (derived, this.classes[index].super_flag) {
            (false, _) => this.instance_fields(index),
            (true, Some(flag)) => {
                vec![Stmt::new(StmtKind::Let(flag, Some(Expr::new(ExprKind::Bool(false), span))), span)]
            }
            (true, None) => Vec::new(),
        });
        if derived {
            self.return_this(id, span);
        }
        // A class's text is all of it.
        self.m.module.functions[id.index()].span = self.span(c);
        id
    }

    fn default_constructor(&mut self, c: &'a Class<'a>, index: usize, name: &str, kind: FnKind) -> FnId {
        let span = self.span(c);
        let id = self.m.function(name, Some(self.fn_id()), kind, span);
        let source = Source { kind, ..self.member_source(name, Body::Statements(&[]), Home::Constructor(index), span) };
        let mut rest = None;
        self.fill_function(id, source, |this| {
            if kind == FnKind::BaseConstructor {
                return this.instance_fields(index);
            }
            let args = this.temp("args", span);
            rest = Some(args);
            let giver = this.fns.len() - 1;
            let local = this.given_local(giver, crate::lower::Given::This, span);
            this.note_use(local);
            this.m.module.locals[local.index()].assigned = true;
            let callee = this.read_callee_of(id, span).boxed();
            let new_target = this.read_new_target(span).boxed();
            let spread = Arg::Spread(Expr::new(ExprKind::Local(args), span));
            let made = Expr::new(ExprKind::CallSuper { callee, new_target, args: vec![spread] }, span);
            let mut stmts = vec![this.assign_stmt(Place::Local(local), made, span)];
            stmts.extend(this.instance_fields(index));
            stmts
        });
        self.m.module.functions[id.index()].rest = rest;
        if kind == FnKind::DerivedConstructor {
            self.return_this(id, span);
        }
        id
    }

    /// A derived constructor answers its `this`, which is an error to read before `super(…)`.
    fn return_this(&mut self, id: FnId, span: Span) {
        let known = self.m.module.functions[id.index()].body.iter().find_map(|s| match s.kind {
            StmtKind::Let(local, None) if &*self.m.module.locals[local.index()].name == "this" => Some(local),
            _ => None,
        });
        let this = known.unwrap_or_else(|| {
            let local = self.m.local("this", id, span, LocalState { initialised: true, early: true, declared: false });
            self.m.module.locals[local.index()].checked = true;
            self.m.module.functions[id.index()].body.insert(0, Stmt::new(StmtKind::Let(local, None), span));
            local
        });
        let value = Expr::new(ExprKind::Local(this), span);
        self.m.module.functions[id.index()].body.push(Stmt::new(StmtKind::Return(Some(value)), span));
    }

    /// `return;` of a derived constructor answers `this`; an object it answers takes its place.
    pub fn derived_return(&mut self, value: Option<Expr>, span: Span) -> Expr {
        let Some(value) = value else { return self.read_this(span) };
        let mut stmts = Vec::new();
        let value = self.hold(value, "returned", span, &mut stmts);
        let is_undefined = ExprKind::Binary(BinaryOp::StrictEq, Lang::Js, value.clone().boxed(), undefined(span).boxed());
        let this = self.read_this(span);
        let test = puremix_ir::Test { test: Expr::new(is_undefined, span), then: this, otherwise: value, lang: Lang::Js };
        let answer = Expr::new(ExprKind::Cond(Box::new(test)), span);
        if stmts.is_empty() { answer } else { Expr::new(ExprKind::Do(stmts, answer.boxed()), span) }
    }

    fn method(&mut self, m: &'a MethodDefinition<'a>, index: usize, members: &mut Vec<Member>) {
        for decorator in &m.decorators {
            self.refuse_decorator(decorator);
        }
        // Abstract methods and overload signatures have no body.
        let instance_private = matches!(m.key, PropertyKey::PrivateIdentifier(_)) && !m.r#static;
        if m.value.body.is_none() || m.kind.is_constructor() || instance_private {
            return;
        }
        let home = if m.r#static { Home::ClassStatic(index) } else { Home::ClassProto(index) };
        let key = self.class_key(&m.key, m.computed, index);
        let function = self.function(&m.value, &method_name(m), FnKind::Method, home);
        self.m.module.functions[function.index()].span = self.member_text(m);
        let kind = match m.kind {
            MethodDefinitionKind::Get => MemberKind::Getter(key, function),
            MethodDefinitionKind::Set => MemberKind::Setter(key, function),
            _ => MemberKind::Method(key, function),
        };
        members.push(Member { is_static: m.r#static, kind, span: self.span(m) });
    }

    /// A method's text, without `static`.
    pub fn member_text(&self, m: &'a MethodDefinition<'a>) -> Span {
        let text = self.source(m);
        let start = if m.r#static { text.len() - text.trim_start_matches("static").trim_start().len() } else { 0 };
        self.unit.span(m.span.start + start as u32, m.span.end)
    }

    /// Static fields become members; of instance fields only a computed key is evaluated with the class.
    fn field(&mut self, p: &'a PropertyDefinition<'a>, index: usize, members: &mut Vec<Member>) {
        for decorator in &p.decorators {
            self.refuse_decorator(decorator);
        }
        if p.declare || p.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
            return;
        }
        let span = self.span(p);
        if !p.r#static {
            if let (Some(local), Some(e)) = (self.classes[index].field_keys.get(&p.span.start).copied(), p.key.as_expression()) {
                self.classes[index].in_key = true;
                let key = self.expr(e);
                self.classes[index].in_key = false;
                let key = self.runtime("to_key", vec![key], span);
                members.push(Member { is_static: false, kind: MemberKind::FieldKey(local, key), span });
            }
            return;
        }
        let name = field_name(&p.key, p.computed);
        let key = self.class_key(&p.key, p.computed, index);
        let id = self.m.function("", Some(self.fn_id()), FnKind::Method, span);
        let source = self.member_source("", Body::Statements(&[]), Home::ClassStatic(index), span);
        self.fill_function(id, source, |this| {
            let value = p.value.as_ref().map_or_else(|| undefined(span), |e| this.named_expr(e, &name));
            vec![Stmt::new(StmtKind::Return(Some(value)), span)]
        });
        members.push(Member { is_static: true, kind: MemberKind::StaticField(key, id), span });
    }

    fn class_key(&mut self, key: &'a PropertyKey<'a>, computed: bool, index: usize) -> Key {
        self.classes[index].in_key = true;
        let key = self.property_key(key, computed);
        self.classes[index].in_key = false;
        key
    }

    /// The local that holds the private symbol of `#name`.
    pub fn private_name(&mut self, name: &str) -> Option<LocalId> {
        let found = self.classes.iter().rev().find_map(|c| c.privates.iter().find(|(n, _)| n == name));
        let local = found.map(|(_, local)| *local)?;
        self.note_use(local);
        Some(local)
    }

    /// The name of a class read from inside it: in its constructor that is the function being executed.
    pub fn read_class_name(&mut self, class: usize, span: Span) -> Expr {
        if let Some(f) = self.fns.iter().rev().find(|f| f.home == Home::Constructor(class)) {
            let id = f.id;
            return self.read_callee_of(id, span);
        }
        let name = self.classes[class].node.id.as_ref().map_or("class", |id| id.name.as_str());
        if self.classes[class].in_key && self.classes[class].owner == self.fn_id() {
            return self.runtime("throw_uninitialised", vec![crate::lower::string(name, span)], span);
        }
        let local = match self.classes[class].binding {
            Some(local) => local,
            None => {
                let owner = self.classes[class].owner;
                let local = self.m.local(name, owner, span, LocalState { initialised: true, early: false, declared: false });
                self.classes[class].binding = Some(local);
                local
            }
        };
        self.read_local(local, span)
    }

    pub fn class_home(&mut self, class: usize, is_static: bool, span: Span) -> LocalId {
        let ctx = &self.classes[class];
        let (owner, known) = (ctx.owner, if is_static { ctx.home_static } else { ctx.home_proto });
        if let Some(local) = known {
            return local;
        }
        let name = if is_static { "home static" } else { "home" };
        let local = self.m.local(name, owner, span, LocalState { initialised: true, early: false, declared: false });
        match is_static {
            true => self.classes[class].home_static = Some(local),
            false => self.classes[class].home_proto = Some(local),
        }
        local
    }

    pub fn refuse_decorator(&mut self, decorator: &'a Decorator<'a>) {
        let span = self.span(decorator);
        self.report(
            Diagnostic::error(codes::JS_DECORATOR, span, "decorators cannot be compiled")
                .help("call the function yourself: `const Service = decorate(class { … })`"),
        );
    }
}

pub(crate) fn field_name(key: &PropertyKey<'_>, computed: bool) -> String {
    match key {
        PropertyKey::PrivateIdentifier(id) => format!("#{}", id.name),
        key => static_key(key, computed).unwrap_or_default(),
    }
}

pub(crate) fn method_name(m: &MethodDefinition<'_>) -> String {
    let name = field_name(&m.key, m.computed);
    match m.kind {
        MethodDefinitionKind::Get => format!("get {name}"),
        MethodDefinitionKind::Set => format!("set {name}"),
        _ => name,
    }
}
