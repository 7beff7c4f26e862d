//! `tests/js`: small programs, each run by Node and by the binary puremixc makes of them; what they print must not differ.
//!
//! All programs are compiled into one binary: a dispatcher starts the one named by the last argument, under both engines. What
//! cannot pass yet is in `skip.txt` with its reason; TypeScript, which this Node cannot run, has its output beside it.

use super::Builder;
use super::check::Checks;
use super::guide::copy_tree;
use crate::shell::{Outcome, root};
use puremix_tests::TempDir;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program: its entry file, relative to `tests/js`.
struct Script {
    file: String,
    expected: Option<String>,
}

pub fn check(checks: &mut Checks, builder: &Builder) -> Outcome {
    let directory = root().join("tests/js");
    let skipped = skip_list(&directory)?;
    let scripts = scripts(&directory)?;
    for name in skipped.keys() {
        checks.that(&format!("skip.txt names a program: {name}"), scripts.iter().any(|s| s.file == *name));
    }
    let copy = TempDir::new("js");
    copy_tree(&directory, copy.path()).map_err(|e| format!("{}: {e}", directory.display()))?;
    let included: Vec<&Script> = scripts.iter().filter(|s| !skipped.contains_key(&s.file)).collect();
    copy.write("all.cjs", &dispatcher(&included));
    let entry = copy.path().join("all.cjs");
    let binary = copy.path().join("all-programs");
    builder.build(&entry, &binary)?;
    for script in included {
        let ours = printed(Command::new(&binary).arg(&script.file))?;
        let theirs = match &script.expected {
            Some(text) => Printed { text: text.clone(), success: true },
            None => printed(Command::new("node").arg(&entry).arg(&script.file))?,
        };
        checks.record(&script.file, difference(&ours, &theirs).map_or(Ok(()), Err));
    }
    for (name, reason) in &skipped {
        println!("skipped tests/js/{name}: {reason}");
    }
    Ok(())
}

/// `FILE reason` a line.
fn skip_list(directory: &Path) -> Result<BTreeMap<String, String>, String> {
    let path = directory.join("skip.txt");
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| match line.split_once(' ') {
            Some((name, reason)) if !reason.trim().is_empty() => Ok((name.to_owned(), reason.trim().to_owned())),
            _ => Err(format!("{}: `{line}` has no reason", path.display())),
        })
        .collect()
}

/// Files of `tests/js`, and the `main` of each of its directories.
fn scripts(directory: &Path) -> Result<Vec<Script>, String> {
    let mut scripts = Vec::new();
    for path in entries(directory)? {
        let main = if path.is_dir() { entries(&path)?.into_iter().find(|p| p.file_stem().is_some_and(|s| s == "main")) } else { Some(path) };
        let Some(main) = main.filter(|p| p.extension().is_some_and(|e| e == "cjs" || e == "mjs" || e == "ts")) else { continue };
        let file = main.strip_prefix(directory).unwrap_or(&main).to_string_lossy().into_owned();
        let expected = fs::read_to_string(main.with_file_name("expected.txt")).ok();
        scripts.push(Script { file, expected });
    }
    Ok(scripts)
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let read = fs::read_dir(directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn dispatcher(scripts: &[&Script]) -> String {
    // Not `require`: what is required runs when the binary starts, wherever the call stands.
    let cases: String = scripts.iter().map(|s| format!("  case '{0}': import('./{0}'); break;\n", s.file)).collect();
    format!("const program = process.argv.at(-1);\nswitch (program) {{\n{cases}  default: throw new Error(`no program ${{program}}`);\n}}\n")
}

struct Printed {
    text: String,
    success: bool,
}

/// Standard output and how it ended. What goes to stderr is worded by each engine itself.
fn printed(command: &mut Command) -> Result<Printed, String> {
    // The time limit is timeout(1)'s, so that a program that never ends is one failure, not the end of the run.
    let mut limited = Command::new("timeout");
    limited.arg("30").arg(command.get_program()).args(command.get_args()).env("TZ", "UTC");
    let output = limited.output().map_err(|e| format!("{limited:?}: {e}"))?;
    Ok(Printed { text: String::from_utf8_lossy(&output.stdout).into_owned(), success: output.status.success() })
}

/// The first line that differs, or how the ends do.
fn difference(ours: &Printed, theirs: &Printed) -> Option<String> {
    let (mut a, mut b) = (ours.text.lines(), theirs.text.lines());
    for number in 1.. {
        match (a.next(), b.next()) {
            (None, None) => break,
            (ours, theirs) if ours == theirs => {}
            (ours, theirs) => {
                let shown = |line: Option<&str>| line.map_or("(the end)".to_owned(), str::to_owned);
                return Some(format!("line {number}\n  node: {}\n  ours: {}", shown(theirs), shown(ours)));
            }
        }
    }
    (ours.success != theirs.success).then(|| format!("it {} and should not", if ours.success { "succeeds" } else { "fails" }))
}
