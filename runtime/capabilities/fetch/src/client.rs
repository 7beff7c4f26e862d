//! One request and its answer over HTTP/1.1, redirects included. Knows no values.

use crate::connect::{Tcp, connector, failure_of};
use crate::decode::Reader;
use crate::failure::Failure;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http_body_util::Full;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::cell::{Cell, OnceCell};
use std::future::Future;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use url::Url;

/// How long an answer's head may take, as undici has it.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(300);
/// Idle connections are kept as long as undici keeps them.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Fetch Standard, §4.4.
const MAX_REDIRECTS: usize = 20;
/// Ports that the standard refuses.
const BAD_PORTS: &[u16] = &[
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119,
    123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// What to do with a redirect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redirect {
    Follow,
    Error,
    Manual,
}

/// A request, all of it in memory.
#[derive(Clone)]
pub struct Outgoing {
    pub method: String,
    pub url: Url,
    pub headers: Vec<(String, String)>,
    pub body: Option<Bytes>,
    pub redirect: Redirect,
}

/// The head of an answer, and its body to read.
pub struct Answer {
    pub status: u16,
    pub status_text: String,
    pub headers: Vec<(String, String)>,
    pub url: Url,
    pub redirected: bool,
    pub body: Reader,
}

/// Ends an exchange from outside.
#[derive(Default)]
pub struct Abort {
    aborted: Cell<bool>,
    told: Notify,
}

impl Abort {
    pub fn abort(&self) {
        self.aborted.set(true);
        self.told.notify_waiters();
    }

    /// The future's output, unless this is aborted first.
    pub async fn race<T>(&self, future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        if self.aborted.get() {
            return Err(Failure::Aborted);
        }
        let mut told = std::pin::pin!(self.told.notified());
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| {
            if told.as_mut().poll(context).is_ready() || self.aborted.get() {
                return Poll::Ready(Err(Failure::Aborted));
            }
            future.as_mut().poll(context)
        })
        .await
    }
}

type Pool = Client<HttpsConnector<Tcp>, Full<Bytes>>;

thread_local! {
    /// Connections belong to the runtime of one isolate.
    static POOL: OnceCell<Pool> = const { OnceCell::new() };
}

fn pool() -> Pool {
    POOL.with(|pool| {
        let make = || {
            let mut builder = Client::builder(TokioExecutor::new());
            builder.pool_idle_timeout(KEEP_ALIVE).pool_timer(TokioTimer::new());
            builder.build(connector())
        };
        pool.get_or_init(make).clone()
    })
}

