//! Values of the program as JSON text for Python.
//!
//! What JSON has no form for travels as an object of one key, the tag, which is random and so nobody's data: `{TAG: ["d", ms]}` is a Date,
//! `["b", i]` an attachment, `["m", pairs]` a Map, `["s", items]` a Set. NaN and the infinities are written as Python's `json` reads them.

use crate::frame::Message;
use puremix_js::builtins::json::{quote, quote_text};
use puremix_js::builtins::typed::{self, Element};
use puremix_js::ops;
use puremix_value::{Cx, ErrorKind, Key, Kind, Obj, R, Value, check_stack, well_known};

/// Integers that a number holds exactly.
const SAFE: f64 = 9_007_199_254_740_991.0;

pub struct Encoder<'a> {
    cx: Cx,
    tag: &'a str,
    message: &'a mut Message,
    /// Addresses of the objects being written.
    open: Vec<usize>,
    /// Steps to the value being written, for errors.
    path: Vec<Step>,
    /// What Python cannot have is left out.
    lenient: bool,
}

enum Step {
    Argument(usize),
    Index(usize),
    Name(Key),
}

/// Appends an array of arguments. `lenient`: values of requests, whose methods Python does not need, and not the program's own.
pub fn arguments(cx: Cx, tag: &str, message: &mut Message, values: &[Value], lenient: bool) -> R<()> {
    let mut encoder = Encoder { cx, tag, message, open: Vec::new(), path: Vec::new(), lenient };
    encoder.message.text.push('[');
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            encoder.message.text.push(',');
        }
        encoder.path.push(Step::Argument(i));
        encoder.value(value)?;
        encoder.path.pop();
    }
    encoder.message.text.push(']');
    Ok(())
}

