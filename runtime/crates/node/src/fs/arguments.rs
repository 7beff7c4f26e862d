//! From a call's arguments to a file operation, and what its answer and its error become.

use super::answers::{dirents, stats};
use crate::buffer::{Encoding, data, new_buffer};
use crate::errors::received;
use crate::host::{FileAnswer, FileError, FileOp};
use crate::support::{argument_type, coded, flag, integer_argument, invalid_value, option, put_all};
use crate::web::url;
use puremix_js::builtins::error::make_error;
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, Kind, Obj, R, Value, well_known};

/// Makes a value of an answer.
pub(super) type Show = Box<dyn FnOnce(Cx, FileAnswer) -> R>;

/// A call that is ready to be carried out.
pub(super) struct Planned {
    pub op: FileOp,
    pub show: Show,
    pub error: ErrorNames,
}

/// What an error says about the call.
pub(super) struct ErrorNames {
    call: &'static str,
    path: String,
    dest: Option<String>,
    /// A missing file is no error.
    pub quiet: bool,
    /// The file was named by its number.
    is_open: bool,
}

/// Reads the arguments.
pub(super) type Plan = fn(Cx, &[Value]) -> R<Planned>;

/// Name, number of arguments without a callback, plan.
pub(super) const PLANS: &[(&str, usize, Plan)] = &[
    ("access", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let mode = if at(a, 1).is_undefined() { 0.0 } else { integer_argument(cx, at(a, 1), "mode", 0.0, 7.0)? };
        Ok(plain("access", p.clone(), FileOp::Access(p, mode as u32)))
    }),
    ("appendFile", 3, |cx, a| write(cx, a, Some("a"))),
    ("chmod", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let mode = match at(a, 1) {
            Value::Str(s) => u32::from_str_radix(&s.as_utf8(), 8).unwrap_or(0),
            v => integer_argument(cx, v, "mode", 0.0, 4_294_967_295.0)? as u32,
        };
        Ok(plain("chmod", p.clone(), FileOp::ChangeMode(p, mode)))
    }),
    ("copyFile", 3, |cx, a| {
        let (from, to) = (path(cx, at(a, 0), "src")?, path(cx, at(a, 1), "dest")?);
        let exclusive = at(a, 2).as_num().is_some_and(|n| n as u32 & 1 == 1);
        Ok(pair("copyfile", from.clone(), to.clone(), FileOp::Copy { from, to, exclusive }))
    }),
    ("close", 1, |cx, a| {
        let fd = descriptor(cx, a)?;
        Ok(of_open("close", FileOp::Close(fd)))
    }),
    ("fstat", 2, |cx, a| {
        let fd = descriptor(cx, a)?;
        let mut planned = of_open("fstat", FileOp::StatOpen(fd));
        planned.show = Box::new(|cx, answer| match answer {
            FileAnswer::Info(info) => Ok(stats(cx, &info)),
            _ => Ok(Value::Undefined),
        });
        Ok(planned)
    }),
    ("fsync", 1, |cx, a| Ok(of_open("fsync", FileOp::SyncOpen(descriptor(cx, a)?)))),
    ("open", 3, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let flags = open_flags(cx, at(a, 1))?;
        let mode = match at(a, 2) {
            Value::Str(s) => u32::from_str_radix(&s.as_utf8(), 8).unwrap_or(0o666),
            Value::Undefined | Value::Null => 0o666,
            v => integer_argument(cx, v, "mode", 0.0, 4_294_967_295.0)? as u32,
        };
        let mut planned = plain("open", p.clone(), FileOp::Open { path: p, flags, mode });
        planned.show = Box::new(|_, answer| Ok(count(answer)));
        Ok(planned)
    }),
    // For streams: `(fd, length, position)` to bytes, `(fd, bytes, position)` to a number.
    (READ_OPEN, 3, |cx, a| {
        let fd = descriptor(cx, a)?;
        let length = at(a, 1).as_num().unwrap_or(0.0).max(0.0) as usize;
        let mut planned = of_open("read", FileOp::ReadOpen { fd, length, position: position(at(a, 2)) });
        planned.show = Box::new(|cx, answer| match answer {
            FileAnswer::Bytes(bytes) => new_buffer(cx, bytes),
            _ => Ok(Value::Undefined),
        });
        Ok(planned)
    }),
    (WRITE_OPEN, 3, |cx, a| {
        let fd = descriptor(cx, a)?;
        let bytes = crate::buffer::bytes_of(at(a, 1)).unwrap_or_default();
        let mut planned = of_open("write", FileOp::WriteOpen { fd, bytes, position: position(at(a, 2)) });
        planned.show = Box::new(|_, answer| Ok(count(answer)));
        Ok(planned)
    }),
    ("cp", 3, |cx, a| {
        let (from, to) = (path(cx, at(a, 0), "src")?, path(cx, at(a, 1), "dest")?);
        let recursive = flag(cx, at(a, 2), "recursive")?;
        Ok(pair("cp", from.clone(), to.clone(), FileOp::CopyTree { from, to, recursive }))
    }),
    ("lstat", 2, |cx, a| stat(cx, a, false)),
    ("mkdir", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let recursive = flag(cx, at(a, 1), "recursive")?;
        let mut planned = plain("mkdir", p.clone(), FileOp::MakeDir { path: p, recursive });
        planned.show = Box::new(|_, answer| Ok(text(answer)));
        Ok(planned)
    }),
    ("mkdtemp", 2, |cx, a| {
        let p = path(cx, at(a, 0), "prefix")?;
        let mut planned = plain("mkdtemp", format!("{p}XXXXXX"), FileOp::MakeTempDir(p));
        planned.show = Box::new(|_, answer| Ok(text(answer)));
        Ok(planned)
    }),
    ("readFile", 2, |cx, a| {
        let encoding = encoding(cx, at(a, 1))?;
        let p = path(cx, at(a, 0), "path")?;
        let mut planned = plain("open", p.clone(), FileOp::Read(p));
        planned.show = Box::new(move |cx, answer| match (answer, encoding) {
            (FileAnswer::Bytes(bytes), None) => new_buffer(cx, bytes),
            (FileAnswer::Bytes(bytes), Some(encoding)) => Ok(Value::Str(encoding.encode(&bytes))),
            _ => Ok(Value::Undefined),
        });
        Ok(planned)
    }),
    ("readdir", 2, |cx, a| {
        let typed = flag(cx, at(a, 1), "withFileTypes")?;
        let recursive = flag(cx, at(a, 1), "recursive")?;
        let p = path(cx, at(a, 0), "path")?;
        let mut planned = plain("scandir", p.clone(), FileOp::ReadDir { path: p.clone(), recursive });
        planned.show = Box::new(move |cx, answer| match answer {
            FileAnswer::Entries(list) => Ok(dirents(cx, &p, &list, typed)),
            _ => Ok(Value::Undefined),
        });
        Ok(planned)
    }),
    ("readlink", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let mut planned = plain("readlink", p.clone(), FileOp::ReadLink(p));
        planned.show = Box::new(|_, answer| Ok(text(answer)));
        Ok(planned)
    }),
    ("realpath", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let mut planned = plain("lstat", p.clone(), FileOp::RealPath(p));
        planned.show = Box::new(|_, answer| Ok(text(answer)));
        Ok(planned)
    }),
    ("rename", 2, |cx, a| {
        let (from, to) = (path(cx, at(a, 0), "oldPath")?, path(cx, at(a, 1), "newPath")?);
        Ok(pair("rename", from.clone(), to.clone(), FileOp::Rename(from, to)))
    }),
    ("rm", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let (recursive, force) = (flag(cx, at(a, 1), "recursive")?, flag(cx, at(a, 1), "force")?);
        Ok(plain("lstat", p.clone(), FileOp::Remove { path: p, recursive, force }))
    }),
    ("rmdir", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        if flag(cx, at(a, 1), "recursive")? {
            return Ok(plain("rmdir", p.clone(), FileOp::Remove { path: p, recursive: true, force: false }));
        }
        Ok(plain("rmdir", p.clone(), FileOp::RemoveDir(p)))
    }),
    ("stat", 2, |cx, a| stat(cx, a, true)),
    ("symlink", 3, |cx, a| {
        let (target, p) = (path(cx, at(a, 0), "target")?, path(cx, at(a, 1), "path")?);
        Ok(pair("symlink", target.clone(), p.clone(), FileOp::Symlink { target, path: p }))
    }),
    ("truncate", 2, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let len = if at(a, 1).is_undefined() { 0.0 } else { integer_argument(cx, at(a, 1), "len", -9_007_199_254_740_991.0, 9_007_199_254_740_991.0)? };
        Ok(plain("open", p.clone(), FileOp::Truncate(p, len.max(0.0) as u64)))
    }),
    ("unlink", 1, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        Ok(plain("unlink", p.clone(), FileOp::Unlink(p)))
    }),
    ("utimes", 3, |cx, a| {
        let p = path(cx, at(a, 0), "path")?;
        let (accessed, modified) = (seconds(cx, at(a, 1))?, seconds(cx, at(a, 2))?);
        Ok(plain("utime", p.clone(), FileOp::SetTimes { path: p, accessed, modified }))
    }),
    ("writeFile", 3, |cx, a| write(cx, a, None)),
];

