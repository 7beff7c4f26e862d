//! `Object` and `Object.prototype` (ECMA-262 §20.1).

use crate::errors::show;
use crate::ops::*;
use crate::{constructor, install as install_methods, throw_type};
use puremix_value::{Args, Attr, Cx, Intrinsic, Key, Kind, Lit, Obj, Own, R, Str, Value, WellKnownSymbol, well_known};

fn object(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(n) = a.new_target
        && n != a.callee
    {
        return Ok(Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::ObjectPrototype)?), Kind::Plain).into());
    }
    if a.get(0).is_nullish() { Ok(empty_object(cx)) } else { to_object(cx, a.get(0)).map(Value::Obj) }
}

/// `ToPropertyDescriptor` (§6.2.6.5).
pub fn desc_from_value(cx: Cx, v: &Value) -> R<Desc> {
    let Value::Obj(o) = v else {
        return Err(throw_type(cx, &format!("Property description must be an object: {}", show(cx, v))));
    };
    let field = |name| -> R<Option<Value>> {
        let key = Key::Atom(name);
        if has_property(cx, o, &key)? { get_key(cx, o, &key, v).map(Some) } else { Ok(None) }
    };
    let truthy = |v: Option<Value>| v.map(|v| js_truthy(&v));
    let d = Desc {
        enumerable: truthy(field(well_known::ENUMERABLE)?),
        configurable: truthy(field(well_known::CONFIGURABLE)?),
        value: field(well_known::VALUE)?,
        writable: truthy(field(well_known::WRITABLE)?),
        get: field(well_known::GET)?,
        set: field(well_known::SET)?,
    };
    for (f, what) in [(&d.get, "Getter"), (&d.set, "Setter")] {
        if let Some(f) = f
            && !f.is_undefined()
            && !f.is_callable()
        {
            return Err(throw_type(cx, &format!("{what} must be a function: {}", show(cx, f))));
        }
    }
    if d.is_accessor() && d.is_data() {
        return Err(throw_type(cx, &format!("Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, {}", show(cx, v))));
    }
    Ok(d)
}

/// `FromPropertyDescriptor` (§6.2.6.4).
pub fn desc_to_value(cx: Cx, d: &Desc) -> Value {
    let o = Obj::plain(cx);
    let fields = [
        (well_known::VALUE, d.value.clone()),
        (well_known::WRITABLE, d.writable.map(Value::Bool)),
        (well_known::GET, d.get.clone()),
        (well_known::SET, d.set.clone()),
        (well_known::ENUMERABLE, d.enumerable.map(Value::Bool)),
        (well_known::CONFIGURABLE, d.configurable.map(Value::Bool)),
    ];
    for (name, v) in fields {
        if let Some(v) = v {
            o.put(cx, &name.into(), v);
        }
    }
    o.into()
}

fn keys(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let names = enumerable_keys(cx, &o)?.iter().map(|k| cx.key_value(k)).collect();
    Ok(array(cx, names))
}

/// Runs `f` on each own enumerable string-keyed property.
fn each_entry(cx: Cx, v: &Value, mut f: impl FnMut(&Key, Value)) -> R<()> {
    let o = to_object(cx, v)?;
    let receiver = Value::Obj(o.clone());
    for key in enumerable_keys(cx, &o)? {
        // A getter of an earlier property may have deleted this one or hidden it.
        if own_property(cx, &o, &key)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
            let v = get_key(cx, &o, &key, &receiver)?;
            f(&key, v);
        }
    }
    Ok(())
}

fn values(cx: Cx, a: &Args<'_>) -> R {
    let mut out = vec![];
    each_entry(cx, a.get(0), |_, v| out.push(v))?;
    Ok(array(cx, out))
}

fn entries(cx: Cx, a: &Args<'_>) -> R {
    let mut out = vec![];
    each_entry(cx, a.get(0), |k, v| out.push(array(cx, vec![cx.key_value(k), v])))?;
    Ok(array(cx, out))
}

