//! `KeyObject`, and what keys are made of: text, bytes, JWKs.

use super::key_parse::{self, Curve, PrivateKey, PublicKey, Secret};
use crate::support::{ClassDef, Functions, argument_type, class as make_class, coded, invalid_value, member, object, option, text_of};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL;
use puremix_value::{Args, Class, Cx, ErrorKind, Obj, Payload, R, Thrown, Value};
use std::cell::RefCell;
use std::rc::Rc;

/// A key.
#[derive(Debug, PartialEq)]
pub enum Key {
    Secret(Vec<u8>),
    Public(PublicKey),
    Private(PrivateKey),
}

struct KeyObject(Rc<Key>);

impl Payload for KeyObject {}

pub(super) const FUNCTIONS: Functions = &[
    ("createSecretKey", 2, |cx, a| {
        let bytes = match a.get(0) {
            Value::Str(_) => crate::buffer::data(cx, a.get(0), a.get(1), "key")?,
            v => crate::bytes_of(v)
                .ok_or_else(|| argument_type(cx, "key", "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView", v))?,
        };
        Ok(new_object(cx, Rc::new(Key::Secret(bytes))))
    }),
    ("createPrivateKey", 1, |cx, a| Ok(new_object(cx, private_key(cx, a.get(0))?))),
    ("createPublicKey", 1, |cx, a| Ok(new_object(cx, public_key(cx, a.get(0))?))),
];

/// A `KeyObject`.
pub fn new_object(cx: Cx, key: Rc<Key>) -> Value {
    Obj::native(cx, Some(class(cx).1), Class::Other, KeyObject(key)).into()
}

/// The key of a `KeyObject`.
pub fn key_of(v: &Value) -> Option<Rc<Key>> {
    v.as_obj().and_then(|o| o.payload::<KeyObject>()).map(|o| o.0.clone())
}

/// The bytes of a secret `KeyObject`.
pub(super) fn secret_of(v: &Value) -> Option<Vec<u8>> {
    match &*key_of(v)? {
        Key::Secret(bytes) => Some(bytes.clone()),
        Key::Public(_) | Key::Private(_) => None,
    }
}

/// What a key is read from.
enum Source {
    Key(Rc<Key>),
    Jwk(Value),
    Pem { text: Vec<u8>, passphrase: Option<Vec<u8>> },
    Der { bytes: Vec<u8>, kind: String, passphrase: Option<Vec<u8>> },
}

fn text_or_bytes(v: &Value) -> Option<Vec<u8>> {
    match v {
        Value::Str(s) => Some(s.as_utf8().as_bytes().to_vec()),
        v => crate::bytes_of(v),
    }
}

fn source(cx: Cx, v: &Value) -> R<Source> {
    if let Some(key) = key_of(v) {
        return Ok(Source::Key(key));
    }
    if let Some(text) = text_or_bytes(v) {
        return Ok(Source::Pem { text, passphrase: None });
    }
    let wrong = || argument_type(cx, "key", "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey", v);
    if !v.is_object() {
        return Err(wrong());
    }
    let (key, format) = (member(cx, v, "key")?, member(cx, v, "format")?);
    if let Some(key) = key_of(&key) {
        return Ok(Source::Key(key));
    }
    let format = if format.is_undefined() { "pem".to_owned() } else { text_of(cx, &format)? };
    if format == "jwk" {
        return if key.is_object() { Ok(Source::Jwk(key)) } else { Err(argument_type(cx, "key.key", "of type object", &key)) };
    }
    let Some(bytes) = text_or_bytes(&key) else { return Err(wrong()) };
    let passphrase = text_or_bytes(&option(cx, v, "passphrase")?);
    match format.as_str() {
        "pem" => Ok(Source::Pem { text: bytes, passphrase }),
        "der" => Ok(Source::Der { bytes, kind: text_of(cx, &member(cx, v, "type")?)?, passphrase }),
        _ => Err(invalid_value(cx, "options.format", &Value::str(&format), "is invalid")),
    }
}

/// OpenSSL's words for what it cannot read.
fn unreadable(cx: Cx) -> Thrown {
    coded(cx, ErrorKind::Error, "ERR_OSSL_UNSUPPORTED", "error:1E08010C:DECODER routines::unsupported")
}

/// PEM texts read lately. Reading and checking one costs more than a signature.
const REMEMBERED: usize = 8;

thread_local! {
    static READ: RefCell<Vec<(bool, Vec<u8>, Rc<Key>)>> = const { RefCell::new(Vec::new()) };
}

fn remembered(wants_private: bool, text: &[u8], read: impl FnOnce() -> Option<Key>) -> Option<Rc<Key>> {
    let known = READ.with_borrow(|list| list.iter().find(|(p, t, _)| *p == wants_private && t == text).map(|(_, _, key)| key.clone()));
    if known.is_some() {
        return known;
    }
    let key = Rc::new(read()?);
    READ.with_borrow_mut(|list| {
        if list.len() == REMEMBERED {
            list.remove(0);
        }
        list.push((wants_private, text.to_vec(), key.clone()));
    });
    Some(key)
}

