//! Values into HTML, one function for each context. Numbers and booleans are written without a string in between.

use super::out::as_html;
use super::{Out, escape};
use crate::lang;
use puremix_value::{Cx, R, Str, Value, check_stack};

/// Writes a value that is not text: nothing for null and undefined, numbers and booleans as JavaScript prints them. Gives back what
/// needs escaping, and whatever is left to be converted.
#[inline]
fn scalar(out: &mut Out, value: &Value) -> bool {
    match value {
        Value::Undefined | Value::Null | Value::Uninit => true,
        Value::Num(n) => {
            out.num(*n);
            true
        }
        Value::Bool(b) => {
            out.lit(if *b { "true" } else { "false" });
            true
        }
        _ => false,
    }
}

/// The text of a value that [`scalar`] left: strings as they are, objects by their `toString`, markup as its source.
fn text_of(cx: Cx, value: &Value) -> R<Str> {
    match value {
        Value::Str(s) => Ok(s.clone()),
        other => match as_html(other) {
            Some(html) => Ok(html.markup.clone()),
            None => lang::to_string(cx, other),
        },
    }
}

#[inline]
fn escaped(cx: Cx, out: &mut Out, value: &Value, escape: fn(&mut String, &str)) -> R<()> {
    if let Value::Str(s) = value {
        escape(&mut out.text, s.as_str());
        return Ok(());
    }
    if scalar(out, value) {
        return Ok(());
    }
    escape(&mut out.text, text_of(cx, value)?.as_str());
    Ok(())
}

/// Element content. Markup is written as it is; an array that holds markup is written item by item, without commas.
#[inline]
pub fn write_text(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if let Value::Str(s) = value {
        escape::text(&mut out.text, s.as_str());
        return Ok(());
    }
    if scalar(out, value) {
        return Ok(());
    }
    write_object_text(cx, out, value)
}

fn write_object_text(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if let Some(html) = as_html(value) {
        out.markup(html);
        return Ok(());
    }
    if is_markup_list(value, 0) {
        return write_list(cx, out, value);
    }
    escape::text(&mut out.text, lang::to_string(cx, value)?.as_str());
    Ok(())
}

/// The deepest nesting of arrays that is searched for markup.
const LIST_DEPTH: u32 = 16;

/// True for an array that holds markup somewhere, or nothing that prints (`items.map(i => i.ok && <li/>)` where none is ok).
fn is_markup_list(value: &Value, depth: u32) -> bool {
    let Some(items) = value.as_obj().and_then(|o| o.dense()) else { return false };
    let mut all_nothing = true;
    for i in 0..items.len() {
        let Some(item) = items.get(i) else { continue };
        if as_html(&item).is_some() || depth < LIST_DEPTH && item.is_object() && is_markup_list(&item, depth + 1) {
            return true;
        }
        all_nothing &= matches!(item, Value::Undefined | Value::Null | Value::Uninit | Value::Bool(false));
    }
    all_nothing
}

/// Writes an array's items; `true` and `false` in a list of markup are what `&&` left.
fn write_list(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    check_stack(cx)?;
    let Some(items) = value.as_obj().and_then(|o| o.dense()) else { return Ok(()) };
    let mut i = 0;
    // The length is read each turn: an item's `toString` may change the array.
    while i < items.len() {
        match items.get(i) {
            None | Some(Value::Bool(_)) => {}
            Some(item) if item.as_obj().is_some_and(|o| o.is_array()) => write_list(cx, out, &item)?,
            Some(item) => write_text(cx, out, &item)?,
        }
        i += 1;
    }
    Ok(())
}

/// Trusted markup: strings as they are, arrays item by item.
pub fn write_raw(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if let Value::Str(s) = value {
        out.raw(s.as_str());
        return Ok(());
    }
    if scalar(out, value) {
        return Ok(());
    }
    if let Some(html) = as_html(value) {
        out.markup(html);
        return Ok(());
    }
    if is_markup_list(value, 0) {
        return write_list(cx, out, value);
    }
    out.raw(lang::to_string(cx, value)?.as_str());
    Ok(())
}

/// Inside `"…"`.
#[inline]
pub fn write_attr_double(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::attr_double)
}

/// Inside `'…'`.
#[inline]
pub fn write_attr_single(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::attr_single)
}

/// A value without quotes.
pub fn write_attr_unquoted(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if value.is_nullish() {
        escape::attr_unquoted(&mut out.text, "");
        return Ok(());
    }
    escaped(cx, out, value, escape::attr_unquoted)
}

/// The beginning of a URL attribute, or all of it.
#[inline]
pub fn write_url_start(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::url_start)
}

/// A later part of a URL attribute.
#[inline]
pub fn write_url_part(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::url_part)
}

/// `<title>` and `<textarea>`.
#[inline]
pub fn write_rcdata(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::rcdata)
}

/// Inside `<!-- -->`.
pub fn write_comment(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::comment)
}

/// `<style>` content.
pub fn write_style_text(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    escaped(cx, out, value, escape::style_text)
}

/// A hole in `style="…"`.
pub fn write_style_attr(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if value.is_object() && as_html(value).is_none() {
        return super::attrs::write_style_value(cx, out, value);
    }
    escaped(cx, out, value, escape::style_attr)
}

/// A hole in `srcdoc="…"`: text of the inner document; markup keeps being markup there.
pub fn write_srcdoc(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if let Some(html) = as_html(value) {
        escape::attr_any(&mut out.text, html.markup.as_str());
        return Ok(());
    }
    escaped(cx, out, value, escape::srcdoc_text)
}

/// `<script>` content: JSON that cannot leave the script; `null` for what has no JSON.
pub fn write_script_json(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    match value {
        Value::Str(s) => escape::json_string(&mut out.text, s.as_str()),
        Value::Num(n) if n.is_finite() => out.num(*n),
        Value::Num(_) => out.lit("null"),
        Value::Bool(b) => out.lit(if *b { "true" } else { "false" }),
        Value::Undefined | Value::Null | Value::Uninit => out.lit("null"),
        other => match lang::json(cx, other)? {
            Some(json) => escape::script_safe(&mut out.text, json.as_str()),
            None => out.lit("null"),
        },
    }
    Ok(())
}

/// A hole in an inline event handler: a JSON literal, or text when it stands inside a string of the handler.
pub fn write_event_handler(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    if escape::event_string_delimiter(&out.text).is_some() {
        if value.is_nullish() {
            return Ok(());
        }
        let text = lang::to_string(cx, value)?;
        escape::js_string_body(&mut out.text, text.as_str());
        return Ok(());
    }
    if let Value::Str(s) = value {
        out.lit("&quot;");
        escape::js_string_body(&mut out.text, s.as_str());
        out.lit("&quot;");
        return Ok(());
    }
    let mut json = Out::default();
    write_script_json(cx, &mut json, value)?;
    // `x-{n}` with a negative number would become `x--1`.
    if json.text.starts_with('-') {
        out.lit(" ");
    }
    escape::attr_any(&mut out.text, &json.text);
    Ok(())
}
