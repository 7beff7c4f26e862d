//! How a process ends: exit codes, `exit` and `beforeExit`, errors nobody caught.

use super::process;
use crate::errors::coded_error;
use crate::events;
use crate::support::{argument_type, host, out_of_range};
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, Kind, Obj, R, Value};
use std::cell::{Cell, RefCell};

thread_local! {
    static EXIT_CODE: RefCell<Value> = const { RefCell::new(Value::Undefined) };
    static EXITING: Cell<bool> = const { Cell::new(false) };
}

/// `process.exitCode` as it was set.
pub(super) fn exit_code() -> Value {
    EXIT_CODE.with_borrow(Clone::clone)
}

/// The number the process ends with.
fn exit_number() -> i32 {
    match exit_code() {
        Value::Num(n) => n as i32,
        Value::Str(s) => s.as_utf8().trim().parse().unwrap_or(0),
        _ => 0,
    }
}

pub(super) fn set_exit_code(cx: Cx, code: &Value) -> R<()> {
    match code {
        Value::Undefined | Value::Null => {}
        Value::Num(n) if n.fract() == 0.0 => {}
        Value::Num(_) => return Err(out_of_range(cx, "code", "an integer", code)),
        Value::Str(s) if s.as_utf8().trim().parse::<i32>().is_ok() => {}
        _ => return Err(argument_type(cx, "code", "of type number", code)),
    }
    EXIT_CODE.replace(code.clone());
    host(cx)?.set_exit_code(exit_number());
    Ok(())
}

/// Emits on `process`; an exception of a listener goes to [`uncaught`].
fn tell(cx: Cx, event: &str, args: &[Value]) -> bool {
    let Some(process) = process() else { return false };
    match events::emit(cx, &process, event, args) {
        Ok(heard) => heard,
        Err(_) => {
            let error = cx.take_exception();
            puremix_js::promise::report_uncaught(cx, &error);
            true
        }
    }
}

/// Nothing is left that may call back: listeners of `beforeExit` may start something new.
pub fn before_exit(cx: Cx) {
    tell(cx, "beforeExit", &[Value::num(exit_number())]);
}

/// Whether `exit` has been emitted: nothing asynchronous runs any more.
pub fn is_exiting() -> bool {
    EXITING.get()
}

/// Emits `exit` once; the code to end with.
pub fn exit(cx: Cx) -> i32 {
    if !EXITING.replace(true) {
        tell(cx, "exit", &[Value::num(exit_number())]);
    }
    exit_number()
}

/// Sets the code unless the program has chosen one.
fn fail_with(cx: Cx, code: i32) {
    EXIT_CODE.replace(Value::num(code));
    if let Some(host) = crate::host::host() {
        host.set_exit_code(code);
    }
    // The exit code of a failure is not the program's to refuse.
    debug_assert!(!cx.has_exception());
}

/// An exception that nobody caught goes to `uncaughtException`. False if nobody listens: then `exit` has been prepared with code 1.
pub fn uncaught(cx: Cx, error: &Value, origin: &str) -> bool {
    let Some(process) = process() else { return false };
    let args = [error.clone(), Value::str(origin)];
    if EXITING.get() {
        fail_with(cx, 1);
        return false;
    }
    tell_monitor(cx, &process, &args);
    if events::count(cx, &process, "uncaughtException") == 0 {
        fail_with(cx, 1);
        return false;
    }
    if events::emit(cx, &process, "uncaughtException", &args).is_err() {
        // A handler that fails itself ends the process (Node: exit code 7).
        let error = cx.take_exception();
        if let Some(host) = crate::host::host() {
            host.write_output(&format!("Uncaught {}\n", puremix_js::inspect(cx, &error)), true);
            fail_with(cx, 7);
            host.exit(exit(cx));
        }
    }
    true
}

fn tell_monitor(cx: Cx, process: &Obj, args: &[Value]) {
    if events::emit(cx, process, "uncaughtExceptionMonitor", args).is_err() {
        cx.take_exception();
    }
}

/// A rejection that nobody handled. `Err` is the exception it becomes when nobody listens.
pub fn unhandled_rejection(cx: Cx, promise: &Obj, reason: &Value) -> Result<(), Value> {
    let Some(process) = process() else { return Err(reason.clone()) };
    if events::count(cx, &process, "unhandledRejection") > 0 {
        tell(cx, "unhandledRejection", &[reason.clone(), Value::Obj(promise.clone())]);
        return Ok(());
    }
    let is_error = reason.as_obj().is_some_and(|o| matches!(o.kind(), Kind::Error));
    let error = if is_error { reason.clone() } else { as_error(cx, reason) };
    if uncaught(cx, &error, "unhandledRejection") { Ok(()) } else { Err(error) }
}

fn as_error(cx: Cx, reason: &Value) -> Value {
    let shown = match reason {
        Value::Obj(_) => puremix_js::inspect(cx, reason),
        _ => ops::js_to_string(cx, reason).map(|s| s.to_string()).unwrap_or_else(|_| {
            cx.take_exception();
            puremix_js::inspect(cx, reason)
        }),
    };
    let message = format!(
        "This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason \"{shown}\"."
    );
    coded_error(cx, ErrorKind::Error, "ERR_UNHANDLED_REJECTION", &message)
}
