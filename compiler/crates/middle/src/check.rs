//! Names that mean nothing.
//!
//! In JavaScript an unknown name is an error only when it is reached, so these are warnings; but the compiler sees the whole app and can
//! say where the name was meant to come from.

use puremix_diag::{Diagnostic, Span, codes, suggest::closest};
use puremix_ir::visit::{Node, walk};
use puremix_ir::*;
use std::collections::{BTreeMap, HashSet};

/// Warns of global names that no language table knows (`known` gives the names of a language's global object), and of template names
/// that resolve to nothing. Each name is reported once a module, at its first use. Looks at the modules of `part`.
pub fn check(program: &Program, known: &dyn Fn(Lang) -> &'static [&'static str], part: &[ModuleId]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for module in part.iter().map(|id| program.module(*id)) {
        let table = known(module.lang);
        let mut unknown: Vec<(Name, Span, usize)> = unknown_names(module, table).into_iter().map(|(n, (s, c))| (n, s, c)).collect();
        unknown.sort_by_key(|(_, span, _)| *span);
        for (name, span, count) in unknown {
            diagnostics.push(report(program, module, table, &name, span, count));
        }
        diagnostics.extend(module.page.iter().flat_map(|page| check_template(program, module, page)));
    }
    diagnostics
}

/// First place and number of uses of every name no table knows. A name the module asks `typeof` of is used with care.
fn unknown_names(module: &Module, table: &[&str]) -> BTreeMap<Name, (Span, usize)> {
    let known: HashSet<&str> = table.iter().copied().collect();
    let mut found: BTreeMap<Name, (Span, usize)> = BTreeMap::new();
    let mut guarded: HashSet<Name> = HashSet::new();
    for function in &module.functions {
        walk(&function.body, &mut |node| {
            let Node::Expr(e) = node else { return };
            let name = match &e.kind {
                ExprKind::TypeofBuiltin(name) => {
                    guarded.insert(name.clone());
                    return;
                }
                ExprKind::Builtin(name) => name,
                ExprKind::Assign(Place::Unknown(name), _)
                | ExprKind::AssignOp(_, _, Place::Unknown(name), _)
                | ExprKind::AssignLogical(_, _, Place::Unknown(name), _)
                | ExprKind::Update { place: Place::Unknown(name), .. } => name,
                _ => return,
            };
            if !known.contains(&**name) {
                let entry = found.entry(name.clone()).or_insert((e.span, 0));
                entry.0 = entry.0.min(e.span);
                entry.1 += 1;
            }
        });
    }
    found.retain(|name, _| !guarded.contains(name));
    found
}

fn report(program: &Program, module: &Module, table: &[&str], name: &Name, span: Span, count: usize) -> Diagnostic {
    let mut diagnostic = Diagnostic::warning(codes::UNKNOWN_NAME, span, format!("`{name}` is not declared"));
    diagnostic = match count {
        1 => diagnostic.label("a ReferenceError when reached"),
        n => diagnostic.label(format!("a ReferenceError when reached, here and at {} more", plural(n - 1, "place"))),
    };
    match suggest_import(program, module, name) {
        Some(import) => diagnostic.help(format!("add `{import}`")),
        None => {
            let own = module.globals.iter().map(|g| &*g.name).chain(module.imports.iter().map(|i| &*i.local_name));
            match closest(name, own.chain(table.iter().copied())) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            }
        }
    }
}

fn plural(n: usize, word: &str) -> String {
    if n == 1 { format!("{n} {word}") } else { format!("{n} {word}s") }
}

/// `import { name } from '../lib/auth'` when some module of the app exports the name.
fn suggest_import(program: &Program, module: &Module, name: &Name) -> Option<String> {
    let exporter = program.modules.iter().find(|other| {
        let exports_it = |e: &Export| matches!(e, Export::Global { name: n, .. } | Export::Import { name: n, .. } if n == name);
        other.path != module.path && other.page.is_none() && other.exports.iter().any(exports_it)
    })?;
    Some(format!("import {{ {name} }} from '{}'", relative_specifier(&module.path, &exporter.path)))
}

/// How the file at `from` names the module at `to`; both are relative to the project.
fn relative_specifier(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = &from[..from.len() - 1];
    let shared = folders.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = folders.len() - shared;
    let mut path = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    path.push_str(&to[shared..].join("/"));
    for extension in [".js", ".ts", ".mjs"] {
        if let Some(stem) = path.strip_suffix(extension) {
            return stem.to_owned();
        }
    }
    path
}

fn check_template(program: &Program, module: &Module, page: &app::PageTable) -> Vec<Diagnostic> {
    let scope: Vec<Name> = page.render_scope.iter().map(scope_name).collect();
    let mut seen = HashSet::new();
    let fresh = page.unknown_names.iter().filter(|(name, _)| seen.insert(name.clone()));
    fresh
        .map(|(name, span)| {
            let diagnostic = Diagnostic::warning(codes::UNKNOWN_TEMPLATE_NAME, *span, format!("`{name}` is not a name of this template"))
                .label("renders nothing");
            let own = scope.iter().map(|n| &**n).chain(module.globals.iter().map(|g| &*g.name));
            match closest(name, own.chain(module.imports.iter().map(|i| &*i.local_name))) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => match suggest_import(program, module, name) {
                    Some(import) => diagnostic.help(format!("add `{import}` to `<imports>`")),
                    None if scope.is_empty() => diagnostic,
                    None => diagnostic.help(format!("it knows {}", listed(&scope))),
                },
            }
        })
        .collect()
}

fn listed(names: &[Name]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

fn scope_name(scope: &app::ScopeName) -> Name {
    use app::ScopeName::*;
    match scope {
        Loader(name) | Prop(name) | PageValue(name) => name.clone(),
        Params => "params".into(),
        Query => "query".into(),
        Request => "request".into(),
        ActionResult => "actionResult".into(),
        Env => "env".into(),
        Props => "props".into(),
        Title => "title".into(),
        Description => "description".into(),
        Error => "error".into(),
        Url => "url".into(),
    }
}
