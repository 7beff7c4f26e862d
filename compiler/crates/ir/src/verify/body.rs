//! The rules about function bodies: scopes, jumps, where a node may stand.

use super::Violation;
use crate::runtime_op::runtime_op;
use crate::visit::{self, Access, Mention, Node};
use crate::*;
use std::collections::HashSet;

/// What the walk knows of a local at the point it has reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// No scope that declares it is open.
    Out,
    /// Its scope is open, its declaration has not been reached.
    Hoisted,
    Live,
}

struct Body<'m> {
    m: &'m Module,
    found: &'m mut Vec<Violation>,
    state: Vec<State>,
    declarations: Vec<u32>,
    visited: Vec<bool>,
}

/// What surrounds a node inside one function.
struct Context {
    id: FnId,
    labels: Vec<(LabelId, Jump)>,
    all_labels: HashSet<LabelId>,
    /// Labels opened outside the innermost `Markup` cannot be jumped to.
    label_floor: usize,
    in_markup: bool,
    chains: usize,
    uses: Uses,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    Loop,
    Block,
}

pub(super) fn check_bodies(m: &Module, found: &mut Vec<Violation>) {
    let mut body = Body {
        m,
        found,
        state: vec![State::Out; m.locals.len()],
        declarations: vec![0; m.locals.len()],
        visited: vec![false; m.functions.len()],
    };
    body.function(m.init);
    // Functions no closure is made of (page functions, globals called directly): no scope is open, so they capture nothing.
    for index in 0..m.functions.len() {
        if !body.visited[index] {
            body.function(FnId::from(index));
        }
    }
    for (index, local) in m.locals.iter().enumerate() {
        if body.declarations[index] > 1 {
            let message = format!("{}%{index} is declared more than once", local.name);
            body.found.push(Violation { rule: "scope", message, span: local.span });
        }
    }
}

