//! `emit`, and what becomes of errors nobody listens for.

use super::{captures_key, event_key, stored, symbol, this};
use crate::errors::coded_error;
use crate::support::{Functions, shared_symbol};
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, ErrorKind, Key, Kind, Obj, R, Value};

pub(super) const METHODS: Functions = &[("emit", 1, |cx, a| {
    let rest: Vec<Value> = a.rest(1);
    Ok(Value::Bool(emit_value(cx, this(cx, a)?, a, &rest)?))
})];

fn emit_value(cx: Cx, o: &Obj, a: &Args<'_>, args: &[Value]) -> R<bool> {
    run(cx, o, &event_key(cx, a.get(0))?, a.get(0), args)
}

/// Emits an event by name; whether it had listeners.
pub(crate) fn emit(cx: Cx, o: &Obj, event: &str, args: &[Value]) -> R<bool> {
    run(cx, o, &cx.key_of(event), &Value::str(event), args)
}

fn run(cx: Cx, o: &Obj, key: &Key, name: &Value, args: &[Value]) -> R<bool> {
    let this = Value::Obj(o.clone());
    let is_error = *key == cx.key_of("error");
    if is_error {
        for monitor in stored(cx, o, &symbol("events.errorMonitor")) {
            ops::call(cx, &monitor, &this, args)?;
        }
    }
    let listeners = stored(cx, o, key);
    if listeners.is_empty() {
        return if is_error { Err(unhandled(cx, args.first())) } else { Ok(false) };
    }
    let captures = ops::js_truthy(&ops::get_key(cx, o, &captures_key(), &this)?);
    for listener in &listeners {
        let answer = ops::call(cx, listener, &this, args)?;
        if captures {
            capture_rejection(cx, o, name, args, &answer);
        }
    }
    Ok(true)
}

/// An `error` event without listeners is thrown.
fn unhandled(cx: Cx, error: Option<&Value>) -> puremix_value::Thrown {
    let value = error.cloned().unwrap_or_default();
    if value.as_obj().is_some_and(|o| matches!(o.kind(), Kind::Error)) {
        return cx.throw(value);
    }
    let message = format!("Unhandled error. ({})", puremix_js::inspect(cx, &value));
    let made = coded_error(cx, ErrorKind::Error, "ERR_UNHANDLED_ERROR", &message);
    if let Value::Obj(o) = &made {
        o.put(cx, &cx.key_of("context"), value);
    }
    cx.throw(made)
}

/// With `captureRejections`, a rejected promise of a listener goes to the emitter's own handler or its `error` event.
fn capture_rejection(cx: Cx, o: &Obj, name: &Value, args: &[Value], answer: &Value) {
    let Some(promise) = promise::as_promise(answer) else { return };
    let held = [Value::Obj(o.clone()), name.clone()].into_iter().chain(args.iter().cloned()).collect();
    promise::on_settled_with(cx, promise, held, |_, held, outcome| {
        let Err(reason) = outcome else { return };
        promise::enqueue_tick(move |cx| {
            let mut held = held.into_iter();
            let (Some(Value::Obj(o)), Some(name)) = (held.next(), held.next()) else { return };
            let this = Value::Obj(o.clone());
            let handler = ops::get_key(cx, &o, &shared_symbol(cx, "nodejs.rejection"), &this);
            let outcome = match handler {
                Ok(f) if f.is_callable() => {
                    let all: Vec<Value> = [reason, name].into_iter().chain(held).collect();
                    ops::call(cx, &f, &this, &all).map(drop)
                }
                Ok(_) => {
                    // A failing handler of `error` must not come back here.
                    o.put(cx, &captures_key(), Value::Bool(false));
                    let emitted = emit(cx, &o, "error", &[reason]).map(drop);
                    o.put(cx, &captures_key(), Value::Bool(true));
                    emitted
                }
                Err(thrown) => Err(thrown),
            };
            if outcome.is_err() {
                let error = cx.take_exception();
                promise::report_uncaught(cx, &error);
            }
        });
    });
}
