//! `node:timers/promises`.

use crate::events::abort_error;
use crate::support::{argument_type, function_argument, host, object, option, put_all};
use crate::web::abort;
use puremix_js::{ops, promise};
use puremix_value::{Args, Class, Cx, FnDef, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub(crate) const EXPORTS: &[&str] = &["default", "scheduler", "setImmediate", "setInterval", "setTimeout"];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("setTimeout", 3, |cx, a| Ok(promise::promise_of(cx, wait(cx, Some(a.get(0)), a.get(1), a.get(2))))),
        ("setImmediate", 2, |cx, a| Ok(promise::promise_of(cx, wait(cx, None, a.get(0), a.get(1))))),
        ("setInterval", 3, interval),
    ]);
    let scheduler = object(cx, &[
        ("wait", 2, |cx, a| Ok(promise::promise_of(cx, wait(cx, Some(a.get(0)), &Value::Undefined, a.get(1))))),
        ("yield", 0, |cx, _| Ok(promise::promise_of(cx, wait(cx, None, &Value::Undefined, &Value::Undefined)))),
    ]);
    put_all(cx, &o, [("scheduler", scheduler.into())]);
    Ok(o.into())
}

fn milliseconds(cx: Cx, v: &Value) -> R<f64> {
    match v {
        Value::Undefined => Ok(1.0),
        v => ops::js_to_number(cx, v),
    }
}

/// The `signal` of options; throws when it has been aborted.
fn signal(cx: Cx, options: &Value) -> R<Option<Obj>> {
    if !options.is_undefined() && !options.is_object() {
        return Err(argument_type(cx, "options", "of type object", options));
    }
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

/// A promise for `value` after some time, or in the next turn.
fn wait(cx: Cx, ms: Option<&Value>, value: &Value, options: &Value) -> R {
    static RESOLVE: FnDef = FnDef::native("", 0, |cx, a| {
        if let Value::Obj(p) = a.env(0) {
            promise::resolve(cx, p, a.env(1).clone());
        }
        Ok(Value::Undefined)
    });
    let signal = signal(cx, options)?;
    let keeps = option(cx, options, "ref")?;
    let p = promise::new_promise(cx);
    let resolve = ops::native_with(cx, &RESOLVE, vec![p.clone().into(), value.clone()]);
    let host = host(cx)?;
    let id = match ms {
        Some(ms) => {
            let id = host.set_timer(resolve, Value::Undefined, vec![], milliseconds(cx, ms)?, false);
            if matches!(keeps, Value::Bool(false)) {
                host.keep_timer_alive(id, false);
            }
            id
        }
        None => host.set_immediate(resolve, vec![]),
    };
    if let Some(signal) = signal {
        let (p, is_timer) = (p.clone(), ms.is_some());
        abort::on_abort(&signal, move |cx, reason| {
            if let promise::Settled::Pending = promise::settled(&p) {
                if is_timer { host.clear_timer(id) } else { host.clear_immediate(id) }
                promise::reject(cx, &p, abort_error(cx, Some(reason.clone())));
            }
        });
    }
    Ok(p.into())
}

/// An interval that is read: turns nobody has waited for are counted.
#[derive(Default)]
struct Interval {
    value: Value,
    id: Cell<u32>,
    missed: Cell<u32>,
    readers: RefCell<VecDeque<Obj>>,
    error: RefCell<Option<Value>>,
    ended: Cell<bool>,
}

impl Payload for Interval {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.value(&self.value);
        if let (Ok(readers), Ok(error)) = (self.readers.try_borrow(), self.error.try_borrow()) {
            readers.iter().for_each(|o| t.obj(o));
            error.iter().for_each(|v| t.value(v));
        }
    }
    fn clear(&self) {
        drop((self.readers.take(), self.error.take()));
    }
}

fn interval_of<'a>(cx: Cx, v: &'a Value) -> R<&'a Interval> {
    v.as_obj().and_then(|o| o.payload::<Interval>()).ok_or_else(|| cx.throw_error(puremix_value::ErrorKind::Type, "not an interval"))
}

fn interval(cx: Cx, a: &Args<'_>) -> R {
    static TICK: FnDef = FnDef::native("", 0, |cx, a| {
        let i = interval_of(cx, a.env(0))?;
        let reader = i.readers.borrow_mut().pop_front();
        match reader {
            Some(p) => promise::resolve(cx, &p, ops::iter_result(cx, i.value.clone(), false)),
            None => i.missed.set(i.missed.get() + 1),
        }
        Ok(Value::Undefined)
    });
    let signal = signal(cx, a.get(2))?;
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::AsyncIteratorPrototype)), Kind::Plain);
    ops::install(cx, &proto, &[("next", 0, |cx, a| {
        let i = interval_of(cx, a.this)?;
        if let Some(error) = i.error.take() {
            return Ok(promise::rejected(cx, error).into());
        }
        if i.ended.get() {
            return Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, Value::Undefined, true))));
        }
        if i.missed.get() > 0 {
            i.missed.set(i.missed.get() - 1);
            return Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, i.value.clone(), false))));
        }
        let p = promise::new_promise(cx);
        i.readers.borrow_mut().push_back(p.clone());
        Ok(p.into())
    }), ("return", 0, |cx, a| {
        let i = interval_of(cx, a.this)?;
        i.ended.set(true);
        host(cx)?.clear_timer(i.id.get());
        Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, Value::Undefined, true))))
    })]);
    let itself = ops::native(cx, "[Symbol.asyncIterator]", 0, |_, a| Ok(a.this.clone()));
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), itself);
    let iterator = Value::Obj(Obj::native(cx, Some(proto), Class::Other, Interval { value: a.get(1).clone(), ..Interval::default() }));
    let tick = function_argument(cx, &ops::native_with(cx, &TICK, vec![iterator.clone()]), "callback")?;
    let host = host(cx)?;
    let id = host.set_timer(tick, Value::Undefined, vec![], milliseconds(cx, a.get(0))?, true);
    let keeps = option(cx, a.get(2), "ref")?;
    if matches!(keeps, Value::Bool(false)) {
        host.keep_timer_alive(id, false);
    }
    interval_of(cx, &iterator)?.id.set(id);
    if let Some(signal) = signal {
        let iterator = iterator.clone();
        abort::on_abort(&signal, move |cx, reason| {
            let Ok(i) = interval_of(cx, &iterator) else { return };
            host.clear_timer(i.id.get());
            i.ended.set(true);
            let error = abort_error(cx, Some(reason.clone()));
            let reader = i.readers.borrow_mut().pop_front();
            match reader {
                Some(p) => promise::reject(cx, &p, error),
                None => drop(i.error.replace(Some(error))),
            }
        });
    }
    Ok(iterator)
}
