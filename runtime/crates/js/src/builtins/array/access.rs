//! Reading methods without callbacks.

use super::{element, present, relative, this_array};
use crate::builtins::iterator::{Yields, array_iterator};
use crate::{call, concat, get_key, invoke, js_strict_eq, js_to_string, throw_range, to_object, value_to_integer};
use crate::open::Open;
use puremix_value::{Args, Cx, Kind, Lit, MAX_LEN, Obj, R, Str, StrBuilder, Value, check_stack, same_value_zero, well_known};
use std::cell::RefCell;

pub(super) fn at(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let n = value_to_integer(cx, a.get(0))?;
    let i = if n < 0.0 { len + n } else { n };
    if i < 0.0 || i >= len { Ok(Value::Undefined) } else { element(cx, &o, i) }
}

pub(super) fn includes(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let mut i = relative(cx, a.get(1), len, 0.0)?;
    while i < len {
        if same_value_zero(&element(cx, &o, i)?, a.get(0)) {
            return Ok(Value::Bool(true));
        }
        i += 1.0;
    }
    Ok(Value::Bool(false))
}

pub(super) fn index_of(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    let mut i = relative(cx, a.get(1), len, 0.0)?;
    while i < len {
        if present(cx, &o, i)?.is_some_and(|v| js_strict_eq(&v, a.get(0))) {
            return Ok(Value::Num(i));
        }
        i += 1.0;
    }
    Ok(Value::Num(-1.0))
}

pub(super) fn last_index_of(cx: Cx, a: &Args<'_>) -> R {
    let (o, len) = this_array(cx, a)?;
    if len == 0.0 {
        return Ok(Value::Num(-1.0));
    }
    let n = if a.len() > 1 { value_to_integer(cx, a.get(1))? } else { len - 1.0 };
    let mut i = if n < 0.0 { len + n } else { n.min(len - 1.0) };
    while i >= 0.0 {
        if present(cx, &o, i)?.is_some_and(|v| js_strict_eq(&v, a.get(0))) {
            return Ok(Value::Num(i));
        }
        i -= 1.0;
    }
    Ok(Value::Num(-1.0))
}

thread_local! {
    /// Arrays being joined now: a cycle prints as nothing.
    static JOINING: RefCell<Open> = RefCell::default();
}

struct Joining<'a>(&'a Obj);

impl Joining<'_> {
    fn enter(o: &Obj) -> Option<Joining<'_>> {
        JOINING.with_borrow_mut(|open| open.enter(o)).then_some(Joining(o))
    }
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        JOINING.with_borrow_mut(|open| open.leave(self.0));
    }
}

fn join_with(cx: Cx, o: &Obj, len: f64, separator: &Str, text: impl Fn(&Value) -> R<Str>) -> R {
    check_stack(cx)?;
    let Some(_guard) = Joining::enter(o) else { return Ok(Str::EMPTY.into()) };
    let mut out = StrBuilder::new();
    let mut i = 0.0;
    while i < len {
        if i > 0.0 {
            out.push(separator);
        }
        let v = element(cx, o, i)?;
        match &v {
            Value::Str(s) => out.push(s),
            _ if v.is_nullish() => {}
            _ => out.push(&text(&v)?),
        }
        if out.len_hint() > MAX_LEN {
            return Err(throw_range(cx, "Invalid string length"));
        }
        i += 1.0;
    }
    Ok(out.finish().into())
}

pub(super) fn join(cx: Cx, a: &Args<'_>) -> R {
    static COMMA: Lit = Lit::new(",");
    let (o, len) = this_array(cx, a)?;
    let separator = if a.get(0).is_undefined() { Str::lit(&COMMA) } else { js_to_string(cx, a.get(0))? };
    join_with(cx, &o, len, &separator, |v| js_to_string(cx, v))
}

pub(super) fn to_locale_string(cx: Cx, a: &Args<'_>) -> R {
    static COMMA: Lit = Lit::new(",");
    let (o, len) = this_array(cx, a)?;
    join_with(cx, &o, len, &Str::lit(&COMMA), |v| js_to_string(cx, &invoke(cx, v, well_known::TO_LOCALE_STRING, &[])?))
}

pub(super) fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let o = to_object(cx, a.this)?;
    let receiver = Value::Obj(o.clone());
    let f = get_key(cx, &o, &well_known::JOIN.into(), &receiver)?;
    if f.is_callable() {
        return call(cx, &f, &receiver, &[]);
    }
    let tag = match o.kind() {
        Kind::Array(_) => "Array",
        _ => "Object",
    };
    Ok(concat(cx, &Str::from("[object "), &Str::from(format!("{tag}]")))?.into())
}

pub(super) fn keys(cx: Cx, a: &Args<'_>) -> R {
    Ok(array_iterator(cx, to_object(cx, a.this)?, Yields::Keys))
}

pub(super) fn values(cx: Cx, a: &Args<'_>) -> R {
    Ok(array_iterator(cx, to_object(cx, a.this)?, Yields::Values))
}

pub(super) fn entries(cx: Cx, a: &Args<'_>) -> R {
    Ok(array_iterator(cx, to_object(cx, a.this)?, Yields::Entries))
}
