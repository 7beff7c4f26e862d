//! `process` and `performance`.

mod ending;
mod streams;
mod warnings;

pub use ending::{before_exit, exit, is_exiting, uncaught, unhandled_rejection};
pub(crate) use warnings::{warn, warn_deprecated};

use crate::support::{Functions, argument_type, coded, function_argument, host, object, put_all, strings, text_of};
use puremix_js::ops;
use puremix_value::{Attr, BigInt, Cx, ErrorKind, HostObject, Intrinsic, Key, Kind, Obj, R, Value};
use std::any::Any;
use std::cell::RefCell;

pub(crate) const EXPORTS: &[&str] = &[
    "abort", "arch", "argv", "argv0", "chdir", "config", "cpuUsage", "cwd", "default", "emit", "emitWarning", "env", "execArgv", "execPath", "exit", "exitCode", "features",
    "getegid", "geteuid", "getgid", "getuid", "hrtime", "kill", "memoryUsage", "nextTick", "off", "on", "once", "pid", "platform", "ppid",
    "release", "removeListener", "stderr", "stdout", "title", "umask", "uptime", "version", "versions",
];

pub(crate) const MISSING: &[&str] = &[
    "allowedNodeEnvironmentFlags", "binding", "constrainedMemory", "dlopen", "getActiveResourcesInfo", "getBuiltinModule", "getgroups", "initgroups",
    "loadEnvFile", "report", "resourceUsage", "setegid", "seteuid", "setgid", "setgroups", "setuid",
];

pub(crate) const PERF_MISSING: &[&str] = &[
    "PerformanceEntry", "PerformanceMark", "PerformanceMeasure", "PerformanceObserver", "constants", "createHistogram", "monitorEventLoopDelay",
];

/// The Node whose behaviour is followed.
const VERSION: &str = "20.20.2";

thread_local! {
    static PROCESS: RefCell<Option<Obj>> = const { RefCell::new(None) };
}

/// This isolate's `process`.
fn process() -> Option<Obj> {
    PROCESS.with_borrow(Clone::clone)
}

/// `process.env`: what is stored becomes text.
struct Environment;

impl HostObject for Environment {
    fn class_name(&self) -> &'static str {
        "Object"
    }
    fn set(&self, cx: Cx, this: &Obj, key: &Key, value: &Value) -> R<Option<bool>> {
        if key.is_symbol() {
            return Ok(None);
        }
        let text = ops::js_to_string(cx, value)?;
        this.put(cx, key, Value::Str(text));
        Ok(Some(true))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

const FUNCTIONS: Functions = &[
    ("cwd", 0, |cx, _| Ok(Value::str(&host(cx)?.working_directory()))),
    ("chdir", 1, |cx, a| {
        let path = crate::support::string_argument(cx, a.get(0), "directory")?;
        match host(cx)?.change_directory(&path) {
            Ok(()) => Ok(Value::Undefined),
            Err(e) => {
                let from = host(cx)?.working_directory();
                let message = format!("{}: {}, chdir '{from}' -> '{path}'", e.code, e.message);
                let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Error, &message);
                if let Value::Obj(o) = &error {
                    put_all(cx, o, [
                        ("errno", Value::num(e.errno)),
                        ("code", Value::str(e.code)),
                        ("syscall", Value::str("chdir")),
                        ("path", Value::from(from)),
                        ("dest", Value::from(path)),
                    ]);
                }
                Err(cx.throw(error))
            }
        }
    }),
    ("uptime", 0, |cx, _| Ok(Value::Num(host(cx)?.uptime()))),
    ("exit", 1, |cx, a| {
        let code = a.get(0);
        if !code.is_undefined() {
            ending::set_exit_code(cx, code)?;
        }
        let code = ending::exit(cx);
        host(cx)?.exit(code);
        Ok(Value::Undefined)
    }),
    ("abort", 0, |cx, _| {
        host(cx)?.exit(134);
        Ok(Value::Undefined)
    }),
    ("kill", 2, kill),
    ("nextTick", 1, |cx, a| {
        let f = function_argument(cx, a.get(0), "callback")?;
        let args = a.rest(1);
        puremix_js::promise::enqueue_tick(move |cx| {
            if ops::call(cx, &f, &Value::Undefined, &args).is_err() {
                let error = cx.take_exception();
                puremix_js::promise::report_uncaught(cx, &error);
            }
        });
        Ok(Value::Undefined)
    }),
    ("emitWarning", 1, warnings::emit_warning),
    ("cpuUsage", 1, |cx, a| {
        let (mut user, mut system) = host(cx)?.cpu_times();
        if a.get(0).is_object() {
            user -= ops::js_to_number(cx, &crate::support::member(cx, a.get(0), "user")?)?;
            system -= ops::js_to_number(cx, &crate::support::member(cx, a.get(0), "system")?)?;
        }
        let o = Obj::plain(cx);
        put_all(cx, &o, [("user", Value::Num(user)), ("system", Value::Num(system))]);
        Ok(o.into())
    }),
    ("getuid", 0, |cx, _| Ok(Value::num(host(cx)?.user_ids().0))),
    ("geteuid", 0, |cx, _| Ok(Value::num(host(cx)?.user_ids().0))),
    ("getgid", 0, |cx, _| Ok(Value::num(host(cx)?.user_ids().1))),
    ("getegid", 0, |cx, _| Ok(Value::num(host(cx)?.user_ids().1))),
    ("umask", 1, |_, _| Ok(Value::Num(18.0))),
];

