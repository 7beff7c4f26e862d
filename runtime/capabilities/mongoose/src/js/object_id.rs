//! `ObjectId`, and the other BSON classes: `Decimal128`.

use super::errors;
use super::support::*;
use crate::doc::json::{hex, parse_hex};
use puremix_js::ops;
use puremix_node::capability::custom_inspection;
use puremix_value::{Args, Class, Cx, Obj, Payload, R, Value};
use std::cell::Cell;

/// The 12 bytes.
pub struct Id(pub [u8; 12]);
impl Payload for Id {}

/// The text of a `Decimal128`.
pub struct Decimal(pub String);
impl Payload for Decimal {}

thread_local! {
    /// Five random bytes of this process, and a counter.
    static UNIQUE: Cell<Option<[u8; 5]>> = const { Cell::new(None) };
    static COUNTER: Cell<u32> = const { Cell::new(0) };
}

/// A fresh id: seconds, random bytes of the process, counter.
pub fn generate() -> [u8; 12] {
    generate_at((puremix_js::date::now() / 1000.0) as u32)
}

fn generate_at(seconds: u32) -> [u8; 12] {
    let unique = UNIQUE.get().unwrap_or_else(|| {
        let mut bytes = [0; 5];
        // Without randomness the counter still tells ids of this process apart.
        let _ = getrandom::fill(&mut bytes);
        UNIQUE.set(Some(bytes));
        COUNTER.set(getrandom::u32().unwrap_or(0) & 0x00FF_FFFF);
        bytes
    });
    let n = COUNTER.get();
    COUNTER.set((n + 1) & 0x00FF_FFFF);
    let mut id = [0; 12];
    id[..4].copy_from_slice(&seconds.to_be_bytes());
    id[4..9].copy_from_slice(&unique);
    id[9..].copy_from_slice(&n.to_be_bytes()[1..]);
    id
}

pub fn new_id(cx: Cx, bytes: [u8; 12]) -> Value {
    Obj::native(cx, Some(id_class(cx).1), Class::Other, Id(bytes)).into()
}

pub fn id_of(v: &Value) -> Option<[u8; 12]> {
    v.as_obj().and_then(|o| o.payload::<Id>()).map(|id| id.0)
}

/// What `new ObjectId(v)` takes.
pub fn parse_id(cx: Cx, v: &Value) -> R<Option<[u8; 12]>> {
    if let Some(id) = id_of(v) {
        return Ok(Some(id));
    }
    Ok(match v {
        Value::Str(s) => parse_hex(s.as_str()),
        Value::Obj(o) => {
            if let Some(bytes) = puremix_node::bytes_of(v) {
                return Ok(bytes.try_into().ok());
            }
            if o.payload::<super::document::Doc>().is_some() {
                let id = member(cx, v, "_id")?;
                return Ok(id_of(&id).or_else(|| id.as_str().and_then(|s| parse_hex(s.as_str()))));
            }
            let hex = member(cx, v, "toHexString")?;
            if hex.is_callable() {
                let text = ops::call(cx, &hex, v, &[])?;
                return Ok(text.as_str().and_then(|s| parse_hex(s.as_str())));
            }
            let id = member(cx, v, "_id")?;
            if id_of(&id).is_some() || id.as_str().is_some() {
                return Ok(id_of(&id).or_else(|| id.as_str().and_then(|s| parse_hex(s.as_str()))));
            }
            None
        }
        _ => None,
    })
}

fn this(cx: Cx, a: &Args<'_>) -> R<[u8; 12]> {
    id_of(a.this).ok_or_else(|| type_error(cx, "this is no ObjectId"))
}

fn text(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::from(hex(&this(cx, a)?)))
}

