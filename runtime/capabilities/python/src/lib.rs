#![forbid(unsafe_code)]
//! The app's Python, run by CPython. A capability: linked into apps that have Python, and only into those.
//!
//! In: names of functions and arguments as values. Out: promises of what Python answers. Python runs in processes of its own
//! ([`pool`]), which all isolates share; `worker/*.py` is their side. Must never know pages, HTTP, or what a Python file says.
//!
//! [`encode`] and [`decode`] turn values into JSON with attachments and back, [`frame`] puts it on the wire, [`exchange`] is one call's way
//! there and back, [`module`] is what programs import.

mod decode;
mod encode;
mod exchange;
mod failure;
mod frame;
mod interpreter;
mod module;
mod pool;
#[cfg(test)]
mod tests;

use puremix_interop::Engine;
use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "puremix:python/native", exports: module::EXPORTS, missing: &[], make: module::make }];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_interop::provide(Engine { set_up: pool::set_up, status: pool::status, stop: pool::stop });
    puremix_node::register(MODULES);
    Ok(())
}
