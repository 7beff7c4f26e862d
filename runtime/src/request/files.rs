//! Uploaded files as server code sees them, in the spellings of formidable (what the original passes on), multer and express-fileupload (what the guide shows).

use super::{BadRequest, Exchange, host};
use crate::body::File;
use crate::lang;
use puremix_value::{Args, Attr, Cx, ErrorKind, FnDef, HostObject, Key, Obj, R, Tracer, Value};
use std::any::Any;
use std::cell::RefCell;
use std::path::PathBuf;

const NAMES: [&str; 16] = [
    "name", "originalFilename", "originalname", "newFilename", "filename", "mimetype", "type", "size", "data", "buffer", "filepath", "path", "fieldname",
    "encoding", "lastModifiedDate", "truncated",
];

/// One file. The bytes stay in Rust until they are asked for.
struct FileHost {
    file: File,
    /// The Buffer, once made.
    data: RefCell<Option<Value>>,
    /// Where the bytes were written for `filepath`; removed with the object.
    stored: RefCell<Option<PathBuf>>,
    /// A name that is safe in a directory.
    safe_name: String,
}

impl Drop for FileHost {
    fn drop(&mut self) {
        if let Some(path) = self.stored.take() {
            // It may have been moved away, which is its purpose.
            let _ = std::fs::remove_file(path);
        }
    }
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
            "newFilename" | "filename" => self.safe_name.as_str().into(),
            "mimetype" | "type" => self.file.mimetype.as_str().into(),
            "size" => self.file.data.len().into(),
            "data" | "buffer" => {
                let known = self.data.borrow().clone();
                match known {
                    Some(data) => data,
                    None => {
                        let data = host(cx).services.buffer(cx, self.file.data.clone())?;
                        let before = self.data.replace(Some(data.clone()));
                        drop(before);
                        data
                    }
                }
            }
            "filepath" | "path" => self.store(cx)?.to_string_lossy().into_owned().into(),
            "fieldname" => self.file.field.as_str().into(),
            "encoding" => "7bit".into(),
            "truncated" => false.into(),
            "lastModifiedDate" => Value::Null,
            _ => return Ok(None),
        }))
    }

    fn own_keys(&self, cx: Cx, _this: &Obj) -> R<Vec<(Key, Attr)>> {
        // Bytes and paths are made only when they are asked for by name.
        let shown = NAMES.iter().filter(|n| !matches!(**n, "data" | "buffer" | "filepath" | "path"));
        Ok(shown.map(|n| (cx.key_of(n), Attr::ALL)).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl FileHost {
    /// Writes the bytes to a temporary file, once.
    fn store(&self, cx: Cx) -> R<PathBuf> {
        if let Some(path) = &*self.stored.borrow() {
            return Ok(path.clone());
        }
        let path = std::env::temp_dir().join(&self.safe_name);
        let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).and_then(|mut f| std::io::Write::write_all(&mut f, &self.file.data));
        match written {
            Ok(()) => {
                *self.stored.borrow_mut() = Some(path.clone());
                Ok(path)
            }
            Err(e) => Err(cx.throw_error(ErrorKind::Error, &format!("{}: {e}", path.display()))),
        }
    }
}

/// A name for storing: unguessable, with the extension of the original if that is a plain one.
fn safe_name(original: &str) -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = || RandomState::new().build_hasher().finish();
    let extension = original.rsplit_once('.').map(|(_, e)| e).filter(|e| (1..=10).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_alphanumeric()));
    let dot = extension.map(|e| format!(".{}", e.to_ascii_lowercase())).unwrap_or_default();
    format!("{:016x}{:016x}{dot}", random(), random())
}

/// `request.files`: by field, a file, or an array of them when there are several.
pub(super) fn files_object(cx: Cx, exchange: &Exchange) -> R {
    let form = match exchange.form() {
        Ok(form) => form,
        Err(BadRequest(why)) => return Err(lang::throw_type(cx, &why)),
    };
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
    let data = FileHost { safe_name: safe_name(&file.name), file: file.clone(), data: RefCell::default(), stored: RefCell::default() };
    Obj::host(cx, Some(prototype.clone()), data).into()
}

fn data<'a>(cx: Cx, a: &Args<'a>) -> R<&'a FileHost> {
    a.this.as_obj().and_then(|o| o.host_data::<FileHost>()).ok_or_else(|| lang::throw_type(cx, "A method of a file was called on another object"))
}

/// `file.mv(path[, callback])`: writes the file there. Gives back a promise, or calls back.
fn mv(cx: Cx, a: &Args<'_>) -> R {
    let data = data(cx, a)?;
    let path = lang::to_string(cx, a.get(0))?;
    let failed = std::fs::write(path.as_str(), &data.file.data).err().map(|e| {
        cx.throw_error(ErrorKind::Error, &format!("{}: {e}", path.as_str()));
        cx.take_exception()
    });
    if a.get(1).is_callable() {
        return lang::call(cx, a.get(1), &Value::Undefined, &[failed.into()]);
    }
    Ok(lang::promise(cx, failed.map_or(Ok(Value::Undefined), Err)))
}

fn text(cx: Cx, a: &Args<'_>) -> R {
    let text = String::from_utf8_lossy(&data(cx, a)?.file.data).into_owned();
    Ok(lang::promise(cx, Ok(text.into())))
}
