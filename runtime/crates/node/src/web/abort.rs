//! `AbortController` and `AbortSignal` (DOM Standard, §3).

use super::dom_exception;
use super::event_target::{Target, fire, target_class};
use crate::support::{ClassDef, argument_type, class as make_class, coded, custom_inspection, host, must_construct, put_all, shared_symbol};
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, ErrorKind, FnDef, Kind, Obj, Payload, R, Tracer, Value};
use std::cell::RefCell;

type Hook = Box<dyn FnOnce(Cx, &Value)>;

/// A signal's own part.
#[derive(Default)]
struct Signal {
    target: Target,
    /// Why it was aborted, if it was.
    reason: RefCell<Option<Value>>,
    /// What the runtime does when it is aborted.
    hooks: RefCell<Vec<Hook>>,
}

impl Payload for Signal {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.target.trace(t);
        if let Ok(reason) = self.reason.try_borrow()
            && let Some(reason) = &*reason
        {
            t.value(reason);
        }
    }
    fn clear(&self) {
        self.target.clear();
        drop((self.reason.take(), self.hooks.take()));
    }
}

struct Controller(Obj);

impl Payload for Controller {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.0);
    }
}

pub(super) fn target_of(o: &Obj) -> Option<&Target> {
    o.payload::<Signal>().map(|s| &s.target)
}

/// True for an aborted `AbortSignal`.
pub fn is_aborted(o: &Obj) -> bool {
    o.payload::<Signal>().is_some_and(|s| s.reason.borrow().is_some())
}

/// True for an `AbortSignal`.
pub fn is_signal(o: &Obj) -> bool {
    o.payload::<Signal>().is_some()
}

/// Why a signal was aborted.
pub fn reason_of(o: &Obj) -> Option<Value> {
    o.payload::<Signal>()?.reason.borrow().clone()
}

/// Calls back once when the signal is aborted.
pub fn on_abort(o: &Obj, hook: impl FnOnce(Cx, &Value) + 'static) {
    if let Some(signal) = o.payload::<Signal>() {
        signal.hooks.borrow_mut().push(Box::new(hook));
    }
}

fn abort(cx: Cx, o: &Obj, reason: &Value) {
    let Some(signal) = o.payload::<Signal>().filter(|s| s.reason.borrow().is_none()) else { return };
    let reason = match reason {
        Value::Undefined => dom_exception::make(cx, "This operation was aborted", "AbortError"),
        given => given.clone(),
    };
    signal.reason.replace(Some(reason.clone()));
    for hook in signal.hooks.take() {
        hook(cx, &reason);
    }
    fire(cx, o, "abort");
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Signal> {
    let found = a.this.as_obj().and_then(|o| o.payload::<Signal>());
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type AbortSignal"))
}

fn new_signal(cx: Cx) -> Obj {
    let (_, proto) = signal_class(cx);
    Obj::native(cx, Some(proto), Class::Other, Signal::default())
}

pub fn signal_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[("throwIfAborted", 0, |cx, a| match this(cx, a)?.reason.borrow().clone() {
            Some(reason) => Err(cx.throw(reason)),
            None => Ok(Value::Undefined),
        })],
        getters: &[
            ("aborted", |cx, a| Ok(Value::Bool(this(cx, a)?.reason.borrow().is_some()))),
            ("reason", |cx, a| Ok(this(cx, a)?.reason.borrow().clone().unwrap_or_default())),
        ],
        accessors: &[("onabort", |cx, a| Ok(this(cx, a)?.target.handler("abort")), |cx, a| {
            this(cx, a)?.target.set_handler("abort", a.get(0).clone());
            Ok(Value::Undefined)
        })],
        statics: &[("abort", 0, |cx, a| {
            let signal = new_signal(cx);
            abort(cx, &signal, a.get(0));
            Ok(Value::Obj(signal))
        }), ("timeout", 1, timeout), ("any", 1, any)],
        ..ClassDef::new("AbortSignal", 0, |cx, _| Err(coded(cx, ErrorKind::Type, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor")))
    };
    let made = make_class(cx, &DEF, Some(&target_class(cx)));
    crate::support::tag(cx, &made.1, "AbortSignal");
    custom_inspection(cx, &made.1, |cx, a| {
        let aborted = this(cx, a)?.reason.borrow().is_some();
        shown(cx, a, "aborted", Value::Bool(aborted))
    });
    made
}

/// An object of the same class with one property, for inspection.
fn shown(cx: Cx, a: &Args<'_>, name: &str, value: Value) -> R {
    let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
    shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
    put_all(cx, &shown, [(name, value)]);
    Ok(Value::Obj(shown))
}

/// `AbortSignal.timeout(ms)`; its timer does not keep a script running.
fn timeout(cx: Cx, a: &Args<'_>) -> R {
    static EXPIRE: FnDef = FnDef::native("", 0, |cx, a| {
        if let Value::Obj(signal) = a.env(0) {
            abort(cx, signal, &dom_exception::make(cx, "The operation was aborted due to timeout", "TimeoutError"));
        }
        Ok(Value::Undefined)
    });
    let ms = crate::support::integer_argument(cx, a.get(0), "delay", 0.0, 9_007_199_254_740_991.0)?;
    let signal = new_signal(cx);
    let expire = ops::native_with(cx, &EXPIRE, vec![Value::Obj(signal.clone())]);
    let host = host(cx)?;
    let timer = host.set_timer(expire, Value::Undefined, vec![], ms, false);
    host.keep_timer_alive(timer, false);
    Ok(Value::Obj(signal))
}

fn any(cx: Cx, a: &Args<'_>) -> R {
    let signals = ops::iter_to_vec(cx, a.get(0))?;
    let combined = new_signal(cx);
    for signal in &signals {
        let Some(o) = signal.as_obj().filter(|o| is_signal(o)) else {
            return Err(argument_type(cx, "signals", "an instance of AbortSignal", signal));
        };
        if let Some(reason) = reason_of(o) {
            abort(cx, &combined, &reason);
            return Ok(Value::Obj(combined));
        }
    }
    for o in signals.iter().filter_map(Value::as_obj) {
        let combined = combined.clone();
        on_abort(o, move |cx, reason| abort(cx, &combined, reason));
    }
    Ok(Value::Obj(combined))
}

pub fn controller_class(cx: Cx) -> (Obj, Obj) {
    fn signal<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Obj> {
        let found = a.this.as_obj().and_then(|o| o.payload::<Controller>()).map(|c| &c.0);
        found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type AbortController"))
    }
    const DEF: ClassDef = ClassDef {
        methods: &[("abort", 0, |cx, a| {
            abort(cx, signal(cx, a)?, a.get(0));
            Ok(Value::Undefined)
        })],
        getters: &[("signal", |cx, a| Ok(Value::Obj(signal(cx, a)?.clone())))],
        ..ClassDef::new("AbortController", 0, |cx, a| {
            let proto = must_construct(cx, a)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Controller(new_signal(cx))).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    crate::support::tag(cx, &made.1, "AbortController");
    custom_inspection(cx, &made.1, |cx, a| {
        let signal = signal(cx, a)?.clone();
        shown(cx, a, "signal", Value::Obj(signal))
    });
    made
}
