//! Requests and responses as server code sees them: the guide's `request` object, Express' response, forms, files and cookies.
//!
//! In: [`RequestParts`](crate::http::message::RequestParts) and what the server offers through [`Services`]. Out: JavaScript objects whose
//! properties are made on first use, and the [`Reply`](crate::http::message::Reply) that server code recorded.

pub mod cookies;
mod application;
mod disposition;
mod events;
mod exchange;
mod express;
mod files;
mod form;
mod freshness;
mod host;
mod methods;
mod names;
mod negotiate;
mod object;
mod python;
mod recorded;
mod response;
mod send_file;
mod set_cookie;
pub mod stages;
mod streaming;

pub(crate) use application::of as application;
pub use exchange::{BadRequest, Exchange, Failed};
pub use form::{add_arguments, form_data};
pub use host::{Host, Services, host, install};
pub use object::{mount, new_object, of, prepare, release, response_of, share_object};
pub use recorded::{Recorded, take_reply};
pub use response::response_object;
pub(crate) use events::closed;
pub(crate) use freshness::{Asked as Freshness, is_fresh};
pub(crate) use object::error_object;
pub(crate) use streaming::{fail, pieces_of, send_pieces};
pub(crate) use response::{end_with, is_response, record_header};
