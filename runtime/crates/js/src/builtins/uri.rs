//! `encodeURIComponent` and its kin (ECMA-262 §19.2.6), `escape` and `unescape` (§B.2.1).

use crate::{Methods, js_to_string};
use puremix_value::{Args, Cx, ErrorKind, R, Str, StrBuilder, Thrown};

pub(super) const GLOBALS: Methods = &[
    ("decodeURI", 1, decode_uri),
    ("decodeURIComponent", 1, decode_uri_component),
    ("encodeURI", 1, encode_uri),
    ("encodeURIComponent", 1, encode_uri_component),
    ("escape", 1, escape),
    ("unescape", 1, unescape),
];

const MARKS: &[u8] = b"-_.!~*'()";
const RESERVED: &[u8] = b";/?:@&=+$,#";

fn malformed(cx: Cx) -> Thrown {
    cx.throw_error(ErrorKind::Uri, "URI malformed")
}

fn encode(cx: Cx, text: &Str, keep: &[u8]) -> R<Str> {
    if !text.is_well_formed() {
        return Err(malformed(cx));
    }
    let kept = |b: u8| b.is_ascii_alphanumeric() || MARKS.contains(&b) || keep.contains(&b);
    let bytes = text.as_bytes();
    if bytes.iter().all(|b| kept(*b)) {
        return Ok(text.clone());
    }
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        if kept(*b) {
            out.push(char::from(*b));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(b >> 4)]));
            out.push(char::from(HEX[usize::from(b & 15)]));
        }
    }
    Ok(out.into())
}

/// Reads `%XX` at the start of `bytes`.
fn percent(bytes: &[u8]) -> Option<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    (bytes.first() == Some(&b'%')).then_some(())?;
    Some((digit(bytes.get(1))? * 16 + digit(bytes.get(2))?) as u8)
}

fn decode(cx: Cx, text: &Str, keep: &[u8]) -> R<Str> {
    if !text.as_bytes().contains(&b'%') {
        return Ok(text.clone());
    }
    let units = text.utf16();
    let ascii: Vec<u8> = units.iter().map(|u| u8::try_from(*u).unwrap_or(0xff)).collect();
    let mut out = StrBuilder::new();
    let mut i = 0;
    while i < units.len() {
        if ascii[i] != b'%' {
            out.push_unit(units[i]);
            i += 1;
            continue;
        }
        let first = percent(&ascii[i..]).ok_or_else(|| malformed(cx))?;
        let len = match first {
            0..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Err(malformed(cx)),
        };
        if len == 1 && keep.contains(&first) {
            out.push(&text.slice(i, i + 3));
            i += 3;
            continue;
        }
        let mut bytes = vec![first];
        for k in 1..len {
            let at = (i + 3 * k).min(ascii.len());
            bytes.push(percent(&ascii[at..]).ok_or_else(|| malformed(cx))?);
        }
        out.push_str(std::str::from_utf8(&bytes).map_err(|_| malformed(cx))?);
        i += 3 * len;
    }
    Ok(out.finish())
}

fn encode_uri(cx: Cx, a: &Args<'_>) -> R {
    Ok(encode(cx, &js_to_string(cx, a.get(0))?, RESERVED)?.into())
}

fn encode_uri_component(cx: Cx, a: &Args<'_>) -> R {
    Ok(encode(cx, &js_to_string(cx, a.get(0))?, b"")?.into())
}

fn decode_uri(cx: Cx, a: &Args<'_>) -> R {
    Ok(decode(cx, &js_to_string(cx, a.get(0))?, RESERVED)?.into())
}

fn decode_uri_component(cx: Cx, a: &Args<'_>) -> R {
    Ok(decode(cx, &js_to_string(cx, a.get(0))?, b"")?.into())
}

fn escape(cx: Cx, a: &Args<'_>) -> R {
    let text = js_to_string(cx, a.get(0))?;
    let mut out = String::new();
    for u in text.utf16().iter() {
        match u8::try_from(*u) {
            Ok(b) if b.is_ascii_alphanumeric() || b"@*_+-./".contains(&b) => out.push(char::from(b)),
            Ok(b) => out.push_str(&format!("%{b:02X}")),
            Err(_) => out.push_str(&format!("%u{u:04X}")),
        }
    }
    Ok(out.into())
}

fn unescape(cx: Cx, a: &Args<'_>) -> R {
    let text = js_to_string(cx, a.get(0))?;
    let units = text.utf16();
    let hex = |range: std::ops::Range<usize>| -> Option<u16> {
        units.get(range)?.iter().try_fold(0u16, |n, u| Some(n * 16 + char::from_u32(u32::from(*u))?.to_digit(16)? as u16))
    };
    let mut out = StrBuilder::new();
    let mut i = 0;
    while i < units.len() {
        let long = (units.get(i + 1) == Some(&u16::from(b'u'))).then(|| hex(i + 2..i + 6)).flatten();
        let (unit, used) = match (units[i] == u16::from(b'%'), long) {
            (true, Some(u)) => (u, 6),
            (true, None) => hex(i + 1..i + 3).map_or((units[i], 1), |u| (u, 3)),
            (false, _) => (units[i], 1),
        };
        out.push_unit(unit);
        i += used;
    }
    Ok(out.finish().into())
}
