//! Which functions are only ever called directly, so that all their arguments are known.

use puremix_ir::visit::{Access, Mention, Node, children, mentions};
use puremix_ir::*;
use std::collections::{HashMap, HashSet};

/// The answers for one module.
pub(super) struct Direct {
    pub functions: Vec<bool>,
    /// The function a local always holds once it is initialised.
    pub locals: Vec<Option<FnId>>,
}

pub(super) fn find(program: &Program) -> Vec<Direct> {
    let exposed = exposed_globals(program);
    let mut found: Vec<Direct> = program.modules.iter().zip(&exposed).map(|(m, exposed)| find_in(m, exposed)).collect();
    // An import used as anything but a callee lets the function of its module escape.
    for module in &program.modules {
        let escaping = escaping_imports(module);
        for (index, import) in module.imports.iter().enumerate() {
            if let ImportTarget::Global(owner, global) = import.target
                && escaping.contains(&ImportId::from(index))
                && let Some(f) = program.module(owner).global(global).function
            {
                found[owner.index()].functions[f.index()] = false;
            }
        }
    }
    found
}

/// Exports that somebody may take by name: of modules nobody imports (the server reads those), and of modules whose namespace is taken.
fn exposed_globals(program: &Program) -> Vec<HashSet<GlobalId>> {
    let mut open: HashSet<ModuleId> = (0..program.modules.len()).map(ModuleId::from).collect();
    for (index, module) in program.modules.iter().enumerate() {
        for request in &module.requests {
            if let Target::Module(id) = request.target
                && id.index() != index
            {
                open.remove(&id);
            }
        }
    }
    for module in &program.modules {
        // Linking has turned `namespace.name` into the name itself: what is still mentioned is the whole.
        for used in escaping_imports(module) {
            if let ImportTarget::Namespace(id) = module.imports[used.index()].target {
                open.insert(id);
            }
        }
    }
    let app = &program.app;
    open.extend(app.config.into_iter().chain(app.middleware.as_ref().map(|m| m.module)).chain(app.not_found).chain(app.server_error).chain(app.routes.iter().map(|r| r.module)));
    open.extend(program.modules.iter().enumerate().filter(|(_, m)| m.page.is_some()).map(|(i, _)| ModuleId::from(i)));
    let mut exposed = vec![HashSet::new(); program.modules.len()];
    // What a star exports again is exposed with its module.
    let mut work: Vec<ModuleId> = open.into_iter().collect();
    let mut seen: HashSet<ModuleId> = work.iter().copied().collect();
    while let Some(id) = work.pop() {
        let module = program.module(id);
        for export in &module.exports {
            match export {
                Export::Global { global, .. } => {
                    exposed[id.index()].insert(*global);
                }
                Export::Import { import, .. } => match module.imports[import.index()].target {
                    ImportTarget::Global(owner, global) => {
                        exposed[owner.index()].insert(global);
                    }
                    ImportTarget::Namespace(owner) if seen.insert(owner) => work.push(owner),
                    _ => {}
                },
                Export::All { request, .. } => {
                    if let Target::Module(owner) = module.requests[*request].target
                        && seen.insert(owner)
                    {
                        work.push(owner);
                    }
                }
            }
        }
    }
    exposed
}

/// Where a function's one closure goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Local(LocalId),
    Global(GlobalId),
}

fn find_in(module: &Module, exposed: &HashSet<GlobalId>) -> Direct {
    let mut scan = Scan { holders: HashMap::new(), escaped: HashSet::new(), leaked: HashSet::new(), writes: HashMap::new() };
    for (index, function) in module.functions.iter().enumerate() {
        scan.function(FnId::from(index), function);
    }
    let Scan { holders, mut escaped, leaked, writes, .. } = scan;
    if let Some(page) = &module.page {
        escaped.extend(page.loaders.iter().chain(&page.actions).map(|f| f.function));
    }
    for global in exposed {
        escaped.extend(module.global(*global).function);
    }
    let mut functions = vec![false; module.functions.len()];
    let mut locals = vec![None; module.locals.len()];
    for (index, function) in module.functions.iter().enumerate() {
        let id = FnId::from(index);
        let Some(holder) = holders.get(&id) else { continue };
        let sole = match holder {
            Holder::Local(local) => writes.get(local) == Some(&1),
            Holder::Global(global) => module.global(*global).function == Some(id),
        };
        if sole && let Holder::Local(local) = holder {
            locals[local.index()] = Some(id);
        }
        let plain = matches!(function.kind, FnKind::Function | FnKind::Arrow);
        functions[index] = sole
            && plain
            && function.rest.is_none()
            && !function.uses.arguments
            && !function.uses.new_target
            && !escaped.contains(&id)
            && !leaked.contains(holder);
    }
    Direct { functions, locals }
}

