//! The server over a loopback socket, with a handler that is a plain function: what goes wrong on the wire, and what must not.

mod cross_site;
mod encoding;
mod rate_limit;
mod slow;
mod wire;

use puremix_runtime::app::{ApiDef, AppDef, AssetDef, PageDef, RouteDef, RouteKind, Segment};
use puremix_runtime::capabilities::Capabilities;
use puremix_runtime::config::Settings;
use puremix_runtime::http::exchange::Exchange;
use puremix_runtime::http::message::{Body, Param, Reply, RequestParts, Stream};
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
    needs_client: false,
    uses: &[],
};
static API: &[ApiDef] = &[
    ApiDef { method: Some("GET"), handler: &|_| Ok(Default::default()) },
    ApiDef { method: Some("POST"), handler: &|_| Ok(Default::default()) },
];
use Segment::{CatchAll, Literal, Param as P};
static ROUTES: &[RouteDef] = &[
    RouteDef { pattern: &[], kind: RouteKind::Page(&PAGE), file: "index", uses_session: true },
    RouteDef { pattern: &[Literal("api")], kind: RouteKind::Api(API), file: "api", uses_session: true },
    RouteDef { pattern: &[Literal("item"), P("id")], kind: RouteKind::Page(&PAGE), file: "item", uses_session: true },
    RouteDef { pattern: &[Literal("docs"), CatchAll("path")], kind: RouteKind::Page(&PAGE), file: "docs", uses_session: true },
    RouteDef { pattern: &[Literal("panic")], kind: RouteKind::Page(&PAGE), file: "panic", uses_session: true },
    RouteDef { pattern: &[Literal("slow")], kind: RouteKind::Page(&PAGE), file: "slow", uses_session: true },
    RouteDef { pattern: &[Literal("big")], kind: RouteKind::Page(&PAGE), file: "big", uses_session: true },
    RouteDef { pattern: &[Literal("split")], kind: RouteKind::Page(&PAGE), file: "split", uses_session: true },
];
static ASSETS: &[AssetDef] =
    &[
        AssetDef { url: "/app.css", public: true, content_type: "text/css", etag: "\"e1\"", bytes: b"body{}" },
        AssetDef { url: "/big.css", public: true, content_type: "text/css", etag: "\"e2\"", bytes: &[b' '; 5000] },
    ];
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
    middleware: None,
    not_found: None,
    server_error: None,
    assets: ASSETS,
    pins: &[],
    workers: None,
    capabilities: Capabilities::NONE,
    python: &[],
};

/// Answers with what it was asked, in one line.
async fn echo(target: Target, parts: RequestParts) -> Reply {
    let route = match target {
        Target::Route(route) | Target::Call(route) => route.file,
        Target::Refused(route) => return puremix_runtime::http::exchange::refusal(route, parts.method()),
        Target::Internal => "internal",
        Target::NotFound => return Reply::text(404, "nothing here".to_owned()),
    };
    match route {
        "panic" => panic!("on purpose"),
        "big" => return big(parts.query()),
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

/// A page of many lines, with what the query string says: its ETag, that it must not be transformed, or that it comes in pieces.
fn big(query: &str) -> Reply {
    let text = "<li>one of many lines of a page</li>\n".repeat(500);
    match query {
        "etag" => Reply::html(200, text).with("etag", "\"strong\""),
        "no-transform" => Reply::html(200, text).with("cache-control", "no-transform"),
        "png" => Reply::of(200, "image/png", Body::Text(text)),
        "endless" => return Reply::html(200, text.repeat(3000)),
        "huge" => Reply::html(200, text.repeat(30)),
        "stream" => {
            let (sender, stream) = Stream::new(2);
            tokio::task::spawn_local(async move {
                for line in text.as_bytes().chunks(1000) {
                    let _ = sender.send(line.to_vec().into()).await;
                }
            });
            Reply::of(200, "text/html", Body::Stream(stream))
        }
        _ => Reply::html(200, text),
    }
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

    /// As [`Running::raw`]: the head, and the body as it came, out of its chunks.
    fn bytes(&self, request: &[u8]) -> (String, Vec<u8>) {
        let mut stream = self.connect();
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
        let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        let mut body = answer.get(end + 4..).unwrap_or_default().to_vec();
        if head.contains("transfer-encoding: chunked") {
            let (mut rest, mut whole) = (body.as_slice(), Vec::new());
            while let Some(line) = rest.windows(2).position(|w| w == b"\r\n") {
                let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
                whole.extend_from_slice(&rest[line + 2..line + 2 + size]);
                rest = &rest[line + 2 + size + 2..];
            }
            body = whole;
        }
        (head, body)
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
