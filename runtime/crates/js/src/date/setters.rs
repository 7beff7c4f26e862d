//! `setFullYear` and its kin: each replaces a field and those after it that are given.

use super::civil::{make_date, make_day, make_time, split, time_clip};
use super::{local, local_to_utc, this_date};
use crate::{Methods, js_to_number};
use puremix_value::{Args, Cx, R, Value};

/// Fields in the order of `Date.UTC`'s parameters.
const YEAR: usize = 0;
const MONTH: usize = 1;
const DAY: usize = 2;
const HOUR: usize = 3;
const MINUTE: usize = 4;
const SECOND: usize = 5;
const MS: usize = 6;

/// Replaces up to `most` fields from `first` on by the arguments.
fn set(cx: Cx, a: &Args<'_>, first: usize, most: usize, is_local: bool) -> R {
    let cell = this_date(cx, a)?;
    let t = cell.get();
    let mut given = vec![js_to_number(cx, a.get(0))?];
    for v in a.args.iter().take(most).skip(1) {
        given.push(js_to_number(cx, v)?);
    }
    // Only a year can make an invalid date valid: it starts from 1970-01-01 then.
    if t.is_nan() && first != YEAR {
        return Ok(Value::Num(f64::NAN));
    }
    let start = match t.is_nan() {
        true => 0.0,
        false if is_local => local(t),
        false => t,
    };
    let f = split(start);
    let mut n = [f.year as f64, f64::from(f.month), f64::from(f.day), f64::from(f.hour), f64::from(f.minute), f64::from(f.second), f64::from(f.ms)];
    for (place, v) in n[first..].iter_mut().zip(given) {
        *place = v;
    }
    let made = make_date(make_day(n[YEAR], n[MONTH], n[DAY]), make_time(n[HOUR], n[MINUTE], n[SECOND], n[MS]));
    let made = time_clip(if is_local { local_to_utc(made) } else { made });
    cell.set(made);
    Ok(Value::Num(made))
}

macro_rules! setters {
    ($($local:ident $utc:ident $first:ident $most:literal;)*) => {$(
        fn $local(cx: Cx, a: &Args<'_>) -> R {
            set(cx, a, $first, $most, true)
        }
        fn $utc(cx: Cx, a: &Args<'_>) -> R {
            set(cx, a, $first, $most, false)
        }
    )*};
}

setters! {
    full_year utc_full_year YEAR 3;
    month utc_month MONTH 2;
    day utc_day DAY 1;
    hours utc_hours HOUR 4;
    minutes utc_minutes MINUTE 3;
    seconds utc_seconds SECOND 2;
    ms utc_ms MS 1;
}

fn time(cx: Cx, a: &Args<'_>) -> R {
    let cell = this_date(cx, a)?;
    let t = time_clip(js_to_number(cx, a.get(0))?);
    cell.set(t);
    Ok(Value::Num(t))
}

fn year(cx: Cx, a: &Args<'_>) -> R {
    let y = js_to_number(cx, a.get(0))?;
    let y = if (0.0..=99.0).contains(&y.trunc()) { 1900.0 + y.trunc() } else { y };
    set(cx, &Args { args: &[Value::Num(y)], ..*a }, YEAR, 1, true)
}

pub(super) const METHODS: Methods = &[
    ("setDate", 1, day),
    ("setFullYear", 3, full_year),
    ("setHours", 4, hours),
    ("setMilliseconds", 1, ms),
    ("setMinutes", 3, minutes),
    ("setMonth", 2, month),
    ("setSeconds", 2, seconds),
    ("setTime", 1, time),
    ("setYear", 1, year),
    ("setUTCDate", 1, utc_day),
    ("setUTCFullYear", 3, utc_full_year),
    ("setUTCHours", 4, utc_hours),
    ("setUTCMilliseconds", 1, utc_ms),
    ("setUTCMinutes", 3, utc_minutes),
    ("setUTCMonth", 2, utc_month),
    ("setUTCSeconds", 2, utc_seconds),
];