struct Scan {
    holders: HashMap<FnId, Holder>,
    escaped: HashSet<FnId>,
    /// Variables read other than to call them.
    leaked: HashSet<Holder>,
    /// Values given to a local: declarations with a value, and assignments.
    writes: HashMap<LocalId, u32>,
}

impl Scan {
    fn function(&mut self, id: FnId, function: &Function) {
        for param in function.params.iter().chain(&function.rest) {
            *self.writes.entry(*param).or_default() += 1;
        }
        let mut work: Vec<Node<'_>> = function.body.iter().map(Node::Stmt).collect();
        while let Some(node) = work.pop() {
            if !self.known_use(id, node, &mut work) {
                self.mentions(node);
                children(node, &mut |child| work.push(child));
            }
        }
    }

    /// Direct calls, and closures given to a variable. Pushes what is left to scan.
    fn known_use<'a>(&mut self, here: FnId, node: Node<'a>, work: &mut Vec<Node<'a>>) -> bool {
        match node {
            Node::Stmt(Stmt { kind: StmtKind::Let(local, Some(value)), .. }) => {
                *self.writes.entry(*local).or_default() += 1;
                self.held(value, Holder::Local(*local), work);
                true
            }
            Node::Expr(Expr { kind: ExprKind::Assign(Place::Local(local), value), .. }) => {
                *self.writes.entry(*local).or_default() += 1;
                // The assignment's own value is the closure again: only a statement drops it.
                work.push(Node::Expr(value));
                true
            }
            Node::Stmt(Stmt { kind: StmtKind::Expr(Expr { kind: ExprKind::Assign(place, value), .. }), .. }) => match place {
                Place::Local(local) => {
                    *self.writes.entry(*local).or_default() += 1;
                    self.held(value, Holder::Local(*local), work);
                    true
                }
                Place::Global(global) => {
                    self.held(value, Holder::Global(*global), work);
                    true
                }
                _ => false,
            },
            Node::Expr(Expr { kind: ExprKind::Call { callee, args }, .. }) => {
                let fixed = args.iter().all(|a| matches!(a, Arg::Value(_)));
                let direct = matches!(callee.kind, ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Callee);
                if !fixed || !direct {
                    return false;
                }
                for Arg::Value(e) | Arg::Spread(e) in args {
                    work.push(Node::Expr(e));
                }
                true
            }
            Node::Expr(Expr { kind: ExprKind::Callee, .. }) => {
                self.escaped.insert(here);
                true
            }
            _ => false,
        }
    }

    fn held<'a>(&mut self, value: &'a Expr, holder: Holder, work: &mut Vec<Node<'a>>) {
        match value.kind {
            ExprKind::Closure(f) => {
                if self.holders.insert(f, holder).is_some() {
                    self.escaped.insert(f);
                }
            }
            _ => work.push(Node::Expr(value)),
        }
    }

    fn mentions(&mut self, node: Node<'_>) {
        mentions(node, &mut |mention| match mention {
            Mention::Local(local, Access::Read) => {
                self.leaked.insert(Holder::Local(local));
            }
            Mention::Local(local, Access::ReadWrite) => {
                self.leaked.insert(Holder::Local(local));
                *self.writes.entry(local).or_default() += 1;
            }
            // Items of loops, bindings of catch and class: values from elsewhere.
            Mention::Local(local, Access::Write | Access::Declare) => {
                let declared_empty = matches!(node, Node::Stmt(Stmt { kind: StmtKind::Let(_, None), .. }));
                *self.writes.entry(local).or_default() += u32::from(!declared_empty);
            }
            Mention::Global(global, Access::Read | Access::ReadWrite) => {
                self.leaked.insert(Holder::Global(global));
            }
            Mention::Function(f) => {
                self.escaped.insert(f);
            }
            Mention::Global(_, Access::Write | Access::Declare) | Mention::Import(_) => {}
        });
    }
}

/// Imports used as anything but the callee of a call with fixed arguments.
fn escaping_imports(module: &Module) -> HashSet<ImportId> {
    let mut escaping = HashSet::new();
    for function in &module.functions {
        let mut work: Vec<Node<'_>> = function.body.iter().map(Node::Stmt).collect();
        while let Some(node) = work.pop() {
            if let Node::Expr(Expr { kind: ExprKind::Call { callee, args }, .. }) = node
                && matches!(callee.kind, ExprKind::Import(_))
                && args.iter().all(|a| matches!(a, Arg::Value(_)))
            {
                for Arg::Value(e) | Arg::Spread(e) in args {
                    work.push(Node::Expr(e));
                }
                continue;
            }
            mentions(node, &mut |mention| {
                if let Mention::Import(id) = mention {
                    escaping.insert(id);
                }
            });
            children(node, &mut |child| work.push(child));
        }
    }
    escaping
}
