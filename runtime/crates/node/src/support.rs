//! What every module needs: tables of functions, classes, arguments.

use puremix_js::ops;
use puremix_value::{Args, Attr, Code, Cx, ErrorKind, Intrinsic, Kind, Obj, R, Str, Value, well_known};
use std::cell::RefCell;
use std::collections::HashMap;

pub use crate::errors::{argument_type, coded, invalid_value, out_of_range};

/// `(name, length, code)` rows of a module or prototype.
pub type Functions = &'static [(&'static str, u32, Code)];

/// A plain object with these functions.
pub fn object(cx: Cx, functions: Functions) -> Obj {
    let o = Obj::plain(cx);
    add(cx, &o, functions);
    o
}

/// Adds functions as ordinary, enumerable properties.
pub fn add(cx: Cx, o: &Obj, functions: Functions) {
    for (name, length, code) in functions {
        o.put(cx, &cx.key_of(name), ops::native(cx, name, *length, *code));
    }
}

/// Sets enumerable properties.
pub fn put_all<const N: usize>(cx: Cx, o: &Obj, values: [(&str, Value); N]) {
    for (name, value) in values {
        o.put(cx, &cx.key_of(name), value);
    }
}

/// A class of Node's or the web's.
pub struct ClassDef {
    pub name: &'static str,
    pub length: u32,
    /// Called for `new` and for plain calls; [`must_construct`] refuses the latter.
    pub code: Code,
    pub methods: Functions,
    pub getters: &'static [(&'static str, Code)],
    /// Properties with a getter and a setter.
    pub accessors: &'static [(&'static str, Code, Code)],
    pub statics: Functions,
}

impl ClassDef {
    pub const fn new(name: &'static str, length: u32, code: Code) -> ClassDef {
        ClassDef { name, length, code, methods: &[], getters: &[], accessors: &[], statics: &[] }
    }
}

thread_local! {
    /// Constructor and prototype by class name.
    static CLASSES: RefCell<HashMap<&'static str, (Obj, Obj)>> = RefCell::default();
}

/// Makes a class, once per isolate; constructor and prototype.
pub fn class(cx: Cx, def: &ClassDef, parent: Option<&(Obj, Obj)>) -> (Obj, Obj) {
    let known = CLASSES.with_borrow(|all| all.get(def.name).cloned());
    if let Some(known) = known {
        return known;
    }
    let above = parent.map_or_else(|| cx.intrinsic(Intrinsic::ObjectPrototype), |(_, proto)| proto.clone());
    let proto = Obj::with(cx, Some(above), Kind::Plain);
    let ctor = ops::constructor_of(cx, def.name, def.length, def.code, &proto);
    if let Some((parent, _)) = parent {
        ctor.set_proto(cx, Some(parent.clone()));
    }
    ops::install(cx, &proto, def.methods);
    ops::install(cx, &ctor, def.statics);
    for (name, get) in def.getters {
        ops::install_getter(cx, &proto, name, *get);
    }
    for (name, get, set) in def.accessors {
        let get = ops::native(cx, leak(format!("get {name}")), 0, *get);
        let set = ops::native(cx, leak(format!("set {name}")), 1, *set);
        proto.define_accessor(cx, &cx.key_of(name), get, set, Attr::CONFIGURABLE);
    }
    let made = (ctor, proto);
    CLASSES.with_borrow_mut(|all| all.insert(def.name, made.clone()));
    made
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// `Object.prototype.toString` and inspection name the class.
pub fn tag(cx: Cx, proto: &Obj, name: &str) {
    let key = cx.symbol(puremix_value::WellKnownSymbol::ToStringTag).into();
    proto.define(cx, &key, Value::str(name), Attr::CONFIGURABLE);
}

/// The prototype of what `new` makes; refuses calls without `new`.
pub fn must_construct(cx: Cx, a: &Args<'_>) -> R<Obj> {
    if !a.is_construct() {
        let name = ops::get(cx, &Value::Obj(a.callee.clone()), well_known::NAME, 0)?;
        let name = ops::js_to_string(cx, &name)?;
        return Err(cx.throw_error(ErrorKind::Type, &format!("Class constructor {name} cannot be invoked without 'new'")));
    }
    ops::proto_for_object(cx, a.new_target, a.callee)
}

/// A member by name.
pub fn member(cx: Cx, v: &Value, name: &str) -> R {
    if v.is_nullish() { Ok(Value::Undefined) } else { ops::get_value(cx, v, &cx.key_of(name)) }
}

/// An option of an options object; `undefined` when there is no object.
pub fn option(cx: Cx, options: &Value, name: &str) -> R {
    if options.is_object() { member(cx, options, name) } else { Ok(Value::Undefined) }
}

/// Whether an option is set and true.
pub fn flag(cx: Cx, options: &Value, name: &str) -> R<bool> {
    Ok(ops::js_truthy(&option(cx, options, name)?))
}

/// Any value as text.
pub fn text_of(cx: Cx, v: &Value) -> R<String> {
    Ok(ops::js_to_string(cx, v)?.as_utf8().into_owned())
}

/// A string argument; Node's error when it is none.
pub fn string_argument(cx: Cx, v: &Value, name: &str) -> R<String> {
    match v {
        Value::Str(s) => Ok(s.as_utf8().into_owned()),
        _ => Err(argument_type(cx, name, "of type string", v)),
    }
}

/// A function argument; Node's error when it is none.
pub fn function_argument(cx: Cx, v: &Value, name: &str) -> R {
    if v.is_callable() { Ok(v.clone()) } else { Err(argument_type(cx, name, "of type function", v)) }
}

/// A whole number within bounds; Node's errors otherwise.
pub fn integer_argument(cx: Cx, v: &Value, name: &str, min: f64, max: f64) -> R<f64> {
    let Value::Num(n) = v else { return Err(argument_type(cx, name, "of type number", v)) };
    if n.fract() != 0.0 || !n.is_finite() {
        return Err(out_of_range(cx, name, "an integer", v));
    }
    if *n < min || *n > max {
        let show = |n: f64| puremix_js::num_to_str(n).to_string();
        return Err(out_of_range(cx, name, &format!(">= {} && <= {}", show(min), show(max)), v));
    }
    Ok(*n)
}

/// An array of strings.
pub fn strings(cx: Cx, list: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    Value::Obj(Obj::array(cx, list.into_iter().map(|s| Value::Str(Str::from(s.as_ref()))).collect()))
}

/// The host, or an error when the isolate runs without one.
pub fn host(cx: Cx) -> R<std::rc::Rc<dyn crate::Host>> {
    crate::host::host().ok_or_else(|| cx.throw_error(ErrorKind::Error, "this isolate has no host for IO"))
}

/// A symbol that programs can make too, by `Symbol.for`.
pub fn shared_symbol(cx: Cx, name: &str) -> puremix_value::Key {
    cx.registered_symbol(&Str::from(name)).into()
}

/// What `util.inspect` calls to show an object.
pub fn custom_inspection(cx: Cx, proto: &Obj, code: Code) {
    proto.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), ops::native(cx, "[nodejs.util.inspect.custom]", 2, code));
}
