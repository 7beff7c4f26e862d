//! `Math` (ECMA-262 §21.3). Transcendental functions come from libm's port of fdlibm, which V8 uses too, so results are the
//! same on every platform.

use super::iterator::tag;
use crate::{js_to_number, num_pow, to_uint32};
use puremix_value::{Args, Attr, Cx, Intrinsic, Kind, Obj, R, Value};
use std::cell::Cell;

macro_rules! unary {
    ($($name:ident: $f:expr;)*) => {
        $(
            fn $name(cx: Cx, a: &Args<'_>) -> R {
                Ok(Value::Num(of_numbers::$name(js_to_number(cx, a.get(0))?)))
            }
        )*

        /// The functions on numbers, for calls whose arguments are known to be some.
        pub mod of_numbers {
            use super::*;
            $(
                #[inline]
                pub fn $name(x: f64) -> f64 {
                    let f: fn(f64) -> f64 = $f;
                    f(x)
                }
            )*

            #[inline]
            pub fn imul(x: f64, y: f64) -> i32 {
                crate::js_to_int32(x).wrapping_mul(crate::js_to_int32(y))
            }

            #[inline]
            pub fn atan2(y: f64, x: f64) -> f64 {
                libm::atan2(y, x)
            }

            #[inline]
            pub fn pow(x: f64, y: f64) -> f64 {
                num_pow(x, y)
            }

            #[inline]
            pub fn max(x: f64, y: f64) -> f64 {
                pick(x, y, true)
            }

            #[inline]
            pub fn min(x: f64, y: f64) -> f64 {
                pick(x, y, false)
            }

            #[inline]
            pub fn random() -> f64 {
                random_number()
            }
        }
    };
}

unary! {
    abs: f64::abs;
    acos: libm::acos;
    acosh: libm::acosh;
    asin: libm::asin;
    asinh: libm::asinh;
    atan: libm::atan;
    atanh: libm::atanh;
    cbrt: libm::cbrt;
    ceil: f64::ceil;
    clz32: |x| f64::from(to_uint32(x).leading_zeros());
    cos: libm::cos;
    cosh: hyperbolic_cosine;
    exp: e_to;
    expm1: libm::expm1;
    floor: f64::floor;
    fround: |x| f64::from(x as f32);
    log: libm::log;
    log10: libm::log10;
    log1p: libm::log1p;
    log2: libm::log2;
    round: round_half_up;
    sign: |x| if x.is_nan() || x == 0.0 { x } else { x.signum() };
    sin: libm::sin;
    sinh: libm::sinh;
    sqrt: f64::sqrt;
    tan: libm::tan;
    tanh: libm::tanh;
    trunc: f64::trunc;
}

/// V8 corrects fdlibm's last bit at 1.
fn e_to(x: f64) -> f64 {
    if x == 1.0 { std::f64::consts::E } else { libm::exp(x) }
}

/// fdlibm's `cosh`, as V8 has it; libm's differs in the last bit.
fn hyperbolic_cosine(x: f64) -> f64 {
    let x = x.abs();
    if x < 0.5 * std::f64::consts::LN_2 {
        let t = libm::expm1(x);
        let w = 1.0 + t;
        return if x < 2f64.powi(-55) { w } else { 1.0 + (t * t) / (w + w) };
    }
    if x < 22.0 {
        let t = e_to(x);
        return 0.5 * t + 0.5 / t;
    }
    let half = e_to(0.5 * x);
    if x <= 709.0 { 0.5 * e_to(x) } else { 0.5 * half * half }
}

/// Halves go up, towards positive infinity; the sign of zero is kept.
pub fn round_half_up(x: f64) -> f64 {
    if x.fract() == 0.0 || !x.is_finite() {
        return x;
    }
    let floor = x.floor();
    let rounded = if x - floor >= 0.5 { floor + 1.0 } else { floor };
    rounded.copysign(x)
}

fn atan2(cx: Cx, a: &Args<'_>) -> R {
    let y = js_to_number(cx, a.get(0))?;
    Ok(Value::Num(of_numbers::atan2(y, js_to_number(cx, a.get(1))?)))
}

fn pow(cx: Cx, a: &Args<'_>) -> R {
    let x = js_to_number(cx, a.get(0))?;
    Ok(Value::Num(num_pow(x, js_to_number(cx, a.get(1))?)))
}

fn imul(cx: Cx, a: &Args<'_>) -> R {
    let x = js_to_number(cx, a.get(0))?;
    Ok(of_numbers::imul(x, js_to_number(cx, a.get(1))?).into())
}

