//! `Promise`, its prototype and the simple static methods.

use super::{
    Capability, as_promise, combinators, generator, async_generator, new_promise, perform_then, promise_resolve, resolving_functions,
};
use crate::ops;
use puremix_value::{Args, Attr, Cx, ErrorKind, FnDef, FnKind, Intrinsic, Kind, Obj, R, Value, WellKnownSymbol, well_known};

/// Installs promises and generators; `Promise` is put on the global object.
pub fn install(cx: Cx) {
    static CONSTRUCTOR: FnDef = FnDef::new("Promise", 1, construct, FnKind::NativeCtor);
    static THEN: FnDef = FnDef::native("then", 2, then);
    static CATCH: FnDef = FnDef::native("catch", 1, |cx, a| {
        ops::invoke(cx, a.this, well_known::THEN, &[Value::Undefined, a.get(0).clone()])
    });
    static FINALLY: FnDef = FnDef::native("finally", 1, finally);
    static RESOLVE: FnDef = FnDef::native("resolve", 1, |cx, a| resolve_with(cx, a.this, a.get(0).clone()));
    static REJECT: FnDef = FnDef::native("reject", 1, |cx, a| {
        let capability = new_capability(cx, a.this)?;
        capability.reject(cx, a.get(0).clone())?;
        Ok(capability.promise())
    });
    static WITH_RESOLVERS: FnDef = FnDef::native("withResolvers", 0, with_resolvers);
    static SPECIES: FnDef = FnDef::native("get [Symbol.species]", 0, |_, a| Ok(a.this.clone()));

    let proto = Obj::plain(cx);
    cx.set_intrinsic(Intrinsic::PromisePrototype, proto.clone());
    let constructor = Obj::function(cx, &CONSTRUCTOR, vec![]);
    cx.set_intrinsic(Intrinsic::PromiseConstructor, constructor.clone());
    constructor.define(cx, &well_known::PROTOTYPE.into(), Value::Obj(proto.clone()), Attr::NONE);
    proto.put_hidden(cx, well_known::CONSTRUCTOR, constructor.clone());
    for def in [&THEN, &CATCH, &FINALLY] {
        proto.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
    }
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToStringTag).into(), Value::str("Promise"), Attr::CONFIGURABLE);
    for def in [&RESOLVE, &REJECT, &WITH_RESOLVERS] {
        constructor.put_hidden(cx, cx.key_of(def.name), Obj::function(cx, def, vec![]));
    }
    let species = Value::Obj(Obj::function(cx, &SPECIES, vec![]));
    constructor.define_accessor(cx, &cx.symbol(WellKnownSymbol::Species).into(), species, Value::Undefined, Attr::CONFIGURABLE);
    combinators::install(cx, &constructor);
    cx.intrinsic(Intrinsic::GlobalThis).put_hidden(cx, cx.key_of("Promise"), constructor);
    generator::install(cx);
    async_generator::install(cx);
}

fn construct(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Err(cx.throw_error(ErrorKind::Type, "Promise constructor cannot be invoked without 'new'"));
    }
    let executor = a.get(0);
    if !executor.is_callable() {
        let shown = crate::js_to_string(cx, executor)?;
        return Err(cx.throw_error(ErrorKind::Type, &format!("Promise resolver {shown} is not a function")));
    }
    let promise = new_promise(cx);
    let proto = ops::proto_for(cx, a.new_target, Intrinsic::PromisePrototype)?;
    if promise.proto().as_ref() != Some(&proto) {
        promise.set_proto(cx, Some(proto));
    }
    let (resolve, reject) = resolving_functions(cx, &promise);
    if ops::call(cx, executor, &Value::Undefined, &[resolve, reject.clone()]).is_err() {
        let error = cx.take_exception();
        ops::call(cx, &reject, &Value::Undefined, &[error])?;
    }
    Ok(Value::Obj(promise))
}

/// NewPromiseCapability(C).
pub(super) fn new_capability(cx: Cx, constructor: &Value) -> R<Capability> {
    if let Some(o) = constructor.as_obj() {
        if cx.is_intrinsic(o, Intrinsic::PromiseConstructor) {
            return Ok(Capability::Native(new_promise(cx)));
        }
        if o.is_constructor() {
            static EXECUTOR: FnDef = FnDef::native("", 2, |cx, a| {
                let cells = [(a.env(0), a.get(0)), (a.env(1), a.get(1))];
                for (cell, value) in cells {
                    let Some(Kind::Cell(cell)) = cell.as_obj().map(Obj::kind) else { continue };
                    if !cell.get().is_undefined() {
                        return Err(cx.throw_error(ErrorKind::Type, "Promise executor has already been invoked with non-undefined arguments"));
                    }
                    cell.set(value.clone());
                }
                Ok(Value::Undefined)
            });
            let (resolve, reject) = (Obj::cell(cx, Value::Undefined), Obj::cell(cx, Value::Undefined));
            let executor = Obj::function(cx, &EXECUTOR, vec![Value::Obj(resolve.clone()), Value::Obj(reject.clone())]);
            let promise = ops::construct(cx, constructor, &[Value::Obj(executor)])?;
            let read = |o: &Obj| if let Kind::Cell(c) = o.kind() { c.get() } else { Value::Undefined };
            let (resolve, reject) = (read(&resolve), read(&reject));
            if resolve.is_callable() && reject.is_callable() {
                return Ok(Capability::Custom { promise, resolve, reject });
            }
            return Err(cx.throw_error(ErrorKind::Type, "Promise resolve or reject function is not callable"));
        }
    }
    let shown = crate::js_to_string(cx, constructor)?;
    Err(cx.throw_error(ErrorKind::Type, &format!("{shown} is not a constructor")))
}

