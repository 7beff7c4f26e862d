//! The stages of a pipeline, over documents in memory.

use super::expr::{Scope, eval};
use super::group::Gathered;
use crate::doc::path::{find, place, remove, value_at};
use crate::doc::{Bson, Map};
use crate::query::{eval as query, filter, sort};
use std::cmp::Ordering;

/// Documents of other collections, for `$lookup`.
pub trait Foreign {
    fn collection(&self, name: &str) -> Vec<Map>;
}

/// Runs a pipeline.
pub fn run(pipeline: &[Bson], mut docs: Vec<Map>, foreign: &dyn Foreign) -> Result<Vec<Map>, String> {
    for stage in pipeline {
        docs = run_stage(stage, docs, foreign)?;
    }
    Ok(docs)
}

/// A stage's name and operand.
pub fn named(stage: &Bson) -> Result<(&str, &Bson), String> {
    match stage.as_object().map(|m| m.0.as_slice()) {
        Some([(name, operand)]) => Ok((name, operand)),
        _ => Err("A pipeline stage specification object must contain exactly one field.".to_owned()),
    }
}

/// Names of the collections that a pipeline reads besides its own.
pub fn collections(pipeline: &[Bson], out: &mut Vec<String>) {
    for stage in pipeline {
        let Ok((name, operand)) = named(stage) else { continue };
        let member = |key: &str| operand.as_object().and_then(|m| m.get(key));
        match name {
            "$lookup" | "$graphLookup" => {
                out.extend(member("from").and_then(Bson::as_str).map(str::to_owned));
                collections(member("pipeline").and_then(Bson::as_array).unwrap_or_default(), out);
            }
            "$unionWith" => out.extend(operand.as_str().or_else(|| member("coll").and_then(Bson::as_str)).map(str::to_owned)),
            "$facet" => operand.as_object().into_iter().flat_map(Map::iter).for_each(|(_, p)| collections(p.as_array().unwrap_or_default(), out)),
            _ => {}
        }
    }
}

