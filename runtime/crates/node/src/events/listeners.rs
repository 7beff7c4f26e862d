//! Adding, removing and listing listeners.

use super::{DEFAULT_MAX, class_name, count, event_key, event_text, events_of, is_emitter, listener_limit, set, stored, this, unwrapped};
use crate::support::{Functions, argument_type, function_argument};
use puremix_js::ops;
use puremix_value::{Args, Cx, FnDef, Key, Kind, Obj, R, Value};

pub(super) const METHODS: Functions = &[
    ("setMaxListeners", 1, |cx, a| {
        let n = listener_limit(cx, a.get(0), "setMaxListeners")?;
        set(cx, this(cx, a)?, "_maxListeners", Value::Num(n))?;
        Ok(a.this.clone())
    }),
    ("getMaxListeners", 0, |cx, a| Ok(Value::Num(max_of(cx, this(cx, a)?)?))),
    ("addListener", 2, |cx, a| add(cx, a, false, false)),
    ("on", 2, |cx, a| add(cx, a, false, false)),
    ("prependListener", 2, |cx, a| add(cx, a, true, false)),
    ("once", 2, |cx, a| add(cx, a, false, true)),
    ("prependOnceListener", 2, |cx, a| add(cx, a, true, true)),
    ("removeListener", 2, remove),
    ("off", 2, remove),
    ("removeAllListeners", 1, remove_all),
    ("listeners", 1, |cx, a| {
        let all = stored(cx, this(cx, a)?, &event_key(cx, a.get(0))?);
        Ok(Obj::array(cx, all.iter().map(|l| unwrapped(cx, l)).collect()).into())
    }),
    ("rawListeners", 1, |cx, a| Ok(Obj::array(cx, stored(cx, this(cx, a)?, &event_key(cx, a.get(0))?)).into())),
    ("listenerCount", 2, |cx, a| {
        let all = stored(cx, this(cx, a)?, &event_key(cx, a.get(0))?);
        let wanted = a.get(1);
        let n = if wanted.is_nullish() { all.len() } else { all.iter().filter(|l| is_listener(cx, l, wanted)).count() };
        Ok(Value::Num(n as f64))
    }),
    ("eventNames", 0, |cx, a| {
        let keys = events_of(cx, this(cx, a)?).map(|t| t.own_keys(cx)).unwrap_or_default();
        Ok(Obj::array(cx, keys.iter().map(|(k, _)| cx.key_value(k)).collect()).into())
    }),
];

pub(super) const FUNCTIONS: Functions = &[
    ("getEventListeners", 2, |cx, a| {
        if !is_emitter(cx, a.get(0))? {
            return Err(argument_type(cx, "emitter", "an instance of EventEmitter or EventTarget", a.get(0)));
        }
        ops::invoke_key(cx, a.get(0), &cx.key_of("listeners"), &[a.get(1).clone()])
    }),
    ("getMaxListeners", 1, |cx, a| ops::invoke_key(cx, a.get(0), &cx.key_of("getMaxListeners"), &[])),
    ("setMaxListeners", 0, |cx, a| {
        let n = if a.get(0).is_undefined() { DEFAULT_MAX.get() } else { listener_limit(cx, a.get(0), "setMaxListeners")? };
        if a.len() < 2 {
            DEFAULT_MAX.set(n);
        }
        for target in a.rest(1) {
            if !is_emitter(cx, &target)? {
                return Err(argument_type(cx, "eventTargets", "an instance of EventEmitter or EventTarget", &target));
            }
            ops::invoke_key(cx, &target, &cx.key_of("setMaxListeners"), &[Value::Num(n)])?;
        }
        Ok(Value::Undefined)
    }),
    ("listenerCount", 2, |cx, a| ops::invoke_key(cx, a.get(0), &cx.key_of("listenerCount"), &[a.get(1).clone()])),
];

fn is_listener(cx: Cx, stored: &Value, wanted: &Value) -> bool {
    ops::js_strict_eq(stored, wanted) || ops::js_strict_eq(&unwrapped(cx, stored), wanted)
}

fn max_of(cx: Cx, o: &Obj) -> R<f64> {
    let own = ops::get_key(cx, o, &cx.key_of("_maxListeners"), &Value::Obj(o.clone()))?;
    Ok(own.as_num().unwrap_or_else(|| DEFAULT_MAX.get()))
}

/// The table of listeners, made if it is missing (objects that never called `EventEmitter`).
fn table(cx: Cx, o: &Obj) -> R<Obj> {
    if let Some(table) = events_of(cx, o) {
        return Ok(table);
    }
    let table = Obj::with(cx, None, Kind::Plain);
    set(cx, o, "_events", Value::Obj(table.clone()))?;
    set(cx, o, "_eventsCount", Value::Num(0.0))?;
    Ok(table)
}

