//! Content codings: which one an answer gets, and how it is made. Bodies of requests are decoded in [`decode`].
//!
//! Small bodies are encoded on the thread that made them, because handing them over costs more; large ones on the blocking pool. Files of the binary
//! are encoded once, well, and kept.

pub mod decode;
mod encoder;
mod negotiate;

pub use encoder::Encoder;
pub use negotiate::{Coding, choose};

use crate::config::compression::Compression;
use actix_http::header::{self, HeaderMap, HeaderValue};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};
use tokio::task::JoinHandle;

/// Bodies up to this size are encoded at once.
const AT_ONCE: usize = 128 * 1024;

/// Whether an answer with these headers may be encoded, whatever its client accepts.
pub fn may_encode(status: u16, headers: &HeaderMap) -> bool {
    if !matches!(status, 200..=203 | 300..) || status == 304 {
        return false;
    }
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if headers.contains_key(header::CONTENT_ENCODING) || headers.contains_key(header::CONTENT_RANGE) {
        return false;
    }
    if text(header::CACHE_CONTROL).is_some_and(|c| c.split(',').any(|d| d.trim().eq_ignore_ascii_case("no-transform"))) {
        return false;
    }
    text(header::CONTENT_TYPE).is_some_and(is_compressible)
}

/// Types that are text of some kind. Event streams are left alone: each event must arrive when it is sent.
fn is_compressible(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("").trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let is = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    if is(kind, "text") {
        return !is(subtype, "event-stream");
    }
    let ends = |suffix: &str| subtype.len() > suffix.len() && subtype.get(subtype.len() - suffix.len()..).is_some_and(|end| is(end, suffix));
    let named = [
        ("application", &["json", "javascript", "xml", "wasm", "graphql", "manifest", "rtf", "x-ndjson", "x-javascript", "vnd.ms-fontobject", "x-www-form-urlencoded"][..]),
        ("image", &["bmp", "x-icon", "vnd.microsoft.icon"]),
        ("font", &["ttf", "otf"]),
    ];
    ends("+json") || ends("+xml") || ends("+text") || named.iter().any(|(k, subtypes)| is(kind, k) && subtypes.iter().any(|s| is(subtype, s)))
}

/// Says in the headers that the body is encoded: what was the same byte for byte is now only the same in meaning.
pub fn mark(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(header::ACCEPT_RANGES);
    let strong = headers.get(header::ETAG).map(HeaderValue::as_bytes).filter(|tag| tag.starts_with(b"\""));
    if let Some(weak) = strong.and_then(|tag| HeaderValue::from_bytes(&[b"W/", tag].concat()).ok()) {
        headers.insert(header::ETAG, weak);
    }
}

/// Says that other clients may get the body in another coding.
pub fn vary(headers: &mut HeaderMap) {
    let says = |v: &HeaderValue| v.to_str().is_ok_and(|v| v.split(',').any(|n| matches!(n.trim(), "*") || n.trim().eq_ignore_ascii_case("accept-encoding")));
    if !headers.get_all(header::VARY).any(says) {
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

/// A body on its way.
pub enum Encoded {
    Done(Bytes),
    Later(JoinHandle<Bytes>),
}

/// A body that was made for this answer.
pub fn encode(body: Bytes, coding: Coding, how: &Compression) -> Encoded {
    if body.len() <= AT_ONCE {
        return Encoded::Done(encoder::whole(&body, coding, how).into());
    }
    let how = *how;
    Encoded::Later(tokio::task::spawn_blocking(move || encoder::whole(&body, coding, &how).into()))
}

type Kept = RwLock<HashMap<(usize, usize, Coding), Bytes>>;

/// Bytes of the binary, which live as long as the process: their address names them.
static KEPT: LazyLock<Arc<Kept>> = LazyLock::new(Arc::default);

/// A body that is part of the binary. The first client of a coding waits for it; when many come first at once, each makes its own.
pub fn encode_static(body: &'static [u8], coding: Coding) -> Encoded {
    let key = (body.as_ptr() as usize, body.len(), coding);
    if let Ok(kept) = KEPT.read()
        && let Some(bytes) = kept.get(&key)
    {
        return Encoded::Done(bytes.clone());
    }
    let kept = KEPT.clone();
    Encoded::Later(tokio::task::spawn_blocking(move || {
        let bytes = Bytes::from(encoder::whole(body, coding, &Compression::BEST));
        // What a poisoned lock guards is a cache.
        if let Ok(mut kept) = kept.write() {
            kept.insert(key, bytes.clone());
        }
        bytes
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for yes in ["text/html; charset=utf-8", "TEXT/CSS", "application/json", "application/ld+json", "image/svg+xml", "application/javascript", "font/ttf", "application/wasm"] {
            assert!(is_compressible(yes), "{yes}");
        }
        for no in ["text/event-stream", "image/png", "application/zip", "application/octet-stream", "font/woff2", "video/mp4", "nonsense", "", "application/+json"] {
            assert!(!is_compressible(no), "{no}");
        }
    }

    #[test]
    fn headers() {
        let map = |lines: &[(header::HeaderName, &'static str)]| {
            let mut map = HeaderMap::new();
            map.append(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            lines.iter().for_each(|(n, v)| map.append(n.clone(), HeaderValue::from_static(v)));
            map
        };
        assert!(may_encode(200, &map(&[])));
        assert!(may_encode(404, &map(&[])));
        assert!(!may_encode(206, &map(&[])));
        assert!(!may_encode(304, &map(&[])));
        assert!(!may_encode(200, &map(&[(header::CACHE_CONTROL, "public, No-Transform")])));
        assert!(!may_encode(200, &map(&[(header::CONTENT_ENCODING, "br")])));
        let mut marked = map(&[(header::ETAG, "\"a\""), (header::VARY, "Cookie")]);
        mark(&mut marked, Coding::Br);
        vary(&mut marked);
        vary(&mut marked);
        assert_eq!(marked.get(header::ETAG).unwrap(), "W/\"a\"");
        assert_eq!(marked.get_all(header::VARY).map(|v| v.to_str().unwrap()).collect::<Vec<_>>(), ["Cookie", "Accept-Encoding"]);
    }
}
