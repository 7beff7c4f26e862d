//! What operators answer.

use puremix_ir::{BinaryOp, Lang, LogicalOp, Ty, UnaryOp};

/// A literal number. Negative zero is no `i32`.
pub(super) fn literal(n: f64) -> Ty {
    let int = n.fract() == 0.0 && n >= f64::from(i32::MIN) && n <= f64::from(i32::MAX) && !(n == 0.0 && n.is_sign_negative());
    if int { Ty::Int } else { Ty::Num }
}

/// Converts to a number without user code, and is no BigInt (nor an object that might become one).
fn numeric(ty: Ty) -> bool {
    matches!(ty, Ty::Int | Ty::Num | Ty::Bool | Ty::Undefined | Ty::Null)
}

fn never(types: &[Ty]) -> bool {
    types.contains(&Ty::Never)
}

pub(super) fn unary(op: UnaryOp, lang: Lang, operand: Ty) -> Ty {
    if never(&[operand]) {
        return Ty::Never;
    }
    match (op, lang) {
        (UnaryOp::Void, _) => Ty::Undefined,
        (UnaryOp::ToStr, _) | (UnaryOp::Typeof, Lang::Js) => Ty::Str,
        (UnaryOp::Not, _) => Ty::Bool,
        // A BigInt throws.
        (UnaryOp::Plus, Lang::Js) => if operand == Ty::Int { Ty::Int } else { Ty::Num },
        (UnaryOp::Neg, Lang::Js) if numeric(operand) || operand == Ty::Str => Ty::Num,
        (UnaryOp::BitNot, Lang::Js) if numeric(operand) || operand == Ty::Str => Ty::Int,
        _ => Ty::Any,
    }
}

/// Mixing a BigInt with a number throws, so that one operand known to be no BigInt makes the result a number.
pub(super) fn binary(op: BinaryOp, lang: Lang, left: Ty, right: Ty) -> Ty {
    use BinaryOp::*;
    if never(&[left, right]) {
        return Ty::Never;
    }
    if lang != Lang::Js {
        return Ty::Any;
    }
    let no_bigint = |ty: Ty| numeric(ty) || ty == Ty::Str;
    let number = no_bigint(left) || no_bigint(right);
    match op {
        Add if left == Ty::Str || right == Ty::Str => Ty::Str,
        Add if numeric(left) && numeric(right) => Ty::Num,
        Sub | Mul | Div | Rem | Exp if number => Ty::Num,
        BitAnd | BitOr | BitXor | Shl | Shr if number => Ty::Int,
        // BigInts have no unsigned shift.
        Ushr => Ty::Num,
        Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe | In | InstanceOf => Ty::Bool,
        _ => Ty::Any,
    }
}

/// The value of `left op right` is one of the two.
pub(super) fn logical(op: LogicalOp, lang: Lang, left: Ty, right: Ty) -> Ty {
    if left == Ty::Never {
        return Ty::Never;
    }
    let by_truth = lang == Lang::Js;
    match (op, left) {
        (LogicalOp::Nullish, Ty::Undefined | Ty::Null) => right,
        (LogicalOp::Nullish, Ty::Any) => Ty::Any,
        (LogicalOp::Nullish, left) => left,
        (LogicalOp::And, Ty::Undefined | Ty::Null) if by_truth => left,
        (LogicalOp::And, Ty::Object | Ty::Array) if by_truth => right,
        (LogicalOp::Or, Ty::Undefined | Ty::Null) if by_truth => right,
        (LogicalOp::Or, Ty::Object | Ty::Array) if by_truth => left,
        (_, left) => left.join(right),
    }
}

/// `++` and `--`: the new value, and the old one as it is converted.
pub(super) fn update(old: Ty) -> (Ty, Ty) {
    match old {
        Ty::Never => (Ty::Never, Ty::Never),
        Ty::Int => (Ty::Num, Ty::Int),
        ty if numeric(ty) || ty == Ty::Str => (Ty::Num, Ty::Num),
        _ => (Ty::Any, Ty::Any),
    }
}

/// What `await` answers: values that cannot have a `then` pass through.
pub(super) fn awaited(ty: Ty) -> Ty {
    match ty {
        Ty::Object | Ty::Array | Ty::Any => Ty::Any,
        primitive => primitive,
    }
}
