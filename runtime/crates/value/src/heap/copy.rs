//! Cloning values as whole words.

use crate::Value;

impl Clone for Value {
    /// Counts, then copies both words.
    #[inline]
    fn clone(&self) -> Value {
        match self {
            Value::Num(_) | Value::Undefined | Value::Null | Value::Bool(_) | Value::Uninit => {}
            Value::Obj(o) => std::mem::forget(o.clone()),
            counted => retain(counted),
        }
        // SAFETY: the bits of `self` are duplicated, and the duplicate owns what it refers to: plain variants own nothing, and
        // for counted ones a clone was just made and forgotten. A clone of `Obj`, `Rc` and `Str` has the same bits as its
        // original (a word), so the forgotten clone is the duplicate.
        unsafe { std::ptr::read(self) }
    }
}

impl Value {
    /// Whether dropping it does anything.
    #[inline]
    pub(super) fn owns(&self) -> bool {
        matches!(self, Value::Obj(_) | Value::Str(_) | Value::Sym(_) | Value::BigInt(_))
    }

    /// Drops it, without a call where there is nothing to do.
    #[inline]
    pub(super) fn discard(self) {
        if self.owns() {
            drop(self);
        } else {
            std::mem::forget(self);
        }
    }
}

/// Leaves one more reference behind.
#[inline(never)]
fn retain(v: &Value) {
    match v {
        Value::Str(s) => std::mem::forget(s.clone()),
        Value::Sym(s) => std::mem::forget(s.clone()),
        Value::BigInt(n) => std::mem::forget(n.clone()),
        Value::Obj(o) => std::mem::forget(o.clone()),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Num(_) | Value::Uninit => {}
    }
}
