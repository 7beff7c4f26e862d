//! Between lowering and the back ends: what the whole program means.
//!
//! In: modules as the front ends lowered them, with the driver's answers to their requests. Out: the same program with imports
//! bound, an order of initialisation, diagnostics about names, the variables that pin it to one isolate, the capabilities it
//! links, the routes that may look at sessions, and inferred types.
//! Each stage is a function from the program to its findings. This crate must never know source text, files, HTML, how types
//! are used, or Rust code generation.
//!
//! Those stages that development repeats for every save take the modules to look at; see [`interface`].
//!
//! Stages in order: [`link`], [`check`], [`pins`], [`capabilities`], [`sessions`], [`spill`], [`flatten`], [`infer`]. [`captures`] answers back ends.

#![forbid(unsafe_code)]

mod capabilities;
mod captures;
mod check;
mod flatten;
mod graph;
mod infer;
mod interface;
mod link;
mod pins;
mod sessions;
mod spill;

pub use capabilities::capabilities;
pub use captures::{Captures, captures};
pub use check::check;
pub use flatten::flatten;
pub use infer::{InferOptions, infer};
pub use interface::interface;
pub use link::{Natives, entries, link, namespace};
pub use pins::pins;
pub use sessions::sessions;
pub use spill::spill;
