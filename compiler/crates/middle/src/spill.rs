//! Suspensions stand alone: no operation has some of its operands evaluated while a later one awaits or yields.
//!
//! `f(a, await b)` becomes `(let t = a; let u = await b; f(t, u))`. So whatever lives across a suspension is a variable of the function,
//! and a back end that keeps the variables in scope where the collector sees them has kept everything. Code that does not suspend
//! is not touched. In: a linked program. Out: the same program, in which a suspending operand is the first of its operation.

use puremix_ir::visit::{Node, NodeMut, children, children_mut, walk, walk_expr};
use puremix_ir::*;
use std::collections::HashSet;

/// Spills what is pending at every `await` and `yield` in the modules of `part` into variables.
pub fn spill(program: &mut Program, part: &[ModuleId]) {
    let suspends = |f: &Function| (f.is_async || f.is_generator) && block_suspends(&f.body);
    of_functions(program, part, suspends, |pass, body| pass.block(body));
}

/// Changes the bodies of the functions of `part` that are wanted.
pub(crate) fn of_functions(program: &mut Program, part: &[ModuleId], is_wanted: impl Fn(&Function) -> bool, change: impl Fn(&mut Spill<'_>, &mut Block)) {
    let mut fixed: HashSet<(ModuleId, GlobalId)> = HashSet::new();
    for (index, module) in program.modules.iter().enumerate() {
        let never_change = module.globals.iter().enumerate().filter(|(_, g)| g.function.is_some() || !g.assigned && !g.checked);
        fixed.extend(never_change.map(|(global, _)| (ModuleId::from(index), GlobalId::from(global))));
    }
    for id in part {
        let module = &mut program.modules[id.index()];
        for f in 0..module.functions.len() {
            if !is_wanted(&module.functions[f]) {
                continue;
            }
            let module = &mut **module;
            let mut body = std::mem::take(&mut module.functions[f].body);
            let mut pass = Spill { fixed: &fixed, module: *id, imports: &module.imports, locals: &mut module.locals, owner: f.into() };
            change(&mut pass, &mut body);
            module.functions[f].body = body;
        }
    }
}

/// What a method call takes of its receiver.
enum Member {
    Name(Name),
    Key(Box<Expr>),
}

pub(crate) struct Spill<'a> {
    /// Module variables whose value never changes once they can be read.
    fixed: &'a HashSet<(ModuleId, GlobalId)>,
    module: ModuleId,
    imports: &'a [Import],
    locals: &'a mut Vec<Local>,
    owner: FnId,
}

fn is_suspension(node: Node<'_>) -> bool {
    match node {
        Node::Expr(e) => matches!(e.kind, ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::YieldStar(_)),
        Node::Stmt(s) => matches!(s.kind, StmtKind::ForOf { is_await: true, .. }),
    }
}

fn block_suspends(block: &[Stmt]) -> bool {
    let mut found = false;
    walk(block, &mut |node| found |= is_suspension(node));
    found
}

fn suspends(e: &Expr) -> bool {
    let mut found = false;
    walk_expr(e, &mut |node| found |= is_suspension(node));
    found
}

fn placeholder(span: Span) -> Expr {
    Expr::new(ExprKind::Undefined, span)
}

