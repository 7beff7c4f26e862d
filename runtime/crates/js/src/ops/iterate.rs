//! Iteration (ECMA-262 §7.4), with a way around the protocol for untouched built-ins.

use super::{call, get_key, get_method, get_value, js_truthy, length_of, own_property};
use crate::errors::show;
use crate::promise::generator;
use crate::{throw_not_iterable, throw_type};
use puremix_value::{Attr, Cursor, Cx, Key, Kind, Obj, R, Str, Thrown, Value, WellKnownSymbol, check_stack, well_known};
use std::collections::HashSet;

/// A running iteration.
pub struct Iter(State);

enum State {
    /// An array walked in place; its length is read anew each turn.
    Array(Obj, usize),
    Map(Obj, Cursor),
    Set(Obj, Cursor),
    Chars(std::vec::IntoIter<Str>),
    Protocol { iterator: Value, next: Value },
    Done,
}

/// Starts `for (const x of v)`.
#[inline]
pub fn iter(cx: Cx, v: &Value) -> R<Iter> {
    match v {
        Value::Obj(o) if o.plain_array(cx).is_some() => Ok(Iter(State::Array(o.clone(), 0))),
        Value::Obj(o) if o.plain_map(cx).is_some() => Ok(Iter(State::Map(o.clone(), Cursor::default()))),
        Value::Obj(o) if o.plain_set(cx).is_some() => Ok(Iter(State::Set(o.clone(), Cursor::default()))),
        Value::Str(s) if cx.is_intact() => Ok(Iter(State::Chars(s.code_points().into_iter()))),
        _ => iter_protocol(cx, v),
    }
}

#[inline(never)]
fn iter_protocol(cx: Cx, v: &Value) -> R<Iter> {
    // A function that only spreads does not look at the stack itself.
    check_stack(cx)?;
    if v.is_nullish() {
        return Err(throw_not_iterable(cx, v));
    }
    let f = get_value(cx, v, &cx.symbol(WellKnownSymbol::Iterator).into())?;
    if !f.is_callable() {
        return Err(throw_not_iterable(cx, v));
    }
    iter_from(cx, call(cx, &f, v, &[])?)
}

