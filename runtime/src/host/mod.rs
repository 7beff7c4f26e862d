//! What the embedding does for Node's modules: files, timers, the process.
//!
//! In: the app table, the environment after `.env` files. Out: an implementation of [`puremix_node::Host`] for this thread's isolate.

mod files;

use crate::app::AppDef;
use crate::isolate::event_loop::{self, Callback};
use puremix_node::{FileAnswer, FileError, FileOp, FileWork, Host};
use puremix_value::{Cx, R, Value};
use std::io::Write;
use std::rc::Rc;
use std::time::Instant;

/// The host of one isolate.
pub struct AppHost {
    app: &'static AppDef,
    environment: Vec<(String, String)>,
    started: Instant,
}

impl AppHost {
    /// `environment` is what `process.env` shows; `started` is when the process began.
    pub fn new(app: &'static AppDef, environment: Vec<(String, String)>, started: Instant) -> AppHost {
        AppHost { app, environment, started }
    }
}

fn callback(function: Value, args: Vec<Value>) -> Callback {
    Callback { function, this: Value::Undefined, args: Rc::from(args) }
}

impl Host for AppHost {
    fn set_timer(&self, function: Value, args: Vec<Value>, ms: f64, repeats: bool) -> u32 {
        event_loop::set_timer(callback(function, args), ms, repeats)
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
        event_loop::set_immediate(callback(function, args))
    }

    fn clear_immediate(&self, id: u32) {
        event_loop::clear_immediate(id);
    }

    fn spawn_file(&self, cx: Cx, work: FileWork, finish: Box<dyn FnOnce(Cx, Result<FileAnswer, FileError>) -> R>) -> Value {
        let lost = || FileError { code: "EIO", message: "the file thread ended".to_owned(), errno: -5 };
        let operation = async move { tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(lost())) };
        event_loop::spawn_op(cx, operation, finish)
    }

    fn file(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        files::run(self.app, op)
    }

    fn file_work(&self, op: FileOp) -> FileWork {
        let app = self.app;
        Box::new(move || files::run(app, op))
    }

    fn environment(&self) -> Vec<(String, String)> {
        self.environment.clone()
    }

    fn working_directory(&self) -> String {
        std::env::current_dir().map_or_else(|_| "/".to_owned(), |p| p.to_string_lossy().into_owned())
    }

    fn arguments(&self) -> Vec<String> {
        std::env::args().collect()
    }

    fn uptime(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn memory(&self) -> f64 {
        let pages = std::fs::read_to_string("/proc/self/statm").ok();
        let resident = pages.as_deref().and_then(|text| text.split(' ').nth(1)).and_then(|n| n.parse::<f64>().ok());
        resident.unwrap_or(0.0) * 4096.0
    }

    fn write_output(&self, text: &str, is_error: bool) {
        // A closed pipe is the reader's choice; the app goes on.
        let _ = if is_error { std::io::stderr().write_all(text.as_bytes()) } else { std::io::stdout().write_all(text.as_bytes()) };
    }

    fn exit(&self, code: i32) {
        std::process::exit(code);
    }
}
