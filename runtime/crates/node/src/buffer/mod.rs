//! `Buffer`: a `Uint8Array` with Node's encodings and number formats.

mod construct;
pub(crate) mod encoding;
mod methods;
mod numbers;
mod search;

pub(crate) use encoding::Encoding;

use crate::support::{argument_type, coded, object};
use puremix_js::builtins::typed::{self, Element};
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, Obj, R, Str, Thrown, Value, well_known};
use std::cell::OnceCell;

pub(crate) const EXPORTS: &[&str] = &["Buffer", "INSPECT_MAX_BYTES", "atob", "btoa", "constants", "default", "isAscii", "isUtf8", "kMaxLength", "kStringMaxLength"];

pub(crate) const MISSING: &[&str] = &["Blob", "File", "SlowBuffer", "resolveObjectURL", "transcode"];

/// The longest buffer, as Node 20 has it.
const MAX_LENGTH: f64 = 4_294_967_296.0;

thread_local! {
    static PROTOTYPE: OnceCell<Obj> = const { OnceCell::new() };
}

fn prototype(cx: Cx) -> R<Obj> {
    crate::load(cx, "buffer")?;
    PROTOTYPE.with(|p| p.get().cloned()).ok_or_else(|| cx.throw_error(ErrorKind::Error, "Buffer is not installed"))
}

/// A `Buffer` that owns these bytes.
pub fn new_buffer(cx: Cx, bytes: Vec<u8>) -> R {
    let len = bytes.len();
    over(cx, &typed::new_buffer(cx, bytes), 0, len)
}

/// A `Buffer` that shows part of an `ArrayBuffer`.
fn over(cx: Cx, buffer: &Obj, offset: usize, len: usize) -> R {
    match typed::over_buffer(cx, prototype(cx)?, buffer, offset, len) {
        Some(made) => Ok(Value::Obj(made)),
        None => Err(coded(cx, ErrorKind::Range, "ERR_BUFFER_OUT_OF_BOUNDS", "\"offset\" is outside of buffer bounds")),
    }
}

/// A copy of the bytes of a `Buffer`, a typed array, a `DataView` or an `ArrayBuffer`.
pub fn bytes_of(v: &Value) -> Option<Vec<u8>> {
    typed::with_bytes(v.as_obj()?, <[u8]>::to_vec)
}

/// The `Uint8Array` inside a value, `Buffer`s included.
fn uint8_array(v: &Value) -> Option<&Obj> {
    v.as_obj().filter(|o| typed::view_parts(o).is_some_and(|p| p.element == Some(Element::U8)))
}

fn is_buffer(v: &Value) -> bool {
    let Some(o) = uint8_array(v) else { return false };
    let mut at = o.proto();
    while let Some(p) = at {
        if PROTOTYPE.with(|proto| proto.get() == Some(&p)) {
            return true;
        }
        at = p.proto();
    }
    false
}

/// Text or bytes, as bytes.
pub(crate) fn data(cx: Cx, v: &Value, encoding: &Value, name: &str) -> R<Vec<u8>> {
    match v {
        Value::Str(s) => Ok(encoding_argument(cx, encoding)?.decode(s)),
        v => bytes_of(v).ok_or_else(|| argument_type(cx, name, "of type string or an instance of Buffer, TypedArray, or DataView", v)),
    }
}

/// Bytes as text of the encoding that `encoding` names.
pub(crate) fn encode(cx: Cx, bytes: &[u8], encoding: &Value) -> R<Str> {
    Ok(encoding_argument(cx, encoding)?.encode(bytes))
}

/// The encoding an argument names; UTF-8 when there is none.
pub(crate) fn encoding_argument(cx: Cx, encoding: &Value) -> R<Encoding> {
    let name = match encoding {
        Value::Str(s) => s.clone(),
        Value::Undefined | Value::Null => return Ok(Encoding::Utf8),
        v => ops::js_to_string(cx, v)?,
    };
    Encoding::of_name(&name.as_utf8()).ok_or_else(|| unknown_encoding(cx, &name.as_utf8()))
}

pub(crate) fn unknown_encoding(cx: Cx, name: &str) -> Thrown {
    coded(cx, ErrorKind::Type, "ERR_UNKNOWN_ENCODING", &format!("Unknown encoding: {name}"))
}

/// The receiver of a method.
fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Obj> {
    uint8_array(a.this).ok_or_else(|| argument_type(cx, "this", "an instance of Buffer or Uint8Array", a.this))
}

/// The length of a receiver that [`this`] has checked.
fn len_of(o: &Obj) -> usize {
    typed::array_len(o).unwrap_or(0)
}

pub(crate) fn module(cx: Cx) -> R {
    let global = cx.intrinsic(puremix_value::Intrinsic::GlobalThis);
    let base = ops::get_value(cx, &global.into(), &cx.key_of("Uint8Array"))?;
    let base_proto = ops::get_value(cx, &base, &well_known::PROTOTYPE.into())?;
    let (Value::Obj(base), Value::Obj(base_proto)) = (base, base_proto) else { return Ok(Value::Undefined) };
    let proto = Obj::with(cx, Some(base_proto), puremix_value::Kind::Plain);
    PROTOTYPE.with(|p| {
        // The module is made once per isolate.
        let _ = p.set(proto.clone());
    });
    let constructor = ops::constructor_of(cx, "Buffer", 3, construct::construct, &proto);
    constructor.set_proto(cx, Some(base));
    constructor.put(cx, &cx.key_of("poolSize"), Value::Num(8192.0));
    ops::install(cx, &constructor, construct::STATICS);
    numbers::install(cx, &proto);
    methods::install(cx, &proto);
    let module = object(cx, &[]);
    module.put(cx, &cx.key_of("Buffer"), Value::Obj(constructor));
    crate::support::add(cx, &module, &[
        ("isUtf8", 1, |cx, a| match bytes_of(a.get(0)) {
            Some(bytes) => Ok(Value::Bool(std::str::from_utf8(&bytes).is_ok())),
            None => Err(argument_type(cx, "input", "an instance of ArrayBuffer, Buffer, or TypedArray", a.get(0))),
        }),
        ("isAscii", 1, |cx, a| match bytes_of(a.get(0)) {
            Some(bytes) => Ok(Value::Bool(bytes.is_ascii())),
            None => Err(argument_type(cx, "input", "an instance of ArrayBuffer, Buffer, or TypedArray", a.get(0))),
        }),
    ]);
    crate::support::add(cx, &module, crate::web::base64::FUNCTIONS);
    let constants = Obj::plain(cx);
    crate::support::put_all(cx, &constants, [("MAX_LENGTH", Value::Num(MAX_LENGTH)), ("MAX_STRING_LENGTH", Value::Num(536_870_888.0))]);
    crate::support::put_all(cx, &module, [
        ("kMaxLength", Value::Num(MAX_LENGTH)),
        ("kStringMaxLength", Value::Num(536_870_888.0)),
        ("constants", Value::Obj(constants)),
        ("INSPECT_MAX_BYTES", Value::Num(50.0)),
    ]);
    Ok(Value::Obj(module))
}
