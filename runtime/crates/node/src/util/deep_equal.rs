//! Equality of values by content, as `assert.deepStrictEqual` and `util.isDeepStrictEqual` see it.

use puremix_js::builtins::typed;
use puremix_js::ops;
use puremix_value::{Attr, Cursor, Cx, Key, Kind, Obj, R, Value, check_stack, well_known};

/// Whether values are compared with `==` (`loose`) or as `Object.is` does, prototypes included.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Strict,
    Loose,
}

/// Compares two values by content; cycles are equal where they close alike.
pub(crate) fn deep_equal(cx: Cx, a: &Value, b: &Value, mode: Mode) -> R<bool> {
    equal(cx, a, b, mode, &mut Vec::new())
}

fn equal(cx: Cx, a: &Value, b: &Value, mode: Mode, open: &mut Vec<(Obj, Obj)>) -> R<bool> {
    let (x, y) = match (a, b, mode) {
        (Value::Obj(x), Value::Obj(y), _) => (x, y),
        (_, _, Mode::Strict) => return Ok(ops::same_value(a, b)),
        (Value::Obj(_), _, Mode::Loose) | (_, Value::Obj(_), Mode::Loose) => return Ok(false),
        _ => {
            let both_nan = matches!((a, b), (Value::Num(m), Value::Num(n)) if m.is_nan() && n.is_nan());
            return Ok(both_nan || ops::js_eq(cx, a, b)?);
        }
    };
    if x == y {
        return Ok(true);
    }
    check_stack(cx)?;
    if mode == Mode::Strict && x.proto() != y.proto() {
        return Ok(false);
    }
    if open.iter().any(|(m, n)| (m, n) == (x, y)) {
        return Ok(true);
    }
    if x.is_callable() || y.is_callable() || x.is_array() != y.is_array() || x.kind().class_name() != y.kind().class_name() {
        return Ok(false);
    }
    open.push((x.clone(), y.clone()));
    let answer = objects(cx, x, y, mode, open);
    open.pop();
    answer
}

fn objects(cx: Cx, x: &Obj, y: &Obj, mode: Mode, open: &mut Vec<(Obj, Obj)>) -> R<bool> {
    let (a, b) = (Value::Obj(x.clone()), Value::Obj(y.clone()));
    match (x.kind(), y.kind()) {
        (Kind::Date(m), Kind::Date(n)) => {
            if m.get() != n.get() && !(m.get().is_nan() && n.get().is_nan()) {
                return Ok(false);
            }
        }
        (Kind::Boxed(m), Kind::Boxed(n)) => {
            if !ops::same_value(m, n) {
                return Ok(false);
            }
        }
        (Kind::Error, Kind::Error) => {
            for name in [well_known::NAME, well_known::MESSAGE] {
                if !equal(cx, &ops::get(cx, &a, name, 0)?, &ops::get(cx, &b, name, 0)?, mode, open)? {
                    return Ok(false);
                }
            }
        }
        (Kind::Set(m), Kind::Set(n)) => {
            if m.len() != n.len() || !sets(cx, m, n, mode, open)? {
                return Ok(false);
            }
        }
        (Kind::Map(m), Kind::Map(n)) => {
            if m.len() != n.len() || !maps(cx, m, n, mode, open)? {
                return Ok(false);
            }
        }
        _ => {
            if let (Some((_, m)), Some((_, n))) = (puremix_js::regexp::as_regexp(&a), puremix_js::regexp::as_regexp(&b)) {
                if m.source.as_str() != n.source.as_str() || m.program.flags.text() != n.program.flags.text() {
                    return Ok(false);
                }
            } else if let Some(bytes) = typed::with_bytes(x, <[u8]>::to_vec)
                && Some(bytes) != typed::with_bytes(y, <[u8]>::to_vec)
            {
                return Ok(false);
            }
        }
    }
    let skip_elements = typed::array_len(x).is_some();
    let (m, n) = (keys(cx, x, mode, skip_elements), keys(cx, y, mode, skip_elements));
    if m.len() != n.len() || x.is_array() && x.array_len() != y.array_len() {
        return Ok(false);
    }
    for key in &m {
        if !n.contains(key) || !equal(cx, &ops::get_key(cx, x, key, &a)?, &ops::get_key(cx, y, key, &b)?, mode, open)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn keys(cx: Cx, o: &Obj, mode: Mode, skip_elements: bool) -> Vec<Key> {
    let wanted = |(key, attr): &(Key, Attr)| {
        attr.has(Attr::ENUMERABLE) && !(skip_elements && matches!(key, Key::Index(_))) && (mode == Mode::Strict || !key.is_symbol())
    };
    o.own_keys(cx).into_iter().filter(wanted).map(|(k, _)| k).collect()
}

fn entries(map: &puremix_value::MapData) -> Vec<(Value, Value)> {
    let mut cursor = Cursor::default();
    std::iter::from_fn(|| map.next_at(&mut cursor)).collect()
}

/// Each element of one has its own equal in the other.
fn sets(cx: Cx, m: &puremix_value::MapData, n: &puremix_value::MapData, mode: Mode, open: &mut Vec<(Obj, Obj)>) -> R<bool> {
    let mut rest = entries(n);
    'next: for (item, _) in entries(m) {
        for i in 0..rest.len() {
            if equal(cx, &item, &rest[i].0, mode, open)? {
                rest.remove(i);
                continue 'next;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

fn maps(cx: Cx, m: &puremix_value::MapData, n: &puremix_value::MapData, mode: Mode, open: &mut Vec<(Obj, Obj)>) -> R<bool> {
    let mut rest = entries(n);
    'next: for (key, value) in entries(m) {
        for i in 0..rest.len() {
            if equal(cx, &key, &rest[i].0, mode, open)? && equal(cx, &value, &rest[i].1, mode, open)? {
                rest.remove(i);
                continue 'next;
            }
        }
        return Ok(false);
    }
    Ok(true)
}
