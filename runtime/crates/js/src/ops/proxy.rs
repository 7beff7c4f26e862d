//! The internal methods of proxies (ECMA-262 §10.5).

use super::object::{self, Desc};
use crate::builtins::object::{desc_from_value, desc_to_value};
use crate::{call, js_truthy, throw_type};
use puremix_value::{Args, Attr, Cx, Key, Obj, Own, ProxyData, R, Value, check_stack};

/// Target, handler and trap; the trap is `None` if the handler has none.
fn trap(cx: Cx, p: &ProxyData, name: &str) -> R<(Obj, Value, Option<Value>)> {
    check_stack(cx)?;
    let Some((target, handler)) = p.parts() else {
        return Err(throw_type(cx, &format!("Cannot perform '{name}' on a proxy that has been revoked")));
    };
    let handler = Value::Obj(handler);
    let f = object::get_method(cx, &handler, &cx.key_of(name))?;
    Ok((target, handler, f))
}

fn refuse<T>(cx: Cx, name: &str, why: &str) -> R<T> {
    Err(throw_type(cx, &format!("'{name}' on proxy: {why}")))
}

fn is_fixed(own: Option<&Own>) -> bool {
    own.is_some_and(|o| !o.attr().has(Attr::CONFIGURABLE))
}

pub(super) fn get(cx: Cx, p: &ProxyData, key: &Key, receiver: &Value) -> R {
    let (target, handler, f) = trap(cx, p, "get")?;
    let Some(f) = f else { return object::get_key(cx, &target, key, receiver) };
    let v = call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key), receiver.clone()])?;
    let own = object::own_property(cx, &target, key)?;
    if is_fixed(own.as_ref()) {
        match own {
            Some(Own::Data { value, attr }) if !attr.has(Attr::WRITABLE) && !super::same_value(&v, &value) => {
                return refuse(cx, "get", "a read-only and non-configurable property has another value");
            }
            Some(Own::Accessor { get: Value::Undefined, .. }) if !v.is_undefined() => {
                return refuse(cx, "get", "a non-configurable property without getter must be undefined");
            }
            _ => {}
        }
    }
    Ok(v)
}

pub(super) fn set(cx: Cx, p: &ProxyData, key: &Key, value: Value, receiver: &Value) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "set")?;
    let Some(f) = f else { return object::set_key(cx, &target, key, value, receiver) };
    let done = call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key), value.clone(), receiver.clone()])?;
    if !js_truthy(&done) {
        return Ok(false);
    }
    let own = object::own_property(cx, &target, key)?;
    if is_fixed(own.as_ref()) {
        match own {
            Some(Own::Data { value: old, attr }) if !attr.has(Attr::WRITABLE) && !super::same_value(&value, &old) => {
                return refuse(cx, "set", "a read-only and non-configurable property cannot change");
            }
            Some(Own::Accessor { set: Value::Undefined, .. }) => {
                return refuse(cx, "set", "a non-configurable property has no setter");
            }
            _ => {}
        }
    }
    Ok(true)
}

pub(super) fn has(cx: Cx, p: &ProxyData, key: &Key) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "has")?;
    let Some(f) = f else { return object::has_property(cx, &target, key) };
    let found = js_truthy(&call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key)])?);
    if !found {
        let own = object::own_property(cx, &target, key)?;
        if is_fixed(own.as_ref()) || (own.is_some() && !object::is_extensible(cx, &target)?) {
            return refuse(cx, "has", "an existing property cannot be hidden");
        }
    }
    Ok(found)
}

pub(super) fn delete(cx: Cx, p: &ProxyData, key: &Key) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "deleteProperty")?;
    let Some(f) = f else { return object::delete_property(cx, &target, key) };
    let done = js_truthy(&call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key)])?);
    if done {
        let own = object::own_property(cx, &target, key)?;
        if is_fixed(own.as_ref()) || (own.is_some() && !object::is_extensible(cx, &target)?) {
            return refuse(cx, "deleteProperty", "a fixed property cannot be deleted");
        }
    }
    Ok(done)
}

pub(super) fn own_property(cx: Cx, p: &ProxyData, key: &Key) -> R<Option<Own>> {
    let (target, handler, f) = trap(cx, p, "getOwnPropertyDescriptor")?;
    let Some(f) = f else { return object::own_property(cx, &target, key) };
    let v = call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key)])?;
    let own = object::own_property(cx, &target, key)?;
    if v.is_undefined() {
        if is_fixed(own.as_ref()) || (own.is_some() && !object::is_extensible(cx, &target)?) {
            return refuse(cx, "getOwnPropertyDescriptor", "an existing property cannot be hidden");
        }
        return Ok(None);
    }
    let desc = desc_from_value(cx, &v)?;
    let on = |f: Option<bool>| f.unwrap_or(false);
    let attr = Attr::NONE.put(Attr::ENUMERABLE, on(desc.enumerable)).put(Attr::CONFIGURABLE, on(desc.configurable)).put(Attr::WRITABLE, on(desc.writable));
    let allowed = match &own {
        Some(own) => object::compatible(own, &desc),
        None => object::is_extensible(cx, &target)?,
    };
    if !allowed || (!attr.has(Attr::CONFIGURABLE) && !is_fixed(own.as_ref())) {
        return refuse(cx, "getOwnPropertyDescriptor", "the descriptor does not fit the target");
    }
    Ok(Some(if desc.is_accessor() {
        Own::Accessor { get: desc.get.unwrap_or_default(), set: desc.set.unwrap_or_default(), attr: attr.with(Attr::ACCESSOR) }
    } else {
        Own::Data { value: desc.value.unwrap_or_default(), attr }
    }))
}

