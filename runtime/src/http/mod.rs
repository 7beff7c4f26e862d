//! HTTP: messages, server, router, static files, limits.
//!
//! In: sockets and the app table. Out: [`message::RequestParts`] for the handler, and its [`message::Reply`] to the client. The protocol
//! is actix-http's (actix-web's own HTTP layer); routing, limits and dispatch are ours, because each request belongs to the one isolate
//! of its thread and a tiny page must not pay for a general-purpose middleware stack. This room must never know values or isolates.

mod access;
pub mod assets;
pub mod call;
pub mod content_type;
pub mod encoding;
pub(crate) mod cors;
pub mod exchange;
pub mod forwarded;
mod health;
mod incoming;
pub mod inject;
pub mod message;
mod names;
mod outgoing;
mod paced;
pub mod path;
pub mod pipe;
pub mod range;
pub mod rate_limit;
pub mod reason;
pub mod router;
pub mod sent_file;
pub mod server;
pub mod watched;

use crate::app::RouteDef;
use exchange::Answer;
pub(crate) use exchange::not_allowed;
use message::RequestParts;
use std::rc::Rc;

/// What a request is for, after routing.
#[derive(Clone, Copy)]
pub enum Target {
    /// A route of the app, whose method is one it answers.
    Route(&'static RouteDef),
    /// A route that does not answer the method: 405, or what it says to OPTIONS.
    Refused(&'static RouteDef),
    /// A page, one of whose functions is called ([`RequestParts::call`]).
    Call(&'static RouteDef),
    /// A path below `/_puremix/` that is not the server's own.
    Internal,
    NotFound,
}

/// Answers requests on one thread.
pub type Handler = Rc<dyn Fn(Target, RequestParts) -> Answer>;
