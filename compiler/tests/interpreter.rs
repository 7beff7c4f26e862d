//! The interpreter against Node: every program in `tests/js/` prints under `puremixc run --interpret` what it prints under Node.
//! (`tests/tests/js` holds the two compiled modes to the same.) `JS_CASE=name` runs one.

use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn programs_print_what_they_print_under_node() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js");
    let only = std::env::var("JS_CASE").ok();
    let list = std::fs::read_to_string(folder.join("skip.txt")).expect("tests/js/skip.txt exists");
    let skipped: Vec<&str> = list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').next()).collect();
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("tests/js exists")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|p| p.extension().is_some_and(|e| e == "js" || e == "mjs" || e == "cjs"))
        .filter(|p| !skipped.iter().any(|name| p.file_name().is_some_and(|f| f.to_string_lossy() == *name)))
        .filter(|p| only.as_ref().is_none_or(|only| p.file_stem().is_some_and(|s| s.to_string_lossy().contains(only.as_str()))))
        .collect();
    programs.sort();
    assert!(!programs.is_empty(), "no program matches");
    let mut failures = Vec::new();
    for program in &programs {
        let expected = run(Command::new("node").arg(program));
        let found = run(Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["run", "--interpret"]).arg(program));
        if expected != found {
            failures.push(format!("{}\n--- node\n{expected}--- interpreter\n{found}", program.display()));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ\n\n{}", failures.len(), programs.len(), failures.join("\n\n"));
}

/// What a program prints, and whether it failed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        text.push_str("(failed)\n");
    }
    text
}
