//! Binds imports to what they name, and finds the order of initialisation.
//!
//! Resolution follows ECMAScript's ResolveExport: explicit names before `export *`, two different finds through stars are
//! ambiguous, a circle of re-exports resolves to nothing. A CommonJS or JSON module is known by its export named
//! `module.exports`: its default is that value, any other name is a member of it, as Node's interoperation has it.

use crate::graph::ModuleGraph;
use puremix_diag::{Diagnostic, codes, suggest::closest};
use puremix_ir::visit::{Node, walk, walk_exprs_mut};
use puremix_ir::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// The export names of a native module, or `None` when there is no such module.
pub type Natives<'a> = &'a dyn Fn(&str) -> Option<&'a [&'a str]>;

/// The name under which a CommonJS or JSON module exports its one value.
const MODULE_EXPORTS: &str = "module.exports";

/// What an import or export name leads to.
#[derive(Clone, Debug, PartialEq)]
enum Resolved {
    Target(ImportTarget),
    /// A member of a CommonJS module's value, read when used.
    Member(ModuleId, GlobalId, Name),
    Nothing,
    Ambiguous,
    Cycle,
    /// The request itself was not resolved; the driver has said so.
    Unreported,
}

/// Evaluation roots in the order the server starts them: config, middleware, then each route's layout and page, then error pages.
pub fn entries(app: &app::App) -> Vec<ModuleId> {
    let mut list: Vec<ModuleId> = app.config.into_iter().chain(app.middleware.as_ref().map(|m| m.module)).collect();
    for route in &app.routes {
        if let app::RouteKind::Page { layout: Some(layout) } = route.kind {
            list.push(layout);
        }
        list.push(route.module);
    }
    list.extend(app.not_found);
    list.extend(app.server_error);
    list
}

/// Fills every import's target, [`Program::order`] (the given entries first, then what is left in discovery order) and marks the
/// variables that a cycle of modules may read too early. Imports that name nothing are errors.
///
/// Modules that are not in `part` were linked before, in a program whose modules had the same [`interface`](crate::interface)s.
pub fn link(program: &mut Program, entries: &[ModuleId], natives: Natives<'_>, part: &[ModuleId]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let resolved: Vec<Vec<Resolved>> = {
        let linker = Linker { program, natives };
        let all = |id: &ModuleId| -> Vec<Resolved> {
            let module = program.module(*id);
            let found: Vec<Resolved> = (0..module.imports.len()).map(|i| linker.resolve_import(*id, i, &mut HashSet::new())).collect();
            for (import, found) in module.imports.iter().zip(&found) {
                diagnostics.extend(linker.report(module, import, found));
            }
            found
        };
        part.iter().map(all).collect()
    };
    for (id, found) in part.iter().zip(resolved) {
        bind_imports(&mut program.modules[id.index()], found);
    }
    bind_namespace_members(program, natives, part);

    let graph = ModuleGraph::of(program);
    let entries: Vec<usize> = entries.iter().map(|m| m.index()).collect();
    program.order = graph.post_order(&entries).into_iter().map(ModuleId::from).collect();
    mark_cyclic_globals(program, &graph);
    diagnostics
}

/// All names a module's namespace object shows, sorted, and what each is bound to. Call after [`link`].
pub fn namespace(program: &Program, module: ModuleId, natives: Natives<'_>) -> Vec<(Name, ImportTarget)> {
    let linker = Linker { program, natives };
    let mut names = BTreeMap::new();
    linker.export_names(module, &mut HashSet::new(), &mut |name| {
        names.insert(name.clone(), ());
    });
    let bound = names.into_keys().filter_map(|name| match linker.resolve_export(module, &name, &mut HashSet::new()) {
        Resolved::Target(target) => Some((name, target)),
        _ => None,
    });
    bound.collect()
}

struct Linker<'p, 'n> {
    program: &'p Program,
    natives: Natives<'n>,
}

/// Modules and names on the way, to see circles.
type Path = HashSet<(ModuleId, Name)>;

impl Linker<'_, '_> {
    /// The value of a CommonJS or JSON module.
    fn module_exports(&self, id: ModuleId) -> Option<GlobalId> {
        self.program.module(id).exports.iter().find_map(|e| match e {
            Export::Global { name, global, .. } if &**name == MODULE_EXPORTS => Some(*global),
            _ => None,
        })
    }

    /// A `.py` file that is no route.
    fn is_python(&self, id: ModuleId) -> bool {
        let module = self.program.module(id);
        module.lang == Lang::Py && !module.exports.iter().any(|e| matches!(e, Export::Global { name, .. } if &**name == "default"))
    }

