//! What this crate needs of JavaScript, under short names: property access, calls, conversions, JSON and promises.
//!
//! Everything here is a thin call into `puremix_js` and `puremix_value`, in one place so that pages and requests read as what they do.

use puremix_js as js;
use puremix_js::promise;
use puremix_value::{Attr, Cx, ErrorKind, FnDef, HtmlData, Intrinsic, Key, Kind, Obj, R, Str, Thrown, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The value of a property by name, as `value.name` reads it; undefined of null and undefined.
pub fn get(cx: Cx, value: &Value, name: &str) -> R {
    if value.is_nullish() {
        return Ok(Value::Undefined);
    }
    js::ops::get_value(cx, value, &cx.key_of(name))
}

/// The value of a property by key.
pub fn get_key(cx: Cx, value: &Value, key: &Key) -> R {
    js::ops::get_value(cx, value, key)
}

/// Assigns a property of an object that nobody has seen yet.
pub fn put(cx: Cx, object: &Obj, name: &str, value: impl Into<Value>) {
    object.put(cx, &cx.key_of(name), value.into());
}

/// A plain object of these properties.
pub fn object<const N: usize>(cx: Cx, properties: [(&str, Value); N]) -> Obj {
    let object = Obj::plain(cx);
    for (name, value) in properties {
        put(cx, &object, name, value);
    }
    object
}

/// An array of strings.
pub fn strings<'a>(cx: Cx, items: impl IntoIterator<Item = &'a str>) -> Value {
    Obj::array(cx, items.into_iter().map(Value::str).collect()).into()
}

/// A function object with captured values.
pub fn function(cx: Cx, def: &'static FnDef, env: Vec<Value>) -> Value {
    Obj::function(cx, def, env).into()
}

/// A markup value.
pub fn html(cx: Cx, data: HtmlData) -> Value {
    Obj::with(cx, cx.try_intrinsic(Intrinsic::HtmlPrototype), Kind::Html(Box::new(data))).into()
}

pub fn to_string(cx: Cx, value: &Value) -> R<Str> {
    js::ops::js_to_string(cx, value)
}

pub fn truthy(value: &Value) -> bool {
    js::ops::js_truthy(value)
}

pub fn call(cx: Cx, function: &Value, this: &Value, args: &[Value]) -> R {
    js::ops::call(cx, function, this, args)
}

/// `JSON.stringify(value)`; `None` for what has no JSON (undefined, functions).
pub fn json(cx: Cx, value: &Value) -> R<Option<Str>> {
    js::json_to_string(cx, value)
}

/// Most bodies fit into so many bytes, or grow only a few times.
const BODY_ROOM: usize = 256;

/// `JSON.stringify(value)` as a body; `None` for what has no JSON.
pub fn json_body(cx: Cx, value: &Value) -> R<Option<String>> {
    js::json_text(cx, value, BODY_ROOM)
}

/// `JSON.stringify(value)` as a body; `null` for what has no JSON.
pub fn json_text(cx: Cx, value: &Value) -> R<String> {
    Ok(js::json_text(cx, value, BODY_ROOM)?.unwrap_or_else(|| "null".to_owned()))
}

/// Marks objects of a request's JSON that a document store would read as operators; most bodies have none.
pub fn mark_operators(cx: Cx, json: &str, parsed: &Value) {
    if json.contains('$') || json.contains("\\u0024") {
        js::provenance::mark_operators(cx, parsed);
    }
}

pub fn parse_json(cx: Cx, text: &str) -> R {
    js::parse_json(cx, &Str::from(text))
}

/// What a value is to someone who waits for it.
pub enum Settled {
    /// No promise, or one that is fulfilled already.
    Now(Value),
    Rejected(Value),
    Pending,
}

/// Looks at a value without waiting. A rejected promise counts as handled from here on.
pub fn settled(cx: Cx, value: &Value) -> Settled {
    let Some(promise) = promise::as_promise(value) else { return Settled::Now(value.clone()) };
    match promise::settled(promise) {
        promise::Settled::Fulfilled(v) => Settled::Now(v),
        promise::Settled::Rejected(e) => {
            // Whoever listens to a promise handles its rejection.
            promise::on_settled(cx, promise, |_, _| {});
            Settled::Rejected(e)
        }
        promise::Settled::Pending => Settled::Pending,
    }
}

/// Waits for a value, in any executor of this thread: the waker is woken from the isolate's microtasks.
pub async fn wait(cx: Cx, value: &Value) -> R {
    match settled(cx, value) {
        Settled::Now(v) => return Ok(v),
        Settled::Rejected(e) => return Err(cx.throw(e)),
        Settled::Pending => {}
    }
    let state: Rc<RefCell<Waiting>> = Rc::default();
    if let Some(promise) = promise::as_promise(value) {
        let state = state.clone();
        promise::on_settled(cx, promise, move |_, outcome| {
            let waker = {
                let mut state = state.borrow_mut();
                state.outcome = Some(outcome);
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
    }
    let outcome = std::future::poll_fn(|context| {
        let mut state = state.borrow_mut();
        match state.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await;
    outcome.map_err(|e| cx.throw(e))
}

/// What the waiting side and the promise share.
#[derive(Default)]
struct Waiting {
    outcome: Option<Result<Value, Value>>,
    waker: Option<Waker>,
}

/// A promise that is settled from the start.
pub fn promise(cx: Cx, outcome: Result<Value, Value>) -> Value {
    match outcome {
        Ok(value) => promise::fulfilled(cx, value).into(),
        Err(reason) => promise::rejected(cx, reason).into(),
    }
}

pub fn throw_type(cx: Cx, message: &str) -> Thrown {
    cx.throw_error(ErrorKind::Type, message)
}

/// The message of an exception: of an error its `message`, of other values their text.
pub fn message(cx: Cx, error: &Value) -> String {
    let text = match error {
        Value::Obj(_) => match get(cx, error, "message") {
            Ok(Value::Undefined) | Err(_) => to_string(cx, error),
            Ok(message) => to_string(cx, &message),
        },
        other => to_string(cx, other),
    };
    match text {
        Ok(text) => text.as_str().to_string(),
        Err(_) => {
            // Its `toString` throws: there is nothing to say about it.
            cx.take_exception();
            "unknown error".into()
        }
    }
}

/// The enumerable own string keys of an object, in order.
pub fn keys(cx: Cx, object: &Obj) -> Vec<Key> {
    object.own_keys(cx).into_iter().filter(|(k, attr)| !k.is_symbol() && attr.has(Attr::ENUMERABLE)).map(|(k, _)| k).collect()
}

/// The bytes of a Buffer or another view of bytes.
pub fn bytes(cx: Cx, value: &Value) -> Option<Vec<u8>> {
    crate::request::host(cx).services.bytes(value)
}
