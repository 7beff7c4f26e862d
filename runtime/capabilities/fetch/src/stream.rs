//! `response.body`: a readable stream to iterate over or to read piece by piece.

use crate::body::{Live, Source};
use crate::failure::Failure;
use puremix_js::builtins::typed::{self, Element};
use puremix_js::{ops, promise};
use puremix_node::capability::{ClassDef, class as make_class, custom_inspection, tag};
use puremix_value::{Args, Class, Cx, ErrorKind, Intrinsic, Kind, Obj, Payload, R, Tracer, Value, WellKnownSymbol};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A stream's own part.
struct Stream {
    source: RefCell<Source>,
    /// The body's mark that it has been read.
    used: Rc<Cell<bool>>,
    locked: Cell<bool>,
    ended: Cell<bool>,
}

impl Payload for Stream {}

/// A reader, or the iterator that `for await` uses.
struct Reader(Obj);

impl Payload for Reader {
    fn trace(&self, t: &mut Tracer<'_>) {
        t.obj(&self.0);
    }
}

pub fn object(cx: Cx, source: Source, used: Rc<Cell<bool>>) -> Obj {
    let (_, proto) = class(cx);
    let stream = Stream { source: RefCell::new(source), used, locked: Cell::new(false), ended: Cell::new(false) };
    Obj::native(cx, Some(proto), Class::Other, stream)
}

/// A stream of bytes that are there already.
pub fn of_bytes(cx: Cx, bytes: Rc<Vec<u8>>) -> Value {
    Value::Obj(object(cx, Source::Bytes(bytes), Rc::default()))
}

pub fn is_locked(o: &Obj) -> bool {
    o.payload::<Stream>().is_some_and(|s| s.locked.get())
}

/// What a stream has still to give, taken over by a request that sends it.
pub fn source_of(o: &Obj) -> Option<Source> {
    o.payload::<Stream>().map(|s| s.source.take())
}

fn this<'a>(cx: Cx, v: &'a Value) -> R<&'a Stream> {
    let direct = v.as_obj().and_then(|o| o.payload::<Stream>());
    let through = || v.as_obj().and_then(|o| o.payload::<Reader>()).and_then(|r| r.0.payload::<Stream>());
    direct.or_else(through).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn lock(cx: Cx, a: &Args<'_>) -> R<Obj> {
    let stream = this(cx, a.this)?;
    if stream.locked.replace(true) {
        let error = puremix_node::capability::coded_error(cx, ErrorKind::Type, "ERR_INVALID_STATE", "Invalid state: ReadableStream is locked");
        return Err(cx.throw(error));
    }
    a.this.as_obj().cloned().ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

fn unsupported(cx: Cx, what: &str) -> R {
    Err(cx.throw_error(ErrorKind::Type, &format!("ReadableStream.{what} is not supported in compiled programs; read the stream with `for await`")))
}

fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("getReader", 0, |cx, a| {
                let stream = lock(cx, a)?;
                let (_, proto) = reader_class(cx);
                Ok(Obj::native(cx, Some(proto), Class::Other, Reader(stream)).into())
            }),
            ("cancel", 0, cancel),
            ("values", 0, iterate),
            ("pipeTo", 1, |cx, _| unsupported(cx, "pipeTo")),
            ("pipeThrough", 1, |cx, _| unsupported(cx, "pipeThrough")),
            ("tee", 0, |cx, _| unsupported(cx, "tee")),
        ],
        getters: &[("locked", |cx, a| Ok(Value::Bool(this(cx, a.this)?.locked.get())))],
        ..ClassDef::new("ReadableStream", 0, |cx, _| unsupported(cx, "constructor"))
    };
    let made = make_class(cx, &DEF, None);
    let iterator = cx.symbol(WellKnownSymbol::AsyncIterator);
    if made.1.get_own(cx, &iterator.clone().into()).is_none() {
        tag(cx, &made.1, "ReadableStream");
        made.1.put_hidden(cx, iterator, ops::native(cx, "values", 0, iterate));
        custom_inspection(cx, &made.1, |cx, a| {
            let stream = this(cx, a.this)?;
            let state = if stream.ended.get() { "closed" } else { "readable" };
            Ok(Value::from(format!("ReadableStream {{ locked: {}, state: '{state}', supportsBYOB: true }}", stream.locked.get())))
        });
    }
    made
}

fn reader_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("read", 0, |cx, a| read(cx, this(cx, a.this)?)),
            ("cancel", 0, cancel),
            ("releaseLock", 0, |cx, a| {
                this(cx, a.this)?.locked.set(false);
                Ok(Value::Undefined)
            }),
        ],
        ..ClassDef::new("ReadableStreamDefaultReader", 1, |cx, _| unsupported(cx, "getReader"))
    };
    make_class(cx, &DEF, None)
}

fn cancel(cx: Cx, a: &Args<'_>) -> R {
    let stream = this(cx, a.this)?;
    stream.ended.set(true);
    stream.used.set(true);
    // Dropping the connection's body closes it.
    drop(stream.source.take());
    Ok(promise::promise_of(cx, Ok(Value::Undefined)))
}

/// `for await (const piece of stream)`.
fn iterate(cx: Cx, a: &Args<'_>) -> R {
    let stream = lock(cx, a)?;
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::AsyncIteratorPrototype)), Kind::Plain);
    ops::install(cx, &proto, &[
        ("next", 0, |cx, a| read(cx, this(cx, a.this)?)),
        ("return", 1, |cx, a| {
            cancel(cx, a)?;
            Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, a.get(0).clone(), true))))
        }),
    ]);
    let itself = ops::native(cx, "[Symbol.asyncIterator]", 0, |_, a| Ok(a.this.clone()));
    proto.put_hidden(cx, cx.symbol(WellKnownSymbol::AsyncIterator), itself);
    Ok(Obj::native(cx, Some(proto), Class::Other, Reader(stream)).into())
}

fn piece(cx: Cx, bytes: Vec<u8>) -> Value {
    ops::iter_result(cx, typed::new_array(cx, Element::U8, bytes).into(), false)
}

fn read(cx: Cx, stream: &Stream) -> R {
    stream.used.set(true);
    let source = stream.source.borrow().clone();
    match source {
        Source::None => Ok(promise::promise_of(cx, Ok(ops::iter_result(cx, Value::Undefined, true)))),
        Source::Bytes(bytes) => {
            stream.source.replace(Source::None);
            let result = if bytes.is_empty() { ops::iter_result(cx, Value::Undefined, true) } else { piece(cx, bytes.to_vec()) };
            Ok(promise::promise_of(cx, Ok(result)))
        }
        Source::Live(live) => {
            let next = async move { Live::next(&live).await };
            puremix_node::spawn(cx, next, |cx, outcome: Result<Option<bytes::Bytes>, Failure>| match outcome {
                Ok(Some(bytes)) => Ok(piece(cx, bytes.to_vec())),
                Ok(None) => Ok(ops::iter_result(cx, Value::Undefined, true)),
                Err(Failure::Aborted) => {
                    let error = puremix_node::capability::dom_exception::make(cx, "This operation was aborted", "AbortError");
                    Err(cx.throw(error))
                }
                Err(failure) => {
                    let error = failure.terminated(cx);
                    Err(cx.throw(error))
                }
            })
        }
    }
}
