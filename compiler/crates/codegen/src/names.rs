//! Rust identifiers for names of the source.

use proc_macro2::{Ident, Span};

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

/// Names generated code itself uses for variables.
const OWN: &[&str] = &["a", "cx", "out", "this", "rt", "args", "callee", "new_target", "arguments", "gen_", "v", "t", "case", "class", "proto", "key", "object", "rows_out", "scope", "std", "core"];

pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// `salePrice` → `sale_price`. May be empty when the name has no ASCII letter or digit.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut last_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            last_lower = false;
            continue;
        }
        if c.is_ascii_uppercase() && last_lower && !out.ends_with('_') {
            out.push('_');
        }
        last_lower = !c.is_ascii_uppercase();
        out.push(c.to_ascii_lowercase());
    }
    out.truncate(40);
    out.trim_matches('_').to_owned()
}

/// Whether a snake-case name can be a variable as it stands: no keyword, no name generated code uses, no temporary (`t12`).
pub(crate) fn is_free(name: &str) -> bool {
    let starts_ok = name.starts_with(|c: char| c.is_ascii_lowercase());
    let temporary = name.strip_prefix(['t', 'f', 'y']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    starts_ok && !temporary && !KEYWORDS.contains(&name) && !OWN.contains(&name)
}

/// `prefix_NAME` for statics and consts.
pub(crate) fn constant(prefix: &str, name: &str) -> String {
    let tail = snake(name).to_uppercase();
    if tail.is_empty() { prefix.to_owned() } else { format!("{prefix}_{tail}") }
}

/// Rust module name of the `index`th source file: `m3_app_routes_index`.
pub(crate) fn module(index: usize, path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let full = snake(stem);
    let tail: String = full.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    format!("m{index}_{}", tail.trim_matches('_')).trim_end_matches('_').to_owned()
}

/// `f12_name`.
pub(crate) fn function(index: usize, name: &str) -> String {
    let tail = snake(name);
    if tail.is_empty() { format!("f{index}") } else { format!("f{index}_{tail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rusts() {
        for (from, to) in [("salePrice", "sale_price"), ("URLParser", "urlparser"), ("_x$1", "x_1"), ("größe", "gr_e"), ("__proto__", "proto")] {
            assert_eq!(snake(from), to);
        }
        assert!(!is_free("type") && !is_free("t1") && !is_free("cx") && is_free("total") && !is_free(""));
        assert_eq!(module(2, "app/routes/[id].puremix"), "m2_app_routes_id");
        assert_eq!(constant("K", "salePrice"), "K_SALE_PRICE");
    }
}
