//! Bodies of requests and responses (Fetch Standard, §5.3): bytes, or an answer that is still arriving.

use crate::client::Abort;
use crate::decode::Reader;
use crate::failure::Failure;
use crate::form_data::{self, Entry};
use crate::{blob, multipart, stream};
use bytes::Bytes;
use puremix_js::builtins::typed::{self, Element};
use puremix_js::promise;
use puremix_node::capability::{search_params, text_of};
use puremix_value::{Cx, ErrorKind, Obj, R, Str, Tracer, Value};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// An answer that arrives; clones of it read the same pieces.
pub struct Live {
    shared: Rc<Shared>,
    /// Pieces this reader has taken from those that are kept.
    at: Cell<usize>,
}

struct Shared {
    reader: tokio::sync::Mutex<Reader>,
    /// Kept while there are several readers.
    pieces: RefCell<Vec<Bytes>>,
    abort: Rc<Abort>,
}

impl Live {
    pub fn new(reader: Reader, abort: Rc<Abort>) -> Live {
        Live { shared: Rc::new(Shared { reader: tokio::sync::Mutex::new(reader), pieces: RefCell::default(), abort }), at: Cell::new(0) }
    }

    /// A second reader of what has not been read.
    pub fn tee(&self) -> Live {
        Live { shared: self.shared.clone(), at: Cell::new(self.at.get()) }
    }

    fn kept(&self) -> Option<Bytes> {
        let piece = self.shared.pieces.borrow().get(self.at.get()).cloned();
        if piece.is_some() {
            self.at.set(self.at.get() + 1);
        }
        piece
    }

    pub async fn next(&self) -> Result<Option<Bytes>, Failure> {
        if let Some(piece) = self.kept() {
            return Ok(Some(piece));
        }
        let shared = &self.shared;
        let read = async {
            let mut reader = shared.reader.lock().await;
            // Another reader may have been faster.
            if let Some(piece) = self.kept() {
                return Ok(Some(piece));
            }
            let piece = reader.next().await?;
            if let Some(piece) = &piece
                && Rc::strong_count(shared) > 1
            {
                shared.pieces.borrow_mut().push(piece.clone());
                self.at.set(self.at.get() + 1);
            }
            Ok(piece)
        };
        shared.abort.race(read).await
    }

    async fn all(&self) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

/// Where a body's bytes are.
#[derive(Clone, Default)]
pub enum Source {
    #[default]
    None,
    Bytes(Rc<Vec<u8>>),
    Live(Rc<Live>),
}

/// The body of a request or response.
#[derive(Default)]
pub struct Body {
    source: RefCell<Source>,
    used: Rc<Cell<bool>>,
    /// The `body` object, once asked for.
    stream: RefCell<Option<Obj>>,
}

/// What a reading method answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum As {
    Text,
    Json,
    ArrayBuffer,
    Bytes,
    Blob,
    FormData,
}

impl Body {
    pub fn new(source: Source) -> Body {
        Body { source: RefCell::new(source), ..Body::default() }
    }

