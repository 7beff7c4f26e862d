//! Which value of each key counts, and where it came from: flag, process environment, `.env.<mode>`, `.env`, configuration, default.

use super::environment::Source;
use super::keys::{KEYS, Key, Kind};
use super::{Environment, Tree};
use std::fmt;

/// What the command line sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub host: Option<String>,
    pub port: Option<String>,
    pub workers: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    /// The variable's name, and the file it stands in if any.
    Env(&'static str, Option<String>),
    Config,
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) => write!(f, "{name}"),
            Origin::Env(name, None) => write!(f, "environment {name}"),
            Origin::Env(name, Some(file)) => write!(f, "{file} {name}"),
            Origin::Config => f.write_str("puremix.config.js"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// The effective value of each key, in the order of [`KEYS`]. Keys that nobody sets and that have no default are absent.
#[derive(Clone, Debug, Default)]
pub struct Effective {
    values: Vec<(&'static str, Tree, Origin)>,
    secrets: Vec<&'static str>,
}

impl Effective {
    /// Chooses the value of every key and checks its kind. Each error names the key, the value, and where to change it.
    pub fn choose(flags: &Flags, env: &Environment, config: &Tree) -> Result<Effective, Vec<String>> {
        let mut effective = Effective::default();
        let mut errors = Vec::new();
        for key in KEYS {
            if key.secret {
                effective.secrets.push(key.path);
            }
            let Some((value, origin)) = candidate(key, flags, env, config) else { continue };
            match check(key.kind, value) {
                Ok(value) => effective.values.push((key.path, value, origin)),
                Err((value, expected)) => {
                    let shown = if key.secret { "(hidden)".to_owned() } else { value.to_string() };
                    errors.push(format!("`{}` must be {expected}, but {origin} has `{shown}`", key.path));
                }
            }
        }
        if errors.is_empty() { Ok(effective) } else { Err(errors) }
    }

    pub fn get(&self, path: &str) -> Option<&Tree> {
        self.values.iter().find(|(p, ..)| *p == path).map(|(_, v, _)| v)
    }

    pub fn origin(&self, path: &str) -> Option<&Origin> {
        self.values.iter().find(|(p, ..)| *p == path).map(|(.., o)| o)
    }

    /// True if a flag, a variable or the configuration sets the key.
    pub fn is_set(&self, path: &str) -> bool {
        self.origin(path).is_some_and(|o| *o != Origin::Default)
    }

    /// One line a key: `port = 8080  (environment PORT)`. Secrets are masked.
    pub fn list(&self) -> String {
        let mut text = String::new();
        for (path, value, origin) in &self.values {
            let shown = if self.secrets.contains(path) { "********".to_owned() } else { value.to_string() };
            text.push_str(&format!("{path} = {shown}  ({origin})\n"));
        }
        text
    }
}

fn candidate(key: &Key, flags: &Flags, env: &Environment, config: &Tree) -> Option<(Tree, Origin)> {
    let flag = match key.path {
        "host" => flags.host.as_ref().map(|v| (v, "--host")),
        "port" => flags.port.as_ref().map(|v| (v, "--port")),
        "workers" => flags.workers.as_ref().map(|v| (v, "--workers")),
        _ => None,
    };
    if let Some((value, name)) = flag {
        return Some((Tree::Str(value.clone()), Origin::Flag(name)));
    }
    // An empty variable counts as unset, as in shells' `${PORT:-3000}` and in systemd units.
    if let Some(name) = key.env
        && let Some(value) = env.get(name).filter(|v| !v.is_empty())
    {
        let file = match env.source(name) {
            Some(Source::File(file)) => Some(file.clone()),
            _ => None,
        };
        return Some((Tree::Str(value.to_owned()), Origin::Env(name, file)));
    }
    match config.at(key.path) {
        Some(Tree::Null) | None => {}
        Some(value) => return Some((value.clone(), Origin::Config)),
    }
    (!key.default.is_empty()).then(|| (Tree::Str(key.default.to_owned()), Origin::Default))
}

/// The value in its kind's own type, or the value back with what was expected.
fn check(kind: Kind, value: Tree) -> Result<Tree, (Tree, String)> {
    let converted = match kind {
        Kind::Any => return Ok(value),
        Kind::Bool => boolean(&value).map(Tree::Bool),
        Kind::Count => number(&value).filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= 1e9).map(Tree::Num),
        Kind::Port => number(&value).filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= 65535.0).map(Tree::Num),
        Kind::Text => match &value {
            Tree::Str(_) => Some(value.clone()),
            Tree::Num(_) | Tree::Bool(_) => Some(Tree::Str(value.to_string())),
            _ => None,
        },
        Kind::Size => with_unit(&value, SIZES).map(Tree::Num),
        Kind::Time => with_unit(&value, TIMES).map(Tree::Num),
        Kind::Word(words) => {
            let text = value.to_string();
            words.iter().find(|w| w.eq_ignore_ascii_case(&text)).map(|w| Tree::Str((*w).to_owned()))
        }
    };
    converted.ok_or_else(|| {
        let expected = match kind {
            Kind::Bool => "true or false".to_owned(),
            Kind::Count => "a whole number".to_owned(),
            Kind::Port => "a port from 0 to 65535".to_owned(),
            Kind::Text | Kind::Any => "text".to_owned(),
            Kind::Size => "a size in bytes, or with a unit such as `10mb`".to_owned(),
            Kind::Time => "milliseconds, or a time with a unit such as `30s`".to_owned(),
            Kind::Word(words) => format!("one of {}", words.join(", ")),
        };
        (value, expected)
    })
}

/// `true` and `false` in the spellings environments use.
pub(super) fn boolean(value: &Tree) -> Option<bool> {
    match value {
        Tree::Bool(b) => Some(*b),
        Tree::Num(n) => Some(*n != 0.0),
        Tree::Str(s) => match s.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn number(value: &Tree) -> Option<f64> {
    match value {
        Tree::Num(n) => Some(*n).filter(|n| n.is_finite()),
        Tree::Str(s) => s.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

const SIZES: &[(&str, f64)] = &[("b", 1.0), ("kb", 1024.0), ("mb", 1048576.0), ("gb", 1073741824.0)];
const TIMES: &[(&str, f64)] = &[("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7), ("w", 6.048e8)];

/// Milliseconds of a text such as `30s`, `7d` or `500`.
pub fn milliseconds(text: &str) -> Option<f64> {
    with_unit(&Tree::Str(text.to_owned()), TIMES)
}

fn with_unit(value: &Tree, units: &[(&str, f64)]) -> Option<f64> {
    let amount = match (number(value), value) {
        (Some(n), _) => n,
        (None, Tree::Str(s)) => {
            let s = s.trim().to_ascii_lowercase();
            let at = s.find(|c: char| c.is_ascii_alphabetic())?;
            let (digits, unit) = (s.get(..at)?.trim(), s.get(at..)?);
            let factor = units.iter().find(|(u, _)| *u == unit)?.1;
            digits.parse::<f64>().ok()? * factor
        }
        _ => return None,
    };
    (amount.is_finite() && amount >= 0.0).then_some(amount)
}
