#![forbid(unsafe_code)]
//! The npm package `pg`. A capability: linked into apps that import it, and only into those.
//!
//! In: URLs or options, statements, parameters as text. Out: promises of answers in the server's own texts. The package's face, its pools and
//! the types of its values are JavaScript that comes with the compiler (`compiler/src/library/pg.cjs`). Must never know HTTP.

mod module;

use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "pg/native-client", exports: module::EXPORTS, missing: &[], make: module::module }];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}