impl Spill<'_> {
    fn block(&mut self, block: &mut [Stmt]) {
        for stmt in block {
            children_mut(NodeMut::Stmt(stmt), &mut |child| match child {
                NodeMut::Expr(e) => self.expr(e),
                NodeMut::Stmt(s) => self.block(std::slice::from_mut(s)),
            });
            if matches!(stmt.kind, StmtKind::ForOf { is_await: true, .. }) {
                self.close_when_thrown(stmt);
            }
        }
    }

    /// An exception that leaves the body of a `for await` waits until the iterator has closed, and stays the one to report:
    ///
    /// ```js
    /// let threw = false, error;
    /// try {
    ///   for await (const x of it) { try { body } catch (e) { threw = true; error = e; break; } }
    /// } catch (e) { if (!threw) throw e; }
    /// if (threw) throw error;
    /// ```
    fn close_when_thrown(&mut self, stmt: &mut Stmt) {
        let span = stmt.span;
        let (threw, error) = (self.temp(true, span), self.temp(true, span));
        let (caught, failed) = (self.temp(false, span), self.temp(false, span));
        let read = |local| Expr::new(ExprKind::Local(local), span);
        let set = |local, value| Stmt::new(StmtKind::Expr(Expr::new(ExprKind::Assign(Place::Local(local), Box::new(value)), span)), span);
        let fresh = |local, kind| Stmt::new(StmtKind::Let(local, Some(Expr::new(kind, span))), span);
        let unless = |test: Expr, then: Block, otherwise: Block| Stmt::new(StmtKind::If { test, lang: Lang::Js, then, otherwise }, span);
        let attempt = |body: Block, binding, handler: Block| {
            Stmt::new(StmtKind::Try { body, catch: Some(Catch { binding: Some(binding), body: handler }), finally: None }, span)
        };
        let mut loop_ = std::mem::replace(stmt, Stmt::new(StmtKind::Block(Vec::new()), span));
        let StmtKind::ForOf { label, body, .. } = &mut loop_.kind else { return };
        let handler = vec![
            set(threw, Expr::new(ExprKind::Bool(true), span)),
            set(error, read(caught)),
            Stmt::new(StmtKind::Break(*label), span),
        ];
        *body = vec![attempt(std::mem::take(body), caught, handler)];
        let rethrow = |local| vec![Stmt::new(StmtKind::Throw(read(local)), span)];
        stmt.kind = StmtKind::Block(vec![
            fresh(threw, ExprKind::Bool(false)),
            fresh(error, ExprKind::Undefined),
            attempt(vec![loop_], failed, vec![unless(read(threw), Vec::new(), rethrow(failed))]),
            unless(read(threw), rethrow(error), Vec::new()),
        ]);
    }

    fn temp(&mut self, assigned: bool, span: Span) -> LocalId {
        let local = LocalId::from(self.locals.len());
        self.locals.push(Local { name: "".into(), owner: self.owner, is_const: false, checked: false, captured: false, assigned, ty: Ty::Any, span });
        local
    }

    fn expr(&mut self, e: &mut Expr) {
        if !suspends(e) {
            return;
        }
        let mut kind = std::mem::replace(&mut e.kind, ExprKind::Undefined);
        let mut lets = Vec::new();
        match &mut kind {
            // What evaluates its parts one after the other, and holds nothing meanwhile.
            ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldStar(_)
            | ExprKind::Cond(_)
            | ExprKind::Seq(_)
            | ExprKind::Do(..)
            | ExprKind::Markup(_)
            | ExprKind::OptionalChain(_)
            // What a class holds between its computed keys is its own half-made objects.
            | ExprKind::Class(_) => {
                e.kind = kind;
                return children_mut(NodeMut::Expr(e), &mut |child| match child {
                    NodeMut::Expr(e) => self.expr(e),
                    NodeMut::Stmt(s) => self.block(std::slice::from_mut(s)),
                });
            }
            ExprKind::Logical(_, _, _, b) if suspends(b) => kind = self.logical(kind, e.span, &mut lets),
            ExprKind::AssignOp(_, _, _, value) if suspends(value) => kind = self.assign_op(kind, e.span, &mut lets),
            ExprKind::AssignLogical(_, _, _, value) if suspends(value) => kind = self.assign_logical(kind, e.span, &mut lets),
            _ => {
                e.kind = self.found_early(kind, e.span, &mut lets);
                self.operands(e, &mut lets);
                kind = std::mem::replace(&mut e.kind, ExprKind::Undefined);
            }
        }
        e.kind = kind;
        if !lets.is_empty() {
            let value = Expr { kind: std::mem::replace(&mut e.kind, ExprKind::Undefined), span: e.span, ty: e.ty };
            e.kind = ExprKind::Do(lets, value.boxed());
        }
    }

    /// `o.m(await x)` finds the method before it waits: `(let t = o; let m = t.m; m.call(t, await x))`.
    fn found_early(&mut self, kind: ExprKind, span: Span, lets: &mut Block) -> ExprKind {
        let waits = |args: &[Arg]| args.iter().any(|(Arg::Value(x) | Arg::Spread(x))| suspends(x));
        let (mut this, args, member) = match kind {
            ExprKind::CallMethod { recv, name, args, safe: false } if waits(&args) => (recv, args, Member::Name(name)),
            ExprKind::CallIndex { recv, key, args } if waits(&args) => (recv, args, Member::Key(key)),
            other => return other,
        };
        self.hoist_as(".receiver", &mut this, lets);
        let found = match member {
            Member::Name(name) => ExprKind::Get(this.clone(), name),
            Member::Key(mut key) => {
                self.hoist_as(".key", &mut key, lets);
                ExprKind::Index(Lang::Js, this.clone(), key)
            }
        };
        let mut callee = Expr::new(found, span).boxed();
        self.hoist_as(".method", &mut callee, lets);
        ExprKind::CallWithThis { callee, this, args }
    }

    /// Moves the operands up to the last suspending one into variables, unless that is the first operand of all.
    fn operands(&mut self, e: &mut Expr, lets: &mut Block) {
        let mut count = 0;
        let mut last = 0;
        children(Node::Expr(e), &mut |child| {
            if let Node::Expr(child) = child
                && suspends(child)
            {
                last = count;
            }
            count += 1;
        });
        if last > 0 {
            complete(e, last);
        }
        let mut index = 0;
        children_mut(NodeMut::Expr(e), &mut |child| {
            if let NodeMut::Expr(child) = child {
                match last {
                    0 => self.expr(child),
                    _ if index <= last => self.hoist(child, lets),
                    _ => {}
                }
            }
            index += 1;
        });
    }

    /// Puts the expression's value into a variable, and reads that in its place.
    pub(crate) fn hoist(&mut self, e: &mut Expr, lets: &mut Block) {
        self.hoist_as("", e, lets);
    }

    /// As `hoist`; messages show the expression in place of a variable whose name begins with a dot.
    fn hoist_as(&mut self, name: &str, e: &mut Expr, lets: &mut Block) {
        if self.is_fixed(e) {
            return;
        }
        self.expr(e);
        if let ExprKind::Do(block, value) = &mut e.kind {
            lets.append(block);
            let value = std::mem::replace(&mut **value, placeholder(e.span));
            *e = value;
            if self.is_fixed(e) {
                return;
            }
        }
        let span = e.span;
        let local = self.temp(false, span);
        self.locals[local.index()].name = name.into();
        let value = std::mem::replace(e, Expr::new(ExprKind::Local(local), span));
        lets.push(Stmt::new(StmtKind::Let(local, Some(value)), span));
    }

    /// Whether reading it later makes no difference: constants, functions, variables that are never assigned.
    pub(crate) fn is_fixed(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Undefined
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Num(_)
            | ExprKind::Str(_)
            | ExprKind::BigInt(_)
            | ExprKind::This
            | ExprKind::NewTarget
            | ExprKind::Callee
            | ExprKind::Arguments
            | ExprKind::Builtin(_)
            | ExprKind::Closure(_) => true,
            ExprKind::Local(local) => {
                let local = &self.locals[local.index()];
                !local.assigned && !local.checked
            }
            ExprKind::Global(global) => self.fixed.contains(&(self.module, *global)),
            ExprKind::Import(import) => match &self.imports[import.index()].target {
                ImportTarget::Global(owner, global) => self.fixed.contains(&(*owner, *global)),
                ImportTarget::Namespace(_) | ImportTarget::Native(..) | ImportTarget::Component(_) => true,
                ImportTarget::Unresolved | ImportTarget::Missing => false,
            },
            _ => false,
        }
    }

    /// `a && await b` holds `a` while it waits: `(let t = a; t ? await b : t)`.
    fn logical(&mut self, kind: ExprKind, span: Span, lets: &mut Block) -> ExprKind {
        let ExprKind::Logical(op, lang, mut a, mut b) = kind else { return kind };
        self.hoist(&mut a, lets);
        self.expr(&mut b);
        self.short_circuit(op, lang, *a, *b, span)
    }

    /// `kept` must be free of effects: it is read twice.
    fn short_circuit(&mut self, op: LogicalOp, lang: Lang, kept: Expr, other: Expr, span: Span) -> ExprKind {
        let (test, then, otherwise) = match op {
            LogicalOp::And => (kept.clone(), other, kept),
            LogicalOp::Or => (kept.clone(), kept, other),
            LogicalOp::Nullish => {
                let null = Expr::new(ExprKind::Null, span).boxed();
                (Expr::new(ExprKind::Binary(BinaryOp::Eq, Lang::Js, kept.clone().boxed(), null), span), other, kept)
            }
        };
        ExprKind::Cond(Box::new(Test { test, then, otherwise, lang }))
    }

    /// `x += await y` reads `x` first: `(let t = x; let u = await y; x = t + u)`.
    fn assign_op(&mut self, kind: ExprKind, span: Span, lets: &mut Block) -> ExprKind {
        let ExprKind::AssignOp(op, lang, mut place, mut value) = kind else { return kind };
        self.place(&mut place, lets);
        let mut old = read(&place, span);
        self.hoist(&mut old, lets);
        self.hoist(&mut value, lets);
        let result = Expr::new(ExprKind::Binary(op, lang, old.boxed(), value), span);
        ExprKind::Assign(place, result.boxed())
    }

    /// `x ||= await y`: `(let t = x; t ? t : x = await y)`.
    fn assign_logical(&mut self, kind: ExprKind, span: Span, lets: &mut Block) -> ExprKind {
        let ExprKind::AssignLogical(op, lang, mut place, value) = kind else { return kind };
        self.place(&mut place, lets);
        let mut old = read(&place, span);
        self.hoist(&mut old, lets);
        let mut assign = Expr::new(ExprKind::Assign(place, value), span);
        self.expr(&mut assign);
        self.short_circuit(op, lang, old, assign, span)
    }

    /// Evaluates the operands of a place into variables.
    fn place(&mut self, place: &mut Place, lets: &mut Block) {
        match place {
            Place::Local(_) | Place::Global(_) | Place::Unknown(_) => {}
            Place::Get(object, _) | Place::Private(object, _) => self.hoist(object, lets),
            Place::Index(_, object, key) => {
                self.hoist(object, lets);
                self.hoist(key, lets);
            }
            Place::Super { this, home, key } => {
                self.hoist(this, lets);
                self.hoist(home, lets);
                self.hoist(key, lets);
            }
        }
    }
}

