//! Reading and writing numbers: `readUInt32BE`, `writeDoubleLE` and their kin.

use super::{len_of, this};
use crate::support::{argument_type, coded, out_of_range};
use puremix_js::builtins::typed;
use puremix_js::ops;
use puremix_value::{Args, BigInt, Cx, ErrorKind, Obj, R, Thrown, Value};

/// What is read or written.
#[derive(Clone, Copy)]
enum Format {
    Int(usize),
    UInt(usize),
    BigInt,
    BigUInt,
    Float,
    Double,
}

impl Format {
    fn size(self) -> usize {
        match self {
            Format::Int(n) | Format::UInt(n) => n,
            Format::Float => 4,
            Format::BigInt | Format::BigUInt | Format::Double => 8,
        }
    }

    /// The number in `b`, which is little-endian.
    fn read(self, b: [u8; 8]) -> Value {
        let n = u64::from_le_bytes(b);
        match self {
            Format::UInt(_) => Value::Num(n as f64),
            Format::Int(size) => {
                let shift = 64 - size * 8;
                Value::Num(((n << shift) as i64 >> shift) as f64)
            }
            Format::BigInt => BigInt::from(n as i64).into(),
            Format::BigUInt => BigInt::from(n).into(),
            Format::Float => Value::Num(f64::from(f32::from_bits(n as u32))),
            Format::Double => Value::Num(f64::from_bits(n)),
        }
    }

    /// The value as little-endian bytes; Node's errors for what does not fit.
    fn bytes(self, cx: Cx, v: &Value) -> R<[u8; 8]> {
        match self {
            Format::Float => {
                let mut out = [0; 8];
                out[..4].copy_from_slice(&(ops::js_to_number(cx, v)? as f32).to_le_bytes());
                Ok(out)
            }
            Format::Double => Ok(ops::js_to_number(cx, v)?.to_le_bytes()),
            Format::BigInt | Format::BigUInt => {
                let Value::BigInt(n) = v else { return Err(argument_type(cx, "value", "of type bigint", v)) };
                let (fits, range) = match self {
                    Format::BigInt => (i64::try_from(&**n).map(|n| n as u64), ">= -(2n ** 63n) and < 2n ** 63n"),
                    _ => (u64::try_from(&**n), ">= 0n and < 2n ** 64n"),
                };
                fits.map(u64::to_le_bytes).map_err(|_| out_of_range(cx, "value", range, v))
            }
            Format::Int(size) | Format::UInt(size) => {
                let n = ops::js_to_number(cx, v)?;
                let (min, max) = match self {
                    Format::UInt(_) => (0.0, 2f64.powi(size as i32 * 8) - 1.0),
                    _ => (-2f64.powi(size as i32 * 8 - 1), 2f64.powi(size as i32 * 8 - 1) - 1.0),
                };
                if n < min || n > max {
                    let bits = size * 8;
                    let range = match (self, size) {
                        (Format::UInt(_), 0..=4) | (_, 0..=4) => format!(">= {min} and <= {max}"),
                        (Format::UInt(_), _) => format!(">= 0 and < 2 ** {bits}"),
                        _ => format!(">= -(2 ** {}) and < 2 ** {}", bits - 1, bits - 1),
                    };
                    return Err(out_of_range(cx, "value", &range, &Value::Num(n)));
                }
                Ok((n as i64 as u64).to_le_bytes())
            }
        }
    }
}

