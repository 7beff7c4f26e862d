//! The guide's code blocks as one app: each does what the guide says it does.

mod api;
mod pages;
mod source;
mod users;

use super::check::Checks;
use puremix_tests::{Server, TempDir};
pub use source::generate as generate_app;

pub fn generate() -> Result<TempDir, String> {
    generate_app("guide")
}

pub fn check(checks: &mut Checks, server: &mut Server) {
    pages::check(checks, server);
    users::check(checks, server);
    api::check(checks, server);
}
