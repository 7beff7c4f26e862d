//! `verboseDebug`: what the server does, request by request, on the console or in a file, beside the ordinary log.

use super::Level;
use super::file::Rotating;
use crate::config::settings::DebugLog;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

/// The file's name in `verboseDebug.logDir`.
const NAME: &str = "puremix-debug.log";

pub(super) struct Sink {
    level: Level,
    pub console: bool,
    pub data: bool,
    file: Option<Mutex<Rotating>>,
    is_broken: AtomicBool,
}

static SINK: OnceLock<Sink> = OnceLock::new();

/// Starts it if the configuration asks for it. The first call holds for the process.
///
/// # Errors
/// The file cannot be made.
pub fn start(settings: &DebugLog) -> Result<(), String> {
    if !settings.enabled || SINK.get().is_some() {
        return Ok(());
    }
    let file = match settings.save {
        false => None,
        true => {
            let opened = Rotating::open(&settings.dir, NAME, settings.max_file_size as u64, settings.max_files);
            let opened = opened.map_err(|e| format!("cannot write the debug log in `{}` (`verboseDebug.logDir`): {e}", settings.dir.display()))?;
            Some(Mutex::new(opened))
        }
    };
    let sink = Sink { level: Level::parse(&settings.level), console: settings.console, data: settings.include_data, file, is_broken: AtomicBool::new(false) };
    let _ = SINK.set(sink);
    Ok(())
}

/// The sink, if it takes lines of this level.
pub(super) fn sink(level: Level) -> Option<&'static Sink> {
    SINK.get().filter(|s| level <= s.level)
}

/// Whether data of requests (redacted) belong into debug lines.
pub fn includes_data() -> bool {
    SINK.get().is_some_and(|s| s.data)
}

impl Sink {
    /// Appends to the file, if there is one. The first failure is told; logging must not end the server.
    pub fn save(&self, line: &str) {
        let Some(file) = &self.file else { return };
        let written = match file.lock() {
            Ok(mut file) => file.write(line.as_bytes()),
            Err(_) => return,
        };
        if let Err(e) = written
            && !self.is_broken.swap(true, Ordering::Relaxed)
        {
            super::write_out(true, &format!("the debug log cannot be written: {e}\n"));
        }
    }
}