fn kill(cx: Cx, a: &puremix_value::Args<'_>) -> R {
    let pid = match a.get(0) {
        Value::Num(n) if n.fract() == 0.0 && n.abs() <= f64::from(i32::MAX) => *n,
        other => return Err(argument_type(cx, "pid", "of type number", other)),
    };
    let signal = match a.get(1) {
        Value::Undefined => "SIGTERM".to_owned(),
        Value::Num(n) => n.to_string(),
        v => text_of(cx, v)?,
    };
    match host(cx)?.kill(pid as i32, &signal) {
        Ok(()) => Ok(Value::Bool(true)),
        Err("UNKNOWN") => Err(coded(cx, ErrorKind::Type, "ERR_UNKNOWN_SIGNAL", &format!("Unknown signal: {signal}"))),
        Err(code) => {
            let error = crate::errors::system_error(cx, code, "kill");
            Err(cx.throw(error))
        }
    }
}

fn hrtime(cx: Cx, a: &puremix_value::Args<'_>) -> R {
    let now = nanos(cx)?;
    let (mut seconds, mut nanos) = ((now / 1_000_000_000) as f64, (now % 1_000_000_000) as f64);
    if !a.get(0).is_undefined() {
        if !ops::is_array(cx, a.get(0))? {
            return Err(argument_type(cx, "time", "an instance of Array", a.get(0)));
        }
        let since = ops::iter_to_vec(cx, a.get(0))?;
        seconds -= since.first().and_then(Value::as_num).unwrap_or(0.0);
        nanos -= since.get(1).and_then(Value::as_num).unwrap_or(0.0);
        if nanos < 0.0 {
            seconds -= 1.0;
            nanos += 1e9;
        }
    }
    Ok(Value::Obj(Obj::array(cx, vec![Value::Num(seconds), Value::Num(nanos)])))
}

/// Nanoseconds of the process's clock.
fn nanos(cx: Cx) -> R<u128> {
    Ok(std::time::Duration::from_secs_f64(host(cx)?.uptime()).as_nanos())
}

fn memory_usage(cx: Cx) -> R {
    let rss = Value::Num(host(cx)?.memory());
    let o = Obj::plain(cx);
    put_all(cx, &o, [
        ("rss", rss.clone()),
        ("heapTotal", rss.clone()),
        ("heapUsed", rss),
        ("external", Value::Num(0.0)),
        ("arrayBuffers", Value::Num(0.0)),
    ]);
    Ok(Value::Obj(o))
}

