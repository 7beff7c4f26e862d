//! What `node:*` modules ask of the process: timers, files, environment, output.

use super::event_loop::{self, Callback};
use crate::app::AppDef;
use crate::{config, log, sys};
use puremix_node::{FileAnswer, FileError, FileOp, FileWork, Host};
use puremix_value::{Cx, R, Value};
use std::io::{IsTerminal as _, Write};
use std::sync::OnceLock;
use std::time::Instant;

/// What the process's own command line does not say: the script, and its arguments.
static COMMAND_LINE: OnceLock<(String, Vec<String>)> = OnceLock::new();

/// The program is interpreted: `process.argv` has `script` and these arguments. The first call holds for the process.
pub fn set_command_line(script: String, arguments: Vec<String>) {
    let _ = COMMAND_LINE.set((script, arguments));
}

pub struct NodeHost {
    pub app: &'static AppDef,
    pub started: Instant,
}

fn callback(function: Value, this: Value, args: Vec<Value>) -> Callback {
    Callback { function, this, args: args.into() }
}

impl Host for NodeHost {
    fn set_timer(&self, function: Value, this: Value, args: Vec<Value>, ms: f64, repeats: bool) -> u32 {
        event_loop::set_timer(callback(function, this, args), ms, repeats)
    }
    fn clear_timer(&self, id: u32) {
        event_loop::clear_timer(id);
    }
    fn refresh_timer(&self, id: u32) {
        event_loop::refresh_timer(id);
    }
    fn keep_timer_alive(&self, id: u32, keeps: bool) {
        event_loop::keep_timer_alive(id, keeps);
    }
    fn is_timer_kept_alive(&self, id: u32) -> bool {
        event_loop::is_timer_kept_alive(id)
    }
    fn set_immediate(&self, function: Value, args: Vec<Value>) -> u32 {
        event_loop::set_immediate(callback(function, Value::Undefined, args))
    }
    fn clear_immediate(&self, id: u32) {
        event_loop::clear_immediate(id);
    }

    fn spawn_file(&self, cx: Cx, work: FileWork, finish: Box<dyn FnOnce(Cx, Result<FileAnswer, FileError>) -> R>) -> Value {
        let operation = async move {
            let lost = |_| Err(FileError { code: "EIO", message: "the file operation was abandoned".to_owned(), errno: -5, call: None });
            tokio::task::spawn_blocking(work).await.unwrap_or_else(lost)
        };
        event_loop::spawn_op(cx, operation, finish)
    }

    fn spawn(&self, cx: Cx, operation: puremix_node::Operation, finish: puremix_node::Finish) -> Value {
        event_loop::spawn_op(cx, operation, finish)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, FileError> {
        match with_embedded(self.app, FileOp::Read(path.to_owned()))? {
            FileAnswer::Bytes(bytes) => Ok(bytes),
            _ => unreachable!("reading answers bytes"),
        }
    }

    fn file(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        with_embedded(self.app, op)
    }

    fn file_work(&self, op: FileOp) -> FileWork {
        let app = self.app;
        Box::new(move || with_embedded(app, op))
    }

    fn environment(&self) -> Vec<(String, String)> {
        config::environment().iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    fn working_directory(&self) -> String {
        std::env::current_dir().map(|d| d.to_string_lossy().into_owned()).unwrap_or_else(|_| "/".to_owned())
    }

    fn arguments(&self) -> Vec<String> {
        let program = std::env::current_exe().map(|p| p.to_string_lossy().into_owned());
        let program = program.unwrap_or_else(|_| std::env::args().next().unwrap_or_default());
        match COMMAND_LINE.get() {
            Some((script, arguments)) => [&program, script].into_iter().chain(arguments).cloned().collect(),
            // As in Node's own executables of one file: the program stands for the script, and `argv.slice(2)` are the arguments.
            None => [program.clone(), program].into_iter().chain(std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned())).collect(),
        }
    }

    fn uptime(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn memory(&self) -> f64 {
        sys::resident_memory().unwrap_or(0) as f64
    }

    fn write_bytes(&self, bytes: &[u8], is_error: bool) {
        if log::diverted(is_error, bytes) {
            return;
        }
        // A closed pipe must not end the server.
        let _ = if is_error {
            std::io::stderr().lock().write_all(bytes)
        } else {
            let mut out = std::io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        };
        log::overheard(is_error, bytes);
    }

    fn terminal_width(&self, is_error: bool) -> Option<u32> {
        let is_terminal = if is_error { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        is_terminal.then(|| std::env::var("COLUMNS").ok().and_then(|n| n.parse().ok()).unwrap_or(80))
    }

    fn set_exit_code(&self, code: i32) {
        sys::set_exit_code(code);
    }

    fn change_directory(&self, path: &str) -> Result<(), FileError> {
        std::env::set_current_dir(path).map_err(|e| sys::files::error(&e))
    }

    fn cpu_times(&self) -> (f64, f64) {
        sys::machine::cpu_times()
    }

    fn user_ids(&self) -> (u32, u32) {
        (rustix::process::getuid().as_raw(), rustix::process::getgid().as_raw())
    }

    fn parent_id(&self) -> u32 {
        rustix::process::getppid().map_or(0, |pid| pid.as_raw_nonzero().get() as u32)
    }

    fn kill(&self, pid: i32, signal: &str) -> Result<(), &'static str> {
        sys::signals::send(pid, signal)
    }

    fn watch_signal(&self, cx: Cx, name: &str) {
        super::signals::watch(cx, name);
    }

    fn machine(&self) -> puremix_node::Machine {
        sys::machine::describe()
    }

    fn exit(&self, code: i32) {
        let _ = std::io::stdout().flush();
        std::process::exit(code);
    }
}

/// A file named by a constant path in the app's source, embedded at build time.
fn embedded(app: &AppDef, path: &str) -> Option<&'static [u8]> {
    let path = path.strip_prefix("./").unwrap_or(path);
    app.assets.iter().find(|a| !a.public && a.url == path).map(|a| a.bytes)
}

/// The working directory's files come first; where it has none, reading and looking fall back on embedded ones.
fn with_embedded(app: &AppDef, op: FileOp) -> Result<FileAnswer, FileError> {
    let fallback = match &op {
        FileOp::Read(path) => embedded(app, path).map(|bytes| FileAnswer::Bytes(bytes.to_vec())),
        FileOp::Exists(path) | FileOp::Access(path, _) => embedded(app, path).map(|_| FileAnswer::Nothing),
        _ => None,
    };
    // Opened for reading.
    let opened = match &op {
        FileOp::Open { path, flags: 0, .. } => embedded(app, path),
        _ => None,
    };
    match (sys::files::run(op), fallback) {
        (Err(e), None) if e.code == "ENOENT" && opened.is_some() => Ok(FileAnswer::Number(opened.map_or(-1, sys::open_files::open_embedded).into())),
        (Err(e), Some(answer)) if e.code == "ENOENT" => Ok(answer),
        (result, _) => result,
    }
}
