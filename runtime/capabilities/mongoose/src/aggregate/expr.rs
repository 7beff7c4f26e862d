//! Aggregation expressions.

use super::functions;
use crate::doc::path::value_at;
use crate::doc::{Bson, Map};
use std::rc::Rc;

/// What names mean in an expression.
#[derive(Clone)]
pub struct Scope {
    root: Rc<Bson>,
    variables: Vec<(String, Option<Bson>)>,
}

impl Scope {
    pub fn of(doc: &Map) -> Scope {
        Scope { root: Rc::new(Bson::Object(doc.clone())), variables: vec![] }
    }

    pub fn with(&self, name: &str, value: Option<Bson>) -> Scope {
        let mut inner = self.clone();
        inner.variables.insert(0, (name.to_owned(), value));
        inner
    }

    fn variable(&self, path: &str) -> Result<Option<Bson>, String> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(n, r)| (n, Some(r)));
        let value = match self.variables.iter().find(|(n, _)| n == name) {
            Some((_, value)) => value.clone(),
            None => match name {
                "ROOT" | "CURRENT" => Some((*self.root).clone()),
                "NOW" => Some(Bson::Date(puremix_js::date::now())),
                "REMOVE" => None,
                _ => return Err(format!("Use of undefined variable: {name}")),
            },
        };
        Ok(match (value, rest) {
            (Some(value), Some(rest)) => value_at(&value, &rest.split('.').collect::<Vec<_>>()),
            (value, _) => value,
        })
    }
}

/// The value of an expression; `None`: missing.
pub fn eval(expr: &Bson, scope: &Scope) -> Result<Option<Bson>, String> {
    match expr {
        Bson::Str(text) => match text.strip_prefix('$') {
            Some(name) => match name.strip_prefix('$') {
                Some(variable) => scope.variable(variable),
                None => Ok(value_at(&scope.root, &name.split('.').collect::<Vec<_>>())),
            },
            None => Ok(Some(expr.clone())),
        },
        Bson::Array(items) => {
            let values: Result<Vec<Bson>, String> = items.iter().map(|i| Ok(eval(i, scope)?.unwrap_or(Bson::Null))).collect();
            Ok(Some(Bson::Array(values?)))
        }
        Bson::Object(map) => match map.0.as_slice() {
            [(name, operand)] if name.starts_with('$') => operator(name, operand, scope),
            members if members.iter().any(|(n, _)| n.starts_with('$')) => Err("an object representing an expression must have exactly one field".to_owned()),
            members => {
                let mut out = Map::default();
                for (name, value) in members {
                    if let Some(value) = eval(value, scope)? {
                        out.set(name, value);
                    }
                }
                Ok(Some(Bson::Object(out)))
            }
        },
        scalar => Ok(Some(scalar.clone())),
    }
}

/// Operators that decide themselves which operands they evaluate; the others are functions of values.
fn operator(name: &str, operand: &Bson, scope: &Scope) -> Result<Option<Bson>, String> {
    let member = |key: &str| operand.as_object().and_then(|m| m.get(key));
    let needed = |key: &str| member(key).ok_or_else(|| format!("Missing '{key}' parameter to {name}"));
    match name {
        "$literal" => Ok(Some(operand.clone())),
        "$cond" => {
            let (test, yes, no) = match operand {
                Bson::Array(parts) if parts.len() == 3 => (&parts[0], &parts[1], &parts[2]),
                Bson::Object(_) => (needed("if")?, needed("then")?, needed("else")?),
                _ => return Err("Expression $cond takes exactly 3 arguments.".to_owned()),
            };
            let truth = eval(test, scope)?.is_some_and(|v| v.is_true());
            eval(if truth { yes } else { no }, scope)
        }
        "$ifNull" => {
            let parts = operand.as_array().filter(|p| p.len() >= 2).ok_or("$ifNull needs at least two arguments")?;
            let mut last = None;
            for part in parts {
                last = eval(part, scope)?;
                if last.as_ref().is_some_and(|v| !v.is_null()) {
                    break;
                }
            }
            Ok(last)
        }
        "$switch" => {
            for branch in needed("branches")?.as_array().unwrap_or_default() {
                let part = |key: &str| branch.as_object().and_then(|m| m.get(key)).ok_or_else(|| format!("$switch requires each branch have a '{key}' expression"));
                if eval(part("case")?, scope)?.is_some_and(|v| v.is_true()) {
                    return eval(part("then")?, scope);
                }
            }
            match member("default") {
                Some(expr) => eval(expr, scope),
                None => Err("$switch could not find a matching branch for an input, and no default was specified.".to_owned()),
            }
        }
        "$and" | "$or" => {
            let parts = operand.as_array().map_or_else(|| vec![operand.clone()], <[Bson]>::to_vec);
            let wanted = name == "$or";
            for part in &parts {
                if eval(part, scope)?.is_some_and(|v| v.is_true()) == wanted {
                    return Ok(Some(Bson::Bool(wanted)));
                }
            }
            Ok(Some(Bson::Bool(!wanted)))
        }
        "$let" => {
            let mut inner = scope.clone();
            for (name, value) in needed("vars")?.as_object().map(|m| m.0.as_slice()).unwrap_or_default() {
                inner = inner.with(name, eval(value, scope)?);
            }
            eval(needed("in")?, &inner)
        }
        "$map" | "$filter" => {
            let Some(Bson::Array(items)) = eval(needed("input")?, scope)? else { return Ok(Some(Bson::Null)) };
            let variable = member("as").and_then(Bson::as_str).unwrap_or("this");
            let body = if name == "$map" { needed("in")? } else { needed("cond")? };
            let limit = match member("limit") {
                Some(limit) => eval(limit, scope)?.and_then(|v| v.as_num()).map_or(usize::MAX, |n| n as usize),
                None => usize::MAX,
            };
            let mut out = vec![];
            for item in items {
                let value = eval(body, &scope.with(variable, Some(item.clone())))?;
                if name == "$map" {
                    out.push(value.unwrap_or(Bson::Null));
                } else if value.is_some_and(|v| v.is_true()) && out.len() < limit {
                    out.push(item);
                }
            }
            Ok(Some(Bson::Array(out)))
        }
        "$reduce" => {
            let Some(Bson::Array(items)) = eval(needed("input")?, scope)? else { return Ok(Some(Bson::Null)) };
            let mut value = eval(needed("initialValue")?, scope)?;
            for item in items {
                value = eval(needed("in")?, &scope.with("value", value).with("this", Some(item)))?;
            }
            Ok(value)
        }
        "$dateToString" | "$dateTrunc" | "$dateAdd" | "$dateSubtract" | "$dateDiff" | "$dateFromString" | "$regexMatch" | "$replaceAll" | "$replaceOne" | "$trim" | "$ltrim" | "$rtrim"
        | "$sortArray" | "$getField" => {
            let Bson::Object(_) = operand else {
                return Err(format!("{name} needs an object"));
            };
            let Some(Bson::Object(named)) = eval(operand, scope)? else { return Ok(Some(Bson::Null)) };
            functions::of_named(name, &named)
        }
        _ => {
            let args: Vec<Option<Bson>> = match operand {
                Bson::Array(parts) => parts.iter().map(|p| eval(p, scope)).collect::<Result<_, _>>()?,
                one => vec![eval(one, scope)?],
            };
            functions::of_values(name, &args)
        }
    }
}
