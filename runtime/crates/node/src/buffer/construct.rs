//! Making buffers: `Buffer.from`, `Buffer.alloc` and their kin.

use super::encoding::Encoding;
use super::{MAX_LENGTH, bytes_of, encoding_argument, is_buffer, len_of, new_buffer, over, this, uint8_array};
use crate::support::{Functions, argument_type, coded, integer_argument, invalid_value, member, out_of_range};
use puremix_js::builtins::typed;
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, Kind, R, Value, well_known};

/// `Buffer(…)` and `new Buffer(…)`, deprecated but everywhere.
pub(super) fn construct(cx: Cx, a: &Args<'_>) -> R {
    match a.get(0) {
        Value::Num(_) if a.get(1).as_str().is_some() => Err(argument_type(cx, "string", "of type string", a.get(0))),
        Value::Num(_) => alloc(cx, a),
        _ => from(cx, a),
    }
}

pub(super) const STATICS: Functions = &[
    ("from", 3, from),
    ("copyBytesFrom", 3, copy_bytes_from),
    ("of", 0, |cx, a| {
        let mut bytes = Vec::new();
        for v in a.args {
            bytes.push(ops::js_to_int32(ops::js_to_number(cx, v)?) as u8);
        }
        new_buffer(cx, bytes)
    }),
    ("alloc", 3, alloc),
    ("allocUnsafe", 1, |cx, a| new_buffer(cx, vec![0; size(cx, a.get(0))?])),
    ("allocUnsafeSlow", 1, |cx, a| new_buffer(cx, vec![0; size(cx, a.get(0))?])),
    ("isBuffer", 1, |_, a| Ok(Value::Bool(is_buffer(a.get(0))))),
    ("compare", 2, |cx, a| {
        let part = |i: usize, name: &str| -> R<Vec<u8>> {
            match uint8_array(a.get(i)) {
                Some(_) => Ok(bytes_of(a.get(i)).unwrap_or_default()),
                None => Err(argument_type(cx, name, "an instance of Buffer or Uint8Array", a.get(i))),
            }
        };
        Ok(Value::Num(f64::from(part(0, "buf1")?.cmp(&part(1, "buf2")?) as i8)))
    }),
    ("isEncoding", 1, |_, a| Ok(Value::Bool(a.get(0).as_str().is_some_and(|s| Encoding::of_name(&s.as_utf8()).is_some())))),
    ("concat", 2, concat),
    ("byteLength", 2, byte_length),
];

fn size(cx: Cx, v: &Value) -> R<usize> {
    let Value::Num(n) = v else { return Err(argument_type(cx, "size", "of type number", v)) };
    if !(0.0..=MAX_LENGTH).contains(n) {
        return Err(out_of_range(cx, "size", ">= 0 && <= 4294967296", v));
    }
    Ok(*n as usize)
}

fn alloc(cx: Cx, a: &Args<'_>) -> R {
    let size = size(cx, a.get(0))?;
    let pattern = fill_pattern(cx, a.get(1), a.get(2))?;
    new_buffer(cx, repeated(&pattern, size))
}

fn repeated(pattern: &[u8], len: usize) -> Vec<u8> {
    match pattern {
        [] => vec![0; len],
        [one] => vec![*one; len],
        many => many.iter().copied().cycle().take(len).collect(),
    }
}

/// The bytes that `fill` repeats.
pub(super) fn fill_pattern(cx: Cx, value: &Value, encoding: &Value) -> R<Vec<u8>> {
    match value {
        Value::Undefined => Ok(vec![]),
        Value::Str(s) => {
            let pattern = encoding_argument(cx, encoding)?.decode(s);
            if pattern.is_empty() && !s.is_empty() {
                return Err(invalid_value(cx, "value", value, "is invalid"));
            }
            Ok(pattern)
        }
        v => match bytes_of(v) {
            Some(bytes) if bytes.is_empty() => Err(invalid_value(cx, "value", value, "is invalid")),
            Some(bytes) => Ok(bytes),
            None => Ok(vec![ops::js_to_int32(ops::js_to_number(cx, v)?) as u8]),
        },
    }
}

const EXPECTED: &str = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";

fn from(cx: Cx, a: &Args<'_>) -> R {
    let source = a.get(0);
    let o = match source {
        Value::Str(s) => {
            return new_buffer(cx, encoding_argument(cx, a.get(1))?.decode(s));
        }
        Value::Obj(o) if !o.is_callable() => o,
        v => return Err(argument_type(cx, "first", EXPECTED, v)),
    };
    if let Some(total) = typed::buffer_len(o) {
        return from_array_buffer(cx, a, total);
    }
    if typed::view_parts(o).is_some() {
        return new_buffer(cx, elements_as_bytes(cx, source)?);
    }
    // Boxed text and the like stand for their primitive.
    let value = ops::invoke(cx, source, well_known::VALUE_OF, &[])?;
    if !value.is_nullish() && !ops::js_strict_eq(&value, source) && (value.is_object() || value.as_str().is_some()) {
        return match &value {
            Value::Str(s) => new_buffer(cx, encoding_argument(cx, a.get(1))?.decode(s)),
            _ => new_buffer(cx, elements_as_bytes(cx, &value)?),
        };
    }
    if member(cx, source, "length")?.as_num().is_some() || matches!(o.kind(), Kind::Array(_)) {
        return new_buffer(cx, elements_as_bytes(cx, source)?);
    }
    // What `toJSON` made.
    let data = member(cx, source, "data")?;
    if member(cx, source, "type")?.as_str().is_some_and(|t| t.as_utf8() == "Buffer") && ops::is_array(cx, &data)? {
        return new_buffer(cx, elements_as_bytes(cx, &data)?);
    }
    let key = cx.symbol(puremix_value::WellKnownSymbol::ToPrimitive).into();
    if let Some(f) = ops::get_method(cx, source, &key)?
        && let Value::Str(s) = ops::call(cx, &f, source, &[Value::str("string")])?
    {
        return new_buffer(cx, encoding_argument(cx, a.get(1))?.decode(&s));
    }
    Err(argument_type(cx, "first", EXPECTED, source))
}

