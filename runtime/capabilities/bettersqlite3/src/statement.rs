//! Statements: binding, stepping, rows.

use crate::function::rethrow;
use crate::values::{from_sql, integer, throw, to_sql};
use puremix_js::ops;
use puremix_node::capability::{put_all, strings};
use puremix_value::{Cx, ErrorKind, Key, Obj, R, Str, Thrown, Value};
use rusqlite::types::Value as Sql;
use rusqlite::{CachedStatement, Connection, Error, Row, Statement};

/// How a row is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Object,
    /// The first column.
    Pluck,
    /// A list.
    Raw,
    /// An object of objects by table.
    Expand,
}

impl Mode {
    pub fn of(number: f64) -> Mode {
        match number as i32 {
            1 => Mode::Pluck,
            2 => Mode::Raw,
            3 => Mode::Expand,
            _ => Mode::Object,
        }
    }
}

/// What SQLite said, or what a function of the program threw meanwhile.
pub fn failed(cx: Cx, e: Error) -> Thrown {
    rethrow(cx).unwrap_or_else(|| throw(cx, e))
}

pub fn prepare<'c>(cx: Cx, connection: &'c Connection, sql: &str) -> R<CachedStatement<'c>> {
    connection.prepare_cached(sql).map_err(|e| throw(cx, e))
}

/// `{reader, readonly, columns}`
pub fn describe(cx: Cx, connection: &Connection, sql: &str) -> R {
    let statement = prepare(cx, connection, sql)?;
    // An empty text prepares to nothing, which SQLite explains as nothing.
    if statement.expanded_sql().is_none() {
        return Err(cx.throw_error(ErrorKind::Range, "The supplied SQL string contains no statements"));
    }
    let text = |t: Option<&str>| t.map_or(Value::Null, Value::str);
    let types: Vec<Option<String>> = statement.columns().iter().map(|c| c.decl_type().map(str::to_owned)).collect();
    let columns = statement.columns_with_metadata();
    let shown = columns.iter().zip(types).map(|(column, kind)| {
        let o = Obj::plain(cx);
        put_all(cx, &o, [
            ("name", Value::str(column.name())),
            ("column", text(column.origin_name())),
            ("table", text(column.table_name())),
            ("database", text(column.database_name())),
            ("type", text(kind.as_deref())),
        ]);
        Value::Obj(o)
    });
    let o = Obj::plain(cx);
    let shown: Vec<Value> = shown.collect();
    let names: Vec<String> = (1..=statement.parameter_count()).filter_map(|i| statement.parameter_name(i).map(str::to_owned)).collect();
    put_all(cx, &o, [
        ("reader", Value::Bool(!shown.is_empty())),
        ("readonly", Value::Bool(statement.readonly())),
        ("columns", Obj::array(cx, shown).into()),
        ("names", strings(cx, names)),
    ]);
    Ok(o.into())
}

/// Binds `?` in order and names from an object (or nothing); all of them, and no more.
pub fn bind(cx: Cx, statement: &mut Statement<'_>, positional: &Value, named: &Value) -> R<()> {
    let positional = ops::array_like_to_vec(cx, positional)?;
    // `?1` is a name, too.
    let names: Vec<Option<String>> = (1..=statement.parameter_count()).map(|i| statement.parameter_name(i).map(|name| name[1..].to_owned())).collect();
    let anonymous = names.iter().filter(|name| name.is_none()).count();
    if positional.len() > anonymous {
        return Err(cx.throw_error(ErrorKind::Range, "Too many parameter values were provided"));
    }
    if anonymous < names.len() && !named.is_object() {
        return Err(cx.throw_error(ErrorKind::Type, "Missing named parameters"));
    }
    let mut given = positional.iter();
    for (i, name) in names.iter().enumerate() {
        let value: Sql = match (name, named) {
            (Some(name), Value::Obj(holder)) => {
                let key = cx.key(&Str::from(name.as_str()));
                if !ops::has_own(cx, holder, &key)? {
                    return Err(cx.throw_error(ErrorKind::Range, &format!("Missing named parameter \"{name}\"")));
                }
                to_sql(cx, &ops::get_value(cx, named, &key)?)?
            }
            _ => match given.next() {
                Some(value) => to_sql(cx, value)?,
                None => return Err(cx.throw_error(ErrorKind::Range, "Too few parameter values were provided")),
            },
        };
        statement.raw_bind_parameter(i + 1, value).map_err(|e| throw(cx, e))?;
    }
    Ok(())
}

