//! What this crate needs of JavaScript, under short names: property access, calls, conversions, JSON and promises.
//!
//! Everything here is a thin call into `puremix_js` and `puremix_value`, in one place so that pages and requests read as what they do.

use puremix_js as js;
use puremix_value::{Attr, Class, Cx, FnDef, HtmlData, Intrinsic, Key, Kind, Obj, R, Str, Thrown, Value};

/// The value of a property by name, as `value.name` reads it; undefined of null and undefined.
pub fn get(cx: Cx, value: &Value, name: &str) -> R {
    if value.is_nullish() {
        return Ok(Value::Undefined);
    }
    js::ops::get_key(cx, value, &key(cx, name))
}

/// The key of a name.
#[inline]
pub fn key(cx: Cx, name: &str) -> Key {
    cx.key(&Str::from(name))
}

/// Assigns a property of an object that nobody has seen yet.
pub fn put(cx: Cx, object: &Obj, name: &str, value: impl Into<Value>) {
    object.put(cx, &key(cx, name), value.into());
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
    Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Html(Box::new(data))).into()
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
    Ok(match js::json::stringify(cx, value)? {
        Value::Str(text) => Some(text),
        _ => None,
    })
}

pub fn parse_json(cx: Cx, text: &str) -> R {
    js::json::parse(cx, &Str::from(text))
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
    match value.as_obj().and_then(Obj::class) {
        Some(Class::Promise) => match js::promise::state(cx, value) {
            js::promise::State::Fulfilled(v) => Settled::Now(v),
            js::promise::State::Rejected(e) => {
                js::promise::mark_handled(cx, value);
                Settled::Rejected(e)
            }
            js::promise::State::Pending => Settled::Pending,
        },
        _ => Settled::Now(value.clone()),
    }
}

/// Waits for a value.
pub async fn wait(cx: Cx, value: &Value) -> R {
    match settled(cx, value) {
        Settled::Now(v) => Ok(v),
        Settled::Rejected(e) => Err(throw(cx, e)),
        Settled::Pending => js::promise::await_(cx, value).await,
    }
}

pub fn throw(cx: Cx, error: Value) -> Thrown {
    js::ops::throw(cx, error)
}

pub fn throw_type(cx: Cx, message: &str) -> Thrown {
    js::ops::throw_type(cx, message)
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
