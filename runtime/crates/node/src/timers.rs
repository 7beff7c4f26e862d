//! `setTimeout` and its family.

use crate::support::{host, object};
use puremix_js::ops;
use puremix_value::{Args, Cx, HostObject, Obj, R, Value};
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

pub(crate) const EXPORTS: &[&str] =
    &["clearImmediate", "clearInterval", "clearTimeout", "default", "setImmediate", "setInterval", "setTimeout"];

/// What the timer functions answer: Node's `Timeout` converts to its number.
struct Timer {
    id: u64,
    refed: Cell<bool>,
}

impl HostObject for Timer {
    fn class_name(&self) -> &'static str {
        "Timeout"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("setTimeout", 2, |cx, a| start(cx, a, false)),
        ("setInterval", 2, |cx, a| start(cx, a, true)),
        ("setImmediate", 1, |cx, a| {
            let run = callback(cx, a, 1)?;
            let id = host(cx)?.set_immediate(cx, run);
            Ok(handle(cx, id))
        }),
        ("clearTimeout", 1, clear),
        ("clearInterval", 1, clear),
        ("clearImmediate", 1, clear),
    ]);
    Ok(Value::Obj(o))
}

fn start(cx: Cx, a: &Args<'_>, repeat: bool) -> R {
    let run = callback(cx, a, 2)?;
    let ms = ops::js_to_number(cx, a.get(1))?;
    // Node: anything but 1 to 2^31-1 means 1.
    let ms = if (1.0..=2_147_483_647.0).contains(&ms) { ms.trunc() } else { 1.0 };
    let id = host(cx)?.set_timer(cx, ms, repeat, run);
    Ok(handle(cx, id))
}

fn callback(cx: Cx, a: &Args<'_>, first: usize) -> R<Rc<dyn Fn(Cx)>> {
    let f = a.get(0).clone();
    if !f.is_callable() {
        return Err(crate::support::argument_type(cx, "callback", "of type function", &f));
    }
    let args = a.rest(first);
    Ok(Rc::new(move |cx| {
        if ops::call(cx, &f, &Value::Undefined, &args).is_err() {
            let error = cx.take_exception();
            puremix_js::promise::report_uncaught(cx, &error);
        }
    }))
}

fn handle(cx: Cx, id: u64) -> Value {
    let timer = Obj::host(cx, Some(cx.intrinsic(puremix_value::Intrinsic::ObjectPrototype)), Timer { id, refed: Cell::new(true) });
    let set_ref = |name: &'static str, code| timer.put_hidden(cx, cx.key_of(name), ops::native(cx, name, 0, code));
    set_ref("ref", |_, a| refer(a, true));
    set_ref("unref", |_, a| refer(a, false));
    set_ref("hasRef", |_, a| Ok(Value::Bool(timer_of(a.this).is_some_and(|t| t.refed.get()))));
    let to_primitive = cx.symbol(puremix_value::WellKnownSymbol::ToPrimitive);
    let number = ops::native(cx, "[Symbol.toPrimitive]", 0, |_, a| Ok(Value::Num(timer_of(a.this).map_or(f64::NAN, |t| t.id as f64))));
    timer.put_hidden(cx, to_primitive, number);
    Value::Obj(timer)
}

fn refer(a: &Args<'_>, on: bool) -> R {
    if let Some(timer) = timer_of(a.this) {
        timer.refed.set(on);
    }
    Ok(a.this.clone())
}

fn timer_of(v: &Value) -> Option<&Timer> {
    v.as_obj()?.host_data::<Timer>()
}

fn clear(cx: Cx, a: &Args<'_>) -> R {
    let id = match a.get(0) {
        Value::Num(n) => Some(*n as u64),
        Value::Str(s) => s.as_utf8().parse().ok(),
        v => timer_of(v).map(|t| t.id),
    };
    if let Some(id) = id {
        host(cx)?.clear_timer(id);
    }
    Ok(Value::Undefined)
}