/// The value of a place whose operands are free of effects.
fn read(place: &Place, span: Span) -> Expr {
    let kind = match place.clone() {
        Place::Local(local) => ExprKind::Local(local),
        Place::Global(global) => ExprKind::Global(global),
        Place::Get(object, name) => ExprKind::Get(object, name),
        Place::Index(lang, object, key) => ExprKind::Index(lang, object, key),
        Place::Super { this, home, key } => ExprKind::GetSuper { this, home, key },
        Place::Private(object, symbol) => ExprKind::GetPrivate(object, symbol),
        Place::Unknown(name) => ExprKind::Builtin(name),
    };
    Expr::new(kind, span)
}

/// Of the operands up to `last`, makes those that the operation itself would have converted on the way convert now: template parts
/// become text, computed keys keys, what is spread a copy.
fn complete(e: &mut Expr, last: usize) {
    let mut index = 0;
    // Whether the next operand is one of those.
    let mut is_early = || {
        index += 1;
        index <= last
    };
    match &mut e.kind {
        ExprKind::Concat(lang, parts) => {
            for part in parts {
                if is_early() && !matches!(part.kind, ExprKind::Str(_)) {
                    wrap(part, |x| ExprKind::Unary(UnaryOp::ToStr, *lang, x.boxed()));
                }
            }
        }
        ExprKind::Array(lang, elements) => {
            for element in elements {
                match element {
                    Element::Value(_) => drop(is_early()),
                    Element::Spread(x) if is_early() => wrap(x, |x| ExprKind::Array(*lang, vec![Element::Spread(x)])),
                    Element::Spread(_) | Element::Hole => {}
                }
            }
        }
        ExprKind::Object(lang, properties) => {
            for property in properties {
                let key = match property {
                    Property::Value(key, _) | Property::Method(key, _) | Property::Getter(key, _) | Property::Setter(key, _) => Some(key),
                    Property::Proto(_) | Property::Spread(_) => None,
                };
                if let Some(Key::Computed(key)) = key
                    && is_early()
                {
                    wrap(key, |x| ExprKind::Runtime("to_key", vec![x]));
                }
                match property {
                    Property::Value(..) | Property::Proto(_) => drop(is_early()),
                    Property::Spread(x) if is_early() => wrap(x, |x| ExprKind::Object(*lang, vec![Property::Spread(x)])),
                    Property::Spread(_) | Property::Method(..) | Property::Getter(..) | Property::Setter(..) => {}
                }
            }
        }
        ExprKind::Call { args, .. } | ExprKind::New { args, .. } | ExprKind::CallMethod { args, .. } => complete_args(args, 1, last),
        ExprKind::CallIndex { args, .. } | ExprKind::CallWithThis { args, .. } | ExprKind::CallSuper { args, .. } => complete_args(args, 2, last),
        _ => {}
    }
}

fn complete_args(args: &mut [Arg], first: usize, last: usize) {
    for (index, arg) in args.iter_mut().enumerate() {
        if let Arg::Spread(x) = arg
            && first + index < last
        {
            wrap(x, |x| ExprKind::Array(Lang::Js, vec![Element::Spread(x)]));
        }
    }
}

fn wrap(e: &mut Expr, outer: impl FnOnce(Expr) -> ExprKind) {
    let span = e.span;
    let inner = std::mem::replace(e, placeholder(span));
    *e = Expr::new(outer(inner), span);
}
