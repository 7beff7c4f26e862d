//! Calls and construction (ECMA-262 §10.2.1, §10.2.2).

use super::{get_key, iter_to_vec, proxy};
use crate::errors::{plain, throw_not_constructor, throw_not_function};
use crate::throw_type;
use puremix_value::{Args, Code, Cx, FnDef, FnKind, Intrinsic, Kind, Obj, R, SpreadArgs, Value, check_stack, well_known};

/// `f.call(this, ...args)`.
#[inline]
pub fn call(cx: Cx, f: &Value, this: &Value, args: &[Value]) -> R {
    if let Value::Obj(o) = f {
        if let Kind::Function(data) = o.kind()
            && !data.def.kind.is_class()
        {
            return (data.def.code)(cx, &Args { this, args, callee: o, new_target: &Value::Undefined });
        }
        return call_slow(cx, o, f, this, args);
    }
    Err(throw_not_function(cx, f))
}

#[inline(never)]
fn call_slow(cx: Cx, o: &Obj, f: &Value, this: &Value, args: &[Value]) -> R {
    check_stack(cx)?;
    let a = Args { this, args, callee: o, new_target: &Value::Undefined };
    match o.kind() {
        Kind::Function(data) => {
            let name = get_key(cx, o, &well_known::NAME.into(), f)?;
            let name = name.as_str().map_or(data.def.name, |s| s.as_str()).to_string();
            Err(throw_type(cx, &format!("Class constructor {name} cannot be invoked without 'new'")))
        }
        Kind::Bound(b) => {
            let all: Vec<Value> = b.args.iter().chain(args).cloned().collect();
            call(cx, &b.target.clone().into(), &b.this, &all)
        }
        Kind::Proxy(p) if p.callable => proxy::call_proxy(cx, p, &a),
        Kind::Host(h) if h.is_callable() => h.call(cx, &a),
        _ => Err(throw_not_function(cx, f)),
    }
}

/// `f(...args)` where `args` is an array of the arguments.
pub fn call_spread(cx: Cx, f: &Value, this: &Value, args: &Value) -> R {
    let args = iter_to_vec(cx, args)?;
    call(cx, f, this, &SpreadArgs::new(cx, args)?)
}

/// `new f(...args)`.
#[inline]
pub fn construct(cx: Cx, f: &Value, args: &[Value]) -> R {
    construct_as(cx, f, args, f)
}

/// `new f(...args)` where `args` is an array of the arguments.
pub fn construct_spread(cx: Cx, f: &Value, args: &Value) -> R {
    let args = iter_to_vec(cx, args)?;
    construct(cx, f, &SpreadArgs::new(cx, args)?)
}

/// `Reflect.construct(f, args, newTarget)`; also `super(...args)`, where `f` is the parent class.
pub fn construct_as(cx: Cx, f: &Value, args: &[Value], new_target: &Value) -> R {
    let Value::Obj(o) = f else { return Err(throw_not_constructor(cx, f)) };
    match o.kind() {
        Kind::Function(data) => match data.def.kind {
            FnKind::Normal | FnKind::ClassBase => {
                let proto = proto_for(cx, new_target, Intrinsic::ObjectPrototype)?;
                let this = Value::Obj(Obj::with(cx, Some(proto), Kind::Plain));
                let made = (data.def.code)(cx, &Args { this: &this, args, callee: o, new_target })?;
                Ok(if made.is_object() { made } else { this })
            }
            FnKind::ClassDerived => {
                check_stack(cx)?;
                let made = (data.def.code)(cx, &Args { this: &Value::Uninit, args, callee: o, new_target })?;
                match made {
                    Value::Obj(_) => Ok(made),
                    Value::Uninit | Value::Undefined => Err(crate::throw_reference(cx, "Must call super constructor in derived class before accessing 'this' or returning from derived constructor")),
                    _ => Err(throw_type(cx, "Derived constructors may only return object or undefined")),
                }
            }
            FnKind::NativeCtor => (data.def.code)(cx, &Args { this: &Value::Undefined, args, callee: o, new_target }),
            _ => Err(throw_not_constructor(cx, f)),
        },
        Kind::Bound(b) => {
            check_stack(cx)?;
            let all: Vec<Value> = b.args.iter().chain(args).cloned().collect();
            let target = Value::Obj(b.target.clone());
            let same = matches!(new_target, Value::Obj(n) if n == o);
            construct_as(cx, &target, &all, if same { &target } else { new_target })
        }
        Kind::Proxy(p) if p.constructor => proxy::construct_proxy(cx, p, args, new_target),
        _ => Err(throw_not_constructor(cx, f)),
    }
}

