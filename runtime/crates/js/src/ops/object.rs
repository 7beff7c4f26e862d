//! The internal methods of objects (ECMA-262 §10.1 and its exotic variants): lookup along prototypes, getters and setters,
//! hosts and proxies.

use super::proxy;
use crate::{call, js_to_number, throw_range, throw_type};
use puremix_value::{Attr, Cx, Key, Kind, Obj, Own, Put, R, Value, check_stack, well_known};

/// `[[Get]]`.
pub fn get_key(cx: Cx, o: &Obj, key: &Key, receiver: &Value) -> R {
    let mut above: Option<Obj> = None;
    loop {
        let holder = above.as_ref().unwrap_or(o);
        match holder.kind() {
            Kind::Host(h) => {
                if let Some(v) = h.get(cx, holder, key)? {
                    return Ok(v);
                }
            }
            Kind::Proxy(p) if !key.is_private() => return proxy::get(cx, p, key, receiver),
            _ => {}
        }
        match holder.get_own(cx, key) {
            Some(Own::Data { value, .. }) => return Ok(value),
            Some(Own::Accessor { get: Value::Undefined, .. }) => return Ok(Value::Undefined),
            Some(Own::Accessor { get, .. }) => {
                check_stack(cx)?;
                return call(cx, &get, receiver, &[]);
            }
            None => {}
        }
        match holder.proto() {
            Some(p) => above = Some(p),
            None => return Ok(Value::Undefined),
        }
    }
}

/// A property of any value but `undefined` and `null`, by key.
pub fn get_value(cx: Cx, v: &Value, key: &Key) -> R {
    match (v, key) {
        // What sites of the program found is found here too.
        (Value::Obj(_), Key::Atom(name)) => super::members::get_named(cx, v, *name),
        _ => get_by_key(cx, v, key),
    }
}

fn get_by_key(cx: Cx, v: &Value, key: &Key) -> R {
    match v {
        Value::Obj(o) => get_key(cx, o, key, v),
        Value::Str(s) => {
            match key {
                Key::Index(i) => {
                    if let Some(c) = s.char_at(*i as usize) {
                        return Ok(c.into());
                    }
                }
                Key::Atom(well_known::LENGTH) => return Ok(s.len_utf16().into()),
                _ => {}
            }
            get_key(cx, &cx.intrinsic(puremix_value::Intrinsic::StringPrototype), key, v)
        }
        _ => match super::primitive_proto(cx, v) {
            Some(p) => get_key(cx, &p, key, v),
            None => Err(crate::errors::throw_read(cx, v, key)),
        },
    }
}

/// `GetMethod` (§7.3.11): `None` for `undefined` and `null`.
pub fn get_method(cx: Cx, v: &Value, key: &Key) -> R<Option<Value>> {
    let f = get_value(cx, v, key)?;
    if f.is_nullish() {
        return Ok(None);
    }
    if !f.is_callable() {
        return Err(throw_type(cx, &format!("{} is not a function", crate::errors::show(cx, &f))));
    }
    Ok(Some(f))
}

/// `[[Set]]`; false if refused.
pub fn set_key(cx: Cx, o: &Obj, key: &Key, value: Value, receiver: &Value) -> R<bool> {
    let own_receiver = matches!(receiver, Value::Obj(r) if r == o);
    let mut above: Option<Obj> = None;
    loop {
        let holder = above.as_ref().unwrap_or(o);
        match holder.kind() {
            Kind::Host(h) => {
                if let Some(done) = h.set(cx, holder, key, &value)? {
                    return Ok(done);
                }
            }
            Kind::Proxy(p) if !key.is_private() => return proxy::set(cx, p, key, value, receiver),
            Kind::Array(_) if own_receiver && above.is_none() && matches!(key, Key::Atom(well_known::LENGTH)) => {
                return set_length(cx, o, &value);
            }
            _ => {}
        }
        let found = if own_receiver && above.is_none() {
            holder.assign_own(cx, key, value.clone())
        } else {
            match holder.get_own(cx, key) {
                None => Put::Absent,
                Some(Own::Accessor { set, .. }) => Put::Setter(set),
                Some(Own::Data { attr, .. }) if !attr.has(Attr::WRITABLE) => Put::ReadOnly,
                Some(Own::Data { .. }) => return set_on_receiver(cx, key, value, receiver),
            }
        };
        match found {
            Put::Done => return Ok(true),
            Put::ReadOnly | Put::Setter(Value::Undefined) => return Ok(false),
            Put::Setter(setter) => {
                check_stack(cx)?;
                return call(cx, &setter, receiver, &[value]).map(|_| true);
            }
            Put::Absent => {}
        }
        match holder.proto() {
            Some(p) => above = Some(p),
            None => break,
        }
    }
    if own_receiver {
        return Ok(add_property(cx, o, key, value));
    }
    set_on_receiver(cx, key, value, receiver)
}

