//! Filters: MongoDB's query language as data.

use super::pattern::Pattern;
use crate::doc::{Bson, Map};
use std::rc::Rc;

/// A condition on a document.
#[derive(Clone, Debug)]
pub enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// Some value that the path reaches passes the test.
    Path(Rc<str>, Test),
    /// An aggregation expression that is true.
    Expr(Bson),
}

/// A condition on a value; of an array, on it or on any of its elements.
#[derive(Clone, Debug)]
pub enum Test {
    Eq(Bson),
    /// `$gt` and its kin, within the class of the operand.
    Compare(Comparison, Bson),
    In(Vec<Bson>, Vec<Pattern>),
    Exists,
    /// Names as [`Bson::type_name`] gives them, or `number`.
    Type(Vec<String>),
    Size(f64),
    /// Elements that match a filter, each as a document.
    ElemMatch(Box<Filter>),
    /// Elements that pass all tests, each itself.
    ElemTests(Vec<Elem>),
    Matches(Pattern),
    Mod(f64, f64),
}

/// A test of an element, perhaps negated.
#[derive(Clone, Debug)]
pub struct Elem {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Gt,
    Gte,
    Lt,
    Lte,
}

/// What is wrong with a filter, in MongoDB's words.
pub type Refused = String;

/// Reads a filter.
pub fn parse(map: &Map) -> Result<Filter, Refused> {
    let mut all = vec![];
    for (name, value) in map.iter() {
        match name {
            "$and" => all.push(Filter::And(list(name, value)?)),
            "$or" => all.push(Filter::Or(list(name, value)?)),
            "$nor" => all.push(Filter::Not(Box::new(Filter::Or(list(name, value)?)))),
            "$expr" => all.push(Filter::Expr(value.clone())),
            "$comment" => {}
            "$where" | "$function" | "$accumulator" => return Err(format!("{name} runs code that comes as data; it is not supported: use $expr or filter in JavaScript")),
            "$text" => return Err("$text needs a text index, which SQL databases do not have here: use $regex".to_owned()),
            "$jsonSchema" => return Err("$jsonSchema is not supported".to_owned()),
            name if name.starts_with('$') => return Err(format!("unknown top level operator: {name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.")),
            name => path_tests(name, value, &mut all)?,
        }
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
}

fn list(name: &str, value: &Bson) -> Result<Vec<Filter>, Refused> {
    let items = value.as_array().ok_or_else(|| format!("{name} must be an array"))?;
    if items.is_empty() {
        return Err(format!("{name} must be a nonempty array"));
    }
    items.iter().map(|item| item.as_object().ok_or_else(|| format!("{name} argument's entries must be objects")).and_then(parse)).collect()
}

/// Whether an object consists of operators.
pub fn is_operators(map: &Map) -> bool {
    map.0.first().is_some_and(|(name, _)| name.starts_with('$'))
}

fn path_tests(path: &str, value: &Bson, out: &mut Vec<Filter>) -> Result<(), Refused> {
    let path: Rc<str> = path.into();
    for Elem { negated, test } in tests(value)? {
        let filter = match test {
            // `$all` with several values is several conditions.
            Test::ElemTests(group) if group.is_empty() => Filter::Or(vec![]),
            test => Filter::Path(path.clone(), test),
        };
        out.push(if negated { Filter::Not(Box::new(filter)) } else { filter });
    }
    Ok(())
}

/// The tests that a path's value in a filter stands for.
fn tests(value: &Bson) -> Result<Vec<Elem>, Refused> {
    let yes = |test| Elem { negated: false, test };
    match value {
        Bson::Object(map) if is_operators(map) => operators(map),
        Bson::Regex(source, flags) => Ok(vec![yes(Test::Matches(Pattern::new(source, flags)?))]),
        value => Ok(vec![yes(Test::Eq(value.clone()))]),
    }
}

fn operators(map: &Map) -> Result<Vec<Elem>, Refused> {
    let mut out = vec![];
    for (name, value) in map.iter() {
        let (negated, test) = match name {
            "$eq" => (false, Test::Eq(value.clone())),
            "$ne" => (true, one(value)?),
            "$gt" => (false, Test::Compare(Comparison::Gt, value.clone())),
            "$gte" => (false, Test::Compare(Comparison::Gte, value.clone())),
            "$lt" => (false, Test::Compare(Comparison::Lt, value.clone())),
            "$lte" => (false, Test::Compare(Comparison::Lte, value.clone())),
            "$in" => (false, membership(name, value)?),
            "$nin" => (true, membership(name, value)?),
            "$exists" => (!value.is_true(), Test::Exists),
            "$type" => (false, Test::Type(types(value)?)),
            "$size" => (false, Test::Size(whole(name, value)?)),
            "$mod" => {
                let parts = value.as_array().filter(|p| p.len() == 2).ok_or("malformed mod, not enough elements")?;
                let (divisor, rest) = (parts[0].as_num().ok_or("malformed mod, divisor not a number")?, parts[1].as_num().ok_or("malformed mod, remainder not a number")?);
                if divisor.trunc() == 0.0 {
                    return Err("divisor cannot be 0".to_owned());
                }
                (false, Test::Mod(divisor.trunc(), rest.trunc()))
            }
            "$regex" => {
                let flags = map.get("$options").and_then(Bson::as_str).unwrap_or_default();
                let pattern = match value {
                    Bson::Regex(source, own) => Pattern::new(source, if flags.is_empty() { own } else { flags })?,
                    Bson::Str(source) => Pattern::new(source, flags)?,
                    _ => return Err("$regex has to be a string".to_owned()),
                };
                (false, Test::Matches(pattern))
            }
            "$options" if map.get("$regex").is_some() => continue,
            "$not" => {
                let inner = match value {
                    Bson::Object(inner) if is_operators(inner) => operators(inner)?,
                    Bson::Regex(..) => tests(value)?,
                    _ => return Err("$not needs a regex or a document".to_owned()),
                };
                match <[Elem; 1]>::try_from(inner) {
                    Ok([one]) => (!one.negated, one.test),
                    // Not all of them: no single test says it, so the group is one.
                    Err(group) => (true, Test::ElemTests(vec![Elem { negated: false, test: Test::ElemTests(group) }])),
                }
            }
            "$all" => {
                let items = value.as_array().ok_or("$all needs an array")?;
                if items.is_empty() {
                    out.push(Elem { negated: false, test: Test::ElemTests(vec![]) });
                }
                for item in items {
                    match item.as_object().and_then(|m| m.get("$elemMatch")) {
                        Some(inner) => out.push(Elem { negated: false, test: elem_match(inner)? }),
                        None => out.push(Elem { negated: false, test: one(item)? }),
                    }
                }
                continue;
            }
            "$elemMatch" => (false, elem_match(value)?),
            "$comment" => continue,
            name => return Err(format!("unknown operator: {name}")),
        };
        out.push(Elem { negated, test });
    }
    Ok(out)
}

/// Equality with a value, or a match of a regular expression.
fn one(value: &Bson) -> Result<Test, Refused> {
    Ok(match value {
        Bson::Regex(source, flags) => Test::Matches(Pattern::new(source, flags)?),
        value => Test::Eq(value.clone()),
    })
}

fn membership(name: &str, value: &Bson) -> Result<Test, Refused> {
    let items = value.as_array().ok_or_else(|| format!("{name} needs an array"))?;
    let (mut values, mut patterns) = (vec![], vec![]);
    for item in items {
        match item {
            Bson::Regex(source, flags) => patterns.push(Pattern::new(source, flags)?),
            Bson::Object(map) if is_operators(map) => return Err(format!("cannot nest $ under {name}")),
            value => values.push(value.clone()),
        }
    }
    Ok(Test::In(values, patterns))
}

fn elem_match(value: &Bson) -> Result<Test, Refused> {
    let map = value.as_object().ok_or("$elemMatch needs an Object")?;
    let logical = |name: &str| matches!(name, "$and" | "$or" | "$nor" | "$expr");
    match map.0.first() {
        Some((name, _)) if name.starts_with('$') && !logical(name) => Ok(Test::ElemTests(operators(map)?)),
        _ => Ok(Test::ElemMatch(Box::new(parse(map)?))),
    }
}

fn whole(name: &str, value: &Bson) -> Result<f64, Refused> {
    let n = value.as_num().filter(|n| n.fract() == 0.0).ok_or_else(|| format!("Failed to parse {name}. Expected an integer in: {name}: {}", crate::doc::json::to_json(value)))?;
    if n < 0.0 {
        return Err(format!("Failed to parse {name}. Expected a non-negative number in: {name}: {n}"));
    }
    Ok(n)
}

/// Type names; the numbers are BSON's.
fn types(value: &Bson) -> Result<Vec<String>, Refused> {
    const CODES: [(f64, &str); 12] = [
        (1.0, "double"), (2.0, "string"), (3.0, "object"), (4.0, "array"), (5.0, "binData"), (7.0, "objectId"), (8.0, "bool"), (9.0, "date"), (10.0, "null"),
        (11.0, "regex"), (16.0, "int"), (18.0, "long"),
    ];
    let name = |v: &Bson| match v {
        Bson::Str(name) if name == "number" || name == "decimal" || CODES.iter().any(|(_, n)| n == name) => Ok(name.clone()),
        Bson::Num(n) => CODES.iter().find(|(code, _)| code == n).map(|(_, name)| (*name).to_owned()).ok_or_else(|| format!("Invalid numerical type code: {n}")),
        other => Err(format!("Unknown type name alias: {}", other.as_str().unwrap_or_default())),
    };
    match value {
        Bson::Array(items) => items.iter().map(name).collect(),
        one => Ok(vec![name(one)?]),
    }
}
