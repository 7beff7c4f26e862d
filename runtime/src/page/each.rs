//! `{list.map(item => <markup/>)}` in a template: walking a list without making the mapped array.
//!
//! As `Array.prototype.map` does, the length is read once: items that the body appends are not visited, items that it removes neither.

use crate::lang;
use puremix_js::Iter;
use puremix_value::{Cx, R, Value};

/// A walk over a list.
pub struct Each {
    source: Source,
    index: usize,
}

enum Source {
    Nothing,
    /// An array and its length at the beginning.
    Array(Value, usize),
    Iterator(Iter),
}

/// Begins to walk. Null and undefined hold nothing, as paths through them render nothing.
///
/// # Errors
/// A TypeError for what is no list; what a user's iterator throws.
pub fn each(cx: Cx, list: Value) -> R<Each> {
    let length = list.as_obj().and_then(|o| o.dense()).map(|items| items.len());
    let source = match (&list, length) {
        (Value::Undefined | Value::Null, _) => Source::Nothing,
        (_, Some(length)) => Source::Array(list, length),
        (Value::Obj(_), None) => Source::Iterator(puremix_js::iter(cx, &list)?),
        _ => return Err(lang::throw_type(cx, "map is not a function: the value is no list")),
    };
    Ok(Each { source, index: 0 })
}

impl Each {
    /// The next item; holes are skipped, as `map` skips them.
    ///
    /// # Errors
    /// What a user's iterator throws.
    #[inline]
    pub fn next(&mut self, cx: Cx) -> R<Option<Value>> {
        loop {
            let item = match &mut self.source {
                Source::Nothing => return Ok(None),
                Source::Array(array, length) => match array.as_obj().and_then(|o| o.dense()) {
                    Some(items) if self.index < *length => items.get(self.index),
                    _ => return Ok(None),
                },
                Source::Iterator(iterator) => match iterator.next(cx)? {
                    Some(item) => Some(item),
                    None => return Ok(None),
                },
            };
            self.index += 1;
            match item {
                Some(Value::Uninit) | None => {}
                Some(item) => return Ok(Some(item)),
            }
        }
    }

    /// The index of the item that `next` gave.
    #[inline]
    pub fn index(&self) -> f64 {
        self.index.saturating_sub(1) as f64
    }
}
