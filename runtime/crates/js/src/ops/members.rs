//! `a.b`, `a[b]`, assignments, `delete`, method calls.

use super::object::{delete_property, get_key, get_value, set_key};
use crate::builtins::{array, number, string};
use crate::errors::{throw_read, throw_refused, throw_set};
use crate::{call, js_to_key, num_key};
use puremix_value::{Args, Atom, Cx, Found, Intrinsic, Key, Kind, Obj, R, Value, check_stack, well_known};

/// `v.name`. `ic` is the site's inline cache; 0 for none.
#[inline]
pub fn get(cx: Cx, v: &Value, name: Atom, ic: u32) -> R {
    if let Value::Obj(o) = v
        && let Some(slot) = o.cached_slot(cx.ic(ic))
    {
        return Ok(o.slot(slot));
    }
    get_further(cx, v, name, ic)
}

/// `v.name` where no site remembers anything; what the program's sites found is found.
#[inline]
pub(crate) fn get_named(cx: Cx, v: &Value, name: Atom) -> R {
    get_further(cx, v, name, 0)
}

/// Not an own property in the slot where it was last time.
#[inline(never)]
fn get_further(cx: Cx, v: &Value, name: Atom, ic: u32) -> R {
    match v {
        Value::Obj(o) => {
            if let Some(found) = o.cached_get(cx, cx.ic(ic)) {
                return Ok(found);
            }
            match o.looked_up(cx, name, ic) {
                Some(found) => found_of(cx, found, v),
                None => get_uncached(cx, o, name, ic, v),
            }
        }
        Value::Str(s) if name == well_known::LENGTH => Ok(s.len_utf16().into()),
        _ => get_primitive(cx, v, name, ic),
    }
}

/// The value of a property that a cache knows.
#[inline]
fn found_of(cx: Cx, found: Found, receiver: &Value) -> R {
    match found {
        Found::Value(found) | Found::Getter(found @ Value::Undefined) => Ok(found),
        Found::Getter(getter) => {
            check_stack(cx)?;
            call(cx, &getter, receiver, &[])
        }
    }
}

/// No cache knows the property of `o`, whose lookup ends at `receiver`.
#[inline(never)]
fn get_uncached(cx: Cx, o: &Obj, name: Atom, ic: u32, receiver: &Value) -> R {
    if name == well_known::LENGTH
        && let Some(s) = o.dense()
    {
        return Ok(s.len().into());
    }
    let key = name.into();
    if let Kind::Host(h) = o.kind() {
        // Hosts are in no cache; what they inherit is.
        if let Some(v) = h.get(cx, o, &key)? {
            return Ok(v);
        }
        if o.get_own(cx, &key).is_none()
            && let Some(proto) = o.proto()
        {
            return match proto.looked_up(cx, name, 0) {
                Some(found) => found_of(cx, found, receiver),
                None => get_uncached(cx, &proto, name, 0, receiver),
            };
        }
    }
    let found = get_key(cx, o, &key, receiver)?;
    o.fill_get_cache(cx, name, ic);
    Ok(found)
}

#[inline(never)]
fn get_primitive(cx: Cx, v: &Value, name: Atom, ic: u32) -> R {
    if let Value::Uninit = v {
        return Err(crate::throw_uninitialised(cx));
    }
    let Some(proto) = super::primitive_proto(cx, v) else {
        return Err(throw_read(cx, v, &name.into()));
    };
    if let Some(found) = proto.cached_get(cx, cx.ic(ic)) {
        return Ok(found);
    }
    match proto.looked_up(cx, name, ic) {
        Some(found) => found_of(cx, found, v),
        None => get_uncached(cx, &proto, name, ic, v),
    }
}

/// `v.name` in templates: `undefined` where `v` is `undefined` or `null`.
#[inline]
pub fn get_safe(cx: Cx, v: &Value, name: Atom, ic: u32) -> R {
    if v.is_nullish() { Ok(Value::Undefined) } else { get(cx, v, name, ic) }
}

/// `v[key]` in templates.
#[inline]
pub fn index_safe(cx: Cx, v: &Value, key: &Value) -> R {
    if v.is_nullish() { Ok(Value::Undefined) } else { index(cx, v, key) }
}

