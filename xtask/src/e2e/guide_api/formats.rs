//! APIs that are not REST: GraphQL, SOAP, binary bodies, MessagePack, Protocol Buffers, webhooks that are called.

use super::send;
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::{Value, json};

pub fn check(checks: &mut Checks, server: &Server) {
    graphql(checks, server);
    soap(checks, server);
    binary(checks, server);
    packed(checks, server);
    events(checks, server);
}

fn graphql(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut ask = |what: &str, body: Value, expected: Value| {
        let reply = checks.page(what, send(&mut client, "POST", "/api/graphql", &body), 200, &[]);
        checks.equal(&format!("{what}: answer"), reply.json(), expected);
    };
    ask("GraphQL: a list", json!({ "query": "{ products { id name price } }" }),
        json!({ "data": { "products": [{ "id": "1", "name": "Desk", "price": 200 }, { "id": "2", "name": "Lamp & <shade>", "price": 39.5 }] } }));
    ask("GraphQL: variables", json!({ "query": "query One($id: ID!) { user(id: $id) { id email } }", "variables": { "id": "7" } }),
        json!({ "data": { "user": { "id": "7", "email": "alice@example.com" } } }));
    ask("GraphQL: aliases and fragments", json!({ "query": "{ a: user(id: 1) { ...N } b: user(id: 2) { ...N __typename } } fragment N on User { name }" }),
        json!({ "data": { "a": { "name": "Alice" }, "b": { "name": "Alice", "__typename": "User" } } }));
    let reply = checks.page("GraphQL: a field that is not there", send(&mut client, "POST", "/api/graphql", &json!({ "query": "{ products { color } }" })), 200, &[]);
    checks.equal("says so", reply.json()["errors"][0]["message"].clone(), json!("Cannot query field \"color\" on type \"Product\"."));
    checks.equal("and where", reply.json()["errors"][0]["locations"].clone(), json!([{ "line": 1, "column": 14 }]));
    let reply = checks.page("GraphQL: a syntax error", send(&mut client, "POST", "/api/graphql", &json!({ "query": "{ products {" })), 200, &[]);
    checks.equal("says so", reply.json()["errors"][0]["message"].clone(), json!("Syntax Error: Expected Name, found <EOF>."));
    checks.page("GraphQL: the schema itself", send(&mut client, "POST", "/api/graphql", &json!({ "query": "{ __schema { queryType { name } } }" })), 200, &["\"name\":\"Query\""]);
}

fn soap(checks: &mut Checks, server: &Server) {
    let ask = |body: &str| {
        let envelope = format!("<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>{body}</soap:Body></soap:Envelope>");
        server.client().request("POST", "/api/soap", &[("Content-Type", "text/xml; charset=utf-8")], envelope.as_bytes())
    };
    let user = checks.page("SOAP: GetUser", ask("<GetUser><UserId>7</UserId></GetUser>"), 200, &["<GetUserResponse>", "<Id>7</Id>", "<Name>Alice</Name>", "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"]);
    checks.that("is XML", user.header("content-type").is_some_and(|t| t.starts_with("text/xml")));
    checks.that("with a declaration", user.text().starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"));
    checks.page("SOAP: lists", ask("<CreateOrder><Item>a</Item><Item>b</Item></CreateOrder>"), 200, &["<Items>2</Items>"]);
    checks.page("SOAP: a fault", ask("<GetUser><UserId>0</UserId></GetUser>"), 500, &["<faultstring>no such user</faultstring>"]);
    checks.page("SOAP: an unknown operation", ask("<Nothing><x/></Nothing>"), 500, &["Unknown operation"]);
    let broken = server.client().request("POST", "/api/soap", &[("Content-Type", "text/xml")], b"<a><b></a>");
    checks.page("SOAP: broken XML", broken, 500, &["<faultcode>soap:Server</faultcode>", "Unexpected close tag"]);
}

fn binary(checks: &mut Checks, server: &Server) {
    let mut ask = |what: &str, kind: u8, payload: &[u8], expected: &[u8]| {
        let frame = |bytes: &[u8]| [&[kind][..], &(bytes.len() as u32).to_be_bytes(), bytes].concat();
        let reply = server.client().request("POST", "/api/binary", &[("Content-Type", "application/octet-stream")], &frame(payload));
        let reply = checks.page(what, reply, 200, &[]);
        checks.equal(&format!("{what}: bytes"), reply.body.clone(), frame(expected));
        checks.equal(&format!("{what}: type"), reply.header("content-type"), Some("application/octet-stream"));
    };
    ask("binary: text", 1, "grüße".as_bytes(), "GRÜSSE".as_bytes());
    ask("binary: any bytes", 2, &[0, 255, 128, 10, 13], &[0, 255, 128, 10, 13]);
    ask("binary: nothing", 2, &[], &[]);
    let all: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    ask("binary: many", 3, &all, &all);
    checks.page("binary: too short", server.client().request("POST", "/api/binary", &[("Content-Type", "application/octet-stream")], &[1]), 500, &[]);
}

fn packed(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let packed = checks.page("MessagePack", client.get("/api/msgpack"), 200, &[]);
    checks.equal("its type", packed.header("content-type"), Some("application/x-msgpack"));
    // {success: true, data: [{id, name, price}, …]}: a map of two, as the format's specification has it.
    checks.that("a map of two, with true first", packed.body.starts_with(b"\x82\xa7success\xc3\xa4data\x92\x83\xa2id\xa11\xa4name\xa4Desk\xa5price\xcc\xc8"));
    checks.that("a number with a fraction", packed.body.ends_with(&[&b"\xa5price\xcb"[..], &39.5f64.to_be_bytes()].concat()));
    let buffers = checks.page("Protocol Buffers", client.get("/api/protobuf"), 200, &[]);
    checks.equal("its type", buffers.header("content-type"), Some("application/x-protobuf"));
    let product = |name: &[u8], price: f64| {
        let inner = [&[0x0a, name.len() as u8][..], name, &[0x11], &price.to_le_bytes()].concat();
        [&[0x0a, inner.len() as u8][..], &inner].concat()
    };
    checks.equal("two products", buffers.body.clone(), [product(b"Desk", 200.0), product(b"Lamp & <shade>", 39.5)].concat());
}

fn events(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let own = format!("http://{}/api/events/sink", server.address);
    let hook = json!({ "eventType": "order", "callbackUrl": own, "secret": "s" });
    checks.page("a subscription", send(&mut client, "POST", "/api/events/subscribe", &hook), 200, &["sub-1"]);
    let event = json!({ "event": "order", "data": { "id": 7 } });
    checks.page("an event", send(&mut client, "POST", "/api/events/trigger", &event), 200, &["\"notified\":1"]);
    checks.page("nobody's event", send(&mut client, "POST", "/api/events/trigger", &json!({ "event": "x", "data": 1 })), 200, &["\"notified\":0"]);
    let received = checks.page("the subscriber was called", client.get("/api/events/sink"), 200, &[]).json();
    checks.equal("with the event", received[0]["body"].clone(), event);
    // printf '{"id":7}' | openssl dgst -sha256 -hmac s
    checks.equal("and a signature", received[0]["signature"].clone(), json!("9627fb90df4757045eb595d0afde05db0fcd93fa36d4ca5b8a710bcb5a488842"));
}
