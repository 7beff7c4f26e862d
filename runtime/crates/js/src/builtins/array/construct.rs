//! `Array(...)`, `Array.of`, `Array.from`, `Array.isArray`.

use crate::ops::*;
use crate::{constructor, throw_range};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Slots, Value, WellKnownSymbol, well_known};

fn array(cx: Cx, a: &Args<'_>) -> R {
    let target = if a.is_construct() { a.new_target.clone() } else { Value::Obj(a.callee.clone()) };
    let proto = proto_for(cx, &target, Intrinsic::ArrayPrototype)?;
    let make = |values| Obj::with(cx, Some(proto), Kind::Array(Slots::new(values)));
    match a.args {
        [Value::Num(n)] => {
            let len = *n as u32;
            if f64::from(len) != *n {
                return Err(throw_range(cx, "Invalid array length"));
            }
            let o = make(vec![]);
            o.set_array_len(len);
            Ok(o.into())
        }
        args => Ok(make(args.to_vec()).into()),
    }
}

fn is_array_(cx: Cx, a: &Args<'_>) -> R {
    is_array(cx, a.get(0)).map(Value::Bool)
}

/// True if `this` is `Array` itself, so that a plain array is the result.
fn is_plain(cx: Cx, this: &Value) -> bool {
    match this {
        Value::Obj(o) => cx.is_intrinsic(o, Intrinsic::ArrayConstructor) || !o.is_constructor(),
        _ => true,
    }
}

/// The result of `of` and `from` for subclasses.
fn fill(cx: Cx, this: &Value, args: &[Value], values: Vec<Value>) -> R {
    let made = construct(cx, this, args)?;
    let Value::Obj(target) = &made else { return Ok(made) };
    let len = values.len();
    for (i, v) in values.into_iter().enumerate() {
        create_data_or_throw(cx, target, &num_key(cx, i as f64), v)?;
    }
    put_key(cx, target, &well_known::LENGTH.into(), len.into())?;
    Ok(made)
}

fn of(cx: Cx, a: &Args<'_>) -> R {
    if is_plain(cx, a.this) {
        return Ok(Obj::array(cx, a.args.to_vec()).into());
    }
    fill(cx, a.this, &[a.args.len().into()], a.args.to_vec())
}

fn from(cx: Cx, a: &Args<'_>) -> R {
    let f = if a.get(1).is_undefined() { None } else { Some(callback(cx, a.get(1))?) };
    let apply = |v: Value, i: usize| match f {
        Some(f) => call(cx, f, a.get(2), &[v, i.into()]),
        None => Ok(v),
    };
    let mut out = vec![];
    let items = a.get(0);
    if items.is_nullish() {
        return Err(crate::throw_not_iterable(cx, items));
    }
    if get_method(cx, items, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_some() {
        iter(cx, items)?.for_each(cx, |v| {
            let v = apply(v, out.len())?;
            out.push(v);
            Ok(())
        })?;
        return if is_plain(cx, a.this) { Ok(Obj::array(cx, out).into()) } else { fill(cx, a.this, &[], out) };
    }
    let o = to_object(cx, items)?;
    let len = length_of(cx, &o)?;
    if len > f64::from(u32::MAX) {
        return Err(throw_range(cx, "Invalid array length"));
    }
    for i in 0..len as usize {
        out.push(apply(super::element(cx, &o, i as f64)?, i)?);
    }
    if is_plain(cx, a.this) { Ok(Obj::array(cx, out).into()) } else { fill(cx, a.this, &[Value::Num(len)], out) }
}

fn species(_: Cx, a: &Args<'_>) -> R {
    Ok(a.this.clone())
}

pub(super) fn install(cx: Cx, proto: &Obj) {
    let ctor = constructor(cx, "Array", 1, array, proto, Intrinsic::ArrayConstructor);
    crate::install(cx, &ctor, &[("isArray", 1, is_array_), ("from", 1, from), ("of", 0, of)]);
    install_species(cx, &ctor, species);
}