/// `v[key]`.
#[inline]
pub fn index(cx: Cx, v: &Value, key: &Value) -> R {
    match (v, key) {
        (_, Value::Num(n)) => index_num(cx, v, *n),
        (Value::Obj(o), Value::Str(s)) => match cx.key(s) {
            // What other sites found is found here too.
            Key::Atom(name) => get_further(cx, v, name, 0),
            key => get_key(cx, o, &key, v),
        },
        _ => index_slow(cx, v, key),
    }
}

/// `v[n]`.
#[inline]
pub fn index_num(cx: Cx, v: &Value, n: f64) -> R {
    let i = n as i32;
    if f64::from(i) == n && i >= 0 {
        return index_at(cx, v, i as usize);
    }
    index_num_slow(cx, v, n)
}

/// `v[i]` of an integer.
#[inline]
pub fn index_int(cx: Cx, v: &Value, i: i32) -> R {
    if i >= 0 { index_at(cx, v, i as usize) } else { index_num_slow(cx, v, f64::from(i)) }
}

#[inline]
fn index_at(cx: Cx, v: &Value, i: usize) -> R {
    if let Value::Obj(o) = v
        && let Some(s) = o.dense()
    {
        let found = s.get_or_hole(i);
        if !matches!(found, Value::Uninit) {
            return Ok(found);
        }
    }
    index_other(cx, v, i)
}

/// Not an element of a dense array.
#[inline(never)]
fn index_other(cx: Cx, v: &Value, i: usize) -> R {
    match v {
        Value::Str(s) => {
            if let Some(c) = s.char_at(i) {
                return Ok(c.into());
            }
        }
        Value::Obj(o) => {
            if let Kind::Host(h) = o.kind()
                && let Some(n) = h.number_at(i)
            {
                return Ok(Value::Num(n));
            }
        }
        _ => {}
    }
    index_num_slow(cx, v, i as f64)
}

#[inline(never)]
fn index_num_slow(cx: Cx, v: &Value, n: f64) -> R {
    if v.is_nullish() {
        return Err(throw_read(cx, v, &num_key(cx, n)));
    }
    get_value(cx, v, &num_key(cx, n))
}

#[inline(never)]
fn index_slow(cx: Cx, v: &Value, key: &Value) -> R {
    if v.is_nullish() {
        // The key is not coerced before the error (V8), unless it is primitive anyway.
        let shown = match key {
            Value::Obj(_) => Key::Str(crate::errors::show(cx, key).into()),
            _ => js_to_key(cx, key)?,
        };
        return Err(throw_read(cx, v, &shown));
    }
    get_value(cx, v, &js_to_key(cx, key)?)
}

/// `v.name = value`.
#[inline]
pub fn set(cx: Cx, v: &Value, name: Atom, value: Value, ic: u32) -> R<()> {
    if let Value::Obj(o) = v {
        return match o.cached_set(cx, cx.ic(ic), value) {
            Ok(()) => Ok(()),
            Err(value) => set_uncached(cx, o, name, value, ic, v),
        };
    }
    set_value(cx, v, &name.into(), value)
}

/// `v.name = n` of a number.
#[inline]
pub fn set_num(cx: Cx, v: &Value, name: Atom, n: f64, ic: u32) -> R<()> {
    match v {
        Value::Obj(o) if o.cached_set_num(cx.ic(ic), n) => Ok(()),
        _ => set(cx, v, name, Value::Num(n), ic),
    }
}

#[inline(never)]
fn set_uncached(cx: Cx, o: &Obj, name: Atom, value: Value, ic: u32, receiver: &Value) -> R<()> {
    let before = o.shape_id();
    let key = name.into();
    if let (Kind::Error, well_known::NAME | well_known::MESSAGE) = (o.kind(), name) {
        return crate::errors::retitle(cx, o, || if set_key(cx, o, &key, value, receiver)? { Ok(()) } else { Err(throw_refused(cx, receiver, &key)) });
    }
    let existed = o.get_own(cx, &key).is_some();
    if !set_key(cx, o, &key, value, receiver)? {
        return Err(throw_refused(cx, receiver, &key));
    }
    // A setter on the way may have done anything; only the two plain outcomes are remembered.
    let added = o.shape().is_some_and(|s| s.find_atom(name).is_some_and(|(slot, _)| slot as usize + 1 == s.len()));
    if (existed && before == o.shape_id()) || (!existed && added && o.added_one_since(cx, before, name)) {
        o.fill_set_cache(cx, name, before, ic);
    }
    Ok(())
}