pub(crate) fn module(cx: Cx) -> R {
    let emitter = crate::events::class(cx);
    let proto = Obj::with(cx, Some(emitter.1), Kind::Plain);
    ops::constructor_of(cx, "process", 0, |cx, _| Err(cx.throw_error(ErrorKind::Type, "Illegal constructor")), &proto);
    crate::support::tag(cx, &proto, "process");
    let o = Obj::with(cx, Some(proto), Kind::Plain);
    let host = host(cx)?;
    let versions = Obj::plain(cx);
    put_all(cx, &versions, [
        ("node", Value::str(VERSION)),
        ("v8", Value::str("11.3.244.8-node.38")),
        ("modules", Value::str("115")),
        ("puremixc", Value::str(env!("CARGO_PKG_VERSION"))),
    ]);
    let env = Obj::host(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Environment);
    for (name, value) in host.environment() {
        env.put(cx, &cx.key_of(&name), Value::str(&value));
    }
    let arguments = host.arguments();
    let program = arguments.first().cloned().unwrap_or_default();
    let release = Obj::plain(cx);
    put_all(cx, &release, [("name", Value::str("node")), ("lts", Value::str("Iron"))]);
    let features = Obj::plain(cx);
    put_all(cx, &features, [("inspector", Value::Bool(false)), ("ipv6", Value::Bool(true)), ("tls", Value::Bool(true))]);
    put_all(cx, &o, [
        ("version", Value::from(format!("v{VERSION}"))),
        ("versions", Value::Obj(versions)),
        ("arch", Value::str(arch())),
        ("platform", Value::str(std::env::consts::OS)),
        ("release", Value::Obj(release)),
        ("features", Value::Obj(features)),
        ("config", Obj::plain(cx).into()),
        ("env", Value::Obj(env)),
        ("title", Value::str(program.rsplit('/').next().unwrap_or("node"))),
        ("argv", strings(cx, &arguments)),
        ("execArgv", Obj::array(cx, vec![]).into()),
        ("argv0", Value::str(&program)),
        ("execPath", Value::str(&program)),
        ("pid", Value::num(std::process::id())),
        ("ppid", Value::num(host.parent_id())),
    ]);
    for (name, is_error) in [("stdout", false), ("stderr", true)] {
        o.put(cx, &cx.key_of(name), streams::output(cx, is_error)?);
    }
    crate::support::add(cx, &o, FUNCTIONS);
    let time = ops::native(cx, "hrtime", 1, hrtime);
    let memory = ops::native(cx, "memoryUsage", 0, |cx, _| memory_usage(cx));
    if let (Value::Obj(time), Value::Obj(memory)) = (&time, &memory) {
        time.put(cx, &cx.key_of("bigint"), ops::native(cx, "hrtimeBigInt", 0, |cx, _| Ok(BigInt::from(nanos(cx)?).into())));
        memory.put(cx, &cx.key_of("rss"), ops::native(cx, "rss", 0, |cx, _| Ok(Value::Num(crate::support::host(cx)?.memory()))));
    }
    put_all(cx, &o, [("hrtime", time), ("memoryUsage", memory)]);
    let (get, set) = (ops::native(cx, "get exitCode", 0, |_, _| Ok(ending::exit_code())), ops::native(cx, "set exitCode", 1, |cx, a| {
        ending::set_exit_code(cx, a.get(0))?;
        Ok(Value::Undefined)
    }));
    o.define_accessor(cx, &cx.key_of("exitCode"), get, set, Attr::ENUMERABLE);
    ops::install_getter(cx, &o, "stdin", |cx, _| {
        Err(coded(cx, ErrorKind::Type, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "process.stdin is not supported in compiled programs; read it with fs.readFileSync('/dev/stdin')"))
    });
    PROCESS.replace(Some(o.clone()));
    Ok(Value::Obj(o))
}

/// Node's name of the processor.
pub(crate) fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// An emitter has a new listener; signals are watched from their first one on.
pub(crate) fn listener_added(cx: Cx, o: &Obj, key: &Key) {
    if process().as_ref() == Some(o)
        && let name = cx.key_str(key)
        && name.as_utf8().starts_with("SIG")
        && let Some(host) = crate::host::host()
    {
        host.watch_signal(cx, &name.as_utf8());
    }
}

/// An emitter has lost a listener. A signal stays watched: without listeners it ends a script again, see [`signal`].
pub(crate) fn listener_removed(_: Cx, _: &Obj, _: &Key) {}

/// A watched signal has come; whether somebody listened.
pub fn signal(cx: Cx, name: &str, number: i32) -> bool {
    let Some(process) = process() else { return false };
    match crate::events::emit(cx, &process, name, &[Value::str(name), Value::num(number)]) {
        Ok(heard) => heard,
        Err(_) => {
            let error = cx.take_exception();
            puremix_js::promise::report_uncaught(cx, &error);
            true
        }
    }
}

/// `performance`.
pub(crate) fn install_performance(cx: Cx, global: &Obj) {
    const DEF: crate::support::ClassDef = crate::support::ClassDef {
        methods: &[
            ("now", 0, |cx, _| Ok(Value::Num(host(cx)?.uptime() * 1000.0))),
            ("toJSON", 0, |cx, a| {
                let o = Obj::plain(cx);
                put_all(cx, &o, [("timeOrigin", crate::support::member(cx, a.this, "timeOrigin")?)]);
                Ok(o.into())
            }),
        ],
        getters: &[("timeOrigin", |_, _| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
            let started = now - crate::host::host().map_or(0.0, |h| h.uptime());
            Ok(Value::Num(started * 1000.0))
        })],
        ..crate::support::ClassDef::new("Performance", 0, |cx, _| Err(coded(cx, ErrorKind::Type, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor")))
    };
    let (_, proto) = crate::support::class(cx, &DEF, None);
    crate::support::tag(cx, &proto, "Performance");
    let o = Obj::with(cx, Some(proto), Kind::Plain);
    global.put_hidden(cx, cx.key_of("performance"), o);
}

/// `node:perf_hooks`.
pub(crate) fn performance_module(cx: Cx) -> R {
    let o = object(cx, &[]);
    let global = cx.intrinsic(Intrinsic::GlobalThis);
    put_all(cx, &o, [("performance", ops::get_value(cx, &global.into(), &cx.key_of("performance"))?)]);
    Ok(o.into())
}
