//! `tests/run/pages`: server functions called by the wire protocol (docs/wire-protocol.md).

use super::check::Checks;
use puremix_tests::{Client, Server};
use serde_json::{Value, json};

pub fn check(checks: &mut Checks, server: &Server) {
    results(checks, server);
    names(checks, server);
    shown(checks, server);
    buttons(checks, server);
    files(checks, server);
    refusals(checks, server);
    failures(checks, server);
    tokens(checks, server);
    guarded(checks, server);
}

/// The status and the answer are these.
fn equal(checks: &mut Checks, what: &str, reply: std::io::Result<puremix_tests::Reply>, status: u16, expected: &Value) {
    let reply = checks.page(what, reply, status, &[]);
    checks.equal(what, &reply.json(), expected);
    checks.equal("an answer of the protocol", reply.header("x-puremix-protocol"), Some("1"));
    checks.equal("which nobody keeps", reply.header("cache-control"), Some("no-store"));
}

fn results(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let described = json!({ "result": {
        "method": "POST", "path": "/items/a%20b", "url": "/items/a%20b?q=1&q=2", "params": { "id": "a b" }, "query": { "q": ["1", "2"] },
        "n": [1, { "deep": true }], "all": [1, { "deep": true }], "has": false, "length": "23",
    } });
    equal(checks, "a dynamic route", client.call("describe", "/items/a%20b?q=1&q=2#top", &json!({ "n": [1, { "deep": true }] })), 200, &described);
    equal(checks, "a function that returns nothing", client.call("nothing", "/items/1", &json!({})), 200, &json!({ "result": null }));
    equal(checks, "no data", client.call("save", "/items/1", &Value::Null), 200, &json!({ "result": { "saved": null } }));
    equal(checks, "a number", client.call("count", "/calls", &json!([])), 200, &json!({ "result": 3 }));
    equal(checks, "a redirect", client.call("go", "/items/1", &json!({})), 200, &json!({ "result": { "redirect": "/items/2", "done": true }, "redirect": "/items/2" }));
    equal(checks, "a redirect that is thrown", client.call("goAway", "/items/1", &json!({})), 200, &json!({ "redirect": "/about" }));
    equal(checks, "a reload", client.call("again", "/items/1", &json!({})), 200, &json!({ "result": { "success": true, "reload": true }, "reload": true }));
    equal(checks, "an answer by the response", client.call("answer", "/items/1", &json!({})), 201, &json!({ "result": { "own": true } }));
    let download = checks.page("a download", client.call("download", "/items/1", &json!({})), 200, &["a,b"]);
    checks.equal("stays one", download.header("content-disposition"), Some("attachment; filename=\"a.csv\""));
}

fn names(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let polished = json!({ "result": { "polished": 3, "at": "/items/1" } });
    equal(checks, "a component's function", client.call("Badge.polish", "/items/1", &json!({ "n": 2 })), 200, &polished);
    let by_component = client.post_call(&json!({ "action": "polish", "component": "Badge", "route": "/items/1", "data": { "n": 2 }, "later": [{}] }));
    equal(checks, "a component by itself", by_component, 200, &polished);
    equal(checks, "the only function of that name", client.call("count", "/about", &json!({})), 200, &json!({ "result": 3 }));
    equal(checks, "without a page", client.post_call(&json!({ "action": "count" })), 200, &json!({ "result": 3 }));
    equal(checks, "a name of two pages", client.call("save", "/about", &json!({})), 409, &json!({ "error": "`save` is a function of 2 pages: `route` must name one of them" }));
    equal(checks, "a page with parameters", client.call("describe", "/about", &json!({})), 404, &json!({ "error": "`describe` belongs to a page with parameters, which `route` must name" }));
    equal(checks, "no such function", client.call("constructor", "/items/1", &json!({})), 404, &json!({ "error": "no function `constructor` here" }));
}

