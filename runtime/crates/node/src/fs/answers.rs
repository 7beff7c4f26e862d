//! `Stats` and `Dirent`.

use crate::host::{FileInfo, FileKind};
use crate::support::{ClassDef, class as make_class, put_all};
use puremix_value::{Args, Cx, ErrorKind, Intrinsic, Kind, Obj, Own, R, Value};
use std::cell::Cell;

/// The bits of a mode that say what a file is.
const TYPE_MASK: u32 = 0o170_000;

/// `Stats` and `Dirent`.
pub(super) fn classes(cx: Cx) -> (Obj, Obj) {
    (stats_class(cx).0, dirent_class(cx).0)
}

fn is_type(cx: Cx, a: &Args<'_>, wanted: u32) -> R {
    let mode = crate::support::member(cx, a.this, "mode")?.as_num().unwrap_or(0.0) as u32;
    Ok(Value::Bool(mode & TYPE_MASK == wanted))
}

fn stats_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("isFile", 0, |cx, a| is_type(cx, a, 0o100_000)),
            ("isDirectory", 0, |cx, a| is_type(cx, a, 0o040_000)),
            ("isSymbolicLink", 0, |cx, a| is_type(cx, a, 0o120_000)),
            ("isFIFO", 0, |cx, a| is_type(cx, a, 0o010_000)),
            ("isSocket", 0, |cx, a| is_type(cx, a, 0o140_000)),
            ("isBlockDevice", 0, |cx, a| is_type(cx, a, 0o060_000)),
            ("isCharacterDevice", 0, |cx, a| is_type(cx, a, 0o020_000)),
        ],
        ..ClassDef::new("Stats", 14, |cx, _| Err(cx.throw_error(ErrorKind::Type, "Illegal constructor")))
    };
    make_class(cx, &DEF, None)
}

pub(super) fn stats(cx: Cx, info: &FileInfo) -> Value {
    let (_, proto) = stats_class(cx);
    let o = Obj::with(cx, Some(proto), Kind::Plain);
    let numbers = [
        ("dev", info.device),
        ("mode", f64::from(info.mode)),
        ("nlink", info.links),
        ("uid", f64::from(info.user)),
        ("gid", f64::from(info.group)),
        ("rdev", info.special_device),
        ("blksize", info.block_size),
        ("ino", info.inode),
        ("size", info.size),
        ("blocks", info.blocks),
        ("atimeMs", info.accessed),
        ("mtimeMs", info.modified),
        ("ctimeMs", info.changed),
        ("birthtimeMs", info.created),
    ];
    for (name, n) in numbers {
        o.put(cx, &cx.key_of(name), Value::Num(n));
    }
    let date = cx.intrinsic(Intrinsic::DatePrototype);
    for (name, ms) in [("atime", info.accessed), ("mtime", info.modified), ("ctime", info.changed), ("birthtime", info.created)] {
        // Node rounds to whole milliseconds.
        let kind = Kind::Date(Cell::new((ms + 0.5).floor()));
        o.put(cx, &cx.key_of(name), Value::Obj(Obj::with(cx, Some(date.clone()), kind)));
    }
    Value::Obj(o)
}

fn kind_of(cx: Cx, a: &Args<'_>, wanted: FileKind) -> R {
    let stored = a.this.as_obj().and_then(|o| o.get_own(cx, &type_key(cx)));
    let number = match stored {
        Some(Own::Data { value, .. }) => value.as_num(),
        _ => None,
    };
    Ok(Value::Bool(number == Some(f64::from(wanted as u8))))
}

/// Where an entry keeps its type; Node uses a symbol too.
fn type_key(cx: Cx) -> puremix_value::Key {
    crate::support::shared_symbol(cx, "type")
}

fn dirent_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("isFile", 0, |cx, a| kind_of(cx, a, FileKind::File)),
            ("isDirectory", 0, |cx, a| kind_of(cx, a, FileKind::Directory)),
            ("isSymbolicLink", 0, |cx, a| kind_of(cx, a, FileKind::Link)),
            ("isFIFO", 0, |cx, a| kind_of(cx, a, FileKind::Pipe)),
            ("isSocket", 0, |cx, a| kind_of(cx, a, FileKind::Socket)),
            ("isBlockDevice", 0, |cx, a| kind_of(cx, a, FileKind::Block)),
            ("isCharacterDevice", 0, |cx, a| kind_of(cx, a, FileKind::Character)),
        ],
        ..ClassDef::new("Dirent", 3, |cx, _| Err(cx.throw_error(ErrorKind::Type, "Illegal constructor")))
    };
    make_class(cx, &DEF, None)
}

/// Names, or entries with their types; `list` holds paths below `folder`.
pub(super) fn dirents(cx: Cx, folder: &str, list: &[(String, FileKind)], typed: bool) -> Value {
    if !typed {
        return crate::support::strings(cx, list.iter().map(|(name, _)| name));
    }
    let (_, proto) = dirent_class(cx);
    let make = |(path, kind): &(String, FileKind)| {
        let (parent, name) = match path.rsplit_once('/') {
            Some((inside, name)) => (format!("{}/{inside}", folder.trim_end_matches('/')), name),
            None => (folder.to_owned(), path.as_str()),
        };
        let o = Obj::with(cx, Some(proto.clone()), Kind::Plain);
        put_all(cx, &o, [("name", Value::str(name)), ("parentPath", Value::str(&parent)), ("path", Value::str(&parent))]);
        o.put(cx, &type_key(cx), Value::num(*kind as u8));
        Value::Obj(o)
    };
    Value::Obj(Obj::array(cx, list.iter().map(make).collect()))
}
