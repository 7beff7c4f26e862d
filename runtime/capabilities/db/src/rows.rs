//! Rows as objects, all of one layout.

use crate::values::from_sql;
use puremix_sql::Rows;
use puremix_value::{Cx, Key, Obj, R, Str, Value};

/// An object a row. The names are looked up once: the rows after the first share its layout.
pub fn objects(cx: Cx, rows: Rows) -> R<Vec<Value>> {
    let width = rows.columns.len();
    let count = rows.len();
    let keys: Vec<Key> = rows.columns.iter().map(|name| cx.key(&Str::from(name.as_str()))).collect();
    let mut values = rows.values.into_iter();
    let mut objects = Vec::with_capacity(count);
    let mut first: Option<Obj> = None;
    while values.len() > 0 {
        let mut row = Vec::with_capacity(width);
        for value in values.by_ref().take(width) {
            row.push(from_sql(cx, value)?);
        }
        // Columns of one name, or named like an index, leave no layout to share.
        let alike = first.as_ref().filter(|first| first.shape().is_some_and(|shape| shape.len() == width));
        let object = match alike {
            Some(first) => Obj::same_layout(cx, first, row),
            None => {
                let o = Obj::plain(cx);
                for (key, value) in keys.iter().zip(row) {
                    o.put(cx, key, value);
                }
                Some(o)
            }
        };
        let Some(object) = object else { continue };
        first.get_or_insert_with(|| object.clone());
        objects.push(Value::Obj(object));
    }
    Ok(objects)
}
