//! `PureMix.data`: what loaders returned, for the page's scripts.

use super::escape;
use crate::app::PageDef;
use crate::lang;
use puremix_value::{Cx, R, Value};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// While developing: names of fields that sound like secrets and have texts, told once each. All that scripts get, everybody gets.
pub(super) fn warn_of_secrets(cx: Cx, page: &PageDef, values: &[Value]) {
    for (loader, value) in page.loaders.iter().zip(values) {
        let mut found = Vec::new();
        if look_for_secrets(cx, value, loader.name, 0, &mut found).is_err() {
            cx.take_exception();
        }
        for path in found {
            let message = format!("{}: `{path}` goes to the browser: scripts of this page get what its loaders return", page.file);
            if TOLD.with_borrow_mut(|told| told.insert(message.clone())) {
                crate::log::warn(&message);
            }
        }
    }
}

thread_local! {
    static TOLD: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Of a list only the first items are looked at: the others are like them.
fn look_for_secrets(cx: Cx, value: &Value, path: &str, depth: usize, found: &mut Vec<String>) -> R<()> {
    let Some(object) = value.as_obj().filter(|o| depth < 6 && !o.is_callable()) else { return Ok(()) };
    for key in lang::keys(cx, object).into_iter().take(if object.is_array() { 3 } else { 100 }) {
        let item = lang::get_key(cx, value, &key)?;
        let name = cx.key_str(&key);
        let inner = if object.is_array() { path.to_owned() } else { format!("{path}.{}", name.as_str()) };
        match &item {
            Value::Str(text) if !text.is_empty() && sounds_secret(name.as_str()) && !found.contains(&inner) => found.push(inner),
            _ => look_for_secrets(cx, &item, &inner, depth + 1, found)?,
        }
    }
    Ok(())
}

/// Whether a field's name says that browsers should not get it. The compiler looks for the same names in the source.
pub fn sounds_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    ["password", "passwd", "secret", "apikey", "privatekey", "accesskey", "creditcard", "cvv"].iter().any(|word| plain.contains(word)) || plain.ends_with("token") && !plain.contains("csrf")
}

/// The values of the page's loaders by their names, as JSON that cannot end a script element.
///
/// # Errors
/// What `JSON.stringify` throws for a loader's value (a cycle, a BigInt).
pub(super) fn json(cx: Cx, page: &PageDef, values: &[Value]) -> R<String> {
    let mut out = String::from("{");
    let mut first = true;
    for (loader, value) in page.loaders.iter().zip(values) {
        let Some(json) = lang::json(cx, value)? else { continue };
        if !std::mem::replace(&mut first, false) {
            out.push(',');
        }
        escape::json_string(&mut out, loader.name);
        out.push(':');
        escape::script_safe(&mut out, json.as_str());
    }
    out.push('}');
    Ok(out)
}
