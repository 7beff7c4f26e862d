#![forbid(unsafe_code)]
//! `node:*` modules and the web platform's objects.
//!
//! In: an isolate with JavaScript's built-ins, and a [`Host`] that does the IO. Out: module objects by canonical name ([`MODULES`]) and a few
//! globals ([`install`]). This crate must never know HTTP, the app table, or do IO itself.

mod assert;
mod buffer;
mod crypto;
mod errors;
mod events;
mod fs;
mod host;
mod os;
mod path;
mod process;
mod querystring;
mod string_decoder;
mod support;
mod timers;
mod url_module;
mod util;
mod web;

/// What capabilities (`runtime/capabilities/*`) build their own objects with.
pub mod capability {
    pub use crate::crypto::{key_parse, keys};
    pub use crate::errors::*;
    pub use crate::support::*;
    pub use crate::web::{abort, dom_exception, pairs, search_params, url};
    pub use puremix_js::inspect::quote_js;
}

pub use buffer::{bytes_of, new_buffer};
pub use host::{Finish, Operation, spawn, FileAnswer, FileError, FileInfo, FileKind, FileOp, FileWork, Host, Machine, host, set_host};
pub use process::{before_exit, exit, is_exiting, signal, uncaught, unhandled_rejection};

use puremix_value::{Cx, ErrorKind, R, Value};
use std::cell::RefCell;

/// A module an app can import: one of Node's, or an npm package that a capability has in its place.
pub struct NativeModule {
    /// Canonical name, without `node:`.
    pub name: &'static str,
    /// What can be imported by name, sorted; `default` is the module object.
    pub exports: &'static [&'static str],
    /// What Node's module has besides, which reading says is not supported.
    pub missing: &'static [&'static str],
    /// Called once an isolate.
    pub make: fn(Cx) -> R,
}

/// Sorted by name. The compiler's table of importable modules is checked against this one.
pub const MODULES: &[NativeModule] = &[
    NativeModule { name: "assert", exports: assert::EXPORTS, missing: assert::MISSING, make: assert::module },
    NativeModule { name: "assert/strict", exports: assert::EXPORTS, missing: assert::MISSING, make: assert::strict_module },
    NativeModule { name: "buffer", exports: buffer::EXPORTS, missing: buffer::MISSING, make: buffer::module },
    NativeModule { name: "crypto", exports: crypto::EXPORTS, missing: crypto::MISSING, make: crypto::module },
    NativeModule { name: "events", exports: events::EXPORTS, missing: &["EventEmitterAsyncResource"], make: events::module },
    NativeModule { name: "fs", exports: fs::EXPORTS, missing: fs::MISSING, make: fs::module },
    NativeModule { name: "fs/promises", exports: fs::PROMISE_EXPORTS, missing: fs::PROMISES_MISSING, make: fs::promises_module },
    NativeModule { name: "os", exports: os::EXPORTS, missing: os::MISSING, make: os::module },
    NativeModule { name: "path", exports: path::EXPORTS, missing: path::MISSING, make: path::module },
    NativeModule { name: "path/posix", exports: path::EXPORTS, missing: path::MISSING, make: path::module },
    NativeModule { name: "perf_hooks", exports: &["default", "performance"], missing: process::PERF_MISSING, make: process::performance_module },
    NativeModule { name: "process", exports: process::EXPORTS, missing: process::MISSING, make: process::module },
    NativeModule { name: "querystring", exports: querystring::EXPORTS, missing: &[], make: querystring::module },
    NativeModule { name: "string_decoder", exports: string_decoder::EXPORTS, missing: &[], make: string_decoder::module },
    NativeModule { name: "timers", exports: timers::EXPORTS, missing: &[], make: timers::module },
    NativeModule { name: "timers/promises", exports: timers::promises::EXPORTS, missing: &[], make: timers::promises::module },
    NativeModule { name: "url", exports: url_module::EXPORTS, missing: url_module::MISSING, make: url_module::module },
    NativeModule { name: "util", exports: util::EXPORTS, missing: util::MISSING, make: util::module },
];

