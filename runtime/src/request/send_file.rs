//! `response.sendFile`, `download` and `attachment`.

use super::response::{open_exchange, record_header, record_headers};
use super::{Exchange, disposition, express};
use crate::http::content_type;
use crate::http::message::Body;
use crate::http::sent_file::{Asked, SentFile};
use crate::lang;
use puremix_value::{Args, Cx, R, Value};
use std::path::{Component, Path, PathBuf};

/// `res.sendFile(path[, options][, callback])`.
pub(super) fn send_file(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    if !lang::truthy(a.get(0)) {
        return Err(lang::throw_type(cx, "path argument is required to res.sendFile"));
    }
    let Value::Str(path) = a.get(0) else { return Err(lang::throw_type(cx, "path must be a string to res.sendFile")) };
    let options = a.get(1);
    let has_root = matches!(lang::get(cx, options, "root")?, Value::Str(_));
    if !has_root && !Path::new(path.as_str()).is_absolute() {
        return Err(lang::throw_type(cx, "path must be absolute or specify root to res.sendFile"));
    }
    send(cx, a, exchange, path.as_str(), options)
}

/// `res.download(path[, name][, options][, callback])`: a file as an attachment.
pub(super) fn download(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let path = lang::to_string(cx, a.get(0))?;
    let mut rest = a.args.iter().skip(1).filter(|v| !v.is_callable());
    let name = rest.clone().find(|v| matches!(v, Value::Str(_)));
    let nothing = Value::Undefined;
    let options = rest.find(|v| v.is_object()).unwrap_or(&nothing);
    let name = match name {
        Some(name) => lang::to_string(cx, name)?,
        None => path.clone(),
    };
    exchange.response.set_header("content-disposition", disposition::attachment(name.as_str()));
    let has_root = matches!(lang::get(cx, options, "root")?, Value::Str(_));
    let relative = Path::new(path.as_str());
    let full = if has_root || relative.is_absolute() { relative.to_path_buf() } else { std::env::current_dir().unwrap_or_default().join(relative) };
    send(cx, a, exchange, &full.to_string_lossy(), options)
}

/// `res.attachment([name])`: what is sent is to be saved.
pub(super) fn attachment(cx: Cx, a: &Args<'_>) -> R {
    let exchange = open_exchange(cx, a)?;
    let value = match a.get(0) {
        Value::Undefined | Value::Null => "attachment".to_owned(),
        name => {
            let name = lang::to_string(cx, name)?;
            record_header(cx, exchange, "content-type", &Value::from(content_type::of(name.as_str()).to_owned()))?;
            disposition::attachment(name.as_str())
        }
    };
    exchange.response.set_header("content-disposition", value);
    Ok(a.this.clone())
}

/// Ends the response with a file, by the options of Express' `sendFile`. The callback, if any, gets the error of a file that cannot be sent, and then the
/// response is still open; without one the answer is 404 or 403.
fn send(cx: Cx, a: &Args<'_>, exchange: &Exchange, path: &str, options: &Value) -> R {
    let callback = a.args.iter().rfind(|v| v.is_callable());
    let failed = match find(cx, path, options)? {
        Ok(full) => {
            record_options(cx, exchange, options)?;
            let is_on = |name: &str| Ok(!matches!(lang::get(cx, options, name)?, Value::Bool(false)));
            let file = SentFile { path: full, etag: is_on("etag")?, last_modified: is_on("lastModified")?, accept_ranges: is_on("acceptRanges")?, asked: Asked::of(&exchange.parts) };
            exchange.response.end(Body::File(Box::new(file)));
            None
        }
        Err((message, code, status)) => Some(express::file_error(cx, &message, code, status)),
    };
    match (callback, failed) {
        (Some(callback), failed) => {
            lang::call(cx, callback, &Value::Undefined, failed.as_slice())?;
        }
        (None, Some(error)) => {
            exchange.response.remove_header("content-disposition");
            return Err(cx.throw(error));
        }
        (None, None) => {}
    }
    Ok(a.this.clone())
}

/// Why a file is not sent: the message, Node's code or the error's name, and the status.
type Refused = (String, &'static str, u16);

/// The file that a path and `root` and `dotfiles` of the options name.
fn find(cx: Cx, path: &str, options: &Value) -> R<Result<PathBuf, Refused>> {
    let asked = Path::new(path);
    let root = lang::get(cx, options, "root")?;
    if path.contains('\0') {
        return Ok(Err(("Bad Request".into(), "BadRequestError", 400)));
    }
    if asked.components().any(|c| matches!(c, Component::ParentDir)) && matches!(root, Value::Str(_)) {
        return Ok(Err(("Forbidden".into(), "ForbiddenError", 403)));
    }
    let (full, below) = match &root {
        Value::Str(root) => {
            let below = asked.strip_prefix("/").unwrap_or(asked);
            (Path::new(root.as_str()).join(below), below.to_path_buf())
        }
        _ => (asked.to_path_buf(), asked.to_path_buf()),
    };
    let has_dot = below.components().any(|c| matches!(c, Component::Normal(name) if name.to_string_lossy().starts_with('.')));
    let dotfiles = lang::get(cx, options, "dotfiles")?;
    if has_dot {
        match &dotfiles {
            Value::Str(s) if s.as_str() == "allow" => {}
            Value::Str(s) if s.as_str() == "deny" => return Ok(Err(("Forbidden".into(), "ForbiddenError", 403))),
            _ => return Ok(Err(("Not Found".into(), "NotFoundError", 404))),
        }
    }
    Ok(match std::fs::metadata(&full) {
        Ok(meta) if meta.is_file() => Ok(full),
        Ok(_) => Err(("EISDIR, read".into(), "EISDIR", 404)),
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => Err(("Forbidden".into(), "EACCES", 403)),
        Err(_) => Err(("Not Found".into(), "ENOENT", 404)),
    })
}

/// `headers`, `maxAge`, `immutable` and `cacheControl` of the options.
fn record_options(cx: Cx, exchange: &Exchange, options: &Value) -> R<()> {
    if let Value::Obj(headers) = lang::get(cx, options, "headers")? {
        record_headers(cx, exchange, &headers)?;
    }
    let age = match lang::get(cx, options, "maxAge")? {
        Value::Num(ms) if ms.is_finite() => Some(ms),
        Value::Str(text) => match crate::config::effective::milliseconds(text.as_str()) {
            Some(ms) => Some(ms),
            None => return Err(lang::throw_type(cx, "option maxAge is invalid")),
        },
        _ => None,
    };
    let is_off = matches!(lang::get(cx, options, "cacheControl")?, Value::Bool(false));
    if !is_off && !exchange.response.has_header("cache-control") {
        let ms = age.unwrap_or(0.0);
        let seconds = (ms / 1000.0).clamp(0.0, 31_536_000.0).floor();
        let immutable = if lang::truthy(&lang::get(cx, options, "immutable")?) { ", immutable" } else { "" };
        exchange.response.set_header("cache-control", format!("public, max-age={seconds}{immutable}"));
    }
    Ok(())
}
