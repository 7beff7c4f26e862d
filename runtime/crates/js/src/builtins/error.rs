//! `Error` and its kinds (ECMA-262 §20.5).

use crate::state::site_text;
use crate::{constructor, get_key, get_value, has_property, iter_to_vec, js_to_string, proto_for, throw_type};
use puremix_value::{Args, Cx, ErrorKind, Intrinsic, Kind, Lit, Obj, R, Str, Value, well_known};

/// Each kind: its name, prototype and constructor.
const KINDS: [(ErrorKind, &str, Intrinsic, Intrinsic); 7] = [
    (ErrorKind::Error, "Error", Intrinsic::ErrorPrototype, Intrinsic::ErrorConstructor),
    (ErrorKind::Type, "TypeError", Intrinsic::TypeErrorPrototype, Intrinsic::TypeErrorConstructor),
    (ErrorKind::Range, "RangeError", Intrinsic::RangeErrorPrototype, Intrinsic::RangeErrorConstructor),
    (ErrorKind::Reference, "ReferenceError", Intrinsic::ReferenceErrorPrototype, Intrinsic::ReferenceErrorConstructor),
    (ErrorKind::Syntax, "SyntaxError", Intrinsic::SyntaxErrorPrototype, Intrinsic::SyntaxErrorConstructor),
    (ErrorKind::Uri, "URIError", Intrinsic::UriErrorPrototype, Intrinsic::UriErrorConstructor),
    (ErrorKind::Eval, "EvalError", Intrinsic::EvalErrorPrototype, Intrinsic::EvalErrorConstructor),
];

/// An error object of the runtime.
#[cold]
pub fn make_error(cx: Cx, kind: ErrorKind, message: &str) -> Value {
    let (_, name, proto, _) = KINDS[kind as usize];
    let o = Obj::with(cx, Some(cx.intrinsic(proto)), Kind::Error);
    o.put_hidden(cx, well_known::STACK, stack(cx, &format!("{name}: {message}")));
    o.put_hidden(cx, well_known::MESSAGE, message);
    o.into()
}

/// The `stack` text: the header and the place of the operation that runs.
fn stack(cx: Cx, header: &str) -> Str {
    match site_text(cx) {
        Some(place) => Str::from(format!("{header}\n    at {place}")),
        None => Str::from(header),
    }
}

/// `name: message` as the stack's header, read from the finished object.
fn header(cx: Cx, o: &Obj) -> R<Str> {
    error_to_string(cx, &o.clone().into())
}

fn build(cx: Cx, a: &Args<'_>, proto: Intrinsic, message: &Value, options: &Value) -> R<Obj> {
    let target = if a.is_construct() { a.new_target.clone() } else { Value::Obj(a.callee.clone()) };
    let o = Obj::with(cx, Some(proto_for(cx, &target, proto)?), Kind::Error);
    // V8 keeps `stack` first; its text needs the message.
    o.put_hidden(cx, well_known::STACK, Value::Undefined);
    if !message.is_undefined() {
        o.put_hidden(cx, well_known::MESSAGE, js_to_string(cx, message)?);
    }
    if let Value::Obj(opts) = options
        && has_property(cx, opts, &well_known::CAUSE.into())?
    {
        o.put_hidden(cx, well_known::CAUSE, get_key(cx, opts, &well_known::CAUSE.into(), options)?);
    }
    let header = header(cx, &o)?;
    o.put_hidden(cx, well_known::STACK, stack(cx, header.as_str()));
    Ok(o)
}

macro_rules! constructors {
    ($($name:ident $proto:ident;)*) => {$(
        fn $name(cx: Cx, a: &Args<'_>) -> R {
            build(cx, a, Intrinsic::$proto, a.get(0), a.get(1)).map(Value::Obj)
        }
    )*};
}

constructors! {
    error ErrorPrototype;
    type_error TypeErrorPrototype;
    range_error RangeErrorPrototype;
    reference_error ReferenceErrorPrototype;
    syntax_error SyntaxErrorPrototype;
    uri_error UriErrorPrototype;
    eval_error EvalErrorPrototype;
}

