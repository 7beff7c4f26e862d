//! Numbers to text and back (ECMA-262 §6.1.6.1.20 Number::toString, §7.1.4.1.1 StringToNumber).

use puremix_value::{BigInt, ShortAscii, Str};

/// A number as JavaScript prints it.
#[inline]
pub fn num_to_str(n: f64) -> Str {
    let small = n as i32;
    // `-0` prints as `0` too, and `-0.0 as i32` is 0.
    if f64::from(small) == n { int_to_str(small) } else { slow_num_to_str(n) }
}

/// As [`num_to_str`] of an integer.
#[inline]
pub fn int_to_str(n: i32) -> Str {
    match Str::from_small_int(n as u32) {
        Some(short) => short,
        None => long_int_to_str(n),
    }
}

/// A negative number is a very large one without its sign.
#[inline(never)]
fn long_int_to_str(n: i32) -> Str {
    match short_int(n) {
        Some(text) => Str::from_ascii(text.as_str()),
        None => Str::from_ascii(itoa::Buffer::new().format(n)),
    }
}

#[inline(never)]
fn slow_num_to_str(n: f64) -> Str {
    match short_decimal(n) {
        Some(text) => Str::from_ascii(text.as_str()),
        None => Str::from_ascii(ryu_js::Buffer::new().format(n)),
    }
}

/// Appends a number as [`num_to_str`] makes it, without a text of its own.
#[inline]
pub fn push_num(out: &mut String, n: f64) {
    match short_num(n) {
        Some(text) => text.push_to(out),
        None => push_long_num(out, n),
    }
}

/// As [`num_to_str`] of a number of few digits; `None` of others, not of all.
#[inline]
pub(crate) fn short_num(n: f64) -> Option<ShortAscii> {
    let small = n as i32;
    if f64::from(small) == n { short_int(small) } else { short_decimal(n) }
}

#[cold]
fn push_long_num(out: &mut String, n: f64) {
    out.push_str(ryu_js::Buffer::new().format(n));
}

/// An integer of at most eight digits.
#[inline]
fn short_int(n: i32) -> Option<ShortAscii> {
    let (digits, len) = digits_of(n.unsigned_abs())?;
    let digits = u128::from(digits);
    Some(if n < 0 { ShortAscii::new(digits << 8 | u128::from(b'-'), len + 1) } else { ShortAscii::new(digits, len) })
}

/// The digits of numbers below 1,000, the first one in the lowest byte; the highest byte is their number.
static DIGITS: [u32; 1000] = {
    let mut table = [0; 1000];
    let mut n = 0;
    while n < 1000 {
        let [hundreds, tens, ones] = [n as u32 / 100, n as u32 / 10 % 10, n as u32 % 10];
        table[n] = match n {
            0..10 => ones | 0x0100_0030,
            10..100 => tens | ones << 8 | 0x0200_3030,
            _ => hundreds | tens << 8 | ones << 16 | 0x0330_3030,
        };
        n += 1;
    }
    table
};

/// A point and three digits: what thousandths look like, the point in the lowest byte.
static THOUSANDTHS: [u32; 1000] = {
    let mut table = [0; 1000];
    let mut n = 0;
    while n < 1000 {
        table[n] = u32::from_le_bytes([b'.', b'0' + (n / 100) as u8, b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8]);
        n += 1;
    }
    table
};

/// The decimal digits of a number of at most eight, the first one in the lowest byte.
#[inline]
fn digits_of(n: u32) -> Option<(u64, usize)> {
    match DIGITS.get(n as usize) {
        Some(entry) => Some((u64::from(entry & 0xff_ffff), (entry >> 24) as usize)),
        None => (n < 100_000_000).then(|| eight_digits(n)),
    }
}

/// The digits of a number of at most eight, computed side by side: the number is split into two halves of four digits, those into pairs, and the pairs
/// into digits. Division by 100 and 10 is multiplication by `10486 / 2^20` and `103 / 2^10`, exact below 10,000 and 100.
fn eight_digits(n: u32) -> (u64, usize) {
    let halves = u64::from(n / 10_000) | u64::from(n % 10_000) << 32;
    let hundreds = (halves * 10_486 >> 20) & 0x7f_0000_007f;
    let pairs = hundreds | (halves - 100 * hundreds) << 16;
    let tens = (pairs * 103 >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | (pairs - 10 * tens) << 8;
    // The first digits are the lowest bytes. The last one stays, even if it is a zero.
    let zeros = ((digits | 1 << 63).trailing_zeros() / 8) as usize;
    ((digits | 0x3030_3030_3030_3030) >> (8 * zeros), 8 - zeros)
}

/// The text of a number with at most three decimals, as prices, ratings and percentages have, below 10^8.
///
/// Below 10^15 thousandths, two decimals of so few digits never round to one double. So where the quotient, which is rounded
/// correctly, is the number, its digits without trailing zeros are the shortest that are read back as the number.
#[inline]
fn short_decimal(n: f64) -> Option<ShortAscii> {
    // Rounded by hand: a wrong one is not the number when divided, and the function of that name is a call on older processors.
    let scaled = n.abs() * 1000.0 + 0.5;
    if !(1.0..1e11).contains(&scaled) {
        return None;
    }
    let thousandths = scaled as i64;
    if thousandths as f64 / 1000.0 != n.abs() {
        return None;
    }
    let thousandths = thousandths as u64;
    let (whole, mut len) = digits_of((thousandths / 1000) as u32)?;
    let mut word = u128::from(whole);
    let fraction = thousandths % 1000;
    if fraction != 0 {
        let text = THOUSANDTHS[fraction as usize];
        word |= u128::from(text) << (8 * len);
        len += match text >> 16 {
            0x3030 => 2,
            last if last >> 8 == 0x30 => 3,
            _ => 4,
        };
    }
    if n < 0.0 {
        word = word << 8 | u128::from(b'-');
        len += 1;
    }
    Some(ShortAscii::new(word, len))
}

/// Whitespace and line terminators, as `trim` and number parsing see them.
pub fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// The number a whole string stands for, or NaN.
pub fn str_to_num(text: &str) -> f64 {
    let t = text.trim_matches(is_space);
    let bytes = t.as_bytes();
    match bytes {
        [] => 0.0,
        [b'0', b'x' | b'X', ..] => radix_num(&t[2..], 16),
        [b'0', b'o' | b'O', ..] => radix_num(&t[2..], 8),
        [b'0', b'b' | b'B', ..] => radix_num(&t[2..], 2),
        _ => match decimal_prefix(t) {
            Some((n, used)) if used == t.len() => n,
            _ => f64::NAN,
        },
    }
}

fn radix_num(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return f64::NAN;
    }
    int_of_digits(digits, radix)
}

