//! `Promise.all`, `allSettled`, `any`, `race` and `try`.

use super::Capability;
use super::constructor::new_capability;
use crate::ops;
use puremix_value::{Args, Cx, ErrorKind, FnDef, Intrinsic, Kind, Obj, R, Slots, Value, well_known};

pub(super) fn install(cx: Cx, constructor: &Obj) {
    static ALL: FnDef = FnDef::native("all", 1, |cx, a| combine(cx, a, Mode::All));
    static ALL_SETTLED: FnDef = FnDef::native("allSettled", 1, |cx, a| combine(cx, a, Mode::AllSettled));
    static ANY: FnDef = FnDef::native("any", 1, |cx, a| combine(cx, a, Mode::Any));
    static RACE: FnDef = FnDef::native("race", 1, |cx, a| combine(cx, a, Mode::Race));
    static TRY: FnDef = FnDef::native("try", 1, |cx, a| {
        let capability = new_capability(cx, a.this)?;
        match ops::call(cx, a.get(0), &Value::Undefined, a.args.get(1..).unwrap_or_default()) {
            Ok(v) => capability.resolve(cx, v)?,
            Err(_) => capability.reject(cx, cx.take_exception())?,
        }
        Ok(capability.promise())
    });
    for def in [&ALL, &ALL_SETTLED, &ANY, &RACE, &TRY] {
        constructor.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    All,
    AllSettled,
    Any,
    Race,
}

fn combine(cx: Cx, a: &Args<'_>, mode: Mode) -> R {
    let capability = new_capability(cx, a.this)?;
    // Errors of the iteration reject the promise instead of being thrown (IfAbruptRejectPromise).
    if gather(cx, a, mode, &capability).is_err() {
        let error = cx.take_exception();
        capability.reject(cx, error)?;
    }
    Ok(capability.promise())
}

/// The state shared by the element functions: `[values, remaining, resolve-or-reject promise parts]` in a frame object.
const VALUES: usize = 0;
const REMAINING: usize = 1;
const SETTLE: usize = 2;

fn gather(cx: Cx, a: &Args<'_>, mode: Mode, capability: &Capability) -> R<()> {
    let resolve = ops::get_value(cx, a.this, &cx.key_of("resolve"))?;
    if !resolve.is_callable() {
        return Err(cx.throw_error(ErrorKind::Type, "Promise resolve or reject function is not callable"));
    }
    let (ok, error) = capability_functions(cx, capability);
    let values = Obj::array(cx, Vec::new());
    let shared = Obj::frame(cx, 3);
    set(&shared, VALUES, Value::Obj(values.clone()));
    set(&shared, REMAINING, Value::Num(1.0));
    set(&shared, SETTLE, if mode == Mode::Any { error.clone() } else { ok.clone() });
    let mut items = ops::iter_argument(cx, a.get(0))?;
    let mut index = 0u32;
    while let Some(item) = items.next(cx)? {
        let step = || -> R<()> {
            let promise = ops::call(cx, &resolve, a.this, &[item])?;
            if mode == Mode::Race {
                return ops::invoke(cx, &promise, well_known::THEN, &[ok.clone(), error.clone()]).map(drop);
            }
            values.put(cx, &index.into(), Value::Undefined);
            set(&shared, REMAINING, Value::Num(remaining(&shared) + 1.0));
            let element = |def: &'static FnDef, called: &Obj| {
                let env = vec![Value::Obj(shared.clone()), Value::num(index), Value::Obj(called.clone())];
                Value::Obj(Obj::function(cx, def, env))
            };
            let called = Obj::cell(cx, Value::Bool(false));
            let (on_ok, on_error) = match mode {
                Mode::All => (element(&FULFILLED, &called), error.clone()),
                Mode::AllSettled => (element(&SETTLED_OK, &called), element(&SETTLED_ERROR, &called)),
                Mode::Any => (ok.clone(), element(&FAILED, &called)),
                Mode::Race => (ok.clone(), error.clone()),
            };
            ops::invoke(cx, &promise, well_known::THEN, &[on_ok, on_error]).map(drop)
        };
        if let Err(thrown) = step() {
            let error = cx.take_exception();
            // The iterator's own complaint about being closed does not replace the error.
            if items.close(cx).is_err() {
                cx.take_exception();
            }
            let _ = thrown;
            return Err(cx.throw(error));
        }
        index += 1;
    }
    if mode != Mode::Race {
        finish_one(cx, &shared, mode == Mode::Any)?;
    }
    Ok(())
}

