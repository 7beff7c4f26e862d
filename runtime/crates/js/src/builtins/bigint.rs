//! `BigInt` (ECMA-262 §21.2).

use super::iterator::tag;
use crate::{Hint, constructor, js_to_number, throw_range, throw_type, to_big_int, to_primitive, value_to_integer};
use num_bigint::Sign;
use num_traits::FromPrimitive;
use puremix_value::{Args, BigInt, Cx, Intrinsic, Kind, R, Value};
use std::rc::Rc;

fn big_int(cx: Cx, a: &Args<'_>) -> R {
    if a.is_construct() {
        return Err(throw_type(cx, "BigInt is not a constructor"));
    }
    match to_primitive(cx, a.get(0), Hint::Number)? {
        Value::Num(n) => match BigInt::from_f64(n).filter(|_| n.fract() == 0.0) {
            Some(b) => Ok(b.into()),
            None => {
                let n = crate::num_to_str(n);
                Err(throw_range(cx, &format!("The number {n} cannot be converted to a BigInt because it is not an integer")))
            }
        },
        v => Ok(to_big_int(cx, &v)?.into()),
    }
}

fn this_big(cx: Cx, a: &Args<'_>, method: &str) -> R<Rc<BigInt>> {
    match a.this {
        Value::BigInt(n) => return Ok(n.clone()),
        Value::Obj(o) => {
            if let Kind::Boxed(Value::BigInt(n)) = o.kind() {
                return Ok(n.clone());
            }
        }
        _ => {}
    }
    Err(throw_type(cx, &format!("BigInt.prototype.{method} requires that 'this' be a BigInt")))
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let n = this_big(cx, a, "toString")?;
    let radix = if a.get(0).is_undefined() { 10.0 } else { value_to_integer(cx, a.get(0))? };
    if !(2.0..=36.0).contains(&radix) {
        return Err(throw_range(cx, "toString() radix must be between 2 and 36"));
    }
    Ok(n.to_str_radix(radix as u32).into())
}

/// en-US grouping, the default locale.
fn to_locale_string(cx: Cx, a: &Args<'_>) -> R {
    let text = this_big(cx, a, "toLocaleString")?.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |d| ("-", d));
    Ok(format!("{sign}{}", group_thousands(digits)).into())
}

/// `1234567` as `1,234,567`.
fn group_thousands(digits: &str) -> String {
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    this_big(cx, a, "valueOf").map(Value::BigInt)
}

fn bits(cx: Cx, v: &Value) -> R<u64> {
    let n = crate::to_integer(js_to_number(cx, v)?);
    if (0.0..=9_007_199_254_740_991.0).contains(&n) { Ok(n as u64) } else { Err(throw_range(cx, "Invalid value: not (convertible to) a safe integer")) }
}

/// `n` modulo 2^bits, not negative.
fn modulo(cx: Cx, n: &BigInt, bits: u64) -> R<BigInt> {
    if n.sign() != Sign::Minus && n.bits() <= bits {
        return Ok(n.clone());
    }
    if bits > 1 << 30 {
        return Err(throw_range(cx, "Maximum BigInt size exceeded"));
    }
    let m = BigInt::from(1) << bits;
    let r = n % &m;
    Ok(if r.sign() == Sign::Minus { r + m } else { r })
}

fn as_uint_n(cx: Cx, a: &Args<'_>) -> R {
    let bits = bits(cx, a.get(0))?;
    Ok(modulo(cx, &to_big_int(cx, a.get(1))?, bits)?.into())
}

fn as_int_n(cx: Cx, a: &Args<'_>) -> R {
    let bits = bits(cx, a.get(0))?;
    let n = to_big_int(cx, a.get(1))?;
    if n.bits() < bits {
        return Ok(n.into());
    }
    let r = modulo(cx, &n, bits)?;
    Ok(if bits > 0 && r.bit(bits - 1) { r - (BigInt::from(1) << bits) } else { r }.into())
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::BigIntPrototype);
    let ctor = constructor(cx, "BigInt", 1, big_int, &proto, Intrinsic::BigIntConstructor);
    crate::install(cx, &ctor, &[("asUintN", 2, as_uint_n), ("asIntN", 2, as_int_n)]);
    crate::install(cx, &proto, &[("toLocaleString", 0, to_locale_string), ("toString", 0, to_string), ("valueOf", 0, value_of)]);
    tag(cx, &proto, "BigInt");
}
