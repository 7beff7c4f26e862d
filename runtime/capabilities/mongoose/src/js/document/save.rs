//! `doc.save()`: what changed since the document was read is written, and nothing else.

use super::{Doc, doc_of, state, validation};
use crate::doc::{Bson, Map};
use crate::js::errors;
use crate::js::exec::{self, Change, Find};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::session;
use crate::js::support::*;
use crate::query::Filter;
use crate::query::filter::Test;
use crate::update::Update;
use puremix_value::{Cx, Obj, R, Value};
use std::pin::Pin;
use std::rc::Rc;

/// The values as they are stored: with `minimize`, without empty objects.
pub fn storable(cx: Cx, doc: &Doc) -> R<Map> {
    let mut map = doc.to_map(cx)?;
    if doc.schema.options.borrow().minimize {
        minimize(&mut map);
    }
    Ok(map)
}

fn minimize(map: &mut Map) {
    for (_, value) in &mut map.0 {
        match value {
            Bson::Object(inner) => minimize(inner),
            Bson::Array(items) => items.iter_mut().for_each(|item| {
                if let Bson::Object(inner) = item {
                    minimize(inner);
                }
            }),
            _ => {}
        }
    }
    map.0.retain(|(_, v)| !matches!(v, Bson::Object(m) if m.is_empty()));
}

/// Sets the times and the version of a document that is about to be stored.
pub fn stamp(cx: Cx, o: &Obj) -> R<()> {
    let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
    let options = doc.schema.options.borrow().clone();
    let data = doc.data();
    let now = || puremix_js::date::new_date(cx, puremix_js::date::now());
    let changed = doc.is_new.get() || !state::changed(cx, doc)?.is_empty();
    if let Some(name) = &options.created_at
        && doc.is_new.get()
        && state::get_at(cx, &data, name).is_nullish()
    {
        state::put_at(cx, &data, name, now());
    }
    if let Some(name) = &options.updated_at
        && changed
    {
        let set_by_hand = !doc.is_new.get() && state::is_changed(&state::changed(cx, doc)?, name);
        if !set_by_hand && !(doc.is_new.get() && !state::get_at(cx, &data, name).is_nullish()) {
            state::put_at(cx, &data, name, now());
        }
    }
    for (_, inner) in validation::subdocuments(cx, doc) {
        stamp(cx, &inner)?;
    }
    if doc.is_new.get()
        && doc.parent.borrow().is_none()
        && let Some(key) = &options.version_key
        && state::get_at(cx, &data, key).is_undefined()
    {
        put(cx, &data, key, 0.0);
    }
    Ok(())
}

/// The document is now as the database has it.
pub fn mark_saved(cx: Cx, doc: &Doc) -> R<()> {
    doc.saved.replace(Some(Rc::new(storable(cx, doc)?)));
    doc.stored.replace(None);
    doc.is_new.set(false);
    doc.marked.borrow_mut().clear();
    doc.increments.borrow_mut().clear();
    doc.defaulted.borrow_mut().clear();
    for (_, inner) in validation::subdocuments(cx, doc) {
        if let Some(inner) = inner.payload::<Doc>() {
            mark_saved(cx, inner)?;
        }
    }
    Ok(())
}

/// What a document was before it was saved, for transactions that are rolled back. The program's own changes stay in it.
pub struct Before {
    is_new: bool,
    stored: Option<Rc<str>>,
    saved: Option<Rc<Map>>,
    marked: Vec<String>,
    increments: Vec<(String, f64)>,
    version: Value,
}

impl Before {
    pub fn of(cx: Cx, doc: &Doc) -> Before {
        Before {
            is_new: doc.is_new.get(),
            stored: doc.stored.borrow().clone(),
            saved: doc.saved.borrow().clone(),
            marked: doc.marked.borrow().clone(),
            increments: doc.increments.borrow().clone(),
            version: version_key(doc).map_or(Value::Undefined, |key| state::get_at(cx, &doc.data(), &key)),
        }
    }

