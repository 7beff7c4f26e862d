//! `tests/run/basil`: the design document's todo page and contact form, and a page that shows each operation of the slice.

use super::check::Checks;
use puremix_tests::Server;

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let all = checks.page("operations", client.get("/all"), 200, &[
        "<p id=\"fn\">42</p>",
        "<p id=\"destructured\">Ada 36</p>",
        "<p id=\"merged\">37 older</p>",
        "<p id=\"filtered\">24</p>",
        "<p id=\"default\">none</p>",
        "<p id=\"template\">ADA is 36</p>",
        "<p id=\"joined\">1-2-3</p>",
    ]);
    let text = all.text();
    checks.that("markup is HTML", all.header("content-type").is_some_and(|t| t.starts_with("text/html")));
    checks.that("tags of a map stay tags, their text is escaped", text.contains("<b>x</b><b>&lt;y&gt;</b>"));
    checks.that("a false attribute is left out", text.contains("<p id=\"count\" title=\"0 todos\">0</p>"));
    checks.page("a row goes into SQLite", client.get("/all?add=Buy+milk"), 200, &["title=\"1 todos\">1<"]);
    let hostile = "/all?add=%3Cscript%3Ealert(1)%3C/script%3E%27);%20DROP%20TABLE%20todos;--";
    checks.page("parameters are bound, never pasted", client.get(hostile), 200, &["title=\"2 todos\">2<"]);
    let todos = checks.page("the todo page", client.get("/"), 200, &["<h1>My Todos</h1>", "<li>Buy milk</li>", "&lt;script&gt;alert(1)"]).text();
    checks.that("one item a row", todos.matches("<li>").count() == 2);
    checks.that("a link's scheme is checked", {
        let page = client.get("/all?url=javascript:alert(1)").map(|r| r.text()).unwrap_or_default();
        !page.contains("href=\"javascript:")
    });

    let empty = checks.page("the contact form without values", client.post_form("/contact", &[("name", "")]), 200, &["class=\"errors\""]).text();
    checks.that("an error for each required field", empty.matches("class=\"error\"").count() == 3);
    let wrong = client.post_form("/contact", &[("name", "Ada"), ("email", "nobody"), ("message", "short")]);
    checks.page("formats and lengths", wrong, 200, &["email: Must be a valid email address", "message: Must be at least 10 characters"]);
    let right = [("name", "Ada"), ("email", " ADA@example.com "), ("message", "a message that is long enough")];
    // The document's `sendEmail` is the app's own, which this app does not have.
    checks.page("a name that nothing declares fails when it is reached", client.post_form("/contact", &right), 500, &[]);
    checks.page("an unknown path", client.get("/nothing"), 404, &[]);
}
