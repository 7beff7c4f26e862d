//! The app's Python: what its engine is told, and what the server says of it.
//!
//! In: the app table's sources and the settings. Out: [`puremix_interop`]'s telling. This room must never know how Python is run.

use crate::app::AppDef;
use crate::config;
use crate::log::{self, Level};
use puremix_interop::{PythonSettings, Setup, Severity, engine, tell};

/// Tells the sources of an app. Called for every isolate, and for every edition of an app that is being worked on.
pub fn set_up(app: &AppDef) {
    tell_of(app, None);
}

/// Tells that the app is served, with these settings: its workers may start.
pub fn serve(app: &AppDef, settings: &PythonSettings) {
    tell_of(app, Some(settings));
}

fn tell_of(app: &AppDef, served: Option<&PythonSettings>) {
    tell(|before| Setup {
        sources: app.python,
        settings: served.cloned().or_else(|| before.map(|b| b.settings.clone())).unwrap_or_else(unconfigured),
        serves: served.is_some() || before.is_some_and(|b| b.serves),
        environment: || config::environment().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        root: std::env::current_dir().unwrap_or_else(|_| "/".into()),
        log: write,
    });
}

/// The settings of a script, which has no configuration.
fn unconfigured() -> PythonSettings {
    let path = config::environment().get("PYTHON_PATH").filter(|path| !path.is_empty()).map(str::to_owned);
    PythonSettings { path, ..PythonSettings::default() }
}

fn write(severity: Severity, text: &str) {
    let level = match severity {
        Severity::Error => Level::Error,
        Severity::Warn => Level::Warn,
        Severity::Info => Level::Info,
        Severity::Debug => Level::Debug,
    };
    log::line(level, None, text);
}

/// For the health endpoint; `None` for an app without Python.
pub fn status(app: &AppDef) -> Option<String> {
    engine().filter(|_| !app.python.is_empty()).map(|engine| (engine.status)())
}

/// Ends what the engine has started.
pub fn stop() {
    if let Some(engine) = engine() {
        (engine.stop)();
    }
}
