//! The guide's blocks: loaders, forms, API routes.

use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("functions of a module, called by a loader", client.get("/dashboard"), 200, &[
        "<p id=\"revenue\">331</p>",
        "<p id=\"growth\">10.00</p>",
        "<p id=\"forecast\">404.333</p>",
    ]);
    checks.page("a function of the page, called by its loader", client.get("/inline"), 200, &["<p id=\"sold\">90 30 3</p>", "name=\"_action\" value=\"analyze_sales\""]);
    checks.page("code in a string", client.get("/dynamic"), 200, &["{\"result\":{\"a\":{\"0\":1,\"1\":2},\"b\":{\"0\":\"x\",\"1\":\"y\"}}}"]);
    checks.page("a plain form calls Python", client.post_form("/scripts", &[("_action", "process_data"), ("a", "1"), ("a", "2")]), 200, &[
        "{\"result\":{",
        "\"a\":{\"0\":\"1\",\"1\":\"2\"}",
    ]);
    checks.page("and JavaScript beside it", client.post_form("/scripts", &[("_action", "handleData"), ("a", "1")]), 200, &["{\"success\":true,\"result\":[\"row\"]}"]);
    checks.page("the page with everything in it", client.get("/7"), 200, &["<h1>User 7</h1>", "name=\"_action\" value=\"analyze_user\""]);

    // A program that has seen no page.
    let mut client = server.client();
    let data = json!({ "data": [{ "value": 10 }, { "value": 20 }, { "value": 30 }] });
    let reply = checks.page("a Python API route", client.post_json("/api/data", &data), 200, &[]);
    checks.equal("its answer", reply.json(), json!({ "success": true, "statistics": { "mean": 20.0, "count": 3, "columns": ["value"] } }));
    checks.equal("its headers", reply.header("content-type").map(str::to_owned), Some("application/json; charset=utf-8".to_owned()));
    let reply = checks.page("the status it chooses", client.get("/api/data"), 405, &[]);
    checks.equal("and what it says", reply.json(), json!({ "success": false, "error": "Method not allowed", "allowed": ["POST"] }));
    let reply = checks.page("what it catches", client.post_json("/api/data", &json!({ "data": 5 })), 500, &[]);
    checks.equal("is its own answer", reply.json()["success"].clone(), json!(false));
}