fn assign(cx: Cx, a: &Args<'_>) -> R {
    let target = to_object(cx, a.get(0))?;
    for source in a.args.get(1..).unwrap_or_default() {
        if source.is_nullish() {
            continue;
        }
        let from = to_object(cx, source)?;
        let receiver = Value::Obj(from.clone());
        for key in own_keys(cx, &from)? {
            if own_property(cx, &from, &key)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
                let v = get_key(cx, &from, &key, &receiver)?;
                put_key(cx, &target, &key, v)?;
            }
        }
    }
    Ok(target.into())
}

fn create(cx: Cx, a: &Args<'_>) -> R {
    let o = Obj::with(cx, proto_arg(cx, a.get(0))?, Kind::Plain);
    if !a.get(1).is_undefined() {
        define_all(cx, &o, a.get(1))?;
    }
    Ok(o.into())
}

fn proto_arg(cx: Cx, v: &Value) -> R<Option<Obj>> {
    match v {
        Value::Obj(p) => Ok(Some(p.clone())),
        Value::Null => Ok(None),
        _ => Err(throw_type(cx, &format!("Object prototype may only be an Object or null: {}", show(cx, v)))),
    }
}

fn define_all(cx: Cx, o: &Obj, props: &Value) -> R<()> {
    let from = to_object(cx, props)?;
    let receiver = Value::Obj(from.clone());
    let mut todo = vec![];
    for key in own_keys(cx, &from)? {
        if own_property(cx, &from, &key)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
            let d = desc_from_value(cx, &get_key(cx, &from, &key, &receiver)?)?;
            todo.push((key, d));
        }
    }
    for (key, d) in todo {
        define_or_throw(cx, o, &key, &d)?;
    }
    Ok(())
}

/// `DefinePropertyOrThrow`.
pub fn define_or_throw(cx: Cx, o: &Obj, key: &Key, d: &Desc) -> R<()> {
    if define_property(cx, o, key, d)? {
        return Ok(());
    }
    if !has_own(cx, o, key)? && !is_extensible(cx, o)? {
        let name = crate::errors::key_text(cx, key);
        return Err(throw_type(cx, &format!("Cannot define property {name}, object is not extensible")));
    }
    Err(crate::errors::throw_redefine(cx, key))
}

fn target<'a>(cx: Cx, v: &'a Value, method: &str) -> R<&'a Obj> {
    match v {
        Value::Obj(o) => Ok(o),
        _ => Err(throw_type(cx, &format!("{method} called on non-object"))),
    }
}

fn define_property_(cx: Cx, a: &Args<'_>) -> R {
    let o = target(cx, a.get(0), "Object.defineProperty")?;
    let key = js_to_key(cx, a.get(1))?;
    define_or_throw(cx, o, &key, &desc_from_value(cx, a.get(2))?)?;
    Ok(a.get(0).clone())
}

fn define_properties(cx: Cx, a: &Args<'_>) -> R {
    define_all(cx, target(cx, a.get(0), "Object.defineProperties")?, a.get(1))?;
    Ok(a.get(0).clone())
}

fn get_own_property_descriptor(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let key = js_to_key(cx, a.get(1))?;
    Ok(own_property(cx, &o, &key)?.map_or(Value::Undefined, |p| desc_to_value(cx, &Desc::of(&p))))
}

fn get_own_property_descriptors(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let out = Obj::plain(cx);
    for key in own_keys(cx, &o)? {
        if let Some(p) = own_property(cx, &o, &key)? {
            out.put(cx, &key, desc_to_value(cx, &Desc::of(&p)));
        }
    }
    Ok(out.into())
}

fn get_own_property_names(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let names = own_keys(cx, &o)?.iter().filter(|k| !k.is_symbol()).map(|k| cx.key_value(k)).collect();
    Ok(array(cx, names))
}

fn get_own_property_symbols(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let symbols = own_keys(cx, &o)?.iter().filter(|k| k.is_symbol()).map(|k| cx.key_value(k)).collect();
    Ok(array(cx, symbols))
}

