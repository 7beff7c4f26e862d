//! What a build says of the app's Python, and the list of packages it writes.

use super::report::Output;
use crate::project::Project;
use puremix_ir::Program;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Packages on PyPI and the places that import them.
pub type Packages = BTreeMap<String, Vec<String>>;

/// Functions by file, then the packages; `None` for an app without Python.
pub fn summary(program: &Program, packages: &Packages) -> Option<String> {
    if program.app.python.is_empty() {
        return None;
    }
    let mut files = Vec::new();
    let mut count = 0;
    for module in &program.modules {
        let Some(python) = &module.python else { continue };
        let names: Vec<&str> = python.functions.iter().filter(|f| f.global.is_some() && !f.is_imported).map(|f| &*f.name).collect();
        count += names.len();
        if !names.is_empty() {
            files.push(format!("    {}: {}", module.path, names.join(", ")));
        }
    }
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("python: {count} function{plural} run by CPython\n{}", files.join("\n"));
    if !packages.is_empty() {
        text.push_str(&format!("\n    packages: {}", packages.keys().map(String::as_str).collect::<Vec<_>>().join(", ")));
    }
    Some(text)
}

/// Writes the packages to `BINARY.requirements.txt`; the project's own `requirements.txt` stays as it is, and what it lacks is said. Answers the file that
/// lists what to install: the project's own, or else the one written.
pub fn write_requirements(project: &Project, binary: &Path, packages: &Packages, output: Output) -> std::io::Result<Option<PathBuf>> {
    let own = project.root.join("requirements.txt");
    let listed = std::fs::read_to_string(&own).ok();
    if packages.is_empty() {
        return Ok(listed.map(|_| own));
    }
    if let Some(listed) = &listed {
        let missing = missing(listed, packages);
        if !missing.is_empty() {
            output.say(format!("note: requirements.txt does not name {}", missing.join(", ")));
        }
    }
    let mut name = binary.file_name().unwrap_or_default().to_owned();
    name.push(".requirements.txt");
    let hint = binary.with_file_name(name);
    std::fs::write(&hint, requirements(packages))?;
    if listed.is_some() {
        return Ok(Some(own));
    }
    output.say(format!("wrote {}: `python3 -m pip install -r` it where the binary runs", hint.display()));
    Ok(Some(hint))
}

fn requirements(packages: &Packages) -> String {
    let mut text = "# Written by `puremixc build`: packages that the app's Python imports. Keep a requirements.txt of your own to fix versions.\n".to_owned();
    for (package, places) in packages {
        text.push_str(&format!("{package}  # {}\n", places[0]));
    }
    text
}

/// The packages that a list of requirements does not name.
fn missing<'p>(listed: &str, packages: &'p Packages) -> Vec<&'p str> {
    let normal = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    let named: Vec<String> = listed
        .lines()
        .map(|line| line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).next().unwrap_or_default())
        .map(normal)
        .collect();
    // `opencv-python` does for its variant without windows, `psycopg2` for the one with its library.
    let has = |package: &str| named.iter().any(|name| !name.is_empty() && (*name == package || package.starts_with(&format!("{name}-"))));
    packages.keys().map(String::as_str).filter(|package| !has(&normal(package))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_lacks() {
        let packages: Packages = ["numpy", "scikit-learn", "PyYAML", "opencv-python-headless", "pandas"].map(|name| (name.to_owned(), vec!["app/a.py:1:8".to_owned()])).into();
        let listed = "# ours\nnumpy==2.1\nScikit_Learn>=1.0 ; python_version > '3.8'\nopencv-python\n-r other.txt\n";
        assert_eq!(missing(listed, &packages), ["PyYAML", "pandas"]);
        assert!(requirements(&packages).ends_with("scikit-learn  # app/a.py:1:8\n"));
    }
}
