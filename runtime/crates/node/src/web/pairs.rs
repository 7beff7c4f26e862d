//! What `URLSearchParams`, `Headers` and `FormData` share: iteration over pairs, and initialisation from pairs or records.

use crate::support::coded;
use puremix_js::ops;
use puremix_value::{Class, Cx, ErrorKind, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol};
use std::cell::Cell;

/// What an iterator yields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Keys,
    Values,
    Entries,
}

/// The pair at an index of a list that may change between turns.
pub type ReadPair = fn(Cx, &Obj, usize) -> Option<(Value, Value)>;

struct PairIterator {
    target: Obj,
    part: Part,
    at: Cell<usize>,
    read: ReadPair,
}

impl Payload for PairIterator {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.target);
    }
}

/// An iterator over a list of pairs; `proto` comes from [`iterator_prototype`].
pub fn iterate(cx: Cx, proto: &Obj, target: &Obj, part: Part, read: ReadPair) -> Value {
    Value::Obj(Obj::native(cx, Some(proto.clone()), Class::Other, PairIterator { target: target.clone(), part, at: Cell::new(0), read }))
}

/// The prototype of a class's iterators: `next`, a tag, and an inspection that lists what is still to come.
pub fn iterator_prototype(cx: Cx, name: &'static str) -> Obj {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::IteratorPrototype)), Kind::Plain);
    ops::install(cx, &proto, &[("next", 0, |cx, a| {
        let Some(iterator) = a.this.as_obj().and_then(|o| o.payload::<PairIterator>()) else {
            return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type Iterator"));
        };
        let at = iterator.at.get();
        match (iterator.read)(cx, &iterator.target, at) {
            None => Ok(ops::iter_result(cx, Value::Undefined, true)),
            Some(pair) => {
                iterator.at.set(at + 1);
                Ok(ops::iter_result(cx, part_of(cx, pair, iterator.part), false))
            }
        }
    })]);
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str(name), puremix_value::Attr::CONFIGURABLE);
    crate::support::custom_inspection(cx, &proto, |cx, a| {
        let Some(iterator) = a.this.as_obj().and_then(|o| o.payload::<PairIterator>()) else { return Ok(a.this.clone()) };
        let rest = (iterator.at.get()..).map_while(|i| (iterator.read)(cx, &iterator.target, i));
        let shown: Vec<String> = rest.map(|pair| puremix_js::inspect(cx, &part_of(cx, pair, iterator.part))).collect();
        let name = ops::get_value(cx, a.this, &cx.symbol(WellKnownSymbol::ToStringTag).into())?;
        let name = ops::js_to_string(cx, &name)?;
        Ok(Value::from(if shown.is_empty() { format!("{name} {{  }}") } else { format!("{name} {{ {} }}", shown.join(", ")) }))
    });
    proto
}

fn part_of(cx: Cx, (key, value): (Value, Value), part: Part) -> Value {
    match part {
        Part::Keys => key,
        Part::Values => value,
        Part::Entries => Value::Obj(Obj::array(cx, vec![key, value])),
    }
}

/// `forEach(callback, thisArg)` over a list of pairs: value, key, list.
pub fn for_each(cx: Cx, this: &Value, callback: &Value, receiver: &Value, read: ReadPair) -> R {
    let Value::Obj(o) = this else { return Ok(Value::Undefined) };
    let f = crate::support::function_argument(cx, callback, "callback")?;
    let mut i = 0;
    while let Some((key, value)) = read(cx, o, i) {
        ops::call(cx, &f, receiver, &[value, key, this.clone()])?;
        i += 1;
    }
    Ok(Value::Undefined)
}

/// The pairs of an initialiser: an iterable of pairs, or an object's own enumerable properties. `bad_pair` makes the error for a pair
/// that is none.
pub fn init_pairs(cx: Cx, init: &Value, bad_pair: fn(Cx) -> puremix_value::Thrown) -> R<Vec<(String, Value)>> {
    let Value::Obj(o) = init else { return Ok(vec![]) };
    let mut pairs = Vec::new();
    let iterable = ops::get_method(cx, init, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_some();
    if !iterable {
        for key in ops::enumerable_keys(cx, o)? {
            if !key.is_symbol() {
                let value = ops::get_key(cx, o, &key, init)?;
                pairs.push((cx.key_str(&key).as_utf8().into_owned(), value));
            }
        }
        return Ok(pairs);
    }
    for pair in ops::iter_to_vec(cx, init)? {
        if !pair.is_object() || ops::get_method(cx, &pair, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_none() {
            return Err(bad_pair(cx));
        }
        let parts = ops::iter_to_vec(cx, &pair)?;
        let [name, value] = parts.as_slice() else { return Err(bad_pair(cx)) };
        pairs.push((crate::support::text_of(cx, name)?, value.clone()));
    }
    Ok(pairs)
}
