//! `rateLimit`, with the option names and defaults of the npm package express-rate-limit.

use super::effective::{boolean, milliseconds};
use super::{Effective, Tree, suggest};
use std::time::Duration;

/// How many requests a client may send in a window.
#[derive(Clone, Debug)]
pub struct RateLimit {
    /// Of these paths and what lies below them; empty: everywhere.
    pub path: String,
    /// Upper case; empty: all.
    pub methods: Vec<String>,
    pub window: Duration,
    pub limit: u32,
    pub status: u16,
    pub message: Message,
    pub standard_headers: Draft,
    /// `X-RateLimit-*`.
    pub legacy_headers: bool,
    /// The policy's name in draft 8.
    pub identifier: String,
    /// Bits of an IPv6 address that name a client: providers give each a whole network.
    pub ipv6_subnet: u8,
    pub skip_successful: bool,
    pub skip_failed: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    Text(String),
    /// Serialised.
    Json(String),
}

/// The edition of the IETF's draft `RateLimit header fields` that answers follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    None,
    Six,
    Seven,
    Eight,
}

const OPTIONS: &[&str] = &[
    "enabled", "windowMs", "limit", "max", "message", "statusCode", "standardHeaders", "legacyHeaders", "identifier", "ipv6Subnet", "skipSuccessfulRequests",
    "skipFailedRequests", "routes", "path", "methods", "draft_polli_ratelimit_headers", "headers",
];

/// What express-rate-limit asks functions for.
const FUNCTIONS: &[&str] = &["keyGenerator", "skip", "handler", "store", "requestWasSuccessful", "requestPropertyName", "validate", "passOnStoreError"];

/// Every limit of the configuration. All that match a request count it.
pub(super) fn read(effective: &Effective, errors: &mut Vec<String>) -> Vec<RateLimit> {
    let mut list = Vec::new();
    match effective.get("rateLimit") {
        None | Some(Tree::Null | Tree::Bool(false)) => {}
        Some(Tree::Bool(true)) => list.extend(one(&[], "", None, errors)),
        Some(Tree::List(items)) => {
            for item in items {
                let Tree::Map(entries) = item else {
                    errors.push(format!("`rateLimit` must have objects of options in its list, but has `{item}`"));
                    continue;
                };
                list.extend(one(entries, "", None, errors));
            }
        }
        Some(Tree::Map(entries)) => whole(entries, &mut list, errors),
        Some(other) => errors.push(format!("`rateLimit` must be true, false, options or a list of options, but is `{other}`")),
    }
    list
}

/// An object: its options hold everywhere unless it has `routes`, which inherit them.
fn whole(entries: &[(String, Tree)], list: &mut Vec<RateLimit>, errors: &mut Vec<String>) {
    if at(entries, "enabled").is_some_and(|v| boolean(v) == Some(false)) {
        return;
    }
    let own: Vec<(String, Tree)> = entries.iter().filter(|(n, _)| n != "routes" && n != "enabled").cloned().collect();
    let base = one(&own, "", None, errors);
    let says_how_many = ["limit", "max"].iter().any(|name| at(entries, name).is_some());
    match at(entries, "routes") {
        None => list.extend(base),
        Some(Tree::Map(routes)) => {
            for (path, options) in routes {
                match options {
                    Tree::Map(inner) => list.extend(one(inner, path, base.as_ref(), errors)),
                    Tree::Num(n) => list.extend(one(&[("limit".to_owned(), Tree::Num(*n))], path, base.as_ref(), errors)),
                    other => errors.push(format!("`rateLimit.routes` must have options or a number at `{path}`, but has `{other}`")),
                }
            }
            list.extend(base.filter(|_| says_how_many));
        }
        Some(Tree::List(routes)) => {
            for route in routes {
                match route {
                    Tree::Str(path) => list.extend(one(&[], path, base.as_ref(), errors)),
                    Tree::Map(inner) => list.extend(one(inner, "", base.as_ref(), errors)),
                    other => errors.push(format!("`rateLimit.routes` must have paths or options, but has `{other}`")),
                }
            }
        }
        Some(other) => errors.push(format!("`rateLimit.routes` must be a list of paths, or options by path, but is `{other}`")),
    }
}

