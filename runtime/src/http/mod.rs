//! HTTP: messages, server, router, bodies, cookies, static files.

pub mod message;
