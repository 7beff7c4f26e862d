//! Documents as JSON text, as the database stores them.
//!
//! JSON's own types stand for themselves. The others are strings with a mark, chosen so that the order of the texts is the order of the
//! values, and an index over the text serves comparisons: `"$oid:507f…"`, `"$date:2026-11-21T14:30:19.123Z"`. A string that begins like a
//! mark gets the mark `$str:`, so reading what was written always gives the same value.

use super::bson::{Bson, Map};
use base64::Engine as _;
use puremix_js::date::{iso, local_to_utc, parse_date};
use std::fmt::Write as _;

/// The marks, and what each says of the text behind it.
pub const DATE: &str = "$date:";
pub const ID: &str = "$oid:";
const MARKS: [&str; 8] = [DATE, ID, "$dec:", "$long:", "$num:", "$bin:", "$re:", "$str:"];

/// The text of a scalar that JSON has no type for; `None`: it stands for itself.
pub fn marked(value: &Bson) -> Option<String> {
    Some(match value {
        Bson::Str(s) if MARKS.iter().any(|m| s.starts_with(m)) => format!("$str:{s}"),
        Bson::Num(n) if !n.is_finite() => format!("$num:{n}"),
        Bson::Long(n) => format!("$long:{n}"),
        Bson::Date(t) => date_text(*t),
        Bson::Id(id) => format!("{ID}{}", hex(id)),
        Bson::Decimal(text) => format!("$dec:{text}"),
        Bson::Binary(bytes) => format!("$bin:{}", base64::prelude::BASE64_STANDARD.encode(bytes)),
        Bson::Regex(source, flags) => format!("$re:{flags}/{source}"),
        _ => return None,
    })
}

/// Years beyond four digits sort behind the others, years before 0 in front of them.
fn date_text(t: f64) -> String {
    if t.is_nan() {
        return format!("{DATE}!NaN");
    }
    let text = iso(t);
    match text.as_bytes().first() {
        Some(b'+') => format!("{DATE}~{}", &text[1..]),
        _ => format!("{DATE}{text}"),
    }
}

/// What a stored string means.
pub fn unmarked(text: &str) -> Bson {
    if !text.starts_with('$') {
        return Bson::Str(text.to_owned());
    }
    let Some((mark, rest)) = text.split_once(':') else { return Bson::Str(text.to_owned()) };
    let value = match mark {
        "$date" => Some(Bson::Date(match rest.strip_prefix('~') {
            Some(late) => parse_iso(&format!("+{late}")),
            None => parse_iso(rest),
        })),
        "$oid" => parse_hex(rest).map(Bson::Id),
        "$dec" => Some(Bson::Decimal(rest.to_owned())),
        "$long" => rest.parse().ok().map(Bson::Long),
        "$num" => rest.parse().ok().map(Bson::Num),
        "$bin" => base64::prelude::BASE64_STANDARD.decode(rest).ok().map(Bson::Binary),
        "$re" => rest.split_once('/').map(|(flags, source)| Bson::Regex(source.to_owned(), flags.to_owned())),
        "$str" => Some(Bson::Str(rest.to_owned())),
        _ => None,
    };
    value.unwrap_or_else(|| Bson::Str(text.to_owned()))
}

