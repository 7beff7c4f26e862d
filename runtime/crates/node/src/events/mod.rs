//! `node:events`: `EventEmitter` as Node has it, listeners in `_events` and all.

mod emit;
mod listeners;
mod waiting;

pub(crate) use emit::emit;
pub(crate) use waiting::abort_error;

use crate::support::{argument_type, out_of_range};
use puremix_js::ops;
use puremix_value::{Args, Attr, Cx, Key, Kind, Obj, Own, R, Str, Sym, Value, well_known};
use std::cell::{Cell, RefCell};

pub(crate) const EXPORTS: &[&str] = &[
    "EventEmitter", "addAbortListener", "captureRejectionSymbol", "captureRejections", "default", "defaultMaxListeners", "errorMonitor", "getEventListeners",
    "getMaxListeners", "init", "listenerCount", "on", "once", "setMaxListeners", "usingDomains",
];

thread_local! {
    static CLASS: RefCell<Option<(Obj, Obj)>> = const { RefCell::new(None) };
    static SYMBOLS: RefCell<Vec<(&'static str, Sym)>> = const { RefCell::new(Vec::new()) };
    static DEFAULT_MAX: Cell<f64> = const { Cell::new(10.0) };
    static CAPTURES: Cell<bool> = const { Cell::new(false) };
}

/// A symbol of this module's own.
fn symbol(name: &'static str) -> Key {
    SYMBOLS.with_borrow_mut(|all| match all.iter().find(|(n, _)| *n == name) {
        Some((_, symbol)) => Key::Sym(symbol.clone()),
        None => {
            let made = Sym::new(Some(Str::from(name)));
            all.push((name, made.clone()));
            Key::Sym(made)
        }
    })
}

fn captures_key() -> Key {
    symbol("kCapture")
}

/// `EventEmitter` and its prototype.
pub(crate) fn class(cx: Cx) -> (Obj, Obj) {
    let known = CLASS.with_borrow(Clone::clone);
    if let Some(known) = known {
        return known;
    }
    let proto = Obj::plain(cx);
    let ctor = ops::constructor_of(cx, "EventEmitter", 1, construct, &proto);
    for (name, value) in [("_events", Value::Undefined), ("_eventsCount", Value::Num(0.0)), ("_maxListeners", Value::Undefined)] {
        proto.put(cx, &cx.key_of(name), value);
    }
    proto.define(cx, &captures_key(), Value::Bool(false), Attr::WRITABLE);
    crate::support::add(cx, &proto, listeners::METHODS);
    crate::support::add(cx, &proto, emit::METHODS);
    crate::support::add(cx, &ctor, waiting::FUNCTIONS);
    crate::support::add(cx, &ctor, listeners::FUNCTIONS);
    let rejection = crate::support::shared_symbol(cx, "nodejs.rejection");
    crate::support::put_all(cx, &ctor, [
        ("EventEmitter", Value::Obj(ctor.clone())),
        ("usingDomains", Value::Bool(false)),
        ("captureRejectionSymbol", cx.key_value(&rejection)),
        ("errorMonitor", cx.key_value(&symbol("events.errorMonitor"))),
        ("init", ops::native(cx, "", 1, |cx, a| {
            init(cx, a)?;
            Ok(Value::Undefined)
        })),
    ]);
    accessor(cx, &ctor, "captureRejections", |_, _| Ok(Value::Bool(CAPTURES.get())), |cx, a| {
        let Value::Bool(yes) = a.get(0) else { return Err(argument_type(cx, "EventEmitter.captureRejections", "of type boolean", a.get(0))) };
        CAPTURES.set(*yes);
        Ok(Value::Undefined)
    });
    accessor(cx, &ctor, "defaultMaxListeners", |_, _| Ok(Value::Num(DEFAULT_MAX.get())), |cx, a| {
        DEFAULT_MAX.set(listener_limit(cx, a.get(0), "defaultMaxListeners")?);
        Ok(Value::Undefined)
    });
    CLASS.replace(Some((ctor.clone(), proto.clone())));
    (ctor, proto)
}

fn accessor(cx: Cx, o: &Obj, name: &'static str, get: puremix_value::Code, set: puremix_value::Code) {
    let (get, set) = (ops::native(cx, name, 0, get), ops::native(cx, name, 1, set));
    o.define_accessor(cx, &cx.key_of(name), get, set, Attr::ENUMERABLE);
}

pub(crate) fn module(cx: Cx) -> R {
    Ok(Value::Obj(class(cx).0))
}

/// `new EventEmitter()`, and `EventEmitter.call(this)` of classes made with functions.
fn construct(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        init(cx, a)?;
        return Ok(Value::Undefined);
    }
    let proto = ops::proto_for_object(cx, a.new_target, a.callee)?;
    let o = Value::Obj(Obj::with(cx, Some(proto), Kind::Plain));
    init(cx, &Args { this: &o, ..*a })?;
    Ok(o)
}