    pub fn restore(self, cx: Cx, doc: &Doc) {
        doc.is_new.set(self.is_new);
        doc.stored.replace(self.stored);
        doc.saved.replace(self.saved);
        doc.marked.replace(self.marked);
        doc.increments.replace(self.increments);
        if let (Some(key), false) = (version_key(doc), self.version.is_undefined()) {
            put(cx, &doc.data(), &key, self.version);
        }
    }
}

fn version_key(doc: &Doc) -> Option<String> {
    doc.schema.options.borrow().version_key.clone()
}

/// Hooks of subdocuments: those before saving run before their parent's, those after it afterwards.
fn run_inner(cx: Cx, o: Obj, when: When) -> Pin<Box<dyn Future<Output = R<()>>>> {
    Box::pin(async move {
        let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
        for (_, inner) in validation::subdocuments(cx, doc) {
            run_inner(cx, inner.clone(), when).await?;
            let this = Value::Obj(inner.clone());
            let Some(inner_doc) = inner.payload::<Doc>() else { continue };
            let all = hooks::of(cx, &inner_doc.schema, when, "save", Target::Document)?;
            match when {
                When::Pre => hooks::run_pre(cx, all, &this, &[]).await?,
                When::Post => hooks::run_post(cx, all, &this, &this).await?,
            }
        }
        Ok(())
    })
}

/// Saves a document, with validation and hooks.
pub async fn save(cx: Cx, o: Obj, options: Value) -> R<()> {
    let this = Value::Obj(o.clone());
    let Some(doc) = o.payload::<Doc>() else { return Ok(()) };
    let Some(model) = doc.model.clone() else {
        // A subdocument's own save runs hooks and stores nothing, as mongoose warns.
        return validation::validate_all(cx, o.clone(), None).await;
    };
    if doc.saving.replace(true) {
        let id = text_of(cx, &member(cx, &this, "_id")?)?;
        return Err(errors::throw(cx, "ParallelSaveError", &format!("Can't save() the same doc multiple times in parallel. Document: {id}")));
    }
    let outcome = save_now(cx, &o, doc, &model, &this, &options).await;
    doc.saving.set(false);
    let after = hooks::of(cx, &doc.schema, When::Post, "save", Target::Document)?;
    match outcome {
        Ok(()) => {
            hooks::run_post(cx, after, &this, &this).await?;
            run_inner(cx, o.clone(), When::Post).await
        }
        Err(_) => {
            let error = cx.take_exception();
            let error = hooks::run_error(cx, after, &this, error).await;
            Err(cx.throw(error))
        }
    }
}

