//! The built binary's own verbs.

mod args;
mod documents;
mod health;
pub mod migrate;
mod routes;
mod serve;

use crate::app::AppDef;
use crate::config::{self, Effective, Flags, Settings, Tree, keys};
use crate::{isolate, log};
use args::Command;
pub use serve::{KEPT_SECRET, keep_secret};

/// What a generated `main` calls. Ends the process.
pub fn main(app: &'static AppDef) {
    let args: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    std::process::exit(run(app, &args));
}

/// Runs the app with these arguments; the process's exit code.
pub fn run(app: &'static AppDef, args: &[String]) -> i32 {
    // `puremixc run FILE` makes apps without routes; their arguments are their own.
    if app.routes.is_empty() {
        return isolate::script::run(app);
    }
    match args::parse(args) {
        Ok(Command::Serve(flags)) => serve::run(app, &flags),
        Ok(Command::Health(flags)) => health(app, &flags),
        Ok(Command::Config(flags)) => show_config(app, &flags),
        Ok(Command::Migrate(verb)) => migrate::run(app, &verb),
        Ok(Command::Db(verb)) => documents::run(app, &verb),
        Ok(Command::Routes) => print(&routes::list(app)),
        Ok(Command::Version) => print(&version(app)),
        Ok(Command::Help) => print(&args::help(app.name)),
        Err(error) => {
            eprintln!("{}: {error}\nTry `{} --help`.", app.name, app.name);
            2
        }
    }
}

fn version(app: &AppDef) -> String {
    format!("{} {}\npuremixc {}\nABI {}\n", app.name, app.version, app.puremixc, crate::ABI)
}

/// Prints to stdout; a reader that went away is no failure.
fn print(text: &str) -> i32 {
    use std::io::Write;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    0
}

fn fail(errors: &[String]) -> i32 {
    for error in errors {
        log::error(None, error);
    }
    1
}

/// The configuration with everything that overrides it.
struct Configured {
    effective: Effective,
    settings: Settings,
}

/// Chooses and types the effective values, and warns about what nothing reads.
fn configure(app: &AppDef, flags: &Flags, tree: &Tree) -> Result<Configured, Vec<String>> {
    let environment = config::environment();
    for warning in environment.warnings.iter().chain(&keys::unknown(tree)) {
        log::warn(warning);
    }
    let effective = Effective::choose(flags, environment, tree)?;
    let mut settings = Settings::read(&effective, environment.mode())?;
    if settings.workers.is_none() {
        settings.workers = app.workers.map(|n| n as usize).filter(|n| *n > 0);
    }
    log::set_level(log::Level::parse(&settings.log_level));
    log::set_json(settings.log_json);
    log::debug::start(&settings.debug).map_err(|e| vec![e])?;
    if settings.debug.enabled && settings.debug.track_performance {
        crate::request::stages::measure_for_log();
    }
    Ok(Configured { effective, settings })
}

/// Evaluates `puremix.config.js` on a thread of its own and chooses the effective values.
fn evaluate(app: &'static AppDef, flags: &Flags) -> Result<Configured, Vec<String>> {
    let tree = match app.config {
        None => Tree::Null,
        Some(_) => {
            let link = isolate::thread::spawn(app, 0).map_err(|e| vec![format!("cannot start a thread: {e}")])?;
            link.config.recv().unwrap_or_else(|_| Err("the isolate ended".to_owned())).map_err(|e| vec![e])?
        }
    };
    configure(app, flags, &tree)
}

/// The settings that flags, the environment and the app's configuration give; warnings are logged.
pub fn settings(app: &AppDef, flags: &Flags, tree: &Tree) -> Result<Settings, Vec<String>> {
    configure(app, flags, tree).map(|configured| configured.settings)
}

fn show_config(app: &'static AppDef, flags: &Flags) -> i32 {
    match evaluate(app, flags) {
        Ok(configured) => print(&format!("mode = {}\n{}", configured.settings.mode, configured.effective.list())),
        Err(errors) => fail(&errors),
    }
}

fn health(app: &'static AppDef, flags: &Flags) -> i32 {
    let settings = match evaluate(app, flags) {
        Ok(configured) => configured.settings,
        Err(errors) => return fail(&errors),
    };
    let host_header = settings.security.allowed_hosts.first().map_or("localhost", String::as_str);
    match health::ask(&settings.host, settings.port, host_header) {
        Ok(body) => print(&format!("{body}\n")),
        Err(error) => {
            eprintln!("unhealthy: {error}");
            1
        }
    }
}
