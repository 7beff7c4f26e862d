//! Python among the app's files: every module of it is loaded, whoever imports it, since Python finds modules while it runs.

use super::Loader;
use crate::front::FileRole;
use crate::project::python::{self, Found};
use crate::project::globals;
use puremix_diag::{Diagnostic, codes, suggest::closest};
use puremix_front_js::Elsewhere;
use puremix_front_py::packages;
use puremix_ir::{Lang, Module, ModuleId};
use std::collections::BTreeMap;
use std::path::Path;

/// What a file's front end is told of the app's Python. Part of what a file is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PythonNames {
    /// The first names of the app's own modules.
    pub first: Vec<String>,
    /// Functions that loaders and actions may call without importing them: `fn`, and `module_fn`.
    pub functions: BTreeMap<String, Elsewhere>,
    /// Names of several functions, and the files that have one.
    pub ambiguous: BTreeMap<String, Vec<String>>,
}

impl Loader<'_> {
    /// Loads the app's Python modules, so that pages can be told what they have.
    pub fn add_python(&mut self) {
        let files = python::modules(self.project);
        self.python.first = python::first_names(self.project, &files);
        let ids: Vec<ModuleId> = files.iter().map(|path| self.add(path, FileRole::Script)).collect();
        if ids.is_empty() {
            return;
        }
        self.run();
        let mut named: BTreeMap<String, Vec<(Elsewhere, String)>> = BTreeMap::new();
        for (path, id) in files.iter().zip(ids) {
            let Ok(relative) = path.strip_prefix(&self.project.app_dir) else { continue };
            let specifier = format!("/{}", relative.to_string_lossy().replace('\\', "/"));
            let module = &self.loaded.modules[id.index()];
            let functions = module.python.iter().flat_map(|p| &p.functions).filter(|f| f.global.is_some() && !f.is_imported);
            for function in functions {
                let found = Elsewhere { specifier: specifier.clone(), name: function.name.to_string() };
                for name in [function.name.to_string(), format!("{}_{}", module_word(path), function.name)] {
                    named.entry(name).or_default().push((found.clone(), module.path.to_string()));
                }
            }
        }
        for (name, mut found) in named {
            if globals::of_language(Lang::Js).binary_search(&name.as_str()).is_ok() {
                continue;
            }
            if found.len() == 1 {
                self.python.functions.extend(found.pop().map(|(elsewhere, _)| (name, elsewhere)));
            } else {
                self.python.ambiguous.insert(name, found.into_iter().map(|(_, file)| file).collect());
            }
        }
    }

    /// Checks the imports of a file's Python, loads what they name and notes which packages they need.
    pub(super) fn follow_python(&mut self, importer: &Path, module: &Module) {
        let Some(python) = module.python.clone() else { return };
        for import in &python.imports {
            match python::find(self.project, importer, import) {
                Found::Standard => {}
                Found::Package(name) => {
                    let place = self.cache.sources.describe(import.span);
                    let package = packages::on_pypi(&name).to_owned();
                    let places = self.loaded.python_packages.entry(package).or_default();
                    if !places.contains(&place) {
                        places.push(place);
                    }
                }
                Found::Modules(files) => files.iter().for_each(|file| {
                    self.add(file, FileRole::Script);
                }),
                Found::Missing { .. } if import.is_guarded => {}
                Found::Missing { directory, name } => {
                    let shown = self.project.display(&directory);
                    let found = Diagnostic::error(codes::PYTHON_UNKNOWN_MODULE, import.span, format!("`{shown}` has no Python module `{name}`"));
                    self.loaded.diagnostics.push(found.help(match near(&directory, &name) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("make `{shown}/{name}.py`; modules are imported by their path from the project (`from app.services.x import f`) or from the app's directory (`from services.x import f`)"),
                    }));
                }
            }
        }
    }
}

/// A file's stem as part of a name.
fn module_word(path: &Path) -> String {
    let stem = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The module of a directory whose name is closest.
fn near(directory: &Path, name: &str) -> Option<String> {
    let entries = std::fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
    let names: Vec<String> = entries
        .filter(|path| path.is_dir() || path.extension().is_some_and(|e| e == "py"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    closest(name, names.iter().map(String::as_str)).map(str::to_owned)
}
