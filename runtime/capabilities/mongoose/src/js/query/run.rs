//! Executing queries.

use super::{Op, Query, query_of};
use crate::doc::json::parse_object;
use crate::doc::{Bson, Map};
use crate::js::criteria::{self, Context};
use crate::js::document;
use crate::js::exec::{self, Change, Find, Runner, bad, refusal};
use crate::js::model::{Model, discriminators};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::schema::{Kind, Strict, validate};
use crate::js::support::*;
use crate::js::{convert, errors, session};
use crate::query::filter;
use crate::query::project::Projection;
use crate::query::sort;
use crate::update::Update;
use puremix_sql::Dialect;
use puremix_value::{Cx, Obj, R, Value};
use std::rc::Rc;

/// `query.exec()`.
pub fn exec(cx: Cx, q: &Value) -> R {
    let query = query_of(cx, q)?;
    if query.executed.replace(true) {
        let error = errors::throw(cx, "MongooseError", &format!("Query was already executed: {}.{}({})", query.model.name, query.op.get().name(), puremix_js::inspect(cx, &query.conditions.borrow().clone().into())));
        return Ok(puremix_js::promise::promise_of(cx, Err(error)));
    }
    let q = q.clone();
    Ok(task(cx, async move {
        let (model, name) = {
            let query = query_of(cx, &q)?;
            (query.model.clone(), query.op.get().name())
        };
        hooks::run_pre(cx, hooks::of(cx, &model.schema, When::Pre, name, Target::Query)?, &q, &[]).await?;
        let after = hooks::of(cx, &model.schema, When::Post, name, Target::Query)?;
        match run(cx, &q, &model).await {
            Ok(mut result) => {
                for f in query_of(cx, &q)?.transform.borrow().clone() {
                    result = puremix_js::ops::call(cx, &f, &q, &[result])?;
                }
                hooks::run_post(cx, after, &q, &result).await?;
                Ok(result)
            }
            Err(_) => {
                let error = cx.take_exception();
                let error = hooks::run_error(cx, after, &q, error).await;
                Err(cx.throw(error))
            }
        }
    }))
}

/// What a query's options say, read once.
struct Wanted {
    find: Find,
    projection: Projection,
    lean: bool,
    session: Value,
    options: Value,
}

fn context<'a>(cx: Cx, model: &'a Model, options: &Value) -> R<Context<'a>> {
    let strict = option(cx, options, "strictQuery")?;
    let global = crate::js::module::setting(cx, "strictQuery");
    let sanitize = option(cx, options, "sanitizeFilter")?;
    Ok(Context {
        schema: &model.schema,
        model: &model.name,
        strict: if strict.is_undefined() { truthy(&global) || model.schema.options.borrow().strict_query } else { truthy(&strict) },
        sanitize: if sanitize.is_undefined() { truthy(&crate::js::module::setting(cx, "sanitizeFilter")) } else { truthy(&sanitize) },
    })
}

/// `query.cast()`: the filter with values of the schema's types.
pub fn cast(cx: Cx, query: &Query, filter: &Value) -> R {
    let options: Value = query.options.borrow().clone().into();
    let cast = criteria::cast_filter(cx, context(cx, &query.model, &options)?, filter)?;
    Ok(convert::from_map(cx, &cast).into())
}

fn whole(cx: Cx, v: &Value, name: &str) -> R<Option<f64>> {
    match v {
        Value::Undefined | Value::Null => Ok(None),
        v => match puremix_js::js_to_number(cx, v)? {
            n if n.is_nan() => Err(errors::throw(cx, "CastError", &format!("Cast to Number failed for value {} (type {}) at path \"{name}\"", errors::shown(cx, v), text_of(cx, &puremix_js::js_typeof(v))?))),
            n => Ok(Some(n.trunc())),
        },
    }
}

fn read(cx: Cx, query: &Query) -> R<Wanted> {
    let options: Value = query.options.borrow().clone().into();
    let context = context(cx, &query.model, &options)?;
    let conditions = query.conditions.borrow().clone();
    discriminators::narrow(cx, &query.model, &conditions);
    let filter = criteria::cast_filter(cx, context, &conditions.into())?;
    let filter = filter::parse(&filter).map_err(|e| bad(cx, &e))?;
    let mut keys: sort::Keys = vec![];
    for (path, direction) in entries(cx, &member(cx, &options, "sort")?)? {
        keys.push((path, direction.as_num() != Some(-1.0)));
    }
    let limit = whole(cx, &member(cx, &options, "limit")?, "limit")?.filter(|n| *n != 0.0).map(|n| n.abs() as usize);
    let skip = match whole(cx, &member(cx, &options, "skip")?, "skip")?.unwrap_or(0.0) {
        n if n < 0.0 => return Err(bad(cx, &format!("BSON field 'skip' value must be >= 0, actual value '{n}'"))),
        n => n as usize,
    };
    Ok(Wanted {
        find: Find { filter, sort: keys, skip, limit },
        projection: projection(cx, query)?,
        lean: truthy(&member(cx, &options, "lean")?),
        session: member(cx, &options, "session")?,
        options,
    })
}

