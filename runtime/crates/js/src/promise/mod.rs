//! Promises (ECMA-262 §27.2), the tasks that `async` functions are, and generators.
//!
//! A pending promise owns its reactions, and a reaction owns the suspended task: so what nobody can settle any more is freed with
//! the promise, task and all.

mod combinators;
mod constructor;
mod drain;
mod frame;
pub(crate) mod generator;
mod async_generator;
mod task;

pub use async_generator::{AsyncYielder, async_generator};
pub use constructor::install;
pub use drain::{Hooks, drain, enqueue_tick, report_uncaught, set_hooks, take_unhandled};
pub use frame::{Frame, Park};
pub use generator::{Resume, Yielder, generator};
pub use task::{await_, promise_of, spawn_task};

use crate::ops;
use puremix_value::{Class, Cx, ErrorKind, FnDef, Intrinsic, Job, Kind, Obj, Payload, R, Tracer, Value, well_known};
use std::cell::{Cell, RefCell};

/// A promise's own part.
pub struct PromiseData {
    state: RefCell<State>,
    handled: Cell<bool>,
}

enum State {
    Pending(Vec<Reaction>),
    Fulfilled(Value),
    Rejected(Value),
}

/// What happens when a promise settles.
enum Reaction {
    /// `then(on_ok, on_error)`; the derived promise is settled with what the handler answers.
    Then { on_ok: Value, on_error: Value, derived: Capability },
    /// An `await`: the task goes on.
    Resume(Obj),
    /// Settles another promise the same way, without functions in between.
    Follow(Obj),
    /// The embedding's own continuation.
    Host { held: Vec<Value>, then: HostFn },
}

/// What the embedding does with the values it gave and the outcome.
type HostFn = Box<dyn FnOnce(Cx, Vec<Value>, Result<Value, Value>)>;

/// A promise and how to settle it.
#[derive(Clone)]
pub(crate) enum Capability {
    Native(Obj),
    /// Made by a subclass or a foreign constructor.
    Custom { promise: Value, resolve: Value, reject: Value },
}

impl Payload for PromiseData {
    fn trace(&self, t: &mut Tracer<'_>) {
        let Ok(state) = self.state.try_borrow() else { return };
        match &*state {
            State::Fulfilled(v) | State::Rejected(v) => t.value(v),
            State::Pending(reactions) => {
                for reaction in reactions {
                    match reaction {
                        Reaction::Then { on_ok, on_error, derived } => {
                            t.value(on_ok);
                            t.value(on_error);
                            derived.trace(t);
                        }
                        Reaction::Resume(o) | Reaction::Follow(o) => t.obj(o),
                        Reaction::Host { held, .. } => t.values(held),
                    }
                }
            }
        }
    }

    fn clear(&self) {
        let old = self.state.replace(State::Fulfilled(Value::Undefined));
        drop(old);
    }
}

impl Capability {
    fn trace(&self, t: &mut Tracer<'_>) {
        match self {
            Capability::Native(o) => t.obj(o),
            Capability::Custom { promise, resolve, reject } => {
                t.value(promise);
                t.value(resolve);
                t.value(reject);
            }
        }
    }

    pub(crate) fn promise(&self) -> Value {
        match self {
            Capability::Native(o) => Value::Obj(o.clone()),
            Capability::Custom { promise, .. } => promise.clone(),
        }
    }

    pub(crate) fn resolve(&self, cx: Cx, value: Value) -> R<()> {
        match self {
            Capability::Native(o) => {
                resolve(cx, o, value);
                Ok(())
            }
            Capability::Custom { resolve, .. } => ops::call(cx, resolve, &Value::Undefined, &[value]).map(drop),
        }
    }

    pub(crate) fn reject(&self, cx: Cx, reason: Value) -> R<()> {
        match self {
            Capability::Native(o) => {
                reject(cx, o, reason);
                Ok(())
            }
            Capability::Custom { reject, .. } => ops::call(cx, reject, &Value::Undefined, &[reason]).map(drop),
        }
    }
}

/// How a promise stands, for the embedding.
pub enum Settled {
    Pending,
    Fulfilled(Value),
    Rejected(Value),
}

/// A new pending promise.
pub fn new_promise(cx: Cx) -> Obj {
    with_state(cx, State::Pending(Vec::new()))
}

/// A promise that was fulfilled from the start.
pub fn fulfilled(cx: Cx, value: Value) -> Obj {
    with_state(cx, State::Fulfilled(value))
}

/// A promise that was rejected from the start.
pub fn rejected(cx: Cx, reason: Value) -> Obj {
    let promise = new_promise(cx);
    reject(cx, &promise, reason);
    promise
}

