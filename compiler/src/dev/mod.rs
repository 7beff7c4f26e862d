//! `puremixc dev`: serves an app from its sources, and shows every save at once. No rustc: the app is interpreted.
//!
//! Two threads. This one compiles: it waits for files to change ([`watch`]), makes an edition of the program of what changed
//! ([`workspace`]) and hands it over. The other one runs the app ([`server`]): one isolate that lives through all editions, so that
//! sessions and the variables of modules that did not change stay. Open browsers are told by events ([`events`]); `client.js` does there
//! what is needed. See `docs/adr/0004-development-replaces-modules-in-place.md`.

mod classify;
mod events;
mod handover;
mod log;
mod overview;
mod page;
mod public;
mod report;
mod requests;
mod server;
mod watch;
pub(crate) mod workspace;

use crate::cli::report::Output;
use puremix_diag::{Diagnostic, FileId, SourceMap};
use puremix_runtime::request::stages;
use puremix_runtime::{config, isolate};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
pub use public::Files as PublicFiles;
use watch::Next;
pub use watch::Watcher;
use workspace::Compilation;
pub use workspace::{CAPABILITIES, Places, Workspace};

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub app: PathBuf,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub open: bool,
    /// `/__dev` is shown to other machines too.
    pub expose: bool,
    /// Where the process that this one takes over from left its sessions.
    pub resume: Option<PathBuf>,
    pub output: Output,
}

/// Serves until the process is ended; answers only when it cannot start.
pub fn run(options: &Options) -> ExitCode {
    let started = Instant::now();
    let mut workspace = match Workspace::open(&options.app) {
        Ok(workspace) => workspace,
        Err(diagnostic) => return options.output.fail(&[diagnostic], &puremix_diag::SourceMap::default()),
    };
    // Relative paths of the app, its `.env` and `public/` are the project's, as they are for the built binary.
    if let Err(e) = std::env::set_current_dir(workspace.root()) {
        eprintln!("error: {}: {e}", workspace.root().display());
        return ExitCode::FAILURE;
    }
    config::assume_development();
    isolate::set_command_line(workspace.root().to_string_lossy().into_owned(), Vec::new());
    stages::measure();
    puremix_runtime::log::set_listener(log::hear);
    puremix_runtime::log::leave_out(page::OVERVIEW_URL);
    puremix_interp::app::tell_places();
    // Before anything is read, so that no save is missed while the server starts.
    let mut watcher = match watch::Watcher::start() {
        Ok(watcher) => watcher,
        Err(e) => {
            eprintln!("error: cannot watch files: {e}");
            return ExitCode::FAILURE;
        }
    };
    watcher.watch(&workspace.places());
    let first = workspace.compile();
    let mut warned = Warned::default();
    tell(options, &warned.news(&first.diagnostics), &first.sources);
    let edition = first.edition.clone();
    let (server, outcome) = match server::start(options, workspace.names(), update(&workspace, first), started, watcher.asker()) {
        Ok(started) => started,
        Err(errors) => {
            for error in errors {
                eprintln!("error: {error}");
            }
            // Somebody is editing the settings, and sees it here.
            return match options.resume {
                Some(_) => wait_and_restart(options, &mut watcher),
                None => ExitCode::FAILURE,
            };
        }
    };
    if let (Some(edition), server::Outcome::Runs) = (&edition, &outcome) {
        workspace.accept(edition);
    }
    if let server::Outcome::Failed(text) | server::Outcome::NeedsRestart(text) = &outcome {
        complain(text);
    }
    // Without sources that compile and a configuration, the server does not know its settings.
    let is_restart_due = matches!(outcome, server::Outcome::Broken | server::Outcome::NeedsRestart(_));
    follow(options, &mut workspace, watcher, &server, warned, is_restart_due)
}

/// What the server is told of a compilation.
fn update(workspace: &Workspace, compilation: Compilation) -> server::Update {
    let report = report::of_diagnostics(&compilation.diagnostics, &compilation.sources);
    server::Update {
        edition: compilation.edition,
        report,
        warnings: report::of_warnings(&compilation.diagnostics, &compilation.sources),
        is_patch: compilation.is_patch,
        files: compilation.changed,
        public: workspace.public(),
    }
}

