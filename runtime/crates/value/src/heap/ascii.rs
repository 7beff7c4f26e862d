//! A few ASCII characters in place, to be appended as words.

/// The low seven bits of each of sixteen bytes.
const SEVEN_BITS: u128 = u128::from_le_bytes([0x7f; 16]);

/// At most sixteen ASCII characters. Appending them copies sixteen bytes whatever their number is: no call, no loop.
#[derive(Clone, Copy)]
pub struct ShortAscii {
    /// Each below 0x80.
    bytes: [u8; 16],
    /// At most 16.
    len: u8,
}

impl ShortAscii {
    /// The first `len` bytes of `word`, the lowest first. The eighth bit of a byte is dropped.
    #[inline]
    pub fn new(word: u128, len: usize) -> ShortAscii {
        ShortAscii { bytes: (word & SEVEN_BITS).to_le_bytes(), len: len.min(16) as u8 }
    }

    #[inline]
    pub fn as_str(&self) -> &str {
        // SAFETY: `new`, the only constructor, clears the eighth bit of all bytes, and ASCII is UTF-8.
        unsafe { std::str::from_utf8_unchecked(&self.bytes[..usize::from(self.len)]) }
    }

    /// Appends the characters to text in UTF-8.
    #[inline]
    pub fn push_to(&self, out: &mut String) {
        // SAFETY: what is appended is ASCII (as in `as_str`), and it is cut off at the end of one of its characters.
        self.push_bytes_to(unsafe { out.as_mut_vec() });
    }

    /// Appends the characters to bytes.
    #[inline]
    pub fn push_bytes_to(&self, out: &mut Vec<u8>) {
        let end = out.len() + usize::from(self.len);
        out.extend_from_slice(&self.bytes);
        out.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_come_lowest_first() {
        let word = u128::from_le_bytes(*b"0123456789abcdef");
        for len in 0..=20 {
            let short = ShortAscii::new(word, len);
            let expected = &"0123456789abcdef"[..len.min(16)];
            assert_eq!(short.as_str(), expected);
            let mut out = String::from("é");
            short.push_to(&mut out);
            assert_eq!(out, format!("é{expected}"));
        }
        assert_eq!(ShortAscii::new(u128::MAX, 16).as_str(), "\x7f".repeat(16));
    }
}
