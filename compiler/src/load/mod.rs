//! The module graph: every file the app's routes reach, read and lowered once.
//!
//! In: a [`Project`]. Out: modules in discovery order with every request resolved, and the diagnostics of all files.

mod cache;
mod handlers;
mod python;
mod streams;

pub use cache::{Cache, Change};
pub use python::PythonNames;

use crate::front::FileRole;
use crate::project::{Project, Resolution, Resolver, find_layout, layouts, natives};
use puremix_diag::{Diagnostic, FileId, Severity, SourceMap, Span, codes, suggest::closest};
use puremix_ir::{Lang, Module, ModuleId, Shared, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

/// What was found, file by file.
#[derive(Default)]
pub struct Loaded {
    pub sources: SourceMap,
    pub modules: Vec<Shared<Module>>,
    /// For each module a number that is another when its text or use is.
    pub contents: Vec<u64>,
    pub diagnostics: Vec<Diagnostic>,
    /// npm packages (native ones included) and the places that import them.
    pub package_uses: BTreeMap<String, Vec<String>>,
    /// Packages on PyPI and the places that import them.
    pub python_packages: BTreeMap<String, Vec<String>>,
}

/// Reads files in the order they are first named.
pub struct Loader<'a> {
    project: &'a Project,
    cache: &'a mut Cache,
    loaded: Loaded,
    ids: HashMap<PathBuf, ModuleId>,
    /// What each module was loaded from, and the findings of its front end.
    files: Vec<LoadedFile>,
    queue: VecDeque<(PathBuf, FileRole)>,
    /// Modules the compiler wrote itself, by the path they stand for.
    texts: HashMap<PathBuf, String>,
    /// Modules that an import finds by a name of their own, not on disk.
    library: Library,
    python: PythonNames,
    /// Names of layouts that are not there, with their diagnostics and how many more files ask for them.
    missing_layouts: HashMap<String, (usize, usize)>,
    /// Ids handed out so far; a file that cannot be read keeps its id, as an empty module.
    next: usize,
}

struct LoadedFile {
    path: PathBuf,
    role: FileRole,
    findings: Vec<Diagnostic>,
    /// The server functions that its handlers name and others declare.
    named: BTreeSet<String>,
}

/// The path and the text of the module that a specifier names, if it is one of a library that comes with the compiler.
pub type Library = fn(&str) -> Option<(&'static str, &'static str)>;