/// Gives an object its table of listeners.
fn init(cx: Cx, a: &Args<'_>) -> R<()> {
    let Value::Obj(o) = a.this else { return Ok(()) };
    if events_of(cx, o).is_none() {
        let table = Obj::with(cx, None, Kind::Plain);
        set(cx, o, "_events", table.into())?;
        set(cx, o, "_eventsCount", Value::Num(0.0))?;
    }
    let max = ops::get_value(cx, a.this, &cx.key_of("_maxListeners"))?;
    set(cx, o, "_maxListeners", if ops::js_truthy(&max) { max } else { Value::Undefined })?;
    let captures = match crate::support::option(cx, a.get(0), "captureRejections")? {
        v if ops::js_truthy(&v) => true,
        _ => CAPTURES.get(),
    };
    o.put(cx, &symbol("shapeMode"), Value::Bool(false));
    o.put(cx, &captures_key(), Value::Bool(captures));
    Ok(())
}

fn set(cx: Cx, o: &Obj, name: &str, value: Value) -> R<()> {
    ops::put_key(cx, o, &cx.key_of(name), value)
}

/// The own table of listeners.
fn events_of(cx: Cx, o: &Obj) -> Option<Obj> {
    match o.get_own(cx, &cx.key_of("_events")) {
        Some(Own::Data { value: Value::Obj(table), .. }) => Some(table),
        _ => None,
    }
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Obj> {
    a.this.as_obj().ok_or_else(|| argument_type(cx, "emitter", "an instance of EventEmitter", a.this))
}

/// The key an event's name stands for.
fn event_key(cx: Cx, name: &Value) -> R<Key> {
    ops::js_to_key(cx, name)
}

/// The listeners of one event as stored: none, one function, or a list.
fn stored(cx: Cx, o: &Obj, key: &Key) -> Vec<Value> {
    let Some(Own::Data { value, .. }) = events_of(cx, o).and_then(|t| t.get_own(cx, key)) else { return vec![] };
    match &value {
        Value::Obj(list) if list.is_array() => ops::iter_to_vec(cx, &value).unwrap_or_default(),
        Value::Undefined => vec![],
        _ => vec![value],
    }
}

/// How many listeners an event has.
pub(crate) fn count(cx: Cx, o: &Obj, event: &str) -> usize {
    stored(cx, o, &cx.key_of(event)).len()
}

/// Whether an object has the methods of an emitter.
fn is_emitter(cx: Cx, v: &Value) -> R<bool> {
    Ok(v.is_object() && ops::get_value(cx, v, &cx.key_of("on"))?.is_callable())
}

fn listener_limit(cx: Cx, v: &Value, name: &str) -> R<f64> {
    match v {
        Value::Num(n) if *n >= 0.0 => Ok(*n),
        Value::Num(_) => Err(out_of_range(cx, name, ">= 0", v)),
        _ => Err(argument_type(cx, name, "of type number", v)),
    }
}

/// A listener's own function, without what `once` wraps around it.
fn unwrapped(cx: Cx, listener: &Value) -> Value {
    match listener {
        Value::Obj(o) => match o.get_own(cx, &cx.key_of("listener")) {
            Some(Own::Data { value, .. }) if value.is_callable() => value,
            _ => listener.clone(),
        },
        _ => listener.clone(),
    }
}

/// `name` of a value for messages: symbols by their description.
fn event_text(cx: Cx, name: &Value) -> String {
    match name {
        Value::Sym(_) => puremix_js::inspect(cx, name),
        _ => ops::js_to_string(cx, name).map(|s| s.to_string()).unwrap_or_else(|_| {
            cx.take_exception();
            String::new()
        }),
    }
}

/// The name of an object's constructor.
fn class_name(cx: Cx, o: &Obj) -> String {
    let name = ops::get_value(cx, &Value::Obj(o.clone()), &well_known::CONSTRUCTOR.into()).and_then(|c| crate::support::member(cx, &c, "name"));
    name.ok().and_then(|v| v.as_str().map(|s| s.to_string())).unwrap_or_default()
}
