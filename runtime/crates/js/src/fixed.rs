//! `toFixed` without big numbers and without a string: the digits of a double in 128 bits (ECMA-262 §21.1.3.3).

use puremix_value::ShortAscii;

/// Room for the text.
pub struct Fixed([u8; 64]);

impl Default for Fixed {
    fn default() -> Fixed {
        Fixed::new()
    }
}

impl Fixed {
    #[inline]
    pub fn new() -> Fixed {
        Fixed([0; 64])
    }

    /// The text of `n.toFixed(places)`, exact and rounded half up; `None` for what 128 bits cannot hold (many places, huge numbers).
    pub fn write(&mut self, n: f64, places: usize) -> Option<&str> {
        // mantissa · 10^20 has at most 120 bits.
        if places > 20 || !n.is_finite() {
            return None;
        }
        let bits = n.abs().to_bits();
        let (mantissa, exponent) = match bits >> 52 {
            0 => (bits, -1074),
            e => (bits & ((1 << 52) - 1) | 1 << 52, e as i32 - 1075),
        };
        // The number is mantissa · 2^exponent, so its digits are those of mantissa · 10^places · 2^exponent, rounded.
        let scaled = u128::from(mantissa) * 10u128.pow(places as u32);
        let digits = match exponent {
            0.. if scaled.leading_zeros() as i32 > exponent => scaled << exponent,
            0.. => return None,
            // Below half of the last place.
            ..=-128 => 0,
            _ => (scaled + (1 << (-exponent - 1))) >> -exponent,
        };
        // A negative number that rounds to zero keeps its sign: (-0.4).toFixed(0) is "-0"; -0 itself has none.
        Some(self.place(digits, places, n < 0.0))
    }

    /// Writes digits from the end, with the point before the last `places`, and at least one digit before the point.
    fn place(&mut self, digits: u128, places: usize, negative: bool) -> &str {
        let mut at = self.0.len();
        let mut behind = places;
        let mut high = digits;
        let mut put = |digit: u8| {
            at -= 1;
            self.0[at] = b'0' + digit;
            if behind > 0 {
                behind -= 1;
                if behind == 0 {
                    at -= 1;
                    self.0[at] = b'.';
                    return true;
                }
            }
            behind > 0
        };
        // Division of 128 bits is slow, and most numbers fit into 64.
        while high > u128::from(u64::MAX) {
            put((high % 10) as u8);
            high /= 10;
        }
        let mut low = high as u64;
        let mut more = true;
        while more || low > 0 {
            more = put((low % 10) as u8);
            low /= 10;
        }
        if negative {
            at -= 1;
            self.0[at] = b'-';
        }
        // Digits, a point and a sign are ASCII.
        std::str::from_utf8(&self.0[at..]).unwrap_or_default()
    }
}

/// The same for prices and their like, in 64 bits; `None` for what [`Fixed`] must do.
#[inline]
pub fn short(n: f64, places: usize) -> Option<ShortAscii> {
    let bits = n.to_bits();
    // The number is mantissa · 2^-exponent. A mantissa of 53 bits times 1000 has 63, and half of the last place is below 62 more.
    let (mantissa, exponent) = (bits & ((1 << 52) - 1) | 1 << 52, 1075 - (bits >> 52) as i64);
    let (power, 1..=62) = ([1u64, 10, 100, 1000].get(places)?, exponent) else { return None };
    let mut rest = (mantissa * power + (1 << (exponent - 1))) >> exponent;
    if rest >= 1_000_000_000_000 {
        return None;
    }
    let (mut word, mut len) = (0u128, 0);
    let mut put = |character: u8| {
        word = word << 8 | u128::from(character);
        len += 1;
    };
    for _ in 0..places {
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    if places > 0 {
        put(b'.');
    }
    loop {
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            return Some(ShortAscii::new(word, len));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fixed, short};

    #[test]
    fn digits_are_exact_and_halves_go_up() {
        let cases = [
            (0.0, 0, "0"), (0.0, 2, "0.00"), (-0.0, 2, "0.00"), (10.5, 2, "10.50"), (10.5, 0, "11"), (1.005, 2, "1.00"), (2.5, 0, "3"), (-2.5, 0, "-3"), (-0.4, 0, "-0"),
            (0.000001, 7, "0.0000010"), (9.999, 2, "10.00"), (123.456, 2, "123.46"), (1e20, 2, "100000000000000000000.00"), (5e-324, 2, "0.00"),
            (9007199254740991.5, 3, "9007199254740992.000"), (4503599627370495.5, 3, "4503599627370495.500"), (0.0009765625, 3, "0.001"), (0.00097, 3, "0.001"), (0.0005, 3, "0.001"), (0.00049, 3, "0.000"),
            (0.1, 20, "0.10000000000000000555"), (123456789012345680.0, 1, "123456789012345680.0"), (0.5, 0, "1"), (0.05, 1, "0.1"), (99.5, 0, "100"),
        ];
        for (n, places, expected) in cases {
            assert_eq!(Fixed::new().write(n, places), Some(expected), "{n} {places}");
            assert!(short(n, places).is_none_or(|text| text.as_str() == expected), "{n} {places}");
        }
        for i in 0..200_000 {
            let n = f64::from(i) / 7.0 + f64::from(i % 1000) / 2000.0;
            for places in 0..4 {
                assert_eq!(short(n, places).map(|text| text.as_str().to_owned()), (n >= 0.000_976_562_5).then(|| Fixed::new().write(n, places).unwrap().to_owned()), "{n} {places}");
            }
        }
        assert!(short(-1.5, 2).is_none() && short(f64::NAN, 2).is_none() && short(f64::INFINITY, 2).is_none());
        assert_eq!(Fixed::new().write(1e30, 20), None);
        assert_eq!(Fixed::new().write(1.0, 21), None);
    }
}