    fn resolve_import(&self, module: ModuleId, import: usize, path: &mut Path) -> Resolved {
        let module = self.program.module(module);
        let import = &module.imports[import];
        let request = &module.requests[import.request];
        match &request.target {
            Target::Unresolved => Resolved::Unreported,
            Target::Component(id) => Resolved::Target(ImportTarget::Component(*id)),
            Target::Native(native) => self.resolve_native(native, &import.name),
            // A Python module has no default export: it stands for all of it.
            Target::Module(target) if self.is_python(*target) && matches!(&import.name, ImportName::Default) => Resolved::Target(ImportTarget::Namespace(*target)),
            Target::Module(target) => match (&import.name, self.module_exports(*target)) {
                (ImportName::Namespace, Some(value)) if request.kind != RequestKind::Dynamic => {
                    Resolved::Target(ImportTarget::Global(*target, value))
                }
                (ImportName::Namespace, _) => Resolved::Target(ImportTarget::Namespace(*target)),
                (ImportName::Default, _) => self.resolve_export(*target, "default", path),
                (ImportName::Named(name), _) => self.resolve_export(*target, name, path),
            },
        }
    }

    fn resolve_native(&self, native: &Rc<str>, name: &ImportName) -> Resolved {
        let member = |name: Option<&str>| Resolved::Target(ImportTarget::Native(native.clone(), name.map(Rc::from)));
        let names = (self.natives)(native);
        let has = |name: &str| names.is_none_or(|names| names.contains(&name));
        match name {
            ImportName::Namespace => member(None),
            // Node gives every built-in module its namespace as default.
            ImportName::Default if names.is_some() && has("default") => member(Some("default")),
            ImportName::Default => member(None),
            ImportName::Named(name) if &**name == "default" => self.resolve_native(native, &ImportName::Default),
            ImportName::Named(name) if has(name) => member(Some(name)),
            ImportName::Named(_) => Resolved::Nothing,
        }
    }

    fn resolve_export(&self, module: ModuleId, wanted: &str, path: &mut Path) -> Resolved {
        if !path.insert((module, wanted.into())) {
            return Resolved::Cycle;
        }
        let exports = &self.program.module(module).exports;
        for export in exports {
            match export {
                Export::Global { name, global, .. } if &**name == wanted => {
                    return Resolved::Target(ImportTarget::Global(module, *global));
                }
                Export::Import { name, import, .. } if &**name == wanted => return self.resolve_import(module, import.index(), path),
                Export::Global { .. } | Export::Import { .. } | Export::All { .. } => {}
            }
        }
        if let Some(value) = self.module_exports(module) {
            return match wanted {
                "default" => Resolved::Target(ImportTarget::Global(module, value)),
                _ => Resolved::Member(module, value, wanted.into()),
            };
        }
        if wanted == "default" {
            return Resolved::Nothing;
        }
        self.resolve_through_stars(module, wanted, path)
    }

    fn resolve_through_stars(&self, module: ModuleId, wanted: &str, path: &mut Path) -> Resolved {
        let mut found = Resolved::Nothing;
        for export in &self.program.module(module).exports {
            let Export::All { request, .. } = export else { continue };
            let next = match &self.program.module(module).requests[*request].target {
                Target::Module(target) => self.resolve_export(*target, wanted, path),
                Target::Native(native) => self.resolve_native(native, &ImportName::Named(wanted.into())),
                Target::Unresolved => Resolved::Unreported,
                Target::Component(_) => Resolved::Nothing,
            };
            found = match (found, next) {
                (_, Resolved::Ambiguous) => return Resolved::Ambiguous,
                // A circle through a star adds no names.
                (found, Resolved::Nothing | Resolved::Cycle) => found,
                // A name that is there for certain outranks a module that could not be read, or whose names are not known.
                (found @ Resolved::Target(_), Resolved::Unreported | Resolved::Member(..)) => found,
                (Resolved::Nothing | Resolved::Unreported | Resolved::Member(..), next) => next,
                (found, next) if found == next => found,
                _ => return Resolved::Ambiguous,
            };
        }
        found
    }

    /// Every name the module exports, its stars' included.
    fn export_names(&self, module: ModuleId, seen: &mut HashSet<ModuleId>, f: &mut dyn FnMut(&Name)) {
        if !seen.insert(module) {
            return;
        }
        let m = self.program.module(module);
        for export in &m.exports {
            match export {
                Export::Global { name, .. } | Export::Import { name, .. } => f(name),
                Export::All { request, .. } => match &m.requests[*request].target {
                    Target::Module(target) => self.export_names(*target, seen, &mut |name| {
                        if &**name != "default" && &**name != MODULE_EXPORTS {
                            f(name);
                        }
                    }),
                    Target::Native(native) => (self.natives)(native).unwrap_or(&[]).iter().for_each(|name| {
                        if *name != "default" {
                            f(&Rc::from(*name));
                        }
                    }),
                    Target::Unresolved | Target::Component(_) => {}
                },
            }
        }
    }

