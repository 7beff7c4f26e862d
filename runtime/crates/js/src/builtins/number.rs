//! `Number`, `parseInt`, `parseFloat`, `isNaN`, `isFinite` (ECMA-262 §21.1, §19.2).

use crate::fixed::Fixed;
use crate::number::{decimal_prefix, int_of_digits, is_space};
use crate::{constructor, js_to_number, js_to_string, num_to_str, proto_for, throw_range, throw_type, to_integer, to_numeric, value_to_integer};
use puremix_value::{Args, Attr, Cx, Intrinsic, Kind, Obj, R, Str, Value};

fn number(cx: Cx, a: &Args<'_>) -> R {
    let n = match a.args.first() {
        None => 0.0,
        Some(v) => match to_numeric(cx, v)? {
            Value::BigInt(n) => crate::big_to_f64(&n),
            other => js_to_number(cx, &other)?,
        },
    };
    if !a.is_construct() {
        return Ok(Value::Num(n));
    }
    Ok(Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::NumberPrototype)?), Kind::Boxed(Value::Num(n))).into())
}

fn this_number(cx: Cx, v: &Value, method: &str) -> R<f64> {
    match v {
        Value::Num(n) => Ok(*n),
        Value::Obj(o) if matches!(o.kind(), Kind::Boxed(Value::Num(_))) => match o.kind() {
            Kind::Boxed(Value::Num(n)) => Ok(*n),
            _ => Ok(0.0),
        },
        _ => Err(throw_type(cx, &format!("Number.prototype.{method} requires that 'this' be a Number"))),
    }
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let n = this_number(cx, a.this, "toString")?;
    let radix = if a.get(0).is_undefined() { 10.0 } else { value_to_integer(cx, a.get(0))? };
    if !(2.0..=36.0).contains(&radix) {
        return Err(throw_range(cx, "toString() radix argument must be between 2 and 36"));
    }
    Ok(if radix == 10.0 { num_to_str(n) } else { radix_str(n, radix as u32) }.into())
}

/// A number in another radix, with as many digits as tell it apart from its neighbours (V8's DoubleToRadixCString).
fn radix_str(n: f64, radix: u32) -> Str {
    if !n.is_finite() {
        return num_to_str(n);
    }
    let digit = |d: u32| char::from_digit(d, radix).unwrap_or('0');
    let (mut whole, mut fraction) = (n.abs().trunc(), n.abs().fract());
    let mut delta = (0.5 * (n.abs().next_up() - n.abs())).max(f64::from_bits(1));
    let r = f64::from(radix);
    let mut tail: Vec<u32> = vec![];
    if fraction >= delta {
        loop {
            fraction *= r;
            delta *= r;
            let d = fraction as u32;
            tail.push(d);
            fraction -= f64::from(d);
            let round_up = fraction > 0.5 || (fraction == 0.5 && d & 1 == 1);
            if round_up && fraction + delta > 1.0 {
                // Propagates the carry; digits that become too large disappear.
                loop {
                    match tail.pop() {
                        None => {
                            whole += 1.0;
                            break;
                        }
                        Some(d) if d + 1 < radix => {
                            tail.push(d + 1);
                            break;
                        }
                        Some(_) => {}
                    }
                }
                break;
            }
            if fraction < delta {
                break;
            }
        }
    }
    let mut head = vec![];
    while whole / r >= 9_007_199_254_740_992.0 {
        // Below the precision all digits are zero.
        whole /= r;
        head.push('0');
    }
    loop {
        let last = whole % r;
        head.push(digit(last as u32));
        whole = (whole - last) / r;
        if whole <= 0.0 {
            break;
        }
    }
    let mut out = String::new();
    if n < 0.0 {
        out.push('-');
    }
    out.extend(head.iter().rev());
    if !tail.is_empty() {
        out.push('.');
        out.extend(tail.into_iter().map(digit));
    }
    Str::from(out)
}


/// Plain decimal text rounded half up at `places` behind the point.
pub(crate) fn round_decimal(text: &str, places: usize) -> String {
    let (head, tail) = text.split_once('.').unwrap_or((text, ""));
    let mut digits: Vec<u8> = head.bytes().chain(tail.bytes().chain(std::iter::repeat(b'0')).take(places)).collect();
    if tail.as_bytes().get(places).is_some_and(|d| *d >= b'5') {
        round_up(&mut digits);
    }
    let point = digits.len() - places;
    let mut out: String = digits[..point].iter().map(|d| char::from(*d)).collect();
    if places > 0 {
        out.push('.');
        out.extend(digits[point..].iter().map(|d| char::from(*d)));
    }
    out
}

fn round_up(digits: &mut Vec<u8>) {
    for d in digits.iter_mut().rev() {
        if *d < b'9' {
            *d += 1;
            return;
        }
        *d = b'0';
    }
    digits.insert(0, b'1');
}

