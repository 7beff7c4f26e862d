//! Whether a document matches: the meaning of filters. SQL says the same where it can ([`super::sql`]); this says the rest.

use super::filter::{Comparison, Elem, Filter, Test};
use crate::doc::path::reach;
use crate::doc::{Bson, Map};
use std::cmp::Ordering;

/// Whether a document matches. The error is an expression's.
pub fn matches(filter: &Filter, doc: &Map) -> Result<bool, String> {
    Ok(match filter {
        Filter::And(all) => {
            for part in all {
                if !matches(part, doc)? {
                    return Ok(false);
                }
            }
            true
        }
        Filter::Or(any) => {
            for part in any {
                if matches(part, doc)? {
                    return Ok(true);
                }
            }
            false
        }
        Filter::Not(inner) => !matches(inner, doc)?,
        Filter::Path(path, test) => {
            let parts: Vec<&str> = path.split('.').collect();
            let mut failed = None;
            let found = reach(doc, &parts, &mut |value| {
                passes(test, value).unwrap_or_else(|e| {
                    failed = Some(e);
                    true
                })
            });
            match failed {
                Some(e) => return Err(e),
                None => found,
            }
        }
        Filter::Expr(expr) => crate::aggregate::expr::eval(expr, &crate::aggregate::expr::Scope::of(doc))?.is_some_and(|v| v.is_true()),
    })
}

/// Whether a value at the end of a path passes: itself, or as an array one of its elements.
pub fn passes(test: &Test, value: Option<&Bson>) -> Result<bool, String> {
    match test {
        Test::Exists => return Ok(value.is_some()),
        Test::Size(n) => return Ok(value.and_then(Bson::as_array).is_some_and(|items| items.len() as f64 == *n)),
        Test::ElemMatch(filter) => {
            for item in value.and_then(Bson::as_array).unwrap_or_default() {
                let hit = match item {
                    Bson::Object(map) => matches(filter, map)?,
                    // An array among the elements is an object whose names are indices.
                    Bson::Array(items) => matches(filter, &items.iter().enumerate().map(|(i, v)| (i.to_string(), v.clone())).collect())?,
                    _ => false,
                };
                if hit {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Test::ElemTests(group) => {
            if let [Elem { negated: false, test: Test::ElemTests(inner) }] = group.as_slice() {
                // A group of tests of the value, as `$not` of several makes it.
                return all_of(inner, value);
            }
            for item in value.and_then(Bson::as_array).unwrap_or_default() {
                if all_of(group, Some(item))? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        _ => {}
    }
    if let Some(Bson::Array(items)) = value
        && items.iter().any(|item| is(test, Some(item)))
    {
        return Ok(true);
    }
    Ok(is(test, value))
}

fn all_of(group: &[Elem], value: Option<&Bson>) -> Result<bool, String> {
    for elem in group {
        if passes(&elem.test, value)? == elem.negated {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether exactly this value passes.
fn is(test: &Test, value: Option<&Bson>) -> bool {
    match test {
        Test::Eq(wanted) => equals(value, wanted),
        Test::In(values, patterns) => {
            values.iter().any(|wanted| equals(value, wanted)) || patterns.iter().any(|p| value.and_then(Bson::as_str).is_some_and(|s| p.is_match(s)))
        }
        Test::Compare(how, operand) => {
            let value = value.unwrap_or(&Bson::Null);
            if value.rank() != operand.rank() {
                return false;
            }
            let nan = |v: &Bson| v.as_num().is_some_and(f64::is_nan);
            if nan(value) != nan(operand) {
                return false;
            }
            let order = value.order(operand);
            match how {
                Comparison::Gt => order == Ordering::Greater,
                Comparison::Gte => order != Ordering::Less,
                Comparison::Lt => order == Ordering::Less,
                Comparison::Lte => order != Ordering::Greater,
            }
        }
        Test::Matches(pattern) => match value {
            Some(Bson::Str(s)) => pattern.is_match(s),
            Some(Bson::Regex(source, _)) => **source == *pattern.source,
            _ => false,
        },
        Test::Type(names) => value.is_some_and(|v| names.iter().any(|n| n == v.type_name() || (n == "number" && v.rank() == 2) || (n == "double" && matches!(v, Bson::Num(_))))),
        Test::Mod(divisor, rest) => value.and_then(Bson::as_num).is_some_and(|n| n.is_finite() && n.trunc() % divisor == *rest),
        Test::Exists | Test::Size(_) | Test::ElemMatch(_) | Test::ElemTests(_) => false,
    }
}

fn equals(value: Option<&Bson>, wanted: &Bson) -> bool {
    match value {
        None => wanted.is_null(),
        Some(value) => value.equals(wanted),
    }
}