/// Stores listeners as Node does: one function bare, several as an array.
fn store(cx: Cx, o: &Obj, key: &Key, mut list: Vec<Value>) -> R<()> {
    let table = table(cx, o)?;
    let had = table.get_own(cx, key).is_some();
    let has = !list.is_empty();
    match list.len() {
        0 => drop(table.delete_own(cx, key)),
        1 => table.put(cx, key, list.swap_remove(0)),
        _ => table.put(cx, key, Obj::array(cx, list).into()),
    }
    if had != has {
        let name = cx.key_of("_eventsCount");
        let n = ops::get_key(cx, o, &name, &Value::Obj(o.clone()))?.as_num().unwrap_or(0.0);
        set(cx, o, "_eventsCount", Value::Num(if has { n + 1.0 } else { (n - 1.0).max(0.0) }))?;
    }
    Ok(())
}

fn add(cx: Cx, a: &Args<'_>, first: bool, once: bool) -> R {
    let o = this(cx, a)?;
    let listener = function_argument(cx, a.get(1), "listener")?;
    let key = event_key(cx, a.get(0))?;
    table(cx, o)?;
    if count(cx, o, "newListener") > 0 {
        super::emit(cx, o, "newListener", &[a.get(0).clone(), listener.clone()])?;
    }
    let stored_listener = if once { once_wrapper(cx, a.this, a.get(0), &listener) } else { listener };
    let mut list = stored(cx, o, &key);
    if first { list.insert(0, stored_listener) } else { list.push(stored_listener) }
    let n = list.len();
    store(cx, o, &key, list)?;
    let max = max_of(cx, o)?;
    if max > 0.0 && n as f64 > max && n == max as usize + 1 {
        let message = format!(
            "Possible EventEmitter memory leak detected. {n} {} listeners added to [{}]. MaxListeners is {max}. Use emitter.setMaxListeners() to increase limit",
            event_text(cx, a.get(0)),
            class_name(cx, o),
        );
        crate::process::warn(cx, "MaxListenersExceededWarning", &message);
    }
    crate::process::listener_added(cx, o, &key);
    Ok(a.this.clone())
}

/// What `once` adds: removes itself, then calls.
fn once_wrapper(cx: Cx, target: &Value, event: &Value, listener: &Value) -> Value {
    static WRAPPER: FnDef = FnDef::native("bound onceWrapper", 0, |cx, a| {
        let fired = a.env(3);
        if ops::js_truthy(&ops::cell_get(fired)) {
            return Ok(Value::Undefined);
        }
        ops::cell_set(fired, Value::Bool(true));
        ops::invoke_key(cx, a.env(0), &cx.key_of("removeListener"), &[a.env(1).clone(), Value::Obj(a.callee.clone())])?;
        ops::call(cx, a.env(2), a.env(0), a.args)
    });
    let fired = ops::cell(cx, Value::Bool(false));
    let f = ops::native_with(cx, &WRAPPER, vec![target.clone(), event.clone(), listener.clone(), fired]);
    if let Value::Obj(o) = &f {
        o.put(cx, &cx.key_of("listener"), listener.clone());
    }
    f
}

fn remove(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let wanted = function_argument(cx, a.get(1), "listener")?;
    let key = event_key(cx, a.get(0))?;
    let mut list = stored(cx, o, &key);
    let Some(at) = list.iter().rposition(|l| is_listener(cx, l, &wanted)) else { return Ok(a.this.clone()) };
    let removed = list.remove(at);
    store(cx, o, &key, list)?;
    if count(cx, o, "removeListener") > 0 {
        let listener = unwrapped(cx, &removed);
        super::emit(cx, o, "removeListener", &[a.get(0).clone(), listener])?;
    }
    crate::process::listener_removed(cx, o, &key);
    Ok(a.this.clone())
}

fn remove_all(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let Some(table) = events_of(cx, o) else { return Ok(a.this.clone()) };
    let told = count(cx, o, "removeListener") > 0;
    let keys: Vec<Key> = match a.is_empty() {
        true => table.own_keys(cx).into_iter().map(|(k, _)| k).collect(),
        false => vec![event_key(cx, a.get(0))?],
    };
    let last = cx.key_of("removeListener");
    let ordered = keys.iter().filter(|k| **k != last).chain(keys.iter().filter(|k| **k == last));
    for key in ordered {
        let removed = stored(cx, o, key);
        if told && *key != last {
            for listener in removed.iter().rev() {
                let args = [cx.key_value(key), listener.clone()];
                ops::invoke_key(cx, a.this, &cx.key_of("removeListener"), &args)?;
            }
        }
        store(cx, o, key, vec![])?;
        crate::process::listener_removed(cx, o, key);
    }
    Ok(a.this.clone())
}
