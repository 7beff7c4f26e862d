//! Where `<layout>NAME</layout>` leads.

use super::Project;
use std::path::PathBuf;

/// Directories (below the app's) and extensions that hold layouts, in order of precedence.
const PLACES: [(&str, &str); 4] =
    [("layouts", "html"), ("layouts", "puremix"), ("views/layouts", "puremix"), ("views/layouts", "html")];

/// The file of a layout name such as `main` or `admin/wide`.
pub fn find_layout(project: &Project, name: &str) -> Option<PathBuf> {
    if name.split('/').any(|part| part == ".." || part.is_empty()) {
        return None;
    }
    PLACES
        .iter()
        .map(|(dir, extension)| project.app_dir.join(dir).join(format!("{name}.{extension}")))
        .find(|path| path.is_file())
}

/// Every layout name the app has, for "did you mean".
pub fn layout_names(project: &Project) -> Vec<String> {
    let mut names: Vec<String> = PLACES
        .iter()
        .flat_map(|(dir, extension)| {
            let dir = project.app_dir.join(dir);
            super::discover::walk(&dir)
                .into_iter()
                .filter(|p| p.extension().is_some_and(|e| e == *extension))
                .filter_map(|p| p.strip_prefix(&dir).ok().map(|p| p.with_extension("").to_string_lossy().into_owned()))
                .collect::<Vec<_>>()
        })
        .collect();
    names.sort();
    names.dedup();
    names
}