fn get_prototype_of(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    Ok(get_proto(cx, &o)?.map_or(Value::Null, Value::Obj))
}

fn set_prototype_of(cx: Cx, a: &Args<'_>) -> R {
    if a.get(0).is_nullish() {
        return Err(throw_type(cx, "Object.setPrototypeOf called on null or undefined"));
    }
    let proto = proto_arg(cx, a.get(1))?;
    if let Value::Obj(o) = a.get(0) {
        change_proto(cx, o, proto)?;
    }
    Ok(a.get(0).clone())
}

fn change_proto(cx: Cx, o: &Obj, proto: Option<Obj>) -> R<()> {
    if set_proto(cx, o, proto)? {
        return Ok(());
    }
    let why = if is_extensible(cx, o)? { "Cyclic __proto__ value".to_string() } else { format!("{} is not extensible", show(cx, &o.clone().into())) };
    Err(throw_type(cx, &why))
}

/// `SetIntegrityLevel` (§7.3.15).
fn restrict(cx: Cx, o: &Obj, frozen: bool) -> R<()> {
    if !matches!(o.kind(), Kind::Proxy(_) | Kind::Host(_)) {
        o.restrict(cx, if frozen { Attr::ENUMERABLE } else { Attr::ENUMERABLE.with(Attr::WRITABLE) });
        return Ok(());
    }
    if !prevent_extensions(cx, o)? {
        return Err(throw_type(cx, "'preventExtensions' on proxy: trap returned falsish"));
    }
    for key in own_keys(cx, o)? {
        let mut d = Desc { configurable: Some(false), ..Desc::default() };
        if frozen && matches!(own_property(cx, o, &key)?, Some(Own::Data { .. })) {
            d.writable = Some(false);
        }
        define_or_throw(cx, o, &key, &d)?;
    }
    Ok(())
}

fn freeze(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.get(0) {
        restrict(cx, o, true)?;
    }
    Ok(a.get(0).clone())
}

fn seal(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.get(0) {
        restrict(cx, o, false)?;
    }
    Ok(a.get(0).clone())
}

fn prevent_extensions_(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Obj(o) = a.get(0)
        && !prevent_extensions(cx, o)?
    {
        return Err(throw_type(cx, "'preventExtensions' on proxy: trap returned falsish"));
    }
    Ok(a.get(0).clone())
}

fn test_restricted(cx: Cx, v: &Value, frozen: bool) -> R {
    let Value::Obj(o) = v else { return Ok(Value::Bool(true)) };
    if is_extensible(cx, o)? {
        return Ok(Value::Bool(false));
    }
    for key in own_keys(cx, o)? {
        if let Some(p) = own_property(cx, o, &key)? {
            let attr = p.attr();
            if attr.has(Attr::CONFIGURABLE) || (frozen && matches!(p, Own::Data { .. }) && attr.has(Attr::WRITABLE)) {
                return Ok(Value::Bool(false));
            }
        }
    }
    Ok(Value::Bool(true))
}

fn is_frozen(cx: Cx, a: &Args<'_>) -> R {
    test_restricted(cx, a.get(0), true)
}

fn is_sealed(cx: Cx, a: &Args<'_>) -> R {
    test_restricted(cx, a.get(0), false)
}

fn is_extensible_(cx: Cx, a: &Args<'_>) -> R {
    match a.get(0) {
        Value::Obj(o) => is_extensible(cx, o).map(Value::Bool),
        _ => Ok(Value::Bool(false)),
    }
}

fn is(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(same_value(a.get(0), a.get(1))))
}