fn with_state(cx: Cx, state: State) -> Obj {
    let proto = cx.intrinsic(Intrinsic::PromisePrototype);
    Obj::native(cx, Some(proto), Class::Promise, PromiseData { state: RefCell::new(state), handled: Cell::new(false) })
}

fn data(o: &Obj) -> Option<&PromiseData> {
    o.payload::<PromiseData>()
}

/// The promise object inside a value, if it is one.
pub fn as_promise(value: &Value) -> Option<&Obj> {
    value.as_obj().filter(|o| data(o).is_some())
}

/// The present state of a promise object.
pub fn settled(promise: &Obj) -> Settled {
    match data(promise).map(|d| d.state.borrow()).as_deref() {
        Some(State::Fulfilled(v)) => Settled::Fulfilled(v.clone()),
        Some(State::Rejected(v)) => Settled::Rejected(v.clone()),
        _ => Settled::Pending,
    }
}

/// Fulfils or rejects a pending promise and queues its reactions.
fn settle(cx: Cx, promise: &Obj, outcome: Result<Value, Value>) {
    let Some(d) = data(promise) else { return };
    if !matches!(&*d.state.borrow(), State::Pending(_)) {
        return;
    }
    let state = match &outcome {
        Ok(v) => State::Fulfilled(v.clone()),
        Err(e) => State::Rejected(e.clone()),
    };
    let State::Pending(reactions) = d.state.replace(state) else { return };
    if outcome.is_err() && !d.handled.get() {
        drain::note_unhandled(promise);
    }
    for reaction in reactions {
        queue(cx, reaction, outcome.clone());
    }
}

/// Rejects a promise.
pub fn reject(cx: Cx, promise: &Obj, reason: Value) {
    settle(cx, promise, Err(reason));
}

/// The promise's resolve function: follows thenables (§27.2.1.3.2).
pub fn resolve(cx: Cx, promise: &Obj, value: Value) {
    let Value::Obj(o) = &value else { return settle(cx, promise, Ok(value)) };
    if o == promise {
        let error = make_type_error(cx, "Chaining cycle detected for promise #<Promise>");
        return settle(cx, promise, Err(error));
    }
    if data(o).is_some() && is_plain_promise(cx, o) {
        // The job that would call `then` with two functions; the order of turns is the same.
        return cx.enqueue(Job::Call { run: follow_job, a: value, b: Value::Obj(promise.clone()) });
    }
    match ops::get(cx, &value, well_known::THEN, 0) {
        Err(_) => settle(cx, promise, Err(cx.take_exception())),
        Ok(then) if then.is_callable() => {
            let promise = promise.clone();
            cx.enqueue(Job::Boxed(Box::new(move |cx| {
                let (resolve, reject) = resolving_functions(cx, &promise);
                if ops::call(cx, &then, &value, &[resolve, reject.clone()]).is_err() {
                    let error = cx.take_exception();
                    // A resolving function cannot throw.
                    let _ = ops::call(cx, &reject, &Value::Undefined, &[error]);
                }
            })));
        }
        Ok(_) => settle(cx, promise, Ok(value)),
    }
}

/// A new promise that settles as `promise` does, a turn later.
pub fn following(cx: Cx, promise: &Obj) -> Obj {
    let outer = new_promise(cx);
    react(cx, promise, Reaction::Follow(outer.clone()));
    outer
}

fn follow_job(cx: Cx, inner: Value, outer: Value) {
    if let (Value::Obj(inner), Value::Obj(outer)) = (inner, outer) {
        react(cx, &inner, Reaction::Follow(outer));
    }
}

/// Whether `then` of this promise is the built-in one, so that nobody sees that it was not called.
fn is_plain_promise(cx: Cx, o: &Obj) -> bool {
    cx.is_intact() && o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::PromisePrototype)) && o.own_keys(cx).is_empty()
}

/// Adds a reaction, or queues it when the promise has settled.
fn react(cx: Cx, promise: &Obj, reaction: Reaction) {
    let Some(d) = data(promise) else { return };
    if !d.handled.replace(true) {
        drain::note_handled(promise);
    }
    let outcome = match &mut *d.state.borrow_mut() {
        State::Pending(reactions) => {
            reactions.push(reaction);
            return;
        }
        State::Fulfilled(v) => Ok(v.clone()),
        State::Rejected(e) => Err(e.clone()),
    };
    queue(cx, reaction, outcome);
}