impl<'a> Loader<'a> {
    pub fn new(project: &'a Project, cache: &'a mut Cache) -> Loader<'a> {
        cache.begin(project);
        let loaded = Loaded::default();
        Loader { project, cache, loaded, ids: HashMap::new(), files: Vec::new(), queue: VecDeque::new(), texts: HashMap::new(), library: |_| None, python: PythonNames::default(), missing_layouts: HashMap::new(), next: 0 }
    }

    /// The same with a library.
    #[must_use]
    pub fn with_library(self, library: Library) -> Loader<'a> {
        Loader { library, ..self }
    }

    /// The module of the library that a specifier names.
    pub fn add_library(&mut self, specifier: &str) -> Option<ModuleId> {
        let (path, text) = (self.library)(specifier).or_else(|| crate::library::module(specifier))?;
        Some(self.add_text(Path::new(path), text.to_owned()))
    }

    /// The module of a file, which will be loaded if it is not.
    pub fn add(&mut self, path: &Path, role: FileRole) -> ModuleId {
        if let Some(id) = self.ids.get(path) {
            return *id;
        }
        let id = ModuleId::from(self.next);
        self.next += 1;
        self.ids.insert(path.to_path_buf(), id);
        self.queue.push_back((path.to_path_buf(), role));
        id
    }

    /// The module of a text that stands for a file of another form, such as a configuration.
    pub fn add_text(&mut self, path: &Path, text: String) -> ModuleId {
        self.add_text_as(path, text, FileRole::Script)
    }

    /// As [`Loader::add_text`], for another use.
    pub fn add_text_as(&mut self, path: &Path, text: String, role: FileRole) -> ModuleId {
        if !self.ids.contains_key(path) {
            self.texts.insert(path.to_path_buf(), text);
        }
        self.add(path, role)
    }

    /// Loads what was added, and everything that names; answers the modules so far.
    pub fn run(&mut self) -> &[Shared<Module>] {
        while let Some((path, role)) = self.queue.pop_front() {
            let module = self.load(&path, role);
            self.loaded.modules.push(module);
        }
        &self.loaded.modules
    }

    /// Loads what is left; the result.
    pub fn finish(mut self) -> Loaded {
        self.run();
        for (at, more) in self.missing_layouts.values().filter(|(_, more)| *more > 0) {
            let files = if *more == 1 { "1 more file asks".to_owned() } else { format!("{more} more files ask") };
            let diagnostic = self.loaded.diagnostics[*at].clone();
            self.loaded.diagnostics[*at] = diagnostic.label(format!("{files} for it"));
        }
        self.loaded.diagnostics.extend(self.files.into_iter().flat_map(|file| file.findings));
        self.cache.end(self.project);
        self.loaded.sources = self.cache.sources.clone();
        self.loaded
    }

    fn load(&mut self, path: &Path, role: FileRole) -> Shared<Module> {
        let given = self.texts.remove(path);
        let mut lowered = match self.cache.take(self.project, path, role, given, &self.python, None) {
            Ok(lowered) => lowered,
            Err((file, diagnostic)) => {
                // Its importers still get a module, so that one unreadable file is one error.
                self.loaded.diagnostics.push(diagnostic);
                self.loaded.contents.push(0);
                self.files.push(LoadedFile { path: path.to_path_buf(), role, findings: Vec::new(), named: BTreeSet::new() });
                return Module::empty(file, &self.project.display(path), Lang::Js).into();
            }
        };
        self.files.push(LoadedFile { path: path.to_path_buf(), role, findings: lowered.diagnostics.clone(), named: lowered.named.clone() });
        self.loaded.contents.push(lowered.content);
        streams::ask(path, &mut lowered.module);
        self.resolve_requests(path, &mut lowered.module);
        self.resolve_layout(&mut lowered.module);
        self.follow_python(path, &lowered.module);
        let module = lowered.module.clone();
        self.cache.keep(path, role, lowered);
        module
    }

    /// Writes the targets that are not as they were.
    fn resolve_requests(&mut self, importer: &Path, module: &mut Shared<Module>) {
        let project = self.project;
        let resolver = Resolver { root: &project.root, app_dir: &project.app_dir };
        for index in 0..module.requests.len() {
            let request = &module.requests[index];
            let specifier = request.specifier.clone();
            if let Some(id) = self.add_library(&specifier) {
                let target = Target::Module(id);
                if request.target != target {
                    module.requests[index].target = target;
                }
                continue;
            }
            // What our own library imports is no dependency of the app's.
            let is_library = importer.to_str().is_some_and(|path| path.starts_with("puremix:") || path.starts_with("node:"));
            if !specifier.starts_with(['.', '/']) && !is_library && &*specifier != puremix_front_py::NATIVE {
                let place = self.cache.sources.describe(request.span);
                let name = natives::package_name(specifier.strip_prefix("node:").unwrap_or(&specifier));
                self.loaded.package_uses.entry(name.to_owned()).or_default().push(place);
            }
            let target = match resolver.resolve(importer, &specifier, request.kind, request.span) {
                Err(diagnostic) => {
                    self.loaded.diagnostics.push(diagnostic);
                    Target::Unresolved
                }
                Ok(Resolution::Native(name)) => Target::Native(name.into()),
                Ok(Resolution::File(path)) => {
                    let is_component = path.extension().is_some_and(|e| e == "puremix");
                    let role = if is_component { FileRole::Component } else { FileRole::Script };
                    let id = match crate::library::replacement(&path) {
                        Some(text) => self.add_text_as(&path, text.to_owned(), role),
                        None => self.add(&path, role),
                    };
                    if is_component { Target::Component(id) } else { Target::Module(id) }
                }
            };
            if module.requests[index].target != target {
                module.requests[index].target = target;
            }
        }
    }

    fn resolve_layout(&mut self, module: &mut Shared<Module>) {
        let Some((page, (name, span))) = module.page.as_ref().and_then(|page| Some((page, page.layout.clone()?))) else { return };
        let before = page.layout_module;
        let found = find_layout(self.project, &name).map(|path| self.add(&path, FileRole::Layout));
        if found.is_none() {
            // One layout that is gone is one error, however many pages ask for it.
            match self.missing_layouts.get_mut(&*name) {
                Some((_, more)) => *more += 1,
                None => {
                    self.missing_layouts.insert(name.to_string(), (self.loaded.diagnostics.len(), 0));
                    self.loaded.diagnostics.push(unknown_layout(self.project, &name, span));
                }
            }
        }
        if found != before
            && let Some(page) = &mut module.page
        {
            page.layout_module = found;
        }
    }
}

