//! BSON's values: what documents, filters and updates consist of.

use std::cmp::Ordering;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Bson {
    Null,
    Bool(bool),
    Num(f64),
    /// A whole number beyond a double's 53 bits.
    Long(i64),
    Str(String),
    /// Milliseconds since 1970.
    Date(f64),
    Id([u8; 12]),
    /// A decimal number as its text.
    Decimal(String),
    Binary(Vec<u8>),
    Regex(String, String),
    Array(Vec<Bson>),
    Object(Map),
}

/// An object's members in their order. Documents are small: looking one up is a walk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(pub Vec<(String, Bson)>);

impl Map {
    pub fn get(&self, name: &str) -> Option<&Bson> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Bson> {
        self.0.iter_mut().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub fn set(&mut self, name: &str, value: Bson) {
        match self.get_mut(name) {
            Some(place) => *place = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub fn remove(&mut self, name: &str) -> Option<Bson> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bson)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Into<String>> FromIterator<(S, Bson)> for Map {
    fn from_iter<T: IntoIterator<Item = (S, Bson)>>(items: T) -> Map {
        Map(items.into_iter().map(|(n, v)| (n.into(), v)).collect())
    }
}

impl From<&str> for Bson {
    fn from(s: &str) -> Bson {
        Bson::Str(s.to_owned())
    }
}

impl From<f64> for Bson {
    fn from(n: f64) -> Bson {
        Bson::Num(n)
    }
}

impl Bson {
    /// The class in which MongoDB compares and sorts values.
    pub fn rank(&self) -> u8 {
        match self {
            Bson::Null => 1,
            Bson::Num(_) | Bson::Long(_) | Bson::Decimal(_) => 2,
            Bson::Str(_) => 3,
            Bson::Object(_) => 4,
            Bson::Array(_) => 5,
            Bson::Binary(_) => 6,
            Bson::Id(_) => 7,
            Bson::Bool(_) => 8,
            Bson::Date(_) => 9,
            Bson::Regex(..) => 10,
        }
    }

    /// The name `$type` knows.
    pub fn type_name(&self) -> &'static str {
        match self {
            Bson::Null => "null",
            Bson::Num(n) if n.fract() == 0.0 && n.abs() <= 2_147_483_647.0 => "int",
            Bson::Num(_) => "double",
            Bson::Long(_) => "long",
            Bson::Decimal(_) => "decimal",
            Bson::Str(_) => "string",
            Bson::Object(_) => "object",
            Bson::Array(_) => "array",
            Bson::Binary(_) => "binData",
            Bson::Id(_) => "objectId",
            Bson::Bool(_) => "bool",
            Bson::Date(_) => "date",
            Bson::Regex(..) => "regex",
        }
    }

    /// As a number, if it is one.
    pub fn as_num(&self) -> Option<f64> {
        match self {
            Bson::Num(n) => Some(*n),
            Bson::Long(n) => Some(*n as f64),
            Bson::Decimal(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Bson::Str(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Bson]> {
        match self {
            Bson::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Bson::Object(map) => Some(map),
            _ => None,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Bson::Null)
    }

    /// Truth as aggregation's operators see it.
    pub fn is_true(&self) -> bool {
        match self {
            Bson::Null => false,
            Bson::Bool(b) => *b,
            number => number.as_num() != Some(0.0),
        }
    }

    /// MongoDB's order over all values. Equal means that an equality test matches.
    pub fn order(&self, other: &Bson) -> Ordering {
        let classes = self.rank().cmp(&other.rank());
        if classes != Ordering::Equal {
            return classes;
        }
        match (self, other) {
            (Bson::Long(a), Bson::Long(b)) => a.cmp(b),
            (Bson::Str(a), Bson::Str(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Bson::Bool(a), Bson::Bool(b)) => a.cmp(b),
            (Bson::Date(a), Bson::Date(b)) => order_numbers(*a, *b),
            (Bson::Id(a), Bson::Id(b)) => a.cmp(b),
            (Bson::Binary(a), Bson::Binary(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            (Bson::Regex(a, f), Bson::Regex(b, g)) => (a, f).cmp(&(b, g)),
            (Bson::Array(a), Bson::Array(b)) => {
                a.iter().zip(b).map(|(x, y)| x.order(y)).find(|o| *o != Ordering::Equal).unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            (Bson::Object(a), Bson::Object(b)) => order_objects(a, b),
            _ => order_numbers(self.as_num().unwrap_or(f64::NAN), other.as_num().unwrap_or(f64::NAN)),
        }
    }

    pub fn equals(&self, other: &Bson) -> bool {
        self.order(other) == Ordering::Equal
    }
}

/// NaN stands before all numbers and equals itself.
fn order_numbers(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

/// Member by member: class of value, name, value.
fn order_objects(a: &Map, b: &Map) -> Ordering {
    let each = a.0.iter().zip(&b.0).map(|((n, x), (m, y))| x.rank().cmp(&y.rank()).then_with(|| n.cmp(m)).then_with(|| x.order(y)));
    each.into_iter().find(|o| *o != Ordering::Equal).unwrap_or_else(|| a.0.len().cmp(&b.0.len()))
}