pub(super) fn define(cx: Cx, p: &ProxyData, key: &Key, desc: &Desc) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "defineProperty")?;
    let Some(f) = f else { return object::define_property(cx, &target, key, desc) };
    let done = js_truthy(&call(cx, &f, &handler, &[target.clone().into(), cx.key_value(key), desc_to_value(cx, desc)])?);
    if done {
        let own = object::own_property(cx, &target, key)?;
        let allowed = match &own {
            Some(own) => object::compatible(own, desc),
            None => object::is_extensible(cx, &target)?,
        };
        if !allowed || (desc.configurable == Some(false) && !is_fixed(own.as_ref())) {
            return refuse(cx, "defineProperty", "the definition does not fit the target");
        }
    }
    Ok(done)
}

pub(super) fn own_keys(cx: Cx, p: &ProxyData) -> R<Vec<Key>> {
    let (target, handler, f) = trap(cx, p, "ownKeys")?;
    let Some(f) = f else { return object::own_keys(cx, &target) };
    let list = call(cx, &f, &handler, &[target.clone().into()])?;
    let mut keys: Vec<Key> = vec![];
    for v in super::array_like_to_vec(cx, &list)? {
        let key = match &v {
            Value::Str(s) => cx.key(s),
            Value::Sym(s) => s.into(),
            _ => return Err(throw_type(cx, &format!("{} is not a valid property name", crate::errors::show(cx, &v)))),
        };
        if keys.contains(&key) {
            return refuse(cx, "ownKeys", "the trap returned duplicate entries");
        }
        keys.push(key);
    }
    let extensible = object::is_extensible(cx, &target)?;
    for key in object::own_keys(cx, &target)? {
        let required = !extensible || is_fixed(object::own_property(cx, &target, &key)?.as_ref());
        if required && !keys.contains(&key) {
            return refuse(cx, "ownKeys", "the trap result did not include a fixed property");
        }
    }
    Ok(keys)
}

pub(super) fn get_proto(cx: Cx, p: &ProxyData) -> R<Option<Obj>> {
    let (target, handler, f) = trap(cx, p, "getPrototypeOf")?;
    let Some(f) = f else { return object::get_proto(cx, &target) };
    let proto = match call(cx, &f, &handler, &[target.clone().into()])? {
        Value::Obj(o) => Some(o),
        Value::Null => None,
        _ => return refuse(cx, "getPrototypeOf", "the trap returned neither object nor null"),
    };
    if !object::is_extensible(cx, &target)? && object::get_proto(cx, &target)? != proto {
        return refuse(cx, "getPrototypeOf", "the target is not extensible and has another prototype");
    }
    Ok(proto)
}

pub(super) fn set_proto(cx: Cx, p: &ProxyData, proto: Option<Obj>) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "setPrototypeOf")?;
    let Some(f) = f else { return object::set_proto(cx, &target, proto) };
    let value = proto.clone().map_or(Value::Null, Value::Obj);
    let done = js_truthy(&call(cx, &f, &handler, &[target.clone().into(), value])?);
    if done && !object::is_extensible(cx, &target)? && object::get_proto(cx, &target)? != proto {
        return refuse(cx, "setPrototypeOf", "the target is not extensible");
    }
    Ok(done)
}

pub(super) fn is_extensible(cx: Cx, p: &ProxyData) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "isExtensible")?;
    let Some(f) = f else { return object::is_extensible(cx, &target) };
    let answer = js_truthy(&call(cx, &f, &handler, &[target.clone().into()])?);
    if answer != object::is_extensible(cx, &target)? {
        return refuse(cx, "isExtensible", "the trap result does not reflect the target");
    }
    Ok(answer)
}

pub(super) fn prevent_extensions(cx: Cx, p: &ProxyData) -> R<bool> {
    let (target, handler, f) = trap(cx, p, "preventExtensions")?;
    let Some(f) = f else { return object::prevent_extensions(cx, &target) };
    let done = js_truthy(&call(cx, &f, &handler, &[target.clone().into()])?);
    if done && object::is_extensible(cx, &target)? {
        return refuse(cx, "preventExtensions", "the target is still extensible");
    }
    Ok(done)
}

pub(super) fn call_proxy(cx: Cx, p: &ProxyData, a: &Args<'_>) -> R {
    let (target, handler, f) = trap(cx, p, "apply")?;
    let Some(f) = f else { return call(cx, &target.into(), a.this, a.args) };
    let args = Obj::array(cx, a.args.to_vec());
    call(cx, &f, &handler, &[target.into(), a.this.clone(), args.into()])
}

pub(super) fn construct_proxy(cx: Cx, p: &ProxyData, args: &[Value], new_target: &Value) -> R {
    let (target, handler, f) = trap(cx, p, "construct")?;
    let Some(f) = f else { return super::construct_as(cx, &target.into(), args, new_target) };
    let list = Obj::array(cx, args.to_vec());
    let made = call(cx, &f, &handler, &[target.into(), list.into(), new_target.clone()])?;
    if !made.is_object() {
        return refuse(cx, "construct", "the trap returned no object");
    }
    Ok(made)
}
