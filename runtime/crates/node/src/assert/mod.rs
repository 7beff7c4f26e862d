//! `node:assert`.

mod diff;
mod throws;

use crate::support::{ClassDef, argument_type, class as make_class, coded, option, put_all};
use crate::util::deep_equal::{Mode, deep_equal};
use puremix_js::builtins::error::make_error;
use puremix_js::{inspect, ops};
use puremix_value::{Args, Cx, ErrorKind, Intrinsic, Kind, Obj, R, Thrown, Value, well_known};
use std::cell::RefCell;

pub(crate) const EXPORTS: &[&str] = &[
    "AssertionError", "deepEqual", "deepStrictEqual", "default", "doesNotMatch", "doesNotReject", "doesNotThrow", "equal", "fail", "ifError", "match",
    "notDeepEqual", "notDeepStrictEqual", "notEqual", "notStrictEqual", "ok", "rejects", "strict", "strictEqual", "throws",
];

pub(crate) const MISSING: &[&str] = &["CallTracker"];

thread_local! {
    /// `assert` and `assert.strict`.
    static MADE: RefCell<Option<(Value, Value)>> = const { RefCell::new(None) };
}

pub(crate) fn module(cx: Cx) -> R {
    Ok(both(cx)?.0)
}

pub(crate) fn strict_module(cx: Cx) -> R {
    Ok(both(cx)?.1)
}

fn both(cx: Cx) -> R<(Value, Value)> {
    let known = MADE.with_borrow(Clone::clone);
    if let Some(known) = known {
        return Ok(known);
    }
    let assert = ops::native(cx, "ok", 0, ok);
    let strict = ops::native(cx, "strict", 0, ok);
    let (Value::Obj(a), Value::Obj(s)) = (&assert, &strict) else { return Ok((assert, strict)) };
    let error = error_class(cx).0;
    for o in [a, s] {
        crate::support::add(cx, o, COMMON);
        crate::support::add(cx, o, throws::FUNCTIONS);
        put_all(cx, o, [("AssertionError", error.clone().into()), ("strict", strict.clone())]);
    }
    crate::support::add(cx, a, LOOSE);
    for (name, like) in [("equal", "strictEqual"), ("notEqual", "notStrictEqual"), ("deepEqual", "deepStrictEqual"), ("notDeepEqual", "notDeepStrictEqual")] {
        let f = ops::get_value(cx, &strict, &cx.key_of(like))?;
        s.put(cx, &cx.key_of(name), f);
    }
    let made = (assert, strict);
    MADE.replace(Some(made.clone()));
    Ok(made)
}

const COMMON: crate::support::Functions = &[
    ("ok", 0, ok),
    ("fail", 1, fail),
    ("strictEqual", 3, |cx, a| check(cx, a, "strictEqual", |_, x, y| Ok(ops::same_value(x, y)))),
    ("notStrictEqual", 3, |cx, a| check(cx, a, "notStrictEqual", |_, x, y| Ok(!ops::same_value(x, y)))),
    ("deepStrictEqual", 3, |cx, a| check(cx, a, "deepStrictEqual", |cx, x, y| deep_equal(cx, x, y, Mode::Strict))),
    ("notDeepStrictEqual", 3, |cx, a| check(cx, a, "notDeepStrictEqual", |cx, x, y| Ok(!deep_equal(cx, x, y, Mode::Strict)?))),
    ("ifError", 1, if_error),
    ("match", 3, |cx, a| matches(cx, a, true)),
    ("doesNotMatch", 3, |cx, a| matches(cx, a, false)),
];

const LOOSE: crate::support::Functions = &[
    ("equal", 3, |cx, a| check(cx, a, "==", |cx, x, y| loosely(cx, x, y))),
    ("notEqual", 3, |cx, a| check(cx, a, "!=", |cx, x, y| Ok(!loosely(cx, x, y)?))),
    ("deepEqual", 3, |cx, a| check(cx, a, "deepEqual", |cx, x, y| deep_equal(cx, x, y, Mode::Loose))),
    ("notDeepEqual", 3, |cx, a| check(cx, a, "notDeepEqual", |cx, x, y| Ok(!deep_equal(cx, x, y, Mode::Loose)?))),
];

fn loosely(cx: Cx, x: &Value, y: &Value) -> R<bool> {
    let both_nan = matches!((x, y), (Value::Num(m), Value::Num(n)) if m.is_nan() && n.is_nan());
    Ok(both_nan || ops::js_eq(cx, x, y)?)
}

fn error_class(cx: Cx) -> (Obj, Obj) {
    const DEF: ClassDef = ClassDef::new("AssertionError", 1, |cx, a| {
        let options = a.get(0);
        if !options.is_object() {
            return Err(argument_type(cx, "options", "of type object", options));
        }
        let part = |name: &str| option(cx, options, name);
        let operator = part("operator")?;
        let operator = operator.as_str().map_or_else(|| "fail".to_owned(), |s| s.to_string());
        let message = part("message")?;
        let given = if message.is_nullish() { None } else { Some(ops::js_to_string(cx, &message)?.to_string()) };
        Ok(make_assertion_error(cx, given, &part("actual")?, &part("expected")?, &operator))
    });
    make_class(cx, &DEF, Some(&(cx.intrinsic(Intrinsic::ErrorConstructor), cx.intrinsic(Intrinsic::ErrorPrototype))))
}

