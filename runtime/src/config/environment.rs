//! The environment of the app: the process's variables, then `.env.<mode>`, then `.env`.
//!
//! The merged table is what `process.env` shows; the process's own environment is never written (that is not safe once threads run).

use super::env_file;
use std::collections::BTreeMap;
use std::path::Path;

/// Where a variable came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Process,
    /// The file's name.
    File(String),
    /// Given by puremixc itself (`NODE_ENV=production`; `development` in `puremixc dev`).
    Default,
}

/// Variables with their sources.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    vars: BTreeMap<String, (String, Source)>,
    /// Lines of `.env` files that were not understood: `.env:3`.
    pub warnings: Vec<String>,
}

impl Environment {
    /// Merges the process's variables with the `.env` files of `dir`. `NODE_ENV` becomes `otherwise` when nobody sets it.
    pub fn load(process: impl IntoIterator<Item = (String, String)>, dir: &Path, otherwise: &str) -> Environment {
        let mut env = Environment::default();
        for (name, value) in process {
            env.vars.insert(name, (value, Source::Process));
        }
        // `.env` may set the mode; the file of that mode still wins over it.
        let base = std::fs::read_to_string(dir.join(".env")).ok().map(|text| env_file::parse(&text));
        let mode = env.get("NODE_ENV").map(str::to_owned).or_else(|| {
            let pairs = &base.as_ref()?.pairs;
            pairs.iter().rev().find(|(n, _)| n == "NODE_ENV").map(|(_, v)| v.clone())
        });
        let mode = mode.filter(|m| is_mode(m)).unwrap_or_else(|| otherwise.to_owned());
        let of_mode = format!(".env.{mode}");
        if let Ok(text) = std::fs::read_to_string(dir.join(&of_mode)) {
            env.add(env_file::parse(&text), &of_mode);
        }
        if let Some(parsed) = base {
            env.add(parsed, ".env");
        }
        env.vars.entry("NODE_ENV".to_owned()).or_insert_with(|| (mode, Source::Default));
        env
    }

    fn add(&mut self, parsed: env_file::Parsed, file: &str) {
        // Within one file the last line wins; between files the first one read.
        let mut own = BTreeMap::new();
        own.extend(parsed.pairs);
        for (name, value) in own {
            self.vars.entry(name).or_insert_with(|| (value, Source::File(file.to_owned())));
        }
        self.warnings.extend(parsed.bad_lines.iter().map(|n| format!("{file}:{n}: not NAME=value, ignored")));
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(|(v, _)| v.as_str())
    }

    pub fn source(&self, name: &str) -> Option<&Source> {
        self.vars.get(name).map(|(_, s)| s)
    }

    /// All variables in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vars.iter().map(|(n, (v, _))| (n.as_str(), v.as_str()))
    }

    /// `NODE_ENV`.
    pub fn mode(&self) -> &str {
        self.get("NODE_ENV").unwrap_or("production")
    }
}

/// A mode becomes part of a file name, so it must not walk the directory tree.
fn is_mode(mode: &str) -> bool {
    !mode.is_empty() && mode.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)], process: &[(&str, &str)]) -> Environment {
        let dir = crate::sys::temp_dir("env").unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Environment::load(process.iter().map(|(n, v)| (n.to_string(), v.to_string())), dir.path(), "production")
    }

    #[test]
    fn process_wins_over_mode_file_over_base() {
        let files = [(".env", "A=base\nB=base\nC=base\nbad line"), (".env.production", "A=mode\nB=mode"), (".env.test", "C=test")];
        let env = load(&files, &[("A", "process")]);
        assert_eq!((env.get("A"), env.get("B"), env.get("C")), (Some("process"), Some("mode"), Some("base")));
        assert_eq!(env.source("B"), Some(&Source::File(".env.production".to_owned())));
        assert_eq!(env.mode(), "production");
        assert_eq!(env.warnings, [".env:4: not NAME=value, ignored"]);
        let test = load(&files, &[("NODE_ENV", "test")]);
        assert_eq!((test.get("C"), test.mode()), (Some("test"), "test"));
    }

    #[test]
    fn the_base_file_may_choose_the_mode() {
        let env = load(&[(".env", "NODE_ENV=staging\nA=base"), (".env.staging", "A=staging")], &[]);
        assert_eq!((env.mode(), env.get("A")), ("staging", Some("staging")));
        let evil = load(&[(".env", "NODE_ENV=../../etc")], &[]);
        assert_eq!(evil.get("NODE_ENV"), Some("../../etc"));
    }
}
