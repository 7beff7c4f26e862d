//! What an import specifier names.
//!
//! `./x` and `../x` are relative to the importing file, `/x` to the app's directory; `node:x` and the bare names of
//! `natives` are runtime modules; other bare names are packages of `node_modules`, found as Node finds them.

use super::natives::{self, Bare};
use super::package_exports;
use puremix_diag::{Diagnostic, Span, codes};
use puremix_ir::RequestKind;
use std::path::{Component, Path, PathBuf};

/// Where a specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// A file of the app or of a package.
    File(PathBuf),
    Native(&'static str),
}

/// Tried in this order when the specifier has no extension of its own.
const EXTENSIONS: [&str; 8] = ["js", "ts", "mjs", "cjs", "json", "puremix", "py", "pars"];

pub struct Resolver<'a> {
    pub root: &'a Path,
    pub app_dir: &'a Path,
}

impl Resolver<'_> {
    /// Resolves `specifier` as `importer` sees it; the error points at `span`.
    pub fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
        span: Span,
    ) -> Result<Resolution, Diagnostic> {
        if specifier.starts_with("./") || specifier.starts_with("../") || specifier == "." || specifier == ".." {
            let base = importer.parent().unwrap_or(self.root).join(specifier);
            return self.file(&base, specifier, span);
        }
        if let Some(path) = specifier.strip_prefix('/') {
            return self.file(&self.app_dir.join(path), specifier, span);
        }
        match natives::classify(specifier) {
            Bare::Native(name) => Ok(Resolution::Native(name)),
            Bare::MissingBuiltin => Err(Diagnostic::error(
                codes::IMPORT_UNSUPPORTED_PACKAGE,
                span,
                format!("the runtime has no module `{specifier}`"),
            )
            .help(format!("available are {}", native_names()))),
            Bare::Unsupported(way_out) => Err(Diagnostic::error(
                codes::IMPORT_UNSUPPORTED_PACKAGE,
                span,
                format!("the package `{}` cannot be compiled", natives::package_name(specifier)),
            )
            .help(way_out)),
            Bare::Package => self.package(importer, specifier, kind, span),
        }
    }

    fn file(&self, base: &Path, specifier: &str, span: Span) -> Result<Resolution, Diagnostic> {
        let base = normalize(base);
        if let Some(path) = self.python(&base).or_else(|| find_file(&base)) {
            return Ok(Resolution::File(path));
        }
        let mut diagnostic = Diagnostic::error(codes::IMPORT_NOT_FOUND, span, format!("cannot find `{specifier}`"))
            .label("no such file");
        if let Some(near) = nearest_file(&base) {
            diagnostic = diagnostic.help(format!("did you mean `{near}` in the same directory?"));
        } else {
            let shown = base.strip_prefix(self.root).unwrap_or(&base);
            diagnostic = diagnostic.help(format!(
                "looked for `{}` as it is, with the extensions .{}, and as a directory with an index file",
                shown.display(),
                EXTENSIONS.join(" .")
            ));
        }
        Err(diagnostic)
    }

    /// A Python module of the app, named without its ending: as in the original it comes before a script of the same name.
    fn python(&self, base: &Path) -> Option<PathBuf> {
        let is_of_app = base.strip_prefix(self.app_dir).is_ok_and(|path| !path.starts_with("routes"));
        let mut name = base.as_os_str().to_owned();
        name.push(".py");
        Some(PathBuf::from(name)).filter(|path| is_of_app && !base.is_file() && path.is_file())
    }

    fn package(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
        span: Span,
    ) -> Result<Resolution, Diagnostic> {
        let name = natives::package_name(specifier);
        let subpath = match specifier[name.len()..].trim_start_matches('/') {
            "" => ".".to_owned(),
            rest => format!("./{rest}"),
        };
        // Node's rule: `node_modules` of the importing file's directory and of every directory above it.
        let homes = importer.ancestors().skip(1).map(|dir| dir.join("node_modules").join(name));
        let Some(home) = homes.into_iter().find(|p| p.is_dir()) else {
            return Err(self.missing_package(name, span));
        };
        let manifest = std::fs::read_to_string(home.join("package.json"))
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(serde_json::Value::Null);
        let entry = package_exports::entry(&manifest, &subpath, kind == RequestKind::Require);
        let found = entry.as_deref().and_then(|e| find_file(&normalize(&home.join(e))));
        match found {
            Some(path) if path.extension().is_some_and(|e| e == "node") => Err(Diagnostic::error(
                codes::IMPORT_UNSUPPORTED_PACKAGE,
                span,
                format!("the package `{name}` is a native addon"),
            )
            .help("use a package written in JavaScript")),
            Some(path) => Ok(Resolution::File(path)),
            None => Err(Diagnostic::error(
                codes::IMPORT_NOT_FOUND,
                span,
                format!("the package `{name}` has no `{subpath}`"),
            )
            .help(format!("`{}` lists what it exports", home.join("package.json").display()))),
        }
    }

    fn missing_package(&self, name: &str, span: Span) -> Diagnostic {
        let listed = std::fs::read_to_string(self.root.join("package.json")).is_ok_and(|t| t.contains(&format!("\"{name}\"")));
        if listed {
            let command = if self.root.join("pnpm-lock.yaml").is_file() {
                "pnpm install"
            } else if self.root.join("yarn.lock").is_file() {
                "yarn install"
            } else {
                "npm install"
            };
            Diagnostic::error(
                codes::NODE_MODULES_MISSING,
                span,
                format!("the package `{name}` is in package.json but not in node_modules"),
            )
            .help(format!("run `{command}` in `{}`", self.root.display()))
        } else {
            Diagnostic::error(codes::IMPORT_NOT_FOUND, span, format!("cannot find the package `{name}`"))
                .help(format!("run `npm install {name}`, or begin the path with `./` for a file of the app"))
        }
    }
}

