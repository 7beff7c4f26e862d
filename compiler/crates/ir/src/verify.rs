//! The well-formedness rules of `docs/ir.md`, checked. Both back ends rely on them without asking again.
//!
//! In: a module or a program at any stage after lowering. Out: every violation, with the rule's name. A violation is a bug in a front
//! end or a pass, never in the app.

mod body;

use crate::visit::{self, Mention, Node};
use crate::*;
use std::collections::HashSet;

/// The deepest tree a pass must survive, in nodes from a function's body. Front ends refuse what would be deeper, and the compiler's
/// thread has a stack for recursion to this depth.
pub const MAX_DEPTH: usize = 4_000;

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// As in `docs/ir.md`: `ids`, `tree`, `scope` ...
    pub rule: &'static str,
    pub message: String,
    pub span: Span,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}] {}", self.rule, self.message)
    }
}

/// Checks one module. When ids are out of range or a tree is too deep nothing else is asked.
pub fn verify_module(module: &Module) -> Vec<Violation> {
    let mut found = Vec::new();
    check_tables(module, &mut found);
    for function in &module.functions {
        check_depth(function, &mut found);
    }
    if !found.is_empty() {
        return found;
    }
    for (index, function) in module.functions.iter().enumerate() {
        check_ids(module, FnId::from(index), function, &mut found);
    }
    check_tree(module, &mut found);
    if !found.is_empty() {
        return found;
    }
    body::check_bodies(module, &mut found);
    found
}

/// Checks every module, and what linking filled in.
pub fn verify_program(program: &Program) -> Vec<Violation> {
    verify_part(program, &program.ids())
}

/// As [`verify_program`], where only the modules of `part` may have changed since the program was verified.
pub fn verify_part(program: &Program, part: &[ModuleId]) -> Vec<Violation> {
    let mut found: Vec<Violation> = part.iter().flat_map(|id| verify_module(program.module(*id))).collect();
    let known = |id: &ModuleId| id.index() < program.modules.len();
    let mut seen = HashSet::new();
    let whole = |message: String, span: Span| Violation { rule: "link", message, span };
    for module in &program.modules {
        let span = module.functions.first().map_or(Span::new(module.file, 0, 0), |f| f.span);
        for import in &module.imports {
            let ok = match &import.target {
                ImportTarget::Global(m, g) => known(m) && g.index() < program.module(*m).globals.len(),
                ImportTarget::Namespace(m) | ImportTarget::Component(m) => known(m),
                ImportTarget::Unresolved | ImportTarget::Native(..) | ImportTarget::Missing => true,
            };
            if !ok {
                found.push(whole(format!("import {} leads out of the program", import.local_name), import.span));
            }
        }
        for request in &module.requests {
            if let Target::Module(m) | Target::Component(m) = &request.target
                && !known(m)
            {
                found.push(whole(format!("request {:?} leads out of the program", request.specifier), span));
            }
        }
    }
    for id in &program.order {
        if !known(id) || !seen.insert(*id) {
            let file = program.modules.first().map_or(FileId(0), |m| m.file);
            found.push(whole(format!("m{} is unknown or twice in the order of initialisation", id.0), Span::new(file, 0, 0)));
        }
    }
    found
}

/// Rule `tables`: what the module's tables say of each other.
fn check_tables(m: &Module, found: &mut Vec<Violation>) {
    let file = Span::new(m.file, 0, 0);
    let mut fail = |message: String, span: Span| found.push(Violation { rule: "tables", message, span });
    let function_ok = |id: FnId| id.index() < m.functions.len();
    if !function_ok(m.init) {
        fail("the module has no initialiser".into(), file);
        return;
    }
    for (i, local) in m.locals.iter().enumerate() {
        if !function_ok(local.owner) {
            fail(format!("local %{i} has no owner"), local.span);
        }
    }
    for (i, import) in m.imports.iter().enumerate() {
        if import.request >= m.requests.len() {
            fail(format!("import #{i} asks for no request"), import.span);
        }
    }
    for g in &m.globals {
        if let Some(f) = g.function {
            if !function_ok(f) {
                fail(format!("global {} is a function that does not exist", g.name), g.span);
            } else if m.function(f).parent != Some(m.init) || g.assigned {
                fail(format!("global {} is called directly: its function must belong to the module and never be reassigned", g.name), g.span);
            }
        }
    }
    let mut names = HashSet::new();
    for export in &m.exports {
        let (name, ok, span) = match export {
            Export::Global { name, global, span } => (Some(name), global.index() < m.globals.len(), *span),
            Export::Import { name, import, span } => (Some(name), import.index() < m.imports.len(), *span),
            Export::All { request, span } => (None, *request < m.requests.len(), *span),
        };
        if !ok {
            fail("an export names nothing".into(), span);
        }
        if let Some(name) = name
            && !names.insert(name)
        {
            fail(format!("{name} is exported twice"), span);
        }
    }
    if let Some(page) = &m.page {
        for f in page.loaders.iter().chain(&page.actions) {
            if !function_ok(f.function) {
                fail(format!("server function {} does not exist", f.name), f.span);
            }
        }
        for (render, scope) in [(page.render, &page.render_scope), (page.head, &page.head_scope)] {
            let Some(id) = render else { continue };
            if !function_ok(id) || m.function(id).kind != FnKind::Render || m.function(id).params.len() != scope.len() {
                fail("a template must be a render function with one parameter for each name of its scope".into(), file);
            }
        }
    }
}

