//! Values as PostgreSQL's texts, and back.

use crate::connection::Answer;
use crate::message::Field;
use puremix_sql::{Cells, Done, Rows, SqlRef, SqlValue};

/// OIDs of the types that are more than text here (`pg_type.dat`).
mod oid {
    pub const BOOL: u32 = 16;
    pub const BYTEA: u32 = 17;
    pub const INT8: u32 = 20;
    pub const INT2: u32 = 21;
    pub const INT4: u32 = 23;
    pub const OID: u32 = 26;
    pub const JSON: u32 = 114;
    pub const FLOAT4: u32 = 700;
    pub const FLOAT8: u32 = 701;
    pub const JSONB: u32 = 3802;
}

/// A parameter's text; its type is what the server infers.
pub fn to_text(value: &SqlValue) -> Option<Vec<u8>> {
    Some(match value {
        SqlValue::Null => return None,
        SqlValue::Bool(b) => b.to_string().into_bytes(),
        SqlValue::Integer(n) => n.to_string().into_bytes(),
        SqlValue::Real(n) if n.is_nan() => b"NaN".to_vec(),
        SqlValue::Real(n) if n.is_infinite() => if *n > 0.0 { b"Infinity".to_vec() } else { b"-Infinity".to_vec() },
        SqlValue::Real(n) => n.to_string().into_bytes(),
        SqlValue::Text(s) | SqlValue::Json(s) => s.clone().into_bytes(),
        SqlValue::Blob(b) => hex(b),
    })
}

/// `\x00ff`
pub fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]);
    b"\\x".iter().copied().chain(digits).collect()
}

/// The bytes of `\x00ff`; `None` when it is written otherwise.
pub fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    let pairs = text.strip_prefix(b"\\x")?.chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn value(field: &Field, text: &[u8]) -> SqlValue {
    let words = || String::from_utf8_lossy(text).into_owned();
    let known = match field.type_id {
        oid::BOOL => Some(SqlValue::Bool(text == b"t")),
        oid::INT8 | oid::INT2 | oid::INT4 | oid::OID => words().parse().ok().map(SqlValue::Integer),
        oid::FLOAT4 | oid::FLOAT8 => words().parse().ok().map(SqlValue::Real),
        oid::BYTEA => unhex(text).map(SqlValue::Blob),
        oid::JSON | oid::JSONB => Some(SqlValue::Json(words())),
        _ => None,
    };
    known.unwrap_or_else(|| SqlValue::Text(words()))
}

/// An answer's rows.
pub fn rows(answer: &Answer) -> Rows {
    let mut cells = Cells::default();
    for (field, text) in answer.rows.iter().flat_map(|row| answer.fields.iter().zip(row)) {
        match text {
            Some(text) => cells.push(value(field, text).as_ref()),
            None => cells.push(SqlRef::Null),
        }
    }
    Rows { columns: answer.fields.iter().map(|f| f.name.clone()).collect(), cells }
}

/// What a write did.
pub fn done(answer: &Answer) -> Done {
    let is_write = !matches!(answer.command(), "SELECT" | "FETCH" | "MOVE" | "SHOW");
    Done { affected: if is_write { answer.count().unwrap_or(0) } else { 0 }, last_id: 0, rows: rows(answer) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_numbers() {
        assert_eq!(hex(&[0, 255]), b"\\x00ff");
        assert_eq!(unhex(b"\\x00ff"), Some(vec![0, 255]));
        assert_eq!(unhex(b"\\x00f"), None);
        assert_eq!(unhex(b"abc"), None);
        assert_eq!(to_text(&SqlValue::Real(1e21)), Some(b"1000000000000000000000".to_vec()));
        assert_eq!(to_text(&SqlValue::Real(f64::NEG_INFINITY)), Some(b"-Infinity".to_vec()));
    }
}
