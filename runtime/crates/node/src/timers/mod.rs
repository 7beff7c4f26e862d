//! `setTimeout` and its family: `node:timers`.

pub(crate) mod promises;

use crate::support::{ClassDef, class as make_class, custom_inspection, function_argument, host, object, put_all, shared_symbol};
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol};
use std::cell::Cell;

pub(crate) const EXPORTS: &[&str] =
    &["clearImmediate", "clearInterval", "clearTimeout", "default", "promises", "setImmediate", "setInterval", "setTimeout"];

/// The functions that are global too.
pub(crate) const GLOBALS: &[&str] = &["clearImmediate", "clearInterval", "clearTimeout", "setImmediate", "setInterval", "setTimeout"];

/// What the timer functions answer: Node's `Timeout` and `Immediate`.
struct Timer {
    /// 0 before it is set.
    id: Cell<u32>,
    is_immediate: bool,
    delay: f64,
    repeats: bool,
    function: Value,
    destroyed: Cell<bool>,
    /// Whether it keeps a script running; remembered after its end.
    refed: Cell<bool>,
}

impl Payload for Timer {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.value(&self.function);
    }
}

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("setTimeout", 2, |cx, a| start(cx, a, false)),
        ("setInterval", 2, |cx, a| start(cx, a, true)),
        ("setImmediate", 1, |cx, a| {
            let function = function_argument(cx, a.get(0), "callback")?;
            let timer = Timer { id: Cell::new(0), is_immediate: true, delay: 0.0, repeats: false, function: function.clone(), destroyed: Cell::new(false), refed: Cell::new(true) };
            let made = handle(cx, timer);
            let id = host(cx)?.set_immediate(function, a.rest(1));
            if let Some(timer) = timer_of(&made) {
                timer.id.set(id);
            }
            Ok(made)
        }),
        ("clearTimeout", 1, clear),
        ("clearInterval", 1, clear),
        ("clearImmediate", 1, |cx, a| {
            if let Some(timer) = timer_of(a.get(0)).filter(|t| t.is_immediate) {
                timer.destroyed.set(true);
                host(cx)?.clear_immediate(timer.id.get());
            }
            Ok(Value::Undefined)
        }),
    ]);
    let promises = crate::load(cx, "timers/promises")?;
    // `util.promisify(setTimeout)`.
    for name in ["setTimeout", "setImmediate"] {
        let (key, value) = (cx.key_of(name), Value::Obj(o.clone()));
        if let (Value::Obj(f), promised) = (ops::get_value(cx, &value, &key)?, ops::get_value(cx, &promises, &key)?) {
            f.put_hidden(cx, shared_symbol(cx, "nodejs.util.promisify.custom"), promised);
        }
    }
    put_all(cx, &o, [("promises", promises)]);
    Ok(Value::Obj(o))
}

fn start(cx: Cx, a: &Args<'_>, repeats: bool) -> R {
    let function = function_argument(cx, a.get(0), "callback")?;
    let ms = ops::js_to_number(cx, a.get(1))?;
    let delay = if (1.0..=2_147_483_647.0).contains(&ms) { ms } else { 1.0 };
    if ms > 2_147_483_647.0 {
        let shown = puremix_js::num_to_str(ms);
        crate::process::warn(cx, "TimeoutOverflowWarning", &format!("{shown} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1."));
    }
    let timer = Timer { id: Cell::new(0), is_immediate: false, delay, repeats, function: function.clone(), destroyed: Cell::new(false), refed: Cell::new(true) };
    let made = handle(cx, timer);
    let id = host(cx)?.set_timer(function, made.clone(), a.rest(2), ms, repeats);
    if let Some(timer) = timer_of(&made) {
        timer.id.set(id);
    }
    Ok(made)
}

fn handle(cx: Cx, timer: Timer) -> Value {
    let (_, proto) = if timer.is_immediate { immediate_class(cx) } else { timeout_class(cx) };
    Value::Obj(Obj::native(cx, Some(proto), Class::Other, timer))
}

