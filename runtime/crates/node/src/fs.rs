//! `node:fs` and `node:fs/promises`, over the host's file operations.

use crate::buffer::{data, encode, new_buffer};
use crate::host::{FileAnswer, FileError, FileInfo, FileOp};
use crate::support::{Functions, coded, flag, host, member, object, string_argument};
use puremix_js::{ops, promise};
use puremix_value::{Args, Code, Cx, ErrorKind, Obj, R, Value};

pub(crate) const EXPORTS: &[&str] = &[
    "accessSync", "appendFileSync", "copyFileSync", "default", "existsSync", "mkdirSync", "promises", "readFileSync", "readdirSync",
    "renameSync", "rmSync", "statSync", "unlinkSync", "writeFileSync",
];

pub(crate) const PROMISE_EXPORTS: &[&str] =
    &["access", "appendFile", "copyFile", "default", "mkdir", "readFile", "readdir", "rename", "rm", "stat", "unlink", "writeFile"];

/// Reads the operation and how its answer is shown from a call's arguments.
type Plan = fn(Cx, &Args<'_>) -> R<(FileOp, Value)>;

/// Node's name for the system call in error messages, and the paths it is about.
fn names(op: &FileOp) -> (&'static str, String) {
    match op {
        FileOp::Read(p) => ("open", format!("'{p}'")),
        FileOp::Write { path, .. } => ("open", format!("'{path}'")),
        FileOp::Exists(p) | FileOp::Access(p) => ("access", format!("'{p}'")),
        FileOp::MakeDir { path, .. } => ("mkdir", format!("'{path}'")),
        FileOp::ReadDir(p) => ("scandir", format!("'{p}'")),
        FileOp::Stat { path, .. } => ("stat", format!("'{path}'")),
        FileOp::Remove { path, .. } => ("rm", format!("'{path}'")),
        FileOp::Unlink(p) => ("unlink", format!("'{p}'")),
        FileOp::Rename(a, b) => ("rename", format!("'{a}' -> '{b}'")),
        FileOp::Copy(a, b) => ("copyfile", format!("'{a}' -> '{b}'")),
    }
}

fn error(cx: Cx, e: &FileError, call: &str, paths: &str) -> Value {
    let thrown = coded(cx, ErrorKind::Error, e.code, &format!("{}: {}, {call} {paths}", e.code, e.message));
    let _ = thrown;
    let value = cx.take_exception();
    if let Value::Obj(o) = &value {
        o.put(cx, &cx.key_of("errno"), Value::num(e.errno));
        o.put(cx, &cx.key_of("syscall"), Value::str(call));
        o.put(cx, &cx.key_of("path"), Value::str(paths.trim_matches('\'')));
    }
    value
}

/// A path argument; `file:` URLs are not accepted yet.
fn path(cx: Cx, v: &Value) -> R<String> {
    let path = string_argument(cx, v, "path")?;
    if path.contains('\0') {
        let message = "The argument 'path' must be a string, Uint8Array, or URL without null bytes.";
        return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_VALUE", message));
    }
    Ok(path)
}

fn encoding(cx: Cx, options: &Value) -> R {
    match options {
        Value::Str(_) => Ok(options.clone()),
        Value::Obj(_) => member(cx, options, "encoding"),
        _ => Ok(Value::Undefined),
    }
}


fn write(cx: Cx, a: &Args<'_>, append: bool) -> R<(FileOp, Value)> {
    let path = path(cx, a.get(0))?;
    let bytes = data(cx, a.get(1), &encoding(cx, a.get(2))?, "data")?;
    let append = append || matches!(member(cx, a.get(2), "flag"), Ok(Value::Str(s)) if a.get(2).is_object() && s.as_utf8() == "a");
    Ok((FileOp::Write { path, bytes, append }, Value::Undefined))
}

const READ: Plan = |cx, a| Ok((FileOp::Read(path(cx, a.get(0))?), encoding(cx, a.get(1))?));
const WRITE: Plan = |cx, a| write(cx, a, false);
const APPEND: Plan = |cx, a| write(cx, a, true);
const MKDIR: Plan = |cx, a| {
    let recursive = flag(cx, a.get(1), "recursive")?;
    Ok((FileOp::MakeDir { path: path(cx, a.get(0))?, recursive }, Value::Undefined))
};
const READDIR: Plan = |cx, a| {
    let with_types = flag(cx, a.get(1), "withFileTypes")?;
    Ok((FileOp::ReadDir(path(cx, a.get(0))?), Value::Bool(with_types)))
};
const STAT: Plan = |cx, a| Ok((FileOp::Stat { path: path(cx, a.get(0))?, follow: true }, Value::Undefined));
const RM: Plan = |cx, a| {
    let (recursive, force) = (flag(cx, a.get(1), "recursive")?, flag(cx, a.get(1), "force")?);
    Ok((FileOp::Remove { path: path(cx, a.get(0))?, recursive, force }, Value::Undefined))
};
const UNLINK: Plan = |cx, a| Ok((FileOp::Unlink(path(cx, a.get(0))?), Value::Undefined));
const RENAME: Plan = |cx, a| Ok((FileOp::Rename(path(cx, a.get(0))?, path(cx, a.get(1))?), Value::Undefined));
const COPY: Plan = |cx, a| Ok((FileOp::Copy(path(cx, a.get(0))?, path(cx, a.get(1))?), Value::Undefined));
const ACCESS: Plan = |cx, a| Ok((FileOp::Access(path(cx, a.get(0))?), Value::Undefined));

fn show(cx: Cx, answer: FileAnswer, how: &Value) -> R {
    match answer {
        FileAnswer::Nothing => Ok(Value::Undefined),
        FileAnswer::Text(text) => Ok(Value::str(&text)),
        FileAnswer::Bytes(bytes) if how.is_nullish() => new_buffer(cx, bytes),
        FileAnswer::Bytes(bytes) => Ok(Value::Str(encode(cx, &bytes, how)?)),
        FileAnswer::Info(info) => Ok(stats(cx, &info)),
        FileAnswer::Names(list) => {
            let typed = ops::js_truthy(how);
            let entries = list.iter().map(|(name, is_dir)| if typed { entry(cx, name, *is_dir) } else { Value::str(name) });
            Ok(Value::Obj(Obj::array(cx, entries.collect())))
        }
    }
}

fn yes_no(cx: Cx, o: &Obj, name: &'static str, yes: bool) {
    let code: Code = if yes { |_, _| Ok(Value::Bool(true)) } else { |_, _| Ok(Value::Bool(false)) };
    o.put_hidden(cx, cx.key_of(name), ops::native(cx, name, 0, code));
}

fn entry(cx: Cx, name: &str, is_dir: bool) -> Value {
    let o = Obj::plain(cx);
    o.put(cx, &cx.key_of("name"), Value::str(name));
    yes_no(cx, &o, "isDirectory", is_dir);
    yes_no(cx, &o, "isFile", !is_dir);
    Value::Obj(o)
}

fn stats(cx: Cx, info: &FileInfo) -> Value {
    let o = Obj::plain(cx);
    let numbers = [
        ("size", info.size),
        ("mode", f64::from(info.mode)),
        ("mtimeMs", info.modified),
        ("ctimeMs", info.created),
        ("birthtimeMs", info.created),
        ("atimeMs", info.accessed),
    ];
    for (name, n) in numbers {
        o.put(cx, &cx.key_of(name), Value::Num(n));
    }
    let date = cx.intrinsic(puremix_value::Intrinsic::DatePrototype);
    for (name, ms) in [("mtime", info.modified), ("birthtime", info.created), ("atime", info.accessed)] {
        let kind = puremix_value::Kind::Date(std::cell::Cell::new(ms.trunc()));
        o.put(cx, &cx.key_of(name), Value::Obj(Obj::with(cx, Some(date.clone()), kind)));
    }
    yes_no(cx, &o, "isFile", info.is_file);
    yes_no(cx, &o, "isDirectory", info.is_directory);
    yes_no(cx, &o, "isSymbolicLink", info.is_symlink);
    Value::Obj(o)
}

fn sync(cx: Cx, a: &Args<'_>, plan: Plan) -> R {
    let (op, how) = plan(cx, a)?;
    let (call, paths) = names(&op);
    match host(cx)?.file(op) {
        Ok(answer) => show(cx, answer, &how),
        Err(e) => {
            let e = error(cx, &e, call, &paths);
            Err(cx.throw(e))
        }
    }
}

fn on_thread(cx: Cx, a: &Args<'_>, plan: Plan) -> R {
    let (op, how) = match plan(cx, a) {
        Ok(planned) => planned,
        Err(_) => return Ok(Value::Obj(promise::rejected(cx, cx.take_exception()))),
    };
    let (call, paths) = names(&op);
    let host = host(cx)?;
    let work = host.file_work(op);
    let finish = move |cx: Cx, outcome| match outcome {
        Ok(answer) => show(cx, answer, &how),
        Err(e) => {
            let e = error(cx, &e, call, &paths);
            Err(cx.throw(e))
        }
    };
    Ok(host.spawn_file(cx, work, Box::new(finish)))
}

const SYNC: Functions = &[
    ("accessSync", 2, |cx, a| sync(cx, a, ACCESS)),
    ("appendFileSync", 3, |cx, a| sync(cx, a, APPEND)),
    ("copyFileSync", 3, |cx, a| sync(cx, a, COPY)),
    ("mkdirSync", 2, |cx, a| sync(cx, a, MKDIR)),
    ("readFileSync", 2, |cx, a| sync(cx, a, READ)),
    ("readdirSync", 2, |cx, a| sync(cx, a, READDIR)),
    ("renameSync", 2, |cx, a| sync(cx, a, RENAME)),
    ("rmSync", 2, |cx, a| sync(cx, a, RM)),
    ("statSync", 2, |cx, a| sync(cx, a, STAT)),
    ("unlinkSync", 1, |cx, a| sync(cx, a, UNLINK)),
    ("writeFileSync", 3, |cx, a| sync(cx, a, WRITE)),
    ("existsSync", 1, |cx, a| match a.get(0) {
        Value::Str(p) => Ok(Value::Bool(host(cx)?.file(FileOp::Exists(p.as_utf8().into_owned())).is_ok())),
        _ => Ok(Value::Bool(false)),
    }),
];

const PROMISES: Functions = &[
    ("access", 2, |cx, a| on_thread(cx, a, ACCESS)),
    ("appendFile", 3, |cx, a| on_thread(cx, a, APPEND)),
    ("copyFile", 3, |cx, a| on_thread(cx, a, COPY)),
    ("mkdir", 2, |cx, a| on_thread(cx, a, MKDIR)),
    ("readFile", 2, |cx, a| on_thread(cx, a, READ)),
    ("readdir", 2, |cx, a| on_thread(cx, a, READDIR)),
    ("rename", 2, |cx, a| on_thread(cx, a, RENAME)),
    ("rm", 2, |cx, a| on_thread(cx, a, RM)),
    ("stat", 2, |cx, a| on_thread(cx, a, STAT)),
    ("unlink", 1, |cx, a| on_thread(cx, a, UNLINK)),
    ("writeFile", 3, |cx, a| on_thread(cx, a, WRITE)),
];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, SYNC);
    let promises = crate::load(cx, "fs/promises")?;
    o.put(cx, &cx.key_of("promises"), promises);
    Ok(Value::Obj(o))
}

pub(crate) fn promises_module(cx: Cx) -> R {
    Ok(Value::Obj(object(cx, PROMISES)))
}
