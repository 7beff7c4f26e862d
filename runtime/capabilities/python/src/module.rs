//! `puremix:python/native`: what compiled programs call.
//!
//! The compiler makes each Python function a function whose body is one call of these; apps do not import the module themselves.

use crate::exchange::{Call, Pending};
use crate::failure::{self, Failure};
use crate::frame::{self, Message, Received};
use crate::{decode, encode, pool};
use puremix_js::{ops, promise};
use puremix_node::capability::{object, text_of};
use puremix_value::{Args, Cx, ErrorKind, Obj, R, Value};
use std::sync::Arc;

pub const EXPORTS: &[&str] = &["action", "call", "default", "inline", "isAvailable", "route", "version"];

pub fn make(cx: Cx) -> R {
    let module = object(cx, &[
        ("call", 3, |cx, a| promised(cx, call(cx, a))),
        ("route", 3, |cx, a| promised(cx, route(cx, a))),
        ("action", 5, |cx, a| promised(cx, action(cx, a))),
        ("inline", 4, |cx, a| promised(cx, inline(cx, a))),
        ("isAvailable", 0, |_, _| Ok(Value::Bool(pool::is_available()))),
    ]);
    ops::install_getter(cx, &module, "version", version);
    let of_request = object(cx, &[("call", 4, |cx, a| promised(cx, inline(cx, a))), ("isAvailable", 0, |_, _| Ok(Value::Bool(pool::is_available())))]);
    ops::install_getter(cx, &of_request, "version", version);
    // What the runtime shows as `request.python`.
    module.put_hidden(cx, cx.key_of("ofRequest"), of_request);
    Ok(module.into())
}

fn version(_: Cx, _: &Args<'_>) -> R {
    Ok(pool::version().map_or(Value::Null, Value::from))
}

/// What is wrong with a call's arguments rejects its promise.
fn promised(cx: Cx, called: R) -> R {
    match called {
        Ok(promise) => Ok(promise),
        Err(_) => Ok(promise::rejected(cx, cx.take_exception()).into()),
    }
}

/// `call(module, function, args)`.
fn call(cx: Cx, a: &Args<'_>) -> R {
    let (module, function) = (text_of(cx, a.get(0))?, text_of(cx, a.get(1))?);
    let args = ops::array_like_to_vec(cx, a.get(2))?;
    call_function(cx, module, &function, &args, false)
}

/// `action(module, function, data, request, wantsContext)`.
fn action(cx: Cx, a: &Args<'_>) -> R {
    let (module, function) = (text_of(cx, a.get(0))?, text_of(cx, a.get(1))?);
    let mut args = vec![a.get(2).clone()];
    if ops::js_truthy(a.get(4)) {
        args.push(context(cx, a.get(3))?);
    }
    call_function(cx, module, &function, &args, true)
}

/// `route(module, request, response)`: the promise is for what the handler returns. Nothing returned is a response without content.
fn route(cx: Cx, a: &Args<'_>) -> R {
    let module = text_of(cx, a.get(0))?;
    let request = context(cx, a.get(1))?;
    let whole = Obj::plain(cx);
    if let Value::Obj(flat) = &request {
        for key in ops::enumerable_keys(cx, flat)? {
            let value = ops::get_key(cx, flat, &key, &request)?;
            whole.put(cx, &key, value);
        }
    }
    whole.put(cx, &cx.key_of("request"), request);
    let message = message_of(cx, &[&module, "main"], &[whole.into()], true)?;
    start(cx, message, frame::CALL, format!("{module}.main"), module, |cx, value| {
        if !value.is_nullish() {
            return Ok(value);
        }
        let nothing = Obj::plain(cx);
        nothing.put(cx, &cx.key_of("status"), Value::Num(204.0));
        nothing.put(cx, &cx.key_of("headers"), Obj::plain(cx).into());
        Ok(nothing.into())
    })
}

/// `inline(name, data, code, context)`: a function of the code, or without code one of the app's own: `module.name`, or its name alone where
/// only one module has it.
fn inline(cx: Cx, a: &Args<'_>) -> R {
    let name = text_of(cx, a.get(0))?;
    let mut args = vec![a.get(1).clone()];
    if a.get(2).is_nullish() {
        let module = match find_module(&name) {
            Ok(found) => found,
            Err(problem) => return Err(cx.throw_error(ErrorKind::Error, &problem)),
        };
        if !a.get(3).is_nullish() {
            args.push(a.get(3).clone());
        }
        let function = name.rsplit('.').next().unwrap_or(&name).to_owned();
        return call_function(cx, module, &function, &args, false);
    }
    args.push(a.get(3).clone());
    let code = text_of(cx, a.get(2))?;
    let message = message_of(cx, &[&name, &code], &args, false)?;
    start(cx, message, frame::INLINE, name, "(inline)".to_owned(), |_, value| Ok(value))
}

