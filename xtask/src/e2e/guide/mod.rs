//! The guide's code blocks as one app: each does what the guide says it does.

mod api;
mod pages;
mod source;
mod users;

use super::check::Checks;
use puremix_tests::Server;
pub use source::generate;

pub fn check(checks: &mut Checks, server: &mut Server) {
    pages::check(checks, server);
    users::check(checks, server);
    api::check(checks, server);
}
