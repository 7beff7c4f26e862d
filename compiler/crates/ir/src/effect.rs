//! What evaluating an expression may do.

use crate::*;

/// Whether evaluating an argument runs code that could tell, or change, when a method was looked up.
pub fn runs_code(e: &Expr) -> bool {
    let mut found = false;
    visit::walk_expr(e, &mut |node| {
        found |= matches!(
            node,
            visit::Node::Stmt(_)
                | visit::Node::Expr(Expr {
                    kind: ExprKind::Call { .. }
                        | ExprKind::CallMethod { .. }
                        | ExprKind::CallIndex { .. }
                        | ExprKind::CallWithThis { .. }
                        | ExprKind::New { .. }
                        | ExprKind::CallSuper { .. }
                        | ExprKind::Assign(..)
                        | ExprKind::AssignOp(..)
                        | ExprKind::AssignLogical(..)
                        | ExprKind::Update { .. }
                        | ExprKind::Delete(_)
                        | ExprKind::Await(_)
                        | ExprKind::Yield(_)
                        | ExprKind::YieldStar(_)
                        | ExprKind::Class(_),
                    ..
                })
        );
    });
    found
}
