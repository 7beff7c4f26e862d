//! The prototype objects, made before anything refers to them, and the constructors' places on the global object.

use crate::install;
use puremix_value::{Args, Cx, FnData, FnDef, Intrinsic, Kind, Obj, R, Slots, Str, Value};

fn nothing(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::Undefined)
}

/// Makes the prototypes of everything in this crate.
pub fn make(cx: Cx) {
    let object = Obj::with(cx, None, Kind::Plain);
    cx.set_intrinsic(Intrinsic::ObjectPrototype, object.clone());
    // Function.prototype is itself a function.
    static FUNCTION: FnDef = FnDef::native("", 0, nothing);
    let function = Obj::with(cx, Some(object.clone()), Kind::Function(FnData { def: &FUNCTION, env: Box::default() }));
    cx.set_intrinsic(Intrinsic::FunctionPrototype, function);
    let kinds = [
        (Intrinsic::ArrayPrototype, Kind::Array(Slots::default())),
        (Intrinsic::StringPrototype, Kind::Boxed(Str::EMPTY.into())),
        (Intrinsic::NumberPrototype, Kind::Boxed(Value::Num(0.0))),
        (Intrinsic::BooleanPrototype, Kind::Boxed(Value::Bool(false))),
        (Intrinsic::SymbolPrototype, Kind::Plain),
        (Intrinsic::BigIntPrototype, Kind::Plain),
        (Intrinsic::ErrorPrototype, Kind::Plain),
        (Intrinsic::IteratorPrototype, Kind::Plain),
    ];
    for (slot, kind) in kinds {
        cx.set_intrinsic(slot, Obj::with(cx, Some(object.clone()), kind));
    }
    for slot in [Intrinsic::ArrayIteratorPrototype, Intrinsic::StringIteratorPrototype] {
        cx.set_intrinsic(slot, Obj::with(cx, Some(cx.intrinsic(Intrinsic::IteratorPrototype)), Kind::Plain));
    }
    cx.set_intrinsic(Intrinsic::GlobalThis, Obj::with(cx, Some(object), Kind::Plain));
}

/// Puts the constructors on the global object.
pub fn publish(cx: Cx) {
    use Intrinsic::*;
    let global = cx.intrinsic(GlobalThis);
    let constructors = [
        ("Object", ObjectConstructor),
        ("Function", FunctionConstructor),
        ("Array", ArrayConstructor),
        ("String", StringConstructor),
        ("Number", NumberConstructor),
        ("Boolean", BooleanConstructor),
        ("Error", ErrorConstructor),
        ("TypeError", TypeErrorConstructor),
        ("RangeError", RangeErrorConstructor),
        ("ReferenceError", ReferenceErrorConstructor),
        ("SyntaxError", SyntaxErrorConstructor),
        ("URIError", UriErrorConstructor),
        ("EvalError", EvalErrorConstructor),
        ("AggregateError", AggregateErrorConstructor),
        ("Symbol", SymbolConstructor),
        ("BigInt", BigIntConstructor),
        ("Map", MapConstructor),
        ("Set", SetConstructor),
        ("WeakMap", WeakMapConstructor),
        ("WeakSet", WeakSetConstructor),
        ("WeakRef", WeakRefConstructor),
        ("FinalizationRegistry", FinalizationRegistryConstructor),
        ("Proxy", ProxyConstructor),
        ("Reflect", ReflectObject),
        ("Math", MathObject),
        ("JSON", JsonObject),
        ("RegExp", RegExpConstructor),
        ("Date", DateConstructor),
        ("console", ConsoleObject),
        ("globalThis", GlobalThis),
    ];
    for (name, slot) in constructors {
        global.put_hidden(cx, cx.key_of(name), cx.intrinsic(slot));
    }
    install(cx, &global, &super::number::GLOBALS[2..]);
    install(cx, &global, super::uri::GLOBALS);
    install(cx, &global, super::globals::GLOBALS);
    for (name, value) in [("NaN", Value::Num(f64::NAN)), ("Infinity", Value::Num(f64::INFINITY)), ("undefined", Value::Undefined)] {
        global.define(cx, &cx.key_of(name), value, puremix_value::Attr::NONE);
    }
}
