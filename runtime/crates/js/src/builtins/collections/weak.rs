//! `WeakMap`, `WeakSet`, `WeakRef` and `FinalizationRegistry` (ECMA-262 §24.3, §24.4, §26.1, §26.2).
//!
//! Keys are objects. (V8 also takes unregistered symbols; a counted symbol cannot carry entries.) Cleanup callbacks of a registry
//! never run, which the specification allows.

use super::map::fill;
use crate::builtins::iterator::tag;
use crate::errors::show;
use crate::{call, callback, constructor, get_key, iter_argument, proto_for, throw_type};
use puremix_value::{Args, Class, Cx, Intrinsic, Job, Kind, Obj, Payload, R, Value, WeakObj, well_known};

fn this_map(cx: Cx, a: &Args<'_>, method: &str) -> R<u32> {
    match a.this.as_obj().map(Obj::kind) {
        Some(Kind::WeakMap(n)) => Ok(*n),
        _ => Err(throw_type(cx, &format!("Method WeakMap.prototype.{method} called on incompatible receiver {}", show(cx, a.this)))),
    }
}

fn this_set(cx: Cx, a: &Args<'_>, method: &str) -> R<u32> {
    match a.this.as_obj().map(Obj::kind) {
        Some(Kind::WeakSet(n)) => Ok(*n),
        _ => Err(throw_type(cx, &format!("Method WeakSet.prototype.{method} called on incompatible receiver {}", show(cx, a.this)))),
    }
}

fn require_new(cx: Cx, a: &Args<'_>, name: &str) -> R<()> {
    if a.is_construct() { Ok(()) } else { Err(throw_type(cx, &format!("Constructor {name} requires 'new'"))) }
}

fn weak_map(cx: Cx, a: &Args<'_>) -> R {
    require_new(cx, a, "WeakMap")?;
    let proto = proto_for(cx, a.new_target, Intrinsic::WeakMapPrototype)?;
    let o = Obj::with(cx, Some(proto), Kind::WeakMap(cx.new_weak_map()));
    fill(cx, &o, a.get(0), well_known::SET)?;
    Ok(o.into())
}

fn map_get(cx: Cx, a: &Args<'_>) -> R {
    let n = this_map(cx, a, "get")?;
    Ok(a.get(0).as_obj().and_then(|k| k.weak_get(n)).unwrap_or_default())
}

fn map_set(cx: Cx, a: &Args<'_>) -> R {
    let n = this_map(cx, a, "set")?;
    let Value::Obj(k) = a.get(0) else {
        return Err(throw_type(cx, "Invalid value used as weak map key"));
    };
    k.weak_set(n, a.get(1).clone());
    Ok(a.this.clone())
}

fn map_has(cx: Cx, a: &Args<'_>) -> R {
    let n = this_map(cx, a, "has")?;
    Ok(a.get(0).as_obj().is_some_and(|k| k.weak_get(n).is_some()).into())
}

fn map_delete(cx: Cx, a: &Args<'_>) -> R {
    let n = this_map(cx, a, "delete")?;
    Ok(a.get(0).as_obj().is_some_and(|k| k.weak_delete(n)).into())
}

fn weak_set(cx: Cx, a: &Args<'_>) -> R {
    require_new(cx, a, "WeakSet")?;
    let proto = proto_for(cx, a.new_target, Intrinsic::WeakSetPrototype)?;
    let o = Obj::with(cx, Some(proto), Kind::WeakSet(cx.new_weak_map()));
    let this = Value::Obj(o.clone());
    if !a.get(0).is_nullish() {
        let add = get_key(cx, &o, &well_known::ADD.into(), &this)?;
        iter_argument(cx, a.get(0))?.for_each(cx, |v| call(cx, &add, &this, &[v]).map(drop))?;
    }
    Ok(this)
}

fn set_add(cx: Cx, a: &Args<'_>) -> R {
    let n = this_set(cx, a, "add")?;
    let Value::Obj(k) = a.get(0) else { return Err(throw_type(cx, "Invalid value used in weak set")) };
    k.weak_set(n, Value::Bool(true));
    Ok(a.this.clone())
}