fn numbers(cx: Cx, a: &Args<'_>) -> R<Vec<f64>> {
    a.args.iter().map(|v| js_to_number(cx, v)).collect()
}

/// The larger (`sign` 1) or smaller (-1) of two; NaN wins, and `-0 < 0`.
#[inline]
fn pick(x: f64, y: f64, max: bool) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    let x_wins = if x == y { x.is_sign_positive() == max } else { (x > y) == max };
    if x_wins { x } else { y }
}

fn max(cx: Cx, a: &Args<'_>) -> R {
    let mut best = f64::NEG_INFINITY;
    for v in a.args {
        best = pick(best, js_to_number(cx, v)?, true);
    }
    Ok(Value::Num(best))
}

fn min(cx: Cx, a: &Args<'_>) -> R {
    let mut best = f64::INFINITY;
    for v in a.args {
        best = pick(best, js_to_number(cx, v)?, false);
    }
    Ok(Value::Num(best))
}

/// Scaled by the largest magnitude with Kahan's compensation, as V8 does.
fn hypot(cx: Cx, a: &Args<'_>) -> R {
    let values = numbers(cx, a)?;
    if values.iter().any(|v| v.is_infinite()) {
        return Ok(Value::Num(f64::INFINITY));
    }
    if values.iter().any(|v| v.is_nan()) {
        return Ok(Value::Num(f64::NAN));
    }
    let largest = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if largest == 0.0 {
        return Ok(Value::Num(0.0));
    }
    let (mut sum, mut compensation) = (0.0, 0.0);
    for v in values {
        let n = v.abs() / largest;
        let summand = n * n - compensation;
        let preliminary = sum + summand;
        compensation = (preliminary - sum) - summand;
        sum = preliminary;
    }
    Ok(Value::Num(f64::sqrt(sum) * largest))
}

thread_local! {
    static SEED: Cell<[u64; 2]> = Cell::new(seed());
}

/// Fresh randomness; the clock where the system has none, since `Math.random` promises no secrecy.
fn seed() -> [u64; 2] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |d| d.as_nanos());
        bytes = (now | 1).to_ne_bytes();
    }
    let n = u128::from_ne_bytes(bytes) | 1;
    [n as u64, (n >> 64) as u64]
}

/// xorshift128+, V8's generator.
pub fn random_number() -> f64 {
    SEED.with(|s| {
        let [mut s1, s0] = s.get();
        s1 ^= s1 << 23;
        s1 ^= s1 >> 17;
        s1 ^= s0;
        s1 ^= s0 >> 26;
        s.set([s0, s1]);
        (s0.wrapping_add(s1) >> 11) as f64 / (1u64 << 53) as f64
    })
}

fn random(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::Num(random_number()))
}

pub(super) fn install(cx: Cx) {
    use std::f64::consts::*;
    let math = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::MathObject, math.clone());
    crate::install(
        cx,
        &math,
        &[
            ("abs", 1, abs), ("acos", 1, acos), ("acosh", 1, acosh), ("asin", 1, asin), ("asinh", 1, asinh), ("atan", 1, atan),
            ("atanh", 1, atanh), ("atan2", 2, atan2), ("ceil", 1, ceil), ("cbrt", 1, cbrt), ("expm1", 1, expm1), ("clz32", 1, clz32),
            ("cos", 1, cos), ("cosh", 1, cosh), ("exp", 1, exp), ("floor", 1, floor), ("fround", 1, fround), ("hypot", 2, hypot),
            ("imul", 2, imul), ("log", 1, log), ("log1p", 1, log1p), ("log2", 1, log2), ("log10", 1, log10), ("max", 2, max),
            ("min", 2, min), ("pow", 2, pow), ("random", 0, random), ("round", 1, round), ("sign", 1, sign), ("sin", 1, sin),
            ("sinh", 1, sinh), ("sqrt", 1, sqrt), ("tan", 1, tan), ("tanh", 1, tanh), ("trunc", 1, trunc),
        ],
    );
    let constants = [("E", E), ("LN10", LN_10), ("LN2", LN_2), ("LOG10E", LOG10_E), ("LOG2E", LOG2_E), ("PI", PI), ("SQRT1_2", FRAC_1_SQRT_2), ("SQRT2", SQRT_2)];
    for (name, value) in constants {
        math.define(cx, &cx.key_of(name), value.into(), Attr::NONE);
    }
    tag(cx, &math, "Math");
}
