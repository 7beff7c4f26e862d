//! `Value`: what every variable, slot and argument holds.

use crate::{Obj, Str, Sym};
use std::fmt;
use std::rc::Rc;

pub use num_bigint::BigInt;

/// Any value of any source language: a tag word and a payload word. The tag takes a whole word, so that a move is two
/// aligned loads and stores; a tag byte with the payload around it was measured to stall each read after a move.
#[repr(u64)]
#[derive(Default)]
pub enum Value {
    #[default]
    Undefined,
    Null,
    Bool(bool),
    Num(f64),
    Str(Str),
    Sym(Sym),
    BigInt(Rc<BigInt>),
    Obj(Obj),
    /// A hole in an array or a binding before its initialisation. User code never sees it.
    Uninit,
}

/// Marks that an exception waits in the isolate. Zero-sized, so that `R` is no larger than `Value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thrown;

/// The result of everything that can throw.
pub type R<T = Value> = Result<T, Thrown>;

impl Value {
    /// A number.
    #[inline]
    pub fn num(n: impl Into<f64>) -> Value {
        Value::Num(n.into())
    }

    /// A string made of `text`.
    #[inline]
    pub fn str(text: &str) -> Value {
        Value::Str(Str::from(text))
    }

    /// The object inside, if this is one.
    #[inline]
    pub fn as_obj(&self) -> Option<&Obj> {
        match self {
            Value::Obj(o) => Some(o),
            _ => None,
        }
    }

    /// The string inside, if this is one.
    #[inline]
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The number inside, if this is one.
    #[inline]
    pub fn as_num(&self) -> Option<f64> {
        match self {
            Value::Num(n) => Some(*n),
            _ => None,
        }
    }

    #[inline]
    pub fn is_undefined(&self) -> bool {
        matches!(self, Value::Undefined)
    }

    #[inline]
    pub fn is_nullish(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null)
    }

    #[inline]
    pub fn is_object(&self) -> bool {
        matches!(self, Value::Obj(_))
    }

    /// True for an object that can be called.
    #[inline]
    pub fn is_callable(&self) -> bool {
        matches!(self, Value::Obj(o) if o.is_callable())
    }

    /// `undefined` in place of a hole.
    #[inline]
    pub fn hole_to_undefined(self) -> Value {
        match self {
            Value::Uninit => Value::Undefined,
            v => v,
        }
    }
}

impl From<f64> for Value {
    #[inline]
    fn from(n: f64) -> Value {
        Value::Num(n)
    }
}
impl From<i32> for Value {
    #[inline]
    fn from(n: i32) -> Value {
        Value::Num(f64::from(n))
    }
}
impl From<u32> for Value {
    #[inline]
    fn from(n: u32) -> Value {
        Value::Num(f64::from(n))
    }
}
impl From<usize> for Value {
    /// Lengths and indices; exact below 2^53.
    #[inline]
    fn from(n: usize) -> Value {
        Value::Num(n as f64)
    }
}
impl From<bool> for Value {
    #[inline]
    fn from(b: bool) -> Value {
        Value::Bool(b)
    }
}
impl From<Str> for Value {
    #[inline]
    fn from(s: Str) -> Value {
        Value::Str(s)
    }
}
impl From<&str> for Value {
    #[inline]
    fn from(s: &str) -> Value {
        Value::Str(Str::from(s))
    }
}
impl From<String> for Value {
    #[inline]
    fn from(s: String) -> Value {
        Value::Str(Str::from(s))
    }
}
impl From<Obj> for Value {
    #[inline]
    fn from(o: Obj) -> Value {
        Value::Obj(o)
    }
}
impl From<Sym> for Value {
    #[inline]
    fn from(s: Sym) -> Value {
        Value::Sym(s)
    }
}
impl From<BigInt> for Value {
    fn from(n: BigInt) -> Value {
        Value::BigInt(Rc::new(n))
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    /// `None` is `undefined`.
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Undefined, Into::into)
    }
}

impl fmt::Debug for Value {
    /// For tests and logs of the runtime itself; never shown to users.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Undefined => f.write_str("undefined"),
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Num(n) => write!(f, "{n}"),
            Value::Str(s) => write!(f, "{:?}", s.as_str()),
            Value::Sym(s) => write!(f, "Symbol({})", s.description().map_or("", |d| d.as_str())),
            Value::BigInt(n) => write!(f, "{n}n"),
            Value::Obj(o) => write!(f, "[object {}]", o.kind().class_name()),
            Value::Uninit => f.write_str("<uninit>"),
        }
    }
}
