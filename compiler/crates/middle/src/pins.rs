//! Which module variables tie the app to one isolate (architecture §5).
//!
//! A module may be instantiated once per core when nothing that happens after its initialisation can be seen by a later request. That
//! is so unless a variable is assigned by a function, or an object reachable from one is changed, or flows to code that cannot be
//! seen. The analysis is of the whole program and does not look at order or at fields: `flow` computes for every variable which module
//! variables' objects it may hold; what is done to them in functions decides. What modules do to their own objects while they are
//! initialised is done in each isolate alike, and pins nothing.

mod flow;
mod names;
mod set;

use flow::Flow;
use puremix_ir::visit::{Access, Mention, Node, mentions, walk};
use puremix_ir::*;
use std::collections::{BTreeMap, HashSet};

/// A module variable of the program.
pub(crate) type Variable = (ModuleId, GlobalId);

/// Every variable that pins the app, once, with the first reason found; sorted by module and place. Call after `link`.
pub fn pins(program: &Program) -> Vec<app::Pin> {
    let mut found: BTreeMap<(ModuleId, Span, Name), String> = BTreeMap::new();
    for (index, module) in program.modules.iter().enumerate() {
        let id = ModuleId::from(index);
        if names::is_handle(&module.path) {
            continue;
        }
        for (name, span, why) in assigned_later(module).into_iter().chain(started_at_init(program, id)) {
            found.entry((id, span, name)).or_insert(why);
        }
    }
    for ((module, global), why) in Flow::of(program).changed {
        let g = program.module(module).global(global);
        found.entry((module, g.span, g.name.clone())).or_insert(why);
    }
    found.into_iter().map(|((_, span, name), why)| app::Pin { name, span, why: why.into() }).collect()
}

/// How a message names a function: `name`, or its module's path for functions without a name.
pub(crate) fn describe_place(module: &Module, f: FnId) -> String {
    let function = module.function(f);
    match (&*function.name, function.parent) {
        ("", Some(parent)) if parent != module.init => describe_place(module, parent),
        ("", _) => format!("a function of {}", module.path),
        (name, _) => format!("`{name}` ({})", module.path),
    }
}

/// Variables, and block variables of the initialiser, that functions assign.
fn assigned_later(module: &Module) -> Vec<(Name, Span, String)> {
    let mut found = Vec::new();
    for (index, function) in module.functions.iter().enumerate() {
        let id = FnId::from(index);
        if id == module.init {
            continue;
        }
        walk(&function.body, &mut |node| {
            // A template object is made once in each isolate and never changes.
            if let Node::Expr(Expr { kind: ExprKind::AssignLogical(_, _, Place::Global(_), value), .. }) = node
                && matches!(value.kind, ExprKind::Runtime("template_object", _))
            {
                return;
            }
            mentions(node, &mut |mention| {
                let (name, span) = match mention {
                    Mention::Global(g, Access::Write | Access::ReadWrite) => (&module.global(g).name, module.global(g).span),
                    Mention::Local(l, Access::Write | Access::ReadWrite) if module.local(l).owner == module.init => {
                        (&module.local(l).name, module.local(l).span)
                    }
                    _ => return,
                };
                found.push((name.clone(), span, format!("it is assigned in {}", describe_place(module, id))));
            });
        });
    }
    found
}

/// Timers and IO that modules start while they are initialised: once for the app, not once per core.
fn started_at_init(program: &Program, id: ModuleId) -> Vec<(Name, Span, String)> {
    let module = program.module(id);
    let mut found = Vec::new();
    let mut seen = HashSet::from([module.init]);
    let mut work = vec![module.init];
    while let Some(f) = work.pop() {
        walk(&module.function(f).body, &mut |node| {
            let Node::Expr(e) = node else { return };
            match &e.kind {
                ExprKind::Call { callee, .. } => match &callee.kind {
                    ExprKind::Builtin(name) if names::STARTS.contains(&&**name) => {
                        found.push((name.clone(), e.span, format!("`{name}` is called while {} is initialised", module.path)));
                    }
                    ExprKind::Global(g) => work.extend(module.global(*g).function.filter(|f| seen.insert(*f))),
                    ExprKind::Import(i) => {
                        if let ImportTarget::Native(native, Some(name)) = &module.imports[i.index()].target
                            && names::starts_io(native, name)
                        {
                            found.push((name.clone(), e.span, format!("`{name}` of {native} is called while {} is initialised", module.path)));
                        }
                    }
                    _ => {}
                },
                ExprKind::CallMethod { recv, name, .. } => {
                    if let ExprKind::Import(i) = &recv.kind
                        && let ImportTarget::Native(native, _) = &module.imports[i.index()].target
                        && names::starts_io(native, name)
                    {
                        found.push((name.clone(), e.span, format!("`{name}` of {native} is called while {} is initialised", module.path)));
                    } else if &**name == "listen" {
                        found.push((name.clone(), e.span, format!("a server is started while {} is initialised", module.path)));
                    }
                }
                _ => {}
            }
        });
    }
    found
}