/// Pages as they are after a call.
fn shown(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut send = |function: &str, route: &str, text: &str| client.post_call(&json!({ "action": function, "route": route, "data": { "text": text }, "render": true }));
    let reply = checks.page("a call with the page", send("addNote", "/shown?x=1", "<b>"), 200, &[]);
    let answer = reply.json();
    checks.equal("its result", &answer["result"], &json!({ "added": "<b>" }));
    checks.equal("its data", &answer["data"], &json!({ "loadNotes": { "data": { "notes": ["first </script>"], "said": "<b>", "method": "POST" } } }));
    let html = answer["html"].as_str().unwrap_or_default();
    for part in ["<!DOCTYPE html>", "<TITLE>Shown 1</TITLE>", "<li>first &lt;/script&gt;</li>", "<p id=\"said\">&lt;b&gt;</p>", "name=\"_csrf\"", "</HTML>"] {
        checks.that(&format!("the whole document: {part}"), html.contains(part));
    }
    let result = |n: &str| json!({ "result": { "added": n } });
    let with = |n: &str, name: &str, value: Value| { let mut answer = result(n); answer[name] = value; answer };
    equal(checks, "a loader that redirects", send("addNote", "/shown?go=1", "x"), 200, &with("x", "redirect", json!("/about")));
    equal(checks, "a template that fails", send("addNote", "/shown?broken=1", "x"), 200, &with("x", "reload", json!(true)));
    checks.page("a loader that fails is for the template", send("addNote", "/shown?fail=1", "x"), 200, &["\"html\":", "not after an action"]);
    equal(checks, "the function of another page", send("addNote", "/about", "x"), 200, &with("x", "reload", json!(true)));
    let elsewhere = json!({ "action": "addNote", "route": "/about", "data": { "text": "x" }, "render": "page" });
    equal(checks, "which is not shown in place of the caller's", client.post_call(&elsewhere), 200, &with("x", "reload", json!(true)));
    let mut send = |function: &str, route: &str, text: &str| client.post_call(&json!({ "action": function, "route": route, "data": { "text": text }, "render": true }));
    equal(checks, "a function that fails", send("addNote", "/shown", ""), 422, &json!({ "error": "no text", "errors": { "text": "is empty" } }));
    let page = checks.page("a page without scripts", send("describe", "/items/1", ""), 200, &["\"html\":"]);
    checks.equal("has no data", page.json().get("data"), None);
    let part = |name: &str, value: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let form = format!("{}{}{}{}--XX--\r\n", part("action", "addNote"), part("route", "/shown"), part("render", "true"), part("data.text", "form"));
    let headers = [("Content-Type", "multipart/form-data; boundary=XX"), ("Sec-Fetch-Site", "same-origin")];
    checks.page("a form's call", client.request("POST", "/_puremix/action", &headers, form.as_bytes()), 200, &["{\"result\":{\"added\":\"form\"}", "\"html\":"]);
}

