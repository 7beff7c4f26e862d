//! Models over HTTP: what is stored and found, refused and told.

use super::send;
use crate::e2e::check::Checks;
use puremix_tests::Server;
use serde_json::{Value, json};

const NOBODY: &str = "0123456789abcdef01234567";

/// Fills the collections; answers what a restart must keep: the list of authors.
pub fn check(checks: &mut Checks, server: &Server) -> Value {
    let ann = authors(checks, server);
    refusals(checks, server, &ann);
    books(checks, server, &ann);
    changes(checks, server, &ann);
    aggregates(checks, server);
    deleting(checks, server);
    server.client().get("/api/authors").map(|r| r.json()).unwrap_or_default()
}

pub fn check_kept(checks: &mut Checks, server: &Server, kept: &Value) {
    let mut client = server.client();
    checks.equal("authors outlive the process", client.get("/api/authors").map(|r| r.json()).unwrap_or_default(), kept.clone());
    let again = json!({ "name": "Ann again", "email": "ann@example.org" });
    checks.page("and so does what is unique", send(&mut client, "POST", "/api/authors", &again), 409, &["E11000"]);
    checks.equal("the journal of hooks too", journal(server, "ann-lee"), json!(["saved"]));
}

fn journal(server: &Server, subject: &str) -> Value {
    server.client().get(&format!("/api/authors?journal={subject}")).map(|r| r.json()).unwrap_or_default()
}

/// Two authors; the id of the first.
fn authors(checks: &mut Checks, server: &Server) -> String {
    let mut client = server.client();
    let ann = json!({ "name": "  Ann Lee ", "email": "ANN@Example.org", "born": "1950", "address": { "city": "Bath" }, "unknown": 1 });
    let made = checks.page("an author", send(&mut client, "POST", "/api/authors", &ann), 201, &[]).json();
    let id = made["_id"].as_str().unwrap_or_default().to_owned();
    checks.that("has an ObjectId", id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit()));
    checks.equal("values are cast, trimmed, lowered", json!([made["name"], made["email"], made["born"]]), json!(["Ann Lee", "ann@example.org", 1950]));
    checks.that("what the schema does not name is dropped", made.get("unknown").is_none());
    checks.equal("virtuals are in the JSON", made["initials"].clone(), json!("AL"));
    checks.equal("a hook set this before saving", made["slug"].clone(), json!("ann-lee"));
    checks.equal("a hook after saving wrote another document", journal(server, "ann-lee"), json!(["saved"]));
    checks.that("timestamps", made["createdAt"].as_str().is_some_and(|t| t.ends_with('Z')) && made["createdAt"] == made["updatedAt"]);
    let bob = json!({ "name": "Bob Ray", "email": "bob@example.org" });
    checks.page("another", send(&mut client, "POST", "/api/authors", &bob), 201, &["\"initials\":\"BR\""]);
    checks.page("statics and methods", client.get("/api/authors?email=Ann@Example.org"), 200, &["{\"greeting\":\"I am Ann Lee\",\"instance\":true}"]);
    checks.page("lean documents have no virtuals", client.get(&format!("/api/authors/{id}")), 200, &["\"slug\":\"ann-lee\"", "\"__v\":0}"]);
    checks.page("nobody is not found", client.get(&format!("/api/authors/{NOBODY}")), 404, &["DocumentNotFoundError", "No document found for query"]);
    id
}

