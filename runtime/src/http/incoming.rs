//! Reading bodies within limits of size and time.

use super::forwarded;
use crate::config::settings::{Limits, Security};
use actix_http::error::PayloadError;
use actix_http::header::{self, HeaderMap};
use actix_http::{Payload, RequestHead, Version};
use futures_core::Stream;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Instant;

/// Why a request gets no handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub reason: &'static str,
}

const fn refuse(status: u16, reason: &'static str) -> Refusal {
    Refusal { status, reason }
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

/// The most a body of this content type may have.
fn body_limit(headers: &HeaderMap, limits: &Limits) -> usize {
    let content_type = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |v| v.as_bytes());
    let is_multipart = content_type.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"));
    if is_multipart { limits.multipart } else { limits.body }
}

/// Reads the whole body. It may take the grace time plus its size divided by the least rate, so that a client that sends a byte now and
/// then holds nothing for long.
pub async fn read_body(mut payload: Payload, headers: &HeaderMap, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    if matches!(payload, Payload::None) {
        return Ok(Vec::new());
    }
    let limit = body_limit(headers, limits);
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if announced.is_some_and(|n| n > limit) {
        return Err(refuse(413, "request body too large"));
    }
    // Memory follows what arrives, not what is announced.
    let mut body = Vec::with_capacity(announced.unwrap_or(0).min(64 * 1024));
    let start = Instant::now();
    loop {
        let rate = limits.body_rate.max(1);
        let deadline = start + limits.body_timeout + Duration::from_secs((body.len() / rate) as u64);
        let next = std::future::poll_fn(|cx| Pin::new(&mut payload).poll_next(cx));
        match tokio::time::timeout_at(deadline, next).await {
            Err(_) => return Err(refuse(408, "request body too slow")),
            Ok(None) => return Ok(body),
            Ok(Some(Ok(chunk))) => {
                if body.len() + chunk.len() > limit {
                    return Err(refuse(413, "request body too large"));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Some(Err(PayloadError::Overflow))) => return Err(refuse(413, "request body too large")),
            Ok(Some(Err(_))) => return Err(refuse(400, "malformed request body")),
        }
    }
}
