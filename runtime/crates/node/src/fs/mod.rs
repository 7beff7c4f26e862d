//! `node:fs` and `node:fs/promises`, over the host's file operations.

mod answers;
mod arguments;

use crate::host::{FileAnswer, FileError};
use crate::support::{Functions, function_argument, host, object, put_all};
use arguments::{PLANS, Plan, Planned, READ_OPEN, WRITE_OPEN};
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, FnDef, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "Dirent", "F_OK", "R_OK", "ReadStream", "Stats", "W_OK", "WriteStream", "X_OK", "access", "accessSync", "appendFile", "appendFileSync", "chmod",
    "chmodSync", "close", "closeSync", "constants", "copyFile", "copyFileSync", "cp", "cpSync", "createReadStream", "createWriteStream", "default",
    "exists", "existsSync", "fstat", "fstatSync", "fsync", "fsyncSync", "lstat", "lstatSync", "mkdir", "mkdirSync", "mkdtemp", "mkdtempSync", "open",
    "openSync", "promises", "readFile", "readFileSync", "readdir", "readdirSync", "readlink", "readlinkSync", "realpath", "realpathSync", "rename",
    "renameSync", "rm", "rmSync", "rmdir", "rmdirSync", "stat", "statSync", "symlink", "symlinkSync", "truncate", "truncateSync", "unlink",
    "unlinkSync", "utimes", "utimesSync", "writeFile", "writeFileSync",
];

pub(crate) const PROMISE_EXPORTS: &[&str] = &[
    "access", "appendFile", "chmod", "constants", "copyFile", "cp", "default", "lstat", "mkdir", "mkdtemp", "readFile", "readdir", "readlink",
    "realpath", "rename", "rm", "rmdir", "stat", "symlink", "truncate", "unlink", "utimes", "writeFile",
];

/// What Node's modules have and these do not.
pub(crate) const MISSING: &[&str] = &[
    "Dir", "FileReadStream", "FileWriteStream", "chown", "chownSync", "fchmod", "fchmodSync", "fchown", "fchownSync", "fdatasync", "fdatasyncSync",
    "ftruncate", "ftruncateSync", "futimes", "futimesSync", "lchown", "lchownSync", "link", "linkSync", "lutimes", "lutimesSync", "openAsBlob",
    "opendir", "opendirSync", "read", "readSync", "readv", "readvSync", "statfs", "statfsSync", "unwatchFile", "watch", "watchFile", "write",
    "writeSync", "writev", "writevSync",
];

pub(crate) const PROMISES_MISSING: &[&str] = &["chown", "lchmod", "lchown", "link", "lutimes", "open", "opendir", "statfs", "watch"];

fn plan_of(name: &Value) -> Option<&'static (&'static str, usize, Plan)> {
    let Value::Num(i) = name else { return None };
    PLANS.get(*i as usize)
}

fn sync(cx: Cx, a: &Args<'_>) -> R {
    let Some((_, _, plan)) = plan_of(a.env(0)) else { return Ok(Value::Undefined) };
    let planned = plan(cx, a.args)?;
    let Planned { op, show, error } = planned;
    match host(cx)?.file(op) {
        Ok(answer) => show(cx, answer),
        Err(e) if error.quiet && e.code == "ENOENT" => Ok(Value::Undefined),
        Err(e) => {
            let error = error.value(cx, &e);
            Err(cx.throw(error))
        }
    }
}

/// The promise flavour; wrong arguments reject.
fn promised(cx: Cx, a: &Args<'_>) -> R {
    let Some((_, _, plan)) = plan_of(a.env(0)) else { return Ok(Value::Undefined) };
    let planned = match plan(cx, a.args) {
        Ok(planned) => planned,
        Err(_) => return Ok(Value::Obj(promise::rejected(cx, cx.take_exception()))),
    };
    start(cx, planned, |cx, outcome| match outcome {
        Ok(value) => Ok(value),
        Err(error) => Err(cx.throw(error)),
    })
}

fn start(cx: Cx, planned: Planned, then: impl FnOnce(Cx, Result<Value, Value>) -> R + 'static) -> R {
    let Planned { op, show, error } = planned;
    let host = host(cx)?;
    let work = host.file_work(op);
    let finish = move |cx: Cx, outcome: Result<FileAnswer, FileError>| {
        let outcome = match outcome {
            Ok(answer) => show(cx, answer).map_err(|_| cx.take_exception()),
            Err(e) if error.quiet && e.code == "ENOENT" => Ok(Value::Undefined),
            Err(e) => Err(error.value(cx, &e)),
        };
        then(cx, outcome)
    };
    Ok(host.spawn_file(cx, work, Box::new(finish)))
}

