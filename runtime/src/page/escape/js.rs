//! Values in scripts and event handlers.

use super::attribute_so_far;

const HEX: &[u8; 16] = b"0123456789abcdef";

fn push_u(out: &mut String, unit: u16) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(char::from(HEX[usize::from((unit >> shift) & 15)]));
    }
}

/// A JSON string that cannot leave a `<script>`, nor a JavaScript string or template literal it is pasted into: `< > & ' \`` and the
/// line separators are escaped by number.
pub fn json_string(out: &mut String, value: &str) {
    out.push('"');
    json_body(out, value);
    out.push('"');
}

fn json_body(out: &mut String, value: &str) {
    let bytes = value.as_bytes();
    let mut clean = 0;
    for (i, b) in bytes.iter().enumerate() {
        let special = match b {
            0..=0x1f | b'"' | b'\\' | b'<' | b'>' | b'&' | b'\'' | b'`' | 0x7f => true,
            // U+2028 and U+2029, which end lines in old JavaScript: E2 80 A8 and E2 80 A9.
            0xe2 => bytes.get(i + 1) == Some(&0x80) && matches!(bytes.get(i + 2), Some(0xa8 | 0xa9)),
            _ => false,
        };
        if !special {
            continue;
        }
        out.push_str(&value[clean..i]);
        clean = i + 1;
        match b {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0xe2 => {
                push_u(out, if bytes[i + 2] == 0xa8 { 0x2028 } else { 0x2029 });
                clean = i + 3;
            }
            _ => push_u(out, u16::from(*b)),
        }
    }
    out.push_str(&value[clean..]);
}

/// JSON text that cannot leave a `<script>`. These characters stand only inside JSON's strings, where they may be written by number.
pub fn script_safe(out: &mut String, json: &str) {
    let bytes = json.as_bytes();
    let mut clean = 0;
    for (i, b) in bytes.iter().enumerate() {
        let unit = match b {
            b'<' | b'>' | b'&' => u16::from(*b),
            0xe2 if bytes[i..].starts_with("\u{2028}".as_bytes()) => 0x2028,
            0xe2 if bytes[i..].starts_with("\u{2029}".as_bytes()) => 0x2029,
            _ => continue,
        };
        out.push_str(&json[clean..i]);
        push_u(out, unit);
        clean = if unit > 0xff { i + 3 } else { i + 1 };
    }
    out.push_str(&json[clean..]);
}

/// The inside of a JavaScript string or template literal, whatever its quotes; safe in an attribute and in `<script>` as it is.
///
/// Only letters, digits, spaces, `_ . ,` and what is not ASCII stay as they are. So even where the place of a hole was misjudged (a quote in a regular
/// expression before it), data cannot call or assign anything.
pub fn js_string_body(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '_' | '.' | ',' => out.push(c),
            c if c as u32 >= 0xa0 && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => out.push(c),
            c => push_u(out, c as u32 as u16),
        }
    }
}

/// The quote of the JavaScript string that the handler being written at the end of `out` is inside of, if it is in one
/// (`onclick="go('` → `'`). The attribute's text is read as the browser will: entities first, then JavaScript's strings.
pub fn event_string_delimiter(out: &str) -> Option<char> {
    let (code, _) = attribute_so_far(out);
    if code.is_empty() {
        return None;
    }
    let code = code.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&apos;", "'").replace("&amp;", "&");
    // Strings and `${…}` that are open; `{` stands for code inside a template literal.
    let mut open: Vec<char> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, open.last().copied()) {
            ('\\', Some('"' | '\'' | '`')) => {
                chars.next();
            }
            ('$', Some('`')) if chars.peek() == Some(&'{') => {
                chars.next();
                open.push('{');
            }
            ('"' | '\'' | '`', None | Some('{')) => open.push(c),
            ('{', Some('{')) => open.push('{'),
            ('}', Some('{')) => {
                open.pop();
            }
            (c, Some(q)) if c == q => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop().filter(|q| *q != '{')
}

/// True for handler code that is one call of one named function with literal arguments, optionally after `return`, or a bare
/// name: what may come from an expression (`onclick={'go(\'' + id + '\')'}`). Data that breaks out of its string makes something else of it.
pub fn event_code(code: &str) -> bool {
    let mut p = Cursor { rest: code.trim().strip_suffix(';').unwrap_or(code.trim()).trim_end() };
    if let Some(rest) = p.rest.strip_prefix("return ") {
        p.rest = rest;
    }
    p.path() && (p.rest.is_empty() || p.eat('(') && p.arguments() && p.rest.is_empty())
}

struct Cursor<'a> {
    rest: &'a str,
}

impl Cursor<'_> {
    fn eat(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `name.name.name`
    fn path(&mut self) -> bool {
        loop {
            let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$')).unwrap_or(self.rest.len());
            if end == 0 || self.rest.starts_with(|c: char| c.is_ascii_digit()) {
                return false;
            }
            self.rest = &self.rest[end..];
            match self.rest.strip_prefix('.') {
                Some(rest) => self.rest = rest,
                None => return true,
            }
        }
    }

    /// Literals up to the `)`.
    fn arguments(&mut self) -> bool {
        if self.eat(')') {
            return true;
        }
        loop {
            if !self.literal() {
                return false;
            }
            if self.eat(')') {
                return true;
            }
            if !self.eat(',') {
                return false;
            }
        }
    }

    fn literal(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next() {
            Some(q @ ('"' | '\'')) => self.string(q),
            Some(c) if c.is_ascii_digit() || c == '-' => {
                let end = self.rest[1..].find(|c: char| !(c.is_ascii_digit() || c == '.')).map_or(self.rest.len(), |i| i + 1);
                self.rest = &self.rest[end..];
                true
            }
            _ => ["this", "event", "true", "false", "null", "undefined"].iter().any(|word| match self.rest.strip_prefix(word) {
                Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$') => {
                    self.rest = rest;
                    let members = self.rest.starts_with('.') && matches!(*word, "this" | "event");
                    if members {
                        self.rest = &self.rest[1..];
                        return self.path();
                    }
                    true
                }
                _ => false,
            }),
        }
    }

    fn string(&mut self, quote: char) -> bool {
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '\n' | '\r' => return false,
                c if c == quote => {
                    self.rest = &self.rest[i + 1..];
                    return true;
                }
                _ => {}
            }
        }
        false
    }
}