fn native_names() -> String {
    puremix_node::MODULES.iter().map(|n| n.name).collect::<Vec<_>>().join(", ")
}

/// Removes `.` and `..` without asking the disk, so that two spellings of one file are one module.
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

fn find_file(base: &Path) -> Option<PathBuf> {
    if base.is_file() {
        return Some(base.to_path_buf());
    }
    let with = |base: &Path, extension: &str| {
        let mut name = base.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        PathBuf::from(name)
    };
    let beside = EXTENSIONS.iter().map(|e| with(base, e));
    // TypeScript's convention: `./x.js` names `x.ts`.
    let typescript = base.extension().filter(|e| *e == "js" || *e == "mjs").map(|_| base.with_extension("ts"));
    let index = EXTENSIONS.iter().map(|e| with(&base.join("index"), e));
    let python = Some(base.join("__init__.py"));
    beside.chain(typescript).chain(index).chain(python).find(|p| p.is_file())
}

/// The file of the same directory whose name is closest, if one is close.
fn nearest_file(base: &Path) -> Option<String> {
    let wanted = base.file_stem()?.to_string_lossy().into_owned();
    let names: Vec<(String, String)> = std::fs::read_dir(base.parent()?)
        .ok()?
        .flatten()
        .filter_map(|e| {
            let path = e.path();
            Some((path.file_stem()?.to_string_lossy().into_owned(), path.file_name()?.to_string_lossy().into_owned()))
        })
        .collect();
    let near = puremix_diag::suggest::closest(&wanted, names.iter().map(|(stem, _)| stem.as_str()))?.to_owned();
    names.into_iter().find(|(stem, _)| *stem == near).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use puremix_diag::FileId;
    use std::fs;

    /// A directory of empty files that removes itself.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Tree {
            let root = std::env::temp_dir().join(format!("puremixc-{name}-{}", std::process::id()));
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Tree(root)
        }

        fn check(&self, importer: &str, specifier: &str, expected: &str) {
            let resolver = Resolver { root: &self.0, app_dir: &self.0.join("app") };
            let span = Span::new(FileId(0), 0, 0);
            let actual = match resolver.resolve(&self.0.join(importer), specifier, RequestKind::Static, span) {
                Ok(Resolution::File(path)) => path.strip_prefix(&self.0).unwrap().display().to_string(),
                Ok(Resolution::Native(name)) => format!("native {name}"),
                Err(d) => format!("{}: {} ({})", d.code, d.message, d.help.unwrap_or_default()),
            };
            assert_eq!(actual.replace(&self.0.display().to_string(), "ROOT"), expected, "{specifier}");
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn specifiers() {
        let tree = Tree::new(
            "resolve",
            &[
                ("package.json", r#"{"dependencies": {"absent": "1"}}"#),
                ("app/routes/index.puremix", ""),
                ("app/lib/users.ts", ""),
                ("app/lib/data.json", "{}"),
                ("app/lib/both/index.js", ""),
                ("app/components/Card.puremix", ""),
                ("app/services/stats.py", ""),
                ("app/services/stats.js", ""),
                ("app/services/models/__init__.py", ""),
                ("node_modules/plain/index.js", ""),
                ("node_modules/@s/main/package.json", r#"{"exports": {".": "./m.mjs", "./x": "./x.js"}}"#),
                ("node_modules/@s/main/m.mjs", ""),
                ("node_modules/@s/main/x.js", ""),
            ],
        );
        let page = "app/routes/index.puremix";
        tree.check(page, "../lib/users", "app/lib/users.ts");
        tree.check(page, "../lib/users.js", "app/lib/users.ts");
        tree.check(page, "/lib/data", "app/lib/data.json");
        tree.check(page, "../lib/both", "app/lib/both/index.js");
        tree.check(page, "../components/Card", "app/components/Card.puremix");
        tree.check(page, "../services/stats", "app/services/stats.py");
        tree.check(page, "../services/stats.js", "app/services/stats.js");
        tree.check(page, "/services/stats.py", "app/services/stats.py");
        tree.check(page, "../services/models", "app/services/models/__init__.py");
        tree.check(page, "plain", "node_modules/plain/index.js");
        tree.check(page, "@s/main", "node_modules/@s/main/m.mjs");
        tree.check(page, "@s/main/x", "node_modules/@s/main/x.js");
        tree.check(page, "node:fs/promises", "native fs/promises");
        tree.check(page, "../lib/user", "PMX0605: cannot find `../lib/user` (did you mean `users.ts` in the same directory?)");
        tree.check(
            page,
            "absent",
            "PMX0615: the package `absent` is in package.json but not in node_modules (run `npm install` in `ROOT`)",
        );
        tree.check(
            page,
            "unknown",
            "PMX0605: cannot find the package `unknown` (run `npm install unknown`, or begin the path with `./` for a file of the app)",
        );
        tree.check(
            page,
            "@s/main/hidden",
            "PMX0605: the package `@s/main` has no `./hidden` (`ROOT/node_modules/@s/main/package.json` lists what it exports)",
        );
    }
}
