//! Operations on collections: statements, their answers, and what is decided outside SQL.

use super::errors;
use super::model::Model;
use super::object_id;
use super::session::{self, Transaction};
use super::support::*;
use crate::doc::json::{marked, object_json, parse_object, to_json};
use crate::doc::{Bson, Map};
use crate::query::sql::{Condition, Emitter};
use crate::query::{Filter, eval, sort};
use crate::update::Update;
use puremix_js::promise;
use puremix_sql::{Answer, Database, Dialect, Done, ErrorKind, Rows, SqlError, SqlRef, SqlValue, Statement};
use puremix_value::{Cx, Obj, R, Thrown, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Where statements go: the database, or an open transaction.
#[derive(Clone)]
pub enum Runner {
    Database(Arc<dyn Database>),
    Transaction(Arc<dyn Database>, Rc<Transaction>),
}

/// Waits for the database without holding up the isolate. What is there at once costs no turn.
pub async fn wait<T: 'static>(cx: Cx, mut answer: Answer<T>) -> Result<T, SqlError> {
    if let Poll::Ready(outcome) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return outcome;
    }
    let slot: Rc<RefCell<Option<Result<T, SqlError>>>> = Rc::default();
    let into = slot.clone();
    let spawned = puremix_node::spawn(cx, answer, move |_, outcome| {
        into.replace(Some(outcome));
        Ok(Value::Undefined)
    });
    let waited = match spawned {
        Ok(promise) => promise::await_(cx, promise).await,
        Err(thrown) => Err(thrown),
    };
    let outcome = slot.take();
    match (waited, outcome) {
        (Ok(_), Some(outcome)) => outcome,
        _ => {
            let _ = cx.has_exception().then(|| cx.take_exception());
            Err(SqlError::new(ErrorKind::Other, "", "the database's answer was lost"))
        }
    }
}

impl Runner {
    pub fn database(&self) -> &Arc<dyn Database> {
        match self {
            Runner::Database(database) | Runner::Transaction(database, _) => database,
        }
    }

    pub fn dialect(&self) -> Dialect {
        self.database().dialect()
    }

    pub async fn query(&self, cx: Cx, sql: &str, params: Vec<SqlValue>) -> Result<Rows, SqlError> {
        let answer = match self {
            Runner::Database(database) => database.query(sql, params),
            Runner::Transaction(_, transaction) => transaction.with(|t| t.query(sql, params))?,
        };
        wait(cx, answer).await
    }

    pub async fn execute(&self, cx: Cx, sql: &str, params: Vec<SqlValue>) -> Result<Done, SqlError> {
        let answer = match self {
            Runner::Database(database) => database.execute(sql, params),
            Runner::Transaction(_, transaction) => transaction.with(|t| t.execute(sql, params))?,
        };
        wait(cx, answer).await
    }

    /// Several writes, all or none; what each did.
    async fn batch(&self, cx: Cx, statements: Vec<Statement>) -> Result<Vec<Done>, SqlError> {
        match self {
            Runner::Database(database) => {
                let answer = database.batch(statements);
                wait(cx, answer).await
            }
            Runner::Transaction(..) => {
                let mut done = vec![];
                for statement in statements {
                    done.push(self.execute(cx, &statement.sql, statement.params).await?);
                }
                Ok(done)
            }
        }
    }
}

/// An `_id` as its column holds it.
pub fn id_param(dialect: Dialect, id: &Bson) -> SqlValue {
    match (id, dialect) {
        (Bson::Num(n), Dialect::Sqlite) if n.fract() == 0.0 && n.abs() < 9e15 => SqlValue::Integer(*n as i64),
        (Bson::Num(n), Dialect::Sqlite) => SqlValue::Real(*n),
        (Bson::Str(s), _) => SqlValue::Text(marked(id).unwrap_or_else(|| s.clone())),
        (id, _) => SqlValue::Text(marked(id).unwrap_or_else(|| to_json(id))),
    }
}

