//! Why a call has no answer, and the errors that say so.

use crate::decode::text_member;
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, Obj, Thrown, Value, well_known};
use std::time::Duration;

/// Everything but an exception of the app's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `python.enabled` is false.
    Disabled,
    /// There is no Python, or it does not start. The text says what was tried.
    Unavailable(String),
    /// More calls wait for a worker than may.
    Full(usize),
    /// No worker became free in time.
    Waited(Duration),
    Timeout(Duration),
    /// The worker ended during the call; the text says how.
    Ended(String),
    /// The worker sent something else than an answer.
    Confused(String),
    /// The arguments are more than a message can hold.
    TooLong,
    Stopping,
    /// The worker ended before it had read the call. Nobody sees this one: the call goes to another.
    NeverBegan,
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Failure::Disabled | Failure::Unavailable(_) => "PYTHON_UNAVAILABLE",
            Failure::Full(_) | Failure::Waited(_) | Failure::Stopping => "PYTHON_BUSY",
            Failure::Timeout(_) => "PYTHON_TIMEOUT",
            Failure::Ended(_) | Failure::NeverBegan => "PYTHON_CRASHED",
            Failure::Confused(_) | Failure::TooLong => "PYTHON_PROTOCOL",
        }
    }

    /// `what` is the function that was called.
    fn message(&self, what: &str) -> String {
        match self {
            Failure::Disabled => format!("{what} was not called: `python.enabled` is false"),
            Failure::Unavailable(why) => format!("{what} was not called: {why}"),
            Failure::Full(waiting) => format!("{what} was not called: {waiting} calls are waiting for a Python worker; see `python.maxWorkers`"),
            Failure::Waited(limit) => format!("{what} was not called: no Python worker became free within {} s; see `python.maxWorkers`", seconds(*limit)),
            Failure::Timeout(limit) => format!("{what} did not return within {} s; see `python.timeout`", seconds(*limit)),
            Failure::Ended(how) => format!("{what} did not return: the Python worker {how}"),
            Failure::NeverBegan => format!("{what} did not return: the Python worker ended"),
            Failure::Confused(what_else) => format!("{what} did not return: the Python worker is not to be trusted: {what_else}"),
            Failure::TooLong => format!("{what} was not called: its arguments are longer than 4 GB"),
            Failure::Stopping => format!("{what} was not called: the server is stopping"),
        }
    }

    /// The error that a call's promise is rejected with. `site` is where the call is in the program.
    pub fn throw(&self, cx: Cx, what: &str, site: u32) -> Thrown {
        let error = named(cx, &self.message(what), &[], site);
        if let Value::Obj(o) = &error {
            o.put(cx, &cx.key_of("code"), Value::str(self.code()));
            if self.code() == "PYTHON_BUSY" {
                o.put(cx, &cx.key_of("status"), Value::Num(503.0));
            }
        }
        cx.throw(error)
    }
}

fn seconds(time: Duration) -> String {
    puremix_js::num_to_str(time.as_millis() as f64 / 1e3).to_string()
}

/// A place of a Python traceback.
struct Frame {
    file: String,
    line: f64,
    function: String,
}

/// The error of an exception in Python, as the worker describes it. `is_own` tells the app's files.
pub fn throw_exception(cx: Cx, described: &Value, is_own: impl Fn(&str) -> bool, site: u32) -> Thrown {
    let (kind, message) = (text_member(cx, described, "type"), text_member(cx, described, "message"));
    let shown = if message.is_empty() { kind.clone() } else { format!("{kind}: {message}") };
    let frames = frames(cx, described);
    let lines: Vec<String> = frames.iter().rev().map(|f| format!("{} ({}:{}:1)", f.function, f.file, f.line)).collect();
    let error = named(cx, &shown, &lines, site);
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("pythonType"), Value::from(kind));
        if let Ok(status @ Value::Num(_)) = ops::get_value(cx, described, &cx.key_of("status")) {
            o.put(cx, &cx.key_of("status"), status);
        }
        let own = frames.iter().rev().find(|f| is_own(&f.file)).or(frames.last());
        if let Some(own) = own {
            o.put(cx, &cx.key_of("file"), Value::str(&own.file));
            o.put(cx, &cx.key_of("line"), Value::Num(own.line));
        }
        o.put_hidden(cx, cx.key_of("traceback"), Value::from(text_member(cx, described, "traceback")));
    }
    cx.throw(error)
}

fn frames(cx: Cx, described: &Value) -> Vec<Frame> {
    let Ok(list) = ops::get_value(cx, described, &cx.key_of("frames")) else { return Vec::new() };
    let items = list.as_obj().and_then(Obj::dense).map(|items| items.to_vec()).unwrap_or_default();
    let frame = |item: &Value| {
        let parts = item.as_obj()?.dense()?;
        match (parts.get(0)?, parts.get(1)?, parts.get(2)?) {
            (Value::Str(file), Value::Num(line), Value::Str(function)) => Some(Frame { file: file.to_string(), line, function: function.to_string() }),
            _ => None,
        }
    };
    items.iter().filter_map(frame).collect()
}

/// A `PythonError` whose stack has these places, and then the call's own.
fn named(cx: Cx, message: &str, places: &[String], site: u32) -> Value {
    cx.at(site);
    let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Error, message);
    if let Value::Obj(o) = &error {
        o.put_hidden(cx, well_known::NAME, Value::str("PythonError"));
        let call = match o.get_own(cx, &well_known::STACK.into()) {
            Some(puremix_value::Own::Data { value: Value::Str(stack), .. }) => stack.as_utf8().strip_prefix(&format!("Error: {message}")).map(str::to_owned),
            _ => None,
        };
        let mut stack = format!("PythonError: {message}");
        for place in places {
            stack.push_str(&format!("\n    at {place}"));
        }
        stack.push_str(&call.unwrap_or_default());
        o.put_hidden(cx, well_known::STACK, Value::from(stack));
    }
    error
}
