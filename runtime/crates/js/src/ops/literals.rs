//! Object, array and function literals, spread and rest, captured variables.

use super::{create_data, enumerable_keys, get_key, own_keys, own_property};
use puremix_value::{Atom, Attr, Cx, Key, Kind, Lit, Obj, R, ShapeLit, Str, Value, well_known};

/// A string literal.
#[inline]
pub fn lit(l: &'static Lit) -> Value {
    Value::Str(Str::lit(l))
}

/// An object literal with known keys.
#[inline]
pub fn object<const N: usize>(cx: Cx, shape: &'static ShapeLit, values: [Value; N]) -> Value {
    Value::Obj(Obj::from_lit(cx, shape, values))
}

/// `{}`.
#[inline]
pub fn empty_object(cx: Cx) -> Value {
    Value::Obj(Obj::plain(cx))
}

/// An array literal; holes are `Uninit`.
#[inline]
pub fn array(cx: Cx, values: Vec<Value>) -> Value {
    Value::Obj(Obj::array(cx, values))
}

/// `{...source}` into `target`; nothing of `undefined` and `null`.
pub fn copy_props(cx: Cx, target: &Obj, source: &Value) -> R<()> {
    copy_props_except(cx, target, source, &[])
}

/// `{...source, ` followed by about `more` further properties.
pub fn spread_object(cx: Cx, source: &Value, more: usize) -> R {
    if let Value::Obj(o) = source
        && let Some(copy) = Obj::spread_of(cx, o, more)
    {
        return Ok(copy.into());
    }
    let target = Obj::plain(cx);
    copy_props(cx, &target, source)?;
    Ok(target.into())
}

/// `const { a, b, ...rest } = source`: what is left without `taken`.
pub fn rest_object(cx: Cx, source: &Value, taken: &[Key]) -> R {
    let target = Obj::plain(cx);
    copy_props_except(cx, &target, source, taken)?;
    Ok(target.into())
}

fn copy_props_except(cx: Cx, target: &Obj, source: &Value, taken: &[Key]) -> R<()> {
    let from = match source {
        Value::Obj(o) => o.clone(),
        _ if source.is_nullish() => return Ok(()),
        _ => super::to_object(cx, source)?,
    };
    if taken.is_empty() && target.copy_layout(&from) {
        return Ok(());
    }
    // Neither side runs code: the names and values are those of the slots.
    if let (Kind::Plain, Kind::Plain, true, Some(shape)) = (target.kind(), from.kind(), taken.is_empty(), from.shape().filter(|shape| shape.is_ordinary())) {
        for (slot, (key, _)) in shape.props().iter().enumerate() {
            let value = from.slot(slot as u32);
            if target.is_extensible() && target.shape().is_some_and(|shape| shape.find(key).is_none()) {
                target.put(cx, key, value);
            } else {
                create_data(cx, target, key, value)?;
            }
        }
        return Ok(());
    }
    let receiver = Value::Obj(from.clone());
    if matches!(from.kind(), Kind::Proxy(_) | Kind::Host(_)) {
        for key in own_keys(cx, &from)? {
            if !taken.contains(&key) && own_property(cx, &from, &key)?.is_some_and(|p| p.attr().has(Attr::ENUMERABLE)) {
                let v = get_key(cx, &from, &key, &receiver)?;
                create_data(cx, target, &key, v)?;
            }
        }
        return Ok(());
    }
    for (key, attr) in from.own_keys(cx) {
        if attr.has(Attr::ENUMERABLE) && !taken.contains(&key) {
            // A getter earlier in the list may have removed this key.
            if attr.has(Attr::ACCESSOR) || from.get_own(cx, &key).is_some() {
                let v = get_key(cx, &from, &key, &receiver)?;
                create_data(cx, target, &key, v)?;
            }
        }
    }
    Ok(())
}

/// A property of an object literal: `{ [key]: value }`.
#[inline]
pub fn define(cx: Cx, o: &Obj, key: &Key, value: Value) {
    o.put(cx, key, value);
}

/// `{ name: value }` in a literal that has a spread or a computed key. `ic` is the site's inline cache; 0 for none.
#[inline]
pub fn define_name(cx: Cx, o: &Obj, name: Atom, value: Value, ic: u32) {
    if let Err(value) = o.cached_set(cx, cx.ic(ic), value) {
        define_uncached(cx, o, name, value, ic);
    }
}

#[inline(never)]
fn define_uncached(cx: Cx, o: &Obj, name: Atom, value: Value, ic: u32) {
    let before = o.shape_id();
    o.put(cx, &name.into(), value);
    o.fill_set_cache(cx, name, before, ic);
}

