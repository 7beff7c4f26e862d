//! `process.stdout` and `process.stderr`: writers with an emitter's methods.

use crate::buffer::{bytes_of, encoding_argument};
use crate::support::{argument_type, host, put_all};
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, FnDef, Kind, Obj, R, Value};

/// The stream of one descriptor.
pub(super) fn output(cx: Cx, is_error: bool) -> R {
    let emitter = crate::events::class(cx);
    let proto = Obj::with(cx, Some(emitter.1), Kind::Plain);
    ops::constructor_of(cx, "WriteStream", 0, |cx, _| Err(cx.throw_error(puremix_value::ErrorKind::Type, "Illegal constructor")), &proto);
    static WRITE: FnDef = FnDef::native("write", 3, write);
    static END: FnDef = FnDef::native("end", 3, |cx, a| {
        if !a.get(0).is_nullish() && !a.get(0).is_callable() {
            write(cx, a)?;
        }
        Ok(a.this.clone())
    });
    let which = || vec![Value::Bool(is_error)];
    proto.put_hidden(cx, cx.key_of("write"), ops::native_with(cx, &WRITE, which()));
    proto.put_hidden(cx, cx.key_of("end"), ops::native_with(cx, &END, which()));
    ops::install(cx, &proto, &[("cork", 0, |_, _| Ok(Value::Undefined)), ("uncork", 0, |_, _| Ok(Value::Undefined))]);
    let o = Obj::with(cx, Some(proto), Kind::Plain);
    put_all(cx, &o, [("fd", Value::Num(if is_error { 2.0 } else { 1.0 })), ("writable", Value::Bool(true))]);
    if let Some(columns) = host(cx)?.terminal_width(is_error) {
        put_all(cx, &o, [("isTTY", Value::Bool(true)), ("columns", Value::num(columns))]);
    }
    Ok(Value::Obj(o))
}

/// `write(chunk[, encoding][, callback])`.
fn write(cx: Cx, a: &Args<'_>) -> R {
    let is_error = ops::js_truthy(a.env(0));
    let host = host(cx)?;
    match a.get(0) {
        Value::Str(s) => {
            let encoding = if a.get(1).as_str().is_some() { encoding_argument(cx, a.get(1))? } else { crate::buffer::Encoding::Utf8 };
            match encoding {
                crate::buffer::Encoding::Utf8 => host.write_output(&s.as_utf8(), is_error),
                other => host.write_bytes(&other.decode(s), is_error),
            }
        }
        v => match bytes_of(v) {
            Some(bytes) => host.write_bytes(&bytes, is_error),
            None => return Err(argument_type(cx, "chunk", "of type string or an instance of Buffer or Uint8Array", v)),
        },
    }
    let callback = [a.get(1), a.get(2)].into_iter().find(|v| v.is_callable()).cloned();
    if let Some(f) = callback {
        promise::enqueue_tick(move |cx| {
            if ops::call(cx, &f, &Value::Undefined, &[]).is_err() {
                let error = cx.take_exception();
                promise::report_uncaught(cx, &error);
            }
        });
    }
    Ok(Value::Bool(true))
}