/// The prototype of what `new_target` makes (§10.1.14): its `prototype`, or the intrinsic. For plain calls of a built-in
/// (`new_target` undefined) the intrinsic.
pub fn proto_for(cx: Cx, new_target: &Value, default: Intrinsic) -> R<Obj> {
    if let Value::Obj(_) = new_target
        && let Value::Obj(p) = super::get(cx, new_target, well_known::PROTOTYPE, 0)?
    {
        return Ok(p);
    }
    Ok(cx.intrinsic(default))
}

/// A closure: a function object of `def` with captured values.
#[inline]
pub fn closure(cx: Cx, def: &'static FnDef, env: Vec<Value>) -> Value {
    Value::Obj(Obj::function(cx, def, env))
}

/// A built-in function as a method of `holder`.
pub fn method(cx: Cx, holder: &Obj, def: &'static FnDef) {
    holder.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
}

/// A table of built-in methods: name, number of parameters, code.
pub type Methods = &'static [(&'static str, u32, Code)];

/// Installs built-in methods on `holder`. Each gets a leaked definition; called once per isolate and name.
pub fn install(cx: Cx, holder: &Obj, methods: Methods) {
    for (name, length, code) in methods {
        holder.put_hidden(cx, cx.key_of(name), native(cx, name, *length, *code));
    }
}

/// Installs a getter on `holder`.
pub fn install_getter(cx: Cx, holder: &Obj, name: &'static str, code: Code) {
    let get = native(cx, leak(format!("get {name}")), 0, code);
    holder.define_accessor(cx, &cx.key_of(name), get, Value::Undefined, puremix_value::Attr::CONFIGURABLE);
}

/// A built-in function object.
pub fn native(cx: Cx, name: &'static str, length: u32, code: Code) -> Value {
    Obj::function(cx, Box::leak(Box::new(FnDef::native(name, length, code))), vec![]).into()
}

/// A built-in function with captured values; `def` is a static of the caller.
pub fn native_with(cx: Cx, def: &'static FnDef, env: Vec<Value>) -> Value {
    Obj::function(cx, def, env).into()
}

/// A built-in constructor with its prototype, both installed as intrinsics; `proto` becomes `ctor.prototype`.
pub fn constructor(cx: Cx, name: &'static str, length: u32, code: Code, proto: &Obj, slot: Intrinsic) -> Obj {
    let def = Box::leak(Box::new(FnDef::new(name, length, code, FnKind::NativeCtor)));
    let ctor = Obj::function(cx, def, vec![]);
    ctor.define(cx, &well_known::PROTOTYPE.into(), proto.clone().into(), puremix_value::Attr::NONE);
    proto.put_hidden(cx, well_known::CONSTRUCTOR, ctor.clone());
    cx.set_intrinsic(slot, ctor.clone());
    ctor
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The callback argument of a built-in, or `TypeError: x is not a function`.
pub fn callback(cx: Cx, f: &Value) -> R<&Value> {
    if f.is_callable() { Ok(f) } else { Err(throw_type(cx, &format!("{} is not a function", plain(cx, f)))) }
}

/// Installs `get [Symbol.species]`, which answers `this`.
pub fn install_species(cx: Cx, ctor: &Obj, code: Code) {
    let get = native(cx, "get [Symbol.species]", 0, code);
    let key = cx.symbol(puremix_value::WellKnownSymbol::Species).into();
    ctor.define_accessor(cx, &key, get, Value::Undefined, puremix_value::Attr::CONFIGURABLE);
}

/// As [`proto_for`] for constructors that are no intrinsics: `callee.prototype` where `new_target` has none.
pub fn proto_for_object(cx: Cx, new_target: &Value, callee: &Obj) -> R<Obj> {
    for f in [new_target, &Value::Obj(callee.clone())] {
        if let Value::Obj(o) = f
            && let Value::Obj(p) = get_key(cx, o, &well_known::PROTOTYPE.into(), f)?
        {
            return Ok(p);
        }
    }
    Ok(cx.intrinsic(Intrinsic::ObjectPrototype))
}

/// A built-in constructor that is no intrinsic, tied to its prototype.
pub fn constructor_of(cx: Cx, name: &'static str, length: u32, code: Code, proto: &Obj) -> Obj {
    let def = Box::leak(Box::new(FnDef::new(name, length, code, FnKind::NativeCtor)));
    let ctor = Obj::function(cx, def, vec![]);
    ctor.define(cx, &well_known::PROTOTYPE.into(), proto.clone().into(), puremix_value::Attr::NONE);
    proto.put_hidden(cx, well_known::CONSTRUCTOR, ctor.clone());
    ctor
}