/// A collection's name as SQL writes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The mark of a statement's parameter, counted from 1.
pub fn placeholder(dialect: Dialect, n: usize) -> String {
    match dialect {
        Dialect::Sqlite => format!("?{n}"),
        Dialect::Postgres => format!("${n}"),
    }
}

/// A document to be stored, as a parameter. `_id` stands first.
fn doc_param(doc: &Map) -> SqlValue {
    SqlValue::Json(object_json(doc))
}

/// What a database's refusal is to the program.
#[cold]
pub fn refusal(cx: Cx, model: &Model, error: &SqlError, doc: Option<&Map>) -> Thrown {
    match error.kind {
        ErrorKind::Unique => {
            let thrown = duplicate(cx, model, error, doc);
            cx.throw(thrown.into())
        }
        _ => session::refusal(cx, error),
    }
}

/// MongoDB's error 11000.
fn duplicate(cx: Cx, model: &Model, error: &SqlError, doc: Option<&Map>) -> Obj {
    let said = format!("{} {}", error.constraint.as_deref().unwrap_or_default(), error.message);
    let index = model.unique_indexes(cx).into_iter().find(|(sql_name, ..)| said.contains(sql_name.as_str()));
    let (name, paths) = match index {
        Some((_, name, keys)) => (name, keys),
        None => ("_id_".to_owned(), vec![("_id".to_owned(), Value::Num(1.0))]),
    };
    let (pattern, values) = (Obj::plain(cx), Obj::plain(cx));
    let mut shown = vec![];
    for (path, direction) in paths {
        let value = doc.and_then(|d| crate::doc::path::find(d, &path.split('.').collect::<Vec<_>>())).cloned().unwrap_or(Bson::Null);
        shown.push(format!("{path}: {}", match &value {
            Bson::Id(id) => format!("ObjectId('{}')", crate::doc::json::hex(id)),
            value => to_json(value),
        }));
        put(cx, &pattern, &path, direction);
        put(cx, &values, &path, super::convert::from_bson(cx, &value));
    }
    let message = format!("E11000 duplicate key error collection: {}.{} index: {name} dup key: {{ {} }}", model.connection.name(), model.collection, shown.join(", "));
    let made = errors::make(cx, "MongoServerError", &message);
    put(cx, &made, "index", 0.0);
    put(cx, &made, "code", 11000.0);
    put(cx, &made, "keyPattern", pattern);
    put(cx, &made, "keyValue", values);
    made
}

/// What MongoDB says of a statement it cannot read.
#[cold]
pub fn bad(cx: Cx, message: &str) -> Thrown {
    let error = errors::make(cx, "MongoServerError", message);
    put(cx, &error, "code", 2.0);
    cx.throw(error.into())
}

/// A search.
#[derive(Clone)]
pub struct Find {
    pub filter: Filter,
    pub sort: sort::Keys,
    pub skip: usize,
    pub limit: Option<usize>,
}

impl Find {
    pub fn one(filter: Filter) -> Find {
        Find { filter, sort: vec![], skip: 0, limit: Some(1) }
    }

    /// The statement for the dialect, and what must still be done to its rows.
    pub fn statement(&self, model: &Model, dialect: Dialect, columns: &str) -> (String, Vec<SqlValue>, Residual) {
        let mut emitter = Emitter::new(dialect);
        let shape = model.shape();
        let Condition { sql, exact } = emitter.condition(&self.filter, &shape);
        let mut text = format!("SELECT {columns} FROM {} WHERE {sql}", quoted(&model.collection));
        let order = if self.sort.is_empty() { (dialect == Dialect::Postgres).then(|| "_id".to_owned()) } else { emitter.order(&self.sort, &shape) };
        let residual = Residual { filter: !exact, sort: !self.sort.is_empty() && order.is_none() };
        if let Some(order) = order {
            text += &format!(" ORDER BY {order}");
        }
        if !residual.filter && !residual.sort {
            match (self.limit, self.skip, dialect) {
                (None, 0, _) => {}
                (Some(n), skip, _) => text += &format!(" LIMIT {n} OFFSET {skip}"),
                (None, skip, Dialect::Sqlite) => text += &format!(" LIMIT -1 OFFSET {skip}"),
                (None, skip, Dialect::Postgres) => text += &format!(" OFFSET {skip}"),
            }
        }
        (text, emitter.params, residual)
    }
}

