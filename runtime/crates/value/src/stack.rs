//! The native stack, and what grows with recursion but lies in the heap: recursion without end is a RangeError, never an abort.

use crate::{Cx, ErrorKind, Isolate, R, Thrown, Value};

impl Isolate {
    /// Sets how far down this thread's stack may grow, as an address: the thread's lowest address plus the reserve.
    pub fn set_stack_limit(&self, lowest: usize) {
        self.stack_limit.set(lowest);
    }

    /// As [`Isolate::set_stack_limit`], `bytes` below the caller's frame.
    pub fn set_stack_budget(&self, bytes: usize) {
        self.stack_limit.set(here().saturating_sub(bytes));
    }
}

/// The address of the current frame.
#[inline(always)]
fn here() -> usize {
    let mark = 0u8;
    std::hint::black_box(&raw const mark) as usize
}

/// How many values argument lists hold at a time: 64 MB.
const MAX_SPREAD: usize = 4 << 20;

/// Throws `RangeError: Maximum call stack size exceeded` when the thread's stack is nearly used up.
#[inline]
pub fn check_stack(cx: Cx) -> R<()> {
    if here() < cx.stack_limit.get() { Err(overflow(cx)) } else { Ok(()) }
}

/// Arguments that come from a list, for as long as their call runs. Other engines keep arguments on the stack, where recursion of
/// `f(...args, 1)` ends soon; here they lie in the heap, so what is there of them is counted.
pub struct SpreadArgs {
    cx: Cx,
    values: Vec<Value>,
}

impl SpreadArgs {
    /// Throws `RangeError: Maximum call stack size exceeded` when the calls that run hold too many of them.
    pub fn new(cx: Cx, values: Vec<Value>) -> R<SpreadArgs> {
        let held = cx.spread.get() + values.len();
        if held > MAX_SPREAD {
            return Err(overflow(cx));
        }
        cx.spread.set(held);
        Ok(SpreadArgs { cx, values })
    }
}

impl std::ops::Deref for SpreadArgs {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.values
    }
}

impl Drop for SpreadArgs {
    fn drop(&mut self) {
        self.cx.spread.set(self.cx.spread.get() - self.values.len());
    }
}

#[cold]
#[inline(never)]
fn overflow(cx: Cx) -> Thrown {
    cx.throw_error(ErrorKind::Range, "Maximum call stack size exceeded")
}
