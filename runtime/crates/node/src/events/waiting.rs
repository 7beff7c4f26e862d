//! Events as promises and async iterators: `once(emitter, name)`, `on(emitter, name)`.

use super::is_emitter;
use crate::errors::coded_error;
use crate::support::{Functions, argument_type, function_argument, option};
use crate::web::abort;
use puremix_js::{ops, promise};
use puremix_value::{Args, Class, Cx, ErrorKind, FnDef, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol, well_known};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub(super) const FUNCTIONS: Functions = &[("addAbortListener", 2, add_abort_listener), ("once", 2, once), ("on", 2, on)];

fn add_abort_listener(cx: Cx, a: &Args<'_>) -> R {
    let Some(signal) = a.get(0).as_obj().filter(|o| abort::is_signal(o)) else {
        return Err(argument_type(cx, "signal", "an instance of AbortSignal", a.get(0)));
    };
    let listener = function_argument(cx, a.get(1), "listener")?;
    abort::on_abort(signal, move |cx, _| {
        if ops::call(cx, &listener, &Value::Undefined, &[]).is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
    });
    Ok(Obj::plain(cx).into())
}

/// An `AbortError` as Node's own modules throw it.
pub(crate) fn abort_error(cx: Cx, reason: Option<Value>) -> Value {
    let error = coded_error(cx, ErrorKind::Error, "ABORT_ERR", "The operation was aborted");
    if let Value::Obj(o) = &error {
        o.put_hidden(cx, well_known::STACK, "AbortError: The operation was aborted");
        o.put_hidden(cx, well_known::NAME, "AbortError");
        if let Some(reason) = reason {
            o.put_hidden(cx, well_known::CAUSE, reason);
        }
    }
    error
}

/// The `signal` of options, if any; throws when it has been aborted already.
fn signal_of(cx: Cx, options: &Value) -> R<Option<Obj>> {
    let signal = option(cx, options, "signal")?;
    match &signal {
        Value::Undefined => Ok(None),
        Value::Obj(o) if abort::is_signal(o) => match abort::reason_of(o) {
            Some(reason) => {
                let error = abort_error(cx, Some(reason));
                Err(cx.throw(error))
            }
            None => Ok(Some(o.clone())),
        },
        other => Err(argument_type(cx, "options.signal", "an instance of AbortSignal", other)),
    }
}

fn listen(cx: Cx, emitter: &Value, method: &str, event: &Value, f: &Value) -> R<()> {
    ops::invoke_key(cx, emitter, &cx.key_of(method), &[event.clone(), f.clone()]).map(drop)
}

fn is_error_event(event: &Value) -> bool {
    event.as_str().is_some_and(|s| s.as_utf8() == "error")
}

/// A promise for the arguments of the next such event; an `error` event rejects it.
fn once(cx: Cx, a: &Args<'_>) -> R {
    Ok(promise::promise_of(cx, start_once(cx, a)))
}

fn start_once(cx: Cx, a: &Args<'_>) -> R {
    // Captured: promise, emitter, event, the other listener's cell.
    static RESOLVE: FnDef = FnDef::native("resolver", 0, |cx, a| {
        let error_listener = ops::cell_get(a.env(3));
        if error_listener.is_callable() {
            ops::invoke_key(cx, a.env(1), &cx.key_of("removeListener"), &[Value::str("error"), error_listener])?;
        }
        if let Value::Obj(p) = a.env(0) {
            promise::resolve(cx, p, Obj::array(cx, a.args.to_vec()).into());
        }
        Ok(Value::Undefined)
    });
    static REJECT: FnDef = FnDef::native("errorListener", 1, |cx, a| {
        ops::invoke_key(cx, a.env(1), &cx.key_of("removeListener"), &[a.env(2).clone(), ops::cell_get(a.env(3))])?;
        if let Value::Obj(p) = a.env(0) {
            promise::reject(cx, p, a.get(0).clone());
        }
        Ok(Value::Undefined)
    });
    let (emitter, event) = (a.get(0), a.get(1));
    let signal = signal_of(cx, a.get(2))?;
    if !is_emitter(cx, emitter)? {
        return Err(argument_type(cx, "emitter", "an instance of EventEmitter", emitter));
    }
    let p = promise::new_promise(cx);
    let (for_error, for_event) = (ops::cell(cx, Value::Undefined), ops::cell(cx, Value::Undefined));
    let resolve = ops::native_with(cx, &RESOLVE, vec![p.clone().into(), emitter.clone(), event.clone(), for_error.clone()]);
    let reject = ops::native_with(cx, &REJECT, vec![p.clone().into(), emitter.clone(), event.clone(), for_event.clone()]);
    ops::cell_set(&for_event, resolve.clone());
    listen(cx, emitter, "once", event, &resolve)?;
    if !is_error_event(event) {
        ops::cell_set(&for_error, reject.clone());
        listen(cx, emitter, "once", &Value::str("error"), &reject)?;
    }
    if let Some(signal) = signal {
        let (emitter, event, p) = (emitter.clone(), event.clone(), p.clone());
        abort::on_abort(&signal, move |cx, reason| {
            let removed = listen(cx, &emitter, "removeListener", &event, &resolve).and_then(|()| listen(cx, &emitter, "removeListener", &Value::str("error"), &reject));
            if removed.is_err() {
                cx.take_exception();
            }
            promise::reject(cx, &p, abort_error(cx, Some(reason.clone())));
        });
    }
    Ok(p.into())
}

