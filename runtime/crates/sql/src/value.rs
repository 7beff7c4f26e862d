//! Values and rows.

use std::sync::Arc;

/// A value on its way to or from SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    Null,
    /// PostgreSQL only; SQLite has integers.
    Bool(bool),
    Integer(i64),
    Real(f64),
    /// Also what PostgreSQL's other types (numeric, timestamps, uuid) are read as, in its own text form.
    Text(String),
    Blob(Vec<u8>),
    /// JSON as text: bound as `jsonb` in PostgreSQL, as text in SQLite.
    Json(String),
}

impl SqlValue {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            SqlValue::Text(s) | SqlValue::Json(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            SqlValue::Integer(n) => Some(*n),
            SqlValue::Bool(b) => Some(i64::from(*b)),
            _ => None,
        }
    }
}

/// Rows of equal width, stored one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Arc<[String]>,
    pub values: Vec<SqlValue>,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.values
            .len()
            .checked_div(self.columns.len())
            .unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[SqlValue]> {
        self.values.chunks_exact(self.columns.len().max(1))
    }

    /// The first row.
    pub fn first(&self) -> Option<&[SqlValue]> {
        self.iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_by_columns() {
        let rows = Rows {
            columns: ["a".to_owned(), "b".to_owned()].into(),
            values: vec![
                SqlValue::Integer(1),
                SqlValue::Null,
                SqlValue::Integer(2),
                SqlValue::Null,
            ],
        };
        assert_eq!(rows.len(), 2);
        assert_eq!(
            rows.iter().map(|r| r[0].as_integer()).collect::<Vec<_>>(),
            [Some(1), Some(2)]
        );
        assert_eq!(Rows::default().len(), 0);
        assert_eq!(Rows::default().first(), None);
    }
}
