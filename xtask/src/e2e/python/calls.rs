//! Functions of every form, actions, routes, errors.

use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

pub fn check(checks: &mut Checks, server: &Server) {
    from_javascript(checks, server);
    pages(checks, server);
    routes(checks, server);
    dynamic(checks, server);
}

fn from_javascript(checks: &mut Checks, server: &Server) {
    let reply = checks.page("calls from an API route", server.client().get("/api/calls"), 200, &[]);
    let answer = reply.json();
    let mut equal = |what: &str, key: &str, expected: serde_json::Value| checks.equal(what, answer[key].clone(), expected);
    equal("imports by name, as default, as namespace", "add", json!([3, 11, 5, 7]));
    equal("async def", "late", json!("late"));
    equal("any number of arguments", "spread", json!([1, [2, "three", [4]]]));
    equal("an object is a dict", "options", json!({ "data": [1, 2], "settings": { "deep": { "yes": true } } }));
    equal("modules that import each other", "modules", json!({ "double": 42, "same": true, "constant": 42, "outside": 1.5, "accelerated": true, "file": true, "name": "app.services.calls" }));
    equal("a function with one within", "area", json!(12));
    equal("import()", "dynamic", json!(16));
    equal("calls at once", "together", json!([2, 4, 6, 8, 10, 12, 14, 16]));
    equal("a worker keeps its state", "kept", json!(true));
    equal("what a module exports", "names", json!("add area by_app by_project fail kept late modules options relative_double spread triple values"));
    let values = &answer["values"];
    for (key, expected) in [("bytes", json!([0, 255])), ("none", json!(null)), ("text", json!("ä€😀")), ("set", json!([1, 2, 3])), ("tuple", json!([1, 2])), ("big", json!(1_099_511_627_776_u64)), ("isDate", json!(true))] {
        checks.equal(key, values[key].clone(), expected);
    }
    let failed = &answer["failed"];
    checks.that("an exception rejects, with its message", failed["message"].as_str().is_some_and(|m| m.contains("no such thing: ä")));
    let text = failed.to_string();
    let line = line_of("app/services/calls.py", "raise ValueError('no such thing");
    checks.record("with the file and the line", if text.contains("app/services/calls.py") && text.contains(&line.to_string()) { Ok(()) } else { Err(format!("line {line} is not in {text}")) });
    checks.that("a call that does not fit is Python's TypeError", answer["wrong"].to_string().contains("missing 1 required positional argument"));
}

/// The line of a file of the app (from 1) that has this text.
fn line_of(path: &str, part: &str) -> usize {
    let path = crate::shell::root().join("tests/run/python").join(path);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().position(|line| line.contains(part)).map_or(0, |at| at + 1)
}

fn pages(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("functions without imports, packages, the page's own", client.get("/own"), 200, &[
        "<p id=\"found\">8 3 15 11</p>",
        "<p id=\"imported\">9 16</p>",
        "<p id=\"page\">6</p>",
        "name=\"_action\" value=\"Counter.bump\"",
    ]);
    let remember = |client: &mut puremix_tests::Client| client.post_form("/own?q=1", &[("_action", "remember"), ("what", "it")]);
    checks.page("an action with js_context", remember(&mut client), 200, &["\"seen\":[\"it\"", "\"twice\":42", "\"method\":\"POST\"", "\"query\":{\"q\":\"1\"}", "what"]);
    checks.page("an action in JavaScript calls Python", client.post_form("/own", &[("_action", "both"), ("n", "5")]), 200, &["{\"js\":\"5\",\"python\":{\"n\":5}}"]);
    checks.page("an action with one parameter", client.post_form("/own", &[("_action", "one_argument"), ("n", "5")]), 200, &["\"n\":\"5\""]);
    checks.page("an action without parameters", client.post_form("/own", &[("_action", "nothing"), ("n", "5")]), 200, &["\"nothing needed\""]);
    checks.page("a component's action", client.post_form("/own", &[("_action", "Counter.bump"), ("by", "5")]), 200, &["{\"bumped\":6,\"path\":\"/own\"}"]);
    checks.page("an action that fails", client.post_form("/own", &[("_action", "broken"), ("n", "5")]), 500, &[]);
    let line = line_of("app/routes/own.puremix", "return nothing['key']");
    checks.that("the log has the page's own line", server.prints(&format!("at broken (app/routes/own.puremix:{line}:")));
    checks.page("what is no action", client.post_form("/own", &[("_action", "_hidden")]), 200, &["<p id=\"result\"></p>"]);
    checks.that("the log says so", server.prints("asks for the action \"_hidden\", which the page does not have"));
}

fn routes(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let reply = checks.page("a route with a parameter", client.get("/api/shop/21?a=b"), 200, &[]);
    checks.equal("its answer", reply.json(), json!({ "id": "21", "same": true, "query": { "a": "b" }, "doubled": 42 }));
    let reply = checks.page("a route of a directory", client.get("/api/shop"), 201, &["<b>shop</b>"]);
    checks.equal("its header", reply.header("x-made-by").map(str::to_owned), Some("Python".to_owned()));
    checks.page("a route that fails", client.request("DELETE", "/api/shop/9", &[], b""), 500, &[]);
    checks.that("the log says why", server.prints("cannot delete 9"));
    checks.page("a page without Python", client.get("/plain"), 200, &["no Python here"]);
}

fn dynamic(checks: &mut Checks, server: &Server) {
    let answer = checks.page("request.python", server.client().get("/api/python"), 200, &[]).json();
    checks.equal("it is there", answer["available"].clone(), json!(true));
    checks.that("its version", answer["version"].as_str().is_some_and(|version| version.starts_with('3')));
    checks.equal("a function by its name", answer["named"].clone(), json!(15));
    checks.equal("a function of a text", answer["inline"].clone(), json!(42));
}

/// Without Python the server starts, what needs none works, and the rest says what is missing.
pub fn check_without(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("without Python: other pages", client.get("/plain"), 200, &["no Python here"]);
    checks.page("without Python: a page whose loader calls it", client.get("/own"), 200, &["<p id=\"found\"></p>"]);
    checks.page("without Python: an API route", client.get("/api/shop/1"), 500, &[]);
    checks.that("the log says what is missing", server.prints("/nonexistent/python3"));
}
