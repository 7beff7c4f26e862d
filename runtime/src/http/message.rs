//! A request and a reply as plain data, between the HTTP server and the isolate.

use super::call::Call;
use super::forwarded::{self, Trust};
use super::names::header_name;
use super::pipe::Pipe;
use super::sent_file::SentFile;
use super::watched::Gone;
use actix_http::{Message, Method, RequestHead, Uri, header};
use crate::upload;
use bytes::Bytes;
use std::borrow::Cow;
use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::sync::mpsc;

/// One request after routing; the body is whole (limits were applied while reading).
///
/// The parsed head is kept as it came in, and everything is read from it on demand: a page that looks at no header copies none.
pub struct RequestParts {
    head: Message<RequestHead>,
    /// The percent-decoded path, where it differs from the path as sent.
    decoded_path: Option<String>,
    trust: &'static Trust,
    /// Names this request in log lines; unique within a start of the process.
    pub id: u64,
    /// Whole, and not decoded in any way. Empty for a multipart form, unless it is a call: then it is the JSON that came with the form.
    pub body: Vec<u8>,
    /// The multipart form that the body was; its files were stored while they arrived.
    pub form: Option<upload::Form>,
    /// Route parameters in pattern order, percent-decoded.
    pub params: Params,
    /// Tells when the client goes; `None` without a connection.
    pub gone: Option<Rc<Gone>>,
    /// The function that the request calls, where it came by the wire protocol.
    pub call: Option<Box<Call>>,
    /// The client wants the head only.
    pub(crate) is_head: bool,
}

/// Route parameters in pattern order.
pub type Params = Vec<(&'static str, Param)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    One(String),
    /// `[...path]`: the decoded segments, and the decoded remainder as one string (`params[0]`).
    Rest(Vec<String>, String),
}

impl RequestParts {
    pub(crate) fn new(head: Message<RequestHead>, decoded_path: Option<String>, trust: &'static Trust, id: u64) -> Self {
        RequestParts { head, decoded_path, trust, id, body: Vec::new(), form: None, params: Vec::new(), gone: None, call: None, is_head: false }
    }

    /// A request made by hand, for tests and for rendering without a connection. `headers` have lower-case names.
    ///
    /// # Panics
    /// When `method`, `url` or a header is not valid HTTP: the caller wrote it as a literal.
    pub fn synthetic(method: &str, url: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Self {
        let mut head = Message::<RequestHead>::new();
        head.method = Method::from_bytes(method.as_bytes()).expect("a method");
        head.uri = url.parse::<Uri>().expect("a URL");
        for (name, value) in headers {
            let name = header::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
            head.headers.append(name, header::HeaderValue::from_str(value).expect("a header value"));
        }
        let decoded = super::path::decode(head.uri.path()).expect("a well-formed path");
        let decoded_path = match decoded {
            Cow::Borrowed(_) => None,
            Cow::Owned(p) => Some(p),
        };
        RequestParts { head, decoded_path, trust: &Trust::Loopback, id: 0, body, form: None, params: Vec::new(), gone: None, call: None, is_head: false }
    }

    /// From now on this is a request for another path and query.
    ///
    /// # Errors
    /// When the text is no path of a URL.
    pub(crate) fn readdress(&mut self, url: &str) -> Result<(), ()> {
        let decoded = match super::path::decode(url.split('?').next().unwrap_or_default()).map_err(|_| ())? {
            Cow::Borrowed(_) => None,
            Cow::Owned(path) => Some(path),
        };
        let mut parts = std::mem::take(&mut self.head.uri).into_parts();
        parts.path_and_query = Some(url.parse().map_err(|_| ())?);
        self.head.uri = Uri::from_parts(parts).map_err(|_| ())?;
        self.decoded_path = decoded;
        Ok(())
    }

    /// From now on this is the body, whose length the head tells.
    pub(crate) fn set_body(&mut self, body: Vec<u8>) {
        self.head.headers.remove(header::TRANSFER_ENCODING);
        self.head.headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(body.len()));
        self.body = body;
    }

    /// Upper case; GET for a HEAD request, which is answered as one.
    pub fn method(&self) -> &str {
        self.head.method.as_str()
    }

    /// As the client wrote it: what server code sees.
    pub fn asked_method(&self) -> &str {
        if self.is_head { "HEAD" } else { self.method() }
    }

    /// The path as sent, still percent-encoded.
    pub(crate) fn raw_path(&self) -> &str {
        self.head.uri.path()
    }

    pub(crate) fn header_map(&self) -> &header::HeaderMap {
        &self.head.headers
    }

    /// True when the head announces a body.
    pub(crate) fn may_have_body(&self) -> bool {
        self.head.headers.contains_key(header::CONTENT_LENGTH) || self.head.headers.contains_key(header::TRANSFER_ENCODING)
    }

    /// Path and query as sent (`/a?b=1`).
    pub fn url(&self) -> &str {
        self.head.uri.path_and_query().map_or("/", |p| p.as_str())
    }

    /// The percent-decoded path.
    pub fn path(&self) -> &str {
        self.decoded_path.as_deref().unwrap_or_else(|| self.head.uri.path())
    }

