//! `populate`: ids become the documents they name.

use super::{Doc, doc_of, state};
use crate::js::connection::missing;
use crate::js::errors;
use crate::js::model::{Model, model_of};
use crate::js::query::{self, Op};
use crate::js::schema::{Kind, PathType, Virtual};
use crate::js::support::*;
use puremix_value::{Cx, Obj, R, Value};
use std::pin::Pin;
use std::rc::Rc;

/// One path to populate.
#[derive(Clone)]
struct Spec {
    path: String,
    select: Value,
    filter: Value,
    options: Value,
    model: Value,
    inner: Value,
    strict: bool,
}

fn specs(cx: Cx, given: &Value, out: &mut Vec<Spec>) -> R<()> {
    match given {
        Value::Undefined | Value::Null => {}
        Value::Str(paths) => {
            for path in paths.as_str().split_whitespace() {
                out.push(Spec { path: path.to_owned(), select: Value::Undefined, filter: Value::Undefined, options: Value::Undefined, model: Value::Undefined, inner: Value::Undefined, strict: true });
            }
        }
        list if is_array(list) => {
            for one in elements(list) {
                specs(cx, &one, out)?;
            }
        }
        object => {
            let strict = !matches!(member(cx, object, "strictPopulate")?, Value::Bool(false));
            for path in text_of(cx, &member(cx, object, "path")?)?.split_whitespace() {
                let part = |name: &str| member(cx, object, name);
                out.push(Spec { path: path.to_owned(), select: part("select")?, filter: part("match")?, options: part("options")?, model: part("model")?, inner: part("populate")?, strict });
            }
        }
    }
    Ok(())
}

/// Populates paths of documents, or of plain objects that a lean query answered.
pub fn populate_paths(cx: Cx, model: Rc<Model>, docs: Vec<Value>, given: Vec<Value>, session: Value) -> Pin<Box<dyn Future<Output = R<()>>>> {
    Box::pin(async move {
        let mut all = vec![];
        for one in &given {
            specs(cx, one, &mut all)?;
        }
        for spec in all {
            if let Some(v) = model.schema.virtual_of(&spec.path).filter(|v| v.options.is_object()) {
                populate_virtual(cx, &model, &docs, &spec, &v, &session).await?;
                continue;
            }
            let Some(ty) = model.schema.resolve(&spec.path) else {
                if spec.strict && !model.schema.is_nested(&spec.path) {
                    let name = &spec.path;
                    return Err(errors::throw(cx, "StrictPopulateError", &format!("Cannot populate path `{name}` because it is not in your schema. Set the `strictPopulate` option to false to override.")));
                }
                continue;
            };
            populate_path(cx, &model, &docs, &spec, &ty, &session).await?;
        }
        Ok(())
    })
}

/// The model that a reference names.
fn model_named(cx: Cx, model: &Rc<Model>, reference: &Value, doc: &Value) -> R<Option<Rc<Model>>> {
    if let Some(found) = model_of(reference) {
        return Ok(Some(found));
    }
    let name = match reference {
        Value::Str(s) => s.to_string(),
        f if f.is_callable() => {
            let answer = puremix_js::ops::call(cx, f, doc, std::slice::from_ref(doc))?;
            return if answer.is_nullish() { Ok(None) } else { model_named(cx, model, &answer, doc) };
        }
        _ => return Ok(None),
    };
    match model.connection.model(&name) {
        Some((_, found)) => Ok(Some(found)),
        None => Err(missing(cx, &name)),
    }
}

/// The plain values of a document, or the object itself.
fn data_of(v: &Value) -> Option<Obj> {
    doc_of(v).map(Doc::data).or_else(|| v.as_obj().cloned())
}

/// The objects that hold the last part of a path: arrays on the way have several.
fn holders(cx: Cx, v: &Value, parts: &[&str], out: &mut Vec<Obj>) {
    let Some(data) = data_of(v) else { return };
    if data.is_array() {
        elements(&Value::Obj(data)).iter().for_each(|item| holders(cx, item, parts, out));
        return;
    }
    match parts {
        [] => {}
        [_] => out.push(data),
        [first, rest @ ..] => holders(cx, &state::get_at(cx, &data, first), rest, out),
    }
}

/// A key that tells ids apart.
fn id_key(cx: Cx, v: &Value) -> R<Option<String>> {
    if v.is_nullish() {
        return Ok(None);
    }
    let id = if doc_of(v).is_some() || is_plain(cx, v) { member(cx, v, "_id")? } else { v.clone() };
    Ok(if id.is_nullish() { None } else { Some(text_of(cx, &id)?) })
}

