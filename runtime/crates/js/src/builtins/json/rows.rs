//! Lists whose objects are wanted as JSON only: `response.json({ data: list.map(x => ({ … })) })`.
//!
//! The compiler sees that nothing but its length and its JSON is asked of such a list (`codegen`'s `rows`). Its records are then written when the
//! callback has computed their values, and never become objects. What stands for the list is an object that no code of the app gets to see:
//! before anything else than a method that writes JSON at once is called with it, it becomes the array that it stands for.
//!
//! That nothing can tell the difference needs values whose JSON says all of them: texts, booleans, null and finite numbers but -0. With the first
//! other value the list becomes an array.

use super::bytes::Bytes;
use super::parse_json;
use super::plain::{inherits_to_json, texts_of};
use crate::ops::{call_looked_up, get_key};
use crate::state::{ShapeText, json_shapes};
use puremix_value::{Atom, Class, Cx, Kind, MAX_LEN, Obj, Payload, R, ShapeLit, Str, Tracer, Value, well_known};
use std::rc::Rc;

/// The list while it is being made.
pub struct Rows {
    cx: Cx,
    shape: &'static ShapeLit,
    list: List,
}

enum List {
    /// `[{…},{…}` as text.
    Text { text: Bytes, count: u32, names: Rc<ShapeText> },
    Array(Vec<Value>),
}

/// What stands for the list: its JSON.
struct RowsText {
    text: Bytes,
    count: u32,
}

impl Payload for RowsText {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

/// Most lists fit into so many bytes, or grow only a few times.
const ROOM: usize = 1024;

impl Rows {
    /// A list of records with the names of `shape`; `len` is how many there will be if nothing happens.
    pub fn new(cx: Cx, shape: &'static ShapeLit, len: usize) -> Rows {
        let names = json_shapes(cx).filter(|shapes| !inherits_to_json(cx, shapes)).and_then(|_| texts_of(cx, shape));
        let list = match names {
            Some(names) => List::Text { text: Bytes::with_capacity(ROOM), count: 0, names },
            None => List::Array(Vec::with_capacity(len)),
        };
        Rows { cx, shape, list }
    }

    /// Adds a record: values in the order of the shape's names.
    ///
    /// # Errors
    /// An exception if the list cannot be made an array.
    #[inline]
    pub fn record<const N: usize>(&mut self, values: [Value; N]) -> R<()> {
        if let List::Text { text, count, names } = &mut self.list {
            let before = text.len();
            text.push(if *count == 0 { b'[' } else { b',' });
            let start = text.len();
            let is_written = values.iter().zip(&names.members).all(|(value, (_, name))| {
                text.push_piece(name);
                push_lossless(text, value)
            });
            if is_written && start <= MAX_LEN {
                text.close(start, *b"{}");
                *count += 1;
                return Ok(());
            }
            text.truncate(before);
            self.become_array()?;
        }
        self.add(Obj::from_lit(self.cx, self.shape, values).into());
        Ok(())
    }

    /// Makes holes up to index `len`, as holes of the mapped list are.
    ///
    /// # Errors
    /// As for [`Rows::record`].
    #[inline]
    pub fn skip_to(&mut self, len: usize) -> R<()> {
        let so_far = match &self.list {
            List::Text { count, .. } => *count as usize,
            List::Array(items) => items.len(),
        };
        if so_far < len { self.make_holes(len) } else { Ok(()) }
    }

    #[cold]
    fn make_holes(&mut self, len: usize) -> R<()> {
        if matches!(self.list, List::Text { .. }) {
            self.become_array()?;
        }
        if let List::Array(items) = &mut self.list {
            items.resize(len, Value::Uninit);
        }
        Ok(())
    }

    #[inline(never)]
    fn add(&mut self, record: Value) {
        if let List::Array(items) = &mut self.list {
            items.push(record);
        }
    }

    #[cold]
    fn become_array(&mut self) -> R<()> {
        let list = std::mem::replace(&mut self.list, List::Array(Vec::new()));
        if let Value::Obj(array) = array_of(self.cx, &list.into_text())?
            && let Some(items) = array.dense()
        {
            self.list = List::Array((0..items.len()).filter_map(|i| items.get(i)).collect());
        }
        Ok(())
    }

    /// What stands for the list.
    pub fn finish(self) -> Value {
        let cx = self.cx;
        match self.list {
            List::Array(items) => Obj::array(cx, items).into(),
            text @ List::Text { count, .. } => {
                let stand_in = Obj::native(cx, None, Class::Other, RowsText { text: text.into_text(), count });
                // Where the compiler does not know that the list is one, its length is read as a property.
                stand_in.put(cx, &well_known::LENGTH.into(), count.into());
                stand_in.into()
            }
        }
    }
}

impl List {
    /// The JSON of the records.
    fn into_text(self) -> Bytes {
        match self {
            List::Text { mut text, count, .. } => {
                text.push_str(if count == 0 { "[]" } else { "]" });
                text
            }
            List::Array(_) => Bytes::default(),
        }
    }
}

/// Appends a value whose JSON says all of it; false for others.
#[inline]
fn push_lossless(text: &mut Bytes, value: &Value) -> bool {
    match value {
        Value::Str(s) => text.quote(s),
        Value::Num(n) if n.is_finite() && (*n != 0.0 || n.is_sign_positive()) => text.push_num(*n),
        Value::Bool(b) => text.push_str(if *b { "true" } else { "false" }),
        Value::Null => text.push_str("null"),
        _ => return false,
    }
    true
}

/// The JSON of a list of records.
pub(super) fn text_of(o: &Obj) -> Option<&Bytes> {
    o.payload::<RowsText>().map(|rows| &rows.text)
}

/// The array that a value stands for, if it stands for one; else the value.
///
/// # Errors
/// The array may not fit into memory.
pub(super) fn unrolled(cx: Cx, value: Value) -> R {
    match value.as_obj().and_then(text_of) {
        Some(text) => array_of(cx, text),
        None => Ok(value),
    }
}

fn array_of(cx: Cx, text: &Bytes) -> R {
    parse_json(cx, &Str::from(text.as_text().unwrap_or_default()))
}

/// `list.length`, where nothing else is asked of the list but its JSON.
pub fn rows_len(v: &Value) -> f64 {
    let Value::Obj(o) = v else { return 0.0 };
    f64::from(o.payload::<RowsText>().map_or_else(|| o.array_len(), |rows| rows.count))
}

/// `recv.name(argument)`, where `argument` is a list that may be a stand-in, or a fresh object with such lists as properties.
///
/// # Errors
/// What the method throws.
pub fn call_with_rows(cx: Cx, recv: &Value, method: &Value, name: Atom, argument: Value, ic: u32) -> R {
    let writes_json = matches!(method.as_obj().map(Obj::kind), Some(Kind::Function(f)) if f.def.writes_json);
    // A `toJSON` would see the argument.
    let is_hidden = writes_json && json_shapes(cx).is_some_and(|shapes| !inherits_to_json(cx, shapes));
    let argument = if is_hidden { argument } else { shown(cx, argument)? };
    call_looked_up(cx, recv, method, name, &[argument], ic)
}

/// The argument as the program means it.
#[cold]
fn shown(cx: Cx, argument: Value) -> R {
    let argument = unrolled(cx, argument)?;
    if let Value::Obj(o) = &argument {
        for (key, _) in o.own_keys(cx) {
            let value = get_key(cx, o, &key, &argument)?;
            if value.as_obj().is_some_and(|o| text_of(o).is_some()) {
                o.put(cx, &key, unrolled(cx, value)?);
            }
        }
    }
    Ok(argument)
}
