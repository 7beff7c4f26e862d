//! Replies as actix-http sends them.

use super::encoding::{self, Coding, Encoded, Encoder};
use super::message::{Body, Reply};
use super::names::header_name;
use crate::config::compression::Compression;
use super::pipe;
use super::reason;
use actix_http::body::{BodySize, MessageBody};
use actix_http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_http::{Response, StatusCode};
use bytes::Bytes;
use smallvec::SmallVec;
use std::cell::RefCell;
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
    /// The answer to HEAD where nobody knows the length.
    HeadOnly,
    File(FileBody),
    Stream(mpsc::Receiver<Bytes>),
    Pipe(pipe::Reader),
    /// Whole once it is encoded.
    Later(JoinHandle<Bytes>),
    /// Encoded piece by piece.
    Encoded(Box<Encoding>),
}

/// A body of pieces and its encoder.
pub struct Encoding {
    inner: Outgoing,
    /// None after the end.
    encoder: Option<Encoder>,
    /// Each piece must arrive when it is sent.
    flushes: bool,
}

impl Encoding {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        loop {
            if self.encoder.is_none() {
                return Poll::Ready(None);
            }
            let Poll::Ready(piece) = Pin::new(&mut self.inner).poll_next(cx) else { return Poll::Pending };
            let made = match (piece, &mut self.encoder) {
                (Some(Ok(piece)), Some(encoder)) => encoder.push(&piece, self.flushes),
                (Some(Err(e)), _) => return Poll::Ready(Some(Err(e))),
                _ => self.encoder.take().map(Encoder::finish).unwrap_or_default(),
            };
            if !made.is_empty() {
                return Poll::Ready(Some(Ok(made.into())));
            }
        }
    }
}

impl MessageBody for Outgoing {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        match self {
            Outgoing::Empty => BodySize::Sized(0),
            Outgoing::HeadOnly => BodySize::None,
            Outgoing::Whole(bytes) => BodySize::Sized(bytes.len() as u64),
            Outgoing::LengthOnly(n) => BodySize::Sized(*n),
            Outgoing::File(file) => BodySize::Sized(file.left + file.sent),
            Outgoing::Stream(_) | Outgoing::Later(_) | Outgoing::Encoded(_) => BodySize::Stream,
            Outgoing::Pipe(reader) => reader.length().map_or(BodySize::Stream, BodySize::Sized),
        }
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        match self.get_mut() {
            Outgoing::Empty | Outgoing::HeadOnly | Outgoing::LengthOnly(_) => Poll::Ready(None),
            Outgoing::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Outgoing::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Outgoing::File(file) => file.poll_chunk(cx),
            Outgoing::Stream(pieces) => pieces.poll_recv(cx).map(|piece| piece.map(Ok)),
            Outgoing::Encoded(encoding) => encoding.poll_piece(cx),
            later @ Outgoing::Later(_) => {
                let Outgoing::Later(making) = later else { return Poll::Ready(None) };
                let Poll::Ready(made) = Pin::new(making).poll(cx) else { return Poll::Pending };
                *later = Outgoing::Empty;
                Poll::Ready(Some(made.map_err(io::Error::other)))
            }
            Outgoing::Pipe(reader) => reader.poll_next(cx),
        }
    }

    fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self {
            Outgoing::Empty | Outgoing::HeadOnly => Ok(Bytes::new()),
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

/// What an answer needs to know of who asked.
#[derive(Clone, Copy)]
pub struct Asker {
    /// Of the request.
    pub id: u64,
    pub is_head: bool,
    /// The coding that the client likes best of ours.
    pub coding: Option<Coding>,
    pub is_https: bool,
    /// It asked for a public file.
    pub wants_file: bool,
}

/// Headers' values that are kept; an app has some dozens of pages and types.
const MOST_KNOWN: usize = 64;

/// What all answers have in common; made once per start.
pub struct Fixed {
    lines: Vec<(HeaderName, HeaderValue)>,
    https_only: Vec<(HeaderName, HeaderValue)>,
    not_with_files: Vec<(HeaderName, HeaderValue)>,
    compression: Option<Compression>,
    /// Values that are parts of the binary or live as long as the process, by where they are.
    known: RefCell<Vec<(&'static str, HeaderValue)>>,
}

impl Fixed {
    pub fn new(settings: &crate::config::Settings) -> Fixed {
        let made = |lines: &[(&'static str, String)]| -> Vec<(HeaderName, HeaderValue)> {
            // The configuration has been checked.
            lines.iter().filter_map(|(n, v)| Some((HeaderName::from_static(n), HeaderValue::from_str(v).ok()?))).collect()
        };
        let headers = &settings.security.headers;
        Fixed {
            lines: made(&headers.lines),
            https_only: made(&headers.https_only),
            not_with_files: made(&headers.not_with_files),
            compression: settings.compression,
            known: RefCell::default(),
        }
    }

    /// The coding of an answer to this request.
    pub fn coding(&self, headers: &HeaderMap) -> Option<Coding> {
        self.compression.as_ref()?.choose(headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?)
    }

    /// Whether answers differ by the client's scheme.
    pub fn asks_for_scheme(&self) -> bool {
        !self.https_only.is_empty()
    }

    /// The value of a header that is the same in many answers; `None` where HTTP does not allow it.
    fn value(&self, text: &'static str) -> Option<HeaderValue> {
        let mut known = self.known.borrow_mut();
        let is_same = |(other, _): &&(&str, HeaderValue)| other.as_ptr() == text.as_ptr() && other.len() == text.len();
        if let Some((_, value)) = known.iter().find(is_same) {
            return Some(value.clone());
        }
        let value = HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes())).ok()?;
        if known.len() < MOST_KNOWN {
            known.push((text, value.clone()));
        }
        Some(value)
    }

    /// The lines that an answer gets unless it has its own.
    fn lines(&self, asker: Asker) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        let https_only = if asker.is_https { self.https_only.as_slice() } else { &[] };
        let not_with_files = if asker.wants_file { &[] } else { self.not_with_files.as_slice() };
        self.lines.iter().chain(https_only).chain(not_with_files)
    }
}

