#![forbid(unsafe_code)]
//! Executes the IR without rustc, for development and for tests.
//!
//! In: a linked program that `verify` accepts. Out: an [`AppDef`](puremix_runtime::app::AppDef) whose functions run in a register machine and call the
//! same runtime functions as generated code (`docs/runtime-abi.md`), so that both back ends agree by construction on everything but control flow.
//! This crate must never know source languages, cargo or IO, and is never linked into a built binary.
//!
//! An [`image`] is a module as data that any thread may read; [`assemble`] makes it from the IR; [`loaded`] is what an isolate holds of it;
//! [`machine`] runs it; [`app`] is the server's table; an [`edition`] is all images of a program, which can be replaced while it runs.

pub mod app;
pub mod assemble;
pub mod closure;
pub mod edition;
pub mod image;
pub mod loaded;
pub mod machine;
mod operations;
pub mod space;