/// The value of valid digits, correctly rounded for powers of two and ten.
pub(crate) fn int_of_digits(digits: &str, radix: u32) -> f64 {
    if let Ok(n) = u64::from_str_radix(digits, radix) {
        return n as f64;
    }
    match BigInt::parse_bytes(digits.as_bytes(), radix) {
        Some(n) => big_to_f64(&n),
        None => f64::NAN,
    }
}

/// The nearest double, ties to even.
pub fn big_to_f64(n: &BigInt) -> f64 {
    // Rust's parser rounds decimal text correctly; truncating conversions do not.
    n.to_string().parse().unwrap_or(f64::NAN)
}

/// The longest decimal literal at the start of `t`, and its length in bytes.
pub(crate) fn decimal_prefix(t: &str) -> Option<(f64, usize)> {
    let b = t.as_bytes();
    let mut i = usize::from(matches!(b.first(), Some(b'+' | b'-')));
    if t[i..].starts_with("Infinity") {
        let n = if b[0] == b'-' { f64::NEG_INFINITY } else { f64::INFINITY };
        return Some((n, i + 8));
    }
    let digits = |from: usize| b[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(i);
    i += whole;
    let mut fraction = 0;
    if b.get(i) == Some(&b'.') {
        fraction = digits(i + 1);
        if whole + fraction == 0 {
            return None;
        }
        i += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(b.get(i), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(b.get(i + 1), Some(b'+' | b'-')));
        let exponent = digits((i + 1 + sign).min(b.len()));
        if exponent > 0 {
            i += 1 + sign + exponent;
        }
    }
    t[..i].parse().ok().map(|n| (n, i))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_in_javascript() {
        let cases = [(0.0, "0"), (-0.0, "0"), (1.5, "1.5"), (-7.0, "-7"), (1e21, "1e+21"), (123456789012.0, "123456789012"), (1e-7, "1e-7"), (f64::NAN, "NaN"), (f64::NEG_INFINITY, "-Infinity"), (0.1 + 0.2, "0.30000000000000004"), (-2147483648.0, "-2147483648")];
        for (n, text) in cases {
            assert_eq!(num_to_str(n), text);
        }
    }

    #[test]
    fn short_decimals_are_the_shortest() {
        let check = |n: f64| {
            let expected = ryu_js::Buffer::new().format(n).to_owned();
            assert_eq!(num_to_str(n), expected.as_str());
            let mut pushed = String::new();
            push_num(&mut pushed, n);
            assert_eq!(pushed, expected);
        };
        let mut seed = 1u64;
        let mut next = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            seed >> 11
        };
        for i in 0..20_000u64 {
            let (bits, digits) = (next(), next());
            check(f64::from_bits(bits << 11 | i & 0x7ff).clamp(-1e300, 1e300));
            let decimal = (digits % 10u64.pow((i % 16) as u32 + 1)) as f64;
            for scale in [1.0, 10.0, 100.0, 1e3, 1e4, 1e5] {
                let n = decimal / scale;
                [n, -n, n.next_up(), n.next_down()].into_iter().filter(|n| *n != 0.0).for_each(check);
            }
        }
        [0.001, 99_999_999.999, 100_000_000.5, 999_999_999_999.999, 1e12, 1_000_000_000_000.001, 0.0005, 2147483648.5, 0.29, 1.005].into_iter().for_each(check);
    }

    #[test]
    fn integers_print_as_rust_prints_them() {
        let edges = (0..10).map(|i| 10i32.pow(i)).flat_map(|n| [n - 1, n, n + 1, n / 2, n.saturating_mul(3)]);
        for n in edges.chain((0..200_000).map(|i: i32| i.wrapping_mul(48_271) % 150_000_000)).chain([i32::MAX, i32::MIN, 99_999_999, 100_000_000]) {
            for n in [n, n.wrapping_neg()] {
                let mut out = String::new();
                push_num(&mut out, f64::from(n));
                assert_eq!(out, n.to_string());
                assert_eq!(int_to_str(n), n.to_string().as_str());
            }
        }
    }

    #[test]
    fn text_reads_as_in_javascript() {
        let cases = [("", 0.0), ("  12\n", 12.0), ("0x1F", 31.0), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("-Infinity", f64::NEG_INFINITY), ("+3", 3.0)];
        for (text, n) in cases {
            assert_eq!(str_to_num(text), n, "{text:?}");
        }
        for text in ["1_000", "abc", "0x", "1e", ".", "-0x1", "Infinit", "1 2", "inf", "nan"] {
            assert!(str_to_num(text).is_nan(), "{text:?}");
        }
    }
}
