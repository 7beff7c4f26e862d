//! `Map` (ECMA-262 §24.1).

use super::iterators::collection_iterator;
use crate::builtins::iterator::{Yields, tag};
use crate::errors::show;
use crate::{call, callback, constructor, get_key, get_value, install_getter, iter, iter_argument, native, proto_for, throw_type};
use puremix_value::{Args, Attr, Cursor, Cx, Intrinsic, Key, Kind, MapData, Obj, R, Value, WellKnownSymbol, well_known};

fn this_map<'a>(cx: Cx, a: &Args<'a>, method: &str) -> R<&'a MapData> {
    if let Value::Obj(o) = a.this
        && let Kind::Map(m) = o.kind()
    {
        return Ok(m);
    }
    Err(throw_type(cx, &format!("Method Map.prototype.{method} called on incompatible receiver {}", show(cx, a.this))))
}

fn map(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(throw_type(cx, "Constructor Map requires 'new'"));
    }
    let data = Box::<MapData>::default();
    let o = Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::MapPrototype)?), Kind::Map(data));
    fill(cx, &o, a.get(0), well_known::SET)?;
    Ok(o.into())
}

/// Adds the entries of `source` by the collection's own method (§24.1.1.2, AddEntriesFromIterable).
pub(super) fn fill(cx: Cx, o: &Obj, source: &Value, adder: puremix_value::Atom) -> R<()> {
    if source.is_nullish() {
        return Ok(());
    }
    let this = Value::Obj(o.clone());
    let add = get_key(cx, o, &adder.into(), &this)?;
    if !add.is_callable() {
        return Err(throw_type(cx, &format!("'{}' returned for property '{}' of object '{}' is not a function", show(cx, &add), cx.atom_text(adder), show(cx, &this))));
    }
    let direct = cx.is_intact() && o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::MapPrototype));
    iter_argument(cx, source)?.for_each(cx, |entry| {
        let Value::Obj(pair) = &entry else {
            let shown = entry.as_str().map_or_else(|| show(cx, &entry), |s| s.to_string());
            return Err(throw_type(cx, &format!("Iterator value {shown} is not an entry object")));
        };
        let (k, v) = match pair.dense().map(|s| (s.get(0), s.get(1))) {
            Some((Some(k), Some(v))) if cx.is_intact() => (k.hole_to_undefined(), v.hole_to_undefined()),
            _ => (get_value(cx, &entry, &Key::Index(0))?, get_value(cx, &entry, &Key::Index(1))?),
        };
        match o.kind() {
            Kind::Map(m) if direct => {
                m.set(k, v);
                Ok(())
            }
            _ => call(cx, &add, &this, &[k, v]).map(drop),
        }
    })
}

fn get(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_map(cx, a, "get")?.get(a.get(0)).unwrap_or_default())
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    this_map(cx, a, "set")?.set(a.get(0).clone(), a.get(1).clone());
    Ok(a.this.clone())
}

fn has(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_map(cx, a, "has")?.has(a.get(0)).into())
}

fn delete(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_map(cx, a, "delete")?.delete(a.get(0)).into())
}

fn clear(cx: Cx, a: &Args<'_>) -> R {
    this_map(cx, a, "clear")?.clear();
    Ok(Value::Undefined)
}

fn size(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_map(cx, a, "size")?.len().into())
}

fn for_each(cx: Cx, a: &Args<'_>) -> R {
    let m = this_map(cx, a, "forEach")?;
    let f = callback(cx, a.get(0))?;
    let mut cursor = Cursor::default();
    while let Some((k, v)) = m.next_at(&mut cursor) {
        call(cx, f, a.get(1), &[v, k, a.this.clone()])?;
    }
    Ok(Value::Undefined)
}

fn iterate(cx: Cx, a: &Args<'_>, method: &str, yields: Yields) -> R {
    this_map(cx, a, method)?;
    let Value::Obj(o) = a.this else { return Ok(Value::Undefined) };
    Ok(collection_iterator(cx, o, yields))
}

fn keys(cx: Cx, a: &Args<'_>) -> R {
    iterate(cx, a, "keys", Yields::Keys)
}

fn values(cx: Cx, a: &Args<'_>) -> R {
    iterate(cx, a, "values", Yields::Values)
}

fn entries(cx: Cx, a: &Args<'_>) -> R {
    iterate(cx, a, "entries", Yields::Entries)
}

/// `Map.groupBy` (ES2024).
fn group_by(cx: Cx, a: &Args<'_>) -> R {
    let f = callback(cx, a.get(1))?;
    let data = Box::<MapData>::default();
    let o = Obj::with(cx, Some(cx.intrinsic(Intrinsic::MapPrototype)), Kind::Map(data));
    let Kind::Map(groups) = o.kind() else { return Ok(Value::Undefined) };
    let mut i = 0.0;
    iter(cx, a.get(0))?.for_each(cx, |v| {
        let key = call(cx, f, &Value::Undefined, &[v.clone(), Value::Num(i)])?;
        i += 1.0;
        match groups.get(&key) {
            Some(Value::Obj(group)) => group.put(cx, &Key::Index(group.array_len()), v),
            _ => groups.set(key, Obj::array(cx, vec![v]).into()),
        }
        Ok(())
    })?;
    Ok(o.into())
}

fn species(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.clone())
}

/// The getter `constructor[Symbol.species]`, which answers `this`.
pub(crate) fn install_species(cx: Cx, ctor: &Obj) {
    let get = native(cx, "get [Symbol.species]", 0, species);
    ctor.define_accessor(cx, &cx.symbol(WellKnownSymbol::Species).into(), get, Value::Undefined, Attr::CONFIGURABLE);
}

pub(super) fn install(cx: Cx) {
    let proto = super::prototype(cx, Intrinsic::MapPrototype);
    let ctor = constructor(cx, "Map", 0, map, &proto, Intrinsic::MapConstructor);
    crate::install(cx, &ctor, &[("groupBy", 2, group_by)]);
    install_species(cx, &ctor);
    crate::install(
        cx,
        &proto,
        &[
            ("get", 1, get),
            ("set", 2, set),
            ("has", 1, has),
            ("delete", 1, delete),
            ("clear", 0, clear),
            ("entries", 0, entries),
            ("forEach", 1, for_each),
            ("keys", 0, keys),
            ("values", 0, values),
        ],
    );
    install_getter(cx, &proto, "size", size);
    let entries = get_key(cx, &proto, &well_known::ENTRIES.into(), &Value::Undefined).unwrap_or_default();
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), entries);
    tag(cx, &proto, "Map");
}