pub(super) const CONSTANTS: &[(&str, u32)] = &[
    ("F_OK", 0), ("R_OK", 4), ("W_OK", 2), ("X_OK", 1), ("COPYFILE_EXCL", 1), ("COPYFILE_FICLONE", 2), ("COPYFILE_FICLONE_FORCE", 4),
    ("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2), ("O_CREAT", 64), ("O_EXCL", 128), ("O_TRUNC", 512), ("O_APPEND", 1024), ("S_IFMT", 61440),
    ("S_IFREG", 32768), ("S_IFDIR", 16384), ("S_IFLNK", 40960), ("S_IRUSR", 256), ("S_IWUSR", 128), ("S_IXUSR", 64), ("S_IRGRP", 32),
    ("S_IWGRP", 16), ("S_IXGRP", 8), ("S_IROTH", 4), ("S_IWOTH", 2), ("S_IXOTH", 1),
];

/// What the module of streams uses, and programs do not see.
pub(super) const READ_OPEN: &str = "puremix:read";
pub(super) const WRITE_OPEN: &str = "puremix:write";

/// An open file's number.
fn descriptor(cx: Cx, a: &[Value]) -> R<i32> {
    Ok(integer_argument(cx, at(a, 0), "fd", 0.0, 2_147_483_647.0)? as i32)
}

fn position(v: &Value) -> Option<u64> {
    v.as_num().filter(|n| *n >= 0.0).map(|n| n as u64)
}

fn count(answer: FileAnswer) -> Value {
    match answer {
        FileAnswer::Number(n) => Value::Num(n),
        _ => Value::Undefined,
    }
}

/// `r`, `w+`, `ax` …, or `open(2)`'s own bits.
fn open_flags(cx: Cx, v: &Value) -> R<u32> {
    const READ_WRITE: u32 = 2;
    const CREATE: u32 = 64;
    const EXCLUSIVE: u32 = 128;
    const TRUNCATE: u32 = 512;
    const APPEND: u32 = 1024;
    const SYNCHRONOUS: u32 = 0o4_010_000;
    let text = match v {
        Value::Undefined | Value::Null => return Ok(0),
        Value::Num(_) => return Ok(integer_argument(cx, v, "flags", 0.0, 2_147_483_647.0)? as u32),
        Value::Str(s) => s.as_utf8().into_owned(),
        _ => String::new(),
    };
    let (letter, rest) = text.split_at(text.len().min(1));
    let base = match letter {
        "r" => 0,
        "w" => 1 | CREATE | TRUNCATE,
        "a" => 1 | CREATE | APPEND,
        _ => return Err(invalid_value(cx, "flags", v, "is invalid")),
    };
    let mut sorted: Vec<char> = rest.chars().collect();
    sorted.sort_unstable();
    let extra = match (letter, sorted.iter().collect::<String>().as_str()) {
        (_, "") => 0,
        (_, "+") => READ_WRITE,
        ("r" | "a", "s") => SYNCHRONOUS,
        ("r" | "a", "+s") => READ_WRITE | SYNCHRONOUS,
        ("w" | "a", "x") => EXCLUSIVE,
        ("w" | "a", "+x") => READ_WRITE | EXCLUSIVE,
        _ => return Err(invalid_value(cx, "flags", v, "is invalid")),
    };
    Ok(if extra & READ_WRITE != 0 { base & !1 | extra } else { base | extra })
}

/// An operation on an open file, whose errors name no path.
fn of_open(call: &'static str, op: FileOp) -> Planned {
    let mut planned = plain(call, String::new(), op);
    planned.error.is_open = true;
    planned
}

fn at(a: &[Value], i: usize) -> &Value {
    a.get(i).unwrap_or(&Value::Undefined)
}

fn plain(call: &'static str, path: String, op: FileOp) -> Planned {
    Planned { op, show: Box::new(|_, _| Ok(Value::Undefined)), error: ErrorNames { call, path, dest: None, quiet: false, is_open: false } }
}

fn pair(call: &'static str, path: String, dest: String, op: FileOp) -> Planned {
    let mut planned = plain(call, path, op);
    planned.error.dest = Some(dest);
    planned
}

fn text(answer: FileAnswer) -> Value {
    match answer {
        FileAnswer::Text(text) => Value::from(text),
        _ => Value::Undefined,
    }
}

/// A path: text, bytes, or a `file:` URL.
pub(super) fn path(cx: Cx, v: &Value, name: &str) -> R<String> {
    let path = match v {
        Value::Str(s) => s.as_utf8().into_owned(),
        v => match (crate::buffer::bytes_of(v), url::href(v)) {
            (Some(bytes), _) => String::from_utf8_lossy(&bytes).into_owned(),
            (None, Some(_)) => crate::url_module::file_path(cx, v)?,
            (None, None) => return Err(argument_type(cx, name, "of type string or an instance of Buffer or URL", v)),
        },
    };
    if path.contains('\0') {
        return Err(invalid_value(cx, name, v, "must be a string, Uint8Array, or URL without null bytes"));
    }
    Ok(path)
}

/// The encoding that options name; `None` for bytes.
fn encoding(cx: Cx, options: &Value) -> R<Option<Encoding>> {
    let given = match options {
        Value::Str(_) => options.clone(),
        Value::Obj(_) => option(cx, options, "encoding")?,
        Value::Undefined | Value::Null => return Ok(None),
        v => return Err(argument_type(cx, "options", "of type string or an instance of Object", v)),
    };
    match &given {
        Value::Str(s) if s.as_utf8() == "buffer" => Ok(None),
        Value::Str(s) => match Encoding::of_name(&s.as_utf8()) {
            Some(encoding) => Ok(Some(encoding)),
            None => Err(invalid_value(cx, "encoding", &given, "is invalid encoding")),
        },
        _ => Ok(None),
    }
}

fn write(cx: Cx, a: &[Value], flags: Option<&str>) -> R<Planned> {
    let options = at(a, 2);
    let encoding = match encoding(cx, options)? {
        Some(encoding) => Value::str(encoding.name()),
        None => Value::Undefined,
    };
    let path = path(cx, at(a, 0), "path")?;
    let bytes = match at(a, 1) {
        v @ (Value::Str(_) | Value::Obj(_)) => data(cx, v, &encoding, "data")?,
        v => return Err(argument_type(cx, "data", "of type string or an instance of Buffer, TypedArray, or DataView", v)),
    };
    let given = option(cx, options, "flag")?;
    let flags = match &given {
        Value::Str(s) => s.as_utf8().into_owned(),
        _ => flags.unwrap_or("w").to_owned(),
    };
    let append = flags.starts_with('a');
    let exclusive = flags.contains('x');
    if !matches!(flags.trim_end_matches(['x', '+', 's']), "w" | "a" | "r") {
        return Err(invalid_value(cx, "flags", &given, "is invalid"));
    }
    let keep = flags.starts_with('r');
    let mode = option(cx, options, "mode")?.as_num().map(|n| n as u32);
    Ok(plain("open", path.clone(), FileOp::Write { path, bytes, append, exclusive, keep, mode }))
}

fn stat(cx: Cx, a: &[Value], follow: bool) -> R<Planned> {
    let p = path(cx, at(a, 0), "path")?;
    let quiet = matches!(option(cx, at(a, 1), "throwIfNoEntry")?, Value::Bool(false));
    let mut planned = plain(if follow { "stat" } else { "lstat" }, p.clone(), FileOp::Stat { path: p, follow });
    planned.show = Box::new(|cx, answer| match answer {
        FileAnswer::Info(info) => Ok(stats(cx, &info)),
        _ => Ok(Value::Undefined),
    });
    planned.error.quiet = quiet;
    Ok(planned)
}

/// A time in seconds since 1970: a number, its text, or a `Date`.
fn seconds(cx: Cx, v: &Value) -> R<f64> {
    match v {
        Value::Obj(o) => match o.kind() {
            Kind::Date(t) => Ok(t.get() / 1000.0),
            _ => Err(argument_type(cx, "time", "an instance of Date or of type number", v)),
        },
        v => match ops::js_to_number(cx, v)? {
            n if n.is_finite() => Ok(n),
            _ => {
                let shown = received(cx, v);
                Err(coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", &format!("The \"time\" argument must be an instance of Date or of type number. Received {shown}")))
            }
        },
    }
}

