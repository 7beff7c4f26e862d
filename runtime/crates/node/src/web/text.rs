//! `TextEncoder` and `TextDecoder` (Encoding Standard): UTF-8, UTF-16 and windows-1252, the encodings a server meets.

use crate::support::{ClassDef, class as make_class, coded, custom_inspection, flag, must_construct, put_all, shared_symbol, text_of};
use puremix_js::builtins::typed::{self, Element};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Str, StrBuilder, Value};
use std::cell::RefCell;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Charset {
    /// By label (Encoding Standard, §4.2).
    fn of_label(label: &str) -> Option<Charset> {
        Some(match label.trim_matches(|c: char| c.is_ascii_whitespace()).to_ascii_lowercase().as_str() {
            "unicode-1-1-utf-8" | "unicode11utf8" | "unicode20utf8" | "utf-8" | "utf8" | "x-unicode20utf8" => Charset::Utf8,
            "csunicode" | "iso-10646-ucs-2" | "ucs-2" | "unicode" | "unicodefeff" | "utf-16" | "utf-16le" => Charset::Utf16Le,
            "unicodefffe" | "utf-16be" => Charset::Utf16Be,
            "ansi_x3.4-1968" | "ascii" | "cp1252" | "cp819" | "csisolatin1" | "ibm819" | "iso-8859-1" | "iso-ir-100" | "iso8859-1" | "iso88591"
            | "iso_8859-1" | "iso_8859-1:1987" | "l1" | "latin1" | "us-ascii" | "windows-1252" | "x-cp1252" => Charset::Windows1252,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "utf-8",
            Charset::Utf16Le => "utf-16le",
            Charset::Utf16Be => "utf-16be",
            Charset::Windows1252 => "windows-1252",
        }
    }
}

/// What windows-1252 has in place of the C1 control characters.
const C1: [u16; 32] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018,
    0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
];

struct Encoder;

impl Payload for Encoder {}

struct Decoder {
    charset: Charset,
    fatal: bool,
    ignore_bom: bool,
    state: RefCell<State>,
}

/// Between calls with `stream: true`.
#[derive(Default)]
struct State {
    /// The beginning of a character whose end is still to come.
    pending: Vec<u8>,
    /// A byte order mark can no longer come.
    begun: bool,
}

impl Payload for Decoder {}

/// The constructors of `TextEncoder` and `TextDecoder`.
pub(crate) fn classes(cx: Cx) -> (Obj, Obj) {
    const ENCODER: ClassDef = ClassDef {
        methods: &[("encode", 0, encode), ("encodeInto", 2, encode_into)],
        getters: &[("encoding", |_, _| Ok(Value::str("utf-8")))],
        ..ClassDef::new("TextEncoder", 0, |cx, a| Ok(Obj::native(cx, Some(must_construct(cx, a)?), Class::Other, Encoder).into()))
    };
    const DECODER: ClassDef = ClassDef {
        methods: &[("decode", 0, decode)],
        getters: &[
            ("encoding", |cx, a| Ok(Value::str(decoder(cx, a)?.charset.name()))),
            ("fatal", |cx, a| Ok(Value::Bool(decoder(cx, a)?.fatal))),
            ("ignoreBOM", |cx, a| Ok(Value::Bool(decoder(cx, a)?.ignore_bom))),
        ],
        ..ClassDef::new("TextDecoder", 0, new_decoder)
    };
    let (encoder, encoder_proto) = make_class(cx, &ENCODER, None);
    let (made, proto) = make_class(cx, &DECODER, None);
    crate::support::tag(cx, &encoder_proto, "TextEncoder");
    crate::support::tag(cx, &proto, "TextDecoder");
    custom_inspection(cx, &encoder_proto, |cx, _| {
        // Node shows an encoder without its class.
        let o = Obj::plain(cx);
        put_all(cx, &o, [("encoding", Value::str("utf-8"))]);
        Ok(o.into())
    });
    custom_inspection(cx, &proto, |cx, a| {
        let Some(d) = a.this.as_obj().and_then(|o| o.payload::<Decoder>()) else { return Ok(a.this.clone()) };
        let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
        shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
        put_all(cx, &shown, [
            ("encoding", Value::str(d.charset.name())),
            ("fatal", Value::Bool(d.fatal)),
            ("ignoreBOM", Value::Bool(d.ignore_bom)),
        ]);
        Ok(shown.into())
    });
    (encoder, made)
}

fn encode(cx: Cx, a: &Args<'_>) -> R {
    let bytes = if a.get(0).is_undefined() { vec![] } else { text_of(cx, a.get(0))?.into_bytes() };
    Ok(typed::new_array(cx, Element::U8, bytes).into())
}

fn encode_into(cx: Cx, a: &Args<'_>) -> R {
    let Value::Str(text) = a.get(0) else { return Err(crate::support::argument_type(cx, "src", "of type string", a.get(0))) };
    let Some(target) = a.get(1).as_obj().filter(|o| typed::view_parts(o).is_some_and(|p| p.element == Some(Element::U8))) else {
        return Err(crate::support::argument_type(cx, "dest", "an instance of Uint8Array", a.get(1)));
    };
    let utf8 = text.as_utf8();
    let room = typed::array_len(target).unwrap_or(0);
    let fits = (0..=room.min(utf8.len())).rev().find(|i| utf8.is_char_boundary(*i)).unwrap_or(0);
    typed::with_bytes_mut(target, |b| b[..fits].copy_from_slice(&utf8.as_bytes()[..fits]));
    let o = Obj::plain(cx);
    let read = utf8[..fits].encode_utf16().count();
    put_all(cx, &o, [("read", Value::Num(read as f64)), ("written", Value::Num(fits as f64))]);
    Ok(o.into())
}

