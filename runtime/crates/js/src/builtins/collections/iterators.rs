//! The iterators of `Map` and `Set` (ECMA-262 §24.1.5, §24.2.5).

use crate::builtins::iterator::{Yields, tag};
use crate::errors::show;
use crate::{iter_result, throw_type};
use puremix_value::{Args, Class, Cursor, Cx, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, ValueCell};
use std::cell::Cell;

struct CollectionIterator {
    /// `Undefined` once exhausted.
    target: ValueCell,
    cursor: Cell<Cursor>,
    yields: Yields,
}

impl Payload for CollectionIterator {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.target.trace(t);
    }
    fn clear(&self) {
        self.target.set(Value::Undefined);
    }
}

impl CollectionIterator {
    fn step(&self, cx: Cx) -> Option<Value> {
        let Value::Obj(o) = self.target.get() else { return None };
        let (Kind::Map(data) | Kind::Set(data)) = o.kind() else { return None };
        let mut cursor = self.cursor.get();
        let entry = data.next_at(&mut cursor);
        self.cursor.set(cursor);
        let is_set = matches!(o.kind(), Kind::Set(_));
        match (entry, self.yields) {
            (None, _) => {
                self.target.set(Value::Undefined);
                None
            }
            (Some((k, _)), Yields::Keys) => Some(k),
            (Some((k, v)), Yields::Values) => Some(if is_set { k } else { v }),
            (Some((k, v)), Yields::Entries) => Some(Obj::array(cx, vec![k.clone(), if is_set { k } else { v }]).into()),
        }
    }
}

/// `keys()`, `values()` and `entries()` of a map or a set.
pub fn collection_iterator(cx: Cx, target: &Obj, yields: Yields) -> Value {
    let (proto, class) = match target.kind() {
        Kind::Map(_) => (Intrinsic::MapIteratorPrototype, Class::MapIterator),
        _ => (Intrinsic::SetIteratorPrototype, Class::SetIterator),
    };
    let state = CollectionIterator { target: ValueCell::new(target.clone().into()), cursor: Cell::default(), yields };
    Obj::native(cx, Some(cx.intrinsic(proto)), class, state).into()
}

/// What an iterator of a map or set has still to give, without taking it; for inspection.
pub fn remaining(cx: Cx, o: &Obj) -> Option<(Yields, Vec<Value>)> {
    let it = o.payload::<CollectionIterator>()?;
    let before = (it.target.get(), it.cursor.get());
    let values = std::iter::from_fn(|| it.step(cx)).collect();
    it.target.set(before.0);
    it.cursor.set(before.1);
    Some((it.yields, values))
}

fn next(cx: Cx, a: &Args<'_>) -> R {
    let Some(it) = a.this.as_obj().and_then(|o| o.payload::<CollectionIterator>()) else {
        return Err(throw_type(cx, &format!("next method called on incompatible receiver {}", show(cx, a.this))));
    };
    let step = it.step(cx);
    let done = step.is_none();
    Ok(iter_result(cx, step.unwrap_or_default(), done))
}

pub(super) fn install(cx: Cx) {
    let base = cx.intrinsic(Intrinsic::IteratorPrototype);
    for (slot, name) in [(Intrinsic::MapIteratorPrototype, "Map Iterator"), (Intrinsic::SetIteratorPrototype, "Set Iterator")] {
        let proto = Obj::with(cx, Some(base.clone()), Kind::Plain);
        cx.set_intrinsic(slot, proto.clone());
        crate::install(cx, &proto, &[("next", 0, next)]);
        tag(cx, &proto, name);
    }
}
