//! Arithmetic (ECMA-262 §13.5 to §13.12).

use crate::ops::convert::*;
use crate::{throw_range, throw_type};
use num_bigint::BigInt;
use puremix_value::{Cx, MAX_LEN, R, Str, Value};
use std::rc::Rc;

/// `a + b`.
#[inline]
pub fn js_add(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(x + y)),
        (Value::Str(x), Value::Str(y)) => concat(cx, x, y).map(Value::Str),
        _ => add_slow(cx, a, b),
    }
}

/// Two strings joined; throws `RangeError: Invalid string length` beyond V8's limit.
#[inline]
pub fn concat(cx: Cx, a: &Str, b: &Str) -> R<Str> {
    let s = a.concat(b);
    // The byte length bounds the length in code units from above.
    if s.byte_len() > MAX_LEN && s.len_utf16() > MAX_LEN {
        return Err(throw_range(cx, "Invalid string length"));
    }
    Ok(s)
}

#[inline(never)]
fn add_slow(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Str(x), Value::Num(y)) => return concat(cx, x, &crate::num_to_str(*y)).map(Value::Str),
        (Value::Num(x), Value::Str(y)) => return concat(cx, &crate::num_to_str(*x), y).map(Value::Str),
        _ => {}
    }
    let (p, q) = (to_primitive(cx, a, Hint::Default)?, to_primitive(cx, b, Hint::Default)?);
    if matches!(p, Value::Str(_)) || matches!(q, Value::Str(_)) {
        let (p, q) = (js_to_string(cx, &p)?, js_to_string(cx, &q)?);
        return concat(cx, &p, &q).map(Value::Str);
    }
    numeric(cx, &p, &q, |x, y| x + y, |x, y| Ok(x + y))
}

/// `*a += b` without a second reference to a string's buffer.
#[inline]
pub fn js_add_assign(cx: Cx, a: &mut Value, b: &Value) -> R<()> {
    if let (Value::Str(x), Value::Str(y)) = (&mut *a, b)
        && x.byte_len() + y.byte_len() <= MAX_LEN
    {
        x.push(y);
        return Ok(());
    }
    *a = js_add(cx, a, b)?;
    Ok(())
}

/// Joins the parts of a template literal; symbols throw.
pub fn js_concat(cx: Cx, parts: &[Value]) -> R {
    let mut s = Str::EMPTY;
    for p in parts {
        s = concat(cx, &s, &js_to_string(cx, p)?)?;
    }
    Ok(Value::Str(s))
}

/// Both operands as numerics, then one of the two functions.
fn numeric(cx: Cx, a: &Value, b: &Value, num: fn(f64, f64) -> f64, big: impl FnOnce(&BigInt, &BigInt) -> R<BigInt>) -> R {
    let (x, y) = (to_numeric(cx, a)?, to_numeric(cx, b)?);
    match (&x, &y) {
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(num(*x, *y))),
        (Value::BigInt(x), Value::BigInt(y)) => Ok(Value::BigInt(Rc::new(big(x, y)?))),
        _ => Err(throw_type(cx, "Cannot mix BigInt and other types, use explicit conversions")),
    }
}

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $name:ident: $num:expr, $big:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(cx: Cx, a: &Value, b: &Value) -> R {
            let num: fn(f64, f64) -> f64 = $num;
            if let (Value::Num(x), Value::Num(y)) = (a, b) {
                return Ok(Value::Num(num(*x, *y)));
            }
            let big: fn(Cx, &BigInt, &BigInt) -> R<BigInt> = $big;
            numeric(cx, a, b, num, |x, y| big(cx, x, y))
        }
    )*};
}

arithmetic! {
    /// `a - b`.
    js_sub: |x, y| x - y, |_, x, y| Ok(x - y);
    /// `a * b`.
    js_mul: |x, y| x * y, |_, x, y| Ok(x * y);
    /// `a / b`.
    js_div: |x, y| x / y, |cx, x, y| if *y == BigInt::ZERO { Err(throw_range(cx, "Division by zero")) } else { Ok(x / y) };
    /// `a % b`.
    js_rem: num_rem, |cx, x, y| if *y == BigInt::ZERO { Err(throw_range(cx, "Division by zero")) } else { Ok(x % y) };
    /// `a ** b`.
    js_exp: num_pow, big_pow;
    /// `a & b`.
    js_bitand: |x, y| f64::from(js_to_int32(x) & js_to_int32(y)), |_, x, y| Ok(x & y);
    /// `a | b`.
    js_bitor: |x, y| f64::from(js_to_int32(x) | js_to_int32(y)), |_, x, y| Ok(x | y);
    /// `a ^ b`.
    js_bitxor: |x, y| f64::from(js_to_int32(x) ^ js_to_int32(y)), |_, x, y| Ok(x ^ y);
    /// `a << b`.
    js_shl: |x, y| f64::from(js_to_int32(x).wrapping_shl(to_uint32(y) & 31)), |cx, x, y| big_shift(cx, x, y, false);
    /// `a >> b`.
    js_shr: |x, y| f64::from(js_to_int32(x) >> (to_uint32(y) & 31)), |cx, x, y| big_shift(cx, x, y, true);
    /// `a >>> b`.
    js_ushr: |x, y| f64::from(to_uint32(x) >> (to_uint32(y) & 31)), |cx, _, _| Err(throw_type(cx, "BigInts have no unsigned right shift, use >> instead"));
}

