//! Paths of URLs: percent-decoding, splitting, and making a string fit for `Location`.

use std::borrow::Cow;

/// Why a path is refused with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPath {
    /// `%` without two hexadecimal digits.
    Escape,
    /// The decoded bytes are not UTF-8.
    Utf8,
    /// The decoded text has a NUL byte, which no file system and few programs expect.
    Nul,
}

/// Percent-decodes a path or one of its segments. Borrowed when nothing was encoded.
pub fn decode(path: &str) -> Result<Cow<'_, str>, BadPath> {
    if !path.as_bytes().contains(&b'%') {
        return Ok(Cow::Borrowed(path));
    }
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        if b != b'%' {
            out.push(b);
            i += 1;
            continue;
        }
        let (Some(high), Some(low)) = (hex(bytes.get(i + 1)), hex(bytes.get(i + 2))) else { return Err(BadPath::Escape) };
        out.push(high << 4 | low);
        i += 3;
    }
    if out.contains(&0) {
        return Err(BadPath::Nul);
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| BadPath::Utf8)
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    char::from(*byte?).to_digit(16).map(|d| d as u8)
}

/// A redirect target with everything encoded that a header or a URL must not hold: control characters (so no new header line can be
/// started), spaces, quotes, angle brackets and non-ASCII text. What is already encoded stays.
pub fn encode_location(location: &str) -> String {
    let mut out = String::with_capacity(location.len());
    for (i, &b) in location.as_bytes().iter().enumerate() {
        let follow = |n: usize| location.as_bytes().get(i + n).is_some_and(u8::is_ascii_hexdigit);
        match b {
            // One that escapes nothing.
            b'%' if !(follow(1) && follow(2)) => out.push_str("%25"),
            0x00..=0x20 | 0x7f..=0xff | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                out.push('%');
                out.push(char::from(b"0123456789ABCDEF"[usize::from(b >> 4)]));
                out.push(char::from(b"0123456789ABCDEF"[usize::from(b & 15)]));
            }
            _ => out.push(char::from(b)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_and_refuses() {
        let cases = [
            ("/plain", Ok("/plain")),
            ("/a%20b", Ok("/a b")),
            ("/%E2%82%AC", Ok("/€")),
            ("/%2e%2E", Ok("/..")),
            ("/%", Err(BadPath::Escape)),
            ("/%4", Err(BadPath::Escape)),
            ("/%zz", Err(BadPath::Escape)),
            ("/%ff", Err(BadPath::Utf8)),
            ("/%00", Err(BadPath::Nul)),
        ];
        for (input, want) in cases {
            assert_eq!(decode(input).as_deref(), want.as_ref().copied(), "{input}");
        }
    }

    #[test]
    fn location_cannot_start_a_header() {
        assert_eq!(encode_location("/a\r\nSet-Cookie: x=1"), "/a%0D%0ASet-Cookie:%20x=1");
        assert_eq!(encode_location("/ü?q=%20&b=1#f"), "/%C3%BC?q=%20&b=1#f");
    }
}
