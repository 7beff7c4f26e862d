//! URL attributes.

use super::{attribute_so_far, js};

/// What a URL that would run script is replaced by.
const REFUSED: &str = "about:invalid";

/// The value that begins a URL attribute (or is all of it). A scheme that runs script is refused; the rest is normalised and escaped.
pub fn url_start(out: &mut String, value: &str) {
    if runs_script(value) {
        return out.push_str(REFUSED);
    }
    push_normalised(out, value, false);
}

/// A later part of a URL attribute.
///
/// * Directly after the `=` of a query parameter, `&`, `#` and `+` are data and are percent-encoded.
/// * While the scheme is still open (`href="{a}{b}"`), the whole is checked.
/// * After `javascript:` of the template itself, the value is a string literal, percent-encoded.
pub fn url_part(out: &mut String, value: &str) {
    let (before, _) = attribute_so_far(out);
    if !before.contains(['/', '?', '#']) {
        if starts_with_script_scheme(before) {
            let mut literal = String::from("\"");
            js::js_string_body(&mut literal, value);
            literal.push('"');
            return push_encoded(out, &literal);
        }
        if runs_script(&format!("{}{value}", unescape(before))) {
            return push_normalised(out, &value.replace(':', "%3A"), false);
        }
    }
    let is_parameter = before.ends_with('=') && before.contains('?') && !before.contains('#');
    push_normalised(out, value, is_parameter);
}

/// The characters of `text` that an attribute's escaping changed, as they were; enough for reading a scheme.
fn unescape(text: &str) -> String {
    text.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// True for a URL whose scheme runs script or shows a document of the attacker's: read as browsers read it, that is without leading
/// control characters and spaces, and without tabs and newlines anywhere.
pub(crate) fn runs_script(url: &str) -> bool {
    // Nearly every URL starts with one of these; none of them can be part of a scheme.
    if matches!(url.as_bytes().first(), None | Some(b'/' | b'?' | b'#' | b'.')) {
        return false;
    }
    let Some(colon) = url.find(':') else { return false };
    if url[..colon].contains(['/', '?', '#']) {
        return false;
    }
    let scheme = clean_scheme(&url[..colon]);
    match scheme.as_str() {
        "javascript" | "vbscript" | "livescript" => true,
        "data" => !is_harmless_data(&url[colon + 1..]),
        _ => false,
    }
}

fn clean_scheme(text: &str) -> String {
    text.trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn starts_with_script_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| matches!(clean_scheme(scheme).as_str(), "javascript" | "vbscript" | "livescript"))
}

/// Pictures (but not SVG, which can hold script), sound, video and fonts.
fn is_harmless_data(rest: &str) -> bool {
    let kind: String = rest.chars().take(32).map(|c| c.to_ascii_lowercase()).collect();
    ["image/", "audio/", "video/", "font/"].iter().any(|p| kind.starts_with(p)) && !kind.starts_with("image/svg")
}

/// Percent-encodes what a URL cannot hold, keeps what is already encoded, and escapes the rest for either kind of quotes.
fn push_normalised(out: &mut String, value: &str, is_parameter: bool) {
    let bytes = value.as_bytes();
    let mut clean = 0;
    for (i, b) in bytes.iter().enumerate() {
        let keep = match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => true,
            b'-' | b'.' | b'_' | b'~' | b'/' | b':' | b'?' | b'=' | b',' | b';' | b'@' | b'!' | b'$' | b'*' | b'(' | b')' | b'[' | b']' => true,
            b'#' | b'+' => !is_parameter,
            b'%' => bytes.get(i + 1..i + 3).is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit)),
            _ => false,
        };
        if keep {
            continue;
        }
        // Every byte of a character beyond ASCII comes here, so runs that are not empty begin and end at boundaries.
        if clean < i {
            out.push_str(&value[clean..i]);
        }
        match b {
            b'&' if !is_parameter => out.push_str("&amp;"),
            _ => push_percent(out, *b),
        }
        clean = i + 1;
    }
    if clean < value.len() {
        out.push_str(&value[clean..]);
    }
}

/// Percent-encodes everything but letters and digits.
fn push_encoded(out: &mut String, text: &str) {
    for b in text.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(char::from(b)),
            _ => push_percent(out, b),
        }
    }
}

fn push_percent(out: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(HEX[usize::from(byte >> 4)]));
    out.push(char::from(HEX[usize::from(byte & 15)]));
}