async fn save_now(cx: Cx, o: &Obj, doc: &Doc, model: &Rc<crate::js::model::Model>, this: &Value, options: &Value) -> R<()> {
    if !matches!(option(cx, options, "validateBeforeSave")?, Value::Bool(false)) {
        let only = if flag(cx, options, "validateModifiedOnly")? { Some(state::changed(cx, doc)?) } else { None };
        validation::validate_all(cx, o.clone(), only).await?;
    }
    run_inner(cx, o.clone(), When::Pre).await?;
    hooks::run_pre(cx, hooks::of(cx, &doc.schema, When::Pre, "save", Target::Document)?, this, std::slice::from_ref(options)).await?;
    if !matches!(option(cx, options, "timestamps")?, Value::Bool(false)) {
        stamp(cx, o)?;
    }
    let given = option(cx, options, "session")?;
    if !given.is_undefined() {
        doc.session.replace(given);
    }
    model.prepare(cx).await?;
    let kept = doc.session.borrow().clone();
    let runner = session::runner(cx, &model.connection, &kept).await?;
    session::will_save(cx, &kept, o);
    let now = storable(cx, doc)?;
    if doc.is_new.get() {
        let Some(id) = now.get("_id").filter(|id| !id.is_null()) else {
            return Err(errors::throw(cx, "MongooseError", "document must have an _id before saving"));
        };
        let _ = id;
        exec::insert(cx, model, &runner, &exec::ordered(now)).await?;
        return mark_saved(cx, doc);
    }
    let before = doc.before();
    let mut plan = Plan::of(&before, &now, &doc.marked.borrow(), doc.schema.options.borrow().version_key.as_deref());
    plan.add_increments(&doc.increments.borrow());
    if plan.operators.is_empty() && !plan.raises_version {
        return Ok(());
    }
    let id = before.get("_id").cloned().unwrap_or(Bson::Null);
    let mut conditions = vec![Filter::Path("_id".into(), Test::Eq(id.clone()))];
    let version_key = doc.schema.options.borrow().version_key.clone();
    let version = version_key.as_ref().and_then(|key| before.get(key).cloned());
    if let (true, Some(key), Some(version)) = (plan.checks_version || doc.schema.options.borrow().optimistic, &version_key, &version) {
        conditions.push(Filter::Path(key.as_str().into(), Test::Eq(version.clone())));
    }
    let mut operators = plan.operators;
    if let (true, Some(key)) = (plan.raises_version || doc.schema.options.borrow().optimistic, &version_key) {
        let mut increments = operators.get("$inc").and_then(Bson::as_object).cloned().unwrap_or_default();
        increments.set(key, Bson::Num(1.0));
        operators.set("$inc", Bson::Object(increments));
        let n = version.as_ref().and_then(Bson::as_num).unwrap_or(0.0);
        put(cx, &doc.data(), key, n + 1.0);
    }
    let update = Update::parse(&operators, &[]).map_err(|e| exec::bad(cx, &e))?;
    let versioned = conditions.len() > 1;
    let change = Change { find: Find::one(Filter::And(conditions)), update, multi: false, upsert: None };
    let done = exec::change(cx, model, &runner, &change).await?;
    if done.matched == 0 {
        let shown = match &id {
            Bson::Id(id) => crate::doc::json::hex(id),
            other => crate::doc::json::to_json(other),
        };
        if versioned {
            let n = version.and_then(|v| v.as_num()).unwrap_or(0.0);
            let paths = state::changed(cx, doc)?.join(", ");
            return Err(errors::throw(cx, "VersionError", &format!("No matching document found for id \"{shown}\" version {n} modifiedPaths \"{paths}\"")));
        }
        return Err(errors::throw(cx, "DocumentNotFoundError", &format!("No document found for query \"{{ _id: new ObjectId('{shown}') }}\" on model \"{}\"", model.name)));
    }
    mark_saved(cx, doc)
}

/// The update that makes one document of another.
struct Plan {
    operators: Map,
    /// An array was replaced: nobody else may have changed it.
    checks_version: bool,
    raises_version: bool,
}

impl Plan {
    fn of(before: &Map, now: &Map, marked: &[String], version_key: Option<&str>) -> Plan {
        let mut plan = Plan { operators: Map::default(), checks_version: false, raises_version: false };
        plan.compare("", before, now, version_key);
        for path in marked {
            // `doc.increment()` marks the version.
            if version_key == Some(path.as_str()) {
                plan.raises_version = true;
                continue;
            }
            let parts: Vec<&str> = path.split('.').collect();
            if let Some(value) = crate::doc::path::find(now, &parts)
                && !plan.names(path)
            {
                plan.add("$set", path.clone(), value.clone());
            }
        }
        plan
    }

    fn names(&self, path: &str) -> bool {
        self.operators.iter().any(|(_, m)| m.as_object().is_some_and(|m| m.iter().any(|(p, _)| p == path || p.starts_with(&format!("{path}.")) || path.starts_with(&format!("{p}.")))))
    }

    fn add(&mut self, operator: &str, path: String, value: Bson) {
        if self.operators.get(operator).is_none() {
            self.operators.set(operator, Bson::Object(Map::default()));
        }
        if let Some(Bson::Object(members)) = self.operators.get_mut(operator) {
            members.set(&path, value);
        }
    }

    /// `$inc` takes the place of `$set` where `doc.$inc()` made the change.
    fn add_increments(&mut self, increments: &[(String, f64)]) {
        for (path, by) in increments {
            if let Some(Bson::Object(set)) = self.operators.get_mut("$set") {
                set.0.retain(|(p, _)| p != path);
            }
            self.add("$inc", path.clone(), Bson::Num(*by));
        }
        self.operators.0.retain(|(_, members)| members.as_object().is_some_and(|m| !m.is_empty()));
    }

