//! What built-in functions answer, while the app leaves them alone.

use super::intact::Intact;
use puremix_ir::*;

/// `name(args)` of a global function.
pub(super) fn call(intact: &Intact, name: &str) -> Ty {
    if !intact.holds(name) {
        return Ty::Any;
    }
    match name {
        "Number" | "parseInt" | "parseFloat" => Ty::Num,
        "String" | "encodeURIComponent" | "encodeURI" | "decodeURIComponent" | "decodeURI" | "escape" | "unescape" | "Date" => Ty::Str,
        "Boolean" | "isNaN" | "isFinite" => Ty::Bool,
        "Array" => Ty::Array,
        "Object" | "RegExp" | "Error" | "TypeError" | "RangeError" => Ty::Object,
        _ => Ty::Any,
    }
}

/// A constant that no program can change.
pub(super) fn constant(name: &str) -> Ty {
    match name {
        "NaN" | "Infinity" => Ty::Num,
        "undefined" => Ty::Undefined,
        _ => Ty::Any,
    }
}

/// `object.name` of a built-in object; only members that cannot be written.
pub(super) fn member(object: &str, name: &str) -> Ty {
    match (object, name) {
        ("Math", "PI" | "E" | "LN2" | "LN10" | "LOG2E" | "LOG10E" | "SQRT2" | "SQRT1_2") => Ty::Num,
        ("Number", "MAX_SAFE_INTEGER" | "MIN_SAFE_INTEGER" | "MAX_VALUE" | "MIN_VALUE" | "EPSILON" | "NaN") => Ty::Num,
        ("Number", "POSITIVE_INFINITY" | "NEGATIVE_INFINITY") => Ty::Num,
        _ => Ty::Any,
    }
}

/// `object.name(args)` of a built-in object.
pub(super) fn static_call(intact: &Intact, object: &str, name: &str) -> Ty {
    if !intact.holds(name) || !intact.holds(object) {
        return Ty::Any;
    }
    match (object, name) {
        ("Math", "imul" | "clz32") => Ty::Int,
        (
            "Math",
            "abs" | "acos" | "acosh" | "asin" | "asinh" | "atan" | "atan2" | "atanh" | "cbrt" | "ceil" | "cos" | "cosh" | "exp" | "expm1"
            | "floor" | "fround" | "hypot" | "log" | "log10" | "log1p" | "log2" | "max" | "min" | "pow" | "random" | "round" | "sign" | "sin"
            | "sinh" | "sqrt" | "tan" | "tanh" | "trunc",
        ) => Ty::Num,
        ("Number", "parseInt" | "parseFloat") | ("Date", "now" | "parse" | "UTC") | ("performance", "now") => Ty::Num,
        ("Number", "isInteger" | "isSafeInteger" | "isFinite" | "isNaN") => Ty::Bool,
        ("Array", "isArray") | ("Object", "is" | "hasOwn" | "isFrozen" | "isSealed" | "isExtensible") => Ty::Bool,
        ("Array", "from" | "of") => Ty::Array,
        ("Object", "keys" | "values" | "entries" | "getOwnPropertyNames") => Ty::Array,
        ("Object", "fromEntries" | "create") => Ty::Object,
        ("String", "fromCharCode" | "fromCodePoint") => Ty::Str,
        _ => Ty::Any,
    }
}

/// `receiver.name(args)` by the receiver's type. `pattern` says whether the first argument is a string, a regex literal or absent: any
/// other object may answer what it likes through `Symbol.replace` and its like.
pub(super) fn method(intact: &Intact, receiver: Ty, name: &str, pattern: bool) -> Ty {
    if !intact.holds(name) {
        return Ty::Any;
    }
    match receiver {
        Ty::Str => str_method(name, pattern),
        Ty::Int | Ty::Num => match name {
            "toFixed" | "toString" | "toPrecision" | "toExponential" | "toLocaleString" => Ty::Str,
            "valueOf" => receiver,
            _ => Ty::Any,
        },
        Ty::Bool => match name {
            "toString" => Ty::Str,
            "valueOf" => Ty::Bool,
            _ => Ty::Any,
        },
        Ty::Array => array_method(intact, name),
        Ty::Never => Ty::Never,
        Ty::Undefined | Ty::Null | Ty::Object | Ty::Any => Ty::Any,
    }
}

fn str_method(name: &str, pattern: bool) -> Ty {
    match name {
        "charAt" | "slice" | "substring" | "substr" | "trim" | "trimStart" | "trimEnd" | "toUpperCase" | "toLowerCase" | "toLocaleUpperCase"
        | "toLocaleLowerCase" | "padStart" | "padEnd" | "repeat" | "concat" | "normalize" | "toString" | "valueOf" | "toWellFormed" => Ty::Str,
        "replace" | "replaceAll" if pattern => Ty::Str,
        "split" if pattern => Ty::Array,
        "search" if pattern => Ty::Int,
        "charCodeAt" | "localeCompare" => Ty::Num,
        "indexOf" | "lastIndexOf" => Ty::Int,
        "includes" | "startsWith" | "endsWith" | "isWellFormed" => Ty::Bool,
        _ => Ty::Any,
    }
}

fn array_method(intact: &Intact, name: &str) -> Ty {
    match name {
        "join" | "toString" | "toLocaleString" => Ty::Str,
        "push" | "unshift" | "indexOf" | "lastIndexOf" | "findIndex" | "findLastIndex" => Ty::Num,
        "includes" | "some" | "every" => Ty::Bool,
        "forEach" => Ty::Undefined,
        "reverse" | "sort" | "fill" | "copyWithin" | "toSorted" | "toReversed" | "toSpliced" | "with" => Ty::Array,
        // These make their result by the receiver's constructor.
        "slice" | "map" | "filter" | "concat" | "flat" | "flatMap" | "splice" if intact.holds("constructor") => Ty::Array,
        "keys" | "values" | "entries" => Ty::Object,
        _ => Ty::Any,
    }
}
