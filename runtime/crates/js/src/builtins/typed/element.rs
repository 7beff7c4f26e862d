//! The eleven element types: numbers as little-endian bytes and back.

use crate::{js_to_number, to_big_int, to_uint32};
use num_traits::ToPrimitive;
use puremix_value::{BigInt, Cx, R, Value};

/// What one element is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    I8,
    U8,
    U8Clamped,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
    I64,
    U64,
}

impl Element {
    pub const ALL: [Element; 11] = [
        Element::I8,
        Element::U8,
        Element::U8Clamped,
        Element::I16,
        Element::U16,
        Element::I32,
        Element::U32,
        Element::F32,
        Element::F64,
        Element::I64,
        Element::U64,
    ];

    /// The constructor's name.
    pub fn class(self) -> &'static str {
        match self {
            Element::I8 => "Int8Array",
            Element::U8 => "Uint8Array",
            Element::U8Clamped => "Uint8ClampedArray",
            Element::I16 => "Int16Array",
            Element::U16 => "Uint16Array",
            Element::I32 => "Int32Array",
            Element::U32 => "Uint32Array",
            Element::F32 => "Float32Array",
            Element::F64 => "Float64Array",
            Element::I64 => "BigInt64Array",
            Element::U64 => "BigUint64Array",
        }
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Element::I8 | Element::U8 | Element::U8Clamped => 1,
            Element::I16 | Element::U16 => 2,
            Element::I32 | Element::U32 | Element::F32 => 4,
            Element::F64 | Element::I64 | Element::U64 => 8,
        }
    }

    pub fn is_big(self) -> bool {
        matches!(self, Element::I64 | Element::U64)
    }

    /// The value in the first bytes of `b`, little-endian; `undefined` if they are too few.
    pub fn read(self, b: &[u8]) -> Value {
        if b.len() < self.size() {
            return Value::Undefined;
        }
        match self {
            Element::I64 => BigInt::from(i64::from_le_bytes(first(b))).into(),
            Element::U64 => BigInt::from(u64::from_le_bytes(first(b))).into(),
            _ => self.number(b).into(),
        }
    }

    /// The number in the first bytes of `b`, of an element that is no big integer.
    #[inline]
    pub fn number(self, b: &[u8]) -> f64 {
        match self {
            Element::F64 => f64::from_le_bytes(first(b)),
            Element::U8 | Element::U8Clamped => f64::from(first::<1>(b)[0]),
            Element::I8 => f64::from(first::<1>(b)[0] as i8),
            Element::I16 => f64::from(i16::from_le_bytes(first(b))),
            Element::U16 => f64::from(u16::from_le_bytes(first(b))),
            Element::I32 => f64::from(i32::from_le_bytes(first(b))),
            Element::U32 => f64::from(u32::from_le_bytes(first(b))),
            Element::F32 => f64::from(f32::from_le_bytes(first(b))),
            Element::I64 | Element::U64 => f64::NAN,
        }
    }

    /// A value as this element's bytes, little-endian, in the first `size` of eight; wraps around as the type does.
    pub fn bytes(self, cx: Cx, v: &Value) -> R<[u8; 8]> {
        if self.is_big() {
            let low = to_big_int(cx, v)? & BigInt::from(u64::MAX);
            return Ok(low.to_u64().unwrap_or(0).to_le_bytes());
        }
        Ok(self.number_bytes(js_to_number(cx, v)?))
    }

    /// A number as the bytes of this element, which is no big integer.
    #[inline]
    pub fn number_bytes(self, n: f64) -> [u8; 8] {
        let wide = match self {
            Element::U8Clamped => u64::from(n.clamp(0.0, 255.0).round_ties_even() as u8),
            Element::F32 => u64::from((n as f32).to_bits()),
            Element::F64 => n.to_bits(),
            _ => u64::from(to_uint32(n)),
        };
        wide.to_le_bytes()
    }
}

/// The first bytes; zeros if there are not as many.
#[inline]
fn first<const N: usize>(b: &[u8]) -> [u8; N] {
    b.first_chunk().copied().unwrap_or([0; N])
}
