//! The configuration's exported object as plain data.

use crate::config::Tree;
use puremix_value::{Attr, Cx, R, Value};

/// Nesting beyond which a configuration is taken for a cycle.
const DEPTH: usize = 32;

/// Copies a value out of the isolate. Getters run; functions and the like become [`Tree::Opaque`].
pub fn tree(cx: Cx, value: &Value) -> R<Tree> {
    copy(cx, value, 0)
}

fn copy(cx: Cx, value: &Value, depth: usize) -> R<Tree> {
    Ok(match value {
        Value::Undefined | Value::Null | Value::Uninit => Tree::Null,
        Value::Bool(b) => Tree::Bool(*b),
        Value::Num(n) => Tree::Num(*n),
        Value::Str(s) => Tree::Str(s.as_str().to_string()),
        Value::BigInt(n) => Tree::Str(n.to_string()),
        Value::Sym(_) => Tree::Opaque,
        Value::Obj(o) if depth >= DEPTH || o.is_callable() => Tree::Opaque,
        Value::Obj(_) if puremix_js::regexp::as_regexp(value).is_some() => {
            let text = |name| -> R<String> {
                let key = cx.key_of(name);
                Ok(crate::lang::to_string(cx, &puremix_js::get_value(cx, value, &key)?)?.as_str().to_string())
            };
            Tree::Pattern { source: text("source")?, flags: text("flags")? }
        }
        Value::Obj(o) => {
            let mut entries = Vec::new();
            let mut items = Vec::new();
            for (key, attr) in o.own_keys(cx) {
                if key.is_symbol() || !attr.has(Attr::ENUMERABLE) {
                    continue;
                }
                let inner = copy(cx, &puremix_js::get_value(cx, value, &key)?, depth + 1)?;
                if o.is_array() {
                    items.push(inner);
                } else {
                    entries.push((cx.key_str(&key).as_str().to_string(), inner));
                }
            }
            if o.is_array() { Tree::List(items) } else { Tree::Map(entries) }
        }
    })
}