/// Rule `depth`. Keeps its work on the heap: it guards all that recurse.
fn check_depth(function: &Function, found: &mut Vec<Violation>) {
    let mut work: Vec<(Node<'_>, usize)> = function.body.iter().map(|s| (Node::Stmt(s), 1)).collect();
    while let Some((node, depth)) = work.pop() {
        if depth > MAX_DEPTH {
            let message = format!("nodes nest deeper than {MAX_DEPTH}");
            found.push(Violation { rule: "depth", message, span: node.span() });
            return;
        }
        visit::children(node, &mut |child| work.push((child, depth + 1)));
    }
}

/// Rule `ids`: every id a body names is in its table; functions are made by the function they are nested in.
fn check_ids(m: &Module, id: FnId, function: &Function, found: &mut Vec<Violation>) {
    for local in function.params.iter().chain(&function.rest) {
        if m.locals.get(local.index()).is_none_or(|l| l.owner != id) {
            found.push(Violation { rule: "ids", message: format!("parameter %{} is not a local of its function", local.0), span: function.span });
        }
    }
    visit::walk(&function.body, &mut |node| {
        let mut fail = |message: String| found.push(Violation { rule: "ids", message, span: node.span() });
        visit::mentions(node, &mut |mention| match mention {
            Mention::Local(l, _) if l.index() >= m.locals.len() => fail(format!("no local %{}", l.0)),
            Mention::Global(g, _) if g.index() >= m.globals.len() => fail(format!("no global @{}", g.0)),
            Mention::Import(i) if i.index() >= m.imports.len() => fail(format!("no import #{}", i.0)),
            Mention::Function(f) => match m.functions.get(f.index()) {
                None => fail(format!("no function fn{}", f.0)),
                Some(made) if made.parent != Some(id) => fail(format!("fn{} is made in fn{}, which is not its parent", f.0, id.0)),
                Some(_) => {}
            },
            Mention::Local(..) | Mention::Global(..) | Mention::Import(_) => {}
        });
        if let Node::Stmt(Stmt { kind: StmtKind::Component { component, .. }, .. }) = node
            && component.request >= m.requests.len()
        {
            fail(format!("component {} asks for no request", component.name));
        }
    });
}

/// Rule `tree`: functions form one tree whose root is the initialiser.
fn check_tree(m: &Module, found: &mut Vec<Violation>) {
    for (index, f) in m.functions.iter().enumerate() {
        let mut fail = |message: String| found.push(Violation { rule: "tree", message, span: f.span });
        let is_init = FnId::from(index) == m.init;
        if is_init != (f.kind == FnKind::ModuleInit) || is_init != f.parent.is_none() {
            fail(format!("fn{index}: the initialiser, and nothing else, is of kind init and without a parent"));
            continue;
        }
        let mut at = FnId::from(index);
        let mut steps = 0;
        while let Some(parent) = m.functions.get(at.index()).and_then(|f| f.parent) {
            at = parent;
            steps += 1;
            if steps > m.functions.len() {
                break;
            }
        }
        if at != m.init {
            fail(format!("fn{index} does not lie in the initialiser's tree"));
        }
        if f.length as usize > f.params.len() {
            fail(format!("fn{index} has a length beyond its parameters"));
        }
        if matches!(f.kind, FnKind::BaseConstructor | FnKind::DerivedConstructor) && (f.is_async || f.is_generator) {
            fail(format!("fn{index}: a constructor is neither async nor a generator"));
        }
    }
}
