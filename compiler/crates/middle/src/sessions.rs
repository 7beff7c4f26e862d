//! Which routes may look at the session of a request.
//!
//! A server need not hold a session for the others. That a route is not found here although it does look (by a name made at run time, by a function that
//! another module registered) costs it time, never the session: the runtime then reads it when it is looked at.

use crate::graph::ModuleGraph;
use puremix_ir::visit::{Node, walk};
use puremix_ir::*;

/// Members of a request that lead to its session.
pub(crate) const MEMBERS: [&str; 4] = ["session", "sessionID", "flash", "user"];

/// Marks the routes of the app.
pub fn sessions(program: &mut Program) {
    let mentions: Vec<bool> = program.modules.iter().map(|module| does_mention(module)).collect();
    let graph = ModuleGraph::of(program);
    let reaches = |roots: &[ModuleId]| graph.reachable(roots.iter().map(|id| id.index())).into_iter().any(|i| mentions[i]);
    // What answers every request.
    let common: Vec<ModuleId> = program.app.config.into_iter().chain(program.app.middleware.as_ref().map(|m| m.module)).collect();
    let is_common = reaches(&common);
    let found: Vec<bool> = program
        .app
        .routes
        .iter()
        .map(|route| {
            let layout = match &route.kind {
                app::RouteKind::Page { layout } => *layout,
                // Parsley's standard library may look.
                app::RouteKind::Handler(_) => return true,
                app::RouteKind::Api(_) => None,
            };
            let roots: Vec<ModuleId> = [route.module].into_iter().chain(layout).collect();
            is_common || reaches(&roots)
        })
        .collect();
    for (route, found) in program.app.routes.iter_mut().zip(found) {
        route.uses_session = found;
    }
}

fn does_mention(module: &Module) -> bool {
    let mut found = false;
    for function in &module.functions {
        walk(&function.body, &mut |node| {
            let Node::Expr(e) = node else { return };
            let name: &str = match &e.kind {
                ExprKind::Get(_, name) | ExprKind::GetSafe(_, name) | ExprKind::CallMethod { name, .. } => name,
                ExprKind::Str(Text::Utf8(text)) => text,
                _ => return,
            };
            found |= MEMBERS.contains(&name);
        });
    }
    found
}
