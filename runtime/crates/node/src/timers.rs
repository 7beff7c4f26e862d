//! `setTimeout` and its family.

use crate::support::{argument_type, host, object};
use puremix_js::ops;
use puremix_value::{Args, Cx, HostObject, Intrinsic, Obj, R, Value, WellKnownSymbol};
use std::any::Any;

pub(crate) const EXPORTS: &[&str] =
    &["clearImmediate", "clearInterval", "clearTimeout", "default", "setImmediate", "setInterval", "setTimeout"];

/// What the timer functions answer: Node's `Timeout` and `Immediate`.
struct Timer {
    id: u32,
    is_immediate: bool,
}

impl HostObject for Timer {
    fn class_name(&self) -> &'static str {
        if self.is_immediate { "Immediate" } else { "Timeout" }
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
            let id = host(cx)?.set_immediate(callback(cx, a)?, a.rest(1));
            Ok(handle(cx, Timer { id, is_immediate: true }))
        }),
        ("clearTimeout", 1, clear),
        ("clearInterval", 1, clear),
        ("clearImmediate", 1, |cx, a| {
            if let Some(timer) = timer_of(a.get(0)).filter(|t| t.is_immediate) {
                host(cx)?.clear_immediate(timer.id);
            }
            Ok(Value::Undefined)
        }),
    ]);
    Ok(Value::Obj(o))
}

fn start(cx: Cx, a: &Args<'_>, repeats: bool) -> R {
    let function = callback(cx, a)?;
    let ms = ops::js_to_number(cx, a.get(1))?;
    let id = host(cx)?.set_timer(function, a.rest(2), ms, repeats);
    Ok(handle(cx, Timer { id, is_immediate: false }))
}

fn callback(cx: Cx, a: &Args<'_>) -> R {
    let f = a.get(0);
    if f.is_callable() { Ok(f.clone()) } else { Err(argument_type(cx, "callback", "of type function", f)) }
}

thread_local! {
    static PROTOTYPE: std::cell::OnceCell<Obj> = const { std::cell::OnceCell::new() };
}

fn handle(cx: Cx, timer: Timer) -> Value {
    let proto = PROTOTYPE.with(|p| p.get_or_init(|| prototype(cx)).clone());
    Value::Obj(Obj::host(cx, Some(proto), timer))
}

fn prototype(cx: Cx) -> Obj {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), puremix_value::Kind::Plain);
    ops::install(cx, &proto, &[
        ("ref", 0, |cx, a| keep_alive(cx, a, true)),
        ("unref", 0, |cx, a| keep_alive(cx, a, false)),
        ("hasRef", 0, |cx, a| {
            let id = timer_of(a.this).map(|t| t.id);
            Ok(Value::Bool(id.is_some_and(|id| host(cx).is_ok_and(|h| h.is_timer_kept_alive(id)))))
        }),
        ("refresh", 0, |cx, a| {
            if let Some(timer) = timer_of(a.this) {
                host(cx)?.refresh_timer(timer.id);
            }
            Ok(a.this.clone())
        }),
    ]);
    let number = ops::native(cx, "[Symbol.toPrimitive]", 0, |_, a| Ok(Value::Num(timer_of(a.this).map_or(f64::NAN, |t| f64::from(t.id)))));
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::ToPrimitive), number);
    proto
}

fn keep_alive(cx: Cx, a: &Args<'_>, keeps: bool) -> R {
    if let Some(timer) = timer_of(a.this).filter(|t| !t.is_immediate) {
        host(cx)?.keep_timer_alive(timer.id, keeps);
    }
    Ok(a.this.clone())
}

fn timer_of(v: &Value) -> Option<&Timer> {
    v.as_obj()?.host_data::<Timer>()
}

fn clear(cx: Cx, a: &Args<'_>) -> R {
    let id = match a.get(0) {
        Value::Num(n) => Some(*n as u32),
        Value::Str(s) => s.as_utf8().parse().ok(),
        v => timer_of(v).filter(|t| !t.is_immediate).map(|t| t.id),
    };
    if let Some(id) = id {
        host(cx)?.clear_timer(id);
    }
    Ok(Value::Undefined)
}
