//! `tests/run/express`: Express' request and response as its documentation has them.

mod handlers;
mod middleware;
mod streaming;

use super::check::Checks;
use puremix_tests::{Client, Reply, Server};
use serde_json::json;

pub fn check(checks: &mut Checks, server: &mut Server) {
    formats(checks, server);
    files(checks, server);
    headers(checks, server);
    cookies(checks, server);
    requests(checks, server);
    handlers::check(checks, server);
    middleware::check(checks, server);
    streaming::check(checks, server);
    timeouts(checks, server);
}

fn ask(client: &mut Client, path: &str, headers: &[(&str, &str)]) -> std::io::Result<Reply> {
    client.request("GET", path, headers, b"")
}

/// Every line of a header.
fn lines<'a>(reply: &'a Reply, name: &str) -> Vec<&'a str> {
    reply.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect()
}

fn formats(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let html = checks.page("format: what the client likes best", ask(&mut client, "/api/format", &[("accept", "text/html,*/*;q=0.8")]), 200, &[]);
    checks.equal("with the request and the response", html.text(), "<b>true</b>".to_owned());
    checks.equal("its type", html.header("content-type"), Some("text/html; charset=utf-8"));
    checks.equal("and Vary", html.header("vary"), Some("Accept"));
    let text = checks.page("format: the first where anything is accepted", ask(&mut client, "/api/format", &[]), 200, &["plain"]);
    checks.equal("its type", text.header("content-type"), Some("text/plain; charset=utf-8"));
    checks.page("format: JSON", ask(&mut client, "/api/format", &[("accept", "application/json")]), 200, &["{\"kind\":\"json\"}"]);
    checks.page("format: nothing fits", ask(&mut client, "/api/format", &[("accept", "image/png")]), 406, &["Not Acceptable"]);
    checks.page("format: the default", ask(&mut client, "/api/format?fallback=1", &[("accept", "image/png")]), 406, &["fallback"]);
    let script = checks.page("jsonp", client.get("/api/jsonp?callback=a.b%28%29"), 200, &["/**/ typeof a.b === 'function' && a.b({\"text\":\"a\\u2028b\"});"]);
    checks.equal("its type", script.header("content-type"), Some("text/javascript; charset=utf-8"));
    checks.equal("which is final", script.header("x-content-type-options"), Some("nosniff"));
    let json = checks.page("jsonp without a callback", client.get("/api/jsonp"), 200, &["{\"text\":"]);
    checks.equal("is JSON", json.header("content-type"), Some("application/json; charset=utf-8"));
}

fn files(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let file = checks.page("sendFile", client.get("/api/files?how=send"), 200, &["id,name\n1,Desk\n"]);
    checks.equal("its type", file.header("content-type"), Some("text/csv; charset=utf-8"));
    checks.equal("is shown", file.header("content-disposition"), None);
    let part = checks.page("a range", ask(&mut client, "/api/files?how=send", &[("range", "bytes=3-6")]), 206, &["name"]);
    checks.equal("says which", part.header("content-range"), Some("bytes 3-6/15"));
    let tag = file.header("etag").unwrap_or_default().to_owned();
    checks.page("a copy that holds", ask(&mut client, "/api/files?how=send", &[("if-none-match", &tag)]), 304, &[]);
    let rooted = checks.page("sendFile below a root", client.get("/api/files?how=root&name=report.csv"), 200, &["Desk"]);
    checks.equal("its age", rooted.header("cache-control"), Some("public, max-age=86400"));
    checks.equal("its headers", rooted.header("x-kind"), Some("file"));
    checks.page("leaves no root", client.get("/api/files?how=root&name=../../etc/passwd"), 403, &["Forbidden"]);
    checks.page("hides dotfiles", client.get("/api/files?how=root&name=.hidden"), 404, &["Not Found"]);
    checks.page("the callback gets the error", client.get("/api/files?how=callback"), 404, &["{\"code\":\"ENOENT\"}"]);
    checks.page("without one it is 404", client.get("/api/files?how=missing"), 404, &["Not Found"]);
    let download = checks.page("download", client.get("/api/files?how=download"), 200, &["Desk"]);
    checks.equal("under the file's name", download.header("content-disposition"), Some("attachment; filename=\"report.csv\""));
    let named = checks.page("download under another name", client.get("/api/files?how=named"), 200, &["Desk"]);
    checks.equal("of any letters", named.header("content-disposition"), Some("attachment; filename=\"Ums?tze (1).csv\"; filename*=UTF-8''Ums%C3%A4tze%20%281%29.csv"));
    let attachment = checks.page("attachment", client.get("/api/files?how=attachment"), 200, &[]);
    checks.equal("its type", attachment.header("content-type"), Some("image/png"));
    checks.equal("its name", attachment.header("content-disposition"), Some("attachment; filename=\"logo.png\""));
    checks.equal("attachment without a name", client.get("/api/files").ok().and_then(|r| r.header("content-disposition").map(str::to_owned)), Some("attachment".to_owned()));
}

