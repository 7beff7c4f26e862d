//! `tests/run/pages`: server functions called for one instance of a component (docs/wire-protocol.md, "Instances of components").

use super::check::Checks;
use puremix_tests::{Client, Server};
use serde_json::{Value, json};

const PAGE: &str = "/parts/7";

pub fn check(checks: &mut Checks, server: &Server) {
    props(checks, server);
    pages(checks, server);
    shown(checks, server);
    whole(checks, server);
    refusals(checks, server);
}

/// The ids of a page's components of this name, in order.
fn ids(page: &str, component: &str) -> Vec<String> {
    let mark = format!("data-component=\"{component}\" data-component-id=\"");
    page.split(mark.as_str()).skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id.to_owned()).collect()
}

fn fetch(client: &mut Client, path: &str) -> String {
    client.get(path).map(|page| page.text()).unwrap_or_default()
}

fn call(client: &mut Client, action: &str, id: &str, route: &str, data: &Value) -> Value {
    let call = json!({ "action": action, "componentId": id, "route": route, "data": data, "render": data["show"] });
    let reply = client.post_call(&call);
    reply.map_or_else(|e| json!(e.to_string()), |reply| {
        let mut answer = reply.json();
        if reply.status != 200 {
            answer["status"] = json!(reply.status);
        }
        answer
    })
}

/// Ids that carry the props.
fn props(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = fetch(&mut client, PAGE);
    let (counters, stars) = (ids(&page, "Counter"), ids(&page, "Stars"));
    checks.equal("an instance each", (counters.len(), stars.len()), (7, 7));
    checks.equal("the same ones each time", ids(&fetch(&mut client, PAGE), "Counter"), counters.clone());
    checks.that("no two are the same", counters.iter().enumerate().all(|(at, id)| !counters[..at].contains(id)));
    checks.that("keys are said", page.contains(" data-component-key=\"ä\""));
    checks.that("a component without one root gets one", page.contains("<div data-component=\"Stars\" data-component-id=\""));
    let bumped = |label: &str, names: &[&str]| json!({ "result": { "by": 2, "label": label, "props": names, "name": "Counter", "hasId": "string" } });
    for (at, label, names) in [(0, "static", &["label"][..]), (1, "ä", &["label", "stars"]), (2, "b", &["label", "stars"])] {
        checks.equal("the props it was rendered with", call(&mut client, "Counter.bump", &counters[at], PAGE, &json!({ "by": 2 })), bumped(label, names));
    }
    checks.equal("the function's own name alone", call(&mut client, "bump", &counters[1], PAGE, &json!({ "by": 2 })), bumped("ä", &["label", "stars"]));
    checks.equal("one inside another", call(&mut client, "Stars.rate", &stars[2], PAGE, &json!({ "n": 5 })), json!({ "result": { "rated": 5, "count": 2 } }));
    checks.equal("without an id", call(&mut client, "Stars.rate", "", PAGE, &json!({ "n": 5 })), json!({ "result": { "rated": 5 } }));
    checks.equal("ids of another query", call(&mut client, "Stars.rate", &stars[0], "/parts/7?x=1#y", &json!({})), json!({ "result": { "count": 1 } }));
}

/// Props that the page must be rendered for.
fn pages(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = fetch(&mut client, PAGE);
    let (counters, rows) = (ids(&page, "Counter"), ids(&page, "Row"));
    checks.that("such ids are short", counters[3..].iter().chain(&rows).all(|id| id.len() < 60));
    for (at, label, names) in [(3, "big", &["label", "text"]), (5, "ä", &["label", "when"]), (6, "b", &["label", "when"])] {
        let answer = call(&mut client, "Counter.bump", &counters[at], PAGE, &json!({ "by": 1 }));
        checks.equal("props of the page", (answer["result"]["label"].clone(), answer["result"]["props"].clone()), (json!(label), json!(names)));
    }
    let priced = |name: &str| json!({ "result": { "name": name, "shown": "3 EUR" } });
    checks.equal("a function among the props", call(&mut client, "Row.price", &rows[0], PAGE, &json!({ "n": 3 })), priced("ä"));
    // Found by its key, wherever it stands by now.
    checks.equal("rows in another order", call(&mut client, "Row.price", &rows[0], "/parts/7?turned=1", &json!({ "n": 3 })), priced("ä"));
    checks.equal("and the other", call(&mut client, "Row.price", &rows[1], "/parts/7?turned=1", &json!({ "n": 3 })), priced("b"));
}

