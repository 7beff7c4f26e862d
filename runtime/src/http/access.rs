//! What is written about each request: its name, and its line in the access log.

use super::forwarded;
use super::outgoing::Outgoing;
use crate::config::Settings;
use crate::log;
use actix_http::body::{BodySize, MessageBody};
use actix_http::header::{HeaderName, HeaderValue};
use actix_http::{RequestHead, Response};
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that a proxy may give to a request.
const LONGEST: usize = 128;

/// A request that is being answered. Where nothing is logged and no proxy names requests, it costs one look at a header.
pub struct Begun {
    id: u64,
    /// As a trusted proxy calls it.
    name: Option<(HeaderValue, log::Named)>,
    line: Option<Line>,
}

struct Line {
    start: Instant,
    method: String,
    url: String,
    remote: String,
}

impl Begun {
    pub fn new(id: u64, head: &RequestHead, settings: &Settings) -> Begun {
        let name = head.headers.get(REQUEST_ID).filter(|v| is_name(v.as_bytes()) && settings.trust.trusts_peer(head.peer_addr));
        let name = name.and_then(|value| Some((value.clone(), log::name_request(id, value.to_str().ok()?))));
        let line = settings.access_log.then(|| Line {
            start: Instant::now(),
            method: head.method.to_string(),
            url: head.uri.to_string(),
            remote: forwarded::client_address(&settings.trust, head.peer_addr, &head.headers)
                .or_else(|| Some(head.peer_addr?.ip().to_canonical().to_string()))
                .unwrap_or_default(),
        });
        Begun { id, name, line }
    }

    /// Names the response as the request was named, and writes the line.
    pub fn finish(self, mut response: Response<Outgoing>) -> Response<Outgoing> {
        if let Some((name, _)) = &self.name {
            response.headers_mut().insert(REQUEST_ID, name.clone());
        } else if self.line.is_some()
            && let Ok(name) = HeaderValue::from_str(&log::request_name(self.id))
        {
            response.headers_mut().insert(REQUEST_ID, name);
        }
        if let Some(line) = &self.line {
            let bytes = match response.body().size() {
                BodySize::Sized(n) => n,
                BodySize::None | BodySize::Stream => 0,
            };
            log::access(&log::Access {
                id: self.id,
                remote: &line.remote,
                method: &line.method,
                url: &line.url,
                status: response.status().as_u16(),
                bytes,
                millis: line.start.elapsed().as_secs_f64() * 1e3,
            });
        }
        response
    }
}

/// Letters, digits and the punctuation of the usual schemes (UUIDs, trace ids, ULIDs): nothing that could forge a line.
fn is_name(bytes: &[u8]) -> bool {
    (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:+/=@".contains(b))
}