/// Buttons in browsers that run no scripts.
fn buttons(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a page of buttons", client.get("/buttons?text=%3Cb%3E%22%27"), 200, &[
        "<button data-puremix-action=\"tap\" type=\"submit\" form=\"puremix-form\" name=\"_action\" value=\"tap\">",
        "<form id=\"puremix-form\" method=\"post\" hidden><input type=\"hidden\" name=\"_csrf\" value=\"",
        "type=\"submit\" name=\"_action\" value=\"tap({&quot;id&quot;:8,&quot;note&quot;:&quot;said&quot;})\">Tap 8",
        "formmethod=\"post\" name=\"_action\" value=\"tap\">Tap with q",
        "form=\"puremix-form\" name=\"_action\" value=\"Stars.rate({&quot;n&quot;:3})\">rate",
    ]).text();
    checks.equal("one form for them", page.matches("id=\"puremix-form\"").count(), 1);
    let other = checks.page("another page", client.get("/shown"), 200, &[]).text();
    checks.that("without such buttons has none", !other.contains("puremix-form"));
    let value = page.split("value=\"tap({&quot;id&quot;:7").nth(1).and_then(|rest| rest.split_once('"')).map(|(rest, _)| format!("tap({{\"id\":7{}", rest.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")));
    let mut press = |fields: &[(&str, &str)]| {
        let body: Vec<String> = fields.iter().map(|(name, text)| format!("{name}={}", percent(text))).collect();
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin")];
        let page = client.request("POST", "/buttons", &headers, body.join("&").as_bytes()).map(|page| (page.status, page.text())).unwrap_or_default();
        let said = page.1.split_once("<p id=\"said\">").and_then(|(_, rest)| rest.split_once("</p>")).map(|(said, _)| said.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">"));
        (page.0, said.and_then(|said| serde_json::from_str(&said).ok()).unwrap_or(Value::Null))
    };
    let tapped = |result: Value| (200, result);
    checks.equal("a button", press(&[("_action", "tap")]), tapped(json!({ "tags": [], "text": null, "notes": [], "action": false })));
    let seven = json!({ "id": 7, "tags": ["a", "b"], "text": "<b>\"'", "notes": [], "action": false, "body": 7 });
    checks.equal("with arguments, which keep their types", press(&[("_action", value.as_deref().unwrap_or("no such button"))]), tapped(seven));
    let eight = json!({ "id": 8, "tags": [], "text": null, "note": "said", "notes": ["said"], "action": false, "body": 8 });
    checks.equal("in a form, whose own function it goes before", press(&[("_action", "keep"), ("note", "typed"), ("_action", "tap({\"id\":8,\"note\":\"said\"})")]), tapped(eight));
    let bare = json!({ "tags": [], "text": null, "notes": [], "action": false });
    checks.equal("an argument without a value", press(&[("_action", "tap(undefined)")]), tapped(bare));
    checks.equal("a component's", press(&[("_action", "Stars.rate({\"n\":3})")]), tapped(json!({ "rated": 3 })));
    for bad in ["tap({)", "tap({\"__proto__\":{}})"] {
        checks.equal("arguments that are none", press(&[("_action", bad)]).0, 400);
    }
    checks.equal("no such function", press(&[("_action", "nobody(1)")]), (200, Value::Null));
}

/// A text of a urlencoded body.
fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

fn files(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let part = |name: &str, value: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = |name: &str| format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n");
    let head = part("action", "upload") + &part("route", "/items/1");
    let form = format!("{head}{}{}{}{}--XX--\r\n", part("data", "{\"n\":[5,true]}"), part("data.title", "T"), part("data.action", "mine"), file("data.photo"));
    let headers = [("Content-Type", "multipart/form-data; boundary=XX"), ("Sec-Fetch-Site", "same-origin")];
    let uploaded = json!({ "result": { "name": "a.txt", "text": "hello", "n": [5, true], "title": "T", "action": "mine" } });
    equal(checks, "a file, fields and JSON", client.request("POST", "/_puremix/action", &headers, form.as_bytes()), 200, &uploaded);
    let form = format!("{head}{}--XX--\r\n", file("photo"));
    let misnamed = json!({ "error": "the file `photo` must be called `data.photo`" });
    equal(checks, "a file whose name says nothing", client.request("POST", "/_puremix/action", &headers, form.as_bytes()), 400, &misnamed);
}

fn refusals(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut send = |content_type: &str, body: &str| client.request("POST", "/_puremix/action", &[("Content-Type", content_type), ("Sec-Fetch-Site", "same-origin")], body.as_bytes());
    equal(checks, "no JSON", send("application/json", "{\"action\":\"save\""), 400, &json!({ "error": "the body is not a JSON object" }));
    equal(checks, "no name", send("application/json", "{\"route\":\"/\"}"), 400, &json!({ "error": "`action` must name a function" }));
    equal(checks, "another site as page", send("application/json", "{\"action\":\"save\",\"route\":\"//evil.example/\"}"), 409, &json!({ "error": "`save` is a function of 2 pages: `route` must name one of them" }));
    equal(checks, "a type of body that forms have", send("text/plain", "{\"action\":\"count\"}"), 415, &json!({ "error": "a call is JSON or a multipart form" }));
    checks.page("data that is no JSON", send("application/json", "{\"action\":\"count\",\"data\":[}}"), 400, &["{\"error\":"]);
    checks.page("data that reaches for prototypes", send("application/json", "{\"action\":\"count\",\"data\":{\"__proto__\":{}}}"), 400, &["prototype"]);
    checks.page("too much data", send("application/json", &format!("{{\"action\":\"count\",\"data\":\"{}\"}}", "x".repeat(2 << 20))), 413, &["{\"error\":"]);
    let got = checks.page("another method", client.get("/_puremix/action"), 405, &[]);
    checks.equal("and the one that is answered", got.header("allow"), Some("POST, OPTIONS"));
    checks.page("paths below it", client.get("/_puremix/action/x"), 404, &[]);
}

