//! `node:crypto`, the parts that apps reach for.

use crate::buffer::{data, encode, new_buffer};
use crate::digest::{Hasher, NAMES, pbkdf2};
use crate::support::{coded, member, object, string_argument};
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, HostObject, Obj, R, Value};
use std::any::Any;
use std::cell::RefCell;

pub(crate) const EXPORTS: &[&str] = &[
    "createHash", "createHmac", "default", "getHashes", "pbkdf2Sync", "randomBytes", "randomInt", "randomUUID", "scryptSync", "timingSafeEqual",
];

pub(crate) fn module(cx: Cx) -> R {
    Ok(Value::Obj(object(cx, &[
        ("randomUUID", 0, |cx, _| Ok(Value::str(&uuid(cx)?))),
        ("randomBytes", 1, |cx, a| {
            let size = ops::js_to_number(cx, a.get(0))?;
            if !(0.0..=2_147_483_647.0).contains(&size) {
                return Err(coded(cx, ErrorKind::Range, "ERR_OUT_OF_RANGE", "The value of \"size\" is out of range."));
            }
            let mut bytes = vec![0; size as usize];
            fill(cx, &mut bytes)?;
            new_buffer(cx, bytes)
        }),
        ("randomInt", 2, random_int),
        ("createHash", 1, |cx, a| {
            let name = string_argument(cx, a.get(0), "algorithm")?;
            match Hasher::hash(&name) {
                Some(hasher) => Ok(hash_object(cx, hasher)),
                None => Err(cx.throw_error(ErrorKind::Error, "Digest method not supported")),
            }
        }),
        ("createHmac", 2, |cx, a| {
            let name = string_argument(cx, a.get(0), "hmac")?;
            let key = data(cx, a.get(1), &Value::Undefined, "key")?;
            match Hasher::hmac(&name, &key) {
                Some(hasher) => Ok(hash_object(cx, hasher)),
                None => Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}"))),
            }
        }),
        ("getHashes", 0, |cx, _| Ok(Value::Obj(Obj::array(cx, NAMES.iter().map(|n| Value::str(n)).collect())))),
        ("timingSafeEqual", 2, timing_safe_equal),
        ("pbkdf2Sync", 5, |cx, a| {
            let (password, salt) = (data(cx, a.get(0), &Value::Undefined, "password")?, data(cx, a.get(1), &Value::Undefined, "salt")?);
            let (rounds, len) = (ops::js_to_number(cx, a.get(2))?, ops::js_to_number(cx, a.get(3))?);
            let name = string_argument(cx, a.get(4), "digest")?;
            if !(1.0..=2_147_483_647.0).contains(&rounds) || !(0.0..=2_147_483_647.0).contains(&len) {
                return Err(coded(cx, ErrorKind::Range, "ERR_OUT_OF_RANGE", "The value of \"iterations\" is out of range."));
            }
            let mut out = vec![0; len as usize];
            if !pbkdf2(&name, &password, &salt, rounds as u32, &mut out) {
                return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}")));
            }
            new_buffer(cx, out)
        }),
        ("scryptSync", 3, scrypt_sync),
    ])))
}

fn fill(cx: Cx, bytes: &mut [u8]) -> R<()> {
    getrandom::fill(bytes).map_err(|e| cx.throw_error(ErrorKind::Error, &format!("the system has no random numbers: {e}")))
}