/// The module whose function a name is.
fn find_module(name: &str) -> Result<String, String> {
    let plan = pool::plan().map_err(|_| format!("Python is not available for `{name}`"))?;
    let sources = plan.setup.sources;
    if let Some((module, _)) = name.rsplit_once('.') {
        let long = format!("app.{module}");
        let known = sources.iter().find(|s| s.module == module).or_else(|| sources.iter().find(|s| s.module == long));
        return known.map(|s| s.module.to_owned()).ok_or_else(|| format!("the app has no Python module `{module}`"));
    }
    let defines = |text: &str| text.lines().any(|line| line.trim_start_matches("async ").strip_prefix("def ").and_then(|rest| rest.trim_start().strip_prefix(name)).is_some_and(|rest| rest.trim_start().starts_with('(')));
    let mut found = sources.iter().filter(|s| defines(s.source));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.module.to_owned()),
        (Some(one), Some(other)) => Err(format!("both {} and {} define `{name}`: call `{}.{name}`", one.path, other.path, one.module)),
        (None, _) => Err(format!("no Python file of the app defines `{name}`")),
    }
}

/// What Python is told of a request. Methods are left out when it is written.
fn context(cx: Cx, request: &Value) -> R {
    let context = Obj::plain(cx);
    if !request.is_object() {
        return Ok(context.into());
    }
    for name in ["method", "url", "path", "originalUrl", "query", "params", "headers", "body", "cookies", "session", "user", "ip", "protocol", "hostname", "files", "env"] {
        let key = cx.key_of(name);
        let value = ops::get_value(cx, request, &key)?;
        if !value.is_undefined() {
            context.put(cx, &key, value);
        }
    }
    Ok(context.into())
}

fn call_function(cx: Cx, module: String, function: &str, args: &[Value], lenient: bool) -> R {
    let message = message_of(cx, &[&module, function], args, lenient)?;
    start(cx, message, frame::CALL, format!("{module}.{function}"), module, |_, value| Ok(value))
}

/// A request: texts, and then the arguments.
fn message_of(cx: Cx, texts: &[&str], args: &[Value], lenient: bool) -> R<Outgoing> {
    let plan = pool::plan();
    let mut message = Message::new();
    message.text.push('[');
    for text in texts {
        encode::text(&mut message.text, text);
        message.text.push(',');
    }
    let tag = plan.as_ref().map_or("", |plan| &plan.tag);
    encode::arguments(cx, tag, &mut message, args, lenient)?;
    message.text.push(']');
    Ok(Outgoing { message, plan })
}

struct Outgoing {
    message: Message,
    plan: Result<Arc<pool::Plan>, Failure>,
}

/// Sends a request; the promise is for what `finish` makes of the answer. `what` names the call in errors.
fn start(cx: Cx, outgoing: Outgoing, kind: u32, what: String, module: String, finish: impl FnOnce(Cx, Value) -> R + 'static) -> R {
    let site = cx.site();
    let begun = outgoing.plan.and_then(|plan| {
        let bytes = outgoing.message.into_bytes(0, kind).ok_or(Failure::TooLong)?;
        Ok((Call::new(bytes, module, plan.clone()).begin()?, plan))
    });
    let (pending, plan): (Pending, _) = match begun {
        Ok(begun) => begun,
        Err(failure) => return Err(failure.throw(cx, &what, site)),
    };
    puremix_node::spawn(cx, pending.finish(), move |cx, outcome: Result<Received, Failure>| match outcome {
        Ok(received) => {
            let value = decode::value(cx, &plan.tag, &received)?;
            match received.kind {
                frame::OK => finish(cx, value),
                frame::FAILED => Err(failure::throw_exception(cx, &value, |file| plan.is_own_file(file), site)),
                other => Err(Failure::Confused(format!("its answer is of kind {other}")).throw(cx, &what, site)),
            }
        }
        Err(failure) => Err(failure.throw(cx, &what, site)),
    })
}
