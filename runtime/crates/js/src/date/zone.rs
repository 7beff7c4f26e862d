//! The local time zone, from `TZ` or the system, through jiff's bundled database (a scratch container has none of its own).

use jiff::Timestamp;
use jiff::tz::TimeZone;

thread_local! {
    static LOCAL: TimeZone = local();
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
    LOCAL.with(|zone| f64::from(zone.to_offset(at).seconds()) * 1000.0)
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
    LOCAL.with(|zone| zone.iana_name().unwrap_or("UTC").to_owned())
}

/// The abbreviation at a UTC time (`CET`), for `Date.prototype.toString`'s parenthesis.
pub fn abbreviation(t: f64) -> String {
    let Ok(at) = Timestamp::from_millisecond(t as i64) else { return String::from("UTC") };
    LOCAL.with(|zone| zone.to_offset_info(at).abbreviation().to_owned())
}
