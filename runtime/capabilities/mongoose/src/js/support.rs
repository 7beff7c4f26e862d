//! Small things every file of this folder needs.

pub use puremix_node::capability::{ClassDef, class, flag, member, option, text_of};

use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, FnDef, FnKind, Intrinsic, Key, Kind, Obj, R, Sym, Thrown, Value, well_known};
use std::cell::RefCell;
use std::collections::HashMap;

/// A constructor and its prototype.
pub type ClassPair = (Obj, Obj);

thread_local! {
    static SYMBOLS: RefCell<HashMap<&'static str, Sym>> = RefCell::default();
}

/// A symbol that only this crate knows.
pub fn symbol(name: &'static str) -> Key {
    SYMBOLS.with_borrow_mut(|all| Key::Sym(all.entry(name).or_insert_with(|| Sym::new(Some(name.into()))).clone()))
}

pub fn put(cx: Cx, o: &Obj, name: &str, value: impl Into<Value>) {
    o.put(cx, &cx.key_of(name), value.into());
}

/// Calls a method by name.
pub fn invoke(cx: Cx, this: &Value, name: &str, args: &[Value]) -> R {
    ops::invoke_key(cx, this, &cx.key_of(name), args)
}

/// A plain object's own enumerable members with string keys.
pub fn entries(cx: Cx, v: &Value) -> R<Vec<(String, Value)>> {
    let Value::Obj(o) = v else { return Ok(vec![]) };
    let mut out = vec![];
    for key in ops::enumerable_keys(cx, o)? {
        if !matches!(key, Key::Sym(_)) {
            out.push((cx.key_str(&key).to_string(), ops::get_key(cx, o, &key, v)?));
        }
    }
    Ok(out)
}

/// The elements of an array; of anything else, nothing.
pub fn elements(v: &Value) -> Vec<Value> {
    match v.as_obj() {
        Some(o) if o.is_array() => (0..o.array_len()).map(|i| element(o, i)).collect(),
        _ => vec![],
    }
}

pub fn element(o: &Obj, i: u32) -> Value {
    o.dense().and_then(|d| d.get(i as usize)).map(Value::hole_to_undefined).unwrap_or_default()
}

pub fn is_array(v: &Value) -> bool {
    v.as_obj().is_some_and(Obj::is_array)
}

/// Objects made by literals, `Object.create(null)` or JSON.
pub fn is_plain(cx: Cx, v: &Value) -> bool {
    match v {
        Value::Obj(o) => matches!(o.kind(), Kind::Plain) && o.proto().is_none_or(|p| cx.is_intrinsic(&p, Intrinsic::ObjectPrototype)),
        _ => false,
    }
}

pub fn truthy(v: &Value) -> bool {
    ops::js_truthy(v)
}

pub fn array(cx: Cx, values: Vec<Value>) -> Value {
    Obj::array(cx, values).into()
}

/// The `name` of a function.
pub fn function_name(cx: Cx, f: &Value) -> String {
    member(cx, f, "name").ok().and_then(|n| n.as_str().map(|s| s.to_string())).unwrap_or_default()
}

/// The name of the class of a value.
pub fn class_name(cx: Cx, v: &Value) -> String {
    member(cx, v, "constructor").map(|c| function_name(cx, &c)).unwrap_or_default()
}

pub fn type_error(cx: Cx, message: &str) -> Thrown {
    puremix_js::throw_type(cx, message)
}

/// The outcome of a call, waited for when it is a promise or another thenable.
pub async fn settled(cx: Cx, value: Value) -> R {
    let waits = value.is_object() && member(cx, &value, "then")?.is_callable();
    if waits { promise::await_(cx, value).await } else { Ok(value) }
}

/// Calls a function and waits for its promise.
pub async fn call(cx: Cx, f: &Value, this: &Value, args: &[Value]) -> R {
    let value = ops::call(cx, f, this, args)?;
    settled(cx, value).await
}

/// A promise for what a body answers.
pub fn task<F: Future<Output = R> + 'static>(cx: Cx, body: F) -> Value {
    promise::spawn_task(cx, move |_| body)
}

/// A native function with captured values.
pub fn native_with(cx: Cx, def: &'static FnDef, env: Vec<Value>) -> Value {
    ops::native_with(cx, def, env)
}

/// A constructor with captured values and a name of its own.
pub fn constructor(cx: Cx, name: &str, def: &'static FnDef, env: Vec<Value>, proto: &Obj) -> Obj {
    debug_assert!(def.kind == FnKind::NativeCtor);
    let ctor = Obj::function(cx, def, env);
    ctor.define(cx, &well_known::PROTOTYPE.into(), proto.clone().into(), puremix_value::Attr::NONE);
    ctor.define(cx, &well_known::NAME.into(), Value::str(name), puremix_value::Attr::CONFIGURABLE);
    proto.put_hidden(cx, well_known::CONSTRUCTOR, ctor.clone());
    ctor
}

/// What `new` gives its object for a prototype.
pub fn proto_of_new(cx: Cx, a: &Args<'_>) -> R<Obj> {
    ops::proto_for_object(cx, a.new_target, a.callee)
}
