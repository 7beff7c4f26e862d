//! Requests and responses as server code sees them: the guide's `request` object, Express' response, forms, files and cookies.
//!
//! In: [`RequestParts`](crate::http::message::RequestParts) and what the server offers through [`Services`]. Out: JavaScript objects whose
//! properties are made on first use, and the [`Reply`](crate::http::message::Reply) that server code recorded.

pub mod cookies;
mod exchange;
mod files;
mod form;
mod host;
mod object;
mod response;
pub mod stages;

pub use exchange::{BadRequest, Exchange, Failed};
pub use form::form_data;
pub use host::{Host, Services, host, install};
pub use object::{new_object, of, prepare};
pub use response::{Recorded, response_object, take_reply};
pub(crate) use object::error_object;
pub(crate) use response::{end_with, is_response, record_header};