/// Adds a property that is known to be absent.
fn add_property(cx: Cx, o: &Obj, key: &Key, value: Value) -> bool {
    if !o.is_extensible() {
        return false;
    }
    if let Key::Index(i) = key
        && o.is_array()
        && *i >= o.array_len()
        && !o.is_array_len_writable()
    {
        return false;
    }
    o.put(cx, key, value);
    true
}

/// The end of `OrdinarySet` (§10.1.9.2): the property is created or changed on the receiver.
fn set_on_receiver(cx: Cx, key: &Key, value: Value, receiver: &Value) -> R<bool> {
    let Value::Obj(r) = receiver else { return Ok(false) };
    match own_property(cx, r, key)? {
        Some(Own::Accessor { .. }) => Ok(false),
        Some(Own::Data { attr, .. }) if !attr.has(Attr::WRITABLE) => Ok(false),
        Some(Own::Data { .. }) => define_property(cx, r, key, &Desc { value: Some(value), ..Desc::default() }),
        None => create_data(cx, r, key, value),
    }
}

/// `ArraySetLength` for a plain value (§10.4.2.4).
pub fn set_length(cx: Cx, o: &Obj, value: &Value) -> R<bool> {
    let n = js_to_number(cx, value)?;
    let len = n as u32;
    if f64::from(len) != n {
        return Err(throw_range(cx, "Invalid array length"));
    }
    Ok(o.set_array_len(len))
}

/// `[[HasProperty]]`.
pub fn has_property(cx: Cx, o: &Obj, key: &Key) -> R<bool> {
    let mut above: Option<Obj> = None;
    loop {
        let holder = above.as_ref().unwrap_or(o);
        match holder.kind() {
            Kind::Host(h) => {
                if let Some(found) = h.has(cx, holder, key)? {
                    return Ok(found);
                }
            }
            Kind::Proxy(p) => return proxy::has(cx, p, key),
            _ => {}
        }
        if holder.get_own(cx, key).is_some() {
            return Ok(true);
        }
        match holder.proto() {
            Some(p) => above = Some(p),
            None => return Ok(false),
        }
    }
}

/// `[[GetOwnProperty]]`.
pub fn own_property(cx: Cx, o: &Obj, key: &Key) -> R<Option<Own>> {
    match o.kind() {
        Kind::Proxy(p) => proxy::own_property(cx, p, key),
        Kind::Host(h) => {
            if let Some(own) = o.get_own(cx, key) {
                return Ok(Some(own));
            }
            let listed = h.own_keys(cx, o)?.into_iter().find(|(k, _)| k == key);
            match listed {
                Some((_, attr)) => Ok(h.get(cx, o, key)?.map(|value| Own::Data { value, attr })),
                None => Ok(None),
            }
        }
        _ => Ok(o.get_own(cx, key)),
    }
}

/// True if `key` is an own property.
pub fn has_own(cx: Cx, o: &Obj, key: &Key) -> R<bool> {
    own_property(cx, o, key).map(|p| p.is_some())
}

/// `[[Delete]]`; false if refused.
pub fn delete_property(cx: Cx, o: &Obj, key: &Key) -> R<bool> {
    match o.kind() {
        Kind::Proxy(p) => proxy::delete(cx, p, key),
        Kind::Host(h) => match h.delete(cx, o, key)? {
            Some(done) => Ok(done),
            None => Ok(o.delete_own(cx, key)),
        },
        _ => Ok(o.delete_own(cx, key)),
    }
}

/// `[[OwnPropertyKeys]]`.
pub fn own_keys(cx: Cx, o: &Obj) -> R<Vec<Key>> {
    match o.kind() {
        Kind::Proxy(p) => proxy::own_keys(cx, p),
        Kind::Host(h) => {
            let mut keys: Vec<Key> = h.own_keys(cx, o)?.into_iter().map(|(k, _)| k).collect();
            for (k, _) in o.own_keys(cx) {
                if !keys.contains(&k) {
                    keys.push(k);
                }
            }
            Ok(keys)
        }
        _ => Ok(o.own_keys(cx).into_iter().map(|(k, _)| k).collect()),
    }
}

