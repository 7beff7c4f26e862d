//! The server over a loopback socket, with a handler that is a plain function: what goes wrong on the wire, and what must not.

use puremix_runtime::app::{ApiDef, AppDef, AssetDef, PageDef, RouteDef, RouteKind, Segment};
use puremix_runtime::capabilities::Capabilities;
use puremix_runtime::config::Settings;
use puremix_runtime::http::exchange::Exchange;
use puremix_runtime::http::message::{Param, Reply, RequestParts};
use puremix_runtime::http::{Handler, Target, server};
use puremix_runtime::site::Site;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

static PAGE: PageDef = PageDef {
    name: "page",
    file: "page.puremix",
    loaders: &[],
    actions: &[],
    render: &|_, _, _| Ok(()),
    head: None,
    components: &[],
    layout: None,
    has_forms: false,
    mentions_puremix: false,
};
static API: &[ApiDef] = &[
    ApiDef { method: Some("GET"), handler: &|_| Ok(Default::default()) },
    ApiDef { method: Some("POST"), handler: &|_| Ok(Default::default()) },
];
use Segment::{CatchAll, Literal, Param as P};
static ROUTES: &[RouteDef] = &[
    RouteDef { pattern: &[], kind: RouteKind::Page(&PAGE), file: "index" },
    RouteDef { pattern: &[Literal("api")], kind: RouteKind::Api(API), file: "api" },
    RouteDef { pattern: &[Literal("item"), P("id")], kind: RouteKind::Page(&PAGE), file: "item" },
    RouteDef { pattern: &[Literal("docs"), CatchAll("path")], kind: RouteKind::Page(&PAGE), file: "docs" },
    RouteDef { pattern: &[Literal("panic")], kind: RouteKind::Page(&PAGE), file: "panic" },
    RouteDef { pattern: &[Literal("slow")], kind: RouteKind::Page(&PAGE), file: "slow" },
    RouteDef { pattern: &[Literal("split")], kind: RouteKind::Page(&PAGE), file: "split" },
];
static ASSETS: &[AssetDef] =
    &[AssetDef { url: "/app.css", public: true, content_type: "text/css", etag: "\"e1\"", bytes: b"body{}" }];
static APP: AppDef = AppDef {
    name: "test",
    version: "1.2.3",
    puremixc: "0.1.0",
    atoms: &[],
    inline_caches: 0,
    globals: 0,
    sites: &[],
    modules: &[],
    routes: ROUTES,
    config: None,
    not_found: None,
    server_error: None,
    assets: ASSETS,
    pins: &[],
    workers: None,
    capabilities: Capabilities::NONE,
};

/// Answers with what it was asked, in one line.
async fn echo(target: Target, parts: RequestParts) -> Reply {
    let route = match target {
        Target::Route(route) => route.file,
        Target::Internal => "internal",
        Target::NotFound => return Reply::text(404, "nothing here".to_owned()),
    };
    match route {
        "panic" => panic!("on purpose"),
        "slow" => tokio::time::sleep(Duration::from_millis(300)).await,
        "split" => return Reply::text(200, "x".to_owned()).with("x-evil", "a\r\nSet-Cookie: stolen=1".to_owned()),
        _ => {}
    }
    let mut text = format!("{} {route} {}", parts.method(), parts.path());
    for (name, value) in &parts.params {
        match value {
            Param::One(v) => text += &format!(" {name}={v}"),
            Param::Rest(list, joined) => text += &format!(" {name}={} 0={joined}", list.len()),
        }
    }
    Reply::text(200, format!("{text} body={}", parts.body.len()))
}

struct Running {
    address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    ended: mpsc::Receiver<bool>,
}

/// Starts a server on a free port.
fn start(change: impl FnOnce(&mut Settings)) -> Running {
    let mut settings = Settings::default();
    change(&mut settings);
    let site = Site::new(&APP, settings);
    let listeners = server::listen("127.0.0.1", 0).unwrap();
    let address = listeners[0].local_addr().unwrap();
    let (drain, _) = tokio::sync::watch::channel(false);
    let mut lanes = Vec::new();
    for _ in 0..2 {
        let (lane, port) = server::lane(&drain);
        lanes.push(lane);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let handler: Handler = Rc::new(|target, parts| Box::pin(echo(target, parts)));
            tokio::task::LocalSet::new().block_on(&runtime, server::serve(site, port, Rc::new(Exchange::new(site, handler))));
        });
    }
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let (send_ended, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let accepting = server::accept(site, listeners, lanes, drain, async move {
            let _ = stopped.await;
        });
        let clean = runtime.block_on(accepting).unwrap();
        let _ = send_ended.send(clean);
    });
    Running { address, stop: Some(stop), ended }
}

