//! The pipeline: discover → read → parse and lower → link → check → infer → generate.

use crate::front::FileRole;
use crate::live::Linked;
use crate::load::{self, Cache, Loaded, Loader};
use crate::project::{Project, RouteFile, RouteFileKind, basil, discover, globals, natives};
use crate::{app_table, checks, client, config};
pub use puremix_codegen::GeneratedCrate;
use puremix_codegen::EmitOptions;
use puremix_diag::{Diagnostic, FileId, SourceMap, Span, codes};
use puremix_ir::{CAPABILITIES, Capability, Module, ModuleId, Program, Shared, verify};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// What the user may switch off.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub infer: bool,
    /// Whether scripts and styles for browsers are built, too.
    pub client: bool,
}

/// Everything the compiler knows about an app. `program` is there when there are no errors.
#[derive(Default)]
pub struct Compiled {
    pub project: Option<Project>,
    pub sources: SourceMap,
    pub diagnostics: Vec<Diagnostic>,
    pub program: Option<Program>,
    /// For each module a number that is another when its text or use is.
    pub contents: Vec<u64>,
    pub package_uses: BTreeMap<String, Vec<String>>,
    /// Packages on PyPI and the places that import them.
    pub python_packages: BTreeMap<String, Vec<String>>,
}

/// Compiles the app at `path` up to its typed IR. All errors of all files are reported at once.
pub fn compile(path: &Path, options: &Options) -> Compiled {
    compile_app(path, &mut Cache::default(), Purpose::Build { infer: options.infer, client: options.client })
}

/// Compiles the app at `path` to be interpreted from its own directory: nothing is embedded, no types are inferred, and modules that are
/// as they were in `cache` are neither lowered nor linked nor checked again.
pub fn compile_live(path: &Path, cache: &mut Cache) -> Compiled {
    let mut linked = std::mem::take(&mut cache.linked);
    let compiled = compile_app(path, cache, Purpose::Live(&mut linked));
    cache.linked = linked;
    compiled
}

/// What the program is for.
enum Purpose<'a> {
    Build { infer: bool, client: bool },
    /// To be run now, after a program that it may have modules in common with.
    Live(&'a mut Linked),
    /// To be run now, with test files.
    Test,
}

fn compile_app(path: &Path, cache: &mut Cache, purpose: Purpose<'_>) -> Compiled {
    let build = config::of_project(path);
    let (project, mut diagnostics) = discover(path, build.app_dir.as_deref());
    let Some(mut project) = project else { return Compiled { diagnostics, ..Compiled::default() } };
    let mode = match purpose {
        Purpose::Build { client, .. } => client.then_some(client::Mode::Build),
        Purpose::Live(_) => Some(client::Mode::Dev),
        Purpose::Test => None,
    };
    if let Some(mode) = mode {
        diagnostics.extend(client::bundle(&mut project, mode, &mut cache.client));
    }
    let (loaded, entries) = Entries::load(&project, cache);
    analyse(project, loaded, &entries, diagnostics, build.workers, purpose)
}

/// Compiles one JavaScript or TypeScript file and what it imports: an app without routes, which runs to its end.
pub fn compile_script(file: &Path, work_dir: PathBuf, options: &Options) -> Compiled {
    let project = Project::of_script(file, work_dir);
    let mut cache = Cache::default();
    let mut loader = Loader::new(&project, &mut cache);
    loader.add(file, FileRole::Script);
    let loaded = loader.finish();
    analyse(project, loaded, &Entries::default(), Vec::new(), None, Purpose::Build { infer: options.infer, client: false })
}

/// A test file as a program: the file, what it imports and, where it asks for the app, the app.
pub struct TestProgram {
    pub compiled: Compiled,
    /// The program holds the app's routes.
    pub has_app: bool,
}

/// What a test file is compiled with.
#[derive(Clone, Copy)]
pub struct TestLibrary {
    pub modules: load::Library,
    /// Runs before the file.
    pub prelude: &'static str,
    /// Whether the file's own modules ask for the app under test.
    pub needs_app: fn(&[Shared<Module>]) -> bool,
}

