//! mongoose's surface: classes, functions and errors that programs see.

mod aggregate;
mod connection;
mod convert;
mod criteria;
pub mod document;
mod duration;
mod errors;
pub(crate) mod exec;
pub(crate) mod model;
pub mod module;
pub(crate) mod object_id;
mod query;
mod schema;
mod session;
mod support;