impl Running {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// Sends bytes and reads until the server closes. Writing may fail when the server has already answered and closed.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// One request; the answer as `status [header ...] | body` with the named headers.
    fn ask(&self, method: &str, target: &str, more: &str, show: &[&str]) -> String {
        let answer = self.raw(format!("{method} {target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n{more}\r\n").as_bytes());
        summary(&answer, show)
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("none")
}

fn summary(answer: &str, show: &[&str]) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut text = status(answer).to_owned();
    for name in show {
        for line in head.lines().filter(|l| l.to_ascii_lowercase().starts_with(&format!("{name}:"))) {
            text += &format!(" [{}]", line.to_ascii_lowercase());
        }
    }
    format!("{text} | {body}").trim_end().to_owned()
}

#[test]
fn routes_and_methods() {
    let s = start(|_| {});
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
    assert_eq!(s.ask("GET", "/item/a%20b/?q=1", "", &[]), "200 | GET item /item/a b/ id=a b body=0");
    assert_eq!(s.ask("GET", "/docs/a/b", "", &[]), "200 | GET docs /docs/a/b path=2 0=a/b body=0");
    assert_eq!(s.ask("HEAD", "/", "", &["content-length"]), "200 [content-length: 18] |");
    assert_eq!(s.ask("POST", "/", "Content-Length: 0\r\n", &["allow"]), "405 [allow: get, head, options] | 405 method not allowed");
    assert_eq!(s.ask("DELETE", "/api", "", &["allow"]), "405 [allow: get, post, head, options] | 405 method not allowed");
    assert_eq!(s.ask("OPTIONS", "/api", "", &["allow"]), "204 [allow: get, post, head, options] |");
    assert_eq!(s.ask("POST", "/api", "Content-Length: 3\r\n\r\nabc", &[]), "200 | POST api /api body=3");
    assert_eq!(s.ask("POST", "/api", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", &[]), "200 | POST api /api body=3");
    assert_eq!(s.ask("GET", "/none", "", &[]), "404 | nothing here");
    assert_eq!(s.ask("GET", "/_puremix/x", "", &[]), "200 | GET internal /_puremix/x body=0");
    assert!(s.ask("GET", "/health", "", &["cache-control"]).starts_with("200 [cache-control: no-store] | {\"status\":\"ok\",\"version\":\"1.2.3\""));
}

#[test]
fn every_response_has_the_fixed_headers_once() {
    let s = start(|_| {});
    let shown = s.ask("GET", "/", "", &["x-content-type-options", "x-frame-options", "referrer-policy", "cross-origin-opener-policy", "content-type"]);
    expect_test::expect!["200 [x-content-type-options: nosniff] [x-frame-options: sameorigin] [referrer-policy: strict-origin-when-cross-origin] [cross-origin-opener-policy: same-origin] [content-type: text/plain; charset=utf-8] | GET index / body=0"].assert_eq(&shown);
    assert_eq!(s.ask("GET", "/split", "", &["set-cookie", "x-evil"]), "200 | x", "a header cannot be split");
}

#[test]
fn embedded_files() {
    let s = start(|_| {});
    assert_eq!(s.ask("GET", "/app.css", "", &["etag", "content-type"]), "200 [etag: \"e1\"] [content-type: text/css] | body{}");
    assert_eq!(s.ask("GET", "/public/app.css", "", &[]), "200 | body{}");
    assert_eq!(s.ask("GET", "/app.css", "If-None-Match: \"e1\"\r\n", &["etag", "content-length"]), "304 [etag: \"e1\"] |");
    assert_eq!(s.ask("GET", "/app.css", "Range: bytes=1-2\r\n", &["content-range"]), "206 [content-range: bytes 1-2/6] | od");
    assert_eq!(s.ask("GET", "/app.css", "Range: bytes=9-\r\n", &["content-range"]), "416 [content-range: bytes */6] |");
    assert_eq!(s.ask("HEAD", "/app.css", "", &["content-length"]), "200 [content-length: 6] |");
}

#[test]
fn malformed_requests_get_4xx_and_the_server_lives() {
    let s = start(|_| {});
    let cases: &[(&str, &str)] = &[
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: \"><script>\r\n\r\n", "400"),
        ("GET / HTTP/9.9\r\nHost: a\r\n\r\n", "400"),
        ("GARBAGE\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nBad\0Name: x\r\n\r\n", "400"),
        ("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"),
        ("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400"),
        ("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", "400"),
        ("POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
        ("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n", "413"),
        ("\u{0}\u{1}\u{2}\r\n\r\n", "400"),
    ];
    for (request, want) in cases {
        let answer = s.raw(request.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes());
        assert_eq!(status(&answer), *want, "{request:?} got {answer:?}");
    }
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
}

#[test]
fn large_headers_are_refused() {
    let s = start(|_| {});
    for size in [70_000, 120_000, 1_000_000] {
        let answer = s.raw(format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {}\r\n\r\n", "x".repeat(size)).as_bytes());
        // With 1 MB the server closes before it has read all, so the client may see a reset instead of the answer.
        assert!(status(&answer) == "431" || (size > 500_000 && answer.is_empty()), "{size}: {answer:.80}");
    }
    let many: String = (0..200).map(|i| format!("X{i}: 1\r\n")).collect();
    let answer = s.raw(format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{many}\r\n").as_bytes());
    assert!(["400", "431"].contains(&status(&answer)), "{answer}");
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
}

#[test]
fn bodies_beyond_the_limit_are_refused_even_unannounced() {
    let s = start(|settings| settings.limits.body = 10);
    assert_eq!(status(&s.raw(b"POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 11\r\n\r\n12345678901")), "413");
    assert_eq!(status(&s.raw(b"POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")), "413");
    let multipart = "POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: Multipart/form-data; boundary=x\r\nContent-Length: 11\r\n\r\n12345678901";
    assert_eq!(status(&s.raw(multipart.as_bytes())), "200", "multipart has a limit of its own");
}

#[test]
fn slow_clients_are_cut_off() {
    let s = start(|settings| {
        settings.limits.header_timeout = Duration::from_millis(300);
        settings.limits.body_timeout = Duration::from_millis(300);
    });
    assert_eq!(status(&s.raw(b"GET / HTTP/1.1\r\nHo")), "408");
    assert_eq!(status(&s.raw(b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1")), "408");
    // A byte now and then does not help.
    let mut drip = s.connect();
    drip.write_all(b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n").unwrap();
    let start = Instant::now();
    while drip.write_all(b"x").is_ok() && start.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(start.elapsed() < Duration::from_secs(4), "the connection was closed");
}

#[test]
fn heads_in_pieces_are_whole_requests() {
    let s = start(|_| {});
    let mut stream = s.connect();
    for turn in 0..3 {
        for piece in ["GET / HT", "TP/1.1\r\nHost: a.exa", "mple\r\n", "\r\n"] {
            stream.write_all(piece.as_bytes()).unwrap_or_else(|e| panic!("turn {turn}: {e}"));
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut buffer = [0; 2048];
        let n = stream.read(&mut buffer).unwrap();
        assert_eq!(status(&String::from_utf8_lossy(&buffer[..n])), "200", "turn {turn}");
    }
}

#[test]
fn a_panic_is_a_500() {
    let s = start(|_| {});
    assert_eq!(status(&s.raw(b"GET /panic HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), "500");
    assert_eq!(s.ask("GET", "/", "", &[]), "200 | GET index / body=0");
}

#[test]
fn draining_finishes_what_runs_and_closes_what_idles() {
    let mut s = start(|_| {});
    let mut idle = s.connect();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut buffer = [0; 2048];
    assert!(idle.read(&mut buffer).unwrap() > 0);
    let mut busy = s.connect();
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    s.stop.take().unwrap().send(()).unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).unwrap();
    assert_eq!(summary(&answer, &["connection"]), "200 [connection: close] | GET slow /slow body=0");
    assert_eq!(idle.read(&mut buffer).unwrap(), 0, "the idle connection is closed");
    assert!(s.ended.recv_timeout(Duration::from_secs(3)).unwrap(), "everything ended by itself");
    assert!(TcpStream::connect(s.address).is_err(), "nobody listens any more");
}

#[test]
fn draining_has_an_end() {
    let mut s = start(|settings| settings.shutdown_timeout = Duration::from_millis(200));
    let mut stuck = s.connect();
    stuck.write_all(b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n1").unwrap();
    std::thread::sleep(Duration::from_millis(100));
    s.stop.take().unwrap().send(()).unwrap();
    assert!(!s.ended.recv_timeout(Duration::from_secs(3)).unwrap());
}

#[test]
fn a_taken_port_is_named() {
    let s = start(|_| {});
    let error = server::listen("127.0.0.1", s.address.port()).unwrap_err();
    assert_eq!(error, format!("{} is already in use; choose another port with --port or PORT", s.address));
}
