#![forbid(unsafe_code)]
//! The PostgreSQL engine. A capability: linked into apps that open a PostgreSQL database, and only into those.
//!
//! In: a URL, then statements with bound parameters. Out: rows. Must never know HTTP, or what a value is in a language.
//!
//! A client of protocol version 3 (https://www.postgresql.org/docs/current/protocol.html) that sends parameters and reads rows as text, as
//! node-pg does: the server infers each parameter's type and writes each value in its own form, so no type of the server's is unknown
//! here. [`message`] is bytes to data and back, [`connection`] one conversation, [`pool`] many of them, [`database`] the engine's face.
//! All IO belongs to one thread ([`thread`]).

mod client;
mod connection;
mod convert;
mod database;
mod failure;
mod message;
mod options;
mod password;
mod pool;
mod scram;
mod stream;
#[cfg(test)]
mod tests;
mod thread;
mod tls;

pub use client::{Ask, Client, Reply};
pub use connection::Answer;
pub use convert::hex;
pub use database::provide;
pub use failure::Failure;
pub use message::{Field, Fields, Notification};
pub use options::{ConnectOptions, Host, Identity, Pem, SESSION, Tls, parse_url, tls as tls_mode};
pub use password::complete;
