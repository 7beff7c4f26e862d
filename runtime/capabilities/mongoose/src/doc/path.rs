//! Ways into documents, as MongoDB takes them: `items.price` goes through each element of an array.

use super::bson::{Bson, Map};

/// Calls `see` with each value that a path reaches, `None` for what is missing, until it answers true. An array at the end counts once, as
/// itself.
pub fn reach<'d>(map: &'d Map, parts: &[&str], see: &mut dyn FnMut(Option<&'d Bson>) -> bool) -> bool {
    let Some((first, rest)) = parts.split_first() else { return false };
    match map.get(first) {
        None => see(None),
        Some(value) => below(value, rest, see),
    }
}

fn below<'d>(value: &'d Bson, parts: &[&str], see: &mut dyn FnMut(Option<&'d Bson>) -> bool) -> bool {
    let Some(first) = parts.first() else { return see(Some(value)) };
    match value {
        Bson::Object(map) => reach(map, parts, see),
        Bson::Array(items) => {
            if let Ok(i) = first.parse::<usize>()
                && let Some(item) = items.get(i)
                && below(item, &parts[1..], see)
            {
                return true;
            }
            items.iter().filter_map(Bson::as_object).any(|map| reach(map, parts, see))
        }
        _ => see(None),
    }
}

/// The value at a path as aggregation reads it: arrays on the way give arrays of what is there.
pub fn value_at(value: &Bson, parts: &[&str]) -> Option<Bson> {
    let Some((first, rest)) = parts.split_first() else { return Some(value.clone()) };
    match value {
        Bson::Object(map) => value_at(map.get(first)?, rest),
        Bson::Array(items) => Some(Bson::Array(items.iter().filter(|i| matches!(i, Bson::Object(_) | Bson::Array(_))).filter_map(|i| value_at(i, parts)).collect())),
        _ => None,
    }
}

/// The place of a path for writing, made where it is missing; numbers are indices of arrays. `Err`: a scalar stands in the way.
pub fn place<'d>(map: &'d mut Map, parts: &[&str]) -> Result<&'d mut Bson, String> {
    let Some((first, rest)) = parts.split_first() else { return Err("a path is empty".to_owned()) };
    if map.get(first).is_none() {
        map.0.push(((*first).to_owned(), Bson::Null));
        let (_, made) = map.0.last_mut().ok_or("an object lost its member")?;
        if !rest.is_empty() {
            *made = Bson::Object(Map::default());
        }
    }
    let value = map.get_mut(first).ok_or("an object lost its member")?;
    place_below(value, first, rest)
}

fn place_below<'d>(value: &'d mut Bson, name: &str, parts: &[&str]) -> Result<&'d mut Bson, String> {
    let Some((first, rest)) = parts.split_first() else { return Ok(value) };
    match value {
        Bson::Object(map) => place(map, parts),
        Bson::Array(items) => {
            let i: usize = first.parse().map_err(|_| format!("Cannot create field '{first}' in element {{{name}: [...]}}"))?;
            if i > items.len() + 1_500_000 {
                return Err(format!("can't backfill more than 1500000 elements of array `{name}`"));
            }
            if i >= items.len() {
                items.resize(i + 1, Bson::Null);
                if !rest.is_empty() {
                    items[i] = Bson::Object(Map::default());
                }
            }
            place_below(&mut items[i], first, rest)
        }
        other => Err(format!("Cannot create field '{first}' in element {{{name}: {}}}", super::json::to_json(other))),
    }
}

/// The existing place of a path.
pub fn existing<'d>(map: &'d mut Map, parts: &[&str]) -> Option<&'d mut Bson> {
    let (first, rest) = parts.split_first()?;
    let mut value = map.get_mut(first)?;
    for part in rest {
        value = match value {
            Bson::Object(map) => map.get_mut(part)?,
            Bson::Array(items) => items.get_mut(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// As [`existing`], for reading.
pub fn find<'d>(map: &'d Map, parts: &[&str]) -> Option<&'d Bson> {
    let (first, rest) = parts.split_first()?;
    let mut value = map.get(first)?;
    for part in rest {
        value = match value {
            Bson::Object(map) => map.get(part)?,
            Bson::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Removes what is at a path. An array's element becomes null, as `$unset` does.
pub fn remove(map: &mut Map, parts: &[&str]) -> Option<Bson> {
    let (last, before) = parts.split_last()?;
    if before.is_empty() {
        return map.remove(last);
    }
    match existing(map, before)? {
        Bson::Object(map) => map.remove(last),
        Bson::Array(items) => Some(std::mem::replace(items.get_mut(last.parse::<usize>().ok()?)?, Bson::Null)),
        _ => None,
    }
}
