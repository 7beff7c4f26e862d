//! Casting: any value to a path's type, or a `CastError`.

use super::types::{Kind, PathType};
use crate::js::document::{self, Doc};
use crate::js::errors::{self, Cast};
use crate::js::object_id::{id_of, new_decimal, new_id, parse_id};
use crate::js::support::*;
use puremix_js::ops;
use puremix_value::{Cx, Intrinsic, Kind as ObjectKind, MapData, Obj, R, Slots, Thrown, Value};
use std::rc::Rc;

/// For whom a value is cast.
#[derive(Clone, Copy)]
pub struct For<'a> {
    /// The path in its document, for errors.
    pub path: &'a str,
    /// The document that holds the value.
    pub owner: Option<&'a Obj>,
    /// The value comes from the database: no setters run, documents are not new.
    pub loading: bool,
    /// Named in errors of queries.
    pub model: Option<&'a str>,
}

fn refuse(cx: Cx, ty: &PathType, value: &Value, to: For<'_>, kind: &str, because: Option<&str>) -> Thrown {
    let format = ty.cast_message.clone();
    let error = errors::cast_error(cx, &Cast { kind, value, path: to.path, because, format, model: to.model });
    cx.throw(error.into())
}

/// Runs setters, then casts.
pub fn set(cx: Cx, ty: &PathType, value: &Value, to: For<'_>) -> R {
    let given = value;
    let mut value = given.clone();
    if !to.loading {
        let this = to.owner.map_or(Value::Undefined, |o| Value::Obj(o.clone()));
        for f in ty.setters.iter().rev() {
            value = match ops::call(cx, f, &this, &[value]) {
                Ok(value) => value,
                // To a document, a setter that throws is a value that cannot be cast.
                Err(_) if to.owner.is_some() => {
                    let error = cx.take_exception();
                    let class = text_of(cx, &option(cx, &error, "name")?)?;
                    let because = Some(class.as_str()).filter(|name| !matches!(*name, "Error" | "AssertionError" | "undefined"));
                    return Err(refuse(cx, ty, given, to, ty.kind.name(), because));
                }
                Err(thrown) => return Err(thrown),
            };
        }
    }
    cast(cx, ty, &value, to)
}

