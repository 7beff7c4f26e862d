//! Values whose type inference knows.

use puremix_value::{BigInt, Str, Value};

/// The number that inference promised.
#[inline]
pub fn as_num(v: &Value) -> f64 {
    match v {
        Value::Num(n) => *n,
        other => broken_promise("a number", variant(other)),
    }
}

/// The 32-bit integer that inference promised.
#[inline]
pub fn as_int(v: &Value) -> i32 {
    as_num(v) as i32
}

/// The boolean that inference promised.
#[inline]
pub fn as_bool(v: &Value) -> bool {
    match v {
        Value::Bool(b) => *b,
        other => broken_promise("a boolean", variant(other)),
    }
}

/// The string that inference promised.
#[inline]
pub fn as_str(v: &Value) -> Str {
    match v {
        Value::Str(s) => s.clone(),
        other => broken_promise("a string", variant(other)),
    }
}

/// The kind of a value. Not a reference to the value: that would force it into memory on the hot path.
#[inline]
fn variant(v: &Value) -> &'static str {
    match v {
        Value::Undefined => "undefined",
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Num(_) => "a number",
        Value::Str(_) => "a string",
        Value::Sym(_) => "a symbol",
        Value::BigInt(_) => "a bigint",
        Value::Obj(_) => "an object",
        Value::Uninit => "nothing yet",
    }
}

/// Inference was wrong: a bug of the compiler. The panic becomes a 500 and a log line.
#[cold]
#[inline(never)]
fn broken_promise(expected: &str, found: &str) -> ! {
    panic!("puremixc inferred {expected} where the program has {found}; please report this, and build with --no-infer meanwhile")
}

#[inline]
pub fn is_undefined(v: &Value) -> bool {
    v.is_undefined()
}

#[inline]
pub fn is_null(v: &Value) -> bool {
    matches!(v, Value::Null)
}

/// Truth of a number.
#[inline]
pub fn num_truthy(n: f64) -> bool {
    n != 0.0 && !n.is_nan()
}

#[inline]
pub fn str_eq(a: &Str, b: &Str) -> bool {
    a == b
}

/// `s.length`; strings are shorter than 2^29.
#[inline]
pub fn str_len(s: &Str) -> i32 {
    s.len_utf16() as i32
}

/// `a.length` of a real array, below 2^31.
#[inline]
pub fn array_len(v: &Value) -> i32 {
    v.as_obj().map_or(0, |o| o.array_len() as i32)
}

/// Template literals: all parts joined into one buffer.
pub fn str_concat(parts: &[Str]) -> Str {
    let mut out = match parts.first() {
        Some(first) => first.clone(),
        None => Str::EMPTY,
    };
    for p in parts.iter().skip(1) {
        out.push(p);
    }
    out
}

/// `typeof v === name`.
#[inline]
pub fn typeof_is(v: &Value, name: &str) -> bool {
    crate::typeof_lit(v).text() == name
}

/// A BigInt literal's decimal digits.
pub fn bigint(digits: &str) -> Value {
    Value::from(BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default())
}

/// `Math.round` on a number: half towards positive infinity.
#[inline]
pub fn math_round(n: f64) -> f64 {
    if n.fract() == -0.5 || (-0.5..0.0).contains(&n) {
        // Keeps the sign of zero.
        return n.ceil();
    }
    let floor = n.floor();
    if n - floor >= 0.5 { floor + 1.0 } else { floor }
}

/// `Math.min` of two numbers: NaN wins, -0 is below 0.
#[inline]
pub fn math_min(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() || (a == b && a.is_sign_negative()) { a } else { b }
}

/// `Math.max` of two numbers: NaN wins, 0 is above -0.
#[inline]
pub fn math_max(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() || (a == b && a.is_sign_positive()) { a } else { b }
}


#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_javascripts() {
        let cases = [(2.5, 3.0), (-2.5, -2.0), (-0.2, -0.0), (0.49999999999999994, 0.0), (-1.7, -2.0), (4503599627370497.5, 4503599627370498.0)];
        for (n, r) in cases {
            assert_eq!(math_round(n).to_bits(), f64::to_bits(r), "{n}");
        }
        assert!(math_min(1.0, f64::NAN).is_nan() && math_max(f64::NAN, 1.0).is_nan());
        assert!(math_min(0.0, -0.0).is_sign_negative() && math_max(-0.0, 0.0).is_sign_positive());
    }
}
