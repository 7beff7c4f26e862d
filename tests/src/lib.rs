//! What tests of whole apps share: a small HTTP/1.1 client, a server under test, temporary directories.
//!
//! In: paths of binaries and requests. Out: responses as data. This crate must never know the compiler's stages.
#![forbid(unsafe_code)]

pub mod browser;
pub mod dev;
pub mod edits;
pub mod http;
pub mod packages;
pub mod postgres;
pub mod programs;
pub mod python;
pub mod redis;
pub mod server;
pub mod temp;

pub use browser::{Browser, Elsewhere, decode_base64};
pub use dev::Dev;
pub use http::{Client, Reply};
pub use packages::npm_packages;
pub use postgres::Postgres;
pub use programs::programs_in;
pub use redis::Redis;
pub use server::Server;
pub use temp::TempDir;
