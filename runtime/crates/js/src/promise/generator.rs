//! Generators: a Rust future that suspends at each `yield`.

use super::{Frame, Park};
use crate::ops;
use puremix_value::{Attr, Class, Cx, ErrorKind, FnDef, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol, well_known, check_stack};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// How a suspended generator goes on.
pub enum Resume {
    Next(Value),
    Throw(Value),
    Return(Value),
}

/// What passes between a generator's body and its driver.
#[derive(Default)]
pub(super) struct Channel {
    pub out: RefCell<Option<Value>>,
    pub resume: RefCell<Option<Resume>>,
    /// `out` is a result object already (`yield*`).
    pub is_result: Cell<bool>,
}

/// The body's side: `y.yield_(value).await`.
#[derive(Clone)]
pub struct Yielder {
    channel: Rc<Channel>,
    frame: Frame,
}

impl Yielder {
    /// Hands a value out and waits to be resumed.
    pub fn yield_(&self, value: Value) -> Suspension {
        Suspension { channel: self.channel.clone(), value: Some(value) }
    }

    /// Hands the result object of an inner iterator out as it is.
    pub fn delegate(&self, result: Value) -> Suspension {
        self.channel.is_result.set(true);
        self.yield_(result)
    }
}

/// What a body does with its frame, whatever it suspends through.
macro_rules! framed {
    ($name:ident) => {
        impl $name {
            /// What the body starts with.
            pub fn begin<const N: usize>(&self) -> [Value; N] {
                self.frame.begin()
            }
            /// [`Frame::save`]
            pub fn save(&self, variables: &mut [&mut Value]) {
                self.frame.save(variables);
            }
            /// [`Frame::restore`]
            pub fn restore(&self, variables: &mut [&mut Value]) {
                self.frame.restore(variables);
            }
            /// [`Frame::park`]
            pub fn park(&self, variable: &mut impl Park) {
                self.frame.park(variable);
            }
            /// [`Frame::unpark`]
            pub fn unpark(&self, variable: &mut impl Park) {
                self.frame.unpark(variable);
            }
        }
    };
}
pub(super) use framed;
framed!(Yielder);

/// The future of one `yield`.
pub struct Suspension {
    channel: Rc<Channel>,
    value: Option<Value>,
}

