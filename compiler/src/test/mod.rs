//! `puremixc test`: an app's tests, interpreted. No rustc, and nothing of it is ever part of a built app.
//!
//! In: an app, and what the user wishes. Out: lines on standard output, and whether all tests passed.
//!
//! This thread finds the files ([`find`]) and compiles each to a program of its own: the file with what it imports, and the app where it asks
//! for it ([`library::needs_app`]). Each program runs in an isolate on its own thread ([`isolate`]), watched by another ([`supervisor`]). What
//! tests import is JavaScript that comes with the compiler (`library/`), above what [`host`] offers. [`report`] prints the [`outcome`]s.
//! A `*.puremix.test` file is taken apart to a script and pages ([`page_file`]).

mod find;
mod host;
mod isolate;
pub(crate) mod library;
mod outcome;
mod page_file;
mod report;
mod supervisor;
mod watch;

use crate::cli::report::Output;
use crate::dev::CAPABILITIES;
use crate::driver::{self, TestFile, TestLibrary, TestProgram};
use crate::load::Cache;
use crate::project::{Project, discover};
use crate::{config, project};
use host::Wishes;
use outcome::{Failure, FileOutcome};
use puremix_diag::{Diagnostic, SourceMap, render_text};
use puremix_interp::app::Bench;
pub use report::Reporter;
use report::Printer;
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;
use supervisor::Job;
pub use watch::run as watch;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub app: PathBuf,
    /// Parts of the paths of files to run; all when empty.
    pub filters: Vec<String>,
    /// Names of tests must match it.
    pub pattern: Option<String>,
    pub reporter: Reporter,
    pub bail: bool,
    pub only: bool,
    /// Milliseconds.
    pub timeout: u64,
    pub jobs: Option<usize>,
    pub output: Output,
}

const LIBRARY: TestLibrary = TestLibrary { modules: library::module, prelude: library::PRELUDE, needs_app: library::needs_app };

/// Runs the tests.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let (project, diagnostics) = match project_of(&options.app) {
        Ok(found) => found,
        Err(diagnostic) => return options.output.fail(&[diagnostic], &SourceMap::default()),
    };
    let files = find::test_files(&project, &options.filters);
    if files.is_empty() {
        eprintln!("error: {}", nothing_found(&project, &options.filters));
        return ExitCode::FAILURE;
    }
    // Relative paths of the app, its `.env.test` and `public/` are the project's.
    if let Err(e) = std::env::set_current_dir(&project.root) {
        eprintln!("error: {}: {e}", project.root.display());
        return ExitCode::FAILURE;
    }
    puremix_runtime::config::assume_mode("test");
    puremix_runtime::isolate::set_command_line(project.root.to_string_lossy().into_owned(), Vec::new());
    puremix_interp::app::tell_places();
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut run = Run::new(options, &project, &diagnostics, color);
    print(&run.printer.start());
    for (number, file) in files.iter().enumerate() {
        run.wait_for_room();
        if options.bail && run.has_failed.load(Ordering::Relaxed) {
            break;
        }
        run.begin(number, file);
    }
    run.finish();
    print(&run.printer.end(started.elapsed()));
    if run.printer.counts().is_failure() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The app's project, or a directory with tests that is no app.
fn project_of(path: &Path) -> Result<(Project, Vec<Diagnostic>), Diagnostic> {
    match discover::locate(path) {
        Ok(_) => {
            let (project, diagnostics) = project::discover(path, config::of_project(path).app_dir.as_deref());
            project.map(|project| (project, diagnostics)).ok_or_else(|| bug(path))
        }
        Err(diagnostic) => {
            let root = std::fs::canonicalize(path).ok().filter(|root| root.is_dir()).ok_or(diagnostic)?;
            let work_dir = root.join(".puremix");
            Ok((Project::of_script(&root.join("tests.js"), work_dir), Vec::new()))
        }
    }
}

fn bug(path: &Path) -> Diagnostic {
    Diagnostic::project(puremix_diag::codes::PROJECT_NOT_FOUND, puremix_diag::Severity::Error, format!("no PureMix app at `{}`", path.display()))
}