    fn compare(&mut self, prefix: &str, before: &Map, now: &Map, skip: Option<&str>) {
        for (name, value) in now.iter() {
            let path = format!("{prefix}{name}");
            match (before.get(name), value) {
                _ if prefix.is_empty() && skip == Some(name) => {}
                (Some(old), new) if old == new => {}
                (Some(Bson::Object(old)), Bson::Object(new)) => self.compare(&format!("{path}."), old, new, None),
                (Some(Bson::Array(old)), Bson::Array(new)) => {
                    if new.len() > old.len() && new[..old.len()] == old[..] {
                        let each = Bson::Array(new[old.len()..].to_vec());
                        self.add("$push", path, Bson::Object(Map(vec![("$each".to_owned(), each)])));
                    } else if let Some(at) = same_but_members(old, new) {
                        for i in at {
                            if let (Bson::Object(x), Bson::Object(y)) = (&old[i], &new[i]) {
                                self.compare(&format!("{path}.{i}."), x, y, None);
                            }
                        }
                        self.checks_version = true;
                    } else {
                        self.add("$set", path, value.clone());
                        self.checks_version = true;
                    }
                    self.raises_version = true;
                }
                _ => self.add("$set", path, value.clone()),
            }
        }
        for (name, _) in before.iter() {
            if now.get(name).is_none() && !(prefix.is_empty() && skip == Some(name)) {
                self.add("$unset", format!("{prefix}{name}"), Bson::Num(1.0));
            }
        }
    }
}

/// The places at which arrays of the same documents differ in members.
fn same_but_members(old: &[Bson], new: &[Bson]) -> Option<Vec<usize>> {
    if old.len() != new.len() {
        return None;
    }
    let mut out = vec![];
    for (i, (x, y)) in old.iter().zip(new).enumerate() {
        match (x, y) {
            (x, y) if x == y => {}
            (Bson::Object(a), Bson::Object(b)) if a.get("_id").is_some() && a.get("_id") == b.get("_id") => out.push(i),
            _ => return None,
        }
    }
    Some(out)
}

/// `doc.deleteOne()`.
pub async fn delete(cx: Cx, o: Obj, options: Value) -> R {
    let this = Value::Obj(o.clone());
    let Some(doc) = doc_of(&this) else { return Ok(this) };
    let Some(model) = doc.model.clone() else {
        // A subdocument leaves its array, or its path.
        remove_from_parent(cx, &o, doc)?;
        return Ok(this);
    };
    hooks::run_pre(cx, hooks::of(cx, &doc.schema, When::Pre, "deleteOne", Target::Document)?, &this, &[]).await?;
    let given = option(cx, &options, "session")?;
    let kept = if given.is_undefined() { doc.session.borrow().clone() } else { given };
    model.prepare(cx).await?;
    let runner = session::runner(cx, &model.connection, &kept).await?;
    let id = crate::js::convert::to_bson(cx, &member(cx, &this, "_id")?)?.unwrap_or(Bson::Null);
    let (n, _) = exec::delete(cx, &model, &runner, &Find::one(Filter::Path("_id".into(), Test::Eq(id))), false).await?;
    doc.deleted.set(true);
    hooks::run_post(cx, hooks::of(cx, &doc.schema, When::Post, "deleteOne", Target::Document)?, &this, &this).await?;
    let out = Obj::plain(cx);
    put(cx, &out, "acknowledged", true);
    put(cx, &out, "deletedCount", n);
    Ok(out.into())
}

fn remove_from_parent(cx: Cx, o: &Obj, doc: &Doc) -> R<()> {
    let Some(parent) = doc.parent.borrow().clone() else { return Ok(()) };
    let Some(holder) = parent.payload::<Doc>() else { return Ok(()) };
    let path = doc.parent_path.borrow().clone();
    let array_path = path.rsplit_once('.').filter(|(_, last)| last.bytes().all(|b| b.is_ascii_digit())).map_or(path.as_str(), |(head, _)| head);
    let value = state::get_at(cx, &holder.data(), array_path);
    match value.as_obj().and_then(Obj::dense_mut) {
        Some(items) => {
            let mut kept = items.to_vec();
            kept.retain(|item| item.as_obj() != Some(o));
            items.put(kept);
        }
        None => state::put_at(cx, &holder.data(), array_path, Value::Undefined),
    }
    Ok(())
}

