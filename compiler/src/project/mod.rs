//! What is on disk: the app's files, what their names mean, and where imports lead.
//!
//! In: a path the user typed. Out: a [`Project`] (data) and diagnostics. The only place of the compiler that walks the
//! app's directories; it must never know grammars, the IR's nodes, or code generation.

pub mod basil;
pub mod discover;
pub mod globals;
pub mod layouts;
pub mod natives;
pub mod package_json;
pub mod package_exports;
pub mod python;
pub mod resolve;
pub mod routes;
pub mod source;

pub use discover::{Project, ProjectKind, discover};
pub use layouts::find_layout;
pub use resolve::{Resolution, Resolver};
pub use routes::{RouteFile, RouteFileKind};
pub use source::{read_source, read_text};
