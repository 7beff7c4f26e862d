//! Rows of an answer.

use crate::{SqlRef, SqlValue};
use std::ops::Range;
use std::sync::Arc;

/// Rows of equal width, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub columns: Arc<[String]>,
    pub cells: Cells,
}

/// The values of rows. Their texts and bytes lie in one buffer each, so that a value costs no allocation.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    cells: Vec<Cell>,
    texts: String,
    bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Cell {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Range<usize>),
    Blob(Range<usize>),
    Json(Range<usize>),
}

impl Cells {
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    #[inline]
    pub fn push(&mut self, value: SqlRef<'_>) {
        if self.cells.capacity() == 0 {
            self.begin();
        }
        let cell = match value {
            SqlRef::Null => Cell::Null,
            SqlRef::Bool(b) => Cell::Bool(b),
            SqlRef::Integer(n) => Cell::Integer(n),
            SqlRef::Real(n) => Cell::Real(n),
            SqlRef::Text(s) => Cell::Text(self.text(s)),
            SqlRef::Json(s) => Cell::Json(self.text(s)),
            SqlRef::Blob(b) => {
                let from = self.bytes.len();
                self.bytes.extend_from_slice(b);
                Cell::Blob(from..self.bytes.len())
            }
        };
        self.cells.push(cell);
    }

    /// Room for a page of rows.
    #[cold]
    fn begin(&mut self) {
        self.cells.reserve(64);
        self.texts.reserve(1024);
    }

    fn text(&mut self, text: &str) -> Range<usize> {
        let from = self.texts.len();
        self.texts.push_str(text);
        from..self.texts.len()
    }

    /// The value at a place; `None` beyond the last.
    #[inline]
    pub fn get(&self, at: usize) -> Option<SqlRef<'_>> {
        // `push` made the ranges, and nothing is ever taken out of the buffers.
        let text = |range: &Range<usize>| self.texts.get(range.clone()).unwrap_or_default();
        Some(match self.cells.get(at)? {
            Cell::Null => SqlRef::Null,
            Cell::Bool(b) => SqlRef::Bool(*b),
            Cell::Integer(n) => SqlRef::Integer(*n),
            Cell::Real(n) => SqlRef::Real(*n),
            Cell::Text(range) => SqlRef::Text(text(range)),
            Cell::Json(range) => SqlRef::Json(text(range)),
            Cell::Blob(range) => SqlRef::Blob(self.bytes.get(range.clone()).unwrap_or_default()),
        })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = SqlRef<'_>> {
        (0..self.len()).map(|at| self.get(at).unwrap_or(SqlRef::Null))
    }
}

/// Who takes the rows of an answer while they are read: first the names of the columns, then value by value.
pub trait RowSink {
    fn columns(&mut self, names: &Arc<[String]>);
    fn cell(&mut self, value: SqlRef<'_>);
}

/// Rows that are kept.
impl RowSink for Rows {
    fn columns(&mut self, names: &Arc<[String]>) {
        self.columns = names.clone();
    }

    #[inline]
    fn cell(&mut self, value: SqlRef<'_>) {
        self.cells.push(value);
    }
}

impl<'a> FromIterator<SqlRef<'a>> for Cells {
    fn from_iter<I: IntoIterator<Item = SqlRef<'a>>>(values: I) -> Cells {
        let mut cells = Cells::default();
        values.into_iter().for_each(|value| cells.push(value));
        cells
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        self.columns == other.columns && self.cells.iter().eq(other.cells.iter())
    }
}

/// One row.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    rows: &'a Rows,
    from: usize,
}

impl<'a> Row<'a> {
    /// The value of a column; NULL where there is no such column.
    pub fn get(self, column: usize) -> SqlRef<'a> {
        let is_there = column < self.rows.columns.len();
        self.rows.cells.get(self.from + column).filter(|_| is_there).unwrap_or(SqlRef::Null)
    }

    /// The value of the last column.
    pub fn last(self) -> SqlRef<'a> {
        self.get(self.rows.columns.len().wrapping_sub(1))
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.cells.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|row| Row { rows: self, from: row * self.columns.len() })
    }

    /// All values, for those who keep them.
    pub fn to_values(&self) -> Vec<SqlValue> {
        self.cells.iter().map(SqlRef::to_owned).collect()
    }

    /// The first row.
    pub fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_by_columns() {
        let cells = [SqlRef::Integer(1), SqlRef::Text("é"), SqlRef::Blob(b"\xff"), SqlRef::Integer(2), SqlRef::Null, SqlRef::Json("[]")];
        let rows = Rows { columns: ["a".to_owned(), "b".to_owned(), "c".to_owned()].into(), cells: cells.into_iter().collect() };
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.iter().map(|row| row.get(0).as_integer()).collect::<Vec<_>>(), [Some(1), Some(2)]);
        assert_eq!(rows.cells.iter().collect::<Vec<_>>(), cells);
        assert_eq!(rows.first().map(|row| row.last().to_owned()), Some(SqlValue::Blob(vec![0xff])));
        assert_eq!(rows.first().map(|row| row.get(3)), Some(SqlRef::Null), "no value of the next row");
        assert_eq!(Rows::default().len(), 0);
        assert!(Rows::default().first().is_none());
    }
}
