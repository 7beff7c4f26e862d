//! Packs the runtime into the compiler: `puremixc` works outside the repository because it carries what generated crates
//! depend on. Writes `bundle.rs`: every file with its bytes, and a hash that names the unpacked directory.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo")).join("..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));

    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    collect(&root.join("runtime"), &root, &mut files);
    let members: Vec<String> = files
        .keys()
        .filter_map(|path| path.strip_suffix("/Cargo.toml"))
        .map(str::to_owned)
        .collect();
    files.insert("Cargo.toml".to_owned(), trim_workspace(&read("Cargo.toml"), &members).into_bytes());
    files.insert("Cargo.lock".to_owned(), read("Cargo.lock").into_bytes());

    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    let mut code = format!("pub const HASH: &str = \"{:016x}\";\n", hasher.finish());
    code.push_str("pub const FILES: &[(&str, &[u8])] = &[\n");
    for (i, (path, bytes)) in files.iter().enumerate() {
        let name = format!("bundle-{i}");
        fs::write(out.join(&name), bytes).expect("OUT_DIR is writable");
        writeln!(code, "    ({path:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))),").expect("String");
    }
    code.push_str("];\n");
    fs::write(out.join("config_keys.rs"), config_keys(&read("runtime/src/config/keys.rs"))).expect("OUT_DIR is writable");
    fs::write(out.join("bundle.rs"), code).expect("OUT_DIR is writable");
    println!("cargo::rerun-if-changed=../Cargo.toml");
    println!("cargo::rerun-if-changed=../Cargo.lock");
    println!("cargo::rerun-if-changed=../runtime");
    println!("cargo::rustc-env=PUREMIX_TARGET={}", env::var("TARGET").expect("set by cargo"));
}

fn collect(dir: &Path, root: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        // Tests of the runtime are not needed to build an app.
        if name.starts_with('.') || name == "target" || name == "tests" && path.parent() != Some(dir) {
            continue;
        }
        if path.is_dir() {
            collect(&path, root, files);
        } else {
            let relative = path.strip_prefix(root).expect("below root").to_string_lossy().into_owned();
            let mut bytes = fs::read(&path).expect("readable");
            if name == "Cargo.toml" {
                bytes = without_dev_dependencies(&String::from_utf8(bytes).expect("a manifest is text")).into_bytes();
            }
            files.insert(relative, bytes);
        }
    }
}

/// A manifest without what only its tests use: the tests are not packed, and what they use may lie outside the runtime.
fn without_dev_dependencies(manifest: &str) -> String {
    let mut out = String::with_capacity(manifest.len());
    let mut skipping = false;
    for line in manifest.split_inclusive('\n') {
        if line.starts_with('[') {
            skipping = line.starts_with("[dev-dependencies");
        }
        if !skipping {
            out.push_str(line);
        }
    }
    out
}

/// The workspace's manifest with the runtime's packages as its only members, so that inheritance keeps working.
fn trim_workspace(manifest: &str, members: &[String]) -> String {
    let start = manifest.find("members = [").expect("the workspace lists its members");
    let end = start + manifest[start..].find(']').expect("the list ends") + 1;
    let list: Vec<String> = members.iter().map(|m| format!("{m:?}")).collect();
    format!("{}members = [{}]{}", &manifest[..start], list.join(", "), &manifest[end..])
}

/// The runtime's table of configuration keys, read from its source: the compiler must not link the server to know them.
fn config_keys(source: &str) -> String {
    let table = source.split_once("KEYS: &[Key] = &[").expect("the table begins").1;
    let table = table.split_once("\n];").expect("the table ends").0;
    let mut out = String::from("pub const KEYS: &[ConfigKey] = &[\n");
    for line in table.lines().map(str::trim) {
        let (line, has_effect) = line.strip_prefix("later(").map_or((line, true), |inner| (inner, false));
        if !(line.starts_with("key(") || line.starts_with("env(") || line.starts_with("Key {")) {
            continue;
        }
        let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        let (path, last) = (quoted[0], quoted[quoted.len() - 1]);
        let (env, default) = match &line[..3] {
            "key" => (None, last),
            "env" => (Some(last), quoted[quoted.len() - 2]),
            _ => (Some(quoted[1]), last),
        };
        let kind: String = line.split("\", ").nth(1).unwrap_or_default().chars().take_while(|c| c.is_alphanumeric()).collect();
        let kind = if line.starts_with("Key") { "Any".to_owned() } else { kind };
        writeln!(out, "    ConfigKey {{ path: {path:?}, kind: {kind:?}, env: {env:?}, default: {default:?}, has_effect: {has_effect} }},").expect("String");
    }
    out + "];\n"
}
