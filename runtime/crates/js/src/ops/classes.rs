//! Classes: constructors, inheritance, private names.

use super::{construct_as, get_key};
use crate::errors::show;
use crate::throw_type;
use puremix_value::{Attr, Cx, FnDef, Intrinsic, Key, Kind, Obj, Own, Put, R, Str, Sym, Value, well_known, check_stack};

/// A class: its constructor and its prototype object. `parent` is the value of `extends`, if there is that clause.
/// `def.kind` must be `ClassBase` or `ClassDerived` accordingly.
pub fn class(cx: Cx, def: &'static FnDef, env: Vec<Value>, parent: Option<&Value>) -> R<(Value, Value)> {
    let (proto_parent, ctor_parent) = match parent {
        None => (Some(cx.intrinsic(Intrinsic::ObjectPrototype)), None),
        Some(Value::Null) => (None, None),
        Some(p @ Value::Obj(o)) if o.is_constructor() => match get_key(cx, o, &well_known::PROTOTYPE.into(), p)? {
            Value::Obj(proto) => (Some(proto), Some(o.clone())),
            Value::Null => (None, Some(o.clone())),
            other => return Err(throw_type(cx, &format!("Class extends value does not have valid prototype property {}", show(cx, &other)))),
        },
        Some(other) => return Err(throw_type(cx, &format!("Class extends value {} is not a constructor or null", show(cx, other)))),
    };
    let proto = Obj::with(cx, proto_parent, Kind::Plain);
    let ctor = Obj::function(cx, def, env);
    if let Some(parent) = ctor_parent {
        ctor.set_proto(cx, Some(parent));
    }
    ctor.define(cx, &well_known::PROTOTYPE.into(), proto.clone().into(), Attr::NONE);
    proto.put_hidden(cx, well_known::CONSTRUCTOR, ctor.clone());
    Ok((ctor.into(), proto.into()))
}

/// `super(...args)` in a derived constructor: the parent makes `this`.
pub fn call_super(cx: Cx, callee: &Value, new_target: &Value, args: &[Value]) -> R {
    let parent = match callee {
        Value::Obj(c) => super::get_proto(cx, c)?,
        _ => None,
    };
    match parent {
        Some(p) if p.is_constructor() => construct_as(cx, &p.into(), args, new_target),
        _ => Err(not_super(cx, callee, parent.as_ref())),
    }
}

/// V8 names the function that cannot be the parent, and shows the nameless `Function.prototype` behind `extends null` as null.
#[cold]
fn not_super(cx: Cx, callee: &Value, parent: Option<&Obj>) -> puremix_value::Thrown {
    let name = |o: &Obj| match o.get_own(cx, &well_known::NAME.into()) {
        Some(Own::Data { value: Value::Str(s), .. }) if !s.is_empty() => Some(s.to_string()),
        _ => None,
    };
    let parent = parent.and_then(name).unwrap_or_else(|| "null".to_string());
    match callee.as_obj().and_then(name) {
        Some(class) => throw_type(cx, &format!("Super constructor {parent} of {class} is not a constructor")),
        None => throw_type(cx, &format!("Super constructor {parent} of anonymous class is not a constructor")),
    }
}

/// A fresh private name; `name` includes the `#`. What is no field says where it belongs: `#m of A`, and `#m in A` when it is static.
pub fn private_name(name: &str) -> Value {
    Value::Sym(Sym::private(Str::from(name)))
}

fn private_key(name: &Value) -> Key {
    match name {
        Value::Sym(s) => s.into(),
        // Lowering passes the class's symbol local only.
        _ => Key::Str(Str::EMPTY),
    }
}

/// `#name in v`.
pub fn private_has(cx: Cx, v: &Value, name: &Value) -> R<bool> {
    match v {
        Value::Obj(o) => Ok(o.get_own(cx, &private_key(name)).is_some()),
        _ => Err(throw_type(cx, &format!("Cannot use 'in' operator to search for '{}' in {}", text(name), show(cx, v)))),
    }
}

/// `v.#name`.
pub fn private_get(cx: Cx, v: &Value, name: &Value) -> R {
    if let Value::Obj(o) = v {
        if let Value::Sym(name) = name
            && let Some((slot, attr)) = o.private_slot(name)
            && !attr.has(Attr::ACCESSOR)
        {
            return Ok(o.slot(slot));
        }
        match o.get_own(cx, &private_key(name)) {
            Some(Own::Data { value, .. }) => return Ok(value),
            Some(Own::Accessor { get: Value::Undefined, .. }) => {
                return Err(throw_type(cx, &format!("'{}' was defined without a getter", text(name))));
            }
            Some(Own::Accessor { get, .. }) => {
                check_stack(cx)?;
                return super::call(cx, &get, v, &[]);
            }
            None => {}
        }
    }
    Err(not_declared(cx, "read", "from", name))
}

