//! `process` and `performance`.

use crate::support::{host, object};
use puremix_js::ops;
use puremix_value::{Cx, Intrinsic, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "arch", "argv", "cwd", "default", "env", "exit", "hrtime", "memoryUsage", "nextTick", "pid", "platform", "stderr", "stdout", "uptime",
    "version", "versions",
];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("cwd", 0, |cx, _| Ok(Value::str(&host(cx)?.working_directory()))),
        ("uptime", 0, |cx, _| Ok(Value::Num(host(cx)?.uptime()))),
        ("exit", 1, |cx, a| {
            let code = if a.get(0).is_undefined() { 0.0 } else { ops::js_to_number(cx, a.get(0))? };
            host(cx)?.exit(code as i32);
            Ok(Value::Undefined)
        }),
        ("nextTick", 1, |cx, a| {
            let f = ops::callback(cx, a.get(0))?.clone();
            let args = a.rest(1);
            puremix_js::promise::enqueue_tick(move |cx| {
                if ops::call(cx, &f, &Value::Undefined, &args).is_err() {
                    let error = cx.take_exception();
                    puremix_js::promise::report_uncaught(cx, &error);
                }
            });
            Ok(Value::Undefined)
        }),
        ("memoryUsage", 0, |cx, _| {
            let rss = Value::Num(host(cx)?.memory());
            let o = Obj::plain(cx);
            for name in ["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"] {
                o.put(cx, &cx.key_of(name), rss.clone());
            }
            Ok(Value::Obj(o))
        }),
        ("hrtime", 1, |cx, a| {
            let now = host(cx)?.uptime();
            let (mut seconds, mut nanos) = (now.floor(), (now.fract() * 1e9).floor());
            if a.get(0).is_object() {
                let since = ops::iter_to_vec(cx, a.get(0))?;
                seconds -= since.first().and_then(Value::as_num).unwrap_or(0.0);
                nanos -= since.get(1).and_then(Value::as_num).unwrap_or(0.0);
                if nanos < 0.0 {
                    seconds -= 1.0;
                    nanos += 1e9;
                }
            }
            Ok(Value::Obj(Obj::array(cx, vec![Value::Num(seconds), Value::Num(nanos)])))
        }),
    ]);
    let host = host(cx)?;
    let env = Obj::plain(cx);
    for (name, value) in host.environment() {
        env.put(cx, &cx.key_of(&name), Value::str(&value));
    }
    let argv = host.arguments().iter().map(|a| Value::str(a)).collect();
    let versions = Obj::plain(cx);
    versions.put(cx, &cx.key_of("node"), Value::str("20.0.0"));
    versions.put(cx, &cx.key_of("puremixc"), Value::str(env!("CARGO_PKG_VERSION")));
    let fields = [
        ("env", Value::Obj(env)),
        ("argv", Value::Obj(Obj::array(cx, argv))),
        ("platform", Value::str(std::env::consts::OS)),
        ("arch", Value::str(if cfg!(target_arch = "x86_64") { "x64" } else { "arm64" })),
        ("pid", Value::num(std::process::id())),
        ("version", Value::str("v20.0.0")),
        ("versions", Value::Obj(versions)),
        ("stdout", stream(cx, false)),
        ("stderr", stream(cx, true)),
    ];
    for (name, value) in fields {
        o.put(cx, &cx.key_of(name), value);
    }
    Ok(Value::Obj(o))
}

fn stream(cx: Cx, is_error: bool) -> Value {
    fn write(cx: Cx, text: &Value, is_error: bool) -> R {
        let text = ops::js_to_string(cx, text)?;
        host(cx)?.write_output(&text.as_utf8(), is_error);
        Ok(Value::Bool(true))
    }
    let o = Obj::plain(cx);
    let f = if is_error {
        ops::native(cx, "write", 1, |cx, a| write(cx, a.get(0), true))
    } else {
        ops::native(cx, "write", 1, |cx, a| write(cx, a.get(0), false))
    };
    o.put(cx, &cx.key_of("write"), f);
    o.put(cx, &cx.key_of("isTTY"), Value::Bool(false));
    Value::Obj(o)
}

/// `performance.now()` and `performance.timeOrigin`.
pub(crate) fn install_performance(cx: Cx, global: &Obj) {
    let o = object(cx, &[("now", 0, |cx, _| Ok(Value::Num(host(cx)?.uptime() * 1000.0)))]);
    debug_assert!(o.proto().is_some_and(|p| cx.is_intrinsic(&p, Intrinsic::ObjectPrototype)));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    let started = now - crate::host::host().map_or(0.0, |h| h.uptime());
    o.put(cx, &cx.key_of("timeOrigin"), Value::Num(started * 1000.0));
    global.put_hidden(cx, cx.key_of("performance"), o);
}
