#![forbid(unsafe_code)]
//! Models.

pub mod aggregate;
pub mod doc;
pub mod query;
pub mod update;
