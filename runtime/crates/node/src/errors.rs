//! Errors with codes, in Node's words.

use puremix_js::inspect::{Options, inspect_with};
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, Kind, Obj, Own, Thrown, Value, well_known};

/// An error with a `code`, as Node's own modules throw.
pub fn coded_error(cx: Cx, kind: ErrorKind, code: &str, message: &str) -> Value {
    let error = puremix_js::builtins::error::make_error(cx, kind, message);
    if let Value::Obj(o) = &error {
        name_code_in_stack(cx, o, code);
        o.put(cx, &cx.key_of("code"), Value::str(code));
        o.put_hidden(cx, well_known::TO_STRING, ops::native(cx, "toString", 0, |cx, a| {
            let part = |name: &str| crate::support::member(cx, a.this, name).and_then(|v| crate::support::text_of(cx, &v));
            Ok(Value::from(format!("{} [{}]: {}", part("name")?, part("code")?, part("message")?)))
        }));
    }
    error
}

/// `TypeError: …` becomes `TypeError [CODE]: …` at the head of the stack.
fn name_code_in_stack(cx: Cx, error: &Obj, code: &str) {
    if let Some(Own::Data { value: Value::Str(stack), .. }) = error.get_own(cx, &well_known::STACK.into())
        && let Some((name, rest)) = stack.as_str().split_once(':')
    {
        error.put_hidden(cx, well_known::STACK, Value::from(format!("{name} [{code}]:{rest}")));
    }
}

/// Throws an error with a `code`.
#[cold]
pub fn coded(cx: Cx, kind: ErrorKind, code: &str, message: &str) -> Thrown {
    let error = coded_error(cx, kind, code, message);
    cx.throw(error)
}

/// `The "path" argument must be of type string. Received undefined`.
#[cold]
pub fn argument_type(cx: Cx, name: &str, expected: &str, got: &Value) -> Thrown {
    let what = match name {
        "first" => "first argument".to_owned(),
        name if name.ends_with(" argument") => name.to_owned(),
        name => format!("\"{name}\" {}", if name.contains('.') { "property" } else { "argument" }),
    };
    let message = format!("The {what} must be {expected}. Received {}", received(cx, got));
    coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_TYPE", &message)
}

/// How Node names a value of a wrong type.
pub fn received(cx: Cx, got: &Value) -> String {
    match got {
        Value::Undefined | Value::Uninit => "undefined".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Obj(o) if o.is_callable() => format!("function {}", function_name(cx, o)),
        Value::Obj(o) => match puremix_js::errors::constructor_name(cx, o) {
            Some(name) => format!("an instance of {name}"),
            None => inspect_with(cx, got, Options { depth: Some(0), ..Options::default() }),
        },
        primitive => {
            let mut shown = puremix_js::inspect(cx, primitive);
            if let Some((at, _)) = shown.char_indices().nth(25).filter(|_| shown.chars().count() > 28) {
                shown = format!("{}...", &shown[..at]);
            }
            format!("type {} ({shown})", ops::typeof_lit(primitive).text())
        }
    }
}

fn function_name(cx: Cx, f: &Obj) -> String {
    match f.get_own(cx, &well_known::NAME.into()) {
        Some(Own::Data { value: Value::Str(name), .. }) if matches!(f.kind(), Kind::Function(_) | Kind::Bound(_)) => name.to_string(),
        _ => String::new(),
    }
}

/// `The value of "size" is out of range. It must be >= 0. Received -1`.
#[cold]
pub fn out_of_range(cx: Cx, name: &str, range: &str, got: &Value) -> Thrown {
    let shown = match got {
        Value::Num(n) if n.fract() == 0.0 && n.abs() > 4_294_967_296.0 => grouped(&puremix_js::num_to_str(*n).to_string()),
        Value::BigInt(n) => format!("{}n", if n.bits() > 32 { grouped(&n.to_string()) } else { n.to_string() }),
        other => puremix_js::inspect(cx, other),
    };
    let message = format!("The value of \"{name}\" is out of range. It must be {range}. Received {shown}");
    coded(cx, ErrorKind::Range, "ERR_OUT_OF_RANGE", &message)
}

/// `1099511627776` as `1_099_511_627_776`.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(c);
    }
    out
}

/// `The argument 'flag' is invalid. Received 'x'`.
#[cold]
pub fn invalid_value(cx: Cx, name: &str, got: &Value, reason: &str) -> Thrown {
    let mut shown = puremix_js::inspect(cx, got);
    if let Some((at, _)) = shown.char_indices().nth(128) {
        shown = format!("{}...", &shown[..at]);
    }
    let what = if name.contains('.') { "property" } else { "argument" };
    coded(cx, ErrorKind::Type, "ERR_INVALID_ARG_VALUE", &format!("The {what} '{name}' {reason}. Received {shown}"))
}

/// Node's number of a system error's code.
fn errno(code: &str) -> i32 {
    match code {
        "EPERM" => -1,
        "ENOENT" => -2,
        "ESRCH" => -3,
        "EINVAL" => -22,
        _ => -5,
    }
}

/// `kill ESRCH`: an error of a system call without a path.
pub fn system_error(cx: Cx, code: &str, call: &str) -> Value {
    let error = puremix_js::builtins::error::make_error(cx, ErrorKind::Error, &format!("{call} {code}"));
    if let Value::Obj(o) = &error {
        crate::support::put_all(cx, o, [("errno", Value::num(errno(code))), ("code", Value::str(code)), ("syscall", Value::str(call))]);
    }
    error
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_are_grouped() {
        for (digits, expected) in [("1", "1"), ("-1234", "-1_234"), ("1099511627776", "1_099_511_627_776")] {
            assert_eq!(super::grouped(digits), expected);
        }
    }
}
