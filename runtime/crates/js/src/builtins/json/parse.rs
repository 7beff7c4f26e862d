//! Reading JSON text, with V8's error messages. Nesting is kept on a list, not the stack.

use super::escape::special;
use crate::throw_syntax;
use puremix_value::{Cx, Key, Layout, Obj, R, Str, StrBuilder, Thrown, Value};

/// An array or object whose end has not come yet.
enum Open {
    Array(Vec<Value>),
    /// An object of a layout, so far: its values stand on the list of values from a place on, and the next goes to a slot.
    Object { layout: Layout, from: usize, slot: usize },
    /// An object of which no layout is kept.
    Dictionary(Obj, Key),
}

struct Reader<'a> {
    cx: Cx,
    text: &'a str,
    at: usize,
    /// Some object may have two members of one name.
    may_repeat: bool,
}

/// `JSON.parse(text)`.
pub fn parse_json(cx: Cx, text: &Str) -> R {
    parse_noting_repeats(cx, text).map(|(value, _)| value)
}

/// The same, and whether an object of the text may have two members of one name, of which the last counts. False: none has.
pub fn parse_noting_repeats(cx: Cx, text: &Str) -> R<(Value, bool)> {
    // A lone surrogate in the source can stand inside strings only, where it must survive; the lossy text has U+FFFD there.
    if !text.is_well_formed() {
        let escaped: Vec<u16> = text.utf16().iter().flat_map(|u| if (0xd800..0xe000).contains(u) { format!("\\u{u:04x}").encode_utf16().collect() } else { vec![*u] }).collect();
        return parse_noting_repeats(cx, &Str::from_utf16(&escaped));
    }
    let mut r = Reader { cx, text: text.as_str(), at: 0, may_repeat: false };
    let value = r.document()?;
    r.skip_space();
    if r.at < r.text.len() { Err(r.unexpected(true)) } else { Ok((value, r.may_repeat)) }
}

