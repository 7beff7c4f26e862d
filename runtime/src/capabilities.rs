//! What only some apps need, in crates of their own (`runtime/capabilities/*`) that a generated crate links when it uses them.
//!
//! The runtime knows each capability by a function's type; the crate named after the field provides the function. So an app pays for a
//! database or a client in build time and bytes only when it has one, while the runtime itself is compiled once for all apps.

use puremix_sql::Open;

/// Puts `fetch` and its classes on the global object.
pub type InstallFetch = fn(puremix_value::Cx) -> puremix_value::R<()>;

/// One field a capability (`puremix_ir::Capability` lists the same names); `None`: not linked.
#[derive(Clone, Copy)]
pub struct Capabilities {
    /// Opens an SQLite database; programs reach it through [`puremix_sql::open`].
    pub sqlite: Option<Open>,
    /// The same for PostgreSQL.
    pub postgres: Option<Open>,
    pub fetch: Option<InstallFetch>,
}

impl Capabilities {
    pub const NONE: Capabilities = Capabilities { sqlite: None, postgres: None, fetch: None };
}