fn plain_id(cx: Cx, v: &Value) -> R {
    if doc_of(v).is_some() || is_plain(cx, v) { member(cx, v, "_id") } else { Ok(v.clone()) }
}

/// A selection with `_id`, which tells whose each document is; and whether it was not wanted.
fn with_id(cx: Cx, select: &Value) -> R<(Value, bool)> {
    let kept = match select {
        Value::Str(names) => Value::from(names.as_str().split_whitespace().filter(|name| *name != "-_id").collect::<Vec<_>>().join(" ")),
        object if is_plain(cx, object) && !option(cx, object, "_id")?.is_undefined() && !flag(cx, object, "_id")? => {
            let kept = Obj::plain(cx);
            entries(cx, object)?.into_iter().filter(|(name, _)| name != "_id").for_each(|(name, value)| put(cx, &kept, &name, value));
            kept.into()
        }
        other => return Ok((other.clone(), false)),
    };
    let without = match (select, &kept) {
        (Value::Str(all), Value::Str(kept)) => all.as_str().split_whitespace().count() > kept.as_str().split_whitespace().count(),
        _ => true,
    };
    Ok((kept, without))
}

/// Documents of a model by a condition, as a spec wants them.
async fn fetch(cx: Cx, model: &Rc<Model>, field: &str, ids: Vec<Value>, spec: &Spec, lean: bool, session: &Value) -> R<Vec<Value>> {
    let made = query::new_query(cx, model.clone(), Op::Find);
    let filter = Obj::plain(cx);
    for (name, value) in entries(cx, &spec.filter)? {
        put(cx, &filter, &name, value);
    }
    let among = Obj::plain(cx);
    put(cx, &among, "$in", array(cx, ids));
    put(cx, &filter, field, among);
    query::set(cx, &made, &filter.into(), &Value::Undefined, &spec.select, &Value::Undefined)?;
    for (name, value) in entries(cx, &spec.options)? {
        query::set_option(cx, &made, &name, value)?;
    }
    if lean {
        query::set_option(cx, &made, "lean", Value::Bool(true))?;
    }
    if session.is_object() {
        query::set_option(cx, &made, "session", session.clone())?;
    }
    if !spec.inner.is_nullish() {
        query::set_option(cx, &made, "populate", spec.inner.clone())?;
    }
    let answer = query::exec(cx, &made)?;
    Ok(elements(&settled(cx, answer).await?))
}

async fn populate_path(cx: Cx, model: &Rc<Model>, docs: &[Value], spec: &Spec, ty: &Rc<PathType>, session: &Value) -> R<()> {
    let element = match &ty.kind {
        Kind::Array(of) => of.clone(),
        _ => ty.clone(),
    };
    let parts: Vec<&str> = spec.path.split('.').collect();
    let last = parts.last().copied().unwrap_or_default();
    let mut groups: Vec<(Rc<Model>, Vec<(Value, Vec<Obj>)>)> = vec![];
    for doc in docs {
        let found = match (&spec.model, &element.reference, &element.ref_path) {
            (given, ..) if !given.is_nullish() => model_named(cx, model, given, doc)?,
            (_, Some(reference), _) => model_named(cx, model, reference, doc)?,
            (.., Some(path)) => {
                let path = if path.is_callable() { puremix_js::ops::call(cx, path, doc, std::slice::from_ref(doc))? } else { path.clone() };
                let name = data_of(doc).map_or(Value::Undefined, |d| state::get_at(cx, &d, path.as_str().map(|s| s.to_string()).unwrap_or_default().as_str()));
                model_named(cx, model, &name, doc)?
            }
            _ => None,
        };
        let Some(foreign) = found else { continue };
        let mut at = vec![];
        holders(cx, doc, &parts, &mut at);
        match groups.iter_mut().find(|(m, _)| Rc::ptr_eq(m, &foreign)) {
            Some((_, list)) => list.push((doc.clone(), at)),
            None => groups.push((foreign, vec![(doc.clone(), at)])),
        }
    }
    for (foreign, list) in groups {
        let mut ids: Vec<(String, Value)> = vec![];
        for holder in list.iter().flat_map(|(_, at)| at) {
            let value = state::get_at(cx, holder, last);
            for one in if is_array(&value) { elements(&value) } else { vec![value] } {
                if let Some(key) = id_key(cx, &one)?
                    && !ids.iter().any(|(k, _)| *k == key)
                {
                    ids.push((key, plain_id(cx, &one)?));
                }
            }
        }
        if ids.is_empty() {
            continue;
        }
        let lean = list.iter().all(|(doc, _)| doc_of(doc).is_none()) || flag(cx, &spec.options, "lean")?;
        let limited = !option(cx, &spec.options, "limit")?.is_undefined();
        let (select, without_id) = with_id(cx, &spec.select)?;
        let wanted = Spec { select, ..spec.clone() };
        let found = fetch(cx, &foreign, "_id", ids.into_iter().map(|(_, id)| id).collect(), &wanted, lean, session).await?;
        let mut by_id = std::collections::HashMap::new();
        for (n, one) in found.iter().enumerate() {
            if let Some(key) = id_key(cx, one)? {
                by_id.insert(key, (n, one.clone()));
            }
            if let (true, Some(data)) = (without_id, data_of(one)) {
                puremix_js::ops::delete(cx, &data.into(), &cx.key_of("_id"))?;
            }
        }
        let sorted = !option(cx, &spec.options, "sort")?.is_undefined() || limited;
        for (doc, at) in &list {
            for holder in at {
                let value = state::get_at(cx, holder, last);
                let new = if is_array(&value) {
                    let mut kept = vec![];
                    for one in elements(&value) {
                        if let Some(key) = id_key(cx, &one)?
                            && let Some(hit) = by_id.get(&key)
                        {
                            kept.push(hit.clone());
                        }
                    }
                    if sorted {
                        kept.sort_by_key(|(n, _)| *n);
                    }
                    let kept: Vec<Value> = kept.into_iter().map(|(_, v)| v).collect();
                    if doc_of(doc).is_some() { crate::js::schema::cast::new_array(cx, ty, kept, doc.as_obj()) } else { array(cx, kept) }
                } else {
                    match id_key(cx, &value)? {
                        None => continue,
                        Some(key) => by_id.get(&key).map_or(Value::Null, |(_, v)| v.clone()),
                    }
                };
                if let Some(inner) = doc_of(doc) {
                    let mut populated = inner.populated.borrow_mut();
                    if !populated.iter().any(|(p, _)| *p == spec.path) {
                        populated.push((spec.path.clone(), value.clone()));
                    }
                }
                put(cx, holder, last, new);
            }
        }
    }
    Ok(())
}

