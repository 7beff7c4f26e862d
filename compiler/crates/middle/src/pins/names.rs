//! What is known of functions by their names.

/// Global functions that start something.
pub(super) const STARTS: &[&str] = &["setInterval", "setTimeout", "setImmediate", "fetch"];

/// Native functions that change the world outside the isolate, or watch it.
pub(super) fn starts_io(native: &str, name: &str) -> bool {
    let native = native.strip_prefix("node:").unwrap_or(native);
    match native {
        "fs" | "fs/promises" => {
            ["write", "append", "unlink", "rm", "rename", "mkdir", "copy", "truncate", "watch", "createWriteStream"].iter().any(|verb| name.starts_with(verb))
        }
        "timers" | "timers/promises" => name.starts_with("set"),
        "child_process" | "worker_threads" | "cluster" => true,
        "http" | "https" | "net" | "dgram" => name == "createServer" || name == "request" || name == "get",
        _ => false,
    }
}

/// Native modules whose objects hold state in the isolate. Objects of all others are handles: their state is in a database, a file or
/// the operating system, and every isolate sees the same.
pub(super) fn holds_state(native: &str) -> bool {
    let native = native.strip_prefix("node:").unwrap_or(native);
    matches!(native, "events" | "lru-cache" | "node-cache" | "ws" | "express-rate-limit" | "stream" | "async_hooks" | "worker_threads" | "memory-cache")
}

/// Modules of our own library whose objects are handles of something that all isolates share, and whose answers are made for who asks: what
/// they keep in variables each isolate may have for itself.
pub(super) fn is_handle(path: &str) -> bool {
    path == "puremix:db.js"
}

/// Methods of built-in objects that change nothing, neither their receiver nor their arguments. Callbacks are seen apart.
pub(super) const READS: &[&str] = &[
    "at", "charAt", "charCodeAt", "codePointAt", "concat", "endsWith", "entries", "every", "filter", "find", "findIndex", "findLast",
    "findLastIndex", "flat", "flatMap", "forEach", "get", "getAll", "getDate", "getDay", "getFullYear", "getHours", "getMinutes", "getMonth",
    "getSeconds", "getTime", "has", "hasOwnProperty", "includes", "indexOf", "join", "keys", "lastIndexOf", "localeCompare", "map", "match",
    "matchAll", "normalize", "padEnd", "padStart", "reduce", "reduceRight", "repeat", "replace", "replaceAll", "search", "slice", "some", "split",
    "startsWith", "substring", "substr", "toFixed", "toISOString", "toJSON", "toLocaleDateString", "toLocaleLowerCase", "toLocaleString",
    "toLocaleTimeString", "toLocaleUpperCase", "toLowerCase", "toPrecision", "toReversed", "toSorted", "toSpliced", "toString", "toUpperCase",
    "trim", "trimEnd", "trimStart", "valueOf", "values", "with", "format", "formatToParts", "resolvedOptions", "test", "exec", "then", "catch",
    "finally", "call", "apply", "bind",
];

/// Methods that send or print what they are given, and keep nothing.
pub(super) const SENDS: &[&str] =
    &["json", "send", "end", "write", "render", "redirect", "status", "header", "setHeader", "log", "info", "warn", "error", "debug"];

/// Of those that read, the ones whose result holds no object of the receiver.
pub(super) const ANSWERS_PLAIN: &[&str] = &[
    "charAt", "charCodeAt", "codePointAt", "endsWith", "every", "findIndex", "findLastIndex", "forEach", "getDate", "getDay", "getFullYear",
    "getHours", "getMinutes", "getMonth", "getSeconds", "getTime", "has", "hasOwnProperty", "includes", "indexOf", "join", "lastIndexOf",
    "localeCompare", "normalize", "padEnd", "padStart", "repeat", "replace", "replaceAll", "search", "some", "split", "startsWith", "substring",
    "substr", "toFixed", "toISOString", "toLocaleDateString", "toLocaleLowerCase", "toLocaleString", "toLocaleTimeString", "toLocaleUpperCase",
    "toLowerCase", "toPrecision", "toString", "toUpperCase", "trim", "trimEnd", "trimStart", "format", "test",
];

/// Functions of built-in objects that only look at their arguments. The second says whether the result may hold them.
pub(super) fn reads_arguments(object: &str, name: &str) -> Option<bool> {
    match (object, name) {
        ("JSON", "stringify") | ("Math" | "console" | "Number" | "String" | "Date" | "Symbol", _) => Some(false),
        ("Array", "isArray") | ("Object", "keys" | "is" | "hasOwn" | "isFrozen" | "getOwnPropertyNames") => Some(false),
        ("Array", "from" | "of") | ("Object", "values" | "entries" | "freeze" | "fromEntries" | "seal") | ("Promise", _) => Some(true),
        ("Reflect", "get" | "has" | "ownKeys") => Some(true),
        _ => None,
    }
}

/// Global functions that only look at their arguments; none answers an object of them.
pub(super) const READING_FUNCTIONS: &[&str] = &[
    "String", "Number", "Boolean", "BigInt", "parseInt", "parseFloat", "isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent",
    "encodeURI", "decodeURI", "Symbol",
];

/// Constructors of built-in objects whose result holds its arguments without changing them.
pub(super) const KEEPING_CONSTRUCTORS: &[&str] = &[
    "Map", "Set", "WeakMap", "WeakSet", "Array", "Object", "Date", "RegExp", "Error", "TypeError", "RangeError", "URL", "URLSearchParams",
    "Headers", "Response", "Request", "FormData", "Blob", "Intl",
];
