//! Key derivation: PBKDF2, scrypt and HKDF, on this thread or another.

use super::digest::{hkdf, pbkdf2};
use super::key_bytes;
use crate::buffer::new_buffer;
use crate::host::{FileAnswer, FileError};
use crate::support::{Functions, coded, function_argument, host, integer_argument, member, string_argument};
use puremix_js::builtins::typed;
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, ErrorKind, R, Value};

/// Work that can leave the thread.
type Work = Box<dyn FnOnce() -> Vec<u8> + Send>;

pub(super) const FUNCTIONS: Functions = &[
    ("pbkdf2Sync", 5, |cx, a| new_buffer(cx, plan_pbkdf2(cx, a)?())),
    ("pbkdf2", 6, |cx, a| later(cx, a.get(5), plan_pbkdf2(cx, a)?, new_buffer)),
    ("scryptSync", 3, |cx, a| new_buffer(cx, plan_scrypt(cx, a, a.get(3))?())),
    ("scrypt", 3, |cx, a| {
        let (options, callback) = if a.get(3).is_callable() { (&Value::Undefined, a.get(3)) } else { (a.get(3), a.get(4)) };
        later(cx, callback, plan_scrypt(cx, a, options)?, new_buffer)
    }),
    ("hkdfSync", 5, |cx, a| Ok(typed::new_buffer(cx, plan_hkdf(cx, a)?()).into())),
    ("hkdf", 6, |cx, a| later(cx, a.get(5), plan_hkdf(cx, a)?, |cx, bytes| Ok(typed::new_buffer(cx, bytes).into()))),
];

/// Does the work on another thread and calls back.
fn later(cx: Cx, callback: &Value, work: Work, show: fn(Cx, Vec<u8>) -> R) -> R {
    let callback = function_argument(cx, callback, "callback")?;
    let work = Box::new(move || Ok::<_, FileError>(FileAnswer::Bytes(work())));
    host(cx)?.spawn_file(cx, work, Box::new(move |cx, outcome| {
        let args = match outcome {
            Ok(FileAnswer::Bytes(bytes)) => vec![Value::Null, show(cx, bytes)?],
            Ok(_) => vec![Value::Null],
            Err(e) => vec![Value::from(e.message)],
        };
        if ops::call(cx, &callback, &Value::Undefined, &args).is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
        Ok(Value::Undefined)
    }));
    Ok(Value::Undefined)
}

fn plan_pbkdf2(cx: Cx, a: &Args<'_>) -> R<Work> {
    let name = string_argument(cx, a.get(4), "digest")?;
    let (password, salt) = (key_bytes(cx, a.get(0), "password")?, key_bytes(cx, a.get(1), "salt")?);
    let rounds = integer_argument(cx, a.get(2), "iterations", 1.0, 2_147_483_647.0)? as u32;
    let len = integer_argument(cx, a.get(3), "keylen", 0.0, 2_147_483_647.0)? as usize;
    if !pbkdf2(&name, &[], &[], 1, &mut [0]) {
        return Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}")));
    }
    Ok(Box::new(move || {
        let mut out = vec![0; len];
        pbkdf2(&name, &password, &salt, rounds, &mut out);
        out
    }))
}

fn plan_scrypt(cx: Cx, a: &Args<'_>, options: &Value) -> R<Work> {
    let (password, salt) = (key_bytes(cx, a.get(0), "password")?, key_bytes(cx, a.get(1), "salt")?);
    let len = integer_argument(cx, a.get(2), "keylen", 0.0, 2_147_483_647.0)? as usize;
    let option = |names: [&str; 2], default: f64| -> R<f64> {
        for name in names {
            let v = if options.is_object() { member(cx, options, name)? } else { Value::Undefined };
            if !v.is_undefined() {
                return integer_argument(cx, &v, name, 0.0, 9_007_199_254_740_991.0);
            }
        }
        Ok(default)
    };
    let cost = option(["N", "cost"], 16_384.0)?;
    let (r, p) = (option(["r", "blockSize"], 8.0)?, option(["p", "parallelization"], 1.0)?);
    let most = option(["maxmem", "maxmem"], 33_554_432.0)?;
    let invalid = |cx: Cx, what: &str| coded(cx, ErrorKind::Range, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", &format!("Invalid scrypt params{what}"));
    let log = cost.log2();
    if log.fract() != 0.0 || !(1.0..=24.0).contains(&log) || r < 1.0 || p < 1.0 {
        return Err(invalid(cx, ""));
    }
    if 128.0 * cost * r > most {
        return Err(invalid(cx, ": memory limit exceeded"));
    }
    let Ok(params) = scrypt::Params::new(log as u8, r as u32, p as u32, 32) else { return Err(invalid(cx, "")) };
    Ok(Box::new(move || {
        let mut out = vec![0; len];
        if !out.is_empty() {
            // The length was checked; nothing else can fail.
            let _ = scrypt::scrypt(&password, &salt, &params, &mut out);
        }
        out
    }))
}

fn plan_hkdf(cx: Cx, a: &Args<'_>) -> R<Work> {
    let name = string_argument(cx, a.get(0), "digest")?;
    let (key, salt, info) = (key_bytes(cx, a.get(1), "ikm")?, key_bytes(cx, a.get(2), "salt")?, key_bytes(cx, a.get(3), "info")?);
    let len = integer_argument(cx, a.get(4), "length", 0.0, 9_007_199_254_740_991.0)? as usize;
    match hkdf(&name, &key, &salt, &info, len) {
        None => Err(coded(cx, ErrorKind::Type, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}"))),
        Some(None) => Err(coded(cx, ErrorKind::Range, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")),
        Some(Some(bytes)) => Ok(Box::new(move || bytes)),
    }
}
