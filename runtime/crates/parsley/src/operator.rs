//! Operators (reference §4). Integers and floats are one number type here; see docs/deviations.md.

use crate::data::{entries, items};
use crate::error::{fail, type_name};
use crate::text::inspect;
use puremix_js::ops;
use puremix_value::{Cx, Kind, Obj, R, Str, Thrown, Value};
use std::cmp::Ordering;

/// Falsy are null, false, 0, "", [] and {} (reference §3.3, the later rule).
pub fn parsley_truthy(v: &Value) -> bool {
    match v {
        Value::Undefined | Value::Null | Value::Uninit => false,
        Value::Bool(b) => *b,
        Value::Num(n) => *n != 0.0,
        Value::Str(s) => !s.is_empty(),
        Value::Obj(o) if o.is_array() => o.array_len() > 0,
        Value::Obj(o) => !matches!(o.kind(), Kind::Plain) || o.shape().is_none_or(|shape| !shape.is_empty()),
        Value::Sym(_) | Value::BigInt(_) => true,
    }
}

pub fn parsley_not(v: &Value) -> bool {
    !parsley_truthy(v)
}

pub fn parsley_neg(cx: Cx, v: &Value) -> R {
    match v {
        Value::Num(n) => Ok(Value::Num(-n)),
        _ => Err(fail(cx, "OP-0004", &format!("cannot negate {}", type_name(v)))),
    }
}

fn mismatch(cx: Cx, op: &str, a: &Value, b: &Value) -> Thrown {
    fail(cx, "OP-0009", &format!("{} {op} {} is not defined", type_name(a), type_name(b)))
}

pub fn parsley_add(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(x + y)),
        (Value::Str(_), _) | (_, Value::Str(_)) => {
            let (x, y) = (plain_text(cx, a)?, plain_text(cx, b)?);
            Ok(Value::Str(x.concat(&y)))
        }
        _ => Err(mismatch(cx, "+", a, b)),
    }
}

/// The template conversion as a string: markup becomes its text again and is escaped where it is shown.
fn plain_text(cx: Cx, v: &Value) -> R<Str> {
    let shown = crate::text::parsley_text(cx, v)?;
    match shown.as_obj().map(Obj::kind) {
        Some(Kind::Html(html)) => Ok(html.markup.clone()),
        _ => ops::js_to_string(cx, &shown),
    }
}

pub fn parsley_sub(cx: Cx, a: &Value, b: &Value) -> R {
    if let (Value::Num(x), Value::Num(y)) = (a, b) {
        return Ok(Value::Num(x - y));
    }
    if let (Some(left), Some(right)) = (items(a), items(b)) {
        let gone: Vec<String> = right.iter().map(inspect).collect();
        let kept = left.into_iter().filter(|v| !gone.contains(&inspect(v))).collect();
        return Ok(Value::Obj(Obj::array(cx, kept)));
    }
    Err(mismatch(cx, "-", a, b))
}

pub fn parsley_mul(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(x * y)),
        (Value::Str(s), Value::Num(n)) => {
            let times = n.max(0.0) as usize;
            if s.len_utf16().saturating_mul(times) > puremix_value::MAX_LEN {
                return Err(fail(cx, "VAL-0001", "the repeated string is too long"));
            }
            Ok(Value::str(&s.as_utf8().repeat(times)))
        }
        _ => Err(mismatch(cx, "*", a, b)),
    }
}

pub fn parsley_div(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Num(_), Value::Num(0.0)) => Err(fail(cx, "OP-0002", "division by zero")),
        (Value::Num(x), Value::Num(y)) if x.fract() == 0.0 && y.fract() == 0.0 => Ok(Value::Num((x / y).trunc())),
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(x / y)),
        _ => Err(mismatch(cx, "/", a, b)),
    }
}

pub fn parsley_rem(cx: Cx, a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Num(_), Value::Num(0.0)) => Err(fail(cx, "OP-0006", "remainder by zero")),
        (Value::Num(x), Value::Num(y)) => Ok(Value::Num(x % y)),
        _ => Err(mismatch(cx, "%", a, b)),
    }
}

/// Values by value, lists, dictionaries and functions by identity.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Undefined | Value::Null, Value::Undefined | Value::Null) => true,
        _ => ops::js_strict_eq(a, b),
    }
}

/// `a == b`. Never throws; the result's form is that of all comparisons.
pub fn parsley_eq(_: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(same(a, b))
}

pub fn parsley_ne(_: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(!same(a, b))
}

fn order(cx: Cx, op: &str, a: &Value, b: &Value) -> R<Option<Ordering>> {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => Ok(x.partial_cmp(y)),
        (Value::Str(x), Value::Str(y)) => Ok(Some(natural(&x.as_utf8(), &y.as_utf8()))),
        _ => Err(mismatch(cx, op, a, b)),
    }
}

