//! `Range` of one part (RFC 9110, section 14).

use std::ops::Range;

/// What to send of a body of known length.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it: no range, several ranges, another unit, or a malformed one (which the RFC says to ignore).
    Whole,
    /// 206 with these bytes; never empty.
    Bytes(Range<u64>),
    /// 416: the range lies beyond the end.
    Unsatisfiable,
}

/// Reads a `Range` header for a body of `length` bytes.
pub fn parse(header: Option<&str>, length: u64) -> Part {
    let Some(set) = header.and_then(|h| h.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = set.split_once('-') else { return Part::Whole };
    if set.contains(',') {
        return Part::Whole;
    }
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    let range = match (first.is_empty(), last.is_empty()) {
        (true, true) => return Part::Whole,
        (true, false) => match number(last) {
            Some(0) => return Part::Unsatisfiable,
            Some(n) => length.saturating_sub(n)..length,
            None => return Part::Whole,
        },
        (false, true) => match number(first) {
            Some(n) => n..length,
            None => return Part::Whole,
        },
        (false, false) => match (number(first), number(last)) {
            (Some(a), Some(b)) if a <= b => a..b.saturating_add(1).min(length),
            _ => return Part::Whole,
        },
    };
    if range.start >= length { Part::Unsatisfiable } else { Part::Bytes(range) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ten_bytes() {
        let cases = [
            (None, Part::Whole),
            (Some("bytes=0-3"), Part::Bytes(0..4)),
            (Some("bytes=5-"), Part::Bytes(5..10)),
            (Some("bytes=-3"), Part::Bytes(7..10)),
            (Some("bytes=-30"), Part::Bytes(0..10)),
            (Some("bytes=8-99"), Part::Bytes(8..10)),
            (Some("bytes=10-"), Part::Unsatisfiable),
            (Some("bytes=-0"), Part::Unsatisfiable),
            (Some("bytes=3-1"), Part::Whole),
            (Some("bytes=0-1,3-4"), Part::Whole),
            (Some("bytes=-"), Part::Whole),
            (Some("bytes=a-b"), Part::Whole),
            (Some("bytes=99999999999999999999999-"), Part::Whole),
            (Some("bytes=0-18446744073709551615"), Part::Bytes(0..10)),
            (Some("items=0-1"), Part::Whole),
        ];
        for (header, want) in cases {
            assert_eq!(parse(header, 10), want, "{header:?}");
        }
        assert_eq!(parse(Some("bytes=0-"), 0), Part::Unsatisfiable);
    }
}