/// `count` significant digits of a positive finite number, half up, and its decimal exponent.
fn significant(n: f64, count: usize) -> (Vec<u8>, i32) {
    let exact = format!("{n:.1074}");
    let (head, tail) = exact.split_once('.').unwrap_or((&exact, ""));
    let all: Vec<u8> = head.bytes().chain(tail.bytes()).collect();
    let Some(first) = all.iter().position(|d| *d != b'0') else { return (vec![b'0'; count], 0) };
    let mut exponent = head.len() as i32 - 1 - first as i32;
    let mut digits: Vec<u8> = all[first..].iter().copied().chain(std::iter::repeat(b'0')).take(count).collect();
    if all.get(first + count).is_some_and(|d| *d >= b'5') {
        let len = digits.len();
        round_up(&mut digits);
        if digits.len() > len {
            digits.pop();
            exponent += 1;
        }
    }
    (digits, exponent)
}

fn exponential(digits: &[u8], exponent: i32) -> String {
    let mut out = String::new();
    out.push(char::from(digits[0]));
    if digits.len() > 1 {
        out.push('.');
        out.extend(digits[1..].iter().map(|d| char::from(*d)));
    }
    out.push_str(if exponent < 0 { "e-" } else { "e+" });
    out.push_str(&exponent.unsigned_abs().to_string());
    out
}

fn signed(n: f64, text: String) -> Value {
    if n < 0.0 { format!("-{text}").into() } else { text.into() }
}

fn to_fixed(cx: Cx, a: &Args<'_>) -> R {
    let n = this_number(cx, a.this, "toFixed")?;
    let places = value_to_integer(cx, a.get(0))?;
    if !(0.0..=100.0).contains(&places) {
        return Err(throw_range(cx, "toFixed() digits argument must be between 0 and 100"));
    }
    if !n.is_finite() || n.abs() >= 1e21 {
        return Ok(num_to_str(n).into());
    }
    Ok(to_fixed_str(n, places as usize).into())
}

/// `n.toFixed(places)` while the built-ins are as they came, without looking the method up; `None` for what takes the ordinary way.
pub fn to_fixed_direct(cx: Cx, n: f64, args: &[Value]) -> Option<Value> {
    let [Value::Num(places)] = args else { return None };
    if !cx.is_intact() || !(0.0..=20.0).contains(places) || !n.is_finite() || n.abs() >= 1e21 {
        return None;
    }
    Some(to_fixed_str(n, *places as usize).into())
}

/// `n.toFixed(places)` of a finite number below 1e21.
pub fn to_fixed_str(n: f64, places: usize) -> Str {
    if let Some(text) = crate::fixed::short(n, places) {
        return Str::from_ascii(text.as_str());
    }
    match Fixed::new().write(n, places) {
        Some(text) => Str::from_ascii(text),
        None => {
            // The exact expansion of a double has at most 1074 digits behind the point; half-up on it is a string operation.
            let text = round_decimal(&format!("{:.1074}", n.abs()), places);
            if n < 0.0 { Str::from(format!("-{text}")) } else { Str::from(text) }
        }
    }
}

fn to_exponential(cx: Cx, a: &Args<'_>) -> R {
    let n = this_number(cx, a.this, "toExponential")?;
    let places = value_to_integer(cx, a.get(0))?;
    if !n.is_finite() {
        return Ok(num_to_str(n).into());
    }
    if !(0.0..=100.0).contains(&places) {
        return Err(throw_range(cx, "toExponential() argument must be between 0 and 100"));
    }
    let (digits, exponent) = if a.get(0).is_undefined() {
        // The shortest digits, as Rust prints them too.
        let text = format!("{:e}", n.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        (mantissa.bytes().filter(|b| *b != b'.').collect(), exponent.parse().unwrap_or(0))
    } else {
        significant(n.abs(), places as usize + 1)
    };
    Ok(signed(n, exponential(&digits, exponent)))
}

fn to_precision(cx: Cx, a: &Args<'_>) -> R {
    let n = this_number(cx, a.this, "toPrecision")?;
    if a.get(0).is_undefined() {
        return Ok(num_to_str(n).into());
    }
    let precision = value_to_integer(cx, a.get(0))?;
    if !n.is_finite() {
        return Ok(num_to_str(n).into());
    }
    if !(1.0..=100.0).contains(&precision) {
        return Err(throw_range(cx, "toPrecision() argument must be between 1 and 100"));
    }
    let count = precision as usize;
    let (digits, exponent) = significant(n.abs(), count);
    if exponent < -6 || exponent >= count as i32 {
        return Ok(signed(n, exponential(&digits, exponent)));
    }
    let text: String = digits.iter().map(|d| char::from(*d)).collect();
    Ok(signed(n, if exponent < 0 {
        format!("0.{}{text}", "0".repeat((-exponent - 1) as usize))
    } else if exponent as usize + 1 == count {
        text
    } else {
        format!("{}.{}", &text[..=exponent as usize], &text[exponent as usize + 1..])
    }))
}

/// `en-US` grouping with at most three decimals: what a server without locale data prints.
fn to_locale_string(cx: Cx, a: &Args<'_>) -> R {
    let n = this_number(cx, a.this, "toLocaleString")?;
    Ok(locale_str(n).into())
}

/// A number grouped by thousands, at most three decimals.
pub fn locale_str(n: f64) -> Str {
    if !n.is_finite() {
        return Str::from(if n.is_nan() { "NaN" } else if n > 0.0 { "∞" } else { "-∞" });
    }
    // ICU rounds the shortest decimal form, not the exact value.
    let text = round_decimal(&format!("{}", n.abs()), 3);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if n.is_sign_negative() {
        out.push('-');
    }
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    Str::from(out)
}

fn value_of(cx: Cx, a: &Args<'_>) -> R {
    this_number(cx, a.this, "valueOf").map(Value::Num)
}

fn is_finite(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(a.get(0).as_num().is_some_and(f64::is_finite)))
}