/// Own enumerable string keys, as `Object.keys` sees them.
pub fn enumerable_keys(cx: Cx, o: &Obj) -> R<Vec<Key>> {
    if !matches!(o.kind(), Kind::Proxy(_) | Kind::Host(_)) {
        let keys = o.own_keys(cx).into_iter();
        return Ok(keys.filter(|(k, a)| a.has(Attr::ENUMERABLE) && !k.is_symbol()).map(|(k, _)| k).collect());
    }
    let mut out = vec![];
    for k in own_keys(cx, o)? {
        if !k.is_symbol() && own_property(cx, o, &k)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
            out.push(k);
        }
    }
    Ok(out)
}

/// `[[GetPrototypeOf]]`.
pub fn get_proto(cx: Cx, o: &Obj) -> R<Option<Obj>> {
    match o.kind() {
        Kind::Proxy(p) => proxy::get_proto(cx, p),
        _ => Ok(o.proto()),
    }
}

/// `[[SetPrototypeOf]]`; false if refused.
pub fn set_proto(cx: Cx, o: &Obj, proto: Option<Obj>) -> R<bool> {
    if let Kind::Proxy(p) = o.kind() {
        return proxy::set_proto(cx, p, proto);
    }
    if o.proto() == proto {
        return Ok(true);
    }
    if !o.is_extensible() {
        return Ok(false);
    }
    let mut next = proto.clone();
    while let Some(p) = next {
        if p == *o {
            return Ok(false);
        }
        if let Kind::Proxy(_) = p.kind() {
            break;
        }
        next = p.proto();
    }
    o.set_proto(cx, proto);
    Ok(true)
}

/// `[[IsExtensible]]`.
pub fn is_extensible(cx: Cx, o: &Obj) -> R<bool> {
    match o.kind() {
        Kind::Proxy(p) => proxy::is_extensible(cx, p),
        _ => Ok(o.is_extensible()),
    }
}

/// `[[PreventExtensions]]`; false if refused.
pub fn prevent_extensions(cx: Cx, o: &Obj) -> R<bool> {
    if let Kind::Proxy(p) = o.kind() {
        return proxy::prevent_extensions(cx, p);
    }
    o.prevent_extensions();
    Ok(true)
}

/// A property descriptor; `None` is an absent field.
#[derive(Clone, Default, Debug)]
pub struct Desc {
    pub value: Option<Value>,
    pub get: Option<Value>,
    pub set: Option<Value>,
    pub writable: Option<bool>,
    pub enumerable: Option<bool>,
    pub configurable: Option<bool>,
}

impl Desc {
    pub fn is_accessor(&self) -> bool {
        self.get.is_some() || self.set.is_some()
    }
    pub fn is_data(&self) -> bool {
        self.value.is_some() || self.writable.is_some()
    }
    /// The full descriptor of an existing property.
    pub fn of(own: &Own) -> Desc {
        let attr = own.attr();
        let base = Desc { enumerable: Some(attr.has(Attr::ENUMERABLE)), configurable: Some(attr.has(Attr::CONFIGURABLE)), ..Desc::default() };
        match own {
            Own::Data { value, .. } => Desc { value: Some(value.clone()), writable: Some(attr.has(Attr::WRITABLE)), ..base },
            Own::Accessor { get, set, .. } => Desc { get: Some(get.clone()), set: Some(set.clone()), ..base },
        }
    }
}

/// `[[DefineOwnProperty]]`; false if refused.
pub fn define_property(cx: Cx, o: &Obj, key: &Key, desc: &Desc) -> R<bool> {
    if let Kind::Proxy(p) = o.kind() {
        check_stack(cx)?;
        return proxy::define(cx, p, key, desc);
    }
    if o.is_array() && matches!(key, Key::Atom(well_known::LENGTH)) {
        return define_length(cx, o, desc);
    }
    let current = own_property(cx, o, key)?;
    if !may_define(o, key, current.as_ref(), desc) {
        return Ok(false);
    }
    apply(cx, o, key, current, desc);
    Ok(true)
}

fn define_length(cx: Cx, o: &Obj, desc: &Desc) -> R<bool> {
    if desc.is_accessor() || desc.configurable == Some(true) || desc.enumerable == Some(true) {
        return Ok(false);
    }
    if !o.is_array_len_writable() && desc.writable == Some(true) {
        return Ok(false);
    }
    let done = match &desc.value {
        Some(v) => set_length(cx, o, v)?,
        None => true,
    };
    if desc.writable == Some(false) {
        o.freeze_array_len();
    }
    Ok(done)
}