/// Compiles a test file of `project` to be interpreted. `cache` is shared by the project's test files.
pub fn compile_test(project: &Project, file: &TestFile, library: TestLibrary, cache: &mut Cache) -> TestProgram {
    let mut project = project.clone();
    let mut loader = Loader::new(&project, cache).with_library(library.modules);
    let prelude = loader.add_library(library.prelude);
    let test = match &file.text {
        Some(text) => loader.add_text(&file.path, text.clone()),
        None => loader.add(&file.path, FileRole::Script),
    };
    let has_app = (library.needs_app)(loader.run());
    let pages: Vec<ModuleId> = file.pages.iter().map(|page| loader.add_text_as(&page.route.path, page.text.clone(), FileRole::Page)).collect();
    let mut entries = if has_app { Entries::add(&project, &mut loader) } else { Entries::default() };
    loader.settle_handlers(&entries.routes);
    let loaded = loader.finish();
    if !has_app {
        project.routes.clear();
    }
    entries.routes.extend(pages);
    project.routes.extend(file.pages.iter().map(|page| page.route.clone()));
    entries.tests = prelude.into_iter().chain([test]).collect();
    let compiled = analyse(project, loaded, &entries, Vec::new(), None, Purpose::Test);
    TestProgram { compiled, has_app: has_app || !file.pages.is_empty() }
}

/// What a test file consists of.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    pub path: PathBuf,
    /// The script, where it is not the file itself.
    pub text: Option<String>,
    /// Pages that the script asks for besides the app's.
    pub pages: Vec<TestPage>,
}

/// A page made of a part of a test file.
#[derive(Clone, Debug)]
pub struct TestPage {
    pub route: RouteFile,
    pub text: String,
}

