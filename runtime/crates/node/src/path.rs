//! `node:path`, the POSIX flavour. The functions on text are pure; bindings follow.

use crate::support::{member, object, string_argument};
use puremix_js::ops;
use puremix_value::{Args, Cx, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "basename", "default", "delimiter", "dirname", "extname", "format", "isAbsolute", "join", "normalize", "parse", "posix", "relative",
    "resolve", "sep", "toNamespacedPath",
];

/// The server runs on Linux; paths of Windows are text to it.
pub(crate) const MISSING: &[&str] = &["matchesGlob", "win32"];

/// Resolves `.` and `..`; `above` keeps leading `..` (relative paths).
fn segments(path: &str, above: bool) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match out.last() {
                Some(&"..") | None if above => out.push(".."),
                Some(_) => {
                    out.pop();
                }
                None => {}
            },
            part => out.push(part),
        }
    }
    out
}

pub fn normalize(path: &str) -> String {
    if path.is_empty() {
        return ".".into();
    }
    let absolute = path.starts_with('/');
    let mut text = segments(path, !absolute).join("/");
    if text.is_empty() && !absolute {
        text.push('.');
    }
    if path.ends_with('/') && !text.is_empty() {
        text.push('/');
    }
    if absolute { format!("/{text}") } else { text }
}

pub fn join<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let joined = parts.filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
    normalize(&joined)
}

pub fn resolve(parts: &[String], cwd: &str) -> String {
    let mut whole = String::new();
    for part in parts.iter().rev().map(String::as_str).chain([cwd]) {
        if part.is_empty() {
            continue;
        }
        whole = if whole.is_empty() { part.to_owned() } else { format!("{part}/{whole}") };
        if part.starts_with('/') {
            break;
        }
    }
    format!("/{}", segments(&whole, false).join("/"))
}

pub fn dirname(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "." } else { "/" };
    }
    match trimmed.rfind('/') {
        None => ".",
        Some(0) => "/",
        Some(at) => trimmed[..at].trim_end_matches('/'),
    }
}

pub fn basename<'a>(path: &'a str, suffix: &str) -> &'a str {
    let trimmed = path.trim_end_matches('/');
    let name = &trimmed[trimmed.rfind('/').map_or(0, |at| at + 1)..];
    match name.strip_suffix(suffix) {
        Some(stem) if !stem.is_empty() => stem,
        _ => name,
    }
}

pub fn extname(path: &str) -> &str {
    let name = basename(path, "");
    match name.rfind('.') {
        Some(at) if at > 0 && name != ".." => &name[at..],
        _ => "",
    }
}

pub fn relative(from: &str, to: &str, cwd: &str) -> String {
    let (from, to) = (resolve(&[from.to_owned()], cwd), resolve(&[to.to_owned()], cwd));
    let (from, to) = (segments(&from, false), segments(&to, false));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn cwd() -> String {
    crate::host::host().map_or_else(|| "/".to_owned(), |h| h.working_directory())
}

fn strings(cx: Cx, a: &Args<'_>, name: &str) -> R<Vec<String>> {
    a.args.iter().map(|v| string_argument(cx, v, name)).collect()
}

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("basename", 2, |cx, a| {
            let path = string_argument(cx, a.get(0), "path")?;
            let suffix = if a.get(1).is_undefined() { String::new() } else { string_argument(cx, a.get(1), "suffix")? };
            Ok(Value::str(basename(&path, &suffix)))
        }),
        ("dirname", 1, |cx, a| Ok(Value::str(dirname(&string_argument(cx, a.get(0), "path")?)))),
        ("extname", 1, |cx, a| Ok(Value::str(extname(&string_argument(cx, a.get(0), "path")?)))),
        ("isAbsolute", 1, |cx, a| Ok(Value::Bool(string_argument(cx, a.get(0), "path")?.starts_with('/')))),
        ("join", 2, |cx, a| Ok(Value::str(&join(strings(cx, a, "path")?.iter().map(String::as_str))))),
        ("normalize", 1, |cx, a| Ok(Value::str(&normalize(&string_argument(cx, a.get(0), "path")?)))),
        ("relative", 2, |cx, a| {
            let (from, to) = (string_argument(cx, a.get(0), "from")?, string_argument(cx, a.get(1), "to")?);
            Ok(Value::str(&relative(&from, &to, &cwd())))
        }),
        ("resolve", 2, |cx, a| {
            let parts: R<Vec<String>> = a.args.iter().enumerate().map(|(i, v)| string_argument(cx, v, &format!("paths[{i}]"))).collect();
            Ok(Value::str(&resolve(&parts?, &cwd())))
        }),
        ("toNamespacedPath", 1, |_, a| Ok(a.get(0).clone())),
        ("parse", 1, parse),
        ("format", 1, format),
    ]);
    o.put(cx, &cx.key_of("sep"), Value::str("/"));
    o.put(cx, &cx.key_of("delimiter"), Value::str(":"));
    let module = Value::Obj(o.clone());
    o.put(cx, &cx.key_of("posix"), module.clone());
    Ok(module)
}

fn parse(cx: Cx, a: &Args<'_>) -> R {
    let path = string_argument(cx, a.get(0), "path")?;
    let (base, ext) = (basename(&path, ""), extname(&path));
    let dir = if path.trim_end_matches('/').contains('/') { dirname(&path) } else { "" };
    let root = if path.starts_with('/') { "/" } else { "" };
    let o = Obj::plain(cx);
    for (name, value) in [("root", root), ("dir", if dir.is_empty() { root } else { dir }), ("base", base), ("ext", ext), ("name", &base[..base.len() - ext.len()])] {
        o.put(cx, &cx.key_of(name), Value::str(value));
    }
    Ok(Value::Obj(o))
}

fn format(cx: Cx, a: &Args<'_>) -> R {
    let part = |name: &str| -> R<String> {
        let v = member(cx, a.get(0), name)?;
        if v.is_nullish() { Ok(String::new()) } else { Ok(ops::js_to_string(cx, &v)?.as_utf8().into_owned()) }
    };
    let (root, dir, base, name, ext) = (part("root")?, part("dir")?, part("base")?, part("name")?, part("ext")?);
    let ext = if ext.is_empty() || ext.starts_with('.') { ext } else { format!(".{ext}") };
    let base = if base.is_empty() { name + &ext } else { base };
    Ok(Value::str(&match dir.as_str() {
        "" => root + &base,
        dir if dir == root => format!("{dir}{base}"),
        dir => format!("{dir}/{base}"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Node 20.
    #[test]
    fn agrees_with_node() {
        for (path, expected) in [("/a/b/../c/./d//e/", "/a/c/d/e/"), ("", "."), ("../../a", "../../a"), ("/../a", "/a"), ("a/..", "."), ("./a", "a")] {
            assert_eq!(normalize(path), expected, "{path}");
        }
        assert_eq!(join(["/srv", "..", "public", "uploads"].into_iter()), "/public/uploads");
        assert_eq!(resolve(&["a".into(), "/b".into(), "c".into()], "/x"), "/b/c");
        assert_eq!(resolve(&[], "/x"), "/x");
        for (path, dir, base, ext) in [("/a/b.txt", "/a", "b.txt", ".txt"), ("b", ".", "b", ""), (".env", ".", ".env", ""), ("/a/", "/", "a", ""), ("/", "/", "", "")] {
            assert_eq!((dirname(path), basename(path, ""), extname(path)), (dir, base, ext), "{path}");
        }
        assert_eq!(relative("/a/b/c", "/a/d", "/"), "../../d");
    }
}
