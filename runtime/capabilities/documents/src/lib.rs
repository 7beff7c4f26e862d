#![forbid(unsafe_code)]
//! `./app db import` and `export`: collections as `mongoexport` and `mongoimport` know them. A capability: linked into apps with mongoose.
//!
//! In: a database and text in MongoDB's extended JSON (version 2, relaxed or canonical). Out: mongoose's tables, or such text. Must never
//! know programs' values, models or HTTP.

mod extended;
mod transfer;

use puremix_sql::{Database, Transfer};

/// The capability's entry.
///
/// # Errors
/// A sentence for the person at the terminal.
pub fn provide(database: &dyn Database, transfer: Transfer<'_>) -> Result<u64, String> {
    match transfer {
        Transfer::Import { collection, from, progress } => transfer::import(database, collection, from, progress),
        Transfer::Export { collection, to } => transfer::export(database, collection, to),
    }
}
