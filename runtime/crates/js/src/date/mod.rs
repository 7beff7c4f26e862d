//! `Date` (ECMA-262 §21.4).

mod civil;
mod format;
mod getters;
mod parse;
mod setters;
mod zone;

pub use civil::{Fields, days_from_civil, split, time_clip};
pub use parse::parse as parse_date;
pub use format::{date_string, iso, time_string, utc_string};
pub use zone::{in_zone, is_zone, local_to_utc, long_name, name as zone_name, offset_at_utc, set_local_zone};

use crate::errors::show;
use crate::{Hint, constructor, get_value, js_to_number, js_to_string, native, proto_for, throw_range, throw_type, to_primitive};
use civil::{make_date, make_day, make_time};
use puremix_value::{Args, Attr, Cx, Intrinsic, Kind, Obj, R, Str, Value, WellKnownSymbol, well_known};
use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

/// The present time in milliseconds since 1970.
pub fn now() -> f64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(d) => d.as_millis() as f64,
        Err(e) => -(e.duration().as_millis() as f64),
    }
}

/// A `Date` object at `t` milliseconds since 1970 (NaN: invalid).
pub fn new_date(cx: Cx, t: f64) -> Value {
    Obj::with(cx, Some(cx.intrinsic(Intrinsic::DatePrototype)), Kind::Date(Cell::new(time_clip(t)))).into()
}

/// A finite UTC time value as local time.
fn local(t: f64) -> f64 {
    t + offset_at_utc(t)
}

fn this_date<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Cell<f64>> {
    match a.this.as_obj().map(Obj::kind) {
        Some(Kind::Date(t)) => Ok(t),
        _ => Err(throw_type(cx, "this is not a Date object.")),
    }
}

/// Year, month, ... as one time value in the zone they are given in.
fn from_parts(cx: Cx, args: &[Value]) -> R<f64> {
    let mut n = [f64::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (place, v) in n.iter_mut().zip(args) {
        *place = js_to_number(cx, v)?;
    }
    if (0.0..=99.0).contains(&n[0].trunc()) {
        n[0] = 1900.0 + n[0].trunc();
    }
    Ok(make_date(make_day(n[0], n[1], n[2]), make_time(n[3], n[4], n[5], n[6])))
}

fn parse_text(s: &Str) -> f64 {
    parse::parse(s.as_str(), &local_to_utc)
}

fn date(cx: Cx, a: &Args<'_>) -> R {
    if !a.is_construct() {
        return Ok(full_text(now()).into());
    }
    let t = match a.args {
        [] => now(),
        [v] => match v.as_obj().map(Obj::kind) {
            Some(Kind::Date(t)) => t.get(),
            _ => match to_primitive(cx, v, Hint::Default)? {
                Value::Str(s) => parse_text(&s),
                v => time_clip(js_to_number(cx, &v)?),
            },
        },
        parts => time_clip(local_to_utc(from_parts(cx, parts)?)),
    };
    Ok(Obj::with(cx, Some(proto_for(cx, a.new_target, Intrinsic::DatePrototype)?), Kind::Date(Cell::new(t))).into())
}

fn now_(_: Cx, _: &Args<'_>) -> R {
    Ok(Value::Num(now()))
}

fn parse_(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Num(parse_text(&js_to_string(cx, a.get(0))?)))
}

fn utc(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Num(time_clip(from_parts(cx, a.args)?)))
}

const INVALID: &str = "Invalid Date";

/// `Thu Feb 29 2024 12:30:15 GMT+0100 (Central European Standard Time)`
fn full_text(t: f64) -> String {
    if t.is_nan() {
        return INVALID.into();
    }
    let f = split(local(t));
    format!("{} {}", date_string(&f), time_string(&f, offset_at_utc(t), &long_name(t)))
}

macro_rules! texts {
    ($($name:ident: $make:expr;)*) => {$(
        fn $name(cx: Cx, a: &Args<'_>) -> R {
            let t = this_date(cx, a)?.get();
            let make: fn(f64) -> String = $make;
            Ok(if t.is_nan() { INVALID.into() } else { make(t).into() })
        }
    )*};
}

texts! {
    to_string: full_text;
    to_date_string: |t| date_string(&split(local(t)));
    to_time_string: |t| time_string(&split(local(t)), offset_at_utc(t), &long_name(t));
    to_utc_string: utc_string;
}

fn to_iso_string(cx: Cx, a: &Args<'_>) -> R {
    let t = this_date(cx, a)?.get();
    if t.is_nan() { Err(throw_range(cx, "Invalid time value")) } else { Ok(iso(t).into()) }
}

fn to_json(cx: Cx, a: &Args<'_>) -> R {
    if let Value::Num(n) = to_primitive(cx, a.this, Hint::Number)?
        && !n.is_finite()
    {
        return Ok(Value::Null);
    }
    let f = get_value(cx, a.this, &cx.key_of("toISOString"))?;
    if !f.is_callable() {
        return Err(throw_type(cx, "toISOString is not a function"));
    }
    crate::call(cx, &f, a.this, &[])
}

fn to_primitive_(cx: Cx, a: &Args<'_>) -> R {
    let Value::Obj(_) = a.this else {
        return Err(throw_type(cx, &format!("Method Date.prototype [ @@toPrimitive ] called on incompatible receiver {}", show(cx, a.this))));
    };
    let order = match a.get(0).as_str().map(|s| s.as_str()) {
        Some("string" | "default") => [well_known::TO_STRING, well_known::VALUE_OF],
        Some("number") => [well_known::VALUE_OF, well_known::TO_STRING],
        _ => return Err(throw_type(cx, &format!("Invalid hint: {}", show(cx, a.get(0))))),
    };
    for name in order {
        let f = get_value(cx, a.this, &name.into())?;
        if f.is_callable() {
            let v = crate::call(cx, &f, a.this, &[])?;
            if !v.is_object() {
                return Ok(v);
            }
        }
    }
    Err(throw_type(cx, "Cannot convert object to primitive value"))
}

pub(crate) fn install(cx: Cx) {
    let proto = Obj::with(cx, Some(cx.intrinsic(Intrinsic::ObjectPrototype)), Kind::Plain);
    cx.set_intrinsic(Intrinsic::DatePrototype, proto.clone());
    let ctor = constructor(cx, "Date", 7, date, &proto, Intrinsic::DateConstructor);
    crate::install(cx, &ctor, &[("now", 0, now_), ("parse", 1, parse_), ("UTC", 7, utc)]);
    crate::install(
        cx,
        &proto,
        &[
            ("toString", 0, to_string),
            ("toDateString", 0, to_date_string),
            ("toTimeString", 0, to_time_string),
            ("toISOString", 0, to_iso_string),
            ("toUTCString", 0, to_utc_string),
            ("toJSON", 1, to_json),
        ],
    );
    crate::install(cx, &proto, getters::METHODS);
    crate::install(cx, &proto, setters::METHODS);
    let to_gmt = get_value(cx, &proto.clone().into(), &cx.key_of("toUTCString")).unwrap_or_default();
    proto.put_hidden(cx, cx.key_of("toGMTString"), to_gmt);
    let f = native(cx, "[Symbol.toPrimitive]", 1, to_primitive_);
    proto.define(cx, &cx.symbol(WellKnownSymbol::ToPrimitive).into(), f, Attr::CONFIGURABLE);
}