/// The projection that `select` and the schema ask for together.
fn projection(cx: Cx, query: &Query) -> R<Projection> {
    let mut map = Map::default();
    let mut forced = vec![];
    for given in query.projection.borrow().iter() {
        let names: Vec<String> = match given {
            Value::Str(text) => text.as_str().split_whitespace().map(str::to_owned).collect(),
            list if is_array(list) => elements(list).iter().map(|n| text_of(cx, n)).collect::<R<_>>()?,
            object => {
                for (name, value) in convert::to_map(cx, object)?.0 {
                    match name.strip_prefix('+') {
                        Some(name) => forced.push(name.to_owned()),
                        None => map.set(&name, value),
                    }
                }
                continue;
            }
        };
        for name in names {
            match (name.strip_prefix('-'), name.strip_prefix('+')) {
                (Some(name), _) => map.set(name, Bson::Num(0.0)),
                (_, Some(name)) => forced.push(name.to_owned()),
                _ => map.set(&name, Bson::Num(1.0)),
            }
        }
    }
    let mut projection = Projection::parse(&map).map_err(|e| bad(cx, &e))?;
    if !projection.includes_only() {
        hide(&query.model.schema, "", &forced, &mut projection);
    }
    Ok(projection)
}

/// Leaves out what the schema hides (`select: false`).
fn hide(schema: &crate::js::schema::Schema, prefix: &str, forced: &[String], projection: &mut Projection) {
    for (path, ty) in schema.paths.borrow().iter() {
        let full = format!("{prefix}{path}");
        if ty.select == Some(false) && !forced.contains(&full) {
            if full == "_id" {
                projection.id = Some(false);
            } else {
                projection.including = Some(false);
                projection.paths.push(full);
            }
        } else if let Kind::Documents(inner) | Kind::Document(inner) = &ty.kind {
            hide(inner, &format!("{full}."), forced, projection);
        }
    }
}

async fn run(cx: Cx, q: &Value, model: &Rc<Model>) -> R {
    let query = query_of(cx, q)?;
    let op = query.op.get();
    let wanted = read(cx, query)?;
    model.prepare(cx).await?;
    let runner = session::runner(cx, &model.connection, &wanted.session).await?;
    model.sweep(cx, &runner).await;
    let result = match op {
        Op::Find | Op::FindOne => {
            let find = if op == Op::FindOne { Find { limit: Some(1), ..wanted.find.clone() } } else { wanted.find.clone() };
            let texts = exec::find(cx, model, &runner, &find).await?;
            let docs = documents(cx, q, model, &runner, &wanted, texts).await?;
            if op == Op::Find { array(cx, docs) } else { docs.into_iter().next().unwrap_or(Value::Null) }
        }
        Op::Count => Value::Num(exec::count(cx, model, &runner, &wanted.find).await?),
        Op::Distinct => {
            let path = query.distinct.borrow().clone();
            let values = exec::distinct(cx, model, &runner, &path, &wanted.find).await?;
            array(cx, values.iter().map(|v| convert::from_bson(cx, v)).collect())
        }
        Op::DeleteOne | Op::DeleteMany => {
            let (n, _) = exec::delete(cx, model, &runner, &wanted.find, op == Op::DeleteMany).await?;
            let out = Obj::plain(cx);
            put(cx, &out, "acknowledged", true);
            put(cx, &out, "deletedCount", n);
            out.into()
        }
        Op::FindOneAndDelete => {
            let (_, text) = exec::delete(cx, model, &runner, &wanted.find, false).await?;
            let docs = documents(cx, q, model, &runner, &wanted, text.into_iter().collect()).await?;
            docs.into_iter().next().unwrap_or(Value::Null)
        }
        _ => update(cx, q, model, &runner, &wanted, op).await?,
    };
    or_fail(cx, q, model, &result)?;
    Ok(result)
}

