//! Findings about the app's files together, before linking.

mod functions;
pub mod python;
mod secrets;

use puremix_diag::{Diagnostic, Severity, Span, codes};
use puremix_ir::app::App;
use crate::project::{Project, natives};
use puremix_ir::visit::{Node, walk};
use puremix_ir::{Block, ExprKind, ImportTarget, Module, ModuleId, Program, Stmt, StmtKind, Target};

/// What can be said before it is known which files are routes.
pub fn check(program: &Program) -> Vec<Diagnostic> {
    component_cycles(program)
}

/// What can be said of a whole app of sound files.
pub fn check_app(program: &Program, project: &Project) -> Vec<Diagnostic> {
    let mut found = functions::names(program, project);
    found.extend(functions::missing_keys(program));
    found.extend(secrets::check(program));
    found
}

/// Uses of what Node's modules have and the runtime's do not: `fs.createReadStream(…)`. What the program reaches in other ways throws a
/// `TypeError` that names it when it is read. Looks at the modules of `part`.
pub fn missing_members(program: &Program, part: &[ModuleId]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let has_natives = |module: &&Module| module.imports.iter().any(|import| matches!(import.target, ImportTarget::Native(..)));
    for module in part.iter().map(|id| program.module(*id)).filter(has_natives) {
        for function in &module.functions {
            walk(&function.body, &mut |node| {
                let Node::Expr(e) = node else { return };
                let (ExprKind::Get(object, name) | ExprKind::CallMethod { recv: object, name, .. }) = &e.kind else { return };
                let ExprKind::Import(id) = object.kind else { return };
                let ImportTarget::Native(native, member) = &module.imports[id.index()].target else { return };
                let whole = member.as_deref().is_none_or(|m| m == "default");
                if whole && natives::missing(native).contains(&&**name) {
                    let message = format!("`{name}` of `{}` is not supported in compiled programs", natives::shown(native));
                    found.push(Diagnostic::error(codes::UNKNOWN_EXPORT, e.span, message).help("docs/book/reference/node.md lists what each module has"));
                }
            });
        }
    }
    found
}

/// A note naming the variables that keep the app in one isolate, when the config does not decide the number.
pub fn pinned(app: &App) -> Option<Diagnostic> {
    const SHOWN: usize = 4;
    let first = app.pins.first().filter(|_| app.workers.is_none())?;
    let (names, verb) = match app.pins.len() - 1 {
        0 => (format!("`{}`", first.name), "is"),
        1 => (format!("`{}` and one more variable", first.name), "are"),
        n => (format!("`{}` and {n} more variables", first.name), "are"),
    };
    let message = format!("{names} {verb} shared by all requests, so the server runs one isolate");
    let note = Diagnostic { severity: Severity::Note, ..Diagnostic::warning(codes::ISOLATE_PINNED, first.span, message) };
    let note = app.pins.iter().skip(1).take(SHOWN - 1).fold(note.label(&*first.why), |note, pin| note.secondary(pin.span, &*pin.why));
    Some(note.help("keep such state in the session or a database to use every core; `workers: N` in the config gives each isolate its own copy"))
}

/// Components that are rendered inside themselves whatever the data: that would never end.
fn component_cycles(program: &Program) -> Vec<Diagnostic> {
    let edges: Vec<Vec<(ModuleId, Span)>> = program.modules.iter().map(|module| unconditional_components(module)).collect();
    let mut diagnostics = Vec::new();
    for start in 0..edges.len() {
        let mut seen = vec![false; edges.len()];
        let mut stack: Vec<usize> = vec![start];
        while let Some(at) = stack.pop() {
            for (to, span) in &edges[at] {
                if to.index() == start && at == start || to.index() == start && seen[at] {
                    diagnostics.push(
                        Diagnostic::error(
                            codes::PAGE_COMPONENT_CYCLE,
                            *span,
                            format!("`{}` is always rendered inside itself", program.modules[start].path),
                        )
                        .label("its own import")
                        .help("use it below a condition or a `.map`, so that the data ends it"),
                    );
                } else if !seen[to.index()] {
                    seen[to.index()] = true;
                    stack.push(to.index());
                }
            }
        }
    }
    diagnostics
}

fn unconditional_components(module: &Module) -> Vec<(ModuleId, Span)> {
    let mut found = Vec::new();
    if let Some(render) = module.page.as_ref().and_then(|page| page.render) {
        collect(module, &module.function(render).body, &mut found);
    }
    found
}

fn collect(module: &Module, block: &Block, found: &mut Vec<(ModuleId, Span)>) {
    for Stmt { kind, .. } in block {
        match kind {
            StmtKind::Component { component, .. } => {
                let request = &module.requests[component.request];
                if let Target::Component(id) = request.target {
                    found.push((id, request.span));
                }
            }
            StmtKind::Block(inner) => collect(module, inner, found),
            // Everything else is conditional, or writes no component.
            _ => {}
        }
    }
}
