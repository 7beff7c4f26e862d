//! API routes: handlers, methods, styles, formats, limits.

use crate::e2e::check::Checks;
use puremix_tests::{Client, Reply, Server};
use serde_json::{Value, json};
use std::io;

pub fn check(checks: &mut Checks, server: &Server) {
    handlers(checks, server);
    styles(checks, server);
    versions(checks, server);
    formats(checks, server);
    rest(checks, server);
    cross_cutting(checks, server);
}

fn send(client: &mut Client, method: &str, path: &str, body: &Value) -> io::Result<Reply> {
    client.request(method, path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

fn handlers(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let health = checks.page("health", client.get("/health"), 200, &["\"status\":\"ok\""]).json();
    checks.that("with a timestamp", health["timestamp"].as_str().is_some_and(|t| t.len() == 24 && t.ends_with('Z')));
    checks.that("the uptime", health["uptime"].as_f64().is_some_and(|seconds| seconds > 0.0));
    checks.equal("the environment", &health["env"], &json!("production"));
    let info = checks.page("a handler", client.get("/api/info"), 200, &[]);
    checks.equal("answers JSON", info.json(), json!({ "success": true, "message": "Products API", "version": "1.0" }));
    checks.that("and says so", info.header("content-type").is_some_and(|t| t.starts_with("application/json")));
    checks.page("GET of one handler", client.get("/api/items/1"), 200, &["\"name\":\"Desk\""]);
    checks.page("PUT", send(&mut client, "PUT", "/api/items/1", &json!({ "price": 120 })), 200, &["\"price\":120"]);
    checks.page("PATCH", send(&mut client, "PATCH", "/api/items/1", &json!({ "price": 100 })), 200, &["\"price\":100"]);
    checks.page("a method it does not know", send(&mut client, "POST", "/api/items/1", &json!({})), 405, &["Method not allowed", "[\"GET\",\"PUT\",\"PATCH\",\"DELETE\"]"]);
    checks.page("the handler for GET", client.get("/api/separate"), 200, &["\"name\":\"Desk\""]);
    checks.page("the handler for POST", client.post_json("/api/separate", &json!({ "name": "Stool" })), 201, &["\"name\":\"Stool\""]);
    checks.page("no handler for DELETE", client.request("DELETE", "/api/separate", &[], b""), 405, &[]);
    checks.page("what POST made is there", client.get("/api/separate"), 200, &["Stool"]);
    let products = client.get("/api/separate").map(|r| r.json()).unwrap_or_default();
    let id = products["data"].as_array().and_then(|all| all.last()).map(|last| last["id"].to_string()).unwrap_or_default();
    checks.page("DELETE", client.request("DELETE", &format!("/api/items/{id}"), &[], b""), 200, &["Deleted"]);
    checks.that("what DELETE took is gone", client.get("/api/separate").is_ok_and(|r| r.status == 200 && !r.text().contains("Stool")));
}

fn styles(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut rpc = |method: &str, params: Value| client.post_json("/api/rpc", &json!({ "method": method, "params": params }));
    checks.page("RPC", rpc("user.create", json!({ "name": "Alice" })), 200, &["{\"created\":\"Alice\"}"]);
    checks.page("another method", rpc("order.place", json!({ "items": [1, 2] })), 200, &["{\"order\":2}"]);
    checks.page("an unknown method", rpc("nope", json!({})), 400, &["{\"error\":\"Unknown method\"}"]);
    checks.page("a method that throws", rpc("payment.process", json!({})), 500, &[]);
    checks.page("an action", client.post_json("/api/actions/send-email", &json!({ "to": "a@b.c", "subject": "s", "body": "b" })), 200, &["\"message\":\"Email sent\""]);
    checks.page("another", client.post_json("/api/actions/generate-report", &json!({ "type": "sales", "startDate": "1", "endDate": "2" })), 200, &["/reports/sales-1-2.pdf"]);
    checks.page("a subscription", client.post_json("/api/events/subscribe", &json!({ "eventType": "x" })), 200, &["\"subscriptionId\":\"sub-1\""]);
    checks.page("a webhook", client.post_json("/api/webhooks/stripe", &json!({ "type": "payment_intent.succeeded", "data": { "object": {} } })), 200, &["\"received\":true"]);
    checks.page("an event nobody handles", client.post_json("/api/webhooks/stripe", &json!({ "type": "else" })), 200, &["\"received\":true"]);
    checks.page("a webhook is POST", client.get("/api/webhooks/stripe"), 405, &["Method not allowed"]);
    let docs = checks.page("documentation", client.get("/api/docs"), 200, &[]).json();
    checks.equal("with its endpoints", &docs["endpoints"]["products"]["list"]["path"], &json!("/api/products"));
}

fn versions(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut versioned = |version: &str| client.request("GET", "/api/by-header", &[("API-Version", version)], b"");
    checks.page("version 2 by header", versioned("2"), 200, &["\"profile\":{\"bio\":\"hi\"}"]);
    checks.page("no such version", versioned("9"), 400, &["Unsupported API version"]);
    checks.equal("version 1 is what is not asked for", client.get("/api/by-header").map(|r| r.json()).ok(), Some(json!({ "id": 1, "name": "Alice", "email": "a@example.com" })));
    checks.that("version 1 by query", client.get("/api/by-query").is_ok_and(|r| r.json().is_array()));
    checks.page("version 2 by query", client.get("/api/by-query?version=2"), 200, &["\"pagination\":{\"page\":1,\"total\":"]);
    checks.page("no such version by query", client.get("/api/by-query?version=3"), 400, &["Invalid version"]);
    checks.page("without versions", client.get("/api/unversioned/7"), 200, &["\"id\":\"7\"", "\"profile\":{\"bio\":\"hi\"}", "\"settings\":{}", "\"preferences\":{}"]);
}

fn formats(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("JSON", client.get("/api/json"), 200, &["{\"success\":true,\"data\":{\"id\":1,\"name\":\"Product\"}}"]);
    let typed = |reply: &Reply, wanted: &str| reply.header("content-type").is_some_and(|t| t.starts_with(wanted));
    let xml = checks.page("XML", client.get("/api/xml"), 200, &["<?xml version=\"1.0\"?>", "<name>Product</name>"]);
    checks.that("XML's type", typed(&xml, "application/xml"));
    let text = checks.page("plain text", client.get("/api/text"), 200, &[]);
    checks.equal("plain text's body", text.text(), "Operation completed successfully".to_owned());
    checks.that("plain text's type", typed(&text, "text/plain"));
    let csv = checks.page("CSV", client.get("/api/csv"), 200, &["id,name,price\n1,Product A,19.99\n2,Product B,29.99"]);
    checks.that("CSV's type", typed(&csv, "text/csv"));
    checks.equal("CSV is a download", csv.header("content-disposition"), Some("attachment; filename=\"products.csv\""));
    let mut accept = |wanted: &str| client.request("GET", "/api/negotiated", &[("Accept", wanted)], b"");
    let xml = checks.page("XML where it is accepted", accept("application/xml"), 200, &["<products><product>1</product>"]);
    checks.that("with its type", typed(&xml, "application/xml"));
    checks.page("CSV where it is accepted", accept("text/csv"), 200, &["id,name\n1,Desk\n"]);
    let other = checks.page("JSON otherwise", accept("application/json"), 200, &["\"name\":\"Desk\""]);
    checks.that("as an array", other.json().is_array());
    checks.page("a loader's JSON", client.get("/api/succeeds"), 200, &["{\"success\":true,\"data\":{},\"message\":\"Optional success message\"}"]);
    checks.page("a loader's status", client.get("/api/fails"), 400, &["\"error\":\"Error message\"", "\"code\":\"ERROR_CODE\""]);
    checks.page("a loader's page of data", client.get("/api/paginated"), 200, &["\"data\":[\"a\",\"b\"]", "\"totalPages\":5"]);
}

fn rest(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("a list", client.get("/api/products?page=2&limit=10"), 200, &[]).json();
    checks.equal("ten of them", page["data"].as_array().map(Vec::len), Some(10));
    checks.equal("in pages", &page["pagination"]["hasPrev"], &json!(true));
    let dear = checks.page("filtered and sorted", client.get("/api/products?inStock=true&minPrice=400&sort=price:desc"), 200, &[]).json();
    checks.equal("the dearest first", &dear["data"][0]["price"], &json!(450));
    checks.that("all in stock", dear["data"].as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|p| p["inStock"] == json!(true))));
    checks.page("only GET", client.post_json("/api/products", &json!({})), 405, &["\"allowed\":[\"GET\"]"]);
    checks.page("one", client.get("/api/single/p5"), 200, &["\"success\":true", "\"_id\":\"p5\""]);
    checks.page("none", client.get("/api/single/nope"), 404, &["Product not found"]);
    checks.page("create", client.post_json("/api/catalogue", &json!({ "name": "Mouse", "price": 29.99 })), 201, &["\"name\":\"Mouse\"", "\"inStock\":true", "created successfully"]);
    checks.page("create without a price", client.post_json("/api/catalogue", &json!({ "name": "Mouse" })), 400, &["Name and price are required"]);
    checks.page("create with a bad price", client.post_json("/api/catalogue", &json!({ "name": "Mouse", "price": "1" })), 400, &["must be a positive number"]);
    checks.page("update", send(&mut client, "PUT", "/api/products/p6", &json!({ "price": 24.5 })), 200, &["\"price\":24.5", "updated successfully"]);
    checks.page("update with a bad price", send(&mut client, "PATCH", "/api/products/p6", &json!({ "price": -1 })), 400, &["must be a positive number"]);
    checks.page("update what is not there", send(&mut client, "PATCH", "/api/products/none", &json!({ "price": 1 })), 404, &["Product not found"]);
    checks.page("delete", client.request("DELETE", "/api/products/p6", &[], b""), 200, &["{\"success\":true,\"data\":{\"id\":\"p6\"},\"message\":\"Product deleted successfully\"}"]);
    checks.page("delete again", client.request("DELETE", "/api/products/p6", &[], b""), 404, &[]);
}

fn cross_cutting(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let first = checks.page("a limited route", client.get("/api/limited"), 200, &["{\"success\":true,\"data\":[1,2,3]}"]);
    checks.equal("what remains", first.header("x-ratelimit-remaining"), Some("99"));
    checks.that("until when", first.header("x-ratelimit-reset").is_some_and(|t| t.parse::<f64>().is_ok_and(|ms| ms > 1.6e12)));
    let answers: Vec<u16> = (0..100).filter_map(|_| Some(client.get("/api/limited").ok()?.status)).collect();
    checks.equal("the hundred-and-first is too many", (answers.get(98).copied(), answers.get(99).copied()), (Some(200), Some(429)));
    let cors = checks.page("manual CORS", client.get("/api/cors"), 200, &["\"data\":[1,2,3]"]);
    checks.equal("from anywhere", cors.header("access-control-allow-origin"), Some("*"));
    checks.equal("these methods", cors.header("access-control-allow-methods"), Some("GET, POST, PUT, DELETE"));
}