pub fn run_stage(stage: &Bson, docs: Vec<Map>, foreign: &dyn Foreign) -> Result<Vec<Map>, String> {
    let (name, operand) = named(stage)?;
    let object = || operand.as_object().ok_or_else(|| format!("the {name} stage specification must be an object"));
    let whole = || operand.as_num().filter(|n| *n >= 0.0 && n.fract() == 0.0).ok_or_else(|| format!("invalid argument to {name} stage: Expected a non-negative integer"));
    match name {
        "$match" => {
            let filter = filter::parse(object()?)?;
            let mut out = vec![];
            for doc in docs {
                if query::matches(&filter, &doc)? {
                    out.push(doc);
                }
            }
            Ok(out)
        }
        "$sort" => {
            let keys = sort_keys(object()?)?;
            let mut docs = docs;
            docs.sort_by(|a, b| sort::order(a, b, &keys));
            Ok(docs)
        }
        "$limit" => Ok(docs.into_iter().take(whole()? as usize).collect()),
        "$skip" => Ok(docs.into_iter().skip(whole()? as usize).collect()),
        "$count" => {
            let name = operand.as_str().filter(|s| !s.is_empty()).ok_or("the count field must be a non-empty string")?;
            Ok(if docs.is_empty() { vec![] } else { vec![Map(vec![(name.to_owned(), Bson::Num(docs.len() as f64))])] })
        }
        "$group" => group(object()?, docs),
        "$project" => docs.into_iter().map(|d| project(object()?, d)).collect(),
        "$addFields" | "$set" => docs.into_iter().map(|d| add_fields(object()?, d)).collect(),
        "$unset" => {
            let names: Vec<&str> = match operand {
                Bson::Array(items) => items.iter().filter_map(Bson::as_str).collect(),
                one => one.as_str().into_iter().collect(),
            };
            let drop_names = |mut doc: Map| {
                names.iter().for_each(|n| drop(remove(&mut doc, &n.split('.').collect::<Vec<_>>())));
                doc
            };
            Ok(docs.into_iter().map(drop_names).collect())
        }
        "$unwind" => unwind(operand, docs),
        "$lookup" => lookup(object()?, docs, foreign),
        "$replaceRoot" | "$replaceWith" => {
            let expr = if name == "$replaceRoot" { object()?.get("newRoot").ok_or("no newRoot specified for the $replaceRoot stage")? } else { operand };
            docs.into_iter()
                .map(|doc| match eval(expr, &Scope::of(&doc))? {
                    Some(Bson::Object(new)) => Ok(new),
                    other => Err(format!("'newRoot' expression must evaluate to an object, but resulting value was: {}", other.map_or("MISSING".to_owned(), |v| crate::doc::json::to_json(&v)))),
                })
                .collect()
        }
        "$sortByCount" => {
            let spec = [("_id", operand.clone()), ("count", Bson::Object([("$sum", Bson::Num(1.0))].into_iter().collect()))].into_iter().collect();
            let mut out = group(&spec, docs)?;
            out.sort_by(|a, b| sort::order(a, b, &[("count".to_owned(), false)]));
            Ok(out)
        }
        "$facet" => {
            let mut out = Map::default();
            for (name, pipeline) in object()?.iter() {
                let answer = run(pipeline.as_array().ok_or("arguments to $facet must be arrays")?, docs.clone(), foreign)?;
                out.set(name, Bson::Array(answer.into_iter().map(Bson::Object).collect()));
            }
            Ok(vec![out])
        }
        "$sample" => {
            let n = object()?.get("size").and_then(Bson::as_num).unwrap_or(0.0) as usize;
            let mut docs = docs;
            for i in (1..docs.len()).rev() {
                docs.swap(i, getrandom::u32().unwrap_or(0) as usize % (i + 1));
            }
            docs.truncate(n);
            Ok(docs)
        }
        "$unionWith" => {
            let member = |key: &str| operand.as_object().and_then(|m| m.get(key));
            let from = operand.as_str().or_else(|| member("coll").and_then(Bson::as_str)).ok_or("$unionWith needs a collection")?;
            let more = run(member("pipeline").and_then(Bson::as_array).unwrap_or_default(), foreign.collection(from), foreign)?;
            Ok(docs.into_iter().chain(more).collect())
        }
        "$bucket" => bucket(object()?, docs),
        name => Err(format!("Unrecognized pipeline stage name: '{name}'")),
    }
}

pub fn sort_keys(map: &Map) -> Result<sort::Keys, String> {
    map.iter()
        .map(|(path, direction)| match direction.as_num() {
            Some(1.0) => Ok((path.to_owned(), true)),
            Some(-1.0) => Ok((path.to_owned(), false)),
            _ => Err("$sort key ordering must be 1 (for ascending) or -1 (for descending)".to_owned()),
        })
        .collect()
}

fn group(spec: &Map, docs: Vec<Map>) -> Result<Vec<Map>, String> {
    let id = spec.get("_id").ok_or("a group specification must include an _id")?;
    let accumulators: Vec<(&str, &str, &Bson)> = spec
        .iter()
        .filter(|(name, _)| *name != "_id")
        .map(|(name, value)| match value.as_object().map(|m| m.0.as_slice()) {
            Some([(operator, operand)]) => Ok((name, operator.as_str(), operand)),
            _ => Err(format!("The field '{name}' must be an accumulator object")),
        })
        .collect::<Result<_, _>>()?;
    let mut groups: Vec<(Bson, Vec<Gathered>)> = vec![];
    let mut known: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for doc in &docs {
        let scope = Scope::of(doc);
        let key = eval(id, &scope)?.unwrap_or(Bson::Null);
        let n = match known.get(&crate::doc::json::to_json(&key)) {
            Some(n) => *n,
            None => {
                let all = accumulators.iter().map(|(_, operator, operand)| {
                    let limit = operand.as_object().and_then(|m| m.get("n")).and_then(Bson::as_num).map(|n| n as usize);
                    Gathered::new(operator, limit)
                });
                known.insert(crate::doc::json::to_json(&key), groups.len());
                groups.push((key, all.collect::<Result<_, _>>()?));
                groups.len() - 1
            }
        };
        for ((_, operator, operand), gathered) in accumulators.iter().zip(&mut groups[n].1) {
            let input = if operator.ends_with('N') { operand.as_object().and_then(|m| m.get("input")).unwrap_or(operand) } else { operand };
            gathered.add(eval(input, &scope)?);
        }
    }
    let finish = |(key, all): (Bson, Vec<Gathered>)| {
        let values = accumulators.iter().zip(all).map(|((name, ..), gathered)| ((*name).to_owned(), gathered.finish()));
        std::iter::once(("_id".to_owned(), key)).chain(values).collect()
    };
    Ok(groups.into_iter().map(finish).collect())
}

