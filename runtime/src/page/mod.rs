//! Pages: from a request to HTML.
//!
//! In: a [`PageDef`](crate::app::PageDef) and an [`Exchange`](crate::request::Exchange). Out: a [`Reply`](crate::http::message::Reply).
//! The steps are in [`respond`]: action, loaders, render, layouts. What generated code calls is [`Out`], [`Scope`], the `write_*` functions,
//! [`component`] and [`markup`].

mod actions;
mod api;
pub mod attrs;
mod behaviour;
mod buttons;
mod call;
pub(crate) mod client;
mod component;
mod data;
mod each;
pub mod error_page;
pub mod escape;
mod evaluators;
mod failure;
pub mod head;
mod instance;
mod layout;
mod loaders;
mod memo;
mod nested_body;
mod out;
pub mod policy;
mod respond;
mod returned;
mod scope;
pub mod write;

pub(crate) use actions::{has_function, literal_path, owners};
pub(crate) use policy::parts_of;
pub use call::respond_call;
pub use component::{component, markup, raw_markup};
pub use data::sounds_secret;
pub use each::{Each, each};
pub use failure::{api_failure, error_reply, failure_page, not_found};
pub use out::Out;
pub(crate) use failure::report;
pub use api::respond_api;
pub(crate) use api::{late, within};
pub(crate) use respond::may_change_state;
pub use respond::{respond, respond_handler};
pub use scope::{Content, Scope, write_current_csrf};

use puremix_value::Value;

/// The source of a markup value without pending parts.
pub(crate) fn markup_text(value: &Value) -> Option<String> {
    out::as_html(value).map(|html| html.markup.as_str().to_string())
}

/// Logs a warning about the app's templates.
fn warn(message: &str) {
    crate::log::warn(message);
}

#[cfg(test)]
mod tests;