/// Appends a text as JSON.
pub fn text(out: &mut String, text: &str) {
    quote_text(out, text);
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value) -> R<()> {
        match value {
            Value::Undefined | Value::Null | Value::Uninit => self.message.text.push_str("null"),
            Value::Bool(b) => self.message.text.push_str(if *b { "true" } else { "false" }),
            Value::Num(n) => number(&mut self.message.text, *n),
            Value::Str(s) => quote(&mut self.message.text, s),
            Value::BigInt(n) => self.message.text.push_str(&n.to_string()),
            Value::Sym(_) => return self.refuse("a symbol"),
            Value::Obj(o) => return self.object(o, value),
        }
        Ok(())
    }

    fn object(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        if o.is_callable() {
            return self.refuse("a function");
        }
        match o.kind() {
            Kind::Date(ms) => return self.date(ms.get()),
            Kind::Boxed(Value::Sym(_)) => return self.refuse("a symbol"),
            Kind::Boxed(inner) => return self.value(&inner.clone()),
            Kind::Html(html) if html.pending.borrow().is_none() => {
                quote(&mut self.message.text, &html.markup);
                return Ok(());
            }
            Kind::WeakMap(_) | Kind::WeakSet(_) | Kind::WeakRef(_) => return self.refuse(&format!("a {}", o.kind().class_name())),
            Kind::Native(puremix_value::Class::Promise, _) => return self.refuse("a promise (write `await` before it)"),
            Kind::Native(class, _) if *class != puremix_value::Class::Other => return self.refuse(&format!("a {}", o.kind().class_name())),
            _ => {}
        }
        if let Some(done) = self.bytes(o) {
            return done;
        }
        check_stack(cx)?;
        if self.open.contains(&o.address()) {
            return self.refuse("an object that contains itself");
        }
        self.open.push(o.address());
        match o.kind() {
            Kind::Map(map) => self.map(map)?,
            Kind::Set(set) => self.set(set)?,
            _ if ops::is_array(cx, value)? => self.array(o, value)?,
            _ => self.record(o, value)?,
        }
        self.open.pop();
        Ok(())
    }

    fn tagged(&mut self, kind: &str) {
        self.message.has_tags = true;
        self.message.text.push_str(&format!("{{\"{}\":[\"{kind}\",", self.tag));
    }

    fn date(&mut self, ms: f64) -> R<()> {
        if ms.is_nan() {
            return self.refuse("an invalid Date");
        }
        self.tagged("d");
        number(&mut self.message.text, ms);
        self.message.text.push_str("]}");
        Ok(())
    }

    /// Buffers, `Uint8Array`s, `ArrayBuffer`s and `DataView`s as bytes; arrays of other numbers as lists. `None` for what is none of these.
    fn bytes(&mut self, o: &Obj) -> Option<R<()>> {
        let element = typed::view_parts(o).and_then(|parts| parts.element);
        match element {
            Some(element) if !matches!(element, Element::U8 | Element::U8Clamped) => {
                let count = typed::array_len(o).unwrap_or(0);
                self.message.text.push('[');
                for i in 0..count {
                    if i > 0 {
                        self.message.text.push(',');
                    }
                    let item = match ops::get_value(self.cx, &Value::Obj(o.clone()), &Key::from(i as u32)) {
                        Ok(item) => item,
                        Err(thrown) => return Some(Err(thrown)),
                    };
                    if let Err(thrown) = self.value(&item) {
                        return Some(Err(thrown));
                    }
                }
                self.message.text.push(']');
            }
            _ => {
                let bytes = typed::with_bytes(o, <[u8]>::to_vec)?;
                let number = self.message.attachments.len();
                self.message.attachments.push(bytes);
                self.tagged("b");
                self.message.text.push_str(&format!("{number}]}}"));
            }
        }
        Some(Ok(()))
    }

    fn map(&mut self, map: &puremix_value::MapData) -> R<()> {
        self.tagged("m");
        self.message.text.push('[');
        let mut cursor = puremix_value::Cursor::default();
        let mut first = true;
        while let Some((key, value)) = map.next_at(&mut cursor) {
            self.message.text.push_str(if std::mem::take(&mut first) { "[" } else { ",[" });
            self.value(&key)?;
            self.message.text.push(',');
            self.path.push(Step::Name(self.cx.key(&puremix_value::Str::from(ops::js_to_string(self.cx, &key).map_or_else(|_| String::new(), |s| s.to_string()).as_str()))));
            self.value(&value)?;
            self.path.pop();
            self.message.text.push(']');
        }
        self.message.text.push_str("]]}");
        Ok(())
    }

    fn set(&mut self, set: &puremix_value::MapData) -> R<()> {
        self.tagged("s");
        self.message.text.push('[');
        let mut cursor = puremix_value::Cursor::default();
        let mut first = true;
        while let Some((item, _)) = set.next_at(&mut cursor) {
            if !std::mem::take(&mut first) {
                self.message.text.push(',');
            }
            self.value(&item)?;
        }
        self.message.text.push_str("]]}");
        Ok(())
    }

    fn array(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        self.message.text.push('[');
        let len = ops::length_of(cx, o)? as usize;
        for i in 0..len {
            if i > 0 {
                self.message.text.push(',');
            }
            let item = match o.dense().and_then(|s| s.get(i)) {
                Some(v) if !matches!(v, Value::Uninit) => v,
                _ => ops::get_value(cx, value, &ops::num_key(cx, i as f64))?,
            };
            self.path.push(Step::Index(i));
            self.value(&item)?;
            self.path.pop();
        }
        self.message.text.push(']');
        Ok(())
    }

    fn record(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        let convert = ops::get_value(cx, value, &well_known::TO_JSON.into())?;
        if convert.is_callable() {
            let converted = ops::call(cx, &convert, value, &[])?;
            return self.value(&converted);
        }
        if matches!(o.kind(), Kind::Error) {
            return self.error(o, value);
        }
        self.message.text.push('{');
        let mut first = true;
        for key in ops::enumerable_keys(cx, o)? {
            let item = ops::get_key(cx, o, &key, value)?;
            if self.lenient && item.is_callable() {
                continue;
            }
            if !std::mem::take(&mut first) {
                self.message.text.push(',');
            }
            let name = cx.key_str(&key);
            quote(&mut self.message.text, &name);
            self.message.text.push(':');
            self.path.push(Step::Name(key));
            self.value(&item)?;
            self.path.pop();
        }
        self.message.text.push('}');
        Ok(())
    }

    /// An error as its name, message and own properties.
    fn error(&mut self, o: &Obj, value: &Value) -> R<()> {
        let cx = self.cx;
        let mut names = vec![well_known::NAME.into(), well_known::MESSAGE.into()];
        names.extend(ops::enumerable_keys(cx, o)?.into_iter().filter(|key| ![well_known::NAME.into(), well_known::MESSAGE.into()].contains(key)));
        for (i, key) in names.iter().enumerate() {
            self.message.text.push(if i == 0 { '{' } else { ',' });
            let name = cx.key_str(key);
            quote(&mut self.message.text, &name);
            self.message.text.push(':');
            let item = ops::get_key(cx, o, key, value)?;
            self.value(&item)?;
        }
        self.message.text.push('}');
        Ok(())
    }

    /// Nothing, or an error that says where the value is.
    #[cold]
    fn refuse(&mut self, what: &str) -> R<()> {
        if self.lenient {
            self.message.text.push_str("null");
            return Ok(());
        }
        let mut place = String::new();
        for step in &self.path {
            match step {
                Step::Argument(i) => place.push_str(&format!("argument {}", i + 1)),
                Step::Index(i) => place.push_str(&format!("[{i}]")),
                Step::Name(key) => place.push_str(&format!(".{}", self.cx.key_str(key))),
            }
        }
        Err(self.cx.throw_error(ErrorKind::Type, &format!("{place} is {what}, which cannot be given to Python")))
    }
}

/// Whole numbers become Python's `int`, others its `float`.
fn number(out: &mut String, n: f64) {
    if n.fract() == 0.0 && n.abs() <= SAFE {
        if n == 0.0 && n.is_sign_negative() {
            out.push_str("-0.0");
        } else {
            out.push_str(puremix_js::num_to_str(n).as_str());
        }
    } else if n.is_nan() {
        out.push_str("NaN");
    } else if n.is_infinite() {
        out.push_str(if n > 0.0 { "Infinity" } else { "-Infinity" });
    } else {
        let shown = puremix_js::num_to_str(n);
        out.push_str(shown.as_str());
        // A large whole number is a float, and must be read as one.
        if shown.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            out.push_str(".0");
        }
    }
}
