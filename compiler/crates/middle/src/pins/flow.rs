//! Which module variables' objects each value may hold, and what is done to them.
//!
//! One set of variables per local, parameter, `this`, result and module variable, grown until nothing changes. What is written into a
//! field of any object may be read from that field of any object. A method call goes to every function of the app that is a member of that
//! name, and to the built-in ones.

mod calls;
mod places;

use super::set::{Numbers, Set};
use super::{Variable, describe_place, names};
use puremix_ir::visit::{Node, children};
use puremix_ir::*;
use std::collections::{BTreeMap, HashMap};

/// Where an object keeps what is written into it.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Field {
    Named(Name),
    /// Elements of arrays, maps and sets.
    Element,
    /// Written by a key that is not known: may be any field.
    Dynamic,
    /// What exceptions hold.
    Thrown,
}

/// A function of the program.
type Fun = (ModuleId, FnId);

pub(super) struct Flow<'p> {
    program: &'p Program,
    numbers: Numbers,
    locals: HashMap<(ModuleId, LocalId), Set>,
    globals: HashMap<Variable, Set>,
    this: HashMap<Fun, Set>,
    results: HashMap<Fun, Set>,
    /// What has been written into some object.
    heap: HashMap<Field, Set>,
    /// All of them joined.
    anywhere: Set,
    /// What functions answer to callers that cannot be seen.
    unseen: Set,
    /// The app's functions by the member name under which they can be called.
    members: HashMap<Name, Vec<Fun>>,
    /// Functions each local or module variable may hold; a class stands for its constructor.
    local_functions: HashMap<(ModuleId, LocalId), Vec<Fun>>,
    global_functions: HashMap<Variable, Vec<Fun>>,
    /// Variables that hold a regex with `g` or `y`, whose `lastIndex` moves.
    stateful_regexes: Set,
    grown: bool,
    at: Fun,
    pub changed: BTreeMap<Variable, String>,
}

impl<'p> Flow<'p> {
    pub fn of(program: &'p Program) -> Flow<'p> {
        let mut flow = Flow {
            program,
            numbers: Numbers::of(program),
            locals: HashMap::new(),
            globals: HashMap::new(),
            this: HashMap::new(),
            results: HashMap::new(),
            heap: HashMap::new(),
            anywhere: Set::new(),
            unseen: Set::new(),
            members: HashMap::new(),
            local_functions: HashMap::new(),
            global_functions: HashMap::new(),
            stateful_regexes: Set::new(),
            grown: true,
            at: (ModuleId(0), FnId(0)),
            changed: BTreeMap::new(),
        };
        flow.collect_functions();
        while std::mem::take(&mut flow.grown) {
            for (m, module) in program.modules.iter().enumerate().filter(|(_, module)| !names::is_handle(&module.path)) {
                for (f, function) in module.functions.iter().enumerate() {
                    flow.at = (ModuleId::from(m), FnId::from(f));
                    flow.block(&function.body);
                }
            }
        }
        flow
    }

    fn module(&self) -> &'p Module {
        self.program.module(self.at.0)
    }

    /// Whether the import is of a module whose objects are handles ([`names::is_handle`]).
    fn is_handle(&self, import: ImportId) -> bool {
        match self.module().imports[import.index()].target {
            ImportTarget::Global(m, _) | ImportTarget::Namespace(m) => names::is_handle(&self.program.module(m).path),
            _ => false,
        }
    }

    fn in_init(&self) -> bool {
        self.module().init == self.at.1
    }

    /// Which functions names and members may stand for.
    fn collect_functions(&mut self) {
        for (m, module) in self.program.modules.iter().enumerate().filter(|(_, module)| !names::is_handle(&module.path)) {
            let id = ModuleId::from(m);
            for (g, global) in module.globals.iter().enumerate() {
                let functions = self.global_functions.entry((id, GlobalId::from(g))).or_default();
                functions.extend(global.function.map(|f| (id, f)));
            }
            for function in &module.functions {
                let mut work: Vec<Node<'_>> = function.body.iter().map(Node::Stmt).collect();
                while let Some(node) = work.pop() {
                    self.collect(id, node);
                    children(node, &mut |child| work.push(child));
                }
            }
        }
    }