fn aggregate_error(cx: Cx, a: &Args<'_>) -> R {
    let o = build(cx, a, Intrinsic::AggregateErrorPrototype, a.get(1), a.get(2))?;
    let errors = Obj::array(cx, iter_to_vec(cx, a.get(0))?);
    o.put_hidden(cx, well_known::ERRORS, errors);
    Ok(o.into())
}

/// An `AggregateError`, as `Promise.any` rejects with.
pub fn make_aggregate(cx: Cx, errors: Vec<Value>, message: &str) -> Value {
    let o = Obj::with(cx, Some(cx.intrinsic(Intrinsic::AggregateErrorPrototype)), Kind::Error);
    o.put_hidden(cx, well_known::STACK, stack(cx, &format!("AggregateError: {message}")));
    o.put_hidden(cx, well_known::MESSAGE, message);
    o.put_hidden(cx, well_known::ERRORS, Obj::array(cx, errors));
    o.into()
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    error_to_string(cx, a.this).map(Value::Str)
}

/// `Error.prototype.toString` (§20.5.3.4).
pub fn error_to_string(cx: Cx, v: &Value) -> R<Str> {
    if !v.is_object() {
        return Err(throw_type(cx, "Error.prototype.toString requires that 'this' be a JSReceiver"));
    }
    let text = |name, default: &str| -> R<Str> {
        match get_value(cx, v, &puremix_value::Key::Atom(name))? {
            Value::Undefined => Ok(Str::from(default)),
            other => js_to_string(cx, &other),
        }
    };
    let (name, message) = (text(well_known::NAME, "Error")?, text(well_known::MESSAGE, "")?);
    static COLON: Lit = Lit::new(": ");
    Ok(match (name.is_empty(), message.is_empty()) {
        (true, _) => message,
        (_, true) => name,
        _ => name.concat(&Str::lit(&COLON)).concat(&message),
    })
}

fn capture_stack_trace(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(o) = a.get(0) else {
        return Err(throw_type(cx, &format!("Invalid argument: {}", crate::errors::show(cx, a.get(0)))));
    };
    let header = header(cx, o)?;
    o.put_hidden(cx, well_known::STACK, stack(cx, header.as_str()));
    Ok(Value::Undefined)
}

pub(super) fn install(cx: Cx) {
    let codes = [error, type_error, range_error, reference_error, syntax_error, uri_error, eval_error];
    let mut base: Option<Obj> = None;
    let mut add = |name, proto: Obj, slot, code, length| {
        proto.put_hidden(cx, well_known::NAME, name);
        proto.put_hidden(cx, well_known::MESSAGE, "");
        let ctor = constructor(cx, name, length, code, &proto, slot);
        match &base {
            Some(error) => ctor.set_proto(cx, Some(error.clone())),
            None => base = Some(ctor),
        }
    };
    for ((_, name, slot, ctor), code) in KINDS.into_iter().zip(codes) {
        let proto = cx.try_intrinsic(slot).unwrap_or_else(|| {
            let p = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ErrorPrototype)), Kind::Plain);
            cx.set_intrinsic(slot, p.clone());
            p
        });
        add(name, proto, ctor, code, 1);
    }
    let aggregate = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ErrorPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::AggregateErrorPrototype, aggregate.clone());
    add("AggregateError", aggregate, Intrinsic::AggregateErrorConstructor, aggregate_error, 2);
    install_methods(cx);
}

fn install_methods(cx: Cx) {
    crate::install(cx, &cx.intrinsic(Intrinsic::ErrorPrototype), &[("toString", 0, to_string)]);
    let ctor = cx.intrinsic(Intrinsic::ErrorConstructor);
    crate::install(cx, &ctor, &[("captureStackTrace", 2, capture_stack_trace)]);
    ctor.put(cx, &well_known::STACK_TRACE_LIMIT.into(), Value::Num(10.0));
}
