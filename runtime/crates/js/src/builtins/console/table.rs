//! `console.table`: rows and columns in box characters.

use crate::inspect::{Options, inspect_with};
use crate::{enumerable_keys, get_key, iter_to_vec, js_to_string};
use puremix_value::{Cursor, Cx, Key, Kind, Obj, R, Value};

/// A row's label, its cells by column, and the value of a row that is no object.
type Row = (String, Vec<(String, String)>, Option<String>);

/// The table of `data`, restricted to `only` if that is an array; `None` for what is no object.
pub(super) fn render(cx: Cx, data: &Value, only: &Value) -> R<Option<String>> {
    let Value::Obj(o) = data else { return Ok(None) };
    let (first, rows) = rows(cx, o)?;
    let mut columns: Vec<String> = match only {
        Value::Obj(_) => iter_to_vec(cx, only)?.iter().map(|v| js_to_string(cx, v).map(|s| s.to_string())).collect::<R<_>>()?,
        _ => vec![],
    };
    let open = columns.is_empty();
    let mut table: Vec<Row> = vec![];
    for (label, row) in rows {
        let mut cells = vec![];
        let mut value = None;
        match &row {
            Value::Obj(r) if !r.is_callable() => {
                for key in enumerable_keys(cx, r)? {
                    let name = cx.key_str(&key).to_string();
                    if open && !columns.contains(&name) {
                        columns.push(name.clone());
                    }
                    cells.push((name, show(cx, &get_key(cx, r, &key, &row)?)));
                }
            }
            _ => value = Some(show(cx, &row)),
        }
        table.push((label, cells, value));
    }
    let has_values = table.iter().any(|(_, _, v)| v.is_some());
    let mut head = vec![first.to_string()];
    head.extend(columns.iter().cloned());
    head.extend(has_values.then(|| "Values".to_string()));
    let mut lines = vec![];
    for (label, cells, value) in table {
        let mut line = vec![label];
        line.extend(columns.iter().map(|c| cells.iter().find(|(n, _)| n == c).map_or(String::new(), |(_, t)| t.clone())));
        line.extend(has_values.then(|| value.unwrap_or_default()));
        lines.push(line);
    }
    Ok(Some(draw(&head, &lines)))
}

fn rows(cx: Cx, o: &Obj) -> R<(&'static str, Vec<(String, Value)>)> {
    let this = Value::Obj(o.clone());
    let mut out = vec![];
    match o.kind() {
        Kind::Set(s) => {
            let mut cursor = Cursor::default();
            while let Some((k, _)) = s.next_at(&mut cursor) {
                out.push((out.len().to_string(), k));
            }
            Ok(("(iteration index)", out))
        }
        _ => {
            for key in enumerable_keys(cx, o)? {
                let label = match &key {
                    Key::Index(i) => i.to_string(),
                    k => cx.key_str(k).to_string(),
                };
                out.push((label, get_key(cx, o, &key, &this)?));
            }
            Ok(("(index)", out))
        }
    }
}

fn show(cx: Cx, v: &Value) -> String {
    let depth = if matches!(v, Value::Obj(o) if o.is_array()) { 1 } else { 0 };
    inspect_with(cx, v, Options { depth: Some(depth), compact: 3, ..Options::default() })
}

/// Cells stand at the left, as in Node since 20.12.
fn draw(head: &[String], lines: &[Vec<String>]) -> String {
    let len = |s: &String| s.chars().count();
    let widths: Vec<usize> = (0..head.len()).map(|c| lines.iter().map(|l| len(&l[c])).chain([len(&head[c])]).max().unwrap_or(0) + 2).collect();
    let bar = |left: &str, middle: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
        format!("{left}{}{right}", parts.join(middle))
    };
    let row = |cells: &[String]| {
        let parts: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(c, w)| format!(" {c}{}", " ".repeat(w - len(c) - 1)))
            .collect();
        format!("│{}│", parts.join("│"))
    };
    let mut out = vec![bar("┌", "┬", "┐"), row(head), bar("├", "┼", "┤")];
    out.extend(lines.iter().map(|l| row(l)));
    out.push(bar("└", "┴", "┘"));
    out.join("\n")
}
