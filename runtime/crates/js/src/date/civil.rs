//! Time values and the proleptic Gregorian calendar (ECMA-262 §21.4.1). Pure arithmetic; NaN is "invalid date".

pub const MS_PER_DAY: f64 = 86_400_000.0;

/// A time value split into its fields. `month` is 0-based, `weekday` 0 is Sunday.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fields {
    pub year: i64,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub ms: u32,
    pub weekday: u32,
}

/// Days since 1970-01-01 of a civil date (Howard Hinnant's `days_from_civil`); `month` is 0-based.
pub fn days_from_civil(year: i64, month: u32, day: i64) -> i64 {
    let month = i64::from(month) + 1;
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468 + (day - 1)
}

/// The civil date of a day number: year, 0-based month, 1-based day.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let mp = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u32 - 1, day as u32)
}

/// The fields of a finite time value, in whatever zone it is expressed.
pub fn split(t: f64) -> Fields {
    let days = (t / MS_PER_DAY).floor();
    let in_day = (t - days * MS_PER_DAY) as i64;
    let (year, month, day) = civil_from_days(days as i64);
    Fields {
        year,
        month,
        day,
        hour: (in_day / 3_600_000) as u32,
        minute: (in_day / 60_000 % 60) as u32,
        second: (in_day / 1000 % 60) as u32,
        ms: (in_day % 1000) as u32,
        weekday: (days as i64 + 4).rem_euclid(7) as u32,
    }
}

/// MakeTime.
pub fn make_time(hour: f64, minute: f64, second: f64, ms: f64) -> f64 {
    if !(hour.is_finite() && minute.is_finite() && second.is_finite() && ms.is_finite()) {
        return f64::NAN;
    }
    hour.trunc() * 3_600_000.0 + minute.trunc() * 60_000.0 + second.trunc() * 1000.0 + ms.trunc()
}

/// MakeDay.
pub fn make_day(year: f64, month: f64, day: f64) -> f64 {
    if !(year.is_finite() && month.is_finite() && day.is_finite()) {
        return f64::NAN;
    }
    let (year, month) = (year.trunc(), month.trunc());
    let year = year + (month / 12.0).floor();
    if year.abs() > 400_000.0 {
        return f64::NAN;
    }
    let month = month.rem_euclid(12.0) as u32;
    days_from_civil(year as i64, month, 1) as f64 + day.trunc() - 1.0
}

/// MakeDate.
pub fn make_date(day: f64, time: f64) -> f64 {
    let t = day * MS_PER_DAY + time;
    if t.is_finite() { t } else { f64::NAN }
}

/// TimeClip.
pub fn time_clip(t: f64) -> f64 {
    if t.is_finite() && t.abs() <= 8.64e15 { t.trunc() + 0.0 } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_every_day_of_four_centuries() {
        for days in -146_097..146_097 {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, i64::from(d)), days);
        }
    }

    #[test]
    fn splits_before_the_epoch() {
        let f = split(-1.0);
        assert_eq!((f.year, f.month, f.day, f.hour, f.ms, f.weekday), (1969, 11, 31, 23, 999, 3));
    }

    #[test]
    fn months_overflow_into_years() {
        assert_eq!(make_day(2024.0, 13.0, 1.0), days_from_civil(2025, 1, 1) as f64);
        assert_eq!(make_day(2024.0, -1.0, 1.0), days_from_civil(2023, 11, 1) as f64);
        assert!(make_day(f64::NAN, 0.0, 1.0).is_nan());
    }
}
