//! Updates: MongoDB's update operators applied to a document. Paths and operands come cast already.

use crate::doc::path::{existing, find, place, remove};
use crate::doc::{Bson, Map};
use crate::query::{Filter, eval, filter, sort};
use std::rc::Rc;

/// An update, read.
#[derive(Clone, Debug, Default)]
pub struct Update {
    steps: Vec<Step>,
    /// Filters of `$[name]`, by name.
    array_filters: Vec<(String, Filter)>,
    /// Instead of operators: the whole new document.
    pub replacement: Option<Map>,
}

#[derive(Clone, Debug)]
struct Step {
    operator: Operator,
    path: Rc<str>,
    value: Bson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Set,
    SetOnInsert,
    Unset,
    Inc,
    Mul,
    Min,
    Max,
    Rename,
    Push,
    Pull,
    PullAll,
    AddToSet,
    Pop,
    CurrentDate,
    Bit,
}

const OPERATORS: [(&str, Operator); 15] = [
    ("$set", Operator::Set), ("$setOnInsert", Operator::SetOnInsert), ("$unset", Operator::Unset), ("$inc", Operator::Inc), ("$mul", Operator::Mul),
    ("$min", Operator::Min), ("$max", Operator::Max), ("$rename", Operator::Rename), ("$push", Operator::Push), ("$pull", Operator::Pull),
    ("$pullAll", Operator::PullAll), ("$addToSet", Operator::AddToSet), ("$pop", Operator::Pop), ("$currentDate", Operator::CurrentDate), ("$bit", Operator::Bit),
];

/// Why an update was refused, in MongoDB's words.
pub type Refused = String;

impl Update {
    /// Reads an update of operators.
    pub fn parse(map: &Map, array_filters: &[Bson]) -> Result<Update, Refused> {
        let mut steps: Vec<Step> = vec![];
        for (name, members) in map.iter() {
            let (_, operator) = OPERATORS.iter().find(|(n, _)| *n == name).ok_or_else(|| format!("Unknown modifier: {name}. Expected a valid update modifier or pipeline-style update specified as an array"))?;
            let members = members.as_object().ok_or_else(|| format!("Modifiers operate on fields but we found type {} instead.", members.type_name()))?;
            for (path, value) in members.iter() {
                if path.is_empty() || path.split('.').any(str::is_empty) {
                    return Err(format!("The update path '{path}' contains an empty field name, which is not allowed."));
                }
                if let Some(other) = steps.iter().find(|s| overlap(&s.path, path)) {
                    return Err(format!("Updating the path '{path}' would create a conflict at '{}'", other.path));
                }
                steps.push(Step { operator: *operator, path: path.into(), value: value.clone() });
            }
        }
        let mut filters = vec![];
        for item in array_filters {
            let map = item.as_object().ok_or("array filters must be objects")?;
            let name = map.0.first().and_then(|(n, _)| n.split('.').next()).unwrap_or_default().to_owned();
            filters.push((name, filter::parse(map)?));
        }
        Ok(Update { steps, array_filters: filters, replacement: None })
    }

    /// Puts the new document in the old one's place; it keeps its `_id`.
    pub fn replace(map: Map) -> Update {
        Update { replacement: Some(map), ..Update::default() }
    }

    /// Applies the update. `matched` is the filter that found the document, for the positional `$`; `now` is for `$currentDate`.
    pub fn apply(&self, doc: &mut Map, matched: &Filter, inserting: bool, now: f64) -> Result<(), Refused> {
        if let Some(new) = &self.replacement {
            let id = doc.get("_id").cloned();
            let mut new = new.clone();
            if let Some(id) = id {
                match new.get("_id") {
                    Some(other) if !inserting && !other.equals(&id) => return Err("Performing an update on the path '_id' would modify the immutable field '_id'".to_owned()),
                    Some(_) => {}
                    None => new.0.insert(0, ("_id".to_owned(), id)),
                }
            }
            *doc = new;
            return Ok(());
        }
        let old_id = doc.get("_id").cloned();
        for step in &self.steps {
            if step.operator == Operator::SetOnInsert && !inserting {
                continue;
            }
            for path in self.places(doc, &step.path, matched)? {
                let parts: Vec<&str> = path.split('.').collect();
                step.apply(doc, &parts, now)?;
            }
        }
        match (old_id, doc.get("_id")) {
            (Some(old), Some(new)) if !old.equals(new) => Err("Performing an update on the path '_id' would modify the immutable field '_id'".to_owned()),
            (Some(_), None) => Err("Performing an update on the path '_id' would modify the immutable field '_id'".to_owned()),
            _ => Ok(()),
        }
    }

