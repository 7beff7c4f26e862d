//! What only some apps need, in crates of their own (`runtime/capabilities/*`) that a generated crate links when it uses them.
//!
//! The runtime knows each capability by a function's type; the crate provides the function. So an app pays for a
//! database or a client in build time and bytes only when it has one, while the runtime itself is compiled once for all apps.

use puremix_sql::Open;

/// Gives an isolate its globals or its modules (`puremix_node::register`).
pub type Install = fn(puremix_value::Cx) -> puremix_value::R<()>;

/// What the app's capabilities brought.
#[derive(Clone, Copy)]
pub struct Capabilities {
    /// Opens an SQLite database; programs reach it through [`puremix_sql::open`].
    pub sqlite: Option<Open>,
    /// The same for PostgreSQL.
    pub postgres: Option<Open>,
    /// Called in this order in each new isolate, after Node's globals are there.
    pub installs: &'static [Install],
}

impl Capabilities {
    pub const NONE: Capabilities = Capabilities { sqlite: None, postgres: None, installs: &[] };
}