/// V8 looks for the class's brand where the member is a method or an accessor.
#[cold]
fn not_declared(cx: Cx, verb: &str, preposition: &str, name: &Value) -> puremix_value::Thrown {
    let full = match name {
        Value::Sym(s) => s.description().map_or(String::new(), |d| d.to_string()),
        _ => String::new(),
    };
    let message = match (full.split_once(" of "), full.split_once(" in ")) {
        (Some((_, class)), _) => format!("Receiver must be an instance of class {class}"),
        (_, Some((_, class))) => format!("Receiver must be class {class}"),
        _ => format!("Cannot {verb} private member {full} {preposition} an object whose class did not declare it"),
    };
    throw_type(cx, &message)
}

/// `v.#name = value`.
pub fn private_set(cx: Cx, v: &Value, name: &Value, value: Value) -> R<()> {
    if let (Value::Obj(o), Value::Sym(name)) = (v, name)
        && let Some((slot, Attr::WRITABLE)) = o.private_slot(name)
    {
        // No lookup by another object ever finds a private name, so nobody relies on the value.
        o.set_slot(slot, value);
        return Ok(());
    }
    let why = match v {
        Value::Obj(o) => match o.assign_own(cx, &private_key(name), value.clone()) {
            Put::Done => return Ok(()),
            Put::Setter(Value::Undefined) => format!("'{}' was defined without a setter", text(name)),
            Put::Setter(f) => {
                check_stack(cx)?;
                return super::call(cx, &f, v, &[value]).map(|_| ());
            }
            Put::ReadOnly => format!("Private method '{}' is not writable", text(name)),
            Put::Absent => return Err(not_declared(cx, "write", "to", name)),
        },
        _ => return Err(not_declared(cx, "write", "to", name)),
    };
    Err(throw_type(cx, &why))
}

fn text(name: &Value) -> String {
    match name {
        Value::Sym(s) => s.description().map_or(String::new(), |d| d.as_str().split(' ').next().unwrap_or_default().to_string()),
        _ => String::new(),
    }
}

/// Adds a private field to a new object; twice is an error.
pub fn private_add(cx: Cx, v: &Value, name: &Value, value: Value) -> R<()> {
    private_define(cx, v, name, value, Attr::WRITABLE)
}

/// Adds a private method.
pub fn private_method(cx: Cx, v: &Value, name: &Value, f: Value) -> R<()> {
    private_define(cx, v, name, f, Attr::NONE)
}

fn private_define(cx: Cx, v: &Value, name: &Value, value: Value, attr: Attr) -> R<()> {
    let (Value::Obj(o), Value::Sym(symbol)) = (v, name) else { return Ok(()) };
    if o.add_private(cx, symbol, value, attr) {
        return Ok(());
    }
    let twice = match attr.has(Attr::WRITABLE) {
        true => format!("Cannot initialize {} twice on the same object", text(name)),
        false => "Cannot initialize private methods of class twice on the same object".to_string(),
    };
    Err(throw_type(cx, &twice))
}

/// Adds a private getter, setter, or both.
pub fn private_accessor(cx: Cx, v: &Value, name: &Value, get: Value, set: Value) -> R<()> {
    let Value::Obj(o) = v else { return Ok(()) };
    let key = private_key(name);
    let (mut get, mut set) = (get, set);
    if let Some(Own::Accessor { get: g, set: s, .. }) = o.get_own(cx, &key) {
        get = if get.is_undefined() { g } else { get };
        set = if set.is_undefined() { s } else { set };
    }
    o.define_accessor(cx, &key, get, set, Attr::NONE);
    Ok(())
}

/// A public field of a new object (`CreateDataPropertyOrThrow`).
pub fn define_field(cx: Cx, v: &Value, key: &Key, value: Value) -> R<()> {
    let Value::Obj(o) = v else { return Ok(()) };
    if let (Kind::Error, Key::Atom(well_known::NAME | well_known::MESSAGE)) = (o.kind(), key) {
        return crate::errors::retitle(cx, o, || super::create_data_or_throw(cx, o, key, value));
    }
    super::create_data_or_throw(cx, o, key, value)
}