/// `createPrivateKey`
pub fn private_key(cx: Cx, v: &Value) -> R<Rc<Key>> {
    let read = match source(cx, v)? {
        Source::Key(key) if matches!(&*key, Key::Private(_)) => Some(key),
        Source::Key(_) => return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", "Invalid key object type, expected private.")),
        Source::Jwk(jwk) => private_of_jwk(cx, &jwk)?.map(|key| Rc::new(Key::Private(key))),
        Source::Pem { text, passphrase: None } => remembered(true, &text, || key_parse::private_of_pem(&text, None).map(Key::Private)),
        Source::Pem { text, passphrase } => key_parse::private_of_pem(&text, passphrase.as_deref()).map(|key| Rc::new(Key::Private(key))),
        Source::Der { bytes, kind, passphrase } => key_parse::private_of_der(&bytes, &kind, passphrase.as_deref()).map(|key| Rc::new(Key::Private(key))),
    };
    read.ok_or_else(|| unreadable(cx))
}

/// `createPublicKey`: private keys and certificates have one too.
pub fn public_key(cx: Cx, v: &Value) -> R<Rc<Key>> {
    let read = match source(cx, v)? {
        Source::Key(key) => match &*key {
            Key::Private(private) => Some(Rc::new(Key::Public(private.public.clone()))),
            Key::Public(_) => Some(key),
            Key::Secret(_) => {
                let message = "Invalid key object type secret, expected private.";
                return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", message));
            }
        },
        Source::Jwk(jwk) => public_of_jwk(cx, &jwk)?.map(|key| Rc::new(Key::Public(key))),
        Source::Pem { text, passphrase: None } => remembered(false, &text, || key_parse::public_of_pem(&text, None).map(Key::Public)),
        Source::Pem { text, passphrase } => key_parse::public_of_pem(&text, passphrase.as_deref()).map(|key| Rc::new(Key::Public(key))),
        Source::Der { bytes, kind, passphrase } => key_parse::public_of_der(&bytes, &kind)
            .or_else(|| key_parse::private_of_der(&bytes, &kind, passphrase.as_deref()).map(|key| key.public))
            .map(|key| Rc::new(Key::Public(key))),
    };
    read.ok_or_else(|| unreadable(cx))
}

/// A number of a JWK.
fn number(cx: Cx, jwk: &Value, name: &str) -> R<Option<Vec<u8>>> {
    Ok(match member(cx, jwk, name)? {
        Value::Str(text) => BASE64_URL.decode(text.as_utf8().trim_end_matches('=')).ok().filter(|b| !b.is_empty()),
        _ => None,
    })
}

fn public_of_jwk(cx: Cx, jwk: &Value) -> R<Option<PublicKey>> {
    let trimmed = |bytes: Vec<u8>| bytes.into_iter().skip_while(|b| *b == 0).collect::<Vec<u8>>();
    match text_of(cx, &member(cx, jwk, "kty")?)?.as_str() {
        "RSA" => {
            let (Some(modulus), Some(exponent)) = (number(cx, jwk, "n")?, number(cx, jwk, "e")?) else { return Ok(None) };
            Ok(Some(PublicKey::Rsa { modulus: trimmed(modulus), exponent: trimmed(exponent), pss: None }))
        }
        "EC" => {
            let Some(curve) = Curve::of_jwk(&text_of(cx, &member(cx, jwk, "crv")?)?) else { return Ok(None) };
            let (Some(x), Some(y)) = (number(cx, jwk, "x")?, number(cx, jwk, "y")?) else { return Ok(None) };
            let fits = x.len() == curve.size() && y.len() == curve.size();
            Ok(fits.then(|| PublicKey::Ec { curve, point: [&[4], &x[..], &y[..]].concat() }))
        }
        _ => Ok(None),
    }
}

fn private_of_jwk(cx: Cx, jwk: &Value) -> R<Option<PrivateKey>> {
    let Some(public) = public_of_jwk(cx, jwk)? else { return Ok(None) };
    match &public {
        PublicKey::Rsa { .. } => {
            let mut numbers = Vec::new();
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                let Some(n) = number(cx, jwk, name)? else { return Ok(None) };
                numbers.push(n);
            }
            let numbers: Vec<&[u8]> = numbers.iter().map(Vec::as_slice).collect();
            Ok(<[&[u8]; 8]>::try_from(numbers).ok().and_then(key_parse::rsa_of_numbers))
        }
        PublicKey::Ec { curve, .. } => {
            let size = curve.size();
            let secret = number(cx, jwk, "d")?.filter(|d| d.len() == size);
            Ok(secret.map(|d| PrivateKey { secret: Secret::Ec(d), public }))
        }
        PublicKey::Other(_) => Ok(None),
    }
}

