//! From the path the user typed to the list of files that make up the app.

use super::basil;
use crate::client::ClientFiles;
use super::routes::{self, RouteFile};
use puremix_diag::{Diagnostic, Severity, SourceMap, codes};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectKind {
    /// `app/routes/**` decides the URLs.
    PureMix,
    /// `basil.yaml` lists routes and their Parsley handlers.
    Basil,
}

/// An app on disk. All paths are absolute.
#[derive(Clone, Debug)]
pub struct Project {
    pub kind: ProjectKind,
    /// Holds `package.json`, `puremix.config.js`, `public/` and `.puremix/`.
    pub root: PathBuf,
    /// Holds `routes/`, `components/`, `layouts/`.
    pub app_dir: PathBuf,
    /// Where everything puremixc writes for this app lives: `.puremix/` of the root.
    pub work_dir: PathBuf,
    /// A valid cargo package and binary name.
    pub name: String,
    pub version: String,
    pub config: Option<PathBuf>,
    /// `middleware.js` of the app's directory.
    pub middleware: Option<PathBuf>,
    pub routes: Vec<RouteFile>,
    /// `routes/404.puremix`.
    pub not_found: Option<PathBuf>,
    /// `routes/500.puremix`.
    pub server_error: Option<PathBuf>,
    /// Files served as they are: URL path beginning with `/`, and the file. Sorted by URL.
    pub public: Vec<(String, PathBuf)>,
    /// What was built for browsers.
    pub client: ClientFiles,
    /// The settings of a Parsley project.
    pub basil: Option<basil::Basil>,
    /// The files that were read to find all this, for diagnostics.
    pub sources: SourceMap,
}

impl Project {
    /// `path` as the user would type it: relative to the project, with `/`.
    pub fn display(&self, path: &Path) -> String {
        let shown = path.strip_prefix(&self.root).unwrap_or(path);
        shown.to_string_lossy().replace('\\', "/")
    }

    /// A single file as an app without routes: it is run, not served. What is made for it goes to `work_dir`, which is not
    /// beside the file.
    pub fn of_script(file: &Path, work_dir: PathBuf) -> Project {
        let root = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        let stem = file.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        Project {
            kind: ProjectKind::PureMix,
            app_dir: root.clone(),
            root,
            work_dir,
            name: cargo_name(&stem),
            version: "0.0.0".to_owned(),
            config: None,
            middleware: None,
            routes: Vec::new(),
            not_found: None,
            server_error: None,
            basil: None,
            public: Vec::new(),
            client: ClientFiles::default(),
            sources: SourceMap::default(),
        }
    }
}

const CONFIG_NAMES: [&str; 3] = ["puremix.config.js", "puremix.config.mjs", "puremix.config.ts"];

const MIDDLEWARE_NAMES: [&str; 4] = ["middleware.js", "middleware.mjs", "middleware.cjs", "middleware.ts"];

/// The project that `path` (its directory or its `app/`) belongs to. Also used before the config is read, which may
/// move the app's directory.
pub fn locate(path: &Path) -> Result<PathBuf, Diagnostic> {
    let absolute = fs::canonicalize(path).map_err(|_| not_found(path, "there is no such directory"))?;
    if !absolute.is_dir() {
        return Err(not_found(path, "it is a file; name the project's directory"));
    }
    if is_root(&absolute) {
        return Ok(absolute);
    }
    if absolute.join("routes").is_dir() {
        return Ok(absolute.parent().map_or(absolute.clone(), Path::to_path_buf));
    }
    Err(not_found(path, "it has no app/routes directory, no puremix.config.js and no basil.yaml"))
}

fn is_root(dir: &Path) -> bool {
    dir.join("app").join("routes").is_dir() || find_config(dir).is_some() || dir.join(basil::CONFIG_NAME).is_file()
}

fn not_found(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::project(
        codes::PROJECT_NOT_FOUND,
        Severity::Error,
        format!("no PureMix app at `{}`: {why}", path.display()),
    )
    .help("name the directory that holds `app/`, or make a new app with `puremixc new DIR`")
}

pub fn find_config(root: &Path) -> Option<PathBuf> {
    CONFIG_NAMES.iter().map(|name| root.join(name)).find(|p| p.is_file())
}

