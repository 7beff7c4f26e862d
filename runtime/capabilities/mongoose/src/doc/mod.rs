//! Documents: values, their text, and the ways into them.

pub mod bson;
pub mod json;
pub mod path;

pub use bson::{Bson, Map};
