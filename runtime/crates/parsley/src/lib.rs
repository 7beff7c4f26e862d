#![forbid(unsafe_code)]
//! Parsley's operators, types and library, for the slice that is compiled so far.
//!
//! In: values and operation calls of generated code. Out: values. A dictionary is a plain object, a list an array, a tag's markup an Html object, so
//! nothing is converted at the border to JavaScript. This crate must never know IO: databases come in through [`puremix_sql::Database`].

mod data;
mod database;
mod error;
mod method;
mod operator;
mod schema;
mod text;

pub use data::*;
pub use database::{database_object, parsley_query};
pub use method::{parsley_builtin, parsley_import, parsley_method, parsley_unknown};
pub use operator::*;
pub use text::{inspect, parsley_text};