/// `%` on numbers: C's `fmod`, with a fast path for integers.
#[inline]
pub fn num_rem(x: f64, y: f64) -> f64 {
    let (i, j) = (x as i32, y as i32);
    if f64::from(i) == x && f64::from(j) == y && i > 0 && j > 0 {
        return f64::from(i % j);
    }
    x % y
}

/// `**` on numbers: IEEE `pow` except that `1 ** ±Infinity` and `1 ** NaN` are NaN.
#[inline]
pub fn num_pow(x: f64, y: f64) -> f64 {
    if y.is_nan() || (x.abs() == 1.0 && y.is_infinite()) {
        return f64::NAN;
    }
    if y == 2.0 { x * x } else { x.powf(y) }
}

/// Results beyond this many bits are refused, as V8 refuses them.
const MAX_BIG_BITS: u64 = 1 << 30;

fn big_pow(cx: Cx, x: &BigInt, y: &BigInt) -> R<BigInt> {
    if y.sign() == num_bigint::Sign::Minus {
        return Err(throw_range(cx, "Exponent must be non-negative"));
    }
    if x.bits() <= 1 && x.sign() != num_bigint::Sign::Minus {
        return Ok(if *y == BigInt::ZERO { BigInt::from(1) } else { x.clone() });
    }
    match u32::try_from(y) {
        Ok(n) if u64::from(n) * x.bits() <= MAX_BIG_BITS => Ok(x.pow(n)),
        _ if *x == BigInt::from(-1) => Ok(if y % 2 == BigInt::ZERO { BigInt::from(1) } else { x.clone() }),
        _ => Err(throw_range(cx, "Maximum BigInt size exceeded")),
    }
}

fn big_shift(cx: Cx, x: &BigInt, by: &BigInt, right: bool) -> R<BigInt> {
    let right = right != (by.sign() == num_bigint::Sign::Minus);
    match u64::try_from(by.magnitude().clone()) {
        Ok(n) if right => Ok(if n > x.bits() { if x.sign() == num_bigint::Sign::Minus { BigInt::from(-1) } else { BigInt::ZERO } } else { x >> n }),
        Ok(n) if n + x.bits() <= MAX_BIG_BITS => Ok(x << n),
        Err(_) if right => Ok(if x.sign() == num_bigint::Sign::Minus { BigInt::from(-1) } else { BigInt::ZERO }),
        _ if *x == BigInt::ZERO => Ok(BigInt::ZERO),
        _ => Err(throw_range(cx, "Maximum BigInt size exceeded")),
    }
}

/// `-v`.
#[inline]
pub fn js_neg(cx: Cx, v: &Value) -> R {
    match v {
        Value::Num(n) => Ok(Value::Num(-n)),
        _ => match to_numeric(cx, v)? {
            Value::BigInt(n) => Ok(Value::from(-&*n)),
            other => Ok(Value::Num(-js_to_number(cx, &other)?)),
        },
    }
}

/// `+v`.
#[inline]
pub fn js_plus(cx: Cx, v: &Value) -> R {
    js_to_number(cx, v).map(Value::Num)
}

/// `~v`.
#[inline]
pub fn js_bitnot(cx: Cx, v: &Value) -> R {
    match to_numeric(cx, v)? {
        Value::BigInt(n) => Ok(Value::from(-(&*n) - 1)),
        other => Ok(Value::from(!js_to_int32(js_to_number(cx, &other)?))),
    }
}

/// `v + 1` after `ToNumeric`: the operand of `++`.
#[inline]
pub fn js_inc(cx: Cx, v: &Value) -> R {
    step(cx, v, 1)
}

/// `v - 1` after `ToNumeric`: the operand of `--`.
#[inline]
pub fn js_dec(cx: Cx, v: &Value) -> R {
    step(cx, v, -1)
}

#[inline]
fn step(cx: Cx, v: &Value, by: i32) -> R {
    match v {
        Value::Num(n) => Ok(Value::Num(n + f64::from(by))),
        _ => match to_numeric(cx, v)? {
            Value::BigInt(n) => Ok(Value::from(&*n + by)),
            other => Ok(Value::Num(js_to_number(cx, &other)? + f64::from(by))),
        },
    }
}
