//! Configuration values as plain data, free of the isolate that computed them.

use std::fmt;

/// What `puremix.config.js` exports, without functions.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Num(f64),
    Str(String),
    List(Vec<Tree>),
    /// A regular expression.
    Pattern { source: String, flags: String },
    /// In source order.
    Map(Vec<(String, Tree)>),
    /// A function or another value that has no meaning outside its isolate.
    Opaque,
}

impl Tree {
    /// The value at a dotted path.
    pub fn at(&self, path: &str) -> Option<&Tree> {
        path.split('.').try_fold(self, |tree, key| match tree {
            Tree::Map(entries) => entries.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        })
    }
}

impl Tree {
    /// As JSON; what JSON cannot say is null.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.push_json(&mut out);
        out
    }

    fn push_json(&self, out: &mut String) {
        match self {
            Tree::Bool(_) => out.push_str(&self.to_string()),
            Tree::Num(n) if n.is_finite() => out.push_str(ryu_js::Buffer::new().format(*n)),
            Tree::Null | Tree::Num(_) | Tree::Opaque => out.push_str("null"),
            Tree::Pattern { .. } => out.push_str("{}"),
            Tree::Str(text) => push_json_text(out, text),
            Tree::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    item.push_json(out);
                }
                out.push(']');
            }
            Tree::Map(entries) => {
                out.push('{');
                for (i, (name, value)) in entries.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    push_json_text(out, name);
                    out.push(':');
                    value.push_json(out);
                }
                out.push('}');
            }
        }
    }
}

fn push_json_text(out: &mut String, text: &str) {
    crate::page::escape::json_string(out, text);
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Null => f.write_str("null"),
            Tree::Bool(b) => write!(f, "{b}"),
            Tree::Num(n) => write!(f, "{n}"),
            Tree::Str(s) => f.write_str(s),
            Tree::Pattern { source, flags } => write!(f, "/{source}/{flags}"),
            Tree::Opaque => f.write_str("[function]"),
            Tree::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Tree::Map(entries) => {
                f.write_str("{")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if i > 0 { ", " } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}
