//! Random bytes, numbers and UUIDs, from the operating system.

use crate::buffer::new_buffer;
use crate::support::{Functions, argument_type, function_argument, integer_argument, out_of_range};
use puremix_js::builtins::typed;
use puremix_value::{Args, Cx, ErrorKind, R, Value};

pub(super) const FUNCTIONS: Functions = &[
    ("randomUUID", 1, |cx, _| Ok(Value::from(uuid(cx)?))),
    ("randomBytes", 2, |cx, a| {
        let size = integer_argument(cx, a.get(0), "size", 0.0, 2_147_483_647.0)?;
        let mut bytes = vec![0; size as usize];
        fill(cx, &mut bytes)?;
        let made = new_buffer(cx, bytes)?;
        if a.get(1).is_undefined() { Ok(made) } else { call_back(cx, a.get(1), made) }
    }),
    ("randomInt", 3, random_int),
    ("randomFillSync", 3, |cx, a| {
        fill_part(cx, a.get(0), a.get(1), a.get(2))?;
        Ok(a.get(0).clone())
    }),
    ("randomFill", 4, |cx, a| {
        let at = (1..=3).find(|i| a.get(*i).is_callable()).unwrap_or(1);
        let part = |i: usize| if i < at { a.get(i).clone() } else { Value::Undefined };
        fill_part(cx, a.get(0), &part(1), &part(2))?;
        call_back(cx, a.get(at), a.get(0).clone())
    }),
    ("getRandomValues", 1, get_random_values),
];

fn call_back(cx: Cx, callback: &Value, value: Value) -> R {
    let f = function_argument(cx, callback, "callback")?;
    // Random bytes are there at once; the call comes from the event loop all the same.
    let host = crate::support::host(cx)?;
    host.set_immediate(f, vec![Value::Null, value]);
    Ok(Value::Undefined)
}

pub(super) fn fill(cx: Cx, bytes: &mut [u8]) -> R<()> {
    getrandom::fill(bytes).map_err(|e| cx.throw_error(ErrorKind::Error, &format!("the system has no random numbers: {e}")))
}

fn fill_part(cx: Cx, target: &Value, offset: &Value, size: &Value) -> R<()> {
    let Some((o, len)) = target.as_obj().and_then(|o| Some((o, typed::with_bytes(o, <[u8]>::len)?))) else {
        return Err(argument_type(cx, "buf", "an instance of ArrayBuffer or ArrayBufferView", target));
    };
    let from = if offset.is_undefined() { 0.0 } else { integer_argument(cx, offset, "offset", 0.0, len as f64)? };
    let rest = len as f64 - from;
    let count = if size.is_undefined() { rest } else { integer_argument(cx, size, "size", 0.0, rest)? };
    let mut bytes = vec![0; count as usize];
    fill(cx, &mut bytes)?;
    typed::with_bytes_mut(o, |all| all[from as usize..(from + count) as usize].copy_from_slice(&bytes));
    Ok(())
}

/// `getRandomValues` of the Web Cryptography API.
pub(super) fn get_random_values(cx: Cx, a: &Args<'_>) -> R {
    let integers = a.get(0).as_obj().and_then(typed::view_parts).and_then(|p| Some((p.element?, p.len)));
    let Some((_, len)) = integers.filter(|(e, _)| !matches!(e, typed::Element::F32 | typed::Element::F64)) else {
        let name = "The data argument must be an integer-type TypedArray";
        return Err(crate::web::dom_exception::throw(cx, name, "TypeMismatchError"));
    };
    if len > 65_536 {
        return Err(crate::web::dom_exception::throw(cx, "The requested length exceeds 65,536 bytes", "QuotaExceededError"));
    }
    fill_part(cx, a.get(0), &Value::Undefined, &Value::Undefined)?;
    Ok(a.get(0).clone())
}

/// A random (version 4) UUID.
pub(super) fn uuid(cx: Cx) -> R<String> {
    let mut b = [0u8; 16];
    fill(cx, &mut b)?;
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex = crate::buffer::encoding::encode_hex(&b);
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

/// `randomInt([min, ]max[, callback])`.
fn random_int(cx: Cx, a: &Args<'_>) -> R {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    let has_min = !(a.get(1).is_undefined() || a.get(1).is_callable());
    let (min, max, callback) = if has_min { (a.get(0), a.get(1), a.get(2)) } else { (&Value::Num(0.0), a.get(0), a.get(1)) };
    let whole = |v: &Value, name: &str| match v {
        Value::Num(n) if n.fract() == 0.0 && n.abs() <= SAFE => Ok(*n),
        v => Err(argument_type(cx, name, "a safe integer", v)),
    };
    let (min, max) = (whole(min, "min")?, whole(max, "max")?);
    if max <= min {
        return Err(out_of_range(cx, "max", &format!("greater than the value of \"min\" ({min})"), &Value::Num(max)));
    }
    let range = max - min;
    if range > 281_474_976_710_655.0 {
        return Err(out_of_range(cx, if has_min { "max - min" } else { "max" }, "<= 281474976710655", &Value::Num(range)));
    }
    let n = Value::Num(min + below(cx, range as u64)? as f64);
    if callback.is_undefined() { Ok(n) } else { call_back(cx, callback, n) }
}

/// A number below `range`, each as likely.
fn below(cx: Cx, range: u64) -> R<u64> {
    // Draws beyond the last whole multiple of the range would favour small numbers.
    let limit = u64::MAX - u64::MAX % range;
    loop {
        let mut bytes = [0; 8];
        fill(cx, &mut bytes)?;
        let n = u64::from_le_bytes(bytes);
        if n < limit {
            return Ok(n % range);
        }
    }
}
