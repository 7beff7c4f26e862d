//! `session.cookie`: what the session's cookie says, changeable for each session (express-session's `Cookie`).

use crate::lang;
use crate::session::CookieOptions;
use puremix_js::date::new_date;
use puremix_js::ops;
use puremix_value::{Args, Cx, FnDef, Kind, Obj, R, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The end that a number of milliseconds stands for; hidden, to see whether the app has set another.
const SET_BY_AGE: &str = " end";

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |t| t.as_millis() as f64)
}

fn age(options: &CookieOptions) -> Value {
    options.max_age.map_or(Value::Null, |age| Value::Num(age.as_millis() as f64))
}

/// The object the app sees.
pub fn object(cx: Cx, options: &CookieOptions) -> Obj {
    static GET_AGE: FnDef = FnDef::native("get maxAge", 0, get_age);
    static SET_AGE: FnDef = FnDef::native("set maxAge", 1, set_age);
    let prototype = Obj::plain(cx);
    let accessor = |def: &'static FnDef| lang::function(cx, def, Vec::new());
    prototype.define_accessor(cx, &cx.key_of("maxAge"), accessor(&GET_AGE), accessor(&SET_AGE), puremix_value::Attr::CONFIGURABLE);
    let o = Obj::with(cx, Some(prototype), Kind::Plain);
    write_age(cx, &o, age(options));
    for (name, value) in settings(options) {
        lang::put(cx, &o, name, value);
    }
    o
}

/// What is kept of it in the store.
pub fn stored(cx: Cx, options: &CookieOptions) -> Obj {
    let o = lang::object(cx, [("originalMaxAge", age(options))]);
    for (name, value) in settings(options) {
        lang::put(cx, &o, name, value);
    }
    o
}

fn settings(options: &CookieOptions) -> [(&'static str, Value); 7] {
    let word = |w: Option<&'static str>| w.map_or(Value::Bool(false), |w| Value::from(w.to_ascii_lowercase()));
    [
        ("path", Value::str(&options.path)),
        ("httpOnly", Value::Bool(options.http_only)),
        ("secure", options.secure.map_or_else(|| Value::str("auto"), Value::Bool)),
        ("sameSite", word(options.same_site)),
        ("domain", options.domain.as_deref().map_or(Value::Undefined, Value::str)),
        ("partitioned", Value::Bool(options.partitioned)),
        ("priority", options.priority.map_or(Value::Undefined, |p| Value::from(p.to_ascii_lowercase()))),
    ]
}

fn write_age(cx: Cx, o: &Obj, age: Value) {
    let end = match age {
        Value::Num(ms) => new_date(cx, now() + ms),
        _ => Value::Null,
    };
    o.put_hidden(cx, cx.key_of(SET_BY_AGE), end.clone());
    lang::put(cx, o, "originalMaxAge", age);
    lang::put(cx, o, "expires", end);
}

/// `None` for what is no date.
fn time_of(cx: Cx, date: &Value) -> R<Option<f64>> {
    match date {
        Value::Obj(o) if matches!(o.kind(), Kind::Date(_)) => Ok(Some(ops::js_to_number(cx, date)?)),
        _ => Ok(None),
    }
}

fn get_age(cx: Cx, a: &Args<'_>) -> R {
    let end = lang::get(cx, a.this, "expires")?;
    Ok(time_of(cx, &end)?.map_or(end, |end| Value::Num(end - now())))
}

fn set_age(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(o) = a.this else { return Ok(Value::Undefined) };
    match a.get(0) {
        Value::Num(ms) if ms.is_finite() => write_age(cx, o, Value::Num(*ms)),
        v if !lang::truthy(v) => write_age(cx, o, Value::Null),
        v => match time_of(cx, v)? {
            Some(end) => write_age(cx, o, Value::Num(end - now())),
            None => return Err(lang::throw_type(cx, "maxAge must be a number or Date")),
        },
    }
    Ok(Value::Undefined)
}

/// Counts the cookie's life from now again.
pub fn restart(cx: Cx, o: &Obj) -> R<()> {
    let age = lang::get(cx, &Value::Obj(o.clone()), "originalMaxAge")?;
    write_age(cx, o, age);
    Ok(())
}

/// What an object, the app's or a stored one, says; `defaults` where it says nothing that can be understood.
pub fn read(cx: Cx, value: &Value, defaults: &CookieOptions) -> R<CookieOptions> {
    let get = |name: &str| lang::get(cx, value, name);
    let mut options = defaults.clone();
    options.max_age = match get("originalMaxAge")? {
        Value::Num(ms) => Some(Duration::from_millis(ms.max(0.0) as u64)),
        Value::Null => None,
        _ => defaults.max_age,
    };
    if let (Value::Obj(o), end) = (value, get("expires")?)
        && o.get_own(cx, &cx.key_of(SET_BY_AGE)).is_some()
        && !ops::js_strict_eq(&end, &get(SET_BY_AGE)?)
    {
        // The app has set `expires` itself.
        options.max_age = time_of(cx, &end)?.map(|end| Duration::from_millis((end - now()).max(0.0) as u64));
    }
    match get("secure")? {
        Value::Bool(secure) => options.secure = Some(secure),
        Value::Str(s) if s.as_str() == "auto" => options.secure = None,
        _ => {}
    }
    if let Value::Bool(only) = get("httpOnly")? {
        options.http_only = only;
    }
    match get("sameSite")? {
        Value::Bool(true) => options.same_site = Some("Strict"),
        Value::Bool(false) => options.same_site = None,
        Value::Str(s) => match s.as_str().to_ascii_lowercase().as_str() {
            "strict" => options.same_site = Some("Strict"),
            "lax" => options.same_site = Some("Lax"),
            "none" => options.same_site = Some("None"),
            _ => {}
        },
        _ => {}
    }
    if let Value::Str(path) = get("path")? {
        options.path = header_text(path.as_str());
    }
    options.domain = match get("domain")? {
        Value::Str(domain) => Some(header_text(domain.as_str())),
        _ => None,
    };
    if let Value::Bool(partitioned) = get("partitioned")? {
        options.partitioned = partitioned;
    }
    if let Value::Str(priority) = get("priority")? {
        options.priority = match priority.as_str().to_ascii_lowercase().as_str() {
            "low" => Some("Low"),
            "medium" => Some("Medium"),
            "high" => Some("High"),
            _ => options.priority,
        };
    }
    Ok(options)
}

/// Without what would end the attribute or the header.
fn header_text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && *c != ';').collect()
}