/// What SQL did not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Residual {
    pub filter: bool,
    pub sort: bool,
}

/// The texts of the documents found.
pub async fn find(cx: Cx, model: &Model, runner: &Runner, find: &Find) -> R<Vec<Rc<str>>> {
    let (sql, params, residual) = find.statement(model, runner.dialect(), "doc");
    let rows = runner.query(cx, &sql, params).await.map_err(|e| refusal(cx, model, &e, None))?;
    let mut texts: Vec<Rc<str>> = rows.cells.iter().filter_map(|v| v.as_text().map(Rc::from)).collect();
    if residual.filter || residual.sort {
        let mut kept: Vec<(Rc<str>, Map)> = vec![];
        for text in texts {
            let map = parse_object(&text).unwrap_or_default();
            if !residual.filter || eval::matches(&find.filter, &map).map_err(|e| bad(cx, &e))? {
                kept.push((text, map));
            }
        }
        if residual.sort {
            kept.sort_by(|a, b| sort::order(&a.1, &b.1, &find.sort));
        }
        texts = kept.into_iter().map(|(text, _)| text).skip(find.skip).take(find.limit.unwrap_or(usize::MAX)).collect();
    }
    Ok(texts)
}

pub async fn count(cx: Cx, model: &Model, runner: &Runner, search: &Find) -> R<f64> {
    let plain = Find { sort: vec![], skip: 0, limit: None, ..search.clone() };
    let (_, _, residual) = plain.statement(model, runner.dialect(), "doc");
    if residual.filter || search.skip > 0 || search.limit.is_some() {
        return Ok(find(cx, model, runner, &Find { sort: vec![], ..search.clone() }).await?.len() as f64);
    }
    let mut emitter = Emitter::new(runner.dialect());
    let condition = emitter.condition(&search.filter, &model.shape());
    let sql = format!("SELECT COUNT(*) FROM {} WHERE {}", quoted(&model.collection), condition.sql);
    let rows = runner.query(cx, &sql, emitter.params).await.map_err(|e| refusal(cx, model, &e, None))?;
    Ok(rows.cells.get(0).and_then(SqlRef::as_integer).unwrap_or(0) as f64)
}

/// The document as it is stored: `_id` first.
pub fn ordered(mut doc: Map) -> Map {
    if let Some(at) = doc.0.iter().position(|(n, _)| n == "_id")
        && at > 0
    {
        let id = doc.0.remove(at);
        doc.0.insert(0, id);
    }
    doc
}

fn insertion(model: &Model, dialect: Dialect, doc: &Map) -> Statement {
    let sql = format!("INSERT INTO {} (_id, doc) VALUES ({}, {})", quoted(&model.collection), placeholder(dialect, 1), placeholder(dialect, 2));
    Statement { sql: sql.into(), params: vec![id_param(dialect, doc.get("_id").unwrap_or(&Bson::Null)), doc_param(doc)] }
}

pub async fn insert(cx: Cx, model: &Model, runner: &Runner, doc: &Map) -> R<()> {
    let statement = insertion(model, runner.dialect(), doc);
    runner.execute(cx, &statement.sql, statement.params).await.map(drop).map_err(|e| refusal(cx, model, &e, Some(doc)))
}