fn project(spec: &Map, doc: Map) -> Result<Map, String> {
    let is_flag = |v: &Bson| matches!(v, Bson::Num(_) | Bson::Bool(_) | Bson::Long(_));
    // `{a: {b: 1}}` is `{'a.b': 1}`.
    let mut flat = Map::default();
    flatten("", spec, &mut flat);
    let mut names = crate::query::project::Projection::default();
    for (path, value) in flat.iter().filter(|(_, v)| is_flag(v)) {
        names.add(path, value.is_true())?;
    }
    let computed: Vec<(&str, &Bson)> = flat.iter().filter(|(_, v)| !is_flag(v)).collect();
    if !computed.is_empty() && names.including.is_none() {
        names.including = Some(true);
    }
    let scope = Scope::of(&doc);
    let mut out = names.apply(doc)?;
    for (path, expr) in computed {
        if let Some(value) = eval(expr, &scope)? {
            *place(&mut out, &path.split('.').collect::<Vec<_>>())? = value;
        }
    }
    Ok(out)
}

fn flatten(prefix: &str, spec: &Map, out: &mut Map) {
    for (name, value) in spec.iter() {
        let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        match value {
            Bson::Object(inner) if !inner.is_empty() && !filter::is_operators(inner) => flatten(&path, inner, out),
            value => out.set(&path, value.clone()),
        }
    }
}

fn add_fields(spec: &Map, mut doc: Map) -> Result<Map, String> {
    let scope = Scope::of(&doc);
    let mut flat = Map::default();
    flatten("", spec, &mut flat);
    for (path, expr) in flat.iter() {
        let parts: Vec<&str> = path.split('.').collect();
        match eval(expr, &scope)? {
            Some(value) => *place(&mut doc, &parts)? = value,
            None => drop(remove(&mut doc, &parts)),
        }
    }
    Ok(doc)
}

fn unwind(operand: &Bson, docs: Vec<Map>) -> Result<Vec<Map>, String> {
    let member = |key: &str| operand.as_object().and_then(|m| m.get(key));
    let path = operand.as_str().or_else(|| member("path").and_then(Bson::as_str)).and_then(|p| p.strip_prefix('$')).ok_or("path option to $unwind stage should be prefixed with a '$'")?;
    let keep = member("preserveNullAndEmptyArrays").is_some_and(Bson::is_true);
    let index = member("includeArrayIndex").and_then(Bson::as_str);
    let parts: Vec<&str> = path.split('.').collect();
    let mut out = vec![];
    for doc in docs {
        let numbered = |mut doc: Map, i: Bson| {
            if let Some(index) = index {
                doc.set(index, i);
            }
            doc
        };
        match find(&doc, &parts).cloned() {
            Some(Bson::Array(items)) if !items.is_empty() => {
                for (i, item) in items.into_iter().enumerate() {
                    let mut one = doc.clone();
                    *place(&mut one, &parts)? = item;
                    out.push(numbered(one, Bson::Num(i as f64)));
                }
            }
            Some(Bson::Array(_)) if keep => {
                let mut doc = doc;
                remove(&mut doc, &parts);
                out.push(numbered(doc, Bson::Null));
            }
            None | Some(Bson::Null) if keep => out.push(numbered(doc, Bson::Null)),
            None | Some(Bson::Null | Bson::Array(_)) => {}
            Some(_) => out.push(numbered(doc, Bson::Null)),
        }
    }
    Ok(out)
}

