//! Coercions (ECMA-262 §7.1).

use crate::number::{num_to_str, str_to_num};
use crate::{call, get_key, throw_type};
use puremix_value::{BigInt, Cx, Intrinsic, Key, Kind, Lit, Obj, R, Str, Value, WellKnownSymbol, well_known, check_stack};

/// `ToBoolean`.
#[inline]
pub fn js_truthy(v: &Value) -> bool {
    match v {
        Value::Bool(b) => *b,
        Value::Undefined | Value::Null | Value::Uninit => false,
        Value::Num(n) => *n != 0.0 && !n.is_nan(),
        Value::Str(s) => !s.is_empty(),
        Value::BigInt(n) => **n != BigInt::ZERO,
        Value::Obj(_) | Value::Sym(_) => true,
    }
}

/// `ToBoolean` of a value that is not needed any more.
#[inline]
pub fn js_truth(v: Value) -> bool {
    let truth = js_truthy(&v);
    v.discard();
    truth
}

/// `!v`.
#[inline]
pub fn js_not(v: &Value) -> bool {
    !js_truthy(v)
}

/// True for `undefined` and `null`.
#[inline]
pub fn is_nullish(v: &Value) -> bool {
    v.is_nullish()
}

/// `typeof v`.
pub fn js_typeof(v: &Value) -> Value {
    Value::Str(Str::lit(typeof_lit(v)))
}

/// `typeof v` as text.
pub fn typeof_lit(v: &Value) -> &'static Lit {
    let atom = match v {
        Value::Undefined | Value::Uninit => well_known::UNDEFINED,
        Value::Null => well_known::OBJECT,
        Value::Bool(_) => well_known::BOOLEAN,
        Value::Num(_) => well_known::NUMBER,
        Value::Str(_) => well_known::STRING,
        Value::Sym(_) => well_known::SYMBOL,
        Value::BigInt(_) => well_known::BIGINT,
        Value::Obj(o) if o.is_callable() => well_known::FUNCTION,
        Value::Obj(_) => well_known::OBJECT,
    };
    &well_known::NAMES[atom.0 as usize]
}

/// Which primitive an object is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hint {
    Default,
    Number,
    String,
}

/// `ToPrimitive` (§7.1.1).
#[inline]
pub fn to_primitive(cx: Cx, v: &Value, hint: Hint) -> R {
    match v {
        Value::Obj(o) => obj_to_primitive(cx, o, v, hint),
        _ => Ok(v.clone()),
    }
}

#[inline(never)]
fn obj_to_primitive(cx: Cx, o: &Obj, v: &Value, hint: Hint) -> R {
    check_stack(cx)?;
    let exotic = get_key(cx, o, &cx.symbol(WellKnownSymbol::ToPrimitive).into(), v)?;
    if !exotic.is_nullish() {
        if !exotic.is_callable() {
            return Err(throw_type(cx, &format!("{} is not a function", crate::errors::show(cx, &exotic))));
        }
        let name = match hint {
            Hint::Default => well_known::DEFAULT,
            Hint::Number => well_known::NUMBER,
            Hint::String => well_known::STRING,
        };
        let r = call(cx, &exotic, v, &[cx.atom_str(name).into()])?;
        return if r.is_object() { Err(throw_type(cx, "Cannot convert object to primitive value")) } else { Ok(r) };
    }
    let order = if hint == Hint::String { [well_known::TO_STRING, well_known::VALUE_OF] } else { [well_known::VALUE_OF, well_known::TO_STRING] };
    for name in order {
        let f = get_key(cx, o, &name.into(), v)?;
        if f.is_callable() {
            let r = call(cx, &f, v, &[])?;
            if !r.is_object() {
                return Ok(r);
            }
        }
    }
    Err(throw_type(cx, "Cannot convert object to primitive value"))
}

/// `ToNumber`.
#[inline]
pub fn js_to_number(cx: Cx, v: &Value) -> R<f64> {
    match v {
        Value::Num(n) => Ok(*n),
        _ => to_number_slow(cx, v),
    }
}

#[inline(never)]
fn to_number_slow(cx: Cx, v: &Value) -> R<f64> {
    Ok(match v {
        Value::Num(n) => *n,
        Value::Undefined | Value::Uninit => f64::NAN,
        Value::Null => 0.0,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Str(s) => str_to_num(s.as_str()),
        Value::Sym(_) => return Err(throw_type(cx, "Cannot convert a Symbol value to a number")),
        Value::BigInt(_) => return Err(throw_type(cx, "Cannot convert a BigInt value to a number")),
        Value::Obj(_) => return to_number_slow(cx, &to_primitive(cx, v, Hint::Number)?),
    })
}

/// `ToNumeric`: a `Num` or a `BigInt`.
#[inline]
pub fn to_numeric(cx: Cx, v: &Value) -> R {
    match v {
        Value::Num(_) | Value::BigInt(_) => Ok(v.clone()),
        Value::Obj(_) => {
            let p = to_primitive(cx, v, Hint::Number)?;
            if let Value::BigInt(_) = p { Ok(p) } else { js_to_number(cx, &p).map(Value::Num) }
        }
        _ => js_to_number(cx, v).map(Value::Num),
    }
}

/// `ToInt32` of a number.
#[inline]
pub fn js_to_int32(n: f64) -> i32 {
    // Truncates; what is beyond saturates, and NaN becomes 0.
    let wide = n as i64;
    if wide.unsigned_abs() < 1 << 62 { wide as i32 } else { to_int32_slow(n) }
}

#[inline(never)]
fn to_int32_slow(n: f64) -> i32 {
    if !n.is_finite() {
        return 0;
    }
    // The remainder is exact, and its magnitude is below 2^32.
    (n.trunc() % 4_294_967_296.0) as i64 as u32 as i32
}