    /// The paths that `$`, `$[]` and `$[name]` stand for in a document.
    fn places(&self, doc: &Map, path: &str, matched: &Filter) -> Result<Vec<String>, Refused> {
        if !path.contains('$') {
            return Ok(vec![path.to_owned()]);
        }
        let mut found: Vec<String> = vec![String::new()];
        for part in path.split('.') {
            let mut next = vec![];
            for before in found {
                let join = |part: &str| if before.is_empty() { part.to_owned() } else { format!("{before}.{part}") };
                if !part.starts_with('$') {
                    next.push(join(part));
                    continue;
                }
                let parts: Vec<&str> = before.split('.').collect();
                let Some(items) = find(doc, &parts).and_then(Bson::as_array) else {
                    return Err(format!("The path '{before}' must exist in the document in order to apply array updates."));
                };
                if part == "$" {
                    let i = position(matched, &before, items)?.ok_or("The positional operator did not find the match needed from the query.")?;
                    next.push(join(&i.to_string()));
                    continue;
                }
                let name = part.strip_prefix("$[").and_then(|p| p.strip_suffix(']')).ok_or_else(|| format!("the path part '{part}' is no positional operator"))?;
                for (i, item) in items.iter().enumerate() {
                    if name.is_empty() || self.selects(name, item)? {
                        next.push(join(&i.to_string()));
                    }
                }
            }
            found = next;
        }
        Ok(found)
    }

    fn selects(&self, name: &str, item: &Bson) -> Result<bool, Refused> {
        let mut seen = false;
        for (_, filter) in self.array_filters.iter().filter(|(n, _)| n == name) {
            seen = true;
            if !eval::matches(filter, &Map(vec![(name.to_owned(), item.clone())]))? {
                return Ok(false);
            }
        }
        if seen { Ok(true) } else { Err(format!("No array filter found for identifier '{name}' in path")) }
    }
}

/// Whether one path is the other, or above it.
fn overlap(a: &str, b: &str) -> bool {
    a == b || a.strip_prefix(b).is_some_and(|r| r.starts_with('.')) || b.strip_prefix(a).is_some_and(|r| r.starts_with('.'))
}

