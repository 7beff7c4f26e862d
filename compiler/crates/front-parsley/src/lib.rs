#![forbid(unsafe_code)]
//! Parsley source to IR.
//!
//! In: the text of a `.pars` file. Out: an IR module whose one handler function answers a request, and diagnostics.
//! This crate must never know another front end, read a file, or show a pest type to anyone.

mod ast;
mod depth;
mod parse;
