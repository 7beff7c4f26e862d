//! Lists and dictionaries: members, destructuring, block values.

use crate::error::{fail, type_name};
use puremix_js::ops;
use puremix_value::{Cx, Key, Obj, R, Str, Value};

fn list(v: &Value) -> Option<&Obj> {
    v.as_obj().filter(|o| o.is_array())
}

fn is_dictionary(v: &Value) -> bool {
    type_name(v) == "dictionary"
}

fn elements(o: &Obj) -> Vec<Value> {
    match o.dense() {
        Some(slots) => slots.to_vec(),
        None => Vec::new(),
    }
}

fn null_of(v: Value) -> Value {
    if matches!(v, Value::Undefined | Value::Uninit) { Value::Null } else { v }
}

/// A value's own member; null where there is none (reference §3.7).
pub fn parsley_get(cx: Cx, v: &Value, name: &Value) -> R {
    match (v, name) {
        (Value::Null | Value::Undefined, _) => Ok(Value::Null),
        (Value::Obj(_), Value::Str(name)) if !v.as_obj().is_some_and(Obj::is_array) => ops::get_value(cx, v, &cx.key(name)).map(null_of),
        _ => Err(fail(cx, "UNDEF-0003", &format!("{} has no member '{}'", type_name(v), shown(name)))),
    }
}

fn shown(v: &Value) -> String {
    crate::text::inspect(v)
}

/// `a[i]`: out of range is an error for lists and strings, null for dictionaries. Negative indices count from the end.
pub fn parsley_index(cx: Cx, v: &Value, key: &Value) -> R {
    match (v, key) {
        (Value::Null | Value::Undefined, _) => Ok(Value::Null),
        (Value::Obj(o), Value::Num(n)) if o.is_array() => {
            at(&elements(o), *n).ok_or_else(|| fail(cx, "INDEX-0001", &format!("index {n} is out of range (length {})", o.array_len())))
        }
        (Value::Str(s), Value::Num(n)) => {
            let chars: Vec<Value> = characters(s);
            at(&chars, *n).ok_or_else(|| fail(cx, "INDEX-0001", &format!("index {n} is out of range (length {})", chars.len())))
        }
        (_, Value::Str(_)) if is_dictionary(v) => parsley_get(cx, v, key),
        _ => Err(fail(cx, "INDEX-0003", &format!("cannot index {} with {}", type_name(v), type_name(key)))),
    }
}

/// `a[?i]`: null instead of an error.
pub fn parsley_at(cx: Cx, v: &Value, key: &Value) -> R {
    match (v, key) {
        (Value::Obj(o), Value::Num(n)) if o.is_array() => Ok(at(&elements(o), *n).unwrap_or(Value::Null)),
        (Value::Str(s), Value::Num(n)) => Ok(at(&characters(s), *n).unwrap_or(Value::Null)),
        (_, Value::Str(_)) if is_dictionary(v) => parsley_get(cx, v, key),
        _ => Ok(Value::Null),
    }
}

fn at(items: &[Value], n: f64) -> Option<Value> {
    let index = if n < 0.0 { n + items.len() as f64 } else { n };
    if index < 0.0 || index.fract() != 0.0 {
        return None;
    }
    items.get(index as usize).cloned().map(null_of)
}

fn characters(s: &Str) -> Vec<Value> {
    s.as_utf8().chars().map(|c| Value::Str(Str::from_char(c))).collect()
}

/// What a pattern `[a, b]` takes apart: a list as it is, null as nothing, anything else as a list of one.
pub fn parsley_list(cx: Cx, v: &Value) -> R {
    Ok(match v {
        _ if list(v).is_some() => v.clone(),
        Value::Null | Value::Undefined => Value::Obj(Obj::array(cx, vec![])),
        _ => Value::Obj(Obj::array(cx, vec![v.clone()])),
    })
}

/// The rest of a list from an index, for `[a, ...rest]`.
pub fn parsley_from(cx: Cx, v: &Value, start: &Value) -> R {
    let items = list(v).map(elements).unwrap_or_default();
    let start = start.as_num().unwrap_or(0.0) as usize;
    Ok(Value::Obj(Obj::array(cx, items.get(start..).unwrap_or_default().to_vec())))
}

/// The other members of a dictionary, for `{a, ...rest}`.
pub fn parsley_rest(cx: Cx, v: &Value, taken: &[Value]) -> R {
    let keys: Vec<Key> = taken.iter().filter_map(|k| k.as_str().map(|s| cx.key(s))).collect();
    ops::rest_object(cx, v, &keys)
}

/// Adds a block's value to its list, nulls left out.
pub fn parsley_push(cx: Cx, to: &Value, v: &Value) -> R {
    if !matches!(v, Value::Null | Value::Undefined)
        && let Some(o) = list(to)
    {
        let next = o.array_len();
        o.put(cx, &Key::from(next), v.clone());
    }
    Ok(Value::Null)
}

/// The value of a block: none is null, one is itself, several are a list.
pub fn parsley_collapse(_: Cx, v: &Value) -> R {
    Ok(match list(v).map(elements) {
        Some(items) if items.is_empty() => Value::Null,
        Some(mut items) if items.len() == 1 => items.remove(0),
        _ => v.clone(),
    })
}

/// What `for (x in v)` walks: elements, characters, or a dictionary's values.
pub fn parsley_values(cx: Cx, v: &Value) -> R {
    let items = match v {
        Value::Null | Value::Undefined => vec![],
        Value::Str(s) => characters(s),
        Value::Obj(o) if o.is_array() => return Ok(v.clone()),
        Value::Obj(o) if is_dictionary(v) => entries(cx, o)?.into_iter().map(|(_, value)| value).collect(),
        _ => return Err(fail(cx, "LOOP-0001", &format!("cannot loop over {}", type_name(v)))),
    };
    Ok(Value::Obj(Obj::array(cx, items)))
}

/// What `for (k, x in v)` walks: pairs of index or key, and value.
pub fn parsley_entries(cx: Cx, v: &Value) -> R {
    let pair = |k: Value, x: Value| Value::Obj(Obj::array(cx, vec![k, x]));
    let pairs = match v {
        Value::Obj(o) if is_dictionary(v) => {
            entries(cx, o)?.into_iter().map(|(k, x)| pair(cx.key_value(&k), x)).collect()
        }
        _ => {
            let values = parsley_values(cx, v)?;
            let items = list(&values).map(elements).unwrap_or_default();
            items.into_iter().enumerate().map(|(i, x)| pair(Value::Num(i as f64), x)).collect()
        }
    };
    Ok(Value::Obj(Obj::array(cx, pairs)))
}

/// A dictionary's members in insertion order.
pub(crate) fn entries(cx: Cx, o: &Obj) -> R<Vec<(Key, Value)>> {
    let this = Value::Obj(o.clone());
    ops::enumerable_keys(cx, o)?.into_iter().map(|key| Ok((key.clone(), ops::get_value(cx, &this, &key)?))).collect()
}

/// The elements of a list value.
pub(crate) fn items(v: &Value) -> Option<Vec<Value>> {
    list(v).map(elements)
}