/// Iterates the argument of a built-in, whose message for what is not iterable V8 words differently.
pub fn iter_argument(cx: Cx, v: &Value) -> R<Iter> {
    let ordinary = matches!(v, Value::Obj(o) if matches!(o.kind(), Kind::Array(_) | Kind::Map(_) | Kind::Set(_)));
    if ordinary || (!v.is_nullish() && get_method(cx, v, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_some()) {
        return iter(cx, v);
    }
    Err(throw_not_iterable(cx, v))
}

/// The iteration of an iterator object (`GetIteratorDirect`).
pub fn iter_from(cx: Cx, iterator: Value) -> R<Iter> {
    let Value::Obj(o) = &iterator else {
        return Err(throw_type(cx, &format!("Result of the Symbol.iterator method is not an object: {}", show(cx, &iterator))));
    };
    let next = get_key(cx, o, &well_known::NEXT.into(), &iterator)?;
    Ok(Iter(State::Protocol { iterator, next }))
}

impl Iter {
    /// An iteration that is over.
    pub const DONE: Iter = Iter(State::Done);

    /// Shows what the iteration holds to the collector.
    pub fn trace(&self, t: &mut puremix_value::Tracer<'_>) {
        match &self.0 {
            State::Array(o, _) | State::Map(o, _) | State::Set(o, _) => t.obj(o),
            State::Protocol { iterator, next } => {
                t.value(iterator);
                t.value(next);
            }
            State::Chars(_) | State::Done => {}
        }
    }

    /// The next value. After `None` or an error the iteration is over and must not be closed.
    #[inline(always)]
    pub fn next(&mut self, cx: Cx) -> R<Option<Value>> {
        if let State::Array(o, i) = &mut self.0
            && let Some(s) = o.dense()
            && let Some(v) = s.get_present(*i)
        {
            *i += 1;
            return Ok(Some(v));
        }
        self.next_slowly(cx)
    }

    #[inline(never)]
    fn next_slowly(&mut self, cx: Cx) -> R<Option<Value>> {
        match &mut self.0 {
            State::Array(o, i) => {
                let found = match o.dense() {
                    Some(s) => s.get(*i),
                    None if *i < o.array_len() as usize => Some(get_key(cx, o, &Key::Index(*i as u32), &o.clone().into())?),
                    None => None,
                };
                match found {
                    Some(v) => {
                        *i += 1;
                        if let Value::Uninit = v {
                            let o = o.clone();
                            return get_key(cx, &o, &Key::Index((*i - 1) as u32), &o.clone().into()).map(Some);
                        }
                        Ok(Some(v))
                    }
                    None => {
                        self.0 = State::Done;
                        Ok(None)
                    }
                }
            }
            _ => self.next_other(cx),
        }
    }

    #[inline(never)]
    fn next_other(&mut self, cx: Cx) -> R<Option<Value>> {
        let found = match &mut self.0 {
            State::Map(o, cursor) => match o.kind() {
                Kind::Map(m) => m.next_at(cursor).map(|(k, v)| Obj::array(cx, vec![k, v]).into()),
                _ => None,
            },
            State::Set(o, cursor) => match o.kind() {
                Kind::Set(s) => s.next_at(cursor).map(|(k, _)| k),
                _ => None,
            },
            State::Chars(chars) => chars.next().map(Value::Str),
            State::Protocol { iterator, next } => {
                let stepped = step(cx, iterator, next);
                if !matches!(stepped, Ok(Some(_))) {
                    self.0 = State::Done;
                }
                return stepped;
            }
            State::Array(..) | State::Done => None,
        };
        if found.is_none() {
            self.0 = State::Done;
        }
        Ok(found)
    }

    /// Ends the iteration early (`break`, `return`): calls the iterator's `return`.
    pub fn close(&mut self, cx: Cx) -> R<()> {
        let State::Protocol { iterator, .. } = std::mem::replace(&mut self.0, State::Done) else { return Ok(()) };
        let Some(f) = get_method(cx, &iterator, &well_known::RETURN.into())? else { return Ok(()) };
        let r = call(cx, &f, &iterator, &[])?;
        if r.is_object() { Ok(()) } else { Err(throw_type(cx, &format!("{} is not an object", show(cx, &r)))) }
    }

    /// Ends the iteration because of an exception, which stays the one to report.
    pub fn close_throwing(&mut self, cx: Cx, thrown: Thrown) -> Thrown {
        let Thrown = thrown;
        if !matches!(self.0, State::Protocol { .. }) {
            return thrown;
        }
        let exception = cx.take_exception();
        if self.close(cx).is_err() {
            cx.take_exception();
        }
        cx.throw(exception)
    }

    /// Runs `f` on what is left; closes the iteration if `f` throws.
    pub fn for_each(mut self, cx: Cx, mut f: impl FnMut(Value) -> R<()>) -> R<()> {
        while let Some(v) = self.next(cx)? {
            if let Err(t) = f(v) {
                return Err(self.close_throwing(cx, t));
            }
        }
        Ok(())
    }

    /// All that is left: `[...rest]`.
    pub fn rest(&mut self, cx: Cx) -> R<Vec<Value>> {
        let mut out = vec![];
        while let Some(v) = self.next(cx)? {
            out.push(v);
        }
        Ok(out)
    }
}

/// One step of the protocol: calls `next` and reads the result object, which nobody else sees when a generator makes it.
fn step(cx: Cx, iterator: &Value, next: &Value) -> R<Option<Value>> {
    if generator::is_next(next) {
        return generator::next_value(cx, iterator);
    }
    let r = call(cx, next, iterator, &[])?;
    let Value::Obj(o) = &r else {
        return Err(throw_type(cx, &format!("Iterator result {} is not an object", show(cx, &r))));
    };
    if js_truthy(&get_key(cx, o, &well_known::DONE.into(), &r)?) {
        return Ok(None);
    }
    get_key(cx, o, &well_known::VALUE.into(), &r).map(Some)
}

/// `{ value, done }`.
pub fn iter_result(cx: Cx, value: Value, done: bool) -> Value {
    static RESULT: puremix_value::ShapeLit = puremix_value::ShapeLit { keys: &[well_known::VALUE, well_known::DONE], id: puremix_value::ShapeLit::UNNUMBERED };
    Obj::from_lit(cx, &RESULT, [value, Value::Bool(done)]).into()
}

/// `[...v]`.
pub fn iter_to_vec(cx: Cx, v: &Value) -> R<Vec<Value>> {
    if let Value::Obj(o) = v
        && let Some(s) = o.plain_array(cx)
    {
        return Ok(s.to_vec().into_iter().map(Value::hole_to_undefined).collect());
    }
    iter(cx, v)?.rest(cx)
}

/// `CreateListFromArrayLike` (§7.3.19).
pub fn array_like_to_vec(cx: Cx, v: &Value) -> R<Vec<Value>> {
    let Value::Obj(o) = v else {
        return Err(throw_type(cx, "CreateListFromArrayLike called on non-object"));
    };
    if let Some(s) = o.dense()
        && s.is_packed()
    {
        return Ok(s.to_vec());
    }
    let len = length_of(cx, o)?;
    let mut out = vec![];
    for i in 0..len as u64 {
        out.push(get_key(cx, o, &super::num_key(cx, i as f64), v)?);
    }
    Ok(out)
}

/// The keys that `for (const k in v)` visits, in order. Keys deleted during the loop are still visited if the caller does
/// not check; [`for_in_live`] says whether one is still there.
pub fn for_in_keys(cx: Cx, v: &Value) -> R<Vec<Value>> {
    if v.is_nullish() {
        return Ok(vec![]);
    }
    let mut next = Some(super::to_object(cx, v)?);
    let mut seen: HashSet<Key> = HashSet::new();
    let mut out = vec![];
    while let Some(o) = next {
        let special = matches!(o.kind(), Kind::Proxy(_) | Kind::Host(_));
        if special {
            for k in super::own_keys(cx, &o)? {
                if k.is_symbol() {
                    continue;
                }
                let Some(p) = own_property(cx, &o, &k)? else { continue };
                if seen.insert(k.clone()) && p.attr().has(Attr::ENUMERABLE) {
                    out.push(cx.key_value(&k));
                }
            }
        } else {
            for (k, attr) in o.own_keys(cx) {
                if !k.is_symbol() && seen.insert(k.clone()) && attr.has(Attr::ENUMERABLE) {
                    out.push(cx.key_value(&k));
                }
            }
        }
        next = super::get_proto(cx, &o)?;
    }
    Ok(out)
}

/// True if a key listed by [`for_in_keys`] is still a property of `v`.
pub fn for_in_live(cx: Cx, v: &Value, key: &Value) -> R<bool> {
    let o = super::to_object(cx, v)?;
    super::has_property(cx, &o, &super::js_to_key(cx, key)?)
}
