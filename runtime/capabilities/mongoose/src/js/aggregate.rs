//! `Model.aggregate()`: the class `Aggregate`, and what of a pipeline runs as SQL.

use crate::aggregate::stages::{self, Foreign, named, run_stage, sort_keys};
use crate::doc::json::parse_object;
use crate::doc::{Bson, Map};
use crate::js::exec::{self, Find, Runner, bad};
use crate::js::model::{Model, discriminators};
use crate::js::schema::hooks::{self, Target, When};
use crate::js::support::*;
use crate::js::{convert, session};
use crate::query::{Filter, filter};
use puremix_js::ops;
use puremix_value::{Args, Class, Code, Cx, Obj, Payload, R, Tracer, Value, WellKnownSymbol};
use std::cell::RefCell;
use std::rc::Rc;

struct Aggregate {
    model: Rc<Model>,
    stages: RefCell<Vec<Value>>,
    options: RefCell<Value>,
}

impl Payload for Aggregate {
    fn trace(&self, t: &mut Tracer<'_>) {
        if let Ok(stages) = self.stages.try_borrow() {
            t.values(&stages);
        }
        if let Ok(options) = self.options.try_borrow() {
            t.value(&options);
        }
    }
}

pub fn new_aggregate(cx: Cx, model: Rc<Model>, a: &Args<'_>) -> R {
    let stages = if is_array(a.get(0)) { elements(a.get(0)) } else { a.args.to_vec() };
    let state = Aggregate { model, stages: RefCell::new(stages), options: RefCell::new(if is_array(a.get(0)) { a.get(1).clone() } else { Value::Undefined }) };
    Ok(Obj::native(cx, Some(aggregate_class(cx).1), Class::Other, state).into())
}

fn this<'a>(cx: Cx, a: &Args<'a>) -> R<&'a Aggregate> {
    a.this.as_obj().and_then(|o| o.payload::<Aggregate>()).ok_or_else(|| type_error(cx, "this is no Aggregate"))
}

/// Adds a stage.
fn stage(cx: Cx, a: &Args<'_>, name: &str, operand: Value) -> R {
    let o = Obj::plain(cx);
    put(cx, &o, name, operand);
    this(cx, a)?.stages.borrow_mut().push(o.into());
    Ok(a.this.clone())
}