fn species(cx: Cx, promise: &Value) -> R {
    let default = Value::Obj(cx.intrinsic(Intrinsic::PromiseConstructor));
    let constructor = ops::get(cx, promise, well_known::CONSTRUCTOR, 0)?;
    if constructor.is_undefined() {
        return Ok(default);
    }
    if !constructor.is_object() {
        return Err(cx.throw_error(ErrorKind::Type, "The .constructor property is not an object"));
    }
    let species = ops::get_value(cx, &constructor, &cx.symbol(WellKnownSymbol::Species).into())?;
    Ok(if species.is_nullish() { default } else { species })
}

fn then(cx: Cx, a: &Args<'_>) -> R {
    let Some(promise) = as_promise(a.this) else {
        let shown = crate::errors::show(cx, a.this);
        return Err(cx.throw_error(ErrorKind::Type, &format!("Method Promise.prototype.then called on incompatible receiver {shown}")));
    };
    let constructor = species(cx, a.this)?;
    let derived = new_capability(cx, &constructor)?;
    let answer = derived.promise();
    perform_then(cx, promise, a.get(0).clone(), a.get(1).clone(), derived);
    Ok(answer)
}

/// `finally(f)`: `f` sees nothing and changes nothing, unless it throws or its promise rejects.
fn finally(cx: Cx, a: &Args<'_>) -> R {
    static ON_OK: FnDef = FnDef::native("", 1, |cx, a| after_finally(cx, a, &GIVE));
    static ON_ERROR: FnDef = FnDef::native("", 1, |cx, a| after_finally(cx, a, &THROW));
    static GIVE: FnDef = FnDef::native("", 0, |_, a| Ok(a.env(0).clone()));
    static THROW: FnDef = FnDef::native("", 0, |cx, a| Err(cx.throw(a.env(0).clone())));
    fn after_finally(cx: Cx, a: &Args<'_>, end: &'static FnDef) -> R {
        let result = ops::call(cx, a.env(0), &Value::Undefined, &[])?;
        let promise = resolve_with(cx, a.env(1), result)?;
        let end = Obj::function(cx, end, vec![a.get(0).clone()]);
        ops::invoke(cx, &promise, well_known::THEN, &[Value::Obj(end)])
    }
    let f = a.get(0);
    if !a.this.is_object() {
        return Err(cx.throw_error(ErrorKind::Type, "Promise.prototype.finally called on a non-object"));
    }
    let constructor = species(cx, a.this)?;
    if !f.is_callable() {
        return ops::invoke(cx, a.this, well_known::THEN, &[f.clone(), f.clone()]);
    }
    let env = vec![f.clone(), constructor];
    let on_ok = Value::Obj(Obj::function(cx, &ON_OK, env.clone()));
    let on_error = Value::Obj(Obj::function(cx, &ON_ERROR, env));
    ops::invoke(cx, a.this, well_known::THEN, &[on_ok, on_error])
}

/// PromiseResolve(C, value).
pub(super) fn resolve_with(cx: Cx, constructor: &Value, value: Value) -> R {
    if !constructor.is_object() {
        return Err(cx.throw_error(ErrorKind::Type, "PromiseResolve called on non-object"));
    }
    if constructor.as_obj().is_some_and(|c| cx.is_intrinsic(c, Intrinsic::PromiseConstructor)) {
        return Ok(Value::Obj(promise_resolve(cx, value)?));
    }
    if as_promise(&value).is_some() && ops::js_strict_eq(&ops::get(cx, &value, well_known::CONSTRUCTOR, 0)?, constructor) {
        return Ok(value);
    }
    let capability = new_capability(cx, constructor)?;
    capability.resolve(cx, value)?;
    Ok(capability.promise())
}

fn with_resolvers(cx: Cx, a: &Args<'_>) -> R {
    let capability = new_capability(cx, a.this)?;
    let (resolve, reject) = match &capability {
        Capability::Native(promise) => resolving_functions(cx, promise),
        Capability::Custom { resolve, reject, .. } => (resolve.clone(), reject.clone()),
    };
    let o = Obj::plain(cx);
    o.put(cx, &cx.key_of("promise"), capability.promise());
    o.put(cx, &cx.key_of("resolve"), resolve);
    o.put(cx, &cx.key_of("reject"), reject);
    Ok(Value::Obj(o))
}
