//! The names of each language's global object that the runtime provides.

use puremix_ir::Lang;

/// Sorted; `cargo xtask e2e deploy` compares it with a running isolate. What is not here is reported as undeclared.
const JS: &[&str] = &[
    "AbortController", "AbortSignal", "AggregateError", "Array", "ArrayBuffer", "BigInt", "BigInt64Array",
    "BigUint64Array", "Blob", "Boolean", "Buffer", "CustomEvent", "DOMException", "DataView", "Date", "Error",
    "EvalError", "Event", "EventTarget", "File", "FinalizationRegistry", "Float32Array", "Float64Array", "FormData",
    "Function", "Headers", "Infinity", "Int16Array", "Int32Array", "Int8Array", "Intl", "JSON", "Map", "Math", "NaN",
    "Number", "Object", "Promise", "Proxy", "RangeError", "ReferenceError", "Reflect", "RegExp", "Request", "Response",
    "Set", "String", "Symbol", "SyntaxError", "TextDecoder", "TextEncoder", "TypeError", "URIError", "URL",
    "URLSearchParams", "Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakRef", "WeakSet",
    "atob", "btoa", "clearImmediate", "clearInterval", "clearTimeout", "console", "crypto", "decodeURI",
    "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "fetch", "global", "globalThis", "isFinite",
    "isNaN", "parseFloat", "parseInt", "performance", "process", "queueMicrotask", "setImmediate", "setInterval",
    "setTimeout", "structuredClone", "undefined", "unescape",
];

pub fn of_language(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::Js => JS,
        Lang::Parsley | Lang::Py => &[],
    }
}

/// Names that test files find besides those of the language.
const IN_TESTS: &[&str] = &[
    "after", "afterAll", "afterEach", "before", "beforeAll", "beforeEach", "describe", "expect", "fdescribe", "fit", "it", "jest", "onTestFinished", "suite",
    "test", "vi", "xdescribe", "xit", "xtest",
];

/// As [`of_language`], in a program that holds tests.
pub fn of_language_in_tests(lang: Lang) -> &'static [&'static str] {
    static ALL: std::sync::LazyLock<Vec<&str>> = std::sync::LazyLock::new(|| {
        let mut names = [JS, IN_TESTS].concat();
        names.sort_unstable();
        names
    });
    match lang {
        Lang::Js => &ALL,
        other => of_language(other),
    }
}