fn unknown_layout(project: &Project, name: &str, span: Span) -> Diagnostic {
    let names = layouts::layout_names(project);
    let help = match closest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!("make `app/layouts/{name}.html`, with `{{content}}` where the page goes"),
        None => format!("the app's layouts are {}", names.join(", ")),
    };
    Diagnostic::error(codes::PAGE_UNKNOWN_LAYOUT, span, format!("there is no layout `{name}`")).help(help)
}

/// Layouts whose layouts lead back to them. Each circle is reported once and cut, so that later stages end.
pub fn check_layout_cycles(modules: &mut [Shared<Module>]) -> Vec<Diagnostic> {
    let next = |modules: &[Shared<Module>], id: ModuleId| modules[id.index()].page.as_ref().and_then(|p| p.layout_module);
    let mut diagnostics = Vec::new();
    for index in 0..modules.len() {
        let start = ModuleId::from(index);
        let mut at = next(modules, start);
        let mut steps = 0;
        while let Some(id) = at
            && id != start
            && steps <= modules.len()
        {
            at = next(modules, id);
            steps += 1;
        }
        if at == Some(start)
            && let Some(page) = &mut modules[index].page
        {
            page.layout_module = None;
            if let Some((name, span)) = &page.layout {
                diagnostics.push(
                    Diagnostic::error(codes::PAGE_LAYOUT_CYCLE, *span, format!("the layout `{name}` leads back to this file"))
                        .help("the outermost layout has no `<layout>` block"),
                );
            }
        }
    }
    diagnostics
}

/// Imports of scripts that could not be read count as unresolved: what such a module lacks says nothing.
pub fn silence_broken_modules(modules: &mut [Shared<Module>], diagnostics: &[Diagnostic]) {
    let broken_files: HashSet<FileId> =
        diagnostics.iter().filter(|d| d.is_error()).filter_map(|d| d.primary.as_ref()).map(|l| l.span.file).collect();
    let broken: Vec<bool> = modules.iter().map(|m| m.page.is_none() && broken_files.contains(&m.file)).collect();
    for module in modules {
        for index in 0..module.requests.len() {
            if matches!(module.requests[index].target, Target::Module(id) if broken[id.index()]) {
                module.requests[index].target = Target::Unresolved;
            }
        }
    }
}

/// Errors first, then by file and place. Repetitions go, and so do warnings about a place that has an error: they are
/// its consequences.
pub fn sort_and_dedupe(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |d: &Diagnostic| d.primary.as_ref().map(|l| (l.span.file, l.span.start));
    let wrong: HashSet<_> = diagnostics.iter().filter(|d| d.is_error()).filter_map(place).collect();
    diagnostics.retain(|d| d.is_error() || place(d).is_none_or(|at| !wrong.contains(&at)));
    let rank = |d: &Diagnostic| match d.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    };
    let key = |d: &Diagnostic| (rank(d), place(d), d.code);
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
    diagnostics.dedup_by(|b, a| a.message == b.message && key(a) == key(b));
    diagnostics
}
