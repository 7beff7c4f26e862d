//! The data of `Map` and `Set`.

use crate::ordered::Equivalent;
use crate::{Cursor, OrderedMap, Tracer, Value};
use std::cell::RefCell;
use std::hash::{Hash, Hasher};

/// A value compared as `Map` compares keys: SameValueZero.
#[derive(Clone, Debug)]
pub struct MapKey(Value);

impl MapKey {
    /// Normalises `-0` to `0` (ECMA-262 §24.5.1, CanonicalizeKeyedCollectionKey).
    #[inline]
    pub fn new(value: Value) -> MapKey {
        match value {
            Value::Num(n) => MapKey(Value::Num(n + 0.0)),
            v => MapKey(v),
        }
    }

    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl PartialEq for MapKey {
    #[inline]
    fn eq(&self, other: &MapKey) -> bool {
        same_value_zero(&self.0, &other.0)
    }
}
impl Eq for MapKey {}
impl Hash for MapKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        Probe(&self.0).hash(state);
    }
}

/// A value looked for among the keys: nothing is counted.
struct Probe<'a>(&'a Value);

impl Hash for Probe<'_> {
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Value::Undefined | Value::Uninit => 0u8.hash(state),
            Value::Null => 1u8.hash(state),
            Value::Bool(b) => (2 + u8::from(*b)).hash(state),
            // `-0` is the key `0`.
            Value::Num(n) => if n.is_nan() { f64::NAN.to_bits() } else { (n + 0.0).to_bits() }.hash(state),
            Value::Str(s) => s.hash(state),
            Value::Sym(s) => s.hash(state),
            Value::BigInt(n) => n.hash(state),
            Value::Obj(o) => o.address().hash(state),
        }
    }
}

impl Equivalent<MapKey> for Probe<'_> {
    #[inline(always)]
    fn equivalent(&self, key: &MapKey) -> bool {
        match (self.0, &key.0) {
            // Most keys are the same word.
            (Value::Str(x), Value::Str(y)) if x.same_word(y) => true,
            (x, y) => same_value_zero(x, y),
        }
    }
}

/// SameValueZero (ECMA-262 §7.2.11): `===` except that NaN equals itself.
#[inline(never)]
pub fn same_value_zero(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Num(x), Value::Num(y)) => x == y || (x.is_nan() && y.is_nan()),
        (Value::Str(x), Value::Str(y)) => x == y,
        (Value::Obj(x), Value::Obj(y)) => x == y,
        (Value::Bool(x), Value::Bool(y)) => x == y,
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Sym(x), Value::Sym(y)) => x == y,
        (Value::BigInt(x), Value::BigInt(y)) => x == y,
        _ => false,
    }
}

/// Entries in insertion order. A `Set` stores `Undefined` as each value.
#[derive(Default)]
pub struct MapData(RefCell<OrderedMap<MapKey, Value>>);

impl MapData {
    pub fn new() -> MapData {
        MapData::default()
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn get(&self, key: &Value) -> Option<Value> {
        self.0.borrow().get(&Probe(key)).cloned()
    }

    #[inline]
    pub fn has(&self, key: &Value) -> bool {
        self.0.borrow().contains(&Probe(key))
    }

    pub fn set(&self, key: Value, value: Value) {
        let old = self.0.borrow_mut().insert(MapKey::new(key), value);
        drop(old);
    }

    /// Says whether `key` was there.
    pub fn delete(&self, key: &Value) -> bool {
        let old = self.0.borrow_mut().remove(&Probe(key));
        old.is_some()
    }

    pub fn clear(&self) {
        let old = self.0.borrow_mut().clear();
        drop(old);
    }

    /// The next entry at or after `cursor`; safe against any change between calls.
    pub fn next_at(&self, cursor: &mut Cursor) -> Option<(Value, Value)> {
        self.0.borrow().next_at(cursor).map(|(k, v)| (k.0.clone(), v.clone()))
    }

    pub(crate) fn places(&self) -> usize {
        self.0.try_borrow().map_or(0, |map| map.places())
    }

    pub(crate) fn trace(&self, range: std::ops::Range<usize>, t: &mut Tracer<'_>) {
        if let Ok(map) = self.0.try_borrow() {
            for (k, v) in map.part(range) {
                t.value(&k.0);
                t.value(v);
            }
        }
    }
}
