//! Warnings: `process.emitWarning` and the runtime's own.

use super::process;
use crate::support::{argument_type, member, option};
use puremix_js::builtins::error::make_error;
use puremix_js::promise;
use puremix_value::{Args, Cx, ErrorKind, Kind, R, Value, well_known};

/// Warns as the runtime.
pub(crate) fn warn(cx: Cx, name: &str, message: &str) {
    let warning = make_error(cx, ErrorKind::Error, message);
    if let Value::Obj(o) = &warning {
        o.put_hidden(cx, well_known::NAME, name);
    }
    publish(warning);
}

/// Warns of a deprecation; `code` is text or nothing.
pub(crate) fn warn_deprecated(cx: Cx, message: &str, code: &Value) {
    let warning = make_error(cx, ErrorKind::Error, message);
    if let Value::Obj(o) = &warning {
        o.put_hidden(cx, well_known::NAME, "DeprecationWarning");
        if code.as_str().is_some() {
            o.put(cx, &cx.key_of("code"), code.clone());
        }
    }
    publish(warning);
}

/// `process.emitWarning(warning, type | options, code)`.
pub(super) fn emit_warning(cx: Cx, a: &Args<'_>) -> R {
    let (mut kind, mut code, mut detail) = (a.get(1).clone(), a.get(2).clone(), Value::Undefined);
    if kind.is_object() && !kind.is_callable() {
        let options = kind.clone();
        (kind, code, detail) = (option(cx, &options, "type")?, option(cx, &options, "code")?, option(cx, &options, "detail")?);
    }
    if !kind.is_undefined() && !kind.is_callable() && kind.as_str().is_none() {
        return Err(argument_type(cx, "type", "of type string", &kind));
    }
    let warning = match a.get(0) {
        Value::Str(text) => {
            let made = make_error(cx, ErrorKind::Error, &text.as_utf8());
            if let Value::Obj(o) = &made {
                let name = kind.as_str().map_or_else(|| "Warning".to_owned(), |s| s.to_string());
                o.put_hidden(cx, well_known::NAME, name.as_str());
                if code.as_str().is_some() {
                    o.put(cx, &cx.key_of("code"), code);
                }
                if detail.as_str().is_some() {
                    o.put(cx, &cx.key_of("detail"), detail);
                }
            }
            made
        }
        given @ Value::Obj(o) if matches!(o.kind(), Kind::Error) => given.clone(),
        other => return Err(argument_type(cx, "warning", "of type string or an instance of Error", other)),
    };
    let name = member(cx, &warning, "name")?;
    if name.as_str().is_some_and(|n| n.as_utf8() == "DeprecationWarning") && is_set(cx, "noDeprecation") {
        return Ok(Value::Undefined);
    }
    if name.as_str().is_some_and(|n| n.as_utf8() == "DeprecationWarning") && is_set(cx, "throwDeprecation") {
        return Err(cx.throw(warning));
    }
    publish(warning);
    Ok(Value::Undefined)
}

fn is_set(cx: Cx, name: &str) -> bool {
    let Some(process) = process() else { return false };
    member(cx, &Value::Obj(process), name).is_ok_and(|v| puremix_js::ops::js_truthy(&v))
}

/// In the next tick: prints, then tells the listeners of `warning`.
fn publish(warning: Value) {
    promise::enqueue_tick(move |cx| {
        let Some(process) = process() else { return };
        print(cx, &warning);
        if crate::events::emit(cx, &process, "warning", &[warning]).is_err() {
            let error = cx.take_exception();
            promise::report_uncaught(cx, &error);
        }
    });
}

fn print(cx: Cx, warning: &Value) {
    let text = |name: &str| member(cx, warning, name).ok().and_then(|v| v.as_str().map(|s| s.to_string()));
    let code = text("code").map_or_else(String::new, |c| format!("[{c}] "));
    let detail = text("detail").map_or_else(String::new, |d| format!("{d}\n"));
    let (name, message) = (text("name").unwrap_or_default(), text("message").unwrap_or_default());
    if let Some(host) = crate::host::host() {
        host.write_output(&format!("(node:{}) {code}{name}: {message}\n{detail}", std::process::id()), true);
    }
}
