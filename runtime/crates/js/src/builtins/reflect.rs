//! `Reflect` and the `Proxy` constructor (ECMA-262 §28.1, §28.2). The traps are in `ops::proxy`.

use super::iterator::tag;
use super::object::{desc_from_value, desc_to_value};
use crate::errors::{show, throw_not_constructor};
use crate::{
    Desc, array_like_to_vec, call, construct_as, define_property, delete_property, get_key, get_proto, has_property, is_extensible,
    js_to_key, native_with, own_keys, own_property, prevent_extensions, set_key, set_proto, throw_type,
};
use puremix_value::{Args, Cx, FnDef, FnKind, Intrinsic, Kind, Obj, ProxyData, R, Value, well_known};

fn target<'a>(cx: Cx, a: &Args<'a>, method: &str) -> R<&'a Obj> {
    match a.get(0) {
        Value::Obj(o) => Ok(o),
        _ => Err(throw_type(cx, &format!("Reflect.{method} called on non-object"))),
    }
}

fn apply(cx: Cx, a: &Args<'_>) -> R {
    if !a.get(0).is_callable() {
        return Err(throw_type(cx, &format!("Function.prototype.apply was called on {}, which is {} and not a function", show(cx, a.get(0)), with_article(crate::typeof_lit(a.get(0)).text()))));
    }
    let args = array_like_to_vec(cx, a.get(2))?;
    call(cx, a.get(0), a.get(1), &puremix_value::SpreadArgs::new(cx, args)?)
}

fn with_article(kind: &str) -> String {
    match kind {
        "undefined" => kind.to_string(),
        "object" => "an object".to_string(),
        _ => format!("a {kind}"),
    }
}

fn construct(cx: Cx, a: &Args<'_>) -> R {
    let new_target = if a.len() > 2 { a.get(2) } else { a.get(0) };
    for f in [a.get(0), new_target] {
        if !f.as_obj().is_some_and(Obj::is_constructor) {
            return Err(throw_not_constructor(cx, f));
        }
    }
    let args = array_like_to_vec(cx, a.get(1))?;
    construct_as(cx, a.get(0), &puremix_value::SpreadArgs::new(cx, args)?, new_target)
}

fn define(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "defineProperty")?;
    let key = js_to_key(cx, a.get(1))?;
    let desc = desc_from_value(cx, a.get(2))?;
    Ok(define_property(cx, o, &key, &desc)?.into())
}

fn delete(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "deleteProperty")?;
    Ok(delete_property(cx, o, &js_to_key(cx, a.get(1))?)?.into())
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "get")?;
    let key = js_to_key(cx, a.get(1))?;
    get_key(cx, o, &key, if a.len() > 2 { a.get(2) } else { a.get(0) })
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "set")?;
    let key = js_to_key(cx, a.get(1))?;
    Ok(set_key(cx, o, &key, a.get(2).clone(), if a.len() > 3 { a.get(3) } else { a.get(0) })?.into())
}

fn has(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "has")?;
    Ok(has_property(cx, o, &js_to_key(cx, a.get(1))?)?.into())
}

fn get_own_property_descriptor(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "getOwnPropertyDescriptor")?;
    let own = own_property(cx, o, &js_to_key(cx, a.get(1))?)?;
    Ok(own.map_or(Value::Undefined, |own| desc_to_value(cx, &Desc::of(&own))))
}

fn get_prototype_of(cx: Cx, a: &Args<'_>) -> R {
    let proto = get_proto(cx, target(cx, a, "getPrototypeOf")?)?;
    Ok(proto.map_or(Value::Null, Value::Obj))
}

fn set_prototype_of(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a, "setPrototypeOf")?;
    let proto = match a.get(1) {
        Value::Obj(p) => Some(p.clone()),
        Value::Null => None,
        v => return Err(throw_type(cx, &format!("Object prototype may only be an Object or null: {}", show(cx, v)))),
    };
    Ok(set_proto(cx, o, proto)?.into())
}

fn is_extensible_(cx: Cx, a: &Args<'_>) -> R {
    Ok(is_extensible(cx, target(cx, a, "isExtensible")?)?.into())
}

fn prevent_extensions_(cx: Cx, a: &Args<'_>) -> R {
    Ok(prevent_extensions(cx, target(cx, a, "preventExtensions")?)?.into())
}

fn own_keys_(cx: Cx, a: &Args<'_>) -> R {
    let keys = own_keys(cx, target(cx, a, "ownKeys")?)?;
    Ok(Obj::array(cx, keys.iter().map(|k| cx.key_value(k)).collect()).into())
}

fn make_proxy(cx: Cx, a: &Args<'_>) -> R<Obj> {
    let (Value::Obj(target), Value::Obj(handler)) = (a.get(0), a.get(1)) else {
        return Err(throw_type(cx, "Cannot create proxy with a non-object as target or handler"));
    };
    Ok(Obj::with(cx, None, Kind::Proxy(Box::new(ProxyData::new(target.clone(), handler.clone())))))
}

fn proxy(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(throw_type(cx, "Constructor Proxy requires 'new'"));
    }
    make_proxy(cx, a).map(Value::Obj)
}

fn revoke(_: Cx, a: &Args<'_>) -> R {
    if let Some(Kind::Proxy(p)) = a.env(0).as_obj().map(Obj::kind) {
        p.revoke();
    }
    Ok(Value::Undefined)
}

fn revocable(cx: Cx, a: &Args<'_>) -> R {
    static REVOKE: FnDef = FnDef::native("", 0, revoke);
    let p = Value::Obj(make_proxy(cx, a)?);
    let o = Obj::plain(cx);
    o.put(cx, &well_known::PROXY.into(), p.clone());
    o.put(cx, &well_known::REVOKE.into(), native_with(cx, &REVOKE, vec![p]));
    Ok(o.into())
}

pub(super) fn install(cx: Cx) {
    let reflect = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::ReflectObject, reflect.clone());
    crate::install(
        cx,
        &reflect,
        &[
            ("defineProperty", 3, define),
            ("deleteProperty", 2, delete),
            ("apply", 3, apply),
            ("construct", 2, construct),
            ("get", 2, get),
            ("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
            ("getPrototypeOf", 1, get_prototype_of),
            ("has", 2, has),
            ("isExtensible", 1, is_extensible_),
            ("ownKeys", 1, own_keys_),
            ("preventExtensions", 1, prevent_extensions_),
            ("set", 3, set),
            ("setPrototypeOf", 2, set_prototype_of),
        ],
    );
    tag(cx, &reflect, "Reflect");
    static PROXY: FnDef = FnDef::new("Proxy", 2, proxy, FnKind::NativeCtor);
    let ctor = Obj::function(cx, &PROXY, vec![]);
    cx.set_intrinsic(Intrinsic::ProxyConstructor, ctor.clone());
    crate::install(cx, &ctor, &[("revocable", 2, revocable)]);
}