fn refusals(checks: &mut Checks, server: &Server, ann: &str) {
    let mut client = server.client();
    let wrong = json!({ "email": "nowhere", "born": 1066 });
    let refused = checks.page("what is invalid", send(&mut client, "POST", "/api/authors", &wrong), 422, &[]).json();
    checks.equal("is a ValidationError", json!([refused["name"], refused["_message"]]), json!(["ValidationError", "Author validation failed"]));
    let message = "Author validation failed: name: An author has a name, email: nowhere is no address, born: Too early: 1066";
    checks.equal("which says all", refused["message"].clone(), json!(message));
    let born = json!({ "name": "ValidatorError", "message": "Too early: 1066", "properties": { "message": "Too early: 1066", "type": "min", "min": 1400, "path": "born", "value": 1066 }, "kind": "min", "path": "born", "value": 1066 });
    checks.equal("path by path", refused["errors"]["born"].clone(), born);
    checks.equal("a pattern shows as JSON has it", refused["errors"]["email"]["properties"]["regexp"].clone(), json!({}));
    let uncast = json!({ "name": "x", "email": "c@x", "born": "never" });
    let refused = checks.page("what cannot be cast", send(&mut client, "POST", "/api/authors", &uncast), 422, &[]).json();
    checks.equal("is a CastError in it", json!([refused["errors"]["born"]["name"], refused["errors"]["born"]["kind"], refused["errors"]["born"]["valueType"]]), json!(["CastError", "Number", "string"]));
    let twice = json!({ "name": "Ann", "email": "ann@example.org" });
    let refused = checks.page("an address that is taken", send(&mut client, "POST", "/api/authors", &twice), 409, &["E11000 duplicate key error collection: "]).json();
    checks.equal("names the key", json!([refused["code"], refused["keyPattern"], refused["keyValue"]]), json!([11000, { "email": 1 }, { "email": "ann@example.org" }]));
    for (what, body, said) in [("a ValidationError", &wrong, message), ("a duplicate", &twice, "E11000 duplicate key error collection: ")] {
        let escaped = checks.page(&format!("{what} that leaves the handler is a 500"), send(&mut client, "POST", "/api/authors?raw=1", body), 500, &["{\"error\":\"API execution failed\"}"]);
        checks.that("that tells clients nothing", !escaped.text().contains("Author") && !escaped.text().contains("E11000"));
        checks.that("and the log everything", server.prints(said));
    }
    checks.page("an id that is none", client.get("/api/books/xyz"), 400, &["Cast to ObjectId failed for value \\\"xyz\\\" (type string) at path \\\"_id\\\" for model \\\"Book\\\""]);
    checks.page("uncaught, too, is a 500", client.get("/api/books/xyz?raw=1"), 500, &["API execution failed"]);
    checks.page("an operator in a body is no value", send(&mut client, "PATCH", &format!("/api/authors/{ann}"), &json!({ "name": { "$ne": "" } })), 422, &["CastError"]);
    checks.equal("refusals stored nothing", client.get("/api/authors").map(|r| r.json().as_array().map(Vec::len)).unwrap_or_default(), Some(2));
}

fn books(checks: &mut Checks, server: &Server, ann: &str) {
    let mut client = server.client();
    let orphan = send(&mut client, "POST", "/api/books", &json!({ "title": "T", "author": "Ann" }));
    checks.page("a reference must be an id", orphan, 422, &["Cast to ObjectId failed"]);
    let genre = send(&mut client, "POST", "/api/books", &json!({ "title": "T", "author": ann, "genre": "manual" }));
    checks.page("an enum", genre, 422, &["`manual` is not a valid enum value for path `genre`."]);
    let list = json!([
        { "title": "Alpha", "author": ann, "price": 10 }, { "title": "Beta", "author": ann, "price": 30, "genre": "play" },
        { "title": "Gamma", "author": ann, "price": 20, "published": "2001-02-03" },
    ]);
    let made = checks.page("insertMany", send(&mut client, "POST", "/api/books", &list), 201, &["\"published\":\"2001-02-03T00:00:00.000Z\""]).json();
    checks.equal("fills in defaults", made[0]["genre"].clone(), json!("novel"));
    let orphan = send(&mut client, "POST", "/api/books", &json!({ "title": "Delta", "author": NOBODY, "price": 5 }));
    checks.page("a reference to nobody is stored, as MongoDB would", orphan, 201, &[NOBODY]);
    let page = client.get("/api/books").map(|r| r.json()).unwrap_or_default();
    checks.equal("sorted, paged, populated", page, json!({ "total": 4, "books": [{ "title": "Beta", "price": 30, "author": "Ann Lee" }, { "title": "Gamma", "price": 20, "author": "Ann Lee" }] }));
    let page = client.get("/api/books?page=2").map(|r| r.json()).unwrap_or_default();
    checks.equal("the second page; nobody populates as null", page["books"].clone(), json!([{ "title": "Alpha", "price": 10, "author": "Ann Lee" }, { "title": "Delta", "price": 5 }]));
    let found = |path: &str| server.client().get(path).map(|r| r.json()["total"].clone()).unwrap_or_default();
    checks.equal("a range", found("/api/books?below=20"), json!(2));
    checks.equal("$in", found("/api/books?genre=play,poem"), json!(1));
    checks.equal("a pattern", found("/api/books?search=^.A"), json!(1));
    let authors = client.get("/api/authors").map(|r| r.json()).unwrap_or_default();
    let titles = json!([{ "author": ann, "title": "Alpha" }, { "author": ann, "title": "Beta" }, { "author": ann, "title": "Gamma" }]);
    checks.equal("a virtual is populated", json!([authors[0]["books"], authors[1]["books"]]), json!([titles, []]));
    let path = format!("/api/books/{}", made[0]["_id"].as_str().unwrap_or_default());
    let book = checks.page("one book", client.get(&path), 200, &[]).json();
    checks.equal("with its whole author", json!([book["author"]["name"], book["author"]["address"]["city"], book["stars"]]), json!(["Ann Lee", "Bath", null]));
    checks.page("none", client.get(&format!("/api/books/{NOBODY}")), 404, &["no such book"]);
    checks.page("a subdocument", send(&mut client, "POST", &path, &json!({ "stars": 4, "by": "bob" })), 200, &["{\"stars\":4,\"version\":1}"]);
    checks.page("and one more", send(&mut client, "POST", &path, &json!({ "stars": 1, "by": "al" })), 200, &["{\"stars\":2.5,\"version\":2}"]);
    checks.page("is validated", send(&mut client, "POST", &path, &json!({ "stars": 6 })), 422, &["reviews.2.stars", "is more than maximum allowed value (5)"]);
    let old = send(&mut client, "PATCH", &format!("{path}?old"), &json!({ "dearer": 1.5 }));
    checks.page("findOneAndUpdate gives what was", old, 200, &["\"price\":10,"]);
    let new = send(&mut client, "PATCH", &path, &json!({ "dearer": 1.5, "title": "Alpha 2" }));
    let new = checks.page("or, when it is asked, what is", new, 200, &["\"price\":13", "\"title\":\"Alpha 2\""]).json();
    checks.equal("its hook set this", new["published"].clone(), json!("1970-01-01T00:00:00.000Z"));
    checks.page("its validators run", send(&mut client, "PATCH", &path, &json!({ "price": -1 })), 422, &["Path `price` (-1) is less than minimum allowed value (0)."]);
    let operators = send(&mut client, "PATCH", &path, &json!({ "raw": { "$set": { "price": 0 } } }));
    checks.page("operators that came with the request are refused", operators, 400, &["CastError", "has operators that came with the request"]);
    checks.page("nothing found is null", send(&mut client, "PATCH", &format!("/api/books/{NOBODY}"), &json!({ "price": 1 })), 200, &["null"]);
}

