//! Reading bodies within limits of size and time.

use super::encoding::decode;
use super::forwarded;
use crate::body;
use crate::config::settings::{Limits, Security};
use crate::config::upload::Upload;
use crate::upload::{self, Collector, Refused};
use actix_http::error::PayloadError;
use actix_http::header::{self, HeaderMap};
use actix_http::{Payload, RequestHead, Version};
use bytes::Bytes;
use futures_core::Stream;
use std::borrow::Cow;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;

/// Why a request gets no handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub reason: Cow<'static, str>,
}

impl From<Refused> for Refusal {
    fn from(why: Refused) -> Refusal {
        Refusal { status: why.status, reason: why.reason }
    }
}

impl From<decode::Bad> for Refusal {
    fn from(bad: decode::Bad) -> Refusal {
        match bad {
            decode::Bad::UnknownCoding => refuse(415, "unsupported content encoding"),
            decode::Bad::TooLarge => refuse(413, "request body too large"),
            decode::Bad::Malformed => refuse(400, "malformed content encoding"),
        }
    }
}

const fn refuse(status: u16, reason: &'static str) -> Refusal {
    Refusal { status, reason: Cow::Borrowed(reason) }
}

/// Checks what the head alone can tell.
pub fn check_head(head: &RequestHead, limits: &Limits, security: &Security) -> Result<(), Refusal> {
    let mut size = head.uri.path_and_query().map_or(0, |p| p.as_str().len());
    for (name, value) in &head.headers {
        size += name.as_str().len() + value.len() + 4;
    }
    if size > limits.headers {
        return Err(refuse(431, "request headers too large"));
    }
    let mut hosts = head.headers.get_all(header::HOST);
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return Err(refuse(400, "more than one Host header")),
        (None, _) if head.version == Version::HTTP_11 => return Err(refuse(400, "no Host header")),
        (None, _) => {}
        (Some(host), None) => match host.to_str() {
            Ok(host) if forwarded::is_host(host) => {
                if !security.allowed_hosts.is_empty() && !security.allowed_hosts.iter().any(|h| same_host(h, host)) {
                    return Err(refuse(421, "unknown host"));
                }
            }
            _ => return Err(refuse(400, "malformed Host header")),
        },
    }
    Ok(())
}

/// A configured host without a port allows every port.
fn same_host(allowed: &str, host: &str) -> bool {
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    allowed.eq_ignore_ascii_case(host) || allowed.eq_ignore_ascii_case(without_port)
}

/// A request's body, read whole.
pub enum Read {
    Bytes(Vec<u8>),
    Form(upload::Form),
}

/// Encoded bodies up to this size are decoded on the thread that read them.
const DECODED_AT_ONCE: usize = 4 * 1024;

/// Reads the whole body and undoes its `Content-Encoding`, the limit holding for both forms; a multipart form's files go to where uploads are kept.
pub async fn read_body(payload: Payload, headers: &HeaderMap, limits: &Limits, upload: &'static Upload) -> Result<Read, Refusal> {
    if matches!(payload, Payload::None) {
        return Ok(Read::Bytes(Vec::new()));
    }
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let boundary = match body::kind(text(header::CONTENT_TYPE)) {
        body::Kind::Multipart { boundary } => Some(boundary),
        _ => None,
    };
    let limit = if boundary.is_some() { limits.multipart } else { limits.body };
    let announced = text(header::CONTENT_LENGTH).and_then(|v| v.parse::<usize>().ok());
    if announced.is_some_and(|n| n > limit) {
        return Err(refuse(413, "request body too large"));
    }
    let mut arriving = Arriving { payload, limits, limit, received: 0, start: Instant::now() };
    if let Some(coding) = text(header::CONTENT_ENCODING).and_then(decode::coding_of) {
        let body = read_all(&mut arriving, announced).await?;
        return match boundary {
            None => decoded(body, coding, limit).await.map(Read::Bytes),
            Some(boundary) => decoded_form(body, coding.to_owned(), limit, Collector::new(boundary, upload)).await.map(Read::Form),
        };
    }
    if let Some(boundary) = boundary {
        return read_form(&mut arriving, Collector::new(boundary, upload)).await.map(Read::Form);
    }
    read_all(&mut arriving, announced).await.map(Read::Bytes)
}

async fn read_all(arriving: &mut Arriving<'_>, announced: Option<usize>) -> Result<Vec<u8>, Refusal> {
    // Memory follows what arrives, not what is announced.
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(64 * 1024));
    while let Some(piece) = arriving.next().await? {
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

async fn decoded(body: Vec<u8>, coding: &str, limit: usize) -> Result<Vec<u8>, Refusal> {
    let decoded = if body.len() <= DECODED_AT_ONCE {
        decode::whole(&body, coding, limit)
    } else {
        let coding = coding.to_owned();
        let decoding = tokio::task::spawn_blocking(move || decode::whole(&body, &coding, limit));
        decoding.await.unwrap_or(Err(decode::Bad::Malformed))
    };
    decoded.map_err(Refusal::from)
}

/// The form's own limits end the decoding of what is too large for them.
async fn decoded_form(body: Vec<u8>, coding: String, limit: usize, mut collector: Collector) -> Result<upload::Form, Refusal> {
    let work = move || {
        decode::pieces::<Refusal>(&body, &coding, limit, |piece| {
            collector.feed(piece)?;
            if collector.wants_spill() {
                collector.spill()?;
            }
            Ok(())
        })?;
        Ok(collector.finish()?)
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(refuse(503, "the server is stopping")))
}

/// What waits for the disk does so off this thread.
async fn read_form(arriving: &mut Arriving<'_>, mut collector: Collector) -> Result<upload::Form, Refusal> {
    while let Some(piece) = arriving.next().await? {
        collector.feed(&piece)?;
        if collector.wants_spill() {
            collector = off_thread(move || collector.spill().map(|()| collector)).await?;
        }
    }
    if collector.finish_blocks() {
        return off_thread(move || collector.finish()).await;
    }
    Ok(collector.finish()?)
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refused> + Send + 'static) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(refuse(503, "the server is stopping")),
    }
}

/// A body on its way. It may take the grace time plus its size divided by the least rate, so that a client that sends a byte now and then
/// holds nothing for long.
struct Arriving<'a> {
    payload: Payload,
    limits: &'a Limits,
    limit: usize,
    received: usize,
    start: Instant,
}

impl Arriving<'_> {
    /// The next piece; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Refusal> {
        let rate = self.limits.body_rate.max(1);
        let deadline = self.start + self.limits.body_timeout + Duration::from_secs((self.received / rate) as u64);
        let next = std::future::poll_fn(|cx| Pin::new(&mut self.payload).poll_next(cx));
        match tokio::time::timeout_at(deadline, next).await {
            Err(_) => Err(refuse(408, "request body too slow")),
            Ok(None) => Ok(None),
            Ok(Some(Ok(piece))) => {
                self.received += piece.len();
                if self.received > self.limit {
                    return Err(refuse(413, "request body too large"));
                }
                Ok(Some(piece))
            }
            Ok(Some(Err(PayloadError::Overflow))) => Err(refuse(413, "request body too large")),
            Ok(Some(Err(_))) => Err(refuse(400, "malformed request body")),
        }
    }
}
