#![forbid(unsafe_code)]
//! Everything a generated binary links.
//!
//! In: the [`app::AppDef`] a generated crate ends in, and HTTP. Out: responses. Generated code names only [`__rt`].
//! This crate must never know the compiler, the IR, or a source language's grammar.

#[doc(hidden)]
pub mod __rt;
pub mod app;
pub mod basil;
pub mod body;
pub mod capabilities;
pub mod cli;
pub mod config;
pub mod csrf;
pub mod db;
pub mod http;
pub mod isolate;
mod lang;
pub mod log;
pub mod middleware;
pub mod page;
pub mod python;
pub mod request;
mod seal;
pub mod session;
pub mod site;
pub mod sys;
pub mod upload;

#[global_allocator]
static ALLOCATOR: puremix_value::Allocator = puremix_value::Allocator;

/// The version of the contract between generated code and this crate (`docs/runtime-abi.md`).
pub const ABI: u32 = 11;
