//! Aggregation: pipelines over documents. What stands in front (`$match`, and `$sort` and `$limit` behind it) runs as SQL; the rest here.

pub mod expr;
mod functions;
pub mod group;
pub mod stages;
