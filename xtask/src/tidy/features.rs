//! Capabilities must not change how the runtime is compiled.
//!
//! cargo unifies features over all packages of a build: if a capability switches on a feature of a crate that the runtime links too, apps
//! with the capability compile the runtime a second time. So `runtime/Cargo.toml` asks for those features itself.

use crate::shell::{command, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A package's name and version with the sets of features it is built with.
type Features = BTreeMap<String, BTreeSet<String>>;

/// One message for each package of the runtime that some capability changes.
pub fn check(wrong: &mut Vec<String>) -> Result<(), String> {
    let base = features(&[])?;
    for entry in fs::read_dir(root().join("runtime/capabilities")).map_err(|e| e.to_string())?.flatten() {
        let package = format!("puremix-{}", entry.file_name().to_string_lossy());
        let with = features(&[&package])?;
        wrong.extend(changed(&base, &with).into_iter().map(|what| format!("runtime/Cargo.toml: {package} adds to {what}")));
    }
    Ok(())
}

fn changed(base: &Features, with: &Features) -> Vec<String> {
    let more = |package: &String, sets: &BTreeSet<String>| {
        let all: Vec<&str> = with.get(package)?.difference(sets).map(String::as_str).collect();
        (!all.is_empty()).then(|| format!("{package}: {}", all.join(" | ")))
    };
    base.iter().filter_map(|(package, sets)| more(package, sets)).collect()
}

fn features(more: &[&str]) -> Result<Features, String> {
    let mut tree = command("cargo", &["tree", "--locked", "-e", "normal,build", "--prefix", "none", "-f", "{p}\t{f}"]);
    tree.args(["-p", "puremix-runtime"]);
    for package in more {
        tree.args(["-p", package]);
    }
    let output = tree.output().map_err(|e| format!("cargo tree: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines of `name version<TAB>feature,feature`, with ` (*)` behind what was listed before.
fn parse(text: &str) -> Features {
    let mut all = Features::new();
    for (package, features) in text.lines().filter_map(|line| line.split_once('\t')) {
        all.entry(package.to_owned()).or_default().insert(features.trim_end_matches(" (*)").to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_only_a_capability_asks_for() {
        let base = parse("a v1\tstd\nb v2\t");
        assert_eq!(changed(&base, &parse("a v1\tstd (*)\nb v2\t\nc v1\tx")), [""; 0]);
        assert_eq!(changed(&base, &parse("a v1\tfull,std\nb v2\t")), ["a v1: full,std"]);
    }
}