    fn report(&self, module: &Module, import: &Import, found: &Resolved) -> Option<Diagnostic> {
        let request = &module.requests[import.request];
        let wanted = match &import.name {
            ImportName::Named(name) => name.clone(),
            ImportName::Default => "default".into(),
            ImportName::Namespace => return None,
        };
        let from = &request.specifier;
        match found {
            Resolved::Target(_) | Resolved::Member(..) | Resolved::Unreported => None,
            Resolved::Ambiguous => Some(
                Diagnostic::error(codes::UNKNOWN_EXPORT, import.span, format!("`{from}` exports `{wanted}` from two modules"))
                    .help(format!("import it from the module that declares it, or export it there by name: `export {{ {wanted} }} from …`")),
            ),
            Resolved::Cycle => Some(
                Diagnostic::error(codes::EXPORT_CYCLE, import.span, format!("the export `{wanted}` of `{from}` leads back to itself"))
                    .help("one of the modules must declare it"),
            ),
            Resolved::Nothing => {
                let message = match &import.name {
                    ImportName::Default => format!("`{from}` has no default export"),
                    _ => format!("`{from}` has no export `{wanted}`"),
                };
                let diagnostic = Diagnostic::error(codes::UNKNOWN_EXPORT, import.span, message);
                match self.hint(request, &wanted, import) {
                    Some(help) => Some(diagnostic.help(help)),
                    None => Some(diagnostic),
                }
            }
        }
    }

    fn hint(&self, request: &Request, wanted: &Name, import: &Import) -> Option<String> {
        let mut names: Vec<Name> = Vec::new();
        match &request.target {
            Target::Module(id) => {
                self.export_names(*id, &mut HashSet::new(), &mut |name| names.push(name.clone()));
                if let Some(python) = &self.program.module(*id).python {
                    if python.classes.contains(wanted) {
                        return Some(format!("`{wanted}` is a Python class: write a function that makes one and answers with plain data"));
                    }
                    if python.functions.iter().any(|f| f.name == *wanted) {
                        return Some(format!("names that begin with `_` are the module's own: call it `{}`", wanted.trim_start_matches('_')));
                    }
                }
                if let Some(global) = self.program.module(*id).globals.iter().find(|g| g.name == *wanted) {
                    return Some(format!("`{}` is declared there but not exported: write `export` before it", global.name));
                }
                // `import auth from './auth'` where `{ auth }` was meant.
                if import.name == ImportName::Default && names.contains(&import.local_name) {
                    return Some(format!("it has an export of that name: `import {{ {} }} from '{}'`", import.local_name, request.specifier));
                }
            }
            Target::Native(native) => names.extend((self.natives)(native).unwrap_or(&[]).iter().map(|name| Name::from(*name))),
            Target::Unresolved | Target::Component(_) => return None,
        }
        if let Some(near) = closest(wanted, names.iter().map(|name| &**name)) {
            return Some(format!("did you mean `{near}`?"));
        }
        names.sort();
        names.dedup();
        match names.len() {
            0 => Some("it exports nothing".into()),
            1..=12 => Some(format!("it exports {}", names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))),
            _ => None,
        }
    }
}

/// Writes the targets; members of CommonJS values become reads of the value's property.
fn bind_imports(module: &mut Shared<Module>, found: Vec<Resolved>) {
    if found.is_empty() {
        return;
    }
    let module = &mut **module;
    let mut members: HashMap<ImportId, (ImportId, Name)> = HashMap::new();
    // `import * as x` of a CommonJS module is bound to its value, whose `default` is itself.
    let mut whole: HashSet<ImportId> = HashSet::new();
    for (index, found) in found.into_iter().enumerate() {
        let is_namespace = module.imports[index].name == ImportName::Namespace;
        let is_static = module.requests[module.imports[index].request].kind == RequestKind::Static;
        module.imports[index].target = match found {
            Resolved::Target(target) => {
                if is_namespace && is_static && matches!(target, ImportTarget::Global(..)) {
                    whole.insert(ImportId::from(index));
                }
                target
            }
            Resolved::Member(owner, global, name) => {
                let value = ImportId::from(module.imports.len());
                let like = &module.imports[index];
                let import = Import {
                    request: like.request,
                    name: ImportName::Default,
                    local_name: like.local_name.clone(),
                    span: like.span,
                    target: ImportTarget::Global(owner, global),
                };
                module.imports.push(import);
                members.insert(ImportId::from(index), (value, name));
                ImportTarget::Global(owner, global)
            }
            Resolved::Nothing | Resolved::Ambiguous | Resolved::Cycle | Resolved::Unreported => ImportTarget::Missing,
        };
    }
    if members.is_empty() && whole.is_empty() {
        return;
    }
    for function in &mut module.functions {
        walk_exprs_mut(&mut function.body, &mut |e| match &e.kind {
            ExprKind::Import(id) => {
                if let Some((value, name)) = members.get(id) {
                    let object = Expr::new(ExprKind::Import(*value), e.span);
                    e.kind = ExprKind::Get(object.boxed(), name.clone());
                }
            }
            ExprKind::Get(object, name) if &**name == "default" => {
                if let ExprKind::Import(id) = object.kind
                    && whole.contains(&id)
                {
                    e.kind = ExprKind::Import(id);
                }
            }
            _ => {}
        });
    }
}

