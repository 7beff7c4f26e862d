//! Module variables that may be read while they are still undefined.
//!
//! A slot that is not `checked` begins as undefined. It is never read so when one of the initialiser's own statements assigns it
//! and nothing that runs before can reach a read.

use puremix_ir::visit::{Access, Mention, Node, mentions, walk, walk_expr};
use puremix_ir::*;
use std::collections::HashSet;

/// For each global: whether a read may find undefined that no assignment put there.
pub(super) fn maybe_undefined(module: &Module, in_cycle: bool) -> Vec<bool> {
    let mut run = Run {
        module,
        initialised: vec![false; module.globals.len()],
        early: vec![false; module.globals.len()],
        entered: HashSet::new(),
        held: functions_held(module),
    };
    if in_cycle {
        // Another module may call what this one exports before this one runs.
        for export in &module.exports {
            if let Export::Global { global, .. } = export {
                run.global(*global);
            }
        }
    }
    for stmt in &module.function(module.init).body {
        match &stmt.kind {
            StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Global(id), value), .. }) => {
                // `var` begins as undefined in so many words. Once the variable has had a value, that is one more value.
                if is_blank(stmt) {
                    run.early[id.index()] |= run.initialised[id.index()];
                    continue;
                }
                // Making a closure runs nothing.
                if !matches!(value.kind, ExprKind::Closure(_)) {
                    run.expr(value);
                }
                run.initialised[id.index()] = true;
            }
            _ => run.stmt(stmt),
        }
    }
    let checked = module.globals.iter().map(|g| g.checked);
    checked.zip(run.initialised.iter().zip(run.early)).map(|(checked, (initialised, early))| !checked && (early || !initialised)).collect()
}

/// `variable = undefined`. As a statement of the initialiser it says no more than [`maybe_undefined`] does.
pub(super) fn is_blank(stmt: &Stmt) -> bool {
    let StmtKind::Expr(Expr { kind: ExprKind::Assign(Place::Global(_), value), .. }) = &stmt.kind else { return false };
    matches!(value.kind, ExprKind::Undefined)
}

/// The functions made in what is assigned to each global.
fn functions_held(module: &Module) -> Vec<Vec<FnId>> {
    let mut held = vec![Vec::new(); module.globals.len()];
    for function in &module.functions {
        walk(&function.body, &mut |node| {
            let Node::Expr(e) = node else { return };
            let (ExprKind::Assign(Place::Global(id), value) | ExprKind::AssignLogical(_, _, Place::Global(id), value)) = &e.kind else { return };
            walk_expr(value, &mut |inner| {
                mentions(inner, &mut |mention| {
                    if let Mention::Function(f) = mention {
                        held[id.index()].push(f);
                    }
                });
            });
        });
    }
    for (global, held) in module.globals.iter().zip(&mut held) {
        held.extend(global.function);
    }
    held
}

struct Run<'m> {
    module: &'m Module,
    initialised: Vec<bool>,
    early: Vec<bool>,
    entered: HashSet<FnId>,
    held: Vec<Vec<FnId>>,
}

impl Run<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        let mut found = Vec::new();
        walk(std::slice::from_ref(stmt), &mut |node| mentions(node, &mut |m| found.push(m)));
        self.all(found);
    }

    fn expr(&mut self, expr: &Expr) {
        let mut found = Vec::new();
        walk_expr(expr, &mut |node| mentions(node, &mut |m| found.push(m)));
        self.all(found);
    }

    fn global(&mut self, id: GlobalId) {
        self.all(vec![Mention::Global(id, Access::Read)]);
    }

    /// Follows reads and functions, which are taken to be called at once.
    fn all(&mut self, mut work: Vec<Mention>) {
        while let Some(mention) = work.pop() {
            match mention {
                Mention::Global(id, Access::Read | Access::ReadWrite) => {
                    let index = id.index();
                    self.early[index] |= !self.initialised[index];
                    work.extend(self.held[index].iter().map(|f| Mention::Function(*f)));
                }
                Mention::Function(f) if self.entered.insert(f) => {
                    let body = &self.module.function(f).body;
                    walk(body, &mut |node| mentions(node, &mut |m| work.push(m)));
                }
                Mention::Global(..) | Mention::Function(_) | Mention::Local(..) | Mention::Import(_) => {}
            }
        }
    }
}
