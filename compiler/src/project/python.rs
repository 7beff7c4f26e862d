//! Python files of an app: which there are, what names of modules lead to, and which names need no import in JavaScript.

use super::discover::Project;
use super::routes::RouteFileKind;
use puremix_front_py::packages;
use puremix_ir::PythonImport;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Directories that hold no modules of the app.
const FOREIGN: [&str; 7] = ["__pycache__", "env", "node_modules", "site-packages", "test", "tests", "venv"];

/// The `.py` files of the app's directory, besides its routes: no tests, no virtual environments, nothing hidden. Sorted.
pub fn modules(project: &Project) -> Vec<PathBuf> {
    let routes: BTreeSet<&Path> = project.routes.iter().filter(|r| r.kind == RouteFileKind::Api).map(|r| r.path.as_path()).collect();
    let is_module = |path: &PathBuf| {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let is_test = name.starts_with("test_") || name.ends_with("_test") || name == "conftest";
        !is_test && !routes.contains(path.as_path())
    };
    let mut files = Vec::new();
    visit(&project.app_dir, 0, &mut |path| {
        files.push(path);
        true
    });
    files.retain(is_module);
    files.sort();
    files
}

/// Hands out the Python files below a directory, as long as they are wanted. Asks the disk for names only: it runs at every save.
fn visit(directory: &Path, depth: usize, wanted: &mut dyn FnMut(PathBuf) -> bool) -> bool {
    const DEEPEST: usize = 64;
    let Ok(entries) = std::fs::read_dir(directory) else { return true };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_foreign = name.as_encoded_bytes().starts_with(b".") || FOREIGN.iter().any(|foreign| name == *foreign);
        let path = entry.path();
        let is_directory = || entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && path.is_dir());
        if is_foreign {
            continue;
        }
        if path.extension().is_some_and(|e| e == "py") {
            if !wanted(path) {
                return false;
            }
        } else if depth < DEEPEST && is_directory() && !visit(&path, depth + 1, wanted) {
            return false;
        }
    }
    true
}

/// The first names of the app's own modules: of `app.services.a`, which is `services.a` too.
pub fn first_names(project: &Project, modules: &[PathBuf]) -> Vec<String> {
    let of = |base: &Path, path: &PathBuf| {
        let first = path.strip_prefix(base).ok()?.iter().next()?.to_str()?;
        Some(first.strip_suffix(".py").unwrap_or(first).to_owned())
    };
    let names: BTreeSet<String> = modules.iter().flat_map(|path| [of(&project.root, path), of(&project.app_dir, path)]).flatten().collect();
    names.into_iter().collect()
}

/// Where an import leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A module of the project, and those its package runs first.
    Modules(Vec<PathBuf>),
    Standard,
    /// The first name of a package that is not the project's.
    Package(String),
    /// A directory of the project, and the file that it has not.
    Missing { directory: PathBuf, name: String },
}

/// Finds what `import`, written in `importer`, names: a module of the project, by its path from the project's root or from the app's
/// directory, or one of Python's own or of a package.
pub fn find(project: &Project, importer: &Path, import: &PythonImport) -> Found {
    let parts: Vec<&str> = import.module.split('.').filter(|part| !part.is_empty()).collect();
    if import.level > 0 {
        let base = importer.ancestors().nth(import.level as usize).unwrap_or(&project.root);
        return walk_down(base, &parts, import.name.as_deref());
    }
    let Some(first) = parts.first() else { return Found::Standard };
    if packages::is_standard(first) {
        return Found::Standard;
    }
    let homes = [&project.root, &project.app_dir];
    let Some(home) = homes.into_iter().find(|home| home.join(format!("{first}.py")).is_file() || has_python(&home.join(first))) else {
        return Found::Package((*first).to_owned());
    };
    walk_down(home, &parts, import.name.as_deref())
}

/// Whether a directory is one of Python's: a file of it, or of a directory below, is Python.
fn has_python(directory: &Path) -> bool {
    !visit(directory, 0, &mut |_| false)
}

/// Follows the names of a module from a directory, and then the name that is imported from it if that is a module too.
fn walk_down(base: &Path, parts: &[&str], name: Option<&str>) -> Found {
    let mut at = base.to_path_buf();
    let mut found = Vec::new();
    for part in parts {
        let file = at.join(format!("{part}.py"));
        if file.is_file() && !at.join(part).is_dir() {
            // What is behind it is a member, which Python knows when it runs.
            found.push(file);
            return Found::Modules(found);
        }
        at.push(part);
        if !at.is_dir() {
            at.pop();
            return Found::Missing { directory: at, name: (*part).to_owned() };
        }
        found.extend(Some(at.join("__init__.py")).filter(|init| init.is_file()));
    }
    let Some(name) = name else { return Found::Modules(found) };
    let file = at.join(format!("{name}.py"));
    if file.is_file() {
        found.push(file);
    } else if at.join(name).is_dir() {
        found.extend(Some(at.join(name).join("__init__.py")).filter(|init| init.is_file()));
    } else if !at.join("__init__.py").is_file() {
        return Found::Missing { directory: at, name: name.to_owned() };
    }
    Found::Modules(found)
}