fn new_decoder(cx: Cx, a: &Args<'_>) -> R {
    let proto = must_construct(cx, a)?;
    let label = if a.get(0).is_undefined() { "utf-8".to_owned() } else { text_of(cx, a.get(0))? };
    let Some(charset) = Charset::of_label(&label) else {
        let message = format!("The \"{label}\" encoding is not supported");
        return Err(coded(cx, ErrorKind::Range, "ERR_ENCODING_NOT_SUPPORTED", &message));
    };
    let made = Decoder { charset, fatal: flag(cx, a.get(1), "fatal")?, ignore_bom: flag(cx, a.get(1), "ignoreBOM")?, state: RefCell::default() };
    Ok(Obj::native(cx, Some(proto), Class::Other, made).into())
}

fn decoder<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Decoder> {
    let found = a.this.as_obj().and_then(|o| o.payload::<Decoder>());
    found.ok_or_else(|| coded(cx, ErrorKind::Type, "ERR_INVALID_THIS", "Value of \"this\" must be of type TextDecoder"))
}

fn decode(cx: Cx, a: &Args<'_>) -> R {
    let d = decoder(cx, a)?;
    let input = match a.get(0) {
        Value::Undefined => vec![],
        v => match crate::bytes_of(v) {
            Some(bytes) => bytes,
            None => {
                let message = "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.";
                let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Type, message);
                if let Value::Obj(o) = &error {
                    o.put(cx, &cx.key_of("code"), Value::str("ERR_INVALID_ARG_TYPE"));
                }
                return Err(cx.throw(error));
            }
        },
    };
    let stream = flag(cx, a.get(1), "stream")?;
    let mut state = d.state.borrow_mut();
    let mut bytes = std::mem::take(&mut state.pending);
    bytes.extend(input);
    if stream {
        let whole = whole_characters(d.charset, &bytes);
        state.pending = bytes.split_off(whole);
    }
    let text = match text_from(d.charset, &bytes, d.fatal) {
        Some(text) => text,
        None => {
            *state = State::default();
            let message = format!("The encoded data was not valid for encoding {}", d.charset.name());
            let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Type, &message);
            if let Value::Obj(o) = &error {
                o.put(cx, &cx.key_of("code"), Value::str("ERR_ENCODING_INVALID_ENCODED_DATA"));
            }
            return Err(cx.throw(error));
        }
    };
    let has_mark = !state.begun && !d.ignore_bom && d.charset != Charset::Windows1252 && text.code_unit_at(0) == Some(0xfeff);
    state.begun = stream && (state.begun || !text.is_empty());
    Ok(Value::Str(if has_mark { text.slice(1, text.len_utf16()) } else { text }))
}

/// How many bytes from the start end with a whole character.
fn whole_characters(charset: Charset, bytes: &[u8]) -> usize {
    match charset {
        Charset::Windows1252 => bytes.len(),
        Charset::Utf16Le | Charset::Utf16Be => {
            let even = bytes.len() & !1;
            let high = |at: usize| if charset == Charset::Utf16Le { bytes[at + 1] } else { bytes[at] };
            if even >= 2 && (0xd8..0xdc).contains(&high(even - 2)) { even - 2 } else { even }
        }
        Charset::Utf8 => match std::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            // Only an unfinished last character waits; anything else is an error to be shown now.
            Err(_) => {
                let tail = bytes.iter().rev().take(3).take_while(|b| **b & 0xc0 == 0x80).count();
                let start = (bytes.len() - tail).saturating_sub(1);
                match std::str::from_utf8(&bytes[start..]) {
                    Err(e) if e.error_len().is_none() => start + e.valid_up_to(),
                    _ => bytes.len(),
                }
            }
        },
    }
}

/// The bytes as text; `None` for malformed input when that is fatal.
fn text_from(charset: Charset, bytes: &[u8], fatal: bool) -> Option<Str> {
    match charset {
        Charset::Utf8 if fatal => std::str::from_utf8(bytes).ok().map(Str::from),
        Charset::Utf8 => Some(Str::from(&*String::from_utf8_lossy(bytes))),
        Charset::Windows1252 => {
            let mut out = StrBuilder::with_capacity(bytes.len());
            bytes.iter().for_each(|b| out.push_unit(if (0x80..0xa0).contains(b) { C1[usize::from(b - 0x80)] } else { u16::from(*b) }));
            Some(out.finish())
        }
        Charset::Utf16Le | Charset::Utf16Be => {
            let unit = |p: &[u8]| if charset == Charset::Utf16Le { u16::from_le_bytes([p[0], p[1]]) } else { u16::from_be_bytes([p[0], p[1]]) };
            let units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
            let odd = !bytes.len().is_multiple_of(2);
            if fatal {
                return String::from_utf16(&units).ok().filter(|_| !odd).map(|s| Str::from(s.as_str()));
            }
            let mut text = String::from_utf16_lossy(&units);
            if odd {
                text.push('\u{fffd}');
            }
            Some(Str::from(text.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_characters_wait() {
        let euro = "€".as_bytes();
        for (bytes, expected) in [(&euro[..1], 0), (&euro[..2], 0), (euro, 3), (b"a\xff".as_slice(), 2), (b"ab\xf0\x9f\x98".as_slice(), 2)] {
            assert_eq!(whole_characters(Charset::Utf8, bytes), expected, "{bytes:?}");
        }
        assert_eq!(whole_characters(Charset::Utf16Le, &[0x61, 0, 0x3d, 0xd8]), 2);
    }
}
