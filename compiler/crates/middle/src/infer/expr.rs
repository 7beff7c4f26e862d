//! One pass over a function's body: types every expression from the facts so far, and adds to the facts what it assigns.

use super::{State, builtins, counters, early, ops};
use puremix_ir::visit::{self, NodeMut};
use puremix_ir::*;

pub(super) struct Typer<'a> {
    state: &'a mut State,
    modules: &'a [Shared<Module>],
    /// The module and function the body belongs to.
    index: usize,
    function: FnId,
    /// The join of what its `return`s answer.
    pub returns: Ty,
    /// Locals a test has shown not to be undefined here; nothing assigns them.
    defined: Vec<LocalId>,
    /// Counters whose loop keeps them within `i32`.
    counters: Vec<LocalId>,
    /// Locals whose block ends with the loop being typed.
    scoped: Vec<LocalId>,
}

impl<'a> Typer<'a> {
    pub fn new(state: &'a mut State, modules: &'a [Shared<Module>], index: usize, function: FnId) -> Typer<'a> {
        Typer { state, modules, index, function, returns: Ty::Never, defined: Vec::new(), counters: Vec::new(), scoped: Vec::new() }
    }

    fn module(&self) -> &'a Module {
        &self.modules[self.index]
    }

    /// The whole body of the function.
    pub fn body(&mut self, body: &mut [Stmt]) {
        let is_init = self.module().init == self.function;
        for stmt in body {
            let blank = is_init && early::is_blank(stmt);
            match &mut stmt.kind {
                StmtKind::Expr(Expr { kind: ExprKind::Assign(_, value), ty, .. }) if blank => *ty = self.expr(value),
                _ => self.stmt(stmt),
            }
        }
    }

    fn block(&mut self, block: &mut [Stmt]) {
        let Some((last, before)) = block.split_last_mut() else { return };
        for stmt in before.iter_mut() {
            self.stmt(stmt);
        }
        let outer = self.scoped.len();
        if let StmtKind::Loop { .. } = last.kind {
            self.scoped.extend(before.iter().filter_map(|s| if let StmtKind::Let(id, _) = s.kind { Some(id) } else { None }));
        }
        self.stmt(last);
        self.scoped.truncate(outer);
    }

    fn add_local(&mut self, id: LocalId, ty: Ty) {
        self.state.changed |= self.state.facts[self.index].locals[id.index()].add(ty);
    }

    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Let(id, value) => {
                let id = *id;
                let ty = match value {
                    Some(value) => self.expr(value),
                    None if self.module().local(id).checked => Ty::Never,
                    None => Ty::Undefined,
                };
                self.add_local(id, ty);
            }
            StmtKind::If { test, lang: _, then, otherwise } => {
                self.expr(test);
                let narrowed = self.undefined_test(test);
                self.narrow(narrowed, true, |t| t.block(then));
                self.narrow(narrowed, false, |t| t.block(otherwise));
            }
            StmtKind::Loop { label: _, lang: _, test, body, post_test, update, fresh: _ } => {
                if let Some(test) = test {
                    self.expr(test);
                }
                let counter = self.counter(test.as_ref(), update.as_ref());
                self.block(body);
                if let Some(test) = post_test {
                    self.expr(test);
                }
                self.counters.extend(counter);
                if let Some(update) = update {
                    self.expr(update);
                }
                if counter.is_some() {
                    self.counters.pop();
                }
            }
            StmtKind::ForOf { label: _, lang, item, iterable, body, is_await: _ } => {
                let ty = match (self.expr(iterable), *lang) {
                    (Ty::Str, Lang::Js) => Ty::Str,
                    (Ty::Never, _) => Ty::Never,
                    _ => Ty::Any,
                };
                self.add_local(*item, ty);
                self.block(body);
            }
            StmtKind::ForIn { label: _, item, object, body } => {
                self.expr(object);
                self.add_local(*item, Ty::Str);
                self.block(body);
            }
            StmtKind::Each { list, item, index, body } => {
                self.expr(list);
                self.add_local(*item, Ty::Any);
                if let Some(index) = index {
                    self.add_local(*index, Ty::Int);
                }
                self.block(body);
            }
            StmtKind::Return(value) => {
                let mut ty = value.as_mut().map_or(Ty::Undefined, |value| self.expr(value));
                if self.module().function(self.function).is_async {
                    ty = ops::awaited(ty);
                }
                self.returns = self.returns.join(ty);
            }
            StmtKind::Try { body, catch, finally } => {
                self.block(body);
                if let Some(catch) = catch {
                    if let Some(binding) = catch.binding {
                        self.add_local(binding, Ty::Any);
                    }
                    self.block(&mut catch.body);
                }
                if let Some(finally) = finally {
                    self.block(finally);
                }
            }
            StmtKind::Block(inner) => self.block(inner),
            StmtKind::Expr(_)
            | StmtKind::Labeled { .. }
            | StmtKind::Switch { .. }
            | StmtKind::Break(_)
            | StmtKind::Continue(_)
            | StmtKind::Throw(_)
            | StmtKind::Write(_)
            | StmtKind::WriteHole(..)
            | StmtKind::WriteRaw(_)
            | StmtKind::WriteAttr { .. }
            | StmtKind::WriteAttrs(_)
            | StmtKind::Component { .. }
            | StmtKind::WriteSlot(_)
            | StmtKind::WriteCsrf => self.children(NodeMut::Stmt(stmt)),
        }
    }

    fn children(&mut self, node: NodeMut<'_>) {
        visit::children_mut(node, &mut |child| match child {
            NodeMut::Stmt(s) => self.stmt(s),
            NodeMut::Expr(e) => {
                self.expr(e);
            }
        });
    }

    /// The counter that the loop keeps an `i32`, if it has one.
    fn counter(&self, test: Option<&Expr>, update: Option<&Expr>) -> Option<LocalId> {
        let (id, step) = counters::stepped(update?)?;
        let sole = self.state.facts[self.index].writes[id.index()] == 1;
        let scoped = self.scoped.contains(&id) && matches!(update?.kind, ExprKind::Update { .. });
        (sole && counters::keeps_int(test?, id, step, scoped)).then_some(id)
    }

    /// `x === undefined`: the local, and whether the test holds when it is undefined.
    fn undefined_test(&self, test: &Expr) -> Option<(LocalId, bool)> {
        let ExprKind::Binary(op @ (BinaryOp::StrictEq | BinaryOp::StrictNe), Lang::Js, a, b) = &test.kind else { return None };
        let (ExprKind::Local(id), ExprKind::Undefined) = (&a.kind, &b.kind) else { return None };
        let writes = self.state.facts[self.index].writes[id.index()];
        (writes == 0).then_some((*id, *op == BinaryOp::StrictEq))
    }

    /// Types a branch knowing what its test has shown.
    fn narrow<T>(&mut self, shown: Option<(LocalId, bool)>, branch: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        let Some((id, _)) = shown.filter(|(_, undefined_when)| *undefined_when != branch) else { return inside(self) };
        self.state.facts[self.index].narrowed[id.index()] = true;
        self.defined.push(id);
        let result = inside(self);
        self.defined.pop();
        result
    }

    pub fn expr(&mut self, e: &mut Expr) -> Ty {
        e.ty = self.kind(e);
        e.ty
    }

    fn kind(&mut self, e: &mut Expr) -> Ty {
        match &mut e.kind {
            ExprKind::Undefined => Ty::Undefined,
            ExprKind::Null => Ty::Null,
            ExprKind::Bool(_) => Ty::Bool,
            ExprKind::Num(n) => ops::literal(*n),
            ExprKind::Str(_) | ExprKind::TypeofBuiltin(_) => Ty::Str,
            ExprKind::Regex { .. } | ExprKind::Callee | ExprKind::Arguments | ExprKind::Closure(_) | ExprKind::ImportDynamic(_) => Ty::Object,
            ExprKind::BigInt(_) | ExprKind::This | ExprKind::NewTarget => Ty::Any,
            ExprKind::Builtin(name) => builtins::constant(name),
            ExprKind::Local(id) => {
                let slot = self.state.facts[self.index].locals[id.index()];
                if self.defined.contains(id) { slot.ty } else { slot.read() }
            }
            ExprKind::Global(id) => self.state.facts[self.index].globals[id.index()].read(),
            ExprKind::Import(id) => match self.module().imports[id.index()].target {
                ImportTarget::Global(owner, global) => self.state.facts[owner.index()].globals[global.index()].read(),
                ImportTarget::Namespace(_) => Ty::Object,
                ImportTarget::Unresolved | ImportTarget::Native(..) | ImportTarget::Component(_) | ImportTarget::Missing => Ty::Any,
            },
            ExprKind::Unary(op, lang, operand) => {
                let (op, lang) = (*op, *lang);
                match operand.kind {
                    ExprKind::Num(n) if op == UnaryOp::Neg => {
                        self.expr(operand);
                        ops::literal(-n)
                    }
                    _ => ops::unary(op, lang, self.expr(operand)),
                }
            }
            ExprKind::Binary(op, lang, a, b) => {
                let (a, b) = (self.expr(a), self.expr(b));
                ops::binary(*op, *lang, a, b)
            }
            ExprKind::Logical(op, lang, a, b) => {
                let (a, b) = (self.expr(a), self.expr(b));
                ops::logical(*op, *lang, a, b)
            }
            ExprKind::Cond(test) => {
                self.expr(&mut test.test);
                let narrowed = self.undefined_test(&test.test);
                let then = self.narrow(narrowed, true, |t| t.expr(&mut test.then));
                let otherwise = self.narrow(narrowed, false, |t| t.expr(&mut test.otherwise));
                then.join(otherwise)
            }
            ExprKind::Concat(..) => {
                self.children(NodeMut::Expr(e));
                Ty::Str
            }
            ExprKind::Assign(place, value) => {
                self.place(place);
                let ty = self.expr(value);
                self.assign(place, ty);
                ty
            }
            ExprKind::AssignOp(op, lang, place, value) => {
                let old = self.place(place);
                let value_ty = self.expr(value);
                let counted = matches!(place, Place::Local(id) if self.counters.contains(id)) && old == Ty::Int;
                let ty = if counted { Ty::Int } else { ops::binary(*op, *lang, old, value_ty) };
                self.assign(place, ty);
                ty
            }
            ExprKind::AssignLogical(op, lang, place, value) => {
                let old = self.place(place);
                let value_ty = self.expr(value);
                self.assign(place, value_ty);
                ops::logical(*op, *lang, old, value_ty)
            }
            ExprKind::Update { place, delta: _, prefix } => {
                let old = self.place(place);
                let counted = matches!(place, Place::Local(id) if self.counters.contains(id)) && old == Ty::Int;
                let (new, converted) = if counted { (Ty::Int, Ty::Int) } else { ops::update(old) };
                self.assign(place, new);
                if *prefix { new } else { converted }
            }
            ExprKind::Delete(place) => {
                self.place(place);
                Ty::Bool
            }
            ExprKind::Get(object, name) | ExprKind::GetSafe(object, name) => {
                let ty = self.expr(object);
                match (ty, &**name, &object.kind) {
                    (Ty::Never, ..) => Ty::Never,
                    (Ty::Str, "length", _) => Ty::Int,
                    (Ty::Array, "length", _) => Ty::Num,
                    (_, name, ExprKind::Builtin(object)) => builtins::member(object, name),
                    _ => Ty::Any,
                }
            }
            ExprKind::OptionalChain(inner) => self.expr(inner).join(Ty::Undefined),
            ExprKind::OptionalLink(inner) => match self.expr(inner) {
                Ty::Undefined | Ty::Null => Ty::Any,
                ty => ty,
            },
            ExprKind::HasPrivate(object, _) => {
                self.expr(object);
                Ty::Bool
            }
            ExprKind::Call { callee, args } => self.call(callee, args),
            ExprKind::CallMethod { recv, name, args, safe } => {
                let receiver = self.expr(recv);
                self.args(args);
                let ty = match &recv.kind {
                    ExprKind::Builtin(object) => builtins::static_call(&self.state.intact, object, name),
                    _ => builtins::method(&self.state.intact, receiver, name, is_plain_pattern(args)),
                };
                // A method that types know of exists.
                if *safe && ty == Ty::Never { Ty::Never } else { ty }
            }
            ExprKind::New { callee, args } => {
                self.expr(callee);
                self.args(args);
                match &callee.kind {
                    ExprKind::Builtin(name) if &**name == "Array" && self.state.intact.holds(name) => Ty::Array,
                    _ => Ty::Object,
                }
            }
            ExprKind::CallSuper { .. } | ExprKind::Object(..) => {
                self.children(NodeMut::Expr(e));
                Ty::Object
            }
            ExprKind::Array(..) => {
                self.children(NodeMut::Expr(e));
                Ty::Array
            }
            ExprKind::Runtime(name, args) => {
                let first = args.iter_mut().map(|arg| self.expr(arg)).reduce(|first, _| first);
                match (*name, first) {
                    (_, Some(Ty::Never)) => Ty::Never,
                    ("iter_rest" | "template_object", _) => Ty::Array,
                    ("object_rest", _) => Ty::Object,
                    ("import_meta_dirname" | "import_meta_filename" | "import_meta_url", _) => Ty::Str,
                    ("destructure", Some(ty @ (Ty::Object | Ty::Array | Ty::Str))) => ty,
                    _ => Ty::Any,
                }
            }
            ExprKind::Class(class) => {
                let objects = [class.binding, class.home_static, class.home_proto];
                let inits = class.members.iter().filter_map(|m| match m.kind {
                    MemberKind::FieldInit(local, _) => Some(local),
                    _ => None,
                });
                let objects: Vec<LocalId> = objects.into_iter().flatten().chain(inits).collect();
                for id in objects {
                    self.add_local(id, Ty::Object);
                }
                let keys = class.members.iter().filter_map(|m| match m.kind {
                    MemberKind::FieldKey(local, _) => Some(local),
                    _ => None,
                });
                let unknown: Vec<LocalId> = class.privates.iter().map(|(id, _)| *id).chain(keys).collect();
                for id in unknown {
                    self.add_local(id, Ty::Any);
                }
                self.children(NodeMut::Expr(e));
                Ty::Object
            }
            ExprKind::Seq(items) => items.iter_mut().fold(Ty::Undefined, |_, item| self.expr(item)),
            ExprKind::Await(inner) => {
                let ty = self.expr(inner);
                // A call of a known async function is awaited on the spot: what its body returns.
                match &inner.kind {
                    ExprKind::Call { callee, .. } => match self.known(callee) {
                        Some((module, f)) if self.modules[module].function(f).is_async && !self.modules[module].function(f).is_generator => {
                            self.state.facts[module].returns[f.index()]
                        }
                        _ => ops::awaited(ty),
                    },
                    _ => ops::awaited(ty),
                }
            }
            ExprKind::Do(block, value) => {
                self.block(block);
                self.expr(value)
            }
            ExprKind::Markup(_) => {
                self.children(NodeMut::Expr(e));
                Ty::Object
            }
            ExprKind::Index(..)
            | ExprKind::IndexSafe(..)
            | ExprKind::GetSuper { .. }
            | ExprKind::GetPrivate(..)
            | ExprKind::CallIndex { .. }
            | ExprKind::CallWithThis { .. }
            | ExprKind::Yield(_)
            | ExprKind::YieldStar(_) => {
                self.children(NodeMut::Expr(e));
                Ty::Any
            }
        }
    }

    /// Types what the place evaluates; answers the type of the value in it.
    fn place(&mut self, place: &mut Place) -> Ty {
        match place {
            Place::Local(id) => self.state.facts[self.index].locals[id.index()].read(),
            Place::Global(id) => self.state.facts[self.index].globals[id.index()].read(),
            Place::Get(object, _) | Place::Private(object, _) => {
                self.expr(object);
                Ty::Any
            }
            Place::Index(_, object, key) => {
                self.expr(object);
                self.expr(key);
                Ty::Any
            }
            Place::Super { this, home, key } => {
                self.expr(this);
                self.expr(home);
                self.expr(key);
                Ty::Any
            }
            Place::Unknown(_) => Ty::Any,
        }
    }

    fn assign(&mut self, place: &Place, ty: Ty) {
        match place {
            Place::Local(id) => self.add_local(*id, ty),
            Place::Global(id) => self.state.changed |= self.state.facts[self.index].globals[id.index()].add(ty),
            Place::Get(..) | Place::Index(..) | Place::Super { .. } | Place::Private(..) | Place::Unknown(_) => {}
        }
    }

    fn args(&mut self, args: &mut [Arg]) -> Vec<Ty> {
        args.iter_mut()
            .map(|arg| match arg {
                Arg::Value(e) | Arg::Spread(e) => self.expr(e),
            })
            .collect()
    }

    /// The function a callee is certain to be, once it is initialised.
    fn known(&self, callee: &Expr) -> Option<(usize, FnId)> {
        match &callee.kind {
            ExprKind::Local(id) => self.state.facts[self.index].local_functions[id.index()].map(|f| (self.index, f)),
            ExprKind::Global(id) => self.module().global(*id).function.map(|f| (self.index, f)),
            ExprKind::Import(id) => match self.module().imports[id.index()].target {
                ImportTarget::Global(owner, global) => {
                    let function = self.modules[owner.index()].global(global).function;
                    function.map(|f| (owner.index(), f))
                }
                _ => None,
            },
            ExprKind::Callee => Some((self.index, self.function)),
            _ => None,
        }
    }

    fn call(&mut self, callee: &mut Expr, args: &mut [Arg]) -> Ty {
        self.expr(callee);
        let given = self.args(args);
        let Some((module, f)) = self.known(callee) else {
            return match &callee.kind {
                ExprKind::Builtin(name) => builtins::call(&self.state.intact, name),
                _ => Ty::Any,
            };
        };
        let function = self.modules[module].function(f);
        if self.state.facts[module].direct[f.index()] {
            for (i, param) in function.params.iter().enumerate() {
                let ty = given.get(i).copied().unwrap_or(Ty::Undefined);
                self.state.changed |= self.state.facts[module].locals[param.index()].add(ty);
            }
        }
        if function.is_async || function.is_generator { Ty::Object } else { self.state.facts[module].returns[f.index()] }
    }
}

/// The first argument is no object that could answer for the method.
fn is_plain_pattern(args: &[Arg]) -> bool {
    match args.first() {
        None => true,
        Some(Arg::Value(e)) => matches!(e.ty, Ty::Str | Ty::Undefined) || matches!(e.kind, ExprKind::Regex { .. }),
        Some(Arg::Spread(_)) => false,
    }
}
