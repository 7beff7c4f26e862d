//! The three parts of a token (RFC 7515, compact form), without values.

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// As Node's `Buffer.from(text, 'base64')` reads the alphabet of URLs: bits that are left over do not count.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A token whose parts have the right letters.
pub struct Parts<'a> {
    pub header: &'a str,
    pub payload: &'a str,
    pub signature: &'a str,
    /// Header and payload with the point between them.
    pub signed: &'a str,
}

static LETTERS: [bool; 256] = {
    let mut letters = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        letters[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'_');
        byte += 1;
    }
    letters
};

/// `/^[a-zA-Z0-9\-_]+?\.[a-zA-Z0-9\-_]+?\.([a-zA-Z0-9\-_]+)?$/`
pub fn split(token: &str) -> Option<Parts<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    // Without an early end: tokens are nearly always right.
    let is_text = |s: &str| s.bytes().fold(true, |fits, b| fits & LETTERS[usize::from(b)]);
    let fits = !header.is_empty() && !payload.is_empty() && [header, payload, signature].into_iter().all(is_text);
    fits.then_some(Parts { header, payload, signature, signed })
}

pub fn encode(bytes: &[u8]) -> String {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A part that has the right letters; a last letter on its own is left out, as in Node.
pub fn decode(part: &str) -> Vec<u8> {
    let whole = if part.len() % 4 == 1 { &part[..part.len() - 1] } else { part };
    LENIENT.decode(whole).unwrap_or_default()
}

/// No bits may be left over, so that the same bytes have one text only.
pub fn decode_strictly(part: &str) -> Option<Vec<u8>> {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).ok()
}

/// Whether [`decode_strictly`] takes a part that has the right letters: only its end can be wrong.
pub fn is_strict(part: &str) -> bool {
    decode_strictly(&part[part.len() / 4 * 4..]).is_some()
}

/// The names of an object's members in JSON text that is valid, outermost level only, as they are written between the quotes.
pub fn member_names(json: &str) -> Vec<&str> {
    let bytes = json.as_bytes();
    let mut names = Vec::new();
    let (mut depth, mut is_name, mut at) = (0usize, false, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                is_name = depth == 1 && *byte == b'{';
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => is_name = true,
            b'"' => {
                let start = at + 1;
                let mut end = start;
                while bytes.get(end).is_some_and(|b| *b != b'"') {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                if is_name && depth == 1 {
                    names.push(json.get(start..end.min(json.len())).unwrap_or_default());
                    is_name = false;
                }
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let parts = split("aa.bb.cc").unwrap();
        assert_eq!((parts.header, parts.payload, parts.signature, parts.signed), ("aa", "bb", "cc", "aa.bb"));
        assert!(split("aa.bb.").is_some());
        for bad in ["", "a", "a.b", ".b.c", "a..c", "a.b.c.d", "a.b.c\n", "a.b.c=", "a+.b.c"] {
            assert!(split(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn names_of_the_outermost_object() {
        assert_eq!(member_names(r#"{"a":{"b":1},"c":["d",{"e":2}],"f\"g":"h,i"}"#), ["a", "c", "f\\\"g"]);
        assert_eq!(member_names(r#"{"alg":"none","alg":"HS256"}"#), ["alg", "alg"]);
        assert!(member_names(r#"["a"]"#).is_empty());
        assert!(member_names("{}").is_empty());
    }

    #[test]
    fn signatures_have_one_text() {
        assert_eq!(decode_strictly("AA"), Some(vec![0]));
        assert_eq!(decode_strictly("AB"), None);
        assert_eq!(decode("AB"), [0]);
        for text in ["", "A", "AA", "AB", "AAA", "AAB", "AAE", "AAAA", "AAAAA", "AAAAAA", "AAAAAB", "____AAB", "____AAE"] {
            assert_eq!(is_strict(text), decode_strictly(text).is_some(), "{text}");
        }
        assert_eq!(decode("AAAAA"), [0, 0, 0]);
    }
}
