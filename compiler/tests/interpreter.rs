//! The interpreter against Node: every program in `tests/js/` prints under `puremixc run --interpret` what it prints under Node.
//! (`tests/tests/js` holds the two compiled modes to the same.) `JS_CASE=name` runs one, `JS_DIR=folder` those of another folder.

use puremix_tests::programs_in;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn programs_print_what_they_print_under_node() {
    let elsewhere = std::env::var_os("JS_DIR").map(PathBuf::from);
    let folder = elsewhere.clone().unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js"));
    let only = std::env::var("JS_CASE").ok();
    let list = if elsewhere.is_some() { String::new() } else { std::fs::read_to_string(folder.join("skip.txt")).expect("tests/js/skip.txt exists") };
    let skipped: Vec<&str> = list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split(' ').next()).collect();
    let mut programs = programs_in(&folder);
    programs.retain(|p| !skipped.iter().any(|name| p.ends_with(name)) && only.as_ref().is_none_or(|only| p.to_string_lossy().contains(only.as_str())));
    programs.sort();
    assert!(!programs.is_empty(), "no program matches");
    let mut failures = Vec::new();
    for program in &programs {
        let expected = match std::fs::read_to_string(program.with_file_name("expected.txt")) {
            Ok(text) => text,
            Err(_) => run(Command::new("node").arg(program)),
        };
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

/// `process.argv` is Node's: a program, the script, and what the user gave.
#[test]
fn arguments_are_those_of_node() {
    let script = std::env::temp_dir().join(format!("puremix-arguments-{}.js", std::process::id()));
    std::fs::write(&script, "console.log(process.argv.slice(1), process.argv[0] === process.execPath, process.argv0.length > 0);\n").expect("a temporary file");
    let arguments = ["a b", "--port", "-x", "--"];
    let expected = run(Command::new("node").arg(&script).args(arguments));
    let found = run(Command::new(env!("CARGO_BIN_EXE_puremixc")).args(["run", "--interpret"]).arg(&script).args(arguments));
    let _ = std::fs::remove_file(&script);
    assert_eq!(found, expected);
}
