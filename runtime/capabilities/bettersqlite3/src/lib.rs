#![forbid(unsafe_code)]
//! The npm package `better-sqlite3`. A capability: linked into apps that import it, and only into those.
//!
//! In: statements and parameters as values. Out: rows, at once: the package is synchronous, so everything runs on the isolate's thread, each
//! `Database` on a connection of its own. The package's face is JavaScript that comes with the compiler
//! (`compiler/src/library/better-sqlite3.cjs`). Must never know HTTP, or the engine's writer.

mod backup;
mod cursor;
mod database;
mod function;
mod statement;
mod values;

use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "better-sqlite3/native", exports: database::EXPORTS, missing: &[], make: database::module }];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}
