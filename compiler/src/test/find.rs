//! Which files are tests.

use crate::project::Project;
use crate::project::discover::walk;
use std::path::{Path, PathBuf};

/// Directories of a project that hold no tests of its own.
const IGNORED: [&str; 5] = ["node_modules", "dist", "public", "target", "coverage"];

/// The project's test files in a fixed order: `*.test.js` and `*.spec.js` (also `.mjs`, `.cjs`, `.ts`, `.mts`) and `*.puremix.test`, wherever
/// they are. `filters` are parts of paths, one of which must occur.
pub fn test_files(project: &Project, filters: &[String]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = walk(&project.root);
    if !project.app_dir.starts_with(&project.root) {
        files.extend(walk(&project.app_dir));
    }
    files.retain(|path| {
        let shown = project.display(path);
        let is_ours = !Path::new(&shown).iter().any(|part| IGNORED.iter().any(|name| part == *name));
        is_ours && is_test(&shown) && (filters.is_empty() || filters.iter().any(|filter| shown.contains(filter.as_str())))
    });
    files
}

/// Whether a directory of the project can hold sources of its own.
pub fn may_hold_sources(directory: &Path) -> bool {
    let name = directory.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    !name.starts_with('.') && (name == "public" || !IGNORED.contains(&name.as_str()))
}

/// Whether a file is a test by its name.
pub fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.ends_with(".puremix.test") {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    matches!(extension, "js" | "mjs" | "cjs" | "ts" | "mts") && (stem.ends_with(".test") || stem.ends_with(".spec") || stem.ends_with("_test"))
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn names() {
        for name in ["a.test.js", "app/lib/a.spec.mjs", "a.test.ts", "x/Card.puremix.test", "a_test.cjs"] {
            assert!(is_test(name), "{name}");
        }
        for name in ["test.js", "a.js", "a.test.json", "a.test.d.ts", "a.puremix", "tests/help.js"] {
            assert!(!is_test(name), "{name}");
        }
    }
}