/// `orFail`: nothing found is an error.
fn or_fail(cx: Cx, q: &Value, model: &Model, result: &Value) -> R<()> {
    let query = query_of(cx, q)?;
    let Some(given) = query.or_fail.borrow().clone() else { return Ok(()) };
    let count = |name: &str| member(cx, result, name).map(|v| v.as_num() == Some(0.0));
    let nothing = result.is_nullish() || (is_array(result) && elements(result).is_empty()) || (result.is_object() && (count("matchedCount")? || count("deletedCount")?)) || matches!(result, Value::Num(n) if *n == 0.0);
    if !nothing {
        return Ok(());
    }
    if given.is_callable() {
        let error = puremix_js::ops::call(cx, &given, q, &[])?;
        return Err(cx.throw(error));
    }
    if given.is_object() {
        return Err(cx.throw(given));
    }
    let filter: Value = query.conditions.borrow().clone().into();
    let shown = puremix_js::inspect(cx, &filter);
    let error = errors::make(cx, "DocumentNotFoundError", &format!("No document found for query \"{shown}\" on model \"{}\"", model.name));
    put(cx, &error, "filter", filter.clone());
    put(cx, &error, "query", filter);
    Err(cx.throw(error.into()))
}

/// Stored texts as what the query answers: documents, or plain objects.
async fn documents(cx: Cx, q: &Value, model: &Rc<Model>, runner: &Runner, wanted: &Wanted, texts: Vec<Rc<str>>) -> R<Vec<Value>> {
    let mut out = Vec::with_capacity(texts.len());
    let reorder = runner.dialect() == Dialect::Postgres;
    let mut sample = None;
    for text in texts {
        let loaded = if wanted.projection.is_empty() && !reorder {
            convert::load(cx, &text).ok_or_else(|| bad(cx, "a stored document is no JSON object"))?
        } else {
            let map = parse_object(&text).ok_or_else(|| bad(cx, "a stored document is no JSON object"))?;
            let map = if reorder { in_order(model, map) } else { map };
            let map = wanted.projection.apply(map).map_err(|e| bad(cx, &e))?;
            let loaded = convert::from_map(cx, &map);
            sample = Some(map);
            loaded
        };
        if wanted.lean {
            out.push(loaded.into());
            continue;
        }
        let model = model.of_kind(cx, &loaded.clone().into())?;
        let doc = document::hydrate(cx, &model.schema, Some(model.clone()), model.proto.clone(), &loaded, wanted.projection.clone())?;
        if let Some(inner) = doc.payload::<document::Doc>() {
            match sample.take() {
                Some(map) => drop(inner.saved.replace(Some(Rc::new(map)))),
                None => drop(inner.stored.replace(Some(text))),
            }
            inner.session.replace(wanted.session.clone());
        }
        out.push(doc.into());
    }
    let populate = query_of(cx, q)?.populate.borrow().clone();
    if !populate.is_empty() && !out.is_empty() {
        document::populate_paths(cx, model.clone(), out.clone(), populate, wanted.session.clone()).await?;
    }
    Ok(out)
}

/// Members in the schema's order: PostgreSQL's JSONB keeps none.
fn in_order(model: &Model, map: Map) -> Map {
    let names: Vec<String> = model.schema.paths.borrow().iter().map(|(p, _)| p.split('.').next().unwrap_or_default().to_owned()).collect();
    let place = |name: &str| match name {
        "_id" => 0,
        "__v" => usize::MAX,
        name => names.iter().position(|n| n == name).map_or(usize::MAX - 1, |i| i + 1),
    };
    let mut members = map.0;
    members.sort_by_key(|(name, _)| place(name));
    Map(members)
}

