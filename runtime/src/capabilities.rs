//! What only some apps need, in crates of their own (`runtime/capabilities/*`) that a generated crate links when it uses them.
//!
//! The runtime knows each capability by a function's type; the crate named after the field provides the function. So an app pays for a
//! database or a client in build time and bytes only when it has one, while the runtime itself is compiled once for all apps.

use puremix_parsley::Database;
use std::rc::Rc;

/// Opens the SQLite database in a file, which is made when it does not exist. The error is for people.
pub type OpenSqlite = fn(&str) -> Result<Rc<dyn Database>, String>;

/// Puts `fetch` and its classes on the global object.
pub type InstallFetch = fn(puremix_value::Cx) -> puremix_value::R<()>;

/// One field a capability (`puremix_ir::Capability` lists the same names); `None`: not linked.
#[derive(Clone, Copy)]
pub struct Capabilities {
    pub sqlite: Option<OpenSqlite>,
    pub fetch: Option<InstallFetch>,
}

impl Capabilities {
    pub const NONE: Capabilities = Capabilities { sqlite: None, fetch: None };
}
