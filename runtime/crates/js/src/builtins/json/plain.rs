//! Writing what nearly all JSON is: plain objects and arrays of texts, numbers, dates and each other.
//!
//! No code of the app runs on the way, so nothing can change meanwhile and nothing can be noticed. Where that is not certain (a `toJSON`,
//! a getter, a proxy, a boxed value, a circle, great depth) nothing is written, and `write` does the whole of it as the standard says.

use super::bytes::{Bytes, Piece};
use super::escape::quote_text;
use super::rows;
use crate::date;
use crate::state::{JsonShapes, ShapeText, json_shapes};
use puremix_value::{Attr, Cx, Intrinsic, Key, Kind, MAX_LEN, Obj, Shape, ShapeLit, Value, well_known};
use std::rc::Rc;

/// Objects inside each other, more than people nest them. A circle is deeper.
const DEEPEST: u32 = 64;

/// The value is not plain.
struct Bail;

struct Plain<'a> {
    cx: Cx,
    shapes: &'a JsonShapes,
    out: Bytes,
    /// Of the object written last: those of a list have one shape.
    last: Option<(u32, Rc<ShapeText>)>,
}

/// The JSON of a plain value, and whether it has any; `None` where the value is not plain. `room` is a guess at its length.
pub(super) fn plain_json(cx: Cx, value: &Value, room: usize) -> Option<Option<String>> {
    let shapes = json_shapes(cx).filter(|shapes| !inherits_to_json(cx, shapes))?;
    let mut writer = Plain { cx, shapes, out: Bytes::with_capacity(room), last: None };
    let has_json = writer.value(value, 0).ok()?;
    let text = writer.out.into_text().filter(|text| text.len() <= MAX_LEN)?;
    Some(has_json.then_some(text))
}

/// Whether plain objects or arrays have got a `toJSON`, or dates another.
pub(super) fn inherits_to_json(cx: Cx, shapes: &JsonShapes) -> bool {
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

/// The members' names of what an object literal makes, in their order.
pub(super) fn texts_of(cx: Cx, literal: &'static ShapeLit) -> Option<Rc<ShapeText>> {
    let (_, shape) = cx.literal_shape(literal)?;
    let shapes = json_shapes(cx)?;
    if let Some(texts) = shapes.get(shape.id()) {
        return Some(texts);
    }
    let texts = Rc::new(make_texts(cx, &shape)?);
    shapes.put(shape.id(), texts.clone());
    Some(texts)
}

/// `None` if a member's name, or a getter, needs more than its text.
fn make_texts(cx: Cx, shape: &Shape) -> Option<ShapeText> {
    let mut members = Vec::with_capacity(shape.len());
    for (slot, (key, attr)) in shape.props().iter().enumerate().filter(|(_, (key, _))| !key.is_symbol()) {
        let Key::Atom(name) = key else { return None };
        if *name == well_known::TO_JSON || attr.has(Attr::ACCESSOR) {
            return None;
        }
        if !attr.has(Attr::ENUMERABLE) {
            continue;
        }
        let mut text = String::from(",");
        quote_text(&mut text, cx.atom_text(*name));
        text.push(':');
        members.push((slot as u32, Piece::new(text)));
    }
    Some(ShapeText { members: members.into_boxed_slice() })
}

impl Plain<'_> {
    /// Writes a value; false, and nothing written, if it has no JSON form.
    fn value(&mut self, value: &Value, depth: u32) -> Result<bool, Bail> {
        match value {
            Value::Str(s) => self.out.quote(s),
            Value::Num(n) if n.is_finite() => self.out.push_num(*n),
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
            Kind::Native(..) => self.rows(o),
            _ => Err(Bail),
        }
    }

    /// A list that is JSON already.
    fn rows(&mut self, o: &Obj) -> Result<(), Bail> {
        self.out.push_bytes(rows::text_of(o).ok_or(Bail)?);
        Ok(())
    }

    fn array(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        let items = o.dense().ok_or(Bail)?;
        let start = self.out.len();
        for i in 0..items.len() {
            self.out.push(b',');
            if !self.value(&items.get(i).ok_or(Bail)?, depth)? {
                self.out.push_str("null");
            }
        }
        self.out.close(start, *b"[]");
        Ok(())
    }

    fn record(&mut self, o: &Obj, depth: u32) -> Result<(), Bail> {
        if o.shape_id() == 0 {
            return self.dictionary(o, depth);
        }
        let texts = self.texts(o)?;
        let start = self.out.len();
        for (slot, text) in &texts.members {
            let before = self.out.len();
            self.out.push_piece(text);
            if !self.value(&o.slot(*slot), depth)? {
                self.out.truncate(before);
            }
        }
        self.out.close(start, *b"{}");
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
        let start = self.out.len();
        for (key, value) in &members {
            let before = self.out.len();
            self.out.push(b',');
            self.out.quote_key(self.cx, key);
            self.out.push(b':');
            if !self.value(value, depth)? {
                self.out.truncate(before);
            }
        }
        self.out.close(start, *b"{}");
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
        let texts = match self.shapes.get(id) {
            Some(texts) => texts,
            None => {
                // A shape belongs to one prototype.
                let shape = o.shape().filter(|_| lacks_to_json(self.cx, o.proto())).ok_or(Bail)?;
                let texts = Rc::new(make_texts(self.cx, &shape).ok_or(Bail)?);
                self.shapes.put(id, texts.clone());
                texts
            }
        };
        self.last = Some((id, texts.clone()));
        Ok(texts)
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
            self.out.push(b'"');
            self.out.push_str(&date::iso(time));
            self.out.push(b'"');
        }
        Ok(())
    }
}
