//! The event loop of one isolate: entries, timers, immediates, and operations that leave the thread.
//!
//! tokio drives; this room keeps Node's order. Whatever runs app code goes through [`enter`], which drains `process.nextTick` and the
//! microtasks when the outermost entry ends. Timers run before immediates, and IO gets its turn in between.

use super::timers::{Millis, Timers, delay};
use puremix_js::promise;
use puremix_value::{Cx, R, Value};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// A function to call later.
#[derive(Clone)]
pub struct Callback {
    pub function: Value,
    pub this: Value,
    pub args: Rc<[Value]>,
}

struct EventLoop {
    timers: RefCell<Timers<Callback>>,
    immediates: RefCell<VecDeque<(u32, Callback)>>,
    next_immediate: Cell<u32>,
    origin: Instant,
    /// The time of this turn; delays count from it, as in Node.
    now: Cell<Millis>,
    /// Operations that have left the thread.
    operations: Cell<usize>,
    /// Entries into app code on this thread's stack.
    depth: Cell<u32>,
    wake: Rc<Notify>,
    /// Told when something has ended that kept the loop alive.
    quieter: Rc<Notify>,
}

thread_local! {
    static LOOP: EventLoop = EventLoop {
        timers: RefCell::default(),
        immediates: RefCell::default(),
        next_immediate: Cell::new(1),
        origin: Instant::now(),
        now: Cell::new(0),
        operations: Cell::new(0),
        depth: Cell::new(0),
        wake: Rc::default(),
        quieter: Rc::default(),
    };
}

impl EventLoop {
    fn update_now(&self) {
        self.now.set(self.origin.elapsed().as_millis() as Millis);
    }
}

/// Runs app code from outside: the time of the turn is taken before, and ticks and microtasks run after.
pub fn enter<T>(cx: Cx, run: impl FnOnce() -> T) -> T {
    enter_in_order(cx, true, run)
}

/// As [`enter`]; `ticks_first` is false after the body of an ES module, which Node runs inside a microtask.
pub fn enter_in_order<T>(cx: Cx, ticks_first: bool, run: impl FnOnce() -> T) -> T {
    /// Ends the entry even when it unwinds.
    struct Depth;
    impl Drop for Depth {
        fn drop(&mut self) {
            LOOP.with(|l| l.depth.set(l.depth.get() - 1));
        }
    }
    let outermost = LOOP.with(|l| {
        let depth = l.depth.get();
        l.depth.set(depth + 1);
        if depth == 0 {
            l.update_now();
        }
        depth == 0
    });
    let _depth = Depth;
    let result = run();
    if outermost {
        promise::drain(cx, ticks_first);
    }
    result
}

/// `setTimeout` and `setInterval`; the timer's number.
pub fn set_timer(callback: Callback, ms: f64, repeats: bool) -> u32 {
    LOOP.with(|l| {
        let id = l.timers.borrow_mut().add(l.now.get(), delay(ms), repeats, callback);
        l.wake.notify_one();
        id
    })
}

/// `clearTimeout` and `clearInterval`; unknown numbers are fine.
pub fn clear_timer(id: u32) {
    LOOP.with(|l| l.timers.borrow_mut().remove(id));
}

/// Cancels timers whose callback was made by code that is no more.
pub fn cancel_timers(is_gone: impl Fn(&Value) -> bool) {
    LOOP.with(|l| l.timers.borrow_mut().retain(|callback| !is_gone(&callback.function)));
}

/// `timer.refresh()`.
pub fn refresh_timer(id: u32) {
    LOOP.with(|l| {
        l.timers.borrow_mut().refresh(l.now.get(), id);
        l.wake.notify_one();
    });
}

/// `timer.ref()` and `timer.unref()`.
pub fn keep_timer_alive(id: u32, keeps: bool) {
    LOOP.with(|l| l.timers.borrow_mut().keep_alive(id, keeps));
}