/// Assignment to any value by key; throws where strict code throws.
pub fn set_value(cx: Cx, v: &Value, key: &Key, value: Value) -> R<()> {
    let target = match v {
        Value::Obj(o) => o.clone(),
        Value::Uninit => return Err(crate::throw_uninitialised(cx)),
        _ => match super::primitive_proto(cx, v) {
            Some(p) => p,
            None => return Err(throw_set(cx, v, key)),
        },
    };
    if set_key(cx, &target, key, value, v)? { Ok(()) } else { Err(throw_refused(cx, v, key)) }
}

/// `v[key] = value`.
#[inline]
pub fn set_index(cx: Cx, v: &Value, key: &Value, value: Value) -> R<()> {
    match key {
        Value::Num(n) => set_index_num(cx, v, *n, value),
        _ => set_index_slow(cx, v, key, value),
    }
}

/// `v[n] = value`.
#[inline]
pub fn set_index_num(cx: Cx, v: &Value, n: f64, value: Value) -> R<()> {
    let i = n as i32;
    if f64::from(i) == n && i >= 0 {
        return set_index_at(cx, v, i as usize, value);
    }
    set_index_slow(cx, v, &Value::Num(n), value)
}

/// `v[i] = value` of an integer.
#[inline]
pub fn set_index_int(cx: Cx, v: &Value, i: i32, value: Value) -> R<()> {
    if i >= 0 { set_index_at(cx, v, i as usize, value) } else { set_index_slow(cx, v, &Value::from(i), value) }
}

#[inline]
fn set_index_at(cx: Cx, v: &Value, i: usize, value: Value) -> R<()> {
    if let Value::Obj(o) = v
        && let Some(s) = o.dense_mut()
        && cx.is_intact()
    {
        return match s.set_present(i, value) {
            Ok(()) => Ok(()),
            Err(value) => set_index_other(cx, v, i, value),
        };
    }
    set_index_other(cx, v, i, value)
}

/// Not an element that is there in a dense array.
#[inline(never)]
fn set_index_other(cx: Cx, v: &Value, i: usize, value: Value) -> R<()> {
    if let Value::Obj(o) = v {
        if let Some(s) = o.dense_mut() {
            if i == s.len() && o.plain_array(cx).is_some() {
                s.push(value);
                return Ok(());
            }
        } else if let (Kind::Host(h), Value::Num(n)) = (o.kind(), &value)
            && h.set_number_at(i, *n)
        {
            return Ok(());
        }
    }
    set_index_slow(cx, v, &Value::from(i), value)
}

#[inline(never)]
fn set_index_slow(cx: Cx, v: &Value, key: &Value, value: Value) -> R<()> {
    if v.is_nullish() {
        let key = js_to_key(cx, key)?;
        return Err(throw_set(cx, v, &key));
    }
    set_value(cx, v, &js_to_key(cx, key)?, value)
}

/// `delete v[key]`: throws where strict code throws, else true.
pub fn delete(cx: Cx, v: &Value, key: &Key) -> R<bool> {
    let o = match v {
        Value::Obj(o) => o.clone(),
        _ if v.is_nullish() => return Err(crate::throw_type(cx, "Cannot convert undefined or null to object")),
        _ => super::to_object(cx, v)?,
    };
    if delete_property(cx, &o, key)? { Ok(true) } else { Err(crate::errors::throw_undeletable(cx, v, key)) }
}

/// `recv.name(...args)`. Built-in methods of ordinary arrays and strings are called without being looked up.
#[inline]
pub fn call_method(cx: Cx, recv: &Value, name: Atom, args: &[Value], ic: u32) -> R {
    if let Value::Obj(o) = recv
        && let Some(f) = o.cached_get(cx, cx.ic(ic))
        && let Value::Obj(callee) = &f
        && let Kind::Function(data) = callee.kind()
        && !data.def.kind.is_class()
    {
        return (data.def.code)(cx, &Args { this: recv, args, callee, new_target: &Value::Undefined });
    }
    call_method_uncached(cx, recv, name, args, ic)
}

