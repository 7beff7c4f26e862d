//! The compiler as a program: command line, project discovery, the pipeline, cargo.
//!
//! In: a path the user typed. Out: diagnostics on stderr, files below `.puremix/`, a binary. The only part of the
//! compiler that does IO; it must never know a grammar, oxc, pest, or how Rust text is made.
#![forbid(unsafe_code)]

pub mod app_table;
pub mod cargo;
pub mod calls;
pub mod checks;
pub mod cli;
pub mod client;
pub mod config;
pub mod declarations;
pub mod dev;
pub mod driver;
pub mod embedded;
pub mod emit;
pub mod front;
pub mod library;
mod live;
pub mod load;
pub mod project;
mod secret;
pub mod test;

/// The runtime's files, packed by `build.rs`.
pub mod bundle {
    include!(concat!(env!("OUT_DIR"), "/bundle.rs"));
}

pub const VERSION: &str = env!("CARGO_PKG_VERSION");
