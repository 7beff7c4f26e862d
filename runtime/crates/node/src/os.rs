//! `node:os`.

use crate::support::{Functions, host, object, put_all};
use puremix_value::{Cx, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "EOL", "arch", "availableParallelism", "constants", "cpus", "default", "devNull", "endianness", "freemem", "homedir", "hostname", "loadavg", "machine",
    "platform", "release", "tmpdir", "totalmem", "type", "uptime", "userInfo", "version",
];

pub(crate) const MISSING: &[&str] = &["getPriority", "networkInterfaces", "setPriority"];

const FUNCTIONS: Functions = &[
    ("arch", 0, |_, _| Ok(Value::str(crate::process::arch()))),
    ("availableParallelism", 0, |_, _| Ok(Value::num(std::thread::available_parallelism().map_or(1, usize::from) as u32))),
    ("cpus", 0, |cx, _| {
        let cores = host(cx)?.machine().cores;
        let list = cores.iter().map(|(model, speed)| {
            let o = Obj::plain(cx);
            let times = Obj::plain(cx);
            for name in ["user", "nice", "sys", "idle", "irq"] {
                times.put(cx, &cx.key_of(name), Value::Num(0.0));
            }
            put_all(cx, &o, [("model", Value::str(model)), ("speed", Value::Num(*speed)), ("times", times.into())]);
            Value::Obj(o)
        });
        Ok(Obj::array(cx, list.collect()).into())
    }),
    ("endianness", 0, |_, _| Ok(Value::str(if cfg!(target_endian = "little") { "LE" } else { "BE" }))),
    ("freemem", 0, |cx, _| Ok(Value::Num(host(cx)?.machine().free_memory))),
    ("homedir", 0, |cx, _| {
        let host = host(cx)?;
        let set = host.environment().into_iter().find(|(n, v)| n == "HOME" && !v.is_empty());
        Ok(Value::from(set.map_or_else(|| host.machine().home, |(_, home)| home)))
    }),
    ("hostname", 0, |cx, _| Ok(Value::from(host(cx)?.machine().host_name))),
    ("loadavg", 0, |cx, _| Ok(Obj::array(cx, host(cx)?.machine().load.map(Value::Num).to_vec()).into())),
    ("machine", 0, |_, _| Ok(Value::str(std::env::consts::ARCH))),
    ("platform", 0, |_, _| Ok(Value::str(std::env::consts::OS))),
    ("release", 0, |cx, _| Ok(Value::from(host(cx)?.machine().release))),
    ("tmpdir", 0, |cx, _| {
        let environment = host(cx)?.environment();
        let set = ["TMPDIR", "TMP", "TEMP"].iter().find_map(|name| environment.iter().find(|(n, v)| n == name && !v.is_empty()));
        let path = set.map_or("/tmp", |(_, path)| path.as_str());
        Ok(Value::str(if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path }))
    }),
    ("totalmem", 0, |cx, _| Ok(Value::Num(host(cx)?.machine().total_memory))),
    ("type", 0, |_, _| Ok(Value::str("Linux"))),
    ("uptime", 0, |cx, _| Ok(Value::Num(host(cx)?.machine().uptime))),
    ("userInfo", 1, |cx, _| {
        let (machine, (user, group)) = (host(cx)?.machine(), host(cx)?.user_ids());
        let o = Obj::with(cx, None, puremix_value::Kind::Plain);
        put_all(cx, &o, [
            ("uid", Value::num(user)),
            ("gid", Value::num(group)),
            ("username", Value::from(machine.user_name)),
            ("homedir", Value::from(machine.home)),
            ("shell", Value::from(machine.shell)),
        ]);
        Ok(o.into())
    }),
    ("version", 0, |cx, _| Ok(Value::from(host(cx)?.machine().version))),
];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, FUNCTIONS);
    let signals = Obj::with(cx, None, puremix_value::Kind::Plain);
    for (name, number) in [("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGABRT", 6), ("SIGKILL", 9), ("SIGUSR1", 10), ("SIGUSR2", 12), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15)] {
        signals.put(cx, &cx.key_of(name), Value::num(number));
    }
    let constants = Obj::plain(cx);
    put_all(cx, &constants, [("signals", signals.into())]);
    put_all(cx, &o, [("EOL", Value::str("\n")), ("devNull", Value::str("/dev/null")), ("constants", constants.into())]);
    Ok(o.into())
}
