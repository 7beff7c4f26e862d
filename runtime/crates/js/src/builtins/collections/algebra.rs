//! The set methods of ES2025 (ECMA-262 §24.2.4): `union`, `intersection` and their kin.

use super::set::{new_set, this_set};
use crate::errors::show;
use crate::{Methods, call, get_value, iter_from, js_to_number, js_truthy, throw_range, throw_type, to_integer};
use puremix_value::{Args, Cursor, Cx, MapData, R, Value, well_known};

pub(super) const METHODS: Methods = &[
    ("union", 1, union),
    ("intersection", 1, intersection),
    ("difference", 1, difference),
    ("symmetricDifference", 1, symmetric_difference),
    ("isSubsetOf", 1, is_subset_of),
    ("isSupersetOf", 1, is_superset_of),
    ("isDisjointFrom", 1, is_disjoint_from),
];

/// A set-like argument (§24.2.1.2, GetSetRecord).
struct SetRecord<'a> {
    object: &'a Value,
    size: f64,
    has: Value,
    keys: Value,
}

impl<'a> SetRecord<'a> {
    fn read(cx: Cx, v: &'a Value) -> R<SetRecord<'a>> {
        if !v.is_object() {
            return Err(throw_type(cx, &format!("{} is not an object", show(cx, v))));
        }
        let size = js_to_number(cx, &get_value(cx, v, &well_known::SIZE.into())?)?;
        if size.is_nan() {
            return Err(throw_type(cx, "The 'size' property must be a number"));
        }
        let size = to_integer(size);
        if size < 0.0 {
            return Err(throw_range(cx, &format!("'{size}' is an invalid size")));
        }
        let has = get_value(cx, v, &well_known::HAS.into())?;
        let keys = get_value(cx, v, &well_known::KEYS.into())?;
        for (f, name) in [(&has, "has"), (&keys, "keys")] {
            if !f.is_callable() {
                return Err(throw_type(cx, &format!("The '{name}' property must be a function")));
            }
        }
        Ok(SetRecord { object: v, size, has, keys })
    }

    fn has(&self, cx: Cx, v: &Value) -> R<bool> {
        Ok(js_truthy(&call(cx, &self.has, self.object, std::slice::from_ref(v))?))
    }

    /// Visits the keys while `f` says to go on.
    fn each_key(&self, cx: Cx, mut f: impl FnMut(Value) -> R<bool>) -> R<()> {
        let mut keys = iter_from(cx, call(cx, &self.keys, self.object, &[])?)?;
        while let Some(k) = keys.next(cx)? {
            if !f(k)? {
                return keys.close(cx);
            }
        }
        Ok(())
    }
}

/// The elements of a set, which the visitor may change.
fn elements(s: &MapData) -> impl Iterator<Item = Value> {
    let mut cursor = Cursor::default();
    std::iter::from_fn(move || s.next_at(&mut cursor).map(|(k, _)| k))
}

fn copy(s: &MapData) -> MapData {
    let out = MapData::new();
    elements(s).for_each(|k| out.set(k, Value::Undefined));
    out
}

fn finish(cx: Cx, data: &MapData) -> R {
    Ok(new_set(cx, elements(data)))
}

fn union(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "union")?;
    let other = SetRecord::read(cx, a.get(0))?;
    let out = copy(s);
    other.each_key(cx, |k| {
        out.set(k, Value::Undefined);
        Ok(true)
    })?;
    finish(cx, &out)
}

fn intersection(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "intersection")?;
    let other = SetRecord::read(cx, a.get(0))?;
    let out = MapData::new();
    if s.len() as f64 <= other.size {
        for k in elements(s) {
            if other.has(cx, &k)? {
                out.set(k, Value::Undefined);
            }
        }
    } else {
        other.each_key(cx, |k| {
            if s.has(&k) {
                out.set(k, Value::Undefined);
            }
            Ok(true)
        })?;
    }
    finish(cx, &out)
}

fn difference(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "difference")?;
    let other = SetRecord::read(cx, a.get(0))?;
    let out = copy(s);
    if s.len() as f64 <= other.size {
        for k in elements(s) {
            if other.has(cx, &k)? {
                out.delete(&k);
            }
        }
    } else {
        other.each_key(cx, |k| {
            out.delete(&k);
            Ok(true)
        })?;
    }
    finish(cx, &out)
}

fn symmetric_difference(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "symmetricDifference")?;
    let other = SetRecord::read(cx, a.get(0))?;
    let out = copy(s);
    other.each_key(cx, |k| {
        if s.has(&k) {
            out.delete(&k);
        } else {
            out.set(k, Value::Undefined);
        }
        Ok(true)
    })?;
    finish(cx, &out)
}

fn is_subset_of(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "isSubsetOf")?;
    let other = SetRecord::read(cx, a.get(0))?;
    if s.len() as f64 > other.size {
        return Ok(false.into());
    }
    for k in elements(s) {
        if !other.has(cx, &k)? {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

fn is_superset_of(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "isSupersetOf")?;
    let other = SetRecord::read(cx, a.get(0))?;
    if (s.len() as f64) < other.size {
        return Ok(false.into());
    }
    let mut all = true;
    other.each_key(cx, |k| {
        all = s.has(&k);
        Ok(all)
    })?;
    Ok(all.into())
}

fn is_disjoint_from(cx: Cx, a: &Args<'_>) -> R {
    let s = this_set(cx, a, "isDisjointFrom")?;
    let other = SetRecord::read(cx, a.get(0))?;
    if s.len() as f64 <= other.size {
        for k in elements(s) {
            if other.has(cx, &k)? {
                return Ok(false.into());
            }
        }
        return Ok(true.into());
    }
    let mut disjoint = true;
    other.each_key(cx, |k| {
        disjoint = !s.has(&k);
        Ok(disjoint)
    })?;
    Ok(disjoint.into())
}