fn from_entries(cx: Cx, a: &Args<'_>) -> R {
    if a.get(0).is_nullish() {
        return Err(crate::throw_not_iterable(cx, a.get(0)));
    }
    let out = Obj::plain(cx);
    iter(cx, a.get(0))?.for_each(cx, |entry| {
        let Value::Obj(_) = &entry else {
            return Err(throw_type(cx, &format!("Iterator value {} is not an entry object", show(cx, &entry))));
        };
        let key = js_to_key(cx, &index_num(cx, &entry, 0.0)?)?;
        let v = index_num(cx, &entry, 1.0)?;
        out.put(cx, &key, v);
        Ok(())
    })?;
    Ok(out.into())
}

fn group_by(cx: Cx, a: &Args<'_>) -> R {
    let f = callback(cx, a.get(1))?;
    if a.get(0).is_nullish() {
        return Err(crate::throw_not_iterable(cx, a.get(0)));
    }
    let out = Obj::with(cx, None, Kind::Plain);
    let mut i = 0.0;
    iter(cx, a.get(0))?.for_each(cx, |v| {
        let key = js_to_key(cx, &call(cx, f, &Value::Undefined, &[v.clone(), Value::Num(i)])?)?;
        i += 1.0;
        match out.get_own(cx, &key) {
            Some(Own::Data { value: Value::Obj(group), .. }) => {
                if let Some(s) = group.dense() {
                    s.push(v);
                }
            }
            _ => out.put(cx, &key, array(cx, vec![v])),
        }
        Ok(())
    })?;
    Ok(out.into())
}

fn has_own_(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.get(0))?;
    let key = js_to_key(cx, a.get(1))?;
    has_own(cx, &o, &key).map(Value::Bool)
}

fn has_own_property(cx: Cx, a: &Args<'_>) -> R {
    let key = js_to_key(cx, a.get(0))?;
    let o = to_object(cx, a.this)?;
    has_own(cx, &o, &key).map(Value::Bool)
}

fn is_prototype_of(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(v) = a.get(0) else { return Ok(Value::Bool(false)) };
    let o = to_object(cx, a.this)?;
    let mut next = get_proto(cx, v)?;
    while let Some(p) = next {
        if p == o {
            return Ok(Value::Bool(true));
        }
        next = get_proto(cx, &p)?;
    }
    Ok(Value::Bool(false))
}

fn property_is_enumerable(cx: Cx, a: &Args<'_>) -> R {
    let key = js_to_key(cx, a.get(0))?;
    let o = to_object(cx, a.this)?;
    Ok(Value::Bool(own_property(cx, &o, &key)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE))))
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    static UNDEFINED: Lit = Lit::new("[object Undefined]");
    static NULL: Lit = Lit::new("[object Null]");
    static OBJECT: Lit = Lit::new("[object Object]");
    match a.this {
        Value::Undefined => return Ok(lit(&UNDEFINED)),
        Value::Null => return Ok(lit(&NULL)),
        _ => {}
    }
    let o = to_object(cx, a.this)?;
    let builtin = if is_array(cx, &o.clone().into())? {
        "Array"
    } else {
        match o.kind() {
            _ if o.is_callable() => "Function",
            Kind::Error => "Error",
            Kind::Arguments => "Arguments",
            Kind::Date(_) => "Date",
            Kind::Native(puremix_value::Class::RegExp, _) => "RegExp",
            Kind::Boxed(Value::Str(_) | Value::Num(_) | Value::Bool(_)) => o.kind().class_name(),
            _ => "Object",
        }
    };
    match get_key(cx, &o, &cx.symbol(WellKnownSymbol::ToStringTag).into(), a.this)? {
        Value::Str(tag) => Ok(Value::Str(Str::from(format!("[object {}]", tag.as_str())))),
        _ if builtin == "Object" => Ok(lit(&OBJECT)),
        _ => Ok(format!("[object {builtin}]").into()),
    }
}

fn to_locale_string(cx: Cx, a: &Args<'_>) -> R {
    invoke(cx, a.this, well_known::TO_STRING, &[])
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    to_object(cx, a.this).map(Value::Obj)
}

fn proto_getter(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.this)?;
    Ok(get_proto(cx, &o)?.map_or(Value::Null, Value::Obj))
}

