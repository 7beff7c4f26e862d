//! Conditions whose operands stand in the statement: those of partial indexes, which take no parameters.

use super::filter::Filter;
use super::shape::Shape;
use super::sql::{Emitter, Place};
use puremix_sql::{Dialect, SqlValue};

impl Emitter {
    /// The condition that a filter is; `None` where SQL cannot say it exactly.
    pub fn constant(mut self, filter: &Filter, shape: &Shape) -> Option<String> {
        let whole = self.filter(filter, shape, &Place::document());
        if !whole.exact {
            return None;
        }
        let mut parts = whole.sql.split('\u{1}');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (n, rest) = part.split_once('\u{2}')?;
            out += &literal(self.dialect, self.params.get(n.parse::<usize>().ok()?)?)?;
            out += rest;
        }
        Some(format!("({out})"))
    }
}

/// A value as SQL writes it; `None` for bytes, which no filter has.
fn literal(dialect: Dialect, value: &SqlValue) -> Option<String> {
    Some(match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Bool(b) => match dialect {
            Dialect::Sqlite => i32::from(*b).to_string(),
            Dialect::Postgres => b.to_string(),
        },
        SqlValue::Integer(n) => n.to_string(),
        SqlValue::Real(n) if n.is_finite() => format!("{n:?}"),
        SqlValue::Json(text) if dialect == Dialect::Postgres => format!("'{}'::jsonb", text.replace('\'', "''")),
        SqlValue::Text(text) | SqlValue::Json(text) if !text.contains('\0') => format!("'{}'", text.replace('\'', "''")),
        _ => return None,
    })
}
