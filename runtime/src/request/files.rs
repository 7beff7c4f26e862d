//! Uploaded files as server code sees them, in the spellings of formidable (what the original passes on), multer and express-fileupload (what the guide shows).

use super::{Exchange, host};
use crate::upload::{Content, File};
use crate::lang;
use puremix_value::{Args, Attr, Cx, ErrorKind, FnDef, HostObject, Key, Obj, R, Thrown, Tracer, Value};
use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};

const NAMES: [&str; 18] = [
    "name", "originalFilename", "originalname", "newFilename", "filename", "mimetype", "type", "size", "data", "buffer", "filepath", "path", "fieldname",
    "encoding", "lastModifiedDate", "truncated", "tempFilePath", "detectedMimetype",
];

/// One file. The bytes stay where the upload put them until they are asked for.
struct FileHost {
    file: File,
    /// The Buffer, once made.
    data: RefCell<Option<Value>>,
    /// With the bytes on disk, once `filepath` was asked for.
    stored: RefCell<Option<Content>>,
}

impl HostObject for FileHost {
    fn class_name(&self) -> &'static str {
        "File"
    }

    fn trace(&self, t: &mut Tracer<'_>) {
        if let Some(data) = &*self.data.borrow() {
            t.value(data);
        }
    }

    fn clear(&self) {
        let data = self.data.take();
        drop(data);
    }

    fn get(&self, cx: Cx, _this: &Obj, key: &Key) -> R<Option<Value>> {
        Ok(Some(match cx.key_str(key).as_str() {
            "name" | "originalFilename" | "originalname" => self.file.name.as_str().into(),
            "newFilename" | "filename" => self.file.unique_name.as_str().into(),
            "mimetype" | "type" => self.file.mimetype.as_str().into(),
            "size" => (self.file.size as f64).into(),
            "data" | "buffer" => {
                let known = self.data.borrow().clone();
                match known {
                    Some(data) => data,
                    None => {
                        let data = host(cx).services.buffer(cx, self.read(cx)?)?;
                        let before = self.data.replace(Some(data.clone()));
                        drop(before);
                        data
                    }
                }
            }
            "filepath" | "path" | "tempFilePath" => self.path(cx)?.to_string_lossy().into_owned().into(),
            "fieldname" => self.file.field.as_str().into(),
            "encoding" => "7bit".into(),
            "truncated" => false.into(),
            "lastModifiedDate" => Value::Null,
            "detectedMimetype" => self.file.detected.map_or(Value::Null, Value::from),
            _ => return Ok(None),
        }))
    }

    fn own_keys(&self, cx: Cx, _this: &Obj) -> R<Vec<(Key, Attr)>> {
        // Bytes and paths are made only when they are asked for by name.
        let shown = NAMES.iter().filter(|n| !matches!(**n, "data" | "buffer" | "filepath" | "path" | "tempFilePath"));
        Ok(shown.map(|n| (cx.key_of(n), Attr::ALL)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl FileHost {
    /// Where the bytes are on disk; small files are written there first.
    fn path(&self, cx: Cx) -> R<PathBuf> {
        let known = self.stored.borrow().as_ref().and_then(Content::path);
        if let Some(path) = known {
            return Ok(path);
        }
        let stored = self.file.content.to_disk(&self.file.unique_name).map_err(|e| self.failed(cx, &e))?;
        let path = stored.path().unwrap_or_default();
        *self.stored.borrow_mut() = Some(stored);
        Ok(path)
    }

    fn read(&self, cx: Cx) -> R<Vec<u8>> {
        self.file.content.read().map_err(|e| self.failed(cx, &e))
    }

    fn failed(&self, cx: Cx, e: &io::Error) -> Thrown {
        cx.throw_error(ErrorKind::Error, &format!("{}: {e}", self.file.name))
    }
}

/// `request.files`: by field, a file, or an array of them when there are several.
pub(super) fn files_object(cx: Cx, exchange: &Exchange) -> R {
    let form = exchange.form();
    let object = Obj::plain(cx);
    let mut fields: Vec<(&str, Vec<Value>)> = Vec::new();
    for file in &form.files {
        let value = file_object(cx, file);
        match fields.iter_mut().find(|(n, _)| *n == file.field) {
            Some((_, files)) => files.push(value),
            None => fields.push((&file.field, vec![value])),
        }
    }
    for (field, mut files) in fields {
        let value = if files.len() == 1 { files.remove(0) } else { Obj::array(cx, files).into() };
        lang::put(cx, &object, field, value);
    }
    Ok(object.into())
}

/// `request.file`: the first file of the form.
pub(super) fn first_file(cx: Cx, files: &Value) -> R {
    let Some(first) = files.as_obj().and_then(|o| lang::keys(cx, o).into_iter().next()) else { return Ok(Value::Undefined) };
    let value = lang::get_key(cx, files, &first)?;
    Ok(match value.as_obj().and_then(|o| o.dense()) {
        Some(items) => items.get(0).unwrap_or_default(),
        None => value,
    })
}

fn file_object(cx: Cx, file: &File) -> Value {
    let prototype = host(cx).file_prototype.get_or_init(|| {
        static METHODS: [FnDef; 2] = [FnDef::native("mv", 2, mv), FnDef::native("text", 0, text)];
        let prototype = Obj::plain(cx);
        for def in &METHODS {
            prototype.put_hidden(cx, cx.key_of(def.name), lang::function(cx, def, Vec::new()));
        }
        prototype
    });
    let data = FileHost { file: file.clone(), data: RefCell::default(), stored: RefCell::default() };
    Obj::host(cx, Some(prototype.clone()), data).into()
}

fn data<'a>(cx: Cx, a: &Args<'a>) -> R<&'a FileHost> {
    a.this.as_obj().and_then(|o| o.host_data::<FileHost>()).ok_or_else(|| lang::throw_type(cx, "A method of a file was called on another object"))
}

/// `file.mv(path[, callback])`: puts the file there, off this thread. Gives back a promise, or calls back.
fn mv(cx: Cx, a: &Args<'_>) -> R {
    let data = data(cx, a)?;
    let path = lang::to_string(cx, a.get(0))?.to_string();
    let content = data.stored.borrow().clone().unwrap_or_else(|| data.file.content.clone());
    let work = async move {
        let to = path.clone();
        let moved = tokio::task::spawn_blocking(move || content.move_to(Path::new(&to))).await;
        moved.unwrap_or_else(|_| Err(io::Error::other("the server is stopping"))).map_err(|e| format!("{path}: {e}"))
    };
    let callback = Some(a.get(1).clone()).filter(Value::is_callable);
    let promise = puremix_node::spawn(cx, work, move |cx, moved: Result<(), String>| {
        let failed = moved.err().map(|why| {
            cx.throw_error(ErrorKind::Error, &why);
            cx.take_exception()
        });
        match (callback, failed) {
            (Some(callback), failed) => lang::call(cx, &callback, &Value::Undefined, &[failed.into()]),
            (None, Some(error)) => Err(cx.throw(error)),
            (None, None) => Ok(Value::Undefined),
        }
    })?;
    Ok(if a.get(1).is_callable() { Value::Undefined } else { promise })
}

fn text(cx: Cx, a: &Args<'_>) -> R {
    let bytes = data(cx, a)?.read(cx)?;
    Ok(lang::promise(cx, Ok(String::from_utf8_lossy(&bytes).into_owned().into())))
}
