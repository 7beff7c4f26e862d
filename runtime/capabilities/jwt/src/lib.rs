#![forbid(unsafe_code)]
//! `jsonwebtoken`.
pub const MODULES: &[puremix_node::NativeModule] = &[]; pub fn provide(_: puremix_value::Cx) -> puremix_value::R<()> { Ok(()) }
