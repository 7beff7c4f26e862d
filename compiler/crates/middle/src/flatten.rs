//! Deep expressions become short ones: rustc's time and stack grow with the depth of what it is given, faster than with its length.
//!
//! `((a + b) + c) + …` of a thousand terms becomes a list of variables, each the sum of a few dozen. Only the operand that is evaluated first
//! moves, so the order of evaluation stays. In: a linked program. Out: the same program, in which first operands nest at most [`DEPTH`] deep.

use crate::spill::{Spill, of_functions};
use puremix_ir::visit::{NodeMut, children_mut};
use puremix_ir::*;

/// Deeper first operands move into a variable.
const DEPTH: usize = 48;

pub fn flatten(program: &mut Program) {
    of_functions(program, &program.ids(), |_| true, |pass, body| {
        for stmt in body {
            pass.flat(NodeMut::Stmt(stmt));
        }
    });
}

impl Spill<'_> {
    /// Flattens what the node holds; answers the depth of what is left.
    fn flat(&mut self, node: NodeMut<'_>) -> usize {
        let e = match node {
            NodeMut::Expr(e) => e,
            NodeMut::Stmt(s) => {
                let mut depth = 0;
                children_mut(NodeMut::Stmt(s), &mut |child| depth = self.flat(child).max(depth));
                return depth + 1;
            }
        };
        let mut depths = Vec::new();
        children_mut(NodeMut::Expr(e), &mut |child| depths.push(self.flat(child)));
        let deepest = |depths: &[usize]| depths.iter().copied().max().unwrap_or(0);
        let movable = movable(&e.kind);
        if deepest(&depths) < DEPTH || movable == 0 {
            return deepest(&depths) + 1;
        }
        let mut lets = Vec::new();
        let mut index = 0;
        let mut first = true;
        children_mut(NodeMut::Expr(e), &mut |child| {
            if let NodeMut::Expr(child) = child
                && first
                && index < movable
            {
                first = self.is_fixed(child);
                if !first && depths[index] >= DEPTH {
                    self.float(child, &mut lets);
                    self.hoist(child, &mut lets);
                    depths[index] = 0;
                }
            }
            index += 1;
        });
        if !lets.is_empty() {
            let value = Expr { kind: std::mem::replace(&mut e.kind, ExprKind::Undefined), span: e.span, ty: e.ty };
            e.kind = ExprKind::Do(lets, value.boxed());
        }
        deepest(&depths) + 1
    }

    /// Takes the variables out that an earlier step made where the expression's evaluation begins, so that they do not nest.
    fn float(&self, e: &mut Expr, lets: &mut Block) {
        if let ExprKind::Do(block, value) = &mut e.kind {
            lets.append(block);
            let value = std::mem::replace(&mut **value, Expr::new(ExprKind::Undefined, e.span));
            *e = value;
        }
        let movable = movable(&e.kind);
        let (mut index, mut begins) = (0, true);
        children_mut(NodeMut::Expr(e), &mut |child| {
            if let NodeMut::Expr(child) = child
                && begins
                && index < movable
                && !self.is_fixed(child)
            {
                begins = false;
                self.float(child, lets);
            }
            index += 1;
        });
    }
}

/// How many of a node's operands are always evaluated, one after the other, before anything else happens.
fn movable(kind: &ExprKind) -> usize {
    match kind {
        ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::Concat(..)
        | ExprKind::Get(..)
        | ExprKind::GetSafe(..)
        | ExprKind::Index(..)
        | ExprKind::OptionalLink(_)
        | ExprKind::Call { .. }
        | ExprKind::CallMethod { .. }
        | ExprKind::CallIndex { .. }
        | ExprKind::New { .. }
        | ExprKind::Array(..)
        | ExprKind::Object(..)
        | ExprKind::Assign(Place::Local(_) | Place::Global(_), _) => usize::MAX,
        ExprKind::Logical(..) | ExprKind::Cond(_) => 1,
        _ => 0,
    }
}