fn capability_functions(cx: Cx, capability: &Capability) -> (Value, Value) {
    match capability {
        Capability::Native(promise) => super::resolving_functions(cx, promise),
        Capability::Custom { resolve, reject, .. } => (resolve.clone(), reject.clone()),
    }
}

static FULFILLED: FnDef = FnDef::native("", 1, |cx, a| element(cx, a, |_, v| Ok(v), false));
static FAILED: FnDef = FnDef::native("", 1, |cx, a| element(cx, a, |_, v| Ok(v), true));
static SETTLED_OK: FnDef = FnDef::native("", 1, |cx, a| element(cx, a, |cx, v| Ok(record(cx, "fulfilled", "value", v)), false));
static SETTLED_ERROR: FnDef = FnDef::native("", 1, |cx, a| element(cx, a, |cx, v| Ok(record(cx, "rejected", "reason", v)), false));

fn record(cx: Cx, status: &str, field: &str, value: Value) -> Value {
    let o = Obj::plain(cx);
    o.put(cx, &cx.key_of("status"), Value::str(status));
    o.put(cx, &cx.key_of(field), value);
    Value::Obj(o)
}

fn element(cx: Cx, a: &Args<'_>, make: fn(Cx, Value) -> R, failing: bool) -> R {
    let (Some(shared), Some(index), Some(called)) = (a.env(0).as_obj(), a.env(1).as_num(), a.env(2).as_obj()) else {
        return Ok(Value::Undefined);
    };
    let Kind::Cell(called) = called.kind() else { return Ok(Value::Undefined) };
    if matches!(called.replace(Value::Bool(true)), Value::Bool(true)) {
        return Ok(Value::Undefined);
    }
    let value = make(cx, a.get(0).clone())?;
    if let Some(Value::Obj(values)) = slots(shared).and_then(|s| s.get(VALUES)) {
        values.put(cx, &(index as u32).into(), value);
    }
    finish_one(cx, shared, failing)?;
    Ok(Value::Undefined)
}

/// Counts one element down; the last one settles the whole.
fn finish_one(cx: Cx, shared: &Obj, failing: bool) -> R<()> {
    let left = remaining(shared) - 1.0;
    set(shared, REMAINING, Value::Num(left));
    if left > 0.0 {
        return Ok(());
    }
    let Some(slots) = slots(shared) else { return Ok(()) };
    let (values, settle) = (slots.get(VALUES).unwrap_or_default(), slots.get(SETTLE).unwrap_or_default());
    let outcome = if failing { aggregate_error(cx, values)? } else { values };
    ops::call(cx, &settle, &Value::Undefined, &[outcome]).map(drop)
}

fn aggregate_error(cx: Cx, errors: Value) -> R {
    let constructor = Value::Obj(cx.intrinsic(Intrinsic::AggregateErrorConstructor));
    ops::construct(cx, &constructor, &[errors, Value::str("All promises were rejected")])
}

fn slots(frame: &Obj) -> Option<&Slots> {
    match frame.kind() {
        Kind::Frame(slots) => Some(slots),
        _ => None,
    }
}

fn set(frame: &Obj, at: usize, value: Value) {
    if let Some(slots) = slots(frame) {
        let stored = slots.set(at, value);
        debug_assert!(stored.is_ok(), "the frame has three slots");
    }
}

fn remaining(frame: &Obj) -> f64 {
    slots(frame).and_then(|s| s.get_num(REMAINING)).unwrap_or(0.0)
}