/// `{changes, lastInsertRowid}`
pub fn run(cx: Cx, connection: &Connection, sql: &str, positional: &Value, named: &Value, safe: bool) -> R {
    let mut statement = prepare(cx, connection, sql)?;
    bind(cx, &mut statement, positional, named)?;
    let before = connection.total_changes();
    // Writes happen in the first step, whatever they answer.
    statement.raw_query().next().map_err(|e| failed(cx, e))?;
    let changes = if connection.total_changes() == before { 0 } else { connection.changes() };
    let o = Obj::plain(cx);
    put_all(cx, &o, [("changes", Value::Num(changes as f64)), ("lastInsertRowid", integer(connection.last_insert_rowid(), safe))]);
    Ok(o.into())
}

/// The statement's text with its parameters in their places.
pub fn expanded(cx: Cx, connection: &Connection, sql: &str, positional: &Value, named: &Value) -> R {
    let mut statement = prepare(cx, connection, sql)?;
    bind(cx, &mut statement, positional, named)?;
    Ok(statement.expanded_sql().map_or(Value::Null, |text| Value::str(&text)))
}

/// The rows, at most `limit`.
pub fn rows(cx: Cx, connection: &Connection, sql: &str, positional: &Value, named: &Value, mode: Mode, safe: bool, limit: usize) -> R<Vec<Value>> {
    let mut statement = prepare(cx, connection, sql)?;
    bind(cx, &mut statement, positional, named)?;
    let mut shown = Vec::new();
    let mut layout: Option<Layout> = None;
    let mut rows = statement.raw_query();
    while shown.len() < limit {
        let Some(row) = rows.next().map_err(|e| failed(cx, e))? else { break };
        // The first step may have prepared the statement anew.
        shown.push(layout.get_or_insert_with(|| Layout::of(cx, row.as_ref(), mode)).row(cx, row, safe)?);
    }
    Ok(shown)
}

/// What rows of one statement have in common.
pub struct Layout {
    mode: Mode,
    width: usize,
    keys: Vec<Key>,
    tables: Vec<Key>,
    first: Option<Obj>,
}

impl Layout {
    pub fn of(cx: Cx, statement: &Statement<'_>, mode: Mode) -> Layout {
        let keys: Vec<Key> = statement.column_names().into_iter().map(|name| cx.key(&Str::from(name))).collect();
        let tables = match mode {
            Mode::Expand => statement.columns_with_metadata().iter().map(|c| cx.key(&Str::from(c.table_name().unwrap_or("$")))).collect(),
            Mode::Object | Mode::Pluck | Mode::Raw => Vec::new(),
        };
        let width = if mode == Mode::Pluck { 1 } else { keys.len() };
        Layout { mode, width, keys, tables, first: None }
    }

    pub fn row(&mut self, cx: Cx, row: &Row<'_>, safe: bool) -> R {
        let value = |i: usize| from_sql(cx, row.get_ref(i).map_err(|e| throw(cx, e))?, safe);
        let values = (0..self.width).map(value).collect::<R<Vec<_>>>()?;
        Ok(self.show(cx, values))
    }

    fn show(&mut self, cx: Cx, mut values: Vec<Value>) -> Value {
        match self.mode {
            Mode::Pluck => values.pop().unwrap_or_default(),
            Mode::Raw => Obj::array(cx, values).into(),
            Mode::Expand => {
                let o = Obj::plain(cx);
                for ((table, key), value) in self.tables.iter().zip(&self.keys).zip(values) {
                    let inner = match o.get_own(cx, table) {
                        Some(puremix_value::Own::Data { value: Value::Obj(inner), .. }) => inner,
                        _ => {
                            let inner = Obj::plain(cx);
                            o.put(cx, table, inner.clone().into());
                            inner
                        }
                    };
                    inner.put(cx, key, value);
                }
                o.into()
            }
            Mode::Object => {
                let alike = self.first.as_ref().filter(|o| o.shape().is_some_and(|shape| shape.len() == self.width));
                if let Some(first) = alike
                    && let Some(o) = Obj::same_layout(cx, first, values.clone())
                {
                    return o.into();
                }
                let o = Obj::plain(cx);
                for (key, value) in self.keys.iter().zip(values) {
                    o.put(cx, key, value);
                }
                self.first = Some(o.clone());
                o.into()
            }
        }
    }
}