impl Body<'_> {
    fn fail(&mut self, rule: &'static str, span: Span, message: impl Into<String>) {
        self.found.push(Violation { rule, message: message.into(), span });
    }

    fn function(&mut self, id: FnId) {
        if std::mem::replace(&mut self.visited[id.index()], true) {
            return;
        }
        let m = self.m;
        let f = m.function(id);
        let mut cx = Context {
            id,
            labels: Vec::new(),
            all_labels: HashSet::new(),
            label_floor: 0,
            in_markup: false,
            chains: 0,
            uses: Uses::default(),
        };
        let own: Vec<LocalId> = f.params.iter().chain(&f.rest).copied().collect();
        for local in &own {
            self.declare(*local, &cx, f.span);
        }
        self.block(&f.body, &mut cx);
        for local in own {
            self.state[local.index()] = State::Out;
        }
        if cx.uses != f.uses {
            self.fail("uses", f.span, format!("fn{} says it uses {:?}, its body uses {:?}", id.0, f.uses, cx.uses));
        }
    }

    fn declare(&mut self, local: LocalId, cx: &Context, span: Span) {
        if self.m.local(local).owner != cx.id {
            self.fail("scope", span, format!("%{} is declared in fn{}, which does not own it", local.0, cx.id.0));
        }
        self.declarations[local.index()] += 1;
        self.state[local.index()] = State::Live;
    }

    fn access(&mut self, local: LocalId, access: Access, cx: &Context, span: Span) {
        let l = self.m.local(local);
        let name = format!("{}%{}", l.name, local.0);
        let own = l.owner == cx.id;
        match self.state[local.index()] {
            State::Out => self.fail("scope", span, format!("{name} is used outside the scope of its declaration")),
            State::Hoisted if own && !l.checked && access != Access::Write => {
                self.fail("scope", span, format!("{name} is read before its declaration but not checked"));
            }
            State::Hoisted if !own && !l.is_cell() => {
                self.fail("capture", span, format!("{name} is captured by value before its declaration"));
            }
            State::Hoisted | State::Live => {}
        }
        if !own && !l.captured {
            self.fail("capture", span, format!("{name} is used by a nested function but not marked captured"));
        }
        if access != Access::Read && !l.assigned {
            self.fail("capture", span, format!("{name} is assigned but not marked so"));
        }
    }

    /// The locals whose scope is this block; closed by [`Body::close`].
    fn open(&mut self, block: &[Stmt]) -> Vec<LocalId> {
        let mut opened = Vec::new();
        for stmt in block {
            if let StmtKind::Let(local, _) = &stmt.kind {
                if self.state[local.index()] == State::Out {
                    self.state[local.index()] = State::Hoisted;
                }
                opened.push(*local);
            }
        }
        opened
    }

    fn close(&mut self, opened: Vec<LocalId>) {
        for local in opened {
            self.state[local.index()] = State::Out;
        }
    }

    fn block(&mut self, block: &[Stmt], cx: &mut Context) {
        let opened = self.open(block);
        for stmt in block {
            self.stmt(stmt, cx);
        }
        self.close(opened);
    }

    fn labelled(&mut self, label: LabelId, jump: Jump, cx: &mut Context, span: Span, inside: impl FnOnce(&mut Self, &mut Context)) {
        if !cx.all_labels.insert(label) {
            self.fail("jump", span, format!("label '{} is opened twice in its function", label.0));
        }
        cx.labels.push((label, jump));
        inside(self, cx);
        cx.labels.pop();
    }

    /// A block with locals that live in it alone.
    fn scoped(&mut self, locals: &[LocalId], block: &[Stmt], cx: &mut Context, span: Span) {
        for local in locals {
            self.declare(*local, cx, span);
        }
        self.block(block, cx);
        for local in locals {
            self.state[local.index()] = State::Out;
        }
    }

    fn jump(&mut self, label: LabelId, is_continue: bool, cx: &Context, span: Span) {
        match cx.labels.iter().rposition(|(l, _)| *l == label) {
            None => self.fail("jump", span, format!("no label '{} is open here", label.0)),
            Some(at) if at < cx.label_floor => self.fail("jump", span, "a jump leaves markup"),
            Some(at) if is_continue && cx.labels[at].1 != Jump::Loop => self.fail("jump", span, format!("'{} is no loop", label.0)),
            Some(_) => {}
        }
    }

    fn stmt(&mut self, stmt: &Stmt, cx: &mut Context) {
        let span = stmt.span;
        let m = self.m;
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                if let Some(value) = value {
                    self.expr(value, cx);
                    self.typed(*local, value);
                }
                self.declare(*local, cx, span);
            }
            StmtKind::Block(block) => self.block(block, cx),
            StmtKind::If { test, lang: _, then, otherwise } => {
                self.expr(test, cx);
                self.block(then, cx);
                self.block(otherwise, cx);
            }
            StmtKind::Loop { label, lang: _, test, body, post_test, update, fresh } => {
                for local in fresh {
                    if self.state[local.index()] != State::Live || m.local(*local).owner != cx.id {
                        self.fail("scope", span, format!("fresh %{} is not declared before its loop", local.0));
                    }
                }
                if let Some(e) = test {
                    self.expr(e, cx);
                }
                self.labelled(*label, Jump::Loop, cx, span, |b, cx| b.block(body, cx));
                for e in [post_test, update].into_iter().flatten() {
                    self.expr(e, cx);
                }
            }
            StmtKind::ForOf { label, lang: _, item, iterable, body, is_await } => {
                if *is_await && !m.function(cx.id).is_async {
                    self.fail("suspend", span, "for await outside an async function");
                }
                self.expr(iterable, cx);
                self.labelled(*label, Jump::Loop, cx, span, |b, cx| b.scoped(&[*item], body, cx, span));
            }
            StmtKind::ForIn { label, item, object, body } => {
                self.expr(object, cx);
                self.labelled(*label, Jump::Loop, cx, span, |b, cx| b.scoped(&[*item], body, cx, span));
            }
            StmtKind::Labeled { label, body } => self.labelled(*label, Jump::Block, cx, span, |b, cx| b.block(body, cx)),
            StmtKind::Switch { label, discriminant, cases } => {
                self.expr(discriminant, cx);
                if cases.iter().filter(|c| c.test.is_none()).count() > 1 {
                    self.fail("jump", span, "a switch has two defaults");
                }
                // All cases are one scope: a declaration in one is seen by the next.
                let opened: Vec<LocalId> = cases.iter().flat_map(|c| self.open(&c.body)).collect();
                self.labelled(*label, Jump::Block, cx, span, |b, cx| {
                    for case in cases {
                        if let Some(test) = &case.test {
                            b.expr(test, cx);
                        }
                        for stmt in &case.body {
                            b.stmt(stmt, cx);
                        }
                    }
                });
                self.close(opened);
            }
            StmtKind::Break(label) => self.jump(*label, false, cx, span),
            StmtKind::Continue(label) => self.jump(*label, true, cx, span),
            StmtKind::Return(value) => {
                if cx.in_markup {
                    self.fail("jump", span, "a return leaves markup");
                }
                if let Some(value) = value {
                    if m.function(cx.id).kind == FnKind::Render {
                        self.fail("jump", span, "a template answers nothing");
                    }
                    self.expr(value, cx);
                }
            }
            StmtKind::Try { body, catch, finally } => {
                if catch.is_none() && finally.is_none() {
                    self.fail("jump", span, "a try with neither catch nor finally");
                }
                self.block(body, cx);
                if let Some(catch) = catch {
                    let bound: Vec<LocalId> = catch.binding.into_iter().collect();
                    self.scoped(&bound, &catch.body, cx, span);
                }
                if let Some(finally) = finally {
                    self.block(finally, cx);
                }
            }
            StmtKind::Each { list, item, index, body } => {
                self.template(cx, span);
                self.expr(list, cx);
                let bound: Vec<LocalId> = [Some(*item), *index].into_iter().flatten().collect();
                self.scoped(&bound, body, cx, span);
            }
            StmtKind::Write(_)
            | StmtKind::WriteHole(..)
            | StmtKind::WriteRaw(_)
            | StmtKind::WriteAttr { .. }
            | StmtKind::WriteAttrs(_)
            | StmtKind::Component { .. }
            | StmtKind::WriteSlot(_)
            | StmtKind::WriteCsrf => {
                self.template(cx, span);
                self.children(Node::Stmt(stmt), cx);
            }
            StmtKind::Expr(_) | StmtKind::Throw(_) => self.children(Node::Stmt(stmt), cx),
        }
    }

    /// Rule `types`: what is given to a local is of its type.
    fn typed(&mut self, local: LocalId, value: &Expr) {
        let ty = self.m.local(local).ty;
        if value.ty.join(ty) != ty {
            self.fail("types", value.span, format!("%{} is {ty} and is given {}", local.0, value.ty));
        }
    }

    fn template(&mut self, cx: &Context, span: Span) {
        if !cx.in_markup && self.m.function(cx.id).kind != FnKind::Render {
            self.fail("template", span, "a template statement outside a template");
        }
    }

    fn children(&mut self, node: Node<'_>, cx: &mut Context) {
        visit::children(node, &mut |child| match child {
            Node::Stmt(s) => self.stmt(s, cx),
            Node::Expr(e) => self.expr(e, cx),
        });
    }

    /// Every local and function the node itself names.
    fn mentioned(&mut self, e: &Expr, cx: &mut Context) {
        visit::mentions(Node::Expr(e), &mut |mention| match mention {
            Mention::Local(local, Access::Declare) => self.declare(local, cx, e.span),
            Mention::Local(local, access) => self.access(local, access, cx, e.span),
            Mention::Function(f) => self.function(f),
            Mention::Global(..) | Mention::Import(_) => {}
        });
    }

    fn expr(&mut self, e: &Expr, cx: &mut Context) {
        let m = self.m;
        let f = m.function(cx.id);
        let has_this = matches!(f.kind, FnKind::Function | FnKind::Method | FnKind::BaseConstructor | FnKind::DerivedConstructor);
        self.names(e);
        match &e.kind {
            ExprKind::Do(block, value) => {
                let opened = self.open(block);
                for stmt in block {
                    self.stmt(stmt, cx);
                }
                self.expr(value, cx);
                self.close(opened);
                return;
            }
            ExprKind::Markup(block) => {
                let outer = (cx.label_floor, cx.in_markup);
                (cx.label_floor, cx.in_markup) = (cx.labels.len(), true);
                self.block(block, cx);
                (cx.label_floor, cx.in_markup) = outer;
                return;
            }
            ExprKind::Class(class) => {
                self.class(e, class, cx);
                return;
            }
            ExprKind::OptionalChain(inner) => {
                cx.chains += 1;
                self.expr(inner, cx);
                cx.chains -= 1;
                return;
            }
            ExprKind::OptionalLink(_) if cx.chains == 0 => self.fail("chain", e.span, "an optional link outside a chain"),
            ExprKind::This | ExprKind::NewTarget | ExprKind::Arguments if !has_this => {
                self.fail("uses", e.span, format!("fn{} has no receiver, new.target or arguments of its own", cx.id.0));
            }
            ExprKind::Callee if matches!(f.kind, FnKind::ModuleInit | FnKind::Render) => {
                self.fail("uses", e.span, "an initialiser or template has no function object");
            }
            ExprKind::This => cx.uses.this = true,
            ExprKind::NewTarget => cx.uses.new_target = true,
            ExprKind::Callee => cx.uses.callee = true,
            ExprKind::Arguments => cx.uses.arguments = true,
            ExprKind::Await(_) if !f.is_async => self.fail("suspend", e.span, "await outside an async function"),
            ExprKind::Yield(_) | ExprKind::YieldStar(_) if !f.is_generator => self.fail("suspend", e.span, "yield outside a generator"),
            ExprKind::Assign(Place::Local(local), value) => self.typed(*local, value),
            ExprKind::Seq(items) if items.is_empty() => self.fail("literal", e.span, "an empty sequence has no value"),
            ExprKind::Runtime(name, args) => match runtime_op(name) {
                None => self.fail("runtime", e.span, format!("{name} is no operation of the runtime")),
                Some(op) if args.len() < op.min || op.max.is_some_and(|max| args.len() > max) => {
                    self.fail("runtime", e.span, format!("{name} does not take {} operands", args.len()));
                }
                Some(_) => {}
            },
            _ => {}
        }
        self.children(Node::Expr(e), cx);
        self.mentioned(e, cx);
    }

    /// The bindings of a class live as long as the class is evaluated, and in the functions made meanwhile.
    fn class(&mut self, e: &Expr, class: &Class, cx: &mut Context) {
        let m = self.m;
        let constructor = m.function(class.constructor).kind;
        let wanted = if class.parent.is_some() { FnKind::DerivedConstructor } else { FnKind::BaseConstructor };
        if constructor != wanted {
            self.fail("class", e.span, format!("the constructor of {} must be {wanted:?}", class.name));
        }
        let mut bound = Vec::new();
        visit::mentions(Node::Expr(e), &mut |mention| {
            if let Mention::Local(local, Access::Declare) = mention {
                bound.push(local);
            }
        });
        for local in &bound {
            self.declare(*local, cx, e.span);
        }
        self.children(Node::Expr(e), cx);
        let functions = class.members.iter().filter_map(|member| match &member.kind {
            MemberKind::Method(_, f) | MemberKind::Getter(_, f) | MemberKind::Setter(_, f) | MemberKind::StaticField(_, f) => Some(*f),
            MemberKind::StaticBlock(f) | MemberKind::FieldInit(_, f) => Some(*f),
            MemberKind::FieldKey(..) => None,
        });
        for f in functions {
            if m.function(f).kind != FnKind::Method {
                self.fail("class", m.function(f).span, format!("fn{} is a member and must be a method", f.0));
            }
        }
        visit::mentions(Node::Expr(e), &mut |mention| match mention {
            Mention::Local(_, Access::Declare) => {}
            Mention::Local(local, access) => self.access(local, access, cx, e.span),
            Mention::Function(f) => self.function(f),
            Mention::Global(..) | Mention::Import(_) => {}
        });
        for local in bound {
            self.state[local.index()] = State::Out;
        }
    }

    /// Rules `name` and `literal`: one spelling for one meaning.
    fn names(&mut self, e: &Expr) {
        let name = |body: &mut Self, name: &str| {
            if is_array_index(name) {
                body.fail("name", e.span, format!("{name:?} is an array index: it must be an index by a number"));
            }
        };
        let place = |body: &mut Self, place: &Place| {
            if let Place::Get(_, n) = place {
                name(body, n);
            }
        };
        let own = match &e.kind {
            ExprKind::Undefined => Ty::Undefined,
            ExprKind::Null => Ty::Null,
            ExprKind::Bool(_) => Ty::Bool,
            ExprKind::Num(n) if e.ty == Ty::Int && n.fract() == 0.0 && *n >= f64::from(i32::MIN) && *n <= f64::from(i32::MAX) => Ty::Int,
            ExprKind::Num(_) => Ty::Num,
            ExprKind::Str(_) => Ty::Str,
            _ => e.ty,
        };
        if e.ty != Ty::Any && e.ty != own {
            self.fail("types", e.span, format!("a literal {own} is typed {}", e.ty));
        }
        match &e.kind {
            ExprKind::Assign(p, _) | ExprKind::AssignOp(_, _, p, _) | ExprKind::AssignLogical(_, _, p, _) | ExprKind::Update { place: p, .. } | ExprKind::Delete(p) => {
                place(self, p);
            }
            ExprKind::Get(_, n) | ExprKind::GetSafe(_, n) | ExprKind::CallMethod { name: n, .. } => name(self, n),
            ExprKind::Object(_, properties) => {
                for property in properties {
                    if let Property::Value(Key::Name(n), _) | Property::Method(Key::Name(n), _) | Property::Getter(Key::Name(n), _) | Property::Setter(Key::Name(n), _) =
                        property
                    {
                        name(self, n);
                    }
                }
            }
            ExprKind::Str(Text::Wide(units)) | ExprKind::Regex { source: Text::Wide(units), .. } if String::from_utf16(units).is_ok() => {
                self.fail("literal", e.span, "a string without lone surrogates is UTF-8");
            }
            ExprKind::BigInt(digits) if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) => {
                self.fail("literal", e.span, "a big integer is decimal digits");
            }
            _ => {}
        }
    }
}

/// `"0"` … `"4294967294"` in canonical spelling.
pub fn is_array_index(name: &str) -> bool {
    name.len() <= 10
        && name.bytes().all(|b| b.is_ascii_digit())
        && (name == "0" || !name.starts_with('0'))
        && name.parse::<u64>().is_ok_and(|n| n < u64::from(u32::MAX))
}
