//! The guide's Mongoose models: lists, pages, and the REST patterns over them.

use super::send;
use crate::e2e::check::Checks;
use puremix_tests::{Client, Reply, Server};
use serde_json::{Value, json};
use std::time::Duration;

pub fn check(checks: &mut Checks, server: &Server) {
    create(checks, server);
    lists(checks, server);
    single(checks, server);
    update_and_delete(checks, server);
    pages(checks, server);
    hostile(checks, server);
}

fn names(reply: &Reply) -> Vec<String> {
    let data = reply.json()["data"].clone();
    data.as_array().into_iter().flatten().map(|p| p["name"].as_str().unwrap_or_default().to_owned()).collect()
}

fn is_id(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn create(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let empty = checks.page("no products yet", client.get("/api/products"), 200, &[]);
    checks.equal("an empty list", empty.json(), json!({ "success": true, "data": [], "pagination": { "page": 1, "limit": 20, "total": 0, "totalPages": 0, "hasNext": false, "hasPrev": false } }));
    let mouse = json!({ "name": "Wireless Mouse", "price": 29.99, "description": "Ergonomic wireless mouse", "inStock": true });
    let made = checks.page("a product", send(&mut client, "POST", "/api/catalogue", &mouse), 201, &["Product created successfully"]).json();
    checks.that("has an ObjectId", is_id(&made["data"]["_id"]));
    checks.equal("its fields", (made["data"]["name"].clone(), made["data"]["price"].clone()), (json!("Wireless Mouse"), json!(29.99)));
    checks.equal("its version", made["data"]["__v"].clone(), json!(0));
    checks.that("the time it was made", made["data"]["createdAt"].as_str().is_some_and(|t| t.len() == 24 && t.ends_with('Z')));
    for (i, (name, price, in_stock)) in [("Desk", 200.0, true), ("Lamp", 39.5, false), ("Chair", 120.0, true)].into_iter().enumerate() {
        let product = json!({ "name": name, "price": price, "inStock": in_stock });
        // Lists are sorted by the time of creation, which has milliseconds.
        std::thread::sleep(Duration::from_millis(3));
        checks.page(&format!("product {i}"), send(&mut client, "POST", "/api/catalogue", &product), 201, &[name]);
    }
    let refuse = |checks: &mut Checks, what: &str, body: Value, why: &str| {
        checks.page(what, send(&mut server.client(), "POST", "/api/catalogue", &body), 400, &[why]);
    };
    refuse(checks, "without a price", json!({ "name": "X" }), "Name and price are required");
    refuse(checks, "without a name", json!({ "price": 1 }), "Name and price are required");
    refuse(checks, "a price that is text", json!({ "name": "X", "price": "1" }), "Price must be a positive number");
    refuse(checks, "a negative price", json!({ "name": "X", "price": -1 }), "Price must be a positive number");
    let cast = json!({ "name": { "a": 1 }, "price": 1 });
    checks.page("a name that is an object", send(&mut client, "POST", "/api/catalogue", &cast), 500, &["Product validation failed: name: Cast to string failed"]);
    let cast = json!({ "name": "X", "price": 1, "inStock": "maybe" });
    checks.page("a flag that is none", send(&mut client, "POST", "/api/catalogue", &cast), 500, &["Product validation failed: inStock: Cast to Boolean failed for value", "maybe"]);
    let more = json!({ "name": "Strict", "price": 7, "unknown": 1, "userId": "x" });
    let strict = checks.page("fields that the schema lacks", send(&mut client, "POST", "/api/catalogue", &more), 201, &[]).json();
    checks.equal("are left out", (strict["data"].get("unknown").cloned(), strict["data"].get("userId").cloned()), (None, None));
    checks.equal("a default", strict["data"]["inStock"].clone(), json!(true));
    let id = strict["data"]["_id"].as_str().unwrap_or_default().to_owned();
    checks.page("and it goes again", client.request("DELETE", &format!("/api/products/{id}"), &[], b""), 200, &["Product deleted successfully"]);
    checks.page("GET of the other file falls through", client.get("/api/catalogue"), 405, &["Method not allowed"]);
}

fn lists(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let mut list = |query: &str, expected: &[&str], total: u64| {
        let reply = checks.page(query, client.get(&format!("/api/products?{query}")), 200, &["\"success\":true"]);
        let mut found = names(&reply);
        if !query.contains("sort") {
            found.sort();
        }
        checks.equal(&format!("{query}: what"), found, expected.iter().map(|n| (*n).to_owned()).collect());
        checks.equal(&format!("{query}: how many"), reply.json()["pagination"]["total"].clone(), json!(total));
    };
    list("sort=price:desc", &["Desk", "Chair", "Lamp", "Wireless Mouse"], 4);
    list("sort=price:asc", &["Wireless Mouse", "Lamp", "Chair", "Desk"], 4);
    list("sort=name:asc", &["Chair", "Desk", "Lamp", "Wireless Mouse"], 4);
    list("inStock=true", &["Chair", "Desk", "Wireless Mouse"], 3);
    list("inStock=false", &["Lamp"], 1);
    list("minPrice=100", &["Chair", "Desk"], 2);
    list("inStock=true&minPrice=100&sort=price:desc", &["Desk", "Chair"], 2);
    list("minPrice=1000", &[], 0);
    list("sort=price:desc&limit=2", &["Desk", "Chair"], 4);
    list("sort=price:desc&limit=2&page=2", &["Lamp", "Wireless Mouse"], 4);
    list("sort=price:desc&limit=2&page=3", &[], 4);
    list("sort=nothing:asc&limit=1", &["Wireless Mouse"], 4);
    let pages = checks.page("pages", client.get("/api/products?limit=3&page=2"), 200, &[]).json();
    checks.equal("pagination", pages["pagination"].clone(), json!({ "page": 2, "limit": 3, "total": 4, "totalPages": 2, "hasNext": false, "hasPrev": true }));
    checks.page("another method", client.request("PUT", "/api/products", &[], b""), 405, &["Method not allowed"]);
}

fn first_id(client: &mut Client, query: &str) -> String {
    let reply = client.get(&format!("/api/products?{query}")).unwrap_or_default();
    reply.json()["data"][0]["_id"].as_str().unwrap_or_default().to_owned()
}

fn single(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let id = first_id(&mut client, "sort=name:asc");
    let one = checks.page("one product", client.get(&format!("/api/single/{id}")), 200, &["Chair"]).json();
    checks.equal("is that product", one["data"]["_id"].clone(), json!(id));
    checks.page("an id that nothing has", client.get("/api/single/507f1f77bcf86cd799439011"), 404, &["Product not found"]);
    checks.page("an id that is none", client.get("/api/single/7"), 500, &["Cast to ObjectId failed for value \\\"7\\\" (type string) at path \\\"_id\\\" for model \\\"Product\\\""]);
    checks.page("another method", client.request("POST", &format!("/api/single/{id}"), &[], b""), 405, &["\"allowed\":[\"GET\"]"]);
}

fn update_and_delete(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let id = first_id(&mut client, "sort=name:asc");
    let path = format!("/api/products/{id}");
    let changed = checks.page("PUT", send(&mut client, "PUT", &path, &json!({ "price": 24.99, "inStock": false })), 200, &["Product updated successfully"]).json();
    checks.equal("answers the new state", (changed["data"]["price"].clone(), changed["data"]["inStock"].clone(), changed["data"]["name"].clone()), (json!(24.99), json!(false), json!("Chair")));
    let kept = checks.page("which is stored", client.get(&format!("/api/single/{id}")), 200, &[]).json();
    checks.equal("in the database", kept["data"]["price"].clone(), json!(24.99));
    checks.page("PATCH", send(&mut client, "PATCH", &path, &json!({ "description": "soft" })), 200, &["\"description\":\"soft\""]);
    checks.page("a wrong price", send(&mut client, "PUT", &path, &json!({ "price": "x" })), 400, &["Price must be a positive number"]);
    checks.page("a name that is taken away", send(&mut client, "PUT", &path, &json!({ "name": null })), 500, &["Path `name` is required."]);
    let unknown = checks.page("a field that the schema lacks", send(&mut client, "PUT", &path, &json!({ "color": "red", "price": 25 })), 200, &[]).json();
    checks.equal("is left out", unknown["data"].get("color").cloned(), None);
    checks.page("nothing there", send(&mut client, "PUT", "/api/products/507f1f77bcf86cd799439011", &json!({ "price": 1 })), 404, &["Product not found"]);
    checks.page("another method", send(&mut client, "POST", &path, &json!({})), 405, &["PATCH"]);
    let gone = checks.page("DELETE", client.request("DELETE", &path, &[], b""), 200, &["Product deleted successfully"]).json();
    checks.equal("says which", gone["data"].clone(), json!({ "id": id }));
    checks.page("it is gone", client.get(&format!("/api/single/{id}")), 404, &["Product not found"]);
    checks.page("once only", client.request("DELETE", &path, &[], b""), 404, &["Product not found"]);
}

fn pages(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("the products page", client.get("/products"), 200, &["Page 1 of 1", "<h3>Wireless Mouse</h3>", "<p>$29.99</p>", "<h3>Desk</h3>"]);
    checks.that("newest first", page.text().find("Lamp").zip(page.text().find("Desk")).is_some_and(|(a, b)| a < b));
    for i in 0..12 {
        let fields = [("_action", "createProduct"), ("name", &format!("Item <{i}>") as &str), ("price", "1.5")];
        checks.page(&format!("a form makes product {i}"), client.post_form("/products", &fields), 200, &["&lt;"]);
    }
    checks.page("a second page", client.get("/products?page=2"), 200, &["Page 2 of 2", "<h3>Desk</h3>"]);
    checks.page("what is missing is told", client.post_form("/products", &[("_action", "createProduct"), ("name", ""), ("price", "3")]), 500, &[]);
    let list = checks.page("the CRUD page", client.get("/crud"), 200, &["<h3>Item &lt;3&gt;</h3>"]);
    checks.that("has a form for each", list.text().matches("value=\"deleteProduct\"").count() == 15);
    let id = first_id(&mut client, "sort=name:asc");
    checks.page("an update", client.post_form("/crud", &[("_action", "updateProduct"), ("id", &id), ("name", "Renamed & new")]), 200, &["<h3>Renamed &amp; new</h3>"]);
    let without = checks.page("a removal", client.post_form("/crud", &[("_action", "deleteProduct"), ("id", &id)]), 200, &[]);
    checks.that("is gone from the page", !without.text().contains("Renamed"));
    checks.page("no price, no product", client.post_form("/crud", &[("_action", "createProduct"), ("name", "Free")]), 500, &[]);
    let first = checks.page("pagination", client.get("/pages"), 200, &["Page 1 of 1"]);
    checks.that("has no next page", !first.text().contains("Next"));
}

fn hostile(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let total = |client: &mut Client| client.get("/api/products").unwrap_or_default().json()["pagination"]["total"].clone();
    let before = total(&mut client);
    checks.page("an operator in an update's body", send(&mut client, "POST", "/api/catalogue", &json!({ "name": { "$gt": "" }, "price": 1 })), 500, &["Cast to string failed"]);
    checks.page("names of the prototype", send(&mut client, "POST", "/api/catalogue", &json!({ "__proto__": { "price": 1 }, "constructor": 1, "name": "P" })), 400, &["reaches for a prototype"]);
    let id = first_id(&mut client, "limit=1");
    let where_ = json!({ "$where": "sleep(1000)" });
    checks.that("$where changes nothing", send(&mut client, "PUT", &format!("/api/products/{id}"), &where_).is_ok_and(|r| r.status < 600));
    for sort in ["price'); DROP TABLE products; --:asc", "$where:asc", "__proto__:desc", "a.b.c:asc", "%00:asc"] {
        let sort = sort.replace(' ', "%20").replace('\'', "%27").replace(';', "%3B");
        checks.that(&format!("sort={sort} is survived"), client.get(&format!("/api/products?sort={sort}")).is_ok_and(|r| [200, 400, 500].contains(&r.status)));
    }
    checks.page("minPrice=abc", client.get("/api/products?minPrice=abc"), 500, &["Cast to Number failed for value \\\"NaN\\\""]);
    checks.page("a negative page", client.get("/api/products?page=-1"), 500, &["success\":false"]);
    checks.equal("nothing was lost", total(&mut client), before);
}