fn timeout_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("refresh", 0, |cx, a| {
                if let Some(timer) = timer_of(a.this) {
                    host(cx)?.refresh_timer(timer.id.get());
                }
                Ok(a.this.clone())
            }),
            ("unref", 0, |cx, a| keep_alive(cx, a, false)),
            ("ref", 0, |cx, a| keep_alive(cx, a, true)),
            ("hasRef", 0, |_, a| {
                Ok(Value::Bool(timer_of(a.this).is_some_and(|t| t.refed.get())))
            }),
            ("close", 0, |cx, a| {
                stop(cx, a.this)?;
                Ok(a.this.clone())
            }),
        ],
        ..ClassDef::new("Timeout", 5, |cx, _| Err(cx.throw_error(puremix_value::ErrorKind::Type, "Illegal constructor")))
    };
    let made = make_class(cx, &DEF, None);
    let key = cx.symbol(WellKnownSymbol::ToPrimitive);
    if made.1.get_own(cx, &key.clone().into()).is_none() {
        let number = ops::native(cx, "[Symbol.toPrimitive]", 0, |_, a| Ok(Value::Num(timer_of(a.this).map_or(f64::NAN, |t| f64::from(t.id.get())))));
        made.1.put_hidden(cx, key, number);
        custom_inspection(cx, &made.1, inspect);
    }
    made
}

fn immediate_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("ref", 0, |_, a| Ok(a.this.clone())),
            ("unref", 0, |_, a| Ok(a.this.clone())),
            ("hasRef", 0, |_, a| Ok(Value::Bool(timer_of(a.this).is_some_and(|t| !t.destroyed.get())))),
        ],
        ..ClassDef::new("Immediate", 2, |cx, _| Err(cx.throw_error(puremix_value::ErrorKind::Type, "Illegal constructor")))
    };
    let made = make_class(cx, &DEF, None);
    custom_inspection(cx, &made.1, inspect);
    made
}

/// The fields of Node's timers that mean something here.
fn inspect(cx: Cx, a: &Args<'_>) -> R {
    let Some(timer) = timer_of(a.this) else { return Ok(a.this.clone()) };
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    if timer.is_immediate {
        put_all(cx, &shown, [("_onImmediate", timer.function.clone()), ("_destroyed", Value::Bool(timer.destroyed.get()))]);
    } else {
        let repeat = if timer.repeats { Value::Num(timer.delay) } else { Value::Null };
        put_all(cx, &shown, [
            ("_idleTimeout", Value::Num(timer.delay)),
            ("_onTimeout", timer.function.clone()),
            ("_repeat", repeat),
            ("_destroyed", Value::Bool(timer.destroyed.get())),
        ]);
    }
    Ok(shown.into())
}

fn keep_alive(cx: Cx, a: &Args<'_>, keeps: bool) -> R {
    if let Some(timer) = timer_of(a.this).filter(|t| !t.is_immediate) {
        timer.refed.set(keeps);
        host(cx)?.keep_timer_alive(timer.id.get(), keeps);
    }
    Ok(a.this.clone())
}

fn timer_of(v: &Value) -> Option<&Timer> {
    v.as_obj()?.payload::<Timer>()
}

fn clear(cx: Cx, a: &Args<'_>) -> R {
    stop(cx, a.get(0))?;
    Ok(Value::Undefined)
}

/// Removes the timer a handle or its number names.
fn stop(cx: Cx, v: &Value) -> R<()> {
    let id = match v {
        Value::Num(n) => Some(*n as u32),
        Value::Str(s) => s.as_utf8().parse().ok(),
        v => timer_of(v).filter(|t| !t.is_immediate).map(|t| {
            t.destroyed.set(true);
            t.id.get()
        }),
    };
    if let Some(id) = id {
        host(cx)?.clear_timer(id);
    }
    Ok(())
}