    fn collect(&mut self, module: ModuleId, node: Node<'_>) {
        let made = |value: &Expr| match &value.kind {
            ExprKind::Closure(f) => Some((module, *f)),
            ExprKind::Class(class) => Some((module, class.constructor)),
            _ => None,
        };
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(value)), .. }) => {
                self.local_functions.entry((module, *local)).or_default().extend(made(value));
            }
            Node::Stmt(_) => {}
            Node::Expr(e) => match &e.kind {
                ExprKind::Assign(Place::Local(local), value) => {
                    self.local_functions.entry((module, *local)).or_default().extend(made(value));
                }
                ExprKind::Assign(Place::Global(global), value) => {
                    self.global_functions.entry((module, *global)).or_default().extend(made(value));
                }
                ExprKind::Assign(Place::Get(_, name), value) => {
                    if let Some(f) = made(value) {
                        self.members.entry(name.clone()).or_default().push(f);
                    }
                }
                ExprKind::Object(_, properties) => {
                    for property in properties {
                        match property {
                            Property::Value(Key::Name(name), value) => {
                                if let Some(f) = made(value) {
                                    self.members.entry(name.clone()).or_default().push(f);
                                }
                            }
                            Property::Method(Key::Name(name), f) | Property::Getter(Key::Name(name), f) | Property::Setter(Key::Name(name), f) => {
                                self.members.entry(name.clone()).or_default().push((module, *f));
                            }
                            _ => {}
                        }
                    }
                }
                ExprKind::Class(class) => {
                    for member in &class.members {
                        if let MemberKind::Method(Key::Name(name), f) | MemberKind::Getter(Key::Name(name), f) | MemberKind::Setter(Key::Name(name), f) =
                            &member.kind
                        {
                            self.members.entry(name.clone()).or_default().push((module, *f));
                        }
                        if let MemberKind::Method(Key::Private(local), f) = &member.kind {
                            self.local_functions.entry((module, *local)).or_default().push((module, *f));
                        }
                    }
                }
                _ => {}
            },
        }
    }

    fn grow(into: &mut Set, from: &Set, grown: &mut bool) {
        *grown |= into.add(from);
    }

    fn flow_to_local(&mut self, local: LocalId, from: &Set) {
        let at = (self.at.0, local);
        Self::grow(self.locals.entry(at).or_default(), from, &mut self.grown);
    }

    fn flow_to_param(&mut self, f: Fun, index: usize, from: &Set) {
        let function = self.program.module(f.0).function(f.1);
        if let Some(local) = function.params.get(index).copied().or(function.rest) {
            Self::grow(self.locals.entry((f.0, local)).or_default(), from, &mut self.grown);
        }
    }

    fn flow_to_this(&mut self, f: Fun, from: &Set) {
        Self::grow(self.this.entry(f).or_default(), from, &mut self.grown);
    }

    fn flow_to_heap(&mut self, field: Field, from: &Set) {
        if !from.is_empty() {
            Self::grow(self.heap.entry(field).or_default(), from, &mut self.grown);
            self.anywhere.add(from);
        }
    }

    fn kept(&self, field: &Field) -> Set {
        let mut set = self.heap.get(field).cloned().unwrap_or_default();
        if let Some(dynamic) = self.heap.get(&Field::Dynamic) {
            set.add(dynamic);
        }
        set
    }

    fn result(&self, f: Fun) -> Set {
        self.results.get(&f).cloned().unwrap_or_default()
    }

    /// Something is done to the objects that later requests can see.
    fn pin(&mut self, variables: &Set, what: impl Fn(&str) -> String) {
        if self.in_init() || variables.is_empty() {
            return;
        }
        let place = describe_place(self.module(), self.at.1);
        for variable in variables.iter().map(|number| self.numbers.variable(number)) {
            let name = &self.program.module(variable.0).global(variable.1).name;
            self.changed.entry(variable).or_insert_with(|| format!("{} in {place}", what(name)));
        }
    }

    fn block(&mut self, block: &[Stmt]) {
        for stmt in block {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(local, Some(value)) => {
                let set = self.expr(value);
                self.flow_to_local(*local, &set);
            }
            StmtKind::ForOf { item, iterable: list, body, .. } => {
                let set = self.elements_of(list);
                self.flow_to_local(*item, &set);
                self.block(body);
            }
            StmtKind::Each { list, item, body, .. } => {
                let set = self.elements_of(list);
                self.flow_to_local(*item, &set);
                self.block(body);
            }
            StmtKind::Try { body, catch, finally } => {
                self.block(body);
                if let Some(catch) = catch {
                    if let Some(binding) = catch.binding {
                        let thrown = self.kept(&Field::Thrown);
                        self.flow_to_local(binding, &thrown);
                    }
                    self.block(&catch.body);
                }
                if let Some(finally) = finally {
                    self.block(finally);
                }
            }
            StmtKind::Throw(value) => {
                let set = self.expr(value);
                self.flow_to_heap(Field::Thrown, &set);
            }
            StmtKind::Return(Some(value)) => {
                let set = self.expr(value);
                self.returned(&set);
            }
            _ => {
                self.parts(Node::Stmt(stmt));
            }
        }
    }

    fn returned(&mut self, set: &Set) {
        let at = self.at;
        Self::grow(self.results.entry(at).or_default(), set, &mut self.grown);
        if !self.is_server_function() {
            Self::grow(&mut self.unseen, set, &mut self.grown);
        }
    }

    /// What a loader, action or template answers is serialised; nobody changes it.
    fn is_server_function(&self) -> bool {
        let module = self.module();
        let page = module.page.iter().any(|p| p.loaders.iter().chain(&p.actions).any(|f| f.function == self.at.1));
        page || module.function(self.at.1).kind == FnKind::Render
    }

    /// All children, whose sets are joined.
    fn parts(&mut self, node: Node<'_>) -> Set {
        let mut all = Set::new();
        children(node, &mut |child| match child {
            Node::Stmt(s) => self.stmt(s),
            Node::Expr(e) => {
                all.add(&self.expr(e));
            }
        });
        all
    }

    /// What can be read out of a field of the value.
    fn field_of(&mut self, object: &Expr, field: Field) -> Set {
        let mut set = self.expr(object);
        set.add(&self.kept(&field));
        set
    }

    fn elements_of(&mut self, object: &Expr) -> Set {
        self.field_of(object, Field::Element)
    }

    fn expr(&mut self, e: &Expr) -> Set {
        match &e.kind {
            ExprKind::Local(id) => self.locals.get(&(self.at.0, *id)).cloned().unwrap_or_default(),
            ExprKind::Global(id) => self.globals.get(&(self.at.0, *id)).cloned().unwrap_or_default(),
            ExprKind::Import(id) => match self.module().imports[id.index()].target {
                ImportTarget::Global(m, g) => self.globals.get(&(m, g)).cloned().unwrap_or_default(),
                ImportTarget::Namespace(m) => {
                    Set::union(self.globals.iter().filter(|((owner, _), _)| *owner == m).map(|(_, set)| set))
                }
                _ => Set::new(),
            },
            ExprKind::This => self.this.get(&self.at).cloned().unwrap_or_default(),
            ExprKind::Get(object, name) | ExprKind::GetSafe(object, name) => {
                if matches!(object.kind, ExprKind::Builtin(_)) {
                    return Set::new();
                }
                self.field_of(object, Field::Named(name.clone()))
            }
            ExprKind::GetPrivate(object, local) => {
                let name = self.module().local(*local).name.clone();
                self.field_of(object, Field::Named(name))
            }
            ExprKind::Index(_, object, key) | ExprKind::IndexSafe(object, key) => {
                self.expr(key);
                let set = self.expr(object);
                match key.kind {
                    ExprKind::Num(_) => set.with(&self.kept(&Field::Element)),
                    _ => set.with(&self.anywhere),
                }
            }
            ExprKind::Unary(..) | ExprKind::Concat(..) | ExprKind::Binary(..) | ExprKind::HasPrivate(..) | ExprKind::Markup(_) => {
                self.parts(Node::Expr(e));
                Set::new()
            }
            ExprKind::Cond(test) => {
                self.expr(&test.test);
                let mut set = self.expr(&test.then);
                set.add(&self.expr(&test.otherwise));
                set
            }
            ExprKind::Seq(items) => items.iter().fold(Set::new(), |_, item| self.expr(item)),
            ExprKind::Do(block, value) => {
                self.block(block);
                self.expr(value)
            }
            ExprKind::Assign(place, value) | ExprKind::AssignLogical(_, _, place, value) => {
                let set = self.expr(value);
                self.assign(place, &set, value)
            }
            ExprKind::AssignOp(_, _, place, value) => {
                self.expr(value);
                self.written(place);
                Set::new()
            }
            ExprKind::Update { place, .. } | ExprKind::Delete(place) => {
                self.written(place);
                Set::new()
            }
            ExprKind::Object(..) => {
                let set = self.parts(Node::Expr(e));
                if let ExprKind::Object(_, properties) = &e.kind {
                    for property in properties {
                        if let Property::Method(_, f) | Property::Getter(_, f) | Property::Setter(_, f) = property {
                            self.flow_to_this((self.at.0, *f), &set);
                        }
                    }
                }
                set
            }
            ExprKind::Class(class) => {
                let set = self.parts(Node::Expr(e));
                if let Some(binding) = class.binding {
                    self.flow_to_local(binding, &set);
                }
                set
            }
            ExprKind::Call { callee, args } => self.call(callee, None, args),
            ExprKind::CallWithThis { callee, this, args } => {
                let this = self.expr(this);
                self.call(callee, Some(this), args)
            }
            ExprKind::CallMethod { recv, name, args, .. } => self.call_method(recv, Some(name), args),
            ExprKind::CallIndex { recv, key, args } => {
                self.expr(key);
                self.call_method(recv, None, args)
            }
            ExprKind::New { callee, args } => self.construct(callee, args),
            ExprKind::CallSuper { callee, new_target, args } => {
                self.expr(callee);
                self.expr(new_target);
                Set::union(&self.args(args))
            }
            ExprKind::Runtime(name, _) => {
                let mut set = self.parts(Node::Expr(e));
                if name.starts_with("define_") {
                    let kept = set.clone();
                    self.flow_to_heap(Field::Dynamic, &kept);
                }
                if name.starts_with("iter_") {
                    set.add(&self.kept(&Field::Element));
                } else if *name != "destructure" {
                    set.add(&self.anywhere);
                }
                set
            }
            ExprKind::GetSuper { .. } => {
                let mut set = self.parts(Node::Expr(e));
                set.add(&self.anywhere);
                set
            }
            ExprKind::Logical(..)
            | ExprKind::OptionalChain(_)
            | ExprKind::OptionalLink(_)
            | ExprKind::Array(..)
            | ExprKind::Await(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldStar(_) => {
                let set = self.parts(Node::Expr(e));
                if matches!(e.kind, ExprKind::Yield(_) | ExprKind::YieldStar(_)) {
                    self.returned(&set);
                }
                set
            }
            // A module seen whole through `import()`.
            ExprKind::ImportDynamic(id) => match self.module().imports[id.index()].target {
                ImportTarget::Namespace(m) => {
                    Set::union(self.globals.iter().filter(|((owner, _), _)| *owner == m).map(|(_, set)| set))
                }
                _ => Set::new(),
            },
            ExprKind::Undefined
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Num(_)
            | ExprKind::Str(_)
            | ExprKind::BigInt(_)
            | ExprKind::Regex { .. }
            | ExprKind::Builtin(_)
            | ExprKind::TypeofBuiltin(_)
            | ExprKind::NewTarget
            | ExprKind::Callee
            | ExprKind::Closure(_) => Set::new(),
            ExprKind::Arguments => {
                let params = &self.module().function(self.at.1).params;
                Set::union(params.iter().filter_map(|p| self.locals.get(&(self.at.0, *p))))
            }
        }
    }
}
