//! The entry file of an npm package, from its `package.json`: `exports` with conditions and patterns, `module`, `main`.
//!
//! Follows Node's PACKAGE_EXPORTS_RESOLVE with the conditions `puremix`, `node`, `import` (or `require`) and `default`.

use serde_json::Value;

/// The path (beginning with `./`) inside the package that `subpath` (`.` or `./deep`) names; `None` when the package
/// does not export it.
pub fn entry(package: &Value, subpath: &str, require: bool) -> Option<String> {
    match &package["exports"] {
        Value::Null if subpath == "." => {
            let field = |name: &str| package[name].as_str().map(str::to_owned);
            let main = field("main");
            // `module` is the bundlers' convention for "the same as an ES module".
            let module = if require { None } else { field("module") };
            Some(dotted(&module.or(main).unwrap_or_else(|| "./index.js".to_owned())))
        }
        Value::Null => Some(subpath.to_owned()),
        exports => exported(exports, subpath, require),
    }
}

fn dotted(path: &str) -> String {
    if path.starts_with("./") { path.to_owned() } else { format!("./{path}") }
}

fn exported(exports: &Value, subpath: &str, require: bool) -> Option<String> {
    let is_subpath_map = exports.as_object().is_some_and(|m| m.keys().any(|k| k.starts_with('.')));
    if !is_subpath_map {
        return if subpath == "." { condition(exports, require) } else { None };
    }
    let map = exports.as_object()?;
    if let Some(target) = map.get(subpath) {
        return condition(target, require);
    }
    // The pattern with the longest text before its `*` wins.
    let mut best: Option<(&str, &str, &Value)> = None;
    for (key, target) in map {
        let Some((head, tail)) = key.split_once('*') else { continue };
        let fits = subpath.len() >= head.len() + tail.len() && subpath.starts_with(head) && subpath.ends_with(tail);
        if fits && best.is_none_or(|(h, _, _)| head.len() > h.len()) {
            best = Some((head, tail, target));
        }
    }
    let (head, tail, target) = best?;
    let star = &subpath[head.len()..subpath.len() - tail.len()];
    condition(target, require).map(|path| path.replace('*', star))
}

/// The first alternative that applies, in the order the package wrote them.
fn condition(target: &Value, require: bool) -> Option<String> {
    match target {
        Value::String(path) => Some(path.clone()),
        Value::Array(alternatives) => alternatives.iter().find_map(|t| condition(t, require)),
        Value::Object(map) => map.iter().find_map(|(name, t)| {
            let applies = match name.as_str() {
                "puremix" | "node" | "default" => true,
                "import" | "module" => !require,
                "require" => require,
                _ => false,
            };
            if applies { condition(t, require) } else { None }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::entry;

    fn check(package: &str, subpath: &str, expected: Option<&str>) {
        let package: serde_json::Value = serde_json::from_str(package).unwrap();
        assert_eq!(entry(&package, subpath, false).as_deref(), expected, "{package} {subpath}");
    }

    #[test]
    fn entries_as_node_finds_them() {
        check("{}", ".", Some("./index.js"));
        check(r#"{"main": "lib/a.js"}"#, ".", Some("./lib/a.js"));
        check(r#"{"main": "a.js", "module": "a.mjs"}"#, ".", Some("./a.mjs"));
        check("{}", "./deep", Some("./deep"));
        check(r#"{"exports": "./x.js"}"#, ".", Some("./x.js"));
        check(r#"{"exports": "./x.js"}"#, "./y", None);
        check(r#"{"exports": {"browser": "./b.js", "import": "./i.js", "require": "./r.js"}}"#, ".", Some("./i.js"));
        check(r#"{"exports": {".": {"require": "./r.js"}}}"#, ".", None);
        check(r#"{"exports": {"./f/*": "./lib/*.js", "./f/in/*": null}}"#, "./f/a", Some("./lib/a.js"));
        check(r#"{"exports": {"./f/*": "./lib/*.js", "./f/in/*": null}}"#, "./f/in/a", None);
        check(r#"{"exports": {"./*.js": "./src/*.js"}}"#, "./q.js", Some("./src/q.js"));
    }

    #[test]
    fn require_takes_the_commonjs_side() {
        let package: serde_json::Value =
            serde_json::from_str(r#"{"exports": {"import": "./i.js", "require": "./r.js"}}"#).unwrap();
        assert_eq!(entry(&package, ".", true).as_deref(), Some("./r.js"));
    }
}
