//! `Blob` and `File` (File API, §3 and §4): bytes with a type.

use crate::body::bytes_promise;
use crate::body::As;
use puremix_js::builtins::typed;
use puremix_js::ops;
use puremix_node::capability::{ClassDef, class as make_class, custom_inspection, must_construct, option, put_all, shared_symbol, tag, text_of};
use puremix_value::{Args, Class, Cx, ErrorKind, Kind, Obj, Payload, R, Value, WellKnownSymbol};
use std::rc::Rc;

pub struct Blob {
    pub bytes: Rc<Vec<u8>>,
    pub kind: String,
    /// Name and time of change, of a `File`.
    pub file: Option<(String, f64)>,
}

impl Payload for Blob {}

pub fn of(v: &Value) -> Option<&Blob> {
    v.as_obj()?.payload::<Blob>()
}

/// A `Blob` of these bytes.
pub fn object(cx: Cx, bytes: Rc<Vec<u8>>, kind: &str) -> Value {
    let (_, proto) = class(cx);
    Obj::native(cx, Some(proto), Class::Other, Blob { bytes, kind: kind.to_owned(), file: None }).into()
}

/// A `File` of these bytes.
pub fn file_object(cx: Cx, bytes: Rc<Vec<u8>>, kind: &str, name: &str, modified: f64) -> Value {
    let (_, proto) = file_class(cx);
    Obj::native(cx, Some(proto), Class::Other, Blob { bytes, kind: kind.to_owned(), file: Some((name.to_owned(), modified)) }).into()
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Blob> {
    of(a.this).ok_or_else(|| cx.throw_error(ErrorKind::Type, "Illegal invocation"))
}

pub fn class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        methods: &[
            ("arrayBuffer", 0, |cx, a| bytes_promise(cx, this(cx, a)?.bytes.clone(), As::ArrayBuffer, "")),
            ("bytes", 0, |cx, a| bytes_promise(cx, this(cx, a)?.bytes.clone(), As::Bytes, "")),
            ("text", 0, |cx, a| bytes_promise(cx, this(cx, a)?.bytes.clone(), As::Text, "")),
            ("slice", 2, slice),
            ("stream", 0, |cx, a| Ok(crate::stream::of_bytes(cx, this(cx, a)?.bytes.clone()))),
        ],
        getters: &[
            ("size", |cx, a| Ok(Value::Num(this(cx, a)?.bytes.len() as f64))),
            ("type", |cx, a| Ok(Value::str(&this(cx, a)?.kind))),
        ],
        ..ClassDef::new("Blob", 0, |cx, a| {
            let proto = must_construct(cx, a)?;
            let bytes = parts(cx, a.get(0))?;
            let kind = kind_of(cx, a.get(1))?;
            Ok(Obj::native(cx, Some(proto), Class::Other, Blob { bytes: Rc::new(bytes), kind, file: None }).into())
        })
    };
    let made = make_class(cx, &DEF, None);
    dress(cx, &made.1, "Blob");
    made
}

pub fn file_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef {
        getters: &[
            ("name", |cx, a| Ok(this(cx, a)?.file.as_ref().map_or(Value::Undefined, |(name, _)| Value::str(name)))),
            ("lastModified", |cx, a| Ok(this(cx, a)?.file.as_ref().map_or(Value::Undefined, |(_, at)| Value::Num(*at)))),
        ],
        ..ClassDef::new("File", 2, |cx, a| {
            let proto = must_construct(cx, a)?;
            if a.len() < 2 {
                return Err(cx.throw_error(ErrorKind::Type, "The \"fileBits\" and \"fileName\" arguments must be specified"));
            }
            let bytes = parts(cx, a.get(0))?;
            let name = text_of(cx, a.get(1))?;
            let kind = kind_of(cx, a.get(2))?;
            let modified = match option(cx, a.get(2), "lastModified")? {
                Value::Undefined => now(),
                v => ops::js_to_number(cx, &v)?.trunc(),
            };
            Ok(Obj::native(cx, Some(proto), Class::Other, Blob { bytes: Rc::new(bytes), kind, file: Some((name, modified)) }).into())
        })
    };
    let made = make_class(cx, &DEF, Some(&class(cx)));
    dress(cx, &made.1, "File");
    made
}

/// Milliseconds since 1970.
pub fn now() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |d| d.as_millis() as f64)
}

fn dress(cx: Cx, proto: &Obj, name: &str) {
    tag(cx, proto, name);
    custom_inspection(cx, proto, |cx, a| {
        let blob = this(cx, a)?;
        let shown = Obj::with(cx, a.this.as_obj().and_then(Obj::proto), Kind::Plain);
        shown.put_hidden(cx, shared_symbol(cx, "nodejs.util.inspect.custom"), Value::Undefined);
        put_all(cx, &shown, [("size", Value::Num(blob.bytes.len() as f64)), ("type", Value::str(&blob.kind))]);
        if let Some((name, modified)) = &blob.file {
            put_all(cx, &shown, [("name", Value::str(name)), ("lastModified", Value::Num(*modified))]);
        }
        Ok(shown.into())
    });
}

fn kind_of(cx: Cx, options: &Value) -> R<String> {
    match option(cx, options, "type")? {
        Value::Undefined => Ok(String::new()),
        v => {
            let kind = text_of(cx, &v)?;
            // What is no printable ASCII is no type.
            Ok(if kind.bytes().all(|b| (0x20..0x7f).contains(&b)) { kind.to_ascii_lowercase() } else { String::new() })
        }
    }
}

fn parts(cx: Cx, list: &Value) -> R<Vec<u8>> {
    if list.is_undefined() {
        return Ok(vec![]);
    }
    if !list.is_object() || ops::get_method(cx, list, &cx.symbol(WellKnownSymbol::Iterator).into())?.is_none() {
        return Err(cx.throw_error(ErrorKind::Type, "The \"sources\" argument must be a sequence"));
    }
    let mut bytes = Vec::new();
    for part in ops::iter_to_vec(cx, list)? {
        if let Some(blob) = of(&part) {
            bytes.extend_from_slice(&blob.bytes);
        } else if part.as_obj().and_then(|o| typed::with_bytes(o, |b| bytes.extend_from_slice(b))).is_none() {
            bytes.extend(text_of(cx, &part)?.into_bytes());
        }
    }
    Ok(bytes)
}

fn slice(cx: Cx, a: &Args<'_>) -> R {
    let blob = this(cx, a)?;
    let len = blob.bytes.len() as f64;
    let place = |v: &Value, default: f64| -> R<f64> {
        if v.is_undefined() {
            return Ok(default);
        }
        let n = ops::value_to_integer(cx, v)?;
        Ok(if n < 0.0 { (len + n).max(0.0) } else { n.min(len) })
    };
    let start = place(a.get(0), 0.0)?;
    let end = place(a.get(1), len)?.max(start);
    let kind = if a.get(2).is_undefined() { String::new() } else { text_of(cx, a.get(2))? };
    Ok(object(cx, Rc::new(blob.bytes[start as usize..end as usize].to_vec()), &kind))
}