/// Natural order: runs of digits compare as numbers, all else by code point (reference §4.2).
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (x.peek().copied(), y.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(c), Some(d)) if c.is_ascii_digit() && d.is_ascii_digit() => {
                let run = |it: &mut std::iter::Peekable<std::str::Chars<'_>>| {
                    let mut digits = String::new();
                    while let Some(c) = it.next_if(char::is_ascii_digit) {
                        digits.push(c);
                    }
                    digits.trim_start_matches('0').to_owned()
                };
                let (m, n) = (run(&mut x), run(&mut y));
                match m.len().cmp(&n.len()).then_with(|| m.cmp(&n)) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            (Some(c), Some(d)) => match c.cmp(&d) {
                Ordering::Equal => {
                    x.next();
                    y.next();
                }
                other => return other,
            },
        }
    }
}

pub fn parsley_lt(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(order(cx, "<", a, b)? == Some(Ordering::Less))
}

pub fn parsley_le(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(matches!(order(cx, "<=", a, b)?, Some(Ordering::Less | Ordering::Equal)))
}

pub fn parsley_gt(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(order(cx, ">", a, b)? == Some(Ordering::Greater))
}

pub fn parsley_ge(cx: Cx, a: &Value, b: &Value) -> R<bool> {
    Ok(matches!(order(cx, ">=", a, b)?, Some(Ordering::Greater | Ordering::Equal)))
}

pub fn parsley_in(cx: Cx, needle: &Value, v: &Value) -> R<bool> {
    match (needle, v) {
        (_, Value::Null | Value::Undefined) => Ok(false),
        (Value::Str(n), Value::Str(s)) => Ok(s.as_utf8().contains(&*n.as_utf8())),
        (Value::Str(n), Value::Obj(o)) if !o.is_array() => Ok(o.get_own(cx, &cx.key(n)).is_some()),
        _ => match items(v) {
            Some(list) => Ok(list.iter().any(|x| same(x, needle))),
            None => Err(fail(cx, "OP-0016", &format!("cannot look into {}", type_name(v)))),
        },
    }
}

/// `a..b`, both ends included, downwards when `a` is the larger.
pub fn parsley_range(cx: Cx, a: &Value, b: &Value) -> R {
    let (Value::Num(x), Value::Num(y)) = (a, b) else { return Err(mismatch(cx, "..", a, b)) };
    if x.fract() != 0.0 || y.fract() != 0.0 || (x - y).abs() > 10_000_000.0 {
        return Err(fail(cx, "VAL-0013", "a range takes two integers, at most ten million apart"));
    }
    let count = (x - y).abs() as usize + 1;
    let step = if x <= y { 1.0 } else { -1.0 };
    Ok(Value::Obj(Obj::array(cx, (0..count).map(|i| Value::Num(x + step * i as f64)).collect())))
}

/// `a ++ b`: two dictionaries merge, the right one wins; all else joins as lists.
pub fn parsley_merge(cx: Cx, a: &Value, b: &Value) -> R {
    if type_name(a) == "dictionary" && type_name(b) == "dictionary" {
        let merged = Obj::plain(cx);
        ops::copy_props(cx, &merged, a)?;
        ops::copy_props(cx, &merged, b)?;
        return Ok(Value::Obj(merged));
    }
    let part = |v: &Value| items(v).unwrap_or_else(|| vec![v.clone()]);
    let mut all = part(a);
    all.extend(part(b));
    Ok(Value::Obj(Obj::array(cx, all)))
}

/// `and`: lists and dictionaries intersect, everything else is a boolean.
pub fn parsley_and(cx: Cx, a: &Value, b: &Value) -> R {
    if let (Some(x), Some(y)) = (items(a), items(b)) {
        let right: Vec<String> = y.iter().map(inspect).collect();
        return Ok(unique(cx, x.into_iter().filter(|v| right.contains(&inspect(v)))));
    }
    if let (Value::Obj(x), Value::Obj(y)) = (a, b)
        && type_name(a) == "dictionary"
        && type_name(b) == "dictionary"
    {
        let both = Obj::plain(cx);
        for (key, value) in entries(cx, x)? {
            if y.get_own(cx, &key).is_some() {
                both.put(cx, &key, value);
            }
        }
        return Ok(Value::Obj(both));
    }
    Ok(Value::Bool(parsley_truthy(a) && parsley_truthy(b)))
}

/// `or`: lists unite, everything else is a boolean.
pub fn parsley_or(cx: Cx, a: &Value, b: &Value) -> R {
    if let (Some(mut x), Some(y)) = (items(a), items(b)) {
        x.extend(y);
        return Ok(unique(cx, x.into_iter()));
    }
    Ok(Value::Bool(parsley_truthy(a) || parsley_truthy(b)))
}

fn unique(cx: Cx, values: impl Iterator<Item = Value>) -> Value {
    let mut seen = std::collections::HashSet::new();
    Value::Obj(Obj::array(cx, values.filter(|v| seen.insert(inspect(v))).collect()))
}

#[cfg(test)]
mod tests {
    use super::natural;
    use std::cmp::Ordering;

    #[test]
    fn natural_order() {
        for (a, b, expected) in [("item2", "item10", Ordering::Less), ("a", "B", Ordering::Greater), ("007", "7", Ordering::Equal), ("", "a", Ordering::Less)] {
            assert_eq!(natural(a, b), expected, "{a} {b}");
        }
    }
}
