//! Rows as objects, all of one layout.

use crate::values::from_sql;
use puremix_sql::{RowSink, Rows, SqlRef};
use puremix_value::{Cx, Key, Layout, Obj, R, Str, Thrown, Value};
use std::sync::Arc;

/// An object a row, made while the rows are read. The names are looked up once.
pub struct Objects {
    cx: Cx,
    keys: Vec<Key>,
    /// What the rows have in common; `None` where they share no layout.
    layout: Option<Layout>,
    row: Vec<Value>,
    objects: Vec<Value>,
    failed: Option<Thrown>,
}

impl Objects {
    pub fn new(cx: Cx) -> Objects {
        Objects { cx, keys: Vec::new(), layout: None, row: Vec::new(), objects: Vec::new(), failed: None }
    }

    /// The objects, or what the first value threw that has no equal in the program.
    pub fn finish(self) -> R<Vec<Value>> {
        self.failed.map_or(Ok(self.objects), Err)
    }

    fn end_row(&mut self) {
        let object = match &self.layout {
            Some(layout) => Obj::of_layout(self.cx, layout.clone(), self.row.drain(..)),
            None => {
                let object = Obj::plain(self.cx);
                self.keys.iter().zip(self.row.drain(..)).for_each(|(key, value)| object.put(self.cx, key, value));
                object
            }
        };
        self.objects.push(Value::Obj(object));
    }
}

impl RowSink for Objects {
    fn columns(&mut self, names: &Arc<[String]>) {
        self.keys = names.iter().map(|name| self.cx.key(&Str::from(name.as_str()))).collect();
        self.layout = layout(self.cx, &self.keys);
        self.row.reserve_exact(names.len());
    }

    fn cell(&mut self, value: SqlRef<'_>) {
        if self.failed.is_some() {
            return;
        }
        match from_sql(self.cx, value) {
            Ok(value) => self.row.push(value),
            Err(thrown) => {
                self.failed = Some(thrown);
                return;
            }
        }
        if self.row.len() == self.keys.len() {
            self.end_row();
        }
    }
}

/// Objects of rows that were kept.
pub fn objects(cx: Cx, rows: &Rows) -> R<Vec<Value>> {
    let mut objects = Objects::new(cx);
    objects.columns(&rows.columns);
    rows.cells.iter().for_each(|cell| objects.cell(cell));
    objects.finish()
}

/// What the rows have in common. Columns of one name, or named like an index, leave no layout to share.
fn layout(cx: Cx, keys: &[Key]) -> Option<Layout> {
    let mut layout = Layout::empty(cx);
    keys.iter().enumerate().all(|(at, key)| layout.slot(cx, key) == Some(at)).then_some(layout)
}
