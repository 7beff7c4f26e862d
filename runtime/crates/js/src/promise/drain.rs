//! Running what is queued, in Node's order, and telling of rejections nobody handled.

use puremix_value::{Cx, Job, Obj, Value};
use std::cell::RefCell;
use std::collections::VecDeque;

thread_local! {
    static TICKS: RefCell<VecDeque<Box<dyn FnOnce(Cx)>>> = const { RefCell::new(VecDeque::new()) };
    static UNHANDLED: RefCell<Vec<Obj>> = const { RefCell::new(Vec::new()) };
    static HOOK: RefCell<Option<fn(Cx, &Value)>> = const { RefCell::new(None) };
}

/// `process.nextTick`.
pub fn enqueue_tick(tick: impl FnOnce(Cx) + 'static) {
    TICKS.with_borrow_mut(|q| q.push_back(Box::new(tick)));
}

/// What to do with the reason of a rejection that nobody handled by the end of its turn.
pub fn set_rejection_hook(hook: fn(Cx, &Value)) {
    HOOK.replace(Some(hook));
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

/// Reasons of the rejections that stand unhandled, taken off the list.
pub fn take_unhandled() -> Vec<Value> {
    UNHANDLED
        .take()
        .iter()
        .filter_map(|p| match super::settled(p) {
            super::Settled::Rejected(reason) => Some(reason),
            _ => None,
        })
        .collect()
}

fn report(cx: Cx) {
    let Some(hook) = HOOK.with_borrow(|h| *h) else { return };
    for reason in take_unhandled() {
        hook(cx, &reason);
    }
}

/// An exception that left a callback of the embedding (a timer, a tick): told to the same hook as an unhandled rejection.
pub fn report_uncaught(cx: Cx, error: &Value) {
    if let Some(hook) = HOOK.with_borrow(|h| *h) {
        hook(cx, error);
    }
}