thread_local! {
    static LOADED: RefCell<Vec<(&'static str, Value)>> = const { RefCell::new(Vec::new()) };
    /// What the linked capabilities brought.
    static PROVIDED: RefCell<Vec<&'static NativeModule>> = const { RefCell::new(Vec::new()) };
}

/// Adds a capability's modules to those that [`load`] finds in this isolate.
pub fn register(modules: &'static [NativeModule]) {
    PROVIDED.with_borrow_mut(|list| list.extend(modules));
}

/// The module object, made on first use; one per isolate.
pub fn load(cx: Cx, name: &str) -> R {
    let loaded = LOADED.with_borrow(|list| list.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()));
    if let Some(module) = loaded {
        return Ok(module);
    }
    let provided = || PROVIDED.with_borrow(|list| list.iter().find(|m| m.name == name).copied());
    let Some(module) = MODULES.iter().find(|m| m.name == name).or_else(provided) else {
        return Err(cx.throw_error(ErrorKind::Error, &format!("Cannot find module '{name}'")));
    };
    let value = (module.make)(cx)?;
    if let Value::Obj(o) = &value {
        // `import fs from 'fs'` is the module object; hidden, so that `import * as` shows the functions only.
        o.put_hidden(cx, cx.key_of("default"), value.clone());
        refuse_missing(cx, o, module);
    }
    LOADED.with_borrow_mut(|list| list.push((module.name, value.clone())));
    Ok(value)
}

/// Members of Node's that are not here throw when they are read, so that none is silently undefined.
fn refuse_missing(cx: Cx, o: &puremix_value::Obj, module: &NativeModule) {
    static REFUSE: puremix_value::FnDef = puremix_value::FnDef::native("get", 0, |cx, a| {
        let (module, name) = (support::text_of(cx, a.env(0))?, support::text_of(cx, a.env(1))?);
        let scheme = if MODULES.iter().any(|m| m.name == module) { "node:" } else { "" };
        let message = format!("{name} of {scheme}{module} is not supported in compiled programs");
        Err(errors::coded(cx, ErrorKind::Type, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", &message))
    });
    for name in module.missing {
        let key = cx.key_of(name);
        if o.get_own(cx, &key).is_none() {
            let get = puremix_js::ops::native_with(cx, &REFUSE, vec![Value::str(module.name), Value::str(name)]);
            o.define_accessor(cx, &key, get, Value::Undefined, puremix_value::Attr::CONFIGURABLE);
        }
    }
}

/// A member of a module, as an import reads it.
pub fn member(cx: Cx, module: &str, name: &str) -> R {
    let object = load(cx, module)?;
    puremix_js::ops::get_value(cx, &object, &cx.key_of(name))
}

/// Puts `process`, `Buffer` and the timers on the global object.
pub fn install(cx: Cx) -> R<()> {
    let global = cx.intrinsic(puremix_value::Intrinsic::GlobalThis);
    let process = load(cx, "process")?;
    global.put_hidden(cx, cx.key_of("process"), process);
    global.put_hidden(cx, cx.key_of("global"), global.clone());
    let buffer = member(cx, "buffer", "Buffer")?;
    global.put_hidden(cx, cx.key_of("Buffer"), buffer);
    let timers = load(cx, "timers")?;
    for name in timers::GLOBALS {
        let f = puremix_js::ops::get_value(cx, &timers, &cx.key_of(name))?;
        global.put_hidden(cx, cx.key_of(name), f);
    }
    process::install_performance(cx, &global);
    web::install(cx)?;
    crypto::install(cx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn tables_are_sorted() {
        assert!(super::MODULES.is_sorted_by_key(|m| m.name));
        for module in super::MODULES {
            assert!(module.exports.is_sorted(), "{}", module.name);
            assert!(module.missing.iter().all(|name| !module.exports.contains(name)), "{}", module.name);
        }
    }
}
