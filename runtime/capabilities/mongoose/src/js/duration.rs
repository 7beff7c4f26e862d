//! Durations as the package `ms` reads them: `'10m'`, `'1.5 hours'`, `'90'` (milliseconds).

/// Milliseconds; `None` for a text that names none.
pub fn milliseconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '-')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let one = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
        "m" | "min" | "mins" | "minute" | "minutes" => 6e4,
        "h" | "hr" | "hrs" | "hour" | "hours" => 36e5,
        "d" | "day" | "days" => 864e5,
        "w" | "week" | "weeks" => 7.0 * 864e5,
        "y" | "yr" | "yrs" | "year" | "years" => 365.25 * 864e5,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * one)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn texts() {
        for (text, want) in [("10m", Some(600_000.0)), ("1.5 hours", Some(5_400_000.0)), ("90", Some(90.0)), ("-1d", Some(-864e5)), ("2 Weeks", Some(12_096e5)), ("soon", None), ("", None), ("1x", None)] {
            assert_eq!(milliseconds(text), want, "{text}");
        }
    }
}
