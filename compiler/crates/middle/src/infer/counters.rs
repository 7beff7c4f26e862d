//! Loop counters that stay 32-bit integers.
//!
//! `for (let i = 0; i < bound; i++)`: when nothing else assigns `i`, the update runs only where `i < bound` held in the same turn. With
//! a bound that is an `i32` (or a length, of which none reaches 2³¹−1 − 1,024 in practice: `docs/ir.md`), `i + step` is one too.
//! With `i <= bound` the one exception is the step beyond 2³¹−1, where the test fails whatever the bound: generated code leaves the
//! loop there, which nobody can tell when `i` ends with the loop.

use puremix_ir::visit::{Access, Mention, Node, mentions, walk};
use puremix_ir::*;

/// The largest step that may be added to a length.
const MAX_STEP: f64 = 1_024.0;

/// Assignments of each local, its declarations and fresh copies apart.
pub(super) fn count_writes(module: &Module) -> Vec<u32> {
    let mut writes = vec![0; module.locals.len()];
    for function in &module.functions {
        walk(&function.body, &mut |node| {
            if matches!(node, Node::Stmt(Stmt { kind: StmtKind::Loop { .. }, .. })) {
                return;
            }
            mentions(node, &mut |mention| {
                if let Mention::Local(id, Access::Write | Access::ReadWrite) = mention {
                    writes[id.index()] += 1;
                }
            });
        });
    }
    writes
}

/// The counter a loop's update steps, and by how much.
pub(super) fn stepped(update: &Expr) -> Option<(LocalId, f64)> {
    match &update.kind {
        ExprKind::Update { place: Place::Local(id), delta, .. } => Some((*id, *delta)),
        ExprKind::AssignOp(op @ (BinaryOp::Add | BinaryOp::Sub), Lang::Js, Place::Local(id), value) => match value.kind {
            ExprKind::Num(n) if *op == BinaryOp::Add => Some((*id, n)),
            ExprKind::Num(n) => Some((*id, -n)),
            _ => None,
        },
        ExprKind::Seq(items) => {
            let mut steps = items.iter().filter_map(stepped);
            let first = steps.next();
            first.filter(|_| steps.next().is_none())
        }
        _ => None,
    }
}

/// Whether the test keeps `counter + step` within `i32` wherever it holds, or the loop may be left instead. The test's operands have been
/// typed; what has no type yet may still become an integer. `scoped`: nobody reads the counter after the loop.
pub(super) fn keeps_int(test: &Expr, counter: LocalId, step: f64, scoped: bool) -> bool {
    if scoped && step == 1.0 && is_inclusive(test, counter) {
        return true;
    }
    bounded(test, counter, step)
}

/// `counter <= bound`, where the bound is a variable that holds an integer.
fn is_inclusive(test: &Expr, counter: LocalId) -> bool {
    let ExprKind::Binary(BinaryOp::Le, Lang::Js, a, b) = &test.kind else { return false };
    matches!(a.kind, ExprKind::Local(id) if id == counter) && matches!(b.kind, ExprKind::Local(_)) && matches!(b.ty, Ty::Int | Ty::Never)
}

fn bounded(test: &Expr, counter: LocalId, step: f64) -> bool {
    if step.fract() != 0.0 || step == 0.0 || step.abs() > MAX_STEP {
        return false;
    }
    match &test.kind {
        // All conjuncts held.
        ExprKind::Logical(LogicalOp::And, Lang::Js, a, b) => bounded(a, counter, step) || bounded(b, counter, step),
        ExprKind::Binary(op, Lang::Js, a, b) => {
            let is_counter = |e: &Expr| matches!(e.kind, ExprKind::Local(id) if id == counter);
            let (op, bound) = if is_counter(a) {
                (*op, b)
            } else if is_counter(b) {
                (mirrored(*op), a)
            } else {
                return false;
            };
            match op {
                BinaryOp::Lt | BinaryOp::Le if step > 0.0 => upper_bound(bound, step, op == BinaryOp::Lt),
                BinaryOp::Gt | BinaryOp::Ge if step < 0.0 => lower_bound(bound, step),
                _ => false,
            }
        }
        _ => false,
    }
}

fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        other => other,
    }
}

fn upper_bound(bound: &Expr, step: f64, strict: bool) -> bool {
    match &bound.kind {
        ExprKind::Num(n) => n + step <= f64::from(i32::MAX),
        _ if is_length(bound) => true,
        // `i < max` gives `i + 1 <= max`.
        _ => matches!(bound.ty, Ty::Int | Ty::Never) && strict && step == 1.0,
    }
}

fn lower_bound(bound: &Expr, step: f64) -> bool {
    matches!(bound.kind, ExprKind::Num(n) if n + step >= f64::from(i32::MIN))
}

/// The length of a string or array, or that less a small constant.
pub(super) fn is_length(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Get(object, name) | ExprKind::GetSafe(object, name) => &**name == "length" && matches!(object.ty, Ty::Str | Ty::Array),
        ExprKind::Binary(BinaryOp::Sub, Lang::Js, length, less) => {
            matches!(less.kind, ExprKind::Num(n) if n.fract() == 0.0 && (0.0..=MAX_STEP).contains(&n)) && is_length(length)
        }
        _ => false,
    }
}