/// Builds the response. Names and values that HTTP does not allow (a line break in a value) are left out and reported to `bad`.
pub fn response(reply: Reply, asker: Asker, fixed: &Fixed, mut bad: impl FnMut(&str)) -> Response<Outgoing> {
    let body = match reply.body {
        Body::Empty | Body::File(_) => Outgoing::Empty,
        Body::Bytes(bytes) => Outgoing::Whole(Bytes::from(bytes)),
        Body::Text(text) => Outgoing::Whole(Bytes::from(text)),
        Body::Static(bytes) => return assemble((reply.status, reply.reason), reply.headers, Made::Static(bytes), asker, fixed, &mut bad),
        Body::Stream(stream) => stream.take().map_or(Outgoing::Empty, Outgoing::Stream),
        Body::Pipe(pipe) if asker.is_head || matches!(reply.status, 204 | 304) => {
            pipe.discard();
            pipe.length().map_or(Outgoing::HeadOnly, Outgoing::LengthOnly)
        }
        Body::Pipe(pipe) => Outgoing::Pipe(pipe.reader()),
    };
    assemble((reply.status, reply.reason), reply.headers, Made::Now(body), asker, fixed, &mut bad)
}

/// As [`response`] for a reply whose body is part of a file.
pub fn file_response(head: Reply, body: FileBody, asker: Asker, fixed: &Fixed) -> Response<Outgoing> {
    assemble((head.status, head.reason), head.headers, Made::Now(Outgoing::File(body)), asker, fixed, &mut |_| {})
}

/// A body before it is encoded.
enum Made {
    Now(Outgoing),
    /// A part of the binary.
    Static(&'static [u8]),
}

impl Made {
    fn plain(self) -> Outgoing {
        match self {
            Made::Now(body) => body,
            Made::Static(bytes) => Outgoing::Whole(Bytes::from_static(bytes)),
        }
    }

