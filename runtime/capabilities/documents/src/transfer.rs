//! Collections in and out, some hundred documents at a time.

use crate::extended;
use puremix_mongoose::doc::json::{object_json, parse_object, parse_plain};
use puremix_mongoose::doc::{Bson, Map};
use puremix_mongoose::storage::{generate, id_param, ordered, placeholder, quoted, table};
use puremix_sql::{Database, Dialect, SqlValue, Statement, wait};
use std::io::{BufRead, Write};
use std::sync::Arc;

/// Documents that are stored together, all or none.
const BATCH: usize = 500;

pub fn import(database: &dyn Database, collection: &str, from: &mut dyn BufRead, progress: &mut dyn FnMut(u64)) -> Result<u64, String> {
    wait(database.script(&table(collection, database.dialect()))).map_err(|e| format!("the table `{collection}` was not made: {}", e.message))?;
    let mut writer = Writer { database, sql: upsert(collection, database.dialect()), waiting: Vec::new(), first: 1, stored: 0 };
    let mut line = String::new();
    let mut number = 0;
    loop {
        line.clear();
        number += 1;
        let at = |what: &str| format!("line {number}: {what}");
        if from.read_line(&mut line).map_err(|e| writer.told(&at(&e.to_string())))? == 0 {
            break;
        }
        let text = line.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        if number == 1 && text.starts_with('[') {
            return import_array(writer, line, from, progress);
        }
        let document = document(parse_plain(text)).map_err(|why| writer.told(&at(&why)))?;
        writer.add(document, number)?;
        progress(writer.stored);
    }
    writer.flush(number)?;
    progress(writer.stored);
    Ok(writer.stored)
}

/// `--jsonArray`: one value, which is read whole.
fn import_array(mut writer: Writer<'_>, begun: String, from: &mut dyn BufRead, progress: &mut dyn FnMut(u64)) -> Result<u64, String> {
    let mut text = begun;
    from.read_to_string(&mut text).map_err(|e| e.to_string())?;
    let Some(Bson::Array(items)) = parse_plain(text.trim_start_matches('\u{feff}')) else {
        return Err("the file begins with `[` and is no array of JSON".to_owned());
    };
    let count = items.len() as u64;
    for (i, item) in items.into_iter().enumerate() {
        let number = i as u64 + 1;
        let document = document(Some(item)).map_err(|why| writer.told(&format!("document {number}: {why}")))?;
        writer.add(document, number)?;
        progress(writer.stored);
    }
    writer.flush(count + 1)?;
    progress(writer.stored);
    Ok(writer.stored)
}

/// A document with an `_id`, which stands first.
fn document(parsed: Option<Bson>) -> Result<Map, String> {
    let Some(value) = parsed else { return Err("it is no JSON".to_owned()) };
    let Bson::Object(mut map) = extended::read(value)? else { return Err("it is no document, which would be an object".to_owned()) };
    match map.get("_id") {
        None | Some(Bson::Null) => map.set("_id", Bson::Id(generate())),
        Some(Bson::Array(_) | Bson::Regex(..)) => return Err("`_id` is an array or a pattern".to_owned()),
        Some(_) => {}
    }
    Ok(ordered(map))
}

fn upsert(collection: &str, dialect: Dialect) -> Arc<str> {
    let (id, doc) = (placeholder(dialect, 1), placeholder(dialect, 2));
    format!("INSERT INTO {} (_id, doc) VALUES ({id}, {doc}) ON CONFLICT (_id) DO UPDATE SET doc = excluded.doc", quoted(collection)).into()
}

struct Writer<'a> {
    database: &'a dyn Database,
    sql: Arc<str>,
    waiting: Vec<Statement>,
    /// The line of the first that waits.
    first: u64,
    stored: u64,
}

impl Writer<'_> {
    fn add(&mut self, document: Map, line: u64) -> Result<(), String> {
        if self.waiting.is_empty() {
            self.first = line;
        }
        let id = id_param(self.database.dialect(), document.get("_id").unwrap_or(&Bson::Null));
        self.waiting.push(Statement { sql: self.sql.clone(), params: vec![id, SqlValue::Json(object_json(&document))] });
        if self.waiting.len() < BATCH { Ok(()) } else { self.flush(line + 1) }
    }

    /// Stores what waits; `next` is the line behind it.
    fn flush(&mut self, next: u64) -> Result<(), String> {
        let statements = std::mem::take(&mut self.waiting);
        if statements.is_empty() {
            return Ok(());
        }
        let count = statements.len() as u64;
        wait(self.database.batch(statements)).map_err(|e| self.told(&format!("lines {} to {}: {}", self.first, next - 1, e.message)))?;
        self.stored += count;
        Ok(())
    }

    /// An error, and what became of the rest.
    fn told(&self, why: &str) -> String {
        match self.stored {
            0 => format!("{why}; nothing was stored"),
            stored => format!("{why}; the {stored} documents before that batch are stored, and importing again replaces them"),
        }
    }
}

pub fn export(database: &dyn Database, collection: &str, to: &mut dyn Write) -> Result<u64, String> {
    let table = quoted(collection);
    let dialect = database.dialect();
    let text = match dialect {
        Dialect::Sqlite => "doc",
        Dialect::Postgres => "doc::text",
    };
    let mut after: Option<SqlValue> = None;
    let mut count = 0;
    loop {
        let condition = after.as_ref().map_or(String::new(), |_| format!("WHERE _id > {}", placeholder(dialect, 1)));
        let sql = format!("SELECT _id, {text} FROM {table} {condition} ORDER BY _id LIMIT {BATCH}");
        let rows = wait(database.query(&sql, after.into_iter().collect())).map_err(|e| e.message)?;
        after = None;
        for row in rows.iter() {
            let document = row.get(1).as_text().and_then(parse_object).ok_or_else(|| format!("a document of `{collection}` is no JSON"))?;
            writeln!(to, "{}", extended::write(&ordered(document))).map_err(|e| e.to_string())?;
            after = Some(row.get(0).to_owned());
            count += 1;
        }
        if rows.len() < BATCH {
            return to.flush().map(|()| count).map_err(|e| e.to_string());
        }
    }
}
