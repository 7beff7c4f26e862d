//! Async generators: a task that answers a queue of requests (ECMA-262 §27.6).

use super::generator::{Channel, Resume, framed, prototype};
use super::task::{self, new_task};
use crate::ops::iter_result;
use super::{Frame, Park, await_, new_promise, on_settled_with, promise_resolve, reject, rejected, resolve};
use puremix_value::{Attr, Class, Cx, FnDef, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WeakObj, WellKnownSymbol};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    Suspended,
    Running,
    /// The body is over; a `return` request awaits its value.
    Draining,
    Done,
}

struct Request {
    how: Resume,
    promise: Obj,
}

struct AsyncGeneratorData {
    task: RefCell<Option<Obj>>,
    channel: Rc<Channel>,
    frame: Frame,
    phase: Cell<Phase>,
    queue: RefCell<VecDeque<Request>>,
}

impl Payload for AsyncGeneratorData {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(task) = self.task.try_borrow()
            && let Some(task) = &*task
        {
            t.obj(task);
        }
        if let Ok(queue) = self.queue.try_borrow() {
            for request in &*queue {
                t.obj(&request.promise);
                match &request.how {
                    Resume::Next(v) | Resume::Throw(v) | Resume::Return(v) => t.value(v),
                }
            }
        }
    }

    fn clear(&self) {
        let (task, queue) = (self.task.take(), self.queue.take());
        drop((task, queue));
    }
}

/// Makes the async generator object of a call. A `yield` of the body awaits its value before handing it out. The body begins by
/// taking `start` out of its frame.
pub fn async_generator<F, const N: usize>(cx: Cx, callee: &Value, start: [Value; N], body: impl FnOnce(AsyncYielder) -> F) -> R
where
    F: Future<Output = R> + 'static,
{
    let proto = prototype(cx, callee, Intrinsic::AsyncGeneratorPrototype)?;
    let channel = Rc::new(Channel::default());
    let frame = Frame::of(start);
    let data = AsyncGeneratorData {
        task: RefCell::new(None),
        channel: channel.clone(),
        frame: frame.clone(),
        phase: Cell::new(Phase::Start),
        queue: RefCell::default(),
    };
    let object = Obj::native(cx, Some(proto), Class::AsyncGenerator, data);
    let weak = Rc::new(OnceCell::from(WeakObj::new(&object)));
    let body = body(AsyncYielder { cx, channel, object: weak.clone(), frame: frame.clone() });
    let future = async move {
        let outcome = body.await;
        if let Some(object) = weak.get().and_then(WeakObj::get) {
            let outcome = match outcome {
                Ok(v) => Ok(v),
                Err(_) => Err(cx.take_exception()),
            };
            finish(cx, &object, outcome);
        }
        Ok(Value::Undefined)
    };
    let task = new_task(cx, Box::pin(future), &frame, Value::Undefined);
    if let Some(data) = object.payload::<AsyncGeneratorData>() {
        data.task.replace(Some(task));
    }
    Ok(Value::Obj(object))
}

/// The body is over: the request at the head gets its outcome, later ones are answered as those of a finished generator.
fn finish(cx: Cx, object: &Obj, outcome: Result<Value, Value>) {
    let Some(data) = object.payload::<AsyncGeneratorData>() else { return };
    data.phase.set(Phase::Done);
    data.frame.set_owner(None);
    let request = data.queue.borrow_mut().pop_front();
    if let Some(request) = request {
        match outcome {
            Ok(v) => resolve(cx, &request.promise, iter_result(cx, v, true)),
            Err(e) => reject(cx, &request.promise, e),
        }
    }
    drain_done(cx, object);
}

fn drain_done(cx: Cx, object: &Obj) {
    let Some(data) = object.payload::<AsyncGeneratorData>() else { return };
    loop {
        let Some(request) = data.queue.borrow_mut().pop_front() else { return };
        match request.how {
            Resume::Next(_) => resolve(cx, &request.promise, iter_result(cx, Value::Undefined, true)),
            Resume::Throw(e) => reject(cx, &request.promise, e),
            Resume::Return(v) => {
                data.phase.set(Phase::Draining);
                let held = vec![Value::Obj(object.clone()), Value::Obj(request.promise)];
                let awaited = match promise_resolve(cx, v) {
                    Ok(p) => p,
                    Err(_) => rejected(cx, cx.take_exception()),
                };
                on_settled_with(cx, &awaited, held, |cx, held, outcome| {
                    let [Value::Obj(object), Value::Obj(promise)] = held.as_slice() else { return };
                    match outcome {
                        Ok(v) => resolve(cx, promise, iter_result(cx, v, true)),
                        Err(e) => reject(cx, promise, e),
                    }
                    if let Some(data) = object.payload::<AsyncGeneratorData>() {
                        data.phase.set(Phase::Done);
                    }
                    drain_done(cx, object);
                });
                return;
            }
        }
    }
}

