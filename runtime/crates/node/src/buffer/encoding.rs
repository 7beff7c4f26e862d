//! Text encodings by Node's names: text to bytes and back. Pure.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use puremix_value::{Str, StrBuilder};

/// How bytes stand for text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
    Latin1,
    Ascii,
    Hex,
    Base64,
    Base64Url,
}

impl Encoding {
    pub fn of_name(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf-8" => Encoding::Utf8,
            "ucs2" | "ucs-2" | "utf16le" | "utf-16le" => Encoding::Utf16,
            "latin1" | "binary" => Encoding::Latin1,
            "ascii" => Encoding::Ascii,
            "hex" => Encoding::Hex,
            "base64" => Encoding::Base64,
            "base64url" => Encoding::Base64Url,
            _ => return None,
        })
    }

    /// The name Node prints.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf8",
            Encoding::Utf16 => "utf16le",
            Encoding::Latin1 => "latin1",
            Encoding::Ascii => "ascii",
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
        }
    }

    /// The bytes a text stands for. What is not of the encoding ends hexadecimal text and is passed over in Base64.
    pub fn decode(self, text: &Str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_utf8().as_bytes().to_vec(),
            Encoding::Utf16 => text.units().flat_map(u16::to_le_bytes).collect(),
            Encoding::Latin1 | Encoding::Ascii => text.units().map(|u| u as u8).collect(),
            Encoding::Hex => decode_hex(&text.as_utf8()),
            Encoding::Base64 | Encoding::Base64Url => decode_base64(&text.as_utf8()),
        }
    }

    /// Bytes as text.
    pub fn encode(self, bytes: &[u8]) -> Str {
        match self {
            Encoding::Utf8 => Str::from(&*String::from_utf8_lossy(bytes)),
            Encoding::Utf16 => {
                let units: Vec<u16> = bytes.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect();
                Str::from_utf16(&units)
            }
            Encoding::Latin1 => chars(bytes, 0xff),
            Encoding::Ascii => chars(bytes, 0x7f),
            Encoding::Hex => Str::from_ascii(&encode_hex(bytes)),
            Encoding::Base64 => Str::from_ascii(&BASE64_STANDARD.encode(bytes)),
            Encoding::Base64Url => Str::from_ascii(&BASE64_URL_SAFE_NO_PAD.encode(bytes)),
        }
    }

    /// How many bytes [`Encoding::decode`] makes at most; what `Buffer.byteLength` answers.
    pub fn byte_length(self, text: &Str) -> usize {
        match self {
            Encoding::Utf8 => text.as_utf8().len(),
            Encoding::Utf16 => text.len_utf16() * 2,
            Encoding::Latin1 | Encoding::Ascii => text.len_utf16(),
            Encoding::Hex => text.len_utf16() / 2,
            Encoding::Base64 | Encoding::Base64Url => {
                // Node counts characters, whatever they are.
                let padding = text.as_utf8().bytes().rev().take(2).take_while(|b| *b == b'=').count();
                (text.len_utf16() - padding) * 3 / 4
            }
        }
    }
}

fn chars(bytes: &[u8], mask: u8) -> Str {
    let mut out = StrBuilder::with_capacity(bytes.len());
    for b in bytes {
        out.push_char(char::from(b & mask));
    }
    out.finish()
}

pub(crate) fn encode_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        out.push(char::from(DIGITS[usize::from(b >> 4)]));
        out.push(char::from(DIGITS[usize::from(b & 15)]));
    }
    out
}

fn decode_hex(text: &str) -> Vec<u8> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    text.as_bytes().chunks_exact(2).map_while(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Both alphabets, with or without padding; ends at padding and passes over what is neither.
fn decode_base64(text: &str) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    let mut clean: String = text
        .chars()
        .take_while(|c| *c != '=')
        .filter_map(|c| match c {
            '-' => Some('+'),
            '_' => Some('/'),
            c if c.is_ascii_alphanumeric() || c == '+' || c == '/' => Some(c),
            _ => None,
        })
        .collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    LENIENT.decode(&clean).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for (text, expected) in [("aGVsbG8=", "hello"), ("aGVsbG8", "hello"), ("aGVs\nbG8=", "hello"), ("", ""), ("aA==bb", "h")] {
            assert_eq!(decode_base64(text), expected.as_bytes(), "{text}");
        }
        assert_eq!(decode_base64("_w"), [255]);
    }

    #[test]
    fn hex_ends_at_what_is_no_digit() {
        assert_eq!(decode_hex("abcdg1"), [0xab, 0xcd]);
        assert_eq!(decode_hex("abc"), [0xab]);
        assert_eq!(encode_hex(&[0, 255]), "00ff");
    }
}
