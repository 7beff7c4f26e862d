//! `indexOf`, `lastIndexOf` and `includes` of buffers.

use super::{encoding_argument, len_of, this, uint8_array};
use crate::support::argument_type;
use puremix_js::builtins::typed;
use puremix_js::ops;
use puremix_value::{Args, Cx, Obj, R, Value};

pub(super) fn install(cx: Cx, proto: &Obj) {
    ops::install(cx, proto, &[
        ("indexOf", 3, |cx, a| Ok(Value::Num(find(cx, a, false)?.map_or(-1.0, |i| i as f64)))),
        ("lastIndexOf", 3, |cx, a| Ok(Value::Num(find(cx, a, true)?.map_or(-1.0, |i| i as f64)))),
        ("includes", 3, |cx, a| Ok(Value::Bool(find(cx, a, false)?.is_some()))),
    ]);
}

fn find(cx: Cx, a: &Args<'_>, last: bool) -> R<Option<usize>> {
    let o = this(cx, a)?;
    // `indexOf(value, encoding)` is allowed.
    let (offset, encoding) = if a.get(1).as_str().is_some() { (&Value::Undefined, a.get(1)) } else { (a.get(1), a.get(2)) };
    let mut step = 1;
    let needle = match a.get(0) {
        Value::Str(s) => {
            let encoding = encoding_argument(cx, encoding)?;
            if encoding == super::Encoding::Utf16 {
                step = 2;
            }
            encoding.decode(s)
        }
        Value::Num(n) => vec![ops::js_to_int32(*n) as u8],
        v => match uint8_array(v).and_then(|o| typed::with_bytes(o, <[u8]>::to_vec)) {
            Some(bytes) => bytes,
            None => {
                let expected = "one of type number or string or an instance of Buffer or Uint8Array";
                return Err(argument_type(cx, "value", expected, v));
            }
        },
    };
    let len = len_of(o) as f64;
    let offset = match ops::js_to_number(cx, offset)? {
        n if n.is_nan() => if last { len } else { 0.0 },
        n => n.trunc(),
    };
    let offset = if offset < 0.0 { offset + len } else { offset };
    Ok(typed::with_bytes(o, |bytes| if last { find_last(bytes, &needle, offset) } else { find_first(bytes, &needle, offset, step) }).flatten())
}

fn find_first(bytes: &[u8], needle: &[u8], offset: f64, step: usize) -> Option<usize> {
    let from = offset.max(0.0) as usize;
    if needle.is_empty() {
        return Some(from.min(bytes.len()));
    }
    let matches = |i: &usize| bytes[*i..].starts_with(needle);
    (from..bytes.len()).step_by(step).find(matches)
}

fn find_last(bytes: &[u8], needle: &[u8], offset: f64) -> Option<usize> {
    if offset < 0.0 || needle.len() > bytes.len() {
        return None;
    }
    let from = (offset as usize).min(bytes.len() - needle.len());
    (0..=from).rev().find(|i| bytes[*i..].starts_with(needle))
}