/// An `AssertionError`; without a message one is made.
fn make_assertion_error(cx: Cx, message: Option<String>, actual: &Value, expected: &Value, operator: &str) -> Value {
    let generated = message.is_none();
    let message = match message {
        None => diff::message(cx, actual, expected, operator, None),
        // These show the difference below the program's own words.
        Some(own) if matches!(operator, "strictEqual" | "deepStrictEqual") => diff::message(cx, actual, expected, operator, Some(&own)),
        Some(own) => own,
    };
    let (_, proto) = error_class(cx);
    let o = Obj::with(cx, Some(proto), Kind::Error);
    let plain = make_error(cx, ErrorKind::Error, &message);
    let stack = ops::get(cx, &plain, well_known::STACK, 0).ok().and_then(|v| v.as_str().map(|s| s.to_string())).unwrap_or_default();
    let stack = stack.strip_prefix("Error").unwrap_or(&stack);
    o.put_hidden(cx, well_known::STACK, Value::from(format!("AssertionError [ERR_ASSERTION]{stack}")));
    o.put_hidden(cx, well_known::MESSAGE, message.as_str());
    o.put_hidden(cx, well_known::NAME, "AssertionError");
    put_all(cx, &o, [
        ("generatedMessage", Value::Bool(generated)),
        ("code", Value::str("ERR_ASSERTION")),
        ("actual", actual.clone()),
        ("expected", expected.clone()),
        ("operator", Value::str(operator)),
    ]);
    Value::Obj(o)
}

/// Throws for a failed assertion: the given error, or an `AssertionError`.
fn failed(cx: Cx, message: &Value, actual: &Value, expected: &Value, operator: &str) -> Thrown {
    let error = match message {
        Value::Obj(o) if matches!(o.kind(), Kind::Error) => message.clone(),
        Value::Undefined => make_assertion_error(cx, None, actual, expected, operator),
        v => {
            let text = ops::js_to_string(cx, v).map(|s| s.to_string()).unwrap_or_default();
            make_assertion_error(cx, Some(text), actual, expected, operator)
        }
    };
    cx.throw(error)
}

fn check(cx: Cx, a: &Args<'_>, operator: &str, holds: fn(Cx, &Value, &Value) -> R<bool>) -> R {
    if a.len() < 2 {
        return Err(coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", "The \"actual\" and \"expected\" arguments must be specified"));
    }
    if holds(cx, a.get(0), a.get(1))? { Ok(Value::Undefined) } else { Err(failed(cx, a.get(2), a.get(0), a.get(1), operator)) }
}

fn ok(cx: Cx, a: &Args<'_>) -> R {
    if ops::js_truthy(a.get(0)) {
        return Ok(Value::Undefined);
    }
    if a.is_empty() {
        let error = make_assertion_error(cx, Some("No value argument passed to `assert.ok()`".to_owned()), &Value::Undefined, &Value::Bool(true), "==");
        return Err(cx.throw(error));
    }
    Err(failed(cx, a.get(1), a.get(0), &Value::Bool(true), "=="))
}

fn fail(cx: Cx, a: &Args<'_>) -> R {
    Err(failed(cx, a.get(0), &Value::Undefined, &Value::Undefined, "fail"))
}

fn if_error(cx: Cx, a: &Args<'_>) -> R {
    let v = a.get(0);
    if v.is_nullish() {
        return Ok(Value::Undefined);
    }
    let shown = match v {
        Value::Obj(o) if matches!(o.kind(), Kind::Error) => crate::support::text_of(cx, &crate::support::member(cx, v, "message")?)?,
        v => inspect(cx, v),
    };
    let error = make_assertion_error(cx, Some(format!("ifError got unwanted exception: {shown}")), v, &Value::Null, "ifError");
    Err(cx.throw(error))
}

fn matches(cx: Cx, a: &Args<'_>, wanted: bool) -> R {
    let operator = if wanted { "match" } else { "doesNotMatch" };
    if puremix_js::regexp::as_regexp(a.get(1)).is_none() {
        return Err(argument_type(cx, "regexp", "an instance of RegExp", a.get(1)));
    }
    let is_text = a.get(0).as_str().is_some();
    let found = is_text && ops::js_truthy(&ops::invoke_key(cx, a.get(1), &cx.key_of("test"), &[a.get(0).clone()])?);
    if is_text && found == wanted {
        return Ok(Value::Undefined);
    }
    if !a.get(2).is_undefined() {
        return Err(failed(cx, a.get(2), a.get(0), a.get(1), operator));
    }
    let (value, pattern) = (inspect(cx, a.get(0)), inspect(cx, a.get(1)));
    let message = match (is_text, wanted) {
        (false, _) => format!("The \"string\" argument must be of type string. Received {}", crate::errors::received(cx, a.get(0))),
        (true, true) => format!("The input did not match the regular expression {pattern}. Input:\n\n{value}\n"),
        (true, false) => format!("The input was expected to not match the regular expression {pattern}. Input:\n\n{value}\n"),
    };
    let error = make_assertion_error(cx, Some(message), a.get(0), a.get(1), operator);
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("generatedMessage"), Value::Bool(true));
    }
    Err(cx.throw(error))
}