/// Inserts many in one transaction; when one fails, those before it stay (`ordered`), or all others do. The errors, by place.
pub async fn insert_many(cx: Cx, model: &Model, runner: &Runner, docs: &[Map], in_order: bool) -> R<Vec<(usize, Value)>> {
    if docs.is_empty() {
        return Ok(vec![]);
    }
    let dialect = runner.dialect();
    let statements = docs.iter().map(|d| insertion(model, dialect, d)).collect();
    match runner.batch(cx, statements).await {
        Ok(_) => Ok(vec![]),
        Err(e) if e.kind != ErrorKind::Unique || matches!(runner, Runner::Transaction(..)) => Err(refusal(cx, model, &e, docs.first())),
        Err(_) => {
            let mut errors = vec![];
            for (i, doc) in docs.iter().enumerate() {
                if insert(cx, model, runner, doc).await.is_err() {
                    errors.push((i, cx.take_exception()));
                    if in_order {
                        break;
                    }
                }
            }
            Ok(errors)
        }
    }
}

/// A change of one or of all documents found.
pub struct Change {
    pub find: Find,
    pub update: Update,
    pub multi: bool,
    /// What a new document starts from when none is found.
    pub upsert: Option<Map>,
}

/// What a change did.
#[derive(Default)]
pub struct Changed {
    pub matched: usize,
    pub modified: usize,
    pub upserted: Option<Bson>,
    /// The first document as it was.
    pub before: Option<Rc<str>>,
    /// The first document as it is.
    pub after: Option<Rc<str>>,
}

/// Writes a document where its old text still stands, so that no change in between is lost.
fn swap(model: &Model, dialect: Dialect, new: &Map, old: &str) -> Statement {
    let (a, b, c) = (placeholder(dialect, 1), placeholder(dialect, 2), placeholder(dialect, 3));
    let (cast, sql_type) = if dialect == Dialect::Postgres { (c + "::jsonb", "::jsonb") } else { (c, "") };
    let sql = format!("UPDATE {} SET doc = {a}{sql_type} WHERE _id = {b} AND doc = {cast}", quoted(&model.collection));
    let id = id_param(dialect, new.get("_id").unwrap_or(&Bson::Null));
    Statement { sql: sql.into(), params: vec![doc_param(new), id, SqlValue::Json(old.to_owned())] }
}

/// Finds documents and changes them, each atomically; makes one where none is found and `upsert` says so.
pub async fn change(cx: Cx, model: &Model, runner: &Runner, change: &Change) -> R<Changed> {
    let now = puremix_js::date::now();
    let found = change_found(cx, model, runner, change, now).await?;
    let Some(base) = change.upsert.as_ref().filter(|_| found.matched == 0) else { return Ok(found) };
    let mut new = base.clone();
    change.update.apply(&mut new, &change.find.filter, true, now).map_err(|e| bad(cx, &e))?;
    if new.get("_id").is_none() {
        new.0.insert(0, ("_id".to_owned(), Bson::Id(object_id::generate())));
    }
    let new = ordered(new);
    let statement = insertion(model, runner.dialect(), &new);
    match runner.execute(cx, &statement.sql, statement.params).await {
        Ok(_) => Ok(Changed { upserted: new.get("_id").cloned(), after: Some(object_json(&new).into()), ..found }),
        Err(e) => {
            if e.kind == ErrorKind::Unique && matches!(runner, Runner::Database(_)) {
                // Somebody made it since we looked: then it is found now, unless the key is another document's.
                let found = change_found(cx, model, runner, change, now).await?;
                if found.matched > 0 {
                    return Ok(found);
                }
            }
            Err(refusal(cx, model, &e, Some(&new)))
        }
    }
}

