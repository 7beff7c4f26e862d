//! `Buffer.prototype` but for numbers and searching.

use super::encoding::Encoding;
use super::{construct, encoding_argument, len_of, over, search, this, uint8_array};
use crate::support::{argument_type, coded, custom_inspection, integer_argument, out_of_range};
use puremix_js::builtins::typed;
use puremix_js::inspect::{Options, inspect_with};
use puremix_js::ops;
use puremix_value::{Args, Attr, Cx, ErrorKind, Key, Obj, R, Value};

/// Bytes that inspection shows.
const INSPECT_MAX: usize = 50;

pub(super) fn install(cx: Cx, proto: &Obj) {
    ops::install(cx, proto, &[
        ("copy", 4, copy),
        ("toString", 3, to_string),
        ("toLocaleString", 3, to_string),
        ("equals", 1, |cx, a| {
            let o = this(cx, a)?;
            let Some(other) = uint8_array(a.get(0)) else {
                return Err(argument_type(cx, "otherBuffer", "an instance of Buffer or Uint8Array", a.get(0)));
            };
            Ok(Value::Bool(typed::with_bytes(o, |x| typed::with_bytes(other, |y| x == y)).flatten().unwrap_or(false)))
        }),
        ("inspect", 2, inspect),
        ("compare", 5, compare),
        ("fill", 4, construct::fill),
        ("write", 4, write),
        ("toJSON", 0, |cx, a| {
            let bytes = typed::with_bytes(this(cx, a)?, <[u8]>::to_vec).unwrap_or_default();
            let o = Obj::plain(cx);
            let list = bytes.iter().map(|b| Value::Num(f64::from(*b))).collect();
            crate::support::put_all(cx, &o, [("type", Value::str("Buffer")), ("data", Value::Obj(Obj::array(cx, list)))]);
            Ok(Value::Obj(o))
        }),
        ("subarray", 2, slice),
        ("slice", 2, slice),
        ("swap16", 0, |cx, a| swap(cx, a, 2)),
        ("swap32", 0, |cx, a| swap(cx, a, 4)),
        ("swap64", 0, |cx, a| swap(cx, a, 8)),
        ("utf8Slice", 2, |cx, a| sliced(cx, a, Encoding::Utf8)),
        ("latin1Slice", 2, |cx, a| sliced(cx, a, Encoding::Latin1)),
        ("asciiSlice", 2, |cx, a| sliced(cx, a, Encoding::Ascii)),
        ("hexSlice", 2, |cx, a| sliced(cx, a, Encoding::Hex)),
        ("base64Slice", 2, |cx, a| sliced(cx, a, Encoding::Base64)),
        ("base64urlSlice", 2, |cx, a| sliced(cx, a, Encoding::Base64Url)),
        ("ucs2Slice", 2, |cx, a| sliced(cx, a, Encoding::Utf16)),
        ("utf8Write", 3, |cx, a| written(cx, a, Encoding::Utf8)),
        ("latin1Write", 3, |cx, a| written(cx, a, Encoding::Latin1)),
    ]);
    search::install(cx, proto);
    ops::install_getter(cx, proto, "parent", |cx, a| Ok(typed::view_parts(this(cx, a)?).map_or(Value::Undefined, |p| p.buffer.into())));
    ops::install_getter(cx, proto, "offset", |cx, a| Ok(typed::view_parts(this(cx, a)?).map_or(Value::Undefined, |p| Value::Num(p.offset as f64))));
    custom_inspection(cx, proto, inspect);
}

/// An index argument of `slice`: negative from the end.
fn place(cx: Cx, v: &Value, default: f64, len: f64) -> R<f64> {
    if v.is_undefined() {
        return Ok(default);
    }
    let n = ops::value_to_integer(cx, v)?;
    Ok(if n < 0.0 { (len + n).max(0.0) } else { n.min(len) })
}