/// The whole page after the call: what the function returned is the `actionResult` of the page and of the instance, and of no other instance.
fn whole(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let counters = ids(&fetch(&mut client, PAGE), "Counter");
    for (at, label) in [(1, "ä"), (3, "big"), (4, "with children"), (6, "b")] {
        let answer = call(&mut client, "Counter.bump", &counters[at], PAGE, &json!({ "by": 4, "show": "page" }));
        let html = answer["html"].as_str().unwrap_or_default();
        checks.that("a document", html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>"));
        checks.equal("with the same ids", ids(html, "Counter"), counters.clone());
        checks.equal("one has been called", html.matches(": 4 Counter</b>").count(), 1);
        checks.that("and knows it", html.contains(&format!("<b>{label}: 4 Counter</b>")));
    }
}

/// The component as it is after the call.
fn shown(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = fetch(&mut client, PAGE);
    let counters = ids(&page, "Counter");
    for (at, parts) in [
        (1, &["<b>ä: 4 Counter</b>", "* <button", "data-component-key=\"ä\""][..]),
        (3, &["<b>big: 4 Counter</b>"]),
        (4, &["<b>with children: 4 Counter</b>"]),
        (6, &["<b>b: 4 Counter</b>"]),
    ] {
        let answer = call(&mut client, "Counter.bump", &counters[at], PAGE, &json!({ "by": 4, "show": true }));
        let html = answer["html"].as_str().unwrap_or_default();
        checks.equal("the result", answer["result"]["by"].clone(), json!(4));
        checks.that("the root alone", html.starts_with("<div class=\"counter\" data-component=\"Counter\"") && html.ends_with("</div>"));
        checks.equal("with the same id", ids(html, "Counter"), vec![counters[at].clone()]);
        checks.equal("and those inside it", ids(html, "Stars"), ids(&page, "Stars")[at..=at].to_vec());
        for part in parts {
            checks.that(&format!("with {part}"), html.contains(part));
        }
    }
    let gone = call(&mut client, "Counter.bump", &counters[6], PAGE, &json!({ "by": "gone", "show": true }));
    checks.equal("one that has gone", (gone["result"]["by"].clone(), gone["reload"].clone()), (json!("gone"), json!(true)));
    let again = call(&mut client, "Counter.bump", &counters[6], PAGE, &json!({}));
    checks.equal("cannot be called any more", again, json!({ "error": "the page does not show this component any more", "reload": true, "status": 404 }));
    let failed = call(&mut client, "Counter.fail", &counters[0], PAGE, &json!({ "show": true }));
    checks.equal("a function that fails", failed["status"].clone(), json!(500));
}

fn refusals(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = fetch(&mut client, PAGE);
    let (counter, row) = (ids(&page, "Counter").remove(1), ids(&page, "Row").remove(0));
    let foreign = json!({ "error": "`componentId` is not one that this visitor's page has for this component", "reload": true, "status": 403 });
    let mut tampered = counter.clone();
    tampered.replace_range(20..21, if &counter[20..21] == "A" { "B" } else { "A" });
    for (what, action, id, route) in [
        ("a changed id", "Counter.bump", tampered.as_str(), PAGE),
        ("a cut id", "Counter.bump", &counter[..counter.len() - 2], PAGE),
        ("no id at all", "Counter.bump", "<script>", PAGE),
        ("an id of another component", "Counter.bump", &row, PAGE),
        ("an id of another page", "Counter.bump", &counter, "/parts/8"),
    ] {
        checks.equal(what, call(&mut client, action, id, route, &json!({})), foreign.clone());
    }
    let mut other = server.client();
    fetch(&mut other, PAGE);
    checks.equal("another visitor's id", call(&mut other, "Counter.bump", &counter, PAGE, &json!({})), foreign.clone());
    let mut nobody = server.client();
    checks.equal("a visitor without a page", call(&mut nobody, "Counter.bump", &counter, PAGE, &json!({})), foreign);
    let unknown = |name: &str| json!({ "error": format!("no function `{name}` of a component here"), "status": 404 });
    checks.equal("a page without the component", call(&mut client, "Counter.bump", &counter, "/about", &json!({})), unknown("Counter.bump"));
    checks.equal("a function that the component lacks", call(&mut client, "Counter.save", &counter, PAGE, &json!({})), unknown("Counter.save"));
    checks.equal("a page's own function", call(&mut client, "count", &counter, "/calls", &json!({})), unknown("count"));
}