/// Casts a value to a type.
pub fn cast(cx: Cx, ty: &PathType, value: &Value, to: For<'_>) -> R {
    if value.is_nullish() {
        return Ok(value.clone());
    }
    match &ty.kind {
        Kind::String => {
            let text = cast_string(cx, ty, value, to)?;
            Ok(match (&text, to.loading) {
                (Value::Str(s), false) if ty.trim || ty.lowercase || ty.uppercase => Value::from(folded(ty, s.as_str())),
                _ => text,
            })
        }
        Kind::Number => {
            let n = match value {
                Value::Num(n) => *n,
                Value::Str(s) if s.is_empty() => return Ok(Value::Null),
                Value::Str(_) | Value::Bool(_) => ops::js_to_number(cx, value)?,
                Value::BigInt(_) => return Err(refuse(cx, ty, value, to, "Number", Some("TypeError"))),
                Value::Obj(o) if o.payload::<crate::js::object_id::Decimal>().is_some() => puremix_js::str_to_num(&text_of(cx, value)?),
                Value::Obj(o) if !o.is_array() && !o.is_callable() => {
                    let id = member(cx, value, "_id")?;
                    if !id.is_nullish() && (is_plain(cx, value) || o.payload::<Doc>().is_some()) {
                        return cast(cx, ty, &id, to);
                    }
                    let plain = invoke(cx, value, "valueOf", &[])?;
                    if plain.is_object() { f64::NAN } else { ops::js_to_number(cx, &plain)? }
                }
                _ => f64::NAN,
            };
            if n.is_nan() { Err(refuse(cx, ty, value, to, "Number", None)) } else { Ok(Value::Num(n)) }
        }
        Kind::Boolean => {
            let known = match value {
                Value::Bool(b) => Some(*b),
                Value::Num(n) if *n == 1.0 => Some(true),
                Value::Num(n) if *n == 0.0 => Some(false),
                Value::Str(s) => match s.as_str() {
                    "true" | "1" | "yes" => Some(true),
                    "false" | "0" | "no" => Some(false),
                    _ => None,
                },
                _ => None,
            };
            known.map(Value::Bool).ok_or_else(|| refuse(cx, ty, value, to, "Boolean", Some("CastError")))
        }
        Kind::Date => {
            let t = match value {
                Value::Obj(o) => match o.kind() {
                    ObjectKind::Date(t) if !t.get().is_nan() => return Ok(value.clone()),
                    ObjectKind::Date(_) => f64::NAN,
                    _ => {
                        let plain = if o.is_callable() { Value::Undefined } else { invoke(cx, value, "valueOf", &[])? };
                        match plain {
                            Value::Num(n) => n,
                            Value::Obj(_) => parse_date(ops::js_to_string(cx, &plain)?.as_str()),
                            _ => f64::NAN,
                        }
                    }
                },
                Value::Str(s) if s.is_empty() => return Ok(Value::Null),
                Value::Num(n) => puremix_js::date::time_clip(*n),
                Value::Str(s) => {
                    let n = puremix_js::str_to_num(s.as_str());
                    if n >= 275_761.0 || n < -271_820.0 { puremix_js::date::time_clip(n) } else { parse_date(s.as_str()) }
                }
                _ => f64::NAN,
            };
            if t.is_nan() { Err(refuse(cx, ty, value, to, "date", None)) } else { Ok(puremix_js::date::new_date(cx, t)) }
        }
        Kind::ObjectId => {
            if id_of(value).is_some() || (value.as_obj().is_some_and(|o| o.payload::<Doc>().is_some()) && (ty.reference.is_some() || ty.ref_path.is_some())) {
                return Ok(value.clone());
            }
            let text = match value {
                Value::Num(_) | Value::Bool(_) => None,
                value => parse_id(cx, value)?,
            };
            text.map(|id| new_id(cx, id)).ok_or_else(|| refuse(cx, ty, value, to, "ObjectId", Some("BSONError")))
        }
        Kind::Buffer => match value {
            v if puremix_node::bytes_of(v).is_some() => Ok(value.clone()),
            Value::Str(s) => puremix_node::new_buffer(cx, s.as_utf8().as_bytes().to_vec()),
            v if is_array(v) => puremix_node::new_buffer(cx, bytes_of_elements(cx, &elements(v))?),
            Value::Num(n) => puremix_node::new_buffer(cx, vec![n.rem_euclid(256.0) as u8]),
            v => {
                // What `toJSON` of a buffer gives.
                let data = member(cx, v, "data")?;
                if is_array(&data) {
                    return puremix_node::new_buffer(cx, bytes_of_elements(cx, &elements(&data))?);
                }
                Err(refuse(cx, ty, value, to, "Buffer", None))
            }
        },
        Kind::Decimal128 => match value {
            Value::Obj(o) if o.payload::<crate::js::object_id::Decimal>().is_some() => Ok(value.clone()),
            Value::Obj(_) => {
                let text = member(cx, value, "$numberDecimal")?;
                match text.as_str() {
                    Some(text) => Ok(new_decimal(cx, text.to_string())),
                    None => Err(refuse(cx, ty, value, to, "Decimal128", None)),
                }
            }
            Value::Bool(_) | Value::Sym(_) => Err(refuse(cx, ty, value, to, "Decimal128", None)),
            other => {
                let text = text_of(cx, other)?;
                if text.parse::<f64>().is_ok() { Ok(new_decimal(cx, text)) } else { Err(refuse(cx, ty, value, to, "Decimal128", Some("BSONError"))) }
            }
        },
        Kind::BigInt => match value {
            Value::BigInt(_) => Ok(value.clone()),
            Value::Num(n) if n.fract() == 0.0 => Ok(Value::from(puremix_value::BigInt::from(*n as i64))),
            Value::Num(_) => Err(refuse(cx, ty, value, to, "BigInt", Some("RangeError"))),
            Value::Str(s) if s.is_empty() => Ok(Value::Null),
            Value::Str(_) => ops::to_big_int(cx, value).map(Value::from).map_err(|_| {
                cx.take_exception();
                refuse(cx, ty, value, to, "BigInt", Some("SyntaxError"))
            }),
            _ => Err(refuse(cx, ty, value, to, "BigInt", None)),
        },
        Kind::Mixed => match value {
            // A document among free values is stored as what it holds.
            Value::Obj(o) if o.payload::<Doc>().is_some() => invoke(cx, value, "toObject", &[]),
            _ => Ok(value.clone()),
        },
        Kind::Map(of) => cast_map(cx, ty, of, value, to),
        Kind::Array(_) | Kind::Documents(_) => cast_array(cx, ty, value, to),
        Kind::Document(schema) => cast_document(cx, ty, schema, value, to),
    }
}