/// `timer.hasRef()`.
pub fn is_timer_kept_alive(id: u32) -> bool {
    LOOP.with(|l| l.timers.borrow().is_kept_alive(id))
}

/// `setImmediate`; its number.
pub fn set_immediate(callback: Callback) -> u32 {
    LOOP.with(|l| {
        let id = l.next_immediate.get();
        l.next_immediate.set(id.checked_add(1).unwrap_or(1));
        l.immediates.borrow_mut().push_back((id, callback));
        l.wake.notify_one();
        id
    })
}

/// `clearImmediate`.
pub fn clear_immediate(id: u32) {
    LOOP.with(|l| l.immediates.borrow_mut().retain(|(i, _)| *i != id));
}

/// True while something may still call back: timers, immediates, operations.
pub fn is_alive() -> bool {
    LOOP.with(|l| l.operations.get() > 0 || !l.immediates.borrow().is_empty() || l.timers.borrow().alive() > 0)
}

/// Until nothing is left that may call back: where Node's process ends.
pub async fn idle() {
    let quieter = LOOP.with(|l| l.quieter.clone());
    while is_alive() {
        quieter.notified().await;
    }
}

/// A promise for the outcome of an operation outside the isolate: a file, a query, a request. The future runs on this thread beside the
/// isolate and must not touch values; `finish` turns its output into the promise's value, or throws.
pub fn spawn_op<T: 'static>(
    cx: Cx,
    operation: impl Future<Output = T> + 'static,
    finish: impl FnOnce(Cx, T) -> R + 'static,
) -> Value {
    /// Counts the operation however it ends.
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            LOOP.with(|l| l.operations.set(l.operations.get() - 1));
        }
    }
    let promise = promise::new_promise(cx);
    let value = Value::Obj(promise.clone());
    LOOP.with(|l| l.operations.set(l.operations.get() + 1));
    let counted = Counted;
    tokio::task::spawn_local(async move {
        let output = operation.await;
        drop(counted);
        enter(cx, || match finish(cx, output) {
            Ok(value) => promise::resolve(cx, &promise, value),
            Err(_) => promise::reject(cx, &promise, cx.take_exception()),
        });
        LOOP.with(|l| l.quieter.notify_one());
    });
    value
}

/// Runs timers and immediates for ever. One such task runs on the isolate's thread.
pub async fn run(cx: Cx) {
    let wake = LOOP.with(|l| l.wake.clone());
    loop {
        wait(&wake).await;
        let now = LOOP.with(|l| {
            l.update_now();
            l.now.get()
        });
        while let Some(callback) = LOOP.with(|l| l.timers.borrow_mut().take_due(now)) {
            call(cx, &callback);
        }
        // IO that is ready comes between timers and immediates.
        tokio::task::yield_now().await;
        // Immediates set by immediates wait for the next turn.
        let last = LOOP.with(|l| l.immediates.borrow().back().map(|(id, _)| *id));
        while let Some((id, callback)) = LOOP.with(|l| l.immediates.borrow_mut().pop_front()) {
            call(cx, &callback);
            if Some(id) == last {
                break;
            }
        }
        LOOP.with(|l| l.quieter.notify_one());
    }
}

/// Until something is due or a timer was set.
async fn wait(wake: &Notify) {
    let due = LOOP.with(|l| if l.immediates.borrow().is_empty() { l.timers.borrow().next_due().map(Some) } else { Some(None) });
    match due {
        // An immediate is waiting.
        Some(None) => {}
        // A set timer or immediate may be due earlier; the notification then starts another turn, which finds nothing due.
        Some(Some(due)) => {
            let at = LOOP.with(|l| l.origin) + Duration::from_millis(due);
            let _ = tokio::time::timeout_at(at, wake.notified()).await;
        }
        None => wake.notified().await,
    }
}

fn call(cx: Cx, callback: &Callback) {
    enter(cx, || {
        if puremix_js::call(cx, &callback.function, &callback.this, &callback.args).is_err() {
            let error = cx.take_exception();
            super::report::uncaught(cx, &error);
        }
    });
}
