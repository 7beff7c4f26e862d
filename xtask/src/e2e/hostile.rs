//! `tests/run/hostile`: one list of what attackers send and what each must be answered. After all of it nothing is lost, nothing has leaked, and
//! the server runs.

use super::check::Checks;
use puremix_tests::{Client, Reply, Server};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=frontier";

/// How it is sent.
enum Send {
    Get(&'static str),
    /// Method, path, type, body.
    Body(&'static str, &'static str, &'static str, Vec<u8>),
    /// The same, with a `Content-Encoding`.
    Encoded(&'static str, &'static str, Vec<u8>),
    /// Bytes on a connection that says nothing more.
    Raw(Vec<u8>),
}

/// One attack: its name, what is sent, the status of the answer, and words of its message.
type Attack = (&'static str, Send, u16, &'static str);

fn text(method: &'static str, path: &'static str, media: &'static str, body: &str) -> Send {
    Send::Body(method, path, media, body.as_bytes().to_vec())
}

fn json_body(body: &str) -> Send {
    text("POST", "/api/echo", JSON, body)
}

fn form_body(body: &str) -> Send {
    text("POST", "/api/echo", FORM, body)
}

fn parts(path: &'static str, body: &[u8]) -> Send {
    Send::Body("POST", path, MULTIPART, body.to_vec())
}

/// A part with its headers.
fn part(disposition: &str, content: &str) -> String {
    format!("--frontier\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

fn raw(text: impl Into<String>) -> Send {
    Send::Raw(text.into().into_bytes())
}

fn prototypes() -> Vec<Attack> {
    let reaches = "reaches for a prototype";
    vec![
        ("__proto__ in JSON", json_body(r#"{"__proto__":{"polluted":1,"isAdmin":true}}"#), 400, reaches),
        ("__proto__ deep in JSON", json_body(r#"{"a":[{"b":{"__proto__":{"polluted":1}}}]}"#), 400, reaches),
        ("__proto__ with escapes in JSON", json_body(r#"{"\u005f_proto\u005f_":{"polluted":1}}"#), 400, reaches),
        ("constructor.prototype in JSON", json_body(r#"{"constructor":{"prototype":{"polluted":1}}}"#), 400, reaches),
        ("__proto__ in a form", form_body("__proto__[polluted]=1"), 400, reaches),
        ("__proto__ deep in a form", form_body("a[b][__proto__][polluted]=1"), 400, reaches),
        ("__proto__ with escapes in a form", form_body("%5f%5fproto__%5Bpolluted%5D=1"), 400, reaches),
        ("constructor.prototype in a form", form_body("constructor[prototype][polluted]=1"), 400, reaches),
        ("__proto__ in a multipart form", parts("/api/echo", (part("name=\"__proto__[polluted]\"", "1") + "--frontier--").as_bytes()), 400, reaches),
        ("constructor.prototype in a multipart form", parts("/api/echo", (part("name=\"a[constructor][prototype][polluted]\"", "1") + "--frontier--").as_bytes()), 400, reaches),
        ("__proto__ in a form of a page", text("POST", "/", FORM, "_action=say&__proto__[polluted]=1"), 400, "Bad request"),
        // Express' parser leaves them out of query strings; so do we.
        ("__proto__ in a query string", Send::Get("/api/echo?__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__]=1"), 200, "\"polluted\":null"),
        ("a body that is a list of prototypes", json_body(r#"[{"constructor":{"prototype":{}}}]"#), 400, reaches),
        ("a word that only looks like it", json_body(r#"{"constructor":"Renault","proto":"__proto__"}"#), 200, "Renault"),
    ]
}

fn operators() -> Vec<Attack> {
    let is_operator = "is a database operator";
    vec![
        ("an operator in a query string", Send::Get("/api/login?name=ann&password[$ne]=x"), 400, is_operator),
        ("with escapes", Send::Get("/api/login?name=ann&password%5B%24ne%5D=x"), 400, is_operator),
        ("a pattern", Send::Get("/api/login?name=ann&password[$regex]=.*"), 400, is_operator),
        ("deep in a query string", Send::Get("/api/login?name=ann&password[$not][$eq]=x"), 400, is_operator),
        ("$where in a query string", Send::Get("/api/login?$where=sleep(1000)"), 400, is_operator),
        ("$where below a name", Send::Get("/api/login?name[$where]=1"), 400, is_operator),
        ("$or in a query string", Send::Get("/api/login?$or[0][name]=ann"), 400, is_operator),
        ("an operator in a form", text("POST", "/api/login", FORM, "name=ann&password[$gt]="), 400, is_operator),
        ("an operator in a multipart form", parts("/api/login", (part("name=name", "ann") + &part("name=\"password[$ne]\"", "x") + "--frontier--").as_bytes()), 400, is_operator),
        ("$where in a filter of JSON", text("PUT", "/api/notes", JSON, r#"{"$where":"while(true){}"}"#), 400, "operators that came with the request"),
        ("an operator in JSON", text("POST", "/api/login", JSON, r#"{"name":"ann","password":{"$ne":""}}"#), 400, "operators that came with the request"),
        ("$function in a filter of JSON", text("PUT", "/api/notes", JSON, r#"{"$expr":{"$function":{"body":"f","args":[],"lang":"js"}}}"#), 400, "$function"),
        ("an operator that is none", text("PUT", "/api/notes", JSON, r#"{"text":{"$drop":1}}"#), 400, "$drop"),
        ("SQL in a value", Send::Get("/api/login?name=ann&password='%20OR%201=1%20--"), 401, "wrong name or password"),
        ("SQL in a name", text("PUT", "/api/notes", JSON, r#"{"text' OR 1=1 --":"x"}"#), 200, "[]"),
        ("a price in dollars", Send::Get("/api/echo?price=$ne&$top=5&a[b]=$where"), 200, "\"$top\":\"5\""),
    ]
}

fn paths() -> Vec<Attack> {
    vec![
        ("up from sendFile's root", Send::Get("/api/file?name=../secret.txt"), 403, "Forbidden"),
        ("up with escapes", Send::Get("/api/file?name=%2e%2e%2fsecret.txt"), 403, "Forbidden"),
        ("up with double escapes", Send::Get("/api/file?name=%252e%252e%252fsecret.txt"), 404, "Not Found"),
        ("up from below", Send::Get("/api/file?name=a/../../secret.txt"), 403, "Forbidden"),
        ("an absolute path", Send::Get("/api/file?name=/etc/passwd"), 404, "Not Found"),
        ("backslashes", Send::Get("/api/file?name=..%5csecret.txt"), 404, "Not Found"),
        ("NUL in a path", Send::Get("/api/file?name=may.txt%00.png"), 400, "Bad Request"),
        ("a dot file", Send::Get("/api/file?name=.env"), 404, "Not Found"),
        ("up from public/", Send::Get("/..%2f..%2fsecret.txt"), 404, ""),
        ("up from public/, plainly", raw("GET /../../secret.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 404, ""),
        ("NUL in the URL", Send::Get("/%00"), 400, ""),
        ("a file that is called up", parts("/api/upload", (part("name=file; filename=\"../../evil.txt\"", "x") + "--frontier--").as_bytes()), 200, "{\"name\":\"evil.txt\",\"isInside\":true}"),
        ("with backslashes", parts("/api/upload", (part("name=file; filename=\"..\\\\..\\\\evil.txt\"", "x") + "--frontier--").as_bytes()), 200, "\"name\":\"evil.txt\""),
        ("an absolute file", parts("/api/upload", (part("name=file; filename=\"/etc/cron.d/evil\"", "x") + "--frontier--").as_bytes()), 200, "\"name\":\"evil\""),
        ("a file that is called ..", parts("/api/upload", (part("name=file; filename=\"..\"", "x") + "--frontier--").as_bytes()), 200, "\"isInside\":true"),
    ]
}

fn lines() -> Vec<Attack> {
    vec![
        ("CRLF in a header's value", Send::Get("/api/lines?header=a%0d%0aSet-Cookie:%20stolen=1"), 400, "Invalid character in header content"),
        ("LF in a header's value", Send::Get("/api/lines?header=a%0aSet-Cookie:%20stolen=1"), 400, "Invalid character in header content"),
        ("NUL in a header's value", Send::Get("/api/lines?header=a%00b"), 400, "Invalid character in header content"),
        ("CRLF in a header's name", Send::Get("/api/lines?name=a%0d%0aSet-Cookie"), 400, "valid HTTP token"),
        ("CRLF in a type", Send::Get("/api/lines?type=text/html%0d%0aSet-Cookie:%20stolen=1"), 400, "Invalid character in header content"),
        ("CRLF in a redirect is escaped", Send::Get("/api/lines?redirect=/x%0d%0aSet-Cookie:%20stolen=1"), 302, ""),
        ("CRLF in a cookie is escaped", Send::Get("/api/lines?cookie=a%0d%0aSet-Cookie:%20stolen=1"), 200, "done"),
        ("CRLF in a file's name is replaced", Send::Get("/api/lines?download=a%0d%0aSet-Cookie:%20stolen=1.txt"), 200, "done"),
        ("CRLF in the request's own header", raw("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\nConnection: close\r\n\r\n"), 400, ""),
    ]
}

fn sizes() -> Vec<Attack> {
    let large = || vec![b' '; 200_000];
    let file = |size: usize| (part("name=file; filename=a.txt", &"x".repeat(size)) + "--frontier--").into_bytes();
    let many = |count: usize| part("name=a", "x").repeat(count) + "--frontier--";
    vec![
        ("JSON that is too large", Send::Body("POST", "/api/echo", JSON, large()), 413, "too large"),
        ("a form that is too large", Send::Body("POST", "/api/echo", FORM, large()), 413, "too large"),
        ("text that is too large", Send::Body("POST", "/api/echo", "text/plain", large()), 413, "too large"),
        ("bytes that are too large", Send::Body("POST", "/api/echo", "application/octet-stream", large()), 413, "too large"),
        ("a file that is too large", Send::Body("POST", "/api/upload", MULTIPART, file(250_000)), 413, "a file may have"),
        ("too many fields", Send::Body("POST", "/api/echo", MULTIPART, many(20).into_bytes()), 413, "more than 10 fields"),
        ("too many files", Send::Body("POST", "/api/upload", MULTIPART, (part("name=file; filename=a.txt", "x").repeat(5) + "--frontier--").into_bytes()), 413, "more than 3 files"),
        ("a length that is announced too large", raw("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n"), 413, "too large"),
        ("a head that is too large", raw(format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {}\r\n\r\n", "x".repeat(70_000))), 431, ""),
        ("JSON that is too deep", json_body(&"[".repeat(90_000)), 400, ""),
        ("a form that is too deep", form_body(&format!("a{}=1", "[b]".repeat(20_000))), 200, ""),
        ("a gzip bomb", Send::Encoded(JSON, "gzip", gzip(&vec![b' '; 50_000_000])), 413, "too large"),
        ("a gzip bomb in a gzip bomb", Send::Encoded(JSON, "gzip, gzip", gzip(&gzip(&vec![b' '; 50_000_000]))), 415, ""),
        ("a deflate bomb", Send::Encoded(JSON, "deflate", deflate(50_000_000)), 413, "too large"),
        ("a multipart form in a gzip bomb", Send::Encoded(MULTIPART, "gzip", gzip(&file(50_000_000))), 413, ""),
        ("a zip bomb is a file like any other", Send::Body("POST", "/api/upload", MULTIPART, zip_bomb()), 200, "\"name\":\"bomb.zip\""),
    ]
}

fn malformed() -> Vec<Attack> {
    let whole = part("name=a", "x") + "--frontier--";
    vec![
        ("JSON that is cut off", json_body(r#"{"a":"#), 400, "JSON"),
        ("JSON that is none", json_body("a=1"), 400, "JSON"),
        ("JSON that is no UTF-8", Send::Body("POST", "/api/echo", JSON, b"{\"a\":\"\xff\xfe\"}".to_vec()), 400, "UTF-8"),
        ("an overlong slash in the path", Send::Get("/%c0%af"), 400, ""),
        ("a path that is no UTF-8", Send::Get("/%ff%fe"), 400, "malformed"),
        ("a broken escape in the path", Send::Get("/%zz"), 400, "malformed"),
        ("a form that is no UTF-8", Send::Body("POST", "/api/echo", FORM, b"a=%ff%fe&b=\xff".to_vec()), 200, "\u{fffd}"),
        ("a coding that is not what it says", Send::Encoded(JSON, "gzip", b"not gzip".to_vec()), 400, ""),
        ("a coding that is cut off", Send::Encoded(JSON, "gzip", gzip(b"{\"a\":1}")[..15].to_vec()), 400, ""),
        ("a coding that nobody knows", Send::Encoded(JSON, "compress", b"x".to_vec()), 415, ""),
        ("multipart without a boundary", Send::Body("POST", "/api/echo", "multipart/form-data", whole.as_bytes().to_vec()), 400, "names no boundary"),
        ("multipart with another boundary", parts("/api/echo", b"--other\r\n\r\nx\r\n--other--"), 400, "boundary does not occur"),
        ("multipart that is cut off", parts("/api/echo", &whole.as_bytes()[..whole.len() - 14]), 400, "ends before its last boundary"),
        ("multipart in the middle of a header", parts("/api/echo", b"--frontier\r\nContent-Dispos"), 400, "ends before its last boundary"),
        ("a part without a name", parts("/api/echo", (part("filename=x", "x") + "--frontier--").as_bytes()), 400, "no field name"),
        ("a part without headers", parts("/api/echo", b"--frontier\r\n\r\nx\r\n--frontier--"), 400, "no field name"),
        ("a part's header without end", parts("/api/echo", format!("--frontier\r\nX: {}\r\n\r\nx\r\n--frontier--", "y".repeat(30_000)).as_bytes()), 400, "headers are too long"),
        ("two lengths", raw("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"), 400, ""),
        ("a length and chunks", raw("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"), 400, ""),
        ("a chunk's length that is none", raw("POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n\r\n"), 400, ""),
        ("no Host", raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 400, ""),
        ("two Hosts", raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"), 400, ""),
        ("a Host with markup", raw("GET / HTTP/1.1\r\nHost: \"><script>\r\nConnection: close\r\n\r\n"), 400, "Host"),
        ("no HTTP", raw("hello\r\n\r\n"), 400, ""),
        ("a head that never ends", raw("GET / HTTP/1.1\r\nHo"), 408, ""),
        ("a body that never comes", raw("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{"), 408, ""),
        ("a file that never comes", raw("POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=frontier\r\nContent-Length: 90000\r\n\r\n--frontier\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nx"), 408, ""),
    ]
}

pub fn check(checks: &mut Checks, server: &mut Server) {
    let mut client = server.client();
    let notes = ["a first note", "b second note", "c third note"];
    for note in notes {
        checks.page("a note", client.post_json("/api/notes", &json!({ "text": note })), 201, &[note]);
    }
    checks.page("the right password", client.get("/api/login?name=ann&password=correct%20horse"), 200, &["ann"]);
    checks.page("a file", client.get("/api/file?name=may.txt"), 200, &["the report of May"]);
    for (what, send, status, words) in [prototypes(), operators(), paths(), lines(), sizes(), malformed()].into_iter().flatten() {
        let reply = deliver(&mut client, &send);
        let reply = checks.page(what, reply, status, &[words]);
        // What is no HTTP gets the status line alone.
        let is_answered = matches!(send, Send::Raw(_)) || (300..400).contains(&reply.status) || !reply.text().trim().is_empty();
        checks.that(&format!("{what}: a message"), is_answered);
        checks.that(&format!("{what}: tells no secret"), !reply.text().contains("the secret") && !reply.text().contains("root:"));
        checks.that(&format!("{what}: sets no cookie of the attacker's"), reply.headers_named("set-cookie").iter().all(|cookie| !cookie.starts_with("stolen")));
        checks.that(&format!("{what}: no place in the app's code"), reply.status == 500 || !reply.text().contains("app/routes"));
    }
    let seen: Vec<String> = client.get("/api/notes").map(|r| r.json().as_array().into_iter().flatten().filter_map(|n| n.as_str().map(str::to_owned)).collect()).unwrap_or_default();
    checks.equal("nothing is lost", seen, notes.map(str::to_owned).to_vec());
    checks.page("no prototype has changed", client.get("/"), 200, &["<p id=\"polluted\">clean</p>"]);
    checks.page("nor has another request's", deliver(&mut client, &json_body("{}")), 200, &["\"polluted\":null", "\"admin\":null"]);
}

fn deliver(client: &mut Client, send: &Send) -> std::io::Result<Reply> {
    match send {
        Send::Get(path) => client.get(path),
        Send::Body(method, path, media, body) => client.request(method, path, &[("Content-Type", media), ("Sec-Fetch-Site", "same-origin")], body),
        Send::Encoded(media, coding, body) => client.request("POST", "/api/echo", &[("Content-Type", media), ("Content-Encoding", coding), ("Sec-Fetch-Site", "same-origin")], body),
        Send::Raw(bytes) => {
            let mut stream = TcpStream::connect(client.address())?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            stream.write_all(bytes)?;
            let mut answer = Vec::new();
            // A reset after the answer is the answer's end.
            let _ = stream.read_to_end(&mut answer);
            puremix_tests::http::parse_reply(&answer, false)
        }
    }
}

/// By the program `gzip`, which has nothing of ours.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let Ok(mut child) = Command::new("gzip").args(["-9", "-c"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { return Vec::new() };
    let (stdin, input) = (child.stdin.take(), bytes.to_vec());
    let writer = std::thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(&input)));
    let output = child.wait_with_output().map(|o| o.stdout).unwrap_or_default();
    let _ = writer.join();
    output
}

/// Spaces in zlib's format: that of gzip without its ten bytes before and eight after, between a head and a checksum that is never reached.
fn deflate(size: usize) -> Vec<u8> {
    let zipped = gzip(&vec![b' '; size]);
    [b"\x78\x9c", zipped.get(10..zipped.len().saturating_sub(8)).unwrap_or_default(), &[0; 4]].concat()
}

/// An archive that would be a hundred thousand times as large; nobody opens it.
fn zip_bomb() -> Vec<u8> {
    let inside = gzip(&vec![b' '; 50_000_000]);
    let mut body = part("name=file; filename=bomb.zip", "PK\x03\x04").into_bytes();
    body.truncate(body.len() - 2);
    body.extend_from_slice(&inside);
    body.extend_from_slice(b"\r\n--frontier--");
    body
}
