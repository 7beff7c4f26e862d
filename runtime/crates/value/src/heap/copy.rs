//! Cloning values as whole words.

use crate::Value;
use std::mem::{ManuallyDrop, MaybeUninit};

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
    pub fn discard(self) {
        if self.owns() {
            drop(self);
        } else {
            std::mem::forget(self);
        }
    }
}

/// Moves `values` to `to` a word at a time. A value that was just made lies on the stack as two stored words, or better in two registers; to
/// move it as one piece, the processor would have to wait until both stores are done.
///
/// # Safety
/// `to` must be valid for writes of `N` values, and what is there is not dropped.
#[inline(always)]
pub(super) unsafe fn move_words<const N: usize>(values: ManuallyDrop<[Value; N]>, to: *mut Value) {
    let from = (&raw const values).cast::<MaybeUninit<u64>>();
    let to = to.cast::<MaybeUninit<u64>>();
    for word in 0..N * 2 {
        // SAFETY: a `Value` is two aligned words, some bytes of which may be uninitialised; both pointers are valid for `N` of them, and `values` is
        // not used again.
        unsafe { to.add(word).write(from.add(word).read()) };
    }
}

const _: () = assert!(size_of::<Value>() == 16 && align_of::<Value>() == 8);

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
