//! `getFullYear` and its kin: a field of local or UTC time.

use super::civil::{Fields, split};
use super::{local, offset_at_utc, this_date};
use crate::Methods;
use puremix_value::{Args, Cx, R, Value};

macro_rules! fields {
    ($($local:ident $utc:ident $read:expr;)*) => {$(
        fn $local(cx: Cx, a: &Args<'_>) -> R {
            let t = this_date(cx, a)?.get();
            Ok(Value::Num(if t.is_nan() { t } else { read(t, true, $read) }))
        }
        fn $utc(cx: Cx, a: &Args<'_>) -> R {
            let t = this_date(cx, a)?.get();
            Ok(Value::Num(if t.is_nan() { t } else { read(t, false, $read) }))
        }
    )*};
}

fn read(t: f64, is_local: bool, field: fn(&Fields) -> f64) -> f64 {
    field(&split(if is_local { local(t) } else { t }))
}

fields! {
    full_year utc_full_year |f| f.year as f64;
    month utc_month |f| f64::from(f.month);
    day utc_day |f| f64::from(f.day);
    weekday utc_weekday |f| f64::from(f.weekday);
    hours utc_hours |f| f64::from(f.hour);
    minutes utc_minutes |f| f64::from(f.minute);
    seconds utc_seconds |f| f64::from(f.second);
    ms utc_ms |f| f64::from(f.ms);
}

fn time(cx: Cx, a: &Args<'_>) -> R {
    Ok(Value::Num(this_date(cx, a)?.get()))
}

/// Minutes that local time is behind UTC.
fn timezone_offset(cx: Cx, a: &Args<'_>) -> R {
    let t = this_date(cx, a)?.get();
    Ok(Value::Num(if t.is_nan() { t } else { -offset_at_utc(t) / 60_000.0 + 0.0 }))
}

fn year(cx: Cx, a: &Args<'_>) -> R {
    let t = this_date(cx, a)?.get();
    Ok(Value::Num(if t.is_nan() { t } else { read(t, true, |f| (f.year - 1900) as f64) }))
}

pub(super) const METHODS: Methods = &[
    ("getDate", 0, day),
    ("getDay", 0, weekday),
    ("getFullYear", 0, full_year),
    ("getHours", 0, hours),
    ("getMilliseconds", 0, ms),
    ("getMinutes", 0, minutes),
    ("getMonth", 0, month),
    ("getSeconds", 0, seconds),
    ("getTime", 0, time),
    ("getTimezoneOffset", 0, timezone_offset),
    ("getYear", 0, year),
    ("getUTCDate", 0, utc_day),
    ("getUTCDay", 0, utc_weekday),
    ("getUTCFullYear", 0, utc_full_year),
    ("getUTCHours", 0, utc_hours),
    ("getUTCMilliseconds", 0, utc_ms),
    ("getUTCMinutes", 0, utc_minutes),
    ("getUTCMonth", 0, utc_month),
    ("getUTCSeconds", 0, utc_seconds),
    ("valueOf", 0, time),
];
