//! `tests/run/uploads`: files as multer, formidable and express-fileupload show them, and what is refused.

use super::check::Checks;
use puremix_tests::{Client, Reply, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

pub fn check(checks: &mut Checks, server: &mut Server) {
    shown(checks, server);
    kept(checks, server);
    forms(checks, server);
    refused(checks, server);
    hostile(checks, server);
}

/// A part: the field, the file's name and type if it is one, and the content.
type Part<'a> = (&'a str, Option<(&'a str, &'a str)>, &'a [u8]);

fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, file, content) in parts {
        let file = file.map(|(name, media)| format!("; filename=\"{name}\"\r\nContent-Type: {media}")).unwrap_or_default();
        body.extend_from_slice(format!("--frontier\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    body
}

fn send(client: &mut Client, path: &str, parts: &[Part<'_>]) -> std::io::Result<Reply> {
    post(client, path, &body(parts), &[])
}

fn post(client: &mut Client, path: &str, body: &[u8], more: &[(&str, &str)]) -> std::io::Result<Reply> {
    let mut headers = vec![("Content-Type", "multipart/form-data; boundary=frontier"), ("Sec-Fetch-Site", "same-origin")];
    headers.extend_from_slice(more);
    client.request("POST", path, &headers, body)
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

fn shown(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let long: Vec<u8> = (0..1_500_000u32).map(|i| (i * 7 % 253) as u8).collect();
    let parts: &[Part<'_>] = &[
        ("title", None, "Hällo".as_bytes()),
        ("tags[]", None, b"a"),
        ("tags[]", None, b"b"),
        ("owner[name]", None, b"Ada"),
        ("photo", Some(("C:\\pictures\\a b.PNG", "image/png")), PNG),
        ("docs", Some(("one.txt", "text/plain")), b"one"),
        ("docs", Some(("long.bin", "application/octet-stream")), &long),
        ("empty", Some(("", "application/octet-stream")), b""),
    ];
    let reply = checks.page("files and fields", send(&mut client, "/api/show", parts), 200, &[]);
    let seen = json_of(&reply);
    checks.equal("fields", seen["body"].clone(), json!({ "title": "Hällo", "tags": ["a", "b"], "owner": { "name": "Ada" } }));
    let photo = &seen["files"]["photo"];
    checks.equal("names are without directories", photo["names"].clone(), json!(["a b.PNG", "a b.PNG", "a b.PNG"]));
    checks.equal("types: as told twice, and by content", photo["types"].clone(), json!(["image/png", "image/png", "image/png"]));
    checks.equal("sizes", photo["sizes"].clone(), json!([PNG.len(), PNG.len(), PNG.len(), PNG.len()]));
    checks.that("a new name of its own", photo["newFilename"].as_str().is_some_and(|n| n.len() == 36 && n.ends_with(".png")));
    checks.equal("its field", photo["fieldname"].clone(), json!("photo"));
    checks.equal("keys", photo["keys"].clone(), json!(true));
    let docs = &seen["files"]["docs"];
    checks.equal("two files of a field", docs.as_array().map(Vec::len), Some(2));
    checks.equal("a long file", docs[1]["sizes"].clone(), json!([1_500_000, 1_500_000, 1_500_000, 1_500_000]));
    checks.equal("is whole", docs[1]["hashes"][0].clone(), docs[1]["hashes"][1].clone());
    checks.equal("what was not chosen is no file", seen["files"].get("empty").cloned(), None);
    checks.equal("request.file is the first", seen["first"].clone(), json!("a b.PNG"));
    let paths: Vec<String> = [&photo["filepath"], &docs[0]["filepath"], &docs[1]["filepath"]].iter().map(|p| p.as_str().unwrap_or_default().to_owned()).collect();
    // Later requests let the earlier one's objects go.
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) && paths.iter().any(|p| std::path::Path::new(p).exists()) {
        let _ = client.get("/");
        std::thread::sleep(Duration::from_millis(50));
    }
    checks.equal("temporary files go", paths.iter().filter(|p| std::path::Path::new(p).exists()).count(), 0);
}

fn kept(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let long = vec![b'x'; 200_000];
    fn file<'a>(name: &'static str, content: &'a [u8]) -> [Part<'a>; 1] {
        [("file", Some((name, "text/plain")), content)]
    }
    let moved = checks.page("mv", send(&mut client, "/api/keep", &file("long.txt", &long)), 200, &[]);
    checks.equal("has moved it", json_of(&moved), json!({ "url": "/uploads/long.txt", "moved": true }));
    let part = checks.page("a range of it", client.request("GET", "/uploads/long.txt", &[("Range", "bytes=10-19")], b""), 206, &["xxxxxxxxxx"]);
    checks.equal("says which", part.header("content-range"), Some("bytes 10-19/200000"));
    let small = checks.page("mv of a small file", send(&mut client, "/api/keep?how=callback", &file("small.txt", b"small")), 200, &[]);
    checks.equal("calls back", json_of(&small), json!({ "error": null, "url": "/uploads/small.txt" }));
    checks.page("which is there", client.get("/uploads/small.txt"), 200, &["small"]);
    checks.page("renamed by the app", send(&mut client, "/api/keep?how=rename", &file("renamed.txt", b"renamed")), 200, &["/uploads/renamed.txt"]);
    checks.page("stays", client.get("/uploads/renamed.txt"), 200, &["renamed"]);
    checks.page("a folder that is not there", send(&mut client, "/api/keep?how=nowhere", &file("a.txt", b"a")), 200, &["{\"failed\":true}"]);
    let page = [("file", Some(("page.html", "text/html")), b"<script>alert(1)</script>".as_slice())];
    checks.page("an uploaded page", send(&mut client, "/api/keep", &page), 200, &["/uploads/page.html"]);
    let served = checks.page("is served", client.get("/uploads/page.html"), 200, &[]);
    checks.equal("as a download", served.header("content-disposition"), Some("attachment; filename*=UTF-8''page.html"));
    checks.equal("that nothing sniffs", served.header("x-content-type-options"), Some("nosniff"));
    let climbing = [("file", Some(("../../../climbed.txt", "text/plain")), b"up".as_slice())];
    checks.page("a name that climbs", send(&mut client, "/api/keep", &climbing), 200, &["\"/uploads/climbed.txt\""]);
}

fn forms(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let page = checks.page("the page", client.get("/"), 200, &["enctype=\"multipart/form-data\""]);
    let text = page.text();
    checks.that("has no result", text.contains("<p id=\"result\">: , , </p>"));
    let parts: &[Part<'_>] = &[("_action", None, b"keep"), ("title", None, b"T"), ("file", Some(("n.txt", "text/plain")), b"inside")];
    checks.page("a form with a file", send(&mut client, "/", parts), 200, &["T: n.txt, 6, inside"]);
    checks.page("a form without one", send(&mut client, "/", &parts[..2]), 200, &["T: none, , "]);
}

fn refused(checks: &mut Checks, server: &Server) {
    let client = || server.client();
    let big = vec![0; 2 * 1024 * 1024 + 1];
    let half = vec![0; 1_700_000];
    fn file(content: &[u8]) -> Part<'_> {
        ("file", Some(("f.bin", "application/octet-stream")), content)
    }
    checks.page("a file that is too long", send(&mut client(), "/api/show", &[file(&big)]), 413, &["f.bin: a file may have 2097152 bytes"]);
    checks.page("files that are too long together", send(&mut client(), "/api/show", &[file(&half), file(&half)]), 413, &["together"]);
    checks.page("too many files", send(&mut client(), "/api/show", &[file(b"1"); 5]), 413, &["more than 4 files"]);
    checks.page("too many fields", send(&mut client(), "/api/show", &[("a", None, b"".as_slice()); 11]), 413, &["more than 10 fields"]);
    let blocked: [Part<'_>; 1] = [("file", Some(("setup.exe", "image/png")), PNG)];
    checks.page("a type that is blocked", send(&mut client(), "/api/show", &blocked), 415, &["setup.exe: files of type .exe are not taken"]);
    let script = [("file", Some(("x.sh", "text/plain")), b"ls".as_slice())];
    checks.page("and another", send(&mut client(), "/api/show", &script), 415, &[".sh"]);
    let fake = [("file", Some(("photo.png", "image/png")), b"<html><script>alert(1)</script>".as_slice())];
    checks.page("a page that calls itself a picture", send(&mut client(), "/api/show", &fake), 415, &["text/html"]);
    let zip = [PNG, b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x20\0\0\0\x30\0\0\0\0\0"].concat();
    let polyglot = [("file", Some(("photo.png", "image/png")), zip.as_slice())];
    let json = post(&mut client(), "/api/show", &body(&polyglot), &[("Accept", "application/json")]);
    let json = checks.page("a picture that is an archive too", json, 415, &[]);
    checks.equal("told in JSON to who asks for it", json_of(&json), json!({ "error": "photo.png: an archive is hidden at its end" }));
}

fn hostile(checks: &mut Checks, server: &Server) {
    let whole = body(&[("file", Some(("a.txt", "text/plain")), b"x")]);
    let mut ask = |what: &str, body: &[u8], status: u16, text: &str| {
        checks.page(what, post(&mut server.client(), "/api/show", body, &[]), status, &[text]);
    };
    ask("no boundary", b"nothing", 400, "boundary does not occur");
    ask("cut off", &whole[..whole.len() - 20], 400, "ends before its last boundary");
    ask("a part without a name", b"--frontier\r\nContent-Disposition: form-data\r\n\r\nx\r\n--frontier--", 400, "no field name");
    let long = [b"--frontier\r\nX: ".as_slice(), &vec![b'y'; 20_000], b"\r\n\r\nx\r\n--frontier--"].concat();
    ask("headers without end", &long, 400, "headers are too long");
    let many = "--frontier\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(100_000);
    ask("a hundred thousand parts", many.as_bytes(), 413, "more than 10 fields");
    let odd = body(&[("constructor", None, b"2"), ("a\0b", None, b"\xff\xfe")]);
    ask("names of every object", &odd, 200, "\"files\":{}");
    let nul = body(&[("file", Some(("a.png\0.html", "text/plain")), b"x")]);
    ask("a name with NUL", &nul, 200, "\"a.png.html\"");
}
