//! `multipart/form-data` (RFC 7578), piece by piece as it arrives.
//!
//! The parser holds no more of a body than the piece it was given and one delimiter's length: what becomes of a part's bytes is its
//! caller's decision (`upload` writes files to disk).

use memchr::memmem;
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
    /// A part's headers are longer than [`HEAD`].
    LongHead,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::NoBoundary => "the multipart boundary does not occur in the body",
            Malformed::Unterminated => "the multipart body ends before its last boundary",
            Malformed::NoName => "a part has no field name",
            Malformed::LongHead => "a part's headers are too long",
        })
    }
}

/// The greatest length of a part's headers, in bytes.
pub const HEAD: usize = 16 * 1024;

/// What a part says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHead {
    /// The form field.
    pub field: String,
    /// Of a file: as the client sent it, without any directories; empty for a file input in which nothing was chosen.
    pub file_name: Option<String>,
    pub content_type: Option<String>,
}

/// What a piece of a body brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    Begin(PartHead),
    /// Bytes of the part that began last.
    Data(&'a [u8]),
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first delimiter.
    Preamble,
    /// Behind a delimiter: `--`, or padding and the part's headers.
    Head,
    Body,
    /// Behind the last delimiter: an epilogue, which means nothing.
    Done,
}

/// Reads one body.
pub struct Parser {
    /// With the line end before it.
    delimiter: Vec<u8>,
    /// What has arrived and is not yet understood.
    buffer: Vec<u8>,
    state: State,
}

impl Parser {
    pub fn new(boundary: &str) -> Parser {
        // The first delimiter needs no line end before it: the parser puts one there.
        Parser { delimiter: [b"\r\n--", boundary.as_bytes()].concat(), buffer: b"\r\n".to_vec(), state: State::Preamble }
    }

    /// Takes the next piece of the body and tells `on` what it brought.
    ///
    /// # Errors
    /// What makes the body malformed, or what `on` refused.
    pub fn feed<E: From<Malformed>>(&mut self, piece: &[u8], mut on: impl FnMut(Event<'_>) -> Result<(), E>) -> Result<(), E> {
        self.buffer.extend_from_slice(piece);
        let mut done = 0;
        loop {
            let rest = &self.buffer[done..];
            match self.state {
                State::Preamble => match memmem::find(rest, &self.delimiter) {
                    Some(at) => {
                        done += at + self.delimiter.len();
                        self.state = State::Head;
                    }
                    None => {
                        done = self.buffer.len() - keep(rest, &self.delimiter);
                        break;
                    }
                },
                State::Head => {
                    if rest.starts_with(b"--") {
                        self.state = State::Done;
                        continue;
                    }
                    let end = memmem::find(rest, b"\r\n\r\n");
                    if end.unwrap_or(rest.len()) > HEAD {
                        return Err(Malformed::LongHead.into());
                    }
                    let Some(end) = end else { break };
                    on(Event::Begin(read_head(&rest[..end])?))?;
                    done += end + 4;
                    self.state = State::Body;
                }
                State::Body => match memmem::find(rest, &self.delimiter) {
                    Some(at) => {
                        if at > 0 {
                            on(Event::Data(&rest[..at]))?;
                        }
                        on(Event::End)?;
                        done += at + self.delimiter.len();
                        self.state = State::Head;
                    }
                    None => {
                        let whole = rest.len() - keep(rest, &self.delimiter);
                        if whole > 0 {
                            on(Event::Data(&rest[..whole]))?;
                        }
                        done += whole;
                        break;
                    }
                },
                State::Done => {
                    done = self.buffer.len();
                    break;
                }
            }
        }
        self.buffer.drain(..done);
        Ok(())
    }
}

impl Parser {
    /// Checks that the body was whole.
    pub fn finish(&self) -> Result<(), Malformed> {
        match self.state {
            State::Preamble => Err(Malformed::NoBoundary),
            State::Head | State::Body => Err(Malformed::Unterminated),
            State::Done => Ok(()),
        }
    }
}

/// The `boundary` of the content type's parameters. RFC 2046 allows 1 to 70 characters.
pub fn boundary(parameters: &str) -> Option<&str> {
    parameters.split(';').find_map(|p| {
        let (name, value) = p.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && (1..=70).contains(&value.len())).then_some(value)
    })
}

/// `head` begins with the rest of the delimiter's line.
fn read_head(head: &[u8]) -> Result<PartHead, Malformed> {
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        head.split("\r\n").skip(1).find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let disposition = header("content-disposition").ok_or(Malformed::NoName)?;
    let field = parameter(disposition, "name").ok_or(Malformed::NoName)?;
    let name = parameter(disposition, "filename*").and_then(|v| extended(&v)).or_else(|| parameter(disposition, "filename"));
    Ok(PartHead { field, file_name: name.map(|n| base_name(&n)), content_type: header("content-type").map(str::to_owned) })
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

/// The last part of a path of either system, so that a name can never climb out of a directory; never `.` or `..`. Characters that hide
/// what a name is (controls, and marks that turn the writing's direction) are left out.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let hides = |c: char| c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let clean: String = base.chars().filter(|c| !hides(*c)).collect();
    match clean.trim() {
        "" if name.is_empty() => String::new(),
        "" | "." | ".." => "file".to_string(),
        // Windows drops dots at the end, and with them what they hide.
        trimmed => trimmed.trim_end_matches('.').to_string(),
    }
}

/// How many bytes at the end may be the beginning of a delimiter.
fn keep(rest: &[u8], delimiter: &[u8]) -> usize {
    let longest = rest.len().min(delimiter.len() - 1);
    let tail = &rest[rest.len() - longest..];
    memchr::memchr_iter(b'\r', tail).map(|at| tail.len() - at).find(|n| delimiter.starts_with(&tail[tail.len() - n..])).unwrap_or(0)
}

