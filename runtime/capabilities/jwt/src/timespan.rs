//! `"2 days"`, `"10h"`, `"7d"`: time spans as the package `ms` reads them.

/// Milliseconds; `None` for what is no time span.
pub fn milliseconds(text: &str) -> Option<f64> {
    /// Longer texts are refused unread, as in `ms`.
    const LONGEST: usize = 100;
    if text.encode_utf16().count() > LONGEST {
        return None;
    }
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    // `(\d+)?\.?\d+`: at least one digit at the end.
    let whole = digits(text);
    let mut end = whole;
    if text[whole..].starts_with('.') {
        let fraction = digits(&text[whole + 1..]);
        if fraction > 0 {
            end = whole + 1 + fraction;
        }
    }
    let n: f64 = text[..end].parse().ok()?;
    let unit = text[end..].trim_start_matches(' ').to_ascii_lowercase();
    let second = 1000.0;
    let factor = match unit.as_str() {
        "years" | "year" | "yrs" | "yr" | "y" => 365.25 * 86_400.0 * second,
        "days" | "day" | "d" => 86_400.0 * second,
        "hours" | "hour" | "hrs" | "hr" | "h" => 3600.0 * second,
        "minutes" | "minute" | "mins" | "min" | "m" => 60.0 * second,
        "seconds" | "second" | "secs" | "sec" | "s" => second,
        "milliseconds" | "millisecond" | "msecs" | "msec" | "ms" | "" => 1.0,
        _ => return None,
    };
    Some(n * factor)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn spans() {
        for (text, expected) in [
            ("7d", Some(604_800_000.0)),
            ("2 days", Some(172_800_000.0)),
            ("1.5h", Some(5_400_000.0)),
            (".5 m", Some(30_000.0)),
            ("60", Some(60.0)),
            ("10 HRS", Some(36_000_000.0)),
            ("1y", Some(31_557_600_000.0)),
            ("", None),
            ("d", None),
            ("-1d", None),
            ("1 week", None),
            ("1..5h", None),
            ("1.h", None),
            (" 1h", None),
        ] {
            assert_eq!(milliseconds(text), expected, "{text:?}");
        }
        assert_eq!(milliseconds(&"1".repeat(101)), None);
    }
}