/// `ValidateAndApplyPropertyDescriptor` (§10.1.6.3) without the applying.
pub(crate) fn may_define(o: &Obj, key: &Key, current: Option<&Own>, desc: &Desc) -> bool {
    let Some(current) = current else {
        let beyond = matches!(key, Key::Index(i) if o.is_array() && *i >= o.array_len() && !o.is_array_len_writable());
        return o.is_extensible() && !beyond;
    };
    compatible(current, desc)
}

/// True if an existing property may be changed as described.
pub(crate) fn compatible(current: &Own, desc: &Desc) -> bool {
    let attr = current.attr();
    if attr.has(Attr::CONFIGURABLE) {
        return true;
    }
    if desc.configurable == Some(true) || desc.enumerable.is_some_and(|e| e != attr.has(Attr::ENUMERABLE)) {
        return false;
    }
    let same = |new: &Option<Value>, old: &Value| new.as_ref().is_none_or(|v| super::same_value(v, old));
    match current {
        Own::Data { value, .. } => !desc.is_accessor() && (attr.has(Attr::WRITABLE) || (desc.writable != Some(true) && same(&desc.value, value))),
        Own::Accessor { get, set, .. } => !desc.is_data() && same(&desc.get, get) && same(&desc.set, set),
    }
}

fn apply(cx: Cx, o: &Obj, key: &Key, current: Option<Own>, desc: &Desc) {
    let old = current.as_ref().map_or(Attr::NONE, Own::attr);
    let flag = |new: Option<bool>, bit: Attr| new.unwrap_or(old.has(bit));
    let attr = Attr::NONE
        .put(Attr::ENUMERABLE, flag(desc.enumerable, Attr::ENUMERABLE))
        .put(Attr::CONFIGURABLE, flag(desc.configurable, Attr::CONFIGURABLE));
    let (mut value, mut get, mut set) = (Value::Undefined, Value::Undefined, Value::Undefined);
    let was_accessor = matches!(current, Some(Own::Accessor { .. }));
    match current {
        Some(Own::Data { value: v, .. }) => value = v,
        Some(Own::Accessor { get: g, set: s, .. }) => (get, set) = (g, s),
        None => {}
    }
    if desc.is_accessor() || (was_accessor && !desc.is_data()) {
        let get = desc.get.clone().unwrap_or(get);
        let set = desc.set.clone().unwrap_or(set);
        return o.define_accessor(cx, key, get, set, attr);
    }
    let attr = attr.put(Attr::WRITABLE, flag(desc.writable, Attr::WRITABLE));
    o.define(cx, key, desc.value.clone().unwrap_or(value), attr);
}

/// `CreateDataProperty` (§7.3.5); false if refused.
pub fn create_data(cx: Cx, o: &Obj, key: &Key, value: Value) -> R<bool> {
    let t = Some(true);
    define_property(cx, o, key, &Desc { value: Some(value), writable: t, enumerable: t, configurable: t, ..Desc::default() })
}

/// `CreateDataPropertyOrThrow`.
pub fn create_data_or_throw(cx: Cx, o: &Obj, key: &Key, value: Value) -> R<()> {
    if create_data(cx, o, key, value)? { Ok(()) } else { Err(crate::errors::throw_redefine(cx, key)) }
}

/// `Set(o, key, value, true)`: an assignment that throws when refused.
pub fn put_key(cx: Cx, o: &Obj, key: &Key, value: Value) -> R<()> {
    let receiver = Value::Obj(o.clone());
    if set_key(cx, o, key, value, &receiver)? { Ok(()) } else { Err(crate::errors::throw_refused(cx, &receiver, key)) }
}

/// `DeletePropertyOrThrow`.
pub fn delete_or_throw(cx: Cx, o: &Obj, key: &Key) -> R<()> {
    if delete_property(cx, o, key)? { Ok(()) } else { Err(crate::errors::throw_undeletable(cx, &o.clone().into(), key)) }
}

/// `LengthOfArrayLike`.
pub fn length_of(cx: Cx, o: &Obj) -> R<f64> {
    if let Some(s) = o.dense() {
        return Ok(s.len() as f64);
    }
    let len = get_key(cx, o, &well_known::LENGTH.into(), &o.clone().into())?;
    super::to_length(cx, &len)
}

/// `IsArray` (§7.2.2).
pub fn is_array(cx: Cx, v: &Value) -> R<bool> {
    let Value::Obj(o) = v else { return Ok(false) };
    match o.kind() {
        Kind::Array(_) => Ok(true),
        Kind::Proxy(p) => match p.parts() {
            Some((target, _)) => {
                check_stack(cx)?;
                is_array(cx, &target.into())
            }
            None => Err(throw_type(cx, "Cannot perform 'IsArray' on a proxy that has been revoked")),
        },
        _ => Ok(false),
    }
}