/// `KeyObject`: its constructor and prototype.
pub(super) fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("export", 1, export),
            ("equals", 1, |cx, a| {
                let key = this(cx, a)?;
                let Some(other) = key_of(a.get(0)) else { return Err(argument_type(cx, "otherKeyObject", "an instance of KeyObject", a.get(0))) };
                Ok(Value::Bool(key == other))
            }),
        ],
        getters: &[
            ("type", |cx, a| {
                Ok(Value::str(match &*this(cx, a)? {
                    Key::Secret(_) => "secret",
                    Key::Public(_) => "public",
                    Key::Private(_) => "private",
                }))
            }),
            ("symmetricKeySize", |cx, a| match &*this(cx, a)? {
                Key::Secret(bytes) => Ok(Value::num(bytes.len() as i32)),
                Key::Public(_) | Key::Private(_) => Ok(Value::Undefined),
            }),
            ("asymmetricKeyType", |cx, a| Ok(public_part(&*this(cx, a)?).map_or(Value::Undefined, |key| Value::str(key.kind())))),
            ("asymmetricKeyDetails", |cx, a| public_part(&*this(cx, a)?).map_or(Ok(Value::Undefined), |key| Ok(details(cx, key)))),
        ],
        statics: &[("from", 1, |cx, _| Err(coded(cx, ErrorKind::Type, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "KeyObject.from is not supported")))],
        ..ClassDef::new("KeyObject", 2, |cx, _| Err(cx.throw_error(ErrorKind::Type, "Illegal constructor")))
    };
    make_class(cx, &DEF, None)
}

fn this(cx: Cx, a: &Args<'_>) -> R<Rc<Key>> {
    key_of(a.this).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

/// The public part of an asymmetric key.
pub fn public_part(key: &Key) -> Option<&PublicKey> {
    match key {
        Key::Secret(_) => None,
        Key::Public(key) => Some(key),
        Key::Private(key) => Some(&key.public),
    }
}

fn details(cx: Cx, key: &PublicKey) -> Value {
    let o = Obj::plain(cx);
    let put = |name: &str, value: Value| o.put(cx, &cx.key_of(name), value);
    match key {
        PublicKey::Rsa { exponent, pss, .. } => {
            put("modulusLength", Value::Num(key.modulus_bits().unwrap_or(0) as f64));
            // Exponents in use fit 64 bits.
            let exponent = exponent.iter().fold(0u64, |n, d| n.wrapping_mul(256) + u64::from(*d));
            put("publicExponent", Value::BigInt(Rc::new(exponent.into())));
            if let Some(Some(params)) = pss {
                put("hashAlgorithm", Value::str(params.hash));
                put("mgf1HashAlgorithm", Value::str(params.mgf_hash));
                put("saltLength", Value::Num(f64::from(params.salt_length)));
            }
        }
        PublicKey::Ec { curve, .. } => put("namedCurve", Value::str(curve.name())),
        PublicKey::Other(_) => {}
    }
    o.into()
}

/// `export([{type, format}])`: secrets as bytes or JWK, public keys as SPKI or JWK.
fn export(cx: Cx, a: &Args<'_>) -> R {
    let key = this(cx, a)?;
    let format = option(cx, a.get(0), "format")?;
    let format = if format.is_undefined() { String::new() } else { text_of(cx, &format)? };
    let unsupported = || coded(cx, ErrorKind::Type, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "keys of this kind cannot be exported in this format in compiled programs");
    match (&*key, format.as_str()) {
        (Key::Secret(bytes), "jwk") => Ok(object_of(cx, [("kty", "oct".to_owned()), ("k", BASE64_URL.encode(bytes))])),
        (Key::Secret(bytes), _) => crate::new_buffer(cx, bytes.clone()),
        (Key::Public(PublicKey::Rsa { modulus, exponent, pss: None }), "jwk") => {
            Ok(object_of(cx, [("kty", "RSA".to_owned()), ("n", BASE64_URL.encode(modulus)), ("e", BASE64_URL.encode(exponent))]))
        }
        (Key::Public(PublicKey::Ec { curve, point }), "jwk") if point.len() == 2 * curve.size() + 1 => {
            let name = match curve {
                Curve::P256 => "P-256",
                Curve::P384 => "P-384",
                Curve::P521 => "P-521",
                Curve::K256 => "secp256k1",
            };
            let (x, y) = point[1..].split_at(curve.size());
            let encode = |n: &[u8]| BASE64_URL.encode(n);
            Ok(object_of(cx, [("kty", "EC".to_owned()), ("x", encode(x)), ("y", encode(y)), ("crv", name.to_owned())]))
        }
        (Key::Public(public), "pem" | "der") => {
            let bytes = public.spki().ok_or_else(unsupported)?;
            if format == "der" {
                return crate::new_buffer(cx, bytes);
            }
            let text = base64::prelude::BASE64_STANDARD.encode(bytes);
            let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            Ok(Value::from(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))))
        }
        _ => Err(unsupported()),
    }
}

fn object_of<const N: usize>(cx: Cx, members: [(&str, String); N]) -> Value {
    let o = object(cx, &[]);
    for (name, value) in members {
        o.put(cx, &cx.key_of(name), Value::from(value));
    }
    o.into()
}
