//! `node:querystring`.

use crate::support::{object, text_of};
use puremix_js::ops;
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &["decode", "default", "encode", "escape", "parse", "stringify", "unescape"];

/// What stays as it is (`querystring.escape`).
const KEEP: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'!').remove(b'\'').remove(b'(').remove(b')').remove(b'*').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(crate) fn module(cx: Cx) -> R {
    Ok(object(cx, &[
        ("unescape", 2, |cx, a| Ok(Value::from(unescape(&text_of(cx, a.get(0))?)))),
        ("escape", 1, |cx, a| Ok(Value::from(escape(&text_of(cx, a.get(0))?)))),
        ("stringify", 4, stringify_call),
        ("encode", 4, stringify_call),
        ("parse", 4, parse),
        ("decode", 4, parse),
    ])
    .into())
}

fn escape(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, KEEP).to_string()
}

fn unescape(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn separator(cx: Cx, v: &Value, default: &str) -> R<String> {
    if ops::js_truthy(v) { text_of(cx, v) } else { Ok(default.to_owned()) }
}

fn stringify_call(cx: Cx, a: &Args<'_>) -> R {
    let (between, equals) = (separator(cx, a.get(1), "&")?, separator(cx, a.get(2), "=")?);
    Ok(Value::from(stringify(cx, a.get(0), &between, &equals)?))
}

/// Primitives as text; everything else is empty.
fn primitive(cx: Cx, v: &Value) -> R<String> {
    match v {
        Value::Str(_) | Value::Bool(_) | Value::BigInt(_) => Ok(escape(&text_of(cx, v)?)),
        Value::Num(n) if n.is_finite() => Ok(escape(&text_of(cx, v)?)),
        _ => Ok(String::new()),
    }
}

pub(crate) fn stringify(cx: Cx, v: &Value, between: &str, equals: &str) -> R<String> {
    let Value::Obj(o) = v else { return Ok(String::new()) };
    let mut pairs = Vec::new();
    for key in ops::enumerable_keys(cx, o)?.iter().filter(|k| !k.is_symbol()) {
        let name = escape(&cx.key_str(key).as_utf8());
        let value = ops::get_key(cx, o, key, v)?;
        if ops::is_array(cx, &value)? {
            for item in ops::iter_to_vec(cx, &value)? {
                pairs.push(format!("{name}{equals}{}", primitive(cx, &item)?));
            }
        } else {
            pairs.push(format!("{name}{equals}{}", primitive(cx, &value)?));
        }
    }
    Ok(pairs.join(between))
}

fn parse(cx: Cx, a: &Args<'_>) -> R {
    /// Node's default for `maxKeys`.
    const MAX_KEYS: f64 = 1000.0;
    let o = Obj::with(cx, None, Kind::Plain);
    let Value::Str(text) = a.get(0) else { return Ok(o.into()) };
    let (between, equals) = (separator(cx, a.get(1), "&")?, separator(cx, a.get(2), "=")?);
    let most = match crate::support::option(cx, a.get(3), "maxKeys")? {
        Value::Num(n) => n,
        _ => MAX_KEYS,
    };
    let most = if most > 0.0 { most as usize } else { usize::MAX };
    let text = text.as_utf8();
    let array = cx.intrinsic(Intrinsic::ArrayPrototype);
    for pair in text.split(between.as_str()).filter(|p| !p.is_empty()).take(most) {
        let (name, value) = pair.split_once(equals.as_str()).unwrap_or((pair, ""));
        let plain = |s: &str| unescape(&s.replace('+', " "));
        let key = cx.key_of(&plain(name));
        let value = Value::from(plain(value));
        let known = o.get_own(cx, &key).is_some();
        if !known {
            o.put(cx, &key, value);
            continue;
        }
        match ops::get_key(cx, &o, &key, &Value::Undefined)? {
            Value::Obj(list) if list.proto().as_ref() == Some(&array) => {
                let end = list.array_len();
                list.put(cx, &puremix_value::Key::Index(end), value);
            }
            first => o.put(cx, &key, Obj::array(cx, vec![first, value]).into()),
        }
    }
    Ok(o.into())
}
