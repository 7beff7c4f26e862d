//! Differential tests: every program in `tests/js/` prints under us what it prints under Node.
//!
//! All programs, each with and without inference, become modules of one crate, so that one cargo build serves them all.
//! `JS_CASE=name` runs one, `JS_DIR=folder` runs programs from elsewhere, `JS_ALL=1` those of the skip list too. Node must be on the PATH.

mod merged;

use merged::{Case, build};
use puremix_tests::programs_in;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Collect at every so many allocations.
const STRESS: &str = "1";

/// Apps that are compiled with them, since rustc must find nothing to warn of in any generated code. `xtask e2e` runs them.
const APPS: [&str; 5] = ["examples/shop", "tests/run/basil", "tests/run/names", "tests/bench/app", "templates/new/default"];

#[test]
fn programs_print_what_they_print_under_node() {
    let folder = std::env::var_os("JS_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("js"), PathBuf::from);
    let only = std::env::var("JS_CASE").ok();
    // Each line: a program, and why it cannot pass yet.
    let is_elsewhere = std::env::var_os("JS_DIR").is_some();
    let all = is_elsewhere || std::env::var_os("JS_ALL").is_some();
    let list = if all { String::new() } else { std::fs::read_to_string(folder.join("skip.txt")).expect("tests/js/skip.txt exists") };
    let skipped: Vec<&str> = list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').next()).collect();
    let name_of = |program: &Path| program.strip_prefix(&folder).map_or_else(|_| String::new(), |p| p.to_string_lossy().into_owned());
    let mut programs: Vec<PathBuf> = programs_in(&folder);
    programs.retain(|p| !skipped.contains(&name_of(p).as_str()) && only.as_ref().is_none_or(|only| name_of(p).contains(only.as_str())));
    programs.sort();
    assert!(!programs.is_empty(), "no program matches");
    let mut failures = Vec::new();
    let apps: Vec<PathBuf> = if only.is_some() || is_elsewhere { Vec::new() } else { APPS.map(|app| folder.join("../..").join(app)).to_vec() };
    let compiled_apps = apps.iter().flat_map(|app| [true, false].map(|infer| Case::compile_app(app, infer)));
    let cases: Vec<Case> = programs
        .iter()
        .flat_map(|program| [true, false].map(|infer| Case::compile(program, &name_of(program), infer)))
        .chain(compiled_apps)
        .filter_map(|case| case.map_err(|e| failures.push(e)).ok())
        .collect();
    let binary = build("js-cases", &cases);
    for case in cases.iter().filter(|case| case.program.is_file()) {
        // Node does not run TypeScript: what it should print lies beside it.
        let written = case.program.with_file_name("expected.txt");
        let expected = match std::fs::read_to_string(&written) {
            Ok(text) => text,
            Err(_) => run(Command::new("node").arg(&case.program)),
        };
        let found = run(Command::new(&binary).env("JS_CASE", &case.name));
        if expected != found {
            failures.push(format!("{}\n--- node\n{expected}--- puremixc\n{found}", case.name));
        }
        if is_elsewhere {
            continue;
        }
        // The cycle collector at work in the midst of everything must change nothing. Deep recursion makes each of its runs long.
        let stress = if case.name.starts_with("recursion") || case.name.starts_with("hostile_depth") { "2000" } else { STRESS };
        let stressed = run(Command::new(&binary).env("JS_CASE", &case.name).env("PUREMIX_GC_STRESS", stress));
        if stressed != found {
            failures.push(format!("{} with PUREMIX_GC_STRESS={stress}\n--- without\n{found}--- with\n{stressed}", case.name));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ\n\n{}", failures.len(), programs.len() * 2, failures.join("\n\n"));
}

/// Cycles through suspended functions and whatever else holds values are found.
#[test]
fn what_is_abandoned_is_collected() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("js-collected/abandoned.cjs");
    let cases: Vec<Case> = [true, false].map(|infer| Case::compile(&program, "abandoned.cjs", infer).unwrap_or_else(|e| panic!("{e}"))).into();
    let binary = build("js-collected", &cases);
    for case in &cases {
        let found = run(Command::new(&binary).env("JS_CASE", &case.name).env("PUREMIX_GC_STRESS", "50"));
        assert_eq!(found, "50 shapes\n", "{}", case.name);
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
