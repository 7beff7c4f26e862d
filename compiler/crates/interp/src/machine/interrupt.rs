//! Ending code that does not end: a request from another thread, which loops and calls of interpreted code look for.

use puremix_value::{Cx, ErrorKind, R, Value};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// Asks this thread's code to end. Most threads have none.
    static REQUEST: Cell<Option<&'static AtomicBool>> = const { Cell::new(None) };
    /// What the last request threw: no handler of the program catches it.
    static THROWN: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Asks the code of one thread to end.
#[derive(Clone, Copy)]
pub struct Interrupt(&'static AtomicBool);

impl Interrupt {
    /// For the code of this thread.
    pub fn of_this_thread() -> Interrupt {
        let flag: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(false)));
        REQUEST.set(Some(flag));
        Interrupt(flag)
    }

    /// What runs now throws an exception at its next loop or call, which `try` does not catch. A promise it was to settle is rejected.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Takes a request back that nobody has followed.
    pub fn withdraw(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Throws if this thread's code is to end.
#[inline]
pub(super) fn check(cx: Cx) -> R<()> {
    match REQUEST.get() {
        Some(flag) if flag.load(Ordering::Relaxed) => Err(interrupt(cx, flag)),
        _ => Ok(()),
    }
}

#[cold]
#[inline(never)]
fn interrupt(cx: Cx, flag: &AtomicBool) -> puremix_value::Thrown {
    flag.store(false, Ordering::Relaxed);
    cx.throw_error(ErrorKind::Error, "the code did not give control back in time: an endless loop?");
    let exception = cx.take_exception();
    THROWN.replace(Some(exception.clone()));
    cx.throw(exception)
}

/// Whether the exception ended code on request.
pub fn is_interruption(exception: &Value) -> bool {
    THROWN.with_borrow(|thrown| match (thrown.as_ref().and_then(Value::as_obj), exception.as_obj()) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    })
}
