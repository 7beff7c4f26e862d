//! `%IteratorPrototype%` and the iterators of arrays and strings (ECMA-262 §23.1.5, §22.1.5, §27.1.2).

use crate::{get_key, iter_result, length_of, num_key, throw_type};
use puremix_value::{Args, Attr, Class, Cx, Intrinsic, Obj, Payload, R, Str, Tracer, Value, ValueCell, WellKnownSymbol};
use std::cell::Cell;

/// What an array iterator yields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Yields {
    Keys,
    Values,
    Entries,
}

struct ArrayIterator {
    /// `Undefined` once exhausted.
    target: ValueCell,
    next: Cell<f64>,
    yields: Yields,
}

impl Payload for ArrayIterator {
    fn trace(&self, t: &mut Tracer<'_>) {
        self.target.trace(t);
    }
    fn clear(&self) {
        self.target.set(Value::Undefined);
    }
}

/// `array.values()`, `keys()`, `entries()` of any array-like.
pub fn array_iterator(cx: Cx, target: Obj, yields: Yields) -> Value {
    let state = ArrayIterator { target: ValueCell::new(target.into()), next: Cell::new(0.0), yields };
    Obj::native(cx, Some(cx.intrinsic(Intrinsic::ArrayIteratorPrototype)), Class::ArrayIterator, state).into()
}

fn array_next(cx: Cx, a: &Args<'_>) -> R {
    let Some(it) = a.this.as_obj().and_then(|o| o.payload::<ArrayIterator>()) else {
        return Err(throw_type(cx, &format!("next method called on incompatible receiver {}", crate::errors::show(cx, a.this))));
    };
    let target = it.target.get();
    let Value::Obj(o) = &target else { return Ok(iter_result(cx, Value::Undefined, true)) };
    let i = it.next.get();
    if i >= length_of(cx, o)? {
        it.target.set(Value::Undefined);
        return Ok(iter_result(cx, Value::Undefined, true));
    }
    it.next.set(i + 1.0);
    let element = |cx| match o.dense().and_then(|s| s.get(i as usize)) {
        Some(v) if !matches!(v, Value::Uninit) => Ok(v),
        _ => get_key(cx, o, &num_key(cx, i), &target),
    };
    let v = match it.yields {
        Yields::Keys => Value::Num(i),
        Yields::Values => element(cx)?,
        Yields::Entries => Obj::array(cx, vec![Value::Num(i), element(cx)?]).into(),
    };
    Ok(iter_result(cx, v, false))
}

struct StringIterator {
    text: Str,
    /// Code unit index.
    next: Cell<usize>,
}

impl Payload for StringIterator {}

/// `string[Symbol.iterator]()`: code points.
pub fn string_iterator(cx: Cx, text: Str) -> Value {
    let state = StringIterator { text, next: Cell::new(0) };
    Obj::native(cx, Some(cx.intrinsic(Intrinsic::StringIteratorPrototype)), Class::StringIterator, state).into()
}

fn string_next(cx: Cx, a: &Args<'_>) -> R {
    let Some(it) = a.this.as_obj().and_then(|o| o.payload::<StringIterator>()) else {
        return Err(throw_type(cx, &format!("next method called on incompatible receiver {}", crate::errors::show(cx, a.this))));
    };
    let i = it.next.get();
    match it.text.code_point_at(i) {
        None => Ok(iter_result(cx, Value::Undefined, true)),
        Some((_, units)) => {
            it.next.set(i + units);
            Ok(iter_result(cx, it.text.slice(i, i + units).into(), false))
        }
    }
}

fn this_iterator(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.clone())
}

/// Sets `Symbol.toStringTag`.
pub fn tag(cx: Cx, o: &Obj, name: &str) {
    o.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), name.into(), Attr::CONFIGURABLE);
}

pub(super) fn install(cx: Cx) {
    let base = cx.intrinsic(Intrinsic::IteratorPrototype);
    base.put_hidden(cx, cx.symbol(WellKnownSymbol::Iterator), crate::native(cx, "[Symbol.iterator]", 0, this_iterator));
    let array = cx.intrinsic(Intrinsic::ArrayIteratorPrototype);
    crate::install(cx, &array, &[("next", 0, array_next)]);
    tag(cx, &array, "Array Iterator");
    let string = cx.intrinsic(Intrinsic::StringIteratorPrototype);
    crate::install(cx, &string, &[("next", 0, string_next)]);
    tag(cx, &string, "String Iterator");
}
