//! `util.types`: what an object is inside.

use crate::support::object;
use puremix_js::builtins::typed::{self, Element};
use puremix_js::promise;
use puremix_value::{Args, Class, Cx, FnKind, Kind, Obj, R, Value};

fn is(a: &Args<'_>, test: impl Fn(&Obj) -> bool) -> R {
    Ok(Value::Bool(a.get(0).as_obj().is_some_and(test)))
}

fn is_function(o: &Obj, kinds: &[FnKind]) -> bool {
    matches!(o.kind(), Kind::Function(f) if kinds.contains(&f.def.kind))
}

fn element(o: &Obj) -> Option<Element> {
    typed::view_parts(o)?.element
}

macro_rules! typed_rows {
    ($($name:literal $element:ident;)*) => {
        &[$(($name, 1, |_, a| is(a, |o| element(o) == Some(Element::$element))),)*]
    };
}

pub(super) fn module(cx: Cx) -> Value {
    let o = object(cx, &[
        ("isPromise", 1, |_, a| Ok(Value::Bool(promise::as_promise(a.get(0)).is_some()))),
        ("isRegExp", 1, |_, a| Ok(Value::Bool(puremix_js::regexp::as_regexp(a.get(0)).is_some()))),
        ("isDate", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Date(_)))),
        ("isMap", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Map(_)))),
        ("isSet", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Set(_)))),
        ("isWeakMap", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::WeakMap(_)))),
        ("isWeakSet", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::WeakSet(_)))),
        ("isNativeError", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Error))),
        ("isProxy", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Proxy(_)))),
        ("isArgumentsObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Arguments))),
        ("isBoxedPrimitive", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(_)))),
        ("isNumberObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(Value::Num(_))))),
        ("isStringObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(Value::Str(_))))),
        ("isBooleanObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(Value::Bool(_))))),
        ("isSymbolObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(Value::Sym(_))))),
        ("isBigIntObject", 1, |_, a| is(a, |o| matches!(o.kind(), Kind::Boxed(Value::BigInt(_))))),
        ("isAsyncFunction", 1, |_, a| is(a, |o| is_function(o, &[FnKind::Async, FnKind::AsyncGenerator]))),
        ("isGeneratorFunction", 1, |_, a| is(a, |o| is_function(o, &[FnKind::Generator, FnKind::AsyncGenerator]))),
        ("isGeneratorObject", 1, |_, a| is(a, |o| matches!(o.class(), Some(Class::Generator | Class::AsyncGenerator)))),
        ("isMapIterator", 1, |_, a| is(a, |o| o.class() == Some(Class::MapIterator))),
        ("isSetIterator", 1, |_, a| is(a, |o| o.class() == Some(Class::SetIterator))),
        ("isAnyArrayBuffer", 1, |_, a| is(a, |o| typed::buffer_len(o).is_some())),
        ("isArrayBuffer", 1, |_, a| is(a, |o| typed::buffer_len(o).is_some())),
        ("isSharedArrayBuffer", 1, |_, _| Ok(Value::Bool(false))),
        ("isArrayBufferView", 1, |_, a| is(a, |o| typed::view_parts(o).is_some())),
        ("isDataView", 1, |_, a| is(a, |o| typed::view_parts(o).is_some_and(|p| p.element.is_none()))),
        ("isTypedArray", 1, |_, a| is(a, |o| element(o).is_some())),
        ("isModuleNamespaceObject", 1, |_, _| Ok(Value::Bool(false))),
        ("isExternal", 1, |_, _| Ok(Value::Bool(false))),
    ]);
    crate::support::add(cx, &o, typed_rows! {
        "isUint8Array" U8;
        "isUint8ClampedArray" U8Clamped;
        "isUint16Array" U16;
        "isUint32Array" U32;
        "isInt8Array" I8;
        "isInt16Array" I16;
        "isInt32Array" I32;
        "isFloat32Array" F32;
        "isFloat64Array" F64;
        "isBigInt64Array" I64;
        "isBigUint64Array" U64;
    });
    o.into()
}