#[cold]
fn outside(cx: Cx, offset: &Value, len: usize, size: usize) -> Thrown {
    let n = offset.as_num().unwrap_or(0.0);
    if n.fract() != 0.0 || !n.is_finite() {
        return out_of_range(cx, "offset", "an integer", offset);
    }
    if len < size {
        return coded(cx, ErrorKind::Range, "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
    }
    out_of_range(cx, "offset", &format!(">= 0 and <= {}", len - size), offset)
}

/// The checked place of `size` bytes.
fn place(cx: Cx, o: &Obj, offset: &Value, size: usize) -> R<usize> {
    let n = match offset {
        Value::Undefined => 0.0,
        Value::Num(n) => *n,
        v => return Err(argument_type(cx, "offset", "of type number", v)),
    };
    let len = len_of(o);
    if n.fract() == 0.0 && n >= 0.0 && n + size as f64 <= len as f64 { Ok(n as usize) } else { Err(outside(cx, &Value::Num(n), len, size)) }
}

fn read(cx: Cx, a: &Args<'_>, format: Format, big: bool) -> R {
    let o = this(cx, a)?;
    let size = format.size();
    let at = place(cx, o, a.get(0), size)?;
    let mut bytes = [0; 8];
    typed::with_bytes(o, |all| bytes[..size].copy_from_slice(&all[at..at + size]));
    if big {
        bytes[..size].reverse();
    }
    Ok(format.read(bytes))
}

fn write(cx: Cx, a: &Args<'_>, offset: &Value, format: Format, big: bool) -> R {
    let o = this(cx, a)?;
    let size = format.size();
    let mut bytes = format.bytes(cx, a.get(0))?;
    let at = place(cx, o, offset, size)?;
    if big {
        bytes[..size].reverse();
    }
    typed::with_bytes_mut(o, |all| all[at..at + size].copy_from_slice(&bytes[..size]));
    Ok(Value::Num((at + size) as f64))
}

/// The `byteLength` of `readUIntBE` and its kin, from 1 to 6.
fn width(cx: Cx, v: &Value) -> R<usize> {
    let Value::Num(n) = v else { return Err(argument_type(cx, "byteLength", "of type number", v)) };
    if n.fract() != 0.0 {
        return Err(out_of_range(cx, "byteLength", "an integer", v));
    }
    if !(1.0..=6.0).contains(n) {
        return Err(out_of_range(cx, "byteLength", ">= 1 and <= 6", v));
    }
    Ok(*n as usize)
}

fn read_any(cx: Cx, a: &Args<'_>, format: fn(usize) -> Format, big: bool) -> R {
    if a.get(0).is_undefined() {
        return Err(argument_type(cx, "offset", "of type number", a.get(0)));
    }
    let format = format(width(cx, a.get(1))?);
    read(cx, a, format, big)
}

fn write_any(cx: Cx, a: &Args<'_>, format: fn(usize) -> Format, big: bool) -> R {
    let format = format(width(cx, a.get(2))?);
    write(cx, a, a.get(1), format, big)
}

macro_rules! methods {
    ($($format:expr => $read:literal, $write:literal, $big:literal;)*) => {
        &[$(
            ($read, 1, |cx, a| read(cx, a, $format, $big)),
            ($write, 2, |cx, a| write(cx, a, a.get(1), $format, $big)),
        )*]
    };
}

pub(super) fn install(cx: Cx, proto: &Obj) {
    ops::install(cx, proto, methods! {
        Format::UInt(1) => "readUInt8", "writeUInt8", false;
        Format::UInt(1) => "readUint8", "writeUint8", false;
        Format::Int(1) => "readInt8", "writeInt8", false;
        Format::UInt(2) => "readUInt16LE", "writeUInt16LE", false;
        Format::UInt(2) => "readUint16LE", "writeUint16LE", false;
        Format::UInt(2) => "readUInt16BE", "writeUInt16BE", true;
        Format::UInt(2) => "readUint16BE", "writeUint16BE", true;
        Format::Int(2) => "readInt16LE", "writeInt16LE", false;
        Format::Int(2) => "readInt16BE", "writeInt16BE", true;
        Format::UInt(4) => "readUInt32LE", "writeUInt32LE", false;
        Format::UInt(4) => "readUint32LE", "writeUint32LE", false;
        Format::UInt(4) => "readUInt32BE", "writeUInt32BE", true;
        Format::UInt(4) => "readUint32BE", "writeUint32BE", true;
        Format::Int(4) => "readInt32LE", "writeInt32LE", false;
        Format::Int(4) => "readInt32BE", "writeInt32BE", true;
        Format::BigInt => "readBigInt64LE", "writeBigInt64LE", false;
        Format::BigInt => "readBigInt64BE", "writeBigInt64BE", true;
        Format::BigUInt => "readBigUInt64LE", "writeBigUInt64LE", false;
        Format::BigUInt => "readBigUint64LE", "writeBigUint64LE", false;
        Format::BigUInt => "readBigUInt64BE", "writeBigUInt64BE", true;
        Format::BigUInt => "readBigUint64BE", "writeBigUint64BE", true;
        Format::Float => "readFloatLE", "writeFloatLE", false;
        Format::Float => "readFloatBE", "writeFloatBE", true;
        Format::Double => "readDoubleLE", "writeDoubleLE", false;
        Format::Double => "readDoubleBE", "writeDoubleBE", true;
    });
    ops::install(cx, proto, &[
        ("readUIntLE", 2, |cx, a| read_any(cx, a, Format::UInt, false)),
        ("readUIntBE", 2, |cx, a| read_any(cx, a, Format::UInt, true)),
        ("readUintLE", 2, |cx, a| read_any(cx, a, Format::UInt, false)),
        ("readUintBE", 2, |cx, a| read_any(cx, a, Format::UInt, true)),
        ("readIntLE", 2, |cx, a| read_any(cx, a, Format::Int, false)),
        ("readIntBE", 2, |cx, a| read_any(cx, a, Format::Int, true)),
        ("writeUIntLE", 3, |cx, a| write_any(cx, a, Format::UInt, false)),
        ("writeUIntBE", 3, |cx, a| write_any(cx, a, Format::UInt, true)),
        ("writeUintLE", 3, |cx, a| write_any(cx, a, Format::UInt, false)),
        ("writeUintBE", 3, |cx, a| write_any(cx, a, Format::UInt, true)),
        ("writeIntLE", 3, |cx, a| write_any(cx, a, Format::Int, false)),
        ("writeIntBE", 3, |cx, a| write_any(cx, a, Format::Int, true)),
    ]);
}