/// The first element because of which a filter matched.
fn position(filter: &Filter, array: &str, items: &[Bson]) -> Result<Option<usize>, Refused> {
    match filter {
        Filter::And(all) | Filter::Or(all) => {
            for part in all {
                if let Some(i) = position(part, array, items)? {
                    return Ok(Some(i));
                }
            }
            Ok(None)
        }
        Filter::Path(path, test) => {
            let rest = match path.strip_prefix(array) {
                Some("") => None,
                Some(rest) if rest.starts_with('.') => Some(&rest[1..]),
                _ => return Ok(None),
            };
            for (i, item) in items.iter().enumerate() {
                // The array with this element alone.
                let alone = Bson::Array(vec![item.clone()]);
                let hit = match rest {
                    None => eval::passes(test, Some(&alone))?,
                    Some(rest) => eval::matches(&Filter::Path(rest.into(), test.clone()), item.as_object().unwrap_or(&Map::default()))?,
                };
                if hit {
                    return Ok(Some(i));
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

impl Step {
    fn apply(&self, doc: &mut Map, parts: &[&str], now: f64) -> Result<(), Refused> {
        let path = parts.join(".");
        match self.operator {
            Operator::Set | Operator::SetOnInsert => *place(doc, parts)? = self.value.clone(),
            Operator::Unset => drop(remove(doc, parts)),
            Operator::CurrentDate => *place(doc, parts)? = Bson::Date(now),
            Operator::Inc | Operator::Mul => {
                let by = self.value.as_num().ok_or_else(|| format!("Cannot increment with non-numeric argument: {{{path}: {}}}", crate::doc::json::to_json(&self.value)))?;
                let old = match existing(doc, parts) {
                    None => 0.0,
                    Some(old) => old.as_num().ok_or_else(|| not_number(doc, &path, parts, self.operator))?,
                };
                *place(doc, parts)? = Bson::Num(if self.operator == Operator::Inc { old + by } else { old * by });
            }
            Operator::Bit => {
                let (name, by) = self.value.as_object().and_then(|m| m.0.first()).ok_or("The $bit modifier is not compatible with this value")?;
                let by = by.as_num().ok_or("The $bit modifier field must be an Integer(32/64 bit)")? as i64;
                let old = existing(doc, parts).and_then(|v| v.as_num()).unwrap_or(0.0) as i64;
                let new = match name.as_str() {
                    "and" => old & by,
                    "or" => old | by,
                    "xor" => old ^ by,
                    _ => return Err("The $bit modifier only supports 'and', 'or', and 'xor'".to_owned()),
                };
                *place(doc, parts)? = Bson::Num(new as f64);
            }
            Operator::Min | Operator::Max => {
                let wanted = if self.operator == Operator::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
                if existing(doc, parts).is_none_or(|old| self.value.order(old) == wanted) {
                    *place(doc, parts)? = self.value.clone();
                }
            }
            Operator::Rename => {
                let to = self.value.as_str().ok_or_else(|| format!("The 'to' field for $rename must be a string: {path}"))?;
                if let Some(value) = remove(doc, parts) {
                    let to: Vec<&str> = to.split('.').collect();
                    *place(doc, &to)? = value;
                }
            }
            Operator::Push => {
                let items = array_at(doc, parts, &path, "$push")?;
                push(items, &self.value)?;
            }
            Operator::AddToSet => {
                let items = array_at(doc, parts, &path, "$addToSet")?;
                let new = match self.value.as_object().and_then(|m| m.get("$each")) {
                    Some(Bson::Array(each)) => each.clone(),
                    Some(_) => return Err("The argument to $each in $addToSet must be an array".to_owned()),
                    None => vec![self.value.clone()],
                };
                for value in new {
                    if !items.iter().any(|old| old.equals(&value)) {
                        items.push(value);
                    }
                }
            }
            Operator::Pop => {
                if let Some(value) = existing(doc, parts) {
                    let Bson::Array(items) = value else { return Err(format!("Path '{path}' contains an element of non-array type '{}'", value.type_name())) };
                    if !items.is_empty() {
                        drop(if self.value.as_num() == Some(-1.0) { items.remove(0) } else { items.remove(items.len() - 1) });
                    }
                }
            }
            Operator::PullAll => {
                let out = self.value.as_array().ok_or("$pullAll requires an array argument")?;
                if let Some(Bson::Array(items)) = existing(doc, parts) {
                    items.retain(|item| !out.iter().any(|o| o.equals(item)));
                }
            }
            Operator::Pull => {
                if let Some(value) = existing(doc, parts) {
                    let Bson::Array(items) = value else { return Err("Cannot apply $pull to a non-array value".to_owned()) };
                    let mut kept = vec![];
                    for item in std::mem::take(items) {
                        if !pulls(&self.value, &item)? {
                            kept.push(item);
                        }
                    }
                    *items = kept;
                }
            }
        }
        Ok(())
    }
}

fn not_number(doc: &Map, path: &str, parts: &[&str], operator: Operator) -> String {
    let id = doc.get("_id").map(crate::doc::json::to_json).unwrap_or_default();
    let kind = find(doc, parts).map_or("null", Bson::type_name);
    let verb = if operator == Operator::Inc { "$inc" } else { "$mul" };
    format!("Cannot apply {verb} to a value of non-numeric type. {{_id: {id}}} has the field '{path}' of non-numeric type {kind}")
}

/// The array at a path, made where it is missing.
fn array_at<'d>(doc: &'d mut Map, parts: &[&str], path: &str, operator: &str) -> Result<&'d mut Vec<Bson>, Refused> {
    if existing(doc, parts).is_none() {
        *place(doc, parts)? = Bson::Array(vec![]);
    }
    match existing(doc, parts) {
        Some(Bson::Array(items)) => Ok(items),
        other => Err(format!("The field '{path}' must be an array but is of type {} in document ({operator})", other.map_or("null", |v| v.type_name()))),
    }
}

fn push(items: &mut Vec<Bson>, value: &Bson) -> Result<(), Refused> {
    let Some(map) = value.as_object().filter(|m| m.get("$each").is_some()) else {
        items.push(value.clone());
        return Ok(());
    };
    let each = map.get("$each").and_then(Bson::as_array).ok_or("The argument to $each in $push must be an array")?;
    let at = match map.get("$position").and_then(Bson::as_num) {
        None => items.len(),
        Some(n) if n < 0.0 => (items.len() as f64 + n).max(0.0) as usize,
        Some(n) => (n as usize).min(items.len()),
    };
    items.splice(at..at, each.iter().cloned());
    match map.get("$sort") {
        Some(Bson::Object(keys)) => {
            let keys: sort::Keys = keys.iter().map(|(n, d)| (n.to_owned(), d.as_num() != Some(-1.0))).collect();
            let empty = Map::default();
            items.sort_by(|a, b| sort::order(a.as_object().unwrap_or(&empty), b.as_object().unwrap_or(&empty), &keys));
        }
        Some(direction) => {
            items.sort_by(Bson::order);
            if direction.as_num() == Some(-1.0) {
                items.reverse();
            }
        }
        None => {}
    }
    match map.get("$slice").and_then(Bson::as_num) {
        Some(n) if n >= 0.0 => items.truncate(n as usize),
        Some(n) => drop(items.drain(..items.len().saturating_sub(-n as usize))),
        None => {}
    }
    Ok(())
}

/// Whether `$pull` takes an element out: a filter of members, operators on the element, or the element itself.
fn pulls(condition: &Bson, item: &Bson) -> Result<bool, Refused> {
    match condition {
        Bson::Object(map) if !filter::is_operators(map) => match item {
            Bson::Object(doc) => eval::matches(&filter::parse(map)?, doc),
            _ => Ok(false),
        },
        Bson::Object(_) | Bson::Regex(..) => {
            let alone = Map(vec![("v".to_owned(), item.clone())]);
            eval::matches(&filter::parse(&Map(vec![("v".to_owned(), condition.clone())]))?, &alone)
        }
        value => Ok(item.equals(value)),
    }
}
