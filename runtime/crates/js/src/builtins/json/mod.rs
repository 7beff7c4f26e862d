//! `JSON` (ECMA-262 §25.5).

mod bytes;
mod escape;
mod parse;
mod plain;
mod rows;
mod write;

pub(crate) use bytes::Piece;
pub use escape::{quote, quote_text};
pub use parse::{parse_json, parse_noting_repeats};
pub use rows::{Rows, call_with_rows, rows_len};
pub use write::{json_text, json_to_string};

use super::iterator::tag;
use crate::{call, create_data, delete_property, enumerable_keys, get_key, is_array, js_to_string, length_of, num_key};
use puremix_value::{Args, Cx, Intrinsic, Key, Kind, Obj, R, Value, check_stack};

fn parse(cx: Cx, a: &Args<'_>) -> R {
    let text = js_to_string(cx, a.get(0))?;
    let value = parse_json(cx, &text)?;
    if !a.get(1).is_callable() {
        return Ok(value);
    }
    let root = Obj::plain(cx);
    let empty = cx.key_of("");
    root.put(cx, &empty, value);
    revive(cx, a.get(1), &root, &empty)
}

/// `InternalizeJSONProperty` (§25.5.1.1).
fn revive(cx: Cx, f: &Value, holder: &Obj, key: &Key) -> R {
    check_stack(cx)?;
    let this = Value::Obj(holder.clone());
    let value = get_key(cx, holder, key, &this)?;
    if let Value::Obj(o) = &value {
        let keys = if is_array(cx, &value)? {
            (0..length_of(cx, o)? as u64).map(|i| num_key(cx, i as f64)).collect()
        } else {
            enumerable_keys(cx, o)?
        };
        for k in keys {
            match revive(cx, f, o, &k)? {
                Value::Undefined => delete_property(cx, o, &k)?,
                v => create_data(cx, o, &k, v)?,
            };
        }
    }
    call(cx, f, &this, &[cx.key_value(key), value])
}

fn stringify(cx: Cx, a: &Args<'_>) -> R {
    write::stringify(cx, a.get(0), a.get(1), a.get(2))
}

pub(super) fn install(cx: Cx) {
    let json = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::JsonObject, json.clone());
    crate::install(cx, &json, &[("parse", 2, parse), ("stringify", 3, stringify)]);
    tag(cx, &json, "JSON");
}
