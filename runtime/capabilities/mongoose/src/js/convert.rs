//! Values of programs as BSON, and back.

use super::document::Doc;
use super::object_id::{Decimal, id_of, new_decimal, new_id};
use super::support::*;
use crate::doc::json::Reader;
use crate::doc::{Bson, Map};
use num_traits::ToPrimitive;
use puremix_value::{Cx, Kind, Obj, R, Value, check_stack};

/// A value as BSON; `None` for what documents do not hold (`undefined`, functions).
pub fn to_bson(cx: Cx, v: &Value) -> R<Option<Bson>> {
    check_stack(cx)?;
    Ok(Some(match v {
        Value::Undefined | Value::Uninit | Value::Sym(_) => return Ok(None),
        Value::Null => Bson::Null,
        Value::Bool(b) => Bson::Bool(*b),
        Value::Num(n) => Bson::Num(*n),
        Value::Str(s) => Bson::Str(s.as_utf8().into_owned()),
        Value::BigInt(b) => match b.to_i64() {
            Some(n) => Bson::Long(n),
            None => return Err(type_error(cx, "a BigInt beyond 64 bits cannot be stored")),
        },
        Value::Obj(o) => match o.kind() {
            Kind::Date(t) => Bson::Date(t.get()),
            Kind::Boxed(inner) => return to_bson(cx, inner),
            Kind::Array(_) => {
                let items: R<Vec<Bson>> = elements(v).iter().map(|item| Ok(to_bson(cx, item)?.unwrap_or(Bson::Null))).collect();
                Bson::Array(items?)
            }
            Kind::Map(map) => {
                let mut out = Map::default();
                let mut cursor = puremix_value::Cursor::default();
                while let Some((key, value)) = map.next_at(&mut cursor) {
                    if let Some(value) = to_bson(cx, &value)? {
                        out.set(&text_of(cx, &key)?, value);
                    }
                }
                Bson::Object(out)
            }
            _ if o.is_callable() => return Ok(None),
            _ => return object(cx, o, v),
        },
    }))
}

fn object(cx: Cx, o: &Obj, v: &Value) -> R<Option<Bson>> {
    if let Some(id) = id_of(v) {
        return Ok(Some(Bson::Id(id)));
    }
    if let Some(decimal) = o.payload::<Decimal>() {
        return Ok(Some(Bson::Decimal(decimal.0.clone())));
    }
    if let Some((_, regexp)) = puremix_js::regexp::as_regexp(v) {
        return Ok(Some(Bson::Regex(regexp.source.to_string(), regexp.program.flags.text())));
    }
    if let Some(doc) = o.payload::<Doc>() {
        // A document of its own inside another stands for its id: it was populated, or assigned to a reference.
        let inner = if doc.model.is_some() { member(cx, v, "_id")? } else { Value::Obj(doc.data()) };
        return to_bson(cx, &inner);
    }
    if let Some(bytes) = puremix_node::bytes_of(v) {
        return Ok(Some(Bson::Binary(bytes)));
    }
    let plain = member(cx, v, "toBSON")?;
    if plain.is_callable() {
        let plain = puremix_js::ops::call(cx, &plain, v, &[])?;
        return to_bson(cx, &plain);
    }
    Ok(Some(Bson::Object(to_map(cx, v)?)))
}

/// An object's members.
pub fn to_map(cx: Cx, v: &Value) -> R<Map> {
    let mut out = Map::default();
    for (name, value) in entries(cx, v)? {
        if let Some(value) = to_bson(cx, &value)? {
            out.0.push((name, value));
        }
    }
    Ok(out)
}

/// BSON as a value.
pub fn from_bson(cx: Cx, v: &Bson) -> Value {
    match v {
        Bson::Array(items) => array(cx, items.iter().map(|i| from_bson(cx, i)).collect()),
        Bson::Object(map) => from_map(cx, map).into(),
        scalar => scalar_value(cx, scalar),
    }
}

pub fn from_map(cx: Cx, map: &Map) -> Obj {
    let o = Obj::plain(cx);
    for (name, value) in map.iter() {
        put(cx, &o, name, from_bson(cx, value));
    }
    o
}

fn scalar_value(cx: Cx, v: &Bson) -> Value {
    match v {
        Bson::Bool(b) => Value::Bool(*b),
        Bson::Num(n) => Value::Num(*n),
        Bson::Long(n) => Value::from(puremix_value::BigInt::from(*n)),
        Bson::Str(s) => Value::str(s),
        Bson::Date(t) => puremix_js::date::new_date(cx, *t),
        Bson::Id(id) => new_id(cx, *id),
        Bson::Decimal(text) => new_decimal(cx, text.clone()),
        Bson::Binary(bytes) => puremix_node::new_buffer(cx, bytes.clone()).unwrap_or_default(),
        Bson::Regex(source, flags) => puremix_js::regex(cx, source, flags).unwrap_or_default(),
        _ => Value::Null,
    }
}

/// A stored document's text as an object, without a tree in between.
pub fn load(cx: Cx, text: &str) -> Option<Obj> {
    let mut reader = Reader::new(text);
    match value(cx, &mut reader, 0)? {
        Value::Obj(o) => Some(o),
        _ => None,
    }
}

fn value(cx: Cx, reader: &mut Reader<'_>, depth: usize) -> Option<Value> {
    if depth > 200 {
        return None;
    }
    match reader.peek()? {
        b'{' => {
            reader.take(b'{')?;
            let o = Obj::plain(cx);
            if reader.take(b'}').is_some() {
                return Some(o.into());
            }
            loop {
                reader.space();
                let name = reader.string()?;
                let key = cx.key_of(&name);
                reader.take(b':')?;
                let v = value(cx, reader, depth + 1)?;
                o.put(cx, &key, v);
                if reader.take(b',').is_none() {
                    return reader.take(b'}').map(|()| o.into());
                }
            }
        }
        b'[' => {
            reader.take(b'[')?;
            let mut items = vec![];
            if reader.take(b']').is_some() {
                return Some(array(cx, items));
            }
            loop {
                items.push(value(cx, reader, depth + 1)?);
                if reader.take(b',').is_none() {
                    return reader.take(b']').map(|()| array(cx, items));
                }
            }
        }
        _ => reader.scalar().map(|s| scalar_value(cx, &s)),
    }
}