fn headers(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let reply = checks.page("headers", client.get("/api/headers"), 200, &["[[\"199 a\",\"199 b\"],\"5\",true]"]);
    checks.equal("append adds a line", lines(&reply, "warning"), vec!["199 a", "199 b"]);
    checks.equal("append of an array", lines(&reply, "x-list"), vec!["1", "2"]);
    checks.equal("set of an array", lines(&reply, "x-array"), vec!["3", "4"]);
    checks.equal("links", lines(&reply, "link"), vec!["<http://x.test/?page=2>; rel=\"next\", <http://x.test/?page=5>; rel=\"last\""]);
    checks.equal("vary says each once", lines(&reply, "vary"), vec!["Accept, Origin"]);
    checks.equal("type", reply.header("content-type"), Some("text/plain; charset=utf-8"));
    let sent = checks.page("send", client.get("/api/send"), 200, &["hello false"]);
    let tag = sent.header("etag").unwrap_or_default().to_owned();
    checks.that("has a weak ETag", tag.starts_with("W/\"b-"));
    let again = checks.page("what the client has is not sent again", ask(&mut client, "/api/send", &[("if-none-match", &tag)]), 304, &[]);
    checks.equal("nothing of it", again.text(), String::new());
    checks.page("unless it is told to", ask(&mut client, "/api/send", &[("if-none-match", &tag), ("cache-control", "no-cache")]), 200, &["hello"]);
    checks.page("sendStatus", client.get("/api/send?status=404"), 404, &["Not Found"]);
    let back = checks.page("redirect back", ask(&mut client, "/api/send?back=1", &[("referer", "/from")]), 302, &[]);
    checks.equal("to where the visitor was", back.header("location"), Some("/from"));
    let head = checks.page("writeHead", client.get("/api/send?head=1"), 201, &["made"]);
    checks.equal("with headers", head.header("x-a"), Some("b"));
}

fn cookies(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let set = checks.page("cookies are set", client.get("/api/cookies?set=1"), 200, &[]);
    let cookies = lines(&set, "set-cookie");
    let signed = cookies.first().copied().unwrap_or_default();
    checks.that("a signed one", signed.starts_with("user=s%3Aj%3A%7B%22id%22%3A7%7D.") && signed.ends_with("; Path=/; HttpOnly; Priority=High"));
    checks.equal("and a plain one", cookies.get(1).copied(), Some("plain=a%20b; Path=/"));
    let value = signed.split(';').next().unwrap_or_default();
    let read = |cookie: &str| ask(&mut server.client(), "/api/cookies", &[("cookie", cookie)]).map(|r| r.json()).unwrap_or_default();
    checks.equal("signed ones are read apart", read(&format!("{value}; plain=x")), json!({ "cookies": { "plain": "x" }, "signed": { "user": { "id": 7 } } }));
    checks.equal("a forged one is false", read(&value.replace("%3A7%7D", "%3A8%7D")), json!({ "cookies": {}, "signed": { "user": false } }));
}

fn requests(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    let asked = [
        ("accept", "text/html;q=0.5, application/json"),
        ("accept-encoding", "gzip"),
        ("accept-language", "en;q=0.3, de"),
        ("range", "bytes=0-9, 50-"),
        ("if-none-match", "\"v1\""),
    ];
    let reply = ask(&mut client, "/api/asked/7", &[&asked[..4], &[("x-a", "b")]].concat());
    let answer = checks.page("what a request says", reply, 200, &[]).json();
    checks.equal("all of it", answer, json!({
        "fresh": false, "stale": true, "subdomains": [], "baseUrl": "", "path": "/api/asked/:id", "same": true,
        "types": ["application/json", "text/html"], "type": "json", "encoding": "gzip", "language": "de", "charset": "utf-8",
        "range": ["bytes", { "start": 0, "end": 9 }, { "start": 50, "end": 99 }], "is": null,
    }));
    checks.page("an ETag of the handler's own", ask(&mut client, "/api/asked/7", &asked), 304, &[]);
    let beyond = ask(&mut client, "/api/asked/7", &[("range", "bytes=200-300")]).map(|r| r.json()["range"].clone()).unwrap_or_default();
    checks.equal("a range beyond the end", beyond, json!(-1));
}

fn timeouts(checks: &mut Checks, server: &Server) {
    let mut client = server.client();
    checks.page("an answer from a timer", client.get("/api/late?later=1"), 200, &["\"later\":true"]);
    let late = checks.page("a handler that forgets to answer", client.get("/api/late"), 504, &["{\"error\":\"Gateway Timeout\"}"]);
    checks.that("as JSON", late.header("content-type").is_some_and(|t| t.starts_with("application/json")));
    checks.page("a handler that waits for ever", client.get("/api/late?never=1"), 504, &[]);
    checks.that("the log says so", server.prints("GET /api/late: the handler has neither returned a value nor ended the response within 300 ms"));
}
