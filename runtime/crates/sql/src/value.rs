//! Values, on their way to SQL and as rows have them.

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
    pub fn as_ref(&self) -> SqlRef<'_> {
        match self {
            SqlValue::Null => SqlRef::Null,
            SqlValue::Bool(b) => SqlRef::Bool(*b),
            SqlValue::Integer(n) => SqlRef::Integer(*n),
            SqlValue::Real(n) => SqlRef::Real(*n),
            SqlValue::Text(s) => SqlRef::Text(s),
            SqlValue::Blob(b) => SqlRef::Blob(b),
            SqlValue::Json(s) => SqlRef::Json(s),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        self.as_ref().as_text()
    }

    pub fn as_integer(&self) -> Option<i64> {
        self.as_ref().as_integer()
    }
}

/// A value of a row, where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SqlRef<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
    Json(&'a str),
}

impl<'a> SqlRef<'a> {
    pub fn as_text(self) -> Option<&'a str> {
        match self {
            SqlRef::Text(s) | SqlRef::Json(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_integer(self) -> Option<i64> {
        match self {
            SqlRef::Integer(n) => Some(n),
            SqlRef::Bool(b) => Some(i64::from(b)),
            _ => None,
        }
    }

    pub fn to_owned(self) -> SqlValue {
        match self {
            SqlRef::Null => SqlValue::Null,
            SqlRef::Bool(b) => SqlValue::Bool(b),
            SqlRef::Integer(n) => SqlValue::Integer(n),
            SqlRef::Real(n) => SqlValue::Real(n),
            SqlRef::Text(s) => SqlValue::Text(s.to_owned()),
            SqlRef::Blob(b) => SqlValue::Blob(b.to_vec()),
            SqlRef::Json(s) => SqlValue::Json(s.to_owned()),
        }
    }
}
