//! Exceptions as text for the log.

use crate::log;
use puremix_js::promise::Hooks;
use puremix_value::{Cx, Obj, Value};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

/// The stack of an error, or the text of another value. Never throws.
pub fn describe(cx: Cx, error: &Value) -> String {
    let stack = match error {
        Value::Obj(_) => puremix_js::get_value(cx, error, &cx.key_of("stack")),
        _ => Ok(Value::Undefined),
    };
    let text = match stack {
        Ok(Value::Str(stack)) => Ok(stack),
        Ok(_) => puremix_js::js_to_string(cx, error),
        Err(thrown) => Err(thrown),
    };
    match text {
        Ok(text) => text.as_str().to_string(),
        Err(_) => {
            cx.take_exception();
            "an exception that cannot be shown".to_owned()
        }
    }
}

static ENDS_PROCESS: AtomicBool = AtomicBool::new(false);

/// From now on an exception that nobody catches ends the process, as under Node: a script has nobody else to serve.
pub fn end_process_on_errors() {
    ENDS_PROCESS.store(true, Ordering::Relaxed);
}

/// True in a script.
pub fn ends_process_on_errors() -> bool {
    ENDS_PROCESS.load(Ordering::Relaxed)
}

/// What this isolate does with failures that no code of the app sees.
pub const HOOKS: Hooks = Hooks { rejection: unhandled_rejection, exception: uncaught };

/// An exception that nobody caught: for listeners of `uncaughtException`; without them it ends a script, and a server logs it and lives on.
pub fn uncaught(cx: Cx, error: &Value) {
    if !puremix_node::uncaught(cx, error, "uncaughtException") {
        failed(cx, "uncaught exception", error);
    }
}

/// A promise that was rejected with nobody listening.
fn unhandled_rejection(cx: Cx, promise: &Obj, reason: &Value) {
    if let Err(error) = puremix_node::unhandled_rejection(cx, promise, reason) {
        failed(cx, "unhandled rejection", &error);
    }
}

fn failed(cx: Cx, what: &str, error: &Value) {
    if !ends_process_on_errors() {
        return log::error(None, &format!("{what}: {}", describe(cx, error)));
    }
    eprintln!("Uncaught {}", puremix_js::inspect(cx, error));
    let code = puremix_node::exit(cx);
    let _ = std::io::stdout().lock().flush();
    std::process::exit(code);
}
