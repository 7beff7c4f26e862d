//! `promisify` and `callbackify`.

use crate::errors::coded_error;
use crate::support::{function_argument, shared_symbol};
use puremix_js::{ops, promise};
use puremix_value::{Args, Cx, ErrorKind, FnDef, R, Value};

pub(super) fn promisify(cx: Cx, a: &Args<'_>) -> R {
    // Captured: the original.
    static PROMISED: FnDef = FnDef::native("", 0, |cx, a| {
        static SETTLE: FnDef = FnDef::native("", 2, |cx, a| {
            let Value::Obj(p) = a.env(0) else { return Ok(Value::Undefined) };
            if ops::js_truthy(a.get(0)) { promise::reject(cx, p, a.get(0).clone()) } else { promise::resolve(cx, p, a.get(1).clone()) }
            Ok(Value::Undefined)
        });
        let p = promise::new_promise(cx);
        let mut args = a.args.to_vec();
        args.push(ops::native_with(cx, &SETTLE, vec![p.clone().into()]));
        if ops::call(cx, a.env(0), a.this, &args).is_err() {
            promise::reject(cx, &p, cx.take_exception());
        }
        Ok(p.into())
    });
    let original = function_argument(cx, a.get(0), "original")?;
    let key = shared_symbol(cx, "nodejs.util.promisify.custom");
    let custom = ops::get_value(cx, &original, &key)?;
    if ops::js_truthy(&custom) {
        return function_argument(cx, &custom, "util.promisify.custom");
    }
    let f = ops::native_with(cx, &PROMISED, vec![original.clone()]);
    if let (Value::Obj(made), Value::Obj(original)) = (&f, &original) {
        // Its own properties and prototype come along, its name too.
        made.set_proto(cx, original.proto());
        for name in ["name", "length"] {
            let value = ops::get_key(cx, original, &cx.key_of(name), &Value::Obj(original.clone()))?;
            made.define(cx, &cx.key_of(name), value, puremix_value::Attr::CONFIGURABLE);
        }
    }
    Ok(f)
}

pub(super) fn callbackify(cx: Cx, a: &Args<'_>) -> R {
    static CALLED_BACK: FnDef = FnDef::native("", 0, |cx, a| {
        let Some((callback, args)) = a.args.split_last().filter(|(f, _)| f.is_callable()) else {
            let last = a.args.last().cloned().unwrap_or_default();
            return Err(crate::support::argument_type(cx, "last argument", "of type function", &last));
        };
        let answer = ops::call(cx, a.env(0), a.this, args)?;
        let p = promise::promise_resolve(cx, answer)?;
        promise::on_settled_with(cx, &p, vec![callback.clone()], |_, held, outcome| {
            let Some(callback) = held.into_iter().next() else { return };
            promise::enqueue_tick(move |cx| {
                let args = match outcome {
                    Ok(value) => vec![Value::Null, value],
                    Err(reason) if ops::js_truthy(&reason) => vec![reason],
                    Err(reason) => {
                        let error = coded_error(cx, ErrorKind::Error, "ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value");
                        if let Value::Obj(o) = &error {
                            o.put(cx, &cx.key_of("reason"), reason);
                        }
                        vec![error]
                    }
                };
                if ops::call(cx, &callback, &Value::Undefined, &args).is_err() {
                    let error = cx.take_exception();
                    promise::report_uncaught(cx, &error);
                }
            });
        });
        Ok(Value::Undefined)
    });
    let original = function_argument(cx, a.get(0), "original")?;
    Ok(ops::native_with(cx, &CALLED_BACK, vec![original]))
}