/// A random (version 4) UUID.
fn uuid(cx: Cx) -> R<String> {
    let mut b = [0u8; 16];
    fill(cx, &mut b)?;
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex: String = b.iter().map(|x| format!("{x:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

fn random_int(cx: Cx, a: &Args<'_>) -> R {
    let (min, max) = match a.get(1) {
        Value::Num(_) => (ops::js_to_number(cx, a.get(0))?, ops::js_to_number(cx, a.get(1))?),
        _ => (0.0, ops::js_to_number(cx, a.get(0))?),
    };
    let range = max - min;
    if !(min.fract() == 0.0 && max.fract() == 0.0 && range > 0.0 && range < 281_474_976_710_656.0) {
        return Err(coded(cx, ErrorKind::Range, "ERR_OUT_OF_RANGE", "The value of \"max\" is out of range."));
    }
    let range = range as u64;
    // Draws beyond the last whole multiple of the range would favour small numbers.
    let limit = u64::MAX - u64::MAX % range;
    loop {
        let mut bytes = [0; 8];
        fill(cx, &mut bytes)?;
        let n = u64::from_le_bytes(bytes);
        if n < limit {
            return Ok(Value::Num(min + (n % range) as f64));
        }
    }
}

/// Compares without stopping at the first difference.
fn timing_safe_equal(cx: Cx, a: &Args<'_>) -> R {
    let (x, y) = (data(cx, a.get(0), &Value::Undefined, "buf1")?, data(cx, a.get(1), &Value::Undefined, "buf2")?);
    if x.len() != y.len() {
        let message = "Input buffers must have the same byte length";
        return Err(coded(cx, ErrorKind::Range, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", message));
    }
    let difference = x.iter().zip(&y).fold(0, |d, (a, b)| d | std::hint::black_box(a ^ b));
    Ok(Value::Bool(difference == 0))
}

fn scrypt_sync(cx: Cx, a: &Args<'_>) -> R {
    let (password, salt) = (data(cx, a.get(0), &Value::Undefined, "password")?, data(cx, a.get(1), &Value::Undefined, "salt")?);
    let len = ops::js_to_number(cx, a.get(2))?;
    let option = |names: [&str; 2], default: f64| -> R<f64> {
        for name in names {
            let v = member(cx, a.get(3), name)?;
            if !v.is_undefined() {
                return ops::js_to_number(cx, &v);
            }
        }
        Ok(default)
    };
    let cost = option(["N", "cost"], 16_384.0)?;
    let (r, p) = (option(["r", "blockSize"], 8.0)?, option(["p", "parallelization"], 1.0)?);
    let log = cost.log2();
    let memory = 128.0 * cost * r;
    let invalid = |cx: Cx| coded(cx, ErrorKind::Range, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params");
    if log.fract() != 0.0 || !(1.0..=24.0).contains(&log) || memory > option(["maxmem", "maxmem"], 33_554_432.0)? {
        return Err(invalid(cx));
    }
    let Ok(params) = scrypt::Params::new(log as u8, r as u32, p as u32, 32) else { return Err(invalid(cx)) };
    if !(0.0..=2_147_483_647.0).contains(&len) {
        return Err(invalid(cx));
    }
    let mut out = vec![0; len as usize];
    if !out.is_empty() && scrypt::scrypt(&password, &salt, &params, &mut out).is_err() {
        return Err(invalid(cx));
    }
    new_buffer(cx, out)
}

/// A `Hash` or `Hmac`: empty once its digest was taken.
struct Hash(RefCell<Option<Hasher>>);

impl HostObject for Hash {
    fn class_name(&self) -> &'static str {
        "Hash"
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn hash_object(cx: Cx, hasher: Hasher) -> Value {
    let o = Obj::host(cx, Some(cx.intrinsic(puremix_value::Intrinsic::ObjectPrototype)), Hash(RefCell::new(Some(hasher))));
    o.put_hidden(cx, cx.key_of("update"), ops::native(cx, "update", 2, |cx, a| {
        let bytes = data(cx, a.get(0), a.get(1), "data")?;
        with_hash(cx, a, |h| {
            if let Some(h) = h {
                h.update(&bytes);
            }
        })?;
        Ok(a.this.clone())
    }));
    o.put_hidden(cx, cx.key_of("digest"), ops::native(cx, "digest", 1, |cx, a| {
        let bytes = with_hash(cx, a, |h| h.take().map(Hasher::finish))?.unwrap_or_default();
        match a.get(0) {
            Value::Undefined => new_buffer(cx, bytes),
            encoding => Ok(Value::Str(encode(cx, &bytes, encoding)?)),
        }
    }));
    Value::Obj(o)
}

fn with_hash<T>(cx: Cx, a: &Args<'_>, f: impl FnOnce(&mut Option<Hasher>) -> T) -> R<T> {
    let Some(hash) = a.this.as_obj().and_then(|o| o.host_data::<Hash>()) else {
        return Err(cx.throw_error(ErrorKind::Type, "Illegal invocation"));
    };
    let mut hasher = hash.0.borrow_mut();
    if hasher.is_none() {
        return Err(coded(cx, ErrorKind::Error, "ERR_CRYPTO_HASH_FINALIZED", "Digest already called"));
    }
    Ok(f(&mut hasher))
}
