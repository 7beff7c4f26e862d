//! `cors`, with the option names and defaults of the npm package cors.

use super::settings::Read;
use super::{Effective, Tree};

/// Which sites' scripts may read answers.
#[derive(Clone, Debug)]
pub struct Cors {
    pub origin: Allowed,
    pub methods: Vec<String>,
    /// `None` allows those asked for.
    pub allowed_headers: Option<Vec<String>>,
    pub exposed_headers: Vec<String>,
    pub credentials: bool,
    /// Seconds.
    pub max_age: Option<u32>,
    /// The handler answers preflight requests.
    pub preflight_continue: bool,
    pub options_success_status: u16,
}

#[derive(Clone, Debug)]
pub enum Allowed {
    /// `'*'`.
    Any,
    /// `true`: whoever asks.
    Reflect,
    /// One origin, named to everybody.
    One(String),
    List(Vec<Rule>),
}

#[derive(Clone, Debug)]
pub enum Rule {
    Exact(String),
    Pattern(Box<regress::Regex>),
}

/// Longer origins match no pattern: names of hosts have at most 253 characters, and patterns may backtrack.
const LONGEST_ORIGIN: usize = 300;

impl Rule {
    fn allows(&self, origin: &str) -> bool {
        match self {
            Rule::Exact(own) => own == origin,
            Rule::Pattern(pattern) => origin.len() <= LONGEST_ORIGIN && pattern.find(origin).is_some(),
        }
    }
}

impl Cors {
    /// Whether the configuration names this origin, itself or by a pattern.
    pub fn names(&self, origin: &str) -> bool {
        match &self.origin {
            Allowed::Any | Allowed::Reflect => false,
            Allowed::One(own) => own == origin,
            Allowed::List(rules) => rules.iter().any(|r| r.allows(origin)),
        }
    }
}

/// CORS is off unless the configuration speaks of it.
pub(super) fn read(r: &Read<'_>, effective: &Effective, errors: &mut Vec<String>) -> Option<Cors> {
    let mentioned = match effective.get("cors") {
        Some(Tree::Map(entries)) => !entries.is_empty(),
        Some(Tree::Bool(on)) => *on,
        Some(Tree::Str(text)) => text == "true",
        _ => false,
    };
    if !r.flag("cors.enabled").unwrap_or(mentioned) {
        return None;
    }
    let or = |list: Vec<String>, default: &str| if list.is_empty() { default.split(',').map(str::to_owned).collect() } else { list };
    let origin = match effective.get("cors.origin") {
        Some(Tree::Bool(false)) => return None,
        value => allowed(value, errors),
    };
    let has_headers = effective.is_set("cors.allowedHeaders");
    Some(Cors {
        origin,
        methods: or(r.list("cors.methods"), "GET,HEAD,PUT,PATCH,POST,DELETE"),
        allowed_headers: has_headers.then(|| r.list("cors.allowedHeaders")),
        exposed_headers: r.list("cors.exposedHeaders"),
        credentials: r.flag("cors.credentials").unwrap_or(false),
        max_age: r.number("cors.maxAge").map(|n| n as u32),
        preflight_continue: r.flag("cors.preflightContinue").unwrap_or(false),
        options_success_status: r.number("cors.optionsSuccessStatus").map_or(204, |n| n as u16),
    })
}

fn allowed(value: Option<&Tree>, errors: &mut Vec<String>) -> Allowed {
    match value {
        None | Some(Tree::Null) => Allowed::Any,
        Some(Tree::Bool(_)) => Allowed::Reflect,
        Some(Tree::Str(text)) if text.trim() == "*" => Allowed::Any,
        // The environment has no lists: several origins are separated by commas.
        Some(Tree::Str(text)) if text.contains(',') => Allowed::List(text.split(',').map(|o| Rule::Exact(tidy(o))).collect()),
        Some(Tree::Str(text)) => Allowed::One(tidy(text)),
        Some(Tree::List(items)) if items.iter().any(|i| matches!(i, Tree::Str(s) if s == "*")) => Allowed::Any,
        Some(Tree::List(items)) => Allowed::List(items.iter().filter_map(|item| rule(item, errors)).collect()),
        Some(other) => Allowed::List(rule(other, errors).into_iter().collect()),
    }
}

fn rule(item: &Tree, errors: &mut Vec<String>) -> Option<Rule> {
    match item {
        Tree::Str(text) => Some(Rule::Exact(tidy(text))),
        Tree::Pattern { source, flags } => match regress::Regex::with_flags(source, flags.as_str()) {
            Ok(pattern) => Some(Rule::Pattern(Box::new(pattern))),
            Err(e) => {
                errors.push(format!("`cors.origin` has a pattern that is none: {e}"));
                None
            }
        },
        other => {
            let other = other.to_string();
            errors.push(format!("`cors.origin` must be true, '*', an origin, a regular expression or a list of these, but has `{other}`; decide by a function in `app/middleware.js` or in the handler"));
            None
        }
    }
}

/// Origins have no path; a slash at the end is a common slip.
fn tidy(origin: &str) -> String {
    origin.trim().trim_end_matches('/').to_owned()
}
