//! Python functions of pages, called as `PureMix.call` does (docs/wire-protocol.md).

use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::json;

pub fn check(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut result = |what: &str, function: &str, route: &str, data: serde_json::Value, expected: serde_json::Value| {
        let reply = checks.page(what, client.call(function, route, &data), 200, &[]);
        checks.equal(what, reply.json(), json!({ "result": expected }));
    };
    let typed = json!({ "n": 5, "half": 0.5, "yes": true, "none": null, "list": [1, "two", { "deep": [] }] });
    result("a call keeps types", "one_argument", "/own", typed.clone(), typed);
    result("a call without parameters", "nothing", "/own", json!({ "n": 5 }), json!("nothing needed"));
    result("a call of JavaScript that calls Python", "both", "/own", json!({ "n": 7 }), json!({ "js": 7, "python": { "n": 7 } }));
    result("a call of a component's function", "Counter.bump", "/own", json!({ "by": 5 }), json!({ "bumped": 6, "path": "/own" }));
    result("a call from another page", "one_argument", "/plain", json!({ "n": 1 }), json!({ "n": 1 }));
    let reply = checks.page("a call with js_context", client.call("remember", "/own?q=1", &json!({ "what": "called" })), 200, &[]);
    let context = &reply.json()["result"];
    checks.equal("its method and query", (&context["method"], &context["query"]), (&json!("POST"), &json!({ "q": "1" })));
    checks.equal("its data", &context["json"], &json!("{\"what\": \"called\"}"));
    let reply = checks.page("a call on a dynamic route, with pandas", client.call("analyze_user", "/7", &json!({ "a": [1, 2, 3] })), 200, &[]);
    checks.equal("its result", &reply.json()["result"]["stats"]["a"]["mean"], &json!(2));
    let reply = checks.page("a call of the guide's function", client.call("analyze_sales", "/inline", &json!({ "amount": [10, 20, 60] })), 200, &[]);
    let sold = &reply.json()["result"];
    checks.equal("its numbers", (&sold["total"], &sold["average"]), (&json!(90), &json!(30)));
    let reply = checks.page("a call that fails", client.call("broken", "/own", &json!({})), 500, &["\"requestId\":\""]);
    checks.that("its answer has no result", reply.json()["result"].is_null());
    checks.that("the log has the place", server.prints("at broken (app/routes/own.puremix:"));
    let reply = checks.page("an exception with a status", client.call("refused", "/own", &json!({ "what": "ä" })), 403, &[]);
    checks.that("its message", reply.json()["error"].as_str().is_some_and(|e| e.contains("not yours: ä")));
    checks.page("what is no action", client.call("_hidden", "/own", &json!({})), 404, &["no function"]);
    checks.page("a class is none", client.call("Refused", "/own", &json!({})), 404, &["no function"]);
    let body = json!({ "action": "nothing", "route": "/own" }).to_string();
    checks.page("a call from another site", client.request("POST", "/_puremix/action", &[("Content-Type", "application/json"), ("Sec-Fetch-Site", "cross-site")], body.as_bytes()), 403, &["{\"error\":"]);
}