fn proto_setter(cx: Cx, a: &Args<'_>) -> R {
    if let (Value::Obj(o), proto @ (Value::Obj(_) | Value::Null)) = (a.this, a.get(0)) {
        change_proto(cx, o, proto.as_obj().cloned())?;
    }
    Ok(Value::Undefined)
}

fn define_accessor(cx: Cx, a: &Args<'_>, getter: bool) -> R {
    let o = to_object(cx, a.this)?;
    let f = callback(cx, a.get(1))?.clone();
    let key = js_to_key(cx, a.get(0))?;
    let mut d = Desc { enumerable: Some(true), configurable: Some(true), ..Desc::default() };
    if getter {
        d.get = Some(f);
    } else {
        d.set = Some(f);
    }
    define_or_throw(cx, &o, &key, &d)?;
    Ok(Value::Undefined)
}

fn define_getter_(cx: Cx, a: &Args<'_>) -> R {
    define_accessor(cx, a, true)
}

fn define_setter_(cx: Cx, a: &Args<'_>) -> R {
    define_accessor(cx, a, false)
}

fn lookup_accessor(cx: Cx, a: &Args<'_>, getter: bool) -> R {
    let key = js_to_key(cx, a.get(0))?;
    let mut next = Some(to_object(cx, a.this)?);
    while let Some(o) = next {
        match own_property(cx, &o, &key)? {
            Some(Own::Accessor { get, set, .. }) => return Ok(if getter { get } else { set }),
            Some(Own::Data { .. }) => return Ok(Value::Undefined),
            None => next = get_proto(cx, &o)?,
        }
    }
    Ok(Value::Undefined)
}

fn lookup_getter(cx: Cx, a: &Args<'_>) -> R {
    lookup_accessor(cx, a, true)
}

fn lookup_setter(cx: Cx, a: &Args<'_>) -> R {
    lookup_accessor(cx, a, false)
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::ObjectPrototype);
    let ctor = constructor(cx, "Object", 1, object, &proto, Intrinsic::ObjectConstructor);
    install_methods(
        cx,
        &ctor,
        &[
            ("assign", 2, assign),
            ("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
            ("getOwnPropertyDescriptors", 1, get_own_property_descriptors),
            ("getOwnPropertyNames", 1, get_own_property_names),
            ("getOwnPropertySymbols", 1, get_own_property_symbols),
            ("hasOwn", 2, has_own_),
            ("is", 2, is),
            ("preventExtensions", 1, prevent_extensions_),
            ("seal", 1, seal),
            ("create", 2, create),
            ("defineProperties", 2, define_properties),
            ("defineProperty", 3, define_property_),
            ("freeze", 1, freeze),
            ("getPrototypeOf", 1, get_prototype_of),
            ("setPrototypeOf", 2, set_prototype_of),
            ("isExtensible", 1, is_extensible_),
            ("isFrozen", 1, is_frozen),
            ("isSealed", 1, is_sealed),
            ("keys", 1, keys),
            ("entries", 1, entries),
            ("fromEntries", 1, from_entries),
            ("values", 1, values),
            ("groupBy", 2, group_by),
        ],
    );
    install_methods(
        cx,
        &proto,
        &[
            ("__defineGetter__", 2, define_getter_),
            ("__defineSetter__", 2, define_setter_),
            ("hasOwnProperty", 1, has_own_property),
            ("__lookupGetter__", 1, lookup_getter),
            ("__lookupSetter__", 1, lookup_setter),
            ("isPrototypeOf", 1, is_prototype_of),
            ("propertyIsEnumerable", 1, property_is_enumerable),
            ("toString", 0, to_string),
            ("valueOf", 0, value_of),
            ("toLocaleString", 0, to_locale_string),
        ],
    );
    let (get, set) = (native(cx, "get __proto__", 0, proto_getter), native(cx, "set __proto__", 1, proto_setter));
    proto.define_accessor(cx, &well_known::DUNDER_PROTO.into(), get, set, Attr::CONFIGURABLE);
}