fn nothing_found(project: &Project, filters: &[String]) -> String {
    match filters {
        [] => format!("{} has no test files; a first one is `app/lib/NAME.test.js`", project.root.display()),
        filters => format!("no test file has {} in its path", filters.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(" or ")),
    }
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that went away is no failure.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A run under way.
struct Run<'a> {
    options: &'a Options,
    project: &'a Project,
    /// What is wrong with the app as a whole, for files that ask for it.
    app_errors: Vec<Diagnostic>,
    cache: Cache,
    printer: Printer,
    has_failed: Arc<AtomicBool>,
    jobs: usize,
    running: usize,
    send: Sender<(usize, FileOutcome)>,
    receive: Receiver<(usize, FileOutcome)>,
    /// Outcomes that wait for earlier files.
    waiting: BTreeMap<usize, FileOutcome>,
    printed: usize,
}

impl<'a> Run<'a> {
    fn new(options: &'a Options, project: &'a Project, diagnostics: &[Diagnostic], color: bool) -> Run<'a> {
        let (send, receive) = channel();
        Run {
            options,
            project,
            app_errors: diagnostics.iter().filter(|d| d.is_error()).cloned().collect(),
            cache: Cache::shared(),
            printer: Printer::new(options.reporter, color),
            has_failed: Arc::default(),
            jobs: options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1),
            running: 0,
            send,
            receive,
            waiting: BTreeMap::new(),
            printed: 0,
        }
    }

    /// Until another file may run.
    fn wait_for_room(&mut self) {
        while self.running >= self.jobs {
            self.take_one();
        }
    }

    /// Until all files have run.
    fn finish(&mut self) {
        while self.running > 0 {
            self.take_one();
        }
    }

    fn take_one(&mut self) {
        if let Ok((number, outcome)) = self.receive.recv() {
            self.running -= 1;
            self.take(number, outcome);
        }
    }

    /// Prints the file, and those that waited for it.
    fn take(&mut self, number: usize, outcome: FileOutcome) {
        self.waiting.insert(number, outcome);
        while let Some(outcome) = self.waiting.remove(&self.printed) {
            print(&self.printer.file(outcome));
            self.printed += 1;
        }
    }

    /// Compiles a file and starts it.
    fn begin(&mut self, number: usize, file: &Path) {
        let shown = self.project.display(file);
        match self.compile(file, &shown) {
            Ok(job) => {
                let send = self.send.clone();
                self.running += 1;
                std::thread::spawn(move || {
                    // The receiver waits for it.
                    let _ = send.send((number, supervisor::run(job)));
                });
            }
            Err(outcome) => {
                self.has_failed.store(true, Ordering::Relaxed);
                self.take(number, outcome);
            }
        }
    }

    fn compile(&mut self, file: &Path, shown: &str) -> Result<Job, FileOutcome> {
        let broken = |diagnostics: String| FileOutcome {
            path: shown.to_owned(),
            failures: vec![Failure::of("testCodeFailure", "the file does not compile")],
            diagnostics,
            ..FileOutcome::default()
        };
        let parts = match shown.ends_with(".puremix.test") {
            true => page_file::read(file, shown).map_err(|why| broken(format!("{why}\n")))?,
            false => TestFile { path: file.to_path_buf(), ..TestFile::default() },
        };
        let TestProgram { compiled, has_app } = driver::compile_test(self.project, &parts, LIBRARY, &mut self.cache);
        let mut diagnostics = compiled.diagnostics;
        if has_app {
            diagnostics.splice(0..0, self.app_errors.iter().cloned());
        }
        let Some(program) = compiled.program.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)) else {
            let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() && self.options.reporter == Reporter::Spec;
            let errors = diagnostics.iter().filter(|d| d.is_error());
            return Err(broken(errors.map(|d| format!("{}\n\n", render_text(d, &compiled.sources, color))).collect()));
        };
        let mut bench = Bench::new(crate::VERSION, CAPABILITIES);
        let edition = bench.edition(&program, &compiled.contents, &compiled.sources);
        Ok(Job {
            path: shown.to_owned(),
            edition,
            names: bench.names(),
            has_app,
            public: self.project.public.clone(),
            wishes: Wishes { timeout: self.options.timeout, pattern: self.options.pattern.clone(), only: self.options.only, bail: self.options.bail },
            has_failed: self.has_failed.clone(),
        })
    }
}
