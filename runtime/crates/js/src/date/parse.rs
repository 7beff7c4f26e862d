//! `Date.parse`: the ISO form of the specification, and the informal forms V8 also reads.

use super::civil::{make_date, make_day, make_time, time_clip};

/// Milliseconds since the epoch, NaN when the text is no date. `local_to_utc` turns a local time value into UTC.
pub fn parse(text: &str, local_to_utc: &dyn Fn(f64) -> f64) -> f64 {
    let text = text.trim();
    match parse_iso(text) {
        Some((t, true)) => time_clip(t),
        Some((t, false)) => time_clip(local_to_utc(t)),
        None => parse_informal(text, local_to_utc).map_or(f64::NAN, time_clip),
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn eat(&mut self, b: u8) -> bool {
        let hit = self.bytes.get(self.at) == Some(&b);
        self.at += usize::from(hit);
        hit
    }

    fn digits(&mut self, count: usize) -> Option<f64> {
        let slice = self.bytes.get(self.at..self.at + count)?;
        if !slice.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.at += count;
        Some(slice.iter().fold(0.0, |n, d| n * 10.0 + f64::from(d - b'0')))
    }

    fn done(&self) -> bool {
        self.at == self.bytes.len()
    }
}

/// The simplified ISO form. The flag says whether the value is already UTC (date-only forms are).
fn parse_iso(text: &str) -> Option<(f64, bool)> {
    let mut c = Cursor { bytes: text.as_bytes(), at: 0 };
    let year = if c.eat(b'+') {
        c.digits(6)?
    } else if c.eat(b'-') {
        let y = c.digits(6)?;
        if y == 0.0 {
            return None;
        }
        -y
    } else {
        c.digits(4)?
    };
    let mut month = 1.0;
    let mut day = 1.0;
    if c.eat(b'-') {
        month = c.digits(2)?;
        if c.eat(b'-') {
            day = c.digits(2)?;
        }
    }
    if !(1.0..=12.0).contains(&month) || !(1.0..=31.0).contains(&day) {
        return None;
    }
    let date = make_day(year, month - 1.0, day);
    if c.done() {
        return Some((make_date(date, 0.0), true));
    }
    if !(c.eat(b'T') || c.eat(b't') || c.eat(b' ')) {
        return None;
    }
    let hour = c.digits(2)?;
    if !c.eat(b':') {
        return None;
    }
    let minute = c.digits(2)?;
    let (mut second, mut ms) = (0.0, 0.0);
    if c.eat(b':') {
        second = c.digits(2)?;
        if c.eat(b'.') || c.eat(b',') {
            let start = c.at;
            while c.bytes.get(c.at).is_some_and(u8::is_ascii_digit) {
                c.at += 1;
            }
            let digits = &text[start..c.at];
            if digits.is_empty() {
                return None;
            }
            ms = format!("0.{digits}").parse::<f64>().ok().map_or(0.0, |f| (f * 1000.0).trunc());
        }
    }
    if hour > 24.0 || minute > 59.0 || second > 59.0 || (hour == 24.0 && (minute > 0.0 || second > 0.0 || ms > 0.0)) {
        return None;
    }
    let t = make_date(date, make_time(hour, minute, second, ms));
    if c.done() {
        return Some((t, false));
    }
    if c.eat(b'Z') || c.eat(b'z') {
        return c.done().then_some((t, true));
    }
    let sign = if c.eat(b'+') {
        1.0
    } else if c.eat(b'-') {
        -1.0
    } else {
        return None;
    };
    let offset_hour = c.digits(2)?;
    c.eat(b':');
    let offset_minute = c.digits(2)?;
    (c.done() && offset_hour < 24.0 && offset_minute < 60.0)
        .then_some((t - sign * (offset_hour * 60.0 + offset_minute) * 60_000.0, true))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// `Mon, 25 Dec 1995 13:30:00 GMT`, `Dec 25, 1995`, `12/25/1995`, `Tue Mar 01 2022 10:00:00 GMT+0100 (CET)` and their like.
fn parse_informal(text: &str, local_to_utc: &dyn Fn(f64) -> f64) -> Option<f64> {
    let mut numbers: Vec<f64> = Vec::new();
    let mut month: Option<f64> = None;
    let mut time: Option<(f64, f64, f64, f64)> = None;
    let mut offset: Option<f64> = None;
    let mut pm: Option<bool> = None;
    let b = text.as_bytes();
    let mut i = 0;
    while i < b.len() {
        let c = b[i];
        if c == b'(' {
            let close = text[i..].find(')')?;
            i += close + 1;
        } else if c.is_ascii_alphabetic() {
            let start = i;
            while i < b.len() && (b[i].is_ascii_alphabetic() || b[i] == b'.') {
                i += 1;
            }
            let word = text[start..i].trim_end_matches('.').to_ascii_lowercase();
            if word == "am" || word == "pm" {
                pm = Some(word == "pm");
            } else if matches!(word.as_str(), "z" | "gmt" | "ut" | "utc") {
                offset = Some(offset.unwrap_or(0.0));
            } else if let Some(m) = (word.len() >= 3).then(|| MONTHS.iter().position(|m| word.starts_with(m))).flatten() {
                month = Some(m as f64);
            } else if let Some(hours) = zone_hours(&word) {
                offset = Some(hours * 60.0);
            } else if numbers.is_empty() && month.is_none() || is_weekday(&word) || word == "t" {
                // A leading word that means nothing (a weekday) is skipped, as V8 does.
            } else {
                return None;
            }
        } else if c.is_ascii_digit() {
            let start = i;
            while i < b.len() && b[i].is_ascii_digit() {
                i += 1;
            }
            let n: f64 = text[start..i].parse().ok()?;
            if b.get(i) == Some(&b':') && time.is_none() {
                let (t, next) = clock(text, i + 1, n)?;
                time = Some(t);
                i = next;
            } else {
                if numbers.len() == 3 {
                    return None;
                }
                numbers.push(n);
            }
        } else if (c == b'+' || c == b'-') && (time.is_some() || offset.is_some()) && b.get(i + 1).is_some_and(u8::is_ascii_digit) {
            let start = i + 1;
            i = start;
            while i < b.len() && (b[i].is_ascii_digit() || b[i] == b':') {
                i += 1;
            }
            let digits: String = text[start..i].chars().filter(char::is_ascii_digit).collect();
            let n: f64 = digits.parse().ok()?;
            let minutes = if digits.len() <= 2 { n * 60.0 } else { (n / 100.0).floor() * 60.0 + n % 100.0 };
            offset = Some(if c == b'-' { -minutes } else { minutes });
        } else {
            i += 1;
        }
    }
    // V8 takes missing numbers for 1; a number that can be no day is the year.
    let first = *numbers.first()?;
    let number = |i: usize| numbers.get(i).copied().unwrap_or(1.0);
    let is_day = (1.0..=31.0).contains(&first);
    let (year, month, day) = match (month, is_day) {
        (Some(m), true) => (number(1), m, first),
        (Some(m), false) => (first, m, number(1)),
        (None, true) => (number(2), first - 1.0, number(1)),
        (None, false) => (first, number(1) - 1.0, number(2)),
    };
    if !(0.0..12.0).contains(&month) || !(1.0..=31.0).contains(&day) {
        return None;
    }
    let year = if year < 50.0 {
        year + 2000.0
    } else if year < 100.0 {
        year + 1900.0
    } else {
        year
    };
    let (mut hour, minute, second, ms) = time.unwrap_or_default();
    match pm {
        Some(_) if !(1.0..=12.0).contains(&hour) => return None,
        Some(true) if hour < 12.0 => hour += 12.0,
        Some(false) if hour == 12.0 => hour = 0.0,
        _ => {}
    }
    let t = make_date(make_day(year, month, day), make_time(hour, minute, second, ms));
    Some(match offset {
        Some(minutes) => t - minutes * 60_000.0,
        None => local_to_utc(t),
    })
}

type Clock = (f64, f64, f64, f64);

/// The rest of `13:30:00.5` after its first colon; answers the clock and where reading goes on.
fn clock(text: &str, mut at: usize, hour: f64) -> Option<(Clock, usize)> {
    let b = text.as_bytes();
    let number = |at: &mut usize| -> Option<f64> {
        let start = *at;
        while b.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        text[start..*at].parse().ok()
    };
    let minute = number(&mut at)?;
    let (mut second, mut ms) = (0.0, 0.0);
    if b.get(at) == Some(&b':') {
        at += 1;
        second = number(&mut at)?;
        if b.get(at) == Some(&b'.') {
            let start = at;
            at += 1;
            number(&mut at)?;
            ms = (text[start..at].parse::<f64>().ok()? * 1000.0).trunc();
        }
    }
    (hour <= 24.0 && minute <= 59.0 && second <= 59.0).then_some(((hour, minute, second, ms), at))
}

fn is_weekday(word: &str) -> bool {
    word.len() >= 3 && ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].iter().any(|d| word.starts_with(d))
}

fn zone_hours(word: &str) -> Option<f64> {
    Some(match word {
        "est" => -5.0,
        "edt" => -4.0,
        "cst" => -6.0,
        "cdt" => -5.0,
        "mst" => -7.0,
        "mdt" => -6.0,
        "pst" => -8.0,
        "pdt" => -7.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn check(text: &str, expected: f64) {
        let got = parse(text, &|t| t);
        assert!(got == expected || got.is_nan() && expected.is_nan(), "{text}: {got} != {expected}");
    }

    #[test]
    fn iso_forms() {
        check("1970-01-01", 0.0);
        check("2024-02-29T12:30:15.250Z", 1_709_209_815_250.0);
        check("2024-02-29T12:30:15+02:00", 1_709_202_615_000.0);
        check("+002024-02-29T00:00Z", 1_709_164_800_000.0);
        check("2024-13-01", f64::NAN);
        check("2024-01-01T25:00", f64::NAN);
    }

    #[test]
    fn informal_forms() {
        check("Mon, 25 Dec 1995 13:30:00 GMT", 819_898_200_000.0);
        check("Mon, 25 Dec 1995 13:30:00 +0430", 819_882_000_000.0);
        check("Dec 25, 1995", 819_849_600_000.0);
        check("12/25/1995", 819_849_600_000.0);
        check("1995/12/25 1:30 PM", 819_898_200_000.0);
        check("Mon Dec 25 1995 14:30:00 GMT+0100 (Central European Standard Time)", 819_898_200_000.0);
        check("hello", f64::NAN);
        check("", f64::NAN);
    }
}
