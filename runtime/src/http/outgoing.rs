//! Replies as actix-http sends them.

use super::message::{Body, Reply};
use actix_http::body::{BodySize, MessageBody};
use actix_http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_http::{Response, StatusCode};
use bytes::Bytes;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The body of an outgoing response.
pub enum Outgoing {
    Empty,
    Whole(Bytes),
    /// The answer to HEAD: only the length is told.
    LengthOnly(u64),
    File(FileBody),
    Stream(mpsc::Receiver<Bytes>),
}

impl MessageBody for Outgoing {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        match self {
            Outgoing::Empty => BodySize::Sized(0),
            Outgoing::Whole(bytes) => BodySize::Sized(bytes.len() as u64),
            Outgoing::LengthOnly(n) => BodySize::Sized(*n),
            Outgoing::File(file) => BodySize::Sized(file.left + file.sent),
            Outgoing::Stream(_) => BodySize::Stream,
        }
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        match self.get_mut() {
            Outgoing::Empty | Outgoing::LengthOnly(_) => Poll::Ready(None),
            Outgoing::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Outgoing::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Outgoing::File(file) => file.poll_chunk(cx),
            Outgoing::Stream(pieces) => pieces.poll_recv(cx).map(|piece| piece.map(Ok)),
        }
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self {
            Outgoing::Empty => Ok(Bytes::new()),
            Outgoing::Whole(bytes) => Ok(bytes),
            other => Err(other),
        }
    }
}

/// Part of a file, read in pieces on the blocking pool.
pub struct FileBody {
    file: Option<File>,
    reading: Option<JoinHandle<(File, io::Result<Vec<u8>>)>>,
    left: u64,
    sent: u64,
}

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

impl FileBody {
    /// Bytes `range` of a file. Blocks for the seek only when the range does not begin at 0.
    pub fn new(mut file: File, range: Range<u64>) -> io::Result<FileBody> {
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start))?;
        }
        Ok(FileBody { file: Some(file), reading: None, left: range.end - range.start, sent: 0 })
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        loop {
            if let Some(reading) = &mut self.reading {
                let Poll::Ready(done) = Pin::new(reading).poll(cx) else { return Poll::Pending };
                self.reading = None;
                let (file, chunk) = done.map_err(io::Error::other)?;
                let chunk = chunk?;
                if chunk.is_empty() {
                    // The file shrank after its length was told; the connection must end, the client sees a short body.
                    return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
                }
                self.file = Some(file);
                self.left -= chunk.len() as u64;
                self.sent += chunk.len() as u64;
                return Poll::Ready(Some(Ok(Bytes::from(chunk))));
            }
            let Some(mut file) = self.file.take() else { return Poll::Ready(None) };
            let want = self.left.min(CHUNK as u64);
            if want == 0 {
                return Poll::Ready(None);
            }
            self.reading = Some(tokio::task::spawn_blocking(move || {
                let mut chunk = Vec::with_capacity(CHUNK);
                let result = (&mut file).take(want).read_to_end(&mut chunk).map(|_| chunk);
                (file, result)
            }));
        }
    }
}

/// Header lines that go with every response; made once per start.
pub struct Fixed(Vec<(HeaderName, HeaderValue)>);

impl Fixed {
    /// Security headers by the configuration. A Content-Security-Policy only when configured.
    pub fn new(settings: &crate::config::Settings) -> Fixed {
        let s = &settings.security;
        let mut lines: Vec<(HeaderName, &str)> = Vec::new();
        if s.headers {
            lines.push((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
            if let Some(value) = s.frame_options {
                lines.push((header::X_FRAME_OPTIONS, value));
            }
            if !s.referrer_policy.is_empty() {
                lines.push((header::REFERRER_POLICY, &s.referrer_policy));
            }
            lines.push((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"));
            if let Some(csp) = &s.csp {
                lines.push((header::CONTENT_SECURITY_POLICY, csp));
            }
        }
        Fixed(lines.into_iter().filter_map(|(n, v)| Some((n, HeaderValue::from_str(v).ok()?))).collect())
    }

    fn apply(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            if !headers.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Builds the response. Names and values that HTTP does not allow (a line break in a value) are left out and reported to `bad`.
pub fn response(reply: Reply, is_head: bool, fixed: &Fixed, mut bad: impl FnMut(&str)) -> Response<Outgoing> {
    let body = match reply.body {
        Body::Empty | Body::File(_) => Outgoing::Empty,
        Body::Bytes(bytes) => Outgoing::Whole(Bytes::from(bytes)),
        Body::Text(text) => Outgoing::Whole(Bytes::from(text)),
        Body::Static(bytes) => Outgoing::Whole(Bytes::from_static(bytes)),
        Body::Stream(stream) => stream.take().map_or(Outgoing::Empty, Outgoing::Stream),
    };
    assemble(reply.status, reply.headers, body, is_head, fixed, &mut bad)
}

/// As [`response`] for a reply whose body is part of a file.
pub fn file_response(head: Reply, body: FileBody, is_head: bool, fixed: &Fixed) -> Response<Outgoing> {
    assemble(head.status, head.headers, Outgoing::File(body), is_head, fixed, &mut |_| {})
}

fn assemble(
    status: u16,
    lines: Vec<(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)>,
    body: Outgoing,
    is_head: bool,
    fixed: &Fixed,
    bad: &mut dyn FnMut(&str),
) -> Response<Outgoing> {
    let status = StatusCode::from_u16(status).ok().filter(|s| s.as_u16() >= 200).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match body {
        _ if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED => Outgoing::Empty,
        body if is_head => match body.size() {
            BodySize::Sized(n) => Outgoing::LengthOnly(n),
            BodySize::None | BodySize::Stream => Outgoing::Empty,
        },
        body => body,
    };
    let mut response = Response::with_body(status, body);
    let headers = response.headers_mut();
    for (name, value) in lines {
        let Ok(header_name) = HeaderName::from_bytes(name.as_bytes()) else {
            bad(&name);
            continue;
        };
        // The server frames messages itself; an app's own length or encoding would contradict it.
        if matches!(header_name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING | header::CONNECTION) {
            continue;
        }
        let header_value = match &value {
            std::borrow::Cow::Borrowed(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => HeaderValue::from_static(text),
            _ => match HeaderValue::from_bytes(value.as_bytes()) {
                Ok(v) => v,
                Err(_) => {
                    bad(&name);
                    continue;
                }
            },
        };
        headers.append(header_name, header_value);
    }
    fixed.apply(headers);
    response
}

