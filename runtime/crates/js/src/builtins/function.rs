//! `Function.prototype` (ECMA-262 §20.2). `Function(text)` cannot be compiled ahead of time and throws.

use crate::{array_like_to_vec, call, constructor, get_key, get_proto, has_own, js_to_number, ordinary_has_instance, throw_type};
use crate::errors::throw_not_callable;
use puremix_value::{Args, Attr, BoundData, Cx, FnData, Intrinsic, Kind, Obj, R, Str, Value, WellKnownSymbol, well_known};

fn function(cx: Cx, _: &Args<'_>) -> R {
    Err(throw_type(cx, "Function() from text is not available in an ahead-of-time compiled app"))
}

fn call_(cx: Cx, a: &Args<'_>) -> R {
    if !a.this.is_callable() {
        return Err(throw_not_callable(cx, a.this));
    }
    call(cx, a.this, a.get(0), a.args.get(1..).unwrap_or_default())
}

fn apply(cx: Cx, a: &Args<'_>) -> R {
    if !a.this.is_callable() {
        return Err(throw_not_callable(cx, a.this));
    }
    let args = if a.get(1).is_nullish() { vec![] } else { array_like_to_vec(cx, a.get(1))? };
    call(cx, a.this, a.get(0), &puremix_value::SpreadArgs::new(cx, args)?)
}

fn bind(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(target) = a.this else { return Err(throw_type(cx, "Bind must be called on a function")) };
    if !target.is_callable() {
        return Err(throw_type(cx, "Bind must be called on a function"));
    }
    let args = a.rest(1).into_boxed_slice();
    let given = args.len() as f64;
    let data = BoundData { target: target.clone(), this: a.get(0).clone(), args };
    let bound = Obj::with(cx, get_proto(cx, target)?, Kind::Bound(Box::new(data)));
    let mut length = 0.0;
    if has_own(cx, target, &well_known::LENGTH.into())?
        && let v @ Value::Num(_) = get_key(cx, target, &well_known::LENGTH.into(), a.this)?
    {
        length = (crate::to_integer(js_to_number(cx, &v)?) - given).max(0.0);
    }
    bound.define(cx, &well_known::LENGTH.into(), length.into(), Attr::CONFIGURABLE);
    let name = match get_key(cx, target, &well_known::NAME.into(), a.this)? {
        Value::Str(s) => s,
        _ => Str::EMPTY,
    };
    bound.define(cx, &well_known::NAME.into(), Str::from("bound ").concat(&name).into(), Attr::CONFIGURABLE);
    Ok(bound.into())
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(o) = a.this else { return Err(not_function(cx)) };
    if let Kind::Function(f) = o.kind()
        && let Some(source) = source(f)
    {
        return Ok(source);
    }
    if !o.is_callable() {
        return Err(not_function(cx));
    }
    let name = match o.get_own(cx, &well_known::NAME.into()) {
        _ if !matches!(o.kind(), Kind::Function(_)) => Str::EMPTY,
        Some(puremix_value::Own::Data { value: Value::Str(s), .. }) => s,
        _ => Str::EMPTY,
    };
    Ok(format!("function {}() {{ [native code] }}", name.as_str()).into())
}

/// The function's text; `None` when it is native.
fn source(f: &FnData) -> Option<Value> {
    match f.def.find_source {
        Some(find) => find(f).map(Value::from),
        None => Some(f.def.source).filter(|source| !source.is_empty()).map(Value::from),
    }
}

fn not_function(cx: Cx) -> puremix_value::Thrown {
    throw_type(cx, "Function.prototype.toString requires that 'this' be a Function")
}

fn has_instance(cx: Cx, a: &Args<'_>) -> R {
    match a.this {
        Value::Obj(f) => ordinary_has_instance(cx, f, a.get(0)).map(Value::Bool),
        _ => Ok(Value::Bool(false)),
    }
}

/// True for `Function.prototype[Symbol.hasInstance]`, which `instanceof` need not call.
pub(crate) fn is_default_has_instance(f: &Value) -> bool {
    matches!(f, Value::Obj(o) if matches!(o.kind(), Kind::Function(d) if std::ptr::fn_addr_eq(d.def.code, has_instance as puremix_value::Code)))
}

pub(super) fn install(cx: Cx) {
    let proto = cx.intrinsic(Intrinsic::FunctionPrototype);
    constructor(cx, "Function", 1, function, &proto, Intrinsic::FunctionConstructor);
    crate::install(cx, &proto, &[("call", 1, call_), ("apply", 2, apply), ("bind", 1, bind), ("toString", 0, to_string)]);
    let f = crate::native(cx, "[Symbol.hasInstance]", 1, has_instance);
    proto.define(cx, &cx.symbol(WellKnownSymbol::HasInstance).into(), f, Attr::NONE);
}
