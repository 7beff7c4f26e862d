//! `EventTarget`, `Event` and `CustomEvent` (DOM Standard, §2), without a tree.

use crate::support::{ClassDef, argument_type, class as make_class, coded, custom_inspection, flag, host, must_construct, option, put_all, shared_symbol, text_of};
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Tracer, Value};
use std::cell::{Cell, RefCell};

/// A listener of one type of event.
#[derive(Clone)]
struct Listener {
    kind: String,
    callback: Value,
    once: bool,
    capture: bool,
    /// Set through `onabort` and its kin; one a type, at the place where the first was set.
    is_handler: bool,
}

/// The listeners of a target.
#[derive(Default)]
pub(crate) struct Target {
    listeners: RefCell<Vec<Listener>>,
}

impl Target {
    pub fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(listeners) = self.listeners.try_borrow() {
            listeners.iter().for_each(|l| t.value(&l.callback));
        }
    }

    pub fn clear(&self) {
        drop(self.listeners.take());
    }

    /// The handler in `on…`.
    pub fn handler(&self, kind: &str) -> Value {
        self.listeners.borrow().iter().find(|l| l.is_handler && l.kind == kind).map_or(Value::Null, |l| l.callback.clone())
    }

    pub fn set_handler(&self, kind: &str, f: Value) {
        let mut listeners = self.listeners.borrow_mut();
        let known = listeners.iter().position(|l| l.is_handler && l.kind == kind);
        match (known, f.is_callable()) {
            (Some(at), true) => listeners[at].callback = f,
            (Some(at), false) => drop(listeners.remove(at)),
            (None, true) => listeners.push(Listener { kind: kind.to_owned(), callback: f, once: false, capture: false, is_handler: true }),
            (None, false) => {}
        }
    }
}

/// Objects that events are dispatched on; subclasses of `EventTarget` hold one.
pub(crate) struct TargetObject(pub Target);

impl Payload for TargetObject {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.0.trace(t);
    }
    fn clear(&self) {
        self.0.clear();
    }
}

/// The target inside an object of a class derived from `EventTarget`.
fn target_of(o: &Obj) -> Option<&Target> {
    o.payload::<TargetObject>().map(|t| &t.0).or_else(|| super::abort::target_of(o))
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<(&'a Obj, &'a Target)> {
    let found = a.this.as_obj().and_then(|o| Some((o, target_of(o)?)));
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type EventTarget"))
}

pub(crate) fn target_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[("addEventListener", 2, add_listener), ("removeEventListener", 2, remove_listener), ("dispatchEvent", 1, dispatch_event)],
        ..ClassDef::new("EventTarget", 0, |cx, a| {
            Ok(Obj::native(cx, Some(must_construct(cx, a)?), Class::Other, TargetObject(Target::default())).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    crate::support::tag(cx, &made.1, "EventTarget");
    made
}

fn capture(cx: Cx, options: &Value) -> R<bool> {
    match options {
        Value::Bool(b) => Ok(*b),
        options => flag(cx, options, "capture"),
    }
}

fn add_listener(cx: Cx, a: &Args<'_>) -> R {
    let (o, target) = this(cx, a)?;
    if a.len() < 2 {
        return Err(coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", "The \"type\" and \"listener\" arguments must be specified"));
    }
    let (kind, callback) = (text_of(cx, a.get(0))?, a.get(1));
    let (capture, once) = (capture(cx, a.get(2))?, flag(cx, a.get(2), "once")?);
    if callback.is_nullish() {
        return Ok(Value::Undefined);
    }
    if !callback.is_object() {
        return Err(argument_type(cx, "listener", "an instance of EventListener", callback));
    }
    let known = target.listeners.borrow().iter().any(|l| !l.is_handler && l.kind == kind && l.capture == capture && ops::js_strict_eq(&l.callback, callback));
    if known {
        return Ok(Value::Undefined);
    }
    if let Value::Obj(signal) = option(cx, a.get(2), "signal")? {
        if super::abort::is_aborted(&signal) {
            return Ok(Value::Undefined);
        }
        let (o, kind, callback) = (o.clone(), kind.clone(), callback.clone());
        super::abort::on_abort(&signal, move |_, _| {
            if let Some(target) = target_of(&o) {
                target.listeners.borrow_mut().retain(|l| !(l.kind == kind && l.capture == capture && ops::js_strict_eq(&l.callback, &callback)));
            }
        });
    }
    target.listeners.borrow_mut().push(Listener { kind, callback: callback.clone(), once, capture, is_handler: false });
    Ok(Value::Undefined)
}

fn remove_listener(cx: Cx, a: &Args<'_>) -> R {
    let (_, target) = this(cx, a)?;
    let (kind, capture) = (text_of(cx, a.get(0))?, capture(cx, a.get(2))?);
    let callback = a.get(1);
    target.listeners.borrow_mut().retain(|l| !(l.kind == kind && l.capture == capture && ops::js_strict_eq(&l.callback, callback)));
    Ok(Value::Undefined)
}

/// An event's own part.
struct EventData {
    kind: String,
    bubbles: bool,
    cancelable: bool,
    composed: bool,
    prevented: Cell<bool>,
    stopped: Cell<bool>,
    target: RefCell<Value>,
    detail: Value,
    time: f64,
}

impl Payload for EventData {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(target) = self.target.try_borrow() {
            t.value(&target);
        }
        t.value(&self.detail);
    }
}

fn event<'a>(cx: Cx, v: &'a Value) -> R<&'a EventData> {
    let found = v.as_obj().and_then(|o| o.payload::<EventData>());
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type Event"))
}