impl ErrorNames {
    /// Node's error for a failure.
    pub fn value(&self, cx: Cx, e: &FileError) -> Value {
        if e.code == "ERR_FS_EISDIR" {
            return self.is_directory(cx);
        }
        let call = e.call.unwrap_or(self.call);
        // Reading a directory fails after it was opened: then no path is known.
        let with_path = call != "read" && !self.is_open;
        let paths = match (&self.dest, with_path) {
            (_, false) => String::new(),
            (None, true) => format!(" '{}'", self.path),
            (Some(dest), true) => format!(" '{}' -> '{dest}'", self.path),
        };
        let error = make_error(cx, ErrorKind::Error, &format!("{}: {}, {call}{paths}", e.code, e.message));
        if let Value::Obj(o) = &error {
            put_all(cx, o, [("errno", Value::num(e.errno)), ("code", Value::str(e.code)), ("syscall", Value::str(call))]);
            if with_path {
                put_all(cx, o, [("path", Value::str(&self.path))]);
                if let Some(dest) = &self.dest {
                    put_all(cx, o, [("dest", Value::str(dest))]);
                }
            }
        }
        error
    }

    /// `rm` of a directory without `recursive`.
    fn is_directory(&self, cx: Cx) -> Value {
        let message = format!("Path is a directory: rm returned EISDIR (is a directory) {}", self.path);
        let error = make_error(cx, ErrorKind::Error, &message);
        if let Value::Obj(o) = &error {
            o.put_hidden(cx, well_known::NAME, "SystemError");
            o.put_hidden(cx, well_known::STACK, Value::from(format!("SystemError [ERR_FS_EISDIR]: {message}")));
            let info = Obj::plain(cx);
            let parts = || [("code", Value::str("EISDIR")), ("message", Value::str("is a directory")), ("path", Value::str(&self.path)), ("syscall", Value::str("rm")), ("errno", Value::num(21))];
            put_all(cx, &info, parts());
            put_all(cx, o, [
                ("code", Value::str("ERR_FS_EISDIR")),
                ("info", info.into()),
                ("errno", Value::num(21)),
                ("syscall", Value::str("rm")),
                ("path", Value::str(&self.path)),
            ]);
        }
        error
    }
}
