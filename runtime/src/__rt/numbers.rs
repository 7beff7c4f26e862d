//! Unboxed numbers and strings.

use puremix_js as js;
use puremix_value::{Cx, R, Str, Value};

/// What inference knows to be a number.
#[inline]
pub fn as_num(v: &Value) -> f64 {
    match v {
        Value::Num(n) => *n,
        other => wrong("a number", other),
    }
}

#[inline]
pub fn as_int(v: &Value) -> i32 {
    as_num(v) as i32
}

#[inline]
pub fn as_bool(v: &Value) -> bool {
    match v {
        Value::Bool(b) => *b,
        other => wrong("a boolean", other),
    }
}

#[inline]
pub fn as_str(v: &Value) -> Str {
    match v {
        Value::Str(s) => s.clone(),
        other => wrong("a string", other),
    }
}

#[cold]
#[inline(never)]
fn wrong(expected: &str, found: &Value) -> ! {
    panic!("bug in puremixc: {expected} was inferred where {found:?} is")
}

#[inline]
pub fn num_truthy(n: f64) -> bool {
    n != 0.0 && !n.is_nan()
}

#[inline]
pub fn str_eq(a: &Str, b: &Str) -> bool {
    a == b
}

/// `s.length`. No string reaches 2³¹ units.
#[inline]
pub fn str_len(s: &Str) -> i32 {
    s.len_utf16() as i32
}

/// `a.length` of an array, which may be more than an `i32` holds.
#[inline]
pub fn array_len(v: &Value) -> f64 {
    v.as_obj().map_or(0.0, |o| f64::from(o.array_len()))
}

/// `s.charCodeAt(i)`
#[inline]
pub fn str_char_code_at(s: &Str, i: f64) -> f64 {
    let i = i.trunc();
    if i < 0.0 {
        return f64::NAN;
    }
    // NaN becomes 0, as ToIntegerOrInfinity has it.
    s.code_unit_at(i as usize).map_or(f64::NAN, f64::from)
}

/// `s.charCodeAt(i)` of an integer.
#[inline]
pub fn str_char_code_at_int(s: &Str, i: i32) -> f64 {
    match str_unit(s, i) {
        -1 => f64::NAN,
        unit => f64::from(unit),
    }
}

/// The code unit at `i`, or -1 where there is none.
#[inline]
pub fn str_unit(s: &Str, i: i32) -> i32 {
    match s.ascii_bytes() {
        // A negative index is a very large one.
        Some(bytes) => bytes.get(i as usize).map_or(-1, |b| i32::from(*b)),
        None => wide_unit(s, i),
    }
}

#[inline(never)]
fn wide_unit(s: &Str, i: i32) -> i32 {
    usize::try_from(i).ok().and_then(|i| s.code_unit_at(i)).map_or(-1, i32::from)
}

/// `s[i]`
#[inline]
pub fn str_index(s: &Str, i: f64) -> Value {
    if i < 0.0 || i.fract() != 0.0 {
        return Value::Undefined;
    }
    s.code_unit_at(i as usize).map_or(Value::Undefined, |unit| Value::Str(Str::from_unit(unit)))
}

/// `s[i]` of an integer.
#[inline]
pub fn str_index_int(s: &Str, i: i32) -> Value {
    match str_unit(s, i) {
        -1 => Value::Undefined,
        unit => Value::Str(Str::from_unit(unit as u16)),
    }
}

/// What `+` joins to a string.
#[inline]
pub fn js_to_text(cx: Cx, v: &Value) -> R<Str> {
    match v {
        Value::Str(s) => Ok(s.clone()),
        Value::Num(n) => Ok(js::num_to_str(*n)),
        other => js::js_to_string(cx, &js::to_primitive(cx, other, js::Hint::Default)?),
    }
}

/// Pieces joined. A long first piece is shared, so that building a text from the left is not quadratic.
#[inline(always)]
pub fn str_concat(cx: Cx, parts: &[Str]) -> R<Str> {
    // The number of parts is known where this is compiled; a few short ones are joined on the spot.
    if parts.len() <= 3
        && let Some(short) = Str::join_bits(parts)
    {
        return Ok(short);
    }
    str_concat_long(cx, parts)
}

#[inline(never)]
fn str_concat_long(cx: Cx, parts: &[Str]) -> R<Str> {
    const LONG: usize = 256;
    match parts {
        [first, rest @ ..] if first.byte_len() > LONG && !rest.is_empty() => js::concat(cx, first, &join(cx, rest)?),
        _ => join(cx, parts),
    }
}

#[inline]
fn join(cx: Cx, parts: &[Str]) -> R<Str> {
    Str::join(parts).ok_or_else(|| js::throw_range(cx, "Invalid string length"))
}

/// `s += a + b`, where the sum is text.
#[inline]
pub fn str_push_all(cx: Cx, s: &mut Str, more: &[Str]) -> R<()> {
    let bytes: usize = more.iter().map(Str::byte_len).sum();
    if s.byte_len() + bytes > puremix_value::MAX_LEN {
        return Err(js::throw_range(cx, "Invalid string length"));
    }
    for part in more {
        s.push(part);
    }
    Ok(())
}

/// `s += more`.
#[inline]
pub fn str_push(cx: Cx, s: &mut Str, more: &Str) -> R<()> {
    if s.byte_len() + more.byte_len() > puremix_value::MAX_LEN {
        return Err(js::throw_range(cx, "Invalid string length"));
    }
    s.push(more);
    Ok(())
}

/// `a % b` of integers: not one when the result is `-0` or NaN.
#[inline]
pub fn int_rem(a: i32, b: i32) -> f64 {
    if b == 0 {
        return f64::NAN;
    }
    let rest = a.wrapping_rem(b);
    if rest == 0 && a < 0 { -0.0 } else { f64::from(rest) }
}

/// `n + delta` of a number or a big integer (`++`, `--`).
#[inline]
pub fn js_step(cx: Cx, v: &Value, delta: f64) -> R {
    match v {
        Value::Num(n) => Ok(Value::Num(n + delta)),
        _ => step_other(cx, v, delta),
    }
}

#[inline(never)]
fn step_other(cx: Cx, v: &Value, delta: f64) -> R {
    match js::to_numeric(cx, v)? {
        Value::Num(n) => Ok(Value::Num(n + delta)),
        big if delta < 0.0 => js::js_dec(cx, &big),
        big => js::js_inc(cx, &big),
    }
}

/// A big integer literal, in decimal digits.
pub fn bigint(digits: &str) -> Value {
    digits.parse::<puremix_value::BigInt>().map_or(Value::Undefined, Value::from)
}

/// `a << b`
#[inline]
pub fn int_shl(a: i32, b: i32) -> i32 {
    a.wrapping_shl(b as u32)
}

/// `a >> b`
#[inline]
pub fn int_shr(a: i32, b: i32) -> i32 {
    a.wrapping_shr(b as u32)
}

/// `a >>> b`
#[inline]
pub fn int_ushr(a: i32, b: i32) -> f64 {
    f64::from((a as u32).wrapping_shr(b as u32))
}
