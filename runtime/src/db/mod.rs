//! Databases.

mod sqlite;

pub use sqlite::open;