    pub fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(stream) = self.stream.try_borrow()
            && let Some(o) = &*stream
        {
            t.obj(o);
        }
    }

    pub fn clear(&self) {
        drop(self.stream.take());
    }

    pub fn is_used(&self) -> bool {
        self.used.get()
    }

    pub fn is_none(&self) -> bool {
        matches!(*self.source.borrow(), Source::None)
    }

    /// The bytes, of a body that is in memory.
    pub fn bytes(&self) -> Option<Rc<Vec<u8>>> {
        match &*self.source.borrow() {
            Source::Bytes(bytes) => Some(bytes.clone()),
            Source::None | Source::Live(_) => None,
        }
    }

    pub fn mark_used(&self) {
        self.used.set(!self.is_none());
    }

    /// A second body with the same bytes.
    pub fn tee(&self) -> Body {
        Body::new(match &*self.source.borrow() {
            Source::Live(live) => Source::Live(Rc::new(live.tee())),
            other => other.clone(),
        })
    }

    /// The `body` property.
    pub fn stream(&self, cx: Cx) -> Value {
        if let Some(o) = &*self.stream.borrow() {
            return Value::Obj(o.clone());
        }
        let made = match &*self.source.borrow() {
            Source::None => return Value::Null,
            source => stream::object(cx, source.clone(), self.used.clone()),
        };
        self.stream.replace(Some(made.clone()));
        Value::Obj(made)
    }

    /// Reads all of it: `text()`, `json()` and their kin. `kind` is the content type.
    pub fn read(&self, cx: Cx, what: As, kind: &str) -> R {
        let locked = self.stream.borrow().as_ref().is_some_and(stream::is_locked);
        if self.used.get() || locked {
            let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Type, "Body is unusable: Body has already been read");
            return Ok(promise::rejected(cx, error).into());
        }
        self.mark_used();
        let source = self.source.borrow().clone();
        match source {
            Source::None => bytes_promise(cx, Rc::default(), what, kind),
            Source::Bytes(bytes) => bytes_promise(cx, bytes, what, kind),
            Source::Live(live) => {
                let kind = kind.to_owned();
                puremix_node::spawn(cx, async move { live.all().await }, move |cx, outcome| match outcome {
                    Ok(bytes) => convert(cx, &Rc::new(bytes), what, &kind),
                    Err(failure) => {
                        let error = match failure {
                            Failure::Aborted => puremix_node::capability::dom_exception::make(cx, "This operation was aborted", "AbortError"),
                            failure => failure.terminated(cx),
                        };
                        Err(cx.throw(error))
                    }
                })
            }
        }
    }
}

/// A promise for bytes that are there already.
pub fn bytes_promise(cx: Cx, bytes: Rc<Vec<u8>>, what: As, kind: &str) -> R {
    let outcome = convert(cx, &bytes, what, kind);
    Ok(promise::promise_of(cx, outcome))
}

fn convert(cx: Cx, bytes: &Rc<Vec<u8>>, what: As, kind: &str) -> R {
    let text = || {
        let text = String::from_utf8_lossy(bytes);
        text.strip_prefix('\u{feff}').map_or_else(|| text.to_string(), str::to_owned)
    };
    match what {
        As::Text => Ok(Value::from(text())),
        As::Json => puremix_js::parse_json(cx, &Str::from(text().as_str())),
        As::ArrayBuffer => Ok(typed::new_buffer(cx, bytes.to_vec()).into()),
        As::Bytes => Ok(typed::new_array(cx, Element::U8, bytes.to_vec()).into()),
        As::Blob => Ok(blob::object(cx, bytes.clone(), &kind.to_ascii_lowercase())),
        As::FormData if kind.starts_with("application/x-www-form-urlencoded") => {
            let pairs = url::form_urlencoded::parse(bytes).into_owned();
            Ok(form_data::object(cx, pairs.map(|(n, v)| (n, Entry::Text(v))).collect()))
        }
        As::FormData => {
            let message = "Content-Type was not one of \"multipart/form-data\" or \"application/x-www-form-urlencoded\".";
            let unsupported = "formData() of multipart bodies is not supported in compiled programs; actions get parsed forms";
            Err(cx.throw_error(ErrorKind::Type, if kind.starts_with("multipart/") { unsupported } else { message }))
        }
    }
}

/// The bytes of a body that a program gives, and the content type it implies.
pub fn from_value(cx: Cx, v: &Value) -> R<(Source, Option<String>)> {
    let bytes = |b: Vec<u8>| Source::Bytes(Rc::new(b));
    if v.is_nullish() {
        return Ok((Source::None, None));
    }
    if let Some(blob) = blob::of(v) {
        let kind = (!blob.kind.is_empty()).then(|| blob.kind.clone());
        return Ok((Source::Bytes(blob.bytes.clone()), kind));
    }
    if let Some(query) = search_params::serialized(v) {
        return Ok((bytes(query.into_bytes()), Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned())));
    }
    if let Some(entries) = form_data::entries_of(v) {
        let boundary = multipart::boundary();
        return Ok((bytes(multipart::write(&entries, &boundary)), Some(format!("multipart/form-data; boundary={boundary}"))));
    }
    if let Some(b) = puremix_node::bytes_of(v) {
        return Ok((bytes(b), None));
    }
    if let Some(source) = v.as_obj().and_then(stream::source_of) {
        return Ok((source, None));
    }
    Ok((bytes(text_of(cx, v)?.into_bytes()), Some("text/plain;charset=UTF-8".to_owned())))
}
