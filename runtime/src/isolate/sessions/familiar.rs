//! Sessions as this isolate read them last. A visitor's next request mostly finds the same session: it gets a copy of the values instead of a
//! text to read, and is compared with them instead of being written to be compared as text.

use crate::lang;
use crate::session::StoreKey;
use puremix_value::{Cx, Kind, Obj, R, Value};
use std::cell::RefCell;
use std::sync::Arc;

/// Sessions that are remembered at most, by a part of their keys.
const PLACES: usize = 512;
/// Longer texts are not remembered.
const LONGEST: usize = 4096;
/// Values that lie deeper are neither copied nor compared.
const DEEPEST: usize = 16;

struct Familiar {
    key: StoreKey,
    text: Arc<str>,
    /// Nobody else has it.
    value: Obj,
}

thread_local! {
    static FAMILIAR: RefCell<Vec<Option<Familiar>>> = const { RefCell::new(Vec::new()) };
}

/// Keys are hashes, so any part of one is as good as another.
fn place(key: &StoreKey) -> usize {
    usize::from(u16::from_le_bytes([key[0], key[1]])) % PLACES
}

fn find(key: &StoreKey, text: &str) -> Option<Obj> {
    FAMILIAR.with_borrow(|all| all.get(place(key))?.as_ref().filter(|f| f.key == *key && *f.text == *text).map(|f| f.value.clone()))
}

/// The value of a session's text, which belongs to the caller.
pub fn parse(cx: Cx, key: &StoreKey, text: &Arc<str>) -> R {
    if let Some(copied) = find(key, text).and_then(|value| copy(cx, &Value::Obj(value), DEEPEST)) {
        return Ok(copied);
    }
    let parsed = lang::parse_json(cx, text)?;
    if text.len() <= LONGEST
        && let Some(Value::Obj(value)) = copy(cx, &parsed, DEEPEST)
    {
        let familiar = Familiar { key: *key, text: text.clone(), value };
        let before = FAMILIAR.with_borrow_mut(|all| {
            all.resize_with(PLACES, || None);
            all[place(key)].replace(familiar)
        });
        // What it holds is freed when the table can be asked again.
        drop(before);
    }
    Ok(parsed)
}

/// Whether a session's object has just what its text says, as far as that can be told without writing it.
pub fn is_unchanged(key: &StoreKey, text: &str, object: &Obj) -> bool {
    let Some(value) = find(key, text) else { return false };
    let (Some(there), Some(here)) = (value.shape(), object.shape()) else { return false };
    // The object has a link to its request besides.
    let mut seen = here.props().iter().enumerate().filter(|(_, (name, _))| !name.is_private());
    let is_same = there.props().iter().enumerate().all(|(slot, member)| {
        seen.next().is_some_and(|(at, other)| other == member && is_equal(&value.slot(slot as u32), &object.slot(at as u32), DEEPEST))
    });
    is_same && seen.next().is_none()
}

/// A copy of what JSON can say; `None` if it has names that leave an object no shape, or lies too deep.
fn copy(cx: Cx, value: &Value, depth: usize) -> Option<Value> {
    let Value::Obj(o) = value else { return Some(value.clone()) };
    let depth = depth.checked_sub(1)?;
    if let Some(items) = o.dense() {
        let items = (0..items.len()).map(|i| copy(cx, &items.get(i)?, depth)).collect::<Option<_>>()?;
        return Some(Obj::array(cx, items).into());
    }
    let copied = Obj::spread_of(cx, o, 0)?;
    for slot in 0..o.shape()?.len() as u32 {
        if let inner @ Value::Obj(_) = o.slot(slot) {
            copied.set_slot(slot, copy(cx, &inner, depth)?);
        }
    }
    Some(copied.into())
}

/// Whether two values are the same JSON, on the way that needs no search.
fn is_equal(a: &Value, b: &Value, depth: usize) -> bool {
    let (a, b, depth) = match (a, b, depth.checked_sub(1)) {
        (Value::Obj(a), Value::Obj(b), Some(depth)) => (a, b, depth),
        (Value::Num(a), Value::Num(b), _) => return a.to_bits() == b.to_bits(),
        (Value::Str(a), Value::Str(b), _) => return a == b,
        (Value::Bool(a), Value::Bool(b), _) => return a == b,
        (Value::Null, Value::Null, _) => return true,
        _ => return false,
    };
    if a.shape_id() != b.shape_id() || a.shape_id() == 0 {
        return false;
    }
    match (a.kind(), b.kind()) {
        (Kind::Plain, Kind::Plain) => a.shape().is_some_and(|shape| (0..shape.len() as u32).all(|slot| is_equal(&a.slot(slot), &b.slot(slot), depth))),
        (Kind::Array(_), Kind::Array(_)) => match (a.dense(), b.dense()) {
            (Some(a), Some(b)) => a.len() == b.len() && (0..a.len()).all(|i| matches!((a.get(i), b.get(i)), (Some(a), Some(b)) if is_equal(&a, &b, depth))),
            _ => false,
        },
        _ => false,
    }
}
