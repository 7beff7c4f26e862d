//! `examples/shop`, as its visitors (and attackers) see it.

use super::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let home = checks.page("the home page", client.get("/"), 200, &["<!DOCTYPE html>", "</html>"]);
    checks.that("pages are HTML", home.header("content-type").is_some_and(|t| t.starts_with("text/html")));
    checks.page("an unknown URL is the app's 404 page", client.get("/no/such/page"), 404, &[]);
}