fn parse_iso(text: &str) -> f64 {
    parse_date(text, &local_to_utc)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The bytes of 24 hexadecimal digits.
pub fn parse_hex(text: &str) -> Option<[u8; 12]> {
    let bytes = text.as_bytes();
    if bytes.len() != 24 {
        return None;
    }
    let digit = |b: u8| (b as char).to_digit(16);
    let mut id = [0; 12];
    for (i, pair) in bytes.chunks_exact(2).enumerate() {
        id[i] = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(id)
}

/// A value as JSON.
pub fn to_json(value: &Bson) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

pub fn object_json(map: &Map) -> String {
    let mut out = String::new();
    write_object(map, &mut out);
    out
}

fn write_object(map: &Map, out: &mut String) {
    out.push('{');
    for (i, (name, value)) in map.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

fn write(value: &Bson, out: &mut String) {
    if let Some(text) = marked(value) {
        return write_text(&text, out);
    }
    match value {
        Bson::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Bson::Num(n) => out.push_str(puremix_js::num_to_str(if *n == 0.0 { 0.0 } else { *n }).as_str()),
        Bson::Str(s) => write_text(s, out),
        Bson::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Bson::Object(map) => write_object(map, out),
        _ => out.push_str("null"),
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Reads JSON. `None`: this is no JSON, or nested beyond 200 levels.
pub fn parse(text: &str) -> Option<Bson> {
    Reader::new(text).whole()
}

/// As [`parse`], of JSON that is not ours: its strings stand for themselves, and its whole numbers are exact.
pub fn parse_plain(text: &str) -> Option<Bson> {
    Reader { is_ours: false, ..Reader::new(text) }.whole()
}

/// A scalar as plain JSON, without marks.
pub fn plain_text(value: &Bson) -> String {
    let mut out = String::new();
    match value {
        Bson::Str(text) => write_text(text, &mut out),
        value => write(value, &mut out),
    }
    out
}

/// Milliseconds since 1970 as ISO 8601 has them, and back; NaN: the text is no date.
pub fn iso_of(t: f64) -> String {
    iso(t)
}

pub fn date_of(text: &str) -> f64 {
    parse_iso(text)
}

/// As [`parse`], for an object.
pub fn parse_object(text: &str) -> Option<Map> {
    match parse(text)? {
        Bson::Object(map) => Some(map),
        _ => None,
    }
}

/// A pull reader of JSON, for those who build something else than [`Bson`] too.
pub struct Reader<'t> {
    bytes: &'t [u8],
    text: &'t str,
    at: usize,
    /// Written by this module: strings may have marks.
    is_ours: bool,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Reader<'t> {
        Reader { bytes: text.as_bytes(), text, at: 0, is_ours: true }
    }

    fn whole(mut self) -> Option<Bson> {
        let value = self.value(0)?;
        self.space();
        (self.at == self.text.len()).then_some(value)
    }

    pub fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    pub fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    pub fn take(&mut self, b: u8) -> Option<()> {
        (self.peek()? == b).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Bson) -> Option<Bson> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: usize) -> Option<Bson> {
        if depth > 200 {
            return None;
        }
        match self.peek()? {
            b'{' => {
                let mut map = Map::default();
                self.at += 1;
                if self.take(b'}').is_some() {
                    return Some(Bson::Object(map));
                }
                loop {
                    self.space();
                    let name = self.string()?.into_owned();
                    self.take(b':')?;
                    map.0.push((name, self.value(depth + 1)?));
                    if self.take(b',').is_none() {
                        break self.take(b'}').map(|()| Bson::Object(map));
                    }
                }
            }
            b'[' => {
                let mut items = vec![];
                self.at += 1;
                if self.take(b']').is_some() {
                    return Some(Bson::Array(items));
                }
                loop {
                    items.push(self.value(depth + 1)?);
                    if self.take(b',').is_none() {
                        break self.take(b']').map(|()| Bson::Array(items));
                    }
                }
            }
            _ => self.scalar(),
        }
    }

    /// A string, number or word.
    pub fn scalar(&mut self) -> Option<Bson> {
        match self.peek()? {
            b'"' if self.is_ours => self.string().map(|s| unmarked(&s)),
            b'"' => self.string().map(|s| Bson::Str(s.into_owned())),
            b't' => self.word("true", Bson::Bool(true)),
            b'f' => self.word("false", Bson::Bool(false)),
            b'n' => self.word("null", Bson::Null),
            _ => {
                let start = self.at;
                while let Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') = self.bytes.get(self.at) {
                    self.at += 1;
                }
                let digits = &self.text[start..self.at];
                match digits.parse::<i64>() {
                    Ok(n) if !self.is_ours && n.unsigned_abs() > 1 << 53 => Some(Bson::Long(n)),
                    _ => digits.parse().ok().map(Bson::Num),
                }
            }
        }
    }

    /// A string without its quotes, borrowed where nothing is escaped.
    pub fn string(&mut self) -> Option<std::borrow::Cow<'t, str>> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let start = self.at + 1;
        let mut end = start;
        while !matches!(self.bytes.get(end)?, b'"' | b'\\') {
            end += 1;
        }
        if self.bytes[end] == b'"' {
            self.at = end + 1;
            return Some(self.text[start..end].into());
        }
        let mut out = self.text[start..end].to_owned();
        self.at = end;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(out.into());
                }
                b'\\' => {
                    let c = self.bytes.get(self.at + 1)?;
                    self.at += 2;
                    match c {
                        b'n' => out.push('\n'),
                        b't' => out.push('\t'),
                        b'r' => out.push('\r'),
                        b'b' => out.push('\u{8}'),
                        b'f' => out.push('\u{c}'),
                        b'u' => out.push(self.escape()?),
                        c => out.push(*c as char),
                    }
                }
                _ => {
                    let c = self.text[self.at..].chars().next()?;
                    out.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// The digits of `\u`, with those of a second half.
    fn escape(&mut self) -> Option<char> {
        let first = self.unit()?;
        if (0xD800..0xDC00).contains(&first) && self.text.get(self.at..self.at + 2) == Some("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.unit()?;
            if (0xDC00..0xE000).contains(&second) {
                return char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            }
            self.at = back;
        }
        Some(char::from_u32(first).unwrap_or('\u{FFFD}'))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round(value: Bson, text: &str) {
        assert_eq!(to_json(&value), text);
        assert_eq!(parse(text), Some(value));
    }

    #[test]
    fn what_is_written_is_read() {
        round(Bson::Id([0x50; 12]), r#""$oid:505050505050505050505050""#);
        round(Bson::Date(0.0), r#""$date:1970-01-01T00:00:00.000Z""#);
        round(Bson::Date(253_402_300_800_000.0), r#""$date:~010000-01-01T00:00:00.000Z""#);
        round(Bson::from("$oid:x"), r#""$str:$oid:x""#);
        round(Bson::from("$5: cheap"), r#""$5: cheap""#);
        round(Bson::from("a\"\\\n\u{1}é😀"), "\"a\\\"\\\\\\n\\u0001é😀\"");
        round(Bson::Num(f64::INFINITY), r#""$num:inf""#);
        round(Bson::Array(vec![Bson::Num(1.5), Bson::Null, Bson::Bool(true), Bson::Object(Map::default())]), "[1.5,null,true,{}]");
        round(Bson::Binary(vec![1, 2, 255]), r#""$bin:AQL/""#);
        assert_eq!(parse(r#""\ud83d\ude00""#), Some(Bson::from("😀")));
        assert_eq!(parse("[1,"), None);
    }
}
