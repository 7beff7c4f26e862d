//! Running a regular expression (ECMA-262 §22.2.7): `exec`, `test`, and what the symbol methods build on.

use super::{Found, RegExpData, as_regexp};
use crate::errors::show;
use crate::{call, get_key, js_to_string, put_key, throw_type, to_length};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, Own, R, Str, Value, well_known};
use std::ops::Range;

/// The data of a regular expression nobody has tampered with: built-in prototype and methods, no own property but `lastIndex`.
/// Its steps need not be looked up.
pub fn is_pristine(cx: Cx, o: &Obj) -> Option<&RegExpData> {
    let data = o.payload::<RegExpData>()?;
    let untouched = cx.is_intact()
        && o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::RegExpPrototype))
        && o.shape().is_some_and(|s| s.len() == 1)
        && matches!(o.slot(0), Value::Num(_));
    untouched.then_some(data)
}

/// `ToLength(R.lastIndex)`.
pub(super) fn last_index(cx: Cx, o: &Obj) -> R<usize> {
    let v = match o.get_own(cx, &well_known::LAST_INDEX.into()) {
        Some(Own::Data { value, .. }) => value,
        _ => get_key(cx, o, &well_known::LAST_INDEX.into(), &o.clone().into())?,
    };
    Ok(to_length(cx, &v)? as usize)
}

pub(super) fn set_last_index(cx: Cx, o: &Obj, i: usize) -> R<()> {
    put_key(cx, o, &well_known::LAST_INDEX.into(), Value::from(i))
}

/// The index after `i`: one code point further with `u` or `v`, else one code unit.
pub(super) fn advance(s: &Str, i: usize, by_code_point: bool) -> usize {
    match s.code_point_at(i) {
        Some((_, units)) if by_code_point => i + units,
        _ => i + 1,
    }
}

/// `RegExpBuiltinExec` without the result array.
pub(super) fn find(cx: Cx, o: &Obj, d: &RegExpData, s: &Str) -> R<Option<Found>> {
    let flags = d.program.flags;
    let stateful = flags.global || flags.sticky;
    let at = last_index(cx, o)?;
    let start = if stateful { at } else { 0 };
    let found = d.program.find(s, start).filter(|f| !flags.sticky || f.whole.start == start);
    if stateful {
        match &found {
            Some(f) => set_last_index(cx, o, f.whole.end)?,
            None => set_last_index(cx, o, 0)?,
        }
    }
    Ok(found)
}

/// A group's text, or `undefined`.
pub(super) fn group_value(s: &Str, range: &Option<Range<usize>>) -> Value {
    match range {
        Some(r) => s.slice(r.start, r.end).into(),
        None => Value::Undefined,
    }
}

/// The object of named groups, or `undefined` if the pattern has none.
pub(super) fn named(cx: Cx, d: &RegExpData, values: &[Value]) -> Value {
    if d.program.names.is_empty() {
        return Value::Undefined;
    }
    let o = Obj::with(cx, None, Kind::Plain);
    for (name, number) in &d.program.names {
        o.put(cx, &cx.key_of(name), values.get(*number).cloned().unwrap_or_default());
    }
    o.into()
}

/// The array that `exec` answers.
pub(super) fn result(cx: Cx, d: &RegExpData, s: &Str, f: &Found) -> Value {
    let ranges = || std::iter::once(Some(f.whole.clone())).chain(f.groups.iter().cloned());
    let values: Vec<Value> = ranges().map(|r| group_value(s, &r)).collect();
    let groups = named(cx, d, &values);
    let array = Obj::array(cx, values);
    array.put(cx, &well_known::INDEX.into(), f.whole.start.into());
    array.put(cx, &well_known::INPUT.into(), s.clone().into());
    array.put(cx, &well_known::GROUPS.into(), groups);
    if d.program.flags.has_indices {
        let pair = |r: Option<Range<usize>>| r.map_or(Value::Undefined, |r| Obj::array(cx, vec![r.start.into(), r.end.into()]).into());
        let pairs: Vec<Value> = ranges().map(pair).collect();
        let groups = named(cx, d, &pairs);
        let indices = Obj::array(cx, pairs);
        indices.put(cx, &well_known::GROUPS.into(), groups);
        array.put(cx, &well_known::INDICES.into(), indices.into());
    }
    array.into()
}

fn this_regexp<'a>(cx: Cx, a: &Args<'a>, method: &str) -> R<(&'a Obj, &'a RegExpData)> {
    as_regexp(a.this).ok_or_else(|| throw_type(cx, &format!("Method RegExp.prototype.{method} called on incompatible receiver {}", show(cx, a.this))))
}

pub(super) fn exec(cx: Cx, a: &Args<'_>) -> R {
    let (o, d) = this_regexp(cx, a, "exec")?;
    let s = js_to_string(cx, a.get(0))?;
    Ok(find(cx, o, d, &s)?.map_or(Value::Null, |f| result(cx, d, &s, &f)))
}

/// `RegExpExec` (§22.2.7.1): an own or inherited `exec` of the user's is asked; the answer is an object or `null`.
pub(super) fn regexp_exec(cx: Cx, r: &Obj, s: &Str) -> R<Option<Obj>> {
    let this = Value::Obj(r.clone());
    if is_pristine(cx, r).is_none() {
        let f = get_key(cx, r, &well_known::EXEC.into(), &this)?;
        if f.is_callable() {
            return match call(cx, &f, &this, &[s.clone().into()])? {
                Value::Obj(o) => Ok(Some(o)),
                Value::Null => Ok(None),
                v => Err(throw_type(cx, &format!("object null is not a function: {}", show(cx, &v)))),
            };
        }
    }
    let Some(d) = r.payload::<RegExpData>() else {
        return Err(throw_type(cx, &format!("Method RegExp.prototype.exec called on incompatible receiver {}", show(cx, &this))));
    };
    Ok(find(cx, r, d, s)?.and_then(|f| result(cx, d, s, &f).as_obj().cloned()))
}

pub(super) fn test(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(r) = a.this else {
        return Err(throw_type(cx, &format!("Method RegExp.prototype.test called on incompatible receiver {}", show(cx, a.this))));
    };
    let s = js_to_string(cx, a.get(0))?;
    match is_pristine(cx, r) {
        Some(d) => Ok(find(cx, r, d, &s)?.is_some().into()),
        None => Ok(regexp_exec(cx, r, &s)?.is_some().into()),
    }
}