pub(crate) fn event_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("preventDefault", 0, |cx, a| {
                let e = event(cx, a.this)?;
                e.prevented.set(e.cancelable);
                Ok(Value::Undefined)
            }),
            ("stopPropagation", 0, |cx, a| event(cx, a.this).map(|_| Value::Undefined)),
            ("stopImmediatePropagation", 0, |cx, a| {
                event(cx, a.this)?.stopped.set(true);
                Ok(Value::Undefined)
            }),
            ("composedPath", 0, |cx, a| {
                let target = event(cx, a.this)?.target.borrow().clone();
                Ok(Obj::array(cx, if target.is_object() { vec![target] } else { vec![] }).into())
            }),
        ],
        getters: &[
            ("type", |cx, a| Ok(Value::str(&event(cx, a.this)?.kind))),
            ("target", |cx, a| Ok(event(cx, a.this)?.target.borrow().clone())),
            ("currentTarget", |cx, a| Ok(event(cx, a.this)?.target.borrow().clone())),
            ("srcElement", |cx, a| Ok(event(cx, a.this)?.target.borrow().clone())),
            ("bubbles", |cx, a| Ok(Value::Bool(event(cx, a.this)?.bubbles))),
            ("cancelable", |cx, a| Ok(Value::Bool(event(cx, a.this)?.cancelable))),
            ("composed", |cx, a| Ok(Value::Bool(event(cx, a.this)?.composed))),
            ("defaultPrevented", |cx, a| Ok(Value::Bool(event(cx, a.this)?.prevented.get()))),
            ("timeStamp", |cx, a| Ok(Value::Num(event(cx, a.this)?.time))),
            ("eventPhase", |cx, a| Ok(Value::Num(if event(cx, a.this)?.target.borrow().is_object() { 2.0 } else { 0.0 }))),
            ("isTrusted", |_, _| Ok(Value::Bool(false))),
        ],
        ..ClassDef::new("Event", 1, |cx, a| new_event(cx, a, false))
    };
    let made = make_class(cx, &DEF, None);
    crate::support::tag(cx, &made.1, "Event");
    custom_inspection(cx, &made.1, |cx, a| {
        let e = event(cx, a.this)?;
        let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
        shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
        put_all(cx, &shown, [
            ("type", Value::str(&e.kind)),
            ("defaultPrevented", Value::Bool(e.prevented.get())),
            ("cancelable", Value::Bool(e.cancelable)),
            ("timeStamp", Value::Num(e.time)),
        ]);
        Ok(shown.into())
    });
    made
}