/// Events that wait for a reader, and readers that wait for an event.
#[derive(Default)]
struct Queue {
    emitter: Value,
    event: Value,
    events: RefCell<VecDeque<Value>>,
    readers: RefCell<VecDeque<Obj>>,
    error: RefCell<Option<Value>>,
    ended: Cell<bool>,
    listeners: RefCell<Vec<(Value, Value)>>,
}

impl Payload for Queue {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.value(&self.emitter);
        t.value(&self.event);
        if let (Ok(events), Ok(readers), Ok(error), Ok(listeners)) =
            (self.events.try_borrow(), self.readers.try_borrow(), self.error.try_borrow(), self.listeners.try_borrow())
        {
            events.iter().for_each(|v| t.value(v));
            readers.iter().for_each(|o| t.obj(o));
            error.iter().for_each(|v| t.value(v));
            listeners.iter().for_each(|(e, f)| {
                t.value(e);
                t.value(f);
            });
        }
    }
    fn clear(&self) {
        drop((self.events.take(), self.readers.take(), self.error.take(), self.listeners.take()));
    }
}

fn queue<'a>(cx: Cx, v: &'a Value) -> R<&'a Queue> {
    v.as_obj().and_then(|o| o.payload::<Queue>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "not an iterator of events"))
}

/// An async iterator over an event's arguments.
fn on(cx: Cx, a: &Args<'_>) -> R {
    static PUSH: FnDef = FnDef::native("eventHandler", 0, |cx, a| {
        let q = queue(cx, a.env(0))?;
        let args = Value::Obj(Obj::array(cx, a.args.to_vec()));
        let reader = q.readers.borrow_mut().pop_front();
        match reader {
            Some(p) => promise::resolve(cx, &p, ops::iter_result(cx, args, false)),
            None => q.events.borrow_mut().push_back(args),
        }
        Ok(Value::Undefined)
    });
    static FAIL: FnDef = FnDef::native("errorHandler", 1, |cx, a| {
        fail(cx, a.env(0), a.get(0).clone())?;
        Ok(Value::Undefined)
    });
    let (emitter, event) = (a.get(0), a.get(1));
    let signal = signal_of(cx, a.get(2))?;
    if !is_emitter(cx, emitter)? {
        return Err(argument_type(cx, "emitter", "an instance of EventEmitter", emitter));
    }
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::AsyncIteratorPrototype)), Kind::Plain);
    ops::install(cx, &proto, &[("next", 0, next), ("return", 0, |cx, a| {
        end(cx, a.this)?;
        Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, Value::Undefined, true))))
    }), ("throw", 1, |cx, a| {
        fail(cx, a.this, a.get(0).clone())?;
        Ok(Value::Undefined)
    })]);
    let itself = ops::native(cx, "[Symbol.asyncIterator]", 0, |_, a| Ok(a.this.clone()));
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), itself);
    let q = Queue { emitter: emitter.clone(), event: event.clone(), ..Queue::default() };
    let iterator = Value::Obj(Obj::native(cx, Some(proto), Class::Other, q));
    let push = ops::native_with(cx, &PUSH, vec![iterator.clone()]);
    listen(cx, emitter, "on", event, &push)?;
    let mut listeners = vec![(event.clone(), push)];
    if !is_error_event(event) {
        let failing = ops::native_with(cx, &FAIL, vec![iterator.clone()]);
        listen(cx, emitter, "on", &Value::str("error"), &failing)?;
        listeners.push((Value::str("error"), failing));
    }
    queue(cx, &iterator)?.listeners.replace(listeners);
    if let Some(signal) = signal {
        let iterator = iterator.clone();
        abort::on_abort(&signal, move |cx, reason| {
            let error = abort_error(cx, Some(reason.clone()));
            if fail(cx, &iterator, error).is_err() {
                cx.take_exception();
            }
        });
    }
    Ok(iterator)
}

fn next(cx: Cx, a: &Args<'_>) -> R {
    let q = queue(cx, a.this)?;
    let ready = q.events.borrow_mut().pop_front();
    if let Some(args) = ready {
        return Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, args, false))));
    }
    if let Some(error) = q.error.take() {
        return Ok(Value::Obj(promise::rejected(cx, error)));
    }
    if q.ended.get() {
        return Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, Value::Undefined, true))));
    }
    let p = promise::new_promise(cx);
    q.readers.borrow_mut().push_back(p.clone());
    Ok(p.into())
}

fn end(cx: Cx, iterator: &Value) -> R<()> {
    let q = queue(cx, iterator)?;
    q.ended.set(true);
    // The last one first, as Node does.
    for (event, f) in q.listeners.take().into_iter().rev() {
        listen(cx, &q.emitter, "removeListener", &event, &f)?;
    }
    for p in q.readers.take() {
        promise::resolve(cx, &p, ops::iter_result(cx, Value::Undefined, true));
    }
    Ok(())
}

fn fail(cx: Cx, iterator: &Value, error: Value) -> R<()> {
    let q = queue(cx, iterator)?;
    let reader = q.readers.borrow_mut().pop_front();
    match reader {
        Some(p) => promise::reject(cx, &p, error),
        None => drop(q.error.replace(Some(error))),
    }
    end(cx, iterator)
}
