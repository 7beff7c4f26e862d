//! `node:util`.

pub(crate) mod deep_equal;
mod promisify;
mod types;

use crate::support::{argument_type, function_argument, object, option, put_all, shared_symbol, string_argument};
use deep_equal::{Mode, deep_equal};
use puremix_js::inspect::{Options, format_args, inspect_with};
use puremix_js::ops;
use puremix_value::{Args, Cx, FnDef, Obj, R, Str, Value, well_known};

pub(crate) const EXPORTS: &[&str] = &[
    "TextDecoder", "TextEncoder", "aborted", "callbackify", "debug", "debuglog", "default", "deprecate", "format", "formatWithOptions", "inherits", "inspect",
    "isArray", "isDeepStrictEqual", "promisify", "stripVTControlCharacters", "toUSVString", "types",
];

pub(crate) const MISSING: &[&str] = &[
    "MIMEParams", "MIMEType", "getCallSite", "getSystemErrorMap", "getSystemErrorName", "parseArgs", "parseEnv", "styleText", "transferableAbortController",
    "transferableAbortSignal",
];

pub(crate) fn module(cx: Cx) -> R {
    let o = object(cx, &[
        ("format", 0, |cx, a| Ok(Value::from(format_args(cx, a.args)))),
        ("formatWithOptions", 1, |cx, a| Ok(Value::from(format_args(cx, a.args.get(1..).unwrap_or(&[]))))),
        ("inherits", 2, inherits),
        ("promisify", 1, promisify::promisify),
        ("callbackify", 1, promisify::callbackify),
        ("deprecate", 4, deprecate),
        ("isDeepStrictEqual", 2, |cx, a| Ok(Value::Bool(deep_equal(cx, a.get(0), a.get(1), Mode::Strict)?))),
        ("isArray", 1, |cx, a| Ok(Value::Bool(ops::is_array(cx, a.get(0))?))),
        ("debuglog", 1, debuglog),
        ("debug", 1, debuglog),
        ("stripVTControlCharacters", 1, |cx, a| Ok(Value::from(strip_controls(&string_argument(cx, a.get(0), "str")?)))),
        ("toUSVString", 1, |cx, a| {
            let text = ops::js_to_string(cx, a.get(0))?;
            Ok(Value::str(&text.as_utf8()))
        }),
        ("aborted", 2, |cx, a| {
            let Some(signal) = a.get(0).as_obj().filter(|o| crate::web::abort::is_signal(o)) else {
                return Err(argument_type(cx, "signal", "an instance of AbortSignal", a.get(0)));
            };
            let promise = puremix_js::promise::new_promise(cx);
            let told = promise.clone();
            crate::web::abort::on_abort(signal, move |cx, _| puremix_js::promise::resolve(cx, &told, Value::Undefined));
            Ok(promise.into())
        }),
    ]);
    let inspect = ops::native(cx, "inspect", 2, inspect);
    if let Value::Obj(f) = &inspect {
        let defaults = Obj::plain(cx);
        put_all(cx, &defaults, [("depth", Value::Num(2.0)), ("showHidden", Value::Bool(false)), ("colors", Value::Bool(false)), ("compact", Value::Num(3.0)), ("breakLength", Value::Num(80.0)), ("sorted", Value::Bool(false))]);
        let custom = shared_symbol(cx, "nodejs.util.inspect.custom");
        put_all(cx, f, [("custom", cx.key_value(&custom)), ("defaultOptions", defaults.into())]);
    }
    let custom = shared_symbol(cx, "nodejs.util.promisify.custom");
    if let Value::Obj(f) = ops::get_value(cx, &Value::Obj(o.clone()), &cx.key_of("promisify"))? {
        put_all(cx, &f, [("custom", cx.key_value(&custom))]);
    }
    put_all(cx, &o, [("inspect", inspect), ("types", types::module(cx))]);
    let global = Value::Obj(cx.intrinsic(puremix_value::Intrinsic::GlobalThis));
    for name in ["TextEncoder", "TextDecoder"] {
        o.put(cx, &cx.key_of(name), ops::get_value(cx, &global, &cx.key_of(name))?);
    }
    Ok(o.into())
}

/// The options that mean something without colours.
fn options(cx: Cx, v: &Value) -> R<Options> {
    let mut options = Options::default();
    let number = |v: &Value| v.as_num().map(|n| if n.is_finite() { n.max(0.0) as usize } else { usize::MAX });
    match option(cx, v, "depth")? {
        Value::Null => options.depth = None,
        Value::Num(n) if n == f64::INFINITY => options.depth = None,
        Value::Num(n) => options.depth = Some(n.max(0.0) as usize),
        _ => {}
    }
    match option(cx, v, "compact")? {
        Value::Bool(yes) => options.compact = if yes { usize::MAX } else { 0 },
        v => options.compact = number(&v).unwrap_or(options.compact),
    }
    options.break_length = number(&option(cx, v, "breakLength")?).unwrap_or(options.break_length);
    options.show_hidden = ops::js_truthy(&option(cx, v, "showHidden")?);
    options.sorted = ops::js_truthy(&option(cx, v, "sorted")?);
    Ok(options)
}

