//! `queueMicrotask` and `structuredClone` (HTML Standard, §8.4 and §2.7).

use crate::errors::show;
use crate::{Methods, call, enumerable_keys, get_key, throw_type};
use puremix_value::{Args, Cursor, Cx, Intrinsic, Job, Kind, MapData, Obj, Own, R, Slots, Thrown, Value, check_stack, well_known};
use std::cell::Cell;
use std::collections::HashMap;

pub(super) const GLOBALS: Methods = &[("queueMicrotask", 1, queue_microtask), ("structuredClone", 1, structured_clone)];

fn queue_microtask(cx: Cx, a: &Args<'_>) -> R {
    if !a.get(0).is_callable() {
        return Err(throw_type(cx, &format!("The \"callback\" argument must be of type function. Received {}", show(cx, a.get(0)))));
    }
    cx.enqueue(Job::Call {
        run: |cx, f, _| {
            if call(cx, &f, &Value::Undefined, &[]).is_err() {
                let error = cx.take_exception();
                crate::promise::report_uncaught(cx, &error);
            }
        },
        a: a.get(0).clone(),
        b: Value::Undefined,
    });
    Ok(Value::Undefined)
}

fn structured_clone(cx: Cx, a: &Args<'_>) -> R {
    if a.is_empty() {
        return Err(throw_type(cx, "The \"value\" argument must be specified"));
    }
    copy(cx, a.get(0), &mut HashMap::new())
}

/// A `DataCloneError`, as an `Error` of that name.
fn refuse(cx: Cx, what: &str) -> Thrown {
    let error = crate::builtins::error::make_error(cx, puremix_value::ErrorKind::Error, &format!("{what} could not be cloned."));
    if let Value::Obj(o) = &error {
        o.put_hidden(cx, well_known::NAME, "DataCloneError");
        o.put_hidden(cx, well_known::CODE, Value::Num(25.0));
    }
    cx.throw(error)
}

/// A deep copy; `known` are the objects copied so far, by identity, so that cycles and sharing survive.
fn copy(cx: Cx, v: &Value, known: &mut HashMap<usize, (Obj, Obj)>) -> R {
    let o = match v {
        Value::Obj(o) => o,
        Value::Sym(_) => return Err(refuse(cx, &show(cx, v))),
        _ => return Ok(v.clone()),
    };
    if let Some((_, copied)) = known.get(&o.address()) {
        return Ok(copied.clone().into());
    }
    check_stack(cx)?;
    let with = |slot, kind| Obj::with(cx, Some(cx.intrinsic(slot)), kind);
    let made = match o.kind() {
        Kind::Plain | Kind::Arguments => Obj::plain(cx),
        Kind::Array(s) => {
            let holes = vec![Value::Uninit; s.len()];
            with(Intrinsic::ArrayPrototype, Kind::Array(Slots::new(holes)))
        }
        Kind::Map(_) => with(Intrinsic::MapPrototype, Kind::Map(Box::<MapData>::default())),
        Kind::Set(_) => with(Intrinsic::SetPrototype, Kind::Set(Box::<MapData>::default())),
        Kind::Date(t) => return Ok(with(Intrinsic::DatePrototype, Kind::Date(Cell::new(t.get()))).into()),
        Kind::Boxed(Value::Sym(_)) => return Err(refuse(cx, &show(cx, v))),
        Kind::Boxed(inner) => return Ok(crate::to_object(cx, inner)?.into()),
        Kind::Error => return error(cx, o, known),
        _ => {
            if let Some((_, d)) = crate::regexp::as_regexp(v) {
                return crate::regex(cx, d.source.as_str(), &d.program.flags.text());
            }
            if let Some(bytes) = super::typed::buffer_bytes(o) {
                return Ok(super::typed::new_buffer(cx, bytes).into());
            }
            if let Some(bytes) = super::typed::array_bytes(o) {
                let element = super::typed::Element::ALL.into_iter().find(|e| e.class() == o.kind().class_name());
                return Ok(super::typed::new_array(cx, element.unwrap_or(super::typed::Element::U8), bytes).into());
            }
            return Err(refuse(cx, &show(cx, v)));
        }
    };
    known.insert(o.address(), (o.clone(), made.clone()));
    let mut cursor = Cursor::default();
    match (o.kind(), made.kind()) {
        (Kind::Map(from), Kind::Map(to)) => {
            while let Some((k, value)) = from.next_at(&mut cursor) {
                let k = copy(cx, &k, known)?;
                to.set(k, copy(cx, &value, known)?);
            }
        }
        (Kind::Set(from), Kind::Set(to)) => {
            while let Some((k, _)) = from.next_at(&mut cursor) {
                to.set(copy(cx, &k, known)?, Value::Undefined);
            }
        }
        _ => {
            for key in enumerable_keys(cx, o)? {
                let value = get_key(cx, o, &key, v)?;
                made.put(cx, &key, copy(cx, &value, known)?);
            }
        }
    }
    Ok(made.into())
}

/// Errors keep their class, message, stack and cause.
fn error(cx: Cx, o: &Obj, known: &mut HashMap<usize, (Obj, Obj)>) -> R {
    let made = Obj::with(cx, o.proto().or_else(|| cx.try_intrinsic(Intrinsic::ErrorPrototype)), Kind::Error);
    known.insert(o.address(), (o.clone(), made.clone()));
    for name in [well_known::STACK, well_known::MESSAGE, well_known::CAUSE] {
        if let Some(Own::Data { value, .. }) = o.get_own(cx, &name.into()) {
            let value = copy(cx, &value, known)?;
            made.put_hidden(cx, name, value);
        }
    }
    Ok(made.into())
}