/// `ns.name` of a namespace import is the variable itself, which analysis and calls can then see. A method call becomes a plain one when the
/// function does not look at its receiver. Names that the module does not export stay reads of the namespace object: undefined.
fn bind_namespace_members(program: &mut Program, natives: Natives<'_>, part: &[ModuleId]) {
    let mut found: Vec<HashMap<(ImportId, Name), ImportTarget>> = Vec::new();
    for module in part.iter().map(|id| program.module(*id)) {
        let mut members = HashMap::new();
        if !module.imports.iter().any(|import| matches!(import.target, ImportTarget::Namespace(_))) {
            found.push(members);
            continue;
        }
        let linker = Linker { program, natives };
        for function in &module.functions {
            walk(&function.body, &mut |node| {
                let Node::Expr(e) = node else { return };
                let (ExprKind::Get(object, name) | ExprKind::CallMethod { recv: object, name, .. }) = &e.kind else { return };
                let ExprKind::Import(id) = object.kind else { return };
                let import = &module.imports[id.index()];
                let ImportTarget::Namespace(of) = import.target else { return };
                // Evaluating a `require` runs the module.
                if module.requests[import.request].kind == RequestKind::Require {
                    return;
                }
                if let Resolved::Target(target @ ImportTarget::Global(..)) = linker.resolve_export(of, name, &mut HashSet::new()) {
                    members.insert((id, name.clone()), target);
                }
            });
        }
        found.push(members);
    }
    let ignores_receiver = |program: &Program, target: &ImportTarget| match target {
        ImportTarget::Global(m, g) => {
            let module = program.module(*m);
            module.global(*g).function.is_some_and(|f| !module.function(f).uses.this)
        }
        _ => false,
    };
    for (id, members) in part.iter().zip(found) {
        let index = id.index();
        // Sorted, so that the same program gets the same ids.
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by(|a, b| a.0.cmp(&b.0));
        let mut bound: HashMap<(ImportId, Name), (ImportId, bool)> = HashMap::new();
        for ((namespace, name), target) in members {
            let callable = ignores_receiver(program, &target);
            let module = &mut *program.modules[index];
            let like = &module.imports[namespace.index()];
            let import = Import { request: like.request, name: ImportName::Named(name.clone()), local_name: name.clone(), span: like.span, target };
            let id = ImportId::from(module.imports.len());
            module.imports.push(import);
            bound.insert((namespace, name), (id, callable));
        }
        if bound.is_empty() {
            continue;
        }
        for function in &mut program.modules[index].functions {
            walk_exprs_mut(&mut function.body, &mut |e| {
                let member = match &e.kind {
                    ExprKind::Get(object, name) | ExprKind::CallMethod { recv: object, name, .. } => match object.kind {
                        ExprKind::Import(id) => bound.get(&(id, name.clone())),
                        _ => None,
                    },
                    _ => None,
                };
                let Some(&(id, callable)) = member else { return };
                match &mut e.kind {
                    ExprKind::CallMethod { args, .. } if callable => {
                        let callee = Expr::new(ExprKind::Import(id), e.span).boxed();
                        e.kind = ExprKind::Call { callee, args: std::mem::take(args) };
                    }
                    ExprKind::Get(..) => e.kind = ExprKind::Import(id),
                    _ => {}
                }
            });
        }
    }
}

/// In a cycle any module's functions may run before another module's variables are initialised.
fn mark_cyclic_globals(program: &mut Program, graph: &ModuleGraph) {
    let component = graph.components();
    let mut early = Vec::new();
    for (index, module) in program.modules.iter().enumerate() {
        for import in &module.imports {
            match import.target {
                ImportTarget::Global(owner, global) if component[owner.index()] == component[index] => early.push((owner, Some(global))),
                ImportTarget::Namespace(owner) if component[owner.index()] == component[index] => early.push((owner, None)),
                _ => {}
            }
        }
    }
    for (owner, global) in early {
        let module = &mut program.modules[owner.index()];
        let of_name = global.map_or(0..module.globals.len(), |global| global.index()..global.index() + 1);
        for global in of_name {
            if !module.globals[global].checked {
                module.globals[global].checked = true;
            }
        }
    }
}
