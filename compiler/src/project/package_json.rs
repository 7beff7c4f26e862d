//! `package.json` of the app, as the dependency report needs it.

use super::natives::{self, Bare};
use std::collections::BTreeMap;
use std::path::Path;

/// How puremixc treats one dependency of the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// The runtime has it, following this version of its API.
    Native(&'static str),
    /// Its JavaScript from `node_modules` is compiled with the app.
    Compiled,
    /// It is used in no server code: development tools, and what browsers load.
    Unused,
    BrowserOnly,
    /// It cannot work, and why.
    Unsupported(&'static str),
    /// Used, but `node_modules` has no such directory.
    Missing,
}

/// A line of the dependency report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    /// As `package.json` asks for it.
    pub range: String,
    pub treatment: Treatment,
    /// `file:line:column` of every import.
    pub uses: Vec<String>,
}

/// Joins what `package.json` lists with what the app's modules import (`uses`: package name to places).
pub fn report(root: &Path, uses: &BTreeMap<String, Vec<String>>) -> Vec<Dependency> {
    let text = std::fs::read_to_string(root.join("package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for section in ["devDependencies", "dependencies"] {
        for (name, range) in package[section].as_object().into_iter().flatten() {
            listed.insert(name.clone(), range.as_str().unwrap_or("*").to_owned());
        }
    }
    for name in uses.keys() {
        listed.entry(name.clone()).or_insert_with(|| "not in package.json".to_owned());
    }
    listed
        .into_iter()
        .map(|(name, range)| {
            let uses = uses.get(&name).cloned().unwrap_or_default();
            let treatment = treatment(root, &name, !uses.is_empty());
            Dependency { name, range, treatment, uses }
        })
        .collect()
}

fn treatment(root: &Path, name: &str, used: bool) -> Treatment {
    match natives::classify(name) {
        Bare::Native(native) => Treatment::Native(natives::api_version(native)),
        Bare::MissingBuiltin => Treatment::Unsupported("the runtime has no such Node module"),
        Bare::Unsupported(way_out) => Treatment::Unsupported(way_out),
        Bare::Package if natives::BROWSER_ONLY.contains(&name) => Treatment::BrowserOnly,
        Bare::Package if !used => Treatment::Unused,
        Bare::Package if root.join("node_modules").join(name).is_dir() => Treatment::Compiled,
        Bare::Package => Treatment::Missing,
    }
}
