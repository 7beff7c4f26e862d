//! Running what is queued, in Node's order, and telling of rejections nobody handled.

use puremix_value::{Cx, Job, Obj, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

thread_local! {
    static TICKS: RefCell<VecDeque<Box<dyn FnOnce(Cx)>>> = const { RefCell::new(VecDeque::new()) };
    static UNHANDLED: RefCell<Vec<Obj>> = const { RefCell::new(Vec::new()) };
    static HOOKS: Cell<Option<Hooks>> = const { Cell::new(None) };
}

/// `process.nextTick`.
pub fn enqueue_tick(tick: impl FnOnce(Cx) + 'static) {
    TICKS.with_borrow_mut(|q| q.push_back(Box::new(tick)));
}

/// What the embedding does with failures that no code of the program sees.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// A promise that was rejected, and why, with nobody handling it by the end of its turn.
    pub rejection: fn(Cx, &Obj, &Value),
    /// An exception that left a callback of the embedding (a timer, a tick, a microtask).
    pub exception: fn(Cx, &Value),
}

/// Sets the hooks of this thread's isolate.
pub fn set_hooks(hooks: Hooks) {
    HOOKS.set(Some(hooks));
}

/// Runs ticks and microtasks until both queues are empty. After a callback of Node's own (timer, IO) ticks come first; after a
/// module's body (which runs inside a microtask) promises do.
pub fn drain(cx: Cx, ticks_first: bool) {
    if !ticks_first {
        microtasks(cx);
    }
    loop {
        while let Some(tick) = TICKS.with_borrow_mut(VecDeque::pop_front) {
            tick(cx);
        }
        microtasks(cx);
        if TICKS.with_borrow(VecDeque::is_empty) {
            report(cx);
            if TICKS.with_borrow(VecDeque::is_empty) && !cx.has_jobs() {
                break;
            }
        }
    }
    cx.collect_if_needed();
}

fn microtasks(cx: Cx) {
    while let Some(job) = cx.next_job() {
        match job {
            Job::Call { run, a, b } => run(cx, a, b),
            Job::Boxed(f) => f(cx),
        }
    }
}

pub(super) fn note_unhandled(promise: &Obj) {
    UNHANDLED.with_borrow_mut(|list| list.push(promise.clone()));
}

pub(super) fn note_handled(promise: &Obj) {
    UNHANDLED.with_borrow_mut(|list| {
        if !list.is_empty() {
            list.retain(|p| p != promise);
        }
    });
}

/// Promises whose rejections stand unhandled, with the reasons, taken off the list.
pub fn take_unhandled() -> Vec<(Obj, Value)> {
    let list = UNHANDLED.take();
    list.into_iter()
        .filter_map(|p| match super::settled(&p) {
            super::Settled::Rejected(reason) => Some((p, reason)),
            _ => None,
        })
        .collect()
}

fn report(cx: Cx) {
    let Some(hooks) = HOOKS.get() else { return };
    for (promise, reason) in take_unhandled() {
        (hooks.rejection)(cx, &promise, &reason);
    }
}

/// Tells of an exception that left a callback of the embedding.
pub fn report_uncaught(cx: Cx, error: &Value) {
    if let Some(hooks) = HOOKS.get() {
        (hooks.exception)(cx, error);
    }
}
