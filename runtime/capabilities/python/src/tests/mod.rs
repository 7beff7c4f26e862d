//! Against real Python processes. The pool is the process's, so tests take turns.

mod calls;
mod faults;
mod packages;
mod values;

use crate::exchange::Call;
use crate::failure::Failure;
use crate::frame::{self, Message};
use crate::{decode, encode, pool};
use puremix_interop::{PythonSettings, PythonSource, Setup, Severity};
use puremix_js::inspect;
use puremix_value::{Cx, Isolate, Value};
use std::cell::OnceCell;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());
static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn log(severity: Severity, text: &str) {
    LOGGED.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{severity:?} {text}"));
}

/// What has been logged since the last time.
fn logged() -> Vec<String> {
    std::mem::take(&mut *LOGGED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A pool with these modules; the guard keeps other tests waiting.
struct Python {
    _turn: MutexGuard<'static, ()>,
}

/// Sources are `(path, text)`.
fn python(sources: &[(&str, &str)], settings: PythonSettings) -> Python {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    logged();
    set_up(sources, settings, false);
    Python { _turn: turn }
}

fn set_up(sources: &[(&str, &str)], settings: PythonSettings, serves: bool) {
    let leak = |text: &str| -> &'static str { text.to_owned().leak() };
    let source = |(path, text): &(&str, &str)| PythonSource { module: leak(&path.trim_end_matches("/__init__.py").trim_end_matches(".py").replace('/', ".")), path: leak(path), source: leak(text) };
    let sources: Vec<PythonSource> = sources.iter().map(source).collect();
    pool::set_up(Setup { sources: sources.leak(), settings, serves, environment: Vec::new, root: std::env::temp_dir(), log });
}

/// One worker, so that calls have the same process.
fn one() -> PythonSettings {
    PythonSettings { max_workers: 1, ..PythonSettings::default() }
}

fn isolate() -> Cx {
    thread_local!(static CX: OnceCell<Cx> = const { OnceCell::new() });
    CX.with(|cell| {
        *cell.get_or_init(|| {
            let cx = Isolate::new(&[], 0, 0);
            cx.set_stack_budget(1 << 20);
            puremix_js::start(cx);
            puremix_node::load(cx, "buffer").expect("Buffer");
            cx
        })
    })
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// What a call answers: its value, or the error's `name: message`.
async fn answer(cx: Cx, module: &str, function: &str, args: &[Value]) -> Result<Value, String> {
    ask(cx, frame::CALL, [module, function], args).await
}

async fn ask(cx: Cx, kind: u32, texts: [&str; 2], args: &[Value]) -> Result<Value, String> {
    let mut message = Message::new();
    message.text.push('[');
    for text in texts {
        encode::text(&mut message.text, text);
        message.text.push(',');
    }
    let shown = |cx: Cx| {
        let error = cx.take_exception();
        puremix_js::builtins::error::error_to_string(cx, &error).map_or_else(|_| "unshown".to_owned(), |s| s.to_string())
    };
    let begun = (|| {
        let plan = pool::plan()?;
        if encode::arguments(cx, &plan.tag, &mut message, args, false).is_err() {
            return Ok(None);
        }
        message.text.push(']');
        let bytes = message.into_bytes(0, kind).ok_or(Failure::TooLong)?;
        Ok(Some((Call::new(bytes, texts[0].to_owned(), plan.clone()).begin()?, plan)))
    })();
    let what = texts.join(".");
    let failed = |failure: Failure| {
        failure.throw(cx, &what, 0);
        Err(shown(cx))
    };
    let (pending, plan) = match begun {
        Ok(Some(begun)) => begun,
        Ok(None) => return Err(shown(cx)),
        Err(failure) => return failed(failure),
    };
    match pending.finish().await {
        Ok(received) => match decode::value(cx, &plan.tag, &received) {
            Ok(value) if received.kind == frame::OK => Ok(value),
            Ok(value) => {
                crate::failure::throw_exception(cx, &value, |file| plan.is_own_file(file), 0);
                Err(shown(cx))
            }
            Err(_) => Err(shown(cx)),
        },
        Err(failure) => failed(failure),
    }
}

/// A call's answer as `console.log` shows it, or its error.
fn call(module: &str, function: &str, args: &[Value]) -> String {
    let cx = isolate();
    match block_on(answer(cx, module, function, args)) {
        Ok(value) => inspect(cx, &value),
        Err(error) => error,
    }
}

/// The same of `name` in `code`, called with 1 and no context.
fn inline(name: &str, code: &str) -> String {
    let cx = isolate();
    match block_on(ask(cx, frame::INLINE, [name, code], &[Value::Num(1.0), Value::Null])) {
        Ok(value) => inspect(cx, &value),
        Err(error) => error,
    }
}
