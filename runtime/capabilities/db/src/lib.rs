#![forbid(unsafe_code)]
//! Databases as programs see them. A capability: linked into apps that import `puremix:db`, and only into those.
//!
//! In: statements and parameters as values. Out: promises of rows as objects. The module's face is JavaScript that comes with the
//! compiler (`compiler/src/library/db.js`) over the functions here. Must never know an engine beyond [`puremix_sql`], or HTTP.

mod failure;
mod handle;
mod rows;
mod values;

pub use rows::objects;
pub use values::{from_sql, to_sql};

use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "puremix:db/native", exports: handle::EXPORTS, missing: &[], make: handle::module }];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}
