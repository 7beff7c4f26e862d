//! `create`, `insertMany` and `bulkWrite`.

use super::Model;
use crate::js::document::{self, Doc, doc_of, save, validation};
use crate::js::errors;
use crate::js::exec;
use crate::js::query::{self, Op};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::session;
use crate::js::support::*;
use puremix_value::{Args, Cx, Obj, R, Value};
use std::rc::Rc;

/// A document of a value: itself, if it is one of the model's.
fn document_for(cx: Cx, model: &Rc<Model>, value: &Value) -> R<Obj> {
    if let (Value::Obj(o), Some(_)) = (value, doc_of(value)) {
        return Ok(o.clone());
    }
    let model = &model.of_kind(cx, value)?;
    document::construct(cx, &model.schema.clone(), Some(model.clone()), model.proto.clone(), value, true)
}

pub fn create(cx: Cx, model: Rc<Model>, a: &Args<'_>) -> R {
    let (values, options, single) = match a.args {
        [list, rest @ ..] if is_array(list) => (elements(list), rest.first().cloned().unwrap_or_default(), false),
        [one] => (vec![one.clone()], Value::Undefined, true),
        [] => (vec![Value::Undefined], Value::Undefined, true),
        many => (many.to_vec(), Value::Undefined, false),
    };
    Ok(task(cx, async move {
        let mut out = vec![];
        let mut docs = vec![];
        for value in &values {
            docs.push(document_for(cx, &model, value)?);
        }
        for doc in docs {
            save::save(cx, doc.clone(), options.clone()).await?;
            out.push(Value::Obj(doc));
        }
        Ok(if single { out.pop().unwrap_or_default() } else { array(cx, out) })
    }))
}

pub fn insert_many(cx: Cx, model: Rc<Model>, a: &Args<'_>) -> R {
    let (given, options) = (a.get(0).clone(), a.get(1).clone());
    Ok(task(cx, async move {
        let this = model.object();
        hooks::run_pre(cx, hooks::of(cx, &model.schema, When::Pre, "insertMany", Target::Model)?, &this, std::slice::from_ref(&given)).await?;
        let list = if is_array(&given) { elements(&given) } else { vec![given.clone()] };
        let ordered = !matches!(option(cx, &options, "ordered")?, Value::Bool(false));
        let lean = flag(cx, &options, "lean")?;
        let session = option(cx, &options, "session")?;
        let mut docs = vec![];
        let mut refused = vec![];
        for value in &list {
            let doc = document_for(cx, &model, value)?;
            if !lean && validation::validate_all(cx, doc.clone(), None).await.is_err() {
                let error = cx.take_exception();
                if ordered {
                    return Err(cx.throw(error));
                }
                refused.push(error);
                continue;
            }
            save::stamp(cx, &doc)?;
            docs.push(doc);
        }
        model.prepare(cx).await?;
        let runner = session::runner(cx, &model.connection, &session).await?;
        let mut maps = vec![];
        for doc in &docs {
            if let Some(inner) = doc.payload::<Doc>() {
                maps.push(exec::ordered(save::storable(cx, inner)?));
            }
        }
        let errors = exec::insert_many(cx, &model, &runner, &maps, ordered).await?;
        let first_error = errors.first().map(|(at, e)| (*at, e.clone()));
        let mut out = vec![];
        for (i, doc) in docs.iter().enumerate() {
            let failed = errors.iter().any(|(at, _)| *at == i) || (ordered && first_error.as_ref().is_some_and(|(at, _)| i >= *at));
            if !failed {
                if let Some(inner) = doc.payload::<Doc>() {
                    save::mark_saved(cx, inner)?;
                }
                out.push(if lean { invoke(cx, &Value::Obj(doc.clone()), "toObject", &[])? } else { Value::Obj(doc.clone()) });
            }
        }
        if let Some((_, error)) = first_error {
            if let Value::Obj(o) = &error {
                put(cx, o, "insertedDocs", array(cx, out));
                put(cx, o, "writeErrors", array(cx, errors.iter().map(|(_, e)| e.clone()).collect()));
            }
            return Err(cx.throw(error));
        }
        let answer = array(cx, out);
        if !refused.is_empty()
            && let Value::Obj(o) = &answer
        {
            let info = Obj::plain(cx);
            put(cx, &info, "validationErrors", array(cx, refused));
            o.put_hidden(cx, cx.key_of("mongoose"), info);
        }
        hooks::run_post(cx, hooks::of(cx, &model.schema, When::Post, "insertMany", Target::Model)?, &this, &answer).await?;
        Ok(answer)
    }))
}

pub fn bulk_write(cx: Cx, model: Rc<Model>, a: &Args<'_>) -> R {
    let (list, options) = (elements(a.get(0)), a.get(1).clone());
    Ok(task(cx, async move {
        let counts = ["insertedCount", "matchedCount", "modifiedCount", "deletedCount", "upsertedCount"];
        let mut sums = [0.0; 5];
        let (inserted, upserted) = (Obj::plain(cx), Obj::plain(cx));
        for (i, step) in list.iter().enumerate() {
            let Some((name, spec)) = entries(cx, step)?.into_iter().next() else { continue };
            let part = |key: &str| member(cx, &spec, key);
            if name == "insertOne" {
                let doc = document_for(cx, &model, &part("document")?)?;
                save::save(cx, doc.clone(), options.clone()).await?;
                sums[0] += 1.0;
                put(cx, &inserted, &i.to_string(), member(cx, &doc.into(), "_id")?);
                continue;
            }
            let op = match name.as_str() {
                "updateOne" => Op::UpdateOne,
                "updateMany" => Op::UpdateMany,
                "replaceOne" => Op::ReplaceOne,
                "deleteOne" => Op::DeleteOne,
                "deleteMany" => Op::DeleteMany,
                other => return Err(errors::throw(cx, "MongooseError", &format!("Invalid op passed to `bulkWrite()`: {other}"))),
            };
            let made = query::new_query(cx, model.clone(), op);
            let update = if name == "replaceOne" { part("replacement")? } else { part("update")? };
            query::set(cx, &made, &part("filter")?, &update, &Value::Undefined, &options)?;
            for flag_name in ["upsert", "arrayFilters", "timestamps"] {
                let value = part(flag_name)?;
                if !value.is_undefined() {
                    query::set_option(cx, &made, flag_name, value)?;
                }
            }
            let answer = query::exec(cx, &made)?;
            let answer = settled(cx, answer).await?;
            for (n, key) in counts.iter().enumerate() {
                sums[n] += member(cx, &answer, key)?.as_num().unwrap_or(0.0);
            }
            let id = member(cx, &answer, "upsertedId")?;
            if !id.is_nullish() {
                put(cx, &upserted, &i.to_string(), id);
            }
        }
        let out = Obj::plain(cx);
        put(cx, &out, "ok", 1.0);
        for (n, key) in counts.iter().enumerate() {
            put(cx, &out, key, sums[n]);
        }
        put(cx, &out, "insertedIds", inserted);
        put(cx, &out, "upsertedIds", upserted);
        Ok(out.into())
    }))
}
