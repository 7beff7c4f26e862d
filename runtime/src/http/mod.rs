//! HTTP: messages, server, router, cookies, static files.
//!
//! The protocol is actix-http's (actix-web's own HTTP layer); routing, limits and dispatch are ours, because each request belongs to the
//! one isolate of its thread and a tiny page must not pay for a general-purpose middleware stack.

pub mod content_type;
pub mod forwarded;
pub mod message;
pub mod path;
pub mod range;
pub mod router;
