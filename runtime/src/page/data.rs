//! `PureMix.data`: what loaders returned, for the page's scripts.

use super::escape;
use crate::app::PageDef;
use crate::lang;
use puremix_value::{Cx, R, Value};

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
