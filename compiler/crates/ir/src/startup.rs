//! Which modules run at the start, and which when a call asks for them. Both back ends follow it.

use crate::app::{App, RouteKind};
use crate::{Import, ImportTarget, Module, ModuleId, Program, Request, RequestKind, Target};
use std::collections::HashSet;

fn module_of(request: &Request) -> Option<ModuleId> {
    match request.target {
        Target::Module(m) | Target::Component(m) => Some(m),
        Target::Unresolved | Target::Native(_) => None,
    }
}

/// Modules that run because these do: what they import, and what that imports.
pub fn static_closure(program: &Program, roots: &[ModuleId]) -> HashSet<ModuleId> {
    let mut seen = HashSet::new();
    let mut work = roots.to_vec();
    while let Some(id) = work.pop() {
        if seen.insert(id) {
            work.extend(program.module(id).requests.iter().filter(|r| r.kind == RequestKind::Static).filter_map(module_of));
        }
    }
    seen
}

/// Modules that run when a call first asks for them: nothing that runs at the start imports them.
pub fn lazy_modules(program: &Program) -> HashSet<ModuleId> {
    let app: &App = &program.app;
    let mut roots: Vec<ModuleId> = app.routes.iter().map(|r| r.module).collect();
    roots.extend(app.routes.iter().filter_map(|r| if let RouteKind::Page { layout } = r.kind { layout } else { None }));
    roots.extend([app.config, app.middleware.as_ref().map(|m| m.module), app.not_found, app.server_error].into_iter().flatten());
    let asked: HashSet<ModuleId> = program.modules.iter().flat_map(|m| &m.requests).filter_map(module_of).collect();
    roots.extend(program.order.iter().filter(|id| !asked.contains(id)));
    // Of modules that ask for each other and for which nobody asks, the first was the entry.
    if roots.is_empty() && !program.modules.is_empty() {
        roots.push(ModuleId::from(0));
    }
    let eager = static_closure(program, &roots);
    program.order.iter().copied().filter(|id| !eager.contains(id)).collect()
}

/// Modules whose start must be remembered, in order: a call may come before, or twice.
pub fn modules_asked_for(program: &Program) -> Vec<ModuleId> {
    let lazy = lazy_modules(program);
    let called: HashSet<ModuleId> = program.modules.iter().flat_map(|m| &m.requests).filter(|r| r.kind != RequestKind::Static).filter_map(module_of).collect();
    program.order.iter().copied().filter(|id| lazy.contains(id) || called.contains(id)).collect()
}

/// The module that evaluating the import runs, if it is a `require` of one.
pub fn required(module: &Module, import: &Import) -> Option<ModuleId> {
    match import.target {
        ImportTarget::Global(owner, _) | ImportTarget::Namespace(owner) if module.requests[import.request].kind == RequestKind::Require => Some(owner),
        _ => None,
    }
}
