//! Rows as objects, all of one layout.

use crate::values::from_sql;
use puremix_sql::Rows;
use puremix_value::{Cx, Key, Layout, Obj, R, Str, Value};

/// An object a row. The names are looked up once.
pub fn objects(cx: Cx, rows: &Rows) -> R<Vec<Value>> {
    let width = rows.columns.len();
    let keys: Vec<Key> = rows.columns.iter().map(|name| cx.key(&Str::from(name.as_str()))).collect();
    let layout = layout(cx, &keys);
    let mut objects = Vec::with_capacity(rows.len());
    let mut cells = rows.cells.iter();
    for _ in 0..rows.len() {
        let mut failed = None;
        // Values go straight into their object.
        let values = cells.by_ref().take(width).map(|cell| from_sql(cx, cell).unwrap_or_else(|thrown| {
            failed = Some(thrown);
            Value::Undefined
        }));
        objects.push(Value::Obj(match &layout {
            Some(layout) => Obj::of_layout(cx, layout.clone(), values),
            None => {
                let object = Obj::plain(cx);
                keys.iter().zip(values).for_each(|(key, value)| object.put(cx, key, value));
                object
            }
        }));
        if let Some(thrown) = failed {
            return Err(thrown);
        }
    }
    Ok(objects)
}

/// What the rows have in common. Columns of one name, or named like an index, leave no layout to share.
fn layout(cx: Cx, keys: &[Key]) -> Option<Layout> {
    let mut layout = Layout::empty(cx);
    keys.iter().enumerate().all(|(at, key)| layout.slot(cx, key) == Some(at)).then_some(layout)
}
