//! `atob` and `btoa` (HTML Standard, §8.3).

use super::dom_exception;
use crate::support::{Functions, coded, text_of};
use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use puremix_js::ops;
use puremix_value::{Args, Cx, ErrorKind, R, StrBuilder, Value};

pub(crate) const FUNCTIONS: Functions = &[("atob", 1, atob), ("btoa", 1, btoa)];

fn missing(cx: Cx, a: &Args<'_>) -> R<()> {
    if a.is_empty() { Err(coded(cx, ErrorKind::Type, "ERR_MISSING_ARGS", "The \"input\" argument must be specified")) } else { Ok(()) }
}

fn btoa(cx: Cx, a: &Args<'_>) -> R {
    missing(cx, a)?;
    let text = ops::js_to_string(cx, a.get(0))?;
    let bytes: Option<Vec<u8>> = text.units().map(|u| u8::try_from(u).ok()).collect();
    match bytes {
        Some(bytes) => Ok(Value::from(BASE64_STANDARD.encode(bytes))),
        None => Err(dom_exception::throw(cx, "Invalid character", "InvalidCharacterError")),
    }
}

fn atob(cx: Cx, a: &Args<'_>) -> R {
    const FORGIVING: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
    );
    missing(cx, a)?;
    let text: String = text_of(cx, a.get(0))?.chars().filter(|c| !matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ')).collect();
    let Some(bytes) = FORGIVING.decode(&text).ok().filter(|_| is_padded_rightly(&text)) else {
        let readable = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        let message = if readable && text.len() % 4 == 1 { "The string to be decoded is not correctly encoded." } else { "Invalid character" };
        return Err(dom_exception::throw(cx, message, "InvalidCharacterError"));
    };
    let mut out = StrBuilder::with_capacity(bytes.len());
    bytes.into_iter().for_each(|b| out.push_char(char::from(b)));
    Ok(Value::Str(out.finish()))
}

/// Padding may be left out, but not half.
fn is_padded_rightly(text: &str) -> bool {
    !text.ends_with('=') || text.len().is_multiple_of(4)
}
