//! What a schema says of the values at a path, as far as SQL needs to know.

use std::rc::Rc;

/// The shape of stored values. Null and missing are possible everywhere.
#[derive(Clone, Debug)]
pub enum Shape {
    Number,
    Text,
    Bool,
    Date,
    Id,
    Object(Rc<Vec<(String, Shape)>>),
    Array(Box<Shape>),
    /// Anything: no schema speaks of it.
    Any,
}

impl Shape {
    pub fn object(fields: impl IntoIterator<Item = (&'static str, Shape)>) -> Shape {
        Shape::Object(Rc::new(fields.into_iter().map(|(n, s)| (n.to_owned(), s)).collect()))
    }

    pub fn is_scalar(&self) -> bool {
        matches!(self, Shape::Number | Shape::Text | Shape::Bool | Shape::Date | Shape::Id)
    }

    /// The shape of a member; `None` if this is no object.
    pub fn member(&self, name: &str) -> Option<Shape> {
        match self {
            Shape::Object(fields) => Some(fields.iter().find(|(n, _)| n == name).map_or(Shape::Any, |(_, s)| s.clone())),
            _ => None,
        }
    }
}

/// A way from a value to those a test is about: through each element of arrays, then along a path.
#[derive(Debug)]
pub struct Route<'p> {
    /// Paths to arrays, each relative to the element before.
    pub through: Vec<Vec<&'p str>>,
    pub rest: Vec<&'p str>,
    /// Of the value at the end.
    pub shape: Shape,
    /// How many parts of `rest` the schema knows; behind them, arrays may be anywhere.
    pub known: usize,
    /// The path has an index into an array that is an element of another.
    pub in_nested_array: bool,
}

/// Follows a path through a shape.
pub fn route<'p>(shape: &Shape, path: &'p str) -> Route<'p> {
    let (mut through, mut rest, mut at, mut known) = (vec![], vec![], shape.clone(), None);
    let mut in_nested_array = false;
    for part in path.split('.') {
        if let Shape::Array(element) = &at {
            if part.bytes().all(|b| b.is_ascii_digit()) {
                // The array that the index is into is not known to be the end of the way: behind it may be a field of that name.
                known.get_or_insert(rest.len().saturating_sub(1));
                in_nested_array |= rest.is_empty();
                at = Shape::Any;
            } else {
                through.push(std::mem::take(&mut rest));
                at = (**element).clone();
            }
        }
        at = at.member(part).unwrap_or(Shape::Any);
        if matches!(at, Shape::Any) {
            known.get_or_insert(rest.len());
        }
        rest.push(part);
    }
    Route { known: known.unwrap_or(rest.len()), through, rest, shape: at, in_nested_array }
}

/// Whether a name can stand in a quoted path of both dialects.
pub fn is_quotable(name: &str) -> bool {
    !name.is_empty() && name.len() <= 200 && !name.contains(['"', '\\', '\'', '{', '}']) && !name.chars().any(char::is_control)
}

pub fn sqlite_path(parts: &[&str]) -> String {
    parts.iter().fold("'$".to_owned(), |out, part| out + ".\"" + part + "\"") + "'"
}

pub fn postgres_path(parts: &[&str]) -> String {
    let quoted: Vec<String> = parts.iter().map(|part| format!("\"{part}\"")).collect();
    format!("'{{{}}}'", quoted.join(","))
}