fn parse_date(text: &str) -> f64 {
    puremix_js::date::parse_date(text, &puremix_js::date::local_to_utc)
}

/// The bytes of an array of numbers, as `Buffer.from` takes them.
fn bytes_of_elements(cx: Cx, values: &[Value]) -> R<Vec<u8>> {
    values.iter().map(|v| Ok(if v.is_undefined() { 0 } else { puremix_js::js_to_number(cx, v)?.rem_euclid(256.0) as u8 })).collect()
}

fn cast_string(cx: Cx, ty: &PathType, value: &Value, to: For<'_>) -> R {
    match value {
        Value::Str(_) => Ok(value.clone()),
        Value::Sym(_) => Err(refuse(cx, ty, value, to, "string", None)),
        Value::Obj(o) if o.is_array() => Err(refuse(cx, ty, value, to, "string", None)),
        Value::Obj(_) => {
            let id = member(cx, value, "_id")?;
            if id.as_str().is_some_and(|s| !s.is_empty()) {
                return Ok(id);
            }
            let to_string = member(cx, value, "toString")?;
            let default = member(cx, &cx.intrinsic(Intrinsic::ObjectPrototype).into(), "toString")?;
            if !to_string.is_callable() || ops::js_strict_eq(&to_string, &default) {
                return Err(refuse(cx, ty, value, to, "string", None));
            }
            Ok(Value::Str(ops::js_to_string(cx, &ops::call(cx, &to_string, value, &[])?)?))
        }
        value => Ok(Value::Str(ops::js_to_string(cx, value)?)),
    }
}

fn folded(ty: &PathType, text: &str) -> String {
    let mut text = if ty.trim { text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned() } else { text.to_owned() };
    if ty.lowercase {
        text = text.to_lowercase();
    }
    if ty.uppercase {
        text = text.to_uppercase();
    }
    text
}

fn cast_map(cx: Cx, ty: &PathType, of: &Rc<PathType>, value: &Value, to: For<'_>) -> R {
    let pairs: Vec<(Value, Value)> = match value.as_obj().map(Obj::kind) {
        Some(ObjectKind::Map(map)) => {
            let (mut cursor, mut pairs) = (puremix_value::Cursor::default(), vec![]);
            while let Some(pair) = map.next_at(&mut cursor) {
                pairs.push(pair);
            }
            pairs
        }
        Some(ObjectKind::Plain) => entries(cx, value)?.into_iter().map(|(n, v)| (Value::from(n), v)).collect(),
        _ => return Err(refuse(cx, ty, value, to, "Map", Some("TypeError"))),
    };
    let map = MapData::new();
    for (key, item) in pairs {
        let name = text_of(cx, &key)?;
        if name.starts_with('$') || name.contains('.') {
            return Err(errors::throw(cx, "MongooseError", &format!("Mongoose maps do not support keys that contain \".\", got \"{name}\"")));
        }
        let path = format!("{}.{name}", to.path);
        map.set(Value::from(name), set(cx, of, &item, For { path: &path, ..to })?);
    }
    Ok(Obj::with(cx, Some(cx.intrinsic(Intrinsic::MapPrototype)), ObjectKind::Map(Box::new(map))).into())
}