/// From lowered modules to a linked, checked and typed program.
fn analyse(project: Project, loaded: Loaded, entries: &Entries, mut diagnostics: Vec<Diagnostic>, workers: Option<u32>, mut purpose: Purpose<'_>) -> Compiled {
    let Loaded { sources, modules, contents, diagnostics: found, package_uses, python_packages } = loaded;
    diagnostics.extend(found);
    let mut program = Program { modules, ..Program::default() };
    diagnostics.extend(verified(&program.modules, |index, module| match &purpose {
        Purpose::Live(linked) => linked.knows(index, module),
        Purpose::Build { .. } | Purpose::Test => false,
    }));
    load::silence_broken_modules(&mut program.modules, &diagnostics);
    diagnostics.extend(load::check_layout_cycles(&mut program.modules));
    diagnostics.extend(checks::check(&program));
    // What files lack. One that is broken lacks everything, which says nothing.
    let mut whole = Vec::new();
    if let Some(config) = entries.config {
        whole.extend(config::read(program.module(config)).1);
    }
    whole.extend(app_table::fill(&mut program, &project, entries, workers));
    let broken: HashSet<FileId> = diagnostics.iter().filter(|d| d.is_error()).filter_map(Diagnostic::file).collect();
    diagnostics.extend(whole.into_iter().filter(|d| d.file().is_none_or(|file| !broken.contains(&file))));
    // What a broken file declares is not known.
    if broken.is_empty() {
        diagnostics.extend(checks::check_app(&program, &project));
    }
    if let Purpose::Build { .. } = purpose {
        app_table::embed(&mut program, &project);
    }

    let part = match &purpose {
        Purpose::Live(linked) => linked.reuse(&mut program),
        Purpose::Build { .. } | Purpose::Test => Linked::default().reuse(&mut program),
    };
    let mut roots = puremix_middle::entries(&program.app);
    roots.extend(&entries.tests);
    let globals = if let Purpose::Test = purpose { globals::of_language_in_tests } else { globals::of_language };
    let mut findings = puremix_middle::link(&mut program, &roots, &natives::exports, &part.modules);
    findings.extend(puremix_middle::check(&program, &globals, &part.modules));
    if let Some(config) = entries.config {
        // There it is what Express has: `app.use(compression())`.
        let file = program.module(config).file;
        findings.retain(|d| !(d.code == codes::UNKNOWN_NAME && d.file() == Some(file) && d.message.starts_with("`app` ")));
    }
    findings.extend(checks::missing_members(&program, &part.modules));
    findings.extend(checks::python::calls(&program, &part.modules));
    if let Purpose::Live(linked) = &purpose {
        findings.extend(linked.findings(&part));
    }
    diagnostics.extend(findings.iter().cloned());
    let mut diagnostics = load::sort_and_dedupe(diagnostics);
    let is_failed = diagnostics.iter().any(Diagnostic::is_error);
    match &mut purpose {
        _ if is_failed => {}
        Purpose::Live(linked) => {
            puremix_middle::spill(&mut program, &part.modules);
            diagnostics.extend(verified_program("spilling", &program, &part.modules));
            linked.keep(part, &program, findings);
        }
        Purpose::Test => {
            puremix_middle::spill(&mut program, &part.modules);
            diagnostics.extend(verified_program("spilling", &program, &part.modules));
        }
        Purpose::Build { infer, .. } => {
            program.app.pins = puremix_middle::pins(&program);
            program.app.capabilities = puremix_middle::capabilities(&program, CAPABILITIES);
            let project_has_migrations = !crate::embedded::migrations(&project).is_empty();
            for engine in [Capability::Sqlite, Capability::Postgres] {
                if project_has_migrations && !program.app.capabilities.contains(&engine) {
                    program.app.capabilities.push(engine);
                }
            }
            program.app.capabilities.sort();
            puremix_middle::sessions(&mut program);
            puremix_middle::spill(&mut program, &part.modules);
            puremix_middle::flatten(&mut program);
            puremix_middle::infer(&mut program, puremix_middle::InferOptions { enabled: *infer });
            diagnostics.extend(verified_program("inference", &program, &part.modules));
            diagnostics.extend(checks::pinned(&program.app));
        }
    }
    let is_failed = diagnostics.iter().any(Diagnostic::is_error);
    let program = (!is_failed).then_some(program);
    Compiled { project: Some(project), sources, diagnostics, program, contents, package_uses, python_packages }
}

/// The program as the front ends lowered it, errors or not, for `emit`.
pub fn lower(path: &Path) -> (Option<Project>, Program, Compiled) {
    if path.is_file() {
        let project = Project::of_script(path, PathBuf::new());
        let mut cache = Cache::default();
        let mut loader = Loader::new(&project, &mut cache);
        loader.add(path, FileRole::Script);
        let program = Program { modules: loader.finish().modules, ..Program::default() };
        return (Some(project), program, Compiled::default());
    }
    let (project, diagnostics) = discover(path, config::of_project(path).app_dir.as_deref());
    let loaded = project.as_ref().map_or_else(Loaded::default, |project| Entries::load(project, &mut Cache::default()).0);
    let program = Program { modules: loaded.modules, ..Program::default() };
    (project, program, Compiled { diagnostics, ..Compiled::default() })
}

/// The generated crate's sources.
pub fn generate(program: &Program, sources: &SourceMap) -> GeneratedCrate {
    puremix_codegen::emit(program, sources, &EmitOptions { version: crate::VERSION.to_owned() })
}

/// Where a line (from 1) of a generated file comes from.
pub fn source_of(generated: &GeneratedCrate, path: &str, line: u32) -> Option<Span> {
    let (_, map) = generated.line_maps.iter().find(|(of, _)| of == path)?;
    // A statement's later lines belong to the place above them.
    let upto = map.get(..line as usize)?;
    upto.iter().rev().find_map(|span| *span)
}