fn at<'a>(entries: &'a [(String, Tree)], name: &str) -> Option<&'a Tree> {
    entries.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v).filter(|v| !matches!(v, Tree::Null))
}

fn one(entries: &[(String, Tree)], path: &str, base: Option<&RateLimit>, errors: &mut Vec<String>) -> Option<RateLimit> {
    let mut made = base.cloned().unwrap_or_else(|| RateLimit {
        path: String::new(),
        methods: Vec::new(),
        window: Duration::from_secs(60),
        limit: 5,
        status: 429,
        message: Message::Text("Too many requests, please try again later.".to_owned()),
        standard_headers: Draft::None,
        legacy_headers: true,
        identifier: String::new(),
        ipv6_subnet: 56,
        skip_successful: false,
        skip_failed: false,
    });
    made.path = tidy(path);
    let before = errors.len();
    for (name, value) in entries.iter().filter(|(_, v)| !matches!(v, Tree::Null)) {
        if let Err(wanted) = set(&mut made, name, value) {
            errors.push(match wanted {
                Some(wanted) => format!("`rateLimit.{name}` must be {wanted}, but is `{value}`"),
                None if FUNCTIONS.contains(&name.as_str()) => {
                    format!("`rateLimit.{name}` asks a function for each request, which the server does not call; put the package express-rate-limit into `middleware` for that")
                }
                None => {
                    let hint = suggest::nearest(name, OPTIONS.iter().copied()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                    format!("`rateLimit.{name}` is no option{hint}")
                }
            });
        }
    }
    if made.identifier.is_empty() {
        made.identifier = format!("{}-in-{}", made.limit, duration(made.window));
    }
    (errors.len() == before).then_some(made)
}

/// `/api`, `/api/` and `/api/*` are the same.
fn tidy(path: &str) -> String {
    path.trim_end_matches('*').trim_end_matches('/').to_owned()
}

fn set(made: &mut RateLimit, name: &str, value: &Tree) -> Result<(), Option<&'static str>> {
    const FLAG: Option<&str> = Some("true or false");
    const COUNT: Option<&str> = Some("a whole number");
    let count = |most: f64| match value {
        Tree::Num(n) if *n >= 0.0 && n.fract() == 0.0 && *n <= most => Some(*n),
        Tree::Str(s) => s.trim().parse::<f64>().ok().filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= most),
        _ => None,
    };
    match name {
        "windowMs" => {
            let ms = match value {
                Tree::Num(n) => Some(*n),
                Tree::Str(text) => milliseconds(text),
                _ => None,
            };
            // What Node's timers can count.
            let ms = ms.filter(|ms| *ms >= 1.0 && *ms <= 2_147_483_647.0).ok_or(Some("a time of 1 to 2147483647 milliseconds"))?;
            made.window = Duration::from_millis(ms as u64);
        }
        "limit" | "max" => {
            made.limit = count(4e9).ok_or(if matches!(value, Tree::Opaque) { Some("a whole number (a function cannot be asked here; use the package express-rate-limit as middleware)") } else { COUNT })? as u32;
            made.identifier.clear();
        }
        "statusCode" => made.status = count(599.0).filter(|n| *n >= 400.0).ok_or(Some("a status from 400 to 599"))? as u16,
        "message" => {
            made.message = match value {
                Tree::Str(text) => Message::Text(text.clone()),
                Tree::Opaque => return Err(Some("a text or data (a function cannot be asked here)")),
                data => Message::Json(data.to_json()),
            }
        }
        "standardHeaders" | "draft_polli_ratelimit_headers" => {
            made.standard_headers = match value.to_string().as_str() {
                "true" | "draft-6" => Draft::Six,
                "draft-7" => Draft::Seven,
                "draft-8" => Draft::Eight,
                "false" => Draft::None,
                _ => return Err(Some("true, false, 'draft-6', 'draft-7' or 'draft-8'")),
            }
        }
        "legacyHeaders" | "headers" => made.legacy_headers = boolean(value).ok_or(FLAG)?,
        "identifier" => match value {
            Tree::Str(text) if text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') => made.identifier = text.clone(),
            _ => return Err(Some("a text without spaces and quotes")),
        },
        "ipv6Subnet" => made.ipv6_subnet = count(64.0).filter(|n| *n >= 32.0).ok_or(Some("a number of bits from 32 to 64"))? as u8,
        "skipSuccessfulRequests" => made.skip_successful = boolean(value).ok_or(FLAG)?,
        "skipFailedRequests" => made.skip_failed = boolean(value).ok_or(FLAG)?,
        "path" => match value {
            Tree::Str(path) if path.starts_with('/') => made.path = tidy(path),
            _ => return Err(Some("a path such as '/api'")),
        },
        "methods" => {
            made.methods = match value {
                Tree::Str(one) => vec![one.to_ascii_uppercase()],
                Tree::List(items) => items.iter().map(|i| i.to_string().to_ascii_uppercase()).collect(),
                _ => return Err(Some("a list of methods")),
            }
        }
        _ => return Err(None),
    }
    Ok(())
}

