//! `Buffer`: bytes with Node's encodings.

use crate::support::{argument_type, coded, object};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, HostObject, Key, Obj, R, Str, Value, well_known};
use std::any::Any;
use std::cell::RefCell;

/// The bytes of a `Buffer` object.
struct Buffer(RefCell<Vec<u8>>);

impl HostObject for Buffer {
    fn class_name(&self) -> &'static str {
        "Buffer"
    }

    fn get(&self, cx: Cx, _: &Obj, key: &Key) -> R<Option<Value>> {
        Ok(match key {
            Key::Index(i) => Some(self.0.borrow().get(*i as usize).map_or(Value::Undefined, |b| Value::Num(f64::from(*b)))),
            Key::Atom(a) if *a == well_known::LENGTH => Some(Value::Num(self.0.borrow().len() as f64)),
            Key::Atom(_) if *key == cx.key_of("byteLength") => Some(Value::Num(self.0.borrow().len() as f64)),
            _ => None,
        })
    }

    fn set(&self, cx: Cx, _: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        let Key::Index(i) = key else { return Ok(None) };
        let byte = ops::js_to_int32(ops::js_to_number(cx, value)?) as u8;
        if let Some(slot) = self.0.borrow_mut().get_mut(*i as usize) {
            *slot = byte;
        }
        Ok(Some(true))
    }

    fn has(&self, _: Cx, _: &Obj, key: &Key) -> R<Option<bool>> {
        Ok(match key {
            Key::Index(i) => Some((*i as usize) < self.0.borrow().len()),
            _ => None,
        })
    }

    fn own_keys(&self, _: Cx, _: &Obj) -> R<Vec<(Key, puremix_value::Attr)>> {
        let writable = puremix_value::Attr::WRITABLE.with(puremix_value::Attr::ENUMERABLE);
        Ok((0..self.0.borrow().len() as u32).map(|i| (Key::Index(i), writable)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

thread_local! {
    static PROTOTYPE: std::cell::OnceCell<Obj> = const { std::cell::OnceCell::new() };
}

/// A `Buffer` object that owns these bytes.
pub fn new_buffer(cx: Cx, bytes: Vec<u8>) -> R {
    crate::load(cx, "buffer")?;
    let proto = PROTOTYPE.with(|p| p.get().cloned());
    Ok(Value::Obj(Obj::host(cx, proto, Buffer(RefCell::new(bytes)))))
}

/// The bytes of a `Buffer`.
pub fn bytes_of(v: &Value) -> Option<Vec<u8>> {
    buffer(v).map(|b| b.0.borrow().clone())
}

fn buffer(v: &Value) -> Option<&Buffer> {
    v.as_obj()?.host_data::<Buffer>()
}

/// Text or a Buffer, as bytes.
pub(crate) fn data(cx: Cx, v: &Value, encoding: &Value, name: &str) -> R<Vec<u8>> {
    match v {
        Value::Str(s) => decode(cx, s, encoding),
        v => bytes_of(v).ok_or_else(|| argument_type(cx, name, "of type string or an instance of Buffer, TypedArray, or DataView", v)),
    }
}

fn encoding_name(cx: Cx, encoding: &Value) -> R<String> {
    match encoding {
        Value::Str(s) => Ok(s.as_utf8().to_ascii_lowercase()),
        Value::Undefined | Value::Null => Ok("utf8".to_owned()),
        v => {
            let shown = ops::js_to_string(cx, v)?;
            Err(unknown_encoding(cx, &shown.as_utf8()))
        }
    }
}

fn unknown_encoding(cx: Cx, name: &str) -> puremix_value::Thrown {
    coded(cx, ErrorKind::Type, "ERR_UNKNOWN_ENCODING", &format!("Unknown encoding: {name}"))
}

/// Node reads both alphabets, with or without padding, and stops at what is neither.
fn decode_base64(text: &str) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    let mut clean: String = text
        .chars()
        .take_while(|c| *c != '=')
        .filter_map(|c| match c {
            '-' => Some('+'),
            '_' => Some('/'),
            c if c.is_ascii_alphanumeric() || c == '+' || c == '/' => Some(c),
            _ => None,
        })
        .collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    LENIENT.decode(&clean).unwrap_or_default()
}

fn decode(cx: Cx, text: &Str, encoding: &Value) -> R<Vec<u8>> {
    let name = encoding_name(cx, encoding)?;
    let utf8 = text.as_utf8();
    Ok(match name.as_str() {
        "utf8" | "utf-8" => utf8.as_bytes().to_vec(),
        "hex" => utf8
            .as_bytes()
            .chunks_exact(2)
            .map_while(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect(),
        "base64" | "base64url" => decode_base64(&utf8),
        "ascii" | "latin1" | "binary" => text.utf16().iter().map(|u| *u as u8).collect(),
        "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => text.utf16().iter().flat_map(|u| u.to_le_bytes()).collect(),
        other => return Err(unknown_encoding(cx, other)),
    })
}

/// Bytes as text.
pub(crate) fn encode(cx: Cx, bytes: &[u8], encoding: &Value) -> R<Str> {
    let name = encoding_name(cx, encoding)?;
    Ok(match name.as_str() {
        "utf8" | "utf-8" => Str::from(&*String::from_utf8_lossy(bytes)),
        "hex" => Str::from(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().as_str()),
        "base64" => Str::from(BASE64_STANDARD.encode(bytes).as_str()),
        "base64url" => Str::from(BASE64_URL_SAFE_NO_PAD.encode(bytes).as_str()),
        "ascii" => Str::from(bytes.iter().map(|b| char::from(b & 0x7f)).collect::<String>().as_str()),
        "latin1" | "binary" => Str::from(bytes.iter().map(|b| char::from(*b)).collect::<String>().as_str()),
        "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect();
            Str::from_utf16(&units)
        }
        other => return Err(unknown_encoding(cx, other)),
    })
}

pub(crate) fn module(cx: Cx) -> R {
    let proto = object(cx, &[
        ("toString", 3, |cx, a| {
            let (bytes, start, end) = range(cx, a, 1)?;
            Ok(Value::Str(encode(cx, &bytes[start..end], a.get(0))?))
        }),
        ("slice", 2, slice),
        ("subarray", 2, slice),
        ("equals", 1, |cx, a| {
            let (mine, other) = (this(cx, a)?, data(cx, a.get(0), &Value::Undefined, "otherBuffer")?);
            Ok(Value::Bool(mine == other))
        }),
        ("toJSON", 0, |cx, a| {
            let bytes = this(cx, a)?;
            let o = Obj::plain(cx);
            o.put(cx, &cx.key_of("type"), Value::str("Buffer"));
            let list = bytes.iter().map(|b| Value::Num(f64::from(*b))).collect();
            o.put(cx, &cx.key_of("data"), Value::Obj(Obj::array(cx, list)));
            Ok(Value::Obj(o))
        }),
        ("includes", 1, |cx, a| Ok(Value::Bool(find(cx, a)?.is_some()))),
        ("indexOf", 1, |cx, a| Ok(Value::Num(find(cx, a)?.map_or(-1.0, |i| i as f64)))),
    ]);
    PROTOTYPE.with(|p| {
        // The module is made once per isolate.
        let _ = p.set(proto.clone());
    });
    let constructor = match ops::native(cx, "Buffer", 2, from) {
        Value::Obj(o) => o,
        other => return Ok(other),
    };
    crate::support::add(cx, &constructor, &[
        ("from", 2, from),
        ("alloc", 2, |cx, a| {
            let size = ops::js_to_number(cx, a.get(0))?;
            if !(0.0..=1e9).contains(&size) {
                return Err(coded(cx, ErrorKind::Range, "ERR_OUT_OF_RANGE", "The value of \"size\" is out of range."));
            }
            let fill = if a.get(1).is_undefined() { 0 } else { ops::js_to_int32(ops::js_to_number(cx, a.get(1))?) as u8 };
            new_buffer(cx, vec![fill; size as usize])
        }),
        ("concat", 1, |cx, a| {
            let mut all = Vec::new();
            for part in ops::iter_to_vec(cx, a.get(0))? {
                all.extend(data(cx, &part, &Value::Undefined, "list")?);
            }
            new_buffer(cx, all)
        }),
        ("isBuffer", 1, |_, a| Ok(Value::Bool(buffer(a.get(0)).is_some()))),
        ("byteLength", 2, |cx, a| Ok(Value::Num(data(cx, a.get(0), a.get(1), "string")?.len() as f64))),
    ]);
    constructor.put_hidden(cx, well_known::PROTOTYPE, proto.clone());
    proto.put_hidden(cx, well_known::CONSTRUCTOR, constructor.clone());
    let module = Obj::plain(cx);
    module.put(cx, &cx.key_of("Buffer"), Value::Obj(constructor));
    Ok(Value::Obj(module))
}

fn from(cx: Cx, a: &Args<'_>) -> R {
    let source = a.get(0);
    let bytes = match source {
        Value::Str(s) => decode(cx, s, a.get(1))?,
        v if buffer(v).is_some() => bytes_of(v).unwrap_or_default(),
        Value::Obj(_) => {
            let mut bytes = Vec::new();
            for v in ops::array_like_to_vec(cx, source)? {
                bytes.push(ops::js_to_int32(ops::js_to_number(cx, &v)?) as u8);
            }
            bytes
        }
        v => {
            let expected = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";
            return Err(argument_type(cx, "first", expected, v));
        }
    };
    new_buffer(cx, bytes)
}

fn this(cx: Cx, a: &Args<'_>) -> R<Vec<u8>> {
    bytes_of(a.this).ok_or_else(|| argument_type(cx, "this", "an instance of Buffer", a.this))
}

/// The receiver's bytes and the range given by arguments `first` and `first + 1`, negative from the end.
fn range(cx: Cx, a: &Args<'_>, first: usize) -> R<(Vec<u8>, usize, usize)> {
    let bytes = this(cx, a)?;
    let len = bytes.len() as f64;
    let at = |v: &Value, default: f64| -> R<f64> {
        if v.is_undefined() {
            return Ok(default);
        }
        let n = ops::value_to_integer(cx, v)?;
        Ok(if n < 0.0 { (len + n).max(0.0) } else { n.min(len) })
    };
    let start = at(a.get(first), 0.0)?;
    let end = at(a.get(first + 1), len)?.max(start);
    Ok((bytes, start as usize, end as usize))
}

fn slice(cx: Cx, a: &Args<'_>) -> R {
    let (bytes, start, end) = range(cx, a, 0)?;
    new_buffer(cx, bytes[start..end].to_vec())
}

fn find(cx: Cx, a: &Args<'_>) -> R<Option<usize>> {
    let bytes = this(cx, a)?;
    let needle = match a.get(0) {
        Value::Num(n) => vec![ops::js_to_int32(*n) as u8],
        v => data(cx, v, &Value::Undefined, "value")?,
    };
    if needle.is_empty() {
        return Ok(Some(0));
    }
    Ok(bytes.windows(needle.len()).position(|w| w == needle))
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for (text, expected) in [("aGVsbG8=", "hello"), ("aGVsbG8", "hello"), ("aGVs\nbG8=", "hello"), ("", ""), ("_w", "\u{0}")] {
            let got = decode_base64(text);
            if text == "_w" { assert_eq!(got, [255]) } else { assert_eq!(got, expected.as_bytes(), "{text}") }
        }
    }
}
