//! `tests/run/errors`: what goes wrong at run time is reported at the app's own file, line and column.

use super::check::Checks;
use puremix_tests::{Client, Server};

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let stacks = checks.page("stacks of a TypeScript route", client.get("/stacks"), 200, &[]).text();
    let stacks: serde_json::Value = serde_json::from_str(&stacks).unwrap_or_default();
    let method = [
        "TypeError: Cannot read properties of null (reading 'price')",
        "at app/lib/cart.ts:5:10",
        "at app/lib/cart.ts:10:32",
        "at app/lib/cart.ts:10:12",
        "at app/routes/stacks.ts:15:25",
        "at app/routes/stacks.ts:5:5",
    ];
    checks.equal("every place on the way, innermost first", &stacks["method"], &serde_json::json!(method));
    let name = ["ReferenceError: undeclared is not defined", "at app/routes/stacks.ts:16:23", "at app/routes/stacks.ts:5:5"];
    checks.equal("an undeclared name", &stacks["name"], &serde_json::json!(name));
    let parse = ["SyntaxError: Expected property name or '}' in JSON at position 1", "at app/routes/stacks.ts:17:24", "at app/routes/stacks.ts:5:5"];
    checks.equal("an error of a built-in", &stacks["parse"], &serde_json::json!(parse));
    checks.equal("an asynchronous function", &stacks["late"], &serde_json::json!("RangeError: late\n    at app/lib/cart.ts:16:9"));

    depth(checks, &mut client);

    checks.page("the page without errors", client.get("/loader"), 200, &["<h1>4</h1>"]);
    checks.page("a value that throws while it is rendered", client.get("/loader?hidden=1"), 500, &[
        "<title>500</title>",
        "<h1 id=\"error\">500 TypeError: Cannot read properties of null (reading 'x')</h1>",
        "<p id=\"more\">has a number no stack /loader?hidden=1 GET Cannot read properties of null (reading 'x') undefined</p>",
    ]);
    checks.page("a page that does not exist", client.get("/no/where?a=1"), 404, &[
        "<title>404</title>",
        "<h1 id=\"missing\">404 Not found: /no/where?a=1</h1>",
        "<p>/no/where 1 0 no stack</p>",
    ]);
    let action = client.post_form_with("/loader", &[("_action", "save")], &[("Sec-Fetch-Site", "same-origin")]);
    checks.page("an action that throws", action, 500, &[]);
    for place in ["app/routes/loader.puremix:12:77", "app/routes/loader.puremix:18:40", "app/routes/loader.puremix:7:22"] {
        checks.that(&format!("the log names {place}"), server.prints(place));
    }
}

/// What nests too deeply fails its own request and no other.
fn depth(checks: &mut Checks, client: &mut Client) {
    let hostile = 100_000;
    checks.page("moderate depth", client.get("/depth?calls=1000&nest=200&branch=200"), 200, &["<h1>1000 calls</h1>", "<i>0</i>", "<b>leaf</b>"]);
    checks.page("endless recursion in a loader", client.get("/depth?calls=-1"), 200, &["Maximum call stack size exceeded"]);
    checks.page("a component in itself without end", client.get("/depth?nest=100000000"), 500, &[]);
    checks.answers("a component in itself as its data nests", client.get("/depth?branch=100000"));
    let nested = format!("{}{}", "[".repeat(hostile), "]".repeat(hostile));
    let json = client.request("POST", "/echo", &[("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")], nested.as_bytes());
    checks.page("a deep JSON body", json, 200, &["{\"depth\":100000}"]);
    let objects = format!("{}1{}", "{\"a\":".repeat(hostile), "}".repeat(hostile));
    let json = client.request("POST", "/echo", &[("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin")], objects.as_bytes());
    checks.answers("a deep JSON object, sent back", json);
    let name = format!("a{}=1", "[b]".repeat(hostile));
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
    let form = client.request("POST", "/depth", &headers, format!("_action=save&{name}").as_bytes());
    checks.answers("a name of deep brackets", form);
    checks.answers("a query of deep brackets", client.get(&format!("/depth?a{}=1", "[b]".repeat(2_000))));
    checks.answers("a path of many segments", client.get(&"/a".repeat(4_000)));
    checks.page("the next request", client.get("/depth"), 200, &["<h1>3 calls</h1>"]);
}