/// The callback flavour: the last argument gets the error, or `null` and the answer.
fn called_back(cx: Cx, a: &Args<'_>) -> R {
    let Some((_, most, plan)) = plan_of(a.env(0)) else { return Ok(Value::Undefined) };
    // The callback is the last argument, wherever the optional ones end.
    let at = (1..=*most).find(|i| a.get(*i).is_callable()).unwrap_or_else(|| a.len().saturating_sub(1).max(1).min(*most));
    let callback = function_argument(cx, a.get(at), "cb")?;
    let planned = plan(cx, &a.args[..at.min(a.len())])?;
    start(cx, planned, move |cx, outcome| {
        let args = match outcome {
            Ok(Value::Undefined) => vec![Value::Null],
            Ok(value) => vec![Value::Null, value],
            Err(error) => vec![error],
        };
        if ops::call(cx, &callback, &Value::Undefined, &args).is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
        Ok(Value::Undefined)
    })?;
    Ok(Value::Undefined)
}

fn exists(cx: Cx, path: &Value) -> bool {
    match arguments::path(cx, path, "path") {
        Ok(path) => host(cx).is_ok_and(|h| h.file(crate::host::FileOp::Exists(path)).is_ok()),
        Err(_) => {
            cx.take_exception();
            false
        }
    }
}

const EXTRAS: Functions = &[
    ("existsSync", 1, |cx, a| Ok(Value::Bool(exists(cx, a.get(0))))),
    ("exists", 2, |cx, a| {
        let callback = function_argument(cx, a.get(1), "cb")?;
        let found = exists(cx, a.get(0));
        promise::enqueue_tick(move |cx| {
            if ops::call(cx, &callback, &Value::Undefined, &[Value::Bool(found)]).is_err() {
                let error = cx.take_exception();
                promise::report_uncaught(cx, &error);
            }
        });
        Ok(Value::Undefined)
    }),
];

/// A function for the `i`th plan.
fn flavour(cx: Cx, i: usize, name: String, length: usize, code: puremix_value::Code) -> Value {
    let name: &'static str = Box::leak(name.into_boxed_str());
    let def: &'static FnDef = Box::leak(Box::new(FnDef::native(name, length as u32, code)));
    ops::native_with(cx, def, vec![Value::from(i)])
}

fn constants(cx: Cx) -> Value {
    let o = Obj::with(cx, None, puremix_value::Kind::Plain);
    for (name, n) in arguments::CONSTANTS {
        o.put(cx, &cx.key_of(name), Value::num(*n));
    }
    Value::Obj(o)
}

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, EXTRAS);
    for (i, (name, length, _)) in PLANS.iter().enumerate() {
        let (sync, callback) = (flavour(cx, i, format!("{name}Sync"), *length, sync), flavour(cx, i, (*name).to_owned(), length + 1, called_back));
        if [READ_OPEN, WRITE_OPEN].contains(name) {
            o.put_hidden(cx, cx.key_of(name), callback);
            continue;
        }
        o.put(cx, &cx.key_of(&format!("{name}Sync")), sync);
        o.put(cx, &cx.key_of(name), callback);
    }
    let (stats, dirent) = answers::classes(cx);
    put_all(cx, &o, [("Stats", stats.into()), ("Dirent", dirent.into()), ("constants", constants(cx)), ("promises", crate::load(cx, "fs/promises")?)]);
    for (name, n) in [("F_OK", 0), ("R_OK", 4), ("W_OK", 2), ("X_OK", 1)] {
        o.put(cx, &cx.key_of(name), Value::num(n));
    }
    Ok(Value::Obj(o))
}

pub(crate) fn promises_module(cx: Cx) -> R {
    let o = Obj::plain(cx);
    for (i, (name, length, _)) in PLANS.iter().enumerate().filter(|(_, (name, ..))| PROMISE_EXPORTS.contains(name)) {
        o.put(cx, &cx.key_of(name), flavour(cx, i, (*name).to_owned(), *length, promised));
    }
    put_all(cx, &o, [("constants", constants(cx))]);
    Ok(Value::Obj(o))
}