fn failures(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    equal(checks, "an error that blames the caller", client.call("refuse", "/items/1", &json!({})), 403, &json!({ "error": "not <yours>" }));
    equal(checks, "a validation that is thrown", client.call("invalid", "/items/1", &json!({})), 422, &json!({ "error": "check your input", "errors": { "name": "is missing" } }));
    equal(checks, "one that is returned, with its status", client.call("told", "/items/1", &json!({})), 422, &json!({ "result": { "errors": { "name": "is missing" } } }));
    let failed = checks.page("a failure", client.call("fail", "/items/1", &json!({})), 500, &["\"requestId\":\""]);
    checks.equal("in production without details", failed.json()["error"].clone(), json!("Internal Server Error"));
    checks.that("the log has them", server.prints("a secret of the server"));
}

fn tokens(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let body = json!({ "action": "count", "route": "/calls" }).to_string();
    let send = |client: &mut Client, headers: &[(&str, &str)]| {
        let mut all = vec![("Content-Type", "application/json")];
        all.extend_from_slice(headers);
        client.request("POST", "/_puremix/action", &all, body.as_bytes())
    };
    checks.page("from another site", send(&mut client, &[("Sec-Fetch-Site", "cross-site")]), 403, &["Sec-Fetch-Site"]);
    checks.page("by a foreign origin", send(&mut client, &[("Origin", "https://evil.example")]), 403, &["Origin"]);
    checks.page("by a program without cookies", send(&mut client, &[]), 200, &["{\"result\":3}"]);
    let page = client.get("/calls").map(|page| page.text()).unwrap_or_default();
    let token = page.split_once("name=\"_csrf\" value=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(token, _)| token);
    checks.that("the page has a token", !token.is_empty());
    let refused = checks.page("with cookies, without a token", send(&mut client, &[]), 403, &["no valid token"]).json();
    let fresh = refused["csrf"].as_str().unwrap_or_default();
    checks.that("a fresh token comes with the refusal", !fresh.is_empty() && fresh != token);
    checks.page("with which the call is sent again", send(&mut client, &[("X-CSRF-Token", fresh)]), 200, &["{\"result\":3}"]);
    let foreign = checks.page("for another site's page", send(&mut client, &[("Referer", "https://evil.example/")]), 403, &["no valid token"]).json();
    checks.that("there is none", foreign["csrf"].is_null());
    checks.page("with a wrong one", send(&mut client, &[("X-CSRF-Token", "AAAA")]), 403, &["no valid token"]);
    checks.page("with the page's", send(&mut client, &[("X-CSRF-Token", token)]), 200, &["{\"result\":3}"]);
}

/// What stands before a page stands before its functions, wherever they are called from.
fn guarded(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let data = json!({ "who": "Ann" });
    for route in ["/staff", "/about", "/staff/"] {
        equal(checks, "middleware sends away", client.call("dismiss", route, &data), 200, &json!({ "redirect": "/about" }));
    }
    let mut send = |route: &str, header: &str| {
        let body = json!({ "action": "dismiss", "route": route, "data": data }).to_string();
        client.request("POST", "/_puremix/action", &[("Content-Type", "application/json"), ("Sec-Fetch-Site", "same-origin"), (header, "1")], body.as_bytes())
    };
    equal(checks, "middleware refuses", send("/about", "X-Refuse"), 401, &json!({ "error": "staff only" }));
    equal(checks, "middleware lets through", send("/about", "X-Staff"), 200, &json!({ "result": { "dismissed": "Ann", "path": "/staff" } }));
}
