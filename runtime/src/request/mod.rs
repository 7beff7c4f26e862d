//! Requests and responses as server code sees them.

pub mod cookies;