/// Calls back when the promise has settled, in a microtask. `then` holds no values of the heap: [`on_settled_with`] does.
pub fn on_settled(cx: Cx, promise: &Obj, then: impl FnOnce(Cx, Result<Value, Value>) + 'static) {
    react(cx, promise, Reaction::Host { held: Vec::new(), then: Box::new(move |cx, _, outcome| then(cx, outcome)) });
}

/// As [`on_settled`] for a callback that needs values. It gets them when it is called: what a closure captures the collector cannot see, and a
/// promise that never settles would keep it for ever.
pub fn on_settled_with(cx: Cx, promise: &Obj, held: Vec<Value>, then: impl FnOnce(Cx, Vec<Value>, Result<Value, Value>) + 'static) {
    react(cx, promise, Reaction::Host { held, then: Box::new(then) });
}

/// An `await` of the current task; the promise is not held by the task.
pub(crate) fn resume_on(cx: Cx, promise: &Obj, task: Obj) {
    react(cx, promise, Reaction::Resume(task));
}

fn queue(cx: Cx, reaction: Reaction, outcome: Result<Value, Value>) {
    cx.enqueue(match reaction {
        Reaction::Resume(task) => match outcome {
            Ok(v) => Job::Call { run: task::resume_ok, a: Value::Obj(task), b: v },
            Err(e) => Job::Call { run: task::resume_error, a: Value::Obj(task), b: e },
        },
        Reaction::Follow(outer) => Job::Boxed(Box::new(move |cx| settle(cx, &outer, outcome))),
        Reaction::Host { held, then } => Job::Boxed(Box::new(move |cx| then(cx, held, outcome))),
        Reaction::Then { on_ok, on_error, derived } => Job::Boxed(Box::new(move |cx| {
            let handler = if outcome.is_ok() { on_ok } else { on_error };
            let answer = match (handler.is_callable(), outcome) {
                (true, Ok(v) | Err(v)) => ops::call(cx, &handler, &Value::Undefined, &[v]).map_err(|_| cx.take_exception()),
                (false, outcome) => outcome,
            };
            // Settling a native promise cannot throw; a custom one's exception has nowhere to go (§27.2.2.1).
            let done = match answer {
                Ok(v) => derived.resolve(cx, v),
                Err(e) => derived.reject(cx, e),
            };
            if done.is_err() {
                cx.take_exception();
            }
        })),
    });
}

/// `promise.then(on_ok, on_error)` with the built-in `then`, deriving `derived`.
pub(crate) fn perform_then(cx: Cx, promise: &Obj, on_ok: Value, on_error: Value, derived: Capability) {
    react(cx, promise, Reaction::Then { on_ok, on_error, derived });
}

/// `PromiseResolve(%Promise%, value)`: the value itself when it is a promise of ours.
pub fn promise_resolve(cx: Cx, value: Value) -> R<Obj> {
    if let Some(o) = as_promise(&value) {
        let plain = is_plain_promise(cx, o) || {
            let c = ops::get(cx, &value, well_known::CONSTRUCTOR, 0)?;
            c.as_obj().is_some_and(|c| cx.is_intrinsic(c, Intrinsic::PromiseConstructor))
        };
        if plain {
            return Ok(o.clone());
        }
    }
    let promise = new_promise(cx);
    resolve(cx, &promise, value);
    Ok(promise)
}

/// The two functions given to executors and thenables; only the first call of either counts.
pub(crate) fn resolving_functions(cx: Cx, promise: &Obj) -> (Value, Value) {
    static RESOLVE: FnDef = FnDef::native("", 1, |cx, a| {
        if let Some(promise) = first_call(a.env(0), a.env(1)) {
            resolve(cx, &promise, a.get(0).clone());
        }
        Ok(Value::Undefined)
    });
    static REJECT: FnDef = FnDef::native("", 1, |cx, a| {
        if let Some(promise) = first_call(a.env(0), a.env(1)) {
            reject(cx, &promise, a.get(0).clone());
        }
        Ok(Value::Undefined)
    });
    let once = Value::Obj(Obj::cell(cx, Value::Bool(false)));
    let env = vec![Value::Obj(promise.clone()), once];
    (Value::Obj(Obj::function(cx, &RESOLVE, env.clone())), Value::Obj(Obj::function(cx, &REJECT, env)))
}

fn first_call(promise: &Value, once: &Value) -> Option<Obj> {
    let Kind::Cell(cell) = once.as_obj()?.kind() else { return None };
    let called = matches!(cell.replace(Value::Bool(true)), Value::Bool(true));
    if called { None } else { promise.as_obj().cloned() }
}

pub(crate) fn make_type_error(cx: Cx, message: &str) -> Value {
    let _ = cx.throw_error(ErrorKind::Type, message);
    cx.take_exception()
}
