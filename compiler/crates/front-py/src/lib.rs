//! Python to what the rest of the compiler knows: functions, imports, and an IR module that calls them.
//!
//! In: [`Source`], the text of a `.py` file or of the Python blocks of a page, with the way back to the file. Out: a
//! [`puremix_ir::Module`] whose functions are called as any others are, with [`puremix_ir::Python`] beside it, and diagnostics.
//! Bodies are one call of the native module `puremix:python/native`, which has CPython run the function; compiled bodies can take their
//! place one by one. ruff parses; its types never leave this crate. This crate must never know files, HTML, another front end, or how
//! CPython is run.

#![forbid(unsafe_code)]

mod lower;
mod outline;
pub mod packages;
mod semantic;
mod source;

pub use lower::{Use, lower_module};
pub use outline::function_names;
pub use source::{Source, module_name};

/// The module of the runtime that has CPython run functions.
pub const NATIVE: &str = "puremix:python/native";

#[cfg(test)]
mod tests;