/// `15min`, as express-rate-limit names policies.
fn duration(window: Duration) -> String {
    let ms = window.as_millis();
    for (unit, name) in [(86_400_000, "day"), (3_600_000, "hr"), (60_000, "min"), (1000, "sec")] {
        if ms >= unit {
            return format!("{}{name}", ms / unit);
        }
    }
    format!("{ms}ms")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags};

    fn map(entries: Vec<(&str, Tree)>) -> Tree {
        Tree::Map(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }
    fn show(value: Tree) -> String {
        let effective = Effective::choose(&Flags::default(), &Environment::default(), &map(vec![("rateLimit", value)])).unwrap();
        let mut errors = Vec::new();
        let list = read(&effective, &mut errors);
        let lines = list.iter().map(|l| format!("{:?} {:?} {} in {:?} {:?} {} {}", l.path, l.methods, l.limit, l.window, l.standard_headers, l.legacy_headers, l.identifier));
        lines.chain(errors).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn options() {
        assert_eq!(show(Tree::Bool(false)), "");
        assert_eq!(show(Tree::Bool(true)), r#""" [] 5 in 60s None true 5-in-1min"#);
        let options = map(vec![("windowMs", Tree::Num(900_000.0)), ("max", Tree::Num(100.0)), ("standardHeaders", Tree::Str("draft-8".into())), ("legacyHeaders", Tree::Bool(false))]);
        assert_eq!(show(options), r#""" [] 100 in 900s Eight false 100-in-15min"#);
        let routes = map(vec![("/api/*", Tree::Num(10.0)), ("/login", map(vec![("limit", Tree::Num(3.0)), ("methods", Tree::List(vec![Tree::Str("post".into())]))]))]);
        let nested = map(vec![("windowMs", Tree::Str("1h".into())), ("limit", Tree::Num(50.0)), ("routes", routes)]);
        assert_eq!(show(nested), "\"/api\" [] 10 in 3600s None true 10-in-1hr\n\"/login\" [\"POST\"] 3 in 3600s None true 3-in-1hr\n\"\" [] 50 in 3600s None true 50-in-1hr");
        assert_eq!(show(map(vec![("limt", Tree::Num(1.0))])), "`rateLimit.limt` is no option; did you mean `limit`?");
        assert_eq!(show(map(vec![("max", Tree::Str("many".into()))])), "`rateLimit.max` must be a whole number, but is `many`");
        assert!(show(map(vec![("keyGenerator", Tree::Opaque)])).contains("express-rate-limit"));
    }
}
