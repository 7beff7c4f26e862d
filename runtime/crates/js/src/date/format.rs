//! The text forms of a date. All take local or UTC fields; the zone's part is made by the caller's offset.

use super::civil::{Fields, split};

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2024-02-29T12:30:15.250Z`; the time value must be finite.
pub fn iso(t: f64) -> String {
    let f = split(t);
    let year = match f.year {
        0..=9999 => format!("{:04}", f.year),
        y if y < 0 => format!("-{:06}", -y),
        y => format!("+{y:06}"),
    };
    format!("{year}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.month + 1, f.day, f.hour, f.minute, f.second, f.ms)
}

/// `Thu Feb 29 2024`
pub fn date_string(f: &Fields) -> String {
    format!("{} {} {:02} {}", DAYS[f.weekday as usize], MONTHS[f.month as usize], f.day, year(f.year))
}

/// `12:30:15 GMT+0100 (CET)`; `offset` in milliseconds.
pub fn time_string(f: &Fields, offset: f64, zone: &str) -> String {
    let minutes = (offset.abs() / 60_000.0) as u32;
    let sign = if offset < 0.0 { '-' } else { '+' };
    format!("{:02}:{:02}:{:02} GMT{sign}{:02}{:02} ({zone})", f.hour, f.minute, f.second, minutes / 60, minutes % 60)
}

/// `Thu, 29 Feb 2024 12:30:15 GMT`
pub fn utc_string(t: f64) -> String {
    let f = split(t);
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
        DAYS[f.weekday as usize], f.day, MONTHS[f.month as usize], year(f.year), f.hour, f.minute, f.second
    )
}

fn year(y: i64) -> String {
    if y < 0 { format!("-{:06}", -y) } else { format!("{y:04}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_agree_with_node() {
        let t = 1_709_209_815_250.0;
        let f = split(t);
        assert_eq!(iso(t), "2024-02-29T12:30:15.250Z");
        assert_eq!(iso(-62_198_755_200_000.0), "-000001-01-01T00:00:00.000Z");
        assert_eq!(date_string(&f), "Thu Feb 29 2024");
        assert_eq!(time_string(&f, 3_600_000.0, "CET"), "12:30:15 GMT+0100 (CET)");
        assert_eq!(utc_string(t), "Thu, 29 Feb 2024 12:30:15 GMT");
    }
}
