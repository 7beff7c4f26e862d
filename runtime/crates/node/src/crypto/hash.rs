//! `createHash`, `createHmac` and `hash`.

use super::digest::Hasher;
use super::key_bytes;
use crate::buffer::{data, encode, new_buffer};
use crate::support::{ClassDef, Functions, argument_type, class as make_class, coded, string_argument};
use puremix_value::{Args, Class, Cx, ErrorKind, Obj, Payload, R, Value};
use std::cell::RefCell;

/// Empty once the digest was taken.
struct Hash {
    state: RefCell<Option<Hasher>>,
    is_hmac: bool,
}

impl Payload for Hash {}

pub(super) const FUNCTIONS: Functions = &[
    ("createHash", 2, |cx, a| {
        let (ctor, _) = classes(cx);
        puremix_js::ops::construct(cx, &ctor.into(), a.args)
    }),
    ("createHmac", 3, |cx, a| {
        let (_, ctor) = classes(cx);
        puremix_js::ops::construct(cx, &ctor.into(), a.args)
    }),
    ("hash", 3, |cx, a| {
        let mut hasher = hasher(cx, a.get(0))?;
        hasher.update(&data(cx, a.get(1), &Value::Undefined, "input")?);
        match a.get(2) {
            Value::Undefined => Ok(Value::Str(encode(cx, &hasher.finish(), &Value::str("hex"))?)),
            encoding => output(cx, hasher.finish(), encoding),
        }
    }),
];

/// Bytes, or text of an encoding.
pub(super) fn output(cx: Cx, bytes: Vec<u8>, encoding: &Value) -> R {
    match encoding {
        Value::Str(name) if name.as_utf8() != "buffer" => Ok(Value::Str(encode(cx, &bytes, encoding)?)),
        _ => new_buffer(cx, bytes),
    }
}

fn hasher(cx: Cx, name: &Value) -> R<Hasher> {
    let name = string_argument(cx, name, "algorithm")?;
    Hasher::hash(&name).ok_or_else(|| cx.throw_error(ErrorKind::Error, "Digest method not supported"))
}

/// `Hash` and `Hmac`.
pub(super) fn classes(cx: Cx) -> (Obj, Obj) {
    const METHODS: Functions = &[("update", 2, update), ("digest", 1, digest), ("copy", 1, |cx, a| {
        let hash = this(cx, a)?;
        let state = hash.state.borrow().clone();
        if state.is_none() {
            return Err(finalized(cx));
        }
        let copy = Hash { state: RefCell::new(state), is_hmac: hash.is_hmac };
        Ok(Obj::native(cx, a.this.as_obj().and_then(Obj::proto), Class::Other, copy).into())
    })];
    const HASH: ClassDef = ClassDef {
        methods: METHODS,
        ..ClassDef::new("Hash", 2, |cx, a| {
            let hasher = hasher(cx, a.get(0))?;
            let proto = puremix_js::ops::proto_for_object(cx, a.new_target, a.callee)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Hash { state: RefCell::new(Some(hasher)), is_hmac: false }).into())
        })
    };
    const HMAC: ClassDef = ClassDef {
        methods: METHODS,
        ..ClassDef::new("Hmac", 3, |cx, a| {
            let name = string_argument(cx, a.get(0), "hmac")?;
            let key = key_bytes(cx, a.get(1), "key")?;
            let Some(hasher) = Hasher::hmac(&name, &key) else {
                return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}")));
            };
            let proto = puremix_js::ops::proto_for_object(cx, a.new_target, a.callee)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Hash { state: RefCell::new(Some(hasher)), is_hmac: true }).into())
        })
    };
    (make_class(cx, &HASH, None).0, make_class(cx, &HMAC, None).0)
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Hash> {
    a.this.as_obj().and_then(|o| o.payload::<Hash>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn finalized(cx: Cx) -> puremix_value::Thrown {
    coded(cx, ErrorKind::Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called")
}

fn update(cx: Cx, a: &Args<'_>) -> R {
    let hash = this(cx, a)?;
    let bytes = match a.get(0) {
        v @ (Value::Str(_) | Value::Obj(_)) => data(cx, v, a.get(1), "data")?,
        v => return Err(argument_type(cx, "data", "of type string or an instance of Buffer, TypedArray, or DataView", v)),
    };
    match &mut *hash.state.borrow_mut() {
        Some(hasher) => hasher.update(&bytes),
        None => return Err(finalized(cx)),
    }
    Ok(a.this.clone())
}

fn digest(cx: Cx, a: &Args<'_>) -> R {
    let hash = this(cx, a)?;
    let state = hash.state.borrow_mut().take();
    match state {
        Some(hasher) => output(cx, hasher.finish(), a.get(0)),
        // A second digest of an HMAC is empty, of a hash an error, as in Node.
        None if hash.is_hmac => output(cx, vec![], a.get(0)),
        None => Err(finalized(cx)),
    }
}
