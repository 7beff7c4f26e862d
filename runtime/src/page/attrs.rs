//! Whole attributes from values: `disabled={flag}`, `class={[…]}`, `style={{…}}`, `{...rest}`.

use super::{Out, escape};
use crate::lang;
use puremix_value::{Cx, R, Value};

/// ` name` when the value is truthy.
#[inline]
pub fn write_bool_attr(out: &mut Out, name: &str, value: &Value) {
    if lang::truthy(value) {
        out.raw(" ");
        out.raw(name);
    }
}

/// ` name="value"`. Null, undefined and functions write nothing; `false` neither, except where the platform has the word
/// (`aria-*`, `data-*`, `draggable`, ...). `class` takes arrays and objects.
pub fn write_value_attr(cx: Cx, out: &mut Out, name: &str, value: &Value) -> R<()> {
    match value {
        Value::Undefined | Value::Null | Value::Uninit | Value::Sym(_) => return Ok(()),
        Value::Bool(false) if !has_word_false(name) => return Ok(()),
        Value::Obj(o) if o.is_callable() => return Ok(()),
        Value::Obj(_) if name == "class" => {
            let mut classes = String::new();
            push_classes(cx, &mut classes, value, 0)?;
            open(out, name);
            escape::attr_double(&mut out.text, &classes);
            out.raw("\"");
            return Ok(());
        }
        _ => {}
    }
    open(out, name);
    super::write::write_attr_double(cx, out, value)?;
    out.raw("\"");
    Ok(())
}

/// ` name="url"`, checked as a URL.
pub fn write_url_attr(cx: Cx, out: &mut Out, name: &str, value: &Value) -> R<()> {
    if value.is_nullish() || matches!(value, Value::Bool(false)) || value.is_callable() {
        return Ok(());
    }
    open(out, name);
    super::write::write_url_start(cx, out, value)?;
    out.raw("\"");
    Ok(())
}

/// ` style="…"` from an object of declarations or a string of them; unsafe declarations are left out.
pub fn write_style_attr_value(cx: Cx, out: &mut Out, name: &str, value: &Value) -> R<()> {
    if value.is_nullish() || matches!(value, Value::Bool(_)) || value.is_callable() {
        return Ok(());
    }
    open(out, name);
    write_style_value(cx, out, value)?;
    out.raw("\"");
    Ok(())
}

/// ` onclick="…"`: the value is code of the template's own making, so only one call with literal arguments is taken; see
/// [`escape::event_code`]. Functions of the server cannot run in a browser and write nothing.
pub fn write_event_attr(cx: Cx, out: &mut Out, name: &str, value: &Value) -> R<()> {
    if value.is_nullish() || matches!(value, Value::Bool(_)) || value.is_callable() {
        return Ok(());
    }
    let code = lang::to_string(cx, value)?;
    if !escape::event_code(code.as_str()) {
        super::warn(&format!("{name}={{…}}: left out, because it is not one call with literal arguments: {:.80}", code.as_str()));
        return Ok(());
    }
    open(out, name);
    escape::attr_double(&mut out.text, code.as_str());
    out.raw("\"");
    Ok(())
}

/// Each own property of an object as an attribute. Names that are none, event handlers, and what JSX reserves are left out.
pub fn write_attrs(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    let Some(object) = value.as_obj() else { return Ok(()) };
    for key in lang::keys(cx, object) {
        let value = lang::get_key(cx, value, &key)?;
        let name = cx.key_str(&key);
        write_named(cx, out, name.as_str(), &value)?;
    }
    Ok(())
}

fn write_named(cx: Cx, out: &mut Out, name: &str, value: &Value) -> R<()> {
    let lower = name.to_ascii_lowercase();
    if !is_attribute_name(name) || lower.starts_with("on") {
        return Ok(());
    }
    match lower.as_str() {
        "children" | "key" | "ref" | "dangerouslysetinnerhtml" => Ok(()),
        "classname" => write_value_attr(cx, out, "class", value),
        "class" => write_value_attr(cx, out, "class", value),
        "htmlfor" => write_value_attr(cx, out, "for", value),
        "style" => write_style_attr_value(cx, out, "style", value),
        "srcdoc" => {
            open(out, "srcdoc");
            super::write::write_srcdoc(cx, out, value)?;
            out.raw("\"");
            Ok(())
        }
        n if is_url_attribute(n) => write_url_attr(cx, out, name, value),
        n if is_boolean_attribute(n) => {
            write_bool_attr(out, name, value);
            Ok(())
        }
        _ => write_value_attr(cx, out, name, value),
    }
}

fn open(out: &mut Out, name: &str) {
    out.raw(" ");
    out.raw(name);
    out.raw("=\"");
}

/// Names that no parser can take for something else.
fn is_attribute_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':' | b'@'))
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.' | b'-'))
}

/// Attributes for which `false` is a word of its own and differs from absence.
fn has_word_false(name: &str) -> bool {
    name.starts_with("aria-") || name.starts_with("data-") || matches!(name, "draggable" | "contenteditable" | "spellcheck" | "writingsuggestions" | "translate" | "value")
}

