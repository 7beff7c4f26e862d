//! Sorting as MongoDB does: of an array, the least element counts going up, and the greatest going down.

use crate::doc::path::reach;
use crate::doc::{Bson, Map};
use std::cmp::Ordering;

/// Paths with `true` for ascending.
pub type Keys = Vec<(String, bool)>;

/// Compares two documents.
pub fn order(a: &Map, b: &Map, keys: &[(String, bool)]) -> Ordering {
    for (path, ascending) in keys {
        let (x, y) = (key(a, path, *ascending), key(b, path, *ascending));
        let order = x.order(&y);
        if order != Ordering::Equal {
            return if *ascending { order } else { order.reverse() };
        }
    }
    Ordering::Equal
}

fn key(map: &Map, path: &str, least: bool) -> Bson {
    let parts: Vec<&str> = path.split('.').collect();
    let mut best: Option<Bson> = None;
    let mut take = |candidate: &Bson| {
        let better = best.as_ref().is_none_or(|known| candidate.order(known) == if least { Ordering::Less } else { Ordering::Greater });
        if better {
            best = Some(candidate.clone());
        }
    };
    reach(map, &parts, &mut |value| {
        match value {
            // An empty array stands before null.
            Some(Bson::Array(items)) => items.iter().for_each(&mut take),
            Some(value) => take(value),
            None => take(&Bson::Null),
        }
        false
    });
    best.unwrap_or(Bson::Null)
}