async fn change_found(cx: Cx, model: &Model, runner: &Runner, change: &Change, now: f64) -> R<Changed> {
    let mut out = Changed::default();
    let search = if change.multi { change.find.clone() } else { Find { limit: Some(1), ..change.find.clone() } };
    let mut rounds = 0;
    let mut todo = search;
    loop {
        let texts = find(cx, model, runner, &todo).await?;
        if texts.is_empty() {
            break;
        }
        let (mut statements, mut places) = (vec![], vec![]);
        for text in &texts {
            let old = parse_object(text).unwrap_or_default();
            let mut new = old.clone();
            change.update.apply(&mut new, &change.find.filter, false, now).map_err(|e| bad(cx, &e))?;
            let new = ordered(new);
            if new == old {
                out.matched += 1;
                out.before.get_or_insert_with(|| text.clone());
                out.after.get_or_insert_with(|| text.clone());
            } else {
                statements.push(swap(model, runner.dialect(), &new, text));
                places.push((text.clone(), new));
            }
        }
        if statements.is_empty() {
            break;
        }
        let done = match <[Statement; 1]>::try_from(statements) {
            Ok([one]) => runner.execute(cx, &one.sql, one.params).await.map(|d| vec![d]),
            Err(many) => runner.batch(cx, many).await,
        };
        let done = done.map_err(|e| refusal(cx, model, &e, places.first().map(|(_, new)| new)))?;
        let mut lost = vec![];
        for (outcome, (text, new)) in done.iter().zip(places) {
            if outcome.affected == 0 {
                lost.push(new.get("_id").cloned().unwrap_or(Bson::Null));
                continue;
            }
            out.matched += 1;
            out.modified += 1;
            if out.after.is_none() {
                out.before = Some(text);
                out.after = Some(object_json(&new).into());
            }
        }
        if lost.is_empty() {
            break;
        }
        // Somebody was faster: look at those again, as they are now. The one who was faster has made progress, so this ends.
        rounds += 1;
        if rounds > 10_000 {
            return Err(bad(cx, "WriteConflict: the document changes faster than it can be updated"));
        }
        todo = if change.multi {
            let same = Filter::Path("_id".into(), crate::query::filter::Test::In(lost, vec![]));
            Find { filter: Filter::And(vec![change.find.filter.clone(), same]), sort: vec![], skip: 0, limit: None }
        } else {
            todo
        };
    }
    Ok(out)
}

/// Deletes what is found; how many, and the first one's text.
pub async fn delete(cx: Cx, model: &Model, runner: &Runner, search: &Find, multi: bool) -> R<(usize, Option<Rc<str>>)> {
    let dialect = runner.dialect();
    let table = quoted(&model.collection);
    if multi {
        let mut emitter = Emitter::new(dialect);
        let condition = emitter.condition(&search.filter, &model.shape());
        if condition.exact {
            let sql = format!("DELETE FROM {table} WHERE {}", condition.sql);
            let done = runner.execute(cx, &sql, emitter.params).await.map_err(|e| refusal(cx, model, &e, None))?;
            return Ok((done.affected as usize, None));
        }
    }
    let limit = if multi { None } else { Some(1) };
    loop {
        let texts = find(cx, model, runner, &Find { limit, ..search.clone() }).await?;
        let Some(first) = texts.first().cloned() else { return Ok((0, None)) };
        let sql = format!("DELETE FROM {table} WHERE _id = {}", placeholder(dialect, 1));
        let ids = texts.iter().filter_map(|t| parse_object(t)?.get("_id").map(|id| id_param(dialect, id)));
        let statements = ids.map(|id| Statement { sql: sql.as_str().into(), params: vec![id] }).collect();
        let done = runner.batch(cx, statements).await.map_err(|e| refusal(cx, model, &e, None))?;
        let gone = done.iter().map(|d| d.affected as usize).sum();
        // Another was faster with the only one: look for the next.
        if gone > 0 || multi {
            return Ok((gone, Some(first)));
        }
    }
}

/// The different values of a path.
pub async fn distinct(cx: Cx, model: &Model, runner: &Runner, path: &str, search: &Find) -> R<Vec<Bson>> {
    let parts: Vec<&str> = path.split('.').collect();
    let mut values: Vec<Bson> = vec![];
    for text in find(cx, model, runner, search).await? {
        let map = parse_object(&text).unwrap_or_default();
        crate::doc::path::reach(&map, &parts, &mut |value| {
            match value {
                Some(Bson::Array(items)) => values.extend(items.iter().cloned()),
                Some(value) => values.push(value.clone()),
                None => {}
            }
            false
        });
    }
    values.sort_by(Bson::order);
    values.dedup_by(|a, b| a.equals(b));
    Ok(values)
}
