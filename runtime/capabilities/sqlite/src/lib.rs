#![forbid(unsafe_code)]
//! The SQLite engine: one database per file and process. A capability: linked into apps that open a database, and only into those.
//!
//! In: a file's path, then statements with bound parameters. Out: rows. Must never know HTTP, or what a value is in a language.
//!
//! [`reader`] answers short reads on the thread that asks, through a connection of that thread, and hands long ones to [`pool`]. All
//! writes go through [`writer`], one thread a database, which commits everything that waits with one `fsync`.

mod connect;
mod database;
mod failure;
mod group;
mod math;
mod pool;
mod reader;
mod run;
mod statement_kind;
#[cfg(test)]
mod tests;
mod transaction;
mod writer;

pub use database::provide;
pub use math::add_functions as add_math_functions;
pub use failure::code_name;