async fn update(cx: Cx, q: &Value, model: &Rc<Model>, runner: &Runner, wanted: &Wanted, op: Op) -> R {
    let query = query_of(cx, q)?;
    let options = &wanted.options;
    let replace = matches!(op, Op::ReplaceOne | Op::FindOneAndReplace) || flag(cx, options, "overwrite")?;
    let upsert = flag(cx, options, "upsert")?;
    let given = query.update.borrow().clone();
    let to = context(cx, model, options)?;
    let strict_off = matches!(option(cx, options, "strict")?, Value::Bool(false));
    let before = model.schema.options.borrow().strict;
    if strict_off {
        model.schema.options.borrow_mut().strict = Strict::Keep;
    }
    let cast = criteria::cast_update(cx, to, &given, replace);
    model.schema.options.borrow_mut().strict = before;
    let mut cast = cast?;
    let base = equalities(&criteria::cast_filter(cx, to, &query.conditions.borrow().clone().into())?);
    if flag(cx, options, "runValidators")? {
        run_validators(cx, q, model, &cast)?;
    }
    let update = match cast.replacement.take() {
        Some(map) => {
            let doc = document::construct(cx, &model.schema, Some(model.clone()), model.proto.clone(), &convert::from_map(cx, &map).into(), true)?;
            let mut whole = doc.payload::<document::Doc>().map(|d| crate::js::document::save::storable(cx, d)).transpose()?.unwrap_or_default();
            if map.get("_id").is_none() {
                whole.remove("_id");
            }
            let stamps = model.schema.options.borrow().clone();
            for name in [stamps.created_at, stamps.updated_at].into_iter().flatten() {
                whole.set(&name, Bson::Date(puremix_js::date::now()));
            }
            Update::replace(whole)
        }
        None => {
            let stamp = !matches!(option(cx, options, "timestamps")?, Value::Bool(false));
            complete(cx, model, &mut cast.operators, stamp, upsert, &base, !matches!(option(cx, options, "setDefaultsOnInsert")?, Value::Bool(false)))?;
            let filters: R<Vec<Bson>> = elements(&option(cx, options, "arrayFilters")?).iter().map(|f| criteria::raw(cx, f).map(Bson::Object)).collect();
            Update::parse(&cast.operators, &filters?).map_err(|e| bad(cx, &e))?
        }
    };
    let change = Change { find: Find { limit: None, ..wanted.find.clone() }, update, multi: op == Op::UpdateMany, upsert: upsert.then_some(base) };
    let done = exec::change(cx, model, runner, &change).await?;
    if matches!(op, Op::UpdateOne | Op::UpdateMany | Op::ReplaceOne) {
        let out = Obj::plain(cx);
        put(cx, &out, "acknowledged", true);
        put(cx, &out, "modifiedCount", done.modified);
        put(cx, &out, "upsertedId", done.upserted.as_ref().map_or(Value::Null, |id| convert::from_bson(cx, id)));
        put(cx, &out, "upsertedCount", if done.upserted.is_some() { 1.0 } else { 0.0 });
        put(cx, &out, "matchedCount", done.matched);
        return Ok(out.into());
    }
    let after = flag(cx, options, "new")? || flag(cx, options, "returnOriginal").is_ok_and(|_| matches!(option(cx, options, "returnOriginal"), Ok(Value::Bool(false)))) || option(cx, options, "returnDocument")?.as_str().is_some_and(|s| s.as_str() == "after");
    let was_there = done.upserted.is_none() && done.matched > 0;
    let upserted = done.upserted.clone();
    let text = if after { done.after } else { done.before };
    let docs = documents(cx, q, model, runner, wanted, text.into_iter().collect()).await?;
    let doc = docs.into_iter().next().unwrap_or(Value::Null);
    if flag(cx, options, "includeResultMetadata")? || flag(cx, options, "rawResult")? {
        let (out, last) = (Obj::plain(cx), Obj::plain(cx));
        put(cx, &last, "n", if was_there || upserted.is_some() { 1.0 } else { 0.0 });
        put(cx, &last, "updatedExisting", was_there);
        if let Some(id) = &upserted {
            put(cx, &last, "upserted", convert::from_bson(cx, id));
        }
        put(cx, &out, "lastErrorObject", last);
        put(cx, &out, "value", doc);
        put(cx, &out, "ok", 1.0);
        return Ok(out.into());
    }
    Ok(doc)
}

/// What a filter says of a new document: members that must equal a value.
fn equalities(filter: &Map) -> Map {
    let mut out = Map::default();
    let mut put_in = |path: &str, value: &Bson| {
        if let Ok(place) = crate::doc::path::place(&mut out, &path.split('.').collect::<Vec<_>>()) {
            *place = value.clone();
        }
    };
    for (path, value) in filter.iter() {
        match value {
            Bson::Array(parts) if path == "$and" => {
                for (name, value) in parts.iter().filter_map(Bson::as_object).flat_map(|m| equalities(m).0) {
                    put_in(&name, &value);
                }
            }
            _ if path.starts_with('$') => {}
            Bson::Object(map) if filter::is_operators(map) => {
                if let Some(value) = map.get("$eq") {
                    put_in(path, value);
                }
            }
            Bson::Regex(..) => {}
            value => put_in(path, value),
        }
    }
    out
}