fn is_nan(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(a.get(0).as_num().is_some_and(f64::is_nan)))
}

fn is_integer(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(a.get(0).as_num().is_some_and(|n| n.is_finite() && n.trunc() == n)))
}

fn is_safe_integer(_: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(a.get(0).as_num().is_some_and(|n| n.trunc() == n && n.abs() <= 9_007_199_254_740_991.0)))
}

fn global_is_nan(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(js_to_number(cx, a.get(0))?.is_nan()))
}

fn global_is_finite(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Bool(js_to_number(cx, a.get(0))?.is_finite()))
}

fn parse_float(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Num(n) = a.get(0) {
        return Ok(Value::Num(n + 0.0));
    }
    let s = js_to_string(cx, a.get(0))?;
    Ok(Value::Num(decimal_prefix(s.as_str().trim_start_matches(is_space)).map_or(f64::NAN, |(n, _)| n)))
}

fn parse_int(cx: Cx, a: &Args<'_>) -> R {
    if let (Value::Num(n), Value::Undefined) = (a.get(0), a.get(1))
        && n.abs() < 1e15
        && (n.trunc() != 0.0 || *n == 0.0)
    {
        return Ok(Value::Num(to_integer(*n)));
    }
    let s = js_to_string(cx, a.get(0))?;
    let radix = crate::js_to_int32(js_to_number(cx, a.get(1))?);
    Ok(Value::Num(int_prefix(s.as_str(), radix)))
}

fn int_prefix(text: &str, radix: i32) -> f64 {
    let t = text.trim_start_matches(is_space);
    let (negative, t) = match t.as_bytes().first() {
        Some(b'-') => (true, &t[1..]),
        Some(b'+') => (false, &t[1..]),
        _ => (false, t),
    };
    let hex = t.get(..2).is_some_and(|p| p.eq_ignore_ascii_case("0x"));
    let (radix, t) = match radix {
        0 | 16 if hex => (16, &t[2..]),
        0 => (10, t),
        2..=36 => (radix as u32, t),
        _ => return f64::NAN,
    };
    let end = t.find(|c: char| !c.is_digit(radix)).unwrap_or(t.len());
    if end == 0 {
        return f64::NAN;
    }
    let n = int_of_digits(&t[..end], radix);
    if negative { -n } else { n }
}

/// Functions that are also on the global object.
pub(super) const GLOBALS: crate::Methods = &[("parseFloat", 1, parse_float), ("parseInt", 2, parse_int), ("isNaN", 1, global_is_nan), ("isFinite", 1, global_is_finite)];

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::NumberPrototype);
    let ctor = constructor(cx, "Number", 1, number, &proto, Intrinsic::NumberConstructor);
    crate::install(cx, &ctor, &[("isFinite", 1, is_finite), ("isInteger", 1, is_integer), ("isNaN", 1, is_nan), ("isSafeInteger", 1, is_safe_integer)]);
    // The global functions are these very objects.
    for (name, length, code) in &GLOBALS[..2] {
        let f = crate::native(cx, name, *length, *code);
        ctor.put_hidden(cx, cx.key_of(name), f.clone());
        cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, cx.key_of(name), f);
    }
    let constants = [
        ("MAX_VALUE", f64::MAX),
        ("MIN_VALUE", 5e-324),
        ("NaN", f64::NAN),
        ("NEGATIVE_INFINITY", f64::NEG_INFINITY),
        ("POSITIVE_INFINITY", f64::INFINITY),
        ("MAX_SAFE_INTEGER", 9_007_199_254_740_991.0),
        ("MIN_SAFE_INTEGER", -9_007_199_254_740_991.0),
        ("EPSILON", f64::EPSILON),
    ];
    for (name, n) in constants {
        ctor.define(cx, &cx.key_of(name), n.into(), Attr::NONE);
    }
    crate::install(
        cx,
        &proto,
        &[
            ("toExponential", 1, to_exponential),
            ("toFixed", 1, to_fixed),
            ("toPrecision", 1, to_precision),
            ("toString", 1, to_string),
            ("valueOf", 0, value_of),
            ("toLocaleString", 0, to_locale_string),
        ],
    );
}