/// The modules the server starts from.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    pub config: Option<ModuleId>,
    pub middleware: Option<ModuleId>,
    /// In the order of `project.routes`.
    pub routes: Vec<ModuleId>,
    pub not_found: Option<ModuleId>,
    pub server_error: Option<ModuleId>,
    /// A test file and what runs before it.
    pub tests: Vec<ModuleId>,
}

impl Entries {
    /// Loads everything the project's entry files reach.
    fn load(project: &Project, cache: &mut Cache) -> (Loaded, Entries) {
        let mut loader = Loader::new(project, cache);
        let entries = Entries::add(project, &mut loader);
        loader.settle_handlers(&entries.routes);
        (loader.finish(), entries)
    }

    /// Adds the project's entry files.
    fn add(project: &Project, loader: &mut Loader<'_>) -> Entries {
        loader.add_python();
        let role = |route: &RouteFile| match route.kind {
            RouteFileKind::Page => FileRole::Page,
            RouteFileKind::Api if route.path.extension().is_some_and(|e| e == "py") => FileRole::PythonRoute,
            RouteFileKind::Api => FileRole::Script,
            RouteFileKind::Handler => FileRole::Handler,
        };
        Entries {
            config: match &project.basil {
                Some(basil) => Some(loader.add_text(&project.root.join(basil::CONFIG_NAME), basil.config_module())),
                None => project.config.as_ref().map(|path| loader.add(path, FileRole::Script)),
            },
            middleware: project.middleware.as_ref().map(|path| loader.add(path, FileRole::Script)),
            routes: project.routes.iter().map(|route| loader.add(&route.path, role(route))).collect(),
            not_found: project.not_found.as_ref().map(|path| loader.add(path, FileRole::ErrorPage)),
            server_error: project.server_error.as_ref().map(|path| loader.add(path, FileRole::ErrorPage)),
            tests: Vec::new(),
        }
    }
}

/// In debug builds and tests: the IR is well-formed after each stage. A violation is our bug.
fn verified(modules: &[Shared<Module>], is_known: impl Fn(usize, &Shared<Module>) -> bool) -> Vec<Diagnostic> {
    if !cfg!(debug_assertions) {
        return Vec::new();
    }
    let fresh = modules.iter().enumerate().filter(|(index, module)| !is_known(*index, module));
    fresh.flat_map(|(_, module)| verify::verify_module(module)).map(|v| violation("lowering", &v)).collect()
}

fn verified_program(stage: &str, program: &Program, part: &[ModuleId]) -> Vec<Diagnostic> {
    if !cfg!(debug_assertions) {
        return Vec::new();
    }
    verify::verify_part(program, part).iter().map(|v| violation(stage, v)).collect()
}

fn violation(stage: &str, violation: &verify::Violation) -> Diagnostic {
    Diagnostic::error(codes::IR_INVALID, violation.span, format!("{stage} made IR that is not well-formed: {violation}"))
        .help("this is a bug in puremixc; please report it with this file")
}

/// Front ends recurse over the app's nesting. They bound it, but a shell's stack limit may be below that bound.
pub fn on_large_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    const STACK: usize = 512 * 1024 * 1024;
    let thread = std::thread::Builder::new().name("puremixc".to_owned()).stack_size(STACK).spawn(work);
    match thread.expect("a thread can be started").join() {
        Ok(value) => value,
        // The hook has told the user.
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use puremix_diag::FileId;

    #[test]
    fn a_bug_of_a_stage_is_said_to_be_ours() {
        let mut sources = SourceMap::default();
        let file: FileId = sources.add("app/lib/a.js", "let a = 1;\n");
        let found = verify::Violation { rule: "ids", message: "local %7 does not exist".to_owned(), span: Span::new(file, 4, 5) };
        expect![[r#"
            error[PMX9002]: lowering made IR that is not well-formed: [ids] local %7 does not exist
             --> app/lib/a.js:1:5
              |
            1 | let a = 1;
              |     ^
              |
              = help: this is a bug in puremixc; please report it with this file"#]].assert_eq(&puremix_diag::render_text(&violation("lowering", &found), &sources, false));
    }
}
