//! `examples/shop`, as its visitors (and attackers) see it.

mod buying;
mod hostile;
mod pages;

use super::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &mut Server) {
    pages::check(checks, server);
    buying::check(checks, server);
    hostile::check(checks, server);
    super::browser::check_shop(checks, server);
}