/// Compiles whenever files have changed.
fn follow(options: &Options, workspace: &mut Workspace, mut watcher: watch::Watcher, server: &server::Server, mut warned: Warned, mut is_restart_due: bool) -> ExitCode {
    loop {
        let paths = match watcher.watch(&workspace.places()) {
            true => Vec::new(),
            false => match watcher.next() {
                Next::Changed(paths) => paths,
                Next::Asked(answer) => {
                    // Who asked may have gone.
                    let _ = answer.send(workspace.facts());
                    continue;
                }
                Next::End => {
                    eprintln!("error: the watcher of files has ended");
                    return ExitCode::FAILURE;
                }
            },
        };
        let started = Instant::now();
        let is_setting = paths.iter().any(|path| needs_restart(workspace.root(), path));
        is_restart_due |= is_setting;
        let compilation = workspace.compile();
        if compilation.is_unchanged && !is_setting {
            continue;
        }
        tell(options, &warned.news(&compilation.diagnostics), &compilation.sources);
        if is_restart_due && compilation.edition.is_some() {
            return restart(options, handover::write(&server.sessions()));
        }
        let (edition, changed) = (compilation.edition.clone(), listed(&compilation.changed));
        let outcome = server.send(update(workspace, compilation));
        match outcome {
            server::Outcome::Runs => {
                if let Some(edition) = edition {
                    workspace.accept(&edition);
                }
                let line = format!("updated in {} ms: {changed}", started.elapsed().as_millis());
                log::note(false, &line);
                options.output.say(line);
            }
            server::Outcome::Failed(text) | server::Outcome::NeedsRestart(text) => complain(&text),
            server::Outcome::Broken => {}
        }
    }
}

/// Prints diagnostics, and notes them for `/__dev`.
fn tell(options: &Options, diagnostics: &[Diagnostic], sources: &SourceMap) {
    options.output.print(diagnostics, sources);
    for diagnostic in diagnostics {
        let place = diagnostic.primary.as_ref().map_or_else(String::new, |label| format!("{}: ", sources.describe(label.span)));
        log::note(diagnostic.is_error(), &format!("{place}{} {}", diagnostic.code, diagnostic.message));
    }
}

/// Prints an exception of the app's, and notes it for `/__dev`.
fn complain(text: &str) {
    eprintln!("error: {text}");
    log::note(true, text);
}

/// Warnings of the last compilation: those that still hold are not told at every save.
#[derive(Default)]
struct Warned(HashSet<(&'static str, String, Option<FileId>)>);

impl Warned {
    /// Errors, and warnings that are new.
    fn news(&mut self, diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
        // Not by place: lines move.
        let key = |d: &Diagnostic| (d.code, d.message.clone(), d.primary.as_ref().map(|label| label.span.file));
        let news = diagnostics.iter().filter(|d| d.is_error() || !self.0.contains(&key(d))).cloned().collect();
        self.0 = diagnostics.iter().filter(|d| !d.is_error()).map(key).collect();
        news
    }
}

/// Files that are read once when a server starts.
fn needs_restart(root: &Path, path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    path.parent() == Some(root) && (name.starts_with("puremix.config.") || name == ".env" || name.starts_with(".env.") || name == "basil.yaml")
}

/// The first files, and how many more.
fn listed(files: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = files.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if files.len() > SHOWN { format!("{shown} and {} more", files.len() - SHOWN) } else { shown }
}

/// After a restart that failed: another one when a file changes.
fn wait_and_restart(options: &Options, watcher: &mut watch::Watcher) -> ExitCode {
    eprintln!("waiting for a save that mends it");
    loop {
        match watcher.next() {
            Next::Changed(_) => return restart(options, None),
            Next::Asked(_) => {}
            Next::End => return ExitCode::FAILURE,
        }
    }
}

/// Another process takes over, with the sessions of this one, which are in the file.
fn restart(options: &Options, state: Option<PathBuf>) -> ExitCode {
    options.output.say("restarting: the configuration has changed");
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(e) => {
            eprintln!("error: cannot restart: {e}");
            return ExitCode::FAILURE;
        }
    };
    let mut arguments = vec!["dev".to_owned(), options.app.display().to_string()];
    arguments.extend(options.expose.then(|| "--expose".to_owned()));
    arguments.extend(options.output.quiet.then(|| "--quiet".to_owned()));
    arguments.extend(options.output.json.then(|| "--json".to_owned()));
    arguments.extend(options.host.iter().flat_map(|host| ["--host".to_owned(), host.clone()]));
    arguments.extend(options.port.iter().flat_map(|port| ["--port".to_owned(), port.to_string()]));
    // A file that is not there stands for no sessions.
    let state = state.unwrap_or_else(|| PathBuf::from("none"));
    arguments.extend(["--resume".to_owned(), state.display().to_string()]);
    crate::cli::start::replace_process(&program, &arguments, None, None)
}