const METHODS: &[(&str, u32, Code)] = &[
    ("match", 1, |cx, a| stage(cx, a, "$match", a.get(0).clone())),
    ("group", 1, |cx, a| stage(cx, a, "$group", a.get(0).clone())),
    ("project", 1, |cx, a| stage(cx, a, "$project", a.get(0).clone())),
    ("addFields", 1, |cx, a| stage(cx, a, "$addFields", a.get(0).clone())),
    ("limit", 1, |cx, a| stage(cx, a, "$limit", a.get(0).clone())),
    ("skip", 1, |cx, a| stage(cx, a, "$skip", a.get(0).clone())),
    ("lookup", 1, |cx, a| stage(cx, a, "$lookup", a.get(0).clone())),
    ("count", 1, |cx, a| stage(cx, a, "$count", a.get(0).clone())),
    ("facet", 1, |cx, a| stage(cx, a, "$facet", a.get(0).clone())),
    ("sample", 1, |cx, a| {
        let o = Obj::plain(cx);
        put(cx, &o, "size", a.get(0).clone());
        stage(cx, a, "$sample", o.into())
    }),
    ("replaceRoot", 1, |cx, a| {
        let o = Obj::plain(cx);
        put(cx, &o, "newRoot", a.get(0).clone());
        stage(cx, a, "$replaceRoot", o.into())
    }),
    ("sortByCount", 1, |cx, a| stage(cx, a, "$sortByCount", a.get(0).clone())),
    ("unwind", 1, |cx, a| {
        let path = match a.get(0) {
            Value::Str(s) if !s.as_str().starts_with('$') => Value::from(format!("${s}")),
            other => other.clone(),
        };
        stage(cx, a, "$unwind", path)
    }),
    ("sort", 1, |cx, a| {
        let keys = match a.get(0) {
            Value::Str(text) => {
                let o = Obj::plain(cx);
                for name in text.as_str().split_whitespace() {
                    let (name, n) = name.strip_prefix('-').map_or((name, 1.0), |name| (name, -1.0));
                    put(cx, &o, name, n);
                }
                o.into()
            }
            other => other.clone(),
        };
        stage(cx, a, "$sort", keys)
    }),
    ("append", 1, |cx, a| {
        let more = if is_array(a.get(0)) { elements(a.get(0)) } else { a.args.to_vec() };
        this(cx, a)?.stages.borrow_mut().extend(more);
        Ok(a.this.clone())
    }),
    ("pipeline", 0, |cx, a| Ok(array(cx, this(cx, a)?.stages.borrow().clone()))),
    ("model", 0, |cx, a| Ok(this(cx, a)?.model.object())),
    ("session", 1, |cx, a| {
        let o = Obj::plain(cx);
        put(cx, &o, "session", a.get(0).clone());
        this(cx, a)?.options.replace(o.into());
        Ok(a.this.clone())
    }),
    ("option", 1, |_, a| Ok(a.this.clone())),
    ("allowDiskUse", 1, |_, a| Ok(a.this.clone())),
    ("hint", 1, |_, a| Ok(a.this.clone())),
    ("exec", 0, |cx, a| run(cx, a)),
    ("then", 2, |cx, a| {
        let promise = run(cx, a)?;
        invoke(cx, &promise, "then", a.args)
    }),
    ("catch", 1, |cx, a| {
        let promise = run(cx, a)?;
        invoke(cx, &promise, "catch", a.args)
    }),
    ("finally", 1, |cx, a| {
        let promise = run(cx, a)?;
        invoke(cx, &promise, "finally", a.args)
    }),
    ("cursor", 1, |cx, a| Ok(super::query::cursor(cx, a.this.clone()))),
];

pub fn aggregate_class(cx: Cx) -> ClassPair {
    const DEF: ClassDef = ClassDef { name: "Aggregate", length: 0, code: |cx, _| Err(type_error(cx, "aggregates are made by models")), methods: METHODS, accessors: &[], getters: &[], statics: &[] };
    let made = class(cx, &DEF, None);
    let key = cx.symbol(WellKnownSymbol::AsyncIterator).into();
    if made.1.get_own(cx, &key).is_none() {
        made.1.put_hidden(cx, key, ops::native(cx, "[Symbol.asyncIterator]", 0, |cx, a| {
            let cursor = super::query::cursor(cx, a.this.clone());
            ops::invoke_key(cx, &cursor, &cx.symbol(WellKnownSymbol::AsyncIterator).into(), &[])
        }));
    }
    made
}

fn run(cx: Cx, a: &Args<'_>) -> R {
    let state = this(cx, a)?;
    let (model, object) = (state.model.clone(), a.this.clone());
    Ok(task(cx, async move {
        hooks::run_pre(cx, hooks::of(cx, &model.schema, When::Pre, "aggregate", Target::Model)?, &object, &[]).await?;
        let (given, options) = {
            let state = object.as_obj().and_then(|o| o.payload::<Aggregate>()).ok_or_else(|| type_error(cx, "this is no Aggregate"))?;
            (state.stages.borrow().clone(), state.options.borrow().clone())
        };
        let mut pipeline = vec![];
        for stage in discriminators::stage_of_kind(cx, &model).iter().chain(&given) {
            pipeline.push(convert::to_bson(cx, stage)?.unwrap_or(Bson::Null));
        }
        model.prepare(cx).await?;
        let runner = session::runner(cx, &model.connection, &option(cx, &options, "session")?).await?;
        model.sweep(cx, &runner).await;
        let docs = pipeline_result(cx, &model, &runner, &pipeline).await?;
        let out = array(cx, docs.iter().map(|d| convert::from_map(cx, d).into()).collect());
        hooks::run_post(cx, hooks::of(cx, &model.schema, When::Post, "aggregate", Target::Model)?, &object, &out).await?;
        Ok(out)
    }))
}

