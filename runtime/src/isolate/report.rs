//! Exceptions as text for the log.

use crate::log;
use puremix_value::{Cx, Kind, Own, Str, Value, well_known};
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

fn end_script(what: &str, error: &str) {
    if ENDS_PROCESS.load(Ordering::Relaxed) {
        eprintln!("{what}: {error}");
        std::process::exit(1);
    }
}

/// Logs the exception that waits in the isolate. Node would end the process here; a server that serves others goes on.
pub fn uncaught(cx: Cx, what: &str) {
    let error = cx.take_exception();
    end_script("Uncaught", &describe(cx, &error));
    log::error(None, &format!("{what}: {}", describe(cx, &error)));
}

/// For promises that were rejected with nobody listening.
pub fn unhandled_rejection(cx: Cx, reason: &Value) {
    end_script("Unhandled rejection", &describe(cx, reason));
    log::error(None, &format!("unhandled rejection: {}", describe(cx, reason)));
}

/// Gives the waiting exception the place of the operation that threw it, if it is an error that knows none.
#[cold]
pub fn place_exception(cx: Cx, site: u32) {
    let Some(place) = super::site_text(cx, site) else { return };
    let error = cx.take_exception();
    if let Value::Obj(o) = &error
        && matches!(o.kind(), Kind::Error)
        && let Some(Own::Data { value: Value::Str(stack), .. }) = o.get_own(cx, &well_known::STACK.into())
        && !stack.as_str().contains("\n    at ")
    {
        o.put_hidden(cx, well_known::STACK, Str::from(format!("{}\n    at {place}", stack.as_str())));
    }
    cx.throw(error);
}