/// Sends a request and follows its redirects.
pub async fn send(mut request: Outgoing, abort: Rc<Abort>) -> Result<Answer, Failure> {
    let mut redirected = false;
    for _ in 0..=MAX_REDIRECTS {
        let answer = abort.race(exchange(&request)).await?;
        let (parts, body) = answer.into_parts();
        let location = parts.headers.get(header::LOCATION).filter(|_| matches!(parts.status.as_u16(), 301 | 302 | 303 | 307 | 308));
        if let Some(location) = location {
            match request.redirect {
                Redirect::Error => return Err(Failure::Network("unexpected redirect")),
                Redirect::Manual => {}
                Redirect::Follow => {
                    let target = location.to_str().ok().and_then(|text| request.url.join(text).ok());
                    let Some(mut target) = target else { return Err(Failure::Network("URL scheme must be a HTTP(S) scheme")) };
                    if !matches!(target.scheme(), "http" | "https") {
                        return Err(Failure::Network("URL scheme must be a HTTP(S) scheme"));
                    }
                    if target.fragment().is_none() {
                        target.set_fragment(request.url.fragment());
                    }
                    follow(&mut request, target, parts.status.as_u16());
                    redirected = true;
                    continue;
                }
            }
        }
        let coding = parts.headers.get(header::CONTENT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let reason = parts.extensions.get::<hyper::ext::ReasonPhrase>().map(|r| String::from_utf8_lossy(r.as_bytes()).into_owned());
        let no_body = request.method == "HEAD" || matches!(parts.status.as_u16(), 101 | 204 | 205 | 304);
        return Ok(Answer {
            status: parts.status.as_u16(),
            status_text: reason.unwrap_or_else(|| parts.status.canonical_reason().unwrap_or_default().to_owned()),
            headers: parts.headers.iter().map(|(n, v)| (n.as_str().to_owned(), latin1(v.as_bytes()))).collect(),
            url: request.url,
            redirected,
            body: Reader::new(body, if no_body { "" } else { &coding }),
        });
    }
    Err(Failure::Network("redirect count exceeded"))
}

/// Header values are bytes; programs see each as a character.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// Turns a request into the one its redirect asks for (Fetch Standard, §4.4).
fn follow(request: &mut Outgoing, target: Url, status: u16) {
    let becomes_get = matches!(status, 301 | 302) && request.method == "POST" || status == 303 && !matches!(request.method.as_str(), "GET" | "HEAD");
    let drop = |headers: &mut Vec<(String, String)>, names: &[&str]| headers.retain(|(n, _)| !names.contains(&n.to_ascii_lowercase().as_str()));
    if becomes_get {
        request.method = "GET".to_owned();
        request.body = None;
        drop(&mut request.headers, &["content-encoding", "content-language", "content-location", "content-type", "content-length"]);
    }
    if request.url.origin() != target.origin() {
        drop(&mut request.headers, &["authorization", "proxy-authorization", "cookie", "host"]);
    }
    request.url = target;
}

async fn exchange(request: &Outgoing) -> Result<http::Response<hyper::body::Incoming>, Failure> {
    if request.url.port().is_some_and(|p| BAD_PORTS.contains(&p)) {
        return Err(Failure::Network("bad port"));
    }
    let mut url = request.url.clone();
    url.set_fragment(None);
    let invalid = |e: http::Error| Failure::Protocol(e.to_string());
    let mut message = http::Request::builder()
        .method(request.method.as_str())
        .uri(url.as_str())
        .body(Full::new(request.body.clone().unwrap_or_default()))
        .map_err(invalid)?;
    *message.headers_mut() = headers(request)?;
    match tokio::time::timeout(HEADERS_TIMEOUT, pool().request(message)).await {
        Err(_) => Err(Failure::HeadersTimeout),
        Ok(Err(e)) => Err(failure_of(&e)),
        Ok(Ok(answer)) => Ok(answer),
    }
}

/// The program's headers, and those that undici adds.
fn headers(request: &Outgoing) -> Result<HeaderMap, Failure> {
    /// What the connection itself says.
    const OURS: &[&str] = &["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"];
    let mut map = HeaderMap::new();
    for (name, value) in &request.headers {
        if OURS.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let bytes: Vec<u8> = value.chars().map(|c| c as u8).collect();
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&bytes)) else {
            return Err(Failure::Protocol(format!("invalid header {name}")));
        };
        map.append(name, value);
    }
    let codings = if request.url.scheme() == "https" { "br, gzip, deflate" } else { "gzip, deflate" };
    let defaults = [("accept", "*/*"), ("accept-language", "*"), ("sec-fetch-mode", "cors"), ("user-agent", "node"), ("accept-encoding", codings)];
    for (name, value) in defaults {
        map.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if request.body.is_none() && matches!(request.method.as_str(), "POST" | "PUT") {
        map.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(url: &str) -> Outgoing {
        let headers = vec![("Authorization".to_owned(), "x".to_owned()), ("content-type".to_owned(), "a/b".to_owned())];
        let url = Url::parse(url).expect("a URL");
        Outgoing { method: "POST".to_owned(), url, headers, body: Some(Bytes::from_static(b"b")), redirect: Redirect::Follow }
    }

    #[test]
    fn redirects_keep_what_the_standard_keeps() {
        for (status, to, method, body, names) in [
            (302, "http://a/y", "GET", false, vec!["Authorization"]),
            (307, "http://a/y", "POST", true, vec!["Authorization", "content-type"]),
            (303, "https://a/y", "GET", false, vec![]),
            (308, "http://b/", "POST", true, vec!["content-type"]),
        ] {
            let mut request = post("http://a/x");
            follow(&mut request, Url::parse(to).expect("a URL"), status);
            let left: Vec<&str> = request.headers.iter().map(|(n, _)| n.as_str()).collect();
            assert_eq!((request.method.as_str(), request.body.is_some(), left), (method, body, names), "{status} {to}");
        }
    }
}
