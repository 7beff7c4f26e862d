//! `multipart/form-data` (RFC 7578), from a whole body.

use super::{File, Multipart};
use std::fmt;

/// Why a body could not be read; each is a 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The first boundary is missing.
    NoBoundary,
    /// The last boundary is missing: the body was cut off.
    Unterminated,
    /// A part without `Content-Disposition: form-data; name=…`.
    NoName,
    /// More parts than [`PARTS`].
    TooManyParts,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::NoBoundary => "the multipart boundary does not occur in the body",
            Malformed::Unterminated => "the multipart body ends before its last boundary",
            Malformed::NoName => "a part has no field name",
            Malformed::TooManyParts => "the form has too many parts",
        })
    }
}

/// The greatest number of fields and files in one form.
pub const PARTS: usize = 1000;

/// The `boundary` of the content type's parameters. RFC 2046 allows 1 to 70 characters.
pub fn boundary(parameters: &str) -> Option<&str> {
    parameters.split(';').find_map(|p| {
        let (name, value) = p.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && (1..=70).contains(&value.len())).then_some(value)
    })
}

/// Splits a body into fields and files. A file input without a chosen file (empty name and content) is left out.
pub fn parse(body: &[u8], boundary: &str) -> Result<Multipart, Malformed> {
    let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
    // The first delimiter needs no line end before it; what comes before it is a preamble.
    let mut rest = match body.strip_prefix(&delimiter[2..]) {
        Some(rest) => rest,
        None => &body[find(body, &delimiter).ok_or(Malformed::NoBoundary)? + delimiter.len()..],
    };
    let mut form = Multipart::default();
    loop {
        if rest.starts_with(b"--") {
            return Ok(form);
        }
        // Transport padding up to the line's end.
        let line_end = find(rest, b"\r\n").ok_or(Malformed::Unterminated)?;
        // The delimiter's own CRLF may directly follow: an empty part.
        let end = find(&rest[line_end..], &delimiter).ok_or(Malformed::Unterminated)? + line_end;
        let part = rest.get(line_end + 2..end).unwrap_or_default();
        rest = &rest[end + delimiter.len()..];
        if form.pairs.len() + form.files.len() >= PARTS {
            return Err(Malformed::TooManyParts);
        }
        push_part(&mut form, part)?;
    }
}

fn push_part(form: &mut Multipart, part: &[u8]) -> Result<(), Malformed> {
    let (head, content) = match find(part, b"\r\n\r\n") {
        Some(i) => (&part[..i], &part[i + 4..]),
        None => return Err(Malformed::NoName),
    };
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        head.split("\r\n").find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = header("content-disposition").ok_or(Malformed::NoName)?;
    let field = parameter(disposition, "name").ok_or(Malformed::NoName)?;
    match parameter(disposition, "filename*").and_then(|v| extended(&v)).or_else(|| parameter(disposition, "filename")) {
        None => form.pairs.push((field, String::from_utf8_lossy(content).into_owned())),
        Some(name) if name.is_empty() && content.is_empty() => {}
        Some(name) => form.files.push(File {
            field,
            name: base_name(&name),
            mimetype: header("content-type").unwrap_or("application/octet-stream").to_string(),
            data: content.to_vec(),
        }),
    }
    Ok(())
}

/// A parameter of a header value: quoted (browsers write `%22` for a quote; `\"` is understood) or a token.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let (n, after) = rest.split_once('=')?;
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => {
                let mut value = String::new();
                let mut chars = quoted.char_indices();
                let end = loop {
                    match chars.next()? {
                        (i, '"') => break i,
                        (_, '\\') => match chars.next()?.1 {
                            c @ ('"' | '\\') => value.push(c),
                            // Not an escape: an old browser's Windows path.
                            c => value.extend(['\\', c]),
                        },
                        (_, c) => value.push(c),
                    }
                };
                (value, &quoted[end + 1..])
            }
            None => {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_string(), &after[end..])
            }
        };
        if n.trim().eq_ignore_ascii_case(name) {
            return Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = left;
    }
}

/// RFC 8187: `UTF-8''na%C3%AFve.txt`.
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let encoded = rest.split_once('\'')?.1;
    charset.eq_ignore_ascii_case("utf-8").then(|| super::urlencoded::decode(encoded.replace('+', "%2B").as_bytes()))
}

/// The last part of a path of either system, so that a name can never climb out of a directory; never `.` or `..`.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = base.chars().filter(|c| !c.is_control()).collect();
    if matches!(clean.as_str(), "" | "." | "..") { "file".to_string() } else { clean }
}

/// The first place of `needle`: looks for its first byte, then compares.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(i) = memchr::memchr(needle[0], &haystack[from..]) {
        if haystack[from + i..].starts_with(needle) {
            return Some(from + i);
        }
        from += i + 1;
    }
    None
}