    /// Bytes; `None` while nobody knows.
    fn size(&self) -> Option<u64> {
        match self {
            Made::Static(bytes) => Some(bytes.len() as u64),
            Made::Now(body) => match body.size() {
                BodySize::Sized(n) => Some(n),
                BodySize::None | BodySize::Stream => None,
            },
        }
    }

    fn encoded(self, coding: Coding, how: &Compression) -> Outgoing {
        let encoded = match self {
            Made::Static(bytes) => encoding::encode_static(bytes, coding),
            Made::Now(Outgoing::Whole(bytes)) => encoding::encode(bytes, coding, how),
            Made::Now(inner) => {
                let size = match inner.size() {
                    BodySize::Sized(n) => usize::try_from(n).ok(),
                    BodySize::None | BodySize::Stream => None,
                };
                let flushes = matches!(inner, Outgoing::Stream(_) | Outgoing::Pipe(_));
                return Outgoing::Encoded(Box::new(Encoding { inner, encoder: Some(Encoder::new(coding, how, size)), flushes }));
            }
        };
        match encoded {
            Encoded::Done(bytes) => Outgoing::Whole(bytes),
            Encoded::Later(making) => Outgoing::Later(making),
        }
    }
}

fn assemble(
    (status, reason): (u16, Option<&'static str>),
    lines: Vec<(std::borrow::Cow<'static, str>, std::borrow::Cow<'static, str>)>,
    body: Made,
    asker: Asker,
    fixed: &Fixed,
    bad: &mut dyn FnMut(&str),
) -> Response<Outgoing> {
    let status = StatusCode::from_u16(status).ok().filter(|s| s.as_u16() >= 200).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::with_body(status, Outgoing::Empty);
    response.head_mut().reason = reason.or_else(|| reason::of_status(status.as_u16())).or(Some("unknown"));
    let headers = response.headers_mut();
    let mut replaced: SmallVec<[HeaderName; 4]> = SmallVec::new();
    for (name, value) in fixed.lines(asker) {
        headers.insert(name.clone(), value.clone());
    }
    for (name, value) in lines {
        let Some(header_name) = header_name(&name) else {
            bad(&name);
            continue;
        };
        // The server frames messages itself; an app's own length or encoding would contradict it.
        if matches!(header_name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING | header::CONNECTION) {
            continue;
        }
        let header_value = match value {
            std::borrow::Cow::Borrowed(text) => fixed.value(text),
            std::borrow::Cow::Owned(text) => HeaderValue::from_maybe_shared(Bytes::from(text)).ok(),
        };
        let Some(header_value) = header_value else {
            bad(&name);
            continue;
        };
        // The answer's first line of a name takes the place of ours.
        let is_ours = fixed.lines(asker).any(|(ours, _)| *ours == header_name) && !replaced.contains(&header_name);
        if is_ours {
            headers.insert(header_name.clone(), header_value);
            replaced.push(header_name);
        } else {
            headers.append(header_name, header_value);
        }
    }
    let body = finished(body, status, headers, asker, fixed);
    response.set_body(body)
}

/// The body as it is sent, and the headers that say how.
fn finished(body: Made, status: StatusCode, headers: &mut HeaderMap, asker: Asker, fixed: &Fixed) -> Outgoing {
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        return Outgoing::Empty;
    }
    let how = fixed.compression.as_ref().filter(|how| body.size().is_none_or(|n| n >= how.threshold as u64));
    let how = how.filter(|_| encoding::may_encode(status.as_u16(), headers));
    if how.is_some() {
        encoding::vary(headers);
    }
    if asker.is_head {
        return match body.size() {
            Some(n) => Outgoing::LengthOnly(n),
            None => Outgoing::HeadOnly,
        };
    }
    match (how, asker.coding) {
        (Some(how), Some(coding)) => {
            encoding::mark(headers, coding);
            body.encoded(coding, how)
        }
        _ => body.plain(),
    }
}
