//! `tests/run/names`: names that mean something in Rust, and files named as people name them.

use super::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    checks.page("variables, functions, classes, components, layouts", client.get("/?self=me"), 200, &[
        "<p id=\"main\">3 7 150 1.5 名前 $_ 10</p>",
        "<p id=\"unsafe\">6,6</p>",
        "<p id=\"sum\">120</p>",
        "<p id=\"class\">42 1 box</p>",
        "<p id=\"name\">名前1.5 me</p>",
        "<b>Some enum</b>",
        "<i>Vec mut<u>1</u><u>2</u></i>",
    ]);
    checks.page("brackets, spaces and parentheses in a file's name", client.get("/enum/self-test%20(1)"), 200, &["<h1>enum</h1>"]);
    checks.page("letters beyond ASCII", client.get("/%C3%BCber%20uns"), 200, &["<h1>Über uns</h1>"]);
    checks.page("a route called crate", client.get("/crate?super=x"), 200, &["{\"super\":\"x\"}"]);
}