fn changes(checks: &mut Checks, server: &Server, ann: &str) {
    let mut client = server.client();
    let path = format!("/api/authors/{ann}");
    let changed = send(&mut client, "PATCH", &path, &json!({ "address": { "city": "Bath", "zip": "BA1" }, "born": 1950 }));
    let changed = checks.page("save writes what changed", changed, 200, &[]).json();
    checks.equal("a path of a nested object", json!([changed["author"]["address"], changed["author"]["name"]]), json!([{ "city": "Bath", "zip": "BA1" }, "Ann Lee"]));
    checks.that("and updatedAt", changed["author"]["updatedAt"].as_str() > changed["author"]["createdAt"].as_str());
    let same = checks.page("what is the same", send(&mut client, "PATCH", &path, &json!({ "born": 1950 })), 200, &[]).json();
    checks.equal("is no change", json!([same["modified"], same["author"]["updatedAt"]]), json!([[], changed["author"]["updatedAt"]]));
    let taken = send(&mut client, "PATCH", &path, &json!({ "email": "bob@example.org" }));
    checks.page("a change to what is taken", taken, 409, &["{ email: \\\"bob@example.org\\\" }"]);
    checks.page("changes nothing", client.get(&path), 200, &["ann@example.org"]);
}

fn aggregates(checks: &mut Checks, server: &Server) {
    let of = |what: &str| server.client().get(&format!("/api/stats?of={what}")).map(|r| r.json()).unwrap_or_default();
    checks.equal("$lookup", of("authors"), json!([{ "name": "Ann Lee", "books": 3, "worth": 63 }, { "name": "Bob Ray", "books": 0, "worth": 0 }]));
    let genres = of("genres");
    checks.equal("$group", json!([genres[0]["_id"], genres[0]["count"], genres[1]]), json!(["novel", 3, { "_id": "play", "count": 1, "average": 30, "titles": ["Beta"] }]));
    checks.equal("its mean", genres[0]["average"].clone(), json!(38.0 / 3.0));
    checks.equal("$unwind and $addToSet", of("reviews"), json!([{ "stars": 2.5, "by": ["al", "bob"] }]));
}

/// A document's own deletion, with its hook.
fn deleting(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let made = send(&mut client, "POST", "/api/authors", &json!({ "name": "Cy Doe", "email": "cy@example.org" })).map(|r| r.json()).unwrap_or_default();
    let id = made["_id"].as_str().unwrap_or_default();
    send(&mut client, "POST", "/api/books", &json!({ "title": "Short", "author": id })).ok();
    checks.page("a document is deleted", client.request("DELETE", &format!("/api/authors/{id}"), &[], b""), 204, &[]);
    checks.page("its hook deleted what belongs to it", client.get("/api/books?search=Short"), 200, &["{\"total\":0,\"books\":[]}"]);
    checks.equal("and wrote the journal", journal(server, "cy-doe"), json!(["deleted", "saved"]));
    checks.page("it is gone", client.get(&format!("/api/authors/{id}")), 404, &[]);
    let again = send(&mut client, "POST", "/api/authors", &json!({ "name": "Di Doe", "email": "cy@example.org" }));
    checks.page("its address is free again", again, 201, &[]);
}
