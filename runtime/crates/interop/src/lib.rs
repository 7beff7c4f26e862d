#![forbid(unsafe_code)]
//! What the runtime and the engine of another language tell each other.
//!
//! In: from the runtime, the app's sources in that language, its settings, and where log lines go. Out: from the engine, how it is. The
//! engine is a capability, so neither side names the other. Must never know a value, a page, or how the engine works.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// A Python file of the app, or the Python blocks of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PythonSource {
    /// Dotted name: `app.services.analytics`.
    pub module: &'static str,
    /// The app's own file, which tracebacks name.
    pub path: &'static str,
    /// With everything that is not Python blanked out, so that lines are the file's own.
    pub source: &'static str,
}

/// `python` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonSettings {
    pub enabled: bool,
    /// One process for all calls to come, or one process a call.
    pub use_pool: bool,
    /// The interpreter: a program's path or name, or a virtualenv's directory. `None`: found as the book's page on Python says.
    pub path: Option<String>,
    pub min_workers: usize,
    /// At least 1.
    pub max_workers: usize,
    /// How long a call may run, and how long it may wait for a worker; zero is for ever.
    pub timeout: Duration,
    /// How long a worker above the minimum may have nothing to do.
    pub max_idle: Duration,
}

impl Default for PythonSettings {
    /// As the configuration's defaults.
    fn default() -> PythonSettings {
        PythonSettings {
            enabled: true,
            use_pool: true,
            path: None,
            min_workers: 2,
            max_workers: 8,
            timeout: Duration::from_secs(30),
            max_idle: Duration::from_secs(300),
        }
    }
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warn,
    Info,
    Debug,
}

/// What the engine is told.
#[derive(Clone)]
pub struct Setup {
    pub sources: &'static [PythonSource],
    pub settings: PythonSettings,
    /// A server starts its workers at once; a script when it first calls.
    pub serves: bool,
    /// The environment that the app sees.
    pub environment: fn() -> Vec<(String, String)>,
    /// The app's directory, to which paths of sources are relative.
    pub root: PathBuf,
    pub log: fn(Severity, &str),
}

/// An engine, for the runtime. Its functions may be called on any thread.
#[derive(Clone, Copy)]
pub struct Engine {
    /// There is something new to be told, or it is told for the first time.
    pub set_up: fn(Setup),
    /// For the health endpoint: a JSON object.
    pub status: fn() -> String,
    /// The server ends: no further calls, and no process is left behind.
    pub stop: fn(),
}

static ENGINE: OnceLock<Engine> = OnceLock::new();
static TOLD: Mutex<Option<Arc<Setup>>> = Mutex::new(None);

/// Makes the engine known; the first call holds. It is told at once what has been said before.
pub fn provide(engine: Engine) {
    if ENGINE.set(engine).is_ok()
        && let Some(setup) = TOLD.lock().unwrap_or_else(PoisonError::into_inner).clone()
    {
        (engine.set_up)((*setup).clone());
    }
}

/// The engine, if the app has one.
pub fn engine() -> Option<&'static Engine> {
    ENGINE.get()
}

/// Changes what the engine is told; it hears of it. `change` gets what was told last, if anything was.
pub fn tell(change: impl FnOnce(Option<&Setup>) -> Setup) {
    let setup = {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        let setup = Arc::new(change(told.as_deref()));
        *told = Some(setup.clone());
        setup
    };
    if let Some(engine) = engine() {
        (engine.set_up)((*setup).clone());
    }
}