impl Future for Suspension {
    type Output = Resume;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Resume> {
        if let Some(value) = self.value.take() {
            self.channel.out.replace(Some(value));
            return Poll::Pending;
        }
        match self.channel.resume.take() {
            Some(resume) => Poll::Ready(resume),
            None => Poll::Pending,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    Suspended,
    Running,
    Done,
}

struct GeneratorData {
    future: RefCell<Option<Pin<Box<dyn Future<Output = R>>>>>,
    channel: Rc<Channel>,
    frame: Frame,
    phase: Cell<Phase>,
}

impl Payload for GeneratorData {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.frame.trace(t);
    }

    fn clear(&self) {
        let future = self.future.take();
        drop(future);
        self.frame.clear();
    }
}

/// Makes the generator object of a call. `callee` is the generator function, whose `prototype` the object gets. The body begins by
/// taking `start` (parameters, captured values) out of its frame.
pub fn generator<F, const N: usize>(cx: Cx, callee: &Value, start: [Value; N], body: impl FnOnce(Yielder) -> F) -> R
where
    F: Future<Output = R> + 'static,
{
    let proto = prototype(cx, callee, Intrinsic::GeneratorPrototype)?;
    let channel = Rc::new(Channel::default());
    let frame = Frame::of(start);
    let future = Box::pin(body(Yielder { channel: channel.clone(), frame: frame.clone() }));
    let data = GeneratorData { future: RefCell::new(Some(future)), channel, frame, phase: Cell::new(Phase::Start) };
    Ok(Value::Obj(Obj::native(cx, Some(proto), Class::Generator, data)))
}

pub(super) fn prototype(cx: Cx, callee: &Value, fallback: Intrinsic) -> R<Obj> {
    if callee.is_object()
        && let Value::Obj(proto) = ops::get(cx, callee, well_known::PROTOTYPE, 0)?
    {
        return Ok(proto);
    }
    Ok(cx.intrinsic(fallback))
}

/// What a resumption came to.
enum Step {
    Yielded(Value),
    Finished(Value),
    /// The result object of an inner iterator that is not exhausted.
    Delegated(Value),
}

fn resume(cx: Cx, this: &Value, method: &str, how: Resume) -> R {
    match step(cx, this, method, how)? {
        Step::Yielded(v) => Ok(ops::iter_result(cx, v, false)),
        Step::Finished(v) => Ok(ops::iter_result(cx, v, true)),
        Step::Delegated(result) => Ok(result),
    }
}

fn step(cx: Cx, this: &Value, method: &str, how: Resume) -> R<Step> {
    check_stack(cx)?;
    let Some(data) = this.as_obj().and_then(|o| o.payload::<GeneratorData>()) else {
        return Err(cx.throw_error(ErrorKind::Type, &format!("{method} method called on incompatible receiver {}", crate::js_to_string(cx, this)?)));
    };
    match data.phase.get() {
        Phase::Running => return Err(cx.throw_error(ErrorKind::Type, "Generator is already running")),
        Phase::Start if !matches!(how, Resume::Next(_)) => {
            data.phase.set(Phase::Done);
            let future = data.future.take();
            drop(future);
            return finished(cx, how);
        }
        Phase::Done => return finished(cx, how),
        Phase::Start => {}
        Phase::Suspended => {
            data.channel.resume.replace(Some(how));
        }
    }
    data.phase.set(Phase::Running);
    let Some(mut future) = data.future.take() else { return finished(cx, Resume::Next(Value::Undefined)) };
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => {
            data.future.replace(Some(future));
            data.phase.set(Phase::Suspended);
            let value = data.channel.out.take().unwrap_or_default();
            Ok(if data.channel.is_result.take() { Step::Delegated(value) } else { Step::Yielded(value) })
        }
        Poll::Ready(outcome) => {
            data.phase.set(Phase::Done);
            drop(future);
            Ok(Step::Finished(outcome?))
        }
    }
}

fn finished(cx: Cx, how: Resume) -> R<Step> {
    match how {
        Resume::Next(_) => Ok(Step::Finished(Value::Undefined)),
        Resume::Return(v) => Ok(Step::Finished(v)),
        Resume::Throw(e) => Err(cx.throw(e)),
    }
}

static NEXT: FnDef = FnDef::native("next", 1, |cx, a| resume(cx, a.this, "next", Resume::Next(a.get(0).clone())));

/// Whether the function is the built-in `next` of generators: then [`next_value`] does what a call of it does, without a result object.
pub(crate) fn is_next(f: &Value) -> bool {
    matches!(f, Value::Obj(o) if matches!(o.kind(), Kind::Function(data) if std::ptr::eq(data.def, &NEXT)))
}

/// One step of a loop over a generator: the value, or `None` at the end.
pub(crate) fn next_value(cx: Cx, generator: &Value) -> R<Option<Value>> {
    match step(cx, generator, "next", Resume::Next(Value::Undefined))? {
        Step::Yielded(v) => Ok(Some(v)),
        Step::Finished(_) => Ok(None),
        Step::Delegated(result) if crate::js_truthy(&ops::get(cx, &result, well_known::DONE, 0)?) => Ok(None),
        Step::Delegated(result) => ops::get(cx, &result, well_known::VALUE, 0).map(Some),
    }
}

/// Fills `%GeneratorPrototype%`.
pub(super) fn install(cx: Cx) {
    static RETURN: FnDef = FnDef::native("return", 1, |cx, a| resume(cx, a.this, "return", Resume::Return(a.get(0).clone())));
    static THROW: FnDef = FnDef::native("throw", 1, |cx, a| resume(cx, a.this, "throw", Resume::Throw(a.get(0).clone())));
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::IteratorPrototype)), Kind::Plain);
    for def in [&NEXT, &RETURN, &THROW] {
        proto.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
    }
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str("Generator"), Attr::CONFIGURABLE);
    cx.set_intrinsic(Intrinsic::GeneratorPrototype, proto);
}