    /// Without `?`, undecoded; empty when absent.
    pub fn query(&self) -> &str {
        self.head.uri.query().unwrap_or("")
    }

    /// The first header of that (lower-case) name, when it is UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(header_name(name)?).and_then(|v| std::str::from_utf8(v.as_bytes()).ok())
    }

    /// Every header line: the lower-case name, and the value (as UTF-8, otherwise byte by byte as Latin-1, which is what Node does).
    /// Lines of one name keep their order; the order of names is not kept.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.head.headers.iter().map(|(name, value)| (name.as_str(), text_of(value.as_bytes())))
    }

    /// The peer's address, after trusted proxies.
    pub fn remote_addr(&self) -> String {
        match forwarded::client_address(self.trust, self.peer(), &self.head.headers) {
            Some(ip) => ip,
            None => self.peer().map(|a| a.ip().to_string()).unwrap_or_default(),
        }
    }

    /// The addresses that trusted proxies have named, the client's first.
    pub fn forwarded_chain(&self) -> Vec<String> {
        forwarded::client_chain(self.trust, self.peer(), &self.head.headers)
    }

    /// `1.1` or `1.0`.
    pub fn http_version(&self) -> &'static str {
        if self.head.version == actix_http::Version::HTTP_10 { "1.0" } else { "1.1" }
    }

    /// `http` or `https`, after trusted proxies.
    pub fn protocol(&self) -> &'static str {
        forwarded::protocol(self.trust, self.peer(), &self.head.headers)
    }

    /// `Host` (or, from a trusted proxy, `X-Forwarded-Host`), with its port; empty when absent.
    pub fn host(&self) -> &str {
        forwarded::host(self.trust, self.peer(), &self.head.headers).or(self.head.uri.host()).unwrap_or("")
    }

    /// [`Self::host`] without the port.
    pub fn hostname(&self) -> &str {
        let host = self.host();
        if host.starts_with('[') {
            return host.split_inclusive(']').next().unwrap_or(host);
        }
        host.split(':').next().unwrap_or(host)
    }

    /// The socket's other end, before proxies are considered.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer_addr
    }

    /// Whether a proxy that is trusted passed the request on.
    pub fn is_proxied(&self) -> bool {
        forwarded::is_proxied(self.trust, self.peer(), &self.head.headers)
    }

    /// The value of one cookie, undecoded.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// `(name, value)` of every cookie, undecoded, in the order sent; quotes around a value are removed.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head
            .headers
            .get_all(header::COOKIE)
            .filter_map(|v| std::str::from_utf8(v.as_bytes()).ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let value = value.trim();
                let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
                Some((name.trim(), value))
            })
    }
}

/// Header bytes as text.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(s) => Cow::Borrowed(s),
        Err(_) => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
    }
}

/// What goes back.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    /// What stands behind the status on the first line, where the app has said it.
    pub reason: Option<&'static str>,
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub body: Body,
}

#[derive(Clone, Debug, Default)]
pub enum Body {
    #[default]
    Empty,
    Bytes(Vec<u8>),
    Text(String),
    Static(&'static [u8]),
    /// A file, streamed, with range support.
    File(Box<SentFile>),
    /// Pieces as they come, until the sending side is dropped.
    Stream(Stream),
    /// What server code writes, as it writes it.
    Pipe(Pipe),
}

/// The receiving side of a body that is made while it is sent. Clones are the same stream: one of them is sent.
#[derive(Clone)]
pub struct Stream(Rc<Cell<Option<mpsc::Receiver<Bytes>>>>);

impl Stream {
    /// A body and its sending side, which waits when `ahead` pieces have not been sent. Sending fails once the client is gone.
    pub fn new(ahead: usize) -> (mpsc::Sender<Bytes>, Stream) {
        let (sender, receiver) = mpsc::channel(ahead);
        (sender, Stream(Rc::new(Cell::new(Some(receiver)))))
    }

    /// The pieces; `None` when another clone has been sent.
    pub(crate) fn take(&self) -> Option<mpsc::Receiver<Bytes>> {
        self.0.take()
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stream")
    }
}

impl Reply {
    /// A reply without headers and body.
    pub fn status(status: u16) -> Reply {
        Reply { status, ..Reply::default() }
    }

    /// A rendered page.
    pub fn html(status: u16, text: String) -> Reply {
        Reply::of(status, "text/html; charset=utf-8", Body::Text(text))
    }

    /// Serialised JSON.
    pub fn json(status: u16, text: String) -> Reply {
        Reply::of(status, "application/json; charset=utf-8", Body::Text(text))
    }

    /// Plain text.
    pub fn text(status: u16, text: String) -> Reply {
        Reply::of(status, "text/plain; charset=utf-8", Body::Text(text))
    }

    pub fn of(status: u16, content_type: &'static str, body: Body) -> Reply {
        Reply { status, reason: None, headers: vec![(Cow::Borrowed("content-type"), Cow::Borrowed(content_type))], body }
    }

    /// A redirect without a body. The location is percent-encoded where HTTP needs it.
    pub fn redirect(status: u16, location: &str) -> Reply {
        Reply::status(status).with("location", super::path::encode_location(location))
    }

    /// The same with one more header line (lower-case name).
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Reply {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The first header of that (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_ref())
    }
}