fn inspect(cx: Cx, a: &Args<'_>) -> R {
    // `inspect(value, showHidden, depth)` is the old way.
    let options = match a.get(1) {
        Value::Bool(show_hidden) => {
            let depth = match a.get(2) {
                Value::Null => None,
                v => Some(v.as_num().map_or(2, |n| n as usize)),
            };
            Options { show_hidden: *show_hidden, depth, ..Options::default() }
        }
        v => options(cx, v)?,
    };
    Ok(Value::from(inspect_with(cx, a.get(0), options)))
}

fn inherits(cx: Cx, a: &Args<'_>) -> R {
    let (Value::Obj(ctor), true) = (a.get(0), a.get(0).is_callable()) else { return Err(argument_type(cx, "ctor", "of type function", a.get(0))) };
    let parent = function_argument(cx, a.get(1), "superCtor")?;
    let Value::Obj(above) = ops::get(cx, &parent, well_known::PROTOTYPE, 0)? else {
        return Err(argument_type(cx, "superCtor.prototype", "of type object", &Value::Undefined));
    };
    ctor.put(cx, &cx.key_of("super_"), parent);
    if let Value::Obj(proto) = ops::get(cx, a.get(0), well_known::PROTOTYPE, 0)? {
        ops::set_proto(cx, &proto, Some(above))?;
    }
    Ok(Value::Undefined)
}

/// Warns at the first call.
fn deprecate(cx: Cx, a: &Args<'_>) -> R {
    // Captured: function, message, code, whether it has warned.
    static DEPRECATED: FnDef = FnDef::new("deprecated", 0, |cx, a| {
        if !ops::js_truthy(&ops::cell_get(a.env(3))) {
            ops::cell_set(a.env(3), Value::Bool(true));
            let message = ops::js_to_string(cx, a.env(1))?;
            crate::process::warn_deprecated(cx, &message.as_utf8(), a.env(2));
        }
        if a.is_construct() { ops::construct_as(cx, a.env(0), a.args, a.new_target) } else { ops::call(cx, a.env(0), a.this, a.args) }
    }, puremix_value::FnKind::NativeCtor);
    let f = function_argument(cx, a.get(0), "fn")?;
    let warned = ops::cell(cx, Value::Bool(false));
    Ok(ops::native_with(cx, &DEPRECATED, vec![f, a.get(1).clone(), a.get(2).clone(), warned]))
}

/// Prints when `NODE_DEBUG` names the section.
fn debuglog(cx: Cx, a: &Args<'_>) -> R {
    static LOG: FnDef = FnDef::native("debuglog", 0, |cx, a| {
        if let (Value::Str(section), Some(host)) = (a.env(0), crate::host::host()) {
            host.write_output(&format!("{} {}: {}\n", section.as_utf8(), std::process::id(), format_args(cx, a.args)), true);
        }
        Ok(Value::Undefined)
    });
    let section = string_argument(cx, a.get(0), "section")?.to_ascii_uppercase();
    let wanted = crate::host::host().map(|h| h.environment()).unwrap_or_default();
    let wanted = wanted.iter().find(|(n, _)| n == "NODE_DEBUG").map(|(_, v)| v.to_ascii_uppercase()).unwrap_or_default();
    let on = wanted.split(',').any(|w| w == section || w == "*");
    let f = ops::native_with(cx, &LOG, vec![if on { Value::Str(Str::from(section.as_str())) } else { Value::Undefined }]);
    if let Value::Obj(o) = &f {
        put_all(cx, o, [("enabled", Value::Bool(on))]);
    }
    Ok(f)
}

/// Without terminal escapes (CSI and OSC sequences).
fn strip_controls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' | '\u{9b}' => {
                let introducer = if c == '\u{1b}' { rest.next() } else { Some('[') };
                match introducer {
                    Some('[') => while rest.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
                    Some(']') => while rest.next().is_some_and(|c| c != '\u{7}' && c != '\u{9c}') {},
                    _ => {}
                }
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_go() {
        for (text, expected) in [("\u{1b}[31mred\u{1b}[0m", "red"), ("plain", "plain"), ("\u{1b}]0;title\u{7}x", "x")] {
            assert_eq!(super::strip_controls(text), expected);
        }
    }
}