fn lookup(spec: &Map, docs: Vec<Map>, foreign: &dyn Foreign) -> Result<Vec<Map>, String> {
    let needed = |key: &str| spec.get(key).and_then(Bson::as_str).ok_or_else(|| format!("$lookup argument '{key}' must be a string"));
    let (from, to) = (foreign.collection(needed("from")?), needed("as")?);
    let fields = match (spec.get("localField"), spec.get("foreignField")) {
        (None, None) => None,
        _ => Some((needed("localField")?.split('.').collect::<Vec<_>>(), needed("foreignField")?)),
    };
    let pipeline = spec.get("pipeline").and_then(Bson::as_array).unwrap_or_default();
    let mut out = vec![];
    for mut doc in docs {
        let mut joined = match &fields {
            None => from.clone(),
            Some((local, foreign)) => {
                let wanted = match value_at(&Bson::Object(doc.clone()), local) {
                    Some(Bson::Array(items)) => items,
                    one => vec![one.unwrap_or(Bson::Null)],
                };
                let filter = filter::Filter::Path((*foreign).into(), filter::Test::In(wanted, vec![]));
                let mut joined = vec![];
                for other in &from {
                    if query::matches(&filter, other)? {
                        joined.push(other.clone());
                    }
                }
                joined
            }
        };
        if !pipeline.is_empty() {
            let mut pipeline = pipeline.to_vec();
            if let Some(variables) = spec.get("let").and_then(Bson::as_object) {
                let scope = Scope::of(&doc);
                for (name, expr) in variables.iter() {
                    let value = eval(expr, &scope)?.unwrap_or(Bson::Null);
                    pipeline = pipeline.into_iter().map(|stage| substitute(stage, &format!("$${name}"), &value)).collect();
                }
            }
            joined = run(&pipeline, joined, foreign)?;
        }
        *place(&mut doc, &to.split('.').collect::<Vec<_>>())? = Bson::Array(joined.into_iter().map(Bson::Object).collect());
        out.push(doc);
    }
    Ok(out)
}

/// An expression with a variable's value in its place.
fn substitute(expr: Bson, name: &str, value: &Bson) -> Bson {
    match expr {
        Bson::Str(text) if text == name => Bson::Object(Map(vec![("$literal".to_owned(), value.clone())])),
        Bson::Array(items) => Bson::Array(items.into_iter().map(|i| substitute(i, name, value)).collect()),
        Bson::Object(map) => Bson::Object(map.0.into_iter().map(|(n, v)| (n, substitute(v, name, value))).collect()),
        other => other,
    }
}

fn bucket(spec: &Map, docs: Vec<Map>) -> Result<Vec<Map>, String> {
    let by = spec.get("groupBy").ok_or("$bucket requires 'groupBy'")?;
    let bounds = spec.get("boundaries").and_then(Bson::as_array).ok_or("$bucket requires 'boundaries'")?;
    let branches = bounds.windows(2).map(|w| {
        let compare = |op: &str, bound: &Bson| Bson::Object(Map(vec![(op.to_owned(), Bson::Array(vec![by.clone(), bound.clone()]))]));
        let within = Bson::Object(Map(vec![("$and".to_owned(), Bson::Array(vec![compare("$gte", &w[0]), compare("$lt", &w[1])]))]));
        Bson::Object([("case", within), ("then", w[0].clone())].into_iter().collect())
    });
    let mut switch = Map(vec![("branches".to_owned(), Bson::Array(branches.collect()))]);
    if let Some(default) = spec.get("default") {
        switch.set("default", default.clone());
    }
    let output = spec.get("output").and_then(Bson::as_object).cloned().unwrap_or_else(|| Map(vec![("count".to_owned(), Bson::Object([("$sum", Bson::Num(1.0))].into_iter().collect()))]));
    let mut group_spec = Map(vec![("_id".to_owned(), Bson::Object(Map(vec![("$switch".to_owned(), Bson::Object(switch))])))]);
    group_spec.0.extend(output.0);
    let mut out = group(&group_spec, docs)?;
    out.sort_by(|a, b| a.get("_id").unwrap_or(&Bson::Null).order(b.get("_id").unwrap_or(&Bson::Null)));
    out.dedup_by(|a, b| a.get("_id").map(|x| b.get("_id").map(|y| x.order(y))) == Some(Some(Ordering::Equal)));
    Ok(out)
}