/// `schema.virtual('posts', {ref: 'Post', localField: '_id', foreignField: 'author'})`.
async fn populate_virtual(cx: Cx, model: &Rc<Model>, docs: &[Value], spec: &Spec, v: &Rc<Virtual>, session: &Value) -> R<()> {
    let reference = if spec.model.is_nullish() { member(cx, &v.options, "ref")? } else { spec.model.clone() };
    let Some(first) = docs.first() else { return Ok(()) };
    let Some(foreign) = model_named(cx, model, &reference, first)? else { return Ok(()) };
    let (local, field) = (text_of(cx, &member(cx, &v.options, "localField")?)?, text_of(cx, &member(cx, &v.options, "foreignField")?)?);
    let (just_one, count) = (flag(cx, &v.options, "justOne")?, flag(cx, &v.options, "count")?);
    let mut spec = spec.clone();
    if spec.filter.is_nullish() {
        spec.filter = member(cx, &v.options, "match")?;
    }
    if spec.options.is_nullish() {
        spec.options = member(cx, &v.options, "options")?;
    }
    let mut ids = vec![];
    for doc in docs {
        let value = data_of(doc).map_or(Value::Undefined, |d| state::get_at(cx, &d, &local));
        ids.extend(if is_array(&value) { elements(&value) } else { vec![value] }.into_iter().filter(|v| !v.is_nullish()));
    }
    let lean = docs.iter().all(|doc| doc_of(doc).is_none());
    let found = fetch(cx, &foreign, &field, ids, &spec, lean, session).await?;
    for doc in docs {
        let value = data_of(doc).map_or(Value::Undefined, |d| state::get_at(cx, &d, &local));
        let mut wanted = vec![];
        for one in if is_array(&value) { elements(&value) } else { vec![value] } {
            wanted.extend(id_key(cx, &one)?);
        }
        let mut mine = vec![];
        for one in &found {
            let key = data_of(one).map_or(Value::Undefined, |d| state::get_at(cx, &d, &field));
            for k in if is_array(&key) { elements(&key) } else { vec![key] } {
                if id_key(cx, &k)?.is_some_and(|k| wanted.contains(&k)) {
                    mine.push(one.clone());
                    break;
                }
            }
        }
        let new = match (count, just_one) {
            (true, _) => Value::from(mine.len()),
            (_, true) => mine.into_iter().next().unwrap_or(Value::Null),
            _ => array(cx, mine),
        };
        match (doc_of(doc), doc) {
            (Some(inner), _) => state::virtual_value(cx, inner, &v.name, new),
            (None, Value::Obj(o)) => put(cx, o, &v.name, new),
            _ => {}
        }
    }
    Ok(())
}