impl<'a> Reader<'a> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn eat(&mut self, b: u8) -> bool {
        self.skip_space();
        let hit = self.byte() == b && self.at < self.text.len();
        self.at += usize::from(hit);
        hit
    }

    fn document(&mut self) -> R {
        let mut open: Vec<Open> = vec![];
        let mut values: Vec<Value> = vec![];
        loop {
            // One value, or the start of one.
            self.skip_space();
            let mut value = match self.byte() {
                b'{' => {
                    self.at += 1;
                    if self.eat(b'}') {
                        Value::Obj(Obj::plain(self.cx))
                    } else {
                        let member = self.member(Layout::empty(self.cx), values.len(), true, &mut values)?;
                        open.push(member);
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.eat(b']') {
                        Obj::array(self.cx, vec![]).into()
                    } else {
                        open.push(Open::Array(vec![]));
                        continue;
                    }
                }
                b'"' => Value::Str(self.string()?),
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.word("true", Value::Bool(true))?,
                b'f' => self.word("false", Value::Bool(false))?,
                b'n' => self.word("null", Value::Null)?,
                _ => return Err(self.unexpected(false)),
            };
            // What it ends.
            loop {
                match open.last_mut() {
                    None => return Ok(value),
                    Some(Open::Array(items)) => {
                        items.push(value);
                        if self.eat(b',') {
                            break;
                        }
                        if !self.eat(b']') {
                            return Err(self.expected("Expected ',' or ']' after array element"));
                        }
                    }
                    Some(Open::Object { from, slot, .. }) => {
                        // The last of several members of one name counts, at the place of the first.
                        match values.get_mut(*from + *slot) {
                            Some(before) => {
                                *before = value;
                                self.may_repeat = true;
                            }
                            None => values.push(value),
                        }
                        if self.eat(b',') {
                            if let Some(Open::Object { layout, from, .. }) = open.pop() {
                                let member = self.member(layout, from, false, &mut values)?;
                                open.push(member);
                            }
                            break;
                        }
                        if !self.eat(b'}') {
                            return Err(self.expected("Expected ',' or '}' after property value"));
                        }
                    }
                    Some(Open::Dictionary(o, key)) => {
                        o.put(self.cx, key, value);
                        self.may_repeat = true;
                        if self.eat(b',') {
                            *key = self.key(false)?;
                            break;
                        }
                        if !self.eat(b'}') {
                            return Err(self.expected("Expected ',' or '}' after property value"));
                        }
                    }
                }
                value = match open.pop() {
                    Some(Open::Array(items)) => Obj::array(self.cx, items).into(),
                    Some(Open::Object { layout, from, .. }) => Obj::of_layout(self.cx, layout, values.drain(from..)).into(),
                    Some(Open::Dictionary(o, _)) => o.into(),
                    None => Value::Undefined,
                };
            }
        }
    }

    /// An object that gets one more member, whose name and colon stand here. Most texts have objects alike: the name that followed last time
    /// is compared where it should stand, without a search.
    fn member(&mut self, mut layout: Layout, from: usize, first: bool, values: &mut Vec<Value>) -> R<Open> {
        self.skip_space();
        let rest = &self.text.as_bytes()[self.at..];
        let mut len = 0;
        let is_next = |name: &str| {
            len = name.len();
            let end = len + 3;
            rest.len() >= end && rest[0] == b'"' && &rest[1..=len] == name.as_bytes() && &rest[len + 1..end] == b"\":" && special(name.as_bytes()).is_none()
        };
        if let Some(slot) = layout.expected(self.cx, is_next) {
            self.at += len + 3;
            return Ok(Open::Object { layout, from, slot });
        }
        let key = self.key(first)?;
        Ok(match layout.slot(self.cx, &key) {
            Some(slot) => Open::Object { layout, from, slot },
            None => Open::Dictionary(Obj::of_layout(self.cx, layout, values.drain(from..)), key),
        })
    }

    /// A property name and its colon.
    fn key(&mut self, first: bool) -> R<Key> {
        self.skip_space();
        if self.byte() != b'"' {
            return Err(self.expected(if first { "Expected property name or '}'" } else { "Expected double-quoted property name" }));
        }
        let rest = &self.text.as_bytes()[self.at + 1..];
        let plain = special(rest);
        let key = match plain {
            Some(len) if rest[len] == b'"' => {
                let name = &self.text[self.at + 1..self.at + 1 + len];
                self.at += len + 2;
                match self.cx.find_atom(name) {
                    Some(atom) => Key::Atom(atom),
                    None => self.cx.key(&Str::from(name)),
                }
            }
            _ => self.cx.key(&self.string()?),
        };
        if self.eat(b':') { Ok(key) } else { Err(self.expected("Expected ':' after property name")) }
    }

    fn string(&mut self) -> R<Str> {
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut out: Option<StrBuilder> = None;
        let mut from = start;
        loop {
            let Some(len) = special(&bytes[self.at..]) else {
                self.at = bytes.len();
                return Err(self.fail("Unterminated string in JSON", true));
            };
            self.at += len;
            match bytes[self.at] {
                b'"' => {
                    let last = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(match out {
                        None => Str::from(last),
                        Some(mut b) => {
                            b.push_str(last);
                            b.finish()
                        }
                    });
                }
                b'\\' => {
                    let b = out.get_or_insert_with(StrBuilder::new);
                    b.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    let c = match self.byte() {
                        b'n' => '\n',
                        b't' => '\t',
                        b'r' => '\r',
                        b'b' => '\u{8}',
                        b'f' => '\u{c}',
                        c @ (b'"' | b'\\' | b'/') => char::from(c),
                        b'u' => {
                            let mut unit = 0u16;
                            for _ in 0..4 {
                                self.at += 1;
                                match char::from(self.byte()).to_digit(16) {
                                    Some(d) => unit = unit * 16 + d as u16,
                                    None => return Err(self.fail("Bad Unicode escape in JSON", true)),
                                }
                            }
                            b.push_unit(unit);
                            self.at += 1;
                            from = self.at;
                            continue;
                        }
                        _ if self.at >= bytes.len() => return Err(self.fail("Unterminated string in JSON", true)),
                        _ => return Err(self.fail("Bad escaped character in JSON", true)),
                    };
                    b.push_char(c);
                    self.at += 1;
                    from = self.at;
                }
                _ => return Err(self.fail("Bad control character in string literal in JSON", true)),
            }
        }
    }

    fn number(&mut self) -> R {
        let start = self.at;
        let digits = |r: &mut Self| {
            let from = r.at;
            while r.byte().is_ascii_digit() {
                r.at += 1;
            }
            r.at > from
        };
        self.at += usize::from(self.byte() == b'-');
        match self.byte() {
            b'0' => {
                self.at += 1;
                if self.byte().is_ascii_digit() {
                    return Err(self.fail("Unexpected number in JSON", true));
                }
            }
            _ => {
                if !digits(self) {
                    return Err(self.fail("No number after minus sign in JSON", true));
                }
                // Most numbers are small integers.
                if self.at - start <= 15 && !matches!(self.byte(), b'.' | b'e' | b'E') && self.text.as_bytes()[start] != b'-' {
                    let n = self.text.as_bytes()[start..self.at].iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
                    return Ok(Value::Num(n as f64));
                }
            }
        }
        if self.byte() == b'.' {
            self.at += 1;
            if !digits(self) {
                return Err(self.fail("Unterminated fractional number in JSON", true));
            }
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            if !digits(self) {
                return Err(self.fail("Exponent part is missing a number in JSON", true));
            }
        }
        Ok(Value::Num(self.text[start..self.at].parse().unwrap_or(f64::NAN)))
    }

    fn word(&mut self, word: &str, value: Value) -> R {
        for b in word.bytes() {
            if self.byte() != b || self.at >= self.text.len() {
                return Err(self.unexpected(false));
            }
            self.at += 1;
        }
        Ok(value)
    }

    /// The position in UTF-16 units, as messages give it.
    fn position(&self) -> usize {
        self.text[..self.at].encode_utf16().count()
    }

    fn fail(&self, message: &str, position: bool) -> Thrown {
        let place = if position { format!(" at position {}", self.position()) } else { String::new() };
        throw_syntax(self.cx, &format!("{message}{place}"))
    }

    fn expected(&self, message: &str) -> Thrown {
        self.fail(&format!("{message} in JSON"), true)
    }

    /// What stands at the place of reading should not be there. `after`: a complete value came before.
    #[cold]
    fn unexpected(&self, after: bool) -> Thrown {
        let Some(c) = self.text[self.at..].chars().next() else { return self.fail("Unexpected end of JSON input", false) };
        if after {
            return self.fail("Unexpected non-whitespace character after JSON", true);
        }
        if c == '"' || c.is_ascii_digit() || c == '-' {
            let what = if c == '"' { "string" } else { "number" };
            return self.fail(&format!("Unexpected {what} in JSON"), true);
        }
        if matches!(self.text, "undefined" | "NaN" | "Infinity" | "[object Object]") {
            return self.fail(&format!("\"{}\" is not valid JSON", self.text), false);
        }
        // The token with ten units of context on either side.
        const MARGIN: usize = 10;
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let (at, len) = (self.position(), units.len());
        let (from, to) = match len {
            0..=20 => (0, len),
            _ if at < MARGIN => (0, at + MARGIN),
            _ if at < len - MARGIN => (at - MARGIN, at + MARGIN),
            _ => (at - MARGIN, len),
        };
        let dots = |cut: bool| if cut { "..." } else { "" };
        let (token, excerpt) = (String::from_utf16_lossy(&units[at..=at]), String::from_utf16_lossy(&units[from..to]));
        let (head, tail) = (dots(from > 0), dots(to < len));
        self.fail(&format!("Unexpected token '{token}', {head}\"{excerpt}\"{tail} is not valid JSON"), false)
    }
}