#[inline(never)]
fn call_method_uncached(cx: Cx, recv: &Value, name: Atom, args: &[Value], ic: u32) -> R {
    match recv {
        Value::Obj(o) => {
            if o.plain_array(cx).is_some()
                && let Some(code) = array::direct(name)
            {
                return code(cx, &Args { this: recv, args, callee: o, new_target: &Value::Undefined });
            }
        }
        Value::Str(_) => {
            if cx.is_intact()
                && let Some(code) = string::direct(name)
            {
                let callee = cx.intrinsic_ref(Intrinsic::StringPrototype);
                return code(cx, &Args { this: recv, args, callee, new_target: &Value::Undefined });
            }
        }
        Value::Num(n) if name == well_known::TO_FIXED => {
            if let Some(text) = number::to_fixed_direct(cx, *n, args) {
                return Ok(text);
            }
        }
        _ => {}
    }
    let f = get(cx, recv, name, ic)?;
    call_found(cx, recv, &f, args, &name.into())
}

/// Looks up the method of a call whose arguments have effects, before they are evaluated. The empty value stands for a built-in method of an
/// ordinary array or string, which [`call_looked_up`] calls directly.
#[inline]
pub fn looked_up(cx: Cx, recv: &Value, name: Atom, ic: u32) -> R {
    let direct = match recv {
        Value::Obj(o) => o.plain_array(cx).is_some() && array::direct(name).is_some(),
        Value::Str(_) => cx.is_intact() && string::direct(name).is_some(),
        _ => false,
    };
    if direct { Ok(Value::Uninit) } else { get(cx, recv, name, ic) }
}

/// Calls what [`looked_up`] found.
#[inline]
pub fn call_looked_up(cx: Cx, recv: &Value, f: &Value, name: Atom, args: &[Value], ic: u32) -> R {
    if let Value::Uninit = f {
        return call_method(cx, recv, name, args, ic);
    }
    call_found(cx, recv, f, args, &name.into())
}

/// `recv[key](...args)`.
pub fn call_index(cx: Cx, recv: &Value, key: &Value, args: &[Value]) -> R {
    let f = index(cx, recv, key)?;
    if !f.is_callable() {
        let key = js_to_key(cx, key)?;
        return call_found(cx, recv, &f, args, &key);
    }
    call(cx, &f, recv, args)
}

/// A method that a built-in looks up and calls.
pub fn invoke(cx: Cx, recv: &Value, name: Atom, args: &[Value]) -> R {
    let f = get(cx, recv, name, 0)?;
    call(cx, &f, recv, args)
}

#[inline]
fn call_found(cx: Cx, recv: &Value, f: &Value, args: &[Value], key: &Key) -> R {
    if f.is_callable() {
        return call(cx, f, recv, args);
    }
    Err(crate::errors::throw_no_method(cx, recv, key))
}

/// `super[key]`: looked up on the prototype of `home`, with `this` as receiver.
pub fn get_super(cx: Cx, this: &Value, home: &Value, key: &Value) -> R {
    let key = js_to_key(cx, key)?;
    match super_proto(cx, home)? {
        Some(p) => get_key(cx, &p, &key, this),
        None => Err(throw_read(cx, &Value::Null, &key)),
    }
}

/// `super[key] = value`.
pub fn set_super(cx: Cx, this: &Value, home: &Value, key: &Value, value: Value) -> R<()> {
    let key = js_to_key(cx, key)?;
    let Some(p) = super_proto(cx, home)? else { return Err(throw_set(cx, &Value::Null, &key)) };
    if set_key(cx, &p, &key, value, this)? { Ok(()) } else { Err(throw_refused(cx, this, &key)) }
}

fn super_proto(cx: Cx, home: &Value) -> R<Option<Obj>> {
    match home {
        Value::Obj(h) => super::get_proto(cx, h),
        _ => Ok(None),
    }
}

/// `recv[key](...args)` by a key of the runtime.
pub fn invoke_key(cx: Cx, recv: &Value, key: &Key, args: &[Value]) -> R {
    let f = get_value(cx, recv, key)?;
    call(cx, &f, recv, args)
}
