//! Comparison, equality, `in`, `instanceof` (ECMA-262 §7.2.13 to §7.2.15, §13.10).

use crate::ops::convert::*;
use crate::{call, get_key, throw_type};
use num_bigint::BigInt;
use puremix_value::{Cx, Kind, Obj, R, Value, WellKnownSymbol, check_stack, same_value_zero, well_known};
use std::cmp::Ordering;

/// `a === b`.
#[inline]
pub fn js_strict_eq(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => x == y,
        _ => same_value_zero(a, b),
    }
}

/// `a !== b`.
#[inline]
pub fn js_strict_ne(a: &Value, b: &Value) -> bool {
    !js_strict_eq(a, b)
}

/// `SameValue`: `Object.is`.
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()),
        _ => same_value_zero(a, b),
    }
}

/// `a == b`.
#[inline]
pub fn js_eq(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => Ok(x == y),
        (Value::Str(x), Value::Str(y)) => Ok(x == y),
        _ => eq_slow(cx, a, b),
    }
}

/// `a != b`.
#[inline]
pub fn js_ne(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    js_eq(cx, a, b).map(|r| !r)
}

#[inline(never)]
fn eq_slow(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(match (a, b) {
        (Value::Undefined | Value::Null, Value::Undefined | Value::Null) => true,
        (Value::Undefined | Value::Null, _) | (_, Value::Undefined | Value::Null) => false,
        (Value::Obj(x), Value::Obj(y)) => x == y,
        (Value::Num(x), Value::Str(y)) => *x == crate::str_to_num(y.as_str()),
        (Value::Str(x), Value::Num(y)) => crate::str_to_num(x.as_str()) == *y,
        (Value::BigInt(x), Value::Str(y)) | (Value::Str(y), Value::BigInt(x)) => str_to_big(y.as_str()).is_some_and(|y| **x == y),
        (Value::BigInt(x), Value::Num(y)) | (Value::Num(y), Value::BigInt(x)) => compare_big(x, *y) == Some(Ordering::Equal),
        (Value::Bool(x), _) if !matches!(b, Value::Bool(_)) => return js_eq(cx, &Value::from(i32::from(*x)), b),
        (_, Value::Bool(y)) if !matches!(a, Value::Bool(_)) => return js_eq(cx, a, &Value::from(i32::from(*y))),
        (Value::Obj(_), _) => return js_eq(cx, &to_primitive(cx, a, Hint::Default)?, b),
        (_, Value::Obj(_)) => return js_eq(cx, a, &to_primitive(cx, b, Hint::Default)?),
        _ => js_strict_eq(a, b),
    })
}

/// Exact comparison; `None` for NaN.
fn compare_big(x: &BigInt, y: f64) -> Option<Ordering> {
    if y.is_nan() {
        return None;
    }
    if y.is_infinite() {
        return Some(if y > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole: BigInt = format!("{:.0}", y.trunc()).parse().ok()?;
    Some(x.cmp(&whole).then_with(|| 0.0f64.partial_cmp(&y.fract()).unwrap_or(Ordering::Equal)))
}

/// The order of two values for `<` and its kin; `None` if undefined (NaN). `left_first` is the order of coercion.
#[inline(never)]
fn compare_slow(cx: Cx, a: &Value, b: &Value) -> R<Option<Ordering>> {
    let (p, q) = (to_primitive(cx, a, Hint::Number)?, to_primitive(cx, b, Hint::Number)?);
    Ok(match (&p, &q) {
        (Value::Str(x), Value::Str(y)) => Some(x.cmp(y)),
        (Value::BigInt(x), Value::Str(y)) => str_to_big(y.as_str()).map(|y| (**x).cmp(&y)),
        (Value::Str(x), Value::BigInt(y)) => str_to_big(x.as_str()).map(|x| x.cmp(y)),
        _ => match (to_numeric(cx, &p)?, to_numeric(cx, &q)?) {
            (Value::Num(x), Value::Num(y)) => x.partial_cmp(&y),
            (Value::BigInt(x), Value::BigInt(y)) => Some(x.cmp(&y)),
            (Value::BigInt(x), Value::Num(y)) => compare_big(&x, y),
            (Value::Num(x), Value::BigInt(y)) => compare_big(&y, x).map(Ordering::reverse),
            _ => None,
        },
    })
}

macro_rules! comparison {
    ($($(#[$doc:meta])* $name:ident $op:tt $test:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(cx: Cx, a: &Value, b: &Value) -> R<bool> {
            if let (Value::Num(x), Value::Num(y)) = (a, b) {
                return Ok(x $op y);
            }
            compare_slow(cx, a, b).map(|o| o.is_some_and(Ordering::$test))
        }
    )*};
}

comparison! {
    /// `a < b`.
    js_lt < is_lt;
    /// `a <= b`.
    js_le <= is_le;
    /// `a > b`.
    js_gt > is_gt;
    /// `a >= b`.
    js_ge >= is_ge;
}

/// `key in obj`.
pub fn js_in(cx: Cx, key: &Value, obj: &Value) -> R<bool> {
    let Value::Obj(o) = obj else {
        let (k, v) = (crate::errors::plain(cx, key), crate::errors::plain(cx, obj));
        return Err(throw_type(cx, &format!("Cannot use 'in' operator to search for '{k}' in {v}")));
    };
    let key = js_to_key(cx, key)?;
    crate::has_property(cx, o, &key)
}

/// `v instanceof f`.
pub fn js_instanceof(cx: Cx, v: &Value, f: &Value) -> R<bool> {
    let Value::Obj(target) = f else {
        return Err(throw_type(cx, "Right-hand side of 'instanceof' is not an object"));
    };
    let custom = get_key(cx, target, &cx.symbol(WellKnownSymbol::HasInstance).into(), f)?;
    if !custom.is_nullish() && !crate::builtins::function::is_default_has_instance(&custom) {
        check_stack(cx)?;
        return Ok(js_truthy(&call(cx, &custom, f, std::slice::from_ref(v))?));
    }
    if !target.is_callable() {
        return Err(throw_type(cx, "Right-hand side of 'instanceof' is not callable"));
    }
    ordinary_has_instance(cx, target, v)
}

/// `OrdinaryHasInstance` (§7.3.21).
pub fn ordinary_has_instance(cx: Cx, f: &Obj, v: &Value) -> R<bool> {
    if !f.is_callable() {
        return Ok(false);
    }
    if let Kind::Bound(b) = f.kind() {
        check_stack(cx)?;
        return js_instanceof(cx, v, &b.target.clone().into());
    }
    let Value::Obj(o) = v else { return Ok(false) };
    let Value::Obj(proto) = get_key(cx, f, &well_known::PROTOTYPE.into(), &f.clone().into())? else {
        return Err(throw_type(cx, "Function has non-object prototype 'undefined' in instanceof check"));
    };
    let mut next = crate::get_proto(cx, o)?;
    while let Some(p) = next {
        if p == proto {
            return Ok(true);
        }
        next = crate::get_proto(cx, &p)?;
    }
    Ok(false)
}