/// Shows the same bytes, unlike `Uint8Array.prototype.slice`.
fn slice(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let len = len_of(o) as f64;
    let start = place(cx, a.get(0), 0.0, len)?;
    let end = place(cx, a.get(1), len, len)?.max(start);
    match typed::view_parts(o) {
        Some(parts) => over(cx, &parts.buffer, parts.offset + start as usize, (end - start) as usize),
        None => Ok(Value::Undefined),
    }
}

fn to_string(cx: Cx, a: &Args<'_>) -> R {
    let encoding = encoding_argument(cx, a.get(0))?;
    let o = this(cx, a)?;
    let len = len_of(o) as f64;
    let bound = |v: &Value, default: f64| -> R<f64> {
        if v.is_undefined() { Ok(default) } else { Ok(ops::value_to_integer(cx, v)?.clamp(0.0, len)) }
    };
    let (start, end) = (bound(a.get(1), 0.0)?, bound(a.get(2), len)?);
    if start >= end {
        return Ok(Value::str(""));
    }
    Ok(typed::with_bytes(o, |bytes| Value::Str(encoding.encode(&bytes[start as usize..end as usize]))).unwrap_or_default())
}

fn sliced(cx: Cx, a: &Args<'_>, encoding: Encoding) -> R {
    let o = this(cx, a)?;
    let len = len_of(o) as f64;
    let (start, end) = (place(cx, a.get(0), 0.0, len)?, place(cx, a.get(1), len, len)?);
    Ok(typed::with_bytes(o, |bytes| Value::Str(encoding.encode(bytes.get(start as usize..end as usize).unwrap_or(&[])))).unwrap_or_default())
}

/// `<Buffer 68 69>`, with properties that were added.
fn inspect(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let bytes = typed::with_bytes(o, <[u8]>::to_vec).unwrap_or_default();
    let mut text: Vec<String> = bytes.iter().take(INSPECT_MAX).map(|b| format!("{b:02x}")).collect();
    if bytes.len() > INSPECT_MAX {
        let more = bytes.len() - INSPECT_MAX;
        text.push(format!("... {more} more byte{}", if more > 1 { "s" } else { "" }));
    }
    let mut text = text.join(" ");
    let extra: Vec<Key> = o.own_keys(cx).into_iter().filter(|(_, attr)| attr.has(Attr::ENUMERABLE)).map(|(k, _)| k).collect();
    if !extra.is_empty() {
        let shown = Obj::with(cx, None, puremix_value::Kind::Plain);
        for key in &extra {
            shown.put(cx, key, ops::get_key(cx, o, key, a.this)?);
        }
        let options = Options { break_length: usize::MAX, ..Options::default() };
        let listed = inspect_with(cx, &shown.into(), options);
        let listed = listed.trim_start_matches("[Object: null prototype] {").trim_end_matches('}').trim();
        text = if text.is_empty() { listed.to_owned() } else { format!("{text}, {listed}") };
    }
    let name = puremix_js::errors::constructor_name(cx, o).unwrap_or_else(|| "Buffer".to_owned());
    Ok(Value::from(if text.is_empty() { format!("<{name} >") } else { format!("<{name} {text}>") }))
}

fn compare(cx: Cx, a: &Args<'_>) -> R {
    const MAX: f64 = 9_007_199_254_740_991.0;
    let o = this(cx, a)?;
    let Some(target) = uint8_array(a.get(0)) else {
        return Err(argument_type(cx, "target", "an instance of Buffer or Uint8Array", a.get(0)));
    };
    let (mine, theirs) = (len_of(o) as f64, len_of(target) as f64);
    let bound = |i: usize, name: &str, default: f64, max: f64| -> R<f64> {
        if a.get(i).is_undefined() { Ok(default) } else { integer_argument(cx, a.get(i), name, 0.0, max) }
    };
    let (t0, t1) = (bound(1, "targetStart", 0.0, MAX)?, bound(2, "targetEnd", theirs, theirs)?);
    let (s0, s1) = (bound(3, "sourceStart", 0.0, MAX)?, bound(4, "sourceEnd", mine, mine)?);
    let part = |o: &Obj, from: f64, to: f64| typed::with_bytes(o, |b| b.get(from as usize..to as usize).unwrap_or(&[]).to_vec()).unwrap_or_default();
    Ok(Value::Num(f64::from(part(o, s0, s1).cmp(&part(target, t0, t1)) as i8)))
}

