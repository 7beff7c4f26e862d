//! Differential tests: every program in `tests/js/` prints under us what it prints under Node.
//!
//! All programs, each with and without inference, become modules of one crate, so that one cargo build serves them all.
//! `JS_CASE=name` runs one. Node must be on the PATH.

mod merged;

use merged::{Case, build};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Collect at every so many allocations.
const STRESS: &str = "1";

/// Apps that are compiled with them, since rustc must find nothing to warn of in any generated code. `xtask e2e` runs them.
const APPS: [&str; 5] = ["examples/shop", "tests/run/basil", "tests/run/names", "tests/bench/app", "templates/new/default"];

#[test]
fn programs_print_what_they_print_under_node() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("js");
    let only = std::env::var("JS_CASE").ok();
    // Each line: a program, and why it cannot pass yet.
    let list = std::fs::read_to_string(folder.join("skip.txt")).expect("tests/js/skip.txt exists");
    let skipped: Vec<&str> = list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').next()).collect();
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/js exists")
        .map(|e| e.expect("a readable folder").path())
        .filter(|p| p.extension().is_some_and(|e| e == "js" || e == "mjs" || e == "cjs"))
        .filter(|p| !skipped.iter().any(|name| p.file_name().is_some_and(|f| f.to_string_lossy() == *name)))
        .filter(|p| only.as_ref().is_none_or(|only| p.file_stem().is_some_and(|s| s.to_string_lossy().contains(only.as_str()))))
        .collect();
    programs.sort();
    assert!(!programs.is_empty(), "no program matches");
    let mut failures = Vec::new();
    let apps: Vec<PathBuf> = if only.is_some() { Vec::new() } else { APPS.map(|app| folder.join("../..").join(app)).to_vec() };
    let compiled_apps = apps.iter().flat_map(|app| [true, false].map(|infer| Case::compile_app(app, infer)));
    let cases: Vec<Case> = programs
        .iter()
        .flat_map(|program| [true, false].map(|infer| Case::compile(program, infer)))
        .chain(compiled_apps)
        .filter_map(|case| case.map_err(|e| failures.push(e)).ok())
        .collect();
    let binary = build("js-cases", &cases);
    for case in cases.iter().filter(|case| case.program.is_file()) {
        let expected = run(Command::new("node").arg(&case.program));
        let found = run(Command::new(&binary).env("JS_CASE", &case.name));
        if expected != found {
            failures.push(format!("{}\n--- node\n{expected}--- puremixc\n{found}", case.name));
        }
        // The cycle collector at work in the midst of everything must change nothing.
        let stressed = run(Command::new(&binary).env("JS_CASE", &case.name).env("PUREMIX_GC_STRESS", STRESS));
        if stressed != found {
            failures.push(format!("{} with PUREMIX_GC_STRESS={STRESS}\n--- without\n{found}--- with\n{stressed}", case.name));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ\n\n{}", failures.len(), programs.len() * 2, failures.join("\n\n"));
}

/// Cycles through suspended functions and whatever else holds values are found.
#[test]
fn what_is_abandoned_is_collected() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("js-collected/abandoned.cjs");
    let cases: Vec<Case> = [true, false].map(|infer| Case::compile(&program, infer).unwrap_or_else(|e| panic!("{e}"))).into();
    let binary = build("js-collected", &cases);
    for case in &cases {
        let found = run(Command::new(&binary).env("JS_CASE", &case.name).env("PUREMIX_GC_STRESS", "50"));
        assert_eq!(found, "46 shapes\n", "{}", case.name);
    }
}

/// What a program prints, and whether it failed. Standard error differs in wording and is shown only when there is nothing else.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    let mut text = String::from_utf8_lossy(&stdout).into_owned();
    if !status.success() {
        text.push_str("(failed)\n");
        if std::env::var_os("JS_CASE").is_some() {
            eprintln!("{}", String::from_utf8_lossy(&stderr));
        }
    }
    text
}
