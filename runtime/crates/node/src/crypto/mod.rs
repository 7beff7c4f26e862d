//! `node:crypto`: hashes, ciphers, key derivation, random numbers, over RustCrypto.

mod cipher;
mod der;
mod digest;
mod gcm;
mod hash;
mod kdf;
pub mod key_parse;
pub mod keys;
mod pem;
mod random;
mod web;

pub(crate) use web::install;

use crate::buffer::data;
use crate::support::{argument_type, coded, object, put_all, strings};
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "Cipheriv", "Decipheriv", "Hash", "Hmac", "KeyObject", "constants", "createCipheriv", "createDecipheriv", "createHash",
    "createHmac", "createPrivateKey", "createPublicKey", "createSecretKey", "default", "getCiphers", "getHashes",
    "getRandomValues", "hash", "hkdf", "hkdfSync", "pbkdf2", "pbkdf2Sync", "randomBytes", "randomFill", "randomFillSync", "randomInt", "randomUUID",
    "scrypt", "scryptSync", "subtle", "timingSafeEqual", "webcrypto",
];

pub(crate) const MISSING: &[&str] = &[
    "Certificate", "Cipher", "Decipher", "DiffieHellman", "DiffieHellmanGroup", "ECDH", "Sign", "Verify", "X509Certificate", "checkPrime",
    "checkPrimeSync", "createCipher", "createDecipher", "createDiffieHellman", "createDiffieHellmanGroup", "createECDH",
    "createSign", "createVerify", "diffieHellman", "generateKey", "generateKeyPair", "generateKeyPairSync",
    "generateKeySync", "generatePrime", "generatePrimeSync", "getCipherInfo", "getCurves", "getDiffieHellman", "getFips", "privateDecrypt",
    "privateEncrypt", "publicDecrypt", "publicEncrypt", "secureHeapUsed", "setEngine", "setFips", "sign", "verify",
];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("timingSafeEqual", 2, timing_safe_equal),
        ("getHashes", 0, |cx, _| Ok(strings(cx, digest::NAMES))),
        ("getCiphers", 0, |cx, _| Ok(strings(cx, cipher::NAMES))),
    ]);
    for functions in [hash::FUNCTIONS, cipher::FUNCTIONS, kdf::FUNCTIONS, keys::FUNCTIONS, random::FUNCTIONS] {
        crate::support::add(cx, &o, functions);
    }
    let (hash, hmac) = hash::classes(cx);
    let (cipher, decipher) = cipher::classes(cx);
    let webcrypto = web::object(cx)?;
    let subtle = ops::get_value(cx, &webcrypto, &cx.key_of("subtle"))?;
    put_all(cx, &o, [
        ("Hash", hash.into()),
        ("Hmac", hmac.into()),
        ("KeyObject", keys::class(cx).0.into()),
        ("Cipheriv", cipher.into()),
        ("Decipheriv", decipher.into()),
        ("webcrypto", webcrypto),
        ("subtle", subtle),
        ("constants", puremix_value::Obj::plain(cx).into()),
    ]);
    Ok(o.into())
}

/// A secret: text or bytes.
fn key_bytes(cx: Cx, v: &Value, name: &str) -> R<Vec<u8>> {
    match v {
        Value::Str(s) => Ok(s.as_utf8().as_bytes().to_vec()),
        v => crate::buffer::bytes_of(v).or_else(|| keys::secret_of(v)).ok_or_else(|| {
            let expected = if name == "key" {
                "of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey"
            } else {
                "of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView"
            };
            argument_type(cx, name, expected, v)
        }),
    }
}

/// Compares without stopping at the first difference.
fn timing_safe_equal(cx: Cx, a: &Args<'_>) -> R {
    let bytes = |i: usize, name: &str| match a.get(i) {
        v @ Value::Obj(_) => data(cx, v, &Value::Undefined, name),
        _ => {
            let message = format!("The \"{name}\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
            Err(coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", &message))
        }
    };
    let (x, y) = (bytes(0, "buf1")?, bytes(1, "buf2")?);
    if x.len() != y.len() {
        let message = "Input buffers must have the same byte length";
        return Err(coded(cx, ErrorKind::Range, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", message));
    }
    let difference = x.iter().zip(&y).fold(0, |d, (a, b)| d | std::hint::black_box(a ^ b));
    Ok(Value::Bool(difference == 0))
}