/// Adds what mongoose adds to updates: times, the version, defaults of a new document.
fn complete(cx: Cx, model: &Model, operators: &mut Map, stamp: bool, upsert: bool, base: &Map, defaults: bool) -> R<()> {
    let options = model.schema.options.borrow().clone();
    let now = Bson::Date(puremix_js::date::now());
    let named = |operators: &Map, path: &str| {
        let touches = |p: &str| p == path || p.strip_prefix(path).is_some_and(|r| r.starts_with('.')) || path.strip_prefix(p).is_some_and(|r| r.starts_with('.'));
        operators.iter().any(|(_, members)| members.as_object().is_some_and(|m| m.iter().any(|(p, _)| touches(p))))
    };
    let add = |operators: &mut Map, operator: &str, path: &str, value: Bson| {
        if named(operators, path) {
            return;
        }
        if operators.get(operator).is_none() {
            operators.set(operator, Bson::Object(Map::default()));
        }
        if let Some(Bson::Object(members)) = operators.get_mut(operator) {
            members.set(path, value);
        }
    };
    let is_empty = operators.is_empty();
    if stamp {
        if let Some(name) = options.updated_at.as_deref().filter(|_| !is_empty || upsert) {
            add(operators, "$set", name, now.clone());
        }
        if let Some(name) = options.created_at.as_deref().filter(|_| upsert) {
            add(operators, "$setOnInsert", name, now);
        }
    }
    if !upsert {
        return Ok(());
    }
    if let Some(key) = &options.version_key {
        add(operators, "$setOnInsert", key, Bson::Num(0.0));
    }
    if defaults {
        for (path, ty) in model.schema.paths.borrow().clone() {
            let parts: Vec<&str> = path.split('.').collect();
            if path == "_id" || crate::doc::path::find(base, &parts).is_some() {
                continue;
            }
            let value = document::default_value(cx, &ty)?;
            if let Some(value) = convert::to_bson(cx, &value)? {
                add(operators, "$setOnInsert", &path, value);
            }
        }
    }
    Ok(())
}

/// `runValidators`: the rules of the paths that an update sets or unsets.
fn run_validators(cx: Cx, q: &Value, model: &Model, cast: &criteria::Cast) -> R<()> {
    let mut found = vec![];
    let empty = Map::default();
    let part = |name: &str| cast.operators.get(name).and_then(Bson::as_object).unwrap_or(&empty);
    let set = cast.replacement.as_ref().unwrap_or_else(|| part("$set"));
    let mut flat = Map::default();
    for (path, value) in set.iter() {
        flatten(model, path, value, &mut flat);
    }
    for (path, value) in flat.iter() {
        let Some(ty) = model.schema.resolve(path) else { continue };
        let value = convert::from_bson(cx, value);
        if let Some(error) = validate::check_required(cx, &ty, q, &value, path)? {
            found.push((path.to_owned(), error));
            continue;
        }
        for validator in &ty.validators {
            if let validate::Found::Error(error) = validate::check(cx, &ty, validator, q, &value, path)? {
                found.push((path.to_owned(), error));
                break;
            }
        }
    }
    for (path, _) in part("$unset").iter() {
        if let Some(ty) = model.schema.resolve(path)
            && let Some(error) = validate::check_required(cx, &ty, q, &Value::Undefined, path)?
        {
            found.push((path.to_owned(), error));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let error = errors::validation_error(cx, None);
    for (path, one) in found {
        errors::add_error(cx, &error, &path, one.into())?;
    }
    Err(cx.throw(error.into()))
}

/// Nested members by their paths.
fn flatten(model: &Model, path: &str, value: &Bson, out: &mut Map) {
    match value {
        Bson::Object(map) if model.schema.is_nested(path) => map.iter().for_each(|(name, value)| flatten(model, &format!("{path}.{name}"), value, out)),
        value => out.set(path, value.clone()),
    }
}

/// `query.explain()`: the statement and the database's plan for it.
pub fn explain(cx: Cx, q: &Value) -> R {
    let q = q.clone();
    Ok(task(cx, async move {
        let query = query_of(cx, &q)?;
        let model = query.model.clone();
        let wanted = read(cx, query)?;
        model.prepare(cx).await?;
        let runner = session::runner(cx, &model.connection, &wanted.session).await?;
        let find = if query.op.get() == Op::FindOne { Find { limit: Some(1), ..wanted.find.clone() } } else { wanted.find.clone() };
        let (sql, params, residual) = find.statement(&model, runner.dialect(), "doc");
        let how = if runner.dialect() == Dialect::Sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
        let rows = runner.query(cx, &format!("{how} {sql}"), params).await.map_err(|e| refusal(cx, &model, &e, None))?;
        let plan: Vec<Value> = rows.iter().filter_map(|row| row.last().as_text().map(Value::str)).collect();
        let out = Obj::plain(cx);
        put(cx, &out, "sql", Value::from(sql));
        put(cx, &out, "plan", array(cx, plan));
        put(cx, &out, "exact", !residual.filter && !residual.sort);
        Ok(out.into())
    }))
}
