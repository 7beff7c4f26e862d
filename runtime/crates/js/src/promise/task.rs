//! Async functions: a Rust future that a promise's reactions poll.

use super::{Frame, fulfilled, new_promise, promise_resolve, reject, rejected, resolve, resume_on};
use puremix_value::{Cx, Kind, Obj, R, TaskData, Value};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

thread_local! {
    /// The task being polled on this thread.
    static CURRENT: RefCell<Option<Obj>> = const { RefCell::new(None) };
    /// What the promise that woke the current task was settled with.
    static WOKEN: RefCell<Option<Result<Value, Value>>> = const { RefCell::new(None) };
}

/// Starts an async function: runs it to its first `await` and answers its promise. The body moves what it holds into the frame
/// before it waits.
pub fn spawn_task<F>(cx: Cx, body: impl FnOnce(Frame) -> F) -> Value
where
    F: Future<Output = R> + 'static,
{
    let promise = new_promise(cx);
    let frame = Frame::default();
    let task = new_task(cx, Box::pin(body(frame.clone())), &frame, Value::Obj(promise.clone()));
    poll(cx, &task);
    Value::Obj(promise)
}

pub(super) fn new_task(cx: Cx, future: Pin<Box<dyn Future<Output = R>>>, frame: &Frame, promise: Value) -> Obj {
    Obj::with(cx, None, Kind::Task(Box::new(TaskData::new(future, frame.payload(), promise))))
}

/// The promise of an async function that has no `await`: its body already ran.
pub fn promise_of(cx: Cx, outcome: R) -> Value {
    Value::Obj(match outcome {
        Ok(v @ Value::Obj(_)) => {
            let promise = new_promise(cx);
            resolve(cx, &promise, v);
            promise
        }
        Ok(v) => fulfilled(cx, v),
        Err(_) => rejected(cx, cx.take_exception()),
    })
}

/// Runs a task until it is done or waits.
pub(super) fn poll(cx: Cx, task: &Obj) {
    let Kind::Task(data) = task.kind() else { return };
    let Some(mut future) = data.take() else { return };
    let outer = CURRENT.replace(Some(task.clone()));
    let outcome = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    CURRENT.replace(outer);
    match outcome {
        Poll::Pending => data.put(future),
        Poll::Ready(outcome) => {
            drop(future);
            let Value::Obj(promise) = data.promise() else { return };
            match outcome {
                Ok(v) => resolve(cx, &promise, v),
                Err(_) => reject(cx, &promise, cx.take_exception()),
            }
        }
    }
}

pub(super) fn resume_ok(cx: Cx, task: Value, value: Value) {
    wake(cx, &task, Ok(value));
}

pub(super) fn resume_error(cx: Cx, task: Value, error: Value) {
    wake(cx, &task, Err(error));
}

fn wake(cx: Cx, task: &Value, outcome: Result<Value, Value>) {
    if let Value::Obj(task) = task {
        WOKEN.replace(Some(outcome));
        poll(cx, task);
    }
}

/// The task being polled, for generators that suspend without a promise.
pub(super) fn current() -> Option<Obj> {
    CURRENT.with_borrow(Clone::clone)
}

/// `await value`. Takes one turn of the microtask queue at least, as Node does.
pub fn await_(cx: Cx, value: Value) -> Await {
    Await { cx, value: Some(value) }
}

/// The future of one `await`.
pub struct Await {
    cx: Cx,
    value: Option<Value>,
}

impl Future for Await {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        let cx = self.cx;
        if let Some(value) = self.value.take() {
            let promise = match promise_resolve(cx, value) {
                Ok(promise) => promise,
                Err(thrown) => return Poll::Ready(Err(thrown)),
            };
            let Some(task) = current() else {
                return Poll::Ready(Err(cx.throw(super::make_type_error(cx, "await outside of a task"))));
            };
            resume_on(cx, &promise, task);
            return Poll::Pending;
        }
        match WOKEN.take() {
            Some(Ok(v)) => Poll::Ready(Ok(v)),
            Some(Err(e)) => Poll::Ready(Err(cx.throw(e))),
            None => Poll::Pending,
        }
    }
}
