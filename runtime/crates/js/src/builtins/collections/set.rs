//! `Set` (ECMA-262 §24.2).

use super::iterators::collection_iterator;
use super::map::install_species;
use crate::builtins::iterator::{Yields, tag};
use crate::errors::show;
use crate::{call, callback, constructor, get_key, install_getter, iter_argument, proto_for, throw_type};
use puremix_value::{Args, Cursor, Cx, Intrinsic, Kind, MapData, Obj, R, Value, WellKnownSymbol, well_known};

pub(super) fn this_set<'a>(cx: Cx, a: &Args<'a>, method: &str) -> R<&'a MapData> {
    if let Value::Obj(o) = a.this
        && let Kind::Set(s) = o.kind()
    {
        return Ok(s);
    }
    Err(throw_type(cx, &format!("Method Set.prototype.{method} called on incompatible receiver {}", show(cx, a.this))))
}

/// A set of the values, in order.
pub(super) fn new_set(cx: Cx, values: impl IntoIterator<Item = Value>) -> Value {
    let data = Box::<MapData>::default();
    for v in values {
        data.set(v, Value::Undefined);
    }
    Obj::with(cx, Some(cx.intrinsic(Intrinsic::SetPrototype)), Kind::Set(data)).into()
}

fn set(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(throw_type(cx, "Constructor Set requires 'new'"));
    }
    let o = Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::SetPrototype)?), Kind::Set(Box::default()));
    let this = Value::Obj(o.clone());
    if a.get(0).is_nullish() {
        return Ok(this);
    }
    let add = get_key(cx, &o, &well_known::ADD.into(), &this)?;
    if !add.is_callable() {
        return Err(throw_type(cx, &format!("'{}' returned for property 'add' of object '#<Set>' is not a function", show(cx, &add))));
    }
    let direct = cx.is_intact() && o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::SetPrototype));
    iter_argument(cx, a.get(0))?.for_each(cx, |v| match o.kind() {
        Kind::Set(s) if direct => {
            s.set(v, Value::Undefined);
            Ok(())
        }
        _ => call(cx, &add, &this, &[v]).map(drop),
    })?;
    Ok(this)
}

fn add(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "add")?;
    s.set(a.get(0).clone(), Value::Undefined);
    Ok(a.this.clone())
}

fn has(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_set(cx, a, "has")?.has(a.get(0)).into())
}

fn delete(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_set(cx, a, "delete")?.delete(a.get(0)).into())
}

fn clear(cx: Cx, a: &Args<'_>) -> R {
    this_set(cx, a, "clear")?.clear();
    Ok(Value::Undefined)
}

fn size(cx: Cx, a: &Args<'_>) -> R {
    Ok(this_set(cx, a, "size")?.len().into())
}

fn for_each(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "forEach")?;
    let f = callback(cx, a.get(0))?;
    let mut cursor = Cursor::default();
    while let Some((k, _)) = s.next_at(&mut cursor) {
        call(cx, f, a.get(1), &[k.clone(), k, a.this.clone()])?;
    }
    Ok(Value::Undefined)
}

fn values(cx: Cx, a: &Args<'_>) -> R {
    this_set(cx, a, "values")?;
    let Value::Obj(o) = a.this else { return Ok(Value::Undefined) };
    Ok(collection_iterator(cx, o, Yields::Values))
}

fn entries(cx: Cx, a: &Args<'_>) -> R {
    this_set(cx, a, "entries")?;
    let Value::Obj(o) = a.this else { return Ok(Value::Undefined) };
    Ok(collection_iterator(cx, o, Yields::Entries))
}

pub(super) fn install(cx: Cx) {
    let proto = super::prototype(cx, Intrinsic::SetPrototype);
    let ctor = constructor(cx, "Set", 0, set, &proto, Intrinsic::SetConstructor);
    install_species(cx, &ctor);
    crate::install(
        cx,
        &proto,
        &[("has", 1, has), ("add", 1, add), ("delete", 1, delete), ("clear", 0, clear), ("entries", 0, entries), ("forEach", 1, for_each), ("values", 0, values)],
    );
    install_getter(cx, &proto, "size", size);
    let values = get_key(cx, &proto, &well_known::VALUES.into(), &Value::Undefined).unwrap_or_default();
    proto.put_hidden(cx, well_known::KEYS, values.clone());
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), values);
    crate::install(cx, &proto, super::algebra::METHODS);
    tag(cx, &proto, "Set");
}
