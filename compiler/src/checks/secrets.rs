//! Data of the server that scripts in browsers get: what a page's loaders return is in its source, for everybody to read.

use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::app::RouteKind;
use puremix_ir::visit::{Node, walk, walk_expr};
use puremix_ir::{Expr, ExprKind, Key, Program, Property, Stmt, StmtKind};
use puremix_runtime::page::sounds_secret;
use std::collections::BTreeSet;

/// Warns of fields named like secrets in what loaders return as it stands there, on pages whose scripts get it.
pub fn check(program: &Program) -> Vec<Diagnostic> {
    let pages: BTreeSet<_> = program.app.routes.iter().filter(|route| matches!(route.kind, RouteKind::Page { .. })).map(|route| route.module).collect();
    let mut found = Vec::new();
    for module in pages.into_iter().map(|id| program.module(id)) {
        let Some(page) = module.page.as_ref().filter(|page| page.mentions_puremix) else { continue };
        for loader in &page.loaders {
            walk(&module.function(loader.function).body, &mut |node| {
                if let Node::Stmt(Stmt { kind: StmtKind::Return(Some(value)), .. }) = node {
                    found.extend(fields(value).into_iter().filter(|(name, _)| sounds_secret(name)).map(|(name, span)| warning(&loader.name, &name, span)));
                }
            });
        }
    }
    found
}

/// The names of the fields of the object literals in a value, where a field has more than a constant.
fn fields(value: &Expr) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    walk_expr(value, &mut |node| {
        let Node::Expr(Expr { kind: ExprKind::Object(_, properties), .. }) = node else { return };
        for property in properties {
            let Property::Value(Key::Name(name), value) = property else { continue };
            let is_constant = matches!(value.kind, ExprKind::Str(_) | ExprKind::Num(_) | ExprKind::Bool(_) | ExprKind::Null | ExprKind::Undefined | ExprKind::Object(..) | ExprKind::Array(..));
            if !is_constant {
                found.push((name.to_string(), value.span));
            }
        }
    });
    found
}

fn warning(loader: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(codes::PAGE_SECRET_IN_DATA, span, format!("`{name}` of `{loader}` goes to the browser: scripts of this page get what its loaders return"))
        .help("leave the field out of what the loader returns, or rename it if it is no secret")
}
