//! The local time zone, from `TZ` or the system, through jiff's bundled database (a scratch container has none of its own).

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::cell::RefCell;

thread_local! {
    static LOCAL: RefCell<TimeZone> = RefCell::new(local());
}

/// Changes this thread's local zone, as an assignment to `process.env.TZ` does. False if there is no such zone.
pub fn set_local_zone(name: &str) -> bool {
    match TimeZone::get(name) {
        Ok(zone) => {
            LOCAL.replace(zone);
            true
        }
        Err(_) => false,
    }
}

fn local() -> TimeZone {
    match std::env::var("TZ") {
        Ok(name) if !name.is_empty() => TimeZone::get(name.trim_start_matches(':')).unwrap_or(TimeZone::UTC),
        _ => TimeZone::try_system().unwrap_or(TimeZone::UTC),
    }
}

/// Offset from UTC in milliseconds at a UTC time value, and the zone's name at that time (`GMT+0100` needs only the offset).
pub fn offset_at_utc(t: f64) -> f64 {
    let Ok(at) = Timestamp::from_millisecond(t as i64) else { return 0.0 };
    LOCAL.with_borrow(|zone| f64::from(zone.to_offset(at).seconds()) * 1000.0)
}

/// A local time value as UTC. Of two meanings (clocks set back) the first, as V8 does; in a gap the offset before it.
pub fn local_to_utc(local: f64) -> f64 {
    if !local.is_finite() {
        return f64::NAN;
    }
    let guess = local - offset_at_utc(local);
    let before = offset_at_utc(local - 86_400_000.0);
    let first = local - before;
    if offset_at_utc(first) == before {
        return first;
    }
    let second = local - offset_at_utc(guess);
    if second + offset_at_utc(second) == local { second } else { first }
}

/// The zone's identifier, such as `Europe/Berlin`.
pub fn name() -> String {
    LOCAL.with_borrow(|zone| zone.iana_name().unwrap_or("UTC").to_owned())
}

/// The zone's English name at a UTC time, for `Date.prototype.toString`'s parenthesis: `Central European Summer Time`.
pub fn long_name(t: f64) -> String {
    let Ok(at) = Timestamp::from_millisecond(t as i64) else { return String::from("Coordinated Universal Time") };
    let (abbreviation, seconds) = LOCAL.with_borrow(|zone| {
        let info = zone.to_offset_info(at);
        (info.abbreviation().to_owned(), info.offset().seconds())
    });
    let known = LONG_NAMES.iter().find(|(short, offset, _)| *short == abbreviation && *offset == f64::from(seconds) / 3600.0);
    match known {
        Some((_, _, long)) => (*long).to_owned(),
        None => {
            let minutes = seconds.abs() / 60;
            format!("GMT{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
        }
    }
}

/// Abbreviation, hours from UTC, CLDR's English name.
const LONG_NAMES: &[(&str, f64, &str)] = &[
    ("UTC", 0.0, "Coordinated Universal Time"),
    ("GMT", 0.0, "Greenwich Mean Time"),
    ("BST", 1.0, "British Summer Time"),
    ("IST", 1.0, "Irish Standard Time"),
    ("WET", 0.0, "Western European Standard Time"),
    ("WEST", 1.0, "Western European Summer Time"),
    ("CET", 1.0, "Central European Standard Time"),
    ("CEST", 2.0, "Central European Summer Time"),
    ("EET", 2.0, "Eastern European Standard Time"),
    ("EEST", 3.0, "Eastern European Summer Time"),
    ("MSK", 3.0, "Moscow Standard Time"),
    ("IST", 5.5, "India Standard Time"),
    ("JST", 9.0, "Japan Standard Time"),
    ("KST", 9.0, "Korean Standard Time"),
    ("CST", 8.0, "China Standard Time"),
    ("AEST", 10.0, "Australian Eastern Standard Time"),
    ("AEDT", 11.0, "Australian Eastern Daylight Time"),
    ("NZST", 12.0, "New Zealand Standard Time"),
    ("NZDT", 13.0, "New Zealand Daylight Time"),
    ("EST", -5.0, "Eastern Standard Time"),
    ("EDT", -4.0, "Eastern Daylight Time"),
    ("CST", -6.0, "Central Standard Time"),
    ("CDT", -5.0, "Central Daylight Time"),
    ("MST", -7.0, "Mountain Standard Time"),
    ("MDT", -6.0, "Mountain Daylight Time"),
    ("PST", -8.0, "Pacific Standard Time"),
    ("PDT", -7.0, "Pacific Daylight Time"),
];

/// True if there is a zone of this name.
pub fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// A UTC time value as the local time of a named zone; unchanged if there is no such zone.
pub fn in_zone(t: f64, name: &str) -> f64 {
    match (TimeZone::get(name), Timestamp::from_millisecond(t as i64)) {
        (Ok(zone), Ok(at)) => t + f64::from(zone.to_offset(at).seconds()) * 1000.0,
        _ => t,
    }
}