fn copy(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let Some(target) = uint8_array(a.get(0)) else {
        return Err(argument_type(cx, "target", "an instance of Buffer or Uint8Array", a.get(0)));
    };
    let bound = |i: usize, name: &str, default: f64| -> R<f64> {
        if a.get(i).is_undefined() {
            return Ok(default);
        }
        let n = ops::value_to_integer(cx, a.get(i))?;
        if n < 0.0 { Err(out_of_range(cx, name, ">= 0", &Value::Num(n))) } else { Ok(n) }
    };
    let (mine, theirs) = (len_of(o) as f64, len_of(target) as f64);
    let at = bound(1, "targetStart", 0.0)?;
    let start = bound(2, "sourceStart", 0.0)?;
    if start > mine {
        return Err(out_of_range(cx, "sourceStart", &format!(">= 0 && <= {mine}"), &Value::Num(start)));
    }
    let end = bound(3, "sourceEnd", mine)?.min(mine);
    if at >= theirs || start >= end {
        return Ok(Value::Num(0.0));
    }
    let count = (end - start).min(theirs - at) as usize;
    // Both may show the same bytes.
    let bytes = typed::with_bytes(o, |b| b[start as usize..start as usize + count].to_vec()).unwrap_or_default();
    typed::with_bytes_mut(target, |b| b[at as usize..at as usize + count].copy_from_slice(&bytes));
    Ok(Value::Num(count as f64))
}

/// `buf.write(string[, offset[, length]][, encoding])`.
fn write(cx: Cx, a: &Args<'_>) -> R {
    let (mut offset, mut length, mut encoding) = (a.get(1), a.get(2), a.get(3));
    if offset.as_str().is_some() {
        (offset, length, encoding) = (&Value::Undefined, &Value::Undefined, offset);
    } else if length.as_str().is_some() {
        (length, encoding) = (&Value::Undefined, length);
    }
    let encoding = encoding_argument(cx, encoding)?;
    put_text(cx, a, offset, length, encoding)
}

fn written(cx: Cx, a: &Args<'_>, encoding: Encoding) -> R {
    put_text(cx, a, a.get(1), a.get(2), encoding)
}

/// Writes what fits, whole characters only.
fn put_text(cx: Cx, a: &Args<'_>, offset: &Value, length: &Value, encoding: Encoding) -> R {
    let o = this(cx, a)?;
    let Value::Str(text) = a.get(0) else { return Err(argument_type(cx, "string", "of type string", a.get(0))) };
    let len = len_of(o) as f64;
    let offset = if offset.is_undefined() { 0.0 } else { integer_argument(cx, offset, "offset", 0.0, len)? };
    let room = len - offset;
    let room = if length.is_undefined() { room } else { integer_argument(cx, length, "length", 0.0, len)?.min(room) } as usize;
    let mut bytes = encoding.decode(text);
    if bytes.len() > room {
        bytes.truncate(match encoding {
            Encoding::Utf8 => (0..=room).rev().find(|i| bytes[*i] & 0xc0 != 0x80).unwrap_or(0),
            Encoding::Utf16 => room & !1,
            _ => room,
        });
    }
    typed::with_bytes_mut(o, |all| all[offset as usize..offset as usize + bytes.len()].copy_from_slice(&bytes));
    Ok(Value::Num(bytes.len() as f64))
}

fn swap(cx: Cx, a: &Args<'_>, size: usize) -> R {
    let o = this(cx, a)?;
    if !len_of(o).is_multiple_of(size) {
        let message = format!("Buffer size must be a multiple of {}-bits", size * 8);
        return Err(coded(cx, ErrorKind::Range, "ERR_INVALID_BUFFER_SIZE", &message));
    }
    typed::with_bytes_mut(o, |b| b.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    Ok(a.this.clone())
}
