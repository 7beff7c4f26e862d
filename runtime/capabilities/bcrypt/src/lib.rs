#![forbid(unsafe_code)]
//! `bcrypt` and `bcryptjs`, native. A capability: linked into apps that import one of them, and only into those.
//!
//! In: passwords and salts as the packages take them. Out: their hashes, promises, callbacks and errors. Hashing runs on the pool for
//! blocking work, so other requests go on meanwhile. Must never know sessions or HTTP.
//!
//! [`hash`] knows the algorithm and no values; [`addon`] and [`pure`] are the two packages' faces, which differ in their words.

mod addon;
mod hash;
mod later;
mod pure;

use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// What the compiler lets apps import, and what [`provide`] registers.
pub const MODULES: &[NativeModule] = &[
    NativeModule { name: "bcrypt", exports: addon::EXPORTS, missing: &[], make: addon::module },
    NativeModule { name: "bcryptjs", exports: pure::EXPORTS, missing: &["setRandomFallback"], make: pure::module },
];

/// The capability's entry.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}
