//! Work on the pool for blocking work, answered to a callback or by a promise.

use puremix_js::{ops, promise};
use puremix_node::capability::host;
use puremix_node::{FileAnswer, FileError};
use puremix_value::{Cx, ErrorKind, R, Value};

/// A job and what makes a value of its answer.
pub struct Job {
    pub work: Box<dyn FnOnce() -> String + Send>,
    pub show: fn(&str) -> Value,
}

impl Job {
    /// A job that answers its text.
    pub fn text(work: impl FnOnce() -> String + Send + 'static) -> Job {
        Job { work: Box::new(work), show: Value::str }
    }

    /// A job that answers yes or no.
    pub fn verdict(work: impl FnOnce() -> bool + Send + 'static) -> Job {
        Job { work: Box::new(move || if work() { "1".to_owned() } else { String::new() }), show: |text| Value::Bool(!text.is_empty()) }
    }
}

/// Runs a job that was planned without error. `callback`: a function, or undefined for a promise. What is wrong with the arguments is
/// told the same way, never thrown.
pub fn run(cx: Cx, callback: &Value, planned: R<Job>) -> R {
    match (planned, callback.is_callable()) {
        (Ok(job), false) => start(cx, job, |_, answer| Ok(answer)),
        (Ok(job), true) => {
            let callback = callback.clone();
            start(cx, job, move |cx, answer| {
                call_back(cx, &callback, &[Value::Null, answer]);
                Ok(Value::Undefined)
            })?;
            Ok(Value::Undefined)
        }
        (Err(_), false) => Ok(promise::rejected(cx, cx.take_exception()).into()),
        (Err(_), true) => {
            let (callback, error) = (callback.clone(), cx.take_exception());
            promise::enqueue_tick(move |cx| call_back(cx, &callback, &[error]));
            Ok(Value::Undefined)
        }
    }
}

fn start(cx: Cx, job: Job, finish: impl FnOnce(Cx, Value) -> R + 'static) -> R {
    let Job { work, show } = job;
    let work = Box::new(move || Ok::<_, FileError>(FileAnswer::Text(work())));
    Ok(host(cx)?.spawn_file(cx, work, Box::new(move |cx, outcome| match outcome {
        Ok(FileAnswer::Text(text)) => finish(cx, show(&text)),
        Ok(_) | Err(_) => Err(cx.throw_error(ErrorKind::Error, "the password could not be hashed")),
    })))
}

fn call_back(cx: Cx, callback: &Value, args: &[Value]) {
    if ops::call(cx, callback, &Value::Undefined, args).is_err() {
        let error = cx.take_exception();
        promise::report_uncaught(cx, &error);
    }
}