/// An array of cast elements, with the methods that cast what is added.
fn cast_array(cx: Cx, ty: &PathType, value: &Value, to: For<'_>) -> R {
    let items = match value {
        v if is_array(v) => elements(v),
        Value::Obj(o) if matches!(ty.kind, Kind::Array(_)) && matches!(o.kind(), ObjectKind::Set(_)) => ops::iter_to_vec(cx, value)?,
        one => vec![one.clone()],
    };
    let mut out = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let cast = cast_among(cx, ty, item, i, Some((&out, &items)), to)?;
        out.push(cast);
    }
    Ok(new_array(cx, ty, out, to.owner))
}

/// One element of an array.
pub fn cast_element(cx: Cx, ty: &PathType, item: &Value, i: usize, to: For<'_>) -> R {
    cast_among(cx, ty, item, i, None, to)
}

/// One element, with those before it that are cast and all as they were, for the message.
fn cast_among(cx: Cx, ty: &PathType, item: &Value, i: usize, all: Option<(&[Value], &[Value])>, to: For<'_>) -> R {
    match &ty.kind {
        Kind::Documents(schema) => {
            let path = format!("{}.{i}", to.path);
            match item {
                // What is falsy stays.
                item if !truthy(item) => Ok(item.clone()),
                Value::Obj(o) if !o.is_array() && !o.is_callable() => document::subdocument(cx, schema, item, to.owner, &path, to.loading),
                item => {
                    let error = errors::cast_error(cx, &Cast { kind: "embedded", value: item, path: to.path, because: Some("ObjectParameterError"), format: None, model: to.model });
                    Err(cx.throw(error.into()))
                }
            }
        }
        Kind::Array(of) => {
            let path = format!("{}.{i}", to.path);
            match &of.kind {
                Kind::Mixed => Ok(item.clone()),
                _ => set(cx, of, item, For { path: &path, ..to }).map_err(|thrown| {
                    let shown = all.map_or_else(|| vec![item.clone()], |(cast, items)| cast.iter().chain(&items[i..]).cloned().collect());
                    whole_array(cx, of, shown, i, to, thrown)
                }),
            }
        }
        _ => Ok(item.clone()),
    }
}

/// mongoose names the array's element type: `Cast to [Number] failed`.
fn whole_array(cx: Cx, of: &PathType, items: Vec<Value>, i: usize, to: For<'_>, thrown: Thrown) -> Thrown {
    let error = cx.take_exception();
    if class_name(cx, &error) != "CastError" {
        return cx.throw(error);
    }
    let _ = thrown;
    let kind = format!("[{}]", match of.kind {
        Kind::String => "string",
        Kind::Date => "date",
        _ => of.kind.name(),
    });
    // The value is told as text.
    let wrapped = Value::from(puremix_js::inspect(cx, &array(cx, items)));
    let error = errors::cast_error(cx, &Cast { kind: &kind, value: &wrapped, path: &format!("{}.{i}", to.path), because: Some("CastError"), format: of.cast_message.clone(), model: to.model });
    cx.throw(error.into())
}

/// An array with mongoose's methods, which belongs to a document.
pub fn new_array(cx: Cx, ty: &PathType, items: Vec<Value>, owner: Option<&Obj>) -> Value {
    let proto = document::array_proto(cx, matches!(ty.kind, Kind::Documents(_)));
    let o = Obj::with(cx, Some(proto), ObjectKind::Array(Slots::new(items)));
    document::tie_array(cx, &o, ty, owner);
    o.into()
}

fn cast_document(cx: Cx, ty: &PathType, schema: &Rc<super::Schema>, value: &Value, to: For<'_>) -> R {
    match value {
        Value::Obj(o) if !o.is_array() && !o.is_callable() => document::subdocument(cx, schema, value, to.owner, to.path, to.loading),
        value => Err(refuse(cx, ty, value, to, "Embedded", Some("ObjectExpectedError"))),
    }
}