/// What stands in front and SQL can do: `$match`, `$sort`, `$skip`, `$limit`, in this order.
fn front(cx: Cx, pipeline: &[Bson]) -> R<(Find, usize)> {
    let mut find = Find { filter: Filter::And(vec![]), sort: vec![], skip: 0, limit: None };
    let mut filters = vec![];
    let (mut taken, mut stage_of) = (0, 0);
    for stage in pipeline {
        let (name, operand) = named(stage).map_err(|e| bad(cx, &e))?;
        let place = match name {
            "$match" if stage_of == 0 => 0,
            "$sort" if stage_of < 1 => 1,
            "$skip" if stage_of <= 1 => 2,
            "$limit" if stage_of <= 2 => 3,
            _ => break,
        };
        match (name, operand) {
            ("$match", Bson::Object(map)) => filters.push(filter::parse(map).map_err(|e| bad(cx, &e))?),
            ("$sort", Bson::Object(map)) => find.sort = sort_keys(map).map_err(|e| bad(cx, &e))?,
            ("$skip", n) => find.skip = n.as_num().unwrap_or(0.0) as usize,
            ("$limit", n) => find.limit = n.as_num().map(|n| n as usize),
            _ => break,
        }
        stage_of = place;
        taken += 1;
    }
    find.filter = Filter::And(filters);
    Ok((find, taken))
}

/// Documents of other collections, read before they are joined.
#[derive(Default)]
struct Others(Vec<(String, Vec<Map>)>);

impl Foreign for Others {
    fn collection(&self, name: &str) -> Vec<Map> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, docs)| docs.clone()).unwrap_or_default()
    }
}

async fn pipeline_result(cx: Cx, model: &Rc<Model>, runner: &Runner, pipeline: &[Bson]) -> R<Vec<Map>> {
    let (find, taken) = front(cx, pipeline)?;
    let texts = exec::find(cx, model, runner, &find).await?;
    let mut docs: Vec<Map> = texts.iter().filter_map(|t| parse_object(t)).collect();
    for stage in &pipeline[taken..] {
        let (name, operand) = named(stage).map_err(|e| bad(cx, &e))?;
        let mut others = Others::default();
        let mut names = vec![];
        stages::collections(std::slice::from_ref(stage), &mut names);
        for other in names {
            // A plain join reads the documents that its keys name; other joins read the collection.
            let keys = operand.as_object().filter(|m| name == "$lookup" && m.get("from").and_then(Bson::as_str) == Some(&other)).and_then(|m| {
                Some((m.get("localField")?.as_str()?.to_owned(), m.get("foreignField")?.as_str()?.to_owned()))
            });
            let filter = match keys {
                Some((local, foreign)) => {
                    let parts: Vec<&str> = local.split('.').collect();
                    let mut wanted: Vec<Bson> = vec![];
                    for doc in &docs {
                        match crate::doc::path::value_at(&Bson::Object(doc.clone()), &parts) {
                            Some(Bson::Array(items)) => wanted.extend(items),
                            one => wanted.push(one.unwrap_or(Bson::Null)),
                        }
                    }
                    wanted.sort_by(Bson::order);
                    wanted.dedup_by(|a, b| a.equals(b));
                    Filter::Path(foreign.as_str().into(), filter::Test::In(wanted, vec![]))
                }
                None => Filter::And(vec![]),
            };
            let known = model.connection.models.borrow().iter().find(|(_, _, m)| m.collection == other).map(|(_, _, m)| m.clone());
            let rows = match known {
                Some(foreign) => {
                    foreign.prepare(cx).await?;
                    let texts = exec::find(cx, &foreign, runner, &Find { filter, sort: vec![], skip: 0, limit: None }).await?;
                    texts.iter().filter_map(|t| parse_object(t)).collect()
                }
                // Without a model nobody made the collection: it is empty, as in MongoDB.
                None => vec![],
            };
            others.0.push((other, rows));
        }
        docs = run_stage(stage, docs, &others).map_err(|e| bad(cx, &e))?;
    }
    Ok(docs)
}
