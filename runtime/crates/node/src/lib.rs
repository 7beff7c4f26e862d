#![forbid(unsafe_code)]
//! `node:*` modules and the web platform's objects.
//!
//! In: an isolate with JavaScript's built-ins, and a [`Host`] that does the IO. Out: module objects by canonical name ([`MODULES`]) and a few
//! globals ([`install`]). This crate must never know HTTP, the app table, or do IO itself.

mod buffer;
mod crypto;
mod digest;
mod errors;
mod events;
mod fs;
mod host;
mod path;
mod process;
mod support;
mod timers;
mod web;

/// What capabilities (`runtime/capabilities/*`) build their own objects with.
pub mod capability {
    pub use crate::errors::*;
    pub use crate::support::*;
    pub use crate::web::{abort, dom_exception, pairs, search_params, url};
    pub use puremix_js::inspect::quote_js;
}

pub use buffer::{bytes_of, new_buffer};
pub use host::{Finish, Operation, spawn, FileAnswer, FileError, FileInfo, FileOp, FileWork, Host, Machine, host, set_host};
pub use process::{before_exit, exit, is_exiting, signal, uncaught, unhandled_rejection};

use puremix_value::{Cx, ErrorKind, R, Value};
use std::cell::RefCell;

/// A module an app can import.
pub struct NativeModule {
    /// Canonical name, without `node:`.
    pub name: &'static str,
    /// What can be imported by name, sorted; `default` is the module object.
    pub exports: &'static [&'static str],
    make: fn(Cx) -> R,
}

/// Sorted by name. The compiler's table of importable modules is checked against this one.
pub const MODULES: &[NativeModule] = &[
    NativeModule { name: "buffer", exports: buffer::EXPORTS, make: buffer::module },
    NativeModule { name: "crypto", exports: crypto::EXPORTS, make: crypto::module },
    NativeModule { name: "events", exports: events::EXPORTS, make: events::module },
    NativeModule { name: "fs", exports: fs::EXPORTS, make: fs::module },
    NativeModule { name: "fs/promises", exports: fs::PROMISE_EXPORTS, make: fs::promises_module },
    NativeModule { name: "path", exports: path::EXPORTS, make: path::module },
    NativeModule { name: "perf_hooks", exports: &["default", "performance"], make: process::performance_module },
    NativeModule { name: "process", exports: process::EXPORTS, make: process::module },
    NativeModule { name: "timers", exports: timers::EXPORTS, make: timers::module },
    NativeModule { name: "timers/promises", exports: timers::promises::EXPORTS, make: timers::promises::module },
];

thread_local! {
    static LOADED: RefCell<Vec<(&'static str, Value)>> = const { RefCell::new(Vec::new()) };
}

/// The module object, made on first use; one per isolate.
pub fn load(cx: Cx, name: &str) -> R {
    let loaded = LOADED.with_borrow(|list| list.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone()));
    if let Some(module) = loaded {
        return Ok(module);
    }
    let Some(module) = MODULES.iter().find(|m| m.name == name) else {
        return Err(cx.throw_error(ErrorKind::Error, &format!("Cannot find module '{name}'")));
    };
    let value = (module.make)(cx)?;
    if let Value::Obj(o) = &value {
        // `import fs from 'fs'` is the module object; hidden, so that `import * as` shows the functions only.
        o.put_hidden(cx, cx.key_of("default"), value.clone());
    }
    LOADED.with_borrow_mut(|list| list.push((module.name, value.clone())));
    Ok(value)
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
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn tables_are_sorted() {
        assert!(super::MODULES.is_sorted_by_key(|m| m.name));
        for module in super::MODULES {
            assert!(module.exports.is_sorted(), "{}", module.name);
        }
    }
}