/// `ToUint32` of a number.
#[inline]
pub fn to_uint32(n: f64) -> u32 {
    js_to_int32(n) as u32
}

/// `ToIntegerOrInfinity` of a number: truncated, NaN is 0.
#[inline]
pub fn to_integer(n: f64) -> f64 {
    if n.is_nan() { 0.0 } else { n.trunc() + 0.0 }
}

/// `ToIntegerOrInfinity`.
#[inline]
pub fn value_to_integer(cx: Cx, v: &Value) -> R<f64> {
    js_to_number(cx, v).map(to_integer)
}

/// `ToLength`.
pub fn to_length(cx: Cx, v: &Value) -> R<f64> {
    Ok(value_to_integer(cx, v)?.clamp(0.0, 9_007_199_254_740_991.0))
}

/// `ToString`.
#[inline]
pub fn js_to_string(cx: Cx, v: &Value) -> R<Str> {
    match v {
        Value::Str(s) => Ok(s.clone()),
        Value::Num(n) => Ok(num_to_str(*n)),
        _ => to_string_slow(cx, v),
    }
}

#[inline(never)]
fn to_string_slow(cx: Cx, v: &Value) -> R<Str> {
    static TRUE: Lit = Lit::new("true");
    static FALSE: Lit = Lit::new("false");
    static NULL: Lit = Lit::new("null");
    Ok(match v {
        Value::Str(s) => s.clone(),
        Value::Num(n) => num_to_str(*n),
        Value::Undefined | Value::Uninit => cx.atom_str(well_known::UNDEFINED),
        Value::Null => Str::lit(&NULL),
        Value::Bool(b) => Str::lit(if *b { &TRUE } else { &FALSE }),
        Value::BigInt(n) => Str::from_ascii(&n.to_string()),
        Value::Sym(_) => return Err(throw_type(cx, "Cannot convert a Symbol value to a string")),
        Value::Obj(_) => {
            puremix_value::check_stack(cx)?;
            return to_string_slow(cx, &to_primitive(cx, v, Hint::String)?);
        }
    })
}

/// `ToPropertyKey`.
#[inline]
pub fn js_to_key(cx: Cx, v: &Value) -> R<Key> {
    match v {
        Value::Str(s) => Ok(cx.key(s)),
        Value::Num(n) => Ok(num_key(cx, *n)),
        Value::Sym(s) => Ok(s.into()),
        Value::Obj(_) => {
            let p = to_primitive(cx, v, Hint::String)?;
            js_to_key(cx, &p)
        }
        _ => Ok(cx.key(&js_to_string(cx, v)?)),
    }
}

/// The key that a number names.
#[inline]
pub fn num_key(cx: Cx, n: f64) -> Key {
    let i = n as u32;
    if f64::from(i) == n && i != u32::MAX { Key::Index(i) } else { cx.key(&num_to_str(n)) }
}

/// `ToObject` (§7.1.18).
pub fn to_object(cx: Cx, v: &Value) -> R<Obj> {
    let proto = match v {
        Value::Obj(o) => return Ok(o.clone()),
        Value::Undefined | Value::Null | Value::Uninit => return Err(throw_type(cx, "Cannot convert undefined or null to object")),
        Value::Bool(_) => Intrinsic::BooleanPrototype,
        Value::Num(_) => Intrinsic::NumberPrototype,
        Value::Str(_) => Intrinsic::StringPrototype,
        Value::Sym(_) => Intrinsic::SymbolPrototype,
        Value::BigInt(_) => Intrinsic::BigIntPrototype,
    };
    Ok(Obj::with(cx, Some(cx.intrinsic(proto)), Kind::Boxed(v.clone())))
}

/// The prototype on which a primitive's properties are found; `None` for `undefined` and `null`.
pub fn primitive_proto(cx: Cx, v: &Value) -> Option<Obj> {
    let proto = match v {
        Value::Obj(o) => return Some(o.clone()),
        Value::Undefined | Value::Null | Value::Uninit => return None,
        Value::Bool(_) => Intrinsic::BooleanPrototype,
        Value::Num(_) => Intrinsic::NumberPrototype,
        Value::Str(_) => Intrinsic::StringPrototype,
        Value::Sym(_) => Intrinsic::SymbolPrototype,
        Value::BigInt(_) => Intrinsic::BigIntPrototype,
    };
    Some(cx.intrinsic(proto))
}

/// The BigInt a string stands for (§7.1.14); `None` if it stands for none.
pub fn str_to_big(text: &str) -> Option<BigInt> {
    let t = text.trim_matches(crate::number::is_space);
    let (digits, radix) = match t.get(..2) {
        Some("0x" | "0X") => (&t[2..], 16),
        Some("0o" | "0O") => (&t[2..], 8),
        Some("0b" | "0B") => (&t[2..], 2),
        _ => (t, 10),
    };
    if t.is_empty() {
        return Some(BigInt::ZERO);
    }
    let plain = if radix == 10 { digits.strip_prefix(['+', '-']).unwrap_or(digits) } else { digits };
    if plain.is_empty() || !plain.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

/// `ToBigInt` (§7.1.13).
pub fn to_big_int(cx: Cx, v: &Value) -> R<BigInt> {
    match to_primitive(cx, v, Hint::Number)? {
        Value::BigInt(n) => Ok((*n).clone()),
        Value::Bool(b) => Ok(BigInt::from(u8::from(b))),
        Value::Str(s) => match str_to_big(s.as_str()) {
            Some(n) => Ok(n),
            None => Err(crate::throw_syntax(cx, &format!("Cannot convert {} to a BigInt", s.as_str()))),
        },
        other => Err(throw_type(cx, &format!("Cannot convert {} to a BigInt", crate::errors::show(cx, &other)))),
    }
}
