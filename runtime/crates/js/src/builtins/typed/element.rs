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
        fn first<const N: usize>(b: &[u8]) -> [u8; N] {
            b.get(..N).and_then(|b| b.try_into().ok()).unwrap_or([0; N])
        }
        if b.len() < self.size() {
            return Value::Undefined;
        }
        match self {
            Element::I8 => f64::from(b[0] as i8).into(),
            Element::U8 | Element::U8Clamped => f64::from(b[0]).into(),
            Element::I16 => f64::from(i16::from_le_bytes(first(b))).into(),
            Element::U16 => f64::from(u16::from_le_bytes(first(b))).into(),
            Element::I32 => i32::from_le_bytes(first(b)).into(),
            Element::U32 => u32::from_le_bytes(first(b)).into(),
            Element::F32 => f64::from(f32::from_le_bytes(first(b))).into(),
            Element::F64 => f64::from_le_bytes(first(b)).into(),
            Element::I64 => BigInt::from(i64::from_le_bytes(first(b))).into(),
            Element::U64 => BigInt::from(u64::from_le_bytes(first(b))).into(),
        }
    }

    /// A value as this element's bytes, little-endian, in the first `size` of eight; wraps around as the type does.
    pub fn bytes(self, cx: Cx, v: &Value) -> R<[u8; 8]> {
        let mut out = [0; 8];
        let mut put = |bytes: &[u8]| out[..bytes.len()].copy_from_slice(bytes);
        if self.is_big() {
            let n = to_big_int(cx, v)?;
            let low = n & BigInt::from(u64::MAX);
            put(&low.to_u64().unwrap_or(0).to_le_bytes());
            return Ok(out);
        }
        let n = js_to_number(cx, v)?;
        match self {
            Element::U8Clamped => put(&[n.clamp(0.0, 255.0).round_ties_even() as u8]),
            Element::F32 => put(&(n as f32).to_le_bytes()),
            Element::F64 => put(&n.to_le_bytes()),
            _ => put(&to_uint32(n).to_le_bytes()[..self.size()]),
        }
        Ok(out)
    }
}
