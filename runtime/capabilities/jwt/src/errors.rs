//! `JsonWebTokenError` and its two kinds. As in the package, their parts are enumerable, so an error in a JSON answer shows them.

use puremix_node::capability::{ClassDef, class as make_class, must_construct};
use puremix_value::{Args, Cx, Intrinsic, Kind, Obj, R, Thrown, Value, well_known};

/// What only one kind of error has.
type Extra<'a> = Option<(&'a str, Value)>;

pub fn general(cx: Cx) -> (Obj, Obj) {
    let error = (cx.intrinsic(Intrinsic::ErrorConstructor), cx.intrinsic(Intrinsic::ErrorPrototype));
    make_class(cx, &ClassDef::new("JsonWebTokenError", 2, |cx, a| construct(cx, a, "JsonWebTokenError", Some("inner"))), Some(&error))
}

pub fn expired(cx: Cx) -> (Obj, Obj) {
    let parent = general(cx);
    make_class(cx, &ClassDef::new("TokenExpiredError", 2, |cx, a| construct(cx, a, "TokenExpiredError", Some("expiredAt"))), Some(&parent))
}

pub fn not_before(cx: Cx) -> (Obj, Obj) {
    let parent = general(cx);
    make_class(cx, &ClassDef::new("NotBeforeError", 2, |cx, a| construct(cx, a, "NotBeforeError", Some("date"))), Some(&parent))
}

fn construct(cx: Cx, a: &Args<'_>, name: &str, second: Option<&str>) -> R {
    let proto = must_construct(cx, a)?;
    let message = a.get(0).clone();
    let extra = second.filter(|_| !a.get(1).is_undefined()).map(|name| (name, a.get(1).clone()));
    build(cx, proto, name, message, extra)
}

fn build(cx: Cx, proto: Obj, name: &str, message: Value, extra: Extra<'_>) -> R {
    let o = Obj::with(cx, Some(proto), Kind::Error);
    let text = puremix_node::capability::text_of(cx, &message)?;
    // The stack of an error made here has its place; the header is ours.
    let plain = puremix_js::builtins::error::make_error(cx, puremix_value::ErrorKind::Error, &text);
    let stack = puremix_js::ops::get(cx, &plain, well_known::STACK, 0)?;
    let stack = stack.as_str().map(|s| s.to_string()).unwrap_or_default();
    o.put_hidden(cx, well_known::STACK, Value::from(format!("{name}{}", stack.strip_prefix("Error").unwrap_or(&stack))));
    o.put(cx, &well_known::NAME.into(), Value::str(name));
    o.put(cx, &well_known::MESSAGE.into(), message);
    if let Some((name, value)) = extra {
        o.put(cx, &cx.key_of(name), value);
    }
    Ok(o.into())
}

fn throw_one(cx: Cx, class: (Obj, Obj), name: &str, message: &str, extra: Extra<'_>) -> Thrown {
    match build(cx, class.1, name, Value::str(message), extra) {
        Ok(error) => cx.throw(error),
        Err(thrown) => thrown,
    }
}

#[cold]
pub fn invalid(cx: Cx, message: &str) -> Thrown {
    throw_one(cx, general(cx), "JsonWebTokenError", message, None)
}

/// `at`: seconds since 1970.
#[cold]
pub fn throw_expired(cx: Cx, message: &str, at: f64) -> Thrown {
    throw_one(cx, expired(cx), "TokenExpiredError", message, Some(("expiredAt", puremix_js::date::new_date(cx, at * 1000.0))))
}

#[cold]
pub fn throw_not_before(cx: Cx, message: &str, at: f64) -> Thrown {
    throw_one(cx, not_before(cx), "NotBeforeError", message, Some(("date", puremix_js::date::new_date(cx, at * 1000.0))))
}
