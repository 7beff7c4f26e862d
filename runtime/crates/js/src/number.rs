//! Numbers to text and back (ECMA-262 §6.1.6.1.20 Number::toString, §7.1.4.1.1 StringToNumber).

use puremix_value::{BigInt, Str};

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
    let mut buf = [0u8; 11];
    let mut at = buf.len();
    let mut rest = n.unsigned_abs();
    loop {
        at -= 1;
        buf[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        at -= 1;
        buf[at] = b'-';
    }
    Str::from_ascii(std::str::from_utf8(&buf[at..]).unwrap_or_default())
}

#[inline(never)]
fn slow_num_to_str(n: f64) -> Str {
    match short_decimal(n, &mut [0; 20]) {
        Some(text) => Str::from_ascii(text),
        None => Str::from_ascii(ryu_js::Buffer::new().format(n)),
    }
}

/// Appends a finite number as [`num_to_str`] makes it, without a text of its own.
pub(crate) fn push_num(out: &mut String, n: f64) {
    let small = n as i32;
    if f64::from(small) == n {
        out.push_str(itoa::Buffer::new().format(small));
    } else if let Some(text) = short_decimal(n, &mut [0; 20]) {
        out.push_str(text);
    } else {
        out.push_str(ryu_js::Buffer::new().format(n));
    }
}

/// The text of a number with at most three decimals, as prices, ratings and percentages have.
///
/// Below 10^15 thousandths, two decimals of so few digits never round to one double. So where the quotient, which is rounded
/// correctly, is the number, its digits without trailing zeros are the shortest that are read back as the number.
fn short_decimal(n: f64, buffer: &mut [u8; 20]) -> Option<&str> {
    // Rounded by hand: a wrong one is not the number when divided, and the function of that name is a call on older processors.
    let scaled = n.abs() * 1000.0 + 0.5;
    if !(1.0..1e15).contains(&scaled) {
        return None;
    }
    let thousandths = scaled as i64;
    if thousandths as f64 / 1000.0 != n.abs() {
        return None;
    }
    let (whole, fraction) = (thousandths / 1000, (thousandths % 1000) as usize);
    let mut text = itoa::Buffer::new();
    let whole = text.format(whole).as_bytes();
    let mut length = usize::from(n < 0.0);
    buffer[0] = b'-';
    buffer[length..length + whole.len()].copy_from_slice(whole);
    length += whole.len();
    if fraction != 0 {
        let digits = [b'.', b'0' + (fraction / 100) as u8, b'0' + (fraction / 10 % 10) as u8, b'0' + (fraction % 10) as u8];
        buffer[length..length + 4].copy_from_slice(&digits);
        length += match (digits[2], digits[3]) {
            (b'0', b'0') => 2,
            (_, b'0') => 3,
            _ => 4,
        };
    }
    std::str::from_utf8(&buffer[..length]).ok()
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
        [0.001, 999_999_999_999.999, 1e12, 1_000_000_000_000.001, 0.0005, 2147483648.5, 0.29, 1.005].into_iter().for_each(check);
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
