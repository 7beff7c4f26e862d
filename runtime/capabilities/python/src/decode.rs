//! What Python answers, as values of the program.

use crate::frame::Received;
use puremix_js::ops;
use puremix_value::{BigInt, Cx, ErrorKind, Key, Kind, Obj, R, Str, StrBuilder, Thrown, Value};
use std::cell::Cell;

/// An array or object whose end has not come yet.
enum Open {
    Array(Vec<Value>),
    Object(Obj, Key),
    /// The object of a tag; its one value is a pair.
    Tag,
}

struct Reader<'a> {
    cx: Cx,
    received: &'a Received,
    tag: &'a str,
    text: &'a [u8],
    at: usize,
}

/// The value that a worker answered.
pub fn value(cx: Cx, tag: &str, received: &Received) -> R {
    let mut reader = Reader { cx, received, tag, text: received.text(), at: 0 };
    reader.document().map_err(|problem| match problem {
        Problem::Thrown(thrown) => thrown,
        Problem::Malformed => cx.throw_error(ErrorKind::Error, "the Python worker answered what cannot be read"),
    })
}

enum Problem {
    /// A value could not be made.
    Thrown(Thrown),
    /// No worker writes that.
    Malformed,
}

type Read<T> = Result<T, Problem>;

impl Reader<'_> {
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, b: u8) -> bool {
        let hit = self.byte() == b;
        self.at += usize::from(hit);
        hit
    }

    fn expect(&mut self, b: u8) -> Read<()> {
        if self.eat(b) { Ok(()) } else { Err(Problem::Malformed) }
    }

    fn document(&mut self) -> Read<Value> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = match self.byte() {
                b'{' => {
                    self.at += 1;
                    if self.eat(b'}') {
                        Obj::plain(self.cx).into()
                    } else {
                        let name = self.string()?;
                        self.expect(b':')?;
                        open.push(if name.as_bytes() == self.tag.as_bytes() { Open::Tag } else { Open::Object(Obj::plain(self.cx), self.cx.key(&name)) });
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.eat(b']') {
                        Obj::array(self.cx, Vec::new()).into()
                    } else {
                        open.push(Open::Array(Vec::new()));
                        continue;
                    }
                }
                b'"' => Value::Str(self.string()?),
                b't' => self.word("true", Value::Bool(true))?,
                b'f' => self.word("false", Value::Bool(false))?,
                b'n' => self.word("null", Value::Null)?,
                b'N' => self.word("NaN", Value::Num(f64::NAN))?,
                b'I' => self.word("Infinity", Value::Num(f64::INFINITY))?,
                _ => self.number()?,
            };
            // What it ends.
            loop {
                match open.last_mut() {
                    None if self.at == self.text.len() => return Ok(value),
                    None => return Err(Problem::Malformed),
                    Some(Open::Array(items)) => {
                        items.push(value);
                        if self.eat(b',') {
                            break;
                        }
                        self.expect(b']')?;
                    }
                    Some(Open::Object(object, key)) => {
                        object.put(self.cx, key, value);
                        if self.eat(b',') {
                            let name = self.key()?;
                            if let Some(Open::Object(_, key)) = open.last_mut() {
                                *key = name;
                            }
                            break;
                        }
                        self.expect(b'}')?;
                    }
                    Some(Open::Tag) => {
                        self.expect(b'}')?;
                        open.pop();
                        value = self.tagged(&value)?;
                        continue;
                    }
                }
                value = match open.pop() {
                    Some(Open::Array(items)) => Obj::array(self.cx, items).into(),
                    Some(Open::Object(object, _)) => object.into(),
                    Some(Open::Tag) | None => return Err(Problem::Malformed),
                };
            }
        }
    }

    fn key(&mut self) -> Read<Key> {
        let rest = self.text.get(self.at + 1..).unwrap_or(&[]);
        let plain = memchr::memchr2(b'"', b'\\', rest).filter(|len| rest[*len] == b'"');
        let known = plain.and_then(|len| std::str::from_utf8(&rest[..len]).ok()).filter(|_| self.byte() == b'"').and_then(|name| self.cx.find_atom(name));
        let key = match (known, plain) {
            (Some(atom), Some(len)) => {
                self.at += len + 2;
                Key::Atom(atom)
            }
            _ => self.cx.key(&self.string()?),
        };
        self.expect(b':')?;
        Ok(key)
    }

    /// What stands for a value that JSON has no form for.
    fn tagged(&self, value: &Value) -> Read<Value> {
        let pair = value.as_obj().and_then(Obj::dense).ok_or(Problem::Malformed)?;
        match (pair.get(0).as_ref().and_then(Value::as_str).map(Str::as_bytes), pair.get(1)) {
            (Some(b"d"), Some(Value::Num(ms))) => {
                let proto = self.cx.intrinsic(puremix_value::Intrinsic::DatePrototype);
                // What a Date cannot hold is an invalid one.
                let ms = if ms.abs() <= 8.64e15 { ms } else { f64::NAN };
                Ok(Obj::with(self.cx, Some(proto), Kind::Date(Cell::new(ms))).into())
            }
            (Some(b"b"), Some(Value::Num(i))) => {
                let bytes = self.received.attachment(i as usize).ok_or(Problem::Malformed)?;
                puremix_node::new_buffer(self.cx, bytes.to_vec()).map_err(Problem::Thrown)
            }
            _ => Err(Problem::Malformed),
        }
    }

    fn string(&mut self) -> Read<Str> {
        self.expect(b'"')?;
        let mut out: Option<StrBuilder> = None;
        loop {
            let rest = &self.text[self.at..];
            let len = memchr::memchr2(b'"', b'\\', rest).ok_or(Problem::Malformed)?;
            let piece = std::str::from_utf8(&rest[..len]).map_err(|_| Problem::Malformed)?;
            self.at += len + 1;
            if rest[len] == b'"' {
                return Ok(match out {
                    None => Str::from(piece),
                    Some(mut out) => {
                        out.push_str(piece);
                        out.finish()
                    }
                });
            }
            let out = out.get_or_insert_with(StrBuilder::new);
            out.push_str(piece);
            let escaped = self.byte();
            self.at += 1;
            match escaped {
                b'n' => out.push_char('\n'),
                b't' => out.push_char('\t'),
                b'r' => out.push_char('\r'),
                b'b' => out.push_char('\u{8}'),
                b'f' => out.push_char('\u{c}'),
                b'u' => {
                    let digits = self.text.get(self.at..self.at + 4).and_then(|d| std::str::from_utf8(d).ok());
                    let unit = digits.and_then(|d| u16::from_str_radix(d, 16).ok()).ok_or(Problem::Malformed)?;
                    self.at += 4;
                    out.push_unit(unit);
                }
                c @ (b'"' | b'\\' | b'/') => out.push_char(char::from(c)),
                _ => return Err(Problem::Malformed),
            }
        }
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        while matches!(self.byte(), b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if digits == b"-" {
            return self.word("Infinity", Value::Num(f64::NEG_INFINITY));
        }
        let text = std::str::from_utf8(digits).map_err(|_| Problem::Malformed)?;
        let is_integer = digits.iter().all(|b| b.is_ascii_digit() || *b == b'-');
        if is_integer && digits.len() <= 15 {
            return text.parse::<i64>().map(|n| Value::Num(n as f64)).map_err(|_| Problem::Malformed);
        }
        if is_integer {
            // Integers that a number does not hold exactly are BigInts, as those of databases.
            return match text.parse::<i64>() {
                Ok(n) if n.unsigned_abs() < 1 << 53 => Ok(Value::Num(n as f64)),
                _ => text.parse::<BigInt>().map(Value::from).map_err(|_| Problem::Malformed),
            };
        }
        text.parse().map(Value::Num).map_err(|_| Problem::Malformed)
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return Err(Problem::Malformed);
        }
        self.at += word.len();
        Ok(value)
    }
}

/// A member of a decoded object, as text.
pub fn text_member(cx: Cx, v: &Value, name: &str) -> String {
    match ops::get_value(cx, v, &cx.key_of(name)) {
        Ok(Value::Str(s)) => s.as_utf8().into_owned(),
        _ => String::new(),
    }
}