fn set_has(cx: Cx, a: &Args<'_>) -> R {
    let n = this_set(cx, a, "has")?;
    Ok(a.get(0).as_obj().is_some_and(|k| k.weak_get(n).is_some()).into())
}

fn set_delete(cx: Cx, a: &Args<'_>) -> R {
    let n = this_set(cx, a, "delete")?;
    Ok(a.get(0).as_obj().is_some_and(|k| k.weak_delete(n)).into())
}

fn weak_ref(cx: Cx, a: &Args<'_>) -> R {
    require_new(cx, a, "WeakRef")?;
    let Value::Obj(target) = a.get(0) else { return Err(throw_type(cx, "WeakRef: target must be an object")) };
    // The object lives at least until the present job is over (§9.10, AddToKeptObjects).
    cx.enqueue(Job::Call { run: |_, _, _| (), a: a.get(0).clone(), b: Value::Undefined });
    let proto = proto_for(cx, a.new_target, Intrinsic::WeakRefPrototype)?;
    Ok(Obj::with(cx, Some(proto), Kind::WeakRef(WeakObj::new(target))).into())
}

fn deref(cx: Cx, a: &Args<'_>) -> R {
    match a.this.as_obj().map(Obj::kind) {
        Some(Kind::WeakRef(w)) => Ok(w.get().into()),
        _ => Err(throw_type(cx, &format!("Method WeakRef.prototype.deref called on incompatible receiver {}", show(cx, a.this)))),
    }
}

/// A registry remembers nothing, because it never calls back.
struct Registry;
impl Payload for Registry {}

fn finalization_registry(cx: Cx, a: &Args<'_>) -> R {
    require_new(cx, a, "FinalizationRegistry")?;
    callback(cx, a.get(0))?;
    let proto = proto_for(cx, a.new_target, Intrinsic::FinalizationRegistryPrototype)?;
    Ok(Obj::native(cx, Some(proto), Class::FinalizationRegistry, Registry).into())
}

fn register(cx: Cx, a: &Args<'_>) -> R {
    if !a.get(0).is_object() {
        return Err(throw_type(cx, "FinalizationRegistry.prototype.register: invalid target"));
    }
    if crate::same_value(a.get(0), a.get(1)) {
        return Err(throw_type(cx, "FinalizationRegistry.prototype.register: target and holdings must not be same"));
    }
    Ok(Value::Undefined)
}

fn unregister(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::Bool(false))
}

pub(super) fn install(cx: Cx) {
    use Intrinsic::*;
    let proto = super::prototype(cx, WeakMapPrototype);
    constructor(cx, "WeakMap", 0, weak_map, &proto, WeakMapConstructor);
    crate::install(cx, &proto, &[("delete", 1, map_delete), ("get", 1, map_get), ("set", 2, map_set), ("has", 1, map_has)]);
    tag(cx, &proto, "WeakMap");
    let proto = super::prototype(cx, WeakSetPrototype);
    constructor(cx, "WeakSet", 0, weak_set, &proto, WeakSetConstructor);
    crate::install(cx, &proto, &[("delete", 1, set_delete), ("has", 1, set_has), ("add", 1, set_add)]);
    tag(cx, &proto, "WeakSet");
    let proto = super::prototype(cx, WeakRefPrototype);
    constructor(cx, "WeakRef", 1, weak_ref, &proto, WeakRefConstructor);
    crate::install(cx, &proto, &[("deref", 0, deref)]);
    tag(cx, &proto, "WeakRef");
    let proto = super::prototype(cx, FinalizationRegistryPrototype);
    constructor(cx, "FinalizationRegistry", 1, finalization_registry, &proto, FinalizationRegistryConstructor);
    crate::install(cx, &proto, &[("register", 2, register), ("unregister", 1, unregister)]);
    tag(cx, &proto, "FinalizationRegistry");
}
