#![forbid(unsafe_code)]
//! `mongoose`: schemas, models, documents and queries, kept in SQLite or PostgreSQL. A capability: linked into apps that import it.
//!
//! In: an isolate with Node's modules, and a database by [`puremix_sql::open`]. Out: the module `mongoose`. Must never know HTTP, or which
//! engine is behind [`puremix_sql::Database`] beyond its dialect.
//!
//! Four rooms know no values of programs and do no IO: [`doc`] (BSON, its text, paths), [`query`] (filters: read, evaluated, written as
//! SQL), [`update`] and [`aggregate`]. [`js`] is what programs see.

pub mod aggregate;
pub mod doc;
pub mod js;
pub mod query;
pub mod update;

/// How collections lie in the database, for tools that move them.
pub mod storage {
    pub use crate::js::exec::{id_param, ordered, placeholder, quoted};
    pub use crate::js::model::table;
    pub use crate::js::object_id::generate;
}

use puremix_node::NativeModule;
use puremix_value::{Cx, R};

/// The module and what can be imported from it by name.
pub const MODULES: &[NativeModule] = &[NativeModule { name: "mongoose", exports: js::module::EXPORTS, missing: &[], make: js::module::module }];

/// The capability's entry: adds the module to the isolate's.
pub fn provide(_: Cx) -> R<()> {
    puremix_node::register(MODULES);
    Ok(())
}
