//! Writing what nearly all JSON is: plain objects and arrays of texts, numbers, dates and each other.
//!
//! No code of the app runs on the way, so nothing can change meanwhile and nothing can be noticed. Where that is not certain (a `toJSON`,
//! a getter, a proxy, a boxed value, a circle, great depth) nothing is written, and `write` does the whole of it as the standard says.

use super::escape::{quote, quote_key, quote_text};
use crate::date;
use crate::number::push_num;
use crate::state::{JsonShapes, ShapeText, json_shapes};
use puremix_value::{Attr, Cx, Intrinsic, Key, Kind, MAX_LEN, Obj, Value, well_known};
use std::rc::Rc;

/// Objects inside each other, more than people nest them. A circle is deeper.
const DEEPEST: u32 = 64;

/// The value is not plain.
struct Bail;

struct Plain<'a> {
    cx: Cx,
    shapes: &'a JsonShapes,
    out: &'a mut String,
    html_safe: bool,
    /// Of the object written last: those of a list have one shape.
    last: Option<(u32, Rc<ShapeText>)>,
}

/// Appends the JSON of a plain value; false, and nothing is appended, where the value is not plain.
pub(super) fn append_plain(cx: Cx, out: &mut String, value: &Value, html_safe: bool) -> bool {
    let start = out.len();
    let Some(shapes) = json_shapes(cx).filter(|shapes| !inherits_to_json(cx, shapes)) else { return false };
    let written = Plain { cx, shapes, out, html_safe, last: None }.value(value, 0).is_ok_and(|written| written);
    if written && out.len() <= MAX_LEN {
        return true;
    }
    out.truncate(start);
    false
}

/// Whether plain objects or arrays have got a `toJSON`, or dates another.
fn inherits_to_json(cx: Cx, shapes: &JsonShapes) -> bool {
    let epoch = cx.proto_epoch();
    if shapes.are_of(epoch) {
        return false;
    }
    let key = Key::Atom(well_known::TO_JSON);
    let inherits = !cx.is_intact() || [Intrinsic::ObjectPrototype, Intrinsic::ArrayPrototype].iter().any(|p| cx.intrinsic(*p).get_own(cx, &key).is_some());
    if !inherits {
        shapes.begin(epoch);
    }
    inherits
}

/// Whether none of these prototypes has a `toJSON`. `Object.prototype` has none.
fn lacks_to_json(cx: Cx, mut prototype: Option<Obj>) -> bool {
    while let Some(o) = prototype {
        if cx.is_intrinsic(&o, Intrinsic::ObjectPrototype) {
            return true;
        }
        if !matches!(o.kind(), Kind::Plain) || o.get_own(cx, &Key::Atom(well_known::TO_JSON)).is_some() {
            return false;
        }
        prototype = o.proto();
    }
    true
}

impl Plain<'_> {
    /// Writes a value; false, and nothing written, if it has no JSON form.
    fn value(&mut self, value: &Value, depth: u32) -> Result<bool, Bail> {
        match value {
            Value::Str(s) => quote(self.out, s, self.html_safe),
            Value::Num(n) if n.is_finite() => push_num(self.out, *n),
            Value::Null | Value::Num(_) => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Undefined | Value::Sym(_) => return Ok(false),
            Value::Obj(o) => self.object(o, depth)?,
            Value::BigInt(_) | Value::Uninit => return Err(Bail),
        }
        Ok(true)
    }

    fn object(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        if depth == DEEPEST {
            return Err(Bail);
        }
        match o.kind() {
            Kind::Plain => self.record(o, depth + 1),
            Kind::Array(_) if self.cx.is_ordinary_array(o) => self.array(o, depth + 1),
            Kind::Date(time) => self.date(o, time.get()),
            _ => Err(Bail),
        }
    }

    fn array(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        let items = o.dense().ok_or(Bail)?;
        self.out.push('[');
        for i in 0..items.len() {
            if i > 0 {
                self.out.push(',');
            }
            if !self.value(&items.get(i).ok_or(Bail)?, depth)? {
                self.out.push_str("null");
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn record(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        if o.shape_id() == 0 {
            return self.dictionary(o, depth);
        }
        let texts = self.texts(o)?;
        self.out.push('{');
        let empty = self.out.len();
        for (slot, text) in &texts.members {
            let before = self.out.len();
            // The text begins with a comma.
            self.out.push_str(if before == empty { &text[1..] } else { text });
            if !self.value(&o.slot(*slot), depth)? {
                self.out.truncate(before);
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// An object with names that the program does not mention, such as a row of `SELECT *`.
    fn dictionary(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        if !lacks_to_json(self.cx, o.proto()) {
            return Err(Bail);
        }
        let members = o.named_entries().ok_or(Bail)?;
        if members.iter().any(|(key, _)| *key == Key::Atom(well_known::TO_JSON)) {
            return Err(Bail);
        }
        self.out.push('{');
        let empty = self.out.len();
        for (key, value) in &members {
            let before = self.out.len();
            if before != empty {
                self.out.push(',');
            }
            quote_key(self.cx, self.out, key, self.html_safe);
            self.out.push(':');
            if !self.value(value, depth)? {
                self.out.truncate(before);
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// The members' names of an object without a `toJSON`.
    fn texts(&mut self, o: &Obj) -> Result<Rc<ShapeText>, Bail> {
        let id = o.shape_id();
        if let Some((last, texts)) = &self.last
            && *last == id
        {
            return Ok(texts.clone());
        }
        let texts = match self.shapes.get(id, self.html_safe) {
            Some(texts) => texts,
            None => {
                let texts = Rc::new(self.make_texts(o)?);
                self.shapes.put(id, self.html_safe, texts.clone());
                texts
            }
        };
        self.last = Some((id, texts.clone()));
        Ok(texts)
    }

    fn make_texts(&self, o: &Obj) -> Result<ShapeText, Bail> {
        let cx = self.cx;
        // A shape belongs to one prototype.
        if !lacks_to_json(cx, o.proto()) {
            return Err(Bail);
        }
        let shape = o.shape().ok_or(Bail)?;
        let mut members = Vec::with_capacity(shape.len());
        for (slot, (key, attr)) in shape.props().iter().enumerate().filter(|(_, (key, _))| !key.is_symbol()) {
            let Key::Atom(name) = key else { return Err(Bail) };
            if *name == well_known::TO_JSON || attr.has(Attr::ACCESSOR) {
                return Err(Bail);
            }
            if !attr.has(Attr::ENUMERABLE) {
                continue;
            }
            let mut text = String::from(",");
            quote_text(&mut text, cx.atom_text(*name), self.html_safe);
            text.push(':');
            members.push((slot as u32, text.into_boxed_str()));
        }
        Ok(ShapeText { members: members.into_boxed_slice() })
    }

    /// The built-in `toJSON` of a date without properties of its own.
    fn date(&mut self, o: &Obj, time: f64) -> Result<(), Bail> {
        let is_ordinary = o.shape().is_some_and(|s| s.is_empty()) && o.proto().is_some_and(|p| self.cx.is_intrinsic(&p, Intrinsic::DatePrototype));
        if !is_ordinary {
            return Err(Bail);
        }
        if time.is_nan() {
            self.out.push_str("null");
        } else {
            self.out.push('"');
            self.out.push_str(&date::iso(time));
            self.out.push('"');
        }
        Ok(())
    }
}
