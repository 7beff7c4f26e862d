//! `node:string_decoder`: text from bytes that arrive in pieces.

use crate::buffer::{Encoding, bytes_of, encoding_argument};
use crate::support::{ClassDef, argument_type, class as make_class, object, put_all};
use puremix_js::ops;
use puremix_value::{Args, Class, Cx, ErrorKind, Obj, Payload, R, Value};
use std::cell::RefCell;

pub(crate) const EXPORTS: &[&str] = &["StringDecoder", "default"];

struct Decoder {
    encoding: Encoding,
    pending: RefCell<Vec<u8>>,
}

impl Payload for Decoder {}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Decoder> {
    a.this.as_obj().and_then(|o| o.payload::<Decoder>()).ok_or_else(|| cx.throw_error(ErrorKind::Type, "not a StringDecoder"))
}

pub(crate) fn module(cx: Cx) -> R {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("write", 1, |cx, a| write(cx, a, false)),
            ("end", 1, |cx, a| write(cx, a, true)),
        ],
        getters: &[("encoding", |cx, a| Ok(Value::str(this(cx, a)?.encoding.name())))],
        ..ClassDef::new("StringDecoder", 1, |cx, a| {
            let encoding = encoding_argument(cx, a.get(0))?;
            let proto = ops::proto_for_object(cx, a.new_target, a.callee)?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Decoder { encoding, pending: RefCell::default() }).into())
        })
    };
    let o = object(cx, &[]);
    put_all(cx, &o, [("StringDecoder", make_class(cx, &DEF, None).0.into())]);
    Ok(o.into())
}

fn write(cx: Cx, a: &Args<'_>, last: bool) -> R {
    let decoder = this(cx, a)?;
    let mut bytes = decoder.pending.take();
    match a.get(0) {
        Value::Undefined if last => {}
        Value::Str(s) => return Ok(Value::Str(s.clone())),
        v => match bytes_of(v) {
            Some(more) => bytes.extend(more),
            None => return Err(argument_type(cx, "buf", "an instance of Buffer, TypedArray, or DataView", v)),
        },
    }
    if !last {
        let whole = whole_part(decoder.encoding, &bytes);
        decoder.pending.replace(bytes.split_off(whole));
    }
    Ok(Value::Str(decoder.encoding.encode(&bytes)))
}

/// How many bytes from the start end with a whole character.
fn whole_part(encoding: Encoding, bytes: &[u8]) -> usize {
    match encoding {
        Encoding::Utf8 => {
            let tail = bytes.iter().rev().take(3).take_while(|b| **b & 0xc0 == 0x80).count();
            let start = (bytes.len() - tail).saturating_sub(1);
            match std::str::from_utf8(&bytes[start..]) {
                Err(e) if e.error_len().is_none() => start + e.valid_up_to(),
                _ => bytes.len(),
            }
        }
        Encoding::Utf16 => {
            let even = bytes.len() & !1;
            if even >= 2 && (0xd8..0xdc).contains(&bytes[even - 1]) { even - 2 } else { even }
        }
        Encoding::Base64 | Encoding::Base64Url => bytes.len() - bytes.len() % 3,
        Encoding::Latin1 | Encoding::Ascii | Encoding::Hex => bytes.len(),
    }
}
