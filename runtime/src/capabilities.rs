//! What only some apps need, in crates of their own (`runtime/capabilities/*`) that a generated crate links when it uses them.
//!
//! The runtime knows each capability by a function's type; the crate provides the function. So an app pays for a
//! database or a client in build time and bytes only when it has one, while the runtime itself is compiled once for all apps.

use puremix_sql::{Documents, Open};
use std::future::Future;
use std::io;
use std::pin::Pin;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What is read and what is written of a connection.
pub type Halves = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

/// Encrypts a connection to the named host; the last is a file of further certificates to trust.
pub type Encrypt = fn(TcpStream, String, Option<String>) -> Pin<Box<dyn Future<Output = io::Result<Halves>> + Send>>;

/// Gives an isolate its globals or its modules (`puremix_node::register`).
pub type Install = fn(puremix_value::Cx) -> puremix_value::R<()>;

/// What the app's capabilities brought.
#[derive(Clone, Copy)]
pub struct Capabilities {
    /// Opens an SQLite database; programs reach it through [`puremix_sql::open`].
    pub sqlite: Option<Open>,
    /// The same for PostgreSQL.
    pub postgres: Option<Open>,
    /// Moves collections of documents, for the verb `db`.
    pub documents: Option<Documents>,
    /// TLS of the runtime's own clients.
    pub tls: Option<Encrypt>,
    /// Called in this order in each new isolate, after Node's globals are there.
    pub installs: &'static [Install],
}

impl Capabilities {
    pub const NONE: Capabilities = Capabilities { sqlite: None, postgres: None, documents: None, tls: None, installs: &[] };
}