/// Lets the body run for the request at the head of the queue, and for those after it.
fn run(cx: Cx, object: &Obj) {
    let Some(data) = object.payload::<AsyncGeneratorData>() else { return };
    let started = data.phase.get() == Phase::Start;
    {
        let mut queue = data.queue.borrow_mut();
        let Some(request) = queue.front_mut() else { return };
        let how = std::mem::replace(&mut request.how, Resume::Next(Value::Undefined));
        if started && !matches!(how, Resume::Next(_)) {
            request.how = how;
            data.phase.set(Phase::Done);
            drop(queue);
            let task = data.task.take();
            drop(task);
            // Nobody traces the frame of a task that is gone.
            data.frame.clear();
            return drain_done(cx, object);
        }
        if !started {
            data.channel.resume.replace(Some(how));
        }
    }
    data.phase.set(Phase::Running);
    data.frame.set_owner(Some(object.clone()));
    let task = data.task.borrow().clone();
    if let Some(task) = task {
        task::poll(cx, &task);
    }
}

/// The body's side of an async generator: `y.yield_(value).await?`.
#[derive(Clone)]
pub struct AsyncYielder {
    cx: Cx,
    channel: Rc<Channel>,
    object: Rc<OnceCell<WeakObj>>,
    frame: Frame,
}

framed!(AsyncYielder);

impl AsyncYielder {
    /// Awaits the value, answers the request at the head with it, and waits for the next; the value of a `return` is awaited.
    pub async fn yield_(&self, value: Value) -> R<Resume> {
        let value = await_(self.cx, value).await?;
        self.hand_on(value).await
    }

    /// As [`AsyncYielder::yield_`], for a value that was awaited (`yield*`).
    pub async fn hand_on(&self, value: Value) -> R<Resume> {
        let cx = self.cx;
        let waiting = self.hand_out(value);
        let how = match waiting {
            Some(how) => how,
            None => Wait(&self.channel).await,
        };
        match how {
            Resume::Return(v) => Ok(match await_(cx, v).await {
                Ok(v) => Resume::Return(v),
                Err(_) => Resume::Throw(cx.take_exception()),
            }),
            other => Ok(other),
        }
    }

    /// Answers the head of the queue; the next request, if there already is one, resumes the body at once.
    fn hand_out(&self, value: Value) -> Option<Resume> {
        let object = self.object.get()?.get()?;
        let data = object.payload::<AsyncGeneratorData>()?;
        let request = data.queue.borrow_mut().pop_front();
        if let Some(request) = request {
            resolve(self.cx, &request.promise, iter_result(self.cx, value, false));
        }
        let mut queue = data.queue.borrow_mut();
        match queue.front_mut() {
            Some(next) => Some(std::mem::replace(&mut next.how, Resume::Next(Value::Undefined))),
            None => {
                data.phase.set(Phase::Suspended);
                self.frame.set_owner(None);
                None
            }
        }
    }
}

/// Waits for `run` to put a resumption into the channel.
struct Wait<'a>(&'a Channel);

impl Future for Wait<'_> {
    type Output = Resume;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Resume> {
        match self.0.resume.take() {
            Some(how) => Poll::Ready(how),
            None => Poll::Pending,
        }
    }
}

fn request(cx: Cx, this: &Value, how: Resume) -> R {
    let promise = new_promise(cx);
    let answer = Value::Obj(promise.clone());
    let Some((object, data)) = this.as_obj().and_then(|o| Some((o, o.payload::<AsyncGeneratorData>()?))) else {
        let error = super::make_type_error(cx, "next method called on incompatible receiver");
        reject(cx, &promise, error);
        return Ok(answer);
    };
    data.queue.borrow_mut().push_back(Request { how, promise });
    match data.phase.get() {
        Phase::Start | Phase::Suspended => run(cx, object),
        Phase::Done => drain_done(cx, object),
        Phase::Running | Phase::Draining => {}
    }
    Ok(answer)
}

/// Fills `%AsyncGeneratorPrototype%`.
pub(super) fn install(cx: Cx) {
    static NEXT: FnDef = FnDef::native("next", 1, |cx, a| request(cx, a.this, Resume::Next(a.get(0).clone())));
    static RETURN: FnDef = FnDef::native("return", 1, |cx, a| request(cx, a.this, Resume::Return(a.get(0).clone())));
    static THROW: FnDef = FnDef::native("throw", 1, |cx, a| request(cx, a.this, Resume::Throw(a.get(0).clone())));
    static SELF: FnDef = FnDef::native("[Symbol.asyncIterator]", 0, |_, a| Ok(a.this.clone()));
    let object = cx.intrinsic(Intrinsic::ObjectPrototype);
    let base = Obj::with(cx, Some(object), Kind::Plain);
    base.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), Obj::function(cx, &SELF, vec![]));
    let proto = Obj::with(cx, Some(base.clone()), Kind::Plain);
    for def in [&NEXT, &RETURN, &THROW] {
        proto.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
    }
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str("AsyncGenerator"), Attr::CONFIGURABLE);
    cx.set_intrinsic(Intrinsic::AsyncIteratorPrototype, base);
    cx.set_intrinsic(Intrinsic::AsyncGeneratorPrototype, proto);
}