pub fn id_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef {
        name: "ObjectId",
        length: 1,
        code: |cx, a| {
            let bytes = match a.get(0) {
                Value::Undefined | Value::Null => generate(),
                Value::Num(n) => generate_at(*n as u32),
                v => match parse_id(cx, v)? {
                    Some(bytes) => bytes,
                    None => return Err(errors::throw(cx, "BSONError", "input must be a 24 character hex string, 12 byte Uint8Array, or an integer")),
                },
            };
            let proto = if a.is_construct() { proto_of_new(cx, a)? } else { id_class(cx).1 };
            Ok(Obj::native(cx, Some(proto), Class::Other, Id(bytes)).into())
        },
        methods: &[
            ("toString", 1, |cx, a| match a.get(0).as_str().map(|s| s.as_str().to_owned()).as_deref() {
                Some("base64") => Ok(Value::from(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, this(cx, a)?))),
                _ => text(cx, a),
            }),
            ("toHexString", 0, text),
            ("toJSON", 0, text),
            ("equals", 1, |cx, a| {
                let id = this(cx, a)?;
                let other = match a.get(0) {
                    Value::Str(s) => parse_hex(&s.as_str().to_ascii_lowercase()),
                    v => id_of(v),
                };
                Ok(Value::Bool(other == Some(id)))
            }),
            ("getTimestamp", 0, |cx, a| {
                let id = this(cx, a)?;
                Ok(puremix_js::date::new_date(cx, f64::from(u32::from_be_bytes([id[0], id[1], id[2], id[3]])) * 1000.0))
            }),
        ],
        accessors: &[],
        getters: &[
            ("_id", |_, a| Ok(a.this.clone())),
            ("id", |cx, a| puremix_node::new_buffer(cx, this(cx, a)?.to_vec())),
            ("_bsontype", |_, _| Ok(Value::str("ObjectId"))),
        ],
        statics: &[
            ("isValid", 1, |cx, a| Ok(Value::Bool(is_valid(cx, a.get(0))?))),
            ("createFromHexString", 1, |cx, a| match a.get(0).as_str().and_then(|s| parse_hex(s.as_str())) {
                Some(id) => Ok(new_id(cx, id)),
                None => Err(errors::throw(cx, "BSONError", "hex string must be 24 characters")),
            }),
            ("createFromTime", 1, |cx, a| {
                let mut id = [0; 12];
                id[..4].copy_from_slice(&(a.get(0).as_num().unwrap_or(0.0) as u32).to_be_bytes());
                Ok(new_id(cx, id))
            }),
        ],
    };
    let fresh = class(cx, &DEF, None);
    if fresh.1.get_own(cx, &symbol("furnished")).is_none() {
        fresh.1.put_hidden(cx, symbol("furnished"), true);
        custom_inspection(cx, &fresh.1, |cx, a| Ok(Value::from(inspected(hex(&this(cx, a)?)))));
    }
    fresh
}

/// How the `bson` package shows an id.
fn inspected(hex: String) -> puremix_value::Str {
    puremix_value::Str::from(format!("new ObjectId('{hex}')"))
}

/// `mongoose.isValidObjectId`: what can be cast.
pub fn is_valid(cx: Cx, v: &Value) -> R<bool> {
    Ok(match v {
        Value::Num(n) => n.fract() == 0.0,
        v => parse_id(cx, v)?.is_some(),
    })
}

pub fn new_decimal(cx: Cx, text: String) -> Value {
    Obj::native(cx, Some(decimal_class(cx).1), Class::Other, Decimal(text)).into()
}

pub fn decimal_class(cx: Cx) -> ClassPair {
    const TEXT: puremix_value::Code = |cx, a| match a.this.as_obj().and_then(|o| o.payload::<Decimal>()) {
        Some(d) => Ok(Value::str(&d.0)),
        None => Err(type_error(cx, "this is no Decimal128")),
    };
    const DEF: ClassDef = ClassDef {
        name: "Decimal128",
        length: 1,
        code: |cx, a| {
            let text = text_of(cx, a.get(0))?;
            if text.parse::<f64>().is_err() {
                return Err(errors::throw(cx, "BSONError", &format!("{text} is not a valid Decimal128 string")));
            }
            Ok(new_decimal(cx, text))
        },
        methods: &[("toString", 0, TEXT), ("toJSON", 0, |cx, a| {
            let o = Obj::plain(cx);
            put(cx, &o, "$numberDecimal", TEXT(cx, a)?);
            Ok(o.into())
        })],
        accessors: &[],
        getters: &[("_bsontype", |_, _| Ok(Value::str("Decimal128")))],
        statics: &[("fromString", 1, |cx, a| Ok(new_decimal(cx, text_of(cx, a.get(0))?)))],
    };
    let fresh = class(cx, &DEF, None);
    if fresh.1.get_own(cx, &symbol("furnished")).is_none() {
        fresh.1.put_hidden(cx, symbol("furnished"), true);
        custom_inspection(cx, &fresh.1, |cx, a| Ok(Value::from(format!("new Decimal128('{}')", text_of(cx, a.this)?))));
    }
    fresh
}