pub(crate) fn custom_event_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        getters: &[("detail", |cx, a| Ok(event(cx, a.this)?.detail.clone()))],
        ..ClassDef::new("CustomEvent", 1, |cx, a| new_event(cx, a, true))
    };
    let made = make_class(cx, &DEF, Some(&event_class(cx)));
    crate::support::tag(cx, &made.1, "CustomEvent");
    made
}

fn new_event(cx: Cx, a: &Args<'_>, custom: bool) -> R {
    let proto = must_construct(cx, a)?;
    if a.is_empty() {
        return Err(coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", "The \"type\" argument must be specified"));
    }
    let options = a.get(1);
    let detail = match option(cx, options, "detail")? {
        Value::Undefined => Value::Null,
        detail => detail,
    };
    let data = EventData {
        kind: text_of(cx, a.get(0))?,
        bubbles: flag(cx, options, "bubbles")?,
        cancelable: flag(cx, options, "cancelable")?,
        composed: flag(cx, options, "composed")?,
        prevented: Cell::new(false),
        stopped: Cell::new(false),
        target: RefCell::new(Value::Null),
        detail: if custom { detail } else { Value::Undefined },
        time: host(cx)?.uptime() * 1000.0,
    };
    Ok(Obj::native(cx, Some(proto), Class::Other, data).into())
}

fn dispatch_event(cx: Cx, a: &Args<'_>) -> R {
    let (o, _) = this(cx, a)?;
    if a.get(0).as_obj().and_then(|e| e.payload::<EventData>()).is_none() {
        return Err(argument_type(cx, "event", "an instance of Event", a.get(0)));
    }
    dispatch(cx, o, a.get(0))
}

/// Calls the listeners in order; whether nobody prevented the default.
fn dispatch(cx: Cx, o: &Obj, e: &Value) -> R {
    let (Some(target), Ok(data)) = (target_of(o), event(cx, e)) else { return Ok(Value::Bool(true)) };
    data.target.replace(Value::Obj(o.clone()));
    let listeners: Vec<Listener> = target.listeners.borrow().iter().filter(|l| l.kind == data.kind).cloned().collect();
    for listener in listeners {
        if data.stopped.get() {
            break;
        }
        if listener.once {
            target.listeners.borrow_mut().retain(|l| !(l.kind == listener.kind && ops::js_strict_eq(&l.callback, &listener.callback)));
        }
        let answer = if listener.callback.is_callable() {
            ops::call(cx, &listener.callback, &Value::Obj(o.clone()), std::slice::from_ref(e))
        } else {
            crate::support::member(cx, &listener.callback, "handleEvent").and_then(|f| ops::call(cx, &f, &listener.callback, std::slice::from_ref(e)))
        };
        if answer.is_err() {
            // As in Node: thrown in the next tick, when nobody of the dispatch can catch it.
            let error = cx.take_exception();
            puremix_js::promise::enqueue_tick(move |cx| puremix_js::promise::report_uncaught(cx, &error));
        }
    }
    Ok(Value::Bool(!data.prevented.get()))
}

/// Dispatches a plain event of the runtime's own.
pub(crate) fn fire(cx: Cx, o: &Obj, kind: &str) {
    let (ctor, _) = event_class(cx);
    let event = ops::construct(cx, &Value::Obj(ctor), &[Value::str(kind)]);
    if event.and_then(|e| dispatch(cx, o, &e)).is_err() {
        let error = cx.take_exception();
        puremix_js::promise::report_uncaught(cx, &error);
    }
}
