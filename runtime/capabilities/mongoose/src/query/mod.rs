//! Filters: read, evaluated, and written as SQL.

mod constant;
pub mod eval;
pub mod filter;
pub mod pattern;
pub mod project;
pub mod shape;
pub mod sort;
pub mod sql;

pub use filter::Filter;
pub use shape::Shape;
