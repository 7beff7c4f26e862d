//! `throws`, `rejects` and their opposites.

use super::make_assertion_error;
use crate::support::{Functions, argument_type, coded, member};
use crate::util::deep_equal::{Mode, deep_equal};
use puremix_js::{inspect, ops, promise};
use puremix_value::{Args, Cx, ErrorKind, Kind, Obj, R, Thrown, Value};

pub(super) const FUNCTIONS: Functions = &[
    ("throws", 2, |cx, a| {
        let outcome = run(cx, a.get(0))?;
        expect(cx, outcome, a.get(1), a.get(2), "throws", "exception")
    }),
    ("doesNotThrow", 2, |cx, a| match run(cx, a.get(0))? {
        None => Ok(Value::Undefined),
        Some(error) => unwanted(cx, &error, a.get(1), a.get(2), "doesNotThrow", "exception"),
    }),
    ("rejects", 2, |cx, a| settle(cx, a, |cx, error, expected, message| expect(cx, error, expected, message, "rejects", "rejection"))),
    ("doesNotReject", 2, |cx, a| {
        settle(cx, a, |cx, error, expected, message| match error {
            None => Ok(Value::Undefined),
            Some(error) => unwanted(cx, &error, expected, message, "doesNotReject", "rejection"),
        })
    }),
];

/// What a function throws.
fn run(cx: Cx, f: &Value) -> R<Option<Value>> {
    if !f.is_callable() {
        return Err(argument_type(cx, "fn", "of type function", f));
    }
    Ok(ops::call(cx, f, &Value::Undefined, &[]).err().map(|_| cx.take_exception()))
}

/// Awaits a promise, or what a function answers, and judges its rejection.
fn settle(cx: Cx, a: &Args<'_>, judge: fn(Cx, Option<Value>, &Value, &Value) -> R) -> R {
    let (source, expected, message) = (a.get(0).clone(), a.get(1).clone(), a.get(2).clone());
    let task = async move {
        let promise = if source.is_callable() { ops::call(cx, &source, &Value::Undefined, &[])? } else { source.clone() };
        let is_thenable = promise.is_object() && member(cx, &promise, "then")?.is_callable();
        if !is_thenable {
            if source.is_callable() {
                let shown = crate::errors::received(cx, &promise);
                let message = format!("Expected instance of Promise to be returned from the \"promiseFn\" function but got {shown}.");
                return Err(coded(cx, ErrorKind::Type, "ERR_INVALID_RETURN_VALUE", &message));
            }
            return Err(argument_type(cx, "promiseFn", "of type function or an instance of Promise", &source));
        }
        let outcome = promise::await_(cx, promise).await;
        let error = outcome.err().map(|_| cx.take_exception());
        judge(cx, error, &expected, &message)
    };
    // Nothing the task holds refers to the task, so it needs no frame.
    Ok(promise::spawn_task(cx, |_| task))
}

fn text(v: &Value) -> Option<String> {
    v.as_str().map(|s| s.to_string())
}

fn fail(cx: Cx, message: String, actual: &Value, expected: &Value, operator: &str) -> Thrown {
    let error = make_assertion_error(cx, Some(message), actual, expected, operator);
    if let Value::Obj(o) = &error {
        o.put(cx, &cx.key_of("generatedMessage"), Value::Bool(true));
    }
    cx.throw(error)
}

fn expect(cx: Cx, error: Option<Value>, expected: &Value, message: &Value, operator: &str, what: &str) -> R {
    // A text in place of the expectation is the message.
    let (expected, message) = if expected.as_str().is_some() { (&Value::Undefined, expected) } else { (expected, message) };
    if !expected.is_undefined() && !expected.is_object() {
        return Err(argument_type(cx, "error", "of type function or an instance of Error, RegExp, or Object", expected));
    }
    let Some(error) = error else {
        let mut details = String::new();
        if let Some(name) = member(cx, expected, "name")?.as_str().filter(|n| !n.is_empty()) {
            details = format!(" ({name})");
        }
        details += &text(message).map_or_else(|| ".".to_owned(), |m| format!(": {m}"));
        let error = make_assertion_error(cx, Some(format!("Missing expected {what}{details}")), &Value::Undefined, expected, operator);
        return Err(cx.throw(error));
    };
    if expected.is_undefined() {
        return Ok(Value::Undefined);
    }
    matches(cx, &error, expected, message, operator)?;
    Ok(Value::Undefined)
}

fn unwanted(cx: Cx, error: &Value, expected: &Value, message: &Value, operator: &str, what: &str) -> R {
    let (expected, message) = if expected.as_str().is_some() { (&Value::Undefined, expected) } else { (expected, message) };
    let is_other = expected.is_callable() && !ops::js_instanceof(cx, error, expected)?;
    if is_other {
        return Err(cx.throw(error.clone()));
    }
    let details = text(message).map_or_else(|| ".".to_owned(), |m| format!(": {m}"));
    let shown = match member(cx, error, "message")? {
        Value::Str(s) => s.to_string(),
        _ => inspect(cx, error),
    };
    let made = make_assertion_error(cx, Some(format!("Got unwanted {what}{details}\nActual message: \"{shown}\"")), error, expected, operator);
    Err(cx.throw(made))
}

