//! The global `crypto` (Web Cryptography API): random values, UUIDs, and digests.

use super::digest::Hasher;
use super::random::{get_random_values, uuid};
use crate::support::{ClassDef, class as make_class, coded, custom_inspection, member, text_of};
use puremix_js::builtins::typed;
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, ErrorKind, Intrinsic, Kind, Obj, R, Value};
use std::cell::OnceCell;

thread_local! {
    static CRYPTO: OnceCell<Obj> = const { OnceCell::new() };
}

/// `crypto`, one per isolate.
pub(super) fn object(cx: Cx) -> R {
    const CRYPTO_CLASS: ClassDef = ClassDef {
        methods: &[("getRandomValues", 1, get_random_values), ("randomUUID", 0, |cx, _| Ok(Value::from(uuid(cx)?)))],
        getters: &[("subtle", |cx, _| Ok(subtle(cx)))],
        ..ClassDef::new("Crypto", 0, illegal)
    };
    let known = CRYPTO.with(|slot| slot.get().cloned());
    if let Some(known) = known {
        return Ok(known.into());
    }
    let (_, proto) = make_class(cx, &CRYPTO_CLASS, None);
    crate::support::tag(cx, &proto, "Crypto");
    let made = Obj::with(cx, Some(proto), Kind::Plain);
    CRYPTO.with(|slot| drop(slot.set(made.clone())));
    Ok(made.into())
}

fn illegal(cx: Cx, _: &Args<'_>) -> R {
    Err(coded(cx, ErrorKind::Type, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor"))
}

fn subtle(cx: Cx) -> Value {
    const SUBTLE: ClassDef = ClassDef {
        methods: &[
            ("digest", 2, |cx, a| Ok(promise::promise_of(cx, digest(cx, a)))),
            ("encrypt", 3, unsupported),
            ("decrypt", 3, unsupported),
            ("sign", 3, unsupported),
            ("verify", 4, unsupported),
            ("generateKey", 3, unsupported),
            ("deriveKey", 5, unsupported),
            ("deriveBits", 3, unsupported),
            ("importKey", 5, unsupported),
            ("exportKey", 2, unsupported),
            ("wrapKey", 4, unsupported),
            ("unwrapKey", 7, unsupported),
        ],
        ..ClassDef::new("SubtleCrypto", 0, illegal)
    };
    let (_, proto) = make_class(cx, &SUBTLE, None);
    crate::support::tag(cx, &proto, "SubtleCrypto");
    Obj::with(cx, Some(proto), Kind::Plain).into()
}

fn unsupported(cx: Cx, a: &Args<'_>) -> R {
    let name = ops::get(cx, &Value::Obj(a.callee.clone()), puremix_value::well_known::NAME, 0)?;
    let message = format!("crypto.subtle.{} is not supported in compiled programs; node:crypto has ciphers, HMAC and key derivation", text_of(cx, &name)?);
    Err(coded(cx, ErrorKind::Type, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", &message))
}

fn digest(cx: Cx, a: &Args<'_>) -> R {
    let name = match a.get(0) {
        v @ Value::Obj(_) => text_of(cx, &member(cx, v, "name")?)?,
        v => text_of(cx, v)?,
    };
    let Some(mut hasher) = Hasher::hash(&name).filter(|_| name.to_ascii_uppercase().starts_with("SHA-")) else {
        return Err(crate::web::dom_exception::throw(cx, "Unrecognized algorithm name", "NotSupportedError"));
    };
    let Some(bytes) = crate::bytes_of(a.get(1)) else {
        return Err(crate::support::argument_type(cx, "data", "an instance of ArrayBuffer, Buffer, TypedArray, or DataView", a.get(1)));
    };
    hasher.update(&bytes);
    Ok(typed::new_buffer(cx, hasher.finish()).into())
}

/// Puts `crypto` on the global object.
pub(crate) fn install(cx: Cx) -> R<()> {
    let crypto = object(cx)?;
    custom_inspection(cx, &crypto.as_obj().and_then(Obj::proto).unwrap_or_else(|| cx.intrinsic(Intrinsic::ObjectPrototype)), |_, _| Ok(Value::str("Crypto {}")));
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, cx.key_of("crypto"), crypto);
    Ok(())
}
