//! Values as text: the template conversion and the printed form (reference §4.6).

use puremix_js::ops;
use puremix_value::{Cx, HtmlData, Intrinsic, Kind, Obj, R, Str, Value};
use std::cell::RefCell;

/// A value as a template shows it. Markup stays markup; a list is its members one after the other.
pub fn parsley_text(cx: Cx, v: &Value) -> R {
    match v {
        Value::Null | Value::Undefined | Value::Uninit => Ok(Value::str("")),
        Value::Obj(o) if o.is_array() => join(cx, &crate::data::items(v).unwrap_or_default()),
        Value::Obj(o) if matches!(o.kind(), Kind::Html(_)) => Ok(v.clone()),
        Value::Obj(o) if !o.is_callable() => {
            let message = ops::get_value(cx, v, &cx.key_of("message"))?;
            Ok(if matches!(message, Value::Str(_)) { message } else { Value::str(&inspect(v)) })
        }
        Value::Obj(_) => Ok(Value::str(&inspect(v))),
        _ => Ok(v.clone()),
    }
}

fn join(cx: Cx, items: &[Value]) -> R {
    let mut out = String::new();
    let mut has_markup = false;
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        let part = parsley_text(cx, item)?;
        has_markup |= markup(&part).is_some();
        parts.push(part);
    }
    for part in &parts {
        match markup(part) {
            Some(html) => out.push_str(&html.as_utf8()),
            None => {
                let text = ops::js_to_string(cx, part)?;
                if has_markup { escape_into(&mut out, &text.as_utf8()) } else { out.push_str(&text.as_utf8()) }
            }
        }
    }
    if !has_markup {
        return Ok(Value::str(&out));
    }
    let html = HtmlData { markup: Str::from(out.as_str()), pending: RefCell::new(None) };
    Ok(Value::Obj(Obj::with(cx, Some(cx.intrinsic(Intrinsic::HtmlPrototype)), Kind::Html(Box::new(html)))))
}

fn markup(v: &Value) -> Option<Str> {
    match v.as_obj()?.kind() {
        Kind::Html(html) => Some(html.markup.clone()),
        _ => None,
    }
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// The printed form: strings bare, `[a, b]`, `{k: v}`.
pub fn inspect(v: &Value) -> String {
    show(v, 0)
}

fn show(v: &Value, depth: usize) -> String {
    match v {
        Value::Undefined | Value::Null | Value::Uninit => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Num(n) => puremix_js::num_to_str(*n).as_utf8().into_owned(),
        Value::Str(s) => s.as_utf8().into_owned(),
        Value::BigInt(b) => b.to_string(),
        Value::Sym(_) => "symbol".into(),
        Value::Obj(_) if depth > 20 => "…".into(),
        Value::Obj(o) if o.is_array() => {
            let items = crate::data::items(v).unwrap_or_default();
            format!("[{}]", items.iter().map(|i| show(i, depth + 1)).collect::<Vec<_>>().join(", "))
        }
        Value::Obj(o) => match o.kind() {
            Kind::Html(html) => html.markup.as_utf8().into_owned(),
            _ if o.is_callable() => "fn".into(),
            _ => dictionary(o, depth),
        },
    }
}

fn dictionary(o: &Obj, depth: usize) -> String {
    let members: Vec<String> = o
        .shape()
        .map(|shape| {
            let props = shape.props().iter().enumerate();
            props.map(|(i, (key, _))| format!("{key:?}: {}", show(&o.slot(i as u32), depth + 1))).collect()
        })
        .unwrap_or_default();
    format!("{{{}}}", members.join(", "))
}
