//! `console`: formatted text to a sink that the embedding sets; standard output and error until then.

use crate::inspect::{Options, format_args, inspect_with};
use crate::{js_to_string, js_truthy};
use puremix_value::{Args, Cx, FnDef, Intrinsic, Kind, Obj, R, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io::Write;
use std::time::Instant;

mod table;

/// Where a line goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    Out,
    Err,
}

/// Takes one line without its end.
pub type Sink = fn(Stream, &str);

thread_local! {
    static SINK: Cell<Sink> = const { Cell::new(standard) };
    static INDENT: Cell<usize> = const { Cell::new(0) };
    static TIMERS: RefCell<HashMap<String, Instant>> = RefCell::default();
    static COUNTS: RefCell<HashMap<String, u64>> = RefCell::default();
}

fn standard(stream: Stream, line: &str) {
    // A closed pipe is nothing a program could do anything about.
    let _ = match stream {
        Stream::Out => writeln!(std::io::stdout().lock(), "{line}"),
        Stream::Err => writeln!(std::io::stderr().lock(), "{line}"),
    };
}

/// Sends this thread's console elsewhere.
pub fn set_console_sink(sink: Sink) {
    SINK.set(sink);
}

fn print(stream: Stream, text: &str) {
    let indent = " ".repeat(INDENT.get());
    let text = if indent.is_empty() { text.to_string() } else { format!("{indent}{}", text.replace('\n', &format!("\n{indent}"))) };
    SINK.get()(stream, &text);
}

fn log(cx: Cx, a: &Args<'_>) -> R {
    print(Stream::Out, &format_args(cx, a.args));
    Ok(Value::Undefined)
}

fn warn(cx: Cx, a: &Args<'_>) -> R {
    print(Stream::Err, &format_args(cx, a.args));
    Ok(Value::Undefined)
}

fn trace(cx: Cx, a: &Args<'_>) -> R {
    let text = format_args(cx, a.args);
    let place = crate::state::site_text(cx).map_or(String::new(), |at| format!("\n    at {at}"));
    print(Stream::Err, &format!("Trace{}{text}{place}", if text.is_empty() { "" } else { ": " }));
    Ok(Value::Undefined)
}

fn dir(cx: Cx, a: &Args<'_>) -> R {
    let mut options = Options::default();
    if let Value::Obj(_) = a.get(1) {
        match crate::get_value(cx, a.get(1), &cx.key_of("depth"))? {
            Value::Null => options.depth = None,
            Value::Num(n) => options.depth = n.is_finite().then_some(n.max(0.0) as usize),
            _ => {}
        }
        options.show_hidden = js_truthy(&crate::get_value(cx, a.get(1), &cx.key_of("showHidden"))?);
    }
    print(Stream::Out, &inspect_with(cx, a.get(0), options));
    Ok(Value::Undefined)
}

fn assert(cx: Cx, a: &Args<'_>) -> R {
    if !js_truthy(a.get(0)) {
        let text = match a.get(1) {
            Value::Undefined if a.len() < 2 => "Assertion failed".to_string(),
            Value::Str(_) => format!("Assertion failed: {}", format_args(cx, &a.rest(1))),
            _ => format!("Assertion failed {}", format_args(cx, &a.rest(1))),
        };
        print(Stream::Err, &text);
    }
    Ok(Value::Undefined)
}

fn group(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_empty() {
        print(Stream::Out, &format_args(cx, a.args));
    }
    INDENT.set(INDENT.get() + 2);
    Ok(Value::Undefined)
}

fn group_end(_: Cx, _: &Args<'_>) -> R {
    INDENT.set(INDENT.get().saturating_sub(2));
    Ok(Value::Undefined)
}

fn label(cx: Cx, a: &Args<'_>) -> R<String> {
    match a.get(0) {
        Value::Undefined => Ok("default".into()),
        v => Ok(js_to_string(cx, v)?.to_string()),
    }
}

fn count(cx: Cx, a: &Args<'_>) -> R {
    let label = label(cx, a)?;
    let n = COUNTS.with_borrow_mut(|c| {
        let n = c.entry(label.clone()).or_default();
        *n += 1;
        *n
    });
    print(Stream::Out, &format!("{label}: {n}"));
    Ok(Value::Undefined)
}

fn count_reset(cx: Cx, a: &Args<'_>) -> R {
    let label = label(cx, a)?;
    COUNTS.with_borrow_mut(|c| c.remove(&label));
    Ok(Value::Undefined)
}

fn time(cx: Cx, a: &Args<'_>) -> R {
    let label = label(cx, a)?;
    TIMERS.with_borrow_mut(|t| t.insert(label, Instant::now()));
    Ok(Value::Undefined)
}

fn report_time(cx: Cx, a: &Args<'_>, ends: bool) -> R {
    let label = label(cx, a)?;
    let started = TIMERS.with_borrow_mut(|t| if ends { t.remove(&label) } else { t.get(&label).copied() });
    let Some(started) = started else {
        print(Stream::Err, &format!("Warning: No such label '{label}' for console.time{}()", if ends { "End" } else { "Log" }));
        return Ok(Value::Undefined);
    };
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    let shown = if ms >= 1000.0 { format!("{:.3}s", ms / 1000.0) } else { format!("{}ms", (ms * 1000.0).round() / 1000.0) };
    let rest = a.rest(1);
    let more = if rest.is_empty() || ends { String::new() } else { format!(" {}", format_args(cx, &rest)) };
    print(Stream::Out, &format!("{label}: {shown}{more}"));
    Ok(Value::Undefined)
}

fn time_end(cx: Cx, a: &Args<'_>) -> R {
    report_time(cx, a, true)
}

fn time_log(cx: Cx, a: &Args<'_>) -> R {
    report_time(cx, a, false)
}

fn print_table(cx: Cx, a: &Args<'_>) -> R {
    match table::render(cx, a.get(0), a.get(1))? {
        Some(text) => print(Stream::Out, &text),
        None => print(Stream::Out, &format_args(cx, a.args)),
    }
    Ok(Value::Undefined)
}

pub(super) fn install(cx: Cx) {
    let console = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::ConsoleObject, console.clone());
    static METHODS: [FnDef; 20] = [
        FnDef::native("log", 0, log),
        FnDef::native("info", 0, log),
        FnDef::native("debug", 0, log),
        FnDef::native("dirxml", 0, log),
        FnDef::native("warn", 0, warn),
        FnDef::native("error", 0, warn),
        FnDef::native("trace", 0, trace),
        FnDef::native("dir", 0, dir),
        FnDef::native("assert", 0, assert),
        FnDef::native("group", 0, group),
        FnDef::native("groupCollapsed", 0, group),
        FnDef::native("groupEnd", 0, group_end),
        FnDef::native("count", 0, count),
        FnDef::native("countReset", 0, count_reset),
        FnDef::native("time", 0, time),
        FnDef::native("timeEnd", 0, time_end),
        FnDef::native("timeLog", 0, time_log),
        FnDef::native("timeStamp", 0, |_, _| Ok(Value::Undefined)),
        FnDef::native("clear", 0, |_, _| Ok(Value::Undefined)),
        FnDef::native("table", 1, print_table),
    ];
    for def in &METHODS {
        console.put(cx, &cx.key_of(def.name), Obj::function(cx, def, vec![]).into());
    }
}