/// Whether the error is as expected: of a class, matching a pattern, with certain properties, or to a function's liking.
fn matches(cx: Cx, error: &Value, expected: &Value, message: &Value, operator: &str) -> R<()> {
    let given = |cx: Cx, default: String| match message {
        Value::Obj(o) if matches!(o.kind(), Kind::Error) => cx.throw(message.clone()),
        Value::Undefined => fail(cx, default, error, expected, operator),
        v => {
            let text = ops::js_to_string(cx, v).map(|s| s.to_string()).unwrap_or_default();
            let made = make_assertion_error(cx, Some(text), error, expected, operator);
            cx.throw(made)
        }
    };
    if puremix_js::regexp::as_regexp(expected).is_some() {
        let shown = ops::js_to_string(cx, error)?;
        if ops::js_truthy(&ops::invoke_key(cx, expected, &cx.key_of("test"), &[Value::Str(shown.clone())])?) {
            return Ok(());
        }
        let (pattern, input) = (inspect(cx, expected), puremix_js::inspect::quote_js(&shown));
        return Err(given(cx, format!("The input did not match the regular expression {pattern}. Input:\n\n{input}\n")));
    }
    if !expected.is_callable() {
        return properties(cx, error, expected, &given);
    }
    let is_class = matches!(ops::get(cx, expected, puremix_value::well_known::PROTOTYPE, 0)?, Value::Obj(_));
    if is_class && ops::js_instanceof(cx, error, expected)? {
        return Ok(());
    }
    let is_error_class = expected.as_obj().is_some_and(|o| {
        let error = cx.intrinsic(puremix_value::Intrinsic::ErrorConstructor);
        let mut at = Some(o.clone());
        while let Some(o) = at {
            if o == error {
                return true;
            }
            at = o.proto();
        }
        false
    });
    if is_error_class {
        let name = text(&member(cx, expected, "name")?).unwrap_or_default();
        let class = error.as_obj().and_then(|o| puremix_js::errors::constructor_name(cx, o));
        let shown = match class {
            Some(class) => {
                let message = text(&member(cx, error, "message")?).unwrap_or_default();
                format!("\"{class}\"\n\nError message:\n\n{message}")
            }
            None => format!("\"{}\"", inspect(cx, error)),
        };
        return Err(given(cx, format!("The error is expected to be an instance of \"{name}\". Received {shown}")));
    }
    let answer = ops::call(cx, expected, &Obj::plain(cx).into(), std::slice::from_ref(error))?;
    if matches!(answer, Value::Bool(true)) {
        return Ok(());
    }
    let name = text(&member(cx, expected, "name")?).filter(|n| !n.is_empty()).map_or_else(String::new, |n| format!("\"{n}\" "));
    let shown = inspect(cx, &answer);
    Err(given(cx, format!("The {name}validation function is expected to return \"true\". Received {shown}\n\nCaught error:\n\n{}", inspect(cx, error))))
}

fn properties(cx: Cx, error: &Value, expected: &Value, given: &dyn Fn(Cx, String) -> Thrown) -> R<()> {
    let Value::Obj(o) = expected else { return Ok(()) };
    let mut keys = ops::enumerable_keys(cx, o)?;
    if matches!(o.kind(), Kind::Error) {
        keys.extend([cx.key_of("name"), cx.key_of("message")]);
    }
    if keys.is_empty() {
        return Err(crate::support::invalid_value(cx, "error", expected, "may not be an empty object"));
    }
    let (shown_actual, shown_expected) = (Obj::with(cx, None, Kind::Plain), Obj::with(cx, None, Kind::Plain));
    let mut all = true;
    for key in &keys {
        let wanted = ops::get_key(cx, o, key, expected)?;
        let found = if error.is_object() { ops::get_value(cx, error, key)? } else { Value::Undefined };
        let matched = match (puremix_js::regexp::as_regexp(&wanted), &found) {
            (Some(_), Value::Str(_)) => ops::js_truthy(&ops::invoke_key(cx, &wanted, &cx.key_of("test"), std::slice::from_ref(&found))?),
            _ => deep_equal(cx, &found, &wanted, Mode::Strict)?,
        };
        all &= matched;
        shown_actual.put(cx, key, found.clone());
        shown_expected.put(cx, key, if matched { found } else { wanted });
    }
    if all {
        return Ok(());
    }
    let text = super::diff::message(cx, &shown_actual.into(), &shown_expected.into(), "deepStrictEqual", None);
    Err(given(cx, text.replace("[Object: null prototype] ", "Comparison ")))
}
