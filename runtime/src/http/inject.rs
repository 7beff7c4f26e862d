//! Requests that come from this program instead of a socket, for tests of apps. They take the whole way: limits, routing, files, handler.

use super::exchange::Exchange;
use actix_http::body::{BodySize, MessageBody};
use actix_http::header::{HeaderName, HeaderValue};
use actix_http::{Method, Payload, Request, Uri};
use bytes::Bytes;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;

/// What the app answered.
pub struct Answered {
    pub status: u16,
    /// Lower-case names; lines of one name keep their order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Asks the app and waits for the whole body. The client's address is this machine's. The error says what of the request is no HTTP, or how
/// the body broke off.
pub async fn inject(exchange: &Exchange, method: &str, url: &str, headers: &[(String, String)], body: Option<Vec<u8>>) -> Result<Answered, String> {
    let request = request(method, url, headers, body)?;
    let response = exchange.answer(request).await;
    let status = response.status().as_u16();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: Vec<(String, String)> = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    // Written by the protocol, of which there is none here.
    if let BodySize::Sized(length) = response.body().size()
        && !matches!(status, 100..200 | 204 | 304)
    {
        headers.push(("content-length".to_owned(), length.to_string()));
    }
    let mut body = pin!(response.into_body());
    let mut bytes = Vec::new();
    while let Some(chunk) = std::future::poll_fn(|context| body.as_mut().poll_next(context)).await {
        bytes.extend_from_slice(&chunk.map_err(|e| format!("the response body broke off: {e}"))?);
    }
    Ok(Answered { status, headers, body: bytes })
}

fn request(method: &str, url: &str, headers: &[(String, String)], body: Option<Vec<u8>>) -> Result<Request, String> {
    let length = body.as_ref().map(Vec::len);
    let mut request = Request::with_payload(body.map_or(Payload::None, |body| Payload::from(Bytes::from(body))));
    let head = request.head_mut();
    head.method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("`{method}` is no HTTP method"))?;
    head.uri = url.parse::<Uri>().ok().filter(|uri| uri.path().starts_with('/')).ok_or_else(|| format!("`{url}` is no URL of the app: it begins with `/`, and spaces are `%20`"))?;
    head.peer_addr = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    for (name, value) in headers {
        let wrong = || format!("`{name}: {value}` is no header line");
        head.headers.append(HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong())?);
    }
    if let Some(length) = length {
        head.headers.insert(actix_http::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Ok(request)
}
