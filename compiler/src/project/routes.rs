//! What a file under `routes/` answers: file-based routing as data.
//!
//! `products/[id].puremix` answers `/products/:id`, `docs/[...path].puremix` everything below `/docs`, `index` the
//! directory itself.

use super::discover::{Project, walk};
use puremix_diag::{Diagnostic, Severity, codes};
use puremix_ir::app::RouteSegment;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteFileKind {
    Page,
    /// A `.js`, `.ts` or `.py` file that exports handlers.
    Api,
    /// A Parsley handler named by `basil.yaml`.
    Handler,
}

/// A file that answers URLs.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteFile {
    pub path: PathBuf,
    pub pattern: Vec<RouteSegment>,
    pub kind: RouteFileKind,
}

#[derive(Default)]
pub struct RouteFiles {
    pub routes: Vec<RouteFile>,
    pub not_found: Option<PathBuf>,
    pub server_error: Option<PathBuf>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the names below `routes/`.
pub fn list(project: &Project) -> RouteFiles {
    let dir = project.app_dir.join("routes");
    let mut found = RouteFiles::default();
    // Patterns that match the same URLs have the same key; the first file keeps it.
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in walk(&dir) {
        let Ok(relative) = path.strip_prefix(&dir) else { continue };
        let relative = relative.to_string_lossy().replace('\\', "/");
        let Some((stem, kind)) = route_kind(&relative) else { continue };
        match relative.as_str() {
            "404.puremix" => found.not_found = Some(path),
            "500.puremix" => found.server_error = Some(path),
            _ => match route_pattern(stem) {
                Err(why) => found.diagnostics.push(
                    Diagnostic::project(
                        codes::ROUTE_BAD_NAME,
                        Severity::Error,
                        format!("`{}` is no route name: {why}", project.display(&path)),
                    )
                    .help("a dynamic part is a whole `[name]`, a catch-all is `[...name]` and comes last"),
                ),
                Ok(pattern) => {
                    if let Some(first) = taken.get(&match_key(&pattern)) {
                        found.diagnostics.push(
                            Diagnostic::project(
                                codes::ROUTE_DUPLICATE,
                                Severity::Error,
                                format!(
                                    "`{}` and `{}` answer the same URL {}",
                                    project.display(first),
                                    project.display(&path),
                                    pattern_text(&pattern)
                                ),
                            )
                            .help("rename or delete one of them"),
                        );
                        continue;
                    }
                    taken.insert(match_key(&pattern), path.clone());
                    found.routes.push(RouteFile { path, pattern, kind });
                }
            },
        }
    }
    if found.routes.is_empty() && found.diagnostics.is_empty() {
        found.diagnostics.push(
            Diagnostic::project(
                codes::PROJECT_NO_ROUTES,
                Severity::Error,
                format!("`{}` has no routes", project.display(&dir)),
            )
            .help("a first page is `app/routes/index.puremix`; `puremixc new DIR` makes a whole app"),
        );
    }
    found
}

/// The path without its extension, and what kind of route it is; `None` for files that are no routes (styles, notes,
/// declarations, tests).
fn route_kind(relative: &str) -> Option<(&str, RouteFileKind)> {
    let (stem, extension) = relative.rsplit_once('.')?;
    let kind = match extension {
        "puremix" => RouteFileKind::Page,
        "js" | "ts" | "mjs" | "cjs" | "mts" | "py" => RouteFileKind::Api,
        _ => return None,
    };
    // `__init__.py` and other modules that say they are for Python only.
    let is_internal = extension == "py" && stem.rsplit('/').next().is_some_and(|name| name.starts_with("__"));
    let is_support = [".d", ".test", ".spec"].iter().any(|s| stem.ends_with(s)) || is_internal;
    (!is_support).then_some((stem, kind))
}

/// The URL pattern of a route file's path without extension.
pub fn route_pattern(stem: &str) -> Result<Vec<RouteSegment>, String> {
    let mut pattern: Vec<RouteSegment> = Vec::new();
    let parts: Vec<&str> = stem.split('/').collect();
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        if last && *part == "index" {
            break;
        }
        let segment = if let Some(inner) = part.strip_prefix("[...").and_then(|p| p.strip_suffix(']')) {
            if !last {
                return Err(format!("the catch-all `{part}` is not the last part"));
            }
            RouteSegment::CatchAll(param_name(inner, part)?.into())
        } else if let Some(inner) = part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
            RouteSegment::Param(param_name(inner, part)?.into())
        } else if part.contains(['[', ']']) {
            return Err(format!("`{part}` mixes text and a parameter"));
        } else {
            RouteSegment::Literal((*part).into())
        };
        if let RouteSegment::Param(name) | RouteSegment::CatchAll(name) = &segment
            && pattern.iter().any(|s| matches!(s, RouteSegment::Param(n) if n == name))
        {
            return Err(format!("the parameter `{name}` occurs twice"));
        }
        pattern.push(segment);
    }
    Ok(pattern)
}

fn param_name<'a>(name: &'a str, part: &str) -> Result<&'a str, String> {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '$');
    if starts && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '-')) {
        Ok(name)
    } else {
        Err(format!("`{part}` does not hold a name"))
    }
}

/// Equal for patterns that match the same URLs: parameter names do not matter.
fn match_key(pattern: &[RouteSegment]) -> String {
    pattern
        .iter()
        .map(|s| match s {
            RouteSegment::Literal(text) => format!("/={text}"),
            RouteSegment::Param(_) => "/:".to_owned(),
            RouteSegment::CatchAll(_) => "/*".to_owned(),
        })
        .collect()
}

/// `/products/:id`, as people write patterns.
pub fn pattern_text(pattern: &[RouteSegment]) -> String {
    if pattern.is_empty() {
        return "/".to_owned();
    }
    pattern
        .iter()
        .map(|s| match s {
            RouteSegment::Literal(text) => format!("/{text}"),
            RouteSegment::Param(name) => format!("/:{name}"),
            RouteSegment::CatchAll(name) => format!("/*{name}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{pattern_text, route_pattern};

    fn check(stem: &str, expected: &str) {
        let actual = match route_pattern(stem) {
            Ok(pattern) => pattern_text(&pattern),
            Err(why) => format!("error: {why}"),
        };
        assert_eq!(actual, expected, "{stem}");
    }

    #[test]
    fn patterns_follow_the_guide() {
        check("index", "/");
        check("about", "/about");
        check("products/index", "/products");
        check("products/[id]", "/products/:id");
        check("blog/[category]/[slug]", "/blog/:category/:slug");
        check("docs/[...path]", "/docs/*path");
        check("[...rest]", "/*rest");
        check("index/about", "/index/about");
    }

    #[test]
    fn bad_names_say_why() {
        check("[id]x", "error: `[id]x` mixes text and a parameter");
        check("[]", "error: `[]` does not hold a name");
        check("[...a]/b", "error: the catch-all `[...a]` is not the last part");
        check("[a]/[a]", "error: the parameter `a` occurs twice");
        check("[1a]", "error: `[1a]` does not hold a name");
    }
}
