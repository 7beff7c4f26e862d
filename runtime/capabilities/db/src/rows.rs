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
    let mut row = Vec::with_capacity(width);
    for cell in rows.cells.iter() {
        row.push(from_sql(cx, cell)?);
        if row.len() < width {
            continue;
        }
        objects.push(Value::Obj(match &layout {
            Some(layout) => Obj::of_layout(cx, layout.clone(), row.drain(..)),
            None => {
                let object = Obj::plain(cx);
                keys.iter().zip(row.drain(..)).for_each(|(key, value)| object.put(cx, key, value));
                object
            }
        }));
    }
    Ok(objects)
}

/// What the rows have in common. Columns of one name, or named like an index, leave no layout to share.
fn layout(cx: Cx, keys: &[Key]) -> Option<Layout> {
    let mut layout = Layout::empty(cx);
    keys.iter().enumerate().all(|(at, key)| layout.slot(cx, key) == Some(at)).then_some(layout)
}