/// Attributes that hold one URL (WHATWG HTML, attributes index).
fn is_url_attribute(name: &str) -> bool {
    matches!(
        name,
        "href" | "src" | "action" | "formaction" | "poster" | "cite" | "background" | "data" | "ping" | "manifest" | "longdesc" | "usemap" | "xlink:href"
            | "codebase" | "classid" | "profile" | "icon" | "imagesrcset" | "srcset" | "hx-get" | "hx-post" | "hx-put" | "hx-patch" | "hx-delete"
    )
}

/// Boolean attributes (WHATWG HTML, attributes index).
fn is_boolean_attribute(name: &str) -> bool {
    matches!(
        name,
        "allowfullscreen" | "async" | "autofocus" | "autoplay" | "checked" | "controls" | "default" | "defer" | "disabled" | "formnovalidate" | "hidden"
            | "inert" | "ismap" | "itemscope" | "loop" | "multiple" | "muted" | "nomodule" | "novalidate" | "open" | "playsinline" | "readonly"
            | "required" | "reversed" | "selected"
    )
}

/// The deepest nesting of class lists.
const CLASS_DEPTH: u32 = 32;

/// Class names of strings, nested arrays, and objects whose values say whether the name holds.
fn push_classes(cx: Cx, out: &mut String, value: &Value, depth: u32) -> R<()> {
    let mut push = |text: &str| {
        if !text.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
        }
    };
    match value {
        Value::Str(s) => push(s.as_str().trim()),
        Value::Num(n) if *n != 0.0 && !n.is_nan() => push(lang::to_string(cx, value)?.as_str()),
        Value::Obj(o) if depth < CLASS_DEPTH && !o.is_callable() => match o.dense() {
            Some(items) => {
                for i in 0..items.len() {
                    if let Some(item) = items.get(i) {
                        push_classes(cx, out, &item, depth + 1)?;
                    }
                }
            }
            None => {
                for key in lang::keys(cx, o) {
                    if lang::truthy(&lang::get_key(cx, value, &key)?) {
                        push_classes(cx, out, &Value::Str(cx.key_str(&key)), depth + 1)?;
                    }
                }
            }
        },
        _ => {}
    }
    Ok(())
}

/// Declarations of a style object (`{fontSize: 12, '--gap': '1px'}`) or string, checked one by one.
pub(super) fn write_style_value(cx: Cx, out: &mut Out, value: &Value) -> R<()> {
    let Some(object) = value.as_obj().filter(|o| !o.is_array()) else {
        escape::style_declarations(&mut out.text, lang::to_string(cx, value)?.as_str());
        return Ok(());
    };
    let mut first = true;
    for key in lang::keys(cx, object) {
        let value = lang::get_key(cx, value, &key)?;
        let name = css_name(cx.key_str(&key).as_str());
        let text = match &value {
            Value::Undefined | Value::Null | Value::Bool(_) => continue,
            Value::Num(n) if *n != 0.0 && !is_unitless(&name) => format!("{}px", lang::to_string(cx, &value)?),
            other => lang::to_string(cx, other)?.as_str().to_string(),
        };
        escape::style_declaration(&mut out.text, &name, text.trim(), &mut first);
    }
    Ok(())
}

/// `backgroundColor` → `background-color`, `WebkitMask` → `-webkit-mask`; custom properties keep their case.
fn css_name(name: &str) -> String {
    if name.starts_with("--") {
        return name.to_string();
    }
    let mut css = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            css.push('-');
        }
        css.push(c.to_ascii_lowercase());
    }
    if css.starts_with("ms-") { format!("-{css}") } else { css }
}

/// Properties whose plain numbers are no lengths (React's list).
fn is_unitless(name: &str) -> bool {
    name.starts_with("--")
        || matches!(
            name,
            "animation-iteration-count" | "aspect-ratio" | "border-image-outset" | "border-image-slice" | "border-image-width" | "box-flex" | "column-count"
                | "columns" | "flex" | "flex-grow" | "flex-shrink" | "order" | "grid-area" | "grid-row" | "grid-row-end" | "grid-row-span"
                | "grid-row-start" | "grid-column" | "grid-column-end" | "grid-column-span" | "grid-column-start" | "font-weight" | "line-clamp"
                | "line-height" | "opacity" | "orphans" | "scale" | "tab-size" | "widows" | "z-index" | "zoom" | "fill-opacity" | "flood-opacity"
                | "stop-opacity" | "stroke-dasharray" | "stroke-dashoffset" | "stroke-miterlimit" | "stroke-opacity" | "stroke-width"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_attributes_and_properties() {
        for (name, ok) in [("href", true), ("data-x.y:z", true), ("@click", true), ("a b", false), ("a\"", false), ("", false), ("1a", false), ("a>", false), ("a=", false)] {
            assert_eq!(is_attribute_name(name), ok, "{name}");
        }
        for (name, css) in [("backgroundColor", "background-color"), ("WebkitMask", "-webkit-mask"), ("msFlex", "-ms-flex"), ("--Gap", "--Gap")] {
            assert_eq!(css_name(name), css);
        }
    }
}