/// A method of a class or an object literal. Anonymous functions are named after the key.
pub fn define_method(cx: Cx, o: &Obj, key: &Key, f: Value, enumerable: bool) {
    name_function(cx, &f, key, "");
    o.define(cx, key, f, if enumerable { Attr::ALL } else { Attr::HIDDEN });
}

/// A getter; keeps the setter defined before under the same key.
pub fn define_getter(cx: Cx, o: &Obj, key: &Key, f: Value, enumerable: bool) {
    name_function(cx, &f, key, "get");
    let set = match o.get_own(cx, key) {
        Some(puremix_value::Own::Accessor { set, .. }) => set,
        _ => Value::Undefined,
    };
    o.define_accessor(cx, key, f, set, Attr::CONFIGURABLE.put(Attr::ENUMERABLE, enumerable));
}

/// A setter; keeps the getter defined before under the same key.
pub fn define_setter(cx: Cx, o: &Obj, key: &Key, f: Value, enumerable: bool) {
    name_function(cx, &f, key, "set");
    let get = match o.get_own(cx, key) {
        Some(puremix_value::Own::Accessor { get, .. }) => get,
        _ => Value::Undefined,
    };
    o.define_accessor(cx, key, get, f, Attr::CONFIGURABLE.put(Attr::ENUMERABLE, enumerable));
}

/// `SetFunctionName` (§10.2.9), unless the function has a name of its own.
pub fn name_function(cx: Cx, f: &Value, key: &Key, prefix: &str) {
    let Value::Obj(o) = f else { return };
    let Kind::Function(data) = o.kind() else { return };
    if !data.def.name.is_empty() && prefix.is_empty() {
        return;
    }
    let base = match key {
        Key::Sym(s) if s.is_private() => cx.key_str(key),
        Key::Sym(s) => s.description().map_or(Str::EMPTY, |d| Str::from(format!("[{}]", d.as_str()))),
        _ => cx.key_str(key),
    };
    let name = if prefix.is_empty() { base } else { Str::from(format!("{prefix} ")).concat(&base) };
    o.define(cx, &well_known::NAME.into(), name.into(), Attr::CONFIGURABLE);
}

/// `{ __proto__: v }`.
pub fn set_literal_proto(cx: Cx, o: &Obj, v: &Value) {
    match v {
        Value::Obj(p) => o.set_proto(cx, Some(p.clone())),
        Value::Null => o.set_proto(cx, None),
        _ => {}
    }
}

/// The strings of a tagged template: a frozen array with a frozen `raw`. Made once per site; the caller keeps it.
pub fn template_object(cx: Cx, cooked: Vec<Value>, raw: Vec<Value>) -> Value {
    let raw = Obj::array(cx, raw);
    raw.restrict(cx, Attr::ENUMERABLE);
    let strings = Obj::array(cx, cooked);
    strings.define(cx, &well_known::RAW.into(), raw.into(), Attr::NONE);
    strings.restrict(cx, Attr::ENUMERABLE);
    strings.into()
}

/// The `arguments` object of strict code.
pub fn arguments_object(cx: Cx, args: &[Value]) -> Value {
    let o = Obj::with(cx, Some(cx.intrinsic(puremix_value::Intrinsic::ObjectPrototype)), Kind::Arguments);
    for (i, v) in args.iter().enumerate() {
        o.put(cx, &Key::Index(i as u32), v.clone());
    }
    o.put_hidden(cx, well_known::LENGTH, args.len());
    if let Some(values) = cx.try_intrinsic(puremix_value::Intrinsic::ArrayValues) {
        o.put_hidden(cx, cx.symbol(puremix_value::WellKnownSymbol::Iterator), values);
    }
    o.into()
}

/// A captured variable.
#[inline]
pub fn cell(cx: Cx, v: Value) -> Value {
    Value::Obj(Obj::cell(cx, v))
}

/// The value of a captured variable; `Uninit` before its initialisation.
#[inline]
pub fn cell_get(c: &Value) -> Value {
    match c {
        Value::Obj(o) => match o.kind() {
            Kind::Cell(c) => c.get(),
            _ => Value::Undefined,
        },
        _ => Value::Undefined,
    }
}

#[inline]
pub fn cell_set(c: &Value, v: Value) {
    if let Value::Obj(o) = c
        && let Kind::Cell(c) = o.kind()
    {
        c.set(v);
    }
}

/// A closure's definition with another name: `const f = () => {}` and `{ [key]: () => {} }`.
pub fn named(cx: Cx, f: Value, name: &Key) -> Value {
    name_function(cx, &f, name, "");
    f
}

/// Keys of `v` in the order of `Object.keys`.
pub fn keys_of(cx: Cx, v: &Value) -> R<Vec<Key>> {
    let o = super::to_object(cx, v)?;
    enumerable_keys(cx, &o)
}
