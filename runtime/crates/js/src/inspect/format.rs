//! `util.format`: the arguments of `console.log` as one text.

use super::{Options, inspect, inspect_with};
use crate::builtins::json::json_to_string;
use crate::{Hint, js_to_number, js_to_string, num_to_str, to_primitive};
use puremix_value::{Cx, Kind, Value};

/// `%s`, `%d`, `%i`, `%f`, `%j`, `%o`, `%O` and `%c` in a first string take arguments; what is left follows after spaces.
pub fn format_args(cx: Cx, args: &[Value]) -> String {
    let mut out = String::new();
    let mut rest = args;
    if let Some((Value::Str(first), more)) = args.split_first() {
        rest = more;
        if more.is_empty() {
            return first.to_string();
        }
        let mut text = first.as_str();
        while let Some(i) = text.find('%') {
            out.push_str(&text[..i]);
            let mark = text.as_bytes().get(i + 1).copied().unwrap_or(0);
            let replaced = match (mark, rest.first()) {
                (b'%', _) => Some("%".to_string()),
                (b's' | b'd' | b'i' | b'f' | b'j' | b'o' | b'O' | b'c', Some(v)) => {
                    rest = &rest[1..];
                    Some(directive(cx, mark, v))
                }
                _ => None,
            };
            match replaced {
                Some(r) => {
                    out.push_str(&r);
                    text = &text[i + 2..];
                }
                None => {
                    out.push('%');
                    text = &text[i + 1..];
                }
            }
        }
        out.push_str(text);
    }
    for (i, v) in rest.iter().enumerate() {
        if i > 0 || rest.len() < args.len() {
            out.push(' ');
        }
        match v {
            Value::Str(s) => out.push_str(s.as_str()),
            v => out.push_str(&inspect(cx, v)),
        }
    }
    out
}

fn directive(cx: Cx, mark: u8, v: &Value) -> String {
    let number = |n: f64| if n == 0.0 && n.is_sign_negative() { "-0".to_string() } else { num_to_str(n).to_string() };
    match mark {
        b's' => match v {
            Value::Num(n) => number(*n),
            Value::BigInt(n) => format!("{n}n"),
            Value::Obj(_) if !has_own_text(cx, v) => {
                inspect_with(cx, v, Options { depth: Some(0), ..Options::default() })
            }
            Value::Sym(_) => super::primitive(v),
            _ => text(cx, v),
        },
        b'd' => match v {
            Value::BigInt(n) => format!("{n}n"),
            Value::Sym(_) => "NaN".into(),
            _ => to_number(cx, v).map_or("NaN".into(), number),
        },
        b'i' | b'f' => match v {
            Value::BigInt(n) if mark == b'i' => format!("{n}n"),
            Value::Sym(_) => "NaN".into(),
            _ => {
                let n = crate::number::decimal_prefix(text(cx, v).trim_start()).map_or(f64::NAN, |(n, _)| n);
                number(if mark == b'i' { n.trunc() } else { n })
            }
        },
        b'j' => match json_to_string(cx, v) {
            Ok(Some(s)) => s.to_string(),
            Ok(None) => "undefined".into(),
            Err(_) => {
                cx.take_exception();
                "[Circular]".into()
            }
        },
        b'o' => inspect_with(cx, v, Options { depth: Some(4), show_hidden: true, ..Options::default() }),
        b'O' => inspect(cx, v),
        // CSS means nothing here.
        _ => String::new(),
    }
}

/// True for objects whose class has a `toString` of its own: `%s` prints its answer.
fn has_own_text(cx: Cx, v: &Value) -> bool {
    let Value::Obj(o) = v else { return true };
    if matches!(o.kind(), Kind::Error | Kind::Date(_)) {
        return true;
    }
    let mut at = Some(o.clone());
    while let Some(h) = at {
        if h.get_own(cx, &puremix_value::well_known::TO_STRING.into()).is_some() {
            // Methods of built-ins do not count.
            let ctor = h.get_own(cx, &puremix_value::well_known::CONSTRUCTOR.into());
            return !matches!(ctor, Some(puremix_value::Own::Data { value: Value::Obj(c), .. }) if matches!(c.kind(), Kind::Function(f) if f.def.kind == puremix_value::FnKind::NativeCtor));
        }
        at = h.proto();
    }
    false
}

fn text(cx: Cx, v: &Value) -> String {
    js_to_string(cx, v).map(|s| s.to_string()).unwrap_or_else(|_| {
        cx.take_exception();
        String::new()
    })
}

fn to_number(cx: Cx, v: &Value) -> Option<f64> {
    let n = to_primitive(cx, v, Hint::Number).and_then(|p| js_to_number(cx, &p));
    n.map_err(|_| cx.take_exception()).ok()
}