/// Lists the app's files. `app_dir` is the config's `appDir`; by default `app`, or the directory the user named when
/// that holds `routes/` itself.
pub fn discover(path: &Path, app_dir: Option<&str>) -> (Option<Project>, Vec<Diagnostic>) {
    let root = match locate(path) {
        Ok(root) => root,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let named = fs::canonicalize(path).unwrap_or_else(|_| root.clone());
    let app_dir = match app_dir {
        Some(dir) => root.join(dir),
        None if named != root => named,
        None => root.join("app"),
    };
    let kind = if root.join(basil::CONFIG_NAME).is_file() && !app_dir.join("routes").is_dir() {
        ProjectKind::Basil
    } else {
        ProjectKind::PureMix
    };
    let (name, version) = name_and_version(&root);
    let mut project = Project {
        kind,
        config: find_config(&root),
        middleware: None,
        work_dir: root.join(".puremix"),
        root,
        app_dir,
        name,
        version,
        routes: Vec::new(),
        not_found: None,
        server_error: None,
        public: Vec::new(),
        client: ClientFiles::default(),
        basil: None,
        sources: SourceMap::default(),
    };
    let mut diagnostics = Vec::new();
    project.public = list_public(&project);
    if kind == ProjectKind::PureMix {
        project.middleware = MIDDLEWARE_NAMES.iter().map(|name| project.app_dir.join(name)).find(|p| p.is_file());
        let found = routes::list(&project);
        project.routes = found.routes;
        project.not_found = found.not_found;
        project.server_error = found.server_error;
        diagnostics = found.diagnostics;
    }
    if kind == ProjectKind::Basil {
        let (settings, routes, found) = basil::read(&project.root, &mut project.sources);
        project.basil = Some(settings);
        project.routes = routes;
        diagnostics = found;
    }
    (Some(project), diagnostics)
}

/// Name from `package.json`, else from the directory; both made fit for cargo.
fn name_and_version(root: &Path) -> (String, String) {
    let package = fs::read_to_string(root.join("package.json"))
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let field = |key: &str| package.as_ref().and_then(|p| p[key].as_str()).map(str::to_owned);
    let directory = root.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let name = field("name").map_or(directory, |n| n.rsplit('/').next().unwrap_or_default().to_owned());
    (cargo_name(&name), field("version").unwrap_or_else(|| "0.0.0".to_owned()))
}

/// The nearest name that cargo takes for a package and a binary.
///
/// `@me/My Shop` has already lost its scope; `My Shop` becomes `my-shop`, `9lives` becomes `app-9lives`.
pub fn cargo_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' | '_' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    let out = out.trim_end_matches('-').to_owned();
    // Names that cargo refuses or that would shadow what the generated crate depends on.
    const RESERVED: [&str; 7] = ["test", "core", "std", "alloc", "proc-macro", "proc_macro", "puremix_runtime"];
    if out.is_empty() {
        "app".to_owned()
    } else if out.starts_with(|c: char| c.is_ascii_digit()) || RESERVED.contains(&out.as_str()) {
        format!("app-{out}")
    } else {
        out
    }
}

/// `public/` of the project and of the app; on equal names the project's wins.
fn list_public(project: &Project) -> Vec<(String, PathBuf)> {
    let mut files = std::collections::BTreeMap::new();
    for dir in [project.app_dir.join("public"), project.root.join("public")] {
        for path in walk(&dir) {
            if let Ok(relative) = path.strip_prefix(&dir) {
                files.insert(format!("/{}", relative.to_string_lossy().replace('\\', "/")), path.clone());
            }
        }
    }
    files.into_iter().collect()
}

/// All files below `dir` in a fixed order; no dot files (but `.well-known`, which is served), no `node_modules`, no symbolic-link cycles.
pub fn walk(dir: &Path) -> Vec<PathBuf> {
    fn visit(dir: &Path, depth: usize, out: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            if name.starts_with('.') && name != ".well-known" || name == "node_modules" || name == "__pycache__" {
                continue;
            }
            if path.is_dir() {
                if depth < 64 {
                    visit(&path, depth + 1, out);
                }
            } else if path.is_file() {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    visit(dir, 0, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::cargo_name;

    #[test]
    fn names_fit_for_cargo() {
        let check = |name: &str, expected: &str| assert_eq!(cargo_name(name), expected, "{name}");
        check("shop", "shop");
        check("My Shop", "my-shop");
        check("9lives", "app-9lives");
        check("Ünïcode", "n-code");
        check("...", "app");
        check("test", "app-test");
        check("a_b", "a_b");
    }
}
