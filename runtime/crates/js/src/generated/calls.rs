//! Places of errors, names, calls, checked variables.

use crate::errors::{throw_reference, throw_tdz};
use crate::ops::{self, call_method, construct_as, get_key, has_property};
use puremix_value::{Args, Atom, Cx, Intrinsic, Key, Kind, Own, R, Str, Thrown, Value, well_known};

/// The atom of the program's name number `i`.
pub const fn program_atom(i: u32) -> Atom {
    Atom(well_known::COUNT + i)
}

/// Lets an exception learn that it passed this place.
#[inline]
pub fn at<T>(cx: Cx, site: u32, r: R<T>) -> R<T> {
    if r.is_err() {
        passed(cx, site);
    }
    r
}

/// `throw v` at a place.
#[cold]
pub fn throw_at(cx: Cx, site: u32, v: Value) -> Thrown {
    let thrown = cx.throw(v);
    passed(cx, site);
    thrown
}

/// The exception behind a `Thrown`.
#[inline]
pub fn caught(cx: Cx, thrown: Thrown) -> Value {
    let Thrown = thrown;
    cx.take_exception()
}

/// Places in a stack trace.
const MAX_PLACES: usize = 10;

/// Appends the place to the `stack` of an error.
#[cold]
#[inline(never)]
fn passed(cx: Cx, site: u32) {
    let exception = cx.take_exception();
    if let Value::Obj(o) = &exception
        && let Kind::Error = o.kind()
        && let Some(place) = crate::state::place_of(cx, site)
        && let Some(Own::Data { value: Value::Str(stack), attr }) = o.get_own(cx, &well_known::STACK.into())
        && stack.as_str().matches("\n    at ").count() < MAX_PLACES
    {
        let line = Str::from(format!("\n    at {place}"));
        o.define(cx, &well_known::STACK.into(), stack.concat(&line).into(), attr);
    }
    let Thrown = cx.throw(exception);
}

/// A global name: a property of the global object.
#[inline]
pub fn builtin(cx: Cx, name: Atom, ic: u32) -> R {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    if let Some(found) = global.cached_get(cx, cx.ic(ic)) {
        return Ok(found);
    }
    let key = Key::Atom(name);
    if !has_property(cx, &global, &key)? {
        return Err(throw_reference(cx, &format!("{} is not defined", cx.atom_text(name))));
    }
    ops::get(cx, &global.into(), name, ic)
}

/// `typeof name` of a name that may not exist.
pub fn typeof_builtin(cx: Cx, name: Atom) -> Value {
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    let receiver = Value::Obj(global.clone());
    match get_key(cx, &global, &name.into(), &receiver) {
        Ok(v) => ops::js_typeof(&v),
        // A getter on the global object threw: lowering knows this place as one that does not.
        Err(Thrown) => {
            drop(cx.take_exception());
            ops::js_typeof(&Value::Undefined)
        }
    }
}

/// A name that resolves to nothing.
#[cold]
pub fn missing_name(cx: Cx, name: &str) -> R {
    Err(throw_reference(cx, &format!("{name} is not defined")))
}

/// An assignment to a name that does not exist (strict code).
#[cold]
pub fn assign_unknown(cx: Cx, name: &str, value: Value) -> R<()> {
    drop(value);
    Err(throw_reference(cx, &format!("{name} is not defined")))
}

/// A variable that may not be initialised yet.
#[inline]
pub fn initialised<'a>(cx: Cx, v: &'a Value, name: &str) -> R<&'a Value> {
    if let Value::Uninit = v { Err(throw_tdz(cx, name)) } else { Ok(v) }
}

/// A captured variable that may not be initialised yet.
#[inline]
pub fn cell_read(cx: Cx, cell: &Value, name: &str) -> R {
    match ops::cell_get(cell) {
        Value::Uninit => Err(throw_tdz(cx, name)),
        v => Ok(v),
    }
}

/// A module variable that may not be initialised yet.
#[inline]
pub fn global_checked(cx: Cx, slot: u32, name: &str) -> R {
    match cx.global(slot) {
        Value::Uninit => Err(throw_tdz(cx, name)),
        v => Ok(v),
    }
}

/// A method call in a template: `undefined` where the receiver or the method is missing.
pub fn call_method_safe(cx: Cx, recv: &Value, name: Atom, args: &[Value], ic: u32) -> R {
    if recv.is_nullish() {
        return Ok(Value::Undefined);
    }
    if let Value::Obj(_) = recv
        && ops::get(cx, recv, name, ic)?.is_nullish()
    {
        return Ok(Value::Undefined);
    }
    call_method(cx, recv, name, args, ic)
}

/// `super(...args)`: `callee` is the class, `new_target` what `new` was applied to.
#[inline]
pub fn construct_super(cx: Cx, callee: &Value, new_target: &Value, args: &[Value]) -> R {
    ops::call_super(cx, callee, new_target, args)
}

/// `Reflect.construct`.
pub fn construct_with(cx: Cx, callee: &Value, args: &[Value], new_target: &Value) -> R {
    construct_as(cx, callee, args, new_target)
}

/// `...v` in arguments and array literals.
pub fn spread_into(cx: Cx, list: &mut Vec<Value>, v: &Value) -> R<()> {
    list.extend(ops::iter_to_vec(cx, v)?);
    Ok(())
}

/// The `arguments` object.
pub fn arguments(cx: Cx, a: &Args<'_>) -> Value {
    ops::arguments_object(cx, a.args)
}

/// `v + step` after `ToNumeric`: `++` and `--`.
#[inline]
pub fn js_step(cx: Cx, v: &Value, step: f64) -> R {
    match v {
        Value::Num(n) => Ok(Value::Num(n + step)),
        _ if step > 0.0 => ops::js_inc(cx, v),
        _ => ops::js_dec(cx, v),
    }
}
