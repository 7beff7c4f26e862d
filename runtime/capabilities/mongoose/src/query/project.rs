//! Projections: which members of documents an answer has.

use crate::doc::{Bson, Map};

/// A projection by names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    /// `true`: only these; `false`: all but these. `None`: neither was said.
    pub including: Option<bool>,
    pub paths: Vec<String>,
    /// `_id: 0`, or `_id: 1`.
    pub id: Option<bool>,
    /// `$slice`: path, skip, limit.
    pub slices: Vec<(String, i64, Option<i64>)>,
    /// `$elemMatch`.
    pub first: Vec<(String, Bson)>,
}

impl Projection {
    /// Reads `{name: 1, password: 0}`.
    pub fn parse(map: &Map) -> Result<Projection, String> {
        let mut out = Projection::default();
        for (path, value) in map.iter() {
            match value {
                Bson::Object(op) => match op.0.first() {
                    Some((name, value)) if name == "$slice" => {
                        let parts: Vec<i64> = match value {
                            Bson::Array(parts) => parts.iter().filter_map(Bson::as_num).map(|n| n as i64).collect(),
                            one => one.as_num().map(|n| n as i64).into_iter().collect(),
                        };
                        out.slices.push(match parts[..] {
                            [n] if n < 0 => (path.to_owned(), n, None),
                            [n] => (path.to_owned(), 0, Some(n)),
                            [skip, n] => (path.to_owned(), skip, Some(n)),
                            _ => return Err("$slice takes one or two numbers".to_owned()),
                        });
                    }
                    Some((name, value)) if name == "$elemMatch" => {
                        out.first.push((path.to_owned(), value.clone()));
                        out.including = Some(true);
                    }
                    Some((name, _)) if name == "$meta" => {}
                    _ => return Err(format!("the projection of {path} is not supported")),
                },
                value => out.add(path, value.is_true())?,
            }
        }
        Ok(out)
    }

    /// Says that a path is wanted, or is not.
    pub fn add(&mut self, path: &str, wanted: bool) -> Result<(), String> {
        if path == "_id" {
            self.id = Some(wanted);
            return Ok(());
        }
        match self.including {
            Some(known) if known != wanted => {
                let (mode, at) = if wanted { ("inclusion", "exclusion") } else { ("exclusion", "inclusion") };
                return Err(format!("Cannot do {mode} on field {path} in {at} projection"));
            }
            _ => self.including = Some(wanted),
        }
        if !self.paths.iter().any(|p| p == path) {
            self.paths.push(path.to_owned());
        }
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        *self == Projection::default()
    }

    /// Whether only named members are wanted (`{_id: 1}` alone says so too).
    pub fn includes_only(&self) -> bool {
        self.including.unwrap_or(self.id == Some(true))
    }

    /// Whether a whole path is part of the answer.
    pub fn shows(&self, path: &str) -> bool {
        if path == "_id" {
            return self.id != Some(false);
        }
        let touches = |p: &String| p == path || path.strip_prefix(p.as_str()).is_some_and(|r| r.starts_with('.'));
        let above = |p: &String| p.strip_prefix(path).is_some_and(|r| r.starts_with('.'));
        match self.includes_only() {
            true => self.paths.iter().any(|p| touches(p) || above(p)) || self.first.iter().any(|(p, _)| p == path),
            false => !self.paths.iter().any(touches),
        }
    }

    /// The document as the projection shows it.
    pub fn apply(&self, mut doc: Map) -> Result<Map, String> {
        if self.is_empty() {
            return Ok(doc);
        }
        for (path, skip, limit) in &self.slices {
            let parts: Vec<&str> = path.split('.').collect();
            if let Some(Bson::Array(items)) = crate::doc::path::existing(&mut doc, &parts) {
                let len = items.len() as i64;
                let from = if *skip < 0 { (len + skip).max(0) } else { (*skip).min(len) };
                let to = limit.map_or(len, |n| (from + n.max(0)).min(len));
                *items = items[from as usize..to as usize].to_vec();
            }
        }
        let mut out = if self.includes_only() {
            let split: Vec<Vec<&str>> = self.paths.iter().map(String::as_str).chain(self.slices.iter().map(|(p, ..)| p.as_str())).map(|p| p.split('.').collect()).collect();
            let mut kept = including(&doc, &split);
            if let (Some(id), None) = (doc.get("_id"), kept.get("_id")) {
                kept.0.insert(0, ("_id".to_owned(), id.clone()));
            }
            for (path, filter) in &self.first {
                let filter = crate::query::filter::parse(&Map(vec![(path.clone(), Bson::Object(Map(vec![("$elemMatch".to_owned(), filter.clone())])))]))?;
                if let Some(Bson::Array(items)) = doc.get(path) {
                    for item in items {
                        let alone = Map(vec![(path.clone(), Bson::Array(vec![item.clone()]))]);
                        if crate::query::eval::matches(&filter, &alone)? {
                            kept.set(path, Bson::Array(vec![item.clone()]));
                            break;
                        }
                    }
                }
            }
            kept
        } else {
            let split: Vec<Vec<&str>> = self.paths.iter().map(|p| p.split('.').collect()).collect();
            excluding(&doc, &split)
        };
        if self.id == Some(false) {
            out.remove("_id");
        }
        Ok(out)
    }
}

/// The paths below a member: `None` if it is named itself.
fn under<'p>(name: &str, paths: &[Vec<&'p str>]) -> (bool, Vec<Vec<&'p str>>) {
    let mine: Vec<&[&str]> = paths.iter().filter(|p| p.first() == Some(&name)).map(|p| &p[1..]).collect();
    (mine.iter().any(|p| p.is_empty()), mine.into_iter().filter(|p| !p.is_empty()).map(<[&str]>::to_vec).collect())
}

fn including(map: &Map, paths: &[Vec<&str>]) -> Map {
    let mut out = Map::default();
    for (name, value) in map.iter() {
        let (whole, below) = under(name, paths);
        if whole {
            out.0.push((name.to_owned(), value.clone()));
        } else if !below.is_empty()
            && let Some(part) = including_value(value, &below)
        {
            out.0.push((name.to_owned(), part));
        }
    }
    out
}

fn including_value(value: &Bson, paths: &[Vec<&str>]) -> Option<Bson> {
    match value {
        Bson::Object(map) => Some(Bson::Object(including(map, paths))),
        Bson::Array(items) => Some(Bson::Array(items.iter().filter_map(|i| including_value(i, paths)).collect())),
        _ => None,
    }
}

fn excluding(map: &Map, paths: &[Vec<&str>]) -> Map {
    let mut out = Map::default();
    for (name, value) in map.iter() {
        let (whole, below) = under(name, paths);
        if !whole {
            out.0.push((name.to_owned(), if below.is_empty() { value.clone() } else { excluding_value(value, &below) }));
        }
    }
    out
}

fn excluding_value(value: &Bson, paths: &[Vec<&str>]) -> Bson {
    match value {
        Bson::Object(map) => Bson::Object(excluding(map, paths)),
        Bson::Array(items) => Bson::Array(items.iter().map(|i| excluding_value(i, paths)).collect()),
        other => other.clone(),
    }
}