fn elements_as_bytes(cx: Cx, list: &Value) -> R<Vec<u8>> {
    if uint8_array(list).is_some() {
        return Ok(bytes_of(list).unwrap_or_default());
    }
    let mut bytes = Vec::new();
    for v in ops::array_like_to_vec(cx, list)? {
        bytes.push(ops::js_to_int32(ops::js_to_number(cx, &v)?) as u8);
    }
    Ok(bytes)
}

fn from_array_buffer(cx: Cx, a: &Args<'_>, total: usize) -> R {
    let Value::Obj(buffer) = a.get(0) else { return Ok(Value::Undefined) };
    let outside = |name: &str| coded(cx, ErrorKind::Range, "ERR_BUFFER_OUT_OF_BOUNDS", &format!("\"{name}\" is outside of buffer bounds"));
    let offset = match ops::js_to_number(cx, a.get(1))? {
        n if n.is_nan() => 0.0,
        n => n.trunc(),
    };
    if !(0.0..=total as f64).contains(&offset) {
        return Err(outside("offset"));
    }
    let rest = total as f64 - offset;
    let len = match a.get(2) {
        Value::Undefined => rest,
        v => match ops::js_to_number(cx, v)? {
            n if n > rest => return Err(outside("length")),
            n if n > 0.0 => n.trunc(),
            _ => 0.0,
        },
    };
    over(cx, buffer, offset as usize, len as usize)
}

fn copy_bytes_from(cx: Cx, a: &Args<'_>) -> R {
    let Some(parts) = a.get(0).as_obj().and_then(typed::view_parts).filter(|p| p.element.is_some()) else {
        return Err(argument_type(cx, "view", "an instance of TypedArray", a.get(0)));
    };
    let size = parts.element.map_or(1, typed::Element::size);
    let bytes = bytes_of(a.get(0)).unwrap_or_default();
    let total = bytes.len() / size;
    let at = |v: &Value, name: &str, default: usize| match v {
        Value::Undefined => Ok(default),
        v => integer_argument(cx, v, name, 0.0, 9_007_199_254_740_991.0).map(|n| n as usize),
    };
    let start = at(a.get(1), "offset", 0)?.min(total);
    let len = at(a.get(2), "length", total - start)?.min(total - start);
    new_buffer(cx, bytes[start * size..(start + len) * size].to_vec())
}

fn concat(cx: Cx, a: &Args<'_>) -> R {
    if !ops::is_array(cx, a.get(0))? {
        return Err(argument_type(cx, "list", "an instance of Array", a.get(0)));
    }
    let mut all = Vec::new();
    for (i, part) in ops::iter_to_vec(cx, a.get(0))?.iter().enumerate() {
        let Some(o) = uint8_array(part) else {
            return Err(argument_type(cx, &format!("list[{i}]"), "an instance of Buffer or Uint8Array", part));
        };
        typed::with_bytes(o, |bytes| all.extend_from_slice(bytes));
    }
    if !a.get(1).is_undefined() {
        let len = integer_argument(cx, a.get(1), "length", 0.0, 9_007_199_254_740_991.0)?;
        all.resize(len.min(MAX_LENGTH) as usize, 0);
    }
    new_buffer(cx, all)
}

fn byte_length(cx: Cx, a: &Args<'_>) -> R {
    let len = match a.get(0) {
        Value::Str(s) => {
            // Unknown names are UTF-8 here, as in Node.
            let named = a.get(1).as_str().and_then(|n| Encoding::of_name(&n.as_utf8()));
            named.unwrap_or(Encoding::Utf8).byte_length(s)
        }
        v => match v.as_obj().and_then(|o| typed::with_bytes(o, <[u8]>::len)) {
            Some(len) => len,
            None => return Err(argument_type(cx, "string", "of type string or an instance of Buffer or ArrayBuffer", v)),
        },
    };
    Ok(Value::Num(len as f64))
}

/// `buf.fill(value, start, end, encoding)`.
pub(super) fn fill(cx: Cx, a: &Args<'_>) -> R {
    let o = this(cx, a)?;
    let len = len_of(o) as f64;
    // `fill(text, encoding)` and `fill(text, start, encoding)` are allowed.
    let (mut start, mut end, mut encoding) = (a.get(1), a.get(2), a.get(3));
    if start.as_str().is_some() {
        (start, end, encoding) = (&Value::Undefined, &Value::Undefined, start);
    } else if end.as_str().is_some() {
        (end, encoding) = (&Value::Undefined, end);
    }
    let pattern = match a.get(0) {
        Value::Undefined => vec![0],
        v => fill_pattern(cx, v, encoding)?,
    };
    let from = if start.is_undefined() { 0.0 } else { integer_argument(cx, start, "offset", 0.0, 9_007_199_254_740_991.0)? };
    let to = if end.is_undefined() { len } else { integer_argument(cx, end, "end", 0.0, len)? };
    if from < to {
        let bytes = repeated(&pattern, (to - from) as usize);
        typed::with_bytes_mut(o, |all| all[from as usize..to as usize].copy_from_slice(&bytes));
    }
    Ok(a.this.clone())
}
